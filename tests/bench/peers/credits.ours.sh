# Ours: one pass over the member, both lists exploded side by side and loaded.
# shellcheck shell=bash
set -euo pipefail
failed=$({
    unzipper -e "$ZIP" credits.csv | csv2ndjson -E -e -n --rejoin -c movie_id=id,cast,crew |
        tee >(explode-cast | pgload -e --truncate -t cast_members || echo cast >&3) |
        explode-crew | pgload -e --truncate -t crew_members || echo crew >&3
} 3>&1 >/dev/null)
[ -z "$failed" ]
