#!/bin/bash
# Value hints on against off over all of bench/java: cycles and mispredicts, on an in-order and an out-of-order core that have storage for values.
# A program makes as many iterations as its first one fits into SIMULATED seconds. Usage: bench/hints/all.sh [PROGRAM...]; B=build CORES="default ooo"
# SIMULATED=0.2 BITS=32768. The last line tells the worst; more than 0.5 % is a failure.
cd "$(dirname "$0")/../.." || exit 1
B=${B:-build}
out=$B/bench-hints-all
home=$(sh launcher/find-jdk.sh) || exit 1
mkdir -p "$out/classes"
"$home/bin/javac" -nowarn -d "$out/classes" bench/java/*.java || exit 1
programs=${*:-$(sed 's/#.*//' bench/java/programs.txt | awk 'NF { print $1 }')}
run() { # NAME CORE HINTS ITERATIONS: cycles, mispredicts, hints; their times in $out/run.err
    "$B/loam" --jit=on --layout=off --core="$2" --set=branch.value_bits="${BITS:-32768}" --hints="$3" --report="$out/run.json" -Dbench.iterations="$4" -cp "$out/classes" "$1" > "$out/$3.out" 2> "$out/run.err" < /dev/null ||
        { echo "FAIL bench-hints $1 $2 $3: $(grep -v ^iteration "$out/run.err" | head -1)" >&2; return 1; }
    jq -r '.totals | [.cycles, .counters["branches.mispredicted"], .counters["hints.issued"]] | @tsv' "$out/run.json"
}
: > "$out/rows"
printf '%-14s %-8s %5s %14s %14s %8s %12s %8s %10s\n' program core times 'cycles off' on change mispredicts change hints
for name in $programs; do
    for core in ${CORES:-default ooo}; do
        run "$name" "$core" off 1 > "$out/first" || exit 1
        n=$(awk -v s="${SIMULATED:-0.2}" '/^iteration/ { n = s * 1e9 / $3; print (n > int(n) ? int(n) + 1 : n); exit }' "$out/run.err")
        if [ "$n" = 1 ]; then off=$(cat "$out/first"); else off=$(run "$name" "$core" off "$n") || exit 1; fi
        on=$(run "$name" "$core" on "$n") || exit 1
        cmp -s "$out/off.out" "$out/on.out" || { echo "FAIL bench-hints $name $core: other output with hints"; exit 1; }
        echo "$name $core $n $off $on" | awk '{ printf "%-14s %-8s %5d %14d %14d %+7.2f%% %12d %+7.1f%% %10d\n", $1, $2, $3, $4, $7, 100 * $7 / $4 - 100, $5, 100 * $8 / $5 - 100, $9 }' | tee -a "$out/rows"
    done
done
sort -k6,6gr "$out/rows" | awk 'NR == 1 { print "worst: " $6 ", " $1 " on " $2; exit $6 + 0 > 0.5 }'
