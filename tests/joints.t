#!/usr/bin/env bash
# Each joint of the load's pipelines is broken on purpose: a filter's output loses a line,
# gets one twice or has one altered, with its trailer left alone or made to fit. Every such
# load is refused and changes nothing.
source "$(dirname "$0")/lib.sh"

# A prefix of our own, in which any filter can be replaced by one that lies.
prefix=$tmp/prefix
mkdir "$prefix"
cp -R "$(dirname "$BIN")/bin" "$(dirname "$BIN")/lib" "$(dirname "$BIN")/share" "$prefix"
real=$BIN
PATH=$prefix/bin:$PATH
export MOVIES_HOME=$tmp/var
at_exit drop_cluster
begin_cluster
state() { # a digest of all that a load may change
    dump_movies | md5sum
    movies-db psql -At -c "select md5(string_agg(n::text, '|' order by family, id)) from ops.newest as n" \
        -c "select md5(string_agg(d::text, '|' order by d::text)) from ops.duplicates as d" \
        -c "select md5(string_agg(c::text, '|' order by c::text)) from ops.counts as c" \
        -c "select count(*) from ops.rejects join ops.loads using (load_id) where status = 'promoted'" \
        -c "select count(*) from ops.loads where status = 'promoted'"
}

lie() { # FILTER SCRIPT: its output goes through awk's SCRIPT
    cat >"$prefix/bin/$1" <<END
#!/usr/bin/env bash
set -o pipefail
"$real/$1" "\$@" | LC_ALL=C awk '$2'
END
    chmod +x "$prefix/bin/$1"
}
lie_to() { # FILTER SCRIPT: its input does
    cat >"$prefix/bin/$1" <<END
#!/usr/bin/env bash
set -o pipefail
LC_ALL=C awk '$2' | "$real/$1" "\$@"
END
    chmod +x "$prefix/bin/$1"
}
honest() { cp "$real/$1" "$prefix/bin/$1"; }

movies-load "$top/fixtures/2026-11-20T14Z.zip" >/dev/null 2>&1 || bail 'the first load failed'
# The first records of each member: the joints are those of the whole.
file=$tmp/2026-11-20T13Z.zip
few 60 "$file"
before=$(state)

fit='/"_end"/ { sub(/[0-9]+/, n); print; next }' # a trailer that says what was let through
drop='NR == 5 { next }'
double='NR == 5 { print; n++ }'
n='{ n++; print }'
refused() { # NAME
    movies-load "$file" >"$tmp/out" 2>"$tmp/err"
    local rc=$?
    is "$1: refused as an I/O error" "$rc" 74
    is "$1: nothing changed" "$(state)" "$before"
    movies-load --phase discard "$file" 2>/dev/null # what was staged honestly would not be again
}

lie unzipper "NR == 3 { next } { print }"
refused 'unzipper drops a line'
if [ -n "${LONG-}" ]; then
    lie unzipper "NR == 3 { print } { print }"
    refused 'unzipper doubles a line'
fi
lie unzipper 'NR == 3 { sub(/[0-9]/, "7x"); sub(/x/, "") } NR == 4 { sub(/[a-z]/, "A") } { print }'
refused 'unzipper alters a line'
cat >"$tmp/forge.py" <<'END'
import re, sys, zlib
data = sys.stdin.buffer.read()
body, nul, trailer = data.rpartition(b"\0_end bytes=")
if nul:  # a byte is altered and the trailer made to fit; -l and others go through as they are
    body = body.replace(b"Jumanji", b"Jumanjo", 1)
    data = body + b"\0_end bytes=%d crc32=%08x\n" % (len(body), zlib.crc32(body))
sys.stdout.buffer.write(data)
END
printf '#!/usr/bin/env bash\nset -o pipefail\n"%s/unzipper" "$@" | /usr/bin/python3 -B "%s/forge.py"\n' \
    "$real" "$tmp" >"$prefix/bin/unzipper"
refused 'unzipper alters a byte and mends its trailer'
honest unzipper

# Counts that are not there prove nothing.
cat >"$prefix/bin/csv2ndjson" <<END
#!/usr/bin/env bash
"$real/csv2ndjson" "\$@" || exit
while [ \$# -gt 0 ]; do [ "\$1" = -S ] && stats=\$2; shift; done
jq -c 'del(.in, .blank, .out_digest)' "\$stats" >"\$stats.x" && mv "\$stats.x" "\$stats"
END
refused 'csv2ndjson keeps counts to itself'
honest csv2ndjson
explode=(explode-{genres,companies,countries,languages,collections,cast,crew,keywords})
for filter in csv2ndjson "${explode[@]}"; do
    # They have one engine: all of it for one of them, and for one of each member something.
    [[ ${LONG-}$filter =~ ^(1.*|csv2ndjson|explode-(genres|cast|keywords))$ ]] || continue
    lie "$filter" "$drop $fit $n"
    refused "$filter drops a line and mends its trailer"
    [[ ${LONG-}$filter =~ ^(1.*|csv2ndjson)$ ]] || { honest "$filter" && continue; }
    lie "$filter" "$drop { print }"
    refused "$filter drops a line"
    lie "$filter" "$double $fit $n"
    refused "$filter doubles a line and mends its trailer"
    lie "$filter" 'NR == 2 { sub(/"_record":[0-9]+/, "\"_record\":999") } { print }'
    refused "$filter alters a line"
    honest "$filter"
done
# What tee hands to one reader only: the joint is between csv2ndjson and that reader.
for filter in "${explode[@]}"; do
    [[ ${LONG-}$filter =~ ^(1.*|explode-(genres|cast))$ ]] || continue
    lie_to "$filter" "$drop $fit $n"
    refused "$filter is given a line less"
    lie_to "$filter" 'NR == 2 { sub(/"_line":[0-9]+/, "\"_line\":77") } { print }'
    refused "$filter is given an altered line"
    honest "$filter"
done

# Another file takes the place of ours when its directory is read, and goes again.
cat >"$prefix/bin/unzipper" <<END
#!/usr/bin/env bash
if [ "\$1" = -l ] && [ -e "$tmp/other" ]; then
    sleep 0.3
    mv "$file" "$tmp/ours" && mv "$tmp/other" "$file"
    if [ -e "$tmp/briefly" ]; then
        "$real/unzipper" "\$@"
        mv "$tmp/ours" "$file"
        exit
    fi
fi
exec "$real/unzipper" "\$@"
END
chmod +x "$prefix/bin/unzipper"
put_back() { mv "$tmp/ours" "$file"; }
few 50 "$tmp/other"
touch "$tmp/briefly"
refused 'another file while the directory is read'
like 'which is seen though ours is back' "$(cat "$tmp/err")" 'changed while it was read'
rm "$tmp/briefly"
few 50 "$tmp/other"
refused 'another file when the load is opened'
like 'which is said' "$(cat "$tmp/err")" 'changed while it was read'
put_back
is 'and no load is open' "$(movies-db psql -Atc "select count(*) from ops.loads where status = 'open'")" 0
movies-load --phase open "$file" 2>/dev/null || bail 'the load cannot be opened'
few 50 "$tmp/other"
exits 'another file when a member is staged' 74 movies-load --phase stage:movies_metadata.csv "$file"
like 'says so' "$(cat "$tmp/err")" 'not the member that the load was opened with'
put_back
exits 'nor is it promoted' 74 movies-load --phase promote "$file"
is 'nothing changed' "$(state)" "$before"
movies-load --phase discard "$file" 2>/dev/null
honest unzipper

exits 'with honest filters the same file loads' 0 movies-load "$file"
ok 'and changes something' test "$(state)" != "$before"
done_testing
