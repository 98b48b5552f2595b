#!/bin/bash
# Reports: every view's rows add up to the totals in every example, in every format; what the report's reading changes (nothing); the
# schema; other tools open what is written for them; diff, explain and the rest of the command line. Usage: run.sh; B is the build directory.
cd "$(dirname "$0")/../.." || exit 1
B=${B:-build}
loam=$(realpath "$B/loam")
out=$B/report
rm -rf "$out" && mkdir -p "$out/classes" || exit 1
ok() { echo "ok report $*"; }
fail() { echo "FAIL report $*"; }
# check NAME COMMAND...: the command succeeds
check() { local name=$1; shift; if "$@" > "$out/log" 2>&1; then ok "$name"; else fail "$name: $(tail -3 "$out/log" | tr '\n' ' ')"; fi; }
javac -g -nowarn -d "$out/classes" examples/*.java || exit 1

# ---- sums (tests/java/run.sh does the same for every example) ----
simulate() { # NAME OPTIONS... -- ARGUMENTS...
    local name=$1; shift
    timeout 100 "$loam" --model=counts "$@" > "$out/$name.out" 2>&1 < /dev/null || { fail "$name ran: $(tail -1 "$out/$name.out")"; return; }
    local said; said=$(jq -rf tests/report/sums.jq "$out/$name.json" 2>&1)
    if [ "$said" = "sums agree" ]; then ok "sums $name"; else fail "sums $name: $(echo "$said" | head -3 | tr '\n' ' ')"; fi
}
simulate LTree --core=default --layout=on --report="$out/LTree.json" -cp "$out/classes" LTree 2000 4000
simulate LList --core=small --report="$out/LList.json" -cp "$out/classes" LList 3000 2
