"""What the measurements were made on and with."""
import os
import platform
import re
import subprocess
from pathlib import Path

VERSIONS = {
    "psql": "psql --version", "Java": "java -version", "Miller": "mlr --version", "xan": "xan --version",
    "jq": "jq --version", "unzip": "unzip -v", "bsdtar": "bsdtar --version", "bash": "bash --version",
    "C compiler": "cc --version", "zlib": "dpkg-query -W -f=${Version} zlib1g-dev",
    "libcsv": "dpkg-query -W -f=${Version} libcsv-dev", "libdeflate": "dpkg-query -W -f=${Version} libdeflate-dev"}
PACKAGES = "duckdb", "pandas", "polars", "psycopg2_binary", "pyspark"


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        model = re.search(r"^model name\s*: (.*)$", f.read(), re.M)
    with open("/proc/meminfo", encoding="utf-8") as f:
        kib = int(re.search(r"^MemTotal:\s*(\d+)", f.read(), re.M)[1])
    with open("/etc/os-release", encoding="utf-8") as f:
        system = re.search(r'^PRETTY_NAME="?(.*?)"?$', f.read(), re.M)
    return {"cores": f"{os.cpu_count()} ({model[1] if model else platform.machine()})",
            "memory": f"{kib / 1048576:.1f} GiB", "kernel": platform.release(),
            "system": system[1] if system else "unknown", "Python": platform.python_version()}


def version(command):
    """The first number with a point in what a tool says of itself."""
    try:
        done = subprocess.run(command.split(), capture_output=True, text=True, check=False)
    except OSError:
        return ""
    found = re.search(r"\d+\.\d[^\s,;()\"]*", done.stdout + done.stderr) if done.returncode == 0 else None
    return found[0] if found else ""


def tools():
    found = {name: version(command) for name, command in VERSIONS.items()}
    site = Path(os.environ["PYTHON"]).parents[1]
    for package in PACKAGES:
        for folder in site.glob(f"lib/python*/site-packages/{package}-*.dist-info"):
            found[package] = folder.name.removesuffix(".dist-info").rpartition("-")[2]
    return {"tools": ", ".join(f"{name} {v}" for name, v in found.items() if v)}
