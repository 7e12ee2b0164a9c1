# shellcheck shell=bash
# For the tests of movies-stage: a home, a source and its zips, what was said and kept, and a stand-in for
# a program that it calls. Sourced after lib.sh.
export MOVIES_HOME=$tmp/var MOVIES_MIN_FREE=1M
unset MOVIES_SOURCE_USER MOVIES_SOURCE_PASSWORD MOVIES_SOURCE_TIMEOUT MOVIES_INSECURE_HTTP
src=$tmp/src
mkdir "$src" "$tmp/make" "$tmp/prefix"

make_zip() { # FILE [TEXT]: a zip, whatever is in it; the same text gives the same bytes
    printf '%s\n' "${2-text}" >"$tmp/make/links.csv"
    TZ=UTC touch -d '2020-01-01' "$tmp/make/links.csv"
    (cd "$tmp/make" && rm -f z.zip && zip -Xq z.zip links.csv) && mv -- "$tmp/make/z.zip" "$1"
}
said() { cat "$tmp/out"; }
grumbled() { cat "$tmp/err"; }
kept() { (cd "$MOVIES_HOME" && find staging backfill archive failed -type f | sort | tr '\n' ' '); } # all files, with spaces
fresh() { rm -rf "$MOVIES_HOME" "${src:?}"/* && mkdir -p "$MOVIES_HOME"; }
summary() { printf '{"staged":[%s],"skipped":%d,"missing":%d,"failed":[%s]}' "$@"; }
cp -r "$(dirname "$BIN")/"{bin,lib,share} "$tmp/prefix"
# Runs movies-stage with a program of ours in the place of one that it calls.
with() { # PROGRAM SCRIPT COMMAND...
    printf '#!/bin/bash\n%s\n' "$2" >"$tmp/prefix/bin/$1"
    chmod +x "$tmp/prefix/bin/$1"
    "$tmp/prefix/bin/movies-stage" "${@:3}"
}
# A full disk under the scratch folder: each of these names leads to a device that is full
full_scratch() { # NAMES ARG...
    with mktemp "d=\$($(command -v mktemp) \"\$@\"); for f in $1 probe; do ln -s /dev/full \$d/\$f; done; echo \$d" "${@:2}"
}
