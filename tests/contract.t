#!/usr/bin/env bash
# What every program promises alike: -h, -V, wrong use, a closed or full standard output,
# and a page that lists the same options.
source "$(dirname "$0")/lib.sh"

filters=(unzipper csv2ndjson pgload pipetree pglock explode-genres explode-companies explode-countries
    explode-languages explode-collections explode-keywords explode-cast explode-crew)
commands=(movies-db movies-load movies-answers movies-status movies-stage movies-archive movies-backfill movies-airflow)

closed() { "$@" >&-; }
full() { "$@" >/dev/full; }
options_of_help() { # the options that -h lists, one a line
    "$1" -h | sed -n 's/^  \(-.*\)/\1/p' | grep -oE '^(-[A-Za-z])?(, )?(--[a-z-]+)?' |
        tr -d ' ' | tr , '\n' | grep . | sort
}
options_of_page() { # those that its page describes: .It Fl a , Fl -long Ar X
    sed -n 's/^\.It \(Fl .*\)/\1/p' "$top/bin/$1/$1.1" | grep -oE 'Fl -?[A-Za-z-]+' |
        sed 's/^Fl /-/' | sort
}

for p in "${filters[@]}" "${commands[@]}"; do
    exits "$p -h" 0 "$p" -h
    like "$p -h starts with its usage" "$(head -n 1 "$tmp/out")" "^usage: $p "
    is "$p -h says nothing on stderr" "$(cat "$tmp/err")" ''
    is "$p -h has lines of up to 95 columns" "$(awk 'length > 95' "$tmp/out")" ''
    exits "$p --help" 0 "$p" --help
    exits "$p -V" 0 "$p" -V
    like "$p -V names it and its version" "$(cat "$tmp/out")" "^$p \(movies-pipeline\) [0-9]+\.[0-9]+\.[0-9]+$"
    for option in -? --no-such-option; do
        exits "$p $option is wrong use" 64 "$p" "$option"
        is "$p $option says so in one line" "$(wc -l <"$tmp/err")" 1
        like "$p $option begins the line with its name" "$(cat "$tmp/err")" "^$p: "
        is "$p $option prints nothing" "$(cat "$tmp/out")" ''
    done
    "$p" --$'\u009b31m\u202eevil\u2066\xff\xe2\x80' >"$tmp/out" 2>"$tmp/err"
    ok "$p shows a terminal no control character, no change of direction, nothing but UTF-8" \
        grep -qF -- '--\xc2\x9b31m\xe2\x80\xaeevil\xe2\x81\xa6\xff\xe2\x80' "$tmp/err"
    exits "$p -h to a closed standard output" 74 closed "$p" -h
    exits "$p -h to a full disk" 74 full "$p" -h
    exits "$p -V to a full disk" 74 full "$p" -V
    is "$p -h and its page list the same options" "$(options_of_help "$p")" "$(options_of_page "$p")"
done

# Data on its way to nowhere is a failure too, be there much of it or little.
zip=$top/fixtures/2026-11-20T13Z.zip
csv=$tmp/movies_metadata.csv
unzipper "$zip" movies_metadata.csv >"$csv"
csv2ndjson --rejoin "$csv" >"$tmp/movies.ndjson"
head -n 2 "$csv" >"$tmp/little.csv"
head -n 1 "$tmp/movies.ndjson" >"$tmp/little.ndjson"
for m in credits keywords; do # of the first movie that has any, for little
    unzipper "$zip" "$m.csv" | csv2ndjson >"$tmp/$m.ndjson"
    jq -c 'select(.cast != "[]" and .crew != "[]" and .keywords != "[]")' "$tmp/$m.ndjson" |
        sed -n 1p >"$tmp/little-$m.ndjson"
done
for sink in closed full; do
    exits "unzipper to $sink" 74 $sink unzipper "$zip" movies_metadata.csv
    exits "unzipper -l to $sink" 74 $sink unzipper -l "$zip"
    exits "csv2ndjson to $sink" 74 $sink csv2ndjson --rejoin "$csv"
    exits "csv2ndjson, one record, to $sink" 74 $sink csv2ndjson "$tmp/little.csv"
    for p in genres companies countries languages collections; do
        exits "explode-$p to $sink" 74 $sink "explode-$p" "$tmp/movies.ndjson"
        exits "explode-$p, one record, to $sink" 74 $sink "explode-$p" "$tmp/little.ndjson"
    done
    for p in credits:cast credits:crew keywords:keywords; do
        exits "explode-${p#*:} to $sink" 74 $sink "explode-${p#*:}" "$tmp/${p%:*}.ndjson"
        exits "explode-${p#*:}, one record, to $sink" 74 $sink "explode-${p#*:}" "$tmp/little-${p%:*}.ndjson"
    done
done

terminal() { script -qec "$1" /dev/null </dev/null; }
for p in csv2ndjson pgload explode-genres; do
    like "$p on a terminal prints its help" "$(terminal "timeout 5 $p $([ $p = pgload ] && echo -t x)")" "usage: $p "
done
done_testing
