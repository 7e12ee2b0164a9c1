#!/usr/bin/env bash
# Every EXAMPLE of every page is run, in the order of the page, in a scratch folder where
# fixtures/ is at hand, with a private database server. An example must succeed.
source "$(dirname "$0")/lib.sh"
source "$top/tests/pg.sh"

# The literal blocks of a page's EXAMPLES, each in a file of its own: N.sh.
extract() { # PAGE FOLDER
    awk -v dir="$2" '
        function command(text) { # without what only troff needs
            gsub(/\\\(aq/, "\047", text); gsub(/\\\(dq/, "\"", text); gsub(/\\&/, "", text)
            gsub(/\\-/, "-", text); gsub(/\\e|\\\\/, "\\", text)
            print text >file
        }
        /^\.Sh / { examples = $2 == "EXAMPLES" }
        examples && /^\.Ed/ { inside = 0; close(file) }
        inside { command($0) }
        examples && /^\.Bd -literal/ { inside = 1; file = sprintf("%s/%02d.sh", dir, ++n) }
        examples && /^\.Dl / {
            file = sprintf("%s/%02d.sh", dir, ++n); command(substr($0, 5)); close(file)
        }' "$1"
}

# The filters find the database by libpq's environment; so can the movies-* commands, each page with
# one of its own, but for those that are about the embedded cluster.
embedded() { (unset PGHOST PGDATABASE PGUSER; "$@"); }
anywhere() { "$@"; }
own() { PGDATABASE=$own "$@"; }

# Those that load the sample load the first records of it.
mkdir "$tmp/fixtures"
cp "$top"/fixtures/*.zip "$tmp/fixtures"
few 400 "$tmp/fixtures/2026-11-20T13Z.zip"
pg_start
for page in "$top"/bin/*/*.1; do
    name=$(basename "$page" .1)
    dir=$tmp/$name
    mkdir -p "$dir/examples"
    fixtures=$top/fixtures
    [[ $name != movies-* || -n ${LONG-} ]] || fixtures=$tmp/fixtures
    ln -s "$fixtures" "$dir/fixtures"
    extract "$page" "$dir/examples"
    ok "$name has an example" test -s "$dir/examples/01.sh"
    where=anywhere
    case $name in
    movies-db | movies-airflow) where=embedded ;;
    movies-*) where=own own=${name/-/_} && q "create database $own" ;;
    esac
    export MOVIES_HOME=$dir/var
    for example in "$dir"/examples/*.sh; do
        ok "$name: $(head -n 1 "$example")" $where env -C "$dir" bash -euo pipefail "$example"
    done
    [ ! -e "$dir/var/pg" ] || embedded drop_cluster
done
done_testing
