# Ours: one pass over the member, its lists exploded side by side; then the names, by SQL.
# The substitution ends when every process has let go of descriptor 3.
# shellcheck shell=bash
set -euo pipefail
columns=movie_id=id,imdb_id,title,original_title,original_language,overview,tagline,homepage,poster_path,status
columns+=,adult,video,budget,revenue,popularity,runtime,vote_average,vote_count,release_date
columns+=,genres,production_companies
failed=$({
    unzipper -e "$ZIP" movies_metadata.csv | csv2ndjson -E -e -n --rejoin -c "$columns" |
        tee >(explode-genres | pgload -e --truncate -t movie_genres || echo genres >&3) \
            >(explode-companies | pgload -e --truncate -t movie_companies || echo companies >&3) |
        pgload -e --truncate --ignore-unknown -t movies || echo movies >&3
} 3>&1 >/dev/null)
[ -z "$failed" ]
psql -Xq -v ON_ERROR_STOP=1 <<'END'
begin;
truncate genres, production_companies;
insert into genres select genre_id, min(genre) from movie_genres group by genre_id;
insert into production_companies select company_id, min(company) from movie_companies group by company_id;
commit;
END
