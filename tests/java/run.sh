#!/bin/bash
# Java programs against `java`: stdout, stderr and exit code, natively and on the simulated core, with the layout optimizer off and on;
# identical totals of two simulated runs; the optimizer's smoke test; error messages.
B=${B:-build}
loam=$B/loam
java=$(sh launcher/find-jdk.sh)/bin/java
out=$B/java
rm -rf "$out" && mkdir -p "$out/classes" "$out/run"
"${java%java}javac" -nowarn -d "$out/classes" examples/*.java tests/java/*.java 2> "$out/javac.log" || { echo "FAIL javac"; cat "$out/javac.log"; exit 1; }

ok() { echo "ok java $1"; }
fail() { echo "FAIL java $1"; shift; for f in "$@"; do diff "${f%%:*}" "${f##*:}" | head -8; done; }

# expect NAME: run under java once; the expectations of all modes.
reference() {
    local name=$1; shift
    timeout 60 "$java" -cp "$out/classes" "$@" > "$out/run/$name.out" 2> "$out/run/$name.err" < /dev/null
    echo $? > "$out/run/$name.code"
}
# compare NAME MODE command...
compare() {
    local name=$1 mode=$2 f="$out/run/$1.$2"; shift 2
    timeout 240 "$@" > "$f.out" 2> "$f.err" < /dev/null
    echo $? > "$f.code"
    if cmp -s "$f.out" "$out/run/$name.out" && cmp -s "$f.err" "$out/run/$name.err" && cmp -s "$f.code" "$out/run/$name.code"; then ok "$name $mode"
    else fail "$name $mode" "$f.out:$out/run/$name.out" "$f.err:$out/run/$name.err" "$f.code:$out/run/$name.code"; fi
}

programs="LList LTree HashChains Matrix Shapes Workers Graph Warehouse Failures"
own=$(cd tests/java && ls *.java 2>/dev/null | sed 's/\.java$//')
options() { sed -n 's|^// options: ||p' "tests/java/$1.java" 2>/dev/null; }
for p in $programs $own; do
    reference $p $(options $p) $p
    compare $p native "$loam" $(options $p) -cp "$out/classes" $p
done
for p in $programs; do
    compare $p simulated "$loam" --core=default --report="$out/run/$p-off.json" -cp "$out/classes" $p
    compare $p layout "$loam" --core=default --layout=on --report="$out/run/$p-on.json" -cp "$out/classes" $p
done
for p in $own; do compare $p simulated "$loam" --core=small --model=counts $(options $p) -cp "$out/classes" $p; done

# Determinism: the same run twice gives the same report, to the last digit.
for p in HashChains Workers; do
    "$loam" --core=default --layout=on --report="$out/run/$p-on2.json" -cp "$out/classes" $p > /dev/null 2>&1
    if diff <(jq 'del(.command)' "$out/run/$p-on.json") <(jq 'del(.command)' "$out/run/$p-on2.json") > "$out/run/determinism.diff"; then ok "determinism $p"
    else echo "FAIL java determinism $p"; head -8 "$out/run/determinism.diff"; fi
done

# Rows add up to the totals exactly.
for p in $programs; do
    for m in off on; do
        r="$out/run/$p-$m.json"
        if jq -e '. as $r | all(("by_class","by_field","by_method"); . as $v | all(("l1d","l2","llc"); . as $l |
            ($r[$v] | map(.misses[$l]) | add) == $r.totals.levels[$l].misses))' "$r" > /dev/null 2>&1; then ok "sums $p $m"; else echo "FAIL java sums $p $m"; fi
    done
    if jq -e '.layout_passes == [] and (.totals.counters.samples == 0)' "$out/run/$p-off.json" > /dev/null 2>&1; then ok "off leaves no trace $p"; else echo "FAIL java off leaves no trace $p"; fi
done

# The loop from misses back to the heap: fewer misses and fewer cycles, charges included.
for p in LList LTree; do
    if jq -es '.[0].totals as $a | .[1].totals as $b | $b.levels.l1d.misses <= 0.7 * $a.levels.l1d.misses and $b.cycles < $a.cycles' \
        "$out/run/$p-off.json" "$out/run/$p-on.json" > /dev/null 2>&1; then ok "layout pays $p"
    else echo "FAIL java layout pays $p"; jq -cs 'map(.totals | [.levels.l1d.misses, .cycles])' "$out/run/$p-off.json" "$out/run/$p-on.json"; fi
done
bash tests/java/errors.sh "$loam" "$java" "$out"
bash tests/java/cli.sh "$loam" "$java" "$out"
