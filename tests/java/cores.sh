#!/bin/bash
# Several simulated cores: the same output as java's (CORES="2 4 8": on so many); the same report twice and from both engines; false sharing found where it is,
# with its fields and threads, and not where it is not; how little the skew matters for it; nodes; errors. Usage: tests/java/cores.sh; B is the build.
cd "$(dirname "$0")/../.." || exit 1
B=${B:-build}
out=$B/cores-test
rm -rf "$out" && mkdir -p "$out" || exit 1
home=$(sh launcher/find-jdk.sh) || { echo "FAIL cores: no JDK 17"; exit 1; }
"$home/bin/javac" -nowarn -d "$out" examples/FalseSharing.java examples/Workers.java tests/java/cores/Hammer.java tests/java/cores/Padding.java || { echo "FAIL cores javac"; exit 1; }
failed=0
ok() { echo "ok cores $1"; }
fail() { echo "FAIL cores $1"; failed=1; }
check() { if [ "$2" = 1 ]; then ok "$1"; else fail "$1: $3"; fi; }

for p in Workers Hammer; do
    case $p in Workers) on=4 ;; *) on=3 ;; esac
    "$home/bin/java" -cp "$out" $p >"$out/expected" 2>&1
    for n in ${CORES:-$on}; do
        timeout -k 5 240 "$B/loam" --core=small --model=counts --set cores=$n -Xmx24m -cp "$out" $p >"$out/got" 2>&1
        if cmp -s "$out/got" "$out/expected"; then ok "$p on $n"; else fail "$p on $n: $(diff "$out/got" "$out/expected" | head -3)"; fi
    done
done

# run NAME OPTIONS...: what jq needs of a report
run() { local name=$1; shift; timeout -k 5 240 "$B/loam" --core=quad "$@" --report="$out/$name.json" -cp "$out" FalseSharing 2000 "$which" >"$out/$name.out" 2>&1; jq -S 'del(.command)' "$out/$name.json" >"$out/$name.told"; }
of() { jq "$2" "$out/$1.json"; }
which=close
run close; run again; run oracle --engine=oracle; run fine --set system.skew_cycles=50
if cmp -s "$out/close.told" "$out/again.told"; then ok "the same twice"; else fail "the same twice"; fi
if cmp -s "$out/close.told" "$out/oracle.told"; then ok "both engines"; else fail "both engines: $(diff "$out/close.told" "$out/oracle.told" | head -4)"; fi
check "the pair of fields and the threads" "$(of close '[.sharing.pairs[0,1] | select((.accessed == "FalseSharing$Close.left" and .thread == "close-left" and .written == "FalseSharing$Close.right" and .writer == "close-right") or (.accessed == "FalseSharing$Close.right" and .written == "FalseSharing$Close.left"))] | if length == 2 then 1 else 0 end')" "$(of close '.sharing.pairs[0:2]')"
check "rows add up" "$(of close 'if ([.cores[].counters["coherence.misses"]] | add) == .totals.counters["coherence.misses"] and .sharing.misses <= .totals.counters["coherence.misses"] then 1 else 0 end')"
a=$(of close .sharing.false_sharing) b=$(of fine .sharing.false_sharing)
check "skew 200 against 50, within 20 %" "$(jq -n "if $a > 100 and ($a - $b | fabs) <= 0.2 * $b then 1 else 0 end")" "$a, $b"
which=apart
run apart
check "none with room between" "$(jq -n "if $(of apart .sharing.false_sharing) * 20 < $a then 1 else 0 end")" "$(of apart .sharing.false_sharing), $a"
which=close
timeout -k 5 240 "$B/loam" --core=flash --report="$out/flash.json" -cp "$out" FalseSharing 300 close >"$out/flash.out" 2>&1
check "nodes" "$(of flash 'if .totals.counters["numa.remote"] > 0 and .totals.counters["numa.local"] > 0 and (.cores | map(.node)) == [0,0,1,1] then 1 else 0 end')" "$(head -1 "$out/flash.out")"
# Both engines step by step on four cores: registers, memory, counters and clocks after every few instructions.
timeout -k 5 240 "$B/loam" --core=quad --engine=lockstep -cp "$out" FalseSharing 5 close >"$out/lockstep.out" 2>&1
status=$?
timeout -k 5 240 "$B/loam" -cp "$out" FalseSharing 5 close >"$out/lockstep.expected" 2>&1
if [ $status = 0 ] && cmp -s "$out/lockstep.out" "$out/lockstep.expected"; then ok lockstep; else fail "lockstep: exit $status, $(head -2 "$out/lockstep.out" | tr '\n' ' ')"; fi
# A trace for each core, of what it executed.
timeout -k 5 240 "$B/loam" --core=small --model=counts --set cores=2 --trace-limit=300000 --trace-out="$out/t.din" -cp "$out" FalseSharing 10 close >"$out/t.out" 2>&1
check "a trace for each core" "$([ "$(grep -c ^2 "$out/t.din")" -gt 200000 ] && [ "$(grep -c ^2 "$out/t.core1.din")" -gt 1000 ] && [ ! -e "$out/t.core2.din" ] && echo 1)" "$(wc -l "$out"/t*.din | tr '\n' ' ')$(head -1 "$out/t.out")"
# Passive cores: what the report says is what is printed side by side, and fits the schema.
timeout -k 5 240 "$B/loam" --core=default --core=small --core=u74 --set=l2.size_kib=128 --model=counts --report="$out/passive.json" -cp "$out" FalseSharing 100 close >"$out/passive.out" 2>&1
of passive '.passive_cores | to_entries[] | .key as $k | .value.counters | to_entries[] | "\($k) \(.key) \(.value)"' | tr -d '"' | sort >"$out/passive.told"
awk 'NF == 4 && $3 != "-" && !/^core/ { print 0, $1, $3; print 1, $1, $4 }' "$out/passive.out" | sort >"$out/passive.printed"
if [ "$(wc -l <"$out/passive.told")" -gt 100 ] && cmp -s "$out/passive.told" "$out/passive.printed"; then ok "passive cores in reports"; else fail "passive cores in reports: $(diff "$out/passive.told" "$out/passive.printed" | head -3)"; fi
check "passive cores are marked and described" "$(of passive 'if [.passive_cores[] | .passive, .core.name, .core.l2.size_kib] == [true, "small", 64, true, "u74", 128] then 1 else 0 end')" "$(of passive '[.passive_cores[].core.name]')"
/usr/bin/python3 -c 'import json, sys, jsonschema
jsonschema.validate(json.load(open(sys.argv[1])), json.load(open("report/schema.json")))' "$out/passive.json" 2>"$out/schema.err" && ok "passive cores fit the schema" || fail "passive cores fit the schema: $(tail -1 "$out/schema.err")"
# False sharing seen by samples: advice, and in the next run padding.
# padding NAME OPTIONS...: threads that use fields of one object; stderr has the advice
padding() { local name=$1; shift; timeout -k 5 240 "$B/loam" --core=quad --jit=off --from=Padding.await "$@" --report="$out/padding-$name.json" -cp "$out" Padding "$which" 30000 >"$out/padding-$name.out" 2>"$out/padding-$name.err"; }
which=fields
rm -f "$out/padding.profile"
padding seen --profile="$out/padding.profile"
padding apart --profile="$out/padding.profile"
false_sharing() { of "padding-$1" '.totals.counters["coherence.false_sharing"]'; }
check "padding against false sharing" "$(cmp -s "$out/padding-seen.out" "$out/padding-apart.out" && [ "$(false_sharing seen)" -gt $((1000 + 4 * $(false_sharing apart))) ] && echo 1)" "$(false_sharing seen) $(false_sharing apart) $(jq -c .profile.orders "$out/padding.profile")"
which=objects
padding advice --layout=advise
check "advice of padding" "$(grep -q 'padding: Padding$Cell: .*of objects side by side' "$out/padding-advice.err" && echo 1)" "$(head -3 "$out/padding-advice.err")"
error() { "$B/loam" "${@:2}" -cp "$out" Workers >"$out/bad" 2>&1; if [ $? = 1 ] && [ "$(wc -l <"$out/bad")" = 1 ] && grep -q "$1" "$out/bad"; then ok "error: $1"; else fail "error: $1: $(head -2 "$out/bad")"; fi; }
error 'must be 1..64' --core=small --set cores=65
error 'fewer cores than nodes' --core=small --set nodes=2
error 'lines of the same length' --core=quad --set l1i.line_bytes=32
error 'beside one core only' --core=quad --core=small
exit $failed
