/* Looks at the samples, the first part of the optimizer's loop (pass.c): when a core's buffer is full, each of its misses is attributed to an object and the edges that led to it, and
   booked; then the samplers are set so that looks cost no more than their share of the time. Firmware, as all of it. */
#include "layout/optimizer.h"
#include "layout/affinity.h"
#include "layout/attribute.h"
#include "layout/costs.h"
#include "layout/fields.h"
#include "layout/forecast.h"
#include "layout/heat.h"
#include "layout/raw.h"
#include "layout/seen.h"
#include "layout/sharing.h"
#include "vm/guest/regs.h"
#include "vm/sim.h"
#include <string.h>

enum {
    BUFFER_RECORDS = 32, FEW_RECORDS = 8, /* samples to a look; while there is nothing to see */
    PERIOD_FIRST = 48, PERIOD_MIN = 32, PERIOD_MAX = 1 << 20, /* L1D misses per sample; the length follows what sampling costs: */
    SAMPLING_SHARE = 200,   /* one cycle of so many; */
    LOOKS = 32,             /* but as many looks in the time that the run has lasted are enough; */
    BURST_SHARE = 50,       /* and one cycle of so many for bursts, if there are any */
    SAMPLES = 128, ARRAYS = 8, /* objects remembered, and large arrays */
    RETURNED = 60,          /* percent of the stalls before a pass: if it is that much again, other edges may lead to what it placed */
    CLOSE_LOOKS = 4,        /* looks at which a pass would have been worth it, in a loop or since the last pass, that come sooner */
    DULL = 4 * BUFFER_RECORDS, /* samples in a row without a pass near after which looks come more rarely */
};

Optimizer opt;

/* ---- Samplers ------------------------------------------------------------------------------------------- */

/* Each core has a sampler and a buffer of its own. */
static HwSampler *sampler(u32 core) { return hw_model_sampler(hw_core_of(opt.model, core), SAMPLER_MISSES); }
static HwSample *buffer(u32 core) { return opt.buffer + core * BUFFER_RECORDS; }

bool looks_full(void)
{
    for (u32 i = 0; i < hw_cores(opt.model); i++)
        if (hw_sampler_count(sampler(i)) == opt.records) return true;
    return false;
}

static void program_samplers(u32 period)
{
    for (u32 i = 0; i < hw_cores(opt.model); i++)
        hw_sampler_program(sampler(i), HW_SMP_L1D_MISS, (u64)buffer(i), opt.records, period, opt.seed + opt.totals.drains + i);
}

static void program_sampler(u32 period, u32 records)
{
    opt.period = period, opt.records = records;
    program_samplers(period);
}

void looks_end(void) { opt.looked_at = sim_cycle(), opt.looked_at_instruction = opt_instructions(), opt.looked_at_stalled = opt_stalled(); }

void looks_start(void)
{
    opt.buffer = window_alloc(&win_table, hw_cores(opt.model) * BUFFER_RECORDS * sizeof *opt.buffer, 64);
    opt.sampled.object = window_alloc(&win_table, SAMPLES * sizeof *opt.sampled.object, 64);
    opt.sampled.array = window_alloc(&win_table, ARRAYS * sizeof *opt.sampled.array, 64);
    opt.counted = hw_least_cpi(opt.model) > 0;
    looks_end();
    for (u32 i = 0; i < hw_cores(opt.model); i++) hw_sampler_regs(sampler(i), GUEST_REG_PC, GUEST_REG_FRAME, GUEST_REG_RA);
    opt.skid = hw_sampler_skid(sampler(0));
    program_sampler(PERIOD_FIRST, BUFFER_RECORDS);
}

void looks_stop(void)
{
    for (u32 i = 0; i < hw_cores(opt.model); i++) hw_sampler_stop(sampler(i));
}

/* ---- Samples -------------------------------------------------------------------------------------------- */

static void remember(GcObject *o)
{
    GcObject **slot = &opt.sampled.object[opt.next_sample++ % SAMPLES];
    charge_touch(slot, sizeof *slot, true);
    *slot = o;
    if (opt.sampled.n < SAMPLES) opt.sampled.n++;
}

/* To the front. */
static void remember_array(GcObject *o)
{
    Samples *s = &opt.sampled;
    u32 at = 0;
    while (at < s->narrays && s->array[at] != o) at++;
    if (at == s->narrays && s->narrays < ARRAYS) s->narrays++;
    if (at == ARRAYS) at--;
    charge_touch(s->array, (at + 1) * sizeof *s->array, true);
    memmove(s->array + 1, s->array, at * sizeof *s->array);
    s->array[0] = o;
}

/* Nothing is known of where objects are now. */
void looks_forget(void) { opt.sampled.n = opt.next_sample = opt.sampled.narrays = 0; }

/* Could its fields lie otherwise, and would that make a difference? Advice speaks of all classes. */
static bool takes_heat(const Class *c)
{
    enum { LEAST_SIZE = 40 };
    if (c->kind != CLASS_INSTANCE || c == wk.Class) return false;
    return opt.mode == LAYOUT_ADVISE || (c->shape.size >= LEAST_SIZE && fields_may_move(c, false));
}

static void take_heat(const HwSample *s, const GcObject *o, Code *code)
{
    Class *c = object_class((Object *)o);
    if (!takes_heat(c)) return;
    u64 stalls = (u64)s->latency * opt.period, pc = attribute_pc(s);
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
    if (graph_has_field(&opt.graph, object_class((Object *)o), (u32)(s->addr - (u64)o))) opt.last.relinked += opt.period;
}

static void take_large(GcObject *o)
{
    const Class *c = object_class((Object *)o);
    if (c->kind != CLASS_ARRAY) return;
    graph_count_array(&opt.graph, c);
    if (c->shape.kind == GC_REF_ARRAY) remember_array(o);
}

/* Does the miss speak of the pass that placed the object, and not of an order that is still to come? Until the pass has been judged, always. */
static bool counts_as_placed(const GcObject *o, u32 place)
{
    return IN_WINDOW(ARENA, o) && (opt.open || !opt.returned || graph_placed(&opt.graph, place));
}

/* A load that missed on an object: which field, through which edges was it reached? */
static __attribute__((noinline)) void take_load(const HwSample *s, GcObject *o)
{
    opt.heap_samples++;
    Code code = { .known = false };
    take_heat(s, o, &code);
    u64 size = gc_object_size(o);
    if (!place_takes(size)) return take_large(o);
    u32 place = attribute_edges(&opt.graph, s, object_class((Object *)o), &code, opt.skid, opt.totals.drains);
    if (!place) return;
    graph_count(&opt.graph, place, (u64)s->latency * opt.period, size);
    opt.target_misses += opt.period;
    if (!IN_WINDOW(CODE, s->pc)) opt.last.interpreted += opt.period;
    if (counts_as_placed(o, place)) {
        opt.placed_misses += opt.period;
        opt.last.placed += (u64)s->latency * opt.period;
        return;
    }
    opt.loose_samples++;
    opt.loose_misses += opt.period;
    opt.last.loose += (u64)s->latency * opt.period;
    remember(o);
}

/* One record. */
static void take_sample(const HwSample *s, u32 core)
{
    charge_touch(s, sizeof *s, false);
    charge_units(sample, 1);
    opt.totals.samples++;
    if (!s->store) opt.last.all += (u64)s->latency * opt.period, opt.last.loads += opt.period;
    if (UNLIKELY(raw_recording())) raw_record((RawSample){ attribute_pc(s), s->addr, s->latency, opt.period, s->cycle });
    if (!(IN_WINDOW(HEAP, s->addr) || IN_WINDOW(ARENA, s->addr))) return;
    charge_units(sample_object, 1);
    GcObject *o = gc_base((void *)s->addr);
    if (!o) return;
    charge_touch(o, sizeof *o, false);
    seen_sample(o, (u32)(s->addr - (u64)o), opt.period);
    if (s->taken) sharing_sample(s, core, o, (u64)s->latency * opt.period);
    if (s->store) take_store(s, o);
    else take_load(s, o);
}

/* Cycles that looks should be apart: as their cost allows, which falls at once and rises slowly - to meet code for the first time is paid once, however often looks
   come -, longer if the last few said that no pass is near; and no shorter than is of use for the age of the run. Once, when something has become hot
   after such a time, it is a part of that: what began since the look before is not to wait for as long again. */
static u64 looks_apart(u64 cost, u32 records)
{
    enum { RISE = 4, MOST = 4 /* times */, SOON = 4 };
    cost = cost * BUFFER_RECORDS / opt.records;
    u64 most = opt.look_cost + opt.look_cost / RISE, rarely = opt.dull < DULL ? 1 : opt.dull < MOST * DULL ? opt.dull / DULL : MOST;
    opt.look_cost = !opt.look_cost || cost < most ? cost : most;
    u64 apart = opt.look_cost * SAMPLING_SHARE * rarely, least = sim_cycle() / LOOKS;
    if (apart < least) apart = least;
    bool soon = (opt.rested && opt.hot && !opt.dull) || (opt.close && opt.closed <= CLOSE_LOOKS);
    return (soon ? apart / SOON : apart) * records / BUFFER_RECORDS;
}

/* At the end of a look: the period is what has to change for that. */
void looks_adapt(void)
{
    enum { STEP = 4 };
    u32 records = opt.dull < DULL ? BUFFER_RECORDS : FEW_RECORDS;
    u64 apart = looks_apart(opt.cost, records), last = opt.apart * records / opt.records, period = opt.period;
    if (last < apart * 2 / 3) period *= last < apart / 3 ? STEP : 2;
    else if (last > apart * 2) period /= last > apart * 3 ? STEP : 2;
    period = period < PERIOD_MIN ? PERIOD_MIN : period > PERIOD_MAX ? PERIOD_MAX : period;
    if (period != opt.period || records != opt.records) program_sampler((u32)period, records);
    else for (u32 i = 0; i < hw_cores(opt.model); i++) hw_sampler_drain(sampler(i));
}

/* What was lost on misses is what loads that missed held the core up for, by its counter: on each its share, by latency. The rest of the latencies passed beside
   other work, or beside each other's: if it is much, misses overlap. */
static void share_stalls(void)
{
    enum { SHOWN = 75 /* percent of the latencies */ };
    const Recent *r = &opt.recent;
    forecast_prefetch(opt_fetches_next(), opt_fetches_strides());
    forecast_overlap(opt.counted && r->stalled * 100 < r->all * SHOWN);
    if (!opt.counted || r->stalled >= r->all) return;
    opt.last.loose = (u64)((double)opt.last.loose * r->stalled / r->all);
    opt.last.placed = (u64)((double)opt.last.placed * r->stalled / r->all);
}

static void note_recent(u64 now)
{
    enum { KEPT = 75 /* percent */ };
    Recent *r = &opt.recent;
    r->cycles = r->cycles * KEPT / 100 + (double)(now - opt.looked_at);
    r->instructions = r->instructions * KEPT / 100 + (double)(opt_instructions() - opt.looked_at_instruction);
    r->all = r->all * KEPT / 100 + (double)opt.last.all;
    r->loads = r->loads * KEPT / 100 + (double)opt.last.loads;
    r->stalled = r->stalled * KEPT / 100 + (double)(opt_stalled() - opt.looked_at_stalled);
    share_stalls();
    opt.stalls.loose += opt.last.loose, opt.stalls.placed += opt.last.placed;
    opt.lost += (double)opt.last.loose;
    r->loose = r->loose * KEPT / 100 + (double)opt.last.loose;
    r->placed = r->placed * KEPT / 100 + (double)opt.last.placed;
    r->relinked = r->relinked * KEPT / 100 + (double)opt.last.relinked;
    r->interpreted = r->interpreted * KEPT / 100 + (double)opt.last.interpreted;
    r->misses = r->misses * KEPT / 100 + (double)opt.recent_targets;
    opt.returned = opt.passes.len && 1000 * (r->loose + r->placed) * 100 >= (opt.loose_before + opt.placed_before) * r->instructions * RETURNED;
}

void looks_read(void)
{
    charge_begin(SVC_SAMPLES);
    GcStats heap = gc_counts();
    u64 begun = sim_cycle(), before = opt.looked_at, targets = opt.target_misses;
    opt.rested = opt.dull >= DULL;
    if (heap.collections != opt.collections) looks_forget(), opt.collections = heap.collections, affinity_forget();
    opt.last = (Stalls){ 0 };
    for (u32 k = 0; k < hw_cores(opt.model); k++)
        for (u32 i = 0, n = hw_sampler_count(sampler(k)); i < n; i++) take_sample(&buffer(k)[i], k);
    opt.recent_targets = opt.target_misses - targets;
    note_recent(begun);
    graph_look(&opt.graph);
    opt.totals.drains++;
    charge_end();
    looks_end();
    opt.cost = opt.looked_at - begun, opt.apart = opt.looked_at - before;
}

/* For LAYOUT_affinity: after a look the next few misses are all sampled. They count for nothing else. */
void looks_burst(void)
{
    if (opt.order != LAYOUT_affinity || opt.burst_cycles * BURST_SHARE > sim_cycle()) return;
    opt.burst = true;
    program_samplers(1);
}

void looks_read_burst(void)
{
    u64 begun = sim_cycle();
    charge_begin(SVC_SAMPLES);
    for (u32 k = 0; k < hw_cores(opt.model); k++) affinity_burst(buffer(k), hw_sampler_count(sampler(k)));
    charge_end();
    opt.burst = false;
    opt.burst_cycles += sim_cycle() - begun;
    program_samplers(opt.period);
}
