# shellcheck shell=bash
# The pipelines of a load: movies_metadata.csv goes once through unzipper and csv2ndjson, and
# from there side by side into six tables. Sourced by movies-load, whose file, key, load,
# member, work (a scratch folder), max_rejects and verbose it reads.

columns=movie_id=id,imdb_id,title,original_title,original_language,overview,tagline,homepage
columns+=,poster_path,status,adult,video,budget,revenue,popularity,runtime,vote_average,vote_count
columns+=,release_date,belongs_to_collection,genres,production_companies,production_countries
columns+=,spoken_languages

# The archive's directory, as NDJSON in the scratch folder.
read_directory() {
    unzipper -l -- "$file" >"$work/directory"
}

# What the directory promises of the member is the first count of the chain.
promised() {
    jq -ce --arg m "$member" 'select(.name == $m) | {tool: "unzipper", member: $m, bytes: .size, crc32}' \
        "$work/directory" >"$work/stage/movies.0.json" || :
    [ -s "$work/stage/movies.0.json" ] || die 65 "$file" "$member" 'not in the archive'
}

# What every filter of a chain is told: the member, the reject file they share, its own counts.
filter_options() { # CHAIN.POSITION
    options=(--member "$member" -R "$work/stage/rejects" -m "$max_rejects" -S "$work/stage/$1.json")
    [ -z "$verbose" ] || options+=(-v)
}

into_table() { # CHAIN: NDJSON from stdin to the load's stage table of that name
    local options
    filter_options "$1.2"
    pgload -e --truncate --ignore-unknown -t "stage.l${load}_$1" "${options[@]}"
}

# Prints a line for each filter of a pipeline: "RANK TOOL STATUS". The first fault, by rank, is
# the one that counts. A pgload comes after all that could have failed before it, and last one
# that fails with 74, since that is how it sees any other's failure: a stream without its trailer.
report() { # RANK TOOL STATUS [TOOL STATUS ...]
    local rank=$1
    shift
    while [ $# -gt 0 ]; do
        case $1-$2 in
        pgload*-74) printf '90 %s %d\n' "$1" "$2" ;;
        pgload*) printf '80 %s %d\n' "$1" "$2" ;;
        *) printf '%d %s %d\n' "$rank" "$1" "$2" ;;
        esac
        rank=$((rank + 1))
        shift 2
    done
}

list_chain() { # LIST
    local options s
    filter_options "$1.1"
    "explode-$1" "${options[@]}" | into_table "$1"
    s=("${PIPESTATUS[@]}")
    report 10 "explode-$1" "${s[0]}" "pgload($1)" "${s[1]}"
}

movies_chain() {
    local options s
    filter_options movies.1
    unzipper -e -- "$file" "$member" |
        csv2ndjson -E -e -n --rejoin -c "$columns" "${options[@]}" |
        tee >(exec >&3; list_chain genres) >(exec >&3; list_chain companies) \
            >(exec >&3; list_chain countries) >(exec >&3; list_chain languages) \
            >(exec >&3; list_chain collections) |
        into_table movies
    s=("${PIPESTATUS[@]}")
    report 1 unzipper "${s[0]}" csv2ndjson "${s[1]}" tee "${s[2]}" 'pgload(movies)' "${s[3]}" >&3
}

# Fails with the status of the first fault that is not a death by SIGPIPE. A death by any other
# signal counts as 74.
judge() { # the lines of report
    local rank name code first=0
    while read -r rank name code; do
        if [ -z "$rank" ] || [ "$code" -eq 0 ]; then continue; fi
        [ "$code" -le 128 ] || say "$name died of signal $((code - 128))"
        if [ "$first" -eq 0 ] || [ "$first" -eq 141 ]; then first=$code; fi
    done < <(sort -n <<<"$1")
    [ "$first" -le 128 ] || first=74
    return "$first"
}

# The whole of a member. The substitution ends when every process has let go of descriptor 3,
# so nothing is left running behind it.
chain_movies() {
    local statuses
    rm -rf -- "$work/stage"
    { mkdir -- "$work/stage" && : >"$work/stage/rejects"; } || die 74 "$work" 'cannot be written'
    promised
    statuses=$({
        set +e
        movies_chain
    } 3>&1 >/dev/null)
    judge "$statuses" || die $? "$file" "$member" 'not loaded'
}

# Brings counts and rejects into their stage tables and refuses the load if a joint is unsound.
chain_check() {
    local faults
    jq -c '(input_filename | split("/")[-1] | split(".")) as [$chain, $position]
        | {member, chain: $chain, position: $position, tool,
           counts: del(.tool, .member)}' "$work/stage"/*.json |
        pgload --truncate -t "stage.l${load}_movies_counts" ||
        die 74 "$file" 'its counts cannot be stored'
    jq -c '{tool, member, record, line, offset, length, code, reason, raw, raw_base64}' \
        "$work/stage/rejects" | pgload --truncate -t "stage.l${load}_movies_rejects" ||
        die 74 "$file" 'its rejects cannot be stored'
    faults=$(load_sql faults "load=$load")
    [ -z "$faults" ] || die 74 "$file" refused "${faults//$'\n'/; }"
}
