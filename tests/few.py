"""usage: few.py ZIP RECORDS OUT: a zip with the first records of each of its large members, for tests to which more of
the same say nothing."""
import csv
import io
import sys
import zipfile

with zipfile.ZipFile(sys.argv[1]) as whole, zipfile.ZipFile(sys.argv[3], "w", zipfile.ZIP_DEFLATED) as few:
    for name in whole.namelist():
        if name.endswith("_small.csv"):
            continue
        rows = csv.reader(io.StringIO(whole.read(name).decode(), newline=""))
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows(row for row, _ in zip(rows, range(int(sys.argv[2]))))
        few.writestr(name, text.getvalue())
