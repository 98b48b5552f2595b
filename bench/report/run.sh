#!/bin/bash
# What collecting the views costs: user CPU time of each example with --model=counts and a report, against the same without one, in alternating
# runs; the median of the ratios. Writing the report counts too. Usage: bench/report/run.sh [EXAMPLE...]; B=build CORE=default ROUNDS=5 OPTIONS="--jit=on".
cd "$(dirname "$0")/../.." || exit 1
B=${B:-build}
out=$B/bench-report
home=$(sh launcher/find-jdk.sh) || exit 1
mkdir -p "$out/classes"
"$home/bin/javac" -g -nowarn -d "$out/classes" examples/*.java || exit 1
TIMEFORMAT=%U
spent() { # OPTIONS... CLASS: seconds
    { time "$B/loam" --core="${CORE:-default}" --model=counts $OPTIONS "$@" > "$out/run.out" 2>&1; } 2>&1
}
median() { sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
printf '%-12s %9s %9s %7s\n' example 'alone s' 'report s' ratio
for name in ${*:-LTree LList HashChains Graph Matrix Shapes Warehouse}; do
    rm -f "$out"/*.times
    for ((i = 0; i < ${ROUNDS:-5}; i++)); do
        a=$(spent -cp "$out/classes" "$name") b=$(spent --report="$out/run.json" -cp "$out/classes" "$name")
        echo "$a" >> "$out/alone.times"
        echo "$b" >> "$out/report.times"
        awk -v a="$a" -v b="$b" 'BEGIN { print b / a }' >> "$out/ratio.times"
    done
    printf '%-12s %9.2f %9.2f %7.2f\n' "$name" "$(median < "$out/alone.times")" "$(median < "$out/report.times")" "$(median < "$out/ratio.times")"
done
