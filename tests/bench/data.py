"""The data of a scale and a seed: two zips of consecutive hours, and of the first one the members unpacked.
Kept under build/bench/data/SCALE-SEED, made once."""
import os
import struct
import subprocess
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
FIRST, NEXT, SAME = (f"2026-11-20T{hour:02}Z.zip" for hour in range(3))
UNPACKED = "ratings.csv", "movies_metadata.csv"


def generate(path, options, changed):
    if not path.exists():
        print(f"bench: making {path}", flush=True)
        subprocess.run([HERE / "generate", "--scale", str(options.scale), "--seed", str(options.seed),
                        "--changed", str(changed), path], check=True)


def offset(path, member):
    """Where a member's compressed bytes begin."""
    with zipfile.ZipFile(path) as z, open(path, "rb") as f:
        at = z.getinfo(member).header_offset
        f.seek(at + 26)
        return at + 30 + sum(struct.unpack("<2H", f.read(4)))


def prepare(bench, options, with_next):
    """The folder, and what the commands find in their environment."""
    folder = bench / "data" / f"{options.scale:g}-{options.seed}"
    (folder / "ready").mkdir(parents=True, exist_ok=True)
    generate(folder / FIRST, options, 0)
    with zipfile.ZipFile(folder / FIRST) as z:
        for member in UNPACKED:
            if not (folder / member).exists():
                z.extract(member, folder / "part")
                os.replace(folder / "part" / member, folder / member)
    if with_next:
        generate(folder / NEXT, options, 1)
        if not (folder / SAME).exists():
            os.link(folder / NEXT, folder / SAME)
    return folder, {"ZIP": str(folder / FIRST), "RATINGS_AT": str(offset(folder / FIRST, "ratings.csv"))}
