#!/bin/bash
# Load that lasts, under `java` and under loam natively: what the programs print (nothing lost) must be the same, and loam's memory flat. Prints
# "ok stress NAME" or "FAIL stress NAME" for each and a table: elapsed and processor seconds, peak of resident memory in MiB.
#
#   run.sh [--short] [--simulated] [NAME...]    --short: a few seconds in all; --simulated: on the core too (counts), with the short forms
B=${B:-build}
here=$(cd "$(dirname "$0")" && pwd)
jdk=$(sh "$here/../../launcher/find-jdk.sh") || { echo "FAIL stress: no JDK 17"; exit 1; }
out=$(mkdir -p "$B/stress" && cd "$B/stress" && pwd)
loam=$(realpath "$B/loam")
short= simulated= names=
for a; do
    case $a in
    --short) short=1 ;;
    --simulated) simulated=1 short=1 ;;
    *) names="$names $a" ;;
    esac
done
names=${names:-hammer threads lambdas server}

# What each is started with: the long form, the short one.
arguments() {
    case $1$short in
    hammer) echo "Hammer 24 60" ;;
    hammer1) echo "Hammer 24 1.6" ;;
    threads) echo "Threads 10000 500" ;;
    threads1) echo "Threads 600 100" ;;
    lambdas) echo "Lambdas 1000000 1000" ;;
    lambdas1) echo "Lambdas 1200 100" ;;
    server) echo "Server 10000 16" ;;
    server1) echo "Server 2400 8" ;;
    *) echo "run.sh: no stress program is called $1: hammer, threads, lambdas or server" >&2; exit 1 ;;
    esac
}

# run NAME WHO command...: "$figures" is elapsed time, processor time, peak of memory.
run() {
    local f=$out/$1.$2; shift 2
    /usr/bin/time -o "$f.time" -f '%e %U %S %M' timeout 3000 "$@" > "$f.out" 2> "$f.err" < /dev/null
    echo "exit $?" >> "$f.out"
    figures=$(tail -1 "$f.time" | awk '{ printf "%.1f %.1f %.0f", $1, $2 + $3, $4 / 1024 }')
}

"$jdk/bin/javac" -nowarn -d "$out/classes" "$here"/*.java || { echo "FAIL stress: javac"; exit 1; }
table=$out/table.txt
row() { printf '%-10s %-6s %8s %8s %6s %8s %8s %6s\n' "$@"; }
row program same java cpu MiB loam cpu MiB > "$table"
for name in $names; do
    program=$(arguments "$name") || exit 1
    options=(-Xmx128m -cp "$out/classes")
    run "$name" java "$jdk/bin/java" -XX:+UseSerialGC "${options[@]}" $program; java_figures=$figures
    run "$name" loam "$loam" ${simulated:+--core=small --model=counts} "${options[@]}" $program
    for who in java loam; do grep -v '^memory ' "$out/$name.$who.out" > "$out/$name.$who.told"; done
    if cmp -s "$out/$name.java.told" "$out/$name.loam.told" && grep -qx 'exit 0' "$out/$name.java.out" && grep -qx 'memory flat' "$out/$name.loam.out"; then same=yes; echo "ok stress $name"
    else same=NO; echo "FAIL stress $name"; diff "$out/$name.java.out" "$out/$name.loam.out"; tail -3 "$out/$name.loam.err"; fi
    row "$name" "$same" $java_figures $figures >> "$table"
done
cat "$table"
