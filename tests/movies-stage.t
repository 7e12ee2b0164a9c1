#!/usr/bin/env bash
# movies-stage: what comes from a folder and from a server, good, bad, late, twice, taken, hostile;
# what waits to be loaded; two at once, and one that is killed. Nothing that is kept is replaced,
# and nothing that is not whole has a key's name.
# shellcheck disable=SC2016 # $ is meant for others
# shellcheck source=tests/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=tests/pg.sh
source "$top/tests/pg.sh"
export MOVIES_HOME=$tmp/var MOVIES_MIN_FREE=1M
unset MOVIES_SOURCE_USER MOVIES_SOURCE_PASSWORD MOVIES_SOURCE_TIMEOUT MOVIES_INSECURE_HTTP
src=$tmp/src
mkdir "$src" "$tmp/make"

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

# From a folder
make_zip "$src/2020-01-01T00Z.zip"
make_zip "$src/2020-01-01T01Z.zip" other
make_zip "$src/2020-01-01T01Z.r10.zip" ten
make_zip "$src/2020-01-01T01Z.r2.zip" two
make_zip "$src/2020-01-01T01Z.r2.fix1.zip" fix
make_zip "$src/2020-01-01T02Z.r1.zip"
make_zip "$src/\$(touch pwned).zip"
make_zip "$src/-rf.zip"
make_zip "$src/ 2020-01-01T03Z.zip"
make_zip "$src/"$'2020-01-01T05Z\n.zip'
make_zip "$src/.2020-01-01T06Z.zip"
touch "$src/README" "$src/2020-01-01T07Z.zip.part"
make_zip "$src/2020-02-30T00Z.zip"
touch -d '2021-05-05 05:05:05.123456789' "$src/2020-01-01T00Z.zip"
exits 'a folder is fetched' 0 movies-stage "$src"
is 'in the order of the keys' "$(said)" "$(summary \
    '"2020-01-01T00Z","2020-01-01T01Z","2020-01-01T01Z.r2","2020-01-01T01Z.r2.fix1","2020-01-01T01Z.r10"' 0 0 '')"
is 'what is there' "$(kept)" 'staging/2020-01-01T00Z.zip staging/2020-01-01T01Z.r10.zip staging/2020-01-01T01Z.r2.fix1.zip staging/2020-01-01T01Z.r2.zip staging/2020-01-01T01Z.zip '
is 'zips whose names are no keys are reported, a line each' "$(grumbled | sort | sed "s|$src/||")" \
    'movies-stage:  2020-01-01T03Z.zip: its name is no key, HOUR[.rN][.fixM].zip: not taken
movies-stage: $(touch pwned).zip: its name is no key, HOUR[.rN][.fixM].zip: not taken
movies-stage: -rf.zip: its name is no key, HOUR[.rN][.fixM].zip: not taken
movies-stage: 2020-01-01T02Z.r1.zip: its name is no key, HOUR[.rN][.fixM].zip: not taken
movies-stage: 2020-01-01T05Z\x0a.zip: its name is no key, HOUR[.rN][.fixM].zip: not taken
movies-stage: 2020-02-30T00Z.zip: its name is no key, HOUR[.rN][.fixM].zip: not taken'
ok 'no name was a command' test ! -e pwned
ok 'the source has all it had' test "$(find "$src" -type f | wc -l)" -eq 15
ok 'the bytes' cmp "$src/2020-01-01T00Z.zip" "$MOVIES_HOME/staging/2020-01-01T00Z.zip"
is 'and the time' "$(stat -c %y "$MOVIES_HOME/staging/2020-01-01T00Z.zip")" "$(stat -c %y "$src/2020-01-01T00Z.zip")"
exits 'again: nothing to do' 99 movies-stage "$src"
is 'all are there' "$(said)" "$(summary '' 5 0 '')"

# Kept elsewhere, touched, other bytes
mkdir -p "$MOVIES_HOME/archive/2020/01"
mv "$MOVIES_HOME/staging/2020-01-01T00Z.zip" "$MOVIES_HOME/archive/2020/01"
mv "$MOVIES_HOME/staging/2020-01-01T01Z.zip" "$MOVIES_HOME/backfill"
touch "$src/2020-01-01T0"{0,1}Z.zip
times=$(stat -c %y "$src/2020-01-01T00Z.zip" "$MOVIES_HOME/backfill/2020-01-01T01Z.zip")
exits 'in archive and backfill, and touched' 99 movies-stage "$src"
is 'the archive gets the new time, what waits for a load does not' \
    "$(stat -c %y "$MOVIES_HOME/archive/2020/01/2020-01-01T00Z.zip" "$MOVIES_HOME/backfill/2020-01-01T01Z.zip")" "$times"
make_zip "$src/2020-01-01T00Z.zip" TEXT
make_zip "$src/2020-01-01T01Z.zip" 'other length'
make_zip "$src/2020-01-01T03Z.zip"
before=$(cat "$MOVIES_HOME"/{backfill,archive/2020/01}/* | sha256sum)
exits 'a key is taken by other bytes' 65 movies-stage "$src"
is 'the others are fetched' "$(said)" "$(summary '"2020-01-01T03Z"' 3 0 '')"
is 'says so of each' "$(grep -v 'no key' "$tmp/err")" \
    'movies-stage: 2020-01-01T00Z: key is taken by other bytes: deliver it as HOUR.rN
movies-stage: 2020-01-01T01Z: key is taken by other bytes: deliver it as HOUR.rN'
is 'nothing is replaced' "$(cat "$MOVIES_HOME"/{backfill,archive/2020/01}/* | sha256sum)" "$before"
is 'nothing is left over' "$(find "$MOVIES_HOME" -name '.*')" ''

# Ranges
fresh
for h in 00 05 23; do make_zip "$src/2020-01-01T${h}Z.zip" "$h"; done
make_zip "$src/2020-01-02T00Z.zip"
make_zip "$src/2020-01-02T23Z.r2.zip"
make_zip "$src/2020-01-03T00Z.zip"
exits 'one hour' 0 movies-stage "$src" 2020-01-01T05Z
is 'only that' "$(said)" "$(summary '"2020-01-01T05Z"' 0 0 '')"
exits 'one day' 0 movies-stage "$src" 2020-01-01
is 'from its first hour to its last' "$(said)" "$(summary '"2020-01-01T00Z","2020-01-01T23Z"' 1 0 '')"
exits 'from an hour to a day, to backfill' 0 movies-stage --to backfill "$src" 2020-01-01T06Z 2020-01-02
is 'both included' "$(said)" "$(summary '"2020-01-02T00Z","2020-01-02T23Z.r2"' 1 0 '')"
ok 'it is there' test -f "$MOVIES_HOME/backfill/2020-01-02T23Z.r2.zip"
TZ=UTC printf -v today '%(%Y-%m-%d)T' -1
exits 'up to today' 99 movies-stage "$src" "$today" "$today"

# Bad zips
fresh
make_zip "$src/2020-01-01T00Z.zip"
head -c 100 "$src/2020-01-01T00Z.zip" >"$src/2020-01-01T01Z.zip"
: >"$src/2020-01-01T02Z.zip"
make_zip "$src/2020-01-01T03Z.zip"
exits 'bad zips' 65 movies-stage "$src"
is 'the others are fetched' "$(said)" "$(summary '"2020-01-01T00Z","2020-01-01T03Z"' 0 0 '"2020-01-01T01Z","2020-01-01T02Z"')"
is 'each has its place' "$(kept)" 'failed/2020-01-01T01Z.txt failed/2020-01-01T01Z.zip failed/2020-01-01T02Z.txt failed/2020-01-01T02Z.zip staging/2020-01-01T00Z.zip staging/2020-01-01T03Z.zip '
is 'with the reason in one line' "$(cat "$MOVIES_HOME/failed/2020-01-01T01Z.txt")" "$(unzipper -t "$src/2020-01-01T01Z.zip" 2>&1 | sed "s|$src/||")"
is 'which is said too' "$(sed -n 1p "$tmp/err")" "movies-stage: 2020-01-01T01Z: put into failed: $(cat "$MOVIES_HOME/failed/2020-01-01T01Z.txt")"
exits 'again: they are known' 99 movies-stage "$src"
is 'as such' "$(said)" "$(summary '' 4 0 '')"
bad=$(sha256sum <"$src/2020-01-01T01Z.zip")
head -c 99 "$src/2020-01-01T00Z.zip" >"$src/2020-01-01T01Z.zip"
exits 'another bad one in its place' 65 movies-stage "$src"
is 'both are kept' "$(kept | tr ' ' '\n' | grep 01T01Z | tr '\n' ' ')" \
    "failed/2020-01-01T01Z.txt failed/2020-01-01T01Z.zip failed/2020-01-01T01Z~${bad:0:8}.txt failed/2020-01-01T01Z~${bad:0:8}.zip "
make_zip "$src/2020-01-01T01Z.zip"
exits 'a good one in its place' 0 movies-stage "$src"
is 'is taken' "$(said)" "$(summary '"2020-01-01T01Z"' 3 0 '')"

# What is no file, links
fresh
make_zip "$tmp/elsewhere.zip" elsewhere
ln -s "$tmp/elsewhere.zip" "$src/2020-01-01T00Z.zip"
ln -s /dev/zero "$src/2020-01-01T01Z.zip"
ln -s nowhere "$src/2020-01-01T02Z.zip"
ln -s 2020-01-01T08Z.zip "$src/2020-01-01T08Z.zip"
mkfifo "$src/2020-01-01T03Z.zip"
mkdir "$src/2020-01-01T04Z.zip"
make_zip "$src/2020-01-01T05Z.zip"
exits 'devices, pipes, folders, broken links' 65 timeout 20 movies-stage "$src"
is 'links to files will do' "$(said)" "$(summary '"2020-01-01T00Z","2020-01-01T05Z"' 0 0 '')"
is 'the others are named' "$(grep -c 'not a regular file$' "$tmp/err")" 5
ok 'it is a file, not a link' test ! -L "$MOVIES_HOME/staging/2020-01-01T00Z.zip"
ok 'the link stays' test -L "$src/2020-01-01T00Z.zip"

# Folders that are links, links in them, and what is no file
fresh
mkdir -p "$tmp/big"/{staging,archive/2020/01} "$MOVIES_HOME/backfill"
ln -s "$tmp/big/staging" "$tmp/big/archive" "$MOVIES_HOME"
for h in 00 01 02 03; do make_zip "$src/2020-01-01T${h}Z.zip" "$h"; done
cp -p "$src/2020-01-01T00Z.zip" "$tmp/big/archive/2020/01"
ln -s "$src/2020-01-01T01Z.zip" "$MOVIES_HOME/backfill"
mkdir "$MOVIES_HOME/backfill/2020-01-01T02Z.zip"
exits 'kept behind a link' 65 movies-stage "$src"
is 'is kept' "$(said)" "$(summary '"2020-01-01T03Z"' 2 0 '')"
is 'a folder in the place of a file is reported, and the others are taken' "$(grumbled)" \
    "movies-stage: 2020-01-01T02Z: what $MOVIES_HOME has of this name is no file"
is 'and is in staging, wherever that is' "$(ls -A "$tmp/big/staging")" 2020-01-01T03Z.zip
rm -r "$tmp/big" "$MOVIES_HOME"

# From incoming files are moved
fresh
mkdir "$MOVIES_HOME/incoming"
incoming=$MOVIES_HOME/incoming
make_zip "$incoming/2020-01-01T00Z.zip"
make_zip "$incoming/2020-01-01T01Z.zip"
echo junk >"$incoming/2020-01-01T02Z.zip"
ln -s "$tmp/elsewhere.zip" "$incoming/2020-01-01T03Z.zip"
inode=$(stat -c %i "$incoming/2020-01-01T00Z.zip")
ln -s "$incoming" "$tmp/door"
exits 'incoming, by a link to it' 65 movies-stage "$tmp/door"
is 'what came' "$(said)" "$(summary '"2020-01-01T00Z","2020-01-01T01Z"' 0 0 '"2020-01-01T02Z"')"
is 'it is moved' "$(stat -c %i "$MOVIES_HOME/staging/2020-01-01T00Z.zip")" "$inode"
is 'also what is bad, but no link' "$(ls "$incoming")" 2020-01-01T03Z.zip
like 'which is named' "$(grumbled)" "2020-01-01T03Z.zip: a symbolic link"
rm "$incoming/2020-01-01T03Z.zip"
make_zip "$incoming/2020-01-01T00Z.zip"
make_zip "$incoming/2020-01-01T01Z.zip" 'other'
exits 'incoming, again' 65 movies-stage "$incoming"
is 'all of it has gone' "$(ls "$incoming")" ''
is 'other bytes than those of their key: to failed' "$(said)" "$(summary '' 1 0 '"2020-01-01T01Z"')"
is 'with the reason' "$(cat "$MOVIES_HOME/failed/2020-01-01T01Z.txt")" 'key is taken by other bytes: deliver it as HOUR.rN'

# Incoming may be a link itself
rmdir "$incoming"
mkdir "$tmp/drop"
ln -s "$tmp/drop" "$incoming"
make_zip "$tmp/drop/2020-01-01T04Z.zip"
make_zip "$tmp/drop/2020-01-01T00Z.zip" 'others'
echo junk >"$tmp/drop/2020-01-01T02Z.zip"
exits 'incoming that is a link' 65 movies-stage "$incoming"
is 'is emptied all the same' "$(ls "$tmp/drop") $(said)" " $(summary '"2020-01-01T04Z"' 1 0 '"2020-01-01T00Z"')"
like 'a bad file delivered again is named' "$(grumbled)" '2020-01-01T02Z: the same as the one in failed'

# A file that changes while it is read: unzipper's stand-in appends to the source or the file
fresh
make_zip "$src/2020-01-01T00Z.zip"
make_zip "$src/2020-01-01T01Z.zip"
mkdir -p "$MOVIES_HOME/incoming" "$tmp/prefix"
make_zip "$MOVIES_HOME/incoming/2020-01-01T02Z.zip"
cp -r "$(dirname "$BIN")/"{bin,lib,share} "$tmp/prefix"
# Runs movies-stage with a program of ours in the place of one that it calls.
with() { # PROGRAM SCRIPT COMMAND...
    printf '#!/bin/bash\n%s\n' "$2" >"$tmp/prefix/bin/$1"
    chmod +x "$tmp/prefix/bin/$1"
    "$tmp/prefix/bin/movies-stage" "${@:3}"
}
real_cp=$(command -v cp)
exits 'a file that changes while it is copied' 0 with cp "$real_cp \"\$@\"; rc=\$?; [[ \$* != *T00Z* ]] || echo more >>$src/2020-01-01T00Z.zip; exit \$rc" "$src"
is 'is left for the next time' "$(said)" "$(summary '"2020-01-01T01Z"' 0 0 '')"
is 'with a line' "$(grumbled)" 'movies-stage: 2020-01-01T00Z: changed while it was read: left for the next time'
is 'nothing is left over' "$(find "$MOVIES_HOME" -name '.*')" ''
rm "$tmp/prefix/bin/cp"
exits 'one in incoming' 99 with unzipper "echo more >>\"\${@: -1}\"; exit 65" "$MOVIES_HOME/incoming"
ok 'stays there' test -f "$MOVIES_HOME/incoming/2020-01-01T02Z.zip"
exits 'unzipper dies' 74 with unzipper 'kill -9 $$' "$src"
exits 'unzipper lacks memory' 74 with unzipper 'echo "unzipper: memory: none" >&2; exit 74' "$src"
is 'nothing was placed by these' "$(kept)" 'staging/2020-01-01T01Z.zip '
cp -f "$BIN/unzipper" "$tmp/prefix/bin"

# A full disk under the scratch folder: each of these names leads to a device that is full
full_scratch() { # NAMES ARG...
    with mktemp "d=\$($(command -v mktemp) \"\$@\"); for f in $1 probe; do ln -s /dev/full \$d/\$f; done; echo \$d" "${@:2}"
}
for f in found keys listing; do
    exits "no space for $f" 74 full_scratch "$f" "$src"
    is 'in a line' "$(grumbled | sed 's|/[^:]*|DIR|')" 'movies-stage: DIR: cannot be written'
done
rm "$tmp/prefix/bin/mktemp"

# Space
MOVIES_MIN_FREE=999999999G exits 'under the floor of free space' 74 movies-stage "$src"
MOVIES_MIN_FREE=x exits 'no floor' 64 movies-stage "$src"

# From a server
cat >"$tmp/server.py" <<'END'
import http.server, os, ssl, sys, threading, time
root, log, port_file, release = sys.argv[1:5]
class Handler(http.server.SimpleHTTPRequestHandler):
    def __init__(self, *a): super().__init__(*a, directory=root)
    def log_message(self, *a): pass
    def do_GET(self):
        with open(log, "a") as f: f.write(self.path + " " + str(self.headers.get("Authorization")) + "\n")
        first, _, rest = self.path[1:].partition("/")
        if first.isdigit(): return self.send_error(int(first))
        if first == "some" and os.path.exists(root + "/" + rest + ".code"):
            return self.send_error(int(open(root + "/" + rest + ".code").read()))
        if first in ("ok", "some"): self.path = "/" + rest; return super().do_GET()
        if first == "to":                       # /to/https:HOST:PORT/PATH/KEY.zip
            self.send_response(302); self.send_header("Location", rest.replace(":", "://", 1)); return self.end_headers()
        if first == "loop": self.send_response(302); self.send_header("Location", self.path); return self.end_headers()
        self.send_response(200)
        if first == "cut": self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"PK"); self.wfile.flush()
        if first == "endless":
            try:
                while True: self.wfile.write(b"\0" * 65536)
            except OSError: pass
        if first == "hang":
            while not os.path.exists(release): time.sleep(0.05)
plain = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
https = type(plain)(("127.0.0.1", 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[5])
https.socket = context.wrap_socket(https.socket, server_side=True)
with open(port_file + ".new", "w") as f: f.write(f"{plain.server_address[1]} {https.server_address[1]}\n")
os.rename(port_file + ".new", port_file)
threading.Thread(target=https.serve_forever, daemon=True).start()
plain.serve_forever()
END
openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1,DNS:localhost \
    -keyout "$tmp/key.pem" -out "$tmp/cert.pem" 2>/dev/null
cat "$tmp/key.pem" "$tmp/cert.pem" >"$tmp/both.pem"
python3 -B "$tmp/server.py" "$src" "$tmp/requests" "$tmp/ports" "$tmp/release" "$tmp/both.pem" 2>"$tmp/server.err" &
server=$!
stop_server() { kill "$server" 2>/dev/null; }
at_exit stop_server
await test -s "$tmp/ports" || bail "the server does not start: $(cat "$tmp/server.err")"
read -r http https <"$tmp/ports"
web=http://127.0.0.1:$http secure=https://127.0.0.1:$https
export MOVIES_INSECURE_HTTP=1
requests() { cut -d ' ' -f 1 "$tmp/requests" | tr '\n' ' '; }

fresh
: >"$tmp/requests"
make_zip "$src/2020-01-01T00Z.zip"
make_zip "$src/2020-01-01T02Z.zip"
touch -d '2021-05-05 05:05:05' "$src/2020-01-01T02Z.zip"
echo PKjunk >"$src/2020-01-01T03Z.zip"
touch -d '2021-05-05 05:05:05' "$src/2020-01-01T03Z.zip"
exits 'a server is asked for each hour' 65 movies-stage "$web/ok" 2020-01-01T00Z 2020-01-01T03Z
is 'what it has is here' "$(said)" "$(summary '"2020-01-01T00Z","2020-01-01T02Z"' 0 1 '"2020-01-01T03Z"')"
is 'by name' "$(requests)" '/ok/2020-01-01T00Z.zip /ok/2020-01-01T01Z.zip /ok/2020-01-01T02Z.zip /ok/2020-01-01T03Z.zip '
is 'with its time' "$(stat -c %Y "$MOVIES_HOME/staging/2020-01-01T02Z.zip")" "$(stat -c %Y "$src/2020-01-01T02Z.zip")"
: >"$tmp/requests"
exits 'again' 99 movies-stage "$web/ok/" 2020-01-01T00Z 2020-01-01T03Z
is 'for what may be new' "$(requests)" '/ok/2020-01-01T00Z.r2.zip /ok/2020-01-01T01Z.zip /ok/2020-01-01T02Z.r2.zip /ok/2020-01-01T03Z.zip /ok/2020-01-01T03Z.r2.zip '
is 'nothing is' "$(said)" "$(summary '' 4 1 '')"
make_zip "$src/2020-01-01T00Z.r2.zip"
make_zip "$src/2020-01-01T03Z.zip"
exits 'a revision, and a good file for a bad one' 0 movies-stage "$web/ok" 2020-01-01T00Z 2020-01-01T03Z
is 'both are here' "$(said)" "$(summary '"2020-01-01T00Z.r2","2020-01-01T03Z"' 2 1 '')"
: >"$tmp/requests"
exits 'then the one after it' 99 movies-stage "$web/ok" 2020-01-01T00Z
is 'is asked for' "$(requests)" '/ok/2020-01-01T00Z.r3.zip '
echo PKjunk >"$src/2020-01-01T08Z.zip"
echo PKjunk too >"$src/2020-01-01T08Z.r2.zip"
touch -d '1 hour ago' "$src"/2020-01-01T08Z{,.r2}.zip # a server knows no parts of a second
exits 'a bad file and a bad revision' 65 movies-stage "$web/ok" 2020-01-01T08Z
exits 'one at a time' 65 movies-stage "$web/ok" 2020-01-01T08Z
rm "$src/2020-01-01T08Z.r2.zip"
make_zip "$src/2020-01-01T08Z.zip"
exits 'the first is mended' 0 movies-stage "$web/ok" 2020-01-01T08Z
is 'it is fetched' "$(said | jq -c .staged)" '["2020-01-01T08Z"]'
rm "$src/2020-01-01T08Z.zip"
echo '<html>Down for maintenance</html>' >"$src/2020-01-01T09Z.zip"
exits 'a page in place of a file' 69 movies-stage "$web/ok" 2020-01-01T09Z
is 'is no delivery' "$(grumbled)$(find "$MOVIES_HOME" -name '*09Z*')" "movies-stage: $web/ok/2020-01-01T09Z.zip: what it answers is no zip"
rm "$src/2020-01-01T09Z.zip"
exits 'gone' 99 movies-stage "$web/410" 2020-01-01T09Z
is 'is missing' "$(said)" "$(summary '' 0 1 '')"
for code in 500 503 429 400 401 403; do
    exits "HTTP $code" 69 movies-stage "$web/$code" 2020-01-01T09Z
    like "is said in a line" "$(grumbled)" "^movies-stage: $web/$code/2020-01-01T09Z.zip: (access is refused: )?HTTP $code$"
done
exits 'a file cut short' 69 movies-stage "$web/cut" 2020-01-01T09Z
is 'a line' "$(grumbled | wc -l)" 1
exits 'a server that goes on for ever' 74 env MOVIES_MIN_FREE="$(($(df --output=avail -BM "$tmp" | tail -n 1 | tr -dc 0-9) - 20))M" movies-stage "$web/endless" 2020-01-01T09Z
MOVIES_SOURCE_TIMEOUT=1 exits 'one that never ends' 69 movies-stage "$web/hang" 2020-01-01T09Z
exits 'a redirect in a circle' 69 movies-stage "$web/to/http:127.0.0.1:$http/loop" 2020-01-01T09Z
exits 'a redirect to what is not https' 69 movies-stage "$web/to/http:127.0.0.1:$http/ok" 2020-01-01T00Z 2020-01-01T00Z
is 'nothing is left over' "$(find "$MOVIES_HOME" -name '.*')" ''
exits 'a port where nobody is' 69 movies-stage http://127.0.0.1:1 2020-01-01T07Z 2020-01-01T09Z
is 'a line, and no more is tried' "$(grumbled | wc -l)" 1
exits 'no space for what curl says' 74 full_scratch said "$web/500" 2020-01-01T09Z
rm "$tmp/prefix/bin/mktemp"
fresh
for h in 00 02 04; do make_zip "$src/2020-01-01T${h}Z.zip"; done
echo PKjunk >"$src/2020-01-01T05Z.zip"
echo 403 >"$src/2020-01-01T01Z.zip.code"
echo 503 >"$src/2020-01-01T02Z.zip.code"
exits 'no answer for some hours' 69 movies-stage "$web/some" 2020-01-01T00Z 2020-01-01T05Z
is 'the others are fetched' "$(said)" "$(summary '"2020-01-01T00Z","2020-01-01T04Z"' 0 1 '"2020-01-01T05Z"')"
is 'each is named' "$(head -n 2 "$tmp/err")" "movies-stage: $web/some/2020-01-01T01Z.zip: access is refused: HTTP 403
movies-stage: $web/some/2020-01-01T02Z.zip: HTTP 503"
rm "$src/2020-01-01T02Z.zip.code"
exits 'the next time' 69 movies-stage "$web/some" 2020-01-01T00Z 2020-01-01T05Z
is 'goes on with the rest' "$(said)" "$(summary '"2020-01-01T02Z"' 4 1 '')"
: >"$tmp/requests"
for h in 06 07 08 09; do echo 500 >"$src/2020-01-01T${h}Z.zip.code"; done
exits 'four failures in a row' 69 movies-stage "$web/some" 2020-01-01T06Z 2020-01-01T12Z
is 'do not stop it' "$(requests | wc -w)" 7
: >"$tmp/requests"
exits 'five failures in a row' 69 movies-stage "$web/500" 2020-01-01T06Z 2020-01-01T12Z
is 'do' "$(said)$(requests | wc -w) $(tail -n 1 "$tmp/err")" "5 movies-stage: $web/500/: stopped after 5 failures in a row"
rm "$src"/*.code
exits 'a certificate that nobody signed' 69 movies-stage "$secure/ok" 2020-01-01T00Z
like 'is said' "$(grumbled)" certificate
unset MOVIES_INSECURE_HTTP
export CURL_CA_BUNDLE=$tmp/cert.pem
make_zip "$src/2020-01-01T10Z.zip"
exits 'https' 0 movies-stage --to backfill "$secure/ok" 2020-01-01T10Z
ok 'to backfill' test -f "$MOVIES_HOME/backfill/2020-01-01T10Z.zip"
make_zip "$src/2020-01-01T11Z.zip"
: >"$tmp/requests"
# shellcheck disable=SC1003
export MOVIES_SOURCE_USER='us"er\' MOVIES_SOURCE_PASSWORD='pa:ss "w\ord\"'
# What curl was called with, and what it found in its environment.
exits 'user and password' 0 with curl "printf '%s\n' \"\$@\" >$tmp/argv; env >$tmp/env; exec $(command -v curl) \"\$@\"" \
    "$secure/to/https:127.0.0.1:$https/ok" 2020-01-01T11Z
rm "$tmp/prefix/bin/curl"
is 'go to that host' "$(sed -n 1p "$tmp/requests")" "/to/https:127.0.0.1:$https/ok/2020-01-01T11Z.zip Basic $(printf %s "$MOVIES_SOURCE_USER:$MOVIES_SOURCE_PASSWORD" | base64 -w 0)"
is 'and its redirect' "$(sed -n 2p "$tmp/requests" | cut -d ' ' -f 1)" /ok/2020-01-01T11Z.zip
is 'to no command line, no environment' "$(grep -F -e 'us"er' -e 'pa:ss' "$tmp/argv" "$tmp/env" "$tmp/err" "$tmp/out")" ''
: >"$tmp/requests"
exits 'another host' 99 movies-stage "$secure/to/https:localhost:$https/410" 2020-01-01T09Z
is 'gets none' "$(grep -c Basic "$tmp/requests")" 1
unset MOVIES_SOURCE_USER
exits 'a password without a user' 64 movies-stage "$secure/ok" 2020-01-01T09Z
unset MOVIES_SOURCE_PASSWORD
exits 'a user with a line break' 64 env MOVIES_SOURCE_USER=$'a\nurl = file:///etc/passwd' movies-stage "$secure/ok" 2020-01-01T09Z
exits 'a user with a colon' 64 env MOVIES_SOURCE_USER=a:b movies-stage "$secure/ok" 2020-01-01T09Z

# Two at once, and whoever is killed
fresh
make_zip "$src/2020-01-01T00Z.zip"
export MOVIES_INSECURE_HTTP=1
part=$MOVIES_HOME/staging/.2020-01-01T00Z.zip.new
movies-stage "$web/hang" 2020-01-01T00Z >/dev/null 2>&1 &
first=$!
ok 'a transfer has begun' await test -e "$part"
exits 'backfill is not held up by it' 0 movies-stage --to backfill "$web/ok" 2020-01-01T00Z
rm "$MOVIES_HOME/backfill/2020-01-01T00Z.zip"
movies-stage "$src" >"$tmp/second" 2>&1 &
second=$!
kill -TERM "$first"
wait "$first"
ok 'one that is ended is gone' test $? -gt 128
wait "$second"
is 'another waits and completes it' "$(cat "$tmp/second")" "$(summary '"2020-01-01T00Z"' 0 0 '')"
fresh
make_zip "$src/2020-01-01T00Z.zip"
movies-stage "$web/hang" 2020-01-01T00Z >/dev/null 2>&1 &
first=$!
ok 'a transfer has begun' await test -e "$part"
kill -KILL "$first"
wait "$first" 2>/dev/null
movies-stage "$src" >"$tmp/second" 2>&1 &
second=$!
ok 'what it has begun is there' test -e "$part"
touch "$tmp/release"
wait "$second"
is 'one that is killed is completed by the next' "$(cat "$tmp/second")" "$(summary '"2020-01-01T00Z"' 0 0 '')"
touch "$MOVIES_HOME/staging/.2020-01-01T05Z.zip.new"
exits 'nothing new' 99 movies-stage "$src"
is 'what was left over is removed' "$(find "$MOVIES_HOME" -name '.*')" ''
fresh
for i in {10..29}; do make_zip "$src/2020-01-$i"T00Z.zip "$i"; done
for i in 1 2 3 4; do
    to=staging
    [ $((i % 2)) -eq 0 ] || to=backfill
    movies-stage --to "$to" "$src" >"$tmp/run.$i" 2>"$tmp/grumbled.$i" &
    runs[i]=$!
done
for i in 1 2 3 4; do wait "${runs[i]}"; done
is 'four at once: each file is taken once' "$(cat "$tmp"/run.* | jq -c '.staged[]' | sort | uniq -c | awk '{ print $1 }' | uniq -c | tr -s ' ')" ' 20 1'
is 'and kept once' "$(kept | tr ' ' '\n' | grep -c zip)" 20
is 'nobody complains' "$(cat "$tmp"/grumbled.*)" ''

# What waits to be loaded
rm -rf "$MOVIES_HOME"
exits 'no folder: nothing waits' 0 movies-stage --pending
is 'and nothing is made' "$(said)$(ls -d "$MOVIES_HOME" 2>/dev/null)" '[]'
pg_start
q 'create database stage'
export PGDATABASE=stage
movies-db migrate
load() { # KEY HOUR REVISION STATUS TOUCHED-AGO
    q "insert into ops.loads (key, hour, revision, fix, source, file, bytes, sha256, version, status, touched_at)
        values ('$1', '$2', $3, 0, movies.source('$2', $3), 'f', 1, 'x', '1', '$4', now() - interval '$5')"
}
mkdir -p "$MOVIES_HOME/staging/2020-01-09T00Z.zip"
for k in 2020-01-01T00Z 2020-01-01T01Z 2020-01-01T02Z 2020-01-01T03Z 2020-01-01T04Z 2020-01-01T04Z.r10 2020-01-01T04Z.r9 2020-01-01T04Z.r9.fix2; do
    touch "$MOVIES_HOME/staging/$k.zip"
done
touch "$MOVIES_HOME/staging/ 2020-01-01T09Z.zip" "$MOVIES_HOME/staging/it's \$(touch pwned).zip" "$MOVIES_HOME/staging/.2020-01-01T08Z.zip.new"
load 2020-01-01T00Z '2020-01-01 00:00Z' 1 promoted '1 day'
load 2020-01-01T01Z '2020-01-01 01:00Z' 1 open '59 min'
load 2020-01-01T02Z '2020-01-01 02:00Z' 1 open '61 min'
load 2020-01-01T03Z '2020-01-01 03:00Z' 1 discarded '1 min'
load 2020-01-01T07Z.r2 '2020-01-01 07:00Z' 2 promoted '1 min'
load 2020-01-01T08Z '2020-01-01 08:00Z' 1 discarded '1 min'
exits 'what waits' 0 movies-stage --pending
is 'is neither promoted nor open, by key' "$(said)" \
    '["2020-01-01T02Z","2020-01-01T03Z","2020-01-01T04Z","2020-01-01T04Z.r9","2020-01-01T04Z.r9.fix2","2020-01-01T04Z.r10"]'
is 'what is no key is reported' "$(grumbled | sort)" "movies-stage: $MOVIES_HOME/staging/ 2020-01-01T09Z.zip: no file that is named by a key
movies-stage: $MOVIES_HOME/staging/2020-01-09T00Z.zip: no file that is named by a key
movies-stage: $MOVIES_HOME/staging/it's \$(touch pwned).zip: no file that is named by a key"
waits=$(said)
mv "$MOVIES_HOME/staging" "$tmp/behind"
ln -s "$tmp/behind" "$MOVIES_HOME/staging"
mv "$tmp/behind/2020-01-01T04Z.zip" "$tmp/04.zip"
ln -s "$tmp/04.zip" "$tmp/behind/2020-01-01T04Z.zip"
is 'behind links too' "$(movies-stage --pending 2>/dev/null)" "$waits"
rm "$MOVIES_HOME/staging" "$tmp/behind/2020-01-01T04Z.zip"
mv "$tmp/behind" "$MOVIES_HOME/staging"
mv "$tmp/04.zip" "$MOVIES_HOME/staging/2020-01-01T04Z.zip"
PGHOST=$tmp/nowhere exits 'no database' 69 movies-stage --pending

# Has an hour been loaded?
mkdir -p "$MOVIES_HOME/"{failed,backfill,archive/2020/01}
touch "$MOVIES_HOME/failed/2020-01-02T00Z.zip" "$MOVIES_HOME/backfill/2020-01-02T01Z.r3.zip" \
    "$MOVIES_HOME/archive/2020/01/2020-01-02T02Z.fix1.zip" "$MOVIES_HOME/archive/2020/01/2020-01-02T03Z.x.zip"
exits 'in revision 2' 0 movies-stage --loaded 2020-01-01T07Z
while read -r h where; do
    exits "$h is not loaded" 65 movies-stage --loaded "$h"
    is 'its file is named' "$(grumbled)" "movies-stage: $h: late: not loaded, $where"
done <<'END'
2020-01-01T04Z 2020-01-01T04Z.r9.zip is in staging
2020-01-02T00Z 2020-01-02T00Z.zip is in failed
2020-01-02T01Z 2020-01-02T01Z.r3.zip is in backfill
2020-01-02T02Z 2020-01-02T02Z.fix1.zip is in archive/2020/01
END
for h in 2020-01-02T03Z 2020-01-01T08Z 2020-01-01T06Z; do
    exits "$h is not" 65 movies-stage --loaded "$h"
    is 'it is late' "$(grumbled)" "movies-stage: $h: late: no file of this hour"
done
load 2020-01-03T00Z '2020-01-03 00:00Z' 1 promoted '1 min'
load 2020-01-03T01Z.r2 '2020-01-03 01:00Z' 2 promoted '1 min'
load 2020-01-03T02Z '2020-01-03 02:00Z' 1 open '1 min'
load 2020-01-03T03Z '2020-01-03 03:00Z' 1 promoted '1 min'
exits 'a range of which all is loaded' 0 movies-stage --loaded 2020-01-03T00Z 2020-01-03T01Z
is 'says nothing' "$(cat "$tmp/out" "$tmp/err")" ''
exits 'a range of which two hours are not' 65 movies-stage --loaded=2020-01-03T01Z 2020-01-03T04Z
is 'names them' "$(grumbled)" 'movies-stage: 2020-01-03T02Z: late: no file of this hour
movies-stage: 2020-01-03T04Z: late: no file of this hour'
exits 'dates' 65 movies-stage --loaded 2020-01-03 2020-01-05
is 'fifty lines and the number of the others' "$(wc -l <"$tmp/err") $(sed -n '1p;50p;51p' "$tmp/err")" \
    '51 movies-stage: 2020-01-03T02Z: late: no file of this hour
movies-stage: 2020-01-05T04Z: late: no file of this hour
movies-stage: ... 19 hours more'
exits 'a thousand hours' 65 movies-stage --loaded 2020-01-01T00Z 2020-02-11T15Z
(unset PGHOST PGDATABASE; MOVIES_HOME=$tmp/nothing exits 'no database at all' 99 movies-stage --loaded 2020-01-01T00Z; is 'nothing is late yet' "$(grumbled)" 'movies-stage: no file has been loaded yet'; [ "$_failed" -eq 0 ]) || _failed=$((_failed + 1))
_n=$((_n + 2))

# Wrong use
wrong() { # ARG...
    exits "wrong: ${*@Q}" 64 movies-stage "$@"
    is 'in one line' "$(wc -l <"$tmp/err")$(cat "$tmp/out")" 1
}
wrong
wrong ''
wrong "$src" 2020-01-01 2020-01-02 2020-01-03
wrong "$src" x
wrong "$src" 2020-13-01
wrong "$src" 2020-02-30
wrong "$src" 2020-01-01T24Z
wrong "$src" 2020-01-01T5Z
wrong "$src" '2020-01-01 00:00'
wrong "$src" ''
wrong "$src" 2020-01-01T00Z.r2
wrong "$src" $'2020-01-01\n'
wrong "$src" '$(touch pwned)'
wrong "$src" 2020-01-02 2020-01-01
wrong "$src" 2020-01-01T05Z 2020-01-01T04Z
wrong "$src" 2899-01-01
wrong "$src" 2020-01-01 2899-01-01
wrong "$src" 1999-01-01 2020-01-01
wrong "$src/2020-01-10T00Z.zip"
wrong "$MOVIES_HOME/staging"
wrong --to failed "$src"
wrong --to
wrong --pending "$src"
wrong --pending --to staging "$src"
wrong --loaded
wrong --loaded 2020-01-01T00Z.r2
wrong --loaded 2020-02-30T00Z
wrong --loaded 2020-01-01T00Z x
wrong --loaded 2020-01-01T00Z 2020-01-01T01Z 2020-01-01T02Z
wrong --loaded 2020-01-01T01Z 2020-01-01T00Z
wrong --loaded 2020-01-01T00Z 2020-02-11T16Z
wrong --loaded 2899-01-01T00Z
wrong --loaded ''
for url in http://example.org/ ftp://127.0.0.1/ file:///etc/ https:// https:///x/ https://user@host/ https://user:pass@host/ \
    "https://host/\$(touch pwned)/ " 'https://host/a b/' 'https://host/"/' 'https://host/?x=' 'https://host/#x' \
    'https://ho\st/' $'https://host/\n' HTTPS://host/ https://-host/ http://127.0.0.1.example.org/ http://localhost@host/; do
    wrong "$url" 2020-01-01
done
wrong "$web/ok"
unset MOVIES_INSECURE_HTTP
wrong "$web/ok" 2020-01-01
exits 'no such folder' 69 movies-stage "$tmp/nowhere"
exits 'a folder whose name is an option' 69 movies-stage -- --to
exits 'a full disk' 74 bash -c 'movies-stage "$1" >/dev/full' - "$src"
ok 'no text was a command' test ! -e pwned
done_testing
