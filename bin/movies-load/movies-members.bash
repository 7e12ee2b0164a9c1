# shellcheck shell=bash
# The members of a zip: which are for us, what they hold, what they are in this file. Sourced by
# movies-load, whose file and work (a scratch folder) it reads.

members=(movies_metadata.csv credits.csv keywords.csv links.csv links_small.csv ratings.csv ratings_small.csv)

is_member() { # NAME
    [[ " ${members[*]} " == *" $1 "* ]]
}

# Leaves in REPLY what a member holds.
family_of() { # MEMBER
    case $1 in
    movies_metadata.csv) REPLY=movies ;;
    *) REPLY=${1%.csv} && REPLY=${REPLY%_small} ;;
    esac
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
# know, folders being none; then the names of the first of these, as an array. links_small.csv is
# loaded only where there is no links.csv, ratings_small.csv never: its users are others.
describe_members() {
    jq -cn --slurpfile digests "$work/digests" '
        [inputs] as $all
        | (reduce $all[] as $m ({}; .[$m.name] = $m)) as $given
        | ($digests | add // {}) as $sha256
        | ([$all[].name | select(endswith("/") | not)] - $ARGS.positional) as $unknown
        | [["movies_metadata.csv", "movies"], ["credits.csv", "credits"], ["keywords.csv", "keywords"],
           ["links.csv", "links"], ["links_small.csv", "links"], ["ratings.csv", "ratings"],
           ["ratings_small.csv", null]]
        | map(. as [$member, $family] | $given[$member] as $m
            | ($member == "ratings_small.csv" or ($member == "links_small.csv" and $given["links.csv"]))
                as $is_spare
            | select($m or ($member | endswith("_small.csv") | not))
            | {member: $member,
               family: (if $is_spare then null else $family end),
               state: (if $m == null then "missing" elif $is_spare then "unused" else "given" end),
               bytes: $m.size, crc32: $m.crc32, sha256: $sha256[$member]}),
          ($unknown | length),
          ($unknown[:20] | map(.[:200]))
    ' "$work/directory" --args "${members[@]}" || die 74 "$file" 'its directory cannot be read'
}
