#!/bin/bash
# Java programs on loam against the JDK's own virtual machine: interpreter (java -Xint), quick compiler (-XX:TieredStopAtLevel=1), all of it.
#   steady   nanoseconds of an iteration once warm: the best of the last half of those begun within --seconds
#   whole    processor seconds and peak memory of a process, start included, for the iterations of programs.txt
# Runs of the machines alternate; told are medians over the rounds of loam's ratio to each, and geometric means over the programs.
# A checksum that differs from java's is a failure. Everything measured is in BUILD/bench-java/measured.tsv.
# Usage: run.sh [--rounds=N] [--seconds=S] [--only=REGEX] [--kind=steady|whole] [--against="xint c1 c2"] [--loam="OPTIONS"]
cd "$(dirname "$0")/../.." || exit 1
B=${B:-build}
rounds=3 seconds=2 only=. kinds="steady whole" against="xint c1 c2" options=
for a in "$@"; do
    case $a in
    --rounds=*) rounds=${a#*=} ;;
    --seconds=*) seconds=${a#*=} ;;
    --only=*) only=${a#*=} ;;
    --kind=*) kinds=${a#*=} ;;
    --against=*) against=${a#*=} ;;
    --loam=*) options=${a#*=} ;;
    *) echo "bench-java: $a: not --rounds=N, --seconds=S, --only=REGEX, --kind=steady|whole, --against=\"xint c1 c2\" or --loam=\"OPTIONS\""; exit 1 ;;
    esac
done
home=$(sh launcher/find-jdk.sh) || { echo "bench-java: no JDK 17"; exit 1; }
out=$B/bench-java
mkdir -p "$out/classes"
"$home/bin/javac" -nowarn -d "$out/classes" bench/java/*.java || exit 1
programs=$(sed 's/#.*//' bench/java/programs.txt | awk 'NF { print $1 }' | grep -E "$only")
[ -n "$programs" ] || { echo "bench-java: no program of bench/java/programs.txt matches '$only'"; exit 1; }
: > "$out/measured.tsv"

# machine NAME: its command, without the class path
machine() {
    case $1 in
    loam) echo "$B/loam $options" ;;
    xint) echo "$home/bin/java -Xint" ;;
    c1) echo "$home/bin/java -XX:TieredStopAtLevel=1" ;;
    c2) echo "$home/bin/java" ;;
    *) echo "bench-java: --against: $1 is not xint, c1 or c2" >&2; exit 1 ;;
    esac
}

# measure KIND PROGRAM MACHINE ROUND: a line of measured.tsv: kind, program, machine, round, nanoseconds, KiB
measure() {
    local kind=$1 program=$2 machine=$3 limit="-Dbench.seconds=$seconds" command
    command=$(machine "$machine") || exit 1
    [ "$kind" = whole ] && limit=-Dbench.iterations=$(awk -v p="$program" '$1 == p { print $2 }' bench/java/programs.txt)
    if ! timeout 600 /usr/bin/time -f 'used %U %S %M' $command $limit -cp "$out/classes" "$program" > "$out/$machine.out" 2> "$out/$machine.err" < /dev/null; then
        echo "FAIL bench-java $program: $command ended badly: $(grep -v '^iteration' "$out/$machine.err" | head -1)"
        return 1
    fi
    if [ -s "$out/$program.expected" ] && ! cmp -s "$out/$machine.out" "$out/$program.expected"; then
        echo "FAIL bench-java $program: $machine says '$(cat "$out/$machine.out")', java said '$(cat "$out/$program.expected")'"
        return 1
    fi
    awk -v kind="$kind" -v program="$program" -v machine="$machine" -v round="$4" '
        /^iteration/ { t[n++] = $3 }
        /^used/ { used = ($2 + $3) * 1e9; memory = $4 }
        END {
            for (i = int(n / 2); i < n; i++) if (!best || t[i] < best) best = t[i]
            print kind "\t" program "\t" machine "\t" round "\t" (kind == "whole" ? used : best) "\t" memory
        }' "$out/$machine.err" >> "$out/measured.tsv"
}

bad=0
for p in $programs; do
    "$home/bin/java" -cp "$out/classes" "$p" > "$out/$p.expected" 2> /dev/null < /dev/null || { echo "FAIL bench-java $p: java ends badly"; exit 1; }
    for round in $(seq "$rounds"); do
        for kind in $kinds; do
            for m in loam $against; do measure "$kind" "$p" "$m" "$round" || { bad=1; break 3; }; done
        done
    done
done
awk -v against="$against" -v rounds="$rounds" -v seconds="$seconds" -f bench/java/summary.awk "$out/measured.tsv"
exit $bad
