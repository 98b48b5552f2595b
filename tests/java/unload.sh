#!/bin/sh
# Class unloading, against java: also where collections and moves happen all the time, and on the simulated core.
# Usage: B=build sh tests/java/unload.sh [loaders] [hidden classes]   (20000 100000: the long run)
B=${B:-build}
java=$(sh launcher/find-jdk.sh)/bin/java
out=$B/test/unload
mkdir -p "$out"
"${java}c" -d "$out" tests/java/unload/*.java || { echo "FAIL unload: javac"; exit 1; }

# NAME LOADERS HIDDEN OPTIONS...
compare() {
    name=$1 loaders=$2 hidden=$3; shift 3
    "$java" -cp "$out" Unload "$loaders" "$hidden" > "$out/$name.java" 2>&1
    timeout 600 "$B/loam" "$@" -cp "$out" Unload "$loaders" "$hidden" > "$out/$name.loam" 2>&1
    if cmp -s "$out/$name.java" "$out/$name.loam"; then echo "ok unload.$name"
    else echo "FAIL unload.$name"; diff "$out/$name.java" "$out/$name.loam" | head -5; fi
}
compare plain "${1:-600}" "${2:-2500}"
compare collect 40 40 --torture=collect:150
compare move 40 40 --torture=collect:300,move:700
compare simulated 20 40 --model=counts --layout=on
