/* Out-of-order timing as a scoreboard: every instruction passes once, in program order, and leaves behind when its result
   is ready and when it retires. Nothing is simulated cycle by cycle.

     dispatch  in order, issue_width a cycle, when the front end has it (not before a mispredicted branch was resolved and the
               pipe refilled, not while a fetch stalls) and when reorder buffer, load queue and store queue have room
     issue     when the operands are ready and a unit of its kind is free in that cycle. Loads wait for the youngest store to
               the same doubleword that has not been written yet and take its value; other stores never hold them up, as
               with perfect prediction of memory dependences
     retire    in order, issue_width a cycle. Stores are written to the cache afterwards, in order, one a cycle

   A tick is 1/issue_width of a cycle; times are not rounded to cycles but where units are counted. Units are counted
   in a ring of cycles, so an instruction that issues late takes nothing from those that issue before it.

   What this works out again and again is recognised by ooo_memo.c.

   HwFast keeps the meaning of its clock: instret + extra is the tick at which the last instruction retired; whatever else adds to
   extra (firmware, samples, reconfiguration) finds the pipeline empty, and leaves it so. */
#include "hwsim/ooo_inside.h"
#include <stdlib.h>
#include <string.h>

enum { CYCLES = OOO_CYCLES };
#define later ooo_later

/* ---- set-up ---------------------------------------------------------------------------------------------- */

static void ring_make(Ring *r, u64 n)
{
    u32 size = 1;
    while (size < n) size *= 2;
    *r = (Ring){ .tick = xcalloc(size, sizeof *r->tick), .count = 1, .n = (u32)n, .mask = size - 1 };
}

static void set_latencies(HwOoo *o, const HwConfig *c)
{
    u64 cycles[HW_STEP_KINDS] = {
        [HW_STEP_ALU] = 1, [HW_STEP_MUL] = 1 + c->core_mul_extra_cycles, [HW_STEP_DIV] = 1 + c->core_div_extra_cycles,
        [HW_STEP_FP] = 1 + c->core_fp_extra_cycles, [HW_STEP_FDIV] = 1 + c->core_fdiv_extra_cycles,
        [HW_STEP_LOAD] = c->l1d_latency_cycles, [HW_STEP_STORE] = 1, [HW_STEP_BRANCH] = 1,
        [HW_STEP_AMO] = c->l1d_latency_cycles + 1, [HW_STEP_SERIAL] = 1,
    };
    for (int k = 0; k < HW_STEP_KINDS; k++) o->latency[k] = cycles[k] * o->width;
    for (int k = 0; k < HW_STEP_UNITS; k++) o->busy[k] = k == HW_STEP_DIV || k == HW_STEP_FDIV ? (u32)cycles[k] : 1;
    o->forward = c->core_forward_cycles * o->width;
}

void ooo_init(HwModel *m)
{
    const HwConfig *c = m->cfg;
    if (!m->timing || c->core_kind != HW_CORE_OUT_OF_ORDER) return;
    HwOoo *o = m->ooo = xcalloc(1, sizeof *o);
    m->f.out_of_order = true;
    o->width = m->width;
    o->reciprocal = ~0ull / o->width + 1; /* 0 stands for 2^64: width 1 */
    const u64 units[HW_STEP_UNITS] = { c->core_alu_units, c->core_mul_units, c->core_div_units, c->core_fp_units, c->core_fdiv_units,
                                       c->core_load_units, c->core_store_units, c->core_branch_units };
    for (int k = 0; k < HW_STEP_UNITS; k++) o->units[k] = (u8)units[k];
    o->ports = c->l1d_ports;
    set_latencies(o, c);
    for (u32 k = 0; k < HW_STEP_UNITS; k++)
        o->quick[k] = (Quick){ .one = 1u << 4 * k, .nibble = 15u << 4 * k, .limit = o->busy[k] == 1 ? (u32)o->units[k] << 4 * k : 0 };
    ring_make(&o->rob, c->core_rob_entries);
    ring_make(&o->loads, c->core_load_queue_entries);
    ring_make(&o->stores, c->core_store_buffer_entries);
    o->value = xcalloc(o->stores.mask + 1, sizeof *o->value);
    for (int i = 0; i < OOO_WORDS; i++) o->word[i] = NONE;
    ooo_memo_init(o);
    m->f.log = o->log;
    m->f.log_full = o->log + HW_LOG_WORDS - 2 * (HW_LOG_ACCESS + HW_STEPS);
}

void ooo_free(HwModel *m)
{
    if (m->resting) hw_model_rest(m, false);
    HwOoo *o = m->ooo;
    if (!o) return;
    ooo_memo_free(o);
    vec_free(&o->unit);
    free(o->rob.tick), free(o->loads.tick), free(o->stores.tick), free(o->value);
    free(o);
}

/* ---- steps ------------------------------------------------------------------------------------------------ */

static HwStepKind step_kind(const HwInsn *i)
{
    static const u8 of_unit[] = { [HW_UNIT_MUL] = HW_STEP_MUL, [HW_UNIT_DIV] = HW_STEP_DIV, [HW_UNIT_FP] = HW_STEP_FP,
                                  [HW_UNIT_FDIV] = HW_STEP_FDIV, [HW_UNIT_COUNT] = HW_STEP_ALU };
    if (i->id == HW_I_ILLEGAL) return HW_STEP_SERIAL;
    switch (hw_rows[i->id].class) {
    case HW_CLASS_LOAD: case HW_CLASS_FLOAD: case HW_CLASS_LR: return HW_STEP_LOAD;
    case HW_CLASS_STORE: case HW_CLASS_FSTORE: return HW_STEP_STORE;
    case HW_CLASS_SC: case HW_CLASS_AMO: return HW_STEP_AMO;
    case HW_CLASS_BRANCH: case HW_CLASS_JAL: case HW_CLASS_JALR: return HW_STEP_BRANCH;
    case HW_CLASS_CSR: case HW_CLASS_FENCEI: case HW_CLASS_TRAP: case HW_CLASS_HCALL: return HW_STEP_SERIAL;
    default: return (HwStepKind)of_unit[hw_rows[i->id].unit];
    }
}

/* The format's operand letters say which registers an instruction names: capital letters floating-point ones. */
HwStep hw_step(const HwInsn *i)
{
    HwStep s = { .kind = (u8)step_kind(i), .dest = HW_STEP_NO_DEST };
    if (i->id == HW_I_ILLEGAL) return s;
    for (const char *p = hw_formats[hw_rows[i->id].format].operands; *p; p++) {
        switch (*p) {
        case 'd': if (i->rd) s.dest = i->rd; break;
        case 'D': s.dest = i->rd + 32; break;
        case 's': s.src[0] = i->rs1; break;
        case 'S': s.src[0] = i->rs1 + 32; break;
        case 't': s.src[1] = i->rs2; break;
        case 'T': s.src[1] = i->rs2 + 32; break;
        case 'R': s.src[2] = i->rs3 + 32; break;
        default: break;
        }
    }
    if (s.kind == HW_STEP_LOAD || s.kind == HW_STEP_STORE || s.kind == HW_STEP_AMO) s.size = (u8)(1u << (i->word >> 12 & 3));
    return s;
}

/* ---- a run of instructions --------------------------------------------------------------------------------------- */

/* What changes with each instruction, out of the way of stores that might be to anything. */
typedef struct Run {
    HwOoo *o;
    Clock t;
    u64 rob, loads, stores; /* their counts */
    bool shifts;            /* the width is a power of two, and `shift` its logarithm */
    u32 shift;
} Run;

#define INLINE static inline __attribute__((always_inline))

INLINE Run begin_run(HwOoo *o)
{
    u64 w = o->width;
    return (Run){ .o = o, .t = o->t, .rob = o->rob.count, .loads = o->loads.count, .stores = o->stores.count,
                  .shifts = !(w & (w - 1)), .shift = (u32)__builtin_ctzll(w) };
}

INLINE void end_run(const Run *r)
{
    r->o->t = r->t;
    r->o->rob.count = r->rob, r->o->loads.count = r->loads, r->o->stores.count = r->stores;
}

/* ---- units ------------------------------------------------------------------------------------------------ */

INLINE u64 cycle_of(const Run *r, u64 tick)
{
    return LIKELY(r->shifts) ? tick >> r->shift : (u64)((unsigned __int128)tick * r->o->reciprocal >> 64);
}

INLINE u64 *cycle_entry(HwOoo *o, u64 cycle)
{
    u64 *e = &o->cycle[cycle % CYCLES];
    if (*e >> 32 != (u32)cycle) *e = cycle << 32;
    return e;
}

static bool free_for(HwOoo *o, u32 unit, u64 cycle, u32 n)
{
    for (u32 i = 0; i < n; i++)
        if ((*cycle_entry(o, cycle + i) >> 4 * unit & 15) >= o->units[unit]) return false;
    return true;
}

/* All units of this kind are in use from `cycle` up to `end`. */
static void note_full(Full *f, u64 cycle, u64 end)
{
    if (cycle >= f->from && cycle <= f->to) f->to = later(f->to, end);
    else *f = (Full){ cycle, end };
}

/* A unit that is kept for more than a cycle. */
static u64 take_long(HwOoo *o, u32 unit, u64 cycle, u64 tick)
{
    u64 first = cycle;
    while (!free_for(o, unit, cycle, o->busy[unit])) cycle++;
    for (u32 i = 0; i < o->busy[unit]; i++) *cycle_entry(o, cycle + i) += 1ull << 4 * unit;
    return cycle == first ? tick : cycle * o->width;
}

/* No unit is free in `cycle`, or it is kept for longer. A kind that limits the program is taken far ahead: what is known to be full is
   skipped. */
static __attribute__((noinline)) u64 take_later(HwOoo *o, u32 unit, u64 cycle, u64 tick)
{
    const Quick *q = &o->quick[unit];
    Full *f = &o->full[unit];
    u64 first = cycle, in_use, *e;
    if (UNLIKELY(o->busy[unit] != 1)) return take_long(o, unit, cycle, tick);
    cycle = cycle >= f->from && cycle < f->to ? f->to : cycle + 1;
    for (;; cycle++) {
        e = &o->cycle[cycle % CYCLES];
        in_use = *e >> 32 == (u32)cycle ? *e : cycle << 32;
        if ((in_use & q->nibble) < q->limit) break;
    }
    *e = in_use + q->one;
    note_full(f, first, cycle);
    return cycle * o->width;
}

/* Takes a unit from the first cycle at or after `tick` in which one is free; returns when that is. */
INLINE u64 take_unit(const Run *r, u32 unit, u64 tick)
{
    HwOoo *o = r->o;
    u64 cycle = cycle_of(r, tick), *e = &o->cycle[cycle % CYCLES], in_use = *e;
    in_use = in_use >> 32 == (u32)cycle ? in_use : cycle << 32;
    const Quick *q = &o->quick[unit];
    if (UNLIKELY((in_use & q->nibble) >= q->limit)) return take_later(o, unit, cycle, tick);
    *e = in_use + q->one;
    return tick;
}

/* The same for a port of L1D, which loads and stores share. */
static __attribute__((noinline)) u64 take_port_at(HwOoo *o, u64 tick)
{
    u64 first = tick / o->width, cycle = first;
    for (;; cycle++) {
        u64 at = cycle % CYCLES;
        if (o->port[at].cycle != cycle) o->port[at].cycle = cycle, o->port[at].used = 0;
        if (o->port[at].used == o->ports) continue;
        o->port[at].used++;
        o->conflicts += cycle != first;
        return cycle == first ? tick : cycle * o->width;
    }
}

INLINE u64 port_at(HwOoo *o, u64 tick) { return LIKELY(!o->ports) ? tick : take_port_at(o, tick); }

/* ---- memory ----------------------------------------------------------------------------------------------- */

static bool accesses(u32 kind)
{
    return (1u << HW_STEP_LOAD | 1u << HW_STEP_STORE | 1u << HW_STEP_AMO) >> kind & 1;
}

void ooo_resolve(HwOoo *o, const HwStep *s, const u64 *addr, u64 n)
{
    u64 store = o->stores.count;
    ASSERT(n <= HW_STEPS);
    for (u64 k = 0; k < n; k++) {
        if (!accesses(s[k].kind) || addr[k] == NONE) continue;
        u64 last = addr[k] + s[k].size - 1;
        if (s[k].kind != HW_STEP_STORE) o->source[k][0] = ooo_source(o, addr[k]), o->source[k][1] = ooo_source(o, last);
        if (s[k].kind == HW_STEP_LOAD) continue;
        ooo_wrote(o, addr[k], store);
        ooo_wrote(o, last, store);
        store++;
    }
}

/* `done`, or when a load that issues at `start` has its value from this store, if that is not written yet. */
INLINE u64 forwarded(const Run *r, u64 store, u64 start, u64 done, u64 least)
{
    const HwOoo *o = r->o;
    if (r->stores - store > o->stores.n || o->stores.tick[store & o->stores.mask] <= start) return done;
    return later(least, later(start, o->value[store & o->stores.mask]) + o->forward);
}

/* When a load that issues at `start` has its value: from stores that are not written yet, or the cache. */
INLINE u64 loaded(const Run *r, u64 addr, u32 size, const u64 *source, u64 start, u64 latency)
{
    u64 done = forwarded(r, source[0], start, start + latency, 0);
    if (LIKELY((addr & 7) + size <= 8)) return done;
    return forwarded(r, source[1], start, done, done);
}

/* By how much a load that has missed puts off what retires next. Nothing retires in the tick that it is dispatched in. */
INLINE u64 put_off(const Clock *t, u64 hit, u64 done)
{
    u64 soonest = later(t->commit, t->front) + 1;
    return later(soonest, done) - later(soonest, hit);
}

/* A store whose address and value are known at `done`, and whose line takes `wait` more, retires at `commit`. */
INLINE u64 drained(const HwOoo *o, const Clock *t, u64 commit, u64 done, u64 wait)
{
    u64 at = later(commit, t->written + o->width);
    return later(at, wait ? done + o->latency[HW_STEP_LOAD] + wait : 0);
}

/* ---- one instruction ---------------------------------------------------------------------------------------- */

void ooo_synchronize(HwModel *m)
{
    HwOoo *o = m->ooo;
    u64 now = m->f.instret + m->f.extra;
    if (LIKELY(now == o->t.commit)) return;
    ASSERT(now > o->t.commit);
    o->t.commit = now;
    if (now > o->t.front) ooo_stall(o, now - o->t.front);
}

/* When the entry that number `count` takes was given back. */
INLINE u64 given_back(const Ring *r, u64 count) { return r->tick[(count - r->n) & r->mask]; }

/* When the instruction can be dispatched. */
INLINE u64 dispatch(const Run *r, u32 kind)
{
    const HwOoo *o = r->o;
    u64 at = later(r->t.front + 1, given_back(&o->rob, r->rob));
    if (kind < HW_STEP_LOAD) return at;
    if (kind == HW_STEP_LOAD) at = later(at, given_back(&o->loads, r->loads));
    if (kind == HW_STEP_STORE || kind == HW_STEP_AMO) at = later(at, given_back(&o->stores, r->stores));
    return kind == HW_STEP_SERIAL ? later(at, r->t.commit) : at;
}

INLINE u64 operands(const HwOoo *o, const HwStep *s, u64 at)
{
    return later(later(at, o->ready[s->src[0]]), later(o->ready[s->src[1]], o->ready[s->src[2]]));
}

/* The kinds that are not just a unit's latency; returns when the result is there. */
INLINE u64 execute(Run *r, const HwStep *s, u32 kind, u64 addr, const u64 *source, u64 start)
{
    HwOoo *o = r->o;
    Clock *t = &r->t;
    u64 done, wait = t->wait;
    switch (kind) {
    case HW_STEP_LOAD: case HW_STEP_AMO:
        start = port_at(o, take_unit(r, HW_STEP_LOAD, start));
        done = loaded(r, addr, s->size, source, start, o->latency[kind] + wait);
        if (UNLIKELY(wait)) t->blocked += put_off(t, loaded(r, addr, s->size, source, start, o->latency[kind]), done);
        break;
    case HW_STEP_SERIAL: done = start + o->latency[kind]; break;
    default: done = take_unit(r, kind, start) + o->latency[kind];
    }
    u64 commit = later(t->commit + 1, done);
    if (kind == HW_STEP_LOAD) {
        o->loads.tick[r->loads++ & o->loads.mask] = commit;
    } else if (kind == HW_STEP_STORE || kind == HW_STEP_AMO) {
        t->written = port_at(o, drained(o, t, commit, done, kind == HW_STEP_STORE ? wait : 0));
        o->value[r->stores & o->stores.mask] = done;
        o->stores.tick[r->stores++ & o->stores.mask] = t->written;
    } else if (kind == HW_STEP_SERIAL) {
        t->front = commit;
    }
    t->wait = 0;
    return done;
}

INLINE void advance(Run *r, const HwStep *s, u64 addr, const u64 *source)
{
    HwOoo *o = r->o;
    Clock *t = &r->t;
    u32 kind = s->kind;
    if (UNLIKELY(kind == HW_STEP_AMO && addr == NONE)) kind = HW_STEP_ALU;
    t->front = dispatch(r, kind);
    u64 start = operands(o, s, t->front);
    if (kind < HW_STEP_LOAD) t->done = take_unit(r, kind, start) + o->latency[kind];
    else t->done = execute(r, s, kind, addr, source, start);
    o->ready[s->dest] = t->done;
    t->commit = later(t->commit + 1, t->done);
    o->rob.tick[r->rob++ & o->rob.mask] = t->commit;
}

/* ---- the face ------------------------------------------------------------------------------------------------ */

void ooo_advance(HwOoo *o, const HwStep *s, const u64 *addr, u64 n)
{
    Run run = begin_run(o);
    ASSERT(n <= HW_STEPS);
    for (u64 k = 0; k < n; k++) advance(&run, &s[k], addr[k], o->source[k]);
    end_run(&run);
}

u64 ooo_operands(const HwOoo *o, const HwStep *s)
{
    Run run = begin_run((HwOoo *)o);
    return operands(o, s, dispatch(&run, s->kind));
}

void ooo_retired(HwModel *m, u64 n)
{
    m->f.instret += n;
    ASSERT(m->ooo->t.commit >= m->f.instret && m->ooo->ready[0] == 0);
    m->f.extra = m->ooo->t.commit - m->f.instret;
}

void hw_ooo_run(HwModel *m, const HwStep *s, const u64 *addr, u64 n)
{
    HwOoo *o = m->ooo;
    ooo_synchronize(m);
    ooo_spell_out(o);
    for (u64 k = 0, some; k < n; k += some) {
        some = n - k < HW_STEPS ? n - k : HW_STEPS;
        ooo_resolve(o, s + k, addr + k, some);
        ooo_advance(o, s + k, addr + k, some);
    }
    ooo_retired(m, n);
}

void hw_ooo_begin(HwModel *m, const HwStep *s)
{
    HwOoo *o = m->ooo;
    ooo_synchronize(m);
    ooo_spell_out(o);
    ASSERT(!o->t.wait);
    o->access = ooo_operands(o, s);
}

void hw_ooo_drain(HwModel *m)
{
    HwOoo *o = m->ooo;
    ooo_synchronize(m);
    if (o->t.commit > o->t.front) ooo_stall(o, o->t.commit - o->t.front);
}

void hw_model_rest(HwModel *m, bool rest)
{
    if (rest && m->ooo) m->resting = m->ooo, m->ooo = NULL;
    else if (!rest && m->resting) m->ooo = m->resting, m->resting = NULL;
    m->f.out_of_order = m->ooo != NULL;
}

u64 hw_ooo_number(HwModel *m, const HwStep *s)
{
    vec_push(&m->ooo->unit, s);
    return m->ooo->unit.len - 1;
}

u64 ooo_access(const HwModel *m) { return m->ooo->access; }
u64 ooo_port_conflicts(const HwModel *m) { return m->ooo->conflicts; }
u64 ooo_load_stalls(const HwModel *m)
{
    const HwOoo *o = m->ooo ? m->ooo : m->resting;
    return o ? o->t.blocked : 0;
}

void ooo_wait(HwModel *m, u64 ticks)
{
    m->ooo->t.wait = later(m->ooo->t.wait, ticks);
}

u64 ooo_front(HwModel *m)
{
    ooo_synchronize(m);
    return m->ooo->t.front;
}

void ooo_stall_front(HwModel *m, u64 ticks)
{
    if (ticks) ooo_stall(m->ooo, ticks);
}

void ooo_redirect(HwModel *m, u64 penalty)
{
    const Clock *t = &m->ooo->t;
    ooo_stall(m->ooo, later(t->front, t->done) + penalty - t->front);
}

u64 ooo_resolved(const HwModel *m) { return m->ooo->t.done; }

/* The pipeline is empty when this is asked for, so all entries are free. */
bool ooo_set_rob(HwModel *m, u64 entries)
{
    HwOoo *o = m->ooo;
    if (!entries || entries > m->cfg->core_rob_entries) return false;
    hw_ooo_drain(m);
    ooo_memo_forget(o);
    memset(o->rob.tick, 0, (o->rob.mask + 1) * sizeof *o->rob.tick);
    o->rob.n = (u32)entries;
    return true;
}

u64 ooo_rob(const HwModel *m) { return m->ooo->rob.n; }
