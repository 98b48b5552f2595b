#!/bin/bash
# A part of a run: --from and --to with methods. The program prints what it always prints, whatever method it is; the report is of the part,
# and the same every time.
# usage: region.sh
cd "$(dirname "$0")/../.." || exit 1
B=${B:-build}
out=$B/region
jdk=$(sh launcher/find-jdk.sh)
mkdir -p "$out"
"$jdk/bin/javac" -d "$out" tests/java/Regions.java || { echo "FAIL region: javac"; exit 1; }
"$jdk/bin/java" -cp "$out" Regions >"$out/java"
ok() { echo "ok region $1"; }
fail() { echo "FAIL region $1${2:+: $2}"; }

# run NAME OPTIONS...: as java, and a report
run() {
    name=$1; shift
    rm -f "$out/$name.json"
    timeout 120 "$B/loam" --core=small "$@" --report="$out/$name.json" -cp "$out" Regions >"$out/$name.out" 2>"$out/$name.err" </dev/null
    code=$?
    if [ $code = 0 ] && cmp -s "$out/java" "$out/$name.out" && [ ! -s "$out/$name.err" ] && [ -s "$out/$name.json" ]; then ok "$name"
    else fail "$name" "exit $code: $(head -1 "$out/$name.err") $(diff "$out/java" "$out/$name.out" | head -3)"; fi
}
instructions() { jq .totals.instructions "$out/$1.json"; }
methods() { jq -r '.by_method[] | select(.instructions > 0 or .l1d_misses > 0) | .method // .name' "$out/$1.json" 2>/dev/null | tr '\n' ' '; }

run whole
run from --from='^Regions\.begin$'
run part --from='^Regions\.begin$' --to='^Regions\.end$'
run again --from='^Regions\.begin$' --to='^Regions\.end$'
run layout --from='^Regions\.begin$' --to='^Regions\.end$' --layout=on
run compiled --from='^Regions\.begin$' --to='^Regions\.end$' --jit=on
run to --to='^Regions\.end$'
run locked --from='Regions\.locked'
run fails --from='Regions\.fails' --to='Throwable\.getStackTrace'
run native --from='^java\.lang\.Thread\.start0$' --to='^java\.lang\.Thread\.isAlive$'
run boot --from=boot --to='^Regions\.begin$'
a=$(instructions whole) b=$(instructions from) c=$(instructions part) d=$(instructions to)
if [ "$c" -lt "$b" ] && [ "$b" -lt "$a" ] && [ "$c" -lt "$d" ] && [ "$d" -lt "$a" ] && [ "$c" -gt 1000000 ]; then ok "parts are smaller"; else fail "parts are smaller" "$a $b $c $d"; fi
if cmp -s <(grep -v '"command"' "$out/part.json") <(grep -v '"command"' "$out/again.json"); then ok "the same twice"; else fail "the same twice"; fi
if jq -e '.stopped == "region"' "$out/part.json" >/dev/null && jq -e '.stopped == null' "$out/from.json" >/dev/null; then ok "the report says so"; else fail "the report says so"; fi
if jq -e '[.by_method[] | tostring] | any(contains("Regions.sum")) and all(contains("Regions.build") | not)' "$out/part.json" >/dev/null; then ok "of the part alone"; else fail "of the part alone"; fi

# rejects NAME TEXT OPTIONS...: exit code 1, the text on stderr, no report
rejects() {
    name=$1 text=$2; shift 2
    rm -f "$out/bad.json"
    timeout 60 "$B/loam" --core=small "$@" --report="$out/bad.json" -cp "$out" Regions >/dev/null 2>"$out/bad.err" </dev/null
    code=$?
    if [ $code = 1 ] && grep -qF -e "$text" "$out/bad.err" && [ "$(wc -l <"$out/bad.err")" = 1 ] && [ ! -e "$out/bad.json" ]; then ok "$name"; else fail "$name" "exit $code: $(cat "$out/bad.err")"; fi
}
rejects "never entered" "no method that matches was entered" --from='^Nothing$'
rejects "no pattern" "missing closing parenthesis" --from='(x'
