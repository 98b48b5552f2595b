#!/bin/sh
# Natively, without a core: layout off against placing by a profile learned on another input (a small one, on the core). Runs of both alternate; user CPU time, as the
# machine may be shared; the median of the pairs' ratios with the 95 % interval of the sign test, then their geometric mean over programs.
# Usage: bench/layout/native.sh BUILD ["PROGRAM ARGUMENTS"...]; ROUNDS (20), CORE (default) and JIT (on) in the environment.
cd "$(dirname "$0")/../.." || exit 1
B=${1:-build}
[ $# -gt 0 ] && shift
rounds=${ROUNDS:-20} core=${CORE:-default} jit=${JIT:-on}
case $rounds in '' | *[!0-9]* | ? | 0?) [ "${rounds:-0}" -ge 6 ] 2>/dev/null || { echo "bench/layout/native.sh: ROUNDS must be a number from 6 on, not $rounds" >&2; exit 1; } ;; esac
[ $# -gt 0 ] || set -- "LTree 300000 1500000" "LList 200000 40"
out=$B/bench-layout-native
rm -rf "$out" && mkdir -p "$out" || exit 1
javac -nowarn -d "$out" examples/LTree.java examples/LList.java bench/layout/*.java || exit 1
# What is learned from: another input of the program, on the core.
learned_on() {
    case $1 in
    LTree) echo "LTree 12000 60000" ;;
    LList) echo "LList 20000 20" ;;
    *) echo "$1 1" ;;
    esac
}
# user OUTPUT COMMAND...: seconds of user time
user() {
    to=$1
    shift
    bash -c 'TIMEFORMAT=%U; { time "$@" >"$0" 2>&1; } 2>&1' "$to" "$@" || return 1
}
: >"$out/table"
for what; do
    program=${what%% *}
    # shellcheck disable=SC2046,SC2086
    "$B/loam" --core="$core" --jit="$jit" --profile="$out/$program.profile" -cp "$out" $(learned_on "$program") >"$out/$program.learned" 2>&1 ||
        { echo "FAIL $program: $(head -1 "$out/$program.learned")"; continue; }
    i=0
    while [ $i -lt "$rounds" ]; do
        # shellcheck disable=SC2086
        off=$(user "$out/off" "$B/loam" -cp "$out" $what)
        # shellcheck disable=SC2086
        placed=$(user "$out/placed" "$B/loam" --profile="$out/$program.profile" -cp "$out" $what)
        cmp -s "$out/off" "$out/placed" || { echo "FAIL $what: other output than with layout off"; break; }
        printf '%s\t%s\t%s\n' "$what" "$off" "$placed" >>"$out/table"
        i=$((i + 1))
    done
done
awk -F'\t' '
    function sorted(list, n,    i, j, t) { for (i = 2; i <= n; i++) { t = list[i]; for (j = i - 1; j && list[j] > t; j--) list[j + 1] = list[j]; list[j + 1] = t } }
    function median(list, n) { return n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2 }
    function rank(n,    k, p, c) { # the largest k for which all but 5 % of the medians lie between the k-th and the k-th last
        p = c = 0.5 ^ n
        for (k = 0; c <= 0.025; k++) { p *= (n - k) / (k + 1); c += p }
        return k ? k : 1
    }
    { if (!(($1) in n)) name[++names] = $1; k = ++n[$1]; ratio[$1, k] = $3 / $2; off[$1, k] = $2; on[$1, k] = $3 }
    END {
        printf "%-28s %6s %9s %9s %22s\n", "native, user seconds", "pairs", "off", "placed", "ratio of pairs (95 %)"
        for (i = 1; i <= names; i++) {
            w = name[i]; m = n[w]
            for (k = 1; k <= m; k++) { r[k] = ratio[w, k]; a[k] = off[w, k]; b[k] = on[w, k] }
            sorted(r, m); sorted(a, m); sorted(b, m)
            k = rank(m)
            printf "%-28s %6d %9.2f %9.2f   %.3f (%.3f to %.3f)\n", w, m, median(a, m), median(b, m), median(r, m), r[k], r[m + 1 - k]
            sum += log(median(r, m))
        }
        if (names) printf "geometric mean of the ratios: %.3f\n", exp(sum / names)
    }' "$out/table"
