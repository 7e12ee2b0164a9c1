# shellcheck shell=bash disable=SC2154 # movies_*: set by movies.bash
# movies-db rebuild: makes the database anew from MOVIES_HOME/archive alone, beside the current one
# in the same server, and puts it in that one's place if both hold the same. Sourced by movies-db.
#     NAME~rebuild    the new one, until it takes the place
#     NAME~replaced   the former one, until it is dropped
# Whatever stops it before the two change places, in one transaction, leaves the current database
# as it was; what was left behind goes with the next one. One at a time for a MOVIES_HOME.
# shellcheck source=bin/lib/movies-key.bash
. "$movies_lib/movies-key.bash"

rebuild_patience=60 # seconds to wait at the end for those who are connected
rebuild_batch=500   # files for one movies-load, so that their names fit a command line

db_rebuild() { # [--force]
    force='' bad='' child='' made=''
    [ $# -eq 0 ] || [ "$*" = --force ] || usage_error rebuild "$*" 'not --force'
    [ $# -eq 0 ] || force=yes
    home_find
    rebuild_files
    rebuild_lock
    db_server
    rebuild_names
    rebuild_unused
    db_migrate
    horizon=$(rebuild_ask "$current" keys | sed -n 's/^horizon\t//p')
    work=$(mktemp -d) || die 74 "${TMPDIR:-/tmp}" 'no scratch folder can be made'
    trap rebuild_finish EXIT
    rebuild_server drop
    rebuild_server create
    made=yes
    rebuild_load
    rebuild_compare
    rebuild_switch
    made=''
    rebuild_server drop
    out "rebuilt from ${#files[@]} files"
}

# Leaves the archive's files in files, in the order of their keys.
rebuild_files() {
    local path name list
    list=$(
        for path in "$MOVIES_HOME"/archive/[0-9][0-9][0-9][0-9]/[0-9][0-9]/*.zip; do
            [ -e "$path" ] || continue
            name=${path##*/}
            [[ ${name%.zip} =~ $key_pattern ]] || die 65 "$path" 'its name is no key'
            printf '%s %06d %06d %s\n' "${name:0:14}" "${BASH_REMATCH[5]:-1}" "${BASH_REMATCH[7]:-0}" "$path"
        done | sort
    )
    [ -n "$list" ] || die 65 "$MOVIES_HOME/archive" 'holds no file to rebuild from'
    mapfile -t files < <(cut -d ' ' -f 4- <<<"$list")
}

# Held by our children too: a load that has outlived its rebuild is still at work.
rebuild_lock() {
    local fd
    exec {fd}<"$MOVIES_HOME/archive"
    flock -n "$fd" || die 74 "$MOVIES_HOME/archive" 'another rebuild is at work'
}

# Which databases. One that the service names cannot be chosen by PGDATABASE.
rebuild_names() {
    current=$(db_psql -A -t -c 'select current_database()')
    new=$current~rebuild old=$current~replaced
    [ "$current" != postgres ] || die 64 rebuild "$current" "the server's own database"
    [ "$(printf %s "$old" | wc -c)" -le 63 ] || die 64 rebuild "$current" 'its name is too long'
    [ "$(PGDATABASE=postgres db_psql -A -t -c 'select current_database()')" = postgres ] ||
        die 64 rebuild PGSERVICE 'names the database itself: set PGHOST and PGDATABASE instead'
}

# Runs a script of sql/db on the server, as who we are.
rebuild_server() { # SCRIPT [NAME=VALUE]
    local args=(-v "current=$current" -v "new=$new" -v "old=$old")
    [ $# -eq 1 ] || args+=(-v "$2")
    PGDATABASE=postgres db_psql -A -t -F $'\t' "${args[@]}" -f "$movies_sql/db/$1.sql"
}

# Runs a script of sql/db on a database, as who loads.
rebuild_ask() { # DATABASE SCRIPT [NAME=VALUE]
    (
        db_act_as movies_loader
        PGDATABASE=$1 db_psql -A -t -F $'\t' ${3:+-v "$3"} -f "$movies_sql/db/$2.sql"
    )
}

# Stops if somebody is connected to the current database. Leaves in REPLY how many sessions it
# has ever had.
rebuild_unused() {
    local said users
    said=$(rebuild_server users)
    REPLY=${said%%$'\t'*} users=${said#*$'\t'}
    db_expect '[0-9]*' "$REPLY"
    [ -z "$users" ] || die 74 "$current" "in use by $users"
}

# What is in the archive was accepted once, so its rejects are not counted again. A bad file is
# passed over here, and makes a difference in the end.
rebuild_load() {
    local i rc
    PGDATABASE=$new db_migrate
    if [ -n "$horizon" ]; then
        db_time "$horizon"
        rebuild_ask "$new" prune "hour=$REPLY" >/dev/null
    fi
    for ((i = 0; i < ${#files[@]}; i += rebuild_batch)); do
        PGDATABASE=$new movies-load -m 999999999 -- "${files[@]:i:rebuild_batch}" &
        child=$! rc=0
        wait "$child" || rc=$?
        child=''
        case $rc in
        0 | 99) ;;
        65) bad=yes ;;
        69 | 74) exit "$rc" ;;
        *) die 74 movies-load "exit status $rc" ;;
        esac
    done
}

# Prints "NAME, tab, what is wrong" for each difference between two outputs of digest.sql: the
# current database's and the new one's. Of an empty database only that counts which is not ours.
rebuild_differences() { # FILE FILE
    awk -F '\t' -v OFS='\t' '
        function differs(kind, name, was, is) {
            if (kind == "relation" || kind == "object") print name, was ? "not ours, and would be lost" : "missing"
            else if (is_empty) return
            else if (kind == "key" && !is) print name, "loaded, and not in the archive"
            else if (kind == "key" && !was) print name, "in the archive, and not loaded"
            else if (kind == "key") print name, "the archive has other bytes"
            else if (kind == "table") {
                split(was, a, FS); split(is, b, FS)
                if (!is) print name, "not ours, and would be lost"
                else print name, a[1] + 0 " rows, " b[1] " from the archive" (a[1] == b[1] ? ", not the same" : "")
            }
        }
        function part(id) { split(id, n, FS); differs(n[1], n[2], here[id], there[id]) }
        BEGIN { is_empty = 1 }
        { id = $1 FS $2; value = $3 FS $4 }
        NR == FNR {
            here[id] = value
            if ($1 == "key" || ($1 == "table" && $3 > 0 && $2 != "movies.snapshot_horizon")) is_empty = 0
            next
        }
        { there[id] = value }
        END {
            for (id in there) here[id] = here[id]
            for (id in here) if (here[id] != there[id] "") part(id)
        }' "$1" "$2" | LC_ALL=C sort
}

# Says where the two differ, and stops then unless that was asked for.
rebuild_compare() {
    local name what n=0
    rebuild_ask "$current" digest >"$work/current"
    rebuild_ask "$new" digest >"$work/new"
    rebuild_differences "$work/current" "$work/new" >"$work/differences"
    while IFS=$'\t' read -r name what; do
        n=$((n + 1))
        [ "$n" -gt 30 ] || warn "$name" "$what"
    done <"$work/differences"
    [ "$n" -le 30 ] || warn "$current" "$((n - 30)) differences more"
    [ "$n" -gt 0 ] || [ -n "$bad" ] || return 0
    [ -n "$force" ] || die 65 "$current" 'not replaced: not what the archive makes (--force would)'
}

# Nothing can be promoted unseen: when the keys are looked at, nobody else is connected, and
# until the new database is in its place, nobody else has been. Patience ends also with those who
# come and go.
rebuild_switch() {
    local sessions keys end=$((SECONDS + rebuild_patience)) said=used
    grep -E '^(key|horizon)' "$work/current" >"$work/keys" || :
    while [ "$said" = used ]; do
        until (rebuild_unused) 2>/dev/null; do
            [ "$SECONDS" -lt "$end" ] || rebuild_unused
            sleep 1
        done
        rebuild_unused
        sessions=$REPLY
        keys=$(rebuild_ask "$current" keys)
        [ "$keys" = "$(<"$work/keys")" ] ||
            die 74 "$current" 'changed while it was compared; try again'
        said=$(rebuild_server switch "sessions=$sessions")
        [ "$said" != used ] || [ "$SECONDS" -lt "$end" ] || die 74 "$current" 'in use again and again'
    done
}

# Also when we are ended: the load goes with us, and the new database unless it is in its place.
rebuild_finish() {
    if [ -n "$child" ]; then
        kill "$child" 2>/dev/null || :
        wait "$child" 2>/dev/null || :
    fi
    rm -rf -- "$work"
    [ -z "$made" ] || (rebuild_server drop) 2>/dev/null || :
}
