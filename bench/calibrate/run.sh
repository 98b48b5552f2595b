#!/bin/sh
# What firmware is charged against what it takes as RV64 code on the core: every row of the costs.def files; with --cpi also the cycles that
# such code takes per instruction on preset cores when its cache misses cost nothing: firmware.cpi.
# Usage: bench/calibrate/run.sh BUILD [--cpi [CORE...]]; BUILD/calibrate/{kernels,counters} must exist (make calibrate-programs).
cd "$(dirname "$0")/../.." || exit 1
B=${1:-build}
C=$B/calibrate
home=$(sh launcher/find-jdk.sh | head -1)
defs="gc/costs.def layout/costs.def vm/costs.def classlib/costs.def"
LIMIT=2000000000

# kernels PROGRAM OUTPUT OPTIONS...
kernels() {
    program=$1 output=$2
    shift 2
    : >"$output"
    for part in heap vm; do
        "$B/rvrun" --limit=$LIMIT "$@" "$C/$program" $part "$home" >>"$output" || { echo "FAIL calibrate: $program $part"; exit 1; }
    done
}

kernels counters "$C/units.txt" --model=none
kernels kernels "$C/took.txt" --model=timing
awk -f bench/calibrate/solve.awk $defs "$C/units.txt" "$C/took.txt" || exit 1
[ "$2" = --cpi ] || exit 0
echo
shift 2
[ $# -gt 0 ] || set -- default small u74 a53 ooo r10000 alpha21264 pentium4 skylake zen3 m1
for core; do
    kernels kernels "$C/took-$core.txt" --model=timing --core=$core --set=l2.present=false --set=llc.present=false --set=dram.latency_cycles=5 \
        --set=dram.cycles_per_line=0 --set=stlb.latency_cycles=0 --set=walk.overhead_cycles=0 --set=l1d.size_kib=65536
    printf '%-10s ' $core
    awk -v cpi=1 -f bench/calibrate/solve.awk $defs "$C/units.txt" "$C/took-$core.txt" | tail -1
done
