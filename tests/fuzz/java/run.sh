#!/bin/bash
# Random Java programs (Generate.java) and random class files (Assemble.java): every mode of loam prints what java -Xint prints. Without
# arguments a few of fixed seeds, as a test; with --seconds=N as many as fit (make fuzz-java). A batch that differs is taken apart: each of
# its programs is run by itself, and what failed stays in BUILD/fuzz/java/found, with the command that shows it.
# Usage: run.sh [--seconds=N] [--seed=N] [--count=N programs a batch] [--kind=source|bytecode] [--mode="NAME ROUNDS OPTIONS"]...
cd "$(dirname "$0")/../../.." || exit 1
B=${B:-build}
seconds=0 seed=1 count=5 kinds="source bytecode" modes=()
for a in "$@"; do
    case $a in
    --seconds=*) seconds=${a#*=}; count=20 ;;
    --seed=*) seed=${a#*=} ;;
    --count=*) count=${a#*=} ;;
    --kind=*) kinds=${a#*=} ;;
    --mode=*) modes+=("${a#*=}") ;;
    *) echo "fuzz-java: $a: not --seconds=N, --seed=N, --count=N, --kind=source|bytecode or --mode=\"NAME ROUNDS OPTIONS\""; exit 1 ;;
    esac
done
# Name, rounds, options of loam. The rounds are what makes methods hot; the core is slow.
[ ${#modes[@]} -gt 0 ] || modes=("interpreted 300 --jit=off" "compiled 300 --jit=on" "deopt 30 --jit=on --jit-torture=deopt:$seed,regalloc:$seed,inline:$seed,order:$seed,unroll:$seed,schedule:$seed" "flush 100 --jit=on --jit-torture=flush:4" "simulated 20 --jit=on --core=small --model=counts")
home=$(sh launcher/find-jdk.sh) || { echo "FAIL fuzz java: no JDK 17"; exit 1; }
asm="--add-exports java.base/jdk.internal.org.objectweb.asm=ALL-UNNAMED"
out=$B/fuzz/java
mkdir -p "$out/generators" "$out/found"
"$home/bin/javac" -nowarn $asm -d "$out/generators" tests/fuzz/java/*.java || { echo "FAIL fuzz java: javac"; exit 1; }

# reference DIRECTORY MAIN ROUNDS: the expected output, kept
reference() {
    [ -f "$1/$2.$3.expected" ] ||
        timeout 300 "$home/bin/java" -Xint -cp "$1" "$2" "$3" > "$1/$2.$3.expected" 2> "$1/$2.$3.error" < /dev/null || echo "java ended badly" >> "$1/$2.$3.expected"
}
# same DIRECTORY MAIN "NAME ROUNDS OPTIONS": does loam print it too?
same() {
    local dir=$1 main=$2 name rounds options
    read -r name rounds options <<< "$3"
    reference "$dir" "$main" "$rounds"
    timeout 300 "$B/loam" $options -cp "$dir" "$main" "$rounds" > "$dir/$main.$name" 2> "$dir/$main.$name.error" < /dev/null || echo "loam ended badly: $?" >> "$dir/$main.$name"
    cmp -s "$dir/$main.$name" "$dir/$main.$rounds.expected"
}
# generate KIND DIRECTORY SEED COUNT
generate() {
    local program=Generate
    [ "$1" = bytecode ] && program=Assemble
    rm -rf "$2" && mkdir -p "$2"
    "$home/bin/java" -XX:TieredStopAtLevel=1 $asm -cp "$out/generators" $program "$2" "$3" "$4" &&
        "$home/bin/javac" -J-XX:TieredStopAtLevel=1 -nowarn -g -cp "$2" -d "$2" "$2"/*.java 2> "$2/javac.log" || { echo "FAIL fuzz java: $1 of seeds from $3 does not compile: $(head -1 "$2/javac.log")"; return 1; }
}
# apart KIND SEED COUNT MODE: which of a batch fails?
apart() {
    local s dir shown=
    for s in $(seq "$2" $(($2 + $3 - 1))); do
        dir=$out/found/$1-$s
        generate "$1" "$dir" "$s" 1 || continue
        if same "$dir" All "$4"; then rm -rf "$dir"; continue; fi
        shown=1
        read -r name rounds options <<< "$4"
        echo "FAIL fuzz java $1 $s ${4%% *}: $B/loam $options -cp $dir All $rounds"
        diff "$dir/All.$rounds.expected" "$dir/All.$name" | head -4
        head -3 "$dir/All.$name.error"
    done
    [ -n "$shown" ] || echo "FAIL fuzz java $1 $2 to $((s)) ${4%% *}: only together; see $out/$1"
}

# past KIND SEED "NAME ROUNDS OPTIONS": what once ended badly
past() {
    generate "$1" "$out/past-$1-$2" "$2" 1 || { bad=1; return; }
    if same "$out/past-$1-$2" All "$3"; then echo "ok fuzz java $1 $2 ${3%% *}, found before"; else bad=1; apart "$1" "$2" 1 "$3"; fi
}

end=$(($(date +%s) + seconds)) bad=0 batches=0
[ "$seconds" != 0 ] || past bytecode 9161 "deopt 30 --jit=on --jit-torture=deopt:91,regalloc:91,inline:91" # two polls at the entry
[ "$seconds" != 0 ] || past bytecode 730067 "interpreted 32 --jit=off" # what was null, behind a switch and a jsr
while :; do
    for kind in $kinds; do
        generate "$kind" "$out/$kind" "$seed" "$count" || { bad=1; continue; }
        for mode in "${modes[@]}"; do
            if same "$out/$kind" All "$mode"; then
                [ "$seconds" != 0 ] || echo "ok fuzz java $kind ${mode%% *}"
            else
                bad=1
                apart "$kind" "$seed" "$count" "$mode"
            fi
        done
    done
    batches=$((batches + 1))
    seed=$((seed + count))
    [ "$(date +%s)" -lt "$end" ] || break
done
[ "$seconds" = 0 ] || echo "$batches batches of $count, next seed $seed"
exit $bad
