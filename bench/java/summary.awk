# Tables from measured.tsv: a line per program with loam's own figure and its ratio to each other machine (median over rounds of the
# ratios within a round), geometric means below.
BEGIN { FS = "\t"; machines = split(against, machine, " ") }

{
    if (!($1 in seen_kind)) { seen_kind[$1] = 1; kind[++kinds] = $1 }
    if (!(($1, $2) in seen)) { seen[$1, $2] = 1; program[$1, ++programs[$1]] = $2 }
    time[$1, $2, $3, $4] = $5
    memory[$1, $2, $3, $4] = $6
}

# The median of v[1..n]; sorts v.
function median(v, n,   i, j, t) {
    for (i = 2; i <= n; i++)
        for (j = i; j > 1 && v[j] < v[j - 1]; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
    return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
}

# Loam's ratio to machine m (its own figure, if m is "") in kind k, program p, of time or memory; 0 when nothing was measured.
function ratio(of_memory, k, p, m,   r, n, a, b, v) {
    for (r = 1; r <= rounds; r++) {
        a = of_memory ? memory[k, p, "loam", r] : time[k, p, "loam", r]
        b = m == "" ? 1 : of_memory ? memory[k, p, m, r] : time[k, p, m, r]
        if (a && b) v[++n] = a / b
    }
    return n ? median(v, n) : 0
}

function table(k, of_memory, title, unit, scale,   i, j, p, x, log_sum, count) {
    printf "\n%s\n%-14s %10s", title, "program", "loam " unit
    for (j = 1; j <= machines; j++) printf " %8s", "/" machine[j]
    print ""
    for (i = 1; i <= programs[k]; i++) {
        p = program[k, i]
        printf "%-14s %10.1f", p, ratio(of_memory, k, p, "") / scale
        for (j = 1; j <= machines; j++) {
            x = ratio(of_memory, k, p, machine[j])
            if (x) { log_sum[j] += log(x); count[j]++ }
            printf " %8.3f", x
        }
        print ""
    }
    printf "%-14s %10s", "geomean", ""
    for (j = 1; j <= machines; j++) printf " %8.3f", count[j] ? exp(log_sum[j] / count[j]) : 0
    print ""
}

END {
    for (i = 1; i <= kinds; i++) {
        if (kind[i] == "steady") {
            table("steady", 0, "steady state: time of an iteration (best of the last half begun in " seconds " s), ratios", "ms", 1e6)
        } else {
            table("whole", 0, "whole process: processor seconds (user and system), ratios", "s", 1e9)
            table("whole", 1, "whole process: peak memory, ratios", "MiB", 1024)
        }
    }
}
