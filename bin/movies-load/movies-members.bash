# shellcheck shell=bash
# The members of a zip: which are for us, what they hold, what they are in this file. Sourced by
# movies-load and its worker. The functions below members_read read file and work (a scratch folder).

# Reads pipelines/members: leaves the names of the members in members, in family_of[NAME] the dataset of
# each, "-" if it has none, and in families the datasets.
# shellcheck disable=SC2034 # for those who source it
members_read() {
    local name family
    members=() families=()
    declare -gA family_of=()
    while read -r name family; do
        [[ $name != '#'* && -n $name ]] || continue
        members+=("$name")
        family_of[$name]=$family
        [[ " - ${families[*]} " == *" $family "* ]] || families+=("$family")
    done <"$movies_pipelines/members" || die 74 "$movies_pipelines/members" 'cannot be read'
}

is_member() { # NAME
    [[ " ${members[*]} " == *" $1 "* ]]
}

# Leaves in the scratch folder the archive's directory, as NDJSON, and what it promises of those of
# its members that we know, which is the first count of their chains; their names are left in given.
read_directory() {
    local names
    unzipper -l -- "$file" >"$work/directory"
    jq -c 'select(.name | IN($ARGS.positional[])) | {tool: "unzipper", member: .name, bytes: .size, crc32}' \
        "$work/directory" --args "${members[@]}" >"$work/promised" 2>/dev/null ||
        die 74 "$file" 'its directory cannot be read'
    [ -s "$work/promised" ] || die 65 "$file" "none of the members that we know (${members[*]})"
    names=$(sed 's/.*"member":"\([^"]*\)".*/\1/' "$work/promised") || die 74 "$file" 'its directory cannot be read'
    mapfile -t given <<<"$names"
}

# SHA-256 of the compressed bytes of each member that is there: cheap to have, and equal ones
# stand for equal contents.
digest_members() {
    local m sum sums=''
    for m in "${given[@]}"; do
        sum=$(unzipper --raw -- "$file" "$m" | sha256sum)
        sums+="{\"$m\":\"${sum%% *}\"}"
    done
    { printf '%s\n' "$sums" >"$work/digests"; } 2>/dev/null || die 74 "$work" 'cannot be written'
}

# Prints what ops.members is to hold of this file, as a JSON array; then how many members we do not
# know, folders being none; then the names of the first of these, as an array. Of several members with
# one dataset, the first present one is given and the other present ones are unused; the first of all is missing if
# it is not there.
describe_members() {
    local name known=()
    for name in "${members[@]}"; do known+=("$name" "${family_of[$name]}"); done
    jq -cn --slurpfile digests "$work/digests" '
        [inputs] as $all
        | (reduce $all[] as $m ({}; .[$m.name] = $m)) as $given
        | ($digests | add // {}) as $sha256
        | [$ARGS.positional as $p | range(0; $p | length; 2) | {member: $p[.], family: $p[. + 1]}] as $known
        | ([$all[].name | select(endswith("/") | not)] - [$known[].member]) as $unknown
        | [$known | group_by(.family)[]
            | .[0].member as $first
            | (map(.member | select($given[.])) | .[0]) as $chosen
            | .[]
            | $given[.member] as $m
            | (.family == "-" or ($m and .member != $chosen)) as $is_spare
            | select($m or (.member == $first and .family != "-"))
            | {member,
               family: (if $is_spare then null else .family end),
               state: (if $m == null then "missing" elif $is_spare then "unused" else "given" end),
               bytes: $m.size, crc32: $m.crc32, sha256: $sha256[.member]}],
          ($unknown | length),
          ($unknown[:20] | map(.[:200]))
    ' "$work/directory" --args "${known[@]}" || die 74 "$file" 'its directory cannot be read'
}
