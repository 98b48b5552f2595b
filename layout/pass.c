/* The optimizer's loop: a full sample buffer asks for a safepoint; there the samples are read and attributed; when enough of them
   are on objects that hot edges lead to and that no pass has placed yet, and past passes give reason to expect a gain, objects are
   placed; afterwards the counters judge. Everything here is firmware: charged to the core, and blind to all but samples and counters. */
#include "base/log.h"
#include "layout/costs.h"
#include "hwsim/samples.h"
#include "layout/layout.h"
#include "layout/place.h"
#include "vm/guest/regs.h"
#include "vm/locate.h"
#include <stdlib.h>
#include <string.h>

enum {
    BUFFER_RECORDS = 128,
    PERIOD_FIRST = 48,      /* L1D misses per sample until something was learned */
    PERIOD_LATER = 128,     /* and after a pass */
    ENOUGH_LOOSE = 128,     /* samples on objects to place that a pass needs */
    MAX_EDGES = 16,
    PAID_SHARE = 90,        /* percent of the misses before that must not be exceeded for a pass to have paid */
    HORIZON = 8,            /* the future is taken to be this many times as long as the time since the last pass */
    PATIENCE = 8,           /* while the heap grows, a pass must promise this many times more: what is built now would have to move again */
    CALM_BYTES = 1,         /* bytes allocated per miss on targets that still count as calm */
    MIN_LOOSE_SHARE = 5,    /* of 100 heap samples */
    LINE = 64, PAGE = 4096
};

static struct Optimizer {
    HwModel *model;
    HwSampler *sampler;
    HwSample *buffer;
    u64 seed;
    u32 period;
    Graph graph;
    u64 heap_samples, loose_misses, loose_cycles; /* since the last pass; misses and cycles are samples times period */
    u64 allocated;                                /* the heap's count at the last look at the samples */
    bool calm;                                    /* between the last two looks little was allocated: structures are not growing */
    u64 backoff;                                  /* doublings of what the next pass must promise, after passes that did not pay */
    u64 last_cost, last_members;
    LayoutPasses passes;
    LayoutTotals totals;
    /* judging the last pass */
    bool open;
    u64 mark_instructions, mark_misses;           /* counters at the start of the window being measured */
    u64 target_misses, placed_misses;             /* by samples, in that window: on objects that hot edges lead to; of those, in arenas */
    u64 window;                                   /* instructions to wait for before judging */
} L;

static u64 fw_misses; /* L1D misses of passes: not the program's */

static u64 program_misses(void) { return hw_counter(L.model, HWC_L1D_MISS) - fw_misses; }
static u64 instructions(void) { return hw_counter(L.model, HWC_INSTRET); }

static void program_sampler(u32 period)
{
    L.period = period;
    hw_sampler_program(L.sampler, HW_SMP_L1D_MISS, (u64)L.buffer, BUFFER_RECORDS, period, L.seed + L.totals.drains);
}

void layout_start(HwModel *model, u64 seed)
{
    L.model = model;
    L.sampler = hw_model_sampler(model);
    L.seed = seed;
    L.buffer = window_alloc(&win_table, BUFFER_RECORDS * sizeof *L.buffer, 64);
    L.mark_instructions = instructions();
    L.mark_misses = program_misses();
    hw_sampler_regs(L.sampler, GUEST_REG_PC, GUEST_REG_FRAME, 0);
    program_sampler(PERIOD_FIRST);
}

/* One record: which object missed, through which edges was it reached. Stores are left out: nothing waits for them. */
static void take_sample(const HwSample *s)
{
    charge_touch(s, sizeof *s, false);
    charge_units(sample, 1);
    L.totals.samples++;
    if (s->store || !(IN_WINDOW(HEAP, s->addr) || IN_WINDOW(ARENA, s->addr))) return;
    Object *o = (Object *)gc_base((void *)s->addr);
    if (!o) return;
    charge_touch(o, sizeof *o, false);
    u64 x[32] = { [GUEST_REG_PC] = s->regs[0], [GUEST_REG_FRAME] = s->regs[1] };
    u32 bci;
    Method *m = locate_method(x, &bci);
    L.heap_samples++;
    if (!m) return;
    bool placed = IN_WINDOW(ARENA, o);
    if (!graph_add(&L.graph, object_class(o), placed, s->latency, m, bci)) return;
    L.target_misses += L.period;
    if (placed) L.placed_misses += L.period;
    else L.loose_misses += L.period, L.loose_cycles += (u64)s->latency * L.period;
}

static void read_samples(void)
{
    charge_begin(SVC_SAMPLES);
    u32 n = hw_sampler_count(L.sampler);
    u64 targets = L.target_misses, allocated = gc_stats().bytes_allocated;
    for (u32 i = 0; i < n; i++) take_sample(&L.buffer[i]);
    L.calm = allocated - L.allocated <= CALM_BYTES * (L.target_misses - targets);
    L.allocated = allocated;
    hw_sampler_drain(L.sampler);
    L.totals.drains++;
    charge_end();
}

static double per_thousand(u64 events, u64 n) { return n ? 1000.0 * (double)events / (double)n : 0; }

/* The verdict on the last pass: does the program miss less often on the objects that it placed than it did, before, on all objects that hot
   edges lead to? (Objects made since are not the pass's fault, nor is what other data does.) */
static void judge(bool final)
{
    if (!L.open) return;
    u64 n = instructions() - L.mark_instructions;
    if (n < L.window && !(final && n * 4 >= L.window)) return;
    LayoutPass *p = &vec_last(&L.passes);
    p->rate_after = per_thousand(program_misses() - L.mark_misses, n);
    p->target_after = per_thousand(L.placed_misses, n);
    bool paid = p->target_after < PAID_SHARE / 100.0 * p->target_before;
    p->verdict = paid ? "kept" : "did not pay";
    L.backoff = paid ? 0 : L.backoff + 1;
    L.open = false;
    LOG(layout, "judged: %.2f -> %.2f misses on targets per 1,000 instructions: %s", p->target_before, p->target_after, p->verdict);
}

/* Is it worth a pass now? The first is an experiment; later ones must promise more than the last one cost. Passes that did not pay
   double what the next must promise. */
static bool worthwhile(void)
{
    L.totals.passes_considered++;
    u64 factor = (u64)(L.calm ? 1 : PATIENCE) << (L.backoff < 20 ? L.backoff : 20);
    if (L.graph.loose < ENOUGH_LOOSE * factor) return false;
    if (L.graph.loose * 100 < L.heap_samples * MIN_LOOSE_SHARE) return false;
    return !L.passes.len || L.loose_cycles * HORIZON > L.last_cost * factor;
}

static void run_pass(void)
{
    Edge edges[MAX_EDGES];
    u32 n = graph_hot(&L.graph, edges, MAX_EDGES);
    if (!n) return;
    u64 cycles = hw_cycle(L.model), misses = hw_counter(L.model, HWC_L1D_MISS), before = instructions() - L.mark_instructions;
    LayoutPass p = { .at_instruction = instructions(), .at_cycle = cycles, .rate_after = -1, .verdict = "not judged",
                     .rate_before = per_thousand(program_misses() - L.mark_misses, before), .target_after = -1,
                     .target_before = per_thousand(L.target_misses, before),
                     .predicted_savings = L.loose_misses * HORIZON / 2, .edges = edges_text(edges, n) };
    PlaceResult r = { 0 };
    charge_begin(SVC_LAYOUT);
    place_objects(edges, n, LINE, PAGE, &r);
    charge_end();
    p.moved = r.heap.moved, p.pinned = r.heap.pinned, p.bytes = r.heap.bytes, p.rewritten = r.heap.slots_rewritten;
    p.cost_cycles = hw_cycle(L.model) - cycles;
    p.cost_misses = hw_counter(L.model, HWC_L1D_MISS) - misses;
    fw_misses += p.cost_misses;
    L.last_cost = p.cost_cycles;
    L.last_members = r.members;
    vec_push(&L.passes, p);
    L.open = true;
    L.window = before / 2 > 100000 ? before / 2 : 100000;
    L.mark_instructions = instructions();
    L.mark_misses = program_misses();
    graph_decay(&L.graph);
    L.heap_samples = L.loose_misses = L.loose_cycles = L.target_misses = L.placed_misses = 0;
    program_sampler(PERIOD_LATER);
    LOG(layout, "pass %zu: moved %llu of %llu members (%llu roots), rewrote %llu, cost %llu cycles, %llu misses; %s", L.passes.len,
        (unsigned long long)p.moved, (unsigned long long)r.members, (unsigned long long)r.roots, (unsigned long long)p.rewritten,
        (unsigned long long)p.cost_cycles, (unsigned long long)p.cost_misses, p.edges);
}

void layout_safepoint(Thread *t)
{
    (void)t;
    if (!L.model || hw_sampler_count(L.sampler) < BUFFER_RECORDS) return;
    read_samples();
    judge(false);
    if (!L.open && worthwhile()) run_pass();
}

void layout_finish(void)
{
    if (!L.model) return;
    hw_sampler_stop(L.sampler);
    judge(true);
}

const LayoutPasses *layout_passes(void) { return &L.passes; }
LayoutTotals layout_totals(void) { return L.totals; }
