# shellcheck shell=bash
# movies-load --replay: makes a zip of corrected rejects, HOUR[.rN].fixM.zip in staging, to be
# loaded like any other. Reads what movies-status --rejects printed and a person then corrected,
# the load's own file and its rejects; of both nothing is believed that is not checked. Memory is
# that of the rejected records. Sourced by movies-load, whose replay and work it reads.
# In the scratch folder:
#     lines    the input; given: its objects, n being their line
#     rejects  what was turned away (movies-rejects.bash)
#     fixes    what is to go into the zip: given, matched with rejects, in the order of the records.
#              is_new: not what was turned away; is_read: csv2ndjson must read it, as it need not
#              what it rejected and nobody changed
#     zip/     the members
# shellcheck source=bin/lib/movies-rejects.bash
. "$movies_lib/movies-rejects.bash"

replay_bad() { # LINE WHY
    die 65 "$replay" "line $1" "$2"
}

# Ends with what a jq program said that stopped by halt_error: "LINE WHY".
replay_judge() { # FILE
    local line why
    read -r line why <"$1" || :
    [[ $line =~ ^[0-9]+$ ]] || die 74 "$replay" "$line $why"
    replay_bad "$line" "$why"
}

# What jq would pass over in silence: bytes that are no UTF-8, escapes that are no character.
replay_text() {
    local n
    n=$(LC_ALL=C.UTF-8 grep -naxvm 1 '.*' "$work/lines" | cut -d : -f 1) || :
    [ -z "$n" ] || replay_bad "$n" 'not UTF-8'
    n=$(LC_ALL=C sed -E 's/\\\\//g; s/\\u[dD][89abAB]..\\u[dD][c-fC-F]..//g' "$work/lines" |
        grep -nam 1 '\\u[dD][89a-fA-F]' | cut -d : -f 1) || :
    [ -z "$n" ] || replay_bad "$n" 'not JSON: half a character'
}

# Leaves the input's objects in given, and their key in key. Bytes in base64 become text if they
# are UTF-8.
replay_read() {
    cat -- "$replay" >"$work/lines" 2>/dev/null || die 64 "$replay" 'cannot be read'
    replay_text
    jq -Rcn '
        def bad($n; why): "\($n) \(why)\n" | halt_error(1);
        def text: [.raw, .raw_base64] | map(select(. != null)) | length == 1 and (.[0] | type) == "string";
        def decoded: .raw_base64 as $b
            | (try ($b | @base64d) catch "") as $t
            | if ($t | @base64) == $b then {raw: $t} else {raw_base64: $b} end;
        foreach inputs as $l ({n: 0}; .n += 1
            | .n as $n
            | (try ($l | fromjson) catch null) as $o
            | if ($o | type) != "object" then bad($n; "not a JSON object")
            elif ($o.key | type) != "string" or ($o.key | test("\\A[0-9A-Za-z.-]+\\z") | not) then bad($n; "no key")
            elif ($o.member | type) != "string" then bad($n; "no member")
            elif $o.key != (.key // $o.key) then bad($n; "another key than before: one load at a time")
            elif ($o.record | type) != "number" or $o.record < 1 or $o.record > 9007199254740992
                or $o.record != ($o.record | floor) then bad($n; "record is not a whole number")
            elif $o | text | not then bad($n; "neither raw nor raw_base64, or both, or no string")
            else {n: $n, key: $o.key, out: ({n: $n, key: $o.key, member: $o.member, record: ($o.record | floor)}
                + ($o | if .raw != null then {raw} else decoded end))} end;
            .out | if (.raw // "" | indices("\u0000")) == [] then . else bad(.n; "a NUL byte") end)
    ' "$work/lines" >"$work/given" 2>"$work/jq" || replay_judge "$work/jq"
    key=$(head -n 1 -- "$work/given" | jq -r .key)
}

# Leaves in fixes what was given, each held against the record that was turned away.
replay_match() {
    jq -cn --slurpfile rejects "$work/rejects" '
        def bad($n; why): "\($n) \(why)\n" | halt_error(1);
        def place: "\(.member) \(.record)";
        def bytes: [.raw, .raw_base64];
        (reduce $rejects[] as $r ({}; .[$r | place] = $r)) as $turned
        | reduce inputs as $g ({}; ($g | place) as $p
            | if $turned[$p] == null then bad($g.n; "no record that was turned away")
            elif $turned[$p].length then
                bad($g.n; "only the first bytes of this record are kept: it cannot be replayed, only delivered again")
            elif .[$p] then bad($g.n; "the same record as in line \(.[$p].n)")
            else ($turned[$p] | bytes != ($g | bytes)) as $is_new
                | if $is_new and $g.raw_base64 then bad($g.n; "raw_base64 is not that of UTF-8") else . end
                | .[$p] = $g + {$is_new, is_read: ($is_new or $turned[$p].is_read)} end)
        | [.[]] | sort_by(.member, .record)[]
    ' "$work/given" >"$work/fixes" 2>"$work/jq" || replay_judge "$work/jq"
}

# Leaves the header of a member in header. To a reader that expects one column and takes the
# header for a record it is a reject, whole, however its lines end.
replay_header() { # MEMBER
    rm -f -- "$work/header"
    { unzipper -- "$file" "$1" | csv2ndjson -H column -m 0 -R "$work/header" >/dev/null; } 2>/dev/null || :
    { jq -nj 'first(inputs).raw' "$work/header" >"$work/names" && [ -s "$work/names" ]; } ||
        die 74 "$file" "$1" 'its header cannot be read again'
}

# Prints a member: its header and, of fixes, its records, from the file put.
replay_lines() {
    local kind text
    cat -- "$work/names"
    while IFS= read -r -d '' kind && IFS= read -r -d '' text; do
        printf '\n'
        if [ "$kind" = text ]; then printf %s "$text"; else base64 -d <<<"$text"; fi
    done <"$work/put"
    printf '\n'
}

replay_write() { # MEMBER
    {
        jq -j --arg m "$1" 'select(.member == $m)
            | if .raw then "text\u0000", .raw else "base64\u0000", .raw_base64 end, "\u0000"' \
            "$work/fixes" >"$work/put" && replay_lines | cat >"$work/zip/$1"
    } || die 74 "$work" 'cannot be written'
}

# Reads a member as the load will. Each record must come out as it went in, or one has become
# two, or has swallowed its neighbour. Then fixes has their ids.
replay_check() { # MEMBER
    id_column "$1"
    csv2ndjson --raw --rejoin -c "id=$REPLY" -R /dev/null "$work/zip/$1" >"$work/read" ||
        die 65 "$replay" "$1" 'cannot be read when corrected'
    jq -cn --arg m "$1" --slurpfile read "$work/read" '
        [inputs] as $fixes
        | [$fixes[] | select(.member == $m and .is_read)] as $given
        | ([range([$given, $read | length] | max) | select($given[.].raw != $read[.]._raw)] | first) as $i
        | if $i then "\(($given[$i] // $given[-1] // $fixes[-1]).n) "
                + "not one record with as many fields as the header has\n" | halt_error(1)
        else ([$given, $read] | transpose | map({"\(.[0].n)": .[1].id}) | add // {}) as $id
            | $fixes[] | if .member == $m then .id = $id["\(.n)"] else . end end
    ' "$work/fixes" >"$work/checked" 2>"$work/jq" || replay_judge "$work/jq"
    mv -- "$work/checked" "$work/fixes"
}

# Takes out of fixes what a later record of the same file, which was accepted, has overtaken,
# and writes it down in left_out.
replay_overtaken() { # MEMBER
    local plain='def plain: if type == "string" then sub("^[+]?0*(?=[0-9])"; "") | sub("[.]0+$"; "") else null end;'
    rejects_records "$1" |
        jq -cn --arg m "$1" --slurpfile fixes "$work/fixes" --slurpfile rejects "$work/rejects" "$plain"'
            ($fixes | map(select(.member == $m and .id) | {(.id | plain): true}) | add // {}) as $ids
            | ($rejects | map(select(.member == $m) | {"\(.record)": true}) | add // {}) as $turned
            | reduce (inputs | .id |= plain
                | select(.id and $ids[.id] and ($turned["\(._record)"] | not))) as $r ({}; .[$r.id] = $r._record)
        ' >"$work/last" || die 74 "$file" "$1" 'cannot be read again'
    jq -c --arg m "$1" --slurpfile last "$work/last" "$plain"'
        (if .member == $m then .id | plain else null end) as $id
        | ($last[0][$id // ""] // 0) as $later
        | if $later > .record then {member, record, why: "record \($later), which was accepted, has id \($id) too"} else . end
    ' "$work/fixes" >"$work/sifted" || die 74 "$work" 'cannot be written'
    {
        jq -c 'select(.why)' "$work/sifted" >>"$work/left_out" &&
            jq -c 'select(.why | not)' "$work/sifted" >"$work/fixes"
    } || die 74 "$work" 'cannot be written'
}

# A member as it goes into the zip. Ratings are not overtaken: their own time decides.
replay_member() { # MEMBER
    replay_header "$1"
    replay_write "$1"
    replay_check "$1"
    [[ $1 != ratings* ]] || return 0
    replay_overtaken "$1"
    rm -- "$work/zip/$1"
    if jq -en --arg m "$1" 'any(inputs; .member == $m)' "$work/fixes" >/dev/null; then
        replay_write "$1"
        replay_check "$1"
    fi
}

# Leaves in REPLY the key of the next fix: none has it in the database, nor where files are kept.
replay_key() {
    local base=${key%.fix*} most=$last_fix path
    for path in "$MOVIES_HOME"/{staging,"archive/${key:0:4}/${key:5:2}",backfill,failed}/"$base".fix*.zip; do
        [[ $path =~ \.fix([1-9][0-9]{0,5})\.zip$ ]] || continue
        [ "${BASH_REMATCH[1]}" -le "$most" ] || most=${BASH_REMATCH[1]}
    done
    [ "$most" -lt 999999 ] || die 65 "$base" 'has had all the fixes that a key can name'
    REPLY=$base.fix$((most + 1))
}

# The same members are the same bytes: times, modes and the user's own options for zip stay out.
replay_zip() {
    local names
    names=("$work"/zip/*)
    {
        chmod 644 -- "${names[@]}" && TZ=UTC touch -d '1980-01-01 00:00' -- "${names[@]}" &&
            (cd -- "$work/zip" && env -u ZIP -u ZIPOPT TZ=UTC zip -X -q ../fix.zip "${names[@]##*/}" >&2)
    } || die 74 "$work/fix.zip" 'zip failed'
}

# Puts the zip into staging, whole or not at all, and says so. Two at once get a number each.
replay_place() {
    local staging=$MOVIES_HOME/staging fd part
    { mkdir -p -- "$staging" && exec {fd}<"$staging" && flock "$fd"; } 2>/dev/null ||
        die 74 "$staging" 'cannot be made or locked'
    replay_key
    key=$REPLY file=$staging/$REPLY.zip part=$staging/.$REPLY.zip.part
    { cp -- "$work/fix.zip" "$part" && sync -- "$part" && mv -T -- "$part" "$file" && sync -- "$staging"; } 2>/dev/null || {
        rm -f -- "$part"
        die 74 "$file" 'cannot be written'
    }
    exec {fd}<&-
}

# All were overtaken: says by what.
replay_nothing() {
    local line
    jq -r '"\(.member): record \(.record): \(.why)"' "$work/left_out" |
        while read -r line; do warn "$replay" "$line"; done
    die 99 "$replay" 'nothing is left to be corrected'
}

replay() {
    local key load sha256 status last_fix file member list given said
    replay_read
    [ -n "$key" ] || die 99 "$replay" 'holds no record'
    given=$key
    rejects_find "$key"
    [ "$key" = "$given" ] || die 65 "$replay" "$given" 'no such load'
    [ "$status" = promoted ] || die 65 "$replay" "$key" "is $status: only what is promoted can be corrected"
    rejects_file
    rejects_restore
    replay_match
    { mkdir -- "$work/zip" && : >"$work/left_out"; } || die 74 "$work" 'cannot be written'
    list=$(jq -r .member "$work/fixes" | uniq)
    for member in $list; do replay_member "$member"; done
    [ -s "$work/fixes" ] || replay_nothing
    replay_zip
    replay_place
    said=$(
        jq -cn --arg key "$key" --arg file "$file" --slurpfile left_out "$work/left_out" \
            '[inputs.is_new] | {$key, $file, records: length, unchanged: (map(select(not)) | length), $left_out}' \
            "$work/fixes"
    ) || die 74 "$work/fixes" 'cannot be read'
    out "$said"
}
