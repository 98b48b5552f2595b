#!/bin/sh
# Parts of a run and passive cores: what they count must be what whole runs count.
# Usage: tests/rv64/plans.sh [BUILD]. Prints a line per test and "N passed, N failed".
cd "$(dirname "$0")/../.." || exit 1
B=${1:-${B:-build}}
RVRUN=${RVRUN:-$B/rvrun}
OUT=$B/plans
passed=0
failed=0
mkdir -p "$OUT" || exit 1
ok() { echo "ok $1"; passed=$((passed + 1)); }
fail() { echo "FAIL $1${2:+: $2}"; failed=$((failed + 1)); }
p=$OUT/program
riscv64-linux-gnu-gcc -O2 -march=rv64gc -mabi=lp64d -ffp-contract=off -static -o "$p" tests/rv64/compute.c -lm -latomic || { echo "FAIL program: does not compile"; exit 1; }

# stats OPTIONS...: the listing; column N of a listing without clocks and predictors' sizes
stats() { "$RVRUN" --stats "$@" "$p" 2>&1 >/dev/null </dev/null; }
column() { awk -v n="$1" '$1 != "core" && $1 !~ /^(cycles|firmware.cycles|predictor|sampled)/ { print $1, $n }'; }
value() { awk -v c="$1" '$1 == c { print $2 }'; }

# A passive core counts what it would count alone, whoever drives.
passive() {
    stats --model=timing --core=default --core=small --core=u74 --set=l2.size_kib=512 --set=branch.predictor=tournament >"$OUT/three"
    for k in 3 4; do
        column $k <"$OUT/three" >"$OUT/passive"
        if [ $k = 3 ]; then stats --model=counts --core=small; else stats --model=counts --core=u74 --set=l2.size_kib=512 --set=branch.predictor=tournament; fi |
            column 2 >"$OUT/alone"
        if [ -s "$OUT/alone" ] && diff "$OUT/passive" "$OUT/alone" >"$OUT/diff"; then ok "passive core $((k - 2))"; else fail "passive core $((k - 2))" "$(head -3 "$OUT/diff" | tr '\n' ' ')"; fi
    done
    stats --model=timing --core=default >"$OUT/alone"
    a=$(value cycles <"$OUT/three") b=$(value cycles <"$OUT/alone")
    if [ -n "$a" ] && [ "$a" = "$b" ]; then ok "the first core's cycles"; else fail "the first core's cycles" "$a and $b"; fi
}

# Regions that meet add up to the whole, if the model is warm; without warm-up the second one's caches are cold.
regions() {
    n=$(value instructions <"$OUT/alone")
    stats --model=counts --roi=0:1000000 >"$OUT/r1"
    stats --model=counts --roi=1000000:$n --warmup=1000000 >"$OUT/r2"
    stats --model=counts --roi=1000000:$n >"$OUT/cold"
    stats --model=counts >"$OUT/whole"
    for c in instructions l1d.accesses l1d.misses l2.misses branches branches.mispredicted; do
        a=$(value $c <"$OUT/r1") b=$(value $c <"$OUT/r2") w=$(value $c <"$OUT/whole")
        if [ -n "$w" ] && [ $((a + b)) = "$w" ]; then ok "regions add up: $c"; else fail "regions add up: $c" "$a + $b, $w"; fi
    done
    a=$(value l2.misses <"$OUT/cold") b=$(value l2.misses <"$OUT/r2")
    if [ "$a" -gt "$b" ]; then ok "cold region"; else fail "cold region" "$a and $b"; fi
}

# The whole run's cycles lie in three times the interval (95 %) of the sampled run, which is within a tenth; misses are all counted.
sampling() {
    stats --model=timing --core=r10000 >"$OUT/whole"
    stats --model=timing --core=r10000 --sample=20000 >"$OUT/sampled"
    if awk -v c="$(value cycles <"$OUT/whole")" '$1 == "sampled.cycles" { d = c - $2; if (d < 0) d = -d; if (d < 3 * $4 && $4 * 10 < c) ok = 1 } END { exit !ok }' "$OUT/sampled"
    then ok "sampled cycles"; else fail "sampled cycles" "$(value cycles <"$OUT/whole"): $(grep sampled.cycles "$OUT/sampled")"; fi
    a=$(value l1d.misses <"$OUT/whole") b=$(value l1d.misses <"$OUT/sampled")
    if [ "$a" = "$b" ]; then ok "sampled misses"; else fail "sampled misses" "$a and $b"; fi
}

rejects() {
    name=$1
    shift
    timeout 10 "$RVRUN" "$@" "$p" >/dev/null 2>"$OUT/bad.err" </dev/null
    status=$?
    if [ $status = 1 ] && [ "$(wc -l <"$OUT/bad.err")" = 1 ] && grep -q '^loam: ' "$OUT/bad.err"; then ok "$name"
    else fail "$name" "status $status: $(head -2 "$OUT/bad.err")"; fi
}
bad_options() {
    rejects roi-order --model=counts --roi=5:5
    rejects roi-text --model=counts --roi=1e6
    rejects roi-no-model --roi=0:100
    rejects sample-short --model=timing --sample=3000
    rejects sample-counts --model=counts --sample=30000
    rejects other-lines --model=counts --core=default --core=small --set=l1i.line_bytes=32
}
# A program that destroys the simulator ends with a message and no more than its own process; one that is no program, with another.
hostile() {
    riscv64-linux-gnu-gcc -O2 -static -o "$OUT/wild" tests/rv64/wild.c || { fail "wild program" "does not compile"; return; }
    timeout 10 "$RVRUN" --engine=oracle "$OUT/wild" >"$OUT/wild.out" 2>"$OUT/wild.err" </dev/null
    status=$?
    if [ $status = 1 ] && grep -q '^[1-9][0-9]* areas$' "$OUT/wild.out" && [ "$(wc -l <"$OUT/wild.err")" = 1 ] && grep -q '^loam: .*written over its simulator' "$OUT/wild.err"
    then ok "wild program"; else fail "wild program" "status $status: $(head -2 "$OUT/wild.err")"; fi
    p="$OUT/wild.out" rejects "no program"
    head -c 200 "$p" >"$OUT/short"
    p="$OUT/short" rejects "program cut off"
    p=/dev/zero rejects "no end of a program"
}
passive
regions
sampling
bad_options
hostile
echo "$passed passed, $failed failed"
[ $failed = 0 ]
