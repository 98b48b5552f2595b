#!/bin/bash
# Blocks of compiled code along hot traces against the order of the bytecode (--jit-order): javac on a few files, a tree, and the programs of bench/java, one
# iteration each. Cycles are told without firmware's, whose share is what is compiled when; changes of the fetch line stand for taken branches. What a predictor's
# table makes of code depends on where it lies; so everything is the mean over places (--jit-offset), and the spread of the bytecode order's cycles over them is told too.
# Usage: bench/java/order.sh [javac|LTree|PROGRAM...]; B=build CORE=default SET="branch.predictor=tage ..." OFFSETS="0 3 5 6"
cd "$(dirname "$0")/../.." || exit 1
B=${B:-build}
out=$B/bench-order
home=$(sh launcher/find-jdk.sh) || exit 1
mkdir -p "$out/classes" "$out/compiled"
"$home/bin/javac" -nowarn -d "$out/classes" bench/java/*.java examples/LTree.java || exit 1
sets=$(for s in $SET; do echo "--set=$s"; done)
run() { # NAME ORDER OFFSET: cycles without firmware's, cycles, instructions, fetch lines, L1I misses, mispredicts
    local what
    case $1 in
    javac) what="-m jdk.compiler/com.sun.tools.javac.Main -nowarn -d $out/compiled bench/java/Bench.java bench/java/Json.java bench/java/Richards.java" ;;
    LTree) what="-cp $out/classes LTree 30000 200000" ;;
    *) what="-cp $out/classes $1" ;;
    esac
    "$B/loam" --jit=on --core="${CORE:-default}" $sets --jit-order="$2" --jit-offset="$3" --report="$out/run.json" $what > "$out/run.out" 2>&1 < /dev/null ||
        { echo "FAIL bench-order $1 $2: $(tail -1 "$out/run.out")" >&2; return 1; }
    jq -r '.totals.counters | [.cycles - ."firmware.cycles", .cycles, .instructions, ."l1i.accesses", ."l1i.misses", ."branches.mispredicted"] | @tsv' "$out/run.json"
}
: > "$out/rows"
printf '%-14s %14s %9s %9s %9s %12s %11s %10s %11s\n' program 'cycles' spread change with-fw instructions fetch-lines L1I-misses mispredicts
for name in ${*:-javac LTree $(sed 's/#.*//' bench/java/programs.txt | awk 'NF { print $1 }')}; do
    for offset in ${OFFSETS:-0 3 5 6}; do
        before=$(run "$name" bytecode "$offset") && after=$(run "$name" traces "$offset") || exit 1
        echo "$before $after"
    done > "$out/places" || exit 1
    awk -v name="$name" 'function d(k) { return sum[k] ? 100 * sum[k + 6] / sum[k] - 100 : 0 }
        { for (k = 1; k <= 12; k++) sum[k] += $k; if (NR == 1 || $1 < least) least = $1; if ($1 > most) most = $1 }
        END { printf "%-14s %14d %8.2f%% %+8.2f%% %+8.2f%% %+11.2f%% %+10.1f%% %+9.1f%% %+10.1f%%\n", name, sum[1] / NR, 100 * most / least - 100, d(1), d(2), d(3), d(4), d(5), d(6) }' "$out/places" |
        tee -a "$out/rows"
done
awk '{ sum += log(1 + $4 / 100) } END { printf "geometric mean of cycles: %+.2f%%\n", 100 * exp(sum / NR) - 100 }' "$out/rows"
