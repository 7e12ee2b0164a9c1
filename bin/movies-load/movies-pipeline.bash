# shellcheck shell=bash
# A member's way into its stage tables: through the filters of pipelines/DATASET.tree, by pipetree. Sourced by
# movies-load's worker, whose file, load, dates, max_rejects and verbose it reads; and of the member at
# hand: member, family, state (what sql/stage/begin.sql says of it), and stage, a scratch folder of its own:
#     rejects               the records that the filters rejected
#     CHAIN.POSITION.json   the counts of each
#     messages              what the filters said, without -v
#     report                what became of each (pipetree --report)

# Runs the member's tree; fails as pipetree does.
pipeline_run() {
    local parent=$BASHPID options=(--member "$member" -m "$max_rejects" -R "$stage/rejects") defines=() o
    [ -z "$verbose" ] || options+=(-v)
    for o in "${options[@]}"; do defines+=(-D "common+=$o"); done
    pipetree ${verbose:+-v} --die-with-parent "$parent" --report "$stage/report" "${defines[@]}" \
        -D "file=$file" -D "member=$member" -D "dir=$stage" -D "dates=$dates" -D "table=stage.l${load}_$family" \
        "$movies_pipelines/$family.tree" </dev/null >/dev/null
}

# The same; without -v only what the commands of a tree that succeeds have said is passed on. When one fails, the
# others complain of it, and pipeline_die tells which message is the cause.
pipeline_run_quietly() {
    local code=0
    pipeline_run 2>"$stage/messages" || code=$?
    if [ "$code" -eq 0 ] || ! jq -en 'any(inputs; .cause)' "$stage/report" >/dev/null 2>&1; then
        cat -- "$stage/messages" >&2
    fi
    return "$code"
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
pipeline_record() {
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

# Ends with a status and the last message of the command that decided it. The load keeps that as its reason.
pipeline_die() { # STATUS
    local said
    said=$(jq -r 'select(.cause) | if .signal then "\(.argv[0]) was killed by signal \(.signal)"
        else .message // "\(.argv[0]): exit status \(.status)" end' "$stage/report" 2>/dev/null) || :
    said=${said:-pipetree: exit status $1}
    (load_sql stage/failed "load=$load" "why=$member: $said") 2>/dev/null || : # that failure would hide this one
    die "$1" "$file" "$member" 'not loaded' "$said"
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

# Runs a member's filters into its stage tables and refuses it if a joint is unsound.
pipeline_stage() {
    local faults code=0 stage=$work/stage.$family
    rm -rf -- "$stage"
    { mkdir -- "$stage" && : >"$stage/rejects"; } || die 74 "$work" 'cannot be written'
    grep -m 1 -F "\"member\":\"$member\"" "$work/promised" 2>/dev/null >"$stage/$family.0.json" ||
        die 74 "$stage" 'cannot be written'
    if [ -n "$verbose" ]; then pipeline_run; else pipeline_run_quietly; fi || code=$(($? > 128 ? 74 : $?))
    pipeline_record
    [ "$code" -eq 0 ] || pipeline_die "$code"
    [ "$state" != first ] || ratings_ahead
    faults=$(load_sql stage/finish "load=$load" "member=$member" "family=$family")
    [ -z "$faults" ] || die 74 "$file" "$member" refused "${faults//$'\n'/; }"
    rm -rf -- "$stage"
}
