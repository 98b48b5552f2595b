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
for order in auto allocation breadth-first depth-first random static-edges affinity; do
    "$B/loam" --core=small --layout=on --layout-order=$order --report="$out/$order.json" -cp "$out" LTree 12000 60000 >"$out/$order.out" 2>&1
    if cmp -s "$out/$order.out" "$out/expected" && jq -e '.layout_passes | length > 0 and .[0].moved_objects > 1000' "$out/$order.json" >/dev/null; then ok $order
    else fail "$order: $(head -1 "$out/$order.out") $(jq -c '.layout_passes | map(.moved_objects)' "$out/$order.json")"; fi
done
# No two have the same counters.
counters() { jq -c '[.totals.cycles, .totals.levels.l1d.misses]' "$out/$1.json"; }
if [ "$(for o in auto allocation breadth-first depth-first random affinity; do counters $o; done | sort -u | wc -l)" = 6 ]; then ok "orders differ"; else fail "orders differ"; fi
"$B/loam" --core=small --layout=on --layout-order=best -cp "$out" LTree >"$out/bad" 2>&1
if [ $? = 1 ] && [ "$(wc -l <"$out/bad")" = 1 ] && grep -q 'layout-order' "$out/bad"; then ok "bad order"; else fail "bad order: $(head -1 "$out/bad")"; fi

# When the loop that lost time is over, nothing is placed for it any more: the last eighth of the run is printing.
late=
for seed in 1 2 3; do
    "$B/loam" --core=default --layout=on --seed=$seed --report="$out/late.json" -cp "$out" LTree 20000 40000 >/dev/null 2>&1
    late="$late $(jq '.totals.instructions as $n | [.layout_passes[] | select(.at_instruction > 0.88 * $n)] | length' "$out/late.json")"
done
if [ "$late" = " 0 0 0" ]; then ok "no pass for what is over"; else fail "no pass for what is over:$late"; fi

# Advice: nothing moves, and what costs most is named.
"$B/loam" --core=small --layout=advise --report="$out/advise.json" -cp "$out" LTree 12000 60000 >"$out/advise.out" 2>"$out/advise.err"
if cmp -s "$out/advise.out" "$out/expected" && grep -q 'LTree\$N (24 bytes)' "$out/advise.err" && jq -e '.layout == "advise" and (.layout_passes | length == 0)' "$out/advise.json" >/dev/null
then ok advise; else fail "advise: $(head -2 "$out/advise.err")"; fi

# Sampling has no say in what is compiled: many methods turn warm while misses ask for polls.
{
    echo 'public class Warm { static Object[] all = new Object[60000]; static int at; static Integer next() { at = (at + 7919) % all.length; return (Integer) all[at]; }'
    i=0 calls=
    while [ $i -lt 80 ]; do echo "static int m$i(int x) { return x < 0 ? x : next() + $i; }"; calls="$calls case $i: s += m$i(k); break;"; i=$((i + 1)); done
    echo "public static void main(String[] a) { for (int i = 0; i < all.length; i++) all[i] = new Integer(i); int s = 0;"
    echo "for (int r = 0; r < 3600; r++) for (int k = 0; k < 80; k++) switch (k) { $calls } System.out.println(s); } }"
} >"$out/Warm.java"
javac -nowarn -d "$out" "$out/Warm.java" 2>/dev/null || { echo "FAIL layout javac"; exit 1; }
for mode in off advise; do "$B/loam" --core=small --layout=$mode --dump=c --jit='Warm\.m[0-9]+' -cp "$out" Warm >"$out/warm.$mode" 2>"$out/warm.err"; done
if [ "$(grep -c 'Warm\.m' "$out/warm.off")" -gt 10 ] && cmp -s "$out/warm.off" "$out/warm.advise"; then ok "the same is compiled"
else fail "sampling changes what is compiled: $(diff "$out/warm.off" "$out/warm.advise" | sed -n 2p)"; fi

# Two lists through the same objects, one walked after the other with the same local variable: each gets its pass when it is the hot one.
javac -nowarn -d "$out" bench/layout/TwoLinks.java
"$B/loam" --core=small --jit=on --layout=on --report="$out/phases.json" -cp "$out" TwoLinks 5 >"$out/phases.out" 2>&1
java -cp "$out" TwoLinks 5 >"$out/expected"
if cmp -s "$out/phases.out" "$out/expected" && jq -e '.layout_passes | length == 2 and (.[0].edges | test("Node.one") and (test("Node.two") | not)) and
    (.[1].edges | test("Node.two") and (test("Node.one") | not))' "$out/phases.json" >/dev/null; then ok phases
else fail "phases: $(head -1 "$out/phases.out") $(jq -c '.layout_passes | map(.edges)' "$out/phases.json")"; fi

# A pass that makes it worse is undone: the misses that it brought are gone, and the report tells. One that does not stays. Whether a pass comes when what is
# lost can be told from what compiling changes hangs on where samples fall: of several runs most show it.
javac -nowarn -d "$out" tests/java/Pairs.java || { echo "FAIL layout javac"; exit 1; }
java -cp "$out" Pairs 160 >"$out/expected"
same=1 runs=
for seed in 1 2 3 4 5; do
    "$B/loam" --core=small --jit=on --layout=on --layout-order=random --seed=$seed --report="$out/undo-$seed.json" -cp "$out" Pairs 160 >"$out/undo.out" 2>&1
    cmp -s "$out/undo.out" "$out/expected" || same=0
    runs="$runs $out/undo-$seed.json"
done
if [ $same = 1 ] && jq -es '[.[] | select(.layout_passes[0].verdict == "undone")] | length >= 2 and all(.[].layout_passes[0]; .target_mpki_after > .target_mpki_before * 1.1 and
    .undone.target_mpki_after < .target_mpki_after * 0.9 and .undone.l1d_mpki_after < .l1d_mpki_after * 0.9 and .undone.moved_objects >= .moved_objects and .cost_cycles > .undone.cost_cycles)' $runs >/dev/null
then ok undo
else fail "undo: $(head -1 "$out/undo.out") $(jq -c '.layout_passes' $runs | tr '\n' ' ')"; fi
"$B/loam" --core=small --jit=on --layout=on --report="$out/undo-auto.json" -cp "$out" Pairs 160 >"$out/undo.out" 2>&1
if cmp -s "$out/undo.out" "$out/expected" && jq -e '.layout_passes | length > 0 and .[0].verdict == "kept" and all(.undone == null)' "$out/undo-auto.json" >/dev/null; then ok "not undone"
else fail "not undone: $(jq -c '.layout_passes' "$out/undo-auto.json")"; fi
if for r in $runs; do "$B/loam" report "$r"; done | grep -q '^    undone at .* instructions: moved .* objects back'; then ok "undone in the report"; else fail "undone in the report"; fi

# Nodes that lie two by two: of the next object alone it would seem that nothing is to be gained, as the second of two hardly ever misses. And a list most of
# which lies in its order is left.
javac -nowarn -d "$out" tests/java/Runs.java || { echo "FAIL layout javac"; exit 1; }
java -cp "$out" Runs 2 160 >"$out/expected"
"$B/loam" --core=small --jit=on --layout=off --report="$out/runs-off.json" -cp "$out" Runs 2 160 >/dev/null 2>&1
same=1 runs=
for seed in 1 2 3; do
    "$B/loam" --core=small --jit=on --layout=on --seed=$seed --report="$out/runs-$seed.json" -cp "$out" Runs 2 160 >"$out/runs.out" 2>&1
    cmp -s "$out/runs.out" "$out/expected" || same=0
    runs="$runs $out/runs-$seed.json"
done
if [ $same = 1 ] && jq -es '.[0].totals as $off | all(.[1:][]; (.layout_passes | length > 0) and .totals.levels.l1d.misses < $off.levels.l1d.misses * 0.3 and
    .totals.cycles < $off.cycles * 0.7)' "$out/runs-off.json" $runs >/dev/null; then ok "runs of two"
else fail "runs of two: $(jq -c '[.totals.cycles, .totals.levels.l1d.misses, (.layout_passes | length)]' "$out/runs-off.json" $runs | tr '\n' ' ')"; fi
"$B/loam" --core=small --jit=on --layout=on --log=layout --report="$out/runs.json" -cp "$out" Runs 64 800 >"$out/runs.out" 2>"$out/runs.err"
if grep -q 'nothing to place along.*Runs' "$out/runs.err" && jq -e '.layout_passes | length == 0' "$out/runs.json" >/dev/null; then ok "long runs"
else fail "long runs: $(jq -c '.layout_passes | map(.edges)' "$out/runs.json")"; fi

# Where there was nothing to place along one edge, a pass along another is no dearer for it: eight times, at the first look at what may have been made just now,
# but not sixteen times and more, as after four refusals.
javac -nowarn -d "$out" tests/java/Refused.java || { echo "FAIL layout javac"; exit 1; }
java -cp "$out" Refused 300 >"$out/expected"
"$B/loam" --core=small --jit=on --layout=on --log=layout -cp "$out" Refused 300 >"$out/refused.out" 2>"$out/refused.err"
if cmp -s "$out/refused.out" "$out/expected" && [ "$(grep -c 'nothing to place along Refused.A.next' "$out/refused.err")" -ge 4 ] &&
    grep -E '^.layout. (at cycle .*gain|pass 1: .* Refused.B.next)' "$out/refused.err" | grep -B1 'pass 1:' | grep -q 'gain [0-9]*, cost [0-9]* \* [18],'; then ok refused
else fail "refused: $(head -1 "$out/refused.out") $(grep -E 'nothing to place|pass 1' "$out/refused.err" | tr '\n' ' ')"; fi

# Arrays whose elements refer to the same objects as others' do, as in a graph: it is looked at whether to place them, and left.
javac -nowarn -d "$out" bench/layout/PageRank.java bench/layout/BarnesHut.java
java -cp "$out" PageRank 8 >"$out/expected"
"$B/loam" --core=default --jit=on --layout=on --log=layout --report="$out/graph.json" -cp "$out" PageRank 8 >"$out/graph.out" 2>"$out/graph.err"
if cmp -s "$out/graph.out" "$out/expected" && grep -q 'nothing to place along.*PageRank' "$out/graph.err" && jq -e '.layout_passes | length == 0' "$out/graph.json" >/dev/null; then ok graph
else fail "graph: $(head -1 "$out/graph.out") $(jq -c '.layout_passes | map(.edges)' "$out/graph.json")"; fi

# What it costs to look at samples where there is nothing to do, in a short run: one cycle in a hundred at most.
for mode in off on; do "$B/loam" --core=default --jit=on --layout=$mode --report="$out/looks.$mode.json" -cp "$out" BarnesHut 1 >"$out/looks.$mode" 2>&1; done
if cmp -s "$out/looks.off" "$out/looks.on" && jq -es '(.[1].layout_passes | length == 0) and .[1].layout_samples > 60 and .[1].totals.cycles <= .[0].totals.cycles * 1.01' \
    "$out/looks.off.json" "$out/looks.on.json" >/dev/null; then ok looks
else fail "looks: $(jq -cs '[.[].totals.cycles]' "$out/looks.off.json" "$out/looks.on.json")"; fi

# Where no pass is made, the same is compiled as without the optimizer, at the same places.
javac -nowarn -d "$out" bench/layout/Lru.java || { echo "FAIL layout javac"; exit 1; }
for o in off on; do "$B/loam" --core=default --jit=on --dump=c --layout=$o -cp "$out" Lru 4 >"$out/compiles.$o" 2>&1; done
if grep -q '^jit: Lru' "$out/compiles.off" && cmp -s "$out/compiles.off" "$out/compiles.on"; then ok "compiles the same"
else fail "compiles the same: $(diff "$out/compiles.off" "$out/compiles.on" | head -2 | tail -1)"; fi

# Samples that name a later instruction: compiled code is still attributed.
"$B/loam" --core=small --jit=on --layout=on --set sampler.skid_instructions=4 --report="$out/skid.json" -cp "$out" LTree 12000 60000 >"$out/skid.out" 2>&1
java -cp "$out" LTree 12000 60000 >"$out/expected"
if cmp -s "$out/skid.out" "$out/expected" && jq -e '.layout_passes[0].edges | test("N.left") and test("N.right")' "$out/skid.json" >/dev/null; then ok skid
else fail "skid: $(head -1 "$out/skid.out") $(jq -c '.layout_passes | map(.edges)' "$out/skid.json")"; fi

# In lockstep a full buffer waits until both engines have done the same.
"$B/loam" --core=small --layout=on --engine=lockstep --report="$out/lockstep.json" -cp "$out" LTree 500 3000 >"$out/lockstep.out" 2>&1
java -cp "$out" LTree 500 3000 >"$out/expected"
if cmp -s "$out/lockstep.out" "$out/expected" && jq -e '.layout_samples > 60' "$out/lockstep.json" >/dev/null; then ok lockstep; else fail "lockstep: $(head -1 "$out/lockstep.out")"; fi

# Senseless passes, some of which find no room: nothing that runs notices, and the heap is sound after each.
java -cp "$out" LTree 12000 60000 >"$out/expected"
"$B/loam" --log=layout --torture=pass:4,collect:500 -cp "$out" LTree 12000 60000 >"$out/torture.out" 2>"$out/torture.err"
if cmp -s "$out/torture.out" "$out/expected" && [ "$(grep -c 'torture: pass .* moved [1-9]' "$out/torture.err")" -gt 20 ] &&
    [ "$(grep -c 'torture: pass .* undone: moved [1-9]' "$out/torture.err")" -gt 3 ]; then ok torture; else fail "torture: $(grep -v layout "$out/torture.err" | head -1)"; fi

# The same where objects are held by serialization, references, Unsafe and large arrays.
for p in tests/java/Serial tests/java/References tests/java/Handles tests/java/moves/HugeArrays; do
    name=${p##*/} options=$(sed -n 's|^// options: ||p' $p.java)
    javac -nowarn -d "$out" $p.java 2>/dev/null || { fail "torture $name: javac"; continue; }
    java $options -cp "$out" "$name" >"$out/expected" 2>&1
    "$B/loam" --log=layout --torture=pass:30 $options -cp "$out" "$name" >"$out/torture.out" 2>"$out/torture.err"
    grep -v '^\[layout\]' "$out/torture.err" >>"$out/torture.out"
    if cmp -s "$out/torture.out" "$out/expected" && [ "$(grep -c 'torture: pass .* moved [1-9]' "$out/torture.err")" -ge 5 ]; then ok "torture $name"
    else fail "torture $name: $(grep -v layout "$out/torture.err" | head -1)"; fi
done

# Fields move by samples: records whose visits touch several lines.
javac -nowarn -d "$out" bench/layout/RecordTable.java || { echo "FAIL layout javac"; exit 1; }
for o in off on; do "$B/loam" --core=default --jit=on --log=layout --layout=$o --layout-order=fields --report="$out/fields-$o.json" -cp "$out" RecordTable 4 >"$out/fields-$o.out" 2>"$out/fields-$o.err"; done
if cmp -s "$out/fields-on.out" "$out/fields-off.out" && grep -q 'fields moved: 12000 objects' "$out/fields-on.err" &&
    jq -es '.[1].totals.levels.l1d.misses < .[0].totals.levels.l1d.misses * 0.95' "$out/fields-off.json" "$out/fields-on.json" >/dev/null
then ok "fields move by samples"; else fail "fields move by samples: $(tail -1 "$out/fields-on.err")"; fi

# What samples say of fields agrees with what was observed.
if jq -e '.layout_samples_rank > 0.7' "$out/fields-on.json" >/dev/null; then ok "rank correlation"; else fail "rank correlation: $(jq .layout_samples_rank "$out/fields-on.json")"; fi

# Fields that get other offsets while interpreted and compiled code is in the middle of using them, natively and on the core.
javac -nowarn -d "$out" tests/java/FieldMoves.java || { echo "FAIL layout javac"; exit 1; }
# move NAME LEAST ARGUMENTS...: the output is java's, and so many times fields moved
move() {
    name=$1 least=$2
    shift 2
    "$B/loam" --log=layout "$@" >"$out/moves.out" 2>"$out/moves.err"
    if cmp -s "$out/moves.out" "$out/expected" && [ "$(grep -c 'fields of .*: moved' "$out/moves.err")" -ge "$least" ]; then ok "fields move $name"
    else fail "fields move $name: $(grep -v layout "$out/moves.err" | head -1)"; fi
}
java -cp "$out" FieldMoves 150 >"$out/expected"
move compiled 20 --jit=on --torture=pass:1 --dump=s -cp "$out" FieldMoves 150
if grep -q ' [1-9][0-9]* times left: code became invalid' "$out/moves.err"; then ok "returns to code given up"; else fail "nothing returned to code that was given up"; fi
java -cp "$out" FieldMoves 20 >"$out/expected"
move interpreted 5 -Xint --torture=pass:1 -cp "$out" FieldMoves 20
java -cp "$out" FieldMoves 2 >"$out/expected"
move core 2 --core=small --jit=on --torture=pass:12 -cp "$out" FieldMoves 2
exit $failed
