#!/usr/bin/env bash
# The explode-* filters: keys and their order, provenance, trailers, what is rejected and how
# it is said, counts.
source "$(dirname "$0")/lib.sh"

record() { # COLUMN LITERAL: a record of movie 862, the literal as a string
    jq -cn --arg c "$1" --arg v "$2" '{id: 862, ($c): $v}'
}
explode() { # GENRES: what explode-genres makes of it
    record genres "$1" | explode-genres 2>&1
}
refused() { # NAME CODE REASON INPUT [TOOL]: rejected so, and nothing comes out
    local got
    rm -f "$tmp/r"
    printf '%s\n' "$4" >"$tmp/in"
    got=$("${5:-explode-genres}" -R "$tmp/r" "$tmp/in" 2>&1)
    is "$1: code and reason" "$(jq -r '"\(.code): \(.reason)"' "$tmp/r")" "$2: $3"
    is "$1: nothing comes out" "$got" ''
}

# What comes out
is 'genres' "$(explode "[{'id': 16, 'name': 'Animation'}, {'name': 'Comedy', 'id': 35}]")" \
    '{"movie_id":862,"genre_id":16,"genre":"Animation"}
{"movie_id":862,"genre_id":35,"genre":"Comedy"}'
is 'companies' "$(record production_companies "[{'name': \"Kerri's\", 'id': 3}]" | explode-companies)" \
    '{"movie_id":862,"company_id":3,"company":"Kerri'"'"'s"}'
is 'countries' "$(record production_countries "[{'iso_3166_1': 'FR', 'name': 'France'}]" |
    explode-countries)" '{"movie_id":862,"country":"FR","name":"France"}'
is 'languages' "$(record spoken_languages "[{'iso_639_1': 'fr', 'name': 'Fran\\xe7ais'}]" |
    explode-languages)" '{"movie_id":862,"language":"fr","name":"Français"}'
is 'a collection' "$(record belongs_to_collection "{'id': 10194, 'name': 'Toy Story', 'poster_path': None}" |
    explode-collections)" \
    '{"movie_id":862,"collection_id":10194,"collection":"Toy Story","poster_path":null,"backdrop_path":null}'
is 'keywords' "$(record keywords "[{'id': 931, 'name': 'jealousy'}, {'name': \"boys' toys\", 'id': 4290}]" |
    explode-keywords)" '{"movie_id":862,"keyword_id":931,"keyword":"jealousy"}
{"movie_id":862,"keyword_id":4290,"keyword":"boys'"'"' toys"}'
part="{'cast_id': 14, 'character': 'Woody (voice)', 'credit_id': '52fe', 'gender': 2, 'id': 31, 'name': 'Tom Hanks', \
'order': 0, 'profile_path': '/pQFo.jpg'}"
is 'a cast' "$(record cast "[$part, {'id': 32, 'name': None}]" | explode-cast)" \
    '{"movie_id":862,"cast_id":14,"character":"Woody (voice)","credit_id":"52fe","gender":2,"person_id":31,'\
'"name":"Tom Hanks","order":0,"profile_path":"/pQFo.jpg"}
{"movie_id":862,"cast_id":null,"character":null,"credit_id":null,"gender":null,"person_id":32,'\
'"name":null,"order":null,"profile_path":null}'
job="{'credit_id': '52fe', 'department': 'Directing', 'gender': 2, 'id': 7879, 'job': 'Director', \
'name': 'John Lasseter', 'profile_path': None}"
is 'a crew' "$(record crew "[$job, {'name': 'A', 'id': 5}]" | explode-crew)" \
    '{"movie_id":862,"credit_id":"52fe","department":"Directing","gender":2,"job":"Director","person_id":7879,'\
'"name":"John Lasseter","profile_path":null}
{"movie_id":862,"credit_id":null,"department":null,"gender":null,"job":null,"person_id":5,'\
'"name":"A","profile_path":null}'

# What goes in
is 'a list as JSON' "$(explode-genres <<<'{"id":1,"genres":[{"id":2,"name":"\u00e9\"","x":[{"id":3}]}]}')" \
    '{"movie_id":1,"genre_id":2,"genre":"é\""}'
is 'JSON in a string' "$(explode '[{"id": 2, "name": null}]')" '{"movie_id":862,"genre_id":2,"genre":null}'
is 'movie_id goes before id' "$(explode-genres <<<'{"id":1,"genres":[{"id":2,"name":""}],"movie_id":"007"}')" \
    '{"movie_id":"007","genre_id":2,"genre":""}'
is 'an id keeps its digits' "$(explode-genres <<<'{"id":12345678901234567890,"genres":[{"id":98765432109876543210,"name":"A"}]}')" \
    '{"movie_id":12345678901234567890,"genre_id":98765432109876543210,"genre":"A"}'
is 'of a key twice the last counts' "$(explode "[{'id': 'x', 'name': 'A', 'id': 5}]")" \
    '{"movie_id":862,"genre_id":5,"genre":"A"}'
is 'keys with _ are copied, at the end' \
    "$(explode-genres <<<'{"_line":7,"id":1,"_record":3,"genres":[{"id":2,"name":"A"},{"id":3,"name":"B"}],"_x":"\u00e9"}')" \
    '{"movie_id":1,"genre_id":2,"genre":"A","_line":7,"_record":3,"_x":"\u00e9"}
{"movie_id":1,"genre_id":3,"genre":"B","_line":7,"_record":3,"_x":"\u00e9"}'
for nothing in null '[]' '"[]"' '"()"' '"None"' '" [ ] "'; do
    exits "$nothing is empty" 0 explode-genres <<<"{\"id\":1,\"genres\":$nothing}"
    is "$nothing gives nothing" "$(cat "$tmp/out")" ''
done
exits 'no collection is empty' 0 explode-collections <<<'{"id":1,"belongs_to_collection":null}'
is '--column' "$(explode-genres --column g <<<'{"id":1,"g":[{"id":2,"name":"A"}],"genres":5}')" \
    '{"movie_id":1,"genre_id":2,"genre":"A"}'
exits 'no input is none out' 0 explode-genres /dev/null

# What is rejected
lit() { record genres "$1"; }
refused 'a list cut short' bad-literal 'genres: byte 28: a colon is missing' "$(lit "[{'id': 1, 'name': 'A', 'b'")"
refused 'naive quotes' bad-literal 'genres: byte 25: a comma or } is missing' \
    "$(lit "[{'id': 1, 'name': 'Don't'}]")"
refused 'an open quote' bad-literal 'genres: byte 20: a quote is never closed' "$(lit "[{'id': 1, 'name': 'A}]")"
refused 'an empty text' bad-literal 'genres: byte 1: a value is missing' "$(lit '')"
refused 'code' bad-literal 'genres: byte 2: not a value' "$(lit '[__import__("os")]')"
refused 'a number' not-a-list 'genres: not a list' "$(lit 7)"
refused 'a dict' not-a-list 'genres: not a list' "$(lit "{'id': 1, 'name': 'A'}")"
refused 'a JSON number' not-a-list 'genres: not a list' '{"id":1,"genres":7.50}'
refused 'a list of numbers' not-a-dict 'genres: element 1: not a dict' "$(lit '[1]')"
refused 'a null element' not-a-dict 'genres: element 2: not a dict' "$(lit "[{'id': 1, 'name': 'A'}, None]")"
refused 'a list of a list' not-a-dict 'genres: element 1: not a dict' "$(lit '[[]]')"
refused 'no id' missing-key 'genres: element 2: id: missing' "$(lit "[{'id': 1, 'name': 'A'}, {'name': 'B'}]")"
refused 'no name' missing-key 'genres: element 1: name: missing' "$(lit "[{'id': 1}]")"
refused 'a null id' null-key 'genres: element 1: id: null' "$(lit "[{'id': None, 'name': 'A'}]")"
refused 'an id in quotes' wrong-type 'genres: element 1: id: not a whole number' "$(lit "[{'id': '1', 'name': 'A'}]")"
refused 'an id with a point' wrong-type 'genres: element 1: id: not a whole number' "$(lit "[{'id': 1.0, 'name': 'A'}]")"
refused 'a true id' wrong-type 'genres: element 1: id: not a whole number' "$(lit "[{'id': True, 'name': 'A'}]")"
refused 'a name that is a number' wrong-type 'genres: element 1: name: not a string' "$(lit "[{'id': 1, 'name': 2}]")"
refused 'a name that is a list' wrong-type 'genres: element 1: name: not a string' "$(lit "[{'id': 1, 'name': ['A']}]")"
refused 'a NUL' nul 'genres: element 1: name: a NUL character' "$(lit "[{'id': 1, 'name': 'A\\0'}]")"
refused 'a list for a collection' not-a-dict 'belongs_to_collection: not a dict' \
    "$(record belongs_to_collection "[{'id': 1}]")" explode-collections
refused 'an empty collection' missing-key 'belongs_to_collection: id: missing' \
    "$(record belongs_to_collection '{}')" explode-collections
refused 'a keyword without a name' missing-key 'keywords: element 1: name: missing' \
    "$(record keywords "[{'id': 1}]")" explode-keywords
refused 'a person without an id' null-key 'cast: element 2: id: null' \
    "$(record cast "[{'id': 1, 'name': 'A'}, {'id': None, 'name': 'A'}]")" explode-cast
refused 'a person without a name' missing-key 'crew: element 1: name: missing' \
    "$(record crew "[{'id': 1, 'job': 'Director'}]")" explode-crew
for key in cast_id gender order; do
    refused "a $key in quotes" wrong-type "cast: element 1: $key: not a whole number" \
        "$(record cast "[{'id': 1, 'name': 'A', '$key': '2'}]")" explode-cast
done
for key in credit_id department job profile_path; do
    refused "a $key that is a number" wrong-type "crew: element 1: $key: not a string" \
        "$(record crew "[{'id': 1, 'name': 'A', '$key': 2}]")" explode-crew
done
refused 'no column' no-column 'genres: no such column' '{"id":1,"Genres":[]}'
refused 'no movie' no-movie-id 'neither movie_id nor id is given' '{"genres":[]}'
refused 'a null movie' no-movie-id 'neither movie_id nor id is given' '{"id":1,"movie_id":null,"genres":[]}'
refused 'a list for a movie' no-movie-id 'neither movie_id nor id is given' '{"id":[1],"genres":[]}'
refused 'no JSON' bad-json 'not valid JSON: a record must be one line (jq -c makes it one)' '{"id":1,'
deep() { printf '%*s' "$1" '' | tr ' ' "$2"; }
refused 'too deep' bad-literal 'genres: byte 92: nested too deeply' \
    "$(lit "[{'id': 1, 'name': 'A', 'x': $(deep 63 '[')$(deep 63 ']')}]")"
is '64 levels are not too deep' "$(explode "[{'id': 1, 'name': 'A', 'x': $(deep 62 '[')$(deep 62 ']')}]")" \
    '{"movie_id":862,"genre_id":1,"genre":"A"}'
is 'a NUL that nobody asked for is let pass' "$(explode "[{'id': 1, 'name': 'A', 'x': '\\0'}]")" \
    '{"movie_id":862,"genre_id":1,"genre":"A"}'

# Whole or not at all; positions, limits, counts
cat >"$tmp/in" <<'END'
{"id":1,"genres":"[{'id': 1, 'name': 'A'}, {'id': 2, 'name': 'B'}]","_record":1,"_line":2}
{"id":2,"genres":"[{'id': 1, 'name': 'A'}, {'id': 2}]","_record":2,"_line":5}
{"id":3,"genres":null,"_record":3,"_line":6}
{"id":4,"genres":[],"_record":4,"_line":7}
nonsense
{"id":5,"genres":[{"id":3,"name":"C"}],"_record":6,"_line":9}
{"_end":{"records":6}}
END
rm -f "$tmp/r"
exits 'with -R bad records are set aside' 0 explode-genres -R "$tmp/r" -S "$tmp/s" --member m.csv "$tmp/in"
is 'the good ones are all there, and a trailer' "$(cat "$tmp/out")" \
    '{"movie_id":1,"genre_id":1,"genre":"A","_record":1,"_line":2}
{"movie_id":1,"genre_id":2,"genre":"B","_record":1,"_line":2}
{"movie_id":5,"genre_id":3,"genre":"C","_record":6,"_line":9}
{"_end":{"records":3}}'
is 'rejects say where' "$(jq -c '[.tool, .member, .record, .line, .offset, .code]' "$tmp/r")" \
    '["explode-genres","m.csv",2,5,91,"missing-key"]
["explode-genres","m.csv",5,5,257,"bad-json"]'
is 'a reject holds the line' "$(jq -r 'select(.record == 2).raw' "$tmp/r")" "$(sed -n 2p "$tmp/in")"
is 'counts' "$(jq -c 'del(.in_digest, .out_digest)' "$tmp/s")" \
    '{"tool":"explode-genres","member":"m.csv","in":6,"exploded":2,"empty":2,"rejected":2,"out":3}'
is 'the digest of what went out is that of what comes in next' "$(jq -r .out_digest "$tmp/s")" \
    "$(explode-genres --column _line -R /dev/null -S "$tmp/s2" "$tmp/out" >/dev/null
    jq -r .in_digest "$tmp/s2")"
exits 'without -R the first bad record is fatal' 65 explode-genres --member m.csv "$tmp/in"
is 'and says where and why' "$(cat "$tmp/err")" \
    'explode-genres: m.csv:5: record 2: genres: element 2: name: missing (missing-key)'
exits '-m 1 is passed by the second' 65 explode-genres -R "$tmp/r" -m 1 "$tmp/in"
exits '-m 2 is enough' 0 explode-genres -R "$tmp/r" -m 2 "$tmp/in"

# Streams cut short
exits 'no trailer in, none out' 0 explode-genres -R "$tmp/r" <(sed '$d' "$tmp/in")
is 'no trailer' "$(grep -c _end "$tmp/out")" 0
rm -f "$tmp/s"
exits 'a record less than the trailer says' 74 explode-genres -R "$tmp/r" -S "$tmp/s" <(sed 3d "$tmp/in")
is 'no trailer then' "$(grep -c _end "$tmp/out")" 0
ok 'no counts then' test ! -e "$tmp/s"
exits 'but --filtered takes it' 0 explode-genres --filtered -R "$tmp/r" <(sed 3d "$tmp/in")
is 'and counts anew' "$(tail -n 1 "$tmp/out")" '{"_end":{"records":3}}'
# shellcheck disable=SC2016 # bash -c expands them
exits 'a full disk' 74 bash -c 'explode-genres -R "$1/r" "$1/in" >/dev/full' - "$tmp"
exits 'no such file' 64 explode-genres "$tmp/none"

# A run that failed on a full disk leaves a torn line, which must not swallow the next one's
printf '{"torn' | tee "$tmp/r2" >"$tmp/s2"
for _ in 1 2; do explode-genres -R "$tmp/r2" -S "$tmp/s2" <<<'{}'; done
is 'rejects behind a torn line' "$(sed 1d "$tmp/r2" | jq -r .code)" $'no-movie-id\nno-movie-id'
is 'counts behind a torn line' "$(sed 1d "$tmp/s2" | jq -r .rejected)" $'1\n1'
is 'the torn line stays' "$(head -qn 1 "$tmp/r2" "$tmp/s2")" $'{"torn\n{"torn'
exits 'a member that is not UTF-8 is wrong use' 64 explode-genres --member $'a\xff' "$tmp/in"
done_testing
