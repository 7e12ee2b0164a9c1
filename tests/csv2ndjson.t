#!/usr/bin/env bash
# csv2ndjson: every option, every code of its REJECTS, headers, trailers, exit codes.
# shellcheck source=tests/lib.sh
source "$(dirname "$0")/lib.sh"

# csv TEXT ARGS...: converts TEXT (with printf's escapes); leaves $out, $err, $rc, $rejects
# ("code record line offset length" a line) and $stats.
csv() {
    local text=$1
    shift
    rm -f "$tmp/r" "$tmp/s"
    # shellcheck disable=SC2059 # the text is a format on purpose
    printf "$text" >"$tmp/in"
    rc=0
    csv2ndjson -R "$tmp/r" -S "$tmp/s" "$@" "$tmp/in" >"$tmp/o" 2>"$tmp/e" || rc=$?
    out=$(cat "$tmp/o")
    err=$(cat "$tmp/e")
    rejects=$(jq -r '"\(.code) \(.record) \(.line) \(.offset) \(.length)"' "$tmp/r" 2>/dev/null)
    stats=$(jq -r '"\(.in) \(.out) \(.rejected) \(.rejoined) \(.blank)"' "$tmp/s" 2>/dev/null)
}
raws() { jq -r .raw "$tmp/r"; }
reasons() { jq -r .reason "$tmp/r"; }
lines() { printf '%s\n' "$@"; }

# Values
csv 'a,b,c\n007, x ,""\n"1,2","he said ""no""","two\nlines"\n'
is 'strings as they are, empty is null' "$out" "$(lines '{"a":"007","b":" x ","c":null}' \
    '{"a":"1,2","b":"he said \"no\"","c":"two\nlines"}')"
is 'counts' "$stats" '2 2 0 0 0'
csv 'a\n\\\t\001\303\251\n'
is 'escapes' "$out" '{"a":"\\\t\u0001é"}'
# Eight bytes at a time are looked at and moved, so the place within a text matters.
LC_ALL=C awk 'BEGIN { for (n = 1; n <= 40; n++) for (i = 1; i <= n; i++) for (k = 1; k <= 3; k++)
    print substr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", k, i - 1) substr("\\\"\001", k, 1) \
        substr("0123456789012345678901234567890123456789", 1, n - i) }' >"$tmp/texts"
sed 's/"/""/g; s/.*/"&"/; 1i a' "$tmp/texts" | csv2ndjson | jq -r .a >"$tmp/back"
is 'texts of all short lengths' "$(wc -l <"$tmp/texts")" 2460
ok 'what has to be escaped is, wherever it stands' cmp "$tmp/texts" "$tmp/back"
csv 'a,b\r\n1,2\r\n"x\r\ny",3\r\n'
is 'CRLF ends lines, and is kept in quotes' "$out" '{"a":"1","b":"2"}
{"a":"x\r\ny","b":"3"}'
csv 'a,b\r1,2\r3,"x\ry"' -n
is 'so does a lone CR, which sed does not count' "$out" '{"a":"1","b":"2","_record":1,"_line":1}
{"a":"3","b":"x\ry","_record":2,"_line":1}'
csv '\357\273\277a,b\n1,2'
is 'a byte order mark is dropped; the last line may lack its end' "$out" '{"a":"1","b":"2"}'
csv 'a,b\n\n,\n,,,\n1,2\n\n' -n
is 'blank records are passed over' "$out" '{"a":"1","b":"2","_record":4,"_line":5}'
is 'blank records are counted' "$stats" '5 1 0 0 4'
csv 'a,b\n"",""\n'
is 'quoted nothing is no separator' "$out" '{"a":null,"b":null}'
csv 'a,b\n'
is 'a header alone is an empty stream' "$rc$out$stats" '00 0 0 0 0'

# Options
csv 'id,t,x\n1,T,y\n2,U,\n' -c movie_id=id,x,again=id
is '-c selects, orders, renames, repeats' "$out" '{"movie_id":"1","x":"y","again":"1"}
{"movie_id":"2","x":null,"again":"2"}'
csv 'id,t\n1,T\n' -c id,nope
is '-c with an unknown column' "$rc $err" "65 csv2ndjson: $tmp/in: no column nope (found: id, t)"
csv '_id,t\n1,T\n' -c id=_id
is '-c renames what begins with _' "$out" '{"id":"1"}'
csv '_id,t\n1,T\n' -c t
is '-c omits what begins with _' "$out" '{"t":"T"}'
for c in _id=id id,id 'id,x=id,x=t' '' 'x=' '=x' 'id,,t' _id; do
    csv 'id,t,_id\n1,T,2\n' -c "$c"
    case $c in
    x=) is "-c $c is no column" "$rc" 65 ;;
    *) is "-c $c is wrong use" "$rc$out" 64 ;;
    esac
done
csv '1,T\n2,U\n' -H id,t -n
is '-H names the columns, all lines are records' "$out" '{"id":"1","t":"T","_record":1,"_line":1}
{"id":"2","t":"U","_record":2,"_line":2}'
csv '\357\273\2771\n' -H id
is '-H: a byte order mark is dropped as well' "$out" '{"id":"1"}'
csv '' -H id
is '-H: no input is no error' "$rc$out" 0
for h in a,a 'a,' _a $'a\xff'; do
    csv '1,2\n' -H "$h"
    is "-H $(printf %q "$h") is wrong use" "$rc" 64
done
csv '1\n' -H _a -c a=_a
is '-H with _ under -c' "$out" '{"a":"1"}'
csv 'a\tb\n1,2\t"3\t4"\n' -d '\t'
is '-d \t' "$out" '{"a":"1,2","b":"3\t4"}'
csv 'a;b\n;;\n1,2;3\n' -d ';'
is '-d ;' "$out $stats" '{"a":"1,2","b":"3"} 2 1 0 0 1'
for d in '' ',,' '"' $'\n' $'\r' é $'\tx'; do
    csv 'a\n' -d "$d"
    is "-d $(printf %q "$d") is wrong use" "$rc" 64
done
csv "id,g,h\n1,\"[{'id': 1, 'n': \"\"O'K\"\"}]\",\"{\"\"a\"\":[null]}\"\n2,,True\n" -j g,h
is '-j makes JSON of literals and JSON' "$out" '{"id":"1","g":[{"id":1,"n":"O'\''K"}],"h":{"a":[null]}}
{"id":"2","g":null,"h":true}'
csv "id,g\n1,[]\n" -c genres=g -j genres
is '-j goes by the names that go out' "$out" '{"genres":[]}'
csv "id,g\n1,[]\n" -c genres=g -j g
is '-j with an unknown column' "$rc $err" "65 csv2ndjson: $tmp/in: no column g (found: genres)"
csv 'a,b\n1,2\n' -e -n
is '-e -n' "$out" '{"a":"1","b":"2","_record":1,"_line":2}
{"_end":{"records":1}}'
csv 'a,b\r\n1,2\r\n"x\r\ny","q""q"\r\n' --raw -c a
is '--raw is last, of all columns, without the line end' "$out" '{"a":"1","_raw":"1,2"}
{"a":"x\r\ny","_raw":"\"x\r\ny\",\"q\"\"q\""}'
csv 'a,b\r"1\r",2\r\n3,\ty' -n --raw
is '--raw: a lone CR, a last line without its end, behind -n' "$out" \
    '{"a":"1\r","b":"2","_record":1,"_line":1,"_raw":"\"1\r\",2"}
{"a":"3","b":"\ty","_record":2,"_line":2,"_raw":"3,\ty"}'
csv 'a\t"b"\n"1"\t2\n' -d '\t' --raw
is '--raw: another delimiter' "$out" '{"a":"1","b":"2","_raw":"\"1\"\t2"}'
csv '\357\273\2771,2\n' -H a,b --raw
is '--raw: without a byte order mark' "$out" '{"a":"1","b":"2","_raw":"1,2"}'
csv 'a,b,c\n1,x\r\ny,3\n4,"5\n",6\n' --rejoin --raw -c a
is '--raw: both halves and the break' "$out" '{"a":"1","_raw":"1,x\r\ny,3"}
{"a":"4","_raw":"4,\"5\n\",6"}'
is '--raw: as in the note of the repair' "$(head -n 1 "$tmp/o" | jq ._raw)" "$(jq .raw "$tmp/r")"
csv "a,g\n1,'x\n2,[]\n" --raw -j g
is '--raw: not of a reject, which has its own' "$(raws)$out" "1,'x"'{"a":"2","g":[],"_raw":"2,[]"}'
csv "id,title,genres\n1,\"A\",\"[{'id': 2}, {'id':\"\n2,B,[]\n" --raw -c id,genres
is '--raw: what the next filter turns away can be printed' \
    "$(explode-genres -R "$tmp/next" "$tmp/o" && jq -r '.raw | fromjson._raw' "$tmp/next")" "1,\"A\",\"[{'id': 2}, {'id':\""
rm -f "$tmp/next"
csv 'a,b\n1,2\n' --member m.csv
is '--member in the counts' "$(jq -r .member "$tmp/s")" m.csv
is 'bytes and digest in the counts' "$(jq -c '[.bytes, (.out_digest|test("^[0-9a-f]{16}$"))]' "$tmp/s")" '[8,true]'
is 'standard input' "$(printf 'a\n1\n' | csv2ndjson)$(printf 'a\n2\n' | csv2ndjson -)" '{"a":"1"}{"a":"2"}'
exits '-v' 0 csv2ndjson -v "$tmp/in"
like '-v shows the totals' "$(cat "$tmp/err")" 'csv2ndjson: 1 records'

# Headers
header() { # NAME TEXT MESSAGE
    csv "$2"
    is "header: $1" "$rc$out $err" "65 csv2ndjson: $tmp/in: $3"
}
header 'no input' '' 'no header line'
header 'a mark alone' '\357\273\277' 'no header line'
header 'blank lines alone' '\n\n' 'no header line'
header 'an empty name' 'a,,c\n' 'header: column 2 has no name (choose columns with -c)'
header 'the same twice' 'a,b,a\n' 'header: column 3: a is there already (choose columns with -c)'
header 'with _' 'a,_b\n' 'header: _b: a name that begins with _ (rename it with -c)'
header 'UTF-8' 'a,\377\n' 'header: column 2: its name is not UTF-8 (choose columns with -c)'
header 'NUL' 'a,b\0\n' 'header: NUL in it (is it UTF-16?)'
header 'gzip' '\037\213\010\n' 'this is gzip, not CSV; unpack it: gunzip -c'
header 'a zip' 'PK\003\004\n' 'this is a zip archive, not CSV; read a member of it: unzipper ZIP MEMBER'
header "Excel's quoted sep=;" '"sep=;"\na;b\n' \
    "the first line is \"sep=;\", which names the delimiter to Excel; remove it (sed 1d) and give -d ';'"
header 'quotes' 'a,"b"c\n1,2\n' 'header: malformed quoting at byte 6'
header 'open' '"a,b\n1,2\n' 'header: a quote is never closed'
csv "$(printf 'c%d,' {1..4097})x\n"
is 'header: too many columns' "$rc $err" "65 csv2ndjson: $tmp/in: header: more than 4096 columns"
wide() { printf 'c%d,' $(seq 2 "$1"); printf 'c1\n'; }
csv "$(wide 257)\n"
is 'header: more columns than the next filter takes' "$rc $err" \
    "65 csv2ndjson: $tmp/in: 257 columns, at most 256 can go out (choose with -c)"
csv "$(wide 255)\n" -n
is 'header: -n takes two of them' "$rc $err" \
    "65 csv2ndjson: $tmp/in: 255 columns, at most 254 can go out (choose with -c)"
csv "$(wide 254)\n" -n --raw
is 'header: --raw takes one more' "$rc $err" \
    "65 csv2ndjson: $tmp/in: 254 columns, at most 253 can go out (choose with -c)"
for n in 256 '254 -n' '255 --raw' '253 -n --raw'; do
    # shellcheck disable=SC2086 # a number and options
    csv "$(wide ${n%% *})\n$(wide ${n%% *})\n" ${n#"${n%% *}"}
    is "header: $n" "$rc$(explode-genres --column c1 -R "$tmp/next" "$tmp/o")$(jq -r .code "$tmp/next")" 0no-movie-id
    rm -f "$tmp/next"
done
csv "$(wide 300)\n$(wide 300)\n" -c c300,c1
is 'header: -c chooses from more' "$out" '{"c300":"c300","c1":"c1"}'
csv 'abcdef,g\n1,2\n' --max-record 5
is 'header: too long' "$rc $err" "65 csv2ndjson: $tmp/in: header: longer than 5 bytes"
csv '"a\nb",c\r\n1,2\r\n' -n
is 'header: a quoted line break' "$out" '{"a\nb":"1","c":"2","_record":1,"_line":3}'

# Rejects
csv 'a,b\n1,2,3\r\n4,5\n6\n' -n
is 'field-count' "$rejects" "$(lines 'field-count 1 2 4 5' 'field-count 3 4 15 1')"
is 'field-count: reason' "$(reasons)" "$(lines '2 fields expected, 3 found' '2 fields expected, 1 found')"
is 'field-count: raw is without the line end' "$(raws)" "$(lines 1,2,3 6)"
is 'field-count: the others go out' "$rc$out" '0{"a":"4","b":"5","_record":2,"_line":3}'
is 'field-count: counts' "$stats" '3 1 2 0 0'
csv 'a,b\n1,2\000\n3,4\n'
is nul "$rejects$(reasons)$out" 'nul 1 2 4 4NUL at byte 4{"a":"3","b":"4"}'
csv 'a,b\n1,\303\n3,4\n'
is bad-utf8 "$rejects$(reasons)$out" 'bad-utf8 1 2 4 3invalid UTF-8 at byte 3{"a":"3","b":"4"}'
is 'bad-utf8: raw in base64' "$(jq -r .raw_base64 "$tmp/r" | base64 -d | od -An -tx1)" ' 31 2c c3'
csv "a,g\n1,\"[{'x' 1}]\"\n3,[]\n" -j g
is bad-literal "$rejects$out" 'bad-literal 1 2 4 13{"a":"3","g":[]}'
like 'bad-literal: reason' "$(reasons)" '^column g, byte 7: '
for key in _end _record _line _; do
    csv "g\n\"[{'a': {'$key': {'records': 0}}}]\"\n" -j g
    like "-j: rejects a literal with the key $key" "$rejects$out" '^bad-literal 1 2 2 [0-9]+$'
done
csv 'a,b\n1,"x"y\n3,4\n5,x"y\n7,8\n'
is bad-quotes "$rejects" "$(lines 'bad-quotes 1 2 4 6' 'bad-quotes 3 4 15 5')"
is 'bad-quotes: reason' "$(reasons)" "$(lines 'malformed quoting at byte 6' 'malformed quoting at byte 4')"
is 'bad-quotes: the others go out' "$out" "$(lines '{"a":"3","b":"4"}' '{"a":"7","b":"8"}')"
csv 'a,b\n1,"x\n3,4\n5,"y"\n7,8\n'
is 'bad-quotes: one does not swallow the rest' "$rejects$out" \
    "bad-quotes 1 2 4 4$(lines '{"a":"3","b":"4"}' '{"a":"5","b":"y"}' '{"a":"7","b":"8"}')"
csv 'a,b\n1,"x\n3,4\n5,6' -n
is open-quote "$rejects$out" \
    "open-quote 1 2 4 4$(lines '{"a":"3","b":"4","_record":2,"_line":3}' '{"a":"5","b":"6","_record":3,"_line":4}')"
csv 'a,b\n1,"x'
is 'open-quote: in the last line' "$rejects$stats" 'open-quote 1 2 4 41 0 1 0 0'
csv 'a,b\n1,123456\n1,1234567\n3,4\n' --max-record 8
is too-long "$rejects$out" \
    "$(lines 'too-long 2 3 13 9')$(lines '{"a":"1","b":"123456"}' '{"a":"3","b":"4"}')"
is 'too-long: counts' "$stats" '3 2 1 0 0'
csv 'a,b\n1,1234567890123456789\r\n3,4\n' --max-record 8
is 'too-long: all bytes are kept' "$(jq -rj .raw "$tmp/r")$out" '1,1234567890123456789{"a":"3","b":"4"}'
csv 'a,b\n1,"x\n\n\n\n\n\n\n"\n3,4\n' --max-record 8
is 'too-long: over lines, the first goes' "$rejects" "$(lines 'too-long 1 2 4 4' 'open-quote 8 9 15 1')"
is 'too-long: the other lines follow' "$out$stats" '{"a":"3","b":"4"}9 1 2 0 6'
csv 'a,b\n1,"x\n\n\n\n\n\n\n' --max-record 8
is 'too-long: empty lines count as well' "$rejects$stats" 'too-long 1 2 4 47 0 1 0 6'
csv 'a,b\n1,"x\n\n\n' --max-record 8
is 'open-quote: empty lines before the end' "$rejects$stats" 'open-quote 1 2 4 43 0 1 0 2'

{ printf 'a\n'; head -c 4194304 /dev/zero | tr '\0' x; printf '\n1\n'; } >"$tmp/in"
csv2ndjson -R "$tmp/large" -c "$(printf 'a%d=a,' {1..16})a" "$tmp/in" >"$tmp/o"
is too-large "$(jq -r '"\(.code) \(.record) \(.length) \(.reason)"' "$tmp/large")" \
    'too-large 1 4194304 the line would take more than 64 MiB; only the first 1048576 of 4194304 bytes are kept, XXH3 of all: 492809f358d2681f090ddb37f55d3f28'
is 'too-large: the others go out' "$(jq -c '[.a1, .a]' "$tmp/o")" '["1","1"]'
{ printf 'a,b\n'; head -c 40000000 /dev/zero | tr '\0' x; printf ',1\n2,3\n'; } >"$tmp/in"
rm -f "$tmp/large"
csv2ndjson --max-record 64M -R "$tmp/large" "$tmp/in" >"$tmp/o"
is '--raw: the line fits without it' "$(jq -r .b "$tmp/o") $(cat "$tmp/large")" $'1\n3 '
csv2ndjson --max-record 64M --raw -R "$tmp/large" "$tmp/in" >"$tmp/o"
is '--raw: too-large' "$(jq -r '"\(.code) \(.record) \(.length)"' "$tmp/large")" 'too-large 1 40000002'
is '--raw: the others go out' "$(cat "$tmp/o")" '{"a":"2","b":"3","_raw":"2,3"}'

# Limits
exits 'a member that is not UTF-8 is wrong use' 64 csv2ndjson --member $'\xff' "$tmp/in"
printf 'a,b\n1\n2,3\n4\n' >"$tmp/two"
exits 'without -R the first bad record is fatal' 65 csv2ndjson -e "$tmp/two"
is 'which gives no output' "$(cat "$tmp/out")" ''
like 'and is named' "$(cat "$tmp/err")" '^csv2ndjson: .*:2: record 1: 2 fields expected, 1 found \(field-count\)$'
exits '-m: within' 0 csv2ndjson -R /dev/null -m 2 -e "$tmp/two"
exits '-m: passed' 65 csv2ndjson -R /dev/null -m 1 -e "$tmp/two"
is '-m: no trailer' "$(grep -c _end "$tmp/out")" 0
for n in 0 x 65M 1T -1; do
    exits "--max-record $n is wrong use" 64 csv2ndjson --max-record $n "$tmp/two"
done
exits 'two files are wrong use' 64 csv2ndjson "$tmp/two" "$tmp/two"
exits 'a missing file' 64 csv2ndjson "$tmp/none"
exits 'a folder' 64 csv2ndjson "$tmp"
# shellcheck disable=SC2317 # called by exits
full() { csv2ndjson "$@" >/dev/full; }
printf 'a\n1\n' >"$tmp/one"
exits 'a full disk' 74 full "$tmp/one"
exits 'a reject file that cannot be written' 74 csv2ndjson -R /dev/full "$tmp/two"
exits 'a reject file that cannot be made' 74 csv2ndjson -R "$tmp/none/r" "$tmp/two"
exits 'counts that cannot be written' 74 csv2ndjson -e -S /dev/full "$tmp/one"
is 'counts that cannot be written: no trailer' "$(grep -c _end "$tmp/out")" 0

# Trailers of unzipper
crc() { gzip -c | tail -c 8 | od -An -tx4 -N4 --endian=little | tr -d ' '; }
closed() { # TEXT: with its trailer
    # shellcheck disable=SC2059
    printf "$1" >"$tmp/data"
    cat "$tmp/data"
    printf '\0_end bytes=%d crc32=%s\n' "$(wc -c <"$tmp/data")" "$(crc <"$tmp/data")"
}
closed 'a,b\n1,2\n3,4' >"$tmp/whole"
exits '-E: a trailer is dropped' 0 csv2ndjson -E -e -S "$tmp/bytes" -c a,b "$tmp/whole"
is '-E: a trailer is no record' "$(jq -c 'del(._record, ._line)' "$tmp/out")" \
    "$(lines '{"a":"1","b":"2"}' '{"a":"3","b":"4"}' '{"_end":{"records":2}}')"
is '-E: a trailer is not counted' "$(jq -c .bytes "$tmp/bytes")" 11
exits 'without -E a trailer is wrong use' 64 csv2ndjson -e "$tmp/whole"
is 'and the message names -E' "$(cat "$tmp/err")" "csv2ndjson: $tmp/whole: ends with a trailer of unzipper -e: add -E"
is 'and nothing says that the output is whole' "$(grep -c _end "$tmp/out")" 0
exits '-E: a NUL that is not doubled, with data behind it' 74 csv2ndjson -E -e <(printf 'a\n\0%0100d\n' 1; tail -c +12 "$tmp/whole")
is 'is named with its place' "$(sed 's/.*: //' "$tmp/err")" 'not the output of unzipper -e, or damaged'
exits '-E: no trailer' 74 csv2ndjson -E -e "$tmp/one"
is '-E: no trailer: says so' "$(cat "$tmp/out" "$tmp/err")" "csv2ndjson: $tmp/one: stream ended without its trailer"
tr -d 2 <"$tmp/data" | cat - <(tail -c +12 "$tmp/whole") >"$tmp/short"
exits 'a byte is missing' 74 csv2ndjson -E -e "$tmp/short"
is 'a byte is missing: says so' "$(cat "$tmp/out" "$tmp/err")" "csv2ndjson: $tmp/short: trailer says 11 bytes, 10 arrived"
tr 4 5 <"$tmp/data" | cat - <(tail -c +12 "$tmp/whole") >"$tmp/other"
exits 'a byte is another' 74 csv2ndjson -E -e "$tmp/other"
like 'a byte is another: says so' "$(cat "$tmp/out" "$tmp/err")" "^csv2ndjson: $tmp/other: trailer says CRC-32 [0-9a-f]{8}, the bytes have [0-9a-f]{8}$"
survived=
for i in $(seq 0 $(($(wc -c <"$tmp/whole") - 1))); do
    head -c "$i" "$tmp/whole" >"$tmp/cut"
    rc=0
    csv2ndjson -E -e "$tmp/cut" >"$tmp/out" 2>"$tmp/err" || rc=$?
    if [ "$rc" -ne 74 ] || grep -q _end "$tmp/out"; then survived="$survived $i"; fi
done
is '-E: cut at any byte it is 74, without a trailer' "$survived" ''
closed '' >"$tmp/empty"
exits '-E: nothing, and its trailer' 65 csv2ndjson -E "$tmp/empty"
exits '-E -H: nothing, and its trailer' 0 csv2ndjson -E -H a "$tmp/empty"

# Torn records
csv 'a,b,c,d\n1,2,x\ny,4\n5,6,7,8\n' --rejoin -n
is '--rejoin' "$out" "$(lines '{"a":"1","b":"2","c":"x\ny","d":"4","_record":1,"_line":2}' \
    '{"a":"5","b":"6","c":"7","d":"8","_record":3,"_line":4}')"
is '--rejoin: counts' "$stats" '3 2 0 1 0'
is '--rejoin: a note' "$rejects" 'rejoined 1 2 8 9'
is '--rejoin: the bytes' "$(raws)" "$(lines 1,2,x y,4)"
csv 'a,b,c,d\r\n1,2,x\ry,4\r\n1,x\r\ny,3,4\r\n' --rejoin
is '--rejoin: CR and CRLF' "$out" "$(lines '{"a":"1","b":"2","c":"x\ry","d":"4"}' '{"a":"1","b":"x\r\ny","c":"3","d":"4"}')"
printf 'a,b,c\n1,x\ny,3\n' >"$tmp/torn"
exits '--rejoin needs no -R' 0 csv2ndjson --rejoin "$tmp/torn"
exits 'without --rejoin it is bad' 65 csv2ndjson "$tmp/torn"
csv 'a,b,c,d\n1,x\ny\nz,3,4\n' --rejoin
is '--rejoin: three pieces' "$rejects$stats" "$(lines 'field-count 1 2 8 3' 'field-count 2 3 12 1' 'field-count 3 4 14 5')3 0 3 0 0"
csv 'a,b,c,d\n1\n2,3,4\n1,2,3\n4\n' --rejoin
is '--rejoin: not in the first or last column' "$stats" '4 0 4 0 0'
csv 'a,b,c\n1,x\n\ny,3\n' --rejoin
is '--rejoin: a blank line between' "$rejects$stats" "$(lines 'field-count 1 2 6 3' 'field-count 3 4 11 3')3 0 2 0 1"
csv 'a,b,c\n1,x\n1,y\nz,3\n' --rejoin
is '--rejoin: from left to right, each once' "$rejects$out$stats" \
    "$(lines 'rejoined 1 2 6 7' 'field-count 3 4 14 3')$(lines '{"a":"1","b":"x\n1","c":"y"}')3 1 1 1 0"
csv 'a,b,c\n1,x\n1,"y\n7,8,9\n' --rejoin
is '--rejoin: bad quotes between' "$rejects$out" \
    "$(lines 'field-count 1 2 6 3' 'open-quote 2 3 10 4')$(lines '{"a":"7","b":"8","c":"9"}')"
csv 'a,b,c\n1,x\ny,[\n7,8,[]\n' --rejoin -j c
is '--rejoin: put together, then bad' "$rejects$out$stats" \
    "$(lines 'rejoined 1 2 6 7' 'bad-literal 1 2 6 7')$(lines '{"a":"7","b":"8","c":[]}')3 1 1 1 0"
csv 'a,b,c\n1,\377\ny,3\n' --rejoin
is '--rejoin: bad UTF-8 in a half' "$rejects$stats" "$(lines 'rejoined 1 2 6 7' 'bad-utf8 1 2 6 7')2 0 1 1 0"
csv 'a,b,c\n1,xx\nyy,3\n1,x\ny,3\n' --rejoin --max-record 7
is '--rejoin: not beyond --max-record' "$rejects" "$(lines 'field-count 1 2 6 4' 'field-count 2 3 11 4' 'rejoined 3 4 16 7')"

# Files as people bring them, from a file and from a pipe.
brought() { # WHAT FILE WANT ARG...
    local file=$top/tests/cases/csv/$2
    is "$1" "$(csv2ndjson "${@:4}" "$file" 2>&1 | sed "s|$file|FILE|")" "$3"
    # shellcheck disable=SC2002 # a pipe is what is tested
    is "$1, from a pipe" "$(cat -- "$file" | csv2ndjson "${@:4}" 2>&1 | sed 's|standard input|FILE|')" "$3"
}
two=$(lines '{"id":"862","title":"A"}' '{"id":"863","title":"B"}')
brought 'skips and counts blank lines before the header' blank-line-first.csv '{"id":"1","title":"a","_record":4,"_line":5}' -n
brought "takes pandas' index column, which -c leaves out" pandas-index.csv "${two%$'\n'}" -c id,title
brought 'takes a comma at the end of each line with -c' trailing-delimiter.csv "${two%$'\n'}" -c id,title
brought 'takes a repeated name that -c leaves out' repeated-name.csv '{"id":"1"}' -c id
brought 'refuses a repeated name that -c wants' repeated-name.csv \
    'csv2ndjson: FILE: header: columns 2 and 3 are both named title' -c id,title
brought "refuses Excel's sep= line and names -d" sep-line.csv \
    "csv2ndjson: FILE: the first line is sep=,, which names the delimiter to Excel; remove it (sed 1d) and give -d ','" -c id,title
brought 'refuses UTF-16 and names iconv' utf16le.csv \
    'csv2ndjson: FILE: this is UTF-16, not UTF-8; convert it: iconv -f UTF-16 -t UTF-8' -c id,title
csv 'a;b\n1;2\n' -c a,b
is 'lists all missing columns, those found, and -d' "$rc $err" \
    "65 csv2ndjson: $tmp/in: no columns a, b (found: a;b); is the delimiter another? give it with -d"

unzipper "$top/fixtures/2026-11-20T13Z.zip" movies_metadata.csv >"$tmp/movies.csv"
is 'the sample converts, torn records and all' \
    "$(csv2ndjson --rejoin -S "$tmp/m" "$tmp/movies.csv" | wc -l) $(jq -c '.in - .rejoined - .blank' "$tmp/m")" \
    "$(jq .out "$tmp/m") $(jq .out "$tmp/m")"

mkfifo "$tmp/seen"
is '--line-buffered passes a record on while the input stays open' \
    "$({ printf 'a\n1\n'; read -r -t 60 _ <"$tmp/seen" || echo 'not seen' >&2; } | csv2ndjson --line-buffered | {
        read -r line
        printf '%s\n' "$line"
        echo seen >"$tmp/seen"
    } 2>&1)" '{"a":"1"}'
ok 'waits for descriptors that do not block' python3 -B - <<'END'
import fcntl, os, subprocess, sys, time
def unblocked():
    ends = os.pipe()
    for fd in ends:
        os.set_blocking(fd, False)
    return ends
into, out_of = unblocked(), unblocked()
p = subprocess.Popen(["csv2ndjson", "-e"], stdin=into[0], stdout=out_of[1], close_fds=True)
os.close(into[0])
os.close(out_of[1])
data = b"a\n" + b"12345678\n" * 100000
pieces, got = [data[i:i + 50000] for i in range(0, len(data), 50000)], b""
while True:
    try:
        if pieces:
            n = os.write(into[1], pieces[0])
            pieces[0] = pieces[0][n:]
            if not pieces[0]:
                pieces.pop(0)
            if not pieces:
                os.close(into[1])
    except BlockingIOError:
        pass
    try:
        more = os.read(out_of[0], 65536)
        if not more:
            break
        got += more
    except BlockingIOError:
        time.sleep(0.001)
sys.exit(p.wait() or got.count(b"\n") != 100001)
END

# Memory, of a line of 64 MiB that is no record; of 20 times the data: prop/test_memory.py
if [[ $BIN == */san/* ]]; then
    skip 'memory of an endless line' 'not under the sanitizers'
else
    { printf 'a,b\n'; head -c 67108864 /dev/zero | tr '\0' x; printf '\n1,2\n'; } >"$tmp/long"
    exits 'an endless line' 0 "$(dirname "$BIN")/tests/peak" "$tmp/peak" csv2ndjson --rejoin -R "$tmp/rejects" "$tmp/long"
    ok "memory is bounded on an endless line ($(cat "$tmp/peak") bytes)" test "$(cat "$tmp/peak")" -lt $((48 << 20))
    is 'one reject has the length and the first bytes of an endless line' \
        "$(jq -r '"\(.code) \(.record) \(.length) \(.raw | length) \(.reason | sub("[0-9a-f]{32}$"; "HASH"))"' "$tmp/rejects")" \
        'too-long 1 67108864 1048576 longer than 4194304 bytes; only the first 1048576 of 67108864 bytes are kept, XXH3 of all: HASH'
    rm "$tmp/long" "$tmp/rejects"
    { echo a,b; for i in {1..70}; do head -c 1048570 /dev/zero | tr '\0' "${i: -1}"; echo; done; } |
        csv2ndjson -R "$tmp/rejects" >/dev/null
    is 'all rejects together keep 64 MiB and each its record number' \
        "$(jq -rn '[inputs | {record, kept: (.raw | length)}]
            | "\(length) \([.[].record] == [range(1; 71)]) \(map(.kept) | add < 67108864 + 70 * 256) \(.[-1].kept)"' "$tmp/rejects")" \
        '70 true true 256'
    rm "$tmp/rejects"
fi
done_testing
