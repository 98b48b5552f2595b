#!/bin/sh
# Threads of RV64 programs: as qemu-riscv64 runs them, on one core and several; the same counters by both engines and every time; in lockstep;
# a trace for each core; pages on nodes.
# Usage: tests/rv64/threads.sh [BUILD]. Prints a line per test and "N passed, N failed".
cd "$(dirname "$0")/../.." || exit 1
B=${1:-${B:-build}}
RVRUN=${RVRUN:-$B/rvrun}
OUT=$B/threads
passed=0
failed=0
mkdir -p "$OUT" || exit 1
ok() { echo "ok threads $1"; passed=$((passed + 1)); }
fail() { echo "FAIL threads $1${2:+: $2}"; failed=$((failed + 1)); }
for p in threads nodes clock; do
    riscv64-linux-gnu-gcc -O2 -march=rv64gc -mabi=lp64d -static -o "$OUT/$p" tests/rv64/$p.c -pthread || { echo "FAIL threads $p: does not compile"; exit 1; }
done
timeout 60 qemu-riscv64 "$OUT/threads" >"$OUT/expected"
echo "exit $?" >>"$OUT/expected"

# on NAME OPTIONS...: both engines print what qemu does and count alike
on() {
    name=$1
    shift
    for engine in oracle dbt; do
        timeout 120 "$RVRUN" --engine=$engine --stats "$@" "$OUT/threads" >"$OUT/out" 2>"$OUT/stats.$engine" </dev/null
        echo "exit $?" >>"$OUT/out"
        cmp -s "$OUT/expected" "$OUT/out" || { fail "$name" "$engine: $(diff "$OUT/expected" "$OUT/out" | head -3 | tr '\n' ' ')$(head -1 "$OUT/stats.$engine")"; return; }
    done
    if [ -s "$OUT/stats.dbt" ] && cmp -s "$OUT/stats.oracle" "$OUT/stats.dbt"; then ok "$name"; else fail "$name" "$(diff "$OUT/stats.oracle" "$OUT/stats.dbt" | head -2 | tr '\n' ' ')"; fi
}
on "without a model"
on "one core" --model=counts
on "four cores" --model=timing --core=quad
on "nodes, out of order" --model=timing --core=flash
on "more cores than threads" --model=counts --set=cores=16
on "a part of a run" --model=counts --set=cores=2 --roi=100000:300000

# lock NAME OPTIONS
lock() {
    name=$1
    shift
    if timeout 200 "$RVRUN" --lockstep "$@" "$OUT/threads" >/dev/null 2>"$OUT/lock.err" </dev/null; [ $? = 7 ]; then ok "lockstep $name"; else fail "lockstep $name" "$(head -2 "$OUT/lock.err" | tr '\n' ' ')"; fi
}
lock "one core" --model=timing
lock "four cores" --model=timing --core=quad
lock "nodes" --model=counts --core=flash

# Each core's trace has what it executed: fetches in order, as many as its instructions.
timeout 120 "$RVRUN" --model=counts --set=cores=2 --stats --trace-out="$OUT/out.din" "$OUT/threads" >/dev/null 2>"$OUT/traced" </dev/null
want=$(awk '$1 == "instructions" { print $3, $4 }' "$OUT/traced")
got="$(grep -c '^2' "$OUT/out.din") $(grep -c '^2' "$OUT/out.core1.din")"
if [ -n "$want" ] && [ "$want" = "$got" ]; then ok "a trace for each core"; else fail "a trace for each core" "$got instead of $want"; fi

# The first touch decides, until move_pages does; then every other page is remote.
"$RVRUN" --model=timing --core=flash --set=l2.size_kib=32 --set=l1d.size_kib=8 --stats "$OUT/nodes" >"$OUT/moved" 2>"$OUT/moved.stats"
"$RVRUN" --model=timing --core=flash --set=l2.size_kib=32 --set=l1d.size_kib=8 --stats "$OUT/nodes" stay >"$OUT/stay" 2>"$OUT/stay.stats"
if [ "$(cat "$OUT/moved")" = "0 0: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 -> 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 -1" ]; then ok "pages move"; else fail "pages move" "$(cat "$OUT/moved")"; fi
if [ "$(cat "$OUT/stay")" = "0 0: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 -> 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 -1" ]; then ok "pages stay"; else fail "pages stay" "$(cat "$OUT/stay")"; fi
value() { awk -v c="$2" '$1 == c { print $2 }' "$OUT/$1.stats"; }
if [ "$(value moved numa.remote)" -gt $(($(value stay numa.remote) + 4000)) ] && [ "$(value stay numa.remote)" -lt 100 ]; then ok "and cost"
else fail "and cost" "$(value moved numa.remote), $(value stay numa.remote) remote"; fi
if [ "$(value moved firmware.cycles)" -gt 1000 ] && [ "$(value stay firmware.cycles)" = 0 ]; then ok "the copying is charged"; else fail "the copying is charged" "$(value moved firmware.cycles)"; fi

# Time: sleeps and limits as qemu has them; with a model what the program reads is the same every time and by both engines, and the host's if asked for.
timeout 60 qemu-riscv64 "$OUT/clock" >"$OUT/clock.expected"
for set in "" "--model=counts" "--model=timing" "--model=timing --core=quad" "--model=timing --core=ooo" "--model=timing --real-time" "--model=timing --roi=100000:2000000"; do
    if timeout 60 "$RVRUN" $set "$OUT/clock" >"$OUT/out" 2>&1 && cmp -s "$OUT/clock.expected" "$OUT/out"; then ok "time $set"; else fail "time $set" "$(diff "$OUT/clock.expected" "$OUT/out" | head -3 | tr '\n' ' ')"; fi
done
for set in "--core=default" "--core=quad" "--core=ooo"; do
    for engine in oracle dbt; do timeout 60 "$RVRUN" --model=timing $set --engine=$engine --stats "$OUT/clock" x >"$OUT/clock.$engine" 2>&1; done
    if grep -q '^cycles' "$OUT/clock.dbt" && cmp -s "$OUT/clock.oracle" "$OUT/clock.dbt"; then ok "the same time $set"; else fail "the same time $set" "$(diff "$OUT/clock.oracle" "$OUT/clock.dbt" | head -3 | tr '\n' ' ')"; fi
done
slept=$(awk 'NF == 6 && $5 == 1000 { print $1 }' "$OUT/clock.dbt")
if [ "${slept:-0}" -gt 200000000 ] && [ "$slept" -lt 300000000 ]; then ok "sleeps overlap"; else fail "sleeps overlap" "$slept ns"; fi
last=$("$RVRUN" --model=timing --set=core.frequency_mhz=20 --trace "$OUT/clock" 2>&1 >"$OUT/out" </dev/null | tail -1)
if cmp -s "$OUT/clock.expected" "$OUT/out" && case $last in *ecall*) ;; *) false ;; esac then ok "traced through sleeps"; else fail "traced through sleeps" "$last"; fi

# Threads that wait for each other end with one line.
printf '.globl _start\n_start: la a0, word\n li a1, 0\n li a2, 5\n li a3, 0\n li a7, 98\n ecall\n.data\n.balign 4\nword: .word 5\n' >"$OUT/wait.s"
riscv64-linux-gnu-gcc -nostdlib -static -o "$OUT/wait" "$OUT/wait.s"
timeout 10 "$RVRUN" "$OUT/wait" 2>"$OUT/wait.err"
if [ $? = 1 ] && [ "$(wc -l <"$OUT/wait.err")" = 1 ] && grep -q 'wait for each other' "$OUT/wait.err"; then ok "a deadlock is told"; else fail "a deadlock is told" "$(head -2 "$OUT/wait.err")"; fi
timeout 10 "$RVRUN" --model=counts --set=cores=65 "$OUT/wait" 2>"$OUT/bad.err"
if [ $? = 1 ] && grep -q 'must be 1..64' "$OUT/bad.err"; then ok "too many cores"; else fail "too many cores"; fi
timeout 10 "$RVRUN" --model=timing --set=cores=2 --sample=10000 "$OUT/wait" 2>"$OUT/bad.err"
if [ $? = 1 ] && grep -q 'are for one core' "$OUT/bad.err"; then ok "no sampling of several"; else fail "no sampling of several"; fi
echo "$passed passed, $failed failed"
[ $failed = 0 ]
