# shellcheck shell=bash
# The pipelines of a load: a member goes once through unzipper and csv2ndjson, and from there into
# the table of its records and, side by side, through a filter into one table for each list in
# them. Sourced by movies-load, whose file, load, max_rejects and verbose it reads; and of the
# member at hand: member, family, state (what sql/stage/begin.sql says of it), and stage, a scratch folder of its own.

# Which columns a family is made of, for csv2ndjson -c.
set_columns() {
    case $family in
    movies)
        columns=movie_id=id,imdb_id,title,original_title,original_language,overview,tagline,homepage
        columns+=,poster_path,status,adult,video,budget,revenue,popularity,runtime,vote_average,vote_count
        columns+=,release_date,belongs_to_collection,genres,production_companies,production_countries
        columns+=,spoken_languages
        ;;
    credits) columns=movie_id=id,cast,crew ;;
    keywords) columns=movie_id=id,keywords ;;
    links) columns=movie_id=movieId,imdb_id=imdbId,tmdb_id=tmdbId ;;
    ratings) columns=user_id=userId,movie_id=movieId,rating,rated_at=timestamp ;;
    esac
}

# What every filter of a chain is told: the member, the reject file they share, its own counts.
filter_options() { # CHAIN.POSITION
    options=(--member "$member" -R "$stage/rejects" -m "$max_rejects" -S "$stage/$1.json")
    [ -z "$verbose" ] || options+=(-v)
}

# Leaves in into the command that brings a chain's NDJSON from stdin to its stage table.
set_into() { # CHAIN
    local options table=stage.l${load}_$family
    [ "$1" = "$family" ] || table+=_$1
    filter_options "$1.2"
    into=(pgload -e --truncate --ignore-unknown -t "$table" "${options[@]}")
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

list_chain() { # FILTER CHAIN
    local options into s
    set_into "$2"
    filter_options "$2.1"
    say "$member" "tee | $1 ${options[*]} | ${into[*]}"
    "$1" "${options[@]}" | "${into[@]}"
    s=("${PIPESTATUS[@]}")
    report 10 "$1" "${s[0]}" "pgload($2)" "${s[1]}"
}

# Hands the records to whom they concern. What the lists' chains report goes to descriptor 3.
share_movies() {
    tee >(exec >&3; list_chain explode-genres genres) >(exec >&3; list_chain explode-companies companies) \
        >(exec >&3; list_chain explode-countries countries) >(exec >&3; list_chain explode-languages languages) \
        >(exec >&3; list_chain explode-collections collections)
}
share_credits() {
    tee >(exec >&3; list_chain explode-cast cast) >(exec >&3; list_chain explode-crew crew)
}
share_keywords() {
    tee >(exec >&3; list_chain explode-keywords listed)
}

# A member's pipelines, whole; prints what each filter's exit status was.
run_chains() {
    local columns options into s read_member parse
    set_columns
    set_into "$family"
    filter_options "$family.1"
    read_member=(unzipper -e -- "$file" "$member")
    parse=(csv2ndjson -E -e -n --rejoin -c "$columns" "${options[@]}")
    case $family in
    links | ratings)
        say "$member" "${read_member[*]} | ${parse[*]} | ${into[*]}"
        "${read_member[@]}" | "${parse[@]}" | "${into[@]}"
        s=("${PIPESTATUS[@]}")
        report 1 unzipper "${s[0]}" csv2ndjson "${s[1]}" "pgload($family)" "${s[2]}" >&3
        ;;
    *)
        say "$member" "${read_member[*]} | ${parse[*]} | tee | ${into[*]}"
        "${read_member[@]}" | "${parse[@]}" | "share_$family" | "${into[@]}"
        s=("${PIPESTATUS[@]}")
        report 1 unzipper "${s[0]}" csv2ndjson "${s[1]}" tee "${s[2]}" "pgload($family)" "${s[3]}" >&3
        ;;
    esac
}

# Returns the status of the first fault that is not a death by SIGPIPE, and leaves its filter in
# culprit. A death by any other signal counts as 74.
judge() { # the lines of report
    local rank name code first=0
    culprit=''
    while read -r rank name code; do
        if [ -z "$rank" ]; then continue; fi
        say "$member" "$name" "exit status $code"
        if [ "$code" -eq 0 ]; then continue; fi
        [ "$code" -le 128 ] || say "$name died of signal $((code - 128))"
        if [ "$first" -eq 0 ] || [ "$first" -eq 141 ]; then first=$code culprit=${name%(*}; fi
    done < <(sort -n <<<"$1")
    [ "$first" -le 128 ] || first=74
    return "$first"
}

say_counts() {
    local line lines
    lines=$(jq -r '[.tool, (del(.tool, .member) | to_entries[] | "\(.key)=\(.value)")] | join(" ")' "$stage"/*.json 2>/dev/null) || :
    while read -r line; do say "$member" "counts $line"; done <<<"$lines"
}

fail_record() { # WHAT
    local said
    said=$(tail -n 1 -- "$stage/jq") || :
    die 74 "$file" "$member" "its $1 cannot be stored" ${said:+"$said"}
}

# Brings counts and rejects into their stage tables. A jq whose pgload has gone is not heard by itself.
chain_record() {
    [ -z "$verbose" ] || say_counts
    jq -c '(input_filename | split("/")[-1] | split(".")) as [$chain, $position]
        | {member, chain: $chain, position: $position, tool,
           counts: del(.tool, .member)}' "$stage"/*.json 2>"$stage/jq" |
        pgload --truncate -t "stage.l${load}_${family}_counts" ||
        fail_record counts
    [ -s "$stage/rejects" ] || return 0
    jq -c '{tool, member, record, line, offset, length, code, reason, raw, raw_base64}' \
        "$stage/rejects" 2>"$stage/jq" | pgload --truncate -t "stage.l${load}_${family}_rejects" ||
        fail_record rejects
}

# Ends with the status of the culprit, and what it said last; of several pgloads those that only
# noticed that another filter had ended are passed over.
chain_die() { # STATUS
    local said
    said=$(LC_ALL=C awk -v tool="$culprit: " '
        index($0, tool) != 1 { next }
        /ended without its trailer$/ { noticed = $0; next }
        { last = $0 }
        END { print last != "" ? last : noticed }' "$stage/said") || :
    die "$1" "$file" "$member" 'not loaded' ${said:+"$said"}
}

# The two longest statements about a database's first ratings, each in a session of its own: together they
# keep two processors busy.
ratings_ahead() {
    local running=()
    say "$member" 'the first ratings: index and sums'
    load_sql stage/index "load=$load" "family=$family" &
    running+=($!)
    load_sql stage/sums "load=$load" "family=$family" &
    running+=($!)
    wait_all "${running[@]}"
}

# Runs a member's chains into its stage tables and refuses it if a joint is unsound. The
# substitution ends when every process has let go of descriptor 3, so nothing is left running
# behind it.
chain_run() {
    local statuses faults culprit code=0 stage=$work/stage.$family
    rm -rf -- "$stage"
    { mkdir -- "$stage" && : >"$stage/rejects"; } || die 74 "$work" 'cannot be written'
    grep -m 1 -F "\"member\":\"$member\"" "$work/promised" 2>/dev/null >"$stage/$family.0.json" ||
        die 74 "$stage" 'cannot be written'
    statuses=$({
        set +e
        run_chains 2> >(exec tee -- "$stage/said" >&4 2>/dev/null)
    } 3>&1 4>&2 >/dev/null)
    judge "$statuses" || code=$?
    chain_record
    [ "$code" -eq 0 ] || chain_die "$code"
    [ "$state" != first ] || ratings_ahead
    faults=$(load_sql stage/finish "load=$load" "member=$member" "family=$family")
    [ -z "$faults" ] || die 74 "$file" "$member" refused "${faults//$'\n'/; }"
    rm -rf -- "$stage"
}
