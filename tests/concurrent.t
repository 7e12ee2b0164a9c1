#!/usr/bin/env bash
# Loads at one time: of one hour, of several, phases of one load in processes of their own. And
# readers meanwhile: whatever they read in one transaction, it is one file's.
source "$(dirname "$0")/lib.sh"
export MOVIES_HOME=$tmp/var
SEED=${SEED:-$RANDOM}
note "SEED=$SEED"
at_exit drop_cluster
begin_cluster
ok 'the database is there' movies-db start
[ -d "$MOVIES_HOME/pg/run" ] || bail 'the name of the scratch folder is too long'
on() { # DATABASE COMMAND...: another database of the same server, made when first named
    local name=$1
    shift
    [ -e "$tmp/made.$name" ] || { movies-db psql -qc "create database $name" && : >"$tmp/made.$name"; }
    PGHOST=$MOVIES_HOME/pg/run PGUSER=movies PGDATABASE=$name "$@"
}
at_once() { # COMMAND per line on stdin, words split: runs all at once, prints their exit codes, sorted
    local line pids=() codes=()
    while read -r line; do
        # shellcheck disable=SC2086 # words
        $line >>"$tmp/log" 2>&1 &
        pids+=($!)
    done
    for line in "${pids[@]}"; do
        wait "$line"
        codes+=($?)
    done
    printf '%s\n' "${codes[@]}" | sort -n | tr '\n' ' '
}
quiet="select count(*) from pg_tables where schemaname = 'stage'"

# Several loads
mkdir "$tmp/files"
mapfile -t files < <(/usr/bin/python3 -B "$top/tests/prop/hours.py" "$SEED" 3 "$tmp/files")
exits 'three files one after the other' 0 on serial movies-load "${files[@]}"
on serial dump_movies >"$tmp/serial"
ok 'leave something to compare' test "$(grep -vc '^== ' "$tmp/serial")" -gt 10
on crowd movies-db migrate
is 'the same three at once' "$(printf 'on crowd movies-load %s\n' "${files[@]}" | at_once)" '0 0 0 '
on crowd dump_movies >"$tmp/crowd"
ok 'leave the same' cmp "$tmp/serial" "$tmp/crowd"
is 'and no stage table' "$(on crowd movies-db psql -Atc "$quiet")" 0
is 'all twice at once: each once' \
    "$(printf 'on twice movies-load %s\n' "${files[@]:0:2}" "${files[@]:0:2}" | at_once)" '0 0 99 99 '
is 'of each there is one load' \
    "$(on twice movies-db psql -Atc "select count(*) || ' ' || count(distinct key) from ops.loads")" '2 2'

# Phases of one load in processes of their own, each of them twice
phases() { # FILE MEMBER... on the database twice
    local file=$1 m
    shift
    is "${file##*/}: open twice at once" \
        "$(printf 'on twice movies-load --phase open %s\n' "$file" "$file" | at_once)" '0 0 '
    for m; do printf "on twice movies-load --phase stage:$m %s\n" "$file" "$file"; done >"$tmp/stages"
    is "${file##*/}: every member twice at once" "$(at_once <"$tmp/stages" | tr -d '0 ')" ''
    is "${file##*/}: promote twice at once" \
        "$(printf 'on twice movies-load --phase promote %s\n' "$file" "$file" | at_once)" '0 0 '
    exits "${file##*/}: the whole of it now" 99 on twice movies-load "$file"
}
for file in "${files[@]:2}"; do
    mapfile -t members < <(unzipper -l "$file" | jq -r .name)
    phases "$file" "${members[@]}"
done
on twice dump_movies >"$tmp/twice"
ok 'phases leave the same' cmp "$tmp/serial" "$tmp/twice"
is 'and no stage table either' "$(on twice movies-db psql -Atc "$quiet")" 0
[ "$_failed" -eq 0 ] || diag "$(tail -n 40 "$tmp/log")"

# Readers. File K says K of everything: budgets, revenues, names, times of ratings.
loads=6
[ -z "${LONG:-}" ] || loads=50
/usr/bin/python3 -B - "$tmp/files" "$loads" <<'END_OF_PYTHON'
import sys, zipfile
movies = range(1, 61)
def write(k):
    header = "id,title,budget,revenue,genres,production_companies,release_date,popularity,adult,belongs_to_collection," \
        "homepage,imdb_id,original_language,original_title,overview,poster_path,production_countries,runtime," \
        "spoken_languages,status,tagline,video,vote_average,vote_count\n"
    names = f"\"[{{'id': 1, 'name': 'k{k}'}}]\""
    with zipfile.ZipFile(f"{sys.argv[1]}/2026-03-{1 + k // 24:02}T{k % 24:02}Z.zip", "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("movies_metadata.csv", header + "".join(
            f"{m},k{k},{k}000000,{k}000000,{names},{names},2000-01-01,{k}" + "," * 16 + "\n" for m in movies))
        z.writestr("keywords.csv", "id,keywords\n" + "".join(f"{m},{names}\n" for m in movies))
        z.writestr("credits.csv", "cast,crew,id\n" + "".join(f"{names},{names},{m}\n" for m in movies))
        z.writestr("links.csv", "movieId,imdbId,tmdbId\n" + "".join(f"{m},k{k},{m}\n" for m in movies))
        z.writestr("ratings.csv", "userId,movieId,rating,timestamp\n"
                   + "".join(f"{u},{m},3.0,{k}000\n" for u in (1, 2) for m in movies))
for k in range(1, int(sys.argv[2]) + 2):
    write(k)
END_OF_PYTHON
marked=("$tmp"/files/2026-03-*.zip)
exits 'a first file to be read' 0 movies-load "${marked[0]}"

# Lines with what each table says, waiting in between so that loads come to pass.
cat >"$tmp/read.sql" <<'END_OF_SQL'
begin isolation level repeatable read, read only;
\set pause 'select pg_sleep(random() * 0.1) is null as slept \\gset'
select string_agg(distinct 'k' || budget / 1000000, '+') as movies from movies.movies \gset
:pause
select string_agg(distinct name, '+') as listed from movies.movie_keywords \gset
:pause
select string_agg(distinct c.name || '+' || w.name, '+') as credits
from movies.cast_members as c join movies.crew_members as w using (movie_id) \gset
:pause
select string_agg(distinct 'k' || extract(epoch from rated_at)::bigint / 1000, '+') as ratings from movies.ratings \gset
:pause
select string_agg(distinct g.name || '+' || k.name || '+' || p.name || '+' || c.name, '+') as names
from movies.genres as g, movies.keywords as k, movies.people as p, movies.production_companies as c \gset
:pause
select string_agg(distinct imdb_id, '+') as links from movies.links \gset
commit;
\echo :movies+:listed+:credits+:ratings+:names+:links
END_OF_SQL
reader() { # NAME COMMAND...: runs it over and over until there is $tmp/stop
    local name=$1
    shift
    until [ -e "$tmp/stop" ]; do "$@" >>"$tmp/$name" 2>>"$tmp/$name.err" || echo "exit $?" >>"$tmp/$name.err" && sleep 0.2; done
}
read_tables() { movies-db psql -XAtq -v ON_ERROR_STOP=1 -f "$tmp/read.sql"; }
readers=()
reader tables read_tables & readers+=($!)
reader csv movies-answers genre-budget --format csv & readers+=($!)
reader json movies-answers company-revenue --format json & readers+=($!)
all_saw() { # MARK
    local name
    for name in tables csv json; do grep -qsw "$1" "$tmp/$name" || return; done
}
ok 'all read the first file' await all_saw k1
for ((k = 2; k <= loads + 1; k++)); do
    if ! movies-load "${marked[k - 1]}" || ! await all_saw "k$k"; then break; fi
done >"$tmp/log" 2>&1
touch "$tmp/stop"
wait "${readers[@]}"
is 'all are loaded while others read' "$(grep -c '"promoted"' "$tmp/log")" "$loads"
tr '+' '\n' <"$tmp/tables" | sort -u | sed 's/^/# /' | tr -d '\n' | cut -c1-200 | sed 's/^/# read:/;s/$/\n/'
is 'no transaction over the tables saw two files' \
    "$(awk -F+ '{ for (i = 2; i <= NF; i++) if ($i != $1 || $i !~ /^k[0-9]+$/) { print; next } }' "$tmp/tables")" ''
is 'no answer in CSV did' \
    "$(awk -F, '$1 == "genre_id" { next } { files[$2] } $2 != "k" $4 / $6 / 1000000 || $6 != 60' "$tmp/csv")" ''
is 'no answer in JSON did' \
    "$(jq -c 'select(.movies != 60 or .company != "k\(.revenue / .movies / 1000000)")' "$tmp/json")" ''
is 'no reader failed' "$(cat "$tmp"/{tables,csv,json}.err)" ''
for name in tables csv json; do
    is "each file was seen: $name" "$(grep -owE 'k[0-9]+' "$tmp/$name" | sort -u | wc -l)" $((loads + 1))
done
done_testing
