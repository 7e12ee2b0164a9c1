#!/usr/bin/env bash
# movies-archive: what is loaded goes to the archive, what is bad to failed, from wherever it lies;
# what is neither, or other bytes, stays; nothing is ever lost, whoever is killed at whatever moment.
# shellcheck disable=SC2016 # $ is meant for others
# shellcheck source=tests/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=tests/pg.sh
source "$top/tests/pg.sh"
export MOVIES_HOME=$tmp/var MOVIES_MIN_FREE=1M
home=$MOVIES_HOME

said() { cat "$tmp/out"; }
grumbled() { cat "$tmp/err"; }
kept() { (cd "$home" && find . -name pg -prune -o -type f ! -name '*.lock' -print | sed 's|^./||' | sort | tr '\n' ' '); }
fresh() { rm -rf "$home" && mkdir -p "$home"/{staging,backfill}; q 'set client_min_messages to warning; truncate ops.loads cascade'; }
put() { mkdir -p "$(dirname "$1")" && printf '%s\n' "$2" >"$1"; } # FILE TEXT
promote() { # KEY TEXT [STATUS]
    local sum at="${1:0:10} ${1:11:2}:00Z" r=1
    [[ $1 != *.r* ]] || r=${1#*.r}
    sum=$(printf '%s\n' "$2" | sha256sum)
    q "insert into ops.loads (key, hour, revision, fix, source, file, bytes, sha256, version, status)
        values ('$1', '$at', $r, 0, movies.source('$at', $r), 'f', $((${#2} + 1)), '${sum%% *}', '1', '${3-promoted}')"
}

exits 'no database' 69 movies-archive --promoted
ok 'none is made' test ! -e "$home"
pg_start
q 'create database archive'
export PGDATABASE=archive
movies-db migrate

# Into the archive
fresh
promote 2020-01-01T00Z zero
promote 2020-02-01T00Z.r2 'zero, two'
promote 2020-01-01T01Z one
promote 2020-01-01T03Z three open
promote 2020-01-01T04Z four discarded
for k in 00Z:zero 01Z:ONE 02Z:two 03Z:three 04Z:four; do put "$home/staging/2020-01-01T${k%:*}.zip" "${k#*:}"; done
put "$home/backfill/2020-02-01T00Z.r2.zip" 'zero, two'
exits 'a key' 0 movies-archive 2020-01-01T00Z
is 'is archived' "$(said)" '{"archived":["2020-01-01T00Z"],"skipped":0}'
is 'in the folder of its month' "$(cat "$home/archive/2020/01/2020-01-01T00Z.zip")" zero
ok 'and is no more where it was' test ! -e "$home/staging/2020-01-01T00Z.zip"
exits 'again' 99 movies-archive 2020-01-01T00Z
is 'it is there' "$(said)" '{"archived":[],"skipped":1}'
exits 'a path' 0 env -C "$home/backfill" movies-archive 2020-02-01T00Z.r2.zip
is 'is archived too' "$(cat "$home/archive/2020/02/2020-02-01T00Z.r2.zip")" 'zero, two'
exits 'other bytes than were promoted' 65 movies-archive 2020-01-01T01Z
like 'are not' "$(grumbled)" '^movies-archive: .*/staging/2020-01-01T01Z.zip: other bytes were promoted as 2020-01-01T01Z: not archived$'
for h in 02 03 04; do
    exits "$h is not promoted" 64 movies-archive "2020-01-01T${h}Z"
    is 'in a line' "$(grumbled)" "movies-archive: $home/staging/2020-01-01T${h}Z.zip: 2020-01-01T${h}Z is not promoted: not archived"
done
before=$(kept)
exits 'one that is not there, beside one that is' 64 movies-archive 2020-01-01T00Z 2020-01-05T00Z
is 'nothing is touched by any of these' "$(kept)" "$before"

# Copies
put "$home/staging/2020-01-01T00Z.zip" zero
exits 'a copy of what is archived' 99 movies-archive 2020-01-01T00Z
ok 'is removed' test ! -e "$home/staging/2020-01-01T00Z.zip"
is 'the archive has it' "$(cat "$home/archive/2020/01/2020-01-01T00Z.zip")" zero
put "$home/archive/2020/01/2020-01-01T01Z.zip" other
put "$home/backfill/2020-01-01T01Z.zip" one
exits 'other bytes in the archive' 65 movies-archive "$home/backfill/2020-01-01T01Z.zip"
is 'both stay' "$(cat "$home/archive/2020/01/2020-01-01T01Z.zip" "$home/backfill/2020-01-01T01Z.zip")" 'other
one'

# From elsewhere
mkdir "$tmp/elsewhere"
promote 2020-03-01T00Z far
put "$tmp/elsewhere/2020-03-01T00Z.zip" far
touch -d '2021-05-05 05:05:05.5' "$tmp/elsewhere/2020-03-01T00Z.zip"
put "$home/archive/2020/03/.2020-03-01T00Z.zip.new" 'what a killed copy left'
put "$home/archive/2020/03/.2020-03-09T00Z.zip.new" 'and another'
exits 'a file elsewhere' 0 env -C "$tmp/elsewhere" movies-archive ./2020-03-01T00Z.zip
is 'is in the archive' "$(cat "$home/archive/2020/03/2020-03-01T00Z.zip")" far
is 'with its time' "$(stat -c %Y "$home/archive/2020/03/2020-03-01T00Z.zip")" "$(date -d '2021-05-05 05:05:05' +%s)"
is 'and nowhere else' "$(ls -A "$tmp/elsewhere")" ''
is 'nothing is left over' "$(find "$home/archive" -name '.*')" ''
put "$tmp/elsewhere/2020-03-01T00Z.zip" far
MOVIES_MIN_FREE=999999999G exits 'the same, under the floor of free space' 99 movies-archive "$tmp/elsewhere/2020-03-01T00Z.zip"
promote 2020-03-01T01Z far
put "$tmp/elsewhere/2020-03-01T01Z.zip" far
MOVIES_MIN_FREE=999999999G exits 'a copy, under the floor' 74 movies-archive "$tmp/elsewhere/2020-03-01T01Z.zip"
ok 'is not begun' test ! -e "$home/archive/2020/03/2020-03-01T01Z.zip"
ln -s 2020-03-01T01Z.zip "$tmp/elsewhere/2020-03-01T02Z.zip"
exits 'a link' 64 movies-archive "$tmp/elsewhere/2020-03-01T02Z.zip"
ln -s "$home" "$tmp/door"
put "$home/staging/2020-03-01T01Z.zip" far
inode=$(stat -c %i "$home/staging/2020-03-01T01Z.zip")
exits 'by another way to MOVIES_HOME' 0 movies-archive "$tmp/door/staging/2020-03-01T01Z.zip"
is 'it is renamed' "$(stat -c %i "$home/archive/2020/03/2020-03-01T01Z.zip")" "$inode"

# All that is promoted
fresh
exits 'nothing is promoted' 99 movies-archive --promoted
is 'nothing is done' "$(said)" '{"archived":[],"skipped":0}'
for h in 00 01 02 03; do promote "2020-01-01T${h}Z" "$h"; done
promote 2020-02-01T00Z.r12 feb
put "$home/staging/2020-01-01T00Z.zip" 00
put "$home/backfill/2020-01-01T00Z.zip" 00
put "$home/backfill/2020-01-01T01Z.zip" 01
put "$home/staging/2020-01-01T02Z.zip" XX
put "$home/staging/2020-01-01T03Z.zip" longer
put "$home/staging/2020-02-01T00Z.r12.zip" feb
put "$home/staging/2020-01-01T09Z.zip" waits
put "$home/staging/2020-01-01T0Z.zip" 'no key'
put "$home/failed/2020-01-01T01Z.zip" 01
exits 'all that is promoted, and others' 65 movies-archive --promoted
is 'is archived' "$(jq -c '.archived |= sort' "$tmp/out")" '{"archived":["2020-01-01T00Z","2020-01-01T01Z","2020-02-01T00Z.r12"],"skipped":1}'
is 'the rest stays, but for other bytes than were promoted' "$(kept)" 'archive/2020/01/2020-01-01T00Z.zip archive/2020/01/2020-01-01T01Z.zip archive/2020/02/2020-02-01T00Z.r12.zip failed/2020-01-01T01Z.zip failed/2020-01-01T02Z.txt failed/2020-01-01T02Z.zip failed/2020-01-01T03Z.txt failed/2020-01-01T03Z.zip staging/2020-01-01T09Z.zip staging/2020-01-01T0Z.zip '
is 'with the reason' "$(cat "$home/failed/2020-01-01T03Z.txt")" 'key is taken by other bytes: deliver it as HOUR.rN'
is 'which are named' "$(grumbled | sort | sed "s|$home/staging/||")" \
    'movies-archive: 2020-01-01T02Z.zip: other bytes were promoted as 2020-01-01T02Z: put into failed
movies-archive: 2020-01-01T03Z.zip: other bytes were promoted as 2020-01-01T03Z: put into failed'
exits 'once' 99 movies-archive --promoted

# Folders that are links, and links in them
fresh
mkdir -p "$tmp/big"/{archive,staging}
rmdir "$home/staging"
ln -s "$tmp/big/archive" "$tmp/big/staging" "$home"
for h in 00 01 02; do promote "2020-01-01T${h}Z" "$h"; done
put "$home/staging/2020-01-01T00Z.zip" 00
put "$tmp/elsewhere/two" 02
ln -s "$tmp/elsewhere/two" "$home/staging/2020-01-01T02Z.zip"
inode=$(stat -c %i "$home/staging/2020-01-01T00Z.zip")
exits 'staging and archive are links' 0 movies-archive 2020-01-01T00Z
is 'it is renamed' "$(stat -c %i "$tmp/big/archive/2020/01/2020-01-01T00Z.zip")" "$inode"
for name in 2020-01-01T00Z "$home/archive/2020/01/2020-01-01T00Z.zip" "$tmp/big/archive/2020/01/2020-01-01T00Z.zip"; do
    exits 'again' 99 movies-archive "$name"
    is 'it is no copy of itself' "$(cat "$tmp/big/archive/2020/01/2020-01-01T00Z.zip")" 00
done
exits 'a file that is a link' 0 movies-archive --promoted
is 'is copied' "$(readlink "$home/archive/2020/01/2020-01-01T02Z.zip")$(cat "$home/archive/2020/01/2020-01-01T02Z.zip")" 02
is 'and goes, what it leads to does not' "$(ls "$tmp/big/staging")$(cat "$tmp/elsewhere/two")" 02
put "$home/backfill/2020-01-01T01Z.zip" 01
ln -s "$home/backfill/2020-01-01T01Z.zip" "$tmp/big/archive/2020/01/2020-01-01T01Z.zip"
exits 'a link in the archive to the file itself' 99 movies-archive "$home/backfill/2020-01-01T01Z.zip"
is 'is no copy of it' "$(cat "$home/backfill/2020-01-01T01Z.zip")" 01
rm -r "$tmp/big" "$tmp/elsewhere/two"

# A file that goes from backfill to archive between two looks
fresh
put "$home/backfill/2020-01-01T00Z.zip" moving
mkdir -p "$home/archive/2020/01"
cat >"$tmp/look.sh" <<'END'
self=$(command -v movies-archive)
. "$1/movies.bash"
. "$1/movies-key.bash"
[() {
    if test "$2 $3" = "-f $MOVIES_HOME/backfill/2020-01-01T00Z.zip"; then mv "$3" "$MOVIES_HOME/archive/2020/01"; fi
    builtin [ "$@"
}
take_file 2020-01-01T00Z
echo "$file"
END
is 'is found' "$(bash -euo pipefail "$tmp/look.sh" "$(dirname "$BIN")/lib/movies-pipeline")" "$home/archive/2020/01/2020-01-01T00Z.zip"

# Into failed
fresh
promote 2020-01-01T00Z good
put "$home/staging/2020-01-01T00Z.zip" good
put "$home/staging/2020-01-01T01Z.zip" bad
exits 'what is promoted' 64 movies-archive --failed 2020-01-01T00Z
like 'is good' "$(grumbled)" '2020-01-01T00Z is promoted: it is good$'
ok 'and stays' test -f "$home/staging/2020-01-01T00Z.zip"
exits 'a bad one' 0 movies-archive --failed --reason $'rule\nx: \e[31m'"it's \$(touch pwned) ü" 2020-01-01T01Z
is 'is there' "$(said)$(kept)" '{"failed":["2020-01-01T01Z"],"skipped":0}failed/2020-01-01T01Z.txt failed/2020-01-01T01Z.zip staging/2020-01-01T00Z.zip '
is 'with the reason in one line' "$(cat "$home/failed/2020-01-01T01Z.txt")" 'rule\x0ax: \x1b[31mit'"'"'s $(touch pwned) ü'
ok 'which was no command' test ! -e pwned
for name in 2020-01-01T01Z "$home/failed/2020-01-01T01Z.zip"; do
    exits 'again' 99 movies-archive --failed --reason new "$name"
    like 'the reason stays' "$(cat "$home/failed/2020-01-01T01Z.txt")" '^rule'
done
put "$home/backfill/2020-01-01T01Z.zip" bad
exits 'a copy of it' 99 movies-archive --failed 2020-01-01T01Z
ok 'is removed' test ! -e "$home/backfill/2020-01-01T01Z.zip"
put "$home/staging/2020-01-01T01Z.zip" worse
judged=$(date -u -d '1 minute ago' +%Y-%m-%dT%H:%M:%SZ)
exits 'one that has come since the other was judged' 99 movies-archive --failed --judged "$judged" 2020-01-01T01Z
is 'is said to have come' "$(grumbled)" "movies-archive: $home/staging/2020-01-01T01Z.zip: has come since, and is left"
ok 'and is left' test -f "$home/staging/2020-01-01T01Z.zip"
sum=$(echo bad | sha256sum)
exits 'other bytes' 0 movies-archive --failed --judged="$(date -u -d '1 minute' +%FT%TZ)" 2020-01-01T01Z
is 'both are kept' "$(kept)" "failed/2020-01-01T01Z.txt failed/2020-01-01T01Z.zip failed/2020-01-01T01Z~${sum:0:8}.txt failed/2020-01-01T01Z~${sum:0:8}.zip staging/2020-01-01T00Z.zip "
is 'each with its reason' "$(cat "$home/failed/"*.txt | cut -c 1-6)" 'no rea
rule\x'
put "$home/staging/2020-01-01T00Z.zip" 'other bytes than were promoted'
printf -v long '%.0sü' {1..900}
exits 'other bytes than were promoted' 0 movies-archive --failed --reason="$long" "$home/staging/2020-01-01T00Z.zip"
is 'a long reason is cut' "$(wc -c <"$home/failed/2020-01-01T00Z.txt")" 1001
ok 'between characters' iconv -f UTF-8 -t UTF-8 "$home/failed/2020-01-01T00Z.txt"
put "$tmp/elsewhere/2020-01-01T07Z.zip" far
exits 'from elsewhere' 0 movies-archive --failed --reason '' "$tmp/elsewhere/2020-01-01T07Z.zip"
is 'it is moved' "$(cat "$home/failed/2020-01-01T07Z.zip" "$home/failed/2020-01-01T07Z.txt")" 'far
no reason was given'
ok 'is no more where it was' test ! -e "$tmp/elsewhere/2020-01-01T07Z.zip"
PGHOST=$tmp/nowhere exits 'no database' 69 movies-archive --failed 2020-01-01T07Z

# A folder that is another file system within MOVIES_HOME, where that can be tried
if [ -d /dev/shm ] && [ -w /dev/shm ] && [ "$(stat -c %d /dev/shm)" != "$(stat -c %d "$home")" ]; then
    shm=$(mktemp -d /dev/shm/movies-test.XXXXXX)
    drop_shm() { rm -rf "$shm"; }
    at_exit drop_shm
    promote 2020-01-01T08Z eight
    put "$shm/2020-01-01T08Z.zip" eight
    ln -s "$shm" "$home/other"
    exits 'another file system' 0 movies-archive "$home/other/2020-01-01T08Z.zip"
    is 'it is there, and only there' "$(cat "$home/archive/2020/01/2020-01-01T08Z.zip")$(ls "$shm")" eight
    rm "$home/other"
else
    skip 'another file system' 'none is at hand'
    skip 'it is there, and only there' 'none is at hand'
fi

# What it calls: a copy is removed when the other one is on disk, and nothing is renamed between mounts
prefix=$tmp/prefix
mkdir "$prefix"
cp -r "$(dirname "$BIN")/"{bin,lib,share} "$prefix"
for p in sync mv cp rm; do
    printf '#!/bin/bash\necho "%s ${*: -1}" >>%q\nexec %q "$@"\n' "$p" "$tmp/called" "$(command -v "$p")" >"$prefix/bin/$p"
    chmod +x "$prefix/bin/$p"
done
fresh
promote 2020-01-01T00Z zero
for f in staging archive/2020/01; do put "$home/$f/2020-01-01T00Z.zip" zero; done
exits 'an extra copy' 99 "$prefix/bin/movies-archive" 2020-01-01T00Z
is 'is removed when the archive is on disk' "$(sed "s|$home/||" "$tmp/called")" 'sync archive/2020/01/2020-01-01T00Z.zip
sync archive/2020/01
rm staging/2020-01-01T00Z.zip'
put "$home/staging/2020-01-01T00Z.zip" zero
rm -r "$home/archive"
mkdir -p "$home/archive" "$tmp/mounted"
bound() { unshare -m bash -c 'mount --bind "$1" "$2/archive" && shift 2 && exec "$@"' - "$tmp/mounted" "$home" "$@"; }
if bound true 2>/dev/null; then
    : >"$tmp/called"
    exits 'a file system that is mounted twice' 0 bound "$prefix/bin/movies-archive" 2020-01-01T00Z
    is 'is two to rename' "$(grep -E '^(cp|mv) ' "$tmp/called" | sed "s|$home/||")" 'cp archive/2020/01/.2020-01-01T00Z.zip.new
mv archive/2020/01/2020-01-01T00Z.zip'
    is 'the file is there' "$(cat "$tmp/mounted/2020/01/2020-01-01T00Z.zip")" zero
else
    for i in 1 2 3; do skip "a file system that is mounted twice ($i)" 'no mount of our own'; done
fi

# Killed at each program that it calls
for p in sync mv cp rm cmp sha256sum mkdir; do
    cat >"$prefix/bin/$p" <<END
#!/bin/bash
n=\$((\$(cat $tmp/calls) + 1)); echo \$n >$tmp/calls
[ \$n != "\$KILL_AT" ] || kill -KILL 0
exec $(command -v "$p") "\$@"
END
    chmod +x "$prefix/bin/$p"
done
bytes() { find "$home" "$tmp/elsewhere" -name '*.zip' -type f ! -name '.*' -exec cat {} + | sort -u | tr '\n' ' '; }
history() { # archive or another word, and then nothing is promoted
    fresh
    for k in 00 01 02; do promote "2020-01-01T${k}Z" "$1$k"; done
}
setting() { # files in several places
    rm -rf "$tmp/elsewhere"/* "$home"/{staging,backfill,archive,failed}
    put "$home/staging/2020-01-01T00Z.zip" archive00
    put "$home/backfill/2020-01-01T01Z.zip" archive01
    put "$home/failed/2020-01-01T00Z.zip" 'bad before'
    put "$home/failed/2020-01-01T00Z.txt" 'reason before'
    put "$tmp/elsewhere/2020-01-01T02Z.zip" archive02
}
sweep() { # FORM KEPT-AT-THE-END ARG...
    local n rc=137 whole='archive00 archive01 archive02 bad before ' lost=0 unlike=0
    local named=(2020-01-01T00Z 2020-01-01T01Z "$tmp/elsewhere/2020-01-01T02Z.zip")
    history "$1"
    for ((n = 1; rc == 137 && n < 100; n++)); do
        setting
        echo 0 >"$tmp/calls"
        rc=0
        KILL_AT=$n setsid -w "$prefix/bin/movies-archive" "${@:3}" "${named[@]}" >/dev/null 2>&1 || rc=$?
        [ "$(bytes)" = "$whole" ] || lost=$((lost + 1))
        [ "$rc" -ne 137 ] || again "${@:3}"
        if [ "$(kept)" != "$2" ] || [ "$(bytes)" != "$whole" ]; then
            unlike=$((unlike + 1))
            diag "killed at $n: $(kept)"
        fi
    done 2>/dev/null
    is "$1: in the end it was not killed" "$rc" 0
    ok "$1: but often before" test "$n" -gt 12
    is "$1: nothing was lost" "$lost" 0
    is "$1: the same again completes it" "$unlike" 0
}
again() { # ARG...: with what is still there
    local rest=(2020-01-01T00Z 2020-01-01T01Z)
    [ ! -e "$tmp/elsewhere/2020-01-01T02Z.zip" ] || rest+=("$tmp/elsewhere/2020-01-01T02Z.zip")
    movies-archive "$@" "${rest[@]}" >/dev/null 2>&1
}
sum=$(echo 'bad before' | sha256sum)
sweep archive 'archive/2020/01/2020-01-01T00Z.zip archive/2020/01/2020-01-01T01Z.zip archive/2020/01/2020-01-01T02Z.zip failed/2020-01-01T00Z.txt failed/2020-01-01T00Z.zip '
sweep other "failed/2020-01-01T00Z.txt failed/2020-01-01T00Z.zip failed/2020-01-01T00Z~${sum:0:8}.txt failed/2020-01-01T00Z~${sum:0:8}.zip failed/2020-01-01T01Z.txt failed/2020-01-01T01Z.zip failed/2020-01-01T02Z.txt failed/2020-01-01T02Z.zip " \
    --failed --reason why

# A file that is replaced while it is read, or has gone when its turn comes
history archive
setting
cat >"$prefix/bin/sha256sum" <<END
#!/bin/bash
$(command -v sha256sum) "\$@"
echo other >$home/staging/2020-01-01T00Z.zip
END
exits 'replaced while it is read' 74 "$prefix/bin/movies-archive" 2020-01-01T00Z
is 'it stays' "$(cat "$home/staging/2020-01-01T00Z.zip")" other
setting
printf '#!/bin/bash\nrm -f %q\n%q "$@"\n' "$home/staging/2020-01-01T00Z.zip" "$(command -v sha256sum)" >"$prefix/bin/sha256sum"
exits 'gone in the meantime' 0 "$prefix/bin/movies-archive" 2020-01-01T00Z 2020-01-01T01Z
is 'is passed over' "$(said)" '{"archived":["2020-01-01T01Z"],"skipped":1}'

# Several at once
fresh
for h in {00..19}; do
    promote "2020-01-01T${h}Z" "$h"
    put "$home/staging/2020-01-01T${h}Z.zip" "$h"
done
for i in 1 2 3 4; do
    movies-archive --promoted >"$tmp/run.$i" 2>>"$tmp/grumbled" &
    runs[i]=$!
done
codes=''
for i in 1 2 3 4; do
    wait "${runs[i]}"
    codes+="$? "
done
like 'four at once' "$codes" '^((0|99) ){4}$'
is 'nothing is left to be done' "$(kept | tr ' ' '\n' | grep -c ^archive/2020/01/)" 20
is 'nothing was archived twice' "$(cat "$tmp"/run.* | jq -r '.archived[]' | sort | uniq -d)" ''

# Wrong use
wrong() { # ARG...
    exits "wrong: ${*@Q}" 64 movies-archive "$@"
    is 'in one line' "$(wc -l <"$tmp/err")$(cat "$tmp/out")" 1
}
wrong
wrong --failed
wrong --promoted 2020-01-01T00Z
wrong --promoted --failed 2020-01-01T00Z
wrong --reason x 2020-01-01T00Z
wrong --failed --reason
for name in '' x 2020-01-01 2020-01-01T00Z.r1 2020-02-30T00Z 2020-01-02T00Z '$(touch pwned)' "1' or true --" $'2020-01-01T00Z\n' \
    ../2020-01-01T00Z "$home" "$home/staging" /dev/zero /dev/null "$tmp/out" -- -; do
    wrong -- "$name"
done
exits 'a full disk' 74 bash -c 'movies-archive --promoted >/dev/full'
ok 'no text was a command' test ! -e pwned
done_testing
