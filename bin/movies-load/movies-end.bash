# shellcheck shell=bash
# Ends what a shell has begun, all of it. Sourced by movies-load, whose work (a scratch folder) it reads.

# Stops what descends from a process and adds it to the array tree. Parents come before their children:
# who is stopped begins nothing more.
tree_stop() { # PID
    local child children=()
    read -ra children 2>/dev/null <"/proc/$1/task/$1/children" || :
    for child in "${children[@]}"; do
        kill -s STOP "$child" 2>/dev/null || continue
        tree+=("$child")
        tree_stop "$child"
    done
}

# Adds to tree who has lost the parent: a list's chain, when the member's main one has come to its end. Its
# filters have the scratch folder on their command lines.
tree_strays() {
    local path
    # shellcheck disable=SC2062 # these are files
    while IFS= read -r path; do
        path=${path#/proc/}
        tree+=("${path%/*}")
    done < <(grep -lsF -f - /proc/[0-9]*/cmdline <<<"$work/" || :)
}

# Leaves in left those of tree that are at work still.
tree_look() {
    local pid stat
    left=()
    for pid in "${tree[@]}"; do
        { read -r stat <"/proc/$pid/stat"; } 2>/dev/null || continue
        [[ $stat == *') Z '* ]] || left+=("$pid")
    done
}

# Ends all that descends from this process, and waits for it: five seconds, then not so gently.
tree_end() {
    local tree=() left i
    tree_stop $$
    [ ${#tree[@]} -gt 0 ] || return 0
    tree_strays
    for i in TERM CONT; do kill -s "$i" "${tree[@]}" 2>/dev/null || :; done
    for ((i = 0; i < 250; i++)); do
        tree_look
        [ ${#left[@]} -gt 0 ] || return 0
        sleep 0.02
    done
    kill -s KILL "${left[@]}" 2>/dev/null || :
}
