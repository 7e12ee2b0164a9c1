#!/usr/bin/env bash
# movies-stage: what comes from a server, one that misbehaves too; two at once, and one that is killed.
# shellcheck disable=SC2016 # $ is meant for others
# shellcheck source=tests/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=tests/stage.sh
source "$top/tests/stage.sh"

# From a server
openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1,DNS:localhost \
    -keyout "$tmp/key.pem" -out "$tmp/cert.pem" 2>/dev/null
cat "$tmp/key.pem" "$tmp/cert.pem" >"$tmp/both.pem"
python3 -B "$top/tests/drivers/stage-server.py" "$src" "$tmp/requests" "$tmp/ports" "$tmp/release" "$tmp/both.pem" 2>"$tmp/server.err" &
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
done_testing
