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
    case "$*" in *--core*) ;; *) set -- --core=small "$@" ;; esac
    timeout 120 "$B/loam" "$@" --report="$out/$name.json" -cp "$out" Regions >"$out/$name.out" 2>"$out/$name.err" </dev/null
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

# Parts told in instructions: what is before is not in the report, and parts that meet add up.
run first --from='^Regions\.begin$' --roi=0:300000
run second --from='^Regions\.begin$' --roi=300000:800000
run both --from='^Regions\.begin$' --roi=0:800000
if [ "$(instructions second)" = 500000 ] && jq -e '.stopped == "region"' "$out/second.json" >/dev/null; then ok "so many instructions"; else fail "so many instructions" "$(instructions second)"; fi
a=$(jq -c '.totals.counters | [."l1d.misses", ."l1i.misses", .branches, ."dram.reads"]' "$out/both.json")
b=$(jq -sc '[.[].totals.counters] | [(map(."l1d.misses") | add), (map(."l1i.misses") | add), (map(.branches) | add), (map(."dram.reads") | add)]' "$out/first.json" "$out/second.json")
if [ "$a" = "$b" ]; then ok "parts that meet add up"; else fail "parts that meet add up" "$a, $b"; fi
for r in second both; do
    if [ "$(jq -rf tests/report/sums.jq "$out/$r.json")" = "sums agree" ]; then ok "sums of $r"; else fail "sums of $r" "$(jq -rf tests/report/sums.jq "$out/$r.json" | head -2)"; fi
done
# Sampled: all misses are counted, and the whole run's cycles lie in three times the interval, which is within a tenth.
run timed --core=ooo --set l2.size_kib=64 --from='^Regions\.begin$' --to='^Regions\.end$'
run sampled --core=ooo --set l2.size_kib=64 --from='^Regions\.begin$' --to='^Regions\.end$' --sample=20000
if jq -e --slurpfile w "$out/timed.json" '.sampled as $s | $w[0].totals as $t | .totals.levels == $t.levels and ($t.cycles - $s.cycles | fabs) < 3 * $s.cycles_half_interval and
    $s.cycles_half_interval * 10 < $t.cycles and $s.windows > 20' "$out/sampled.json" >/dev/null
then ok "sampled cycles"; else fail "sampled cycles" "$(jq -c .totals.cycles "$out/timed.json") $(jq -c .sampled "$out/sampled.json")"; fi
/usr/bin/python3 -c 'import json, sys, jsonschema
jsonschema.validate(json.load(open(sys.argv[1])), json.load(open("report/schema.json")))' "$out/sampled.json" 2>"$out/schema.err" && ok "schema" || fail "schema" "$(tail -1 "$out/schema.err")"

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
rejects "region before" "before FROM" --roi=1000000000000:2000000000000
rejects "region's order" "must be FROM:TO" --roi=5:5
rejects "region of several" "works on one core" --set cores=2 --roi=1:2
rejects "period too short" "the period longer than the others" --sample=3000
rejects "no time to sample" "estimates time" --model=counts --sample=30000
rejects "sampled region" "not with --roi" --roi=1:2 --sample=30000
