# shellcheck shell=bash disable=SC2154 # movies_lib: set by movies.bash
# The embedded PostgreSQL server under MOVIES_HOME: pg_find says where it is, pg_start and
# pg_stop do what they say. Sourced by movies.bash.
#     MOVIES_HOME/pg/data   the cluster; made as new.* and renamed, so it is whole or not there
#     MOVIES_HOME/pg/run    its socket, where that name is short and plain, else a folder in /tmp
#     MOVIES_HOME/pg.lock   held while a server is made, started or stopped
# Called by root, the server runs as the owner of that place: see pg_choose_user. Where this user
# cannot reach MOVIES_HOME, pg is a link into /var/lib/movies-pipeline.
# Limits: local file systems (flock), Linux (/proc), PostgreSQL 15 or newer.

pg_patience=600 # seconds to wait for a lock, a start (which may recover first) or a stop

# Drops what the environment tells libpq.
pg_forget() {
    local name
    for name in $(compgen -A export PG); do unset "$name"; done
}

# Runs a command as the server's user, in a folder and an environment that cannot disturb it.
pg_run() { # COMMAND ARG...
    (cd / && exec env -i PATH="$PATH" LC_ALL=C TZ=UTC "${pg_as[@]}" "$@")
}

# The first that is not root: the cluster's owner, the owner of MOVIES_HOME, postgres, nobody.
pg_choose_user() {
    local name
    pg_as=() pg_uid=$EUID
    [ "$pg_uid" -eq 0 ] || return 0
    for name in "$MOVIES_HOME/pg/." "$MOVIES_HOME/."; do
        [ "$pg_uid" -ne 0 ] || pg_uid=$(stat -c %u -- "$name" 2>/dev/null) || pg_uid=0
    done
    for name in postgres nobody; do
        [ "$pg_uid" -ne 0 ] || pg_uid=$(id -u "$name" 2>/dev/null) || pg_uid=0
    done
    [ "$pg_uid" -ne 0 ] || die 69 postgresql 'no user to run it: neither postgres nor nobody'
    pg_gid=$(id -g "$pg_uid" 2>/dev/null) || die 69 postgresql "user $pg_uid has no name"
    pg_as=(setpriv --reuid "$pg_uid" --regid "$pg_gid" --clear-groups --)
}

# Leaves in REPLY where a program of PostgreSQL is: as Debian has it, of that version or the newest, else
# as PATH has it. Fails if there is none.
pg_program() { # NAME [VERSION]
    local path version best=0
    REPLY=''
    for path in /usr/lib/postgresql/${2:-*}/bin/"$1"; do
        version=${path#/usr/lib/postgresql/}
        version=${version%%[!0-9]*}
        if [ -x "$path" ] && [ "${version:-0}" -gt "$best" ]; then REPLY=$path best=$version; fi
    done
    [ -n "$REPLY" ] || REPLY=$(command -v "$1")
}

# The programs of the cluster's own version, if they are there.
pg_choose_programs() {
    local version=''
    # The server's user can write this file: it must not name a folder of programs.
    if [ -e "$pg_data/PG_VERSION" ]; then
        version=$(pg_run head -c 10 "$pg_data/PG_VERSION") || die 74 "$pg_data/PG_VERSION" 'cannot be read'
        [[ $version =~ ^[1-9][0-9]$ ]] || die 70 "$pg_data/PG_VERSION" "$version" 'not a version of PostgreSQL'
    fi
    pg_program postgres "$version" || die 69 postgresql 'no server is installed'
    pg_bin=${REPLY%/*}
}

# A socket's name has at most 107 bytes, and libpq takes a comma for the end of a folder's name.
pg_choose_socket() {
    local LC_ALL=C hash
    pg_socket=$pg_dir/run
    if [[ ! $pg_socket =~ ^[-A-Za-z0-9/._\ ]+$ ]] || [ ${#pg_socket} -gt $((107 - 14)) ]; then
        hash=$(printf %s "$pg_dir" | sha256sum)
        pg_socket=/tmp/movies-pg-$pg_uid-${hash:0:16}
    fi
}

# /tmp belongs to everybody: a folder that somebody else put there must not be trusted.
pg_check_socket() {
    local state
    state=$(stat -c '%f %u' -- "$pg_socket" 2>/dev/null) || return 1
    [ "$state" = "41c0 $pg_uid" ] || # a folder, 0700
        die 69 "$pg_socket" "not a private folder of user $pg_uid"
}

# Sets pg_dir, pg_data, pg_socket, pg_uid, pg_as, pg_bin. Fails if there is no cluster yet.
pg_find() {
    home_find
    if [ "${pg_found-}" = "$MOVIES_HOME" ] && [ -e "$pg_data" ]; then return 0; fi
    if [ -L "$MOVIES_HOME/pg" ] && [ ! -e "$MOVIES_HOME/pg" ]; then
        die 69 "$MOVIES_HOME/pg" "leads to $(readlink -- "$MOVIES_HOME/pg"), which is not there"
    fi
    pg_choose_user
    pg_dir=$MOVIES_HOME/pg
    [ ! -L "$pg_dir" ] || pg_dir=$(readlink -m -- "$pg_dir")
    # pg_ctl gives it to a shell, between double quotes.
    [[ $pg_dir != *[\$\`\"\\]* ]] || die 64 "$pg_dir" 'PostgreSQL cannot use a folder with $, `, " or \ in its name'
    pg_data=$pg_dir/data
    pg_choose_socket
    [ -e "$pg_dir" ] || return 1
    [ -O "$pg_dir" ] || [ "$EUID" -eq 0 ] ||
        die 69 "$pg_dir" "belongs to $(stat -c 'user %U' -- "$pg_dir"): run this as that user"
    [ -e "$pg_data" ] || return 1
    pg_choose_programs
    pg_found=$MOVIES_HOME
}

# Does it accept connections?
pg_ready() {
    pg_check_socket || return
    (
        pg_forget
        exec "$pg_bin/pg_isready" -q -h "$pg_socket" -p 5432 -d movies -U movies
    )
}

# Leaves the server's process id in REPLY. After a crash or a reboot postmaster.pid may name a
# process that is no server, or another's: ours works in its data folder.
pg_alive() {
    local command
    REPLY=$(pg_run head -n 1 "$pg_data/postmaster.pid" 2>/dev/null) || return 1
    [[ $REPLY =~ ^[0-9]+$ ]] && read -r command 2>/dev/null <"/proc/$REPLY/comm" || return 1
    [ "$command" = postgres ] &&
        [ "$(pg_run stat -L -c %d:%i "/proc/$REPLY/cwd" 2>/dev/null)" = \
            "$(stat -c %d:%i -- "$pg_data")" ]
}

# What root makes in another user's MOVIES_HOME is given to that user, who can then go on alone.
pg_give() { # FILE
    [ "$EUID" -ne 0 ] || [ "$(stat -c %u -- "$MOVIES_HOME")" -ne "$pg_uid" ] ||
        chown -h -- "$pg_uid:$pg_gid" "$1"
}

pg_own_file() { # FILE
    if [ ! -e "$1" ]; then
        { : >>"$1"; } 2>/dev/null || die 74 "$1" 'cannot be made'
        pg_give "$1"
    fi
    { [ -r "$1" ] && : >>"$1"; } 2>/dev/null || die 74 "$1" 'cannot be written'
}

pg_lock() {
    local name=$MOVIES_HOME/pg.lock
    pg_own_file "$name"
    exec {pg_lock_fd}<"$name"
    flock -w "$pg_patience" "$pg_lock_fd" || die 74 "$name" "still held after $pg_patience s"
}

pg_unlock() {
    exec {pg_lock_fd}<&-
}

# The log is opened by the caller: the server's user may be unable to reach it.
pg_open_log() {
    local dir=$MOVIES_HOME/log
    pg_log=$dir/postgresql.log
    if [ ! -d "$dir" ]; then
        mkdir -- "$dir" 2>/dev/null || die 74 "$dir" 'cannot be made'
        pg_give "$dir"
    fi
    pg_own_file "$pg_log"
    [ "$(stat -c %s -- "$pg_log")" -lt 10000000 ] || mv -f -- "$pg_log" "$pg_log.1"
    pg_own_file "$pg_log"
}

# With the log as its output and none of the caller's other descriptors: a server that held the
# end of a pipe would keep its reader waiting for ever.
pg_logged() { # COMMAND ARG...
    (
        for fd in "/proc/$BASHPID/fd/"*; do
            fd=${fd##*/}
            [[ ! $fd =~ ^[0-9]+$ || $fd -le 2 ]] || exec {fd}>&-
        done
        pg_run "$@"
    ) </dev/null >>"$pg_log" 2>&1
}

# Ends with the most telling line that the log has had since it was SIZE bytes long.
pg_fail() { # SIZE WHAT
    local line
    line=$(tail -c +$(($1 + 1)) -- "$pg_log" | tr -d '\0' | awk '
        { last = $0 }
        sub(/^.* (FATAL|PANIC|ERROR):  /, "") || /: (error|fatal):/ { worst = $0 }
        END { print worst != "" ? worst : last }')
    case $line in
    *'No space left'*) die 74 postgresql "$2" "$line" ;;
    *) die 69 postgresql "$2" "$line" ;;
    esac
}

pg_server() { # start ARG... or stop ARG...: 0 if it succeeded
    pg_logged "$pg_bin/pg_ctl" -s -w -t "$pg_patience" -D "$pg_data" "$@"
}

# A server that is starting or stopping by somebody else's doing: waits for it to have done so.
# 0 if it accepts connections then, 1 if it is gone.
pg_await() {
    local end=$((SECONDS + pg_patience))
    while pg_alive; do
        ! pg_ready || return 0
        [ "$SECONDS" -lt "$end" ] || die 69 postgresql 'runs but accepts no connection'
        sleep 0.2
    done
    return 1
}

# Under the lock: sees to it that the server runs and accepts connections. A server whose head was
# killed has children that end by themselves, soon; one whose starter was killed may still come up.
pg_start_locked() {
    local before
    for _ in {1..20}; do
        ! pg_await || return 0
        space_check "$MOVIES_HOME" "$pg_dir"
        pg_configure
        before=$(stat -c %s -- "$pg_log")
        ! pg_server start || return 0
        tail -c +$((before + 1)) -- "$pg_log" |
            grep -q -e 'shared memory block' -e 'lock file .* already exists' || break
        sleep 0.5
    done
    pg_fail "$before" 'cannot be started'
}

# shellcheck source=bin/lib/movies-pg-make.bash
. "$movies_lib/movies-pg-make.bash"

# Makes the cluster if there is none, starts the server if none runs. Any number may call it.
pg_start() {
    ! { pg_find && pg_ready; } || return 0
    home_make
    pg_lock
    pg_open_log
    pg_find || pg_make
    pg_start_locked
    pg_unlock
}

pg_stop() {
    local before
    pg_find || return 0
    pg_lock
    pg_open_log
    if pg_alive; then
        before=$(stat -c %s -- "$pg_log")
        pg_server stop -m fast || pg_fail "$before" 'cannot be stopped'
    fi
    [ "$pg_socket" = "$pg_dir/run" ] || pg_run rmdir -- "$pg_socket" 2>/dev/null || :
    pg_unlock
}
