#!/bin/bash
# Compiled code against `java`: every Java program natively with the compiler on and, so that nearly everything is compiled, in its eager mode; some with
# guards that fail at random, some with a code cache that seems full all the time, some on the simulated core; two simulated runs alike. Two programs at a time (JOBS).
cd "$(dirname "$0")/../.." || exit 1
B=${B:-build}
loam=$B/loam
home=$(sh launcher/find-jdk.sh) || { echo "FAIL jit: no JDK 17"; exit 1; }
java=$home/bin/java
out=$B/jit
examples="LTree LList HashChains Workers Warehouse Graph Matrix Shapes Failures"
own=$(cd tests/java && ls -- *.java | sed 's/\.java$//')
deopt="HashChains Shapes Warehouse Arithmetic Bytecodes Choices Exceptions Intrinsics Language Loops Monitors Numbers Scheduled Text Throws Unrolled"
flush="HashChains Workers Shapes Exceptions Handles Language Monitors Concurrent"
simulated="LTree HashChains Workers Shapes Failures Arithmetic Scheduled"

options() { sed -n 's|^// options: ||p' "tests/java/$1.java" 2>/dev/null; }
compare() { # NAME MODE command...
    local name=$1 mode=$2 f="$out/run/$1.$2"; shift 2
    timeout -k 5 240 "$@" > "$f.out" 2> "$f.err" < /dev/null
    echo $? > "$f.code"
    if cmp -s "$f.out" "$out/run/$name.out" && cmp -s "$f.err" "$out/run/$name.err" && cmp -s "$f.code" "$out/run/$name.code"; then echo "ok jit $name $mode"
    else echo "FAIL jit $name $mode"; for e in code err out; do diff "$f.$e" "$out/run/$name.$e" | head -6; done; fi
}
one() {
    local p=$1 opts; opts=$(options "$p")
    timeout -k 5 60 "$java" $opts -cp "$out/classes" "$p" > "$out/run/$p.out" 2> "$out/run/$p.err" < /dev/null
    echo $? > "$out/run/$p.code"
    compare "$p" native "$loam" --jit=on $opts -cp "$out/classes" "$p"
    compare "$p" eager "$loam" --jit=on --jit-torture=eager $opts -cp "$out/classes" "$p"
    case " $deopt " in *" $p "*) compare "$p" deopt "$loam" --jit=on --jit-torture=deopt:7,regalloc:7,inline:7,order:7,unroll:7,schedule:7 $opts -cp "$out/classes" "$p" ;; esac
    case " $flush " in *" $p "*) compare "$p" flush "$loam" --jit=on --jit-torture=flush $opts -cp "$out/classes" "$p" ;; esac
    case " $simulated " in *" $p "*) compare "$p" simulated "$loam" --jit=on --core=small --model=counts $opts -cp "$out/classes" "$p" ;; esac
}
if [ $# -gt 0 ]; then one "$1"; exit; fi
rm -rf "$out" && mkdir -p "$out/classes" "$out/run" "$out/logs"
"${java}c" -nowarn -encoding UTF-8 --add-exports java.base/jdk.internal.org.objectweb.asm=ALL-UNNAMED -d "$out/classes" examples/*.java tests/java/*.java 2> "$out/javac.log" || { echo "FAIL jit javac"; cat "$out/javac.log"; exit 1; }
for p in $examples $own; do echo "$p"; done | B=$B xargs -P "${JOBS:-2}" -L 1 bash -c 'bash tests/java/jit.sh "$@" > "$0/$1" 2>&1' "$out/logs"
for p in $examples $own; do cat "$out/logs/$p"; done
for r in 1 2; do
    "$loam" --jit=on --core=small --report="$out/run/twice$r.json" -cp "$out/classes" HashChains > /dev/null 2>&1 < /dev/null
    jq 'del(.command)' "$out/run/twice$r.json" > "$out/run/twice$r.told"
done
if [ -s "$out/run/twice1.told" ] && cmp -s "$out/run/twice1.told" "$out/run/twice2.told"; then echo "ok jit determinism"; else echo "FAIL jit determinism"; fi

# Objects that compiled code allocates inline have their allocation site.
"$loam" --jit=on --core=small --report="$out/run/sites.json" -cp "$out/classes" LTree 4000 20000 > /dev/null 2>&1 < /dev/null
if jq -e '[.by_site[].name | select(test("^LTree.N by LTree"))] | length > 0' "$out/run/sites.json" > /dev/null &&
    jq -e '[.by_site[].name | select(test("^LTree.*before main"))] == []' "$out/run/sites.json" > /dev/null; then echo "ok jit sites"; else echo "FAIL jit sites"; fi

# Misses of compiled code belong to a method, a line and a field.
for p in "LTree 4000 20000" HashChains Shapes Warehouse; do
    "$loam" --jit=on --core=small --model=counts --report="$out/run/places-${p%% *}.json" -cp "$out/classes" $p > /dev/null 2>&1 < /dev/null
    if jq -f tests/report/places.jq "$out/run/places-${p%% *}.json" | jq -e '.all > 10000 and ([.no_method, .no_line, .no_field] | max) < .all / 100' > /dev/null
    then echo "ok jit places of misses ${p%% *}"; else echo "FAIL jit places of misses ${p%% *}"; fi
done

# Value hints: fewer mispredicts, the same output, the same counters twice.
"${java}c" -nowarn -d "$out/classes" bench/hints/Interpreter.java
for r in off on on2; do
    "$loam" --jit=on --core=default --set=branch.value_bits=16384 --hints=${r%2} --report="$out/run/hints-$r.json" -cp "$out/classes" Interpreter 3 120 > "$out/run/hints-$r.out" 2>&1 < /dev/null
    jq 'del(.command)' "$out/run/hints-$r.json" > "$out/run/hints-$r.told"
done
"$java" -cp "$out/classes" Interpreter 3 120 > "$out/run/hints.out"
if cmp -s "$out/run/hints.out" "$out/run/hints-on.out" && jq -es '.[0].totals.counters["branches.mispredicted"] as $a | .[1].totals.counters["branches.mispredicted"] < 0.7 * $a' \
    "$out/run/hints-off.json" "$out/run/hints-on.json" > /dev/null; then echo "ok jit hints"; else echo "FAIL jit hints"; fi
both="--jit=on --core=default --set=branch.value_bits=16384 --hints=on --layout=on"
"$loam" $both --report="$out/run/hints-layout.json" -cp "$out/classes" Interpreter 3 120 > "$out/run/hints-layout.out" 2>&1 < /dev/null
"$loam" $both --report="$out/run/layout-hints.json" -cp "$out/classes" LTree 30000 200000 > "$out/run/layout-hints.out" 2>&1 < /dev/null
if cmp -s "$out/run/hints.out" "$out/run/hints-layout.out" && jq -es '(.[0].totals.counters["branches.mispredicted"] as $a | .[1].totals.counters["branches.mispredicted"] < 0.7 * $a)
    and (.[2].layout_passes | length) > 0' "$out/run/hints-off.json" "$out/run/hints-layout.json" "$out/run/layout-hints.json" > /dev/null
then echo "ok jit hints with layout"; else echo "FAIL jit hints with layout"; fi
"${java}c" -nowarn -d "$out/classes" bench/java/{Bench,Havlak}.java
"$java" -Dbench.iterations=1 -cp "$out/classes" Havlak > "$out/run/havlak.out" 2> /dev/null < /dev/null
"$loam" --jit=on --core=small --model=counts --set=branch.value_bits=16384 --hints=on -Dbench.iterations=1 -cp "$out/classes" Havlak > "$out/run/havlak-hints.out" 2> "$out/run/havlak-hints.err" < /dev/null
if [ -s "$out/run/havlak.out" ] && cmp "$out/run/havlak.out" "$out/run/havlak-hints.out"; then echo "ok jit hints in many loops"; else echo "FAIL jit hints in many loops: $(grep -v ^iteration "$out/run/havlak-hints.err" | head -1)"; fi
if [ -s "$out/run/hints-on.told" ] && cmp -s "$out/run/hints-on.told" "$out/run/hints-on2.told"; then echo "ok jit hints determinism"; else echo "FAIL jit hints determinism"; fi

# Blocks along hot traces: fewer instructions and fewer changes of the fetch line than in random orders.
for o in order:1,inline:1 inline:1; do
    "$loam" --jit=on --jit-torture=$o --core=small --model=counts --report="$out/run/order-$o.json" -cp "$out/classes" Interpreter 3 16 > "$out/run/order-$o.out" 2>&1 < /dev/null
done
if cmp -s "$out/run/order-inline:1.out" "$out/run/order-order:1,inline:1.out" && jq -es '.[0].totals.counters as $a | .[1].totals.counters as $b |
    $a.instructions < 0.99 * $b.instructions and $a["l1i.accesses"] < 0.95 * $b["l1i.accesses"]' "$out/run/order-inline:1.json" "$out/run/order-order:1,inline:1.json" > /dev/null
then echo "ok jit order of blocks"; else echo "FAIL jit order of blocks"; fi

# Unrolled loops: fewer instructions, the same result.
"${java}c" -nowarn -d "$out/classes" bench/java/{Bench,Sor,Digest}.java
for p in Sor Digest; do
    "$java" -cp "$out/classes" $p > "$out/run/$p.out" 2> /dev/null < /dev/null
    "$loam" --jit=on --core=ooo --report="$out/run/unrolled.json" -cp "$out/classes" $p > "$out/run/unrolled.out" 2> /dev/null < /dev/null
    "$loam" --jit=on --jit-without=unrolling --core=ooo --report="$out/run/rolled.json" -cp "$out/classes" $p > "$out/run/rolled.out" 2> /dev/null < /dev/null
    if [ -s "$out/run/$p.out" ] && cmp "$out/run/$p.out" "$out/run/unrolled.out" && cmp "$out/run/$p.out" "$out/run/rolled.out" && jq -es '.[0].totals.counters.instructions < 0.9 * .[1].totals.counters.instructions' \
        "$out/run/unrolled.json" "$out/run/rolled.json" > /dev/null; then echo "ok jit unrolling $p"; else echo "FAIL jit unrolling $p"; fi
done

# Instructions in an order that suits the core: fewer cycles, as many instructions, the same result.
"${java}c" -nowarn -d "$out/classes" bench/java/{Bench,NBody}.java
"$java" -cp "$out/classes" -Dbench.iterations=1 NBody > "$out/run/NBody.out" 2> /dev/null < /dev/null
for w in "" --jit-without=schedule; do
    "$loam" --jit=on $w --core=default --report="$out/run/scheduled$w.json" -Dbench.iterations=1 -cp "$out/classes" NBody > "$out/run/scheduled$w.out" 2> /dev/null < /dev/null
done
if [ -s "$out/run/NBody.out" ] && cmp "$out/run/NBody.out" "$out/run/scheduled.out" && cmp "$out/run/NBody.out" "$out/run/scheduled--jit-without=schedule.out" &&
    jq -es '.[0].totals.cycles < 0.8 * .[1].totals.cycles and .[0].totals.counters.instructions < 1.001 * .[1].totals.counters.instructions' \
        "$out/run/scheduled.json" "$out/run/scheduled--jit-without=schedule.json" > /dev/null; then echo "ok jit schedule"; else echo "FAIL jit schedule"; fi

# A code cache that is too small for what is compiled: code goes, memory is used again, and javac makes the same classes.
for size in 2496k 64m; do
    mkdir -p "$out/run/cache-$size"
    "$loam" -XX:ReservedCodeCacheSize=$size --jit-torture=eager --dump=s -m jdk.compiler/com.sun.tools.javac.Main -nowarn -d "$out/run/cache-$size" bench/java/*.java \
        > /dev/null 2> "$out/run/cache-$size.err" < /dev/null
done
if [ -f "$out/run/cache-64m/Json.class" ] && diff -r "$out/run/cache-2496k" "$out/run/cache-64m" && grep -q 'times room was made in the code cache' "$out/run/cache-2496k.err" &&
    ! grep -q 'room was made\|the code cache is full' "$out/run/cache-64m.err"; then echo "ok jit code cache"; else echo "FAIL jit code cache"; fi

# The history length: two phases gain, and the same counters twice.
"${java}c" -nowarn -d "$out/classes" bench/hints/Phases.java
for r in off history history2; do
    "$loam" --jit=on --core=default --tune=${r%2} --report="$out/run/tune-$r.json" -cp "$out/classes" Phases 9 1 > "$out/run/tune-$r.out" 2>&1 < /dev/null
    jq 'del(.command)' "$out/run/tune-$r.json" > "$out/run/tune-$r.told"
done
if cmp -s "$out/run/tune-off.out" "$out/run/tune-history.out" && jq -es '.[1].totals.cycles < 0.99 * .[0].totals.cycles' "$out/run/tune-off.json" "$out/run/tune-history.json" > /dev/null; then echo "ok jit tune"; else echo "FAIL jit tune"; fi
if [ -s "$out/run/tune-history.told" ] && cmp -s "$out/run/tune-history.told" "$out/run/tune-history2.told"; then echo "ok jit tune determinism"; else echo "FAIL jit tune determinism"; fi
