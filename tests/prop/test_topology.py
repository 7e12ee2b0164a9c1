"""Members, datasets, filters and columns stand in bin/movies-load/pipelines; whatever else names them must agree."""
import ast
import json
import re
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
PIPELINES = TOP / "bin/movies-load/pipelines"
MEMBERS = [line.split() for line in (PIPELINES / "members").read_text().splitlines() if line and line[0] != "#"]
DATASETS = list(dict.fromkeys(dataset for _, dataset in MEMBERS if dataset != "-"))


def read(path):
    return (TOP / path).read_text()


def commands(bin_dir, dataset):
    """The tree of a dataset as pipetree reads it: (chain, position, argv) a filter, in the order of the file."""
    defines = ["common+=--member", "file=FILE", "member=MEMBER", "dir=DIR", "dates=iso", f"table={dataset}"]
    words = [w for d in defines for w in ("-D", d)]
    done = subprocess.run([bin_dir / "pipetree", "--dry-run", *words, PIPELINES / f"{dataset}.tree"],
                          capture_output=True, text=True, check=True)
    found = []
    for line in done.stdout.splitlines():
        argv = json.loads(line)["argv"]
        if "-S" in argv:
            chain, position, _ = Path(argv[argv.index("-S") + 1]).name.split(".")
            found.append((chain, int(position), argv))
    return found


@pytest.fixture(scope="module")
def trees(bin_dir):
    return {dataset: commands(bin_dir, dataset) for dataset in DATASETS}


def option(argv, name):
    return argv[argv.index(name) + 1]


def columns(trees, dataset):
    """What csv2ndjson -c is told: [(name in the record, name in the CSV)]."""
    argv = next(argv for _, _, argv in trees[dataset] if argv[0] == "csv2ndjson")
    pairs = [c.partition("=") for c in option(argv, "-c").split(",")]
    return [(name, source or name) for name, _, source in pairs]


def lists(trees, dataset):
    """The filters of lists: {chain: explode-*}."""
    return {chain: argv[0] for chain, position, argv in trees[dataset] if argv[0].startswith("explode-")}


def test_every_dataset_has_a_tree():
    assert sorted(DATASETS) == sorted(path.stem for path in PIPELINES.glob("*.tree"))


def test_every_filter_has_its_place(trees):
    for dataset, found in trees.items():
        places = [(chain, position, argv[0].split("-")[0]) for chain, position, argv in found]
        wanted = [(dataset, 1, "csv2ndjson"), (dataset, 2, "pgload")]
        for chain in lists(trees, dataset):
            wanted += [(chain, 1, "explode"), (chain, 2, "pgload")]
        assert places == wanted


def test_every_table_is_that_of_its_chain(trees):
    for dataset, found in trees.items():
        for chain, position, argv in found:
            if position == 2:
                assert option(argv, "-t") == (dataset if chain == dataset else f"{dataset}_{chain}")


def test_reconciliation_knows_every_chain(trees):
    rows = re.findall(r"\('([\w.]+)', '(\w+)', array\[([^]]+)\]\)", read("sql/checks/joints.sql"))
    found = {member: (head, re.findall(r"\w+", chains)) for member, head, chains in rows}
    assert found == {m: (d, [d, *lists(trees, d)]) for m, d in MEMBERS if d != "-"}


def test_stage_tables_have_names(trees):
    named = set(re.findall(r"^\\set (\w+) :records _(\w+)$", read("sql/stage/names.sql"), re.M))
    wanted = {chain for dataset in DATASETS for chain in lists(trees, dataset)}
    assert named == {(chain, chain) for chain in wanted}


def stage_columns(dataset):
    """{table: columns} of sql/stage/DATASET.sql."""
    found = {}
    for table, body in re.findall(r'create table stage\.:"(\w+)" \((.*?)\n?\);', read(f"sql/stage/{dataset}.sql"), re.S):
        plain = re.sub(r"\([^)]*\)", "", body)
        found[table] = [c.split()[0].strip('"') for c in plain.split(",")]
    return found


def test_stage_tables_have_the_columns_that_filters_write(trees):
    for dataset in set(DATASETS) - {"ratings"}:  # whose table is like movies.ratings
        tables = stage_columns(dataset)
        given = [name for name, _ in columns(trees, dataset)]
        exploded = set()
        for chain, tool in lists(trees, dataset).items():
            source = read(f"bin/{tool}/{tool}.c")
            exploded.add(re.search(r'\.column = "(\w+)"', source)[1])
            keys = re.findall(r'^ +\{"\w+", "(\w+)",', source, re.M)
            assert sorted(tables.pop(chain)) == sorted(["movie_id", *keys, "_record", "_line"]), chain
        assert exploded <= set(given)
        assert sorted(tables.pop("records")) == sorted((set(given) - exploded) | {"_record", "_line"})
        assert not tables, f"{dataset}: tables that nothing fills"


def test_ratings_have_the_columns_of_their_table(trees):
    table = re.search(r"create table movies\.ratings \((.*?)\n\)", "".join(p.read_text() for p in sorted(
        (TOP / "sql/schema").glob("*.sql"))), re.S)[1]
    named = {line.split()[0] for line in table.strip().splitlines()} - {"constraint"}
    assert {name for name, _ in columns(trees, "ratings")} | {"source"} == named


def test_promotion_takes_every_dataset():
    assert re.findall(r"^ *\\set family (\w+)$", read("sql/promote/promote.sql"), re.M) == DATASETS


def test_rules_know_every_dataset():
    assert re.findall(r"as has_(\w+)", read("sql/promote/rules.sql")) == DATASETS
    for path in (TOP / "sql/rules").glob("*.sql"):
        family = re.search(r"^-- family: (.*)$", path.read_text(), re.M)[1]
        assert set(family.split(", ")) <= set(DATASETS), path.name


def test_every_dataset_has_its_scripts():
    for folder in ("stage", "won", "promote"):
        assert [d for d in DATASETS if not (TOP / f"sql/{folder}/{d}.sql").exists()] == [], folder


def test_the_dag_has_a_task_for_every_member():
    assigned = {node.targets[0].id: node.value for node in ast.parse(read("dags/movies_load.py")).body
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)}
    assert [f"{m}.csv" for m in ast.literal_eval(assigned["MEMBERS"])] == [m for m, d in MEMBERS if d != "-"]


def test_corrections_find_records_by_the_right_column(trees):
    function = re.search(r"^id_column\(\).*?^\}", read("bin/lib/movies-rejects.bash"), re.S | re.M)[0]
    for member, dataset in MEMBERS:
        if dataset != "-":
            done = subprocess.run(["bash", "-c", f'{function}\nid_column "$1"; echo "$REPLY"', "bash", member],
                                  capture_output=True, text=True, check=True)
            assert done.stdout.strip() == dict(columns(trees, dataset))["movie_id"], member


def test_the_page_lists_every_column(trees):
    page = re.search(r"The members need these columns.*?\.El", read("bin/movies-load/movies-load.1"), re.S)[0]
    found = {}
    for names, text in re.findall(r"^\.It Pa (.*)\n((?:[^.].*\n)+)", page, re.M):
        members = names.split(" , ")
        parts = text.split(";") if ";" in text else [text] * len(members)
        for member, part in zip(members, parts):
            found[member] = sorted(re.findall(r"\w+", re.sub(r"\(.*\)", "", part)))
    assert found == {m: sorted(source for _, source in columns(trees, d)) for m, d in MEMBERS if d != "-"}


def test_the_page_names_every_member():
    page = read("bin/movies-load/movies-load.1")
    assert [m for m, _ in MEMBERS if m not in page] == []
