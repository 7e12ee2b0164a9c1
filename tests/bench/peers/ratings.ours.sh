# Ours: the zip's member, unpacked, parsed, every value checked, into the table.
# shellcheck shell=bash
set -euo pipefail
unzipper -e "$ZIP" ratings.csv |
    csv2ndjson -E -e -n --rejoin -c user_id=userId,movie_id=movieId,rating,rated_at=timestamp |
    pgload -e --truncate -t ratings
