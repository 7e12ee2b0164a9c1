#!/usr/bin/env bash
# pipetree: the tree file, what each command is given and where its output goes, exit statuses, streams
# that are cut, processes that are left. Random trees with random faults: tests/prop/test_pipetree.py.
# Mounts a small file system, in a name space that ends with this test.
# shellcheck disable=SC2016 # a tree file has ${name}, too
if [ "$(id -u)" -eq 0 ] && [ -z "${MOVIES_UNSHARED-}" ] && unshare -m true 2>/dev/null; then
    MOVIES_UNSHARED=1 exec unshare -m bash -- "$0" "$@"
fi
source "$(dirname "$0")/lib.sh"
source "$top/tests/pg.sh"
cd "$tmp" || exit # every file of this test lies there

tree() { printf '%s\n' "$@" >"$tmp/tree"; } # LINE...
run() { pipetree "$@" "$tmp/tree"; }        # OPTION...

children() { cat "/proc/$1/task/$1/children" 2>/dev/null; } # PID
has_child() { [ -n "$(children "$1")" ]; }
worker() { await has_child "$1" && children "$1" | tr -d ' '; } # of a guard

# The tree file
refuses() { # NAME REGEX LINE...: wrong use, told in one line with file and line
    local name=$1 regex=$2
    shift 2
    tree "$@"
    exits "refuses $name" 64 run -D a=1 -D l+=1
    like "says what is wrong with $name" "$(cat "$tmp/err")" "^pipetree: $tmp/tree:[0-9]+: $regex"
    is "says no more of $name" "$(wc -l <"$tmp/err")" 1
}
refuses 'a second root' 'a second root' 'cat' 'cat'
refuses 'an indentation between two levels' 'its indentation is that of no line above' cat '    cat' '  cat'
refuses 'a tab' 'a tab: use spaces' cat $'\tcat'
refuses 'a carriage return' 'a carriage return' $'cat\r'
refuses 'a control character' 'a control character' $'cat \x01'
refuses 'a quote that is not closed' 'a quote is not closed' "cat 'x" cat
refuses 'a pipe sign' 'a bare \|' 'cat | cat'
refuses 'an ampersand' 'a bare &' 'sleep 1 &'
refuses 'a double quote' 'a bare "' 'cat "x y"'
refuses 'a redirection of input' 'a bare <' 'cat <x'
refuses 'a redirection of standard error' 'a bare >' 'cat 2>x'
refuses 'a bare dollar sign' 'a bare \$' 'cat $x'
refuses 'a name with a hyphen' 'not a name' 'cat ${a-b}'
refuses 'a name that is not closed' 'not a name' 'cat ${a'
refuses 'an undefined name' '\$\{b\} is not defined' 'cat ${b}'
refuses 'an undefined list' '\$\{b\[@\]\} is not defined' 'cat ${b[@]}'
refuses 'a list as a name' '\$\{l\} is not defined' 'cat ${l}'
refuses 'a list within a word' '\$\{l\[@\]\} must be a word by itself' 'cat x${l[@]}'
refuses 'a name in the name of a command' "a command's name cannot hold" '${a}'
refuses 'two paths' '> is followed by one PATH' 'cat > x y'
refuses 'no path' '> is followed by one PATH' 'cat >'
refuses 'an output in the middle' '> is followed by one PATH' 'cat > x -n'
refuses 'two standard outputs' '> -: line 2 writes' cat '  cat > -' '  cat > -'
refuses 'one file for two' '> x: line 2 writes' cat '  cat > x' '  cat > x'
refuses 'a reader of a file' 'the output of the command above goes behind its >' 'cat > x' '  cat'
refuses 'a side input that nobody mentions' '<s: \$\{s\} is not among' cat '  <s cat'
refuses 'a side input with a value' '<a: -D gives' 'cat ${a}' '  <a cat'
refuses 'two side inputs of one name' '<s: there is another' 'cat ${s}' '  <s cat' '  <s cat'
refuses 'a command below a side input' 'nothing can stand below' 'cat ${s}' '  <s cat' '    cat'
refuses 'a side input at the root' '<s: a side input stands below' '<s cat'
refuses 'a side input without a name' '<9 is not <NAME' cat '  <9 cat'
refuses 'a side input without a command' 'there is no command' 'cat ${s}' '  <s'
exits 'refuses a tree without a command' 64 pipetree /dev/null
exits 'refuses a tree that is not there' 64 pipetree "$tmp/none"
exits 'refuses a tree of 2 MB' 64 pipetree <(yes '# nothing' | head -c 2000000)
{ echo cat; for i in {1..256}; do echo '  cat'; done; } >"$tmp/tree"
exits 'refuses 257 commands' 64 run
for d in x =x 1=x 'a b=x' +=x; do exits "refuses -D $d" 64 run -D "$d"; done
exits 'refuses a name with a value and a list' 64 run -D a=1 -D a+=1
exits 'refuses two trees' 64 pipetree "$tmp/tree" "$tmp/tree"
exits 'refuses to run nothing' 64 pipetree --exec

tree '# a comment' '' "printf '%s|' a\${l[@]x}" && sed -i 's/a\${l\[@\]x}/${l[@]} ${v}b '"'it''s'"' c\\\n     d "" \\\n  e/' "$tmp/tree"
sed -i "s/\"\"/''/" "$tmp/tree"
is 'gives each command its words' "$(run -D l+= -D l+='1 2' -D v='$(touch x) ${l}')" \
    "|1 2|\$(touch x) \${l}b|it's|cd||e|"
ok 'evaluates nothing' test ! -e x
is 'prints the commands without running them' "$(run --dry-run -D l+=1 -D v=2 | jq -c .argv)" \
    '["printf","%s|","1","2b","it'"'"'s","cd","","e"]'
is 'takes the arguments of --exec as they are' "$(pipetree --exec printf '%s|' '${a}' $'\x01b\x02' '>')" $'${a}|\x01b\x02|>|'

# Where output goes
tree 'cat' '    sed s/x/a/' '        cat > one' '    sed s/x/b/ > -' '    cat > ${dir}/two'
is 'gives each reader all, and standard output to one' "$(printf 'x\ny\n' | run -D dir="$tmp")" $'b\ny'
is 'writes the files' "$(cat one two)" $'a\ny\nx\ny'
echo old >one
tree 'cat' '    sh -c '"'cat; exit 5'"' > one'
exits 'fails as its command does' 5 run <<<new
is 'keeps the file of before' "$(cat one)" old
is 'leaves no other' "$(find . -name '.*.new')" ''
tree 'cat' '    cat' '    cat'
exits 'lets none of several leaves write where nobody reads' 1 run <<<x
tree 'cat > /dev/null'
exits 'replaces no device' 64 run </dev/null
ln -s one link
tree 'cat > link'
exits 'replaces no link' 64 run </dev/null
tree 'cat > none/x'
exits 'cannot write into a folder that is not there' 74 run </dev/null
tree 'sh -c '"'echo begun >&2; exec sleep 5'"' > busy'
pipetree tree 2>begun &
first=$!
await grep -q begun begun
exits 'refuses to write what another run writes' 74 run
kill "$first"
wait "$first" 2>/dev/null
ok 'removes what a run that was ended has written' test ! -e .busy.new
echo left >.busy.new
tree 'echo whole > busy'
exits 'writes over what a killed run has left' 0 run
is 'all of it' "$(cat busy)" whole
mkdir small
if mount -t tmpfs -o size=64k tmpfs small 2>/dev/null; then
    tree 'head -c 1000000 /dev/zero' '    cat > small/x' '    sh -c '"'cat >/dev/null'"
    exits 'a full disk fails' 1 run
    is 'and leaves nothing on it' "$(ls -A small)" ''
    umount small
else
    skip 'a full disk fails' 'needs root'
fi

# Exit statuses
status() { # NAME CODE LINE...
    local name=$1 code=$2
    shift 2
    tree "$@"
    exits "$name" "$code" run </dev/null
}
status 'is 0 when all are' 0 true '  true' '  true'
status 'is that of the command nearest to the root' 3 'sh -c '"'sleep 0.2; exit 3'" '  sh -c '"'sleep 0.3; exit 4'"
status 'is 74 of a reader alone' 74 true "  sh -c 'cat; exit 74'"
status 'is 74 after a death by signal' 74 true "  sh -c 'kill -9 \$\$'"
like 'which is told' "$(cat "$tmp/err")" "^pipetree: $tmp/tree:2: sh: killed by signal 9 \(Killed\)$"
status 'is 74 after a death by signal that a shell reports' 74 "sh -c 'exit 139'"
status 'is 64 for a command that is not there' 64 'touch started' '  no-such-command'
ok 'which keeps all others from starting' test ! -e started
status 'is 0 when a reader ends early' 0 'yes' '  cat' '    head -n 1'
status 'is 0 when one of several readers ends early' 0 'seq 100000' '  head -n 1 > early' '  tail -n 1 > late'
is 'and the others get all' "$(cat early late)" $'1\n100000'
status 'is 74 for SIGPIPE while somebody reads' 74 "sh -c 'kill -PIPE \$\$'" '  cat > -'
status 'is 0 though a side input fails' 0 'cat ${s}' "  <s sh -c 'echo x; exit 3'"
is 'which gives what it has written' "$(cat "$tmp/out")" x
like 'and is told' "$(cat "$tmp/err")" ':2: sh: a side input has failed'
tree "sh -c 'sleep 0.3; exit 4'" "  sh -c 'sleep 0.3; exit 74'"
pipetree tree &
running=$!
worker=$(worker "$running")
sleep 0.1
kill -s STOP "$worker" # so that it finds both ended
sleep 0.5
kill -s CONT "$worker"
wait "$running"
is 'is 74 of a reader only if nobody else has failed' $? 4
tree 'yes'
run | head -n 1 >"$tmp/out"
is 'dies of SIGPIPE when the reader of its output goes' "${PIPESTATUS[0]}" 141
(trap '' PIPE; tree yes '  head -n 1' && run >"$tmp/out" 2>"$tmp/err")
is 'gives its commands SIGPIPE though it is ignored around it' $? 0
ok 'waits for its commands though SIGCHLD is ignored around it' perl -e '$SIG{CHLD} = "IGNORE"; exec @ARGV' pipetree --exec true
is 'passes signals that are ignored on' "$(pipetree --exec true; nohup pipetree --exec sh -c 'kill -HUP $$; echo goes on' 2>/dev/null)" 'goes on'

# The report
exits 'a report that cannot be written is no success' 74 pipetree --report none/report --exec true
tree "sh -c 'echo message >&2; echo x'" "  sh -c 'cat; printf last >&2; exit 7'" '    cat > x' '  no-such' && sed -i '$d' tree
exits 'a run with a report' 7 run --report report
is 'has each command, what became of it, and whose fault it was' \
    "$(jq -c '[.path, .line, .argv[0], .outcome, .status, .signal, .message, .cause]' report)" \
    '["1",1,"sh","done",0,null,"message",false]
["1.1",2,"sh","failed",7,null,"last",true]
["1.1.1",3,"cat","ended",null,15,null,false]'
ok 'has times and memory' jq -e '.seconds >= 0 and .peak_bytes > 100000' report
is 'passes messages on' "$(cat "$tmp/err")" $'message\nlast'
tree "printf 'a\\377b'" '  cat > x'
exits 'a report of bytes that are no text' 0 run --report report2
pipetree --report report3 --exec printf $'a\xffb' >/dev/null
is 'shows them replaced' "$(jq -r '.argv[1]' report3)" $'a\ufffdb'
tree 'true' && for _ in {1..19}; do echo "  sh -c 'for i in 1 2 3 4 5 6 7 8 9 10; do echo 123456789012345678901234567890 >&2; done'"; done >>tree
exits 'nineteen commands with messages' 0 run --report report4
is 'do not mix them' "$(sort -u "$tmp/err")" 123456789012345678901234567890

# No cut stream looks whole
pg_start
tree "sh -c 'echo 1; sleep 0.1; exit 3'" '    jq -s . > -' '    jq -s . > all' '    gzip > all.gz' \
    "    sh -c 'cat >/dev/null; touch seen'"
exits 'a writer that fails behind its last byte' 3 run
is 'jq, which prints at the end, has printed nothing' "$(cat "$tmp/out")" ''
ok 'nobody has seen the end' test ! -e seen -a ! -e all -a ! -e all.gz
tree "sh -c 'echo \"create table cut (n int);\"; sleep 0.1; kill -9 \$\$'" '    psql -Xq1v ON_ERROR_STOP=1 -f -'
exits 'a writer that is killed' 74 run
is 'psql, which commits at the end, has committed nothing' "$(q "select count(*) from pg_tables where tablename = 'cut'")" 0
tree "sh -c 'echo \"create table whole (n int);\"'" '    psql -Xq1v ON_ERROR_STOP=1 -f -'
exits 'a writer that succeeds' 0 run
is 'psql has committed' "$(q "select count(*) from pg_tables where tablename = 'whole'")" 1

# Processes
ours() { grep -lzsxF "MARK=$1" /proc/[0-9]*/environ | grep -cvxF "/proc/$BASHPID/environ"; } # MARK
gone() { [ "$(ours "$1")" -eq 0 ]; }
exits 'a command that leaves processes behind' 0 env MARK=left pipetree --exec \
    bash -c 'sleep 1000 & setsid sleep 1001 & (trap "" TERM; exec sleep 1002) & exit 0'
is 'none of them is left' "$(ours left)" 0
for signal in TERM INT HUP QUIT; do
    env --default-signal=INT,QUIT MARK=$signal pipetree --exec bash -c 'sleep 1000 | sleep 1001' &
    running=$!
    await test "$(sleep 0.1; ours $signal)" -ge 5
    kill -s "$signal" "$running"
    wait "$running" 2>/dev/null
    is "dies of SIG$signal" $? $((128 + $(kill -l "$signal")))
    is "with all that it ran" "$(ours $signal)" 0
done 2>/dev/null
MARK=guard pipetree --exec bash -c 'setsid sleep 1000 | sleep 1001' 2>"$tmp/err" &
running=$!
await test "$(sleep 0.2; ours guard)" -ge 4
kill -s KILL "$(worker "$running")"
wait "$running"
is 'a worker that is killed: exit status 74' $? 74
is 'nothing is left' "$(ours guard)" 0
like 'and it is told' "$(cat "$tmp/err")" '^pipetree: killed by signal 9 \(Killed\): all that it ran was ended$'
exits 'does not start for a parent that is not its own' 74 pipetree --die-with-parent 1 --exec touch orphan
ok 'nothing' test ! -e orphan
MARK=parent bash -c 'pipetree --die-with-parent $$ --exec bash -c "setsid sleep 1000 | sleep 1001" & wait' &
running=$!
sleep 0.4
kill -s KILL "$running"
wait "$running" 2>/dev/null
sleep 1
is 'ends within a second of its parent' "$(ours parent)" 0
alone() { unshare --fork --pid --mount-proc "$@"; }
if alone true 2>/dev/null; then
    exits 'the first process of a PID namespace passes statuses on' 7 alone pipetree --exec bash -c 'setsid sleep 1000 & exit 7'
    exits 'the first process of a PID namespace without its own /proc' 7 unshare --fork --pid pipetree --exec bash -c 'sleep 1000 & exit 7'
    MARK=first unshare --fork --pid --mount-proc --kill-child pipetree --exec bash -c 'setsid sleep 1000 | sleep 1001' &
    running=$!
    await test "$(sleep 0.3; ours first)" -ge 5
    kill -s TERM "$(worker "$running")"
    wait "$running" 2>/dev/null
    is 'and can be ended' $? 143
    is 'with all that it ran' "$(ours first)" 0
else
    skip 'the first process of a PID namespace' 'needs the right to make one'
fi
done_testing
