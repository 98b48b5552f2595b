#!/bin/sh
# --object-model=hotspot17: fields lie where HotSpot has them, in every class of java.base and in some made to be difficult, asked through Unsafe; and programs
# run under it as ever, on the core, with passes, compiled, with fields that move. Usage: tests/java/model.sh; B is the build.
cd "$(dirname "$0")/../.." || exit 1
B=${B:-build}
out=$B/model-test
rm -rf "$out" && mkdir -p "$out" || exit 1
exports="--add-exports java.base/jdk.internal.misc=ALL-UNNAMED --add-exports java.base/jdk.internal.event=ALL-UNNAMED"
javac -nowarn $exports -d "$out" tests/java/model/Offsets.java examples/LTree.java tests/java/FieldMoves.java 2>/dev/null || { echo "FAIL model javac"; exit 1; }
failed=0
ok() { echo "ok model $1"; }
fail() { echo "FAIL model $1"; failed=1; }
java -XX:+UseSerialGC $exports -cp "$out" Offsets java.base >"$out/expected"
"$B/loam" --object-model=hotspot17 $exports -cp "$out" Offsets java.base >"$out/offsets" 2>&1
if cmp -s "$out/offsets" "$out/expected" && [ "$(wc -l <"$out/expected")" -gt 6000 ]; then ok "offsets in $(wc -l <"$out/expected") classes"
else fail "offsets: $(diff "$out/expected" "$out/offsets" | sed -n '2p;/^>/{p;q}' | tr '\n' ' ')"; fi
"$B/loam" $exports -cp "$out" Offsets java.base >"$out/own" 2>&1
if ! cmp -s "$out/own" "$out/expected" && grep -q '^Offsets$A a 8$' "$out/own"; then ok "its own model"; else fail "its own model: $(head -1 "$out/own")"; fi
# same NAME OPTIONS... CLASS ARGUMENTS: the output is java's
same() {
    name=$1
    shift
    "$B/loam" --object-model=hotspot17 -cp "$out" "$@" >"$out/run.out" 2>"$out/run.err"
    if cmp -s "$out/run.out" "$out/expected"; then ok "$name"; else fail "$name: $(head -1 "$out/run.err")"; fi
}
java -cp "$out" LTree 12000 60000 >"$out/expected"
same "passes on the core" --core=small --layout=on --report="$out/model.json" LTree 12000 60000
if jq -e '.layout_passes | length > 0' "$out/model.json" >/dev/null; then ok "a pass is made"; else fail "a pass is made"; fi
same "collections and moves" --torture=collect:500,move:300 LTree 12000 60000
java -cp "$out" FieldMoves 20 >"$out/expected"
same "fields move" -Xint --torture=pass:1 FieldMoves 20
same "compiled fields move" --jit=on --torture=pass:1 FieldMoves 20
"$B/loam" --object-model=jikes -cp "$out" LTree >"$out/bad" 2>&1
if [ $? = 1 ] && [ "$(wc -l <"$out/bad")" = 1 ] && grep -q 'object-model' "$out/bad"; then ok "bad model"; else fail "bad model: $(head -1 "$out/bad")"; fi
exit $failed
