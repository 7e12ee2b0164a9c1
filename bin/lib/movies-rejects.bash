# shellcheck shell=bash
# The records that a load turned away, as they stand in its file: for movies-status --rejects, and
# for movies-load --replay, which holds corrections against them. What csv2ndjson turned away is
# in ops.rejects byte for byte; of a record that a later filter did not take, that has only the
# NDJSON, so the CSV is read from the file again, which must be the very file of the load.
# Memory is that of the rejected records. Reads work, a scratch folder. Sourced by both.

# Leaves in "turned" what sql/status/rejects.sql prints of a load, and sets load ("none" if there
# is no such one), key, sha256, status and last_fix.
rejects_find() { # KEY or NUMBER
    db_psql -v load="$1" -f "$movies_sql/status/rejects.sql" >"$work/said"
    read -r load key sha256 status last_fix <"$work/said" || :
    db_expect 'none *|[0-9]+ [0-9TZrfix.-]+ [0-9a-z]+ [a-z]+ [0-9]{1,6}' "$load $key $sha256 $status $last_fix"
    tail -n +2 -- "$work/said" >"$work/turned" || die 74 "$work" 'cannot be written'
}

# Finds the file of the load that rejects_find found.
rejects_file() {
    local sum
    find_kept
    sum=$(sha256sum <"$file") || die 74 "$file" 'cannot be read'
    [ "${sum%% *}" = "$sha256" ] || die 65 "$file" "is not what load $load was made from"
}

# Leaves in REPLY the column of a member that holds the id.
id_column() { # MEMBER
    case $1 in
    links* | ratings*) REPLY=movieId ;;
    *) REPLY=id ;;
    esac
}

# Prints the records of a member of the file that csv2ndjson takes, as lines of JSON.
rejects_records() { # MEMBER [OPTION...]
    id_column "$1"
    unzipper -e -- "$file" "$1" |
        csv2ndjson -E -n --rejoin -c "id=$REPLY" -R /dev/null --member "$1" "${@:2}"
}

# Prints the records of a member whose numbers stand in the file wanted, as csv2ndjson --raw has
# them. A text cannot hold "_record": with its quotes bare, so the first such is ours.
rejects_reread() { # MEMBER
    rejects_records "$1" --raw |
        LC_ALL=C awk '
            NR == FNR { wanted[$1]; next }
            match($0, /"_record":[0-9]+/) && substr($0, RSTART + 10, RLENGTH - 10) in wanted
        ' "$work/wanted" -
}

# Leaves in "rejects" the lines of "turned", all with their bytes.
rejects_restore() {
    local list member
    list=$(jq -r 'select(.is_read).member' "$work/turned" | uniq) || die 74 "$work/turned" 'cannot be read'
    : >"$work/found"
    for member in $list; do
        jq -r --arg m "$member" 'select(.is_read and .member == $m).record' "$work/turned" >"$work/wanted" ||
            die 74 "$work" 'cannot be written'
        rejects_reread "$member" |
            jq -c --arg m "$member" '{place: "\($m) \(._record)", raw: ._raw}' >>"$work/found" ||
            die 74 "$file" "$member" 'cannot be read again'
    done
    jq -cn --slurpfile found "$work/found" '
        (reduce $found[] as $f ({}; .[$f.place] = $f.raw)) as $raw
        | inputs
        | if .is_read then .raw = $raw["\(.member) \(.record)"] // error("not in the file") else . end
        | with_entries(select(.value != null))
    ' "$work/turned" >"$work/rejects" 2>"$work/jq" || die 74 "$file" "$(tail -n 1 -- "$work/jq")"
}
