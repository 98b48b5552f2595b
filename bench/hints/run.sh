#!/bin/bash
# Value hints against the base predictor alone and against digests that the core takes by itself, at equal storage: gshare of 8 KiB, TAGE-SC-L of 64 KiB;
# on an in-order and an out-of-order core. Usage: bench/hints/run.sh [PROGRAM...]; B=build SEED=7 ROUNDS=200.
cd "$(dirname "$0")/../.." || exit 1
B=${B:-build}
out=$B/bench-hints
home=$(sh launcher/find-jdk.sh) || exit 1
mkdir -p "$out/classes"
"$home/bin/javac" -nowarn -d "$out/classes" bench/hints/*.java || exit 1
tage="--set=branch.predictor=tage --set=branch.budget_kib=64 --set=branch.indirect_predictor=ittage --set=branch.indirect_kib=8"
declare -A base=( [gshare-8K]="--set=branch.predictor=gshare --set=branch.history_bits=14 --set=branch.table_entries=32768" [tage-64K]="$tage" )
declare -A value=( [gshare-8K]="--set=branch.predictor=gshare --set=branch.history_bits=14 --set=branch.table_entries=16384 --set=branch.value_bits=32768"
                   [tage-64K]="$tage --set=branch.value_bits=65536" )
run() { # NAME OPTIONS...: cycles mispredicts issued late used correct
    local name=$1; shift
    "$B/loam" --jit=on --report="$out/run.json" "$@" -cp "$out/classes" "$name" "${SEED:-7}" "${ROUNDS:-200}" > "$out/run.out" 2> "$out/run.err" || cat "$out/run.err" >&2
    jq -r '.totals | [.cycles, .counters["branches.mispredicted"], .counters["hints.issued"], .counters["hints.late"], .counters["hints.used"] + .counters["digests.used"],
        .counters["hints.correct"] + .counters["digests.correct"]] | @tsv' "$out/run.json"
}
printf '%-12s %-8s %-10s %-8s %12s %8s %10s %8s %9s %7s %9s %9s\n' program core predictor value cycles change mispredicts change hints late used correct
for name in ${*:-DataBranch Dispatch Interpreter}; do
    for core in default ooo; do
        for p in gshare-8K tage-64K; do
            for v in none digests hints; do
                case $v in
                none) row=$(run "$name" --core=$core ${base[$p]}); set -- $row; c0=$1 m0=$2 ;;
                digests) row=$(run "$name" --core=$core ${value[$p]} --set=branch.auto_digest=true) ;;
                hints) row=$(run "$name" --core=$core ${value[$p]} --hints=on) ;;
                esac
                set -- $row
                awk -v n="$name" -v c=$core -v p=$p -v v=$v -v cy="$1" -v m="$2" -v i="$3" -v l="$4" -v u="$5" -v k="$6" -v c0="$c0" -v m0="$m0" 'BEGIN {
                    printf "%-12s %-8s %-10s %-8s %12d %+7.1f%% %10d %+7.1f%% %9d %7d %9d %9d\n", n, c, p, v, cy, 100 * cy / c0 - 100, m, 100 * m / m0 - 100, i, l, u, k }'
            done
        done
    done
done
