#!/bin/sh
# The kernels of bench/core: time of the core with each model over that of the same source on the host, beside qemu-riscv64 and
# cachegrind. Time is CPU time; a ratio is the median over RUNS
# (default 3) rounds of alternating runs, of runs less start-up (a run of no rounds). Usage: bench/core/run.sh [BUILD] [KERNEL...]
cd "$(dirname "$0")/../.." || exit 1
B=${1:-build}
[ $# -gt 0 ] && shift
RUNS=${RUNS:-3}
OUT=$B/bench-core
TABLE="sieve:5000 matrix:8000 sha256:500000 bytecode:200000 chase:80000 sort:2500 fft:25000 search:6000 nbody:600000 table:20000"
QEMU="qemu-riscv64 -cpu rv64,zba=true,zbb=true"
GRIND="valgrind --tool=cachegrind --branch-sim=yes --cachegrind-out-file=/dev/null"
for tool in valgrind qemu-riscv64; do
    command -v "$tool" >/dev/null || { echo "bench-core: $tool is not installed (make deps)" >&2; exit 1; }
done
export LC_ALL=C

# seconds COMMAND...: its CPU time; the checksum must be what the host's program printed
seconds() {
    bash -c 'TIMEFORMAT="%3U %3S"; out=$1; shift; time "$@" >"$out" 2>/dev/null </dev/null' - "$OUT/sum" "$@" 2>&1 | awk "{ print \$1 + \$2 }"
}
# measure LABEL SHARE COMMAND...: SHARE of the rounds; prints seconds for all of them
measure() {
    label=$1 share=$2
    shift 2
    n=$((rounds / share))
    start=$(seconds "$@" 0)
    time=$(seconds "$@" $n)
    [ "$(cat "$OUT/sum")" = "$("$OUT/$kernel" $n)" ] || { echo "bench-core: $kernel: $label computes something else" >&2; exit 1; }
    echo "$kernel $label $(awk "BEGIN { t = ($time - $start) * $rounds / $n; print (t > 0 ? t : 0.0005) }")"
}

: >"$OUT/times"
for entry in $TABLE; do
    kernel=${entry%:*} rounds=${entry#*:}
    case " ${*:-$kernel} " in *" $kernel "*) ;; *) continue ;; esac
    echo "$kernel instructions $("$B/rvrun" --stats "$OUT/$kernel.rv64" $rounds 2>&1 >/dev/null | awk '$1 == "instructions" { print $2 }')" >>"$OUT/times"
    for run in $(seq "$RUNS"); do
        {
            measure host 1 "$OUT/$kernel"
            measure none 1 "$B/rvrun" "$OUT/$kernel.rv64"
            measure qemu 2 $QEMU "$OUT/$kernel.rv64"
            measure counts 5 "$B/rvrun" --model=counts "$OUT/$kernel.rv64"
            measure timing 5 "$B/rvrun" --model=timing "$OUT/$kernel.rv64"
            measure tage 10 "$B/rvrun" --model=counts --set=branch.predictor=tage "$OUT/$kernel.rv64"
            measure ooo 20 "$B/rvrun" --model=timing --core=ooo "$OUT/$kernel.rv64"
            measure cachegrind 20 $GRIND "$OUT/$kernel"
        } >>"$OUT/times" || exit 1
    done
done
awk -f bench/core/ratios.awk "$OUT/times"
