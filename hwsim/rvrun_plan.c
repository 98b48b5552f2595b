/* Parts of a run for rvrun: a region of interest, with fast-forward before it (no model) and warm-up; or periodic sampling after SMARTS
   (Wunderlich 2003): caches and predictors see everything, time is measured in short windows, and the mean of the windows'
   cycles per instruction stands for the whole, with a confidence interval. */
#include "hwsim/rvrun.h"
#include "base/log.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- running ------------------------------------------------------------------------------------------------- */

typedef struct Run { HwCore *core; u64 left; HwStop stop; } Run;

/* Up to n instructions; false when the run is over. */
static bool run(Run *r, u64 n)
{
    if (n > r->left) n = r->left;
    if (n) r->stop = hw_core_run(r->core, n);
    r->left -= n;
    return r->stop == HW_STOP_BUDGET && r->left;
}

static void read_all(HwModel *const *models, u32 n, HwCounters *out)
{
    for (u32 i = 0; i < n; i++) hw_read_counters(models[i], &out[i]);
}

static void run_region(Run *r, const RvPlan *plan, HwModel *const *models, u32 n, HwCounters *counters)
{
    HwModel *model = r->core->model;
    HwCounters before[n];
    u64 begin = plan->from > plan->warm ? plan->from - plan->warm : 0;
    r->core->model = NULL;
    bool on = run(r, begin);
    r->core->model = model;
    if (on) on = run(r, plan->from - begin);
    read_all(models, n, before);
    if (on) on = run(r, plan->to - plan->from);
    read_all(models, n, counters);
    for (u32 i = 0; i < n; i++)
        for (int c = 0; c < HWC_COUNT; c++) counters[i].n[c] -= before[i].n[c];
    r->core->model = NULL;
    if (on) run(r, ~0ull);
    r->core->model = model;
}

static void run_sampled(Run *r, const RvPlan *plan, RvSampled *s)
{
    HwModel *m = r->core->model;
    ASSERT(plan->period > plan->detail + plan->settle);
    for (bool on = true; on;) {
        hw_model_rest(m, true);
        on = run(r, plan->period - plan->detail - plan->settle);
        hw_model_rest(m, false);
        if (on) on = run(r, plan->settle);
        u64 cycles = hw_cycle(m), instructions = hw_instret(m);
        if (on) on = run(r, plan->detail);
        if (!on) break; /* a window that was cut short says nothing */
        f64 cpi = (f64)(hw_cycle(m) - cycles) / (f64)(hw_instret(m) - instructions);
        s->windows++;
        s->sum += cpi;
        s->squares += cpi * cpi;
    }
}

HwStop rv_run(HwCore *core, const RvPlan *plan, HwModel *const *models, u32 n, HwCounters *counters, RvSampled *sampled)
{
    Run r = { .core = core, .left = plan->limit, .stop = HW_STOP_BUDGET };
    if (plan->period) run_sampled(&r, plan, sampled);
    else if (!plan->regional) run(&r, ~0ull);
    if (plan->regional) run_region(&r, plan, models, n, counters);
    else read_all(models, n, counters);
    return r.stop;
}

void rv_print_sampled(const RvSampled *s, u64 instructions)
{
    f64 n = (f64)s->windows, mean = s->sum / n, variance = n > 1 ? (s->squares - s->sum * mean) / (n - 1) : 0;
    f64 half = 1.96 * sqrt((variance > 0 ? variance : 0) / n); /* 95 % of a normal distribution */
    fprintf(stderr, "%-24s %15" PRIu64 "\n", "sampled.windows", s->windows);
    fprintf(stderr, "%-24s %15.4f +- %.4f (95 %%)\n", "sampled.cpi", mean, half);
    fprintf(stderr, "%-24s %15.0f +- %.0f\n", "sampled.cycles", mean * (f64)instructions, half * (f64)instructions);
}

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

void rv_parse_region(const char *text, RvPlan *plan)
{
    u64 v[2];
    if (numbers(text, v, 2) != 2 || v[0] >= v[1]) die("--roi=%s: must be FROM:TO, two numbers of instructions, the second larger", text);
    plan->from = v[0];
    plan->to = v[1];
    plan->regional = true;
}

void rv_parse_sampling(const char *text, RvPlan *plan)
{
    u64 v[3] = { 0, 1000, 2000 };
    if (!numbers(text, v, 3) || !v[1] || v[0] > 1ull << 60 || v[1] > 1ull << 40 || v[2] > 1ull << 40 || v[0] <= v[1] + v[2])
        die("--sample=%s: must be PERIOD[:DETAIL[:SETTLE]] in instructions (1000 and 2000), the period longer than the others together", text);
    plan->period = v[0];
    plan->detail = v[1];
    plan->settle = v[2];
}
