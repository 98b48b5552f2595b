#!/bin/sh
# Plug-ins: the built-in lru, next-line prefetcher and bimodal predictor written again as plug-ins count what the built-in ones count,
# to the last digit, on each engine; the examples run, in rvrun and with Java, and repeat; what is wrong with one is said in one line.
# Usage: tests/plugins/run.sh [BUILD]. Prints a line per test and "N passed, N failed".
cd "$(dirname "$0")/../.." || exit 1
B=${1:-${B:-build}}
OUT=$B/plugins-test
passed=0
failed=0
mkdir -p "$OUT" || exit 1
ok() { echo "ok $1"; passed=$((passed + 1)); }
fail() { echo "FAIL $1${2:+: $2}"; failed=$((failed + 1)); }
p=$OUT/program
riscv64-linux-gnu-gcc -O2 -march=rv64gc -mabi=lp64d -ffp-contract=off -static -o "$p" tests/rv64/compute.c -lm -latomic || { echo "FAIL program: does not compile"; exit 1; }

# plugin NAME SOURCE [FLAGS]: compiles it
plugin() { n=$1 s=$2; shift 2; gcc -O2 -Wall -Wextra -Werror -shared -fPIC -Ihwsim "$@" -o "$OUT/$n.so" "tests/plugins/$s.c"; }
plugin lru lru && plugin nextline nextline && plugin nextline-hits nextline -DHITS=1 && plugin bimodal bimodal && plugin bad-way lru -DBAD_WAY &&
    plugin bad-version lru -DVERSION=999 || { echo "FAIL plug-ins: do not compile"; exit 1; }
echo 'int nothing;' | gcc -shared -fPIC -x c -o "$OUT/empty.so" - || exit 1

stats() { "$B/rvrun" --stats "$@" "$p" 2>&1 >/dev/null </dev/null; }

# same NAME "OPTIONS WITH THE BUILT-IN ONE" "OPTIONS WITH THE PLUG-IN" [what may differ]
same() {
    for mode in "counts dbt" "timing oracle"; do
        model=${mode% *} engine=${mode#* }
        stats --model=$model $2 | grep -vE "^${4:-nothing}" >"$OUT/built-in"
        stats --model=$model --engine=$engine $3 | grep -vE "^${4:-nothing}" >"$OUT/plugged"
        if [ -s "$OUT/built-in" ] && diff "$OUT/built-in" "$OUT/plugged" >"$OUT/diff"; then ok "$1, $model, $engine"
        else fail "$1, $model, $engine" "$(head -3 "$OUT/diff" | tr '\n' ' ')"; fi
    done
}
same lru "" "--plugin=$OUT/lru.so --set=l1d.replacement=plugin --set=l1i.replacement=plugin --set=l2.replacement=plugin --set=llc.replacement=plugin"
same "lru, exclusive, with victims" "--core=small --set=l2.inclusion=exclusive --set=l1d.victim_lines=4" \
    "--core=small --set=l2.inclusion=exclusive --set=l1d.victim_lines=4 --plugin=$OUT/lru.so --set=l1d.replacement=plugin --set=l2.replacement=plugin"
lines="--set=prefetch.stride=false --set=prefetch.instruction=false"
same "next line" "$lines" "$lines --set=prefetch.next_line=false --plugin=$OUT/nextline.so --set=prefetch.plugin=l1d" prefetch.dropped
same "next line, told of hits" "$lines" "$lines --set=prefetch.next_line=false --plugin=$OUT/nextline-hits.so --set=prefetch.plugin=l1d" prefetch.dropped
same bimodal "--set=branch.predictor=bimodal" "--plugin=$OUT/bimodal.so --set=branch.predictor=plugin"

# At L2 nothing built in is the same; it must prefetch, usefully, and repeat.
stats --model=timing $lines --set=prefetch.next_line=false --plugin="$OUT/nextline-hits.so" --set=prefetch.plugin=l2 >"$OUT/l2"
if awk '$1 == "prefetch.useful" && $2 > 100 { found = 1 } END { exit !found }' "$OUT/l2"; then ok "a prefetcher at L2"; else fail "a prefetcher at L2"; fi

# The examples, all at once, twice each.
examples="--plugin=$B/plugins/ship.so --plugin=$B/plugins/delta.so,degree=2 --plugin=$B/plugins/yags.so
          --set=l2.replacement=plugin --set=prefetch.plugin=l1d --set=branch.predictor=plugin"
for engine in oracle dbt; do stats --model=timing --engine=$engine $examples >"$OUT/$engine"; done
if [ -s "$OUT/oracle" ] && cmp -s "$OUT/oracle" "$OUT/dbt"; then ok "examples"; else fail "examples" "$(diff "$OUT/oracle" "$OUT/dbt" | head -3)"; fi
javac -d "$OUT" examples/LList.java || exit 1
for n in 1 2; do
    "$B/loam" --core=default $examples --report="$OUT/java$n.json" -cp "$OUT" LList 300 20 >"$OUT/java.out" 2>&1 || fail "Java with plug-ins" "$(tail -1 "$OUT/java.out")"
    grep -v '"command"' "$OUT/java$n.json" >"$OUT/java$n.body"
done
if [ -s "$OUT/java1.body" ] && cmp -s "$OUT/java1.body" "$OUT/java2.body"; then ok "Java with plug-ins, twice"; else fail "Java with plug-ins, twice"; fi
names=$(jq -r '.core.plugins | .replacement.name, .prefetcher.name, .prefetcher.options, .predictor.name' "$OUT/java1.json" | tr '\n' ' ')
if [ "$names" = "ship delta degree=2 yags " ]; then ok "a report names its plug-ins"; else fail "a report names its plug-ins" "$names"; fi

# rejects TEXT OPTIONS...: exit code 1 and one line that holds TEXT
rejects() {
    text=$1
    shift
    "$B/rvrun" --model=counts "$@" "$p" >/dev/null 2>"$OUT/err" </dev/null
    code=$?
    if [ $code = 1 ] && [ "$(wc -l <"$OUT/err")" = 1 ] && grep -qF -e "$text" "$OUT/err"; then ok "rejects: $text"; else fail "rejects: $text" "exit $code: $(head -2 "$OUT/err")"; fi
}
rejects "needs a replacement policy of yours: --plugin=FILE.so" --set=l2.replacement=plugin
rejects "needs a predictor of yours" --set=branch.predictor=plugin
rejects "needs a prefetcher of yours" --set=prefetch.plugin=l1d
rejects "no core uses this replacement policy: add, for one, --set=l2.replacement=plugin" --plugin="$OUT/lru.so"
rejects "there is a replacement policy already, from" --plugin="$OUT/lru.so" --plugin="$OUT/lru.so"
rejects "made for version 999 of the plug-in interface" --plugin="$OUT/bad-version.so" --set=l2.replacement=plugin
rejects "does not define loam_plugin" --plugin="$OUT/empty.so"
rejects "cannot be loaded" --plugin=nowhere.so
rejects "must be FILE.so or FILE.so,OPTIONS" --plugin=,x
rejects "its victim() chose way" --plugin="$OUT/bad-way.so" --set=l2.replacement=plugin --set=l2.size_kib=4
rejects "its make() failed with options degree=x" --plugin="$B/plugins/delta.so,degree=x" --set=prefetch.plugin=l1d
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
