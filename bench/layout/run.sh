#!/bin/bash
# The layout optimizer on the programs beside this file: without it, and with each order of placing at the same trigger and charges. A line per program
# and order: cycles and misses against `off`, passes, what they cost. Then geometric means of cycles against `off` and `allocation`.
# The order `trained` is auto with a profile of one run before. A program that is not beside this file is an application of tests/apps/apps.sh (`make deps-apps`
# installs them), as in "h2 lucene javac_jsoup": it runs in the same folder with each order, as cycles depend on the folder's name a little; SCALE does not count there, and
# of one that starts Java several times the report is of the last.
# With SEEDS=n all of it n times, with seeds SEED, SEED+1, ..., and at the end means over them with 95 % intervals (Student's t).
# Usage: bench/layout/run.sh BUILD [PROGRAM...]; CORE (default), SET (settings such as "--set prefetch.stride=false"), SEED (0), SEEDS (1), SCALE (1),
# JIT (off), CHARGES (1) and ORDERS in the environment.
cd "$(dirname "$0")/../.." || exit 1
B=${1:-build}
[ $# -gt 0 ] && shift
core=${CORE:-default} seed=${SEED:-0} scale=${SCALE:-1} jit=${JIT:-off} # SCALE: how many times as long
seeds=${SEEDS:-1} charges=${CHARGES:-1}
case $seeds in '' | *[!0-9]* | 0) echo "bench/layout/run.sh: SEEDS must be a number from 1 on, not $seeds" >&2; exit 1 ;; esac
orders=${ORDERS:-allocation breadth-first depth-first random static-edges affinity auto}
mkdir -p "$B/bench-layout/classes" || exit 1
out=$(realpath "$B/bench-layout") apps=$(realpath "$B")/apps loam=$(realpath "$B/loam")
javac -nowarn -d "$out/classes" bench/layout/*.java || exit 1
programs=${*:-$(cd bench/layout && ls *.java | sed 's/\.java//')}

# What applications need to be run.
prepare_applications() {
    here=$PWD/tests/apps jdk=$(sh launcher/find-jdk.sh) examples=$PWD/examples src=$(realpath "$B")/apps/src
    . tests/apps/apps.sh
    for p in $programs; do
        [ -f "bench/layout/$p.java" ] || declare -F "app_$p" >/dev/null || { echo "bench/layout/run.sh: no program $p: neither bench/layout/$p.java nor one of $(echo $all_apps)" >&2; exit 1; }
    done
    sh tests/apps/deps.sh --check "$src" || { echo "bench/layout/run.sh: run make deps-apps" >&2; exit 1; }
    mkdir -p "$apps" && (out=$apps && prepare) >"$out/prepare.log" 2>&1 || { echo "bench/layout/run.sh: $(head -1 "$out/prepare.log")" >&2; exit 1; }
}

# start PROGRAM OPTION...: one run of it
start() {
    local program=$1
    shift
    set -- "$loam" --core="$core" $SET --seed="$s" --charge-scale="$charges" --jit="$jit" "$@"
    if [ -f "bench/layout/$program.java" ]; then
        timeout 300 "$@" -cp "$B/bench-layout/classes" "$program" "$scale"
    else
        rm -rf "$out/$program" && mkdir -p "$out/$program" && (cd "$out/$program" && out=$apps JAVA=(timeout 600 "$@") && "app_$program" </dev/null)
    fi
}

# run PROGRAM ORDER: the report, and whether the output is right
run() {
    report=$out/$1-$2.json
    profile=$out/$1.profile
    case $2 in
    off) options=--layout=off ;;
    trained)
        rm -f "$profile"
        start "$1" --profile="$profile" >"$out/$1-$2.out" 2>&1
        options="--profile=$profile" ;;
    *) options="--layout=on --layout-order=$2" ;;
    esac
    start "$1" $options --report="$report" >"$out/$1-$2.out" 2>"$out/$1-$2.err" ||
        { echo "FAIL $1 $2: $(head -1 "$out/$1-$2.err")"; return 1; }
    cmp -s "$out/$1-$2.out" "$out/$1-off.out" || { echo "FAIL $1 $2: other output than with the optimizer off"; return 1; }
}

for p in $programs; do
    [ -f "bench/layout/$p.java" ] || { prepare_applications; break; }
done
printf '%-14s %-14s %13s %7s %7s %7s %7s %7s %7s %13s\n' "core $core" order cycles '%' 'L1D %' 'L2 %' 'LLC %' 'DTLB %' passes 'pass cycles'
: >"$out/table.txt"
for p in $programs; do
    for s in $(seq "$seed" $((seed + seeds - 1))); do
        for o in off $orders; do
            run "$p" "$o" || continue
            jq -rs --arg p "$p" --arg o "$o" --arg s "$s" '.[0].totals as $a | .[1].totals as $b |
                def rel(l): if ($a.levels[l] // null) == null or $a.levels[l].misses == 0 then "-" else ($b.levels[l].misses / $a.levels[l].misses * 1000 | round / 10) end;
                [$p, $o, $b.cycles, ($b.cycles / $a.cycles * 10000 | round / 100), rel("l1d"), rel("l2"), rel("llc"), rel("dtlb"),
                 (.[1].layout_passes | length), ([.[1].layout_passes[].cost_cycles] | add // 0), $s] | @tsv' "$out/$p-off.json" "$out/$p-$o.json" |
                tee -a "$out/table.txt" | awk -F'\t' '{ printf "%-14s %-14s %13s %7s %7s %7s %7s %7s %7s %13s\n", $1, $2, $3, $4, $5, $6, $7, $8, $9, $10 }'
        done
    done
done
[ "$seeds" -gt 1 ] && awk -F'\t' -v orders="$orders" '
    function interval(n, sum, squares,    t) { # half its width
        t = n > 30 ? 2 : student[n - 1]
        return n > 1 ? t * sqrt((squares - sum * sum / n > 0 ? squares - sum * sum / n : 0) / (n - 1) / n) : 0
    }
    BEGIN {
        split("12.706 4.303 3.182 2.776 2.571 2.447 2.365 2.306 2.262 2.228 2.201 2.179 2.160 2.145 2.131 2.120 2.110 2.101 2.093 2.086 2.080 2.074 2.069 2.064 2.060 2.056 2.052 2.048 2.045", student, " ")
        no = split(orders, o, " ")
    }
    { cycles[$1, $2, $11] = $3; if (!($1 in known)) { known[$1]; programs[++np] = $1 } seeds[$11] }
    END {
        print "\nCycles in percent of off, over seeds: mean +- 95 %"
        for (i = 1; i <= np; i++) for (k = 1; k <= no; k++) {
            n = sum = squares = 0
            for (s in seeds) if ((programs[i], o[k], s) in cycles && (programs[i], "off", s) in cycles) {
                r = 100 * cycles[programs[i], o[k], s] / cycles[programs[i], "off", s]; n++; sum += r; squares += r * r
            }
            if (n) printf "%-14s %-14s %7.2f +- %.2f (%d)\n", programs[i], o[k], sum / n, interval(n, sum, squares), n
        }
        for (k = 1; k <= no; k++) {
            n = sum = squares = 0
            for (s in seeds) {
                a = m = 0
                for (i = 1; i <= np; i++) if ((programs[i], o[k], s) in cycles) { a += log(cycles[programs[i], o[k], s] / cycles[programs[i], "off", s]); m++ }
                if (m) { r = 100 * exp(a / m); n++; sum += r; squares += r * r }
            }
            if (n) printf "%-14s %-14s %7.2f +- %.2f (%d)\n", "geometric mean", o[k], sum / n, interval(n, sum, squares), n
        }
    }' "$out/table.txt"
awk -F'\t' -v orders="$orders" '{ cycles[$1 FS $11, $2] = $3; programs[$1 FS $11] = 1 }
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
