#!/bin/bash
# Blocks of compiled code along hot traces against the order of the bytecode (--jit-order): javac on a few files, a tree, and the programs of bench/java, one
# iteration each. Cycles are told without firmware's, whose share is what is compiled when; changes of the fetch line stand for taken branches.
# Usage: bench/java/order.sh [javac|LTree|PROGRAM...]; B=build CORE=default SET="branch.predictor=tage ..."
cd "$(dirname "$0")/../.." || exit 1
B=${B:-build}
out=$B/bench-order
home=$(sh launcher/find-jdk.sh) || exit 1
mkdir -p "$out/classes" "$out/compiled"
"$home/bin/javac" -nowarn -d "$out/classes" bench/java/*.java examples/LTree.java || exit 1
sets=$(for s in $SET; do echo "--set=$s"; done)
run() { # NAME ORDER: cycles without firmware's, cycles, instructions, fetch lines, L1I misses, mispredicts
    local what
    case $1 in
    javac) what="-m jdk.compiler/com.sun.tools.javac.Main -nowarn -d $out/compiled bench/java/Bench.java bench/java/Json.java bench/java/Richards.java" ;;
    LTree) what="-cp $out/classes LTree 30000 200000" ;;
    *) what="-cp $out/classes $1" ;;
    esac
    "$B/loam" --jit=on --core="${CORE:-default}" $sets --jit-order="$2" --report="$out/run.json" $what > "$out/run.out" 2>&1 < /dev/null || { echo "FAIL bench-order $1 $2: $(tail -1 "$out/run.out")" >&2; return 1; }
    jq -r '.totals.counters | [.cycles - ."firmware.cycles", .cycles, .instructions, ."l1i.accesses", ."l1i.misses", ."branches.mispredicted"] | @tsv' "$out/run.json"
}
printf '%-14s %14s %9s %9s %12s %11s %10s %11s\n' program 'cycles' change with-fw instructions fetch-lines L1I-misses mispredicts
for name in ${*:-javac LTree $(sed 's/#.*//' bench/java/programs.txt | awk 'NF { print $1 }')}; do
    before=$(run "$name" bytecode) && after=$(run "$name" traces) || exit 1
    echo "$name $before $after" | awk 'function d(k) { return $k ? 100 * $(k + 6) / $k - 100 : 0 }
        { printf "%-14s %14d %+8.2f%% %+8.2f%% %+11.2f%% %+10.1f%% %+9.1f%% %+10.1f%%\n", $1, $2, d(2), d(3), d(4), d(5), d(6), d(7) }'
done
