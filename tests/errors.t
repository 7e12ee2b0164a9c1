#!/usr/bin/env bash
# The exit status for every kind of error, the same through pgload and through the commands: SQLSTATEs by what was
# being done, connections that fail, files that cannot be read. What is expected stands here by itself, not in
# bin/lib/sqlstate.def, which both read.
# shellcheck disable=SC2016 # $ is meant for who evaluates it
source "$(dirname "$0")/lib.sh"
source "$top/tests/pg.sh"
cd "$tmp" || exit
pg_start
export PGTZ=UTC
q "create table items (id int);
   create table wanted (state text);
   create function fail() returns trigger language plpgsql as \$\$
       begin raise exception using message = 'asked for', errcode = (select state from public.wanted); end \$\$;
   create trigger fail before insert on items for each row execute function fail()"
echo '{"id":1}' >one.ndjson
small "$tmp/2026-01-01T00Z.zip" 10
exits 'the schema is made' 0 movies-load "$tmp/2026-01-01T00Z.zip"
q 'grant select on wanted to public; create trigger fail before insert on ops.loads for each row execute function fail()'
small "$tmp/2026-01-01T01Z.zip" 20

# STATE, the status while pgload works on its table, the status for the commands' own SQL. Of each class of PostgreSQL's
# appendix A at least one.
while read -r state data own; do
    q "truncate wanted; insert into wanted values ('$state')"
    exits "pgload exits $data for SQLSTATE $state" "$data" pgload -t items one.ndjson
    exits "movies-load exits $own for SQLSTATE $state in its own SQL" "$own" movies-load --phase open "$tmp/2026-01-01T01Z.zip"
done <<'END'
01000 70 70
02000 70 70
03000 70 70
08006 69 69
09000 70 70
0A000 64 70
0B000 70 70
0L000 70 70
20000 70 70
21000 70 70
22003 65 70
22P02 65 70
23505 65 70
23503 65 70
24000 70 70
25001 70 70
25006 69 69
25P03 74 74
26000 70 70
27000 70 70
28000 64 64
2BP01 70 70
2D000 70 70
2F000 70 70
34000 70 70
38000 70 70
39000 70 70
3B000 70 70
3D000 70 70
3F000 64 70
40001 74 74
40P01 74 74
42501 64 64
42P01 64 70
42883 64 70
44000 70 70
53100 74 74
53200 74 74
53300 69 69
54000 70 70
55000 74 64
55006 74 74
55P03 74 74
57014 74 74
57P01 69 69
57P03 69 69
58030 74 74
72000 70 70
F0000 70 70
HV000 70 70
P0001 65 64
P0002 70 70
XX000 74 74
XX001 70 70
XX002 70 70
ZZ999 70 70
END
is 'an error of our own SQL opens no load' "$(q "select count(*) from ops.loads where key = '2026-01-01T01Z'")" 0
q 'drop trigger fail on ops.loads'

# Text from the database that bash would evaluate in a subscript or in arithmetic
hostile='x[$(touch${IFS}ran)]' # a blank would end the word
mkdir -p var/staging var/backfill var/archive/2026/01
cp 2026-01-01T01Z.zip var/staging
cp 2026-01-01T00Z.zip var/archive/2026/01
evaluates_nothing() { # WHAT SQL UNDO
    local command
    q "$2"
    for command in 'movies-stage --pending' 'movies-stage --loaded 2026-01-01T00Z' 'movies-archive --promoted' \
        'movies-archive 2026-01-01T00Z' 'movies-status' 'movies-status 2026-01-01T00Z' 'movies-status 2026-01-01T00Z --rejects' \
        'movies-status --movie 1' 'movies-load --phase open 2026-01-01T01Z' 'movies-backfill --dry-run 2026-01-01 2026-01-02' \
        'movies-backfill 2026-01-01T00Z 2026-01-01T00Z' 'movies-answers' 'movies-db status' 'movies-db prune --before 2026-01-01'; do
        # shellcheck disable=SC2086 # words
        timeout 60 $command >out 2>err
        ok "${command} evaluates nothing of $1" test ! -e ran
        rm -f ran
    done
    q "$3"
}
evaluates_nothing 'the key of a load' \
    "create table kept as table ops.loads; update ops.loads set key = '$hostile'" "update ops.loads as l set key = kept.key from kept where l.load_id = kept.load_id"
evaluates_nothing 'the file and version of a load' \
    "update ops.loads set file = '$hostile', version = '$hostile', sha256 = '$hostile'" \
    'update ops.loads as l set file = kept.file, version = kept.version, sha256 = kept.sha256
     from kept where l.load_id = kept.load_id'
evaluates_nothing 'the number of a migration' \
    "alter table ops.migrations drop constraint migrations_version_check, alter version type text using version::text;
     insert into ops.migrations (version, name, sha256) values ('$hostile', '$hostile', '$hostile')" \
    "delete from ops.migrations where version like 'x%';
     alter table ops.migrations alter version type integer using version::integer"
evaluates_nothing 'a finding' \
    "insert into ops.findings (load_id, rule, family, severity, found, example)
     select load_id, '$hostile', 'movies', 'fail', 1, '$hostile' from ops.loads" 'delete from ops.findings'
exits 'the database is as before' 99 movies-load "$tmp/2026-01-01T00Z.zip"

# Locales: what programs print is read, so they must run untranslated.
mkdir german
for program in stat df date find sort grep ls id awk sed psql realpath setpriv flock tail head wc cut; do
    real=$(command -v "$program") || continue
    printf '#!/bin/bash\n[[ ${LC_ALL-} == C?(.UTF-8) && -z ${LANGUAGE-} ]] || echo "%s: $LC_ALL $LANGUAGE" >>"%s"\nexec "%s" "$@"\n' \
        "$program" "$tmp/translated" "$real" >"german/$program"
    chmod +x "german/$program"
done
mkdir -p source var/archive/2026/01
small "$tmp/source/2026-01-01T06Z.zip" 60
for command in "movies-stage $tmp/source" 'movies-stage --pending' 'movies-load 2026-01-01T06Z' 'movies-archive --promoted' \
    movies-status movies-answers 'movies-backfill --dry-run 2026-01-01 2026-01-02' 'movies-db status'; do
    # shellcheck disable=SC2086 # words
    exits "$command: works in a German locale" 0 env LC_ALL=de_DE.UTF-8 LANGUAGE=de LANG=tr_TR.UTF-8 PATH="$tmp/german:$PATH" $command
    is "$command: runs no program in it" "$(cat translated 2>/dev/null)" ''
    rm -f translated
done

# Connections
q "create role locked login connection limit 0; create role keyed login password 'right'; create role walled login;
   create role stranger login"
q 'create database closed'
q 'revoke connect on database closed from public'
hba=$(q 'show hba_file')
echo 'local all keyed scram-sha-256' | cat - "$hba" >rules
cat rules >"$hba" # it stays the file of the server's user
q 'select pg_reload_conf()' >scratch.out
connects() { # NAME CODE SETTING...
    local name=$1 code=$2
    shift 2
    exits "pgload exits $code: $name" "$code" env "$@" pgload -t items one.ndjson
    exits "pglock exits $code: $name" "$code" env "$@" pglock key -- true
    exits "movies-status exits $code: $name" "$code" env "$@" movies-status
    exits "movies-load exits $code: $name" "$code" env "$@" movies-load "$tmp/2026-01-01T01Z.zip"
}
connects 'no server' 69 PGHOST="$tmp/none"
connects 'a port where nobody listens' 69 PGHOST=127.0.0.1 PGPORT=1
connects 'a host without an address' 69 PGHOST=no-such-host.invalid
connects 'a database that does not exist' 69 PGDATABASE=nope
connects 'too many connections' 69 PGUSER=locked
connects 'a wrong password' 64 PGUSER=keyed PGPASSWORD=wrong
connects 'no password' 64 PGUSER=keyed
connects 'a role that does not exist' 64 PGUSER=nobody_here
connects 'no right to connect' 64 PGUSER=stranger PGDATABASE=closed
connects 'a service that does not exist' 64 PGSERVICE=nope
connects 'a setting that does not exist' 64 PGOPTIONS='-c nonsense=1'
connects 'a setting with a wrong value' 64 PGOPTIONS='-c work_mem=x'
connects 'a port that is none' 64 PGPORT=abc

# Files
mkdir folder
ln -s loop loop
: >unreadable.ndjson
chmod 0 unreadable.ndjson
as_other() { # COMMAND...: by somebody to whom a mode of 0 means something
    if [ "$(id -u)" -eq 0 ]; then setpriv --reuid=65534 --regid=65534 --clear-groups -- "$@"; else "$@"; fi
}
for file in none folder loop none/below unreadable.ndjson; do
    for tool in csv2ndjson explode-genres unzipper pipetree 'pgload -t items'; do
        # shellcheck disable=SC2086 # words
        exits "${tool%% *} exits 64 for an input that cannot be opened: $file" 64 as_other "$BIN/"$tool "$file"
    done
done
ln -s none 2026-01-01T02Z.zip
mkdir 2026-01-01T03Z.zip
ln -s 2026-01-01T04Z.zip 2026-01-01T04Z.zip
for file in 2026-01-01T02Z.zip 2026-01-01T03Z.zip 2026-01-01T04Z.zip 2026-01-01T05Z.zip; do
    exits "movies-load exits 64 for a file that cannot be opened: $file" 64 movies-load "$file"
done
done_testing
