#!/usr/bin/env bash
# make run's script on a zip of one's own (a file, an https address), the pipeline that README
# shows, and an installed tree.
source "$(dirname "$0")/lib.sh"
export MOVIES_HOME="$tmp/home of movies"
prefix=$(dirname "$BIN")
demo() { "$top/fixtures/demo" "$prefix" "$@"; }
stop_all() {
    for MOVIES_HOME in "$tmp/home of movies" "$tmp/clone/var"; do drop_cluster; done
    [ -z "${server-}" ] || kill "$server"
}
at_exit stop_all
zip=$top/fixtures/2026-11-20T14Z.zip
keys() { movies-db psql -Atc 'select string_agg(key, chr(32) order by load_id) from ops.loads'; }

exits 'a zip whose name is a key' 0 demo "$zip"
like 'its summary comes first' "$(head -n 1 "$tmp/out")" '"key": "2026-11-20T14Z"'
is 'then the nine answers' "$(grep -c '^the top [0-9]* of' "$tmp/out")" 9
exits 'the same again' 0 demo "$zip"
like 'says that it is loaded already' "$(head -n 1 "$tmp/err")" 'loaded already'

cp "$zip" "$tmp/archive (1).zip"
touch -d '2026-11-19 07:30 UTC' "$tmp/archive (1).zip"
exits 'a zip of any name' 0 demo "$tmp/archive (1).zip"
is 'is taken as of the hour of its last change' "$(keys)" '2026-11-20T14Z 2026-11-19T07Z'

head -c 3000 "$zip" >"$tmp/2026-11-20T20Z.zip"
exits 'a zip that was cut short' 65 demo "$tmp/2026-11-20T20Z.zip"
is 'prints no answers' "$(cat "$tmp/out")" ''
exits 'no such file' 64 demo "$tmp/nothing.zip"

mkdir "$tmp/www"
cp "$top/fixtures/2026-11-20T15Z.zip" "$tmp/www"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost -keyout "$tmp/key.pem" -out "$tmp/cert.pem" 2>"$tmp/openssl" ||
    bail "openssl: $(tail -n 1 "$tmp/openssl")"
cat >"$tmp/serve.py" <<'END'
import functools, http.server, ssl, sys
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[1])
server = http.server.HTTPServer(("127.0.0.1", 0), handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[2], sys.argv[3])
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_port, flush=True)
server.serve_forever()
END
mkfifo "$tmp/port"
/usr/bin/python3 -B "$tmp/serve.py" "$tmp/www" "$tmp/cert.pem" "$tmp/key.pem" >"$tmp/port" 2>/dev/null &
server=$!
read -r port <"$tmp/port"
export CURL_CA_BUNDLE=$tmp/cert.pem
exits 'a zip from an https address' 0 demo "https://localhost:$port/2026-11-20T15Z.zip"
is 'is loaded under its key' "$(keys)" '2026-11-20T14Z 2026-11-19T07Z 2026-11-20T15Z'
exits 'an address with nothing there' 69 demo "https://localhost:$port/none.zip"
ok 'leaves no part of a file' test -z "$(find "$MOVIES_HOME/incoming" -name '*.part')"

# README's pipeline: the lines up to the first blank one are the command, then what it prints.
awk '/^    zip=/ { on = 1 } on && /^$/ { if (seen++) exit; next }
    on { print substr($0, 5) >(seen ? "'"$tmp"'/want" : "'"$tmp"'/readme.sh") }' "$top/README.md"
is "README's pipeline prints what README says" "$(cd "$top" && bash -euo pipefail "$tmp/readme.sh")" \
    "$(cat "$tmp/want")"

# The other one: from db= to the blank line, over the same zip.
{
    sed -n 's/^    \(zip=.*\)/\1/p' "$top/README.md" | head -n 1
    awk '/^    db=/ { on = 1 } on && /^$/ { exit } on { print substr($0, 5) }' "$top/README.md"
} >"$tmp/own-table.sh"
exits "README's way to a table of one's own" 0 env -C "$top" bash -euo pipefail "$tmp/own-table.sh"
is 'has filled it' "$(movies-db psql -Atc 'select count(*) > 8000 from public.my_genres')" t

# Its way to correct a record, in a clone where the sample is loaded: all lines of that section.
mkdir "$tmp/clone"
ln -s "$top/fixtures" "$tmp/clone/fixtures"
in_clone() { env -C "$tmp/clone" MOVIES_HOME="$tmp/clone/var" "$@"; }
awk '/^## / { on = /Where it comes from/ } on && /^    / { print substr($0, 5) }' "$top/README.md" >"$tmp/correct.sh"
exits 'the sample' 0 in_clone movies-load "$top"/fixtures/*.zip
exits "README's way to correct a record" 0 in_clone bash -euo pipefail "$tmp/correct.sh"
is 'has corrected it' "$(in_clone movies-db psql -Atc \
    "select string_agg(key, ' ') from ops.newest join ops.loads using (load_id) where family = 'movies' and id = 15602")" \
    2026-11-20T14Z.fix1

# Asking needs no more than reading, and makes nothing.
movies-db psql -qc 'create role reader login; grant movies_reader to reader'
movies-db psql -qc 'create database other'
socket=$(movies-db psql -Atc 'show unix_socket_directories')
as_reader() { PGHOST=$socket PGUSER=reader PGDATABASE=$1 movies-answers genre-budget --format csv; }
exits 'a reader gets answers' 0 as_reader movies
exits 'a database that is not ours gives none' 64 as_reader other
is 'and is left as it was' "$(PGHOST=$socket PGUSER=movies PGDATABASE=other psql -Atc \
    "select count(*) from pg_namespace where nspname in ('movies', 'ops', 'stage')")" 0
exits 'where there is no database, none is made' 69 env MOVIES_HOME="$tmp/none" movies-answers
ok 'not even a folder' test ! -e "$tmp/none"

# An installed tree needs nothing of the clone.
if [ -w "$top" ] && command -v make >/dev/null; then
    exits 'make install' 0 make -s -C "$top" B="$(realpath --relative-to "$top" "$prefix")" PREFIX="$tmp/usr" install
    installed() { env -C / MOVIES_HOME="$MOVIES_HOME" PATH=/usr/bin:/bin "$tmp/usr/bin/$1" "${@:2}"; }
    exits 'an installed movies-load' 99 installed movies-load "$zip"
    exits 'an installed movies-answers' 0 installed movies-answers genre-budget --format csv
    ok 'pages are installed' test -s "$tmp/usr/share/man/man1/pgload.1"
else
    skip 'make install' 'the clone cannot be written'
fi
done_testing
