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
simulate levels --core=default --set l3.present=true --set l4.present=true --report="$out/levels.json" --report="$out/levels.txt" --report="$out/levels.html" --report="$out/levels.csv" --report="$out/levels.callgrind" -cp "$out/classes" LTree 500 500
check "levels in between" jq -e '.totals.levels | .l3.accesses > 0 and .l3.misses >= .l4.misses and .l4.misses > 0' "$out/levels.json"
check "levels in between as text" grep -qE '^by class .* L2 +L3 +L4 +LLC ' "$out/levels.txt"
simulate LList --core=small --layout=advise --report="$out/LList.json" -cp "$out/classes" LList 3000 2

simulate timing --core=default --model=timing --layout=on --report="$out/timing.json" -cp "$out/classes" LTree 1000 2000
simulate workers --core=quad --report="$out/workers.json" -cp "$out/classes" Workers
simulate sharing --core=quad --model=timing --report="$out/sharing.json" --report="$out/sharing.txt" --report="$out/sharing.html" -cp "$out/classes" FalseSharing 400
check "timing and several cores" jq -es '.[0].model == "timing" and .[1].sharing.misses > 1000 and (.[1].cores | length) == 4 and .[2].sharing.false_sharing > 100' "$out/timing.json" "$out/workers.json" "$out/sharing.json"
check "a long pair takes two lines" bash -c "grep -A1 '^  FalseSharing.Close.right (close-right),$' '$out/sharing.txt' | grep -qE '^    FalseSharing.Close.left \(close-left\) {30,}[0-9]'"
check "no column of sharing overflows" bash -c "sed -n '/^coherence misses: accessed/,/^\$/p' '$out/sharing.txt' | awk 'length > 106 { exit 1 }'"
"$loam" diff "$out/LTree.json" "$out/sharing.json" > "$out/sharing.diff" 2>&1
check "diff tells sharing" bash -c "grep -q '^false sharing: accessed' '$out/sharing.diff' && grep -qE '^  of false sharing +0 +[0-9,]+ .* new' '$out/sharing.diff'"

# ---- fields that moved ----
javac -g -nowarn -d "$out/classes" bench/layout/RecordTable.java
simulate moves --core=default --jit=on --layout=on --layout-order=fields --report="$out/moves.json" --report="$out/moves.txt" --report="$out/moves.html" -cp "$out/classes" RecordTable 3
check "a field move" jq -e '.field_moves[0] | .class == "RecordTable$Checking" and .rewritten_objects == 12000 and .cost_cycles > 0 and .lines_a_visit_after < .lines_a_visit_before and
    ([.order_before, .order_after] | map(split(", ") | map(split(" ")[0]) | sort) | .[0] == .[1])' "$out/moves.json"
check "a field move as text" bash -c "grep -A3 '^fields that moved: 1 time$' '$out/moves.txt' | grep -qF \"after:  \$(jq -r '.field_moves[0].order_after' '$out/moves.json')\""
"$loam" diff "$out/LTree.json" "$out/moves.json" > "$out/moves.diff" 2>&1
check "diff tells field moves" bash -c "grep -qF 'Fields that moved after: RecordTable\$Checking (id, ' '$out/moves.diff' && grep -q '^fields that moved: cost' '$out/moves.diff'"

# ---- names of any characters, in every format ----
cat > "$out/Umlaut.java" <<'J'
public class Umlaut {
    static final class Knötchen { Knötchen nächstes; long 値, 𝔘; }
    public static void main(String[] a) {
        Knötchen k = null;
        for (int i = 0; i < 3000; i++) { Knötchen n = new Knötchen(); n.nächstes = k; n.値 = i; n.𝔘 = i; k = n; }
        System.out.println(zähle(k) + zähle(k));
    }
    static long zähle(Knötchen k) { long s = 0; for (; k != null; k = k.nächstes) s += k.値 + k.𝔘; return s; }
}
J
javac -g -encoding UTF-8 -d "$out/classes" "$out/Umlaut.java"
simulate utf8 --core=small $(for e in json txt html csv callgrind collapsed trace.json; do echo "--report=$out/utf8.$e"; done) -cp "$out/classes" Umlaut
for e in json txt html csv callgrind collapsed trace.json; do
    check "UTF-8 as .$e" bash -c "iconv -f UTF-8 -t UTF-32 '$out/utf8.$e' > /dev/null && { [ $e = trace.json ] || grep -q 'Umlaut.*Knötchen\|zähle' '$out/utf8.$e'; }"
done
check "a name beyond 16 bits" bash -c "grep -q '  𝔘 ' '$out/utf8.txt' && jq -e 'any(.class_pictures[].fields[]; .name == \"𝔘\")' '$out/utf8.json'"
check "columns of such names" /usr/bin/python3 -c 'import sys
table = open(sys.argv[1], encoding="utf-8").read().split("\nby class ")[1].split("\n\n")[0].split("\n")
end = len("by class ") + table[0].index("L1D misses") + len("L1D misses")
row = [l for l in table if "Knötchen" in l][0]
assert row[end - 1].isdigit() and row[end] == " ", (row, end)' "$out/utf8.txt"

# ---- looking changes nothing: the program's clock is the core's ----
cat > "$out/Clock.java" <<'J'
public class Clock {
    public static void main(String[] a) {
        Object[] keep = new Object[2000];
        for (int i = 0; i < 60000; i++) keep[i % 2000] = new int[i % 7];
        System.out.println(System.nanoTime() + " " + keep[5].hashCode());
    }
}
J
javac -g -d "$out/classes" "$out/Clock.java"
"$loam" --core=small -cp "$out/classes" Clock > "$out/clock.1" 2>&1
"$loam" --core=small --report="$out/clock.json" -cp "$out/classes" Clock > "$out/clock.2" 2>&1
if [ -s "$out/clock.1" ] && cmp -s "$out/clock.1" "$out/clock.2"; then ok "looking changes nothing"; else fail "looking changes something: $(cat "$out/clock.1" "$out/clock.2" | tr '\n' ' ')"; fi

# ---- what translated code counts by itself is what the oracle tells ----
cat > "$out/Traps.java" <<'J'
public class Traps {
    int n;
    static int read(Traps t) { try { return t.n; } catch (NullPointerException e) { return 1; } }
    public static void main(String[] a) {
        Traps[] some = { new Traps(), null };
        long s = 0;
        for (int i = 0; i < 60000; i++) s += read(some[(i * 7919 >> 3) & 1]);
        System.out.println(s);
    }
}
J
javac -g -d "$out/classes" "$out/Traps.java"
for program in "LTree 300 600" Traps; do
    for jit in off on; do
        rm -f "$out/oracle.json" "$out/dbt.json"
        for engine in oracle dbt; do "$loam" --core=default --engine=$engine --jit=$jit --report="$out/engine.json" -cp "$out/classes" $program > /dev/null 2>&1 && jq 'del(.command)' "$out/engine.json" > "$out/$engine.json"; done
        check "engines report the same, $program --jit=$jit" bash -c "[ \$(jq '[.by_branch[].mispredicted] | add' '$out/oracle.json') -gt 1000 ] && cmp '$out/oracle.json' '$out/dbt.json'"
    done
done

# ---- details ----
simulate details --core=small --layout=on --detail=3c,lines,branches --report="$out/details.json" --report="$out/details.html" -cp "$out/classes" LTree 500 500
check "causes add up" jq -e '([.by_class[] | (.cold // 0) + (.capacity // 0) + (.conflict // 0)] | add) == .totals.levels.l1d.misses' "$out/details.json"
check "branches are counted" jq -e 'any(.by_branch[]; .executed > .mispredicted and .mispredicted > 0)' "$out/details.json"
javac -g -nowarn -d "$out/classes" bench/hints/DataBranch.java
simulate hints --core=default --set branch.value_bits=8192 --jit=on --hints=on --report="$out/hints.json" --report="$out/hints.txt" -cp "$out/classes" DataBranch 7 120
check "what hints brought" jq -e '.by_branch[0] | .value_used > 1000 and .hints >= .value_used and .value_gained > 2 * .value_harmed and .line == 9' "$out/hints.json"
check "what hints brought, as text" bash -c "grep -q '^hardest branches.*wrong without' '$out/hints.txt' && grep -q 'Values decided' '$out/hints.txt'"
check "bytes used fit lines" jq -e '.lines | .line_bytes as $b | all(.by_class[]; .bytes_used <= .fetched * $b and .bytes_used > 0)' "$out/details.json"
check "lines fetched are misses" jq -e '([.lines.by_class[].fetched] | add) == .totals.levels.l1d.misses' "$out/details.json"
check "a site is known" jq -e 'any(.by_site[]; .name == "LTree$N by LTree.add(LTree.java:23)" and .misses.l1d > 0)' "$out/LTree.json"
check "an origin is known" jq -e 'any(.by_origin[]; (.name | test("LTree\\$N.left")) and (.name | endswith("-> LTree$N")) and .misses.l1d > 0)' "$out/LTree.json"
check "who asks for class metadata" jq -e '(.by_origin | map(select(.name | endswith("(class metadata)")) | .misses.l1d) | add) as $n | ([.by_class[] | select(.name == "(class metadata)") | .misses.l1d] | add) == $n and $n > 0 and
    any(.by_origin[]; .name | test("^LTree\\.[a-z]+\\(LTree\\.java:[0-9]+\\), [a-z0-9_]+ -> \\(class metadata\\)$"))' "$out/LTree.json"

# ---- schema ----
validate() { /usr/bin/python3 -c 'import json, sys, jsonschema
s = json.load(open("report/schema.json"))
for f in sys.argv[1:]: jsonschema.validate(json.load(open(f)), s)' "$@"; }
check "schema" validate "$out/LTree.json" "$out/LList.json" "$out/details.json"
if jq 'del(.totals.cycles)' "$out/LList.json" > "$out/bad.json" && validate "$out/bad.json" 2> /dev/null; then fail "schema sees damage"; else ok "schema sees damage"; fi

# ---- other formats, from the file, as from the run ----
for f in text:txt json:json html:html csv:csv callgrind:callgrind collapsed:collapsed perfetto:trace.json; do
    "$loam" report "$out/LTree.json" --format=${f%:*} -o "$out/again.${f#*:}" || fail "report --format=${f%:*}"
done
check "JSON comes back as it was" cmp "$out/LTree.json" "$out/again.json"
check "CSV adds up" /usr/bin/python3 -c 'import csv, json, sys
want = json.load(open(sys.argv[2]))["totals"]["levels"]["l1d"]["misses"]
rows = list(csv.DictReader(open(sys.argv[1], newline="")))
for v in {r["view"] for r in rows} - {"by_branch"}:
    got = sum(int(r["l1d"]) for r in rows if r["view"] == v)
    assert got == want, (v, got, want)' "$out/again.csv" "$out/LTree.json"
check "callgrind_annotate opens it" bash -c "callgrind_annotate '$out/again.callgrind' > '$out/annotated' 2>&1 && grep -q 'LTree.java:LTree.contains(I)Z' '$out/annotated' && grep -q \$(jq .totals.instructions '$out/LTree.json' | sed ':a;s/\B[0-9]\{3\}\>/,&/;ta') '$out/annotated'"
check "callgrind adds up, event by event" /usr/bin/python3 -c 'import json, re, sys
lines, t = open(sys.argv[1]).read().split("\n"), json.load(open(sys.argv[2]))["totals"]
events = [l for l in lines if l.startswith("events:")][0].split()[1:]
costs = [list(map(int, l.split()[1:])) for l in lines if re.match(r"[0-9+*-]", l)]
got = dict(zip(events, map(sum, zip(*costs))))
assert [got[e] for e in events] == list(map(int, [l for l in lines if l.startswith("totals:")][0].split()[1:])), got
want = {"Ir": t["instructions"], "I1mr": t["levels"]["l1i"]["misses"], "Bm": t["branches"]["mispredicted"]}
assert all(got[e] == n for e, n in want.items()), (got, want)
assert got["D1mr"] + got["D1mw"] == t["levels"]["l1d"]["misses"] and got["ILmr"] + got["DLmr"] + got["DLmw"] == t["levels"]["llc"]["misses"], got' "$out/again.callgrind" "$out/LTree.json"
check "collapsed stacks add up" bash -c "[ \$(awk '{ s += \$NF } END { print s }' '$out/again.collapsed') = \$(jq .totals.levels.l1d.misses '$out/LTree.json') ]"
check "trace is JSON with events" jq -e '(.traceEvents | length) > 20 and all(.traceEvents[]; has("ph") and has("ts"))' "$out/again.trace.json"

# ---- commands ----
check "diff" bash -c "'$loam' diff '$out/LTree.json' '$out/LList.json' | grep -q 'LList'"
check "diff of the same" bash -c "! '$loam' diff '$out/LTree.json' '$out/LTree.json' | grep -oE '[-+]?[0-9.]+ %\$|new\$|gone\$' | grep -vE '^[+]?0\.0 %\$'"
check "explain" bash -c "'$loam' explain l1d.misses | grep -q 'neither present'"
check "explain by the heading of a table" bash -c "[ \"\$('$loam' explain 'L1D misses')\" = \"\$('$loam' explain l1d)\" ] && '$loam' explain Firmware | grep -q 'host code' && [ \"\$('$loam' explain FIRM)\" = \"\$('$loam' explain firm)\" ]"
# Every counter, every view and every count of a row has a meaning.
jq -r '(.totals.counters | keys[]), (keys[] | select(startswith("by_"))), (.by_method[] | keys[]), (.by_class[0].misses | keys[]), "timeline", "class_pictures", "layout_passes"' \
    "$out/LTree.json" "$out/details.json" "$out/levels.json" | grep -vxE 'name|note|file|line|method|misses' | sort -u > "$out/keys"
"$loam" explain | awk '{ print $1 }' | sort -u > "$out/explained"
if [ "$(wc -l < "$out/keys")" -gt 60 ] && [ -z "$(comm -23 "$out/keys" "$out/explained")" ]; then ok "every counter explained"; else fail "explain: $(comm -23 "$out/keys" "$out/explained" | tr '\n' ' ')"; fi
check "cores" bash -c "'$loam' cores | grep -q '^  small ' && '$loam' cores small | grep -q '^l1d.size_kib  *8 '"
refuses() { local name=$1 want=$2; shift 2; "$loam" "$@" > "$out/log" 2>&1; local c=$?; if [ $c = 1 ] && grep -q "$want" "$out/log" && [ "$(wc -l < "$out/log")" = 1 ]; then ok "refuses $name"; else fail "refuses $name: $c $(head -2 "$out/log")"; fi; }
printf '{"schema": "loam-report/1", ' > "$out/cut.json"; echo '{"a": 1}' > "$out/foreign.json"
refuses "a cut file" 'not a report in JSON' report "$out/cut.json"
refuses "a foreign file" 'no loam report' report "$out/foreign.json"
refuses "a missing file" 'cannot read' report "$out/nowhere.json"
refuses "an unknown format" 'must be one of' report "$out/LTree.json" --format=pdf
refuses "an unknown counter" 'nothing is called' explain nothing.such
refuses "an unknown detail" 'must be 3c' --detail=all -cp . X

# ---- a signal ends the run, not the report ----
cat > "$out/Forever.java" <<'J'
public class Forever { public static void main(String[] a) { Object[] o = new Object[4096]; for (int i = 0; ; i++) o[i & 4095] = new int[i & 31]; } }
J
javac -g -d "$out/classes" "$out/Forever.java"
env --default-signal=INT timeout -s INT 4 "$loam" --core=small --model=counts --report="$out/int.json" -cp "$out/classes" Forever > "$out/log" 2>&1 &
wait $!
if grep -q 'stopped by SIGINT' "$out/log" && [ "$(jq -r .stopped "$out/int.json")" = SIGINT ] && [ "$(jq -rf tests/report/sums.jq "$out/int.json")" = "sums agree" ]; then ok "SIGINT"; else fail "SIGINT: $(tail -2 "$out/log" | tr '\n' ' ')"; fi
if grep -q 'simulated .* MIPS' "$out/log"; then fail "quiet without a terminal"; else ok "quiet without a terminal"; fi

# ---- a killed run or a full disk leaves the old report, and no half of a new one ----
/usr/bin/python3 tests/report/large.py "$out/LTree.json" 4000 > "$out/large.json"
echo "the old report" > "$out/old.html"
(trap '' XFSZ; ulimit -f 500; "$loam" report "$out/large.json" -o "$out/old.html") > "$out/log" 2>&1; code=$?
if [ $code = 1 ] && grep -q 'old.html: not written: File too large' "$out/log" && [ "$(cat "$out/old.html")" = "the old report" ] && ! ls "$out"/old.html.tmp* > /dev/null 2>&1; then
    ok "a full disk"; else fail "a full disk: $code $(cat "$out/log")"; fi
{ (trap - XFSZ; ulimit -c 0; ulimit -f 500; "$loam" report "$out/large.json" -o "$out/old.html"); code=$?; } > "$out/log" 2>&1  # killed while it writes
if [ $code -gt 128 ] && [ "$(cat "$out/old.html")" = "the old report" ]; then ok "a killed run"; else fail "a killed run: $code $(head -c 100 "$out/old.html")"; fi
rm -f "$out"/old.html*

# ---- a pipe is written to, not replaced by a file ----
rm -f "$out/pipe.json" && mkfifo "$out/pipe.json"
timeout 60 cat "$out/pipe.json" > "$out/piped.json" &
timeout 60 "$loam" report "$out/LTree.json" -o "$out/pipe.json" > "$out/log" 2>&1; code=$?
wait $!
if [ $code = 0 ] && [ -p "$out/pipe.json" ] && [ "$(jq .totals.cycles "$out/piped.json")" = "$(jq .totals.cycles "$out/LTree.json")" ]; then ok "a pipe"; else fail "a pipe: $code $(head -1 "$out/log")"; fi
rm -f "$out/pipe.json"

# ---- the page in a browser ----
browse() { timeout 90 chromium --headless=new --no-sandbox --disable-gpu --user-data-dir="$out/browser" --enable-logging=stderr "$@" 2> "$out/console"; }
page() { # NAME FILE WIDTH SCRIPT [NEEDLE]
    { cat "$2"; echo "<script>${5:+window.needle = '$5'}</script><script>"; cat "$4"; echo '</script>'; } > "$out/tested.html"
    local said; said=$(browse --window-size=$3,900 --virtual-time-budget=60000 --dump-dom "file://$(realpath "$out/tested.html")" | grep -o '<title>[^<]*' | head -1)
    if [ "$said" = "<title>page works" ] && ! grep -q CONSOLE "$out/console"; then ok "page $1"; else fail "page $1: $said $(grep CONSOLE "$out/console" | head -2)"; fi
}
page "on a desk" "$out/again.html" 1280 tests/report/page.js
page "on a phone" "$out/again.html" 500 tests/report/page.js
page "of the details" "$out/details.html" 1280 tests/report/page.js
page "of more levels" "$out/levels.html" 1280 tests/report/page.js
"$loam" diff "$out/LTree.json" "$out/details.json" -o "$out/diff.html"
page "of cores that share" "$out/sharing.html" 1280 tests/report/page.js FalseSharing
page "of fields that moved" "$out/moves.html" 1280 tests/report/page.js RecordTable
"$loam" diff "$out/timing.json" "$out/sharing.json" -o "$out/diff2.html"
page "of a difference in sharing" "$out/diff2.html" 1280 tests/report/diff.js
page "of a difference" "$out/diff.html" 1280 tests/report/diff.js
# Of 4,000 classes and 50,000 rows no more is read and drawn at first than of a small one: that makes it quick, whatever the machine does meanwhile.
"$loam" report "$out/large.json" -o "$out/large.html"
check "large report adds up" bash -c "[ \"\$(jq -rf tests/report/sums.jq '$out/large.json' | grep -v timeline)\" = '' ] && '$loam' report '$out/large.json' | grep -q '^  total'"
# Reports of any size are read and written row by row; one whose rows are in another order is the same report.
for f in csv html json text; do
    kib=$({ /usr/bin/time -f %M "$loam" report "$out/large.json" --format=$f -o "$out/large.$f.out" > /dev/null; } 2>&1 | tail -1)
    if [ "$kib" -lt 12000 ]; then ok "memory of a large report as $f"; else fail "a report of $(stat -c %s "$out/large.json") bytes as $f takes $kib KiB"; fi
done
/usr/bin/python3 tests/report/large.py "$out/LTree.json" 4000 --shuffled > "$out/shuffled.json"
check "rows in another order" bash -c "'$loam' report '$out/shuffled.json' --format=json | cmp - '$out/large.json.out'"
# Most rows of long views are packed: none gets lost.
check "packed rows are all there" /usr/bin/python3 -c 'import base64, json, re, sys, zlib
page, want = open(sys.argv[1]).read(), json.load(open(sys.argv[2]))
packed = 0
for view in ("by_class", "by_field", "by_site", "by_method", "by_line"):
    text = re.search("id=\"rows-%s\">(.*?)</script>" % view, page, re.S).group(1)
    rest = re.search("id=\"packed-%s\" data-behind=\"\d+\">(.*?)</script>" % view, page, re.S)
    if rest: text += zlib.decompress(base64.b64decode(rest.group(1))).decode(); packed += 1
    rows = [l.split("\t") for l in text.split("\n")[:-1]]
    assert len(rows) == len(want[view]), (view, len(rows), len(want[view]))
    for got, row in zip(rows, want[view]): assert int(got[2] or 0) == row["misses"]["l1d"], (view, got, row)
assert packed >= 3, packed' "$out/large.html" "$out/large.json"
check "a report from a pipe" bash -c "cat '$out/large.json' | '$loam' report /dev/stdin --format=json | cmp - '$out/large.json.out'"
page "of a large report" "$out/large.html" 1280 tests/report/page.js Component3999
browse --window-size=1200,2400 --hide-scrollbars --screenshot="$out/report.png" "file://$(realpath "$out/again.html")" > /dev/null
if [ "$(stat -c %s "$out/report.png" 2> /dev/null || echo 0)" -gt 40000 ]; then ok "screenshot"; else fail "screenshot"; fi

# ---- the one-liners of the page about reports ----
cp "$out/LTree.json" "$out/on.json" && cp "$out/LList.json" "$out/off.json"
sed -n '/^```sh/,/^```/p' docs/report.md | grep '^jq' > "$out/oneliners"
while read -r line; do check "one-liner $line" bash -c "cd '$out' && $line > said && [ -s said ] && ! grep -q null said"; done < "$out/oneliners"

# ---- installing ----
check "make install" make -s install DESTDIR="$out/root" PREFIX=/usr
check "installed loam runs" bash -c "'$out/root/usr/bin/loam' -cp '$out/classes' Clock && man -l '$out/root/usr/share/man/man1/loam.1.gz' > /dev/null 2>&1 || test ! -x /usr/bin/man"
# The tutorial's and the exercises' commands, with what was installed, and what they print.
# Strings of the folder's name are in the heap, and what misses or is compiled when depends on that a little: it is the same everywhere, unless another run is there.
docs=/tmp/loam-docs
mkdir "$docs" 2> /dev/null && trap 'rm -rf "$docs"' EXIT || docs=$out
cp -r "$out/root/usr/share/doc/loam/tutorial" "$out/root/usr/share/doc/loam/examples" "$docs/"
/usr/bin/python3 tests/report/tutorial.py docs/tutorial.md "$out/root/usr/bin/loam" "$docs/tutorial"
/usr/bin/python3 tests/report/tutorial.py docs/teaching.md "$out/root/usr/bin/loam" "$docs/examples"
# Every option, setting and key has its place in the man pages, every option in the completions.
words() { sed 's/\\-/-/g; s/\\f[A-Z]//g' | grep -oE '[-A-Za-z0-9_.]+'; }
every() { # WHAT FILE: each line of stdin is a word of the file
    sort -u > "$out/wanted"
    [ "$(wc -l < "$out/wanted")" -gt 10 ] || { fail "$1: nothing to look for"; return; }
    words < "$2" | sort -u | comm -23 "$out/wanted" - > "$out/lacks"
    if [ -s "$out/lacks" ]; then fail "$1: $2 lacks $(tr '\n' ' ' < "$out/lacks")"; else ok "$1 in $(basename "$2")"; fi
}
man="$out/root/usr/share/man"
for page in man1/loam.1 man5/loam-core.5 man5/loam-report.5; do gzip -dc "$man/$page.gz" > "$out/$(basename $page)"; done
"$loam" -help > "$out/help" 2>&1
sed -n "/loam's own/,\$p" launcher/options.def | grep -oE '"--[-a-z]+' | tr -d '"' > "$out/options"
for f in "$out/help" "$out/loam.1" completion/loam.bash completion/_loam; do every "every option" "$f" < "$out/options"; done
# The man page has a heading for each, and one only; where an option takes one of some words, each is in its heading and in the completions.
check "options in the man page" /usr/bin/python3 -c 'import re, sys
page, bash, zsh, helps, options = (open(f).read() for f in sys.argv[1:])
plain = re.sub(r"\\f.", "", page.replace("\\-", "-"))
headings = re.findall(r"^\.TP\n\.\w+ (--.*)", plain, re.M)
names = [re.match("--[-a-z]+", h).group() for h in headings]
assert sorted(names) == sorted(options.split()), set(names) ^ set(options.split()) or [n for n in names if names.count(n) > 1]
said = 0
for name, words in re.findall(r"^  (--[-a-z]+)=([a-z0-9]+(?:\|[a-z0-9]+)+)", helps, re.M):
    heading = headings[names.index(name)].replace(" ", "").split("=")[1].split("|")
    by_bash = re.search(re.escape(name) + r"\) _loam_words \"([^\"]*)", bash).group(1).split()
    by_zsh = re.search(re.escape(name) + r"=\[.*?\(([^)]*)\)" + chr(39), zsh).group(1).split()
    for w in words.split("|"): assert all(w in where for where in (heading, by_bash, by_zsh)), (name, w, heading, by_bash, by_zsh)
    said += 1
assert said >= 8, said' "$out/loam.1" completion/loam.bash completion/_loam "$out/help" "$out/options"
sed "/java's old names/,/loam's own/d" launcher/options.def | grep -oE '"--?[-A-Za-z:]+' | sed 's/^"//; s/:.*//' | grep -vxE -- '-[dh]' | every "every option of java's" completion/loam.bash
"$loam" cores default | grep -oE '^[a-z0-9_]+\.[a-z0-9_]+' | every "every setting" "$out/loam-core.5"
jq -r '.properties | keys[] | select(startswith("$") | not)' report/schema.json | every "every key" "$out/loam-report.5"
check "make uninstall" bash -c "make -s uninstall DESTDIR='$out/root' PREFIX=/usr && [ -z \"\$(find '$out/root' -type f)\" ]"
check "make deb" bash -c "make -s deb B=$B && rm -rf '$out/deb' && dpkg-deb -x $B/loam_*.deb '$out/deb' && '$out/deb/usr/bin/loam' -cp '$out/classes' Clock"
# A prefix of its own is as it was before, which is empty; zsh looks in another folder there.
check "make install in a prefix of its own" bash -c "mkdir -p '$out/own' && make -s install PREFIX=\$(realpath '$out/own') && [ -s '$out/own/share/zsh/site-functions/_loam' ] && [ -x '$out/own/bin/loam' ]"
check "make uninstall leaves nothing" bash -c "make -s uninstall PREFIX=\$(realpath '$out/own') && [ -z \"\$(ls -A '$out/own')\" ]"
# What the tabulator key does, on a terminal.
/usr/bin/python3 tests/report/completion.py "$B/loam" "$out/completion" bash
if command -v zsh > /dev/null; then /usr/bin/python3 tests/report/completion.py "$B/loam" "$out/completion" zsh; fi
check "man pages without warnings" bash -c "for p in loam.1 loam-core.5 loam-report.5; do groff -ww -man -Tutf8 '$out/'\$p 2>&1 > '$out/page' || exit 1; [ -s '$out/page' ] || exit 1; done | { ! grep . ; }"
