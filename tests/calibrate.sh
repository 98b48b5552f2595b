#!/bin/sh
# Firmware's charges against what the firmware takes: every row within 20 % of what its code, compiled for RV64, takes on the core now; the same
# twice; firmware.cpi of each preset; the table in docs/charges.md. Usage: tests/calibrate.sh [BUILD]; needs make calibrate-programs.
cd "$(dirname "$0")/.." || exit 1
B=${1:-${B:-build}}
passed=0
failed=0
ok() { echo "ok calibrate-$1"; passed=$((passed + 1)); }
fail() { echo "FAIL calibrate-$1${2:+: $2}"; failed=$((failed + 1)); }
out=$B/calibrate
for program in "$B/rvrun" "$out/kernels" "$out/counters"; do
    [ -x "$program" ] || { fail programs "$program is not built"; echo "0 passed, 1 failed"; exit 1; }
done

cores="default small u74 ooo skylake zen3 m1 alpha21264"
timeout 300 sh bench/calibrate/run.sh "$B" --cpi $cores >"$out/table.txt" 2>"$out/table.err" || fail run "$(head -1 "$out/table.err") $(grep FAIL "$out/table.txt")"
rows=$(grep -h '^COST(' gc/costs.def layout/costs.def vm/costs.def classlib/costs.def | sed 's/COST(\([a-z0-9_]*\), *\([0-9]*\),.*/\1 \2/')
for row in $(echo "$rows" | cut -d' ' -f1); do
    charged=$(echo "$rows" | awk -v r="$row" '$1 == r { print $2 }')
    line=$(awk -v r="$row" '$2 == r' "$out/table.txt")
    measured=$(echo "$line" | awk '{ print $4 }')
    if [ -z "$line" ]; then fail "$row" "not measured"
    elif awk -v c="$charged" -v m="$measured" 'BEGIN { exit !(m > 0 && c >= 0.8 * m && c <= 1.2 * m) }'; then ok "$row"
    else fail "$row" "charged $charged, measured $measured"; fi
    grep -q "^| $row | $charged |" docs/charges.md || fail "docs-$row" "docs/charges.md does not say $charged"
done

# cpi CORE: the preset's against the measured one
cpi() {
    set=$(sed -n 's/^firmware.*cpi = \([0-9.]*\);.*/\1/p' hwsim/cores/$1.cfg)
    [ -n "$set" ] || set=$(sed -n 's/^REAL(firmware, cpi, *\([0-9.]*\),.*/\1/p' hwsim/config.def)
    measured=$(awk -v c="$1" '$1 == c && $2 == "all" { print $5 }' "$out/table.txt")
    if awk -v c="$set" -v m="${measured:-0}" 'BEGIN { exit !(m > 0 && c >= 0.8 * m && c <= 1.2 * m) }'; then ok "cpi-$1"
    else fail "cpi-$1" "$set, measured ${measured:-nothing}"; fi
}
for core in $cores; do cpi $core; done

cp "$out/took.txt" "$out/took-first.txt"
if sh bench/calibrate/run.sh "$B" >/dev/null && cmp -s "$out/took.txt" "$out/took-first.txt"; then ok repeats; else fail repeats; fi
echo "$passed passed, $failed failed"
[ $failed = 0 ]
