"""Peak memory of each filter: under 16 MiB on the largest fixture, and no more when the input is
20 times as long. Not under the sanitizers, which have memory of their own."""
import os
import subprocess
import zipfile
from pathlib import Path

import pytest

FIXTURE = Path(__file__).resolve().parents[2] / "fixtures/2026-11-20T13Z.zip"
MEMBER = "movies_metadata.csv"
MIB = 1 << 20
SLACK = MIB  # what two runs of one program may differ by

pytestmark = pytest.mark.skipif("/san/" in os.environ.get("BIN", ""), reason="sanitizers")


def peak(command, source, env=None):
    """Runs a command on a file; the bytes of its largest resident set."""
    said = source.with_suffix(".peak")
    with open(source, "rb") as given:
        subprocess.run([command[0].parents[1] / "tests/peak", said, *command], stdin=given,
                       stdout=subprocess.DEVNULL, env=env, check=True)
    return int(said.read_text(encoding="ascii"))


def repeat(bin_dir, member, times, path):
    """A member's rows so many times: as CSV in path, as NDJSON beside it. Returns the CSV."""
    with zipfile.ZipFile(FIXTURE) as archive:
        header, rows = archive.read(member).split(b"\n", 1)
    text = header + b"\n" + rows * times
    path.write_bytes(text)
    with open(path.with_suffix(".ndjson"), "wb") as out:
        subprocess.run([bin_dir / "csv2ndjson", "-n", "--rejoin", path], stdout=out, check=True)
    return text


@pytest.fixture(scope="module")
def inputs(bin_dir, tmp_path_factory):
    """The same rows once and 20 times: zips, CSV, NDJSON; of the other members the last two."""
    folder = tmp_path_factory.mktemp("memory")
    for times in (1, 20):
        text = repeat(bin_dir, MEMBER, times, folder / f"{times}.csv")
        with zipfile.ZipFile(folder / f"{times}.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr(MEMBER, text)
        for other in ("credits.csv", "keywords.csv"):
            repeat(bin_dir, other, times, folder / f"{times}.{other}")
    return folder


def check(command, inputs, suffix, env=None):
    once, often = (peak(command, inputs / f"{times}.{suffix}", env) for times in (1, 20))
    print(f"{command[0].name}: {once / MIB:.1f} MiB, {often / MIB:.1f} MiB on 20 times as much")
    assert once < 16 * MIB and often < 16 * MIB
    assert often < once + SLACK


def test_unzipper(bin_dir, inputs):
    check([bin_dir / "unzipper", "-e", "/dev/stdin", MEMBER], inputs, "zip")


def test_unzipper_of_a_pipe(bin_dir, inputs):
    check([bin_dir / "unzipper", "-e", "-", MEMBER], inputs, "zip")


@pytest.mark.parametrize("options", [[], ["-n", "-e"], ["-j", "genres,production_companies"]])
def test_csv2ndjson(bin_dir, inputs, options):
    check([bin_dir / "csv2ndjson", "--rejoin", *options], inputs, "csv")


@pytest.mark.parametrize("what", ["genres", "companies", "countries", "languages", "collections"])
def test_explode(bin_dir, inputs, what):
    check([bin_dir / f"explode-{what}"], inputs, "ndjson")


@pytest.mark.parametrize("what, member", [("keywords", "keywords"), ("cast", "credits"), ("crew", "credits")])
def test_explode_of_another_member(bin_dir, inputs, what, member):
    check([bin_dir / f"explode-{what}"], inputs, f"{member}.ndjson")


@pytest.mark.parametrize("options", [[], ["--truncate"], ["-k", "id"]])
def test_pgload(bin_dir, inputs, pg, options):
    pg.sql("drop table if exists memory; create table memory "
           "(id bigint, title text, overview text, popularity numeric, release_date date)")
    check([bin_dir / "pgload", "-t", "memory", "--ignore-unknown", *options], inputs, "ndjson", pg.env)
