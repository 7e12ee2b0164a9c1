# shellcheck shell=bash
# What movies-backfill says of a range without changing anything: show_plan, show_dry_run and
# show_report. Reads what movies-range.bash finds; writes stdout. Keys are plain text, so awk may
# put them between quotes.
# Sourced by movies-backfill. Reads chunk, source, since, most_chunks; first, last, from and to.

# For awk: the hour of a number; and the ranges of hours between those that were shown to held().
show_awk='
    function hour(n,  d, era, y, m) {
        d = int(n / 24) + 719468
        era = int(d / 146097); d -= era * 146097
        y = int((d - int(d / 1460) + int(d / 36524) - int(d / 146096)) / 365)
        d -= 365 * y + int(y / 4) - int(y / 100)
        m = int((5 * d + 2) / 153); d -= int((153 * m + 2) / 5) - 1
        m += (m < 10) ? 3 : -9
        return sprintf("%04d-%02d-%02dT%02dZ", y + era * 400 + (m <= 2), m, d, n % 24)
    }
    function held(n) {
        if (n > next_hour) { gaps++; gap_from[gaps] = next_hour; gap_to[gaps] = n - 1; gap_hours += n - next_hour }
        if (n >= next_hour) next_hour = n + 1
    }
    BEGIN { next_hour = first; gap_hours = gaps = 0 }'

# Makes a scratch folder, with what there is of the range in the order of the keys: "files" what
# the folders have, "loaded" what the database has, "all" both. Where there is no database nothing
# is loaded. With "upstream" also what a source has that is a directory.
show_find() { # [upstream]
    work_make
    { : >"$work/loaded"; } 2>/dev/null || work_lost $?
    if db_external || pg_find; then
        db_server
        range_loaded >"$work/loaded" || work_lost $?
    fi
    range_files backfill staging archive failed "$@" >"$work/files" || work_lost $?
    LC_ALL=C sort -m -k 1,1n -k 2,2n -k 3,3n -k 4 "$work/files" "$work/loaded" >"$work/all" ||
        die 74 "$work" 'cannot be written'
}

show_dry_run() {
    local said
    [[ -z $source || $source == *://* || -d $source ]] || die 69 "$source" 'no such folder'
    [[ ! -d $source || -r $source && -x $source ]] || die 69 "$source" 'cannot be read'
    show_find ${source:+upstream}
    said=$(movies_source=$source awk -v first="$first" -v last="$last" "$show_awk"'
        BEGIN { source = ENVIRON["movies_source"] }
        function counted(n, what) { return n " " what (n == 1 ? "" : "s") }
        !all { loaded[$6] = 1; next }
        { held($1) }
        $4 == "failed" { bad[$6] = $5 }
        $4 !~ /^(failed|upstream)$/ { kept[$6] = 1 }
        # What failed is fetched again if it has become another file.
        $4 == "upstream" && !($6 in loaded) && !($6 in kept) && !($6 in bad && bad[$6] == $5) {
            printf "fetch    %-31s %s\n", $6, $5; fetched++; to_fetch += $5
        }
        $4 == "backfill" && $6 in loaded { printf "loaded   %-31s %s\n", $6, $5; again++ }
        $4 == "backfill" && !($6 in loaded) { printf "load     %-31s %s\n", $6, $5; files++; bytes += $5 }
        $4 ~ /^(staging|archive|failed)$/ && !($6 in loaded) { printf "%-8s %-31s %s\n", $4, $6, $5; left[$4]++; others++ }
        END {
            held(last + 1)
            for (i = 1; i <= gaps; i++)
                printf "gap      %s %s %d\n", hour(gap_from[i]), hour(gap_to[i]), gap_to[i] - gap_from[i] + 1
            if (source ~ "://") print "source   is an address: which of the hours it has is not known before they are fetched"
            if (fetched) printf "total    %s to fetch and load, %.0f bytes\n", counted(fetched, "file"), to_fetch
            printf "total    %s to load, %.0f bytes; %d loaded already, to be archived\n", counted(files + 0, "file"), bytes, again
            if (others)
                printf "total    %s not loaded and not touched: %d in staging, %d in archive, %d in failed\n",
                    counted(others, "file"), left["staging"], left["archive"], left["failed"]
            printf "total    %s, %d of %s\n", counted(gaps, "gap"), gap_hours, counted(last - first + 1, "hour")
        }' "$work/loaded" all=1 "$work/all")
    out "$said"
}

show_report() {
    local said
    show_find
    said=$(awk -v first="$first" -v last="$last" -v from="$from" -v to="$to" "$show_awk"'
        function listed(list, text) { return list (list == "" ? "" : ",") text }
        { held($1); count[$4]++ }
        $4 == "failed" || $4 == "backfill" { keys[$4] = listed(keys[$4], "\"" $6 "\"") }
        END {
            held(last + 1)
            for (i = 1; i <= gaps; i++)
                missing = listed(missing, "[\"" hour(gap_from[i]) "\",\"" hour(gap_to[i]) "\"]")
            printf "{\"from\":\"%s\",\"to\":\"%s\",\"hours\":%d,\"loaded\":%d,\"skipped\":%d", from, to,
                last - first + 1, count["new"], count["old"]
            printf ",\"failed\":[%s],\"waiting\":[%s],\"missing\":[%s]}\n", keys["failed"], keys["backfill"], missing
        }' "$work/all")
    out "$said"
}

# The files that backfill holds, an hour never in two chunks; or with a source all hours, in chunks
# of so many, since what it has is not known yet.
show_plan() {
    local said
    work_make
    range_files backfill >"$work/files" || work_lost $?
    said=$(awk -v first="$first" -v last="$last" -v size="$chunk" -v most="$most_chunks" \
        -v by_hours="${source:+1}" "$show_awk"'
        # In how many chunks of SIZE: the files of an hour stay together. Their ends are left in ends.
        function chunks(size,  i, n, full) {
            if (by_hours) return int((last - first + size) / size)
            n = full = 0
            for (i = 1; i <= hours; i++) {
                if (i == 1 || full + files[i] > size) { n++; full = 0 }
                full += files[i]; ends[n] = i; sizes[n] = full
            }
            return n
        }
        function fitting(low, high,  middle) { # the least size that makes no more than most
            while (low < high) {
                middle = int((low + high) / 2)
                if (chunks(middle) > most) low = middle + 1; else high = middle
            }
            return low
        }
        { if (!hours || number[hours] != $1) number[++hours] = $1; files[hours]++; at[$1]++ }
        END {
            n = chunks(size)
            if (n > most) { print "many", n, fitting(size, by_hours ? last - first + 1 : NR); exit }
            printf "["
            for (i = 1; i <= n; i++) {
                if (by_hours) {
                    a = first + (i - 1) * size; b = a + size - 1; if (b > last) b = last
                    held_files = 0
                    for (h = a; h <= b; h++) held_files += at[h]
                } else {
                    a = number[i == 1 ? 1 : ends[i - 1] + 1]; b = number[ends[i]]; held_files = sizes[i]
                }
                printf "%s{\"from\":\"%s\",\"to\":\"%s\",\"files\":%d}", (i > 1) ? "," : "", hour(a), hour(b), held_files
            }
            print "]"
        }' "$work/files")
    if [[ $said == many* ]]; then
        # shellcheck disable=SC2086 # three words
        set -- $said
        usage_error --chunk "$chunk" "makes $2 chunks, more than $most_chunks: --chunk $3 would do"
    fi
    out "$said"
}
