#!/usr/bin/env bash
# unzipper: what comes out, every refusal with its exit code and message, extraction.
# Equality with another implementation is tested in prop/test_unzipper.py.
source "$(dirname "$0")/lib.sh"
cd "$tmp" || bail 'no scratch folder'

# The archives: good ones, then one for each thing that can be wrong.
/usr/bin/python3 -B - <<'END' || bail 'the archives could not be made'
import io, struct, warnings, zipfile, zlib
warnings.simplefilter("ignore")

def archive(members, method=zipfile.ZIP_DEFLATED, comment=b""):
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", method) as z:
        z.comment = comment
        for name, data in members:
            z.writestr(zipfile.ZipInfo(name, (2026, 11, 20, 13, 0, 2)), data, method)
    return sink.getvalue()

def write(name, data):
    with open(name, "wb") as f:
        f.write(data)

def patch(data, at, fmt, *values):
    """at: an offset, or (signature, offset behind its last place)."""
    if isinstance(at, tuple):
        at = (data.index if at[0] == L else data.rindex)(at[0]) + at[1]
    new = struct.pack("<" + fmt, *values)
    return data[:at] + new + data[at + len(new):]

L, C, E = b"PK\3\4", b"PK\1\2", b"PK\5\6"
A, B = b"alpha,1\n" * 2000, b"beta,2\n" * 10
two = archive([("a.csv", A), ("b.csv", B)])
one = archive([("a.csv", A)])
stored = archive([("a.csv", A)], zipfile.ZIP_STORED)
write("a.csv", A)
write("b.csv", B)
write("two.zip", two)
write("one.zip", one)
write("empty.zip", archive([]))
write("folders.zip", archive([("d/", b""), ("d/e/a.csv", A), ("b.csv", B)]))
write("only.zip", archive([("d/", b""), ("d/a.csv", A)]))

write("text", b"this is no archive at all\n")
write("tiny", b"PK")
write("nothing", b"")
write("cut.zip", two[:len(two) // 2])
write("cut-end.zip", two[:-1])
write("crc.zip", patch(patch(one, (L, 14), "I", 0x5678abcd), (C, 16), "I", 0x5678abcd))
write("size.zip", patch(patch(one, (L, 22), "I", 15999), (C, 24), "I", 15999))
write("size-more.zip", patch(patch(one, (L, 22), "I", 16001), (C, 24), "I", 16001))
write("data.zip", patch(one, one.index(b"a.csv") + 5, "B", 0xff))
write("stored-size.zip", patch(patch(stored, (L, 22), "I", 16001), (C, 24), "I", 16001))
write("encrypted.zip", patch(patch(one, (L, 6), "H", 1), (C, 8), "H", 1))
write("method.zip", patch(patch(one, (L, 8), "H", 12), (C, 10), "H", 12))
write("name-differs.zip", patch(one, (L, 30), "B", ord("x")))
write("method-differs.zip", patch(one, (L, 8), "H", 0))
write("flags-differ.zip", patch(one, (L, 6), "H", 0x800))
write("crc-differs.zip", patch(one, (C, 16), "I", 1))
write("size-differs.zip", patch(one, (C, 24), "I", 1))
write("duplicate.zip", archive([("a.csv", A), ("b.csv", B), ("a.csv", B)]))
write("file-folder.zip", archive([("a", A), ("a-b", B), ("a/b", B)]))
write("overlap.zip", patch(two, (C, 42), "I", 0))
write("disks.zip", patch(one, (E, 4), "HH", 1, 1))
write("disk-of-member.zip", patch(one, (C, 34), "H", 1))
write("before.zip", b"#!/bin/sh\n" + one)
write("behind.zip", one + b"\n")
write("between.zip", one[:one.index(C)] + b"junk" + patch(one[one.index(C):], (E, 16), "I", one.index(C) + 4))
write("count.zip", patch(one, (E, 8), "HH", 2, 2))
write("cd-size.zip", patch(one, (E, 12), "I", 1))
write("two-ends.zip", archive([("a.csv", A)], comment=b"x" + E + bytes(18)))
# What looks like an end record in a stored member, a comment of a member or in front of the true one: its
# comment seems to reach to the end of the file. It would be a whole empty archive, or reach too far, or have a locator.
def fooled(make, field=0):
    """make(bytes) is an archive with them in it; they become an end record of that comment."""
    mark = E + b"#" * 18
    at = make(mark).rindex(mark)
    rest = len(make(mark)) - at - 22
    return make(E + bytes(8) + struct.pack("<IIH", field, field, rest))
def commented(text):
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as z:
        z.writestr("a.csv", A)
        z.infolist()[0].comment = text
    return sink.getvalue()
def many64(text):
    """zip64 end records, as for more members than 16 bits count, behind a member of that content."""
    plain = archive([("a.csv", A), ("m", text)], zipfile.ZIP_STORED)
    at, end = plain.index(C), plain.rindex(E)
    wide = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, 2, 2, end - at, at)
    return (plain[:end] + wide + struct.pack("<4sIQI", b"PK\6\7", 0, end, 1) +
            struct.pack("<4s4H2IH", E, 0, 0, 0xffff, 0xffff, 0xffffffff, 0xffffffff, 0))
for field, name in (0, "empty"), (0x4b504b50, "far"), (0xffffffff, "wide"):
    write(f"fooled-data-{name}.zip", fooled(lambda x: archive([("a.csv", A), ("m", x)], zipfile.ZIP_STORED), field))
    write(f"fooled-comment-{name}.zip", fooled(commented, field))
    write(f"fooled-zip64-{name}.zip", fooled(many64, field))
locator = b"PK\6\7" + bytes(4) + struct.pack("<QI", 0, 1)
write("fooled-locator.zip", commented(locator))
write("fooled-end-comment.zip", archive([("a.csv", A)], comment=b"x" + E + b"\xff" * 4 + bytes(4) + b"PKPKPKPK\0\0"))
# Two end records, each right behind a directory of its own.
inner = lambda n, rest: struct.pack("<4s4H2IH", E, 0, 0, 0, 0, 0, n, rest)
plain = archive([("a.csv", A), ("m", inner(0, 0))], zipfile.ZIP_STORED)
at = plain.index(E)
write("both-ends.zip", archive([("a.csv", A), ("m", inner(at, len(plain) - at - 22))], zipfile.ZIP_STORED))
write("extra.zip", patch(archive([("a.csv", A)]), (L, 28), "H", 5))
write("no-zip64.zip", patch(one, (C, 24), "I", 0xffffffff))
# A member that only the local headers know, and one that only the directory knows.
write("unlisted.zip", two[:two.index(C)] + two[two.rindex(C):two.rindex(E)] +
      struct.pack("<4s4H2IH", E, 0, 0, 1, 1, two.rindex(E) - two.rindex(C), two.index(C), 0))
for name, text in [("up", "../evil"), ("up2", "d/../../evil"), ("absolute", "/tmp/evil"), ("dot", "./evil"),
                   ("double", "d//evil"), ("backslash", "d#evil"), ("nul", "evil#txt"), ("utf8", "ev#il")]:
    data = archive([("good.csv", A), (text, B)])
    byte = {"backslash": b"\\", "nul": b"\0", "utf8": b"\xff"}.get(name, b"#")
    write(f"name-{name}.zip", data.replace(text.encode(), text.encode().replace(b"#", byte)))
write("name-empty.zip", archive([("", A)]))
write("name-control.zip", patch(patch(archive([("a\x1b[2Jb", A)]), (L, 14), "I", 1), (C, 16), "I", 1))
class Pipe(io.RawIOBase):
    def __init__(self): self.data = b""
    def writable(self): return True
    def write(self, b): self.data += bytes(b); return len(b)
def streamed(method):
    sink = Pipe()
    with zipfile.ZipFile(sink, "w", method) as z, z.open("a.csv", "w") as f: f.write(A)
    return sink.data
write("streamed.zip", streamed(zipfile.ZIP_DEFLATED))
write("endless.zip", streamed(zipfile.ZIP_STORED))
d = b"PK\7\x08"
write("descriptor-crc.zip", patch(streamed(zipfile.ZIP_DEFLATED), streamed(zipfile.ZIP_DEFLATED).index(d) + 4, "I", 1))
write("descriptor-size.zip", patch(streamed(zipfile.ZIP_DEFLATED), streamed(zipfile.ZIP_DEFLATED).index(d) + 12, "I", 1))
write("lying-directory.zip", patch(streamed(zipfile.ZIP_DEFLATED), (C, 16), "I", 1))
END

from_pipe() { # FILE ARGUMENT...: unzipper reads it from a pipe
    local file=$1
    shift
    cat <"$file" | unzipper "$@"
}
refused() { # NAME FILE REGEX-OF-FILE [REGEX-OF-PIPE]: by -t, 65, in one line of that form
    exits "$1: 65" 65 unzipper -t "$2"
    like "$1: said in one line" "$(cat err)" "^unzipper: $2: ($3)\$"
    exits "$1: 65 from a pipe" 65 from_pipe "$2" -t -
    like "$1: said in one line of a pipe" "$(cat err)" "^unzipper: standard input: (${4-$3})\$"
}
silent() { # NAME FILE MEMBER: no trailer comes, from a file or a pipe
    local how
    for how in unzipper 'from_pipe'; do
        if [ $how = unzipper ]; then unzipper -e "$2" "$3" >got 2>err; else from_pipe "$2" -e - "$3" >got 2>err; fi
        is "$1: exit status with -e ($how)" $? 65
        is "$1: no trailer ($how)" "$(tail -c 60 got | tr -d '\0' | grep -c _end)" 0
    done
}

# What comes out
trailer=$(printf '_end bytes=16000 crc32=%s' "$(unzipper -l one.zip | jq -r .crc32)")
is 'a listing' "$(unzipper -l two.zip | head -n 1)" \
    "{\"name\":\"a.csv\",\"size\":16000,\"compressed\":$(unzipper -l two.zip | jq -s '.[0].compressed'),\"crc32\":\"$(
        /usr/bin/python3 -c 'import zlib; print("%08x" % zlib.crc32(open("a.csv","rb").read()))'
    )\",\"method\":\"deflate\",\"mtime\":\"2026-11-20T13:00:02\"}"
is 'a listing of named members' "$(unzipper -l two.zip b.csv | jq -r .name)" b.csv
is 'an empty archive has an empty listing' "$(unzipper -l empty.zip 2>&1)$?" 0
is 'an empty pipe archive, too' "$(from_pipe empty.zip -l - 2>&1)$?" 0
is 'an unknown method is listed by its number' "$(unzipper -l method.zip | jq -r .method)" 12
for how in unzipper from_pipe; do
    source=two.zip
    run=(unzipper)
    [ $how = unzipper ] || { run=(from_pipe two.zip) source=-; }
    ok "$how: a member" cmp <("${run[@]}" $source b.csv) b.csv
    ok "$how: two members in the order of the archive" cmp <("${run[@]}" $source a.csv b.csv) <(cat a.csv b.csv)
    exits "$how: several files and no name is wrong use" 64 "${run[@]}" $source
    like "$how: and says so" "$(cat err)" '^unzipper: .*several files.*name one'
    exits "$how: a missing member" 65 "${run[@]}" $source a.csv c.csv
    like "$how: is named" "$(cat err)" '^unzipper: .*: c\.csv: no such member$'
    exits "$how: -t of a missing member" 65 "${run[@]}" -t $source c.csv
    exits "$how: -l of a missing member" 65 "${run[@]}" -l $source c.csv
    exits "$how: -x of a missing member" 65 "${run[@]}" -x none $source c.csv
    exits "$how: -t" 0 "${run[@]}" -t $source
    is "$how: -t is silent" "$(cat out err)" ''
    exits "$how: -t -v" 0 "${run[@]}" -tv $source
    is "$how: -t -v has a line for each member" "$(grep -c ': ok, [0-9]* bytes$' err)" 2
done
exits 'several files: nothing is written from a file' 64 unzipper two.zip
is 'not a byte' "$(wc -c <out)" 0
ok 'members of a file in the order of their naming' cmp <(unzipper two.zip b.csv a.csv) <(cat b.csv a.csv)
exits 'members of a pipe in another order' 64 from_pipe two.zip - b.csv a.csv
ok 'the only file needs no name' cmp <(unzipper one.zip) a.csv
ok 'nor from a pipe' cmp <(from_pipe one.zip -) a.csv
ok 'folders are no files' cmp <(unzipper only.zip) a.csv
ok 'nor in a pipe' cmp <(from_pipe only.zip -) a.csv
exits 'no file at all' 65 unzipper empty.zip
ok '- reads a file on standard input as a stream' cmp <(unzipper - a.csv <two.zip) a.csv
mkfifo fifo
cat two.zip >fifo &
ok 'a FIFO is read as a pipe' cmp <(unzipper fifo b.csv) b.csv
wait
ok '/dev/stdin that is a pipe' cmp <(cat <two.zip | unzipper /dev/stdin b.csv) b.csv
ok 'a trailer' cmp <(unzipper -e one.zip) <(cat a.csv && printf '\0%s\n' "$trailer")
ok 'a trailer from a pipe' cmp <(from_pipe streamed.zip -e -) <(cat a.csv && printf '\0%s\n' "$trailer")
is 'a trailer behind each member' "$(unzipper -e two.zip a.csv b.csv | tr '\0' '@' | grep -c '^@_end')" 2

# Compressed bytes
raw_of() { # ZIP MEMBER: its bytes by the numbers of the directory
    /usr/bin/python3 -c 'import sys, zipfile
e, data = zipfile.ZipFile(sys.argv[1]).getinfo(sys.argv[2]), open(sys.argv[1], "rb").read()
start = e.header_offset + 30 + len(e.filename)
sys.stdout.buffer.write(data[start:start + e.compress_size])' "$@"
}
ok '--raw: deflated' cmp <(unzipper --raw two.zip a.csv) <(raw_of two.zip a.csv)
ok '--raw: which unpack to the member' cmp a.csv <(unzipper --raw two.zip a.csv |
    /usr/bin/python3 -c 'import sys, zlib
sys.stdout.buffer.write(zlib.decompress(sys.stdin.buffer.read(), -15))')
ok '--raw: another member' cmp <(unzipper --raw two.zip b.csv) <(raw_of two.zip b.csv)
ok '--raw: stored' cmp <(unzipper --raw endless.zip a.csv) a.csv
ok '--raw: of a streamed archive' cmp <(unzipper --raw streamed.zip a.csv) <(raw_of streamed.zip a.csv)
ok '--raw: the only file needs no name' cmp <(unzipper --raw only.zip) <(raw_of only.zip d/a.csv)
exits '--raw: several files and no name is wrong use' 64 unzipper --raw two.zip
is '--raw: not a byte' "$(wc -c <out)" 0
exits '--raw: damaged data goes out' 0 unzipper --raw data.zip a.csv
ok '--raw: as it is' cmp out <(raw_of data.zip a.csv)
exits '--raw: a wrong CRC-32 is not seen' 0 unzipper --raw crc.zip a.csv
for z in text cut.zip cut-end.zip crc-differs.zip size-differs.zip name-differs.zip descriptor-crc.zip duplicate.zip \
    overlap.zip behind.zip between.zip encrypted.zip method.zip; do
    exits "--raw: $z" 65 unzipper --raw $z a.csv
    is "--raw: $z: one line, no byte" "$(wc -l <err) $(wc -c <out)" '1 0'
done
exits '--raw: a missing member' 65 unzipper --raw two.zip c.csv
is '--raw: is named' "$(cat err)" 'unzipper: two.zip: c.csv: no such member'
exits '--raw: a missing archive' 64 unzipper --raw missing.zip a.csv
exits '--raw: --max-size that suffices' 0 unzipper --raw --max-size "$(raw_of one.zip a.csv | wc -c)" one.zip
exits '--raw: --max-size that does not' 65 unzipper --raw --max-size 5 one.zip
is '--raw: it is said' "$(cat err)" 'unzipper: one.zip: a.csv: more than the 5 bytes that --max-size allows'
for wrong in '- a.csv' '/dev/stdin a.csv' '-'; do
    # shellcheck disable=SC2086
    exits "--raw: wrong use: $wrong" 64 from_pipe one.zip --raw $wrong
    is "--raw: wrong use: $wrong: said in one line" "$(cat err)" \
        'unzipper: --raw goes with a file and one member (try unzipper -h)'
done
exits '--raw: a file on standard input is a stream, too' 64 unzipper --raw - a.csv <one.zip

# What only looks like an end record
for z in fooled-*.zip; do
    exits "$z" 0 unzipper -t "$z"
    exits "$z from a pipe" 0 from_pipe "$z" -t -
    ok "$z: content" cmp <(unzipper "$z" a.csv) a.csv
done

# Wrong use
exits '-e of two members of a pipe' 64 from_pipe two.zip -e - a.csv b.csv
for wrong in '-e -l one.zip' '-e -x d one.zip' '-l -t one.zip' '-t -x d one.zip' '-x' '--max-size x one.zip' \
    'one.zip a.csv a.csv' '--raw two.zip a.csv b.csv' '--raw -e one.zip a.csv' '--raw -l one.zip a.csv' \
    '-t --raw one.zip a.csv' '--raw -x d one.zip a.csv'; do
    # shellcheck disable=SC2086
    exits "wrong use: $wrong" 64 unzipper $wrong
done
exits 'no archive' 64 unzipper </dev/null
if command -v script >/dev/null; then
    script -qec 'unzipper -' /dev/null >out 2>&1 </dev/null
    like 'a terminal for an archive gives help' "$(cat out)" 'usage: unzipper'
else
    skip 'a terminal for an archive gives help' 'script(1) is missing'
fi

# Input and output that fail
exits 'a file that is missing' 64 unzipper -t missing.zip
is 'and says so' "$(cat err)" 'unzipper: missing.zip: No such file or directory'
exits 'a folder' 64 unzipper -t .
# shellcheck disable=SC2317 # called by exits
full() { "$@" >/dev/full; }
# shellcheck disable=SC2317
closed() { "$@" >&-; }
exits 'a full disk' 74 full unzipper one.zip
exits 'a full disk, compressed bytes' 74 full unzipper --raw one.zip
exits 'a full disk, listing' 74 full unzipper -l one.zip
exits 'a full disk, from a pipe' 74 full from_pipe one.zip -
exits 'a closed output' 74 closed unzipper one.zip

# What is refused
refused 'no zip' text 'is no zip archive'
refused 'two bytes' tiny 'is no zip archive' 'is no zip archive: it has 2 bytes'
refused 'nothing' nothing 'is no zip archive' 'is no zip archive: it has 0 bytes'
refused 'truncation' cut.zip 'truncated, or other bytes follow: no end record closes it' '[ab].csv: truncated: the archive ends at byte [0-9]+, in .*'
refused 'truncation of the last byte' cut-end.zip 'truncated, or other bytes follow: no end record closes it' \
    'truncated: the archive ends at byte [0-9]+, in the end record'
refused 'a wrong CRC' crc.zip 'a.csv: CRC-32 is [0-9a-f]{8}, 5678abcd was promised'
refused 'more bytes than promised' size.zip 'a.csv: has more bytes than the 15999 that were promised'
refused 'fewer bytes than promised' size-more.zip 'a.csv: size is 16000, 16001 was promised'
refused 'fewer stored bytes than promised' stored-size.zip 'a.csv: size is 16000, 16001 was promised'
refused 'damaged data' data.zip 'a.csv: its deflate stream is damaged before byte [0-9]+ of the archive: .*'
refused 'encryption' encrypted.zip 'a.csv: is encrypted'
refused 'an unknown method' method.zip 'a.csv: unknown method 12'
refused 'names that differ' name-differs.zip 'a.csv: local header disagrees on the name'
refused 'methods that differ' method-differs.zip 'a.csv: local header disagrees on the method: 0 there, else 8' \
    'a.csv: has more bytes.*|a.csv: (compressed )?size is .*'
refused 'flags that differ' flags-differ.zip 'a.csv: local header disagrees on the flags: 2048 there, else 0'
refused 'CRCs that differ' crc-differs.zip 'a.csv: local header disagrees on the CRC-32: [0-9a-f]{8} there, else 00000001' \
    'a.csv: CRC-32 is [0-9a-f]{8}, 00000001 was promised'
refused 'sizes that differ' size-differs.zip 'a.csv: local header disagrees on the size: 16000 there, else 1' \
    'a.csv: size is 16000, 1 was promised'
refused 'duplicates' duplicate.zip 'a.csv: duplicate: two members have this name'
refused 'a file that is a folder' file-folder.zip 'a/b: duplicate: a folder of this name is a file, too'
refused 'overlapping members' overlap.zip 'b.csv: local header disagrees on the name|a.csv: overlaps .*' \
    'b.csv: .*'
refused 'several disks' disks.zip 'archives of several disks are not read'
refused 'a member on another disk' disk-of-member.zip 'a.csv: lies on disk 1: archives of several disks are not read'
refused 'bytes before' before.zip 'neither a header nor an end record at byte [0-9]+' 'is no zip archive'
refused 'bytes behind' behind.zip 'truncated, or other bytes follow: no end record closes it' 'bytes behind the end of the archive'
refused 'bytes between' between.zip 'a.csv: 4 bytes behind it belong to no member' \
    'neither a header nor an end record at byte [0-9]+'
refused 'a wrong count' count.zip 'the end record states 2 as number of members, it is 1'
refused 'a wrong size of the directory' cd-size.zip 'the end record states 1 as size of the central directory, it is [0-9]+'
refused 'two end records' two-ends.zip 'several end records'
exits 'two directories with an end record each' 65 unzipper -t both-ends.zip
is 'could be read in two ways' "$(cat err)" 'unzipper: both-ends.zip: several end records'
refused 'a broken extra field' extra.zip 'a.csv: .*extra field.*' 'a.csv: .*'
refused 'a missing zip64 field' no-zip64.zip 'a.csv: a 64-bit size or offset is missing from its extra field'
refused 'a hidden member' unlisted.zip '[0-9]+ bytes stand before the archive' 'a.csv: the central directory does not have it'
refused 'a descriptor with another CRC' descriptor-crc.zip 'a.csv: data descriptor and central directory disagree' \
    'a.csv: CRC-32 is [0-9a-f]{8}, 00000001 was promised'
refused 'a descriptor with another size' descriptor-size.zip 'a.csv: data descriptor and central directory disagree' \
    'a.csv: sizes are 16000 and [0-9]+ compressed, its data descriptor disagrees'
refused 'a directory that lies' lying-directory.zip 'a.csv: data descriptor and central directory disagree' \
    'a.csv: CRC-32 is [0-9a-f]{8}, 00000001 was promised'
refused 'an empty name' name-empty.zip 'a member has no name'
refused 'a name that goes up' name-up.zip '\.\./evil: the name has a component \. or \.\.'
refused 'a name that goes up later' name-up2.zip 'd/\.\./\.\./evil: the name has a component \. or \.\.'
refused 'a dot in a name' name-dot.zip '\./evil: the name has a component \. or \.\.'
refused 'an absolute name' name-absolute.zip '/tmp/evil: the name is absolute'
refused 'an empty component' name-double.zip 'd//evil: the name has an empty component'
refused 'a backslash' name-backslash.zip 'd\\evil: the name holds a backslash'
refused 'a NUL' name-nul.zip 'evil\?txt: the name holds a NUL'
refused 'a name that is not UTF-8' name-utf8.zip 'ev\?il: the name is not UTF-8'
refused 'control characters are shown, not sent' name-control.zip 'a\\x1b\[2Jb: CRC-32 is .*'
exits 'a stored member of unknown size from a pipe' 65 from_pipe endless.zip -
is 'it is said' "$(cat err)" 'unzipper: standard input: a.csv: stored, its size unknown: cannot be read from a pipe'
ok 'from a file it is read' cmp <(unzipper endless.zip) a.csv
for z in crc size size-more stored-size data cut cut-end crc-differs count behind descriptor-crc lying-directory; do
    silent "$z" "$z.zip" a.csv
done
exits '--max-size that suffices' 0 unzipper --max-size 16000 one.zip
exits '--max-size that does not' 65 unzipper --max-size 15999 one.zip
is 'it is said' "$(cat err)" 'unzipper: one.zip: a.csv: more than the 15999 bytes that --max-size allows'
exits '--max-size of a pipe counts what is wanted' 0 from_pipe two.zip --max-size 1K - b.csv
exits '--max-size of all together' 65 unzipper --max-size 16001 -x many two.zip

# What other tools write and every reader takes: from a file and from a pipe alike
cases=$top/tests/cases/zip
for z in trailing-zeros marker-first entries-on-disk date-zero; do
    exits "reads $z from a file" 0 unzipper -t "$cases/$z.zip"
    exits "reads $z from a pipe" 0 from_pipe "$cases/$z.zip" -t -
    ok "$z: file and pipe give the same" cmp <(unzipper "$cases/$z.zip") <(from_pipe "$cases/$z.zip" -)
done
{ printf 'PK\7\10' && tail -c +5 "$cases/marker-first.zip"; } >spanned.zip
exits 'reads an archive that PK\7\8 begins' 0 unzipper -t spanned.zip
exits 'reads an archive that PK\7\8 begins from a pipe' 0 from_pipe spanned.zip -t -
is 'lists a date of 0 as null' "$(unzipper -l "$cases/date-zero.zip" | jq .mtime)" null
for how in unzipper 'from_pipe'; do
    file=$cases/entries-on-disk.zip
    if [ $how = unzipper ]; then unzipper -tv "$file" 2>err; else from_pipe "$file" -tv - 2>err; fi
    like "warns of a wrong number of members on this disk under -v ($how)" "$(tail -n 1 err)" 'wrong number of members on this disk$'
done
{ cat one.zip && printf '\r\n'; } >crlf.zip
{ cat one.zip && head -c 70000 /dev/zero; } >zeros.zip
{ cat one.zip && printf '\0\0x'; } >zeros-x.zip
exits 'reads an archive with one CR LF behind it' 0 unzipper -t crlf.zip
exits 'reads an archive with one CR LF behind it from a pipe' 0 from_pipe crlf.zip -t -
for z in zeros zeros-x; do
    exits "refuses what is no padding: $z" 65 unzipper -t $z.zip
    exits "refuses what is no padding from a pipe: $z" 65 from_pipe $z.zip -t -
done

# Extraction
exits '-x' 0 unzipper -x x folders.zip
is '-x makes files and folders, leaves nothing else' "$(cd x && find . | LC_ALL=C sort | tr '\n' ' ')" \
    '. ./b.csv ./d ./d/e ./d/e/a.csv '
ok '-x: content' cmp x/d/e/a.csv a.csv
exits '-x from a pipe' 0 from_pipe folders.zip -x y -
ok '-x from a pipe gives the same' diff -r x y
exits '-x of one member' 0 unzipper -x z folders.zip b.csv
is '-x of one member makes no other' "$(ls -A z)" b.csv
printf old >z/b.csv
ln z/b.csv z/link
exits '-x over an existing file' 0 unzipper -x z folders.zip b.csv
ok 'the file is replaced' cmp z/b.csv b.csv
is 'by a rename, not by writing into it' "$(cat z/link)" old

mkdir outside links
printf secret >outside/b.csv
ln -s ../outside links/d
exits 'a symbolic link in place of a folder is not followed' 74 unzipper -x links folders.zip
is 'nothing was written behind it' "$(ls -A outside)" b.csv
ok 'no temporary file is left' test -z "$(find links -name '.unzipper*')"
rm links/d
ln -s ../outside/b.csv links/b.csv
exits 'a symbolic link in place of a file is replaced' 0 unzipper -x links folders.zip
is 'what it pointed to is untouched' "$(cat outside/b.csv)" secret
ok 'the link is gone' test ! -L links/b.csv
for z in crc data cut name-up name-absolute name-nul duplicate lying-directory; do
    mkdir -p "w/$z"
    exits "-x $z" 65 unzipper -x "w/$z" "$z.zip"
    exits "-x $z from a pipe" 65 from_pipe "$z.zip" -x "w/$z" -
    is "-x $z leaves nothing" "$(ls -A "w/$z")" ''
done
ok 'nothing went up' test ! -e evil -a ! -e w/evil -a ! -e /tmp/evil
printf precious >w/crc/a.csv
exits '-x of a bad archive' 65 unzipper -x w/crc crc.zip
is 'leaves what was there' "$(cat w/crc/a.csv)" precious

mkfifo slow
exec 9<>slow # held open, so that unzipper waits for more
for name in QUIT PIPE ALRM USR1 USR2 XFSZ XCPU TERM; do
    head -c 100 two.zip >&9
    /usr/bin/python3 -c 'import os, signal, sys
for s in (2, 3, 13, 25): signal.signal(s, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])' unzipper -x killed - <slow 2>err 9>&- &
    pid=$!
    for _ in {1..100}; do
        [ -n "$(ls -A killed 2>/dev/null)" ] && break
        sleep 0.05
    done
    is "a temporary file while it goes on ($name)" "$(find killed -name '.unzipper-*' | wc -l)" 1
    is "under no other name ($name)" "$(find killed -type f ! -name '.unzipper-*')" ''
    kill -s $name $pid
    wait $pid 2>/dev/null
    is "SIG$name ends it" "$(kill -l $?)" $name
    is "SIG$name leaves nothing" "$(ls -A killed)" ''
done
exec 9>&-

# Streams of zip(1)
if command -v zip >/dev/null; then
    : >nil
    head -c 3000 /dev/urandom >noise
    zip -q - a.csv nil noise b.csv | cat >info.zip
    exits 'zip - | unzipper -t -' 0 from_pipe info.zip -t -
    exits 'zip -: as a file' 0 unzipper -t info.zip
    ok 'zip -: content' cmp <(from_pipe info.zip - a.csv nil noise b.csv) <(cat a.csv nil noise b.csv)
    zip -q - - <a.csv | cat >info64.zip
    ok 'zip - -: content' cmp <(from_pipe info64.zip -) a.csv
    zip -q -fz- -0 - noise | cat >info0.zip
    ok 'zip -0 -: as a file' cmp <(unzipper info0.zip) noise
else
    skip 'streams of zip(1)' 'zip is missing'
fi

# A reader that goes away
/usr/bin/python3 -c 'import zipfile; zipfile.ZipFile("big.zip", "w", 8).writestr("m", bytes(9000000))'
set +e
unzipper big.zip 2>err | head -c 1 >out
is 'a reader that goes away ends it by SIGPIPE, silently' "${PIPESTATUS[0]} $(cat err)" '141 '
done_testing
