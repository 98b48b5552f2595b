#!/bin/sh
# The main job in one go: a program on the simulated core, without and with the layout optimizer; both reports' heads; the difference.
# Usage: demo.sh [BUILD-DIR]; run through `make demo`.
set -e
b=${1:-build}
out=$b/examples
mkdir -p "$out"
javac -d "$out" examples/*.java
program="LTree 30000 1000000" # keys, lookups
echo "== $program natively"
"$b/loam" -cp "$out" $program
for layout in off on; do
    echo
    echo "== $program on the simulated core, compiled, --layout=$layout"
    "$b/loam" --core=default --jit=on --layout=$layout --report="$b/demo-$layout.json" --report="$b/demo-$layout.txt" -cp "$out" $program
    sed -n '1,45p' "$b/demo-$layout.txt"
done
sed -n '/^layout passes/,$p' "$b/demo-on.txt"
echo
echo "== the difference"
jq -rs '
    def pct(a; b): if a == 0 then "-" else ((b - a) * 1000 / a | round | (if . < 0 then "-" else "+" end) + (fabs | "\(. / 10 | floor).\(. % 10)")) + " %" end;
    def row(name; a; b): "\(name)\t\(a)\t\(b)\t\(pct(a; b))";
    .[0].totals as $x | .[1].totals as $y |
    "\tlayout off\tlayout on\tchange",
    row("cycles"; $x.cycles; $y.cycles),
    row("L1D misses"; $x.levels.l1d.misses; $y.levels.l1d.misses),
    row("L2 misses"; $x.levels.l2.misses; $y.levels.l2.misses),
    row("DTLB misses"; $x.levels.dtlb.misses; $y.levels.dtlb.misses)' \
    "$b/demo-off.json" "$b/demo-on.json" | awk -F'\t' '{ printf "%-12s %16s %16s %10s\n", $1, $2, $3, $4 }'
