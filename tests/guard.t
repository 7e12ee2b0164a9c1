#!/usr/bin/env bash
# What the filters ask of the machine, counted, since time depends on its mood: nothing is allocated
# for a record, bytes are read and written in large pieces. A longer stream shows it.
# shellcheck source=tests/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=tests/pg.sh
source "$(dirname "$0")/pg.sh"

count=$BIN/../tests/count.so
if ldd "$BIN/unzipper" | grep -q libasan; then
    skip 'counters' 'the address sanitizer wants to be first'
    done_testing
    exit
fi
pg_start
q 'create table ratings (user_id int, movie_id int, rating numeric(3, 1), rated_at timestamptz)'
q 'create table movie_genres (movie_id bigint, genre_id oid, genre text)'

# Runs a filter counted, with a file as its input and its output; leaves what it asked for.
counted() { # INPUT COMMAND...
    env COUNTS="$tmp/counts" LD_PRELOAD="$count" "${@:2}" <"$1" >"$tmp/output" || bail "$2: exit status $?"
    read -r _ allocations _ reads _ writes <"$tmp/counts"
    moved=$(($(stat -c %s "$1") + $(stat -c %s "$tmp/output")))
}

# Holds a filter's counts of a stream against those of one four times as long.
guard() { # NAME SHORT LONG COMMAND...
    local name=$1 few
    counted "$2" "${@:4}"
    few=$allocations
    counted "$3" "${@:4}"
    note "$name: $allocations allocations, $few for a quarter; $((moved / (reads + writes))) bytes a call"
    ok "$name: no allocation for a record" test "$((allocations - few))" -le 16
    ok "$name: large pieces" test "$((moved / (reads + writes)))" -ge 50000
}

repeat() { # TIMES HEADER-AND-ROWS
    head -n 1 "$2"
    for ((i = 0; i < $1; i++)); do tail -n +2 "$2"; done
}
cd "$tmp" || bail 'no scratch folder'
for member in ratings movies_metadata; do
    unzipper "$top/fixtures/2026-11-20T13Z.zip" "$member.csv" >one.csv
    times=20
    [ "$member" = ratings ] || times=2
    mkdir "few-$member" "many-$member"
    repeat "$times" one.csv >"few-$member/$member.csv"
    repeat "$((4 * times))" one.csv >"many-$member/$member.csv"
    for size in few many; do (cd "$size-$member" && zip -q "../$size-$member.zip" "$member.csv"); done
done
columns=user_id=userId,movie_id=movieId,rating,rated_at=timestamp
guard unzipper few-ratings.zip many-ratings.zip unzipper /dev/stdin ratings.csv
guard csv2ndjson {few,many}-ratings/ratings.csv csv2ndjson -e -n --rejoin -c "$columns"
for size in few many; do
    csv2ndjson -e -n -c "$columns" "$size-ratings/ratings.csv" >"$size.ratings"
    csv2ndjson -e -n --rejoin -c movie_id=id,genres "$size-movies_metadata/movies_metadata.csv" >"$size.movies"
    explode-genres -R rejects "$size.movies" >"$size.genres"
done
guard pgload few.ratings many.ratings pgload -e --truncate -t ratings
guard explode-genres few.movies many.movies explode-genres -R rejects
guard 'pgload, text' few.genres many.genres pgload --truncate -t movie_genres
done_testing
