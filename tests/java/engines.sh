#!/bin/sh
# Java under both engines of the core: the reports must be the same to the last digit, and a run in lockstep must find nothing.
# Usage: tests/java/engines.sh [BUILD]; prints a line per test and "N passed, N failed".
cd "$(dirname "$0")/../.." || exit 1
B=${1:-${B:-build}}
OUT=$B/engines
passed=0
failed=0
mkdir -p "$OUT" || exit 1
ok() { echo "ok $1"; passed=$((passed + 1)); }
fail() { echo "FAIL $1${2:+: $2}"; failed=$((failed + 1)); }

cat >"$OUT/Mix.java" <<'JAVA'
import java.util.*;

/** A little of everything: objects, arrays, floating point, strings, exceptions, threads, collections. */
public class Mix {
    interface Shape { double area(); }
    record Disc(double r) implements Shape { public double area() { return Math.PI * r * r; } }
    record Box(double a, double b) implements Shape { public double area() { return a * b; } }

    static int thrown(Object o) {
        try { return o.hashCode() == 0 ? 1 : 2; } catch (NullPointerException e) { return 3; }
    }

    public static void main(String[] args) throws Exception {
        Random random = new Random(7);
        Map<String, Integer> words = new TreeMap<>();
        List<Shape> shapes = new ArrayList<>();
        long sum = 0;
        double area = 0;
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 1500;
        for (int i = 0; i < rounds; i++) {
            words.merge("w" + random.nextInt(200), i, Integer::sum);
            shapes.add(i % 3 == 0 ? new Disc(i * 0.25) : new Box(i, 1.0f / (i + 1)));
            sum = sum * 31 + thrown(i % 17 == 0 ? null : i) + (int) (long) (area * 1e3) % 97;
            area += shapes.get(i).area();
        }
        Thread t = new Thread(() -> { synchronized (words) { words.put("thread", 1); } });
        t.start();
        t.join();
        System.out.println(words.hashCode() + " " + sum + " " + area + " " + words.get("thread"));
    }
}
JAVA
javac -d "$OUT" "$OUT/Mix.java" || exit 1

# run NAME ENGINE OPTIONS...: output, report and status into files of the name and engine
run() {
    name=$1
    engine=$2
    shift 2
    timeout 120 "$B/loam" --engine="$engine" "$@" --report="$OUT/$name.$engine.json" -cp "$OUT" Mix >"$OUT/$name.$engine.out" 2>&1 </dev/null
    echo "exit $?" >>"$OUT/$name.$engine.out"
    [ -f "$OUT/$name.$engine.json" ] && sed -i "s/--engine=$engine//; s/$name\.$engine/$name/" "$OUT/$name.$engine.json"
}

# same NAME OPTIONS...: both engines
same() {
    name=$1
    rm -f "$OUT/$name".*
    shift
    run "$name" oracle "$@"
    run "$name" dbt "$@"
    if ! grep -q '^exit 0$' "$OUT/$name.dbt.out"; then fail "$name" "$(tail -2 "$OUT/$name.dbt.out" | tr '\n' ' ')"
    elif ! cmp -s "$OUT/$name.oracle.out" "$OUT/$name.dbt.out"; then fail "$name" "output differs"
    elif ! [ -s "$OUT/$name.dbt.json" ] || ! cmp -s "$OUT/$name.oracle.json" "$OUT/$name.dbt.json"; then fail "$name" "$(diff "$OUT/$name.oracle.json" "$OUT/$name.dbt.json" | head -4 | tr '\n' ' ')"
    else ok "$name"; fi
}

same engines-timing --core=default
same engines-counts --core=default --model=counts
same engines-small --core=small
# Few rounds: in lockstep the oracle executes everything one instruction at a time. Counters and cycles are compared too.
timeout 120 "$B/loam" -cp "$OUT" Mix 10 >"$OUT/native.out" 2>&1 </dev/null
timeout 240 "$B/loam" --core=default --model=timing --engine=lockstep -cp "$OUT" Mix 10 >"$OUT/lockstep.out" 2>&1 </dev/null
if [ $? = 0 ] && cmp -s "$OUT/lockstep.out" "$OUT/native.out"; then ok engines-lockstep
else fail engines-lockstep "$(diff "$OUT/native.out" "$OUT/lockstep.out" | head -3 | tr '\n' ' ')"; fi
echo "$passed passed, $failed failed"
[ $failed = 0 ]
