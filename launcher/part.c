/* See part.h. All of it hangs on the core's alarm: between two instructions the model is switched, or observation begins or ends. */
#include "launcher/part.h"
#include "base/log.h"
#include "vm/sim.h"

/* A sampled run goes through these by turns. */
typedef enum Phase { RESTS, SETTLES, IS_TIMED } Phase;

static struct {
    HwModel *model;
    const Options *options;
    void (*begin)(void), (*end)(void);
    Phase phase;
    HwWindow window;
    HwSampled got;
    bool to_come;
} P;

void part_check(const Options *o, u64 cores)
{
    const char *name = o->roi_to ? "--roi" : "--sample";
    if (!o->roi_to && !o->sampling.period) return;
    if (o->roi_to && o->sampling.period) die("--sample: not with --roi: a sampled run is measured as a whole");
    if (o->model == HW_NONE) die("--model=none: counts nothing, so %s has nothing to look at: use %s", name, o->roi_to ? "counts or timing" : "timing");
    if (o->sampling.period && o->model != HW_TIMING) die("--sample: estimates time, of which --model=counts has none: use timing");
    if (cores > 1) die("%s: system.cores = %llu: works on one core", name, (unsigned long long)cores);
    if (o->lockstep) die("%s: not with --engine=lockstep", name);
    if (o->trace_out) die("%s: not with --trace-out", name);
}

/* ---- regions ---------------------------------------------------------------------------------------------------- */

static void region_begins(void)
{
    P.to_come = false;
    sim_alarm(P.options->roi_to, P.end);
    P.begin();
}

bool part_is_to_come(void) { return P.to_come; }

/* ---- sampling --------------------------------------------------------------------------------------------------- */

static void next_phase(void);

static void enter(Phase phase, u64 instructions)
{
    P.phase = phase;
    hw_model_rest(P.model, phase == RESTS);
    sim_alarm(hw_instret(P.model) + instructions, next_phase);
}

static void next_phase(void)
{
    const HwSampling *s = &P.options->sampling;
    switch (P.phase) {
    case RESTS: enter(SETTLES, s->settle); break;
    case SETTLES:
        P.window = hw_window(P.model);
        enter(IS_TIMED, s->detail);
        break;
    case IS_TIMED:
        hw_sampled_add(&P.got, P.window, hw_window(P.model));
        enter(RESTS, s->period - s->detail - s->settle);
        break;
    }
}

const HwSampled *part_sampled(void) { return P.options && P.options->sampling.period ? &P.got : NULL; }

void part_start(HwModel *m, const Options *o, void (*begin)(void), void (*end)(void))
{
    ASSERT(!P.model);
    P.model = m, P.options = o, P.begin = begin, P.end = end;
    if (o->roi_from) {
        P.to_come = true;
        sim_alarm(o->roi_from, region_begins);
        return;
    }
    begin();
    if (o->roi_to) sim_alarm(o->roi_to, end);
    if (o->sampling.period) enter(RESTS, o->sampling.period - o->sampling.detail - o->sampling.settle);
}
