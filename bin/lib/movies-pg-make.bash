# shellcheck shell=bash disable=SC2154 # pg_*: set by movies-pg.bash
# Makes and configures the embedded cluster: its place, initdb, the database, the settings.
# Used by movies-pg.bash, under its lock.

# Where the server's user cannot reach MOVIES_HOME (a clone in /root), no permissions are
# changed: the cluster goes to /var/lib and a link leads there. A place that already holds a
# cluster may be in use by a folder that has been renamed since, so it is never taken over.
pg_make_elsewhere() {
    local base=/var/lib/movies-pipeline hash place n=1
    hash=$(printf %s "$MOVIES_HOME" | sha256sum)
    place=$base/${hash:0:16}
    while [ -e "$place/data" ]; do
        warn note "$place" "an older database of $(head -n 1 "$place/home"), left alone"
        n=$((n + 1))
        place=$base/${hash:0:16}-$n
    done
    [ -d "$base" ] || mkdir -m 755 -- "$base" || die 74 "$base" 'cannot be made'
    [ -d "$place" ] || mkdir -m 700 -- "$place" || die 74 "$place" 'cannot be made'
    chown -h -- "$pg_uid:$pg_gid" "$place"
    # shellcheck disable=SC2016 # for the inner shell
    pg_run sh -c 'printf "%s\n" "$1" >"$2"' sh "$MOVIES_HOME" "$place/home" ||
        die 74 "$place" 'cannot be written'
    ln -s -- "$place" "$MOVIES_HOME/pg" || die 74 "$MOVIES_HOME/pg" 'cannot be made'
}

pg_make_place() {
    local place=$MOVIES_HOME/pg
    [ ! -L "$place" ] || return 0
    if [ ! -e "$place" ] && ! pg_run test -x "$MOVIES_HOME/."; then
        pg_make_elsewhere
        return
    fi
    [ -d "$place" ] || mkdir -m 700 -- "$place" 2>/dev/null || die 74 "$place" 'cannot be made'
    [ "$EUID" -ne 0 ] || chown -h -- "$pg_uid:$pg_gid" "$place"
}

# initdb, then the database in single-user mode; only then does the cluster get its name. Each try
# has a folder of its own: the initdb of a killed one may still be writing.
pg_make() {
    local before locale=C new
    before=$(stat -c %s -- "$pg_log")
    pg_make_place
    pg_find || pg_choose_programs
    space_check "$MOVIES_HOME" "$pg_dir"
    if locale -a 2>/dev/null | grep -qix 'c\.utf-\?8'; then locale=C.UTF-8; fi
    pg_run find "$pg_dir" -mindepth 1 -maxdepth 1 -name 'new.*' -exec rm -rf -- {} + || :
    new=$(pg_run mktemp -d "$pg_dir/new.XXXXXX") || die 74 "$pg_dir" 'cannot be written'
    pg_logged "$pg_bin/initdb" -D "$new" -U movies -A trust -k -E UTF8 \
        --locale="$locale" --lc-messages=C --no-instructions || pg_fail "$before" initdb
    # shellcheck disable=SC2016 # for the inner shell
    pg_logged sh -c 'echo "include = '\''movies.conf'\''" >>"$1/postgresql.conf" &&
        : >"$1/movies.conf" && echo "create database movies" |
        "$2" --single -c exit_on_error=on -D "$1" postgres' sh "$new" "$pg_bin/postgres" ||
        pg_fail "$before" 'cannot be made'
    pg_logged mv -T -- "$new" "$pg_data" || pg_fail "$before" 'cannot be made'
}

# An eighth of the memory that we may use, from 128 MB to 512 MB.
pg_buffers() {
    local kib limit
    kib=$(awk '$1 == "MemTotal:" { print $2 }' /proc/meminfo)
    limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null) || limit=max
    if [[ $limit =~ ^[0-9]{1,17}$ ]] && [ $((limit / 1024)) -lt "$kib" ]; then kib=$((limit / 1024)); fi
    REPLY=$((kib / 8 / 1024))
    [ "$REPLY" -le 512 ] || REPLY=512
    [ "$REPLY" -ge 128 ] || REPLY=128
}

# Written anew before each start, since the folder may have moved; what ALTER SYSTEM sets wins.
# Durability stays on. Shared memory in files depends neither on the size of /dev/shm nor on a
# session manager that clears it when its user logs out.
pg_configure() {
    pg_run mkdir -p -m 700 -- "$pg_socket" 2>/dev/null || :
    pg_check_socket || die 69 "$pg_socket" 'cannot be made'
    if [ -e "$pg_data/postmaster.pid" ]; then pg_run rm -f -- "$pg_data/postmaster.pid"; fi
    pg_buffers
    # shellcheck disable=SC2016 # for the inner shell
    pg_run sh -c 'cat >"$1.new" && mv "$1.new" "$1"' sh "$pg_data/movies.conf" <<END ||
# Written by movies-db at every start. For settings of your own use ALTER SYSTEM.
listen_addresses = ''
port = 5432
unix_socket_directories = '$pg_socket'
unix_socket_permissions = 0700
fsync = on
synchronous_commit = on
wal_level = minimal
max_wal_senders = 0
max_wal_size = 2GB
shared_buffers = ${REPLY}MB
dynamic_shared_memory_type = mmap
client_connection_check_interval = 10s
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
logging_collector = off
log_destination = 'stderr'
log_checkpoints = off
END
        die 74 "$pg_data/movies.conf" 'cannot be written'
}
