/* Parts of a run for rvrun (parts.h): a region of interest, with fast-forward before it (no model) and warm-up; or sampling. */
#include "hwsim/rvrun.h"
#include "base/log.h"

/* ---- running ------------------------------------------------------------------------------------------------- */

typedef struct Run { RvHarts *harts; u64 left; HwStop stop; } Run;

/* Up to n instructions; false when the run is over. */
static bool run(Run *r, u64 n)
{
    if (n > r->left) n = r->left;
    if (n) r->stop = rv_harts_run(r->harts, n);
    r->left -= n;
    return r->stop == HW_STOP_BUDGET && r->left;
}

static void read_all(HwModel *const *models, u32 n, HwCounters *out)
{
    for (u32 i = 0; i < n; i++) hw_read_counters(models[i], &out[i]);
}

/* The cores' models are the first of them. */
static void set_models(const Run *r, HwModel *const *models)
{
    for (u32 i = 0; i < rv_cores(r->harts); i++) rv_harts_core(r->harts, i)->model = models ? models[i] : NULL;
}

static void run_region(Run *r, const RvPlan *plan, HwModel *const *models, u32 n, HwCounters *counters)
{
    HwCounters before[n];
    u64 begin = plan->from > plan->warm ? plan->from - plan->warm : 0;
    set_models(r, NULL);
    bool on = run(r, begin);
    set_models(r, models);
    if (on) on = run(r, plan->from - begin);
    read_all(models, n, before);
    if (on) on = run(r, plan->to - plan->from);
    read_all(models, n, counters);
    for (u32 i = 0; i < n; i++)
        for (int c = 0; c < HWC_COUNT; c++) counters[i].n[c] -= before[i].n[c];
    set_models(r, NULL);
    if (on) run(r, ~0ull);
    set_models(r, models);
}

static void run_sampled(Run *r, const HwSampling *plan, HwSampled *s)
{
    HwModel *m = rv_harts_core(r->harts, 0)->model;
    ASSERT(plan->period > plan->detail + plan->settle);
    for (bool on = true; on;) {
        hw_model_rest(m, true);
        on = run(r, plan->period - plan->detail - plan->settle);
        hw_model_rest(m, false);
        if (on) on = run(r, plan->settle);
        HwWindow begin = hw_window(m);
        if (on) on = run(r, plan->detail);
        if (on) hw_sampled_add(s, begin, hw_window(m)); /* a window that was cut short says nothing */
    }
}

HwStop rv_run(RvHarts *harts, const RvPlan *plan, HwModel *const *models, u32 n, HwCounters *counters, HwSampled *sampled)
{
    Run r = { .harts = harts, .left = plan->limit, .stop = HW_STOP_BUDGET };
    if (plan->sampling.period) run_sampled(&r, &plan->sampling, sampled);
    else if (!plan->regional) run(&r, ~0ull);
    if (plan->regional) run_region(&r, plan, models, n, counters);
    else read_all(models, n, counters);
    return r.stop;
}
