# shellcheck shell=bash disable=SC2154 # air*, movies_*, pg_*: set by who sources this
# Makes what Airflow needs, and leaves what is there: a folder that only we can enter, keys and a
# password made once, settings written anew each time, the movies' schema, a database in the embedded
# server, the pools.
# Sourced by movies-airflow.

air_make_folder() {
    (umask 077 && mkdir -p -- "$air" "$air/logs" && : >>"$air/start.lock" && : >>"$air/watch.lock") 2>/dev/null ||
        die 74 "$air" 'cannot be made'
    chmod 700 -- "$air"
}

# Written under another name first: there is never half a file.
air_write() { # NAME, from stdin
    (umask 077 && cat >"$air/$1.new" && mv -f -- "$air/$1.new" "$air/$1") 2>/dev/null ||
        die 74 "$air/$1" 'cannot be written'
}

air_random() { head -c "$1" /dev/urandom | base64 -w 0 | tr '+/' '-_'; } # BYTES

# The keys, made once: whoever has them can act as any task, and read stored passwords.
air_make_keys() {
    [ -s "$air/keys" ] ||
        printf 'fernet=%s\njwt=%s\nweb=%s\n' "$(air_random 32)" "$(air_random 64)" "$(air_random 32)" | air_write keys
    [ -s "$air/passwords.json" ] ||
        printf '{"admin": "%s"}\n' "$(air_random 18)" | air_write passwords.json
}

air_key() { sed -n "s/^$1=//p" "$air/keys"; } # NAME

# A value in airflow.cfg: % begins an interpolation there.
air_value() { REPLY=${1//%/%%}; } # TEXT

air_psql() { # DATABASE SQL
    psql_find
    (
        pg_forget
        "$REPLY" -XAtqw -v ON_ERROR_STOP=1 -h "$pg_socket" -p 5432 -U movies -d "$1" -c "$2"
    )
}

# A database of its own in the embedded server, wherever the movies' own is.
air_make_database() {
    local found
    pg_start
    found=$(air_psql movies "select 1 from pg_database where datname = 'airflow'") ||
        die 69 airflow 'the embedded server does not answer'
    [ -n "$found" ] || air_psql movies 'create database airflow' || die 69 airflow 'its database cannot be made'
    db_query="host=$pg_socket&port=5432"
}

air_settings() {
    local home dags fernet
    air_value "$air" && home=$REPLY
    air_value "$movies_prefix/share/movies-pipeline/dags" && dags=$REPLY
    fernet=$(air_key fernet)
    cat <<END
[core]
dags_folder = $dags
load_examples = False
executor = LocalExecutor
parallelism = 8
fernet_key = $fernet
dags_are_paused_at_creation = False
simple_auth_manager_users = admin:admin
simple_auth_manager_passwords_file = $home/passwords.json
execution_api_server_url = $air_url/execution/
[database]
sql_alchemy_conn = postgresql+psycopg2://movies@/airflow?$db_query
sql_alchemy_conn_async = postgresql+asyncpg://movies@/airflow?$db_query
[api]
host = 127.0.0.1
port = $air_port
base_url = $air_url
workers = 1
secret_key = $(air_key web)
[api_auth]
jwt_secret = $(air_key jwt)
[scheduler]
scheduler_health_check_threshold = 30
orphaned_tasks_check_interval = 60
task_instance_heartbeat_sec = 10
task_instance_heartbeat_timeout = 60
[logging]
base_log_folder = $home/logs
dag_processor_child_process_log_directory = $home/logs/dag_processor
[usage_data_collection]
enabled = False
END
}

# As few slots as two cores can serve: the members of one load side by side, one chunk of a backfill.
# Who has given them other sizes keeps those.
air_make_pools() {
    local found
    found=$(air_psql airflow "select count(*) from slot_pool where pool in ('production', 'backfill')") ||
        die 69 airflow 'its database does not answer'
    [ "$found" -ne 2 ] || return 0
    air_write pools.json <<'END'
{"production": {"slots": 6, "description": "the hourly files"},
 "backfill": {"slots": 1, "description": "past hours, one chunk at a time"}}
END
    air_setup pools import "$air/pools.json"
}

air_make() {
    movies-db migrate
    air_make_keys
    air_make_database
    air_settings | air_write airflow.cfg
    air_setup db migrate
    air_make_pools
}

# Airflow says much; only a failure is worth showing.
air_setup() { # ARG...
    (umask 077 && air_run "$@" >"$air/setup.log" 2>&1) || {
        tail -n 5 -- "$air/setup.log" >&2
        die 69 airflow "$1 $2" "failed (see $air/setup.log)"
    }
}
