# shellcheck shell=bash disable=SC2154 # movies_*, pg_*: set by movies.bash
# The database as the commands use it: db_connect chooses it, db_psql talks to it, db_migrate
# brings its schema up to date. Sourced by movies.bash.
# If PGHOST, PGSERVICE or PGDATABASE is set, that database is used as libpq finds it; otherwise
# the embedded one, started when needed.

db_external() {
    [ -n "${PGHOST:-}${PGSERVICE:-}${PGDATABASE:-}" ]
}

# Exports what libpq needs; after it every libpq program in this process's children finds the
# database, and reads times in UTC and text in UTF-8.
db_server() {
    if [ -z "${db_embedded:-}" ] && ! db_external; then
        pg_start
        pg_forget
        export PGHOST=$pg_socket PGPORT=5432 PGUSER=movies PGDATABASE=movies
        db_embedded=yes
    fi
    export PGTZ=UTC PGDATESTYLE=ISO PGCLIENTENCODING=UTF8
    export PGAPPNAME=${PGAPPNAME:-$movies_tool}
}

# The same, and the schema is there and current. With a ROLE all that follows is done as that
# one, which can do no more than it must: sql/schema/007_roles.sql.
db_connect() { # [ROLE]
    db_server
    db_migrate
    [ $# -eq 0 ] || db_act_as "$1"
}

# For who only reads: the database must be there, and nothing is made or changed in it.
db_look() { # ROLE
    db_external || pg_find || die 69 "$MOVIES_HOME" 'no database there yet (movies-load makes one)'
    db_server
    db_act_as "$1"
}

db_act_as() { # ROLE
    export PGOPTIONS="${PGOPTIONS-} -c role=$1"
}

# Leaves an hour in REPLY, spelled as in a key; a date stands for its hour HH. A source
# (sql/schema/004_sources.sql) has room for the hours of 1970 to 2899.
db_hour() { # OPTION TEXT HH
    local re='^((19[7-9]|2[0-8][0-9])[0-9]-[0-9]{2}-[0-9]{2})(T([01][0-9]|2[0-3])Z)?$'
    [[ $2 =~ $re ]] || usage_error "$1" "$2" 'not an hour like 2026-11-20T13Z, nor a date'
    REPLY=${BASH_REMATCH[1]}T${BASH_REMATCH[4]:-$3}Z
    [ "$(date -u -d "${REPLY%T*}" +%Y-%m-%d 2>/dev/null)" = "${REPLY%T*}" ] || usage_error "$1" "$2" 'no such day'
}

# Leaves the hours FROM and TO in from and until, and their numbers since 1970 in first and last. A
# date stands for its hours, today's for those that have begun.
# shellcheck disable=SC2034 # for the commands
db_range() { # FROM TO [MOST]
    local now
    TZ=UTC printf -v now '%(%Y-%m-%dT%HZ)T' -1
    db_hour FROM "$1" 00
    from=$REPLY
    db_hour TO "$2" 23
    until=$REPLY
    [ "$2" != "${now%T*}" ] || until=$now
    [[ ! $from > $now ]] || usage_error FROM "$1" "in the future (it is $now)"
    [[ ! $until > $now ]] || usage_error TO "$2" "in the future (it is $now)"
    [[ ! $from > $until ]] || usage_error TO "$2" 'is before FROM'
    first=$(date -u -d "${from%T*} ${from:11:2}:00" +%s)
    last=$(date -u -d "${until%T*} ${until:11:2}:00" +%s)
    first=$((first / 3600)) last=$((last / 3600))
    [ -z "${3-}" ] || [ $((last - first)) -lt "$3" ] || usage_error TO "$2" "more than $3 hours"
}

# Leaves the hour of a number in REPLY.
db_hour_of() { # NUMBER
    TZ=UTC printf -v REPLY '%(%Y-%m-%dT%HZ)T' $(($1 * 3600))
}

# Leaves an hour as PostgreSQL reads it in REPLY.
db_time() { # HOUR
    REPLY="${1:0:10} ${1:11:2}:00:00+00"
}

# Leaves a moment in REPLY as PostgreSQL and find read it.
db_instant() { # OPTION TEXT
    local re='^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})$'
    [[ $2 =~ $re ]] || usage_error "$1" "$2" 'not a time like 2026-11-20T13:30:00Z'
    REPLY=$(date -u -d "$2" '+%Y-%m-%d %H:%M:%S.%6N+00' 2>/dev/null) || usage_error "$1" "$2" 'no such time'
}

# Leaves psql's name in REPLY: the newest, not Debian's wrapper, which chooses a server of its own.
psql_find() {
    pg_program psql || die 69 psql 'not installed'
}

# psql without the user's habits: stops at the first error, never asks for a password. Notices
# come out plainly; an error is one line, and its SQLSTATE decides the exit code.
db_psql() { # ARG...
    local err code=0
    psql_find
    {
        err=$(LC_ALL=C "$REPLY" -X -q -w -v ON_ERROR_STOP=1 -v VERBOSITY=verbose "$@" \
            2>&1 >&3 3>&-) || code=$?
    } 3>&1
    [ "$code" -eq 0 ] || db_fail "$code" "$err"
    # What the server says as it goes down concerns nobody whose work is done.
    [[ ! $err =~ :\ \ 57P0[1-5]: ]] || err=''
    [ -z "$err" ] || sed -E '/^LOCATION:  /d; s/^(.*(NOTICE|WARNING|INFO):  )[0-9A-Z]{5}: /\1/' \
        <<<"$err" >&2
}

# Leaves the lines that psql prints in rows. Text from a database could reach a subscript, arithmetic, a pattern or a
# path, where bash would evaluate it: a line that is not wholly of the form ends the command.
db_rows() { # FORM ARG...
    local said
    said=$(db_psql -A -t "${@:2}")
    db_lines "$1" "$said"
}

# The same for what psql has printed already.
db_lines() { # FORM TEXT
    rows=()
    [ -z "$2" ] || mapfile -t rows <<<"$2"
    db_expect "$1" "${rows[@]}"
}

# Ends the command if a text is not wholly of the form.
db_expect() { # FORM TEXT...
    local form="^($1)\$" text
    for text in "${@:2}"; do
        [[ $text =~ $form ]] || die 70 database "an answer that is not expected: ${text:0:200}"
    done
}

# Ends as psql's failure calls for. Of a session that could not begin psql does not say the SQLSTATE: a second try,
# by pglock, gives the exit code for it.
db_fail() { # PSQL'S-CODE STDERR
    local code=70 what=$2 detail='' re='(ERROR|FATAL|PANIC):  ([0-9A-Z]{5}): ([^'$'\n'']*)'
    if [[ $2 =~ $re ]]; then
        what=${BASH_REMATCH[3]}
        sqlstate_status "${BASH_REMATCH[2]}"
        code=$REPLY
    elif [ "$1" -eq 2 ]; then
        pglock -w 0 "movies-pipeline probe $BASHPID" -- true 2>/dev/null || code=$?
        [ "$code" -ne 70 ] || code=69 # the second try went well
    elif [ "$1" -ne 3 ]; then
        code=74 # psql itself failed, or was killed
    fi
    [[ ! $2 =~ DETAIL:\ \ ([^$'\n']*) ]] || detail=" (${BASH_REMATCH[1]})"
    what=${what%%$'\n'*}
    die "$code" database "${what#psql: error: }$detail"
}

# Leaves the exit code for the SQLSTATE of our own SQL in REPLY: 70 where sqlstate.def has none. In a database without
# our schema nothing that we look for is found.
sqlstate_status() { # SQLSTATE
    local line status=70 longest='' standby='' re='^SQLSTATE\("([0-9A-Z]+)", [0-9]+, [0-9]+, ([0-9]+)\)'
    while IFS= read -r line; do
        if [[ $line =~ ^STANDBY\(\"([0-9A-Z]+)\"\) && $1 == "${BASH_REMATCH[1]}"* ]]; then
            standby=yes
        elif [[ $line =~ $re && $1 == "${BASH_REMATCH[1]}"* && ${#BASH_REMATCH[1]} -gt ${#longest} ]]; then
            longest=${BASH_REMATCH[1]} status=${BASH_REMATCH[2]}
        fi
    done <"$movies_lib/sqlstate.def"
    if [ -n "$standby" ] && db_says 'select pg_catalog.pg_is_in_recovery()'; then status=69; fi
    case $1 in
    3F* | 42P01) ! db_says "select pg_catalog.to_regclass('ops.migrations') is null" || status=64 ;;
    esac
    REPLY=$status
}

# Does a query give true? Silent.
db_says() { # SQL
    psql_find
    [ "$(LC_ALL=C "$REPLY" -X -A -t -q -w -c "$1" 2>/dev/null)" = t ]
}

# Leaves the versions that the database has in applied[VERSION]=SHA256.
db_applied() {
    local row rows
    applied=()
    db_rows '[0-9]{1,4} [0-9a-f]{64}|encoding [A-Za-z0-9_]+' -F ' ' -f "$movies_sql/db/applied.sql"
    for row in "${rows[@]}"; do
        [[ $row != encoding* ]] || die 64 database "is encoded in ${row#* }, UTF8 is needed"
        applied[10#${row%% *}]=${row#* }
    done
}

# Leaves the migrations that we have in files[VERSION]=NAME and sums[VERSION]=SHA256.
db_files() {
    local sha name list
    files=() sums=()
    list=$(cd -- "$movies_sql/schema" && sha256sum -- [0-9][0-9][0-9]_*.sql) ||
        die 74 "$movies_sql/schema" 'cannot be read'
    while read -r sha name; do
        [ -z "${files[10#${name%%_*}]:-}" ] || die 64 "$movies_sql/schema/$name" 'its number is taken'
        files[10#${name%%_*}]=$name sums[10#${name%%_*}]=$sha
    done <<<"$list"
}

# Applies what is missing, in order. Refuses (64) where the database and our files disagree on
# what has been applied: neither an edited migration nor an older program may go on from there.
db_migrate() {
    local -a applied files sums
    local version path
    db_files
    db_applied
    for version in "${!applied[@]}"; do
        [ -n "${files[version]:-}" ] ||
            die 64 database "has migration $version, which this version ($MOVIES_VERSION) does not know"
    done
    for version in "${!files[@]}"; do
        path=$movies_sql/schema/${files[version]}
        [ "${applied[version]:-${sums[version]}}" = "${sums[version]}" ] ||
            die 64 "$path" 'differs from what was applied to this database'
        [ -n "${applied[version]:-}" ] || db_apply "$version" "$path" "${sums[version]}"
    done
}

db_apply() { # VERSION PATH SHA256
    db_psql -v version="$1" -v file="$2" -v name="${2##*/}" -v sha256="$3" -f "$movies_sql/db/apply.sql"
}
