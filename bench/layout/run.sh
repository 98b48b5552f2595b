#!/bin/sh
# The layout optimizer on the programs beside this file: without it, and with each order of placing at the same trigger and charges. A line per program
# and order: cycles and misses against `off`, passes, what they cost. Then geometric means of cycles against `off` and `allocation`.
# The order `trained` is auto with a profile of one run before.
# Usage: bench/layout/run.sh BUILD [PROGRAM...]; CORE (default), SEED (0), SCALE (1), JIT (off) and ORDERS in the environment.
cd "$(dirname "$0")/../.." || exit 1
B=${1:-build}
[ $# -gt 0 ] && shift
core=${CORE:-default} seed=${SEED:-0} scale=${SCALE:-1} jit=${JIT:-off} # SCALE: how many times as long
orders=${ORDERS:-allocation breadth-first depth-first random static-edges auto}
out=$B/bench-layout
mkdir -p "$out/classes" || exit 1
javac -nowarn -d "$out/classes" bench/layout/*.java || exit 1
programs=${*:-$(cd bench/layout && ls *.java | sed 's/\.java//')}

# run PROGRAM ORDER: the report, and whether the output is right
run() {
    report=$out/$1-$2.json
    profile=$out/$1.profile
    case $2 in
    off) options=--layout=off ;;
    trained)
        rm -f "$profile"
        "$B/loam" --core="$core" --seed="$seed" --profile="$profile" --jit="$jit" -cp "$out/classes" "$1" "$scale" >"$out/$1-$2.out" 2>&1
        options="--profile=$profile" ;;
    *) options="--layout=on --layout-order=$2" ;;
    esac
    timeout 300 "$B/loam" --core="$core" --seed="$seed" $options --report="$report" --jit="$jit" -cp "$out/classes" "$1" "$scale" >"$out/$1-$2.out" 2>"$out/$1-$2.err" ||
        { echo "FAIL $1 $2: $(head -1 "$out/$1-$2.err")"; return 1; }
    cmp -s "$out/$1-$2.out" "$out/$1-off.out" || { echo "FAIL $1 $2: other output than with the optimizer off"; return 1; }
}

printf '%-14s %-14s %13s %7s %7s %7s %7s %7s %7s %13s\n' "core $core" order cycles '%' 'L1D %' 'L2 %' 'LLC %' 'DTLB %' passes 'pass cycles'
: >"$out/table.txt"
for p in $programs; do
    for o in off $orders; do
        run "$p" "$o" || continue
        jq -rs --arg p "$p" --arg o "$o" '.[0].totals as $a | .[1].totals as $b |
            def rel(l): if ($a.levels[l] // null) == null or $a.levels[l].misses == 0 then "-" else ($b.levels[l].misses / $a.levels[l].misses * 1000 | round / 10) end;
            [$p, $o, $b.cycles, ($b.cycles / $a.cycles * 10000 | round / 100), rel("l1d"), rel("l2"), rel("llc"), rel("dtlb"),
             (.[1].layout_passes | length), ([.[1].layout_passes[].cost_cycles] | add // 0)] | @tsv' "$out/$p-off.json" "$out/$p-$o.json" |
            tee -a "$out/table.txt" | awk -F'\t' '{ printf "%-14s %-14s %13d %7s %7s %7s %7s %7s %7d %13d\n", $1, $2, $3, $4, $5, $6, $7, $8, $9, $10 }'
    done
done
awk -F'\t' -v orders="$orders" '{ cycles[$1, $2] = $3; programs[$1] = 1 }
    END {
        n = split(orders, o, " ")
        for (i = 1; i <= n; i++) {
            a = b = k = m = 0; worst = 0
            for (p in programs) if ((p, o[i]) in cycles) {
                r = cycles[p, o[i]] / cycles[p, "off"]; a += log(r); k++
                if (r > worst) worst = r
                if ((p, "allocation") in cycles) { b += log(cycles[p, o[i]] / cycles[p, "allocation"]); m++ }
            }
            if (k) printf "geometric mean of cycles, %-14s %.4f of off, %s of allocation; worst %.4f of off\n", o[i] ":", exp(a / k), m ? sprintf("%.4f", exp(b / m)) : "-", worst
        }
    }' "$out/table.txt"
