#!/bin/sh
# The core, by either engine, against qemu-riscv64: C programs, random instruction sequences, disassembly, bad input; the engines
# against each other: counters, and random programs in lockstep.
# Usage: tests/rv64/run.sh [BUILD]; BUILD/rvrun must exist. Prints a line per test and "N passed, N failed".
# SEEDS (default 12) random programs of COUNT (default 4000) instructions. With INSTRUCTIONS set, instead of all that: random programs from
# seed SEED (default 1000) on until qemu and the core have executed so many instructions alike, every fifth program in lockstep too.
cd "$(dirname "$0")/../.." || exit 1
B=${1:-${B:-build}}
RVRUN=${RVRUN:-$B/rvrun}
OUT=$B/rv64
SEEDS=${SEEDS:-12}
COUNT=${COUNT:-4000}
RVCC=${RVCC:-riscv64-linux-gnu-gcc}
QEMU="qemu-riscv64 -cpu rv64,zba=true,zbb=true"
passed=0
failed=0
mkdir -p "$OUT" || exit 1

ok() { echo "ok $1"; passed=$((passed + 1)); }
fail() { echo "FAIL $1${2:+: $2}"; failed=$((failed + 1)); }

# compare NAME PROGRAM [ARGUMENTS]: output and exit status, without a model and with one, by each engine, and without counting
compare() {
    name=$1
    shift
    timeout 30 $QEMU "$@" >"$OUT/$name.qemu" 2>/dev/null </dev/null
    echo "exit $?" >>"$OUT/$name.qemu"
    for how in "none --engine=oracle" "none --engine=dbt" "none --uncounted" "timing --engine=oracle" "timing --engine=dbt"; do
        timeout 30 "$RVRUN" --model=$how "$@" >"$OUT/$name.out" 2>"$OUT/$name.err" </dev/null
        echo "exit $?" >>"$OUT/$name.out"
        if ! cmp -s "$OUT/$name.qemu" "$OUT/$name.out"; then
            fail "$name" "$how: $(diff "$OUT/$name.qemu" "$OUT/$name.out" | head -3 | tr '\n' ' ')$(head -1 "$OUT/$name.err")"
            return
        fi
    done
    ok "$name"
}

programs() {
    for c in compute floats system; do
        for march in rv64gc rv64gc_zba_zbb rv64imafd_zifencei; do
            p=$OUT/$c-$march
            if $RVCC -O2 -march=$march -mabi=lp64d -ffp-contract=off -static -o "$p" tests/rv64/$c.c -lm -latomic; then
                compare "$c-$march" "$p"
            else
                fail "$c-$march" "does not compile"
            fi
        done
    done
    compare arguments "$OUT/system-rv64gc" "one two" "" three
}

build_generator() {
    gcc -std=gnu11 -O1 -I. -o "$OUT/gen" tests/rv64/gen.c hwsim/decode.c hwsim/disasm.c base/log.c || exit 1
    $RVCC -O2 -c -o "$OUT/harness.o" tests/rv64/harness.c || exit 1
}

random_programs() {
    seed=1
    while [ $seed -le "$SEEDS" ]; do
        p=$OUT/random-$seed
        if "$OUT/gen" $seed "$COUNT" >"$p.s" && $RVCC -march=rv64gc_zba_zbb -nostdlib -static -Wl,--no-relax -o "$p" "$p.s" "$OUT/harness.o"; then
            compare "random-$seed" "$p"
        else
            fail "random-$seed" "does not build"
        fi
        seed=$((seed + 1))
    done
}

random_for_long() {
    seed=${SEED:-1000} executed=0
    while [ "$executed" -lt "$INSTRUCTIONS" ] && [ $failed -lt 10 ]; do
        p=$OUT/random-long
        if ! { "$OUT/gen" $seed "${COUNT:-4000}" >"$p.s" && $RVCC -march=rv64gc_zba_zbb -nostdlib -static -Wl,--no-relax -o "$p" "$p.s" "$OUT/harness.o"; }; then
            fail "random-$seed" "does not build"
        else
            compare "random-$seed" "$p"
            [ $((seed % 5)) = 0 ] && in_lockstep "$p" "random-$seed"
            executed=$((executed + $("$RVRUN" --stats "$p" 2>&1 >/dev/null | awk '$1 == "instructions" { print $2 }')))
        fi
        seed=$((seed + 1))
    done
    echo "$executed random instructions as qemu executes them, seeds up to $((seed - 1))"
}

# Our text against objdump's, which prints no fence sets' spaces and hides the static mode of exact conversions.
disassembly() {
    "$OUT/gen" --flat 7 >"$OUT/flat.s"
    $RVCC -march=rv64gc_zba_zbb -nostdlib -static -o "$OUT/flat" "$OUT/flat.s" || fail disassembly "does not build"
    "$RVRUN" --disasm "$OUT/flat" | sed -E 's/, /,/g; s/\t/ /; s/( [jb][a-z]* .*)0x([0-9a-f]+)$/\1\2/' >"$OUT/flat.ours"
    riscv64-linux-gnu-objdump -d -M no-aliases "$OUT/flat" | sed -n 's/^ *\([0-9a-f]*\):\t[0-9a-f]* *\t/\1 /p' |
        sed 's/ *[<#].*//; s/\t/ /; s/ *$//' >"$OUT/flat.theirs"
    if [ -s "$OUT/flat.theirs" ] && diff "$OUT/flat.theirs" "$OUT/flat.ours" >"$OUT/flat.diff"; then ok disassembly
    else fail disassembly "$(head -4 "$OUT/flat.diff" | tr '\n' ' ')"; fi
}

# A run is the same every time, to the last counter, and instructions don't depend on the model.
repeats() {
    p=$OUT/compute-rv64gc
    "$RVRUN" --model=timing --stats "$p" 2>"$OUT/stats.1" >/dev/null
    "$RVRUN" --model=timing --stats "$p" 2>"$OUT/stats.2" >/dev/null
    if [ -s "$OUT/stats.1" ] && cmp -s "$OUT/stats.1" "$OUT/stats.2"; then ok repeats; else fail repeats "$(diff "$OUT/stats.1" "$OUT/stats.2" | head -2)"; fi
    counts=$("$RVRUN" --stats "$p" 2>&1 >/dev/null | awk '$1 == "instructions" { print $2 }')
    timing=$(awk '$1 == "instructions" { print $2 }' "$OUT/stats.1")
    if [ -n "$counts" ] && [ "$counts" = "$timing" ]; then ok same-instructions; else fail same-instructions "$counts $timing"; fi
}

# Both engines count the same, to the last digit.
same_counters() {
    for model in none counts timing; do
        for options in "" --core=small --core=u74 --core=r10000 --core=pentium4 --core=zen3 "--limit=1234567" "--set=branch.predictor=tage" \
            "--set=l1d.sector_bytes=16 --set=l1i.sector_bytes=32 --set=branch.wrong_path_lines=4" "--core=ooo --set=l1d.ports=1 --set=l1d.sector_bytes=32 --set=l2.ports=1 --set=llc.slices=8 --set=llc.hop_cycles=4"; do
            for engine in oracle dbt; do
                timeout 60 "$RVRUN" --engine=$engine --model=$model $options --stats "$1" >/dev/null 2>"$OUT/counters.$engine" </dev/null
            done
            if ! [ -s "$OUT/counters.dbt" ] || ! cmp -s "$OUT/counters.oracle" "$OUT/counters.dbt"; then
                fail "counters $2" "$model $options: $(diff "$OUT/counters.oracle" "$OUT/counters.dbt" | head -2 | tr '\n' ' ')"
                return
            fi
        done
    done
    ok "counters $2"
}

in_lockstep() {
    for model in none counts timing; do
        if ! timeout 60 "$RVRUN" --lockstep --model=$model $3 "$1" >/dev/null 2>"$OUT/lockstep.err" </dev/null; then
            fail "lockstep $2" "$model: $(head -1 "$OUT/lockstep.err")"
            return
        fi
    done
    ok "lockstep $2"
}

engines() {
    same_counters "$OUT/floats-rv64gc" floats
    same_counters "$OUT/floats-rv64imafd_zifencei" floats-uncompressed
    same_counters "$OUT/random-1" random-1
    in_lockstep "$OUT/floats-rv64imafd_zifencei" floats
    in_lockstep "$OUT/floats-rv64imafd_zifencei" "floats, out of order" --core=ooo
    in_lockstep "$OUT/floats-rv64imafd_zifencei" "floats, waiting at misses" --set=core.stall=miss
    seed=1
    while [ $seed -le "$SEEDS" ]; do
        in_lockstep "$OUT/random-$seed" "random-$seed"
        seed=$((seed + 1))
    done
}

# rejects NAME ARGUMENTS...: one line on stderr, exit status 1
rejects() {
    name=$1
    shift
    timeout 10 "$RVRUN" "$@" >"$OUT/bad.out" 2>"$OUT/bad.err" </dev/null
    status=$?
    if [ $status = 1 ] && [ "$(wc -l <"$OUT/bad.err")" = 1 ] && grep -q '^loam: ' "$OUT/bad.err"; then ok "$name"
    else fail "$name" "status $status: $(head -2 "$OUT/bad.err")"; fi
}

bad_input() {
    rejects no-program
    rejects missing-file "$OUT/nonexistent"
    rejects directory "$OUT"
    rejects not-elf tests/rv64/run.sh
    rejects host-program /bin/true
    rejects unknown-option --frobnicate "$OUT/compute-rv64gc"
    rejects bad-model --model=best "$OUT/compute-rv64gc"
    rejects bad-engine --engine=fast "$OUT/compute-rv64gc"
    rejects bad-limit --limit=many "$OUT/compute-rv64gc"
    rejects limit --limit=1000 "$OUT/compute-rv64gc"
    head -c 3000 "$OUT/compute-rv64gc" >"$OUT/truncated"
    rejects truncated "$OUT/truncated"
    head -c 40 "$OUT/compute-rv64gc" >"$OUT/stump"
    rejects stump "$OUT/stump"
    for trap in 'ld a0, 8(x0)' 'sd a0, -8(x0)' '.4byte 0xffffffff' 'ebreak' 'jr x0' 'csrw cycle, x0' 'amoadd.w a0, a0, (x0)'; do
        printf '.globl _start\n_start: %s\n' "$trap" >"$OUT/trap.s"
        $RVCC -nostdlib -static -o "$OUT/trap" "$OUT/trap.s"
        rejects "trap $trap" "$OUT/trap"
        rejects "trap $trap, translated" --engine=dbt "$OUT/trap"
    done
    printf '.globl _start\n_start: li a0, 0x7000000000\n ld a0, (a0)\n' >"$OUT/trap.s"
    $RVCC -nostdlib -static -o "$OUT/trap" "$OUT/trap.s"
    rejects unmapped "$OUT/trap"
    rejects "unmapped, translated" --engine=dbt "$OUT/trap"
}

for tool in $RVCC qemu-riscv64 riscv64-linux-gnu-objdump; do
    command -v "$tool" >/dev/null || { echo "FAIL tools: $tool is not installed"; echo "0 passed, 1 failed"; exit 1; }
done
[ -x "$RVRUN" ] || { echo "FAIL tools: $RVRUN is not built"; echo "0 passed, 1 failed"; exit 1; }
build_generator
if [ -n "$INSTRUCTIONS" ]; then
    random_for_long
    echo "$passed passed, $failed failed"
    [ $failed = 0 ]
    exit
fi
programs
random_programs
disassembly
repeats
engines
bad_input
echo "$passed passed, $failed failed"
[ $failed = 0 ]
