#!/bin/sh
# Orders of placing: the same output with each, a pass in each, and the errors of the option. Usage: tests/java/layout.sh; B is the build.
cd "$(dirname "$0")/../.." || exit 1
B=${B:-build}
out=$B/layout-test
rm -rf "$out" && mkdir -p "$out" || exit 1
javac -nowarn -d "$out" examples/LTree.java || { echo "FAIL layout javac"; exit 1; }
failed=0
ok() { echo "ok layout $1"; }
fail() { echo "FAIL layout $1"; failed=1; }
java -cp "$out" LTree 12000 60000 >"$out/expected"
for order in auto allocation breadth-first depth-first random static-edges; do
    "$B/loam" --core=small --layout=on --layout-order=$order --report="$out/$order.json" -cp "$out" LTree 12000 60000 >"$out/$order.out" 2>&1
    if cmp -s "$out/$order.out" "$out/expected" && jq -e '.layout_passes | length > 0 and .[0].moved_objects > 1000' "$out/$order.json" >/dev/null; then ok $order
    else fail "$order: $(head -1 "$out/$order.out") $(jq -c '.layout_passes | map(.moved_objects)' "$out/$order.json")"; fi
done
if cmp -s "$out/auto.json" "$out/random.json"; then fail "orders differ"; else ok "orders differ"; fi
"$B/loam" --core=small --layout=on --layout-order=best -cp "$out" LTree >"$out/bad" 2>&1
if [ $? = 1 ] && [ "$(wc -l <"$out/bad")" = 1 ] && grep -q 'layout-order' "$out/bad"; then ok "bad order"; else fail "bad order: $(head -1 "$out/bad")"; fi

# Advice: nothing moves, and what costs most is named.
"$B/loam" --core=small --layout=advise --report="$out/advise.json" -cp "$out" LTree 12000 60000 >"$out/advise.out" 2>"$out/advise.err"
if cmp -s "$out/advise.out" "$out/expected" && grep -q 'LTree\$N (24 bytes)' "$out/advise.err" && jq -e '.layout == "advise" and (.layout_passes | length == 0)' "$out/advise.json" >/dev/null
then ok advise; else fail "advise: $(head -2 "$out/advise.err")"; fi
exit $failed
