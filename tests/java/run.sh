#!/bin/bash
# Java programs against `java`: stdout, stderr and exit code, natively and on the simulated core, with the layout optimizer off and on;
# identical totals of two simulated runs; the optimizer's smoke test; error messages.
# Two programs at a time (JOBS), told in order. `run.sh PROGRAM` after a whole run repeats what is said of that one.
cd "$(dirname "$0")/../.." || exit 1
B=${B:-build}
loam=$B/loam
home=$(sh launcher/find-jdk.sh) || { echo "FAIL java: no JDK 17"; exit 1; }
java=$home/bin/java
out=$B/java

# Programs that are run in every mode, the longest first; the others (tests/java) without the optimizer.
programs="LTree LList HashChains Workers Warehouse Graph Matrix Shapes Failures"
own=$(cd tests/java && ls -- *.java 2>/dev/null | sed 's/\.java$//')

ok() { echo "ok java $1"; }
fail() { echo "FAIL java $1"; shift; for f in "$@"; do diff "${f%%:*}" "${f##*:}" | head -8; done; }
among() { case " $2 " in *" $1 "*) true ;; *) false ;; esac; }
options() { sed -n 's|^// options: ||p' "tests/java/$1.java" 2>/dev/null; }

# reference NAME ARGUMENTS...: run under java once; the expectations of all modes.
reference() {
    local name=$1; shift
    timeout -k 5 60 "$java" -cp "$out/classes" "$@" > "$out/run/$name.out" 2> "$out/run/$name.err" < /dev/null
    echo $? > "$out/run/$name.code"
}
# compare NAME MODE command...
compare() {
    local name=$1 mode=$2 f="$out/run/$1.$2"; shift 2
    timeout -k 5 240 "$@" > "$f.out" 2> "$f.err" < /dev/null
    echo $? > "$f.code"
    if cmp -s "$f.out" "$out/run/$name.out" && cmp -s "$f.err" "$out/run/$name.err" && cmp -s "$f.code" "$out/run/$name.code"; then ok "$name $mode"
    else fail "$name $mode" "$f.out:$out/run/$name.out" "$f.err:$out/run/$name.err" "$f.code:$out/run/$name.code"; fi
}

# The same run twice gives the same report, to the last digit.
deterministic() {
    local p=$1 r="$out/run/$1"
    timeout -k 5 240 "$loam" --core=default --layout=on --report="$r-on2.json" -cp "$out/classes" $p > /dev/null 2>&1 < /dev/null
    for run in on on2; do jq 'del(.command)' "$r-$run.json" > "$r-$run.told"; done
    if [ -s "$r-on.told" ] && diff "$r-on.told" "$r-on2.told" > "$r.diff"; then ok "determinism $p"
    else echo "FAIL java determinism $p"; head -8 "$r.diff"; fi
}

# Rows add up to the totals exactly, and an optimizer that is off does nothing.
sums() {
    local p=$1 m
    for m in off on; do
        if [ "$(jq -rf tests/report/sums.jq "$out/run/$p-$m.json" 2>&1)" = "sums agree" ]; then ok "sums $p $m"
        else echo "FAIL java sums $p $m"; fi
    done
    if jq -e '.layout_passes == [] and (.totals.counters.samples == 0)' "$out/run/$p-off.json" > /dev/null 2>&1; then ok "off leaves no trace $p"
    else echo "FAIL java off leaves no trace $p"; fi
}

# The loop from misses back to the heap: fewer misses and fewer cycles, charges included; with arguments, compiled code that has so much to do.
pays() {
    local off="$out/run/$1-off.json" on="$out/run/$1-on.json" m
    for m in off on; do
        [ $# = 1 ] || "$loam" --core=default --jit=on --layout=$m --report="$out/run/$1-$m.json" -cp "$out/classes" "$@" > /dev/null 2>&1 < /dev/null
    done
    if jq -es '.[0].totals as $a | .[1].totals as $b | $b.levels.l1d.misses <= 0.7 * $a.levels.l1d.misses and $b.cycles < $a.cycles' \
        "$off" "$on" > /dev/null 2>&1; then ok "layout pays $1"
    else echo "FAIL java layout pays $1"; jq -cs 'map(.totals | [.levels.l1d.misses, .cycles])' "$off" "$on"; fi
}

# Everything said of one program.
one() {
    local p=$1 mode=$2 opts; opts=$(options $p)
    reference $p $opts $p
    compare $p native "$loam" $opts -cp "$out/classes" $p
    if grep -q '^// modes: native$' "tests/java/$p.java" 2>/dev/null; then return; fi # long ones
    if [ "$mode" = own ]; then compare $p simulated "$loam" --core=small --model=counts $opts -cp "$out/classes" $p; return; fi
    compare $p simulated "$loam" --core=default --report="$out/run/$p-off.json" -cp "$out/classes" $p
    compare $p layout "$loam" --core=default --layout=on --report="$out/run/$p-on.json" -cp "$out/classes" $p
    sums $p
    if among $p "HashChains Workers"; then deterministic $p; fi
    case $p in LList) pays $p 20000 200 ;; LTree) pays $p 30000 1000000 ;; esac
}

case $# in
0)  rm -rf "$out" && mkdir -p "$out/classes" "$out/run" "$out/logs"
    "${java}c" -nowarn -encoding UTF-8 --add-exports java.base/jdk.internal.org.objectweb.asm=ALL-UNNAMED -d "$out/classes" examples/*.java tests/java/*.java 2> "$out/javac.log" || { echo "FAIL javac"; cat "$out/javac.log"; exit 1; }
    { for p in $programs; do echo "$p example"; done; for p in $own; do echo "$p own"; done; echo "errors errors"; } |
        B=$B xargs -P "${JOBS:-2}" -L 1 bash -c 'bash tests/java/run.sh "$@" > "$0/$1" 2>&1' "$out/logs"
    for p in $programs $own errors; do cat "$out/logs/$p"; done ;;
*)  if [ "$1" = errors ]; then bash tests/java/errors.sh "$loam" "$java" "$out"
    elif among "$1" "$programs"; then one "$1" example
    else one "$1" own; fi ;;
esac
