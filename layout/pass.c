/* The optimizer's loop: a full sample buffer asks for a safepoint; there the samples are read and attributed; when enough of them
   are on objects that hot edges lead to and that no pass has placed yet, and past passes give reason to expect a gain, objects are
   placed; afterwards the counters judge. Everything here is firmware: charged to the core, and blind to all but samples and counters. */
#include "base/log.h"
#include "layout/costs.h"
#include "hwsim/samples.h"
#include "hwsim/system.h"
#include "layout/advise.h"
#include "layout/affinity.h"
#include "layout/attribute.h"
#include "layout/back.h"
#include "layout/companions.h"
#include "layout/fields.h"
#include "layout/fields_live.h"
#include "layout/forecast.h"
#include "layout/layout.h"
#include "layout/learned.h"
#include "layout/learned_fields.h"
#include "layout/loops.h"
#include "layout/place.h"
#include "layout/raw.h"
#include "layout/seen.h"
#include "layout/sharing.h"
#include "vm/guest/regs.h"
#include "vm/sim.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    BUFFER_RECORDS = 32, FEW_RECORDS = 8, /* samples to a look; while there is nothing to see */
    PERIOD_FIRST = 48, PERIOD_MIN = 32, PERIOD_MAX = 1 << 20, /* L1D misses per sample; the length follows what sampling costs: */
    SAMPLING_SHARE = 200,   /* one cycle of so many; */
    LOOKS = 32,             /* but as many looks in the time that the run has lasted are enough; */
    BURST_SHARE = 50,       /* and one cycle of so many for bursts, if there are any */
    SAMPLES = 128, ARRAYS = 8, /* objects remembered, and large arrays */
    ENOUGH_LOOSE = 24,      /* samples on objects to place that a pass needs */
    ENOUGH_LEARNED = 4,     /* if earlier runs have shown the rest */
    MAX_EDGES = 16, MAX_WARM = 4, MAX_COLD = 8,
    RETURNED = 60,          /* percent of the stalls before a pass: if it is that much again, other edges may lead to what it placed */
    CHANCE = 15,            /* percent that they must have risen by if a pass is to be undone: less may be chance; with what turns that were cut may make, at most: */
    MOST_CHANCE = 60,
    INTERPRETED = 16,       /* times as many instructions that the same work takes interpreted: what was compiled since seems to stall more by so much */
    PAID_SHARE = 10,        /* percent of the stalls on what a pass placed that it must have saved */
    HORIZON = 3,            /* the future is taken to be this many times as long as the past */
    MARGIN = 120,           /* a pass must promise this many percent of what it is expected to cost */
    RENTS = 100,            /* percent of what passes would have saved until now that all of them may cost */
    MOST_OF_ONE = 18,       /* percent of the run, or so much, if this one is of objects of one class */
    MOST_OF_KNOWN = 25,     /* percent of the run, if an earlier one tells how long it will be */
    FIX_KEPT = 50,          /* percent of the correction that stay when a pass was cheaper than expected */
    WATCHED = 12,           /* percent of its cost that a loop must have lost before it is known well enough for a pass; of a sure one, divided by how many times that it promises */
    SURE = 40,              /* percent of the stalls that a pass is to save if that is said to be sure */
    CLOSE_LOOKS = 4,        /* looks at which a pass would have been worth it, in a loop or since the last pass, that come sooner */
    PATIENCE = 8,           /* while the heap grows, a pass must promise this many times more: what is built now would have to move again */
    CALM_BYTES = 1,         /* bytes that targets of the hottest edge grow by per miss on targets that still count as calm */
    RELINKED_SHARE = 32,    /* nor do so many misses on targets come with one of a store that links them otherwise */
    DULL = 4 * BUFFER_RECORDS, /* samples in a row without a pass near after which looks come more rarely */
    WINDOW = 100000,        /* instructions to wait for at least before a pass is judged */
    MIN_LOOSE_SHARE = 5,    /* of 100 heap samples */
    LINE = 64, PAGE = 4096
};

/* Stalls by samples: cycles of sampled misses times the period. */
typedef struct Stalls { u64 loose, placed, relinked, interpreted, all, loads; } Stalls; /* on objects that edges lead to, not placed along them by any pass and placed; of stores: misses on edges' fields; of interpreted code: misses on such objects; of all loads: cycles, and misses */

/* The last few looks, each counting three quarters of the one after it: one alone is too few samples to decide by. */
typedef struct Recent { double loose, placed, relinked, interpreted, all, loads, misses, cycles, instructions, stalled; } Recent;

/* What a counted loop had come to when a pass was made. */
typedef struct Marked { u32 loop; i64 turn; double turns, loose, placed; } Marked;

static struct Optimizer {
    HwModel *model;
    HwSample *buffer;
    u64 seed;
    LayoutMode mode;
    LayoutOrder order;
    u32 period, records, skid;
    Graph graph;
    Samples sampled;
    u32 next_sample;
    u64 collections;                              /* as of the last look at the samples */
    u64 heap_samples, loose_samples;              /* since the last pass */
    u64 loose_misses, target_misses, placed_misses; /* samples times period, since the last pass */
    Stalls stalls, last;                          /* since the last pass; between the last two looks */
    Recent recent;
    u64 looked_at, looked_at_instruction, looked_at_stalled; /* cycle, instruction, and cycles that loads had held the core up, at the last look */
    bool counted;                                 /* the core counts these: it has a clock */
    u32 hot, dull;                                /* edges that were hot at the last look; samples in a row after which no pass was near, since there were any */
    u32 closed;                                   /* looks at which a pass would have been worth it, had more been known, in this loop and since the last pass; */
    bool close;                                   /* the last look was one */
    bool rested;                                  /* when the look began, several had been dull */
    u64 cost, apart;                              /* cycles: of the last look, and since the one before */
    u64 look_cost;                                /* what reading samples costs, rising slowly and falling at once */
    bool burst;                                   /* each miss is sampled, for affinity; */
    u64 burst_cycles;                             /* what that has cost */
    u64 recent_targets;                           /* target_misses between the last two looks */
    u64 backoff;                                  /* doublings of what the next pass must promise, after passes that did not pay */
    u64 boot_bytes;                               /* of the heap, when sampling began */
    double cost_factor;                           /* actual by expected cost of passes so far: 1 as long as there was none */
    double companion_factor;                      /* by how much companions, found before the next pass, add to its cost */
    double saved_factor;                          /* and what is left of the savings where some are left behind */
    u64 spent;                                    /* cycles on all passes */
    double ahead, sure;                           /* cycles that the loop the program is in has yet to go; 0: not known; and which share of them is sure */
    u32 loop;                                     /* its number; 0: not counted */
    i64 turn, loop_since;                         /* it is at, and was at when `looped` begins: */
    Stalls looped;                                /* stalls since */
    Marked marked;                                /* at the last pass */
    double loop_lost;                             /* stalls on loose objects since it began */
    u64 loop_relinked, loop_misses;               /* as Stalls.relinked and recent_targets, since it began */
    u64 relinked_at;                              /* cycle of the last look at which much was */
    double first_loose;                           /* before the first pass: cycles lost on loose objects, per instruction; and how many there were */
    u64 first_objects;
    LayoutPasses passes;
    LayoutTotals totals;
    /* judging the last pass */
    bool open, went_back;                         /* judging; or what undoing it has brought is being measured */
    u64 mark_instructions, mark_misses;           /* counters at the start of the window being measured */
    double loose_before, placed_before;           /* stalls per 1,000 instructions before it */
    double interpreted_before;                    /* and which share of the misses came from interpreted code */
    double lost;                                  /* stalls on loose objects since the last decision */
    double rents;                                 /* what passes would have saved until then */
    u64 window;                                   /* instructions to wait for before judging */
    bool returned;                                /* what the last pass had saved is lost again: of late as much stalls as before it */
} L;

static u64 fw_misses; /* L1D misses of passes: not the program's */

static u64 program_misses(void) { return hw_total(L.model, HWC_L1D_MISS) - fw_misses; }
static u64 instructions(void) { return hw_total(L.model, HWC_INSTRET); }
/* Do prefetchers fetch what follows in memory? The lines behind one that misses: then they do so at every other miss at least. By strides: at a few of them, in any program. */
static bool fetches_next(void) { return hw_total(L.model, HWC_PREFETCH_ISSUED) * 2 > hw_total(L.model, HWC_L1D_MISS); }
static bool fetches_strides(void) { return hw_total(L.model, HWC_PREFETCH_ISSUED) * 64 > hw_total(L.model, HWC_L1D_MISS); }
static u64 stalled(void) { return hw_total(L.model, HWC_LOAD_STALL); }

/* Each core has a sampler and a buffer of its own. */
static HwSampler *sampler(u32 core) { return hw_model_sampler(hw_core_of(L.model, core), SAMPLER_MISSES); }
static HwSample *buffer(u32 core) { return L.buffer + core * BUFFER_RECORDS; }

static bool buffer_full(void)
{
    for (u32 i = 0; i < hw_cores(L.model); i++)
        if (hw_sampler_count(sampler(i)) == L.records) return true;
    return false;
}

static void program_samplers(u32 period)
{
    for (u32 i = 0; i < hw_cores(L.model); i++)
        hw_sampler_program(sampler(i), HW_SMP_L1D_MISS, (u64)buffer(i), L.records, period, L.seed + L.totals.drains + i);
}

static void program_sampler(u32 period, u32 records)
{
    L.period = period, L.records = records;
    program_samplers(period);
}

static void end_look(void) { L.looked_at = sim_cycle(), L.looked_at_instruction = instructions(), L.looked_at_stalled = stalled(); }

/* From now on is counted what the next pass, or the verdict on the last one, compares with. */
static void mark(void)
{
    L.mark_instructions = instructions();
    L.mark_misses = program_misses();
    L.target_misses = 0;
}

/* What passes cost and whether they paid is taken to be as it was. */
static void begin_with(const Memory *before)
{
    enum { MOST_DOUBLINGS = 3 };
    if (before->cost_factor > 0) L.cost_factor = before->cost_factor;
    L.backoff = before->did_not_pay < MOST_DOUBLINGS ? (u64)before->did_not_pay : MOST_DOUBLINGS;
}

void layout_start(HwModel *model, u64 seed, LayoutMode mode, LayoutOrder order)
{
    L.model = model;
    L.mode = mode;
    L.order = order;
    L.seed = seed;
    L.cost_factor = L.companion_factor = L.saved_factor = 1;
    L.buffer = window_alloc(&win_table, hw_cores(model) * BUFFER_RECORDS * sizeof *L.buffer, 64);
    L.sampled.object = window_alloc(&win_table, SAMPLES * sizeof *L.sampled.object, 64);
    L.sampled.array = window_alloc(&win_table, ARRAYS * sizeof *L.sampled.array, 64);
    mark();
    L.counted = hw_least_cpi(model) > 0;
    end_look();
    L.boot_bytes = gc_counts().bytes_committed;
    if (learned_memory()) begin_with(learned_memory());
    for (u32 i = 0; i < hw_cores(model); i++) hw_sampler_regs(sampler(i), GUEST_REG_PC, GUEST_REG_FRAME, GUEST_REG_RA);
    L.skid = hw_sampler_skid(sampler(0));
    program_sampler(PERIOD_FIRST, BUFFER_RECORDS);
}

/* ---- Samples ------------------------------------------------------------------------------------------- */

static void remember(GcObject *o)
{
    GcObject **slot = &L.sampled.object[L.next_sample++ % SAMPLES];
    charge_touch(slot, sizeof *slot, true);
    *slot = o;
    if (L.sampled.n < SAMPLES) L.sampled.n++;
}

/* To the front. */
static void remember_array(GcObject *o)
{
    Samples *s = &L.sampled;
    u32 at = 0;
    while (at < s->narrays && s->array[at] != o) at++;
    if (at == s->narrays && s->narrays < ARRAYS) s->narrays++;
    if (at == ARRAYS) at--;
    charge_touch(s->array, (at + 1) * sizeof *s->array, true);
    memmove(s->array + 1, s->array, at * sizeof *s->array);
    s->array[0] = o;
}

/* Nothing is known of where objects are now. */
static void forget_sampled(void) { L.sampled.n = L.next_sample = L.sampled.narrays = 0; }

/* Could its fields lie otherwise, and would that make a difference? Advice speaks of all classes. */
static bool takes_heat(const Class *c)
{
    enum { LEAST_SIZE = 40 };
    if (c->kind != CLASS_INSTANCE || c == wk.Class) return false;
    return L.mode == LAYOUT_ADVISE || (c->shape.size >= LEAST_SIZE && fields_may_move(c, false));
}

static void take_heat(const HwSample *s, const GcObject *o, Code *code)
{
    Class *c = object_class((Object *)o);
    if (!takes_heat(c)) return;
    u64 stalls = (u64)s->latency * L.period, pc = attribute_pc(s);
    u32 offset = (u32)(s->addr - (u64)o);
    charge_units(sample_heat, 1);
    if (heat_again(pc, c, offset, stalls)) return;
    attribute_locate(code, s->pc, s);
    charge_units(sample_find, 1);
    heat_sample(pc, code->at, code->n, c, offset, stalls);
}

/* A store that missed: nothing waits for it, but it may link objects anew. */
static void take_store(const HwSample *s, const GcObject *o)
{
    if (graph_has_field(&L.graph, object_class((Object *)o), (u32)(s->addr - (u64)o))) L.last.relinked += L.period;
}

static void take_large(GcObject *o)
{
    const Class *c = object_class((Object *)o);
    if (c->kind != CLASS_ARRAY) return;
    graph_count_array(&L.graph, c);
    if (c->shape.kind == GC_REF_ARRAY) remember_array(o);
}

/* Does the miss speak of the pass that placed the object, and not of an order that is still to come? Until the pass has been judged, always. */
static bool counts_as_placed(const GcObject *o, u32 place)
{
    return IN_WINDOW(ARENA, o) && (L.open || !L.returned || graph_placed(&L.graph, place));
}

/* A load that missed on an object: which field, through which edges was it reached? */
static __attribute__((noinline)) void take_load(const HwSample *s, GcObject *o)
{
    L.heap_samples++;
    Code code = { .known = false };
    take_heat(s, o, &code);
    u64 size = gc_object_size(o);
    if (!place_takes(size)) return take_large(o);
    u32 place = attribute_edges(&L.graph, s, object_class((Object *)o), &code, L.skid, L.totals.drains);
    if (!place) return;
    graph_count(&L.graph, place, (u64)s->latency * L.period, size);
    L.target_misses += L.period;
    if (!IN_WINDOW(CODE, s->pc)) L.last.interpreted += L.period;
    if (counts_as_placed(o, place)) {
        L.placed_misses += L.period;
        L.last.placed += (u64)s->latency * L.period;
        return;
    }
    L.loose_samples++;
    L.loose_misses += L.period;
    L.last.loose += (u64)s->latency * L.period;
    remember(o);
}

/* One record. */
static void take_sample(const HwSample *s, u32 core)
{
    charge_touch(s, sizeof *s, false);
    charge_units(sample, 1);
    L.totals.samples++;
    if (!s->store) L.last.all += (u64)s->latency * L.period, L.last.loads += L.period;
    if (UNLIKELY(raw_recording())) raw_record((RawSample){ attribute_pc(s), s->addr, s->latency, L.period, s->cycle });
    if (!(IN_WINDOW(HEAP, s->addr) || IN_WINDOW(ARENA, s->addr))) return;
    charge_units(sample_object, 1);
    GcObject *o = gc_base((void *)s->addr);
    if (!o) return;
    charge_touch(o, sizeof *o, false);
    seen_sample(o, (u32)(s->addr - (u64)o), L.period);
    if (s->taken) sharing_sample(s, core, o, (u64)s->latency * L.period);
    if (s->store) take_store(s, o);
    else take_load(s, o);
}

/* Cycles that looks should be apart: as their cost allows, which falls at once and rises slowly - to meet code for the first time is paid once, however often looks
   come -, longer if the last few said that no pass is near; and no shorter than is of use for the age of the run. Once, when something has become hot
   after such a time, it is a part of that: what began since the look before is not to wait for as long again. */
static u64 looks_apart(u64 cost, u32 records)
{
    enum { RISE = 4, MOST = 4 /* times */, SOON = 4 };
    cost = cost * BUFFER_RECORDS / L.records;
    u64 most = L.look_cost + L.look_cost / RISE, rarely = L.dull < DULL ? 1 : L.dull < MOST * DULL ? L.dull / DULL : MOST;
    L.look_cost = !L.look_cost || cost < most ? cost : most;
    u64 apart = L.look_cost * SAMPLING_SHARE * rarely, least = sim_cycle() / LOOKS;
    if (apart < least) apart = least;
    bool soon = (L.rested && L.hot && !L.dull) || (L.close && L.closed <= CLOSE_LOOKS);
    return (soon ? apart / SOON : apart) * records / BUFFER_RECORDS;
}

/* At the end of a look: the period is what has to change for that. */
static void adapt_period(void)
{
    enum { STEP = 4 };
    u32 records = L.dull < DULL ? BUFFER_RECORDS : FEW_RECORDS;
    u64 apart = looks_apart(L.cost, records), last = L.apart * records / L.records, period = L.period;
    if (last < apart * 2 / 3) period *= last < apart / 3 ? STEP : 2;
    else if (last > apart * 2) period /= last > apart * 3 ? STEP : 2;
    period = period < PERIOD_MIN ? PERIOD_MIN : period > PERIOD_MAX ? PERIOD_MAX : period;
    if (period != L.period || records != L.records) program_sampler((u32)period, records);
    else for (u32 i = 0; i < hw_cores(L.model); i++) hw_sampler_drain(sampler(i));
}

/* What was lost on misses is what loads that missed held the core up for, by its counter: on each its share, by latency. The rest of the latencies passed beside
   other work, or beside each other's: if it is much, misses overlap. */
static void share_stalls(void)
{
    enum { SHOWN = 75 /* percent of the latencies */ };
    const Recent *r = &L.recent;
    forecast_prefetch(fetches_next(), fetches_strides());
    forecast_overlap(L.counted && r->stalled * 100 < r->all * SHOWN);
    if (!L.counted || r->stalled >= r->all) return;
    L.last.loose = (u64)((double)L.last.loose * r->stalled / r->all);
    L.last.placed = (u64)((double)L.last.placed * r->stalled / r->all);
}

static void note_recent(u64 now)
{
    enum { KEPT = 75 /* percent */ };
    Recent *r = &L.recent;
    r->cycles = r->cycles * KEPT / 100 + (double)(now - L.looked_at);
    r->instructions = r->instructions * KEPT / 100 + (double)(instructions() - L.looked_at_instruction);
    r->all = r->all * KEPT / 100 + (double)L.last.all;
    r->loads = r->loads * KEPT / 100 + (double)L.last.loads;
    r->stalled = r->stalled * KEPT / 100 + (double)(stalled() - L.looked_at_stalled);
    share_stalls();
    L.stalls.loose += L.last.loose, L.stalls.placed += L.last.placed;
    L.lost += (double)L.last.loose;
    r->loose = r->loose * KEPT / 100 + (double)L.last.loose;
    r->placed = r->placed * KEPT / 100 + (double)L.last.placed;
    r->relinked = r->relinked * KEPT / 100 + (double)L.last.relinked;
    r->interpreted = r->interpreted * KEPT / 100 + (double)L.last.interpreted;
    r->misses = r->misses * KEPT / 100 + (double)L.recent_targets;
    L.returned = L.passes.len && 1000 * (r->loose + r->placed) * 100 >= (L.loose_before + L.placed_before) * r->instructions * RETURNED;
}

static void read_samples(void)
{
    charge_begin(SVC_SAMPLES);
    GcStats heap = gc_counts();
    u64 begun = sim_cycle(), before = L.looked_at, targets = L.target_misses;
    L.rested = L.dull >= DULL;
    if (heap.collections != L.collections) forget_sampled(), L.collections = heap.collections, affinity_forget();
    L.last = (Stalls){ 0 };
    for (u32 k = 0; k < hw_cores(L.model); k++)
        for (u32 i = 0, n = hw_sampler_count(sampler(k)); i < n; i++) take_sample(&buffer(k)[i], k);
    L.recent_targets = L.target_misses - targets;
    note_recent(begun);
    graph_look(&L.graph);
    L.totals.drains++;
    charge_end();
    end_look();
    L.cost = L.looked_at - begun, L.apart = L.looked_at - before;
}

/* For LAYOUT_affinity: after a look the next few misses are all sampled. They count for nothing else. */
static void start_burst(void)
{
    if (L.order != LAYOUT_affinity || L.burst_cycles * BURST_SHARE > sim_cycle()) return;
    L.burst = true;
    program_samplers(1);
}

static void read_burst(void)
{
    u64 begun = sim_cycle();
    charge_begin(SVC_SAMPLES);
    for (u32 k = 0; k < hw_cores(L.model); k++) affinity_burst(buffer(k), hw_sampler_count(sampler(k)));
    charge_end();
    L.burst = false;
    L.burst_cycles += sim_cycle() - begun;
    program_samplers(L.period);
}

/* ---- Decisions ----------------------------------------------------------------------------------------- */

static double per_thousand(u64 events, u64 n) { return n ? 1000.0 * (double)events / (double)n : 0; }

/* The share of the misses of late that came from interpreted code. */
static double interpreted(void) { return L.recent.misses > 0 ? L.recent.interpreted / L.recent.misses : 0; }

/* How long the program goes on: with the loop that it is in, or else some times as long as it has until now. */
static double time_to_come(void) { return L.ahead > 0 ? L.ahead * L.sure : (double)sim_cycle() * HORIZON; }

static void forget_counts(void)
{
    graph_decay(&L.graph);
    L.heap_samples = L.loose_samples = L.loose_misses = L.placed_misses = 0;
    L.stalls = (Stalls){ 0 };
    forget_sampled();
    mark();
    end_look();
    L.recent = (Recent){ 0 };
}

/* Stalls since the last pass on what it could have placed, and left. */
static double left_behind(void) { return (double)L.stalls.loose * graph_placeable(&L.graph); }

/* The verdict on the last pass: of the stalls on what it was to place, is enough gone? Objects that earlier passes had placed are not counted as
   its gain, nor objects made since as its fault, nor what other data does. */
static Compared by_instructions(u64 n)
{
    double otherwise = 100 * INTERPRETED * fabs(interpreted() - L.interpreted_before); /* percent by which the same work may take another number of them */
    return (Compared){ L.loose_before, L.placed_before, per_thousand(L.stalls.placed, n), per_thousand((u64)left_behind(), n), CHANCE + otherwise };
}

/* By turns of the loop that the program was in when it was made and is in still: work is done with fewer instructions when it has been compiled. The first turn
   and the last may have been cut. */
static bool by_turns(Compared *c)
{
    const Marked *m = &L.marked;
    double turns = (double)(L.turn - m->turn);
    if (!m->loop || m->loop != L.loop || turns <= 0 || m->turns <= 0) return false;
    *c = (Compared){ m->loose / m->turns, m->placed / m->turns, (double)L.stalls.placed / turns, left_behind() / turns, CHANCE + 100 / m->turns + 100 / turns };
    LOG(layout, "stalls on targets %.1f + %.1f -> %.1f cycles per turn, and %.1f on those left", c->loose, c->placed, c->after, c->left);
    return true;
}

/* A pass after which the same work stalls more is undone if that pays, for as long as the program is expected to go on. */
static void undo(LayoutPass *p, const Compared *c)
{
    double lately = L.recent.cycles > 0 ? L.recent.placed / L.recent.cycles : 0;
    double gain = lately * back_harm(c) * time_to_come(), cost = back_cost(p, hw_fw_cpi(L.model));
    if (gain <= 0) return;
    LOG(layout, "the last pass made it worse; to undo it: expected gain %.0f, cost %.0f", gain, cost);
    if (gain * 100 <= cost * MARGIN) return;
    u64 cycles = sim_cycle(), misses = hw_total(L.model, HWC_L1D_MISS);
    charge_begin(SVC_LAYOUT);
    bool gone = back_go(p, cycles, instructions());
    charge_end();
    if (!gone) return;
    misses = hw_total(L.model, HWC_L1D_MISS) - misses, cycles = sim_cycle() - cycles;
    p->verdict = "undone", p->back.cost_cycles = cycles, p->back.cost_misses = misses;
    p->cost_cycles += cycles, p->cost_misses += misses;
    L.spent += cycles, fw_misses += misses, L.totals.undone++;
    affinity_forget();
    forget_counts();
    L.open = L.went_back = true;
    LOG(layout, "undone: moved %llu objects, cost %llu cycles, %llu misses", (unsigned long long)p->back.moved, (unsigned long long)cycles, (unsigned long long)misses);
}

static void judge(bool final)
{
    if (!L.open) return;
    u64 n = instructions() - L.mark_instructions;
    if (n < L.window && !(final && n * 4 >= L.window)) return;
    LayoutPass *p = &vec_last(&L.passes);
    double rate = per_thousand(program_misses() - L.mark_misses, n), target = per_thousand(L.placed_misses, n);
    L.open = false;
    if (L.went_back) {
        p->back.rate_after = rate, p->back.target_after = target;
        return;
    }
    p->rate_after = rate, p->target_after = target;
    Compared c = by_instructions(n), turns;
    bool counted = by_turns(&turns), sure = counted && turns.chance <= MOST_CHANCE;
    Compared harm = sure ? turns : c;
    if (counted) c = turns;
    bool paid = c.loose + c.placed - c.after - c.left >= PAID_SHARE / 100.0 * c.loose;
    p->verdict = paid ? "kept" : "did not pay";
    L.backoff = paid ? 0 : L.backoff + 1;
    LOG(layout, "judged: stalls on targets %.1f + %.1f -> %.1f + %.1f: %s", c.loose, c.placed, c.after, c.left, p->verdict);
    if (!final) undo(p, &harm);
    if (!L.open) gc_move_forget();
}

/* Cycles, by what instructions of firmware and misses take on this core, and by what earlier passes took. Lines that prefetchers see coming take a part. */
static u64 predicted_cost(const Edge *edges, u32 n)
{
    PassWork w = forecast_work(edges, n, L.boot_bytes);
    const Recent *r = &L.recent;
    double a_miss = r->loads > 0 ? r->all / r->loads : 0, a_line = fetches_strides() ? a_miss / 2 : a_miss * 3;
    return (u64)(L.cost_factor * (w.instructions * hw_fw_cpi(L.model) + w.found * a_miss * 3 / 2 + w.streamed * a_line));
}

/* The next prediction learns from what this pass took: at once if it was more, slowly if it was less. */
static void learn_cost(u64 predicted, u64 actual)
{
    double factor = L.cost_factor * (double)actual / (double)predicted;
    L.cost_factor = factor > L.cost_factor ? factor : (L.cost_factor * FIX_KEPT + factor * (100 - FIX_KEPT)) / 100;
    L.spent += actual;
    L.companion_factor = L.saved_factor = 1;
}

/* An earlier run of the program, if this one has not lasted longer already; or NULL. */
static const Memory *longer_run(void)
{
    const Memory *m = learned_memory();
    return m && m->instructions > (double)instructions() ? m : NULL;
}

/* What the run comes to as far as is known: from an earlier one, or until now. */
static double run_cycles(void)
{
    double now = (double)sim_cycle();
    return longer_run() && longer_run()->cycles > now ? longer_run()->cycles : now;
}

/* Before the first pass, and if most of what was placed in an earlier run is there: that run, to go by. */
static const Memory *precedent(const Edge *edges, u32 n)
{
    enum { BUILT = 70 /* percent */ };
    const Memory *m = L.passes.len ? NULL : longer_run();
    return m && (double)forecast_targets(edges, n) * 100 >= m->objects * BUILT ? m : NULL;
}

/* Cycles that are expected to be lost on loose objects from now on: as in an earlier run or as lately, as long as the loop goes on, what is more; or if
   neither is known, as lately for three times as long as the run has lasted. The gain of a pass of one class is sure enough for a loop of which little is known, but for one of which a single turn is. */
static double stalls_to_come(const Memory *like, bool of_one)
{
    double lately = L.recent.cycles > 0 ? L.recent.loose / L.recent.cycles : 0;
    double known = like ? (like->instructions - (double)instructions()) * like->loose : 0, loop = lately * L.ahead * (of_one && L.turn - L.loop_since > 1 ? 1 : L.sure);
    if (like || L.ahead > 0) return known > loop ? known : loop;
    return lately * (double)sim_cycle() * HORIZON;
}

typedef struct Forecast { u64 savings, cost, factor; bool sure; } Forecast; /* cycles; how many times the cost is asked for; of objects whose order is sure to matter */

/* The expected gain must exceed the expected cost by a margin. That is enough where a loop that has been watched for a while, or is known from an earlier run,
   says how long it goes on. Of a run as long as an earlier one, passes must not come to more than a share; of one of
   unknown length, to no more than a smaller one if this pass is of objects of one class, whose gain is the surest, or RENTS percent of what they would
   have saved until now: who buys when the rents paid come to the price never pays more than twice what he had to. */
static bool affordable(const Forecast *f, bool of_one, const Memory *like)
{
    double spent = (double)(L.spent + f->cost), times = f->sure && f->cost ? (double)f->savings / ((double)f->cost * (double)f->factor) : 1;
    if ((double)f->savings * 100 <= (double)f->cost * (double)f->factor * MARGIN) return false;
    if (L.ahead > 0) return like || L.loop_lost * 100 * times >= (double)f->cost * WATCHED;
    if (like) return spent * 100 <= run_cycles() * MOST_OF_KNOWN;
    if (of_one && spent * 100 <= run_cycles() * MOST_OF_ONE) return true;
    return spent * 100 <= RENTS * L.rents;
}

/* Has as good as nothing been lost since the look before, against what was lost lately? Then something else has begun. */
static bool is_over(void) { return (double)L.last.loose * L.recent.cycles * 2 < L.recent.loose * (double)L.apart; }

/* Is it worth a pass now, if what was seen last goes on? */
static bool worthwhile(const Edge *edges, u32 n, Forecast *f)
{
    enum { NEAR = 2 }; /* times the gain that there is */
    bool calm = forecast_growth(edges, n) <= CALM_BYTES * L.recent_targets && L.recent.relinked * RELINKED_SHARE <= L.recent.misses;
    const Memory *like = precedent(edges, n);
    L.totals.passes_considered++;
    double saved = L.saved_factor * forecast_saved(edges, n);
    L.rents += L.lost * saved / 100;
    L.lost = 0;
    u64 now = sim_cycle(), doublings = L.backoff + edges[0].refused, factor = (u64)(calm ? 1 : PATIENCE) << (doublings < 20 ? doublings : 20);
    double share = L.recent.cycles > 0 ? L.recent.loose / L.recent.cycles : 0;
    f->cost = (u64)(L.companion_factor * (double)predicted_cost(edges, n));
    f->factor = factor;
    f->sure = saved >= SURE;
    bool of_one = forecast_one_class(edges, n);
    f->savings = (u64)(stalls_to_come(like, of_one) * saved / 100);
    L.close = (double)f->savings * 100 > (double)f->cost * (double)f->factor * MARGIN;
    L.closed += L.close;
    if ((double)f->savings * 100 * NEAR > (double)f->cost * (double)f->factor * MARGIN) L.dull = 0;
    if (L.loose_samples < (like ? ENOUGH_LEARNED : ENOUGH_LOOSE) || L.loose_samples * 100 < L.heap_samples * MIN_LOOSE_SHARE) return false;
    LOG(layout, "at cycle %llu: %.1f %% of the time lost on loose objects, expected gain %llu, cost %llu * %llu, relinked %.0f of %.0f", (unsigned long long)now, share * 100,
        (unsigned long long)f->savings, (unsigned long long)f->cost, (unsigned long long)factor, L.recent.relinked, L.recent.misses);
    return !is_over() && affordable(f, of_one, like);
}

/* Would a second pass, along other edges, place the same objects in the same way? */
static bool is_fixed(LayoutOrder order) { return order == LAYOUT_static_edges || order == LAYOUT_allocation || order == LAYOUT_random; }

static void run_pass(const Edge *edges, u32 n, const Forecast *f)
{
    u64 cycles = sim_cycle(), misses = hw_total(L.model, HWC_L1D_MISS), before = instructions() - L.mark_instructions;
    LayoutPass p = { .at_instruction = instructions(), .at_cycle = cycles, .rate_after = -1, .verdict = "not judged",
                     .rate_before = per_thousand(program_misses() - L.mark_misses, before), .target_after = -1,
                     .target_before = per_thousand(L.target_misses, before),
                     .predicted_savings = (u64)((double)(L.loose_misses * HORIZON) * forecast_saved(edges, n) / 100), .edges = edges_text(edges, n) };
    PlaceResult r = { 0 };
    const Memory *like = precedent(edges, n);
    u64 objects = forecast_targets(edges, n);
    charge_begin(SVC_LAYOUT);
    bool moved = place_objects(&(PlaceOrder){ edges, n, L.order, L.seed, LINE, PAGE, true }, &L.sampled, &r);
    if (moved) affinity_forget();
    charge_end();
    if (!moved) LOG(layout, "nothing to place along %s", p.edges);
    if (!moved) { /* let time pass before the next attempt */
        graph_refuse(&L.graph, edges, n);
        forget_counts();
        free(p.edges);
        return;
    }
    learned_placed(&L.graph, edges, n, cycles);
    graph_place(&L.graph, edges, n, is_fixed(L.order));
    p.moved = r.heap.moved, p.pinned = r.heap.pinned, p.bytes = r.heap.bytes, p.rewritten = r.rewritten;
    p.cost_cycles = sim_cycle() - cycles;
    p.cost_misses = hw_total(L.model, HWC_L1D_MISS) - misses;
    fw_misses += p.cost_misses;
    learn_cost(f->cost, p.cost_cycles);
    L.loose_before = 1000 * L.recent.loose / L.recent.instructions;
    if (!L.passes.len) L.first_loose = L.loose_before / 1000, L.first_objects = objects;
    if (like && like->loose * 1000 > L.loose_before) L.loose_before = like->loose * 1000;
    L.placed_before = 1000 * L.recent.placed / L.recent.instructions, L.interpreted_before = interpreted();
    L.marked = (Marked){ L.loop, L.turn, (double)(L.turn - L.loop_since), (double)L.looped.loose, (double)L.looped.placed };
    L.looped = (Stalls){ 0 }, L.loop_since = L.turn;
    vec_push(&L.passes, p);
    L.open = true, L.went_back = false, L.closed = 0;
    fields_live_restart();
    L.window = L.recent.instructions > WINDOW / 2 ? (u64)(2 * L.recent.instructions) : WINDOW;
    forget_counts();
    LOG(layout, "pass %zu: moved %llu of %llu objects reached (%u sweeps), rewrote %llu, cost %llu cycles, %llu misses, expected gain %llu, cost %llu; %s", L.passes.len,
        (unsigned long long)p.moved, (unsigned long long)r.reached, r.sweeps, (unsigned long long)p.rewritten, (unsigned long long)p.cost_cycles,
        (unsigned long long)p.cost_misses, (unsigned long long)f->savings, (unsigned long long)f->cost, p.edges);
}

static u32 add_companions(Edge *edges, u32 n)
{
    charge_begin(SVC_LAYOUT);
    u32 more = companions_add(&L.graph, &L.sampled, edges, n, predicted_cost);
    charge_end();
    return more;
}

static bool leads_to_any(const Edge *edges, u32 n, const Class *to)
{
    for (u32 i = 0; i < n; i++)
        if (edges[i].to == to) return true;
    return false;
}

/* Once a pass is to be made, less hot edges to objects of other classes go along, each that alone is worth what it adds to the cost. Another edge to what is
   placed already would only break its order, but for one from what moves too. */
static u32 add_warm(Edge *edges, u32 n, Forecast *f)
{
    Edge warm[MAX_WARM];
    u32 more = graph_warm(&L.graph, warm, MAX_WARM);
    double to_come = stalls_to_come(precedent(edges, n), forecast_one_class(edges, n)), all = 0;
    for (u32 i = 0; i < n; i++) all += forecast_stalls(&edges[i], false);
    for (u32 i = 0; i < more; i++) all += forecast_stalls(&warm[i], false);
    for (u32 i = 0; i < more; i++) {
        if (leads_to_any(edges, n, warm[i].to)) {
            if (leads_to_any(edges, n, warm[i].from)) edges[n++] = warm[i];
            continue;
        }
        double cost = L.companion_factor * (double)predicted_cost(edges, n);
        edges[n] = warm[i];
        cost = L.companion_factor * (double)predicted_cost(edges, n + 1) - cost;
        double gain = to_come * forecast_stalls(&warm[i], false) / all * forecast_saved_along(edges, n + 1, &warm[i]) / 100;
        if (gain * 100 <= cost * MARGIN) continue;
        LOG(layout, "one more edge: expected gain %.0f, cost %.0f", gain, cost);
        n++;
        f->cost += (u64)cost, f->savings += (u64)gain;
    }
    return n;
}

/* With companions there is more to move, and what is left behind is no gain: if the pass is not worth it then, that is kept in mind until one is made. */
static bool still_worthwhile(const Edge *edges, u32 n, Forecast *f, double share)
{
    u64 cost = predicted_cost(edges, n);
    double left = share > 0 && L.order != LAYOUT_static_edges ? forecast_saved(edges, n) / share : 1;
    if (cost <= f->cost && left >= L.saved_factor) return true;
    f->savings = (u64)((double)f->savings * left / L.saved_factor);
    L.rents *= left / L.saved_factor;
    L.saved_factor = left;
    if (cost > f->cost) {
        L.companion_factor *= (double)cost / (double)f->cost;
        f->cost = cost;
    }
    return affordable(f, forecast_one_class(edges, n), precedent(edges, n));
}

/* The loop that a thread was in has ended: what it had to do is over, and the last pass is judged by what was seen of it. */
static void begin_phase(void)
{
    LOG(layout, "at cycle %llu: another loop", (unsigned long long)sim_cycle());
    judge(true);
    L.open = false;
    graph_cool(&L.graph);
    L.recent = (Recent){ 0 };
    L.heap_samples = L.loose_samples = 0;
    L.closed = 0;
    forget_sampled();
}

/* Stalls of the turns since the loop was found to be counted, or since the last pass. */
static void note_turns(const LoopLook *look)
{
    if (look->counted && look->counted == L.loop) {
        L.looped.loose += L.last.loose, L.looped.placed += L.last.placed;
    } else {
        L.looped = (Stalls){ 0 };
        L.loop_since = look->at;
    }
    L.loop = look->counted, L.turn = look->at;
}

/* Only where there is something to gain or to judge: it costs a little at each look. */
static void look_ahead(Thread *t)
{
    L.ahead = 0;
    if (L.loose_samples < ENOUGH_LEARNED && !L.passes.len) return;
    charge_begin(SVC_SAMPLES);
    LoopLook look = loops_look(t, sim_cycle());
    charge_end();
    L.ahead = look.ahead, L.sure = look.sure;
    if (look.entered) L.recent = (Recent){ 0 }, L.dull = 0;
    if (look.entered && !L.open) mark(); /* what a pass in this loop is compared with */
    if (look.ended) begin_phase();
    if (!look.same) L.loop_relinked = L.loop_misses = 0, L.loop_lost = 0; /* what was before the loop may be in this look */
    else L.loop_relinked += L.last.relinked, L.loop_misses += L.recent_targets, L.loop_lost += (double)L.last.loose;
    note_turns(&look);
    if (L.last.relinked * RELINKED_SHARE > L.recent_targets) L.relinked_at = sim_cycle();
    bool anew = L.loop_relinked * RELINKED_SHARE > L.loop_misses; /* the next turn links otherwise what this one goes through */
    if (anew && L.ahead <= 0) L.ahead = (double)(sim_cycle() - L.relinked_at), L.sure = 1;
    if (anew && L.ahead > look.turn / 2) L.ahead = look.turn / 2; /* as much of it may be over */
}

static void consider(void)
{
    Edge edges[MAX_EDGES + MAX_WARM + MAX_COMPANIONS + MAX_COLD];
    Forecast f;
    u32 n = graph_hot(&L.graph, edges, MAX_EDGES);
    L.dull = n && !L.hot ? 0 : L.dull + L.records;
    L.hot = n, L.close = false;
    if (!n) return;
    if (!worthwhile(edges, n, &f)) return;
    if (L.order != LAYOUT_static_edges) n = add_warm(edges, n, &f);
    double share = forecast_saved(edges, n); /* if nothing were left behind */
    if (L.order == LAYOUT_static_edges) n = graph_static(edges, MAX_EDGES);
    else n += add_companions(edges, n);
    if (!n || !still_worthwhile(edges, n, &f, share)) return;
    if (L.order != LAYOUT_static_edges) n += graph_cold(&L.graph, edges, n, edges + n, MAX_COLD);
    run_pass(edges, n, &f);
}

static void find_learned(void)
{
    if (!learned_memory()) return;
    charge_begin(SVC_SAMPLES);
    learned_resolve(&L.graph);
    charge_end();
}

static void move_fields(void)
{
    charge_begin(SVC_LAYOUT);
    u64 misses = hw_total(L.model, HWC_L1D_MISS);
    double share = L.counted && L.recent.stalled < L.recent.all ? L.recent.stalled / L.recent.all : 1;
    FieldsOutlook now = { sim_cycle(), instructions(), time_to_come(), share, L.loop, L.turn };
    if (fields_live_look(&now)) {
        misses = hw_total(L.model, HWC_L1D_MISS) - misses;
        fields_live_cost(misses);
        fw_misses += misses;
    }
    charge_end();
}

void layout_safepoint(Thread *t)
{
    if (!L.model || !buffer_full()) return;
    if (L.burst) return read_burst();
    read_samples();
    find_learned();
    if (L.mode == LAYOUT_ON) look_ahead(t);
    judge(false);
    if (!L.open && L.mode == LAYOUT_ON && L.order != LAYOUT_fields) consider();
    if (!L.open && L.mode == LAYOUT_ON && (L.order == LAYOUT_fields || L.order == LAYOUT_auto)) move_fields();
    adapt_period();
    start_burst();
}

void layout_finish(void)
{
    if (!L.model) return;
    for (u32 i = 0; i < hw_cores(L.model); i++) hw_sampler_stop(sampler(i));
    judge(true);
    if (L.mode == LAYOUT_ADVISE) advise_print(stderr, &L.graph, sim_cycle(), hw_cores(L.model), L.totals.samples);
}

void layout_write_profile(const void *unused, FILE *f)
{
    (void)unused;
    u64 now = sim_cycle();
    enum { MOST_DID_NOT_PAY = 64 }; /* what a reader takes */
    LearnedRun run = { instructions(), now, L.first_objects, L.first_loose, L.cost_factor, L.backoff < MOST_DID_NOT_PAY ? L.backoff : MOST_DID_NOT_PAY };
    if (!L.passes.len) {
        Edge edges[MAX_EDGES];
        u32 n = graph_hot_ever(&L.graph, edges, MAX_EDGES);
        run.objects = forecast_targets(edges, n);
        run.loose = run.instructions ? (double)L.stalls.loose / (double)run.instructions : 0;
    }
    Memory *m = learned_sum(&L.graph, &run);
    learned_add_orders(m, instructions(), now, hw_cores(L.model));
    memory_write(m, f);
    memory_free(m);
}

const LayoutPasses *layout_passes(void) { return &L.passes; }
LayoutTotals layout_totals(void) { return L.totals; }
