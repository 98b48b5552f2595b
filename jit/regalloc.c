/* Register allocation: see regalloc.h. Numbering, liveness, intervals; the scan; resolution. */
#include "jit/regalloc.h"
#include "jit/asm.h"
#include <string.h>

/* a0-a4, s2, s5, s6 are in host registers when translated; a5 is the emitter's. s3 and s4 are the frames' (asm.h). */
const u8 ra_x[RA_NX] = { 10, 11, 12, 13, 14, 18, 21, 22, 16, 17, 8, 9, 23, 24, 25, 26, 27, 29, 30 };
const u8 ra_f[RA_NF] = { 10, 11, 12, 13, 14, 15, 16, 17, 0, 1, 2, 3, 4, 5, 6, 7, 28, 29, 8, 9, 18, 19, 20, 21, 22, 23, 24, 25 };
enum { PINNED = 8, NREG = 32, FOREVER = 0x7fffffff };

typedef struct Range { u32 from, to; } Range;
typedef struct Use { u32 pos; bool reg; } Use;
struct RaInterval {
    Val val;
    bool fp, param;
    bool feeds;           /* of the first interval: the value is an operand of a phi */
    i32 reg;              /* -1: in memory */
    i32 slot;             /* of the first interval of a value: spill slot; -1 none, -2 wanted */
    Vec(Range) ranges;    /* ascending */
    Vec(Use) uses;        /* ascending */
    RaInterval *next;     /* split off behind this one */
    RaInterval *first;
    Val hint;
};

typedef struct Scan {
    Ra *r;
    Vec(RaInterval *) all, unhandled, active, inactive; /* unhandled: descending by start */
    Vec(u32) calls;       /* positions 4n + 1 */
} Scan;

/* ---- Numbering -------------------------------------------------------------------------------------------------------- */
static void number(Ra *r)
{
    IrFn *f = r->f;
    u32 n = 0, pos = 4;
    r->order = xmalloc((f->rpo.len + 1) * sizeof(u32));
    for (int cold = 0; cold < 2; cold++)
        for (size_t i = 0; i < f->rpo.len; i++)
            if (ir_block(f, f->rpo.data[i])->cold == cold) r->order[n++] = f->rpo.data[i];
    r->norder = n;
    for (u32 i = 0; i < n; i++) {
        Block *b = ir_block(f, r->order[i]);
        r->first[r->order[i]] = pos;
        pos += 4; /* the label: phis are defined here */
        for (size_t k = 0; k < b->ins.len; k++) {
            Val v = b->ins.data[k];
            if (ir(f, v)->op == IR_PHI) r->pos[v] = r->first[r->order[i]];
            else r->pos[v] = pos, pos += 4;
        }
        r->last[r->order[i]] = pos;
    }
}

/* ---- Liveness of blocks -------------------------------------------------------------------------------------------------- */
typedef struct Live { IrFn *f; u64 *in, *out; u32 words; u64 *now; } Live;

static void set(u64 *s, Val v) { s[v / 64] |= 1ull << v % 64; }
static void set_used(void *ctx, Val *v)
{
    Live *l = ctx;
    if (!ir_placeless(ir(l->f, *v))) set(l->now, *v);
}

static bool live_block(Live *l, u32 bi)
{
    IrFn *f = l->f;
    Block *b = ir_block(f, bi);
    u64 *out = l->out + (u64)bi * l->words, *in = l->in + (u64)bi * l->words;
    for (size_t s = 0; s < b->succs.len; s++) {
        Block *t = ir_block(f, b->succs.data[s]);
        const u64 *tin = l->in + (u64)b->succs.data[s] * l->words;
        for (u32 w = 0; w < l->words; w++) out[w] |= tin[w];
        for (size_t p = 0; p < t->preds.len; p++) {
            if (t->preds.data[p] != bi) continue;
            for (size_t k = 0; k < t->ins.len && ir(f, t->ins.data[k])->op == IR_PHI; k++) {
                Val a = f->pool.data[ir(f, t->ins.data[k])->args + p];
                if (ir(f, a)->op != IR_CONST) set(out, a);
            }
        }
    }
    memcpy(l->now, out, l->words * sizeof(u64));
    for (size_t k = b->ins.len; k-- > 0;) {
        Val v = b->ins.data[k];
        Ins *i = ir(f, v);
        l->now[v / 64] &= ~(1ull << v % 64);
        if (i->op == IR_PHI) continue;
        ir_operands(f, i, set_used, l);
        ir_state_values(f, i->state, set_used, l);
    }
    if (!memcmp(in, l->now, l->words * sizeof(u64))) return false;
    memcpy(in, l->now, l->words * sizeof(u64));
    return true;
}

static void liveness(Live *l)
{
    IrFn *f = l->f;
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = f->rpo.len; i-- > 0;) changed |= live_block(l, f->rpo.data[i]);
    }
}

/* ---- Intervals ------------------------------------------------------------------------------------------------------------ */
static u32 start_of(const RaInterval *i) { return i->ranges.data[0].from; }
static u32 end_of(const RaInterval *i) { return i->ranges.data[i->ranges.len - 1].to; }

static RaInterval *interval(Scan *s, Val v)
{
    Ra *r = s->r;
    if (r->of[v]) return r->of[v];
    RaInterval *i = xcalloc(1, sizeof *i);
    Ins *k = ir(r->f, v);
    *i = (RaInterval){ .val = v, .fp = k->type == IT_FLOAT || k->type == IT_DOUBLE, .param = k->op == IR_PARAM, .reg = -1, .slot = -1, .first = i };
    vec_push(&s->all, i);
    return r->of[v] = i;
}

/* While intervals are built, from the end backward, ranges and uses are in descending order. */
static void add_range(RaInterval *i, u32 from, u32 to)
{
    ASSERT(from < to);
    if (i->ranges.len && vec_last(&i->ranges).from <= to) {
        Range *last = &vec_last(&i->ranges);
        if (from < last->from) last->from = from;
        if (to > last->to) last->to = to;
    } else {
        vec_push(&i->ranges, ((Range){ from, to }));
    }
}

typedef struct Adder { Scan *s; u32 block_first, pos, end; bool reg; } Adder;
static void add_use(void *ctx, Val *v)
{
    Adder *a = ctx;
    if (ir_placeless(ir(a->s->r->f, *v))) return;
    RaInterval *i = interval(a->s, *v);
    add_range(i, a->block_first, a->end);
    vec_push(&i->uses, ((Use){ a->pos, a->reg }));
}

/* Operands that are read after (part of) the result or a scratch of the result's register is written. */
static bool reads_late(const Ins *i)
{
    switch (i->op) {
    case IR_NEWARRAY: case IR_NEWMULTI: case IR_INSTANCEOF: case IR_CMP: case IR_CVT: case IR_FMATH: case IR_MIN: case IR_MAX: case IR_BITOP: return true;
    default: return false;
    }
}

static void add_instruction(Scan *s, Val v, u32 block_first)
{
    Ra *r = s->r;
    Ins *i = ir(r->f, v);
    u32 pos = r->pos[v];
    if (i->type != IT_VOID && i->op != IR_PHI) {
        RaInterval *d = interval(s, v);
        if (!d->ranges.len) vec_push(&d->ranges, ((Range){ pos + 2, pos + 3 }));
        else vec_last(&d->ranges).from = pos + 2;
        if (i->op != IR_PARAM) vec_push(&d->uses, ((Use){ pos + 2, true }));
    }
    if (i->op == IR_PHI) return;
    if (i->op == IR_CALL) vec_push(&s->calls, pos + 1);
    bool any = i->op == IR_CALL || i->op == IR_NEWMULTI || i->op == IR_ARRAYCOPY || i->op == IR_SWAPAT;
    Adder a = { s, block_first, pos, reads_late(i) ? pos + 3 : pos + 1, !any };
    ir_operands(r->f, i, add_use, &a);
    if (!i->state) return;
    Adder st = { s, block_first, i->op == IR_CALL ? pos + 1 : pos, i->op == IR_CALL ? pos + 2 : pos + 3, false };
    ir_state_values(r->f, i->state, add_use, &st);
}

static void reverse(RaInterval *i)
{
    for (size_t a = 0, b = i->ranges.len; a + 1 < b; a++, b--) {
        Range t = i->ranges.data[a];
        i->ranges.data[a] = i->ranges.data[b - 1], i->ranges.data[b - 1] = t;
    }
    for (size_t a = 0, b = i->uses.len; a + 1 < b; a++, b--) {
        Use t = i->uses.data[a];
        i->uses.data[a] = i->uses.data[b - 1], i->uses.data[b - 1] = t;
    }
    for (size_t a = 1; a < i->uses.len; a++) /* a state's uses may be out of order by one */
        for (size_t b = a; b > 0 && i->uses.data[b - 1].pos > i->uses.data[b].pos; b--) {
            Use t = i->uses.data[b];
            i->uses.data[b] = i->uses.data[b - 1], i->uses.data[b - 1] = t;
        }
}

static void build(Scan *s, Live *l)
{
    Ra *r = s->r;
    IrFn *f = r->f;
    for (u32 o = r->norder; o-- > 0;) {
        u32 bi = r->order[o];
        Block *b = ir_block(f, bi);
        const u64 *out = l->out + (u64)bi * l->words;
        for (u32 w = 0; w < l->words; w++)
            for (u64 bits = out[w]; bits; bits &= bits - 1) add_range(interval(s, w * 64 + (u32)__builtin_ctzll(bits)), r->first[bi], r->last[bi]);
        for (size_t k = b->ins.len; k-- > 0;) {
            Val v = b->ins.data[k];
            if (ir(f, v)->op != IR_PHI) {
                add_instruction(s, v, r->first[bi]);
                continue;
            }
            RaInterval *d = interval(s, v);
            if (!d->ranges.len || vec_last(&d->ranges).from > r->first[bi] + 1) vec_push(&d->ranges, ((Range){ r->first[bi], r->first[bi] + 1 }));
            vec_last(&d->ranges).from = r->first[bi];
            for (u32 a = 0; a < ir(f, v)->nargs; a++) {
                Val w = f->pool.data[ir(f, v)->args + a];
                if (ir(f, w)->op == IR_CONST) continue;
                if (!d->hint) d->hint = w;
                RaInterval *x = interval(s, w);
                x->feeds = true;
                if (!x->hint) x->hint = v;
            }
        }
    }
    for (size_t i = 0; i < s->all.len; i++) reverse(s->all.data[i]);
    for (size_t a = 0, b = s->calls.len; a + 1 < b; a++, b--) {
        u32 t = s->calls.data[a];
        s->calls.data[a] = s->calls.data[b - 1], s->calls.data[b - 1] = t;
    }
}

/* ---- Queries ------------------------------------------------------------------------------------------------------------------ */
static bool covers(const RaInterval *i, u32 pos)
{
    for (size_t k = 0; k < i->ranges.len; k++)
        if (pos < i->ranges.data[k].to) return pos >= i->ranges.data[k].from;
    return false;
}

static u32 intersection(const RaInterval *a, const RaInterval *b)
{
    size_t x = 0, y = 0;
    while (x < a->ranges.len && y < b->ranges.len) {
        Range p = a->ranges.data[x], q = b->ranges.data[y];
        if (p.from < q.to && q.from < p.to) return p.from > q.from ? p.from : q.from;
        if (p.to <= q.to) x++;
        else y++;
    }
    return FOREVER;
}

static u32 next_call(const Scan *s, const RaInterval *i, u32 from)
{
    size_t lo = 0, hi = s->calls.len;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (s->calls.data[mid] < from) lo = mid + 1;
        else hi = mid;
    }
    for (; lo < s->calls.len && s->calls.data[lo] < end_of(i); lo++)
        if (covers(i, s->calls.data[lo])) return s->calls.data[lo];
    return FOREVER;
}

static u32 next_use(const RaInterval *i, u32 from, bool reg_only)
{
    for (size_t k = 0; k < i->uses.len; k++)
        if (i->uses.data[k].pos >= from && (i->uses.data[k].reg || !reg_only)) return i->uses.data[k].pos;
    return FOREVER;
}

/* ---- Splitting ------------------------------------------------------------------------------------------------------------------- */
static void add_unhandled(Scan *s, RaInterval *i)
{
    size_t at = s->unhandled.len;
    vec_push(&s->unhandled, i);
    while (at > 0 && start_of(s->unhandled.data[at - 1]) < start_of(i)) {
        s->unhandled.data[at] = s->unhandled.data[at - 1];
        at--;
    }
    s->unhandled.data[at] = i;
}

/* Cuts i at pos; what lies behind is a new interval, not queued yet. Positions of splits are multiples of 4, or 4n + 1 only as the start of
   nothing. */
static RaInterval *split(Scan *s, RaInterval *i, u32 pos)
{
    ASSERT(pos > start_of(i) && pos < end_of(i));
    RaInterval *n = xcalloc(1, sizeof *n);
    *n = (RaInterval){ .val = i->val, .fp = i->fp, .param = i->param, .reg = -1, .slot = -1, .first = i->first, .hint = i->hint };
    vec_push(&s->all, n);
    size_t keep = 0;
    for (size_t k = 0; k < i->ranges.len; k++) {
        Range g = i->ranges.data[k];
        if (g.to <= pos) {
            i->ranges.data[keep++] = g;
        } else if (g.from >= pos) {
            vec_push(&n->ranges, g);
        } else {
            i->ranges.data[keep++] = (Range){ g.from, pos };
            vec_push(&n->ranges, ((Range){ pos, g.to }));
        }
    }
    i->ranges.len = keep;
    keep = 0;
    for (size_t k = 0; k < i->uses.len; k++) {
        if (i->uses.data[k].pos < pos) i->uses.data[keep++] = i->uses.data[k];
        else vec_push(&n->uses, i->uses.data[k]);
    }
    i->uses.len = keep;
    n->next = i->next;
    i->next = n;
    return n;
}

static void spill(RaInterval *i)
{
    i->reg = -1;
    if (i->first->slot == -1) i->first->slot = -2;
}

static u32 block_at(const Ra *r, u32 pos)
{
    u32 lo = 0, hi = r->norder;
    while (hi - lo > 1) {
        u32 mid = (lo + hi) / 2;
        if (r->first[r->order[mid]] <= pos) lo = mid;
        else hi = mid;
    }
    return r->order[lo];
}

/* Where to load a value that is in memory from `from` on and first needed at `use`: in front of the outermost loop around `use` that does not contain
   `from`, so that it is loaded once (a call in the loop will take it out again). */
static u32 load_position(const Ra *r, const RaInterval *m, u32 from, u32 use)
{
    const IrFn *f = r->f;
    u32 best = use & ~3u, b = block_at(r, use);
    for (u32 h = f->blocks.data[b].loop, depth = f->blocks.data[b].depth; h; ) {
        u32 first = r->first[h];
        if (first <= from || first > use || !covers(m, first)) break;
        best = first;
        /* the loop around this one: that of a way in */
        u32 outer = 0;
        const Block *header = &f->blocks.data[h];
        for (size_t p = 0; p < header->preds.len; p++) {
            const Block *q = &f->blocks.data[header->preds.data[p]];
            if (!ir_dominates(f, h, header->preds.data[p]) && q->loop && q->depth < depth) outer = q->loop;
        }
        depth = outer ? f->blocks.data[outer].depth : 0;
        h = outer;
    }
    return best;
}

/* i is in memory from `from` (its start, or where it is split) on, until it is next needed in a register. */
static void spill_from(Scan *s, RaInterval *i, u32 from)
{
    RaInterval *m = from > start_of(i) ? split(s, i, from) : i;
    u32 use = next_use(m, from, true);
    if (use != FOREVER && use > start_of(m)) {
        u32 at = load_position(s->r, m, start_of(m), use);
        if (at > start_of(m) && at < end_of(m)) add_unhandled(s, split(s, m, at));
    }
    spill(m);
}

/* ---- The scan ---------------------------------------------------------------------------------------------------------------------- */
static u32 registers(const RaInterval *i, const u8 **regs)
{
    *regs = i->fp ? ra_f : ra_x;
    return i->fp ? RA_NF : RA_NX;
}

static i32 hinted(const Scan *s, const RaInterval *i)
{
    if (i != i->first) { /* the register that it was in before */
        for (const RaInterval *k = i->first; k != i; k = k->next)
            if (k->reg >= 0 && k->next == i) return k->reg;
    }
    const RaInterval *h = i->hint ? s->r->of[i->hint] : NULL;
    for (; h; h = h->next)
        if (h->reg >= 0 && h->fp == i->fp) return h->reg;
    return -1;
}

/* Torture: one of those that are free for a while, or -1. */
static i32 any_register(const RaInterval *cur, const u32 *free_until, const u8 *regs, u32 n)
{
    i32 fit[NREG];
    u32 count = 0;
    for (u32 k = 0; k < n; k++)
        if (free_until[regs[k]] >= end_of(cur) || (free_until[regs[k]] & ~3u) > start_of(cur) + 4) fit[count++] = regs[k];
    return count ? fit[jit_torture_choice(cur->val, start_of(cur), count)] : -1;
}

/* The registers of dead phis whose next values begin while cur lives: who leaves them alone saves a move on the way back. */
static u32 wanted_by_phis(const Scan *s, const RaInterval *cur)
{
    enum { NEAR = 64 }; /* of those that come next; keeps it linear */
    u32 regs = 0, looked = 0;
    for (size_t k = s->unhandled.len; k-- > 0 && looked < NEAR; looked++) {
        const RaInterval *x = s->unhandled.data[k], *phi = x->hint ? s->r->of[x->hint] : NULL;
        if (start_of(x) >= end_of(cur)) break;
        if (x->fp == cur->fp && x == x->first && phi && phi->reg >= 0 && intersection(phi, x) == FOREVER) regs |= 1u << phi->reg;
    }
    return regs;
}

/* Gives cur a register for as long as one is free; `whole`: only if that is all its life. */
static bool try_free(Scan *s, RaInterval *cur, bool whole)
{
    u32 free_until[NREG], best_pos = 0, call = next_call(s, cur, start_of(cur));
    const u8 *regs;
    u32 n = registers(cur, &regs);
    for (u32 k = 0; k < NREG; k++) free_until[k] = call;
    for (size_t k = 0; k < s->active.len; k++)
        if (s->active.data[k]->fp == cur->fp) free_until[s->active.data[k]->reg] = 0;
    for (size_t k = 0; k < s->inactive.len; k++) {
        RaInterval *o = s->inactive.data[k];
        if (o->fp != cur->fp) continue;
        u32 at = intersection(o, cur);
        if (at < free_until[o->reg]) free_until[o->reg] = at;
    }
    i32 best = -1, hint = hinted(s, cur);
    u32 wanted = wanted_by_phis(s, cur);
    for (u32 k = 0; k < n && best < 0; k++)
        if (free_until[regs[k]] >= end_of(cur) && !(wanted >> regs[k] & 1)) best = regs[k], best_pos = free_until[regs[k]];
    for (u32 k = 0; k < n; k++)
        if (free_until[regs[k]] > best_pos && (best < 0 || best_pos < end_of(cur))) best = regs[k], best_pos = free_until[regs[k]];
    if (hint >= 0 && (free_until[hint] >= end_of(cur) || free_until[hint] >= best_pos)) best = hint, best_pos = free_until[hint];
    if (jit_options.torture & JIT_TORTURE_REGALLOC) best = any_register(cur, free_until, regs, n), best_pos = best < 0 ? 0 : free_until[best];
    if (best < 0 || best_pos <= start_of(cur) + 1 || (whole && best_pos < end_of(cur))) return false;
    u32 at = best_pos & ~3u;
    if (best_pos < end_of(cur)) {
        if (at <= start_of(cur)) return false;
        add_unhandled(s, split(s, cur, at));
    }
    cur->reg = best;
    return true;
}

/* Nothing is free: whoever is used last of all gives way, perhaps cur itself. */
static void allocate_blocked(Scan *s, RaInterval *cur)
{
    u32 use_pos[NREG], start = start_of(cur), call = next_call(s, cur, start);
    const u8 *regs;
    u32 n = registers(cur, &regs);
    for (u32 k = 0; k < NREG; k++) use_pos[k] = FOREVER;
    for (size_t k = 0; k < s->active.len; k++) {
        RaInterval *o = s->active.data[k];
        if (o->fp != cur->fp) continue;
        u32 u = start_of(o) >= (start & ~3u) ? 0 : next_use(o, start & ~3u, true); /* what was given a register here keeps it */
        if (u < use_pos[o->reg]) use_pos[o->reg] = u;
    }
    for (size_t k = 0; k < s->inactive.len; k++) {
        RaInterval *o = s->inactive.data[k];
        if (o->fp != cur->fp || intersection(o, cur) == FOREVER) continue;
        u32 u = next_use(o, start, true);
        if (u < use_pos[o->reg]) use_pos[o->reg] = u;
    }
    i32 best = regs[0];
    for (u32 k = 0; k < n; k++)
        if (use_pos[regs[k]] > use_pos[best]) best = regs[k];
    u32 first = next_use(cur, start, true);
    if (first == FOREVER || first > use_pos[best] || first > call) {
        if (first <= start + 1 && first != FOREVER) { /* needed here and now, and nobody can give way */
            s->r->failed = true;
            return;
        }
        spill_from(s, cur, start);
        return;
    }
    if (call <= start + 1 || use_pos[best] <= start + 1) {
        s->r->failed = true;
        return;
    }
    cur->reg = best;
    if (call < end_of(cur)) add_unhandled(s, split(s, cur, call & ~3u));
    u32 at = start & ~3u;
    for (size_t k = 0; k < s->active.len; k++) {
        RaInterval *o = s->active.data[k];
        if (o->fp != cur->fp || o->reg != best) continue;
        s->active.data[k--] = vec_last(&s->active), s->active.len--;
        spill_from(s, o, at > start_of(o) ? at : start);
    }
    for (size_t k = 0; k < s->inactive.len; k++) {
        RaInterval *o = s->inactive.data[k];
        if (o->fp != cur->fp || o->reg != best || intersection(o, cur) == FOREVER) continue;
        s->inactive.data[k--] = vec_last(&s->inactive), s->inactive.len--;
        spill_from(s, o, start > start_of(o) ? start : start_of(o));
    }
}

static void advance(Scan *s, u32 pos)
{
    for (size_t k = 0; k < s->active.len; k++) {
        RaInterval *o = s->active.data[k];
        if (end_of(o) > pos && covers(o, pos)) continue;
        s->active.data[k--] = vec_last(&s->active), s->active.len--;
        if (end_of(o) > pos) vec_push(&s->inactive, o);
    }
    for (size_t k = 0; k < s->inactive.len; k++) {
        RaInterval *o = s->inactive.data[k];
        if (end_of(o) > pos && !covers(o, pos)) continue;
        s->inactive.data[k--] = vec_last(&s->inactive), s->inactive.len--;
        if (end_of(o) > pos) vec_push(&s->active, o);
    }
}

static int by_start(const void *a, const void *b)
{
    const RaInterval *x = *(RaInterval *const *)a, *y = *(RaInterval *const *)b;
    if (start_of(x) != start_of(y)) return start_of(x) < start_of(y) ? 1 : -1;
    return x->val < y->val ? 1 : -1;
}

static void scan(Scan *s)
{
    for (size_t i = 0; i < s->all.len; i++) vec_push(&s->unhandled, s->all.data[i]);
    qsort(s->unhandled.data, s->unhandled.len, sizeof *s->unhandled.data, by_start);
    while (s->unhandled.len && !s->r->failed) {
        RaInterval *cur = vec_pop(&s->unhandled);
        advance(s, start_of(cur));
        if (cur->param && cur == cur->first) { /* arguments are in memory */
            spill_from(s, cur, start_of(cur));
            continue;
        }
        bool wanted = next_use(cur, start_of(cur), true) != FOREVER; /* in a register; phis take operands from anywhere, but rather from there */
        if (!wanted && !(cur->first->feeds && try_free(s, cur, true))) {
            spill(cur);
            continue;
        }
        if (wanted && !try_free(s, cur, false)) allocate_blocked(s, cur);
        if (cur->reg >= 0) vec_push(&s->active, cur);
    }
}

/* ---- Locations ------------------------------------------------------------------------------------------------------------------------ */
static Loc memory_of(Ra *r, const RaInterval *i)
{
    if (i->param) return (Loc){ .kind = LOC_ARG, .slot = (i32)ir(r->f, i->val)->imm };
    return (Loc){ .kind = LOC_SLOT, .slot = i->first->slot };
}

static Loc loc_of(Ra *r, const RaInterval *i)
{
    if (i->reg < 0) return memory_of(r, i);
    return (Loc){ .kind = i->fp ? LOC_F : LOC_X, .reg = (u8)i->reg };
}

Loc ra_at(Ra *r, Val v, u32 pos)
{
    if (ir(r->f, v)->op == IR_CONST) return (Loc){ .kind = LOC_CONST };
    const RaInterval *best = NULL;
    for (const RaInterval *i = r->of[v]; i; i = i->next)
        if (start_of(i) <= pos && (covers(i, pos) || pos < end_of(i))) {
            if (covers(i, pos)) return loc_of(r, i);
            best = i;
        }
    if (!best) panic("value %u is nowhere at position %u", v, pos);
    return loc_of(r, best);
}

Loc ra_where(Ra *r, Val v, u32 pos)
{
    for (const RaInterval *i = r->of[v]; i; i = i->next)
        if (covers(i, pos)) return loc_of(r, i);
    return (Loc){ .kind = LOC_NONE };
}

Loc ra_result(Ra *r, Val v)
{
    return r->of[v] ? loc_of(r, r->of[v]) : (Loc){ 0 };
}

i32 ra_store_slot(Ra *r, Val v)
{
    const RaInterval *i = r->of[v];
    return i && !i->param && i->slot >= 0 ? i->slot : -1;
}

void ra_pieces(Ra *r, void (*fn)(void *ctx, const RaPiece *p), void *ctx)
{
    for (Val v = 1; v < r->f->ins.len; v++) {
        for (const RaInterval *i = r->of[v]; i; i = i->next)
            for (size_t k = 0; k < i->ranges.len; k++)
                fn(ctx, &(RaPiece){ i->ranges.data[k].from, i->ranges.data[k].to, v, loc_of(r, i) });
    }
}

/* ---- Slots -------------------------------------------------------------------------------------------------------------------------------- */
static u32 whole_end(const RaInterval *i)
{
    while (i->next) i = i->next;
    return end_of(i);
}

static void assign_slots(Scan *s)
{
    Ra *r = s->r;
    Vec(RaInterval *) spilled = { 0 };
    for (Val v = 1; v < r->f->ins.len; v++)
        if (r->of[v] && r->of[v]->slot == -2 && !r->of[v]->param) vec_push(&spilled, r->of[v]);
    if (spilled.len) qsort(spilled.data, spilled.len, sizeof *spilled.data, by_start);
    Vec(u32) busy = { 0 };
    for (size_t k = spilled.len; k-- > 0;) {
        RaInterval *i = spilled.data[k];
        size_t n = 0;
        while (n < busy.len && busy.data[n] > start_of(i)) n++;
        if (n == busy.len) vec_push(&busy, 0);
        busy.data[n] = whole_end(i);
        i->slot = (i32)n;
    }
    r->nslots = (u32)busy.len;
    vec_free(&spilled);
    vec_free(&busy);
}

/* ---- Resolution ------------------------------------------------------------------------------------------------------------------------------ */
static bool same_loc(Loc a, Loc b) { return a.kind == b.kind && a.reg == b.reg && a.slot == b.slot; }

static void add_move(Ra *r, u32 pos, Val v, Loc from, Loc to, Val target, bool edge)
{
    if (same_loc(from, to)) return;
    if (v == target && (to.kind == LOC_SLOT || to.kind == LOC_ARG)) return; /* it is there already */
    vec_push(&r->moves, ((RaMove){ pos, v, from, to, target, edge }));
}

static bool at_block_start(const Ra *r, u32 pos)
{
    u32 lo = 0, hi = r->norder;
    while (lo < hi) {
        u32 mid = (lo + hi) / 2;
        if (r->first[r->order[mid]] < pos) lo = mid + 1;
        else hi = mid;
    }
    return lo < r->norder && r->first[r->order[lo]] == pos;
}

/* Between neighbours within a block. */
static void resolve_splits(Ra *r)
{
    for (Val v = 1; v < r->f->ins.len; v++)
        for (RaInterval *i = r->of[v]; i && i->next; i = i->next) {
            u32 at = start_of(i->next);
            if (end_of(i) != at || at_block_start(r, at)) continue;
            add_move(r, at, v, loc_of(r, i), loc_of(r, i->next), v, false);
        }
}

static void resolve_edge(Ra *r, Live *l, u32 from, u32 to, u32 pred)
{
    IrFn *f = r->f;
    Block *b = ir_block(f, from), *t = ir_block(f, to);
    u32 end = r->last[from] - 1, begin = r->first[to];
    ASSERT(b->succs.len == 1 || t->preds.len == 1);
    u32 pos = b->succs.len == 1 ? r->last[from] - 4 : begin;
    const u64 *in = l->in + (u64)to * l->words;
    for (u32 w = 0; w < l->words; w++)
        for (u64 bits = in[w]; bits; bits &= bits - 1) {
            Val v = w * 64 + (u32)__builtin_ctzll(bits);
            if (r->of[v] && (r->of[v]->next || r->of[v]->reg < 0)) add_move(r, pos, v, ra_at(r, v, end), ra_at(r, v, begin), v, true);
        }
    for (size_t k = 0; k < t->ins.len && ir(f, t->ins.data[k])->op == IR_PHI; k++) {
        Val phi = t->ins.data[k], a = f->pool.data[ir(f, phi)->args + pred];
        if (r->of[phi]) add_move(r, pos, a, ra_at(r, a, end), ra_at(r, phi, begin), phi, true);
    }
}

static int by_pos(const void *a, const void *b)
{
    const RaMove *x = a, *y = b;
    if (x->pos != y->pos) return x->pos < y->pos ? -1 : 1;
    if (x->edge != y->edge) return x->edge ? 1 : -1;
    return 0;
}

static void resolve(Ra *r, Live *l)
{
    IrFn *f = r->f;
    resolve_splits(r);
    for (u32 o = 0; o < r->norder; o++) {
        Block *b = ir_block(f, r->order[o]);
        for (size_t s = 0; s < b->succs.len; s++) {
            Block *t = ir_block(f, b->succs.data[s]);
            for (u32 p = 0; p < t->preds.len; p++)
                if (t->preds.data[p] == r->order[o]) resolve_edge(r, l, r->order[o], b->succs.data[s], p);
        }
    }
    if (r->moves.len) qsort(r->moves.data, r->moves.len, sizeof *r->moves.data, by_pos);
}

/* ---- The whole ---------------------------------------------------------------------------------------------------------------------------------- */
Ra *ra_allocate(IrFn *f)
{
    Ra *r = xcalloc(1, sizeof *r);
    r->f = f;
    r->first = xcalloc(f->blocks.len, sizeof(u32));
    r->last = xcalloc(f->blocks.len, sizeof(u32));
    r->pos = xcalloc(f->ins.len, sizeof(u32));
    r->of = xcalloc(f->ins.len, sizeof *r->of);
    number(r);
    Live l = { .f = f, .words = (u32)(f->ins.len + 63) / 64 };
    l.in = xcalloc(f->blocks.len * l.words, sizeof(u64));
    l.out = xcalloc(f->blocks.len * l.words, sizeof(u64));
    l.now = xcalloc(l.words, sizeof(u64));
    liveness(&l);
    Scan s = { .r = r };
    build(&s, &l);
    scan(&s);
    if (!r->failed) {
        assign_slots(&s);
        resolve(r, &l);
    }
    vec_free(&s.all);
    vec_free(&s.unhandled);
    vec_free(&s.active);
    vec_free(&s.inactive);
    vec_free(&s.calls);
    free(l.in);
    free(l.out);
    free(l.now);
    return r;
}

void ra_free(Ra *r)
{
    for (Val v = 1; v < r->f->ins.len; v++)
        for (RaInterval *i = r->of[v], *next; i; i = next) {
            next = i->next;
            vec_free(&i->ranges);
            vec_free(&i->uses);
            free(i);
        }
    free(r->order);
    free(r->first);
    free(r->last);
    free(r->pos);
    free(r->of);
    vec_free(&r->moves);
    free(r);
}
