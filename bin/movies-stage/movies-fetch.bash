# shellcheck shell=bash
# A web server as the source: PATH/KEY.zip for the keys that an hour may have. Sourced by
# movies-stage, whose from, first, last and to it reads. curl is told nothing by
# the user's .curlrc; redirects may lead to https only, and no further than five times; user name
# and password come from the environment, reach curl through a pipe, and go to this host alone.
# A file for which there is no answer does not keep the others waiting.
# Limits: one request at a time, and for an hour one request, two where its file was bad, three where
# its revisions were too.

fetch_patience=3600 # seconds for a file
fetch_stall=60      # seconds at under 1 KB/s
fetch_failures=5    # in a row, after which it stops
unanswered=0 in_a_row=0 # files for which there was no answer

# Leaves the URL that keys are appended to in url.
fetch_url() { # URL
    local host='(\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z]([-0-9A-Za-z.]*[0-9A-Za-z])?)(:[0-9]{1,5})?'
    local path="(/[-0-9A-Za-z._~%!\$&'()*+,;=:@/]*)?"
    [[ $1 != *@* || $1 =~ ^[A-Za-z]+://$host/ ]] || usage_error SOURCE 'a URL with a user in it: use MOVIES_SOURCE_USER'
    [[ $1 =~ ^(https?)://$host$path$ ]] || usage_error SOURCE "$1" 'not https://HOST/PATH/'
    scheme=${BASH_REMATCH[1]}
    [ "$scheme" = https ] || fetch_may_be_http "${BASH_REMATCH[2]}" "$1"
    [ -n "$from" ] || usage_error SOURCE "$1" 'a server cannot be listed: give FROM'
    url=${1%/}/
    fetch_user
}

fetch_may_be_http() { # HOST URL
    if [ "${MOVIES_INSECURE_HTTP-}" != 1 ] || [[ ! $1 =~ ^(localhost|127(\.[0-9]{1,3}){3}|\[::1\])$ ]]; then
        usage_error SOURCE "$2" 'not https'
    fi
}

# Takes user and password out of the environment, so that no other program gets them.
fetch_user() {
    local v
    credentials='' user=${MOVIES_SOURCE_USER-} password=${MOVIES_SOURCE_PASSWORD-}
    unset MOVIES_SOURCE_USER MOVIES_SOURCE_PASSWORD
    [ -n "$user$password" ] || return 0
    [ -n "$user" ] || usage_error MOVIES_SOURCE_USER 'is not set, though MOVIES_SOURCE_PASSWORD is'
    [[ $user != *:* ]] || usage_error MOVIES_SOURCE_USER 'has a colon'
    [[ $user$password != *[[:cntrl:]]* ]] ||
        usage_error MOVIES_SOURCE_USER 'it or MOVIES_SOURCE_PASSWORD has a control character'
    v=$user:$password
    v=${v//\\/\\\\}
    v=${v//\"/\\\"}
    credentials="user = \"$v\""
}

fetch_limits() {
    local t=${MOVIES_SOURCE_TIMEOUT:-$fetch_patience}
    [[ $t =~ ^[1-9][0-9]{0,5}$ ]] || die 64 MOVIES_SOURCE_TIMEOUT "$t" 'not a number of seconds'
    fetch_patience=$t
    [ "$fetch_stall" -le "$t" ] || fetch_stall=$t
}

# Leaves in good[HOUR] and poor[HOUR] the newest revision that is kept, and that is kept in failed.
fetch_newest() {
    local name key n
    declare -gA good=() poor=()
    for name in "${!held[@]}"; do
        key=${name#*/}
        [[ $key =~ $key_pattern ]]
        n=${BASH_REMATCH[5]:-1} key=${key:0:14}
        case $name in
        failed/*) [ "${poor[$key]:-0}" -ge "$n" ] || poor[$key]=$n ;;
        *) [ "${good[$key]:-0}" -ge "$n" ] || good[$key]=$n ;;
        esac
    done
}

fetch_hours() {
    local i key n
    fetch_limits
    fetch_newest
    for ((i = first; i <= last; i++)); do
        db_hour_of "$i"
        key=$REPLY
        n=${good[$key]:-0}
        [ "$n" -gt 0 ] || [ "${poor[$key]:-0}" -le 1 ] || fetch_revision "$key" 1
        if [ "${poor[$key]:-0}" -gt "$n" ]; then
            n=${poor[$key]}
            fetch_revision "$key" "$n"
        fi
        [ "$n" -ge 999999 ] || fetch_revision "$key" $((n + 1))
    done
}

fetch_revision() { # HOUR N
    local key=$1
    [ "$2" -eq 1 ] || key+=.r$2
    if fetch_one "$key"; then
        files_stat "$part" || die 74 "$part" 'is gone'
        set -- "$REPLY"
        take_kept "$key" "$part" "$1" || take_place "$key" "$part" "$1"
    elif [ "$REPLY" = failed ]; then
        unanswered=$((unanswered + 1))
    elif [ "$REPLY" = same ] || [ "$2" -gt 1 ]; then
        skipped=$((skipped + 1))
    else
        missing=$((missing + 1))
    fi
}

# Leaves a file in part. Fails where the server has none (REPLY: none), or the one that is in failed
# (same), as far as its time says, or does not answer as it should (failed).
fetch_one() { # KEY
    local rc=0 since=() bytes
    part=$MOVIES_HOME/$to/.$1.zip.new
    space_check "$MOVIES_HOME/$to"
    bytes=$REPLY
    if [ -n "${held[failed/$1]-}" ]; then
        REPLY=${held[failed/$1]#* }
        LC_ALL=C TZ=UTC printf -v REPLY '%(%a, %d %b %Y %H:%M:%S GMT)T' "${REPLY%%.*}"
        since=(--time-cond "$REPLY")
    fi
    fetch_curl "$1" "$bytes" "${since[@]}" >"$work/code" 2>"$work/said" || rc=$?
    fetch_judge "$1" "$rc" "$(<"$work/code")" && return
    rm -f -- "$part"
    part=''
    return 1
}

# The size of what is written is bounded by the shell too, since a server need not say it before.
fetch_curl() { # KEY BYTES ARG...
    local only=()
    [ "$scheme" = https ] || only=(--noproxy '*')
    (
        ulimit -f $((($2 + 1023) / 1024))
        trap '' XFSZ
        exec curl -q --config - --silent --show-error --fail --globoff --proto "=$scheme" --proto-redir =https \
            --location --max-redirs 5 --connect-timeout "$fetch_stall" --max-time "$fetch_patience" \
            --speed-limit 1000 --speed-time "$fetch_stall" --max-filesize "$2" --remote-time \
            --user-agent "movies-stage/$MOVIES_VERSION" --write-out '%{http_code}' --output "$part" \
            "${only[@]}" "${@:3}" --url "$url$1.zip"
    ) < <(printf '%s\n' "$credentials")
}

# What curl and the server said: 0 a file, 1 none (REPLY: none, same), or no answer to this request
# (failed), which another hour may have. Where the server is not reached at all, no other hour has.
fetch_judge() { # KEY CURL'S-CODE HTTP-CODE
    local said=''
    REPLY=none
    case $2-$3 in
    0-200)
        [ -e "$part" ] || { : >"$part"; } 2>/dev/null || die 74 "$part" 'cannot be written'
        fetch_is_zip || { fetch_failed "$1" 'what it answers is no zip' && return 1; }
        in_a_row=0
        return 0
        ;;
    0-304) in_a_row=0 REPLY=same && return 1 ;;
    22-404 | 22-410) in_a_row=0 && return 1 ;;
    esac
    files_scratch "$work"
    case $2-$3 in
    22-401 | 22-403 | 22-407) fetch_failed "$1" "access is refused: HTTP $3" && return 1 ;;
    0-* | 22-*) fetch_failed "$1" "HTTP $3" && return 1 ;;
    esac
    IFS= read -r said <"$work/said" || :
    said=${said#curl: (*) }
    case $2 in
    23) die 74 "$part" "cannot be written: ${said:-curl: exit status 23}" ;;
    63 | 153) die 74 "$url$1.zip" 'too large for the space that is left' ;;
    27 | 126 | 127) die 74 curl "${said:-exit status $2}" ;;
    # cut short, too slow, redirects, no answer, broken off
    1 | 18 | 28 | 47 | 52 | 55 | 56 | 92) fetch_failed "$1" "${said:-curl: exit status $2}" && return 1 ;;
    *) die 69 "$url$1.zip" "${said:-curl: exit status $2}" ;;
    esac
}

# Does it begin as a zip does, or as an empty one? A page that says what is wrong is no delivery.
fetch_is_zip() {
    local head=''
    IFS= read -r -d '' -n 2 head <"$part" || :
    [ "$head" = PK ]
}

# Says why there is no answer for a file, and stops where there was none for several in a row.
fetch_failed() { # KEY WHY
    warn "$url$1.zip" "$2"
    in_a_row=$((in_a_row + 1)) REPLY=failed
    [ "$in_a_row" -lt "$fetch_failures" ] || die 69 "$url" "stopped after $in_a_row failures in a row"
}
