/* See parts.h. */
#include "hwsim/parts.h"
#include "base/log.h"
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

/* ---- options -------------------------------------------------------------------------------------------------- */

/* Numbers separated by colons; how many, or 0 if it is anything else. */
static u32 numbers(const char *text, u64 *v, u32 most)
{
    for (u32 n = 0; n < most; n++) {
        char *end;
        if (*text < '0' || *text > '9') return 0;
        v[n] = strtoull(text, &end, 0);
        if (!*end) return n + 1;
        if (*end != ':') return 0;
        text = end + 1;
    }
    return 0;
}

void hw_parse_region(const char *text, u64 *from, u64 *to)
{
    u64 v[2];
    if (numbers(text, v, 2) != 2 || v[0] >= v[1]) die("--roi=%s: must be FROM:TO, two numbers of instructions, the second larger", text);
    *from = v[0];
    *to = v[1];
}

void hw_parse_sampling(const char *text, HwSampling *s)
{
    u64 v[3] = { 0, 1000, 2000 };
    if (!numbers(text, v, 3) || !v[1] || v[0] > 1ull << 60 || v[1] > 1ull << 40 || v[2] > 1ull << 40 || v[0] <= v[1] + v[2])
        die("--sample=%s: must be PERIOD[:DETAIL[:SETTLE]] in instructions (1000 and 2000), the period longer than the others together", text);
    *s = (HwSampling){ v[0], v[1], v[2] };
}

/* ---- estimates ------------------------------------------------------------------------------------------------- */

static u64 not_sampled(const HwModel *m) { return hw_counter(m, HWC_FW_CYCLE) + hw_counter(m, HWC_IDLE_CYCLE); }

HwWindow hw_window(const HwModel *m)
{
    ASSERT(hw_cycle(m) >= not_sampled(m));
    return (HwWindow){ hw_cycle(m) - not_sampled(m), hw_instret(m) };
}

void hw_sampled_add(HwSampled *s, HwWindow begin, HwWindow end)
{
    ASSERT(end.instructions > begin.instructions && end.cycles >= begin.cycles);
    f64 cpi = (f64)(end.cycles - begin.cycles) / (f64)(end.instructions - begin.instructions);
    s->windows++;
    s->sum += cpi;
    s->squares += cpi * cpi;
}

f64 hw_sampled_cpi(const HwSampled *s) { return s->windows ? s->sum / (f64)s->windows : 0; }

f64 hw_sampled_half(const HwSampled *s)
{
    f64 n = (f64)s->windows, variance = n > 1 ? (s->squares - s->sum * s->sum / n) / (n - 1) : 0;
    return n > 1 && variance > 0 ? 1.96 * sqrt(variance / n) : 0; /* 95 % of a normal distribution */
}

f64 hw_sampled_cycles(const HwSampled *s, const HwModel *m)
{
    return hw_sampled_cpi(s) * (f64)hw_instret(m) + (f64)not_sampled(m);
}

void hw_sampled_print(const HwSampled *s, const HwModel *m)
{
    f64 half = hw_sampled_half(s);
    fprintf(stderr, "%-24s %15" PRIu64 "\n", "sampled.windows", s->windows);
    if (s->windows < 2) return;
    fprintf(stderr, "%-24s %15.4f +- %.4f (95 %%)\n", "sampled.cpi", hw_sampled_cpi(s), half);
    fprintf(stderr, "%-24s %15.0f +- %.0f\n", "sampled.cycles", hw_sampled_cycles(s, m), half * (f64)hw_instret(m));
}
