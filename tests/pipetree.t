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
    exits "rejects $name" 64 run -D a=1 -D l+=1
    like "prints what is wrong with $name, with file and line" "$(cat "$tmp/err")" "^pipetree: $tmp/tree:[0-9]+: $regex"
    is "prints one line for $name" "$(wc -l <"$tmp/err")" 1
}
refuses 'a second root' 'a second root' 'cat' 'cat'
refuses 'an indentation between two levels' 'this indentation matches no line above' cat '    cat' '  cat'
refuses 'a tab' 'a tab: use spaces' cat $'\tcat'
refuses 'a carriage return' 'a carriage return' $'cat\r'
refuses 'a control character' 'a control character' $'cat \x01'
refuses 'a quote that is not closed' 'a quote is not closed' "cat 'x" cat
refuses 'a pipe sign' 'a bare \|' 'cat | cat'
refuses 'an ampersand' 'a bare &' 'sleep 1 &'
refuses 'a double quote' 'a bare "' 'cat "x y"'
refuses 'a redirection of input' 'a bare <' 'cat <x'
refuses 'a comment behind a command' 'a # behind a command' 'cat # x'
refuses 'spaces behind a backslash' 'spaces between' 'cat \ ' x
refuses 'a redirection of standard error' 'a bare >' 'cat 2>x'
refuses 'a bare dollar sign' 'a bare \$' 'cat $x'
refuses 'a name with a hyphen' 'not a name' 'cat ${a-b}'
refuses 'a name that is not closed' 'not a name' 'cat ${a'
refuses 'an undefined name' '\$\{b\} is not defined' 'cat ${b}'
refuses 'an undefined list' '\$\{b\[@\]\} is not defined' 'cat ${b[@]}'
refuses 'a list as a name' '\$\{l\} is not defined' 'cat ${l}'
refuses 'a list within a word' '\$\{l\[@\]\} must be a word by itself' 'cat x${l[@]}'
refuses 'a name in the name of a command' "a command's name cannot hold" '${a}'
refuses '> with two paths' '> is followed by one PATH' 'cat > x y'
refuses '> without PATH' '> is followed by one PATH' 'cat >'
refuses 'an output in the middle' '> is followed by one PATH' 'cat > x -n'
refuses 'two commands with > -' '> -: line 2 writes' cat '  cat > -' '  cat > -'
refuses 'two commands with the same > PATH' '> x: line 2 writes' cat '  cat > x' '  cat > x'
refuses 'a reader of a file' 'the command above writes to its > PATH' 'cat > x' '  cat'
refuses 'a side input that nobody mentions' '<s: \$\{s\} is not among' cat '  <s cat'
refuses 'a side input with a value' '<a: -D gives' 'cat ${a}' '  <a cat'
refuses 'two side inputs of one name' '<s: there is another' 'cat ${s}' '  <s cat' '  <s cat'
refuses 'a command below a side input' 'nothing can stand below' 'cat ${s}' '  <s cat' '    cat'
refuses 'a side input at the root' '<s: a side input stands below' '<s cat'
refuses 'a side input without a name' '<9 is not <NAME' cat '  <9 cat'
refuses 'a side input without a command' 'there is no command' 'cat ${s}' '  <s'
exits 'rejects a tree without a command' 64 pipetree /dev/null
exits 'rejects a tree that is not there' 64 pipetree "$tmp/none"
exits 'rejects a tree of 2 MB' 64 pipetree <(yes '# nothing' | head -c 2000000)
{ echo cat; for i in {1..256}; do echo '  cat'; done; } >"$tmp/tree"
exits 'rejects 257 commands' 64 run
for d in x =x 1=x 'a b=x' +=x; do exits "rejects -D $d" 64 run -D "$d"; done
exits 'rejects a name with a value and a list' 64 run -D a=1 -D a+=1
exits 'rejects two trees' 64 pipetree "$tmp/tree" "$tmp/tree"
exits 'exits 64 if --exec has no command' 64 pipetree --exec

tree '# a comment' '' "printf '%s|' a\${l[@]x}" && sed -i 's/a\${l\[@\]x}/${l[@]} ${v}b '"'it''s'"' c\\\n     d "" \\\n  e/' "$tmp/tree"
sed -i "s/\"\"/''/" "$tmp/tree"
is 'replaces names, joins lines and takes quotes literally' "$(run -D l+= -D l+='1 2' -D v='$(touch x) ${l}')" \
    "|1 2|\$(touch x) \${l}b|it's|cd||e|"
ok 'evaluates no value of a name' test ! -e x
is 'prints the commands of a tree with --dry-run' "$(run --dry-run -D l+=1 -D v=2 | jq -c .argv)" \
    '["printf","%s|","1","2b","it'"'"'s","cd","","e"]'
is 'passes the arguments of --exec unchanged' "$(pipetree --exec printf '%s|' '${a}' $'\x01b\x02' '>')" $'${a}|\x01b\x02|>|'

# Where output goes
tree 'cat' '    sed s/x/a/' '        cat > one' '    sed s/x/b/ > -' '    cat > ${dir}/two'
is 'copies all input to each reader, and writes > - to standard output' "$(printf 'x\ny\n' | run -D dir="$tmp")" $'b\ny'
is 'writes the files of > PATH' "$(cat one two)" $'a\ny\nx\ny'
echo old >one
tree 'cat' '    sh -c '"'cat; exit 5'"' > one'
exits 'exits 5 as its command does' 5 run <<<new
is 'keeps the old PATH when a command fails' "$(cat one)" old
is 'leaves no .NAME.new after a failure' "$(find . -name '.*.new')" ''
tree 'cat' '    cat' '    cat'
exits 'makes writes fail for several leaves without >' 1 run <<<x
tree 'cat > /dev/null'
exits 'rejects a device as PATH' 64 run </dev/null
ln -s one link
tree 'cat > link'
exits 'rejects a symbolic link as PATH' 64 run </dev/null
tree 'cat > none/x'
exits 'exits 74 if the folder of PATH does not exist' 74 run </dev/null
tree 'sh -c '"'echo begun >&2; exec sleep 5'"' > busy'
pipetree tree 2>begun &
first=$!
await grep -q begun begun
exits 'exits 74 if another run is writing PATH' 74 run
kill "$first"
wait "$first" 2>/dev/null
ok 'removes .NAME.new after SIGTERM' test ! -e .busy.new
echo left >.busy.new
tree 'echo whole > busy'
exits 'writes PATH although a killed run left .NAME.new' 0 run
is 'replaces all that a killed run left' "$(cat busy)" whole
mkdir small
if mount -t tmpfs -o size=64k tmpfs small 2>/dev/null; then
    tree 'head -c 1000000 /dev/zero' '    cat > small/x' '    sh -c '"'cat >/dev/null'"
    exits 'exits 1 as the command does when the disk is full' 1 run
    is 'removes the incomplete file from the full disk' "$(ls -A small)" ''
    umount small
else
    skip 'exits 1 as the command does when the disk is full' 'needs root'
fi

# Exit statuses
status() { # NAME CODE LINE...
    local name=$1 code=$2
    shift 2
    tree "$@"
    exits "$name" "$code" run </dev/null
}
status 'exits 0 when all commands exit 0' 0 true '  true' '  true'
status 'exits with the status of the most upstream failure' 3 'sh -c '"'sleep 0.2; exit 3'" '  sh -c '"'sleep 0.3; exit 4'"
status 'exits 74 when only a reader exits 74' 74 true "  sh -c 'cat; exit 74'"
status 'exits 74 when a command is killed by a signal' 74 true "  sh -c 'kill -9 \$\$'"
like 'prints which signal killed the command' "$(cat "$tmp/err")" "^pipetree: $tmp/tree:2: sh: killed by signal 9 \(Killed\)$"
status 'exits 74 when a shell reports a death by signal as 139' 74 "sh -c 'exit 139'"
status 'exits 64 for a command that does not exist' 64 'touch started' '  no-such-command'
ok 'starts no command above one that does not exist' test ! -e started
status 'exits 0 when a reader ends early' 0 'yes' '  cat' '    head -n 1'
status 'exits 0 when one of several readers ends early' 0 'seq 100000' '  head -n 1 > early' '  tail -n 1 > late'
is 'gives the other readers all input when one ends early' "$(cat early late)" $'1\n100000'
status 'exits 74 when a writer dies of SIGPIPE while a reader is left' 74 "sh -c 'kill -PIPE \$\$'" '  cat > -'
status 'exits 0 when a side input fails' 0 'cat ${s}' "  <s sh -c 'echo x; exit 3'"
is 'passes on what a failed side input wrote' "$(cat "$tmp/out")" x
like 'prints that the side input failed' "$(cat "$tmp/err")" ':2: sh: side input failed'
tree "sh -c 'sleep 0.3; exit 4'" "  sh -c 'sleep 0.3; exit 74'"
pipetree tree &
running=$!
worker=$(worker "$running")
sleep 0.1
kill -s STOP "$worker" # so that it finds both ended
sleep 0.5
kill -s CONT "$worker"
wait "$running"
is 'prefers the status 4 of a writer to the 74 of its reader' $? 4
tree 'yes'
run | head -n 1 >"$tmp/out"
is 'dies of SIGPIPE when the reader of its standard output ends' "${PIPESTATUS[0]}" 141
(trap '' PIPE; tree yes '  head -n 1' && run >"$tmp/out" 2>"$tmp/err")
is 'resets SIGPIPE for its commands when its caller ignores it' $? 0
ok 'waits for its commands when its caller ignores SIGCHLD' perl -e '$SIG{CHLD} = "IGNORE"; exec @ARGV' pipetree --exec true
is 'keeps SIGHUP ignored for its commands under nohup' "$(pipetree --exec true; nohup pipetree --exec sh -c 'kill -HUP $$; echo goes on' 2>/dev/null)" 'goes on'

tree 'yes' '  cat > -' '  cat > endless'
run | head -n 1 >"$tmp/out"
is 'dies of SIGPIPE at once, though another branch would go on' "${PIPESTATUS[0]}" 141
ok 'publishes no file then' test ! -e endless -a ! -e .endless.new
tree 'cat > ${f}'
exits 'takes a value of - for the name of a file' 0 run -D f=- </dev/null
ok 'and writes it' test -f ./-
tree 'cat > twice' '  cat > twice2' && sed -i 's/cat > twice$/cat/; s/^  cat > twice2/  cat > once\n  cat > .\/once/' tree
exits 'exits 74 for two spellings of one file' 74 run </dev/null
is 'leaves no .NAME.new then' "$(find . -name '.*.new')" ''
exits 'ignores SIGHUP as its caller does' 0 sh -c 'trap "" HUP; pipetree --exec sleep 0.6 & sleep 0.2; kill -HUP $!; wait $!'
(trap '' TERM; exec pipetree --exec sleep 1000) &
running=$!
sleep 0.3
kill -s TERM "$running"
wait "$running"
is 'ends on SIGTERM though its caller ignores it' $? 143
mkfifo stuck
exec 8<>stuck
{ dd if=/dev/zero bs=64k count=16 of=/dev/fd/8 oflag=nonblock 2>/dev/null; } || :
pipetree --report report5 --exec sh -c 'yes >&2' 2>&8 &
running=$!
sleep 0.3
kill -s TERM "$running"
wait "$running" 2>/dev/null
is 'ends on SIGTERM though nobody reads its standard error' $? 143
exec 8>&-

# The report
exits 'exits 74 when the report cannot be written' 74 pipetree --report none/report --exec touch unreported
ok 'starts nothing when the report cannot be written' test ! -e unreported
tree "sh -c 'echo message >&2; echo x'" "  sh -c 'cat; printf last >&2; exit 7'" '    cat > x' '  no-such' && sed -i '$d' tree
exits 'exits 7 as the failed command does, with --report' 7 run --report report
is 'reports outcome, status, message and cause of each command' \
    "$(jq -c '[.path, .line, .argv[0], .outcome, .status, .signal, .message, .cause]' report)" \
    '["1",1,"sh","done",0,null,"message",false]
["1.1",2,"sh","failed",7,null,"last",true]
["1.1.1",3,"cat","ended",null,15,null,false]'
ok 'reports seconds and peak_bytes' jq -e '.seconds >= 0 and .peak_bytes > 100000' report
is 'passes on the messages of all commands' "$(cat "$tmp/err")" $'message\nlast'
tree "printf 'a\\377b'" '  cat > x'
exits 'exits 0 with arguments that are not UTF-8' 0 run --report report2
pipetree --report report3 --exec printf $'a\xffb' >/dev/null
is 'reports invalid UTF-8 as U+FFFD' "$(jq -r '.argv[1]' report3)" $'a\ufffdb'
tree 'true' && for _ in {1..19}; do echo "  sh -c 'for i in 1 2 3 4 5 6 7 8 9 10; do echo 123456789012345678901234567890 >&2; done'"; done >>tree
exits 'exits 0 with nineteen commands that write messages' 0 run --report report4
is 'never mixes the messages of two commands in one line' "$(sort -u "$tmp/err")" 123456789012345678901234567890

# No cut stream looks whole
pg_start
tree "sh -c 'echo 1; sleep 0.1; exit 3'" '    jq -s . > -' '    jq -s . > all' '    gzip > all.gz' \
    "    sh -c 'cat >/dev/null; touch seen'"
exits 'exits 3 when a writer fails after its last byte' 3 run
is 'jq -s prints nothing of a truncated stream' "$(cat "$tmp/out")" ''
ok 'no reader sees the end of input of a failed writer' test ! -e seen -a ! -e all -a ! -e all.gz
tree "sh -c 'echo \"create table cut (n int);\"; sleep 0.1; kill -9 \$\$'" '    psql -Xq1v ON_ERROR_STOP=1 -f -'
exits 'exits 74 when a writer is killed' 74 run
is 'psql -1 commits nothing of a truncated stream' "$(q "select count(*) from pg_tables where tablename = 'cut'")" 0
tree "sh -c 'echo \"create table whole (n int);\"'" '    psql -Xq1v ON_ERROR_STOP=1 -f -'
exits 'exits 0 when the writer succeeds' 0 run
is 'psql -1 commits a complete stream' "$(q "select count(*) from pg_tables where tablename = 'whole'")" 1

# Processes
ours() { grep -lzsxF "MARK=$1" /proc/[0-9]*/environ | grep -cvxF "/proc/$BASHPID/environ"; } # MARK
gone() { [ "$(ours "$1")" -eq 0 ]; }
exits 'exits 0 when a command leaves background processes' 0 env MARK=left pipetree --exec \
    bash -c 'sleep 1000 & setsid sleep 1001 & (trap "" TERM; exec sleep 1002) & exit 0'
is 'ends background processes, even with setsid or with SIGTERM ignored' "$(ours left)" 0
for signal in TERM INT HUP QUIT; do
    env --default-signal=INT,QUIT MARK=$signal pipetree --exec bash -c 'sleep 1000 | sleep 1001' &
    running=$!
    await test "$(sleep 0.1; ours $signal)" -ge 5
    kill -s "$signal" "$running"
    wait "$running" 2>/dev/null
    is "dies of SIG$signal when it gets it" $? $((128 + $(kill -l "$signal")))
    is "ends every process of the tree on SIG$signal" "$(ours $signal)" 0
done 2>/dev/null
MARK=guard pipetree --exec bash -c 'setsid sleep 1000 | sleep 1001' 2>"$tmp/err" &
running=$!
await test "$(sleep 0.2; ours guard)" -ge 4
kill -s KILL "$(worker "$running")"
wait "$running"
is 'exits 74 when its worker is killed' $? 74
is 'ends every process of the tree when its worker is killed' "$(ours guard)" 0
like 'prints that its worker was killed' "$(cat "$tmp/err")" '^pipetree: the worker process was killed by signal 9 \(Killed\); all commands were ended$'
exits 'exits 74 if PID is not its parent' 74 pipetree --die-with-parent 1 --exec touch orphan
ok 'starts no command if PID is not its parent' test ! -e orphan
MARK=parent bash -c 'pipetree --die-with-parent $$ --exec bash -c "setsid sleep 1000 | sleep 1001" & wait' &
running=$!
sleep 0.4
kill -s KILL "$running"
wait "$running" 2>/dev/null
sleep 1
is 'ends every process within a second of the death of its parent' "$(ours parent)" 0
alone() { unshare --fork --pid --mount-proc "$@"; }
if alone true 2>/dev/null; then
    exits 'as PID 1, exits with the status of the command' 7 alone pipetree --exec bash -c 'setsid sleep 1000 & exit 7'
    exits 'as PID 1 without its own /proc, exits with the status of the command' 7 unshare --fork --pid pipetree --exec bash -c 'sleep 1000 & exit 7'
    MARK=first unshare --fork --pid --mount-proc --kill-child pipetree --exec bash -c 'setsid sleep 1000 | sleep 1001' &
    running=$!
    await test "$(sleep 0.3; ours first)" -ge 5
    kill -s TERM "$(worker "$running")"
    wait "$running" 2>/dev/null
    is 'as PID 1, exits 143 on SIGTERM' $? 143
    is 'as PID 1, ends every process on SIGTERM' "$(ours first)" 0
else
    skip 'as PID 1, exits with the status of the command' 'needs the right to make one'
fi
# One call of its own that the system fails; of each kind in prop/test_faults.py. The sanitizers must be loaded first.
if [[ $BIN != */san/bin ]]; then
    faulty() { FAULT=$1 FAULT_ONLY=pipetree LD_PRELOAD=$BIN/../tests/fault.so timeout 20 pipetree "${@:2}" "$tmp/tree"; } # FAULT ARG...
    tree 'echo x' '    cat > ${dir}/faulty' '    cat > -'
    for n in 1 2 3 4 5; do
        for call in write poll; do
            exits "makes good an interrupted $call, number $n" 0 faulty "$call:$n:EINTR" -D dir="$tmp"
            is "with the whole output for $call $n" "$(cat "$tmp/out" "$tmp/faulty")" $'x\nx'
        done
    done
    exits 'a tree that cannot be opened for lack of descriptors is 74' 74 faulty open:1:EMFILE -D dir="$tmp"
    exits 'a first allocation that fails is 74' 74 faulty malloc:1:ENOMEM -D dir="$tmp"
    like 'and the message has the name of the program' "$(cat "$tmp/err")" '^pipetree: memory'
fi
done_testing
