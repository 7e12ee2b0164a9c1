# shellcheck shell=bash
# Sourced by the tests of movies-backfill, after tests/lib.sh: a MOVIES_HOME of their own, whose cluster goes
# with the test, and files in it.
# Usage:  put KEY...      makes files of a few bytes in $backfill
#         held FOLDER...  prints the keys of the files in folders of MOVIES_HOME
export MOVIES_HOME=${tmp:?tests/lib.sh comes first}/var
at_exit drop_cluster
backfill=$MOVIES_HOME/backfill
put() {
    local key
    mkdir -p "$backfill"
    for key; do printf %s "$key" >"$backfill/$key.zip"; done
}
held() { (cd "$MOVIES_HOME" && find "$@" -name '*.zip' -printf '%f\n' | sed 's/[.]zip$//' | sort | paste -sd ' '); }
