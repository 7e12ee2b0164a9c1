# shellcheck shell=bash
# A range of hours, and what there is of it: range_files lists the files that MOVIES_HOME keeps, and
# those of a source that is a directory, range_loaded the promoted keys. One listing, one query and one
# pass of awk each, however many there are. Hours are numbers since 1970, as in movies.source.
# Sourced by movies-backfill. Reads since, source, from, to, first and last.

# Reads lines "PLACE<tab>SIZE<tab>NAME", NAME being KEY.zip; prints of each in the range
# "HOUR-NUMBER REVISION FIX PLACE SIZE KEY", in the order of the keys. What is no key comes first,
# as "bad<tab>NAME", where the place is backfill, and is passed over elsewhere.
range_sort() {
    LC_ALL=C awk -F '\t' -v first="$first" -v last="$last" '
        BEGIN {
            number = "[0-9]?[0-9]?[0-9]?[0-9]?" # mawk has no {1,5}
            key = "^(19[7-9]|2[0-8][0-9])[0-9]-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3])Z" \
                "([.]r([2-9]|[1-9][0-9]" number "))?([.]fix[1-9][0-9]?" number ")?$"
        }
        # The day of a date since 1970; of a day that its month does not have, it is that of another date.
        function day(y, m, d) {
            y -= (m <= 2)
            return y * 365 + int(y / 4) - int(y / 100) + int(y / 400) + int((153 * (m + (m > 2 ? -3 : 9)) + 2) / 5) + d - 719469
        }
        function is_day(y, m, d) {
            return d <= 28 || day(y, m, d) < day(y + (m == 12), m % 12 + 1, 1)
        }
        {
            place = $1; size = $2
            name = substr($0, length($1) + length($2) + 3)
            text = name
            if (!sub(/[.]zip$/, "", text) || text !~ key || !is_day(substr(text, 1, 4) + 0, substr(text, 6, 2) + 0, substr(text, 9, 2) + 0) || place ~ /^not /) {
                if (place ~ /backfill$/) printf "bad\t%s\n", name
                next
            }
            hour = day(substr(text, 1, 4) + 0, substr(text, 6, 2) + 0, substr(text, 9, 2) + 0) * 24 + substr(text, 12, 2)
            if (hour < first || hour > last) next
            n = split(text, part, ".")
            r = 1; fix = 0
            for (i = 2; i <= n; i++)
                if (part[i] ~ /^r/) r = substr(part[i], 2); else fix = substr(part[i], 4)
            printf "%d %d %d %s %s %s\n", hour, r, fix, place, size, text
        }' | LC_ALL=C sort -k 1,1n -k 2,2n -k 3,3n -k 4
}

# What the folders hold, as range_sort reads it. What begins with a dot is on its way in. The place
# "upstream" is what a source holds that is a directory; it sorts behind all folders of ours.
range_list() { # PLACE...
    local place folder
    for place; do
        folder=$MOVIES_HOME/$place
        [ "$place" != upstream ] || folder=$source
        [[ $folder == /* ]] || folder=./$folder
        [ -d "$folder" ] || continue
        { [ -r "$folder" ] && [ -x "$folder" ]; } || die 74 "$folder" 'cannot be listed'
        range_find "$place" "$folder/" 2>/dev/null || : # a link that leads nowhere is no file
    done
}

range_find() { # PLACE FOLDER
    local depth=1 all
    [ "$1" != archive ] || depth=3
    all=(find -L "$2" -ignore_readdir_race -mindepth "$depth" -maxdepth "$depth")
    case $1 in
    backfill) "${all[@]}" ! -name '.*' \( -type f -printf 'backfill\t%s\t%f\0' -o -printf 'not backfill\t%s\t%f\0' \) ;;
    *) "${all[@]}" -type f -printf "$1"'\t%s\t%f\0' ;;
    esac
}

# Prints what range_sort does of the files that the folders hold, and says on stderr which names in
# backfill are no keys.
range_files() { # PLACE...
    local line name
    range_list "$@" | LC_ALL=C tr '\n\0' '\001\n' | range_sort | # no name has a NUL
        while IFS= read -r line; do
            if [[ $line == bad$'\t'* ]]; then
                name=${line#*$'\t'}
                warn "$MOVIES_HOME/backfill/${name//$'\001'/$'\n'}" 'no file whose name is a key: passed over'
            else
                printf '%s\n' "$line" 2>/dev/null || return 1
            fi
        done
}

# Prints, as range_sort does, the promoted keys: the place is "new" if that was at "since" or
# later, else "old". After db_server.
range_loaded() {
    local from_time to_time
    db_time "$from"
    from_time=$REPLY
    db_time "$to"
    to_time=$REPLY
    db_psql -At -F ' ' -v "from=$from_time" -v "to=$to_time" -v "since=${since:--infinity}" \
        -f "$movies_sql/backfill/loaded.sql" |
        awk '{ printf "%s\t0\t%s.zip\n", $2 == "t" ? "new" : "old", $1 }' | range_sort
}
