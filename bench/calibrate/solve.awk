# Finds what a unit of each row costs. Input: the rows (costs.def files), then the output of the counting build, then that of the timed one.
# A group's samples determine the rows that the group names, by least squares on relative errors; rows determined by earlier groups are
# subtracted at what was measured, those of later ones at what is charged.
# With -v cpi=1 it prints cycles per instruction instead, by group and in all.
function row(line,    a) {
    split(line, a, /[(,]/)
    gsub(/ /, "", a[2]); gsub(/ /, "", a[3])
    name = a[2]; charged[name] = a[3] + 0; rows[++nrows] = name
    text = line; sub(/^[^"]*"/, "", text); sub(/"\).*/, "", text); what[name] = text
    folder[name] = FILENAME; sub(/\/costs.def/, "", folder[name]); sub(/.*\//, "", folder[name])
}
FILENAME ~ /costs.def$/ { if (/^COST\(/) row($0); next }
FNR == 1 { file++ }
$1 == "group" { if (file % 2) { groups[++ngroups] = $2; split("", u); first[ngroups] = samples + 1; determines[ngroups] = $0 } g[file] = $2; next }
$1 == "units" { samples++; in_group[samples] = ngroups; for (i = 2; i <= NF; i++) { split($i, kv, "="); units[samples "," kv[1]] = kv[2]; names[samples] = names[samples] " " kv[1] } next }
$1 == "took" { timed++; took[timed] = $2; cycles[timed] = $3; next }
function value(r) { return (r in measured) ? measured[r] : charged[r] }
function solve_group(k,    n, v, s, i, j, r, w, rest, p, c, f) {
    n = split(determines[k], v, " ") - 2
    for (i = 1; i <= n; i++) { v[i] = v[i + 2]; delete measured[v[i]] }
    split("", A); split("", b)
    for (s = 1; s <= samples; s++) if (in_group[s] == k) {
        rest = took[s]; c = split(names[s], r, " ")
        for (i = 1; i <= c; i++) { f = 0; for (j = 1; j <= n; j++) if (v[j] == r[i]) f = 1; if (!f) rest -= value(r[i]) * units[s "," r[i]] }
        w = took[s] > 0 ? 1 / (took[s] * took[s]) : 0
        for (i = 1; i <= n; i++) { b[i] += w * units[s "," v[i]] * rest; for (j = 1; j <= n; j++) A[i, j] += w * units[s "," v[i]] * units[s "," v[j]] }
    }
    for (i = 1; i <= n; i++) { # Gauss; A is symmetric and positive unless a row has no units
        if (A[i, i] <= 0) { bad[v[i]] = 1; continue }
        for (j = i + 1; j <= n; j++) { p = A[j, i] / A[i, i]; for (c = i; c <= n; c++) A[j, c] -= p * A[i, c]; b[j] -= p * b[i] }
    }
    for (i = n; i >= 1; i--) { if (v[i] in bad) continue; p = b[i]; for (j = i + 1; j <= n; j++) p -= A[i, j] * measured[v[j]]; measured[v[i]] = p / A[i, i] }
}
END {
    if (timed != samples || !samples) { print "FAIL calibrate: " timed + 0 " samples timed, " samples + 0 " counted"; exit 1 }
    if (cpi) {
        for (s = 1; s <= samples; s++) { t += took[s]; y += cycles[s]; gt[in_group[s]] += took[s]; gy[in_group[s]] += cycles[s] }
        for (k = 1; k <= ngroups; k++) { printf "%-16s %12d instructions %6.2f\n", groups[k], gt[k], gy[k] / gt[k]; mean += gy[k] / gt[k] }
        printf "%-16s %12d instructions %6.2f   mean of groups %.2f\n", "all", t, y / t, mean / ngroups
        exit 0
    }
    for (pass = 1; pass <= 3; pass++) for (k = 1; k <= ngroups; k++) solve_group(k)
    if (groups_too) for (k = 1; k <= ngroups; k++) { lo = 9; hi = 0; for (s = 1; s <= samples; s++) if (in_group[s] == k) { sum = 0; c = split(names[s], r, " "); for (i = 1; i <= c; i++) sum += value(r[i]) * units[s "," r[i]]; q = sum / took[s]; if (q < lo) lo = q; if (q > hi) hi = q }
        printf "# %-16s model/measured of single samples %.2f to %.2f\n", groups[k], lo, hi }
    for (i = 1; i <= nrows; i++) { name = rows[i]; m = measured[name]
        printf "%-8s %-16s %8d %10.1f %6s  %s\n", folder[name], name, charged[name], m, ((m > 0) ? sprintf("%.2f", charged[name] / m) : "-"), what[name] }
}
