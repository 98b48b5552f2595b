#!/bin/sh
# Traces: the caches against cachegrind on a lackey trace of the same program, exactly; what rvrun writes, read back by it; damaged traces.
# Usage: tests/rv64/traces.sh [BUILD]. Prints a line per test and "N passed, N failed".
cd "$(dirname "$0")/../.." || exit 1
B=${1:-${B:-build}}
RVRUN=${RVRUN:-$B/rvrun}
OUT=$B/traces
passed=0
failed=0
mkdir -p "$OUT" || exit 1
ok() { echo "ok $1"; passed=$((passed + 1)); }
fail() { echo "FAIL $1${2:+: $2}"; failed=$((failed + 1)); }

# cachegrind's figures as "NAME COUNT...", the way rvrun prints them
cachegrind_figures() {
    sed -n 's/^==[0-9]*== *//p' "$1" | tr -d ',' | sed -n 's/^I *refs: */I refs /p; s/^\(I1\|LLi\|D1\|LLd\) *misses: */\1 misses /p; s/^D *refs: */D refs /p' |
        sed 's/  */ /g; s/( /(/; s/ rd + / rd + /; s/ *)/)/; s/ wr)/ wr)/'
}

# geometry NAME I1 D1 LL (sizes in KiB and ways)
geometry() {
    setarch -R valgrind --tool=cachegrind --cache-sim=yes --I1=$(($2 * 1024)),$3,64 --D1=$(($4 * 1024)),$5,64 --LL=$(($6 * 1024)),$7,64 \
        --cachegrind-out-file=/dev/null "$OUT/native" >/dev/null 2>"$OUT/$1.cg" </dev/null
    cachegrind_figures "$OUT/$1.cg" >"$OUT/$1.theirs"
    "$RVRUN" --replay="$OUT/lackey.trace" --rules=cachegrind --set=l1i.size_kib=$2 --set=l1i.ways=$3 --set=l1d.size_kib=$4 --set=l1d.ways=$5 \
        --set=l2.size_kib=$6 --set=l2.ways=$7 --set=llc.present=false >"$OUT/$1.ours" 2>&1
    if [ "$(wc -l <"$OUT/$1.theirs")" = 6 ] && diff "$OUT/$1.theirs" "$OUT/$1.ours" >"$OUT/$1.diff"; then ok "cachegrind $1"
    else fail "cachegrind $1" "$(head -4 "$OUT/$1.diff" | tr '\n' ' ')"; fi
}

against_cachegrind() {
    gcc -O2 -static -o "$OUT/native" tests/rv64/traces.c || { fail native "does not compile"; return; }
    setarch -R valgrind --tool=lackey --trace-mem=yes --log-file="$OUT/lackey.trace" "$OUT/native" >/dev/null 2>&1 </dev/null
    geometry small 8 2 8 4 64 8
    geometry direct 4 1 4 1 32 1
    geometry usual 32 8 32 8 512 8
}

# counters FILE NAME...: these counters of a --stats listing
counters() { f=$1; shift; for c; do grep -E "^$c " "$f" || echo "no $c"; done; }

# What the core counted, and what the model counts on the trace of it
round_trip() {
    riscv64-linux-gnu-gcc -O2 -march=rv64imafd -mabi=lp64d -nostdlib -ffreestanding -static -o "$OUT/small" tests/rv64/traces.c || { fail trip "does not compile"; return; }
    for core in default small; do
        for form in trace trace.xz din din.xz; do
            "$RVRUN" --core=$core --model=counts --stats --trace-out="$OUT/small.$form" "$OUT/small" 2>"$OUT/stats"
            "$RVRUN" --core=$core --replay="$OUT/small.$form" >"$OUT/replayed" 2>&1
            names="instructions l1d.accesses l1d.misses dtlb.misses"
            case $form in trace*) names="$names l1i.accesses l1i.misses branches branches.mispredicted cond.mispredicted target.mispredicted" ;; esac
            counters "$OUT/stats" $names >"$OUT/a"
            counters "$OUT/replayed" $names >"$OUT/b"
            if cmp -s "$OUT/a" "$OUT/b"; then ok "replay $core $form"; else fail "replay $core $form" "$(diff "$OUT/a" "$OUT/b" | tr '\n' ' ')"; fi
        done
    done
    size=$(wc -c <"$OUT/small.trace")
    n=$(awk '$1 == "instructions" { print $2 }' "$OUT/stats")
    if [ "$size" = $((64 * n)) ]; then ok "record size"; else fail "record size" "$size bytes, $n instructions"; fi
    "$RVRUN" --trace-out="$OUT/first.trace" --trace-limit=5000 "$OUT/small"
    if [ "$(wc -c <"$OUT/first.trace")" = 320000 ] && head -c 320000 "$OUT/small.trace" | cmp -s - "$OUT/first.trace"; then ok "trace limit"; else fail "trace limit"; fi
    if xz -dc "$OUT/small.trace.xz" | cmp -s - "$OUT/small.trace"; then ok "xz reads it"; else fail "xz reads it"; fi
}

# rejects NAME ARGUMENTS...: one line on stderr, exit status 1
rejects() {
    name=$1
    shift
    timeout 10 "$RVRUN" "$@" >/dev/null 2>"$OUT/bad.err" </dev/null
    status=$?
    if [ $status = 1 ] && [ "$(wc -l <"$OUT/bad.err")" = 1 ] && grep -q '^loam: ' "$OUT/bad.err"; then ok "$name"
    else fail "$name" "status $status: $(head -2 "$OUT/bad.err")"; fi
}

bad_traces() {
    rejects no-trace --replay="$OUT/none"
    : >"$OUT/bad"; rejects empty --replay="$OUT/bad"
    echo 'I  04000000' >"$OUT/bad"; rejects no-size --replay="$OUT/bad"
    echo ' L 04000000,0' >"$OUT/bad"; rejects size-zero --replay="$OUT/bad"
    echo ' L 04000000,99999999' >"$OUT/bad"; rejects size-huge --replay="$OUT/bad"
    printf '2 400\n7 400\n' >"$OUT/bad"; rejects din-label --replay="$OUT/bad"
    printf '2 400\n1 zz\n' >"$OUT/bad"; rejects din-address --replay="$OUT/bad"
    head -c 100 "$OUT/small.trace" >"$OUT/bad"; rejects record-cut --replay="$OUT/bad"
    head -c 200 "$OUT/small.trace.xz" >"$OUT/bad"; rejects xz-cut --replay="$OUT/bad"
    { head -c 100 "$OUT/small.trace.xz"; head -c 200 /dev/zero; } >"$OUT/bad"; rejects xz-damaged --replay="$OUT/bad"
    rejects folder --replay="$OUT"
    rejects three-levels --replay="$OUT/small.trace" --rules=cachegrind
    rejects no-folder --trace-out="$OUT/none/trace" "$OUT/small"
}

for tool in valgrind setarch xz riscv64-linux-gnu-gcc; do
    command -v $tool >/dev/null || { echo "FAIL tools: $tool is not installed"; echo "0 passed, 1 failed"; exit 1; }
done
against_cachegrind
round_trip
bad_traces
echo "$passed passed, $failed failed"
[ $failed = 0 ]
