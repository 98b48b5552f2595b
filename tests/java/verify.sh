#!/bin/sh
# Verification: damaged classes get from loam the very words they get from java. Usage: B=build sh tests/java/verify.sh [mutants] [seed]
B=${B:-build}
count=${1:-1500}
seed=${2:-1}
java=$(sh launcher/find-jdk.sh)/bin/java
here=tests/java/verify
out=$B/test/verify
mkdir -p "$out"
"${java}c" -d "$out" "$here"/*.java || { echo "FAIL verify: javac"; exit 1; }

# The first lines of the outcomes that differ. Code that holds no opcode at all is left out: java knows more opcodes, its own. So is a jump
# of more than 64 KiB: later updates of OpenJDK 17 refuse it by its distance; earlier ones, and loam, by its target, in other words.
differences() {
    awk '
        FNR == 1 { file++ }
        /^[0-9A-Za-z]+( [0-9]+=..)*: [a-z]/ { split($0, a, /[: ]/); key = a[1]; if (file == 1) keys[n++] = key }
        { text[file, key] = text[file, key] $0 "\n" }
        END {
            for (i = 0; i < n; i++) {
                k = keys[i]
                if (text[1, k] == text[2, k] || text[2, k] ~ /: java.lang.VerifyError: Bad instruction\n/) continue
                if (text[1, k] ~ /: Illegal target of jump or branch/ && text[2, k] ~ /: Expecting a stackmap frame at branch target -?[0-9]+\n/) continue
                printf "java:  %sloam:  %s", text[1, k], text[2, k]
            }
        }' "$1" "$2"
}

# NAME CLASS ARGUMENTS...
compare() {
    name=$1; shift
    "$java" -cp "$out:$out/old" "$@" > "$out/$name.java" 2>&1
    "$B/loam" -cp "$out:$out/old" "$@" > "$out/$name.loam" 2>&1
    [ -s "$out/$name.java" ] || { echo "FAIL verify.$name: java printed nothing"; return; }
    differences "$out/$name.java" "$out/$name.loam" > "$out/$name.diff"
    lines=$(wc -l < "$out/$name.loam")
    if [ -s "$out/$name.diff" ] || [ "$(wc -l < "$out/$name.java")" -gt $((lines + lines / 10)) ]; then
        echo "FAIL verify.$name: not as java: $out/$name.diff"
        head -30 "$out/$name.diff" | cut -c1-200
    else
        echo "ok verify.$name"
    fi
}

compare mutants Mutants "$out" "$count" "$seed"
# Old class files: no lambdas, no stack maps before version 50.
mkdir -p "$out/old"
sed 's/^import java.util.function.Supplier;/interface Supplier<T> { T get(); }/; s/() -> make.get()/make/; s/Runnable r = this::touch; r.run();/touch();/' "$here/Victim.java" > "$out/old/Victim.java"
"${java}c" --release 7 -Xlint:-options -d "$out/old" "$out/old/Victim.java" || echo "FAIL verify: javac --release 7"
compare mutants50 Mutants "$out/old" $((count / 3)) "$seed" 50
compare mutants49 Mutants "$out/old" $((count / 3)) "$seed" 49

# Classes compiled against one version of another, run with the next.
mkdir -p "$out/v1"
"${java}c" -d "$out/v1" "$here"/changed/v1/*.java && "${java}c" -d "$out" "$here"/changed/v2/*.java || echo "FAIL verify: javac changed"
cp -r "$out/v1/users" "$out/"
compare changed Changed $(sed -n 's/^    static class \([A-Za-z]*\).*/\1/p' "$here/changed/v1/Users.java")
compare constraints Constraints
