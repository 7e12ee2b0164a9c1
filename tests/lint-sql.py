"""usage: lint-sql.py FILE... -- sqlfluff over psql scripts, which it cannot read as they are:
what \\ir includes is put in place, other commands of psql are dropped, its variables become
names and literals, and words that the linter does not know go. Prints the complaints; exits 1 if there are any."""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

UNKNOWN = re.compile(r"not materialized| isolation level [^;]*| skip locked\b|\bfor (?:update|share)\b|\bwith ordinality\b|\btemp (?=view)")
VARIABLES = [(r'(?<!:):"(\w+)"', r"\1_"), (r"(?<!:):'(\w+)'", r"'\1'"), (r"(?<![:\w]):(\w+)", r"\1")]


def plain(path):
    """The lines of a script as SQL that needs no psql."""
    for line in path.read_text(encoding="utf-8").splitlines():
        include = re.match(r"\s*\\ir (\S+)", line)
        if include and include[1].startswith(":"):
            continue  # which script that is, only psql knows; it is looked at by itself
        if include:
            yield from plain(path.parent / include[1])
        elif line.lstrip().startswith("\\gexec") or not line.lstrip().startswith("\\"):
            line = UNKNOWN.sub("", re.sub(r" ?\\g(set|exec)?\b.*", ";", line)).rstrip()
            if not line.lstrip().startswith("--"):
                for variable, sql in VARIABLES:
                    line = re.sub(variable, sql, line)
            yield line


def main(paths):
    with tempfile.TemporaryDirectory() as folder:
        for path in map(Path, paths):
            target = Path(folder) / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text("\n".join(plain(path)) + "\n", encoding="utf-8")
        command = ["sqlfluff", "lint", "--disable-progress-bar", "--processes", str(os.cpu_count()), "--config",
                   str(Path(".sqlfluff").resolve()), "."]
        done = subprocess.run(command, cwd=folder, check=False, text=True, stdout=subprocess.PIPE)
    if done.returncode != 0:
        print(done.stdout, end="")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
