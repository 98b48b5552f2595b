#!/bin/sh
# --profile: what a run learns makes the next one's pass earlier, and places objects in a native run; files that are damaged, or of classes that have changed,
# are not used. Usage: tests/java/profile.sh; B is the build.
cd "$(dirname "$0")/../.." || exit 1
B=${B:-build}
out=$B/profile-test
rm -rf "$out" && mkdir -p "$out/changed" || exit 1
javac -nowarn -d "$out" examples/LTree.java bench/layout/ZipfChains.java bench/layout/RecordTable.java || { echo "FAIL profile javac"; exit 1; }
sed 's/static final class N {/static final class N { int more;/' examples/LTree.java >"$out/changed/LTree.java"
javac -nowarn -d "$out/changed" "$out/changed/LTree.java" || { echo "FAIL profile javac"; exit 1; }
failed=0
ok() { echo "ok profile $1"; }
fail() { echo "FAIL profile $1"; failed=1; }
p=$out/tree.profile r=$out/run.json
# learn NAME OPTIONS...: a run on the core; its output and report get the name
learn() {
    name=$1
    shift
    "$B/loam" --profile="$p" --report="$r" -cp "$out" "$@" >"$out/$name.out" 2>&1
    mv "$r" "$out/$name.json"
}
learn first --core=small LTree 12000 60000
java -cp "$out" LTree 12000 60000 >"$out/expected"
if cmp -s "$out/first.out" "$out/expected" && jq -e '.profile.edges | map(select(.field == "left" and .placed)) | length == 1' "$p" >/dev/null
then ok learns; else fail "learns: $(head -1 "$out/first.out") $(jq -c .profile "$p")"; fi
cp "$p" "$out/good.profile"

# What an earlier run has shown need not be waited for.
p=$out/chains.profile
learn unsure --core=default --jit=on ZipfChains 1
cp "$p" "$out/kept.profile"
learn sure --core=default --jit=on ZipfChains 1
cp "$out/kept.profile" "$p"
learn again --core=default --jit=on ZipfChains 1
if jq -es '.[1].layout_passes[0].at_instruction < .[0].layout_passes[0].at_instruction and .[1].totals.cycles < .[0].totals.cycles' "$out/unsure.json" "$out/sure.json" >/dev/null &&
    cmp -s "$out/unsure.out" "$out/sure.out"
then ok "earlier pass"; else fail "earlier pass: $(jq -c '[.layout_passes[0].at_instruction, .totals.cycles]' "$out/unsure.json" "$out/sure.json" | tr '\n' ' ')"; fi
if cmp -s "$out/sure.json" "$out/again.json"; then ok repeats; else fail "the same profile, another run"; fi

# The fields that a visit reads come together from the first record on; natively too, and not if the class has changed.
p=$out/fields.profile
learn scattered --core=default --jit=on RecordTable 1
cp "$p" "$out/kept.profile"
learn ordered --core=default --jit=on RecordTable 1
if jq -e '.profile.orders | map(select(.for == "RecordTable$Checking")) | length == 3' "$out/kept.profile" >/dev/null && cmp -s "$out/scattered.out" "$out/ordered.out" &&
    jq -es '.[1].totals.levels.l1d.misses < .[0].totals.levels.l1d.misses * 0.8' "$out/scattered.json" "$out/ordered.json" >/dev/null
then ok "field order"; else fail "field order: $(jq -c '.profile.orders' "$out/kept.profile") $(jq -c .totals.levels.l1d.misses "$out/scattered.json" "$out/ordered.json" | tr '\n' ' ')"; fi
cmp -s "$out/ordered.out" "$out/scattered.out" && "$B/loam" --log=layout --profile="$out/kept.profile" -cp "$out" RecordTable 1 >"$out/native.out" 2>"$out/native.err"
if cmp -s "$out/native.out" "$out/ordered.out" && grep -q 'fields of RecordTable$Checking as an earlier run' "$out/native.err"; then ok "native field order"; else fail "native field order: $(head -1 "$out/native.err")"; fi
mkdir -p "$out/other" && sed 's/long opened,/int opened; long /' bench/layout/RecordTable.java >"$out/other/RecordTable.java" && javac -nowarn -d "$out/other" "$out/other/RecordTable.java"
"$B/loam" --log=layout --profile="$out/kept.profile" -cp "$out/other" RecordTable 1 >"$out/native.out" 2>"$out/native.err"
if cmp -s "$out/native.out" "$out/ordered.out" && ! grep -q 'fields of RecordTable$Account as' "$out/native.err"; then ok "order of a class that has changed"; else fail "order of a class that has changed: $(head -1 "$out/native.err")"; fi
p=$out/tree.profile

# native NAME PROFILE CLASSES: the output is right; the log
native() {
    "$B/loam" --log=layout --profile="$2" -cp "$3" LTree 60000 2000000 >"$out/$1.out" 2>"$out/$1.err" || return 1
    cmp -s "$out/$1.out" "$out/native.expected"
}
java -cp "$out" LTree 60000 2000000 >"$out/native.expected"
if native native "$p" "$out" && grep -q 'native pass: moved [1-9]' "$out/native.err" && cmp -s "$p" "$out/good.profile"; then ok native; else fail "native: $(head -2 "$out/native.err")"; fi
if native stale "$p" "$out/changed" && ! grep -q 'native pass' "$out/stale.err"; then ok "class has changed"; else fail "class has changed: $(head -2 "$out/stale.err")"; fi
head -c 300 "$out/good.profile" >"$out/cut.profile"
sed 's/"placed":	true/"placed":	false/' "$out/good.profile" >"$out/edited.profile"
printf 'junk' >"$out/junk.profile"
for bad in cut edited junk; do
    if native $bad "$out/$bad.profile" "$out" && grep -q "warning: --profile=.*$bad.profile: not used: " "$out/$bad.err" && [ "$(wc -l <"$out/$bad.err")" = 1 ]; then ok "$bad file"
    else fail "$bad file: $(head -2 "$out/$bad.err")"; fi
done
if native none "$out/none.profile" "$out" && grep -q 'nothing is known' "$out/none.err" && [ ! -e "$out/none.profile" ]; then ok "no file"; else fail "no file: $(head -2 "$out/none.err")"; fi

# Samples instead of a profile: those of a simulated run, recorded, place objects of a native one; the host's do, or there are none, which one line says.
# Recorded addresses mean the same in a run only if it lays out its metadata as the recorded one did: interpreted, as a thread that compiles makes some at its own times.
"$B/loam" --core=small -Xint --layout=advise --samples-out="$out/samples" -cp "$out" LTree 60000 30000 >"$out/recorded.out" 2>"$out/recorded.err"
java -cp "$out" LTree 60000 3000000 >"$out/expected"
"$B/loam" -Xint --log=layout --samples="$out/samples" -cp "$out" LTree 60000 3000000 >"$out/samples.out" 2>"$out/samples.err"
if cmp -s "$out/samples.out" "$out/expected" && grep -q 'native pass: moved [1-9][0-9]\{4\}' "$out/samples.err"; then ok "recorded samples"; else fail "recorded samples: $(head -2 "$out/samples.err")"; fi
head -c 20000 "$out/samples" >"$out/cut.samples" && echo 'no sample' >>"$out/cut.samples"
"$B/loam" -Xint --samples="$out/cut.samples" -cp "$out" LTree 60000 3000000 >"$out/samples.out" 2>"$out/samples.err"
if cmp -s "$out/samples.out" "$out/expected" && grep -q 'line [0-9]* is no sample' "$out/samples.err" && [ "$(wc -l <"$out/samples.err")" = 1 ]; then ok "cut samples"; else fail "cut samples: $(head -2 "$out/samples.err")"; fi
"$B/loam" --samples="$p" -cp "$out" LTree 10 10 >"$out/bad" 2>&1
if [ $? = 1 ] && [ "$(wc -l <"$out/bad")" = 1 ] && grep -q 'no file of samples' "$out/bad"; then ok "no samples"; else fail "no samples: $(head -1 "$out/bad")"; fi
"$B/loam" --samples=host -cp "$out" LTree 60000 3000000 >"$out/host.out" 2>"$out/host.err"
if cmp -s "$out/host.out" "$out/expected" || { [ ! -s "$out/host.out" ] && [ "$(wc -l <"$out/host.err")" = 1 ] && grep -q 'no precise samples' "$out/host.err"; }; then ok "host's samples"
else fail "host's samples: $(head -2 "$out/host.err")"; fi
"$B/loam" --core=small --profile="$out/nowhere/x" -cp "$out" LTree 10 10 >"$out/bad" 2>&1
if [ $? = 1 ] && [ "$(wc -l <"$out/bad")" = 1 ] && grep -q 'nowhere' "$out/bad"; then ok "cannot be written"; else fail "cannot be written: $(head -1 "$out/bad")"; fi
exit $failed
