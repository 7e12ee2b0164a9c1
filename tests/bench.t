#!/usr/bin/env bash
# tests/bench: the generator's zips are what it says (sizes, keys, the same again, the next hour)
# and our filters read them; what measure reports.
source "$(dirname "$0")/lib.sh"
generate=$top/tests/bench/generate
measure=$top/tests/bench/measure
cd "$tmp" || bail 'no scratch folder'

for zip in 0 again changed; do
    args=()
    [ "$zip" != changed ] || args=(--changed 1)
    "$generate" --scale 0.005 "${args[@]}" "$zip.zip" || bail 'no zip was made'
done

ok 'the same options give the same bytes' cmp 0.zip again.zip
for seed in 1 2; do
    "$generate" --scale 0.001 --seed "$seed" --members ratings,credits "$seed.zip"
done
exits 'another seed gives other ratings' 1 \
    cmp <(unzipper 1.zip ratings.csv) <(unzipper 2.zip ratings.csv)
is 'only the members asked for, in the usual order' \
    "$(unzipper -l 2.zip | jq -r .name | paste -sd' ')" 'credits.csv ratings.csv'

# Of each member: records, different keys, and keys with records that differ. Then, beside its
# next hour: whether one record in a hundred changed, no key did, and no other line.
/usr/bin/python3 -B - >facts <<'END' || bail 'the zips could not be compared'
import csv, io, zipfile
csv.field_size_limit(1 << 24)
KEY = {"movies_metadata": [5], "credits": [2], "keywords": [0], "links": [0], "links_small": [0],
       "ratings": [0, 1], "ratings_small": [0, 1]}

def read(name, z):
    """Records, the second half of a broken one left out, with their keys."""
    data = z.read(name + ".csv").decode()
    rows = list(csv.reader(io.StringIO(data, newline="")))[1:]
    return data.splitlines(), len(rows), [(tuple(r[i] for i in KEY[name]), tuple(r))
                                          for r in rows if len(r) != 15]

with zipfile.ZipFile("0.zip") as a, zipfile.ZipFile("changed.zip") as b:
    for name in KEY:
        (lines, count, old), (new_lines, _, new) = read(name, a), read(name, b)
        keys = [k for k, _ in old]
        print("size", name, count, len(set(keys)), len(set(old)) - len(set(keys)))
        changed = [(x, y) for (_, x), (_, y) in zip(old, new) if x != y]
        about = abs(len(changed) - count / 100) < 2 and (changed != [] or count < 100)
        print("changed", name, about)
        print("keys", name, keys == [k for k, _ in new])
        print("lines", name, len(lines) == len(new_lines) and
              sum(x != y for x, y in zip(lines, new_lines)) == len(changed))
        if name.startswith("ratings"):
            order = [tuple(map(int, k)) for k in keys]
            print("order", name, order == sorted(order))
            print("later", name, all(x[2] != y[2] and int(x[3]) < int(y[3]) for x, y in changed))
END
true_of() { awk -v what="$1" '$1 == what && $3 == "True"' facts | wc -l; }

# The original's 45,466, 45,476, 46,419, 45,843, 9,125, 26,024,289 and 100,004, times 0.005. Six of
# the metadata's are halves of three movies; two of its 222 movies are there twice, one of them with
# other values.
is 'records, keys, contradictions' "$(sed -n 's/^size //p' facts)" \
    'movies_metadata 227 222 1
credits 227 222 1
keywords 232 222 0
links 229 229 0
links_small 46 46 0
ratings 130121 130121 0
ratings_small 500 500 0'
is 'ratings are in order' "$(true_of order)" 2
is 'one record in a hundred changes' "$(true_of changed)" 7
is 'but no key' "$(true_of keys)" 7
is 'and no other line' "$(true_of lines)" 7
is 'a rating that changes is another, and later' "$(true_of later)" 2

# Our filters
exits 'unzipper tests it' 0 unzipper -t 0.zip
for member in movies_metadata credits keywords links links_small ratings ratings_small; do
    rejoined=0 args=()
    records=$(awk -v m="$member" '$1 == "size" && $2 == m { print $3 }' facts)
    [ "$member" != movies_metadata ] || rejoined=3 args=(--rejoin)
    unzipper -e 0.zip "$member.csv" |
        csv2ndjson -E -e "${args[@]}" -R rejects -S "$member.stats" >"$member.ndjson" ||
        diag "$member: exit $?"
    is "$member: every record read" "$(jq -r '"\(.in) \(.out) \(.rejected) \(.rejoined) \(.blank)"' \
        "$member.stats")" "$records $((records - rejoined)) 0 $rejoined 0"
done
ids() { jq -r 'select(._end | not) | .id' "$1.ndjson" | sort -u; }
for member in credits keywords; do
    is "$member: of movies that are there" "$(comm -13 <(ids movies_metadata) <(ids "$member") |
        wc -l)" 0
done
for of in companies genres countries languages collections; do
    ok "explode-$of takes every movie" bash -c "explode-$of <movies_metadata.ndjson >/dev/null"
done

# measure
mkdir home
printf -v eat '%s\n' 'import sys, time' 'held = b"x" * (64 << 20)' \
    'open(sys.argv[1], "wb").write(held[:32 << 20])' 'time.sleep(1)' 'sys.exit(3)'
"$measure" home -- /usr/bin/python3 -c "$eat" home/file >measured
is 'measure exits as the command does' $? 3
is 'and reports it, with the memory and the disk it had' "$(jq -c \
    '[.exit, .ours_mib >= 64, .server_mib, .both_mib == .ours_mib, .disk_mib >= 32]' measured)" \
    '[3,true,0,true,true]'
is 'only its own line goes to stdout' "$("$measure" home -- echo no 2>/dev/null | jq -c .exit)" 0
"$measure" home -- bash -c "kill -9 \$\$" >measured
is 'death by a signal' "$? $(jq .exit measured)" '137 137'
exits 'wrong use of measure' 64 "$measure" home true
exits 'and of generate' 64 "$generate" --scale 0 none.zip
exits 'a member that is not' 64 "$generate" --members films none.zip
ok 'no zip then' test ! -e none.zip

done_testing
