# Lines "kernel label seconds", runs in order, to a table of MIPS and ratios of medians, and their geometric means.
function median(list,   v, n, i, j, t) {
    n = split(list, v, " ")
    for (i = 2; i <= n; i++)
        for (j = i; j > 1 && v[j - 1] + 0 > v[j] + 0; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
    return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
}
# the median over runs of a's time over b's
function ratio(k, a, b,   x, y, n, i, list) {
    n = split(all[k, a], x, " ")
    split(all[k, b], y, " ")
    for (i = 1; i <= n; i++) list = list " " x[i] / y[i]
    return median(list)
}
function column(k, a, b,   r) {
    r = ratio(k, a, b)
    sum[a, b] += log(r)
    return r
}
{
    if (!($1 in seen)) { seen[$1]; kernel[++kernels] = $1 }
    if ($2 == "instructions") instructions[$1] = $3
    else all[$1, $2] = all[$1, $2] " " $3
}
function mips(k, label) { return instructions[k] / median(all[k, label]) / 1e6 }
END {
    print "                 MIPS                                      time over"
    print "kernel       none  qemu counts timing   tage    ooo   host: none  qemu | faster than qemu: none | than cachegrind: counts timing   tage    ooo"
    for (i = 1; i <= kernels; i++) {
        k = kernel[i]
        printf "%-10s %6.0f %5.0f %6.0f %6.0f %6.0f %6.0f", k, mips(k, "none"), mips(k, "qemu"), mips(k, "counts"), mips(k, "timing"), mips(k, "tage"), mips(k, "ooo")
        printf "         %5.2f %5.2f               %9.2f                   %6.2f %6.2f %6.2f %6.2f\n", column(k, "none", "host"), column(k, "qemu", "host"),
            column(k, "qemu", "none"), column(k, "cachegrind", "counts"), column(k, "cachegrind", "timing"), column(k, "cachegrind", "tage"), column(k, "cachegrind", "ooo")
    }
    printf "%-47s          %5.2f %5.2f               %9.2f                   %6.2f %6.2f %6.2f %6.2f\n", "geometric mean", exp(sum["none", "host"] / kernels),
        exp(sum["qemu", "host"] / kernels), exp(sum["qemu", "none"] / kernels), exp(sum["cachegrind", "counts"] / kernels),
        exp(sum["cachegrind", "timing"] / kernels), exp(sum["cachegrind", "tage"] / kernels), exp(sum["cachegrind", "ooo"] / kernels)
    print "wanted: none over host at most 1.8, faster than qemu at least 1.8; faster than cachegrind: counts at least 5, timing at least 3, out of order at least 1.3"
}
