#!/bin/bash
# The history length tuned while the program runs against fixed ones, gshare of the default core. Usage: bench/hints/tune.sh; B=build SEED=9.
cd "$(dirname "$0")/../.." || exit 1
B=${B:-build}
out=$B/bench-tune
home=$(sh launcher/find-jdk.sh) || exit 1
mkdir -p "$out/classes"
"$home/bin/javac" -nowarn -d "$out/classes" bench/hints/*.java || exit 1
printf '%-12s %-9s %12s %12s\n' program history cycles mispredicts
for program in "Phases ${SEED:-9} 3" "Interpreter ${SEED:-9} 60" "DataBranch ${SEED:-9} 60"; do
    for bits in 0 4 8 12 16 20 24 28 tuned; do
        if [ $bits = tuned ]; then how=--tune=history; else how=--set=branch.history_bits=$bits; fi
        "$B/loam" --jit=on --core=default $how --report="$out/run.json" -cp "$out/classes" $program > "$out/run.out" || exit 1
        printf '%-12s %-9s %12d %12d\n' "${program%% *}" $bits $(jq -r '.totals | [.cycles, .counters["branches.mispredicted"]] | @tsv' "$out/run.json")
    done
done
