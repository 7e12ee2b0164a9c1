# shellcheck shell=bash
# What waits to be loaded, and whether hours have been loaded. Reads folders of MOVIES_HOME and the
# history of loads; changes no file. Sourced by movies-stage, whose from, until, first and last it
# reads.

most_late=50 # lines about hours

# Leaves in waiting[KEY] the keys in staging; reports names that are none.
pending_files() {
    local type name
    while IFS=/ read -r -d '' type name; do
        if [ "$type" = f ] && [[ $name == *.zip ]] && is_key "${name%.zip}"; then
            waiting[${name%.zip}]=1
        else
            warn "$MOVIES_HOME/staging/$name" 'no file that is named by a key'
        fi
    done < <(find "$MOVIES_HOME/staging/" -mindepth 1 -maxdepth 1 ! -name '.*' -printf '%Y/%f\0' 2>/dev/null)
    files_found "$MOVIES_HOME/staging"
}

pending() {
    local -A waiting=()
    local key list status row rows
    home_find
    if [ -e "$MOVIES_HOME/staging" ]; then
        [ -r "$MOVIES_HOME/staging" ] || die 74 "$MOVIES_HOME/staging" 'cannot be read'
        pending_files
    fi
    if [ ${#waiting[@]} -gt 0 ]; then
        db_connect movies_loader
        db_rows '[0-9TZrfix.-]+ (open|promoted)' -F ' ' -f "$movies_sql/files/pending.sql"
        for row in "${rows[@]}"; do
            key=${row% *} status=${row#* }
            [ "$status" != open ] || [ -z "${waiting[$key]-}" ] ||
                warn "$key" 'a load of it is open: it waits no more, until that has been left alone for an hour'
            unset "waiting[$key]"
        done
    fi
    list=$(
        for key in "${!waiting[@]}"; do
            [[ $key =~ $key_pattern ]]
            printf '%s %06d %06d %s\n' "${key:0:14}" "${BASH_REMATCH[5]:-1}" "${BASH_REMATCH[7]:-0}" "$key"
        done | LC_ALL=C sort | cut -d ' ' -f 4
    )
    # shellcheck disable=SC2086 # keys, a word each
    files_json $list
    out "$REPLY"
}

# Has each hour of the range been loaded, in whatever revision? If not, says where the file of each
# that has not is. None is late as long as there has been no file at all.
loaded_hours() {
    local i rows=() late=0 from_time until_time
    local -A is_loaded=()
    home_find
    if db_external || pg_find; then
        db_look movies_loader
        db_time "$from"
        from_time=$REPLY
        db_time "$until"
        until_time=$REPLY
        db_rows 'ever|[0-9TZ-]+' -v "from=$from_time" -v "until=$until_time" -f "$movies_sql/files/loaded.sql"
    fi
    for i in "${rows[@]}"; do is_loaded[$i]=1; done
    if [ -z "${is_loaded[ever]-}" ] && [ -z "$(find -L "$MOVIES_HOME/archive" -name '*.zip' -print -quit 2>/dev/null)" ]; then
        warn 'no file has been loaded yet'
        exit 99
    fi
    for ((i = first; i <= last; i++)); do
        db_hour_of "$i"
        [ -z "${is_loaded[$REPLY]-}" ] || continue
        late=$((late + 1))
        [ "$late" -gt "$most_late" ] || late_hour "$REPLY"
    done
    [ "$late" -le "$most_late" ] || warn "... $((late - most_late)) hours more"
    [ "$late" -eq 0 ] || exit 65
}

late_hour() { # HOUR
    local dir path where='no file of this hour'
    for dir in failed "archive/${1:0:4}/${1:5:2}" backfill staging; do
        for path in "$MOVIES_HOME/$dir/$1"{,.*}.zip; do
            path=${path##*/}
            if [ -f "$MOVIES_HOME/$dir/$path" ] && is_key "${path%.zip}"; then where="not loaded, $path is in $dir"; fi
        done
    done
    warn "$1" late "$where"
}
