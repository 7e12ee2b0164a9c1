#!/usr/bin/env bash
# movies-stage: what comes from a folder, good, bad, late, twice, taken, hostile. Nothing that is kept is
# replaced, and nothing that is not whole has a key's name. (From a server:
# movies-stage-server.t; what waits and what is late: movies-pending.t.)
# shellcheck disable=SC2016 # $ is meant for others
# shellcheck source=tests/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=tests/stage.sh
source "$top/tests/stage.sh"

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
mkdir -p "$MOVIES_HOME/incoming"
make_zip "$MOVIES_HOME/incoming/2020-01-01T02Z.zip"
real_cp=$(command -v cp)
exits 'a file that changes while it is copied' 0 with cp "$real_cp \"\$@\"; rc=\$?; [[ \$* != *T00Z* ]] || echo more >>$src/2020-01-01T00Z.zip; exit \$rc" "$src"
is 'is left for the next time' "$(said)" "$(summary '"2020-01-01T01Z"' 0 0 '')"
is 'with a line' "$(grumbled)" 'movies-stage: 2020-01-01T00Z: changed, or gone, while it was read: left for the next time'
is 'nothing is left over' "$(find "$MOVIES_HOME" -name '.*')" ''
rm "$tmp/prefix/bin/cp"
exits 'one in incoming' 99 with unzipper "echo more >>\"\${@: -1}\"; exit 65" "$MOVIES_HOME/incoming"
ok 'stays there' test -f "$MOVIES_HOME/incoming/2020-01-01T02Z.zip"
with flock "[ ! -e $tmp/checked ] || rm -f $MOVIES_HOME/incoming/*; exec $(command -v flock) \"\$@\"" --help >/dev/null
exits 'one that goes while we wait for the lock' 99 with unzipper "touch $tmp/checked" "$MOVIES_HOME/incoming"
is 'is said to have gone' "$(grumbled)" 'movies-stage: 2020-01-01T02Z: changed, or gone, while it was read: left for the next time'
rm "$tmp/prefix/bin/flock"
exits 'unzipper dies' 74 with unzipper 'kill -9 $$' "$src"
exits 'unzipper lacks memory' 74 with unzipper 'echo "unzipper: memory: none" >&2; exit 74' "$src"
is 'nothing was placed by these' "$(kept)" 'staging/2020-01-01T01Z.zip '
cp -f "$BIN/unzipper" "$tmp/prefix/bin"

# A full disk under the scratch folder
for f in found keys listing; do
    exits "no space for $f" 74 full_scratch "$f" "$src"
    is 'in a line' "$(grumbled | sed 's|/[^:]*|DIR|')" 'movies-stage: DIR: cannot be written'
done
rm "$tmp/prefix/bin/mktemp"

# Space
MOVIES_MIN_FREE=999999999G exits 'under the floor of free space' 74 movies-stage "$src"
MOVIES_MIN_FREE=x exits 'no floor' 64 movies-stage "$src"

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
make_zip "$src/2020-01-10T00Z.zip"
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
export MOVIES_INSECURE_HTTP=1 # of this machine alone
for url in http://example.org/ ftp://127.0.0.1/ file:///etc/ https:// https:///x/ https://user@host/ https://user:pass@host/ \
    "https://host/\$(touch pwned)/ " 'https://host/a b/' 'https://host/"/' 'https://host/?x=' 'https://host/#x' \
    'https://ho\st/' $'https://host/\n' HTTPS://host/ https://-host/ http://127.0.0.1.example.org/ http://localhost@host/; do
    wrong "$url" 2020-01-01
done
wrong 'https://user:pa/ss@host/' 2020-01-01
is 'a password is not repeated' "$(grep -c 'pa/ss' "$tmp/err")" 0
web=http://127.0.0.1:1
wrong "$web/ok"
unset MOVIES_INSECURE_HTTP
wrong "$web/ok" 2020-01-01
exits 'no such folder' 69 movies-stage "$tmp/nowhere"
exits 'a folder whose name is an option' 69 movies-stage -- --to
exits 'a full disk' 74 bash -c 'movies-stage "$1" >/dev/full' - "$src"
ok 'no text was a command' test ! -e pwned
done_testing
