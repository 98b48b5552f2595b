/* The optimizer's loop: a full sample buffer asks for a safepoint; there the samples are read and attributed; when enough of them
   are on objects that hot edges lead to and that no pass has placed yet, and past passes give reason to expect a gain, objects are
   placed; afterwards the counters judge. Everything here is firmware: charged to the core, and blind to all but samples and counters. */
#include "layout/optimizer.h"
#include "base/log.h"
#include "layout/advise.h"
#include "layout/affinity.h"
#include "layout/back.h"
#include "layout/companions.h"
#include "layout/fields.h"
#include "layout/fields_live.h"
#include "layout/forecast.h"
#include "layout/learned.h"
#include "layout/learned_fields.h"
#include "layout/loops.h"
#include "vm/sim.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    ENOUGH_LOOSE = 24,      /* samples on objects to place that a pass needs */
    ENOUGH_LEARNED = 4,     /* if earlier runs have shown the rest */
    MAX_EDGES = 16, MAX_WARM = 4, MAX_COLD = 8,
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
    PATIENCE = 8,           /* while the heap grows, a pass must promise this many times more: what is built now would have to move again */
    CALM_BYTES = 1,         /* bytes that targets of the hottest edge grow by per miss on targets that still count as calm */
    RELINKED_SHARE = 32,    /* nor do so many misses on targets come with one of a store that links them otherwise */
    WINDOW = 100000,        /* instructions to wait for at least before a pass is judged */
    MIN_LOOSE_SHARE = 5,    /* of 100 heap samples */
    LINE = 64, PAGE = 4096
};

static u64 fw_misses; /* L1D misses of passes: not the program's */

static u64 program_misses(void) { return hw_total(opt.model, HWC_L1D_MISS) - fw_misses; }

/* From now on is counted what the next pass, or the verdict on the last one, compares with. */
static void mark(void)
{
    opt.mark_instructions = opt_instructions();
    opt.mark_misses = program_misses();
    opt.target_misses = 0;
}

/* What passes cost and whether they paid is taken to be as it was. */
static void begin_with(const Memory *before)
{
    enum { MOST_DOUBLINGS = 3 };
    if (before->cost_factor > 0) opt.cost_factor = before->cost_factor;
    opt.backoff = before->did_not_pay < MOST_DOUBLINGS ? (u64)before->did_not_pay : MOST_DOUBLINGS;
}

void layout_start(HwModel *model, u64 seed, LayoutMode mode, LayoutOrder order)
{
    opt.model = model;
    opt.mode = mode;
    opt.order = order;
    opt.seed = seed;
    opt.cost_factor = opt.companion_factor = opt.saved_factor = 1;
    mark();
    opt.boot_bytes = gc_counts().bytes_committed;
    if (learned_memory()) begin_with(learned_memory());
    looks_start();
}

/* ---- Decisions ----------------------------------------------------------------------------------------- */

static double per_thousand(u64 events, u64 n) { return n ? 1000.0 * (double)events / (double)n : 0; }

/* The share of the misses of late that came from interpreted code. */
static double interpreted(void) { return opt.recent.misses > 0 ? opt.recent.interpreted / opt.recent.misses : 0; }

/* How long the program goes on: with the loop that it is in, or else some times as long as it has until now. */
static double time_to_come(void) { return opt.ahead > 0 ? opt.ahead * opt.sure : (double)sim_cycle() * HORIZON; }

static void forget_counts(void)
{
    graph_decay(&opt.graph);
    opt.heap_samples = opt.loose_samples = opt.loose_misses = opt.placed_misses = 0;
    opt.stalls = (Stalls){ 0 };
    looks_forget();
    mark();
    looks_end();
    opt.recent = (Recent){ 0 };
}

/* Stalls since the last pass on what it could have placed, and left. */
static double left_behind(void) { return (double)opt.stalls.loose * graph_placeable(&opt.graph); }

/* The verdict on the last pass: of the stalls on what it was to place, is enough gone? Objects that earlier passes had placed are not counted as
   its gain, nor objects made since as its fault, nor what other data does. */
static Compared by_instructions(u64 n)
{
    double otherwise = 100 * INTERPRETED * fabs(interpreted() - opt.interpreted_before); /* percent by which the same work may take another number of them */
    return (Compared){ opt.loose_before, opt.placed_before, per_thousand(opt.stalls.placed, n), per_thousand((u64)left_behind(), n), CHANCE + otherwise };
}

/* By turns of the loop that the program was in when it was made and is in still: work is done with fewer instructions when it has been compiled. The first turn
   and the last may have been cut. */
static bool by_turns(Compared *c)
{
    const Marked *m = &opt.marked;
    double turns = (double)(opt.turn - m->turn);
    if (!m->loop || m->loop != opt.loop || turns <= 0 || m->turns <= 0) return false;
    *c = (Compared){ m->loose / m->turns, m->placed / m->turns, (double)opt.stalls.placed / turns, left_behind() / turns, CHANCE + 100 / m->turns + 100 / turns };
    LOG(layout, "stalls on targets %.1f + %.1f -> %.1f cycles per turn, and %.1f on those left", c->loose, c->placed, c->after, c->left);
    return true;
}

/* A pass after which the same work stalls more is undone if that pays, for as long as the program is expected to go on. */
static void undo(LayoutPass *p, const Compared *c)
{
    double lately = opt.recent.cycles > 0 ? opt.recent.placed / opt.recent.cycles : 0;
    double gain = lately * back_harm(c) * time_to_come(), cost = back_cost(p, hw_fw_cpi(opt.model));
    if (gain <= 0) return;
    LOG(layout, "the last pass made it worse; to undo it: expected gain %.0f, cost %.0f", gain, cost);
    if (gain * 100 <= cost * MARGIN) return;
    u64 cycles = sim_cycle(), misses = hw_total(opt.model, HWC_L1D_MISS);
    charge_begin(SVC_LAYOUT);
    bool gone = back_go(p, cycles, opt_instructions());
    charge_end();
    if (!gone) return;
    misses = hw_total(opt.model, HWC_L1D_MISS) - misses, cycles = sim_cycle() - cycles;
    p->verdict = "undone", p->back.cost_cycles = cycles, p->back.cost_misses = misses;
    p->cost_cycles += cycles, p->cost_misses += misses;
    opt.spent += cycles, fw_misses += misses, opt.totals.undone++;
    affinity_forget();
    forget_counts();
    opt.open = opt.went_back = true;
    LOG(layout, "undone: moved %llu objects, cost %llu cycles, %llu misses", (unsigned long long)p->back.moved, (unsigned long long)cycles, (unsigned long long)misses);
}

static void judge(bool final)
{
    if (!opt.open) return;
    u64 n = opt_instructions() - opt.mark_instructions;
    if (n < opt.window && !(final && n * 4 >= opt.window)) return;
    LayoutPass *p = &vec_last(&opt.passes);
    double rate = per_thousand(program_misses() - opt.mark_misses, n), target = per_thousand(opt.placed_misses, n);
    opt.open = false;
    if (opt.went_back) {
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
    opt.backoff = paid ? 0 : opt.backoff + 1;
    LOG(layout, "judged: stalls on targets %.1f + %.1f -> %.1f + %.1f: %s", c.loose, c.placed, c.after, c.left, p->verdict);
    if (!final) undo(p, &harm);
    if (!opt.open) gc_move_forget();
}

/* Cycles, by what instructions of firmware and misses take on this core, and by what earlier passes took. Lines that prefetchers see coming take a part. */
static u64 predicted_cost(const Edge *edges, u32 n)
{
    PassWork w = forecast_work(edges, n, opt.boot_bytes);
    const Recent *r = &opt.recent;
    double a_miss = r->loads > 0 ? r->all / r->loads : 0, a_line = opt_fetches_strides() ? a_miss / 2 : a_miss * 3;
    return (u64)(opt.cost_factor * (w.instructions * hw_fw_cpi(opt.model) + w.found * a_miss * 3 / 2 + w.streamed * a_line));
}

/* The next prediction learns from what this pass took: at once if it was more, slowly if it was less. */
static void learn_cost(u64 predicted, u64 actual)
{
    double factor = opt.cost_factor * (double)actual / (double)predicted;
    opt.cost_factor = factor > opt.cost_factor ? factor : (opt.cost_factor * FIX_KEPT + factor * (100 - FIX_KEPT)) / 100;
    opt.spent += actual;
    opt.companion_factor = opt.saved_factor = 1;
}

/* An earlier run of the program, if this one has not lasted longer already; or NULL. */
static const Memory *longer_run(void)
{
    const Memory *m = learned_memory();
    return m && m->instructions > (double)opt_instructions() ? m : NULL;
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
    const Memory *m = opt.passes.len ? NULL : longer_run();
    return m && (double)forecast_targets(edges, n) * 100 >= m->objects * BUILT ? m : NULL;
}

/* Cycles that are expected to be lost on loose objects from now on: as in an earlier run or as lately, as long as the loop goes on, what is more; or if
   neither is known, as lately for three times as long as the run has lasted. The gain of a pass of one class is sure enough for a loop of which little is known, but for one of which a single turn is. */
static double stalls_to_come(const Memory *like, bool of_one)
{
    double lately = opt.recent.cycles > 0 ? opt.recent.loose / opt.recent.cycles : 0;
    double known = like ? (like->instructions - (double)opt_instructions()) * like->loose : 0, loop = lately * opt.ahead * (of_one && opt.turn - opt.loop_since > 1 ? 1 : opt.sure);
    if (like || opt.ahead > 0) return known > loop ? known : loop;
    return lately * (double)sim_cycle() * HORIZON;
}

typedef struct Forecast { u64 savings, cost, factor; bool sure; } Forecast; /* cycles; how many times the cost is asked for; of objects whose order is sure to matter */

/* The expected gain must exceed the expected cost by a margin. That is enough where a loop that has been watched for a while, or is known from an earlier run,
   says how long it goes on. Of a run as long as an earlier one, passes must not come to more than a share; of one of
   unknown length, to no more than a smaller one if this pass is of objects of one class, whose gain is the surest, or RENTS percent of what they would
   have saved until now: who buys when the rents paid come to the price never pays more than twice what he had to. */
static bool affordable(const Forecast *f, bool of_one, const Memory *like)
{
    double spent = (double)(opt.spent + f->cost), times = f->sure && f->cost ? (double)f->savings / ((double)f->cost * (double)f->factor) : 1;
    if ((double)f->savings * 100 <= (double)f->cost * (double)f->factor * MARGIN) return false;
    if (opt.ahead > 0) return like || opt.loop_lost * 100 * times >= (double)f->cost * WATCHED;
    if (like) return spent * 100 <= run_cycles() * MOST_OF_KNOWN;
    if (of_one && spent * 100 <= run_cycles() * MOST_OF_ONE) return true;
    return spent * 100 <= RENTS * opt.rents;
}

/* Has as good as nothing been lost since the look before, against what was lost lately? Then something else has begun. */
static bool is_over(void) { return (double)opt.last.loose * opt.recent.cycles * 2 < opt.recent.loose * (double)opt.apart; }

/* Is it worth a pass now, if what was seen last goes on? */
static bool worthwhile(const Edge *edges, u32 n, Forecast *f)
{
    enum { NEAR = 2 }; /* times the gain that there is */
    bool calm = forecast_growth(edges, n) <= CALM_BYTES * opt.recent_targets && opt.recent.relinked * RELINKED_SHARE <= opt.recent.misses;
    const Memory *like = precedent(edges, n);
    opt.totals.passes_considered++;
    double saved = opt.saved_factor * forecast_saved(edges, n);
    opt.rents += opt.lost * saved / 100;
    opt.lost = 0;
    u64 now = sim_cycle(), doublings = opt.backoff + edges[0].refused, factor = (u64)(calm ? 1 : PATIENCE) << (doublings < 20 ? doublings : 20);
    double share = opt.recent.cycles > 0 ? opt.recent.loose / opt.recent.cycles : 0;
    f->cost = (u64)(opt.companion_factor * (double)predicted_cost(edges, n));
    f->factor = factor;
    f->sure = saved >= SURE;
    bool of_one = forecast_one_class(edges, n);
    f->savings = (u64)(stalls_to_come(like, of_one) * saved / 100);
    opt.close = (double)f->savings * 100 > (double)f->cost * (double)f->factor * MARGIN;
    opt.closed += opt.close;
    if ((double)f->savings * 100 * NEAR > (double)f->cost * (double)f->factor * MARGIN) opt.dull = 0;
    if (opt.loose_samples < (like ? ENOUGH_LEARNED : ENOUGH_LOOSE) || opt.loose_samples * 100 < opt.heap_samples * MIN_LOOSE_SHARE) return false;
    LOG(layout, "at cycle %llu: %.1f %% of the time lost on loose objects, expected gain %llu, cost %llu * %llu, relinked %.0f of %.0f", (unsigned long long)now, share * 100,
        (unsigned long long)f->savings, (unsigned long long)f->cost, (unsigned long long)factor, opt.recent.relinked, opt.recent.misses);
    return !is_over() && affordable(f, of_one, like);
}

/* Would a second pass, along other edges, place the same objects in the same way? */
static bool is_fixed(LayoutOrder order) { return order == LAYOUT_static_edges || order == LAYOUT_allocation || order == LAYOUT_random; }

static void run_pass(const Edge *edges, u32 n, const Forecast *f)
{
    u64 cycles = sim_cycle(), misses = hw_total(opt.model, HWC_L1D_MISS), before = opt_instructions() - opt.mark_instructions;
    LayoutPass p = { .at_instruction = opt_instructions(), .at_cycle = cycles, .rate_after = -1, .verdict = "not judged",
                     .rate_before = per_thousand(program_misses() - opt.mark_misses, before), .target_after = -1,
                     .target_before = per_thousand(opt.target_misses, before),
                     .predicted_savings = (u64)((double)(opt.loose_misses * HORIZON) * forecast_saved(edges, n) / 100), .edges = edges_text(edges, n) };
    PlaceResult r = { 0 };
    const Memory *like = precedent(edges, n);
    u64 objects = forecast_targets(edges, n);
    charge_begin(SVC_LAYOUT);
    bool moved = place_objects(&(PlaceOrder){ edges, n, opt.order, opt.seed, LINE, PAGE, true }, &opt.sampled, &r);
    if (moved) affinity_forget();
    charge_end();
    if (!moved) LOG(layout, "nothing to place along %s", p.edges);
    if (!moved) { /* let time pass before the next attempt */
        graph_refuse(&opt.graph, edges, n);
        forget_counts();
        free(p.edges);
        return;
    }
    learned_placed(&opt.graph, edges, n, cycles);
    graph_place(&opt.graph, edges, n, is_fixed(opt.order));
    p.moved = r.heap.moved, p.pinned = r.heap.pinned, p.bytes = r.heap.bytes, p.rewritten = r.rewritten;
    p.cost_cycles = sim_cycle() - cycles;
    p.cost_misses = hw_total(opt.model, HWC_L1D_MISS) - misses;
    fw_misses += p.cost_misses;
    learn_cost(f->cost, p.cost_cycles);
    opt.loose_before = 1000 * opt.recent.loose / opt.recent.instructions;
    if (!opt.passes.len) opt.first_loose = opt.loose_before / 1000, opt.first_objects = objects;
    if (like && like->loose * 1000 > opt.loose_before) opt.loose_before = like->loose * 1000;
    opt.placed_before = 1000 * opt.recent.placed / opt.recent.instructions, opt.interpreted_before = interpreted();
    opt.marked = (Marked){ opt.loop, opt.turn, (double)(opt.turn - opt.loop_since), (double)opt.looped.loose, (double)opt.looped.placed };
    opt.looped = (Stalls){ 0 }, opt.loop_since = opt.turn;
    vec_push(&opt.passes, p);
    opt.open = true, opt.went_back = false, opt.closed = 0;
    fields_live_restart();
    opt.window = opt.recent.instructions > WINDOW / 2 ? (u64)(2 * opt.recent.instructions) : WINDOW;
    forget_counts();
    LOG(layout, "pass %zu: moved %llu of %llu objects reached (%u sweeps), rewrote %llu, cost %llu cycles, %llu misses, expected gain %llu, cost %llu; %s", opt.passes.len,
        (unsigned long long)p.moved, (unsigned long long)r.reached, r.sweeps, (unsigned long long)p.rewritten, (unsigned long long)p.cost_cycles,
        (unsigned long long)p.cost_misses, (unsigned long long)f->savings, (unsigned long long)f->cost, p.edges);
}

static u32 add_companions(Edge *edges, u32 n)
{
    charge_begin(SVC_LAYOUT);
    u32 more = companions_add(&opt.graph, &opt.sampled, edges, n, predicted_cost);
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
    u32 more = graph_warm(&opt.graph, warm, MAX_WARM);
    double to_come = stalls_to_come(precedent(edges, n), forecast_one_class(edges, n)), all = 0;
    for (u32 i = 0; i < n; i++) all += forecast_stalls(&edges[i], false);
    for (u32 i = 0; i < more; i++) all += forecast_stalls(&warm[i], false);
    for (u32 i = 0; i < more; i++) {
        if (leads_to_any(edges, n, warm[i].to)) {
            if (leads_to_any(edges, n, warm[i].from)) edges[n++] = warm[i];
            continue;
        }
        double cost = opt.companion_factor * (double)predicted_cost(edges, n);
        edges[n] = warm[i];
        cost = opt.companion_factor * (double)predicted_cost(edges, n + 1) - cost;
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
    double left = share > 0 && opt.order != LAYOUT_static_edges ? forecast_saved(edges, n) / share : 1;
    if (cost <= f->cost && left >= opt.saved_factor) return true;
    f->savings = (u64)((double)f->savings * left / opt.saved_factor);
    opt.rents *= left / opt.saved_factor;
    opt.saved_factor = left;
    if (cost > f->cost) {
        opt.companion_factor *= (double)cost / (double)f->cost;
        f->cost = cost;
    }
    return affordable(f, forecast_one_class(edges, n), precedent(edges, n));
}

/* The loop that a thread was in has ended: what it had to do is over, and the last pass is judged by what was seen of it. */
static void begin_phase(void)
{
    LOG(layout, "at cycle %llu: another loop", (unsigned long long)sim_cycle());
    judge(true);
    opt.open = false;
    graph_cool(&opt.graph);
    opt.recent = (Recent){ 0 };
    opt.heap_samples = opt.loose_samples = 0;
    opt.closed = 0;
    looks_forget();
}

/* Stalls of the turns since the loop was found to be counted, or since the last pass. */
static void note_turns(const LoopLook *look)
{
    if (look->counted && look->counted == opt.loop) {
        opt.looped.loose += opt.last.loose, opt.looped.placed += opt.last.placed;
    } else {
        opt.looped = (Stalls){ 0 };
        opt.loop_since = look->at;
    }
    opt.loop = look->counted, opt.turn = look->at;
}

/* Only where there is something to gain or to judge: it costs a little at each look. */
static void look_ahead(Thread *t)
{
    opt.ahead = 0;
    if (opt.loose_samples < ENOUGH_LEARNED && !opt.passes.len) return;
    charge_begin(SVC_SAMPLES);
    LoopLook look = loops_look(t, sim_cycle());
    charge_end();
    opt.ahead = look.ahead, opt.sure = look.sure;
    if (look.entered) opt.recent = (Recent){ 0 }, opt.dull = 0;
    if (look.entered && !opt.open) mark(); /* what a pass in this loop is compared with */
    if (look.ended) begin_phase();
    if (!look.same) opt.loop_relinked = opt.loop_misses = 0, opt.loop_lost = 0; /* what was before the loop may be in this look */
    else opt.loop_relinked += opt.last.relinked, opt.loop_misses += opt.recent_targets, opt.loop_lost += (double)opt.last.loose;
    note_turns(&look);
    if (opt.last.relinked * RELINKED_SHARE > opt.recent_targets) opt.relinked_at = sim_cycle();
    bool anew = opt.loop_relinked * RELINKED_SHARE > opt.loop_misses; /* the next turn links otherwise what this one goes through */
    if (anew && opt.ahead <= 0) opt.ahead = (double)(sim_cycle() - opt.relinked_at), opt.sure = 1;
    if (anew && opt.ahead > look.turn / 2) opt.ahead = look.turn / 2; /* as much of it may be over */
}

static void consider(void)
{
    Edge edges[MAX_EDGES + MAX_WARM + MAX_COMPANIONS + MAX_COLD];
    Forecast f;
    u32 n = graph_hot(&opt.graph, edges, MAX_EDGES);
    opt.dull = n && !opt.hot ? 0 : opt.dull + opt.records;
    opt.hot = n, opt.close = false;
    if (!n) return;
    if (!worthwhile(edges, n, &f)) return;
    if (opt.order != LAYOUT_static_edges) n = add_warm(edges, n, &f);
    double share = forecast_saved(edges, n); /* if nothing were left behind */
    if (opt.order == LAYOUT_static_edges) n = graph_static(edges, MAX_EDGES);
    else n += add_companions(edges, n);
    if (!n || !still_worthwhile(edges, n, &f, share)) return;
    if (opt.order != LAYOUT_static_edges) n += graph_cold(&opt.graph, edges, n, edges + n, MAX_COLD);
    run_pass(edges, n, &f);
}

static void find_learned(void)
{
    if (!learned_memory()) return;
    charge_begin(SVC_SAMPLES);
    learned_resolve(&opt.graph);
    charge_end();
}

static void move_fields(void)
{
    charge_begin(SVC_LAYOUT);
    u64 misses = hw_total(opt.model, HWC_L1D_MISS);
    double share = opt.counted && opt.recent.stalled < opt.recent.all ? opt.recent.stalled / opt.recent.all : 1;
    FieldsOutlook now = { sim_cycle(), opt_instructions(), time_to_come(), share, opt.loop, opt.turn };
    if (fields_live_look(&now)) {
        misses = hw_total(opt.model, HWC_L1D_MISS) - misses;
        fields_live_cost(misses);
        fw_misses += misses;
    }
    charge_end();
}

void layout_safepoint(Thread *t)
{
    if (!opt.model || !looks_full()) return;
    if (opt.burst) return looks_read_burst();
    looks_read();
    find_learned();
    if (opt.mode == LAYOUT_ON) look_ahead(t);
    judge(false);
    if (!opt.open && opt.mode == LAYOUT_ON && opt.order != LAYOUT_fields) consider();
    if (!opt.open && opt.mode == LAYOUT_ON && (opt.order == LAYOUT_fields || opt.order == LAYOUT_auto)) move_fields();
    looks_adapt();
    looks_burst();
}

void layout_finish(void)
{
    if (!opt.model) return;
    looks_stop();
    judge(true);
    if (opt.mode == LAYOUT_ADVISE) advise_print(stderr, &opt.graph, sim_cycle(), hw_cores(opt.model), opt.totals.samples);
}

void layout_write_profile(const void *unused, FILE *f)
{
    (void)unused;
    u64 now = sim_cycle();
    enum { MOST_DID_NOT_PAY = 64 }; /* what a reader takes */
    LearnedRun run = { opt_instructions(), now, opt.first_objects, opt.first_loose, opt.cost_factor, opt.backoff < MOST_DID_NOT_PAY ? opt.backoff : MOST_DID_NOT_PAY };
    if (!opt.passes.len) {
        Edge edges[MAX_EDGES];
        u32 n = graph_hot_ever(&opt.graph, edges, MAX_EDGES);
        run.objects = forecast_targets(edges, n);
        run.loose = run.instructions ? (double)opt.stalls.loose / (double)run.instructions : 0;
    }
    Memory *m = learned_sum(&opt.graph, &run);
    learned_add_orders(m, opt_instructions(), now, hw_cores(opt.model));
    memory_write(m, f);
    memory_free(m);
}

const LayoutPasses *layout_passes(void) { return &opt.passes; }
LayoutTotals layout_totals(void) { return opt.totals; }
