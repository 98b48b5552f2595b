#!/bin/bash
# Branch predictors on Java programs, in one run each, with 8 KiB for every one: TAGE-SC-L before the perceptron before gshare, as the literature has them. Usage: tests/java/predictors.sh; B is the build.
cd "$(dirname "$0")/../.." || exit 1
B=${B:-build}
out=$B/predictors
rm -rf "$out" && mkdir -p "$out" || exit 1
home=$(sh launcher/find-jdk.sh) || { echo "FAIL predictors: no JDK 17"; exit 1; }
"$home/bin/javac" -nowarn -d "$out" bench/java/{Bench,Richards,Queens,Sort}.java || { echo "FAIL predictors javac"; exit 1; }
failed=0
while read -r program size; do
    timeout -k 5 240 "$B/loam" --model=counts --core=default --set branch.predictor=gshare --set branch.table_entries=32768 --set branch.history_bits=15 \
        --core=default --set branch.predictor=perceptron --core=default --set branch.predictor=tage --from="^$program\.kernel$" --roi=0:5000000 -cp "$out" "$program" "$size" >"$out/$program.out" 2>"$out/$program.counters"
    missed=$(awk '$1 == "cond.mispredicted" { print $2, $3, $4 }' "$out/$program.counters")
    if echo "$missed" | awk 'NF == 3 && $1 > $2 && $2 > $3 && $3 > 1000 { ok = 1 } END { exit !ok }'; then echo "ok predictors $program: $missed"
    else echo "FAIL predictors $program: gshare, perceptron, tage: $missed $(head -1 "$out/$program.counters")"; failed=1; fi
done <<EOF
Richards 1000
Queens 9
Sort 1000
EOF
exit $failed
