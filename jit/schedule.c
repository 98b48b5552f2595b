/* Scheduling before registers are given: the order of the instructions in a block. Of those whose operands are there, the one comes first from which the longest chain of latencies leads to the end of
   the block; when many values are in registers, the one that frees most of them, or that came first. postpass.c goes over the code once more.

   What keeps its order: whatever has a frame state, writes, may be stopped at or ends the block. Loads stay behind the checks in front of them, and on their side of what may change what they read. Nothing
   moves over a call or a poll. So each frame state says what it said: what was done before, is done, and what comes behind, is not. */
#include "jit/jit.h"
#include "jit/loop.h"
#include "vm/class.h"

enum { MANY_X = 8, MANY_F = 14, FEW = 3 /* instructions: not worth it */, LOTS = 128 /* as the pass takes time with their square */ };

typedef struct Node { Val v; u32 height, waits; bool done; } Node;
typedef struct Dep { u32 from, to; } Dep;

typedef struct Schedule {
    IrFn *f;
    u32 first, n;      /* of the block's list */
    Node node[LOTS];
    Vec(Dep) deps;     /* from: earlier */
    u32 *at;           /* per value: 1 + its node, in this part of the block */
    u32 *left;         /* per value: uses that have not been passed, in whatever block */
    i32 live[2];       /* values in registers, about: integers, floats */
    u32 to;            /* node whose operands are looked at */
} Schedule;

static bool is_float(const Ins *i) { return i->type == IT_FLOAT || i->type == IT_DOUBLE; }

/* Cycles until a result can be used, about. */
static u32 latency(const Ins *i)
{
    switch (i->op) {
    case IR_LOAD: case IR_LOADX: case IR_LOADFINAL: case IR_GETAT: case IR_ARRAYLEN: case IR_KLASS: case IR_POOL: return 4;
    case IR_MUL: case IR_MULH: return is_float(i) ? 4 : 3;
    case IR_DIV: case IR_REM: case IR_SQRT: return 16;
    case IR_ADD: case IR_SUB: return is_float(i) ? 4 : 1;
    case IR_CVT: case IR_CMP: case IR_MOVBITS: return 3;
    default: return 1;
    }
}

/* ---- What must stay in order -------------------------------------------------------------------------------------------- */
static bool divides(const Ins *i) { return ir_has(i, IRF_CALL | IRF_END) || i->op == IR_POLL || i->op == IR_PHI || i->op == IR_PARAM || i->op == IR_HINT; }
static bool stays(const Ins *i) { return ir_has(i, IRF_STATE | IRF_WRITE | IRF_FIRMWARE | IRF_KEEP); }
static bool reads(const Ins *i) { return ir_has(i, IRF_READ) || i->op == IR_KLASS || i->op == IR_ARRAYLEN || i->op == IR_LOADFINAL; }
static bool is_volatile(const Ins *i) { return (i->op == IR_GETAT && i->imm) || (i->op == IR_LOAD && i->ref && ((const Field *)i->ref)->access & ACC_VOLATILE); }

/* May `write` change what `load` reads? */
static bool changes(const Ins *write, const Ins *load)
{
    if (memory_orders(write) || is_volatile(load) || (ir_has(write, IRF_FIRMWARE) && ir_has(write, IRF_KEEP))) return true;
    if (!ir_has(write, IRF_WRITE) || !ir_has(load, IRF_READ)) return false;
    if (write->op == IR_STOREX) return load->op == IR_LOADX ? write->sub == load->sub : load->op == IR_GETAT;
    if (write->op == IR_STORE && write->ref) return load->op == IR_LOAD ? !load->ref || write->ref == load->ref : load->op == IR_GETAT;
    return true;
}

static void add_dep(Schedule *s, u32 from, u32 to) { vec_push(&s->deps, ((Dep){ from, to })), s->node[to].waits++; }

static void use_operand(void *ctx, Val *v)
{
    Schedule *s = ctx;
    if (ir_placeless(ir(s->f, *v))) return;
    if (s->at[*v]) add_dep(s, s->at[*v] - 1, s->to);
}

static void depend(Schedule *s)
{
    IrFn *f = s->f;
    u32 last = 0; /* that stays; 1 + its node */
    for (u32 k = 0; k < s->n; k++) {
        Ins *i = ir(f, s->node[k].v);
        s->to = k;
        ir_operands(f, i, use_operand, s);
        ir_state_values(f, i->state, use_operand, s);
        bool loads = reads(i), fixed = stays(i) || is_volatile(i);
        for (u32 j = k; (loads || fixed) && j-- > 0;) {
            const Ins *e = ir(f, s->node[j].v);
            if (loads && !fixed && (ir_has(e, IRF_STATE) || changes(e, i))) add_dep(s, j, k);
            else if (fixed && !stays(e) && reads(e) && changes(i, e)) add_dep(s, j, k);
        }
        if (fixed && last) add_dep(s, last - 1, k);
        if (fixed) last = k + 1;
        s->at[s->node[k].v] = k + 1;
    }
    for (size_t d = s->deps.len; d-- > 0;) { /* those to later nodes come later */
        Node *from = &s->node[s->deps.data[d].from], *to = &s->node[s->deps.data[d].to];
        u32 h = to->height + latency(ir(f, from->v));
        if (h > from->height) from->height = h;
    }
}

/* ---- The list ---------------------------------------------------------------------------------------------------------------- */
/* Uses that end: counted, or what if. */
typedef struct Effect { Schedule *s; i32 change[2]; bool count; } Effect;
static void effect_of(void *ctx, Val *v)
{
    Effect *e = ctx;
    Schedule *s = e->s;
    const Ins *i = ir(s->f, *v);
    if (ir_placeless(i)) return;
    if (!e->count && s->left[*v] == 1) e->change[is_float(i)]--;
    if (e->count && s->left[*v] && !--s->left[*v]) s->live[is_float(i)]--;
}

/* By how much more values are in registers behind it. */
static void effect(Schedule *s, Val v, i32 *change)
{
    Effect e = { .s = s };
    Ins *i = ir(s->f, v);
    ir_operands(s->f, i, effect_of, &e);
    change[0] = e.change[0], change[1] = e.change[1];
    if (i->type != IT_VOID) change[is_float(i)]++;
}

/* Its uses are passed, and its result is there. */
static void pass(Schedule *s, Val v)
{
    Effect e = { .s = s, .count = true };
    Ins *i = ir(s->f, v);
    ir_operands(s->f, i, effect_of, &e);
    ir_state_values(s->f, i->state, effect_of, &e);
    if (i->type != IT_VOID && s->left[v]) s->live[is_float(i)]++;
}

/* Which may rather be next? */
static bool better(Schedule *s, u32 a, u32 b)
{
    const Node *x = &s->node[a], *y = &s->node[b];
    if (jit_options.torture & JIT_TORTURE_SCHEDULE) {
        u32 p = jit_torture_choice(x->v, s->f->ins.len, 1 << 20), q = jit_torture_choice(y->v, s->f->ins.len, 1 << 20);
        return p != q ? p > q : a < b;
    }
    bool many[2] = { s->live[0] >= MANY_X, s->live[1] >= MANY_F };
    if (many[0] || many[1]) {
        i32 c[2], d[2];
        effect(s, x->v, c);
        effect(s, y->v, d);
        i32 p = many[0] * c[0] + many[1] * c[1], q = many[0] * d[0] + many[1] * d[1];
        if (p != q) return p < q;
        return a < b;
    }
    return x->height != y->height ? x->height > y->height : a < b;
}

static void list(Schedule *s)
{
    IrFn *f = s->f;
    Val *out = ir_block(f, ir(f, s->node[0].v)->block)->ins.data + s->first;
    for (u32 placed = 0; placed < s->n; placed++) {
        u32 best = ~0u;
        for (u32 k = 0; k < s->n; k++)
            if (!s->node[k].done && !s->node[k].waits && (best == ~0u || better(s, k, best))) best = k;
        ASSERT(best != ~0u);
        Node *n = &s->node[best];
        n->done = true;
        out[placed] = n->v;
        pass(s, n->v);
        for (size_t d = 0; d < s->deps.len; d++)
            if (s->deps.data[d].from == best) s->node[s->deps.data[d].to].waits--;
    }
}

/* The instructions gathered are a part of their block's list. */
static void part(Schedule *s)
{
    if (s->n > FEW) {
        depend(s);
        list(s);
    } else {
        for (u32 k = 0; k < s->n; k++) pass(s, s->node[k].v);
    }
    for (u32 k = 0; k < s->n; k++) s->at[s->node[k].v] = 0;
    vec_clear(&s->deps);
    s->n = 0;
}

static void count_use(void *ctx, Val *v) { ((Schedule *)ctx)->left[*v]++; }

/* In all blocks: what is used in another one too, keeps its register in this one. */
static void count_uses(Schedule *s)
{
    IrFn *f = s->f;
    for (size_t o = 0; o < f->rpo.len; o++) {
        const Block *b = ir_block(f, f->rpo.data[o]);
        for (size_t k = 0; k < b->ins.len; k++) {
            ir_operands(f, ir(f, b->ins.data[k]), count_use, s);
            ir_state_values(f, ir(f, b->ins.data[k])->state, count_use, s);
        }
    }
}

/* An instanceof that is branched on is one with the branch (emit.c). */
static bool is_tested_at_once(IrFn *f, const Block *b, size_t n)
{
    if (n + 2 != b->ins.len || ir(f, b->ins.data[n])->op != IR_INSTANCEOF) return false;
    const Ins *branch = ir(f, b->ins.data[n + 1]);
    return branch->op == IR_IF && branch->a == b->ins.data[n];
}

static void block(Schedule *s, u32 bi)
{
    IrFn *f = s->f;
    s->live[0] = s->live[1] = 0;
    for (size_t k = 0; k < ir_block(f, bi)->ins.len; k++) {
        Val v = ir_block(f, bi)->ins.data[k];
        bool stays_last = is_tested_at_once(f, ir_block(f, bi), k);
        if (divides(ir(f, v)) || stays_last || s->n == LOTS) {
            part(s);
            if (divides(ir(f, v)) || stays_last) {
                if (ir(f, v)->op != IR_PHI) pass(s, v);
                continue;
            }
        }
        if (!s->n) s->first = (u32)k;
        s->node[s->n++] = (Node){ .v = v };
    }
    part(s);
}

void jit_schedule(IrFn *f)
{
    if (!jit_schedules()) return;
    Schedule *s = xcalloc(1, sizeof *s);
    s->f = f;
    s->at = xcalloc(f->ins.len, sizeof *s->at);
    s->left = xcalloc(f->ins.len, sizeof *s->left);
    count_uses(s);
    for (size_t o = 0; o < f->rpo.len; o++)
        if (!ir_block(f, f->rpo.data[o])->cold) block(s, f->rpo.data[o]);
    vec_free(&s->deps);
    free(s->at);
    free(s->left);
    free(s);
}
