# shellcheck shell=bash
# What a load must satisfy beyond types: the rules, sql/rules/NAME.sql. Each is one query that gives
# (found, example), and says in its head which families it is for, what it is about, and whether it
# warns or refuses the load. Sourced by movies-load's worker, whose families, key, load, verbose and work it reads.

# A line at the head of a rule's file, "-- KEY: ...", without its mark.
rule_head() { sed -n "s/^-- $2: *//p" "$movies_sql/rules/$1.sql"; } # NAME KEY

# All that psql is to do, in one transaction: the rules of each family that is staged, each as
# the statement that writes down what it finds.
rules_script() {
    cat -- "$movies_sql/promote/rules.sql"
    awk -v names="$movies_sql/stage/names.sql" -v families="${families[*]}" '
        function head(key, line) { line = $0; sub("^-- " key ": *", "", line); return line }
        FNR == 1 { rule = FILENAME; gsub(/^.*\/|\.sql$/, "", rule) }
        /^-- severity: / { severity[rule] = head("severity") }
        /^-- family: / { concerns[rule] = head("family") ", " }
        { body[rule] = body[rule] $0 "\n" }
        END {
            while ((getline line <names) > 0) name_lines = name_lines line "\n"
            n = split(families, family, " ")
            for (i = 1; i <= n; i++) {
                printf "\\if :has_%s\n\\set family %s\n%s", family[i], family[i], name_lines
                for (rule in body)
                    if (index(concerns[rule], family[i] ", "))
                        printf "insert into ops.findings (load_id, rule, family, severity, found, example)\n" \
                            "select :load, \047%s.%s\047, \047%s\047, \047%s\047, found, left(example, 200) " \
                            "from (\n%s) as rule where found > 0;\n", \
                            family[i], rule, family[i], severity[rule], body[rule]
                printf "\\endif\n"
            }
        }' "$movies_sql"/rules/*.sql
    cat -- "$movies_sql/promote/found.sql"
}

# Writes ops.findings of the load. What refuses it is said on stderr, and exits 65; with -v each warning.
rules_run() {
    local rule severity found example text refused=''
    say 'rules'
    rules_script >"$work/rules" 2>/dev/null || die 74 "$work" 'cannot be written'
    db_psql -At0 -v "load=$load" -f "$work/rules" >"$work/findings"
    while IFS='|' read -r -d '' rule severity found example; do
        db_expect '[a-z_]+\.[a-z-]+' "$rule"
        [ "$severity" = fail ] || [ -n "$verbose" ] || continue
        text=$(rule_head "${rule#*.}" rule)
        if [ "$severity" = fail ]; then
            refused=yes
            warn "$key" refused "${rule%%.*}" "$text" "$found, e.g. $example"
        else
            warn "$key" warning "${rule%%.*}" "$text" "$found, e.g. $example"
        fi
    done <"$work/findings"
    [ -z "$refused" ] || exit 65
}
