/* Loops: what is the same in every iteration moves before the loop, and index checks that follow from a counted loop's bounds go.

   - Pure instructions with operands from outside move to the preheader, unless they are dear and not done in every iteration.
   - Checks that every iteration makes, of values from outside, move too. There they have the frame state of the loop's entry: if one fails,
     the interpreter runs the loop, so a failure costs time only. A place where that happened is not hoisted again (REASON_HOISTED).
   - Loads of what the loop does not change move, if every iteration does them and what makes them safe (a null check, an index check)
     holds in the preheader already, and no test of the object's type stays behind in the loop.
   - An index check of i + k, where i counts from a start by a constant and the loop goes on only while i is below (above) a limit, is replaced
     by checks of start and limit in the preheader. So is one of j + k, where j and i both count by one.
   - Innermost loops poll at every 64th iteration, by a counter of their own or one made for that.
   Inner loops come first, so that what leaves one may go on to leave the next. */
#include "jit/jit.h"
#include "jit/loop.h"
#include "vm/class.h"
#include "vm/opcodes.h"

enum { FAR = 1 << 20, MAX_CHAIN = 300, MAX_PHIS = 10 }; /* constants smaller than FAR: sums do not overflow */

typedef struct Loop {
    IrFn *f;
    u32 header, pre;
    u32 pre_state;      /* frame state at the preheader's end; 0: not made */
    Members in;
    Vec(u32) latches;
    bool unknown_writes, calls;
    u16 elements;       /* element types stored to */
    Vec(const void *) fields;
    Vec(Val) tested;    /* values whose type is tested inside */
} Loop;

static bool inside(const Loop *l, Val v)
{
    const Ins *i = ir(l->f, v);
    return i->op != IR_CONST && l->in.in[i->block];
}

static bool invariant(const Loop *l, const Ins *i)
{
    return !(i->a && inside(l, i->a)) && !(i->b && inside(l, i->b)) && !(i->c && inside(l, i->c)) && !i->nargs;
}

static bool always(const Loop *l, u32 block)
{
    for (size_t k = 0; k < l->latches.len; k++)
        if (!ir_dominates(l->f, block, l->latches.data[k])) return false;
    return true;
}

static bool constant(const IrFn *f, Val v, i64 *k)
{
    const Ins *i = ir((IrFn *)f, v);
    *k = i->imm;
    return i->op == IR_CONST;
}

/* ---- The preheader ------------------------------------------------------------------------------------------------------- */
static Val at_entry(const Loop *l, Val v)
{
    const Ins *i = ir(l->f, v);
    if (i->op != IR_PHI || i->block != l->header) return v;
    const Block *h = ir_block(l->f, l->header);
    size_t p = 0;
    while (h->preds.data[p] != l->pre) p++;
    return l->f->pool.data[i->args + p];
}

/* The header's frame state with what its phis have on entry. */
static u32 entry_state(Loop *l)
{
    IrFn *f = l->f;
    u32 from = ir_block(f, l->header)->state;
    if (l->pre_state || !from) return l->pre_state;
    State s = *ir_state(f, from);
    u32 n = ir_state_size(&s), vals = (u32)f->pool.len;
    for (u32 k = 0; k < n; k++) {
        Val v = f->pool.data[s.vals + k];
        vec_push(&f->pool, v ? at_entry(l, v) : V_NONE);
    }
    s.vals = vals;
    vec_push(&f->states, s);
    return l->pre_state = (u32)f->states.len - 1;
}

static void put_in_preheader(Loop *l, Val v) { ir_insert(l->f, l->pre, (u32)ir_block(l->f, l->pre)->ins.len - 1, v); }

/* Moves v, which the caller takes out of its block's list. */
static void move_out(Loop *l, Val v)
{
    put_in_preheader(l, v);
    ASSERT(ir(l->f, v)->block == l->pre);
}

static bool may_speculate(Loop *l, const Ins *i)
{
    Method *m = l->f->scopes.data[i->where >> 16].m;
    return !jit_avoids(l->f, m, i->where & 0xffff, REASON_HOISTED) && entry_state(l);
}

/* A guard in the preheader on behalf of instruction `of`. */
static void guard(Loop *l, Val of, Val a, IrCond cc, Val b)
{
    IrFn *f = l->f;
    i64 x, y;
    if (constant(f, a, &x) && constant(f, b, &y)) {
        bool holds = cc == CC_LT ? x < y : cc == CC_LE ? x <= y : cc == CC_GE ? x >= y : cc == CC_GT ? x > y : false;
        if (holds) return;
    }
    Val g = ir_make(f, IR_GUARD, IT_VOID, a, b, 0);
    Ins *i = ir(f, g);
    i->sub = (u8)cc, i->imm = REASON_HOISTED, i->state = entry_state(l), i->where = ir(f, of)->where;
    put_in_preheader(l, g);
}

/* ---- What is known before the loop ----------------------------------------------------------------------------------------- */
static bool block_checks(IrFn *f, u32 block, Val v)
{
    const Block *b = ir_block(f, block);
    for (size_t n = 0; n < b->ins.len; n++) {
        const Ins *i = ir(f, b->ins.data[n]);
        if (i->op == IR_NULLCHECK && i->a == v && !i->dead) return true;
    }
    if (b->preds.len != 1) return false;
    const Ins *test = ir_passed_test(f, block);
    if (test) return test->a == v;
    const Block *p = ir_block(f, b->preds.data[0]);
    const Ins *t = ir(f, vec_last(&p->ins));
    i64 k;
    if (t->op != IR_IF || t->type != IT_REF || t->a != v || p->succs.data[0] == p->succs.data[1]) return false;
    return constant(f, t->b, &k) && !k && (t->sub == CC_NE) == (p->succs.data[0] == block);
}

static bool nonnull_before(const Loop *l, Val v)
{
    IrFn *f = l->f;
    if (ir_nonnull(f, v)) return true; /* addresses of statics too */
    if (ir(f, v)->op == IR_CONST) return false;
    u32 b = l->pre;
    for (u32 n = 0; n < MAX_CHAIN; n++, b = ir_block(f, b)->idom) {
        if (block_checks(f, b, v)) return true;
        if (b == 1) return false;
    }
    return false;
}

static bool bounds_before(const Loop *l, Val array, Val index)
{
    IrFn *f = l->f;
    u32 b = l->pre;
    for (u32 n = 0; n < MAX_CHAIN; n++, b = ir_block(f, b)->idom) {
        const Block *k = ir_block(f, b);
        for (size_t x = 0; x < k->ins.len; x++) {
            const Ins *i = ir(f, k->ins.data[x]);
            if (i->op == IR_BOUNDS && i->a == index && ir(f, i->b)->op == IR_ARRAYLEN && ir(f, i->b)->a == array) return true;
        }
        if (b == 1) return false;
    }
    return false;
}

/* ---- Hoisting ----------------------------------------------------------------------------------------------------------------- */
/* The value whose type i tests, for what follows. */
static Val tested_by(const IrFn *f, const Ins *i)
{
    if (i->op == IR_CHECKCAST || i->op == IR_INSTANCEOF) return i->a;
    if (i->op != IR_GUARD && i->op != IR_IF) return V_NONE;
    const Ins *k = &f->ins.data[i->a];
    return k->op == IR_KLASS ? k->a : V_NONE;
}

static void forget_test(Loop *l, Val v)
{
    for (size_t k = 0; k < l->tested.len; k++)
        if (l->tested.data[k] == v) {
            l->tested.data[k] = vec_last(&l->tested), l->tested.len--;
            return;
        }
}

static bool is_tested(const Loop *l, Val v)
{
    for (size_t k = 0; k < l->tested.len; k++)
        if (l->tested.data[k] == v) return true;
    return false;
}

static bool changed_inside(const Loop *l, const Ins *i)
{
    if (l->unknown_writes) return true;
    if (i->op == IR_LOADX) return l->elements >> i->sub & 1;
    for (size_t k = 0; k < l->fields.len; k++)
        if (l->fields.data[k] == i->ref) return true;
    return false;
}

static bool load_may_move(Loop *l, const Ins *i)
{
    const Field *field = i->ref;
    if (memory_metadata(l->f, i)) return always(l, i->block);
    if (i->op == IR_LOAD && (!field || field->access & ACC_VOLATILE)) return false;
    if (changed_inside(l, i) || !always(l, i->block) || is_tested(l, i->a) || !nonnull_before(l, i->a)) return false;
    return i->op == IR_LOAD || bounds_before(l, i->a, i->b);
}

static bool dear(const Ins *i) { return i->op == IR_DIV || i->op == IR_REM || i->op == IR_FMATH || i->op == IR_SQRT; }

static bool may_move(Loop *l, Val v)
{
    Ins *i = ir(l->f, v);
    if (!invariant(l, i)) return false;
    switch (i->op) {
    case IR_PHI: case IR_PARAM: case IR_CONST: return false;
    case IR_KLASS: case IR_ARRAYLEN: return nonnull_before(l, i->a);
    case IR_LOAD: case IR_LOADX: return load_may_move(l, i);
    case IR_NULLCHECK: case IR_BOUNDS: case IR_DIVCHECK: case IR_GUARD: case IR_UNIQUE: case IR_CHECKCAST: return always(l, i->block) && may_speculate(l, i);
    default: break;
    }
    return ir_has(i, IRF_PURE) && (!dear(i) || always(l, i->block));
}

static void hoist_block(Loop *l, u32 block)
{
    IrFn *f = l->f;
    size_t kept = 0, n = ir_block(f, block)->ins.len;
    for (size_t k = 0; k < n; k++) {
        Val v = ir_block(f, block)->ins.data[k];
        if (!may_move(l, v)) {
            ir_block(f, block)->ins.data[kept++] = v;
            continue;
        }
        forget_test(l, tested_by(f, ir(f, v)));
        if (ir_has(ir(f, v), IRF_STATE)) {
            u32 state = entry_state(l);
            ir(f, v)->state = state;
            ir(f, v)->imm = REASON_HOISTED;
        }
        move_out(l, v);
    }
    ir_block(f, block)->ins.len = kept;
}

/* ---- Counted loops ------------------------------------------------------------------------------------------------------------ */
/* i = phi(start, i + step). */
typedef struct Counter { Val phi, start; i64 step; } Counter;

static bool counter(const Loop *l, Val v, Counter *c)
{
    IrFn *f = l->f;
    const Ins *i = ir(f, v);
    if (i->op != IR_PHI || i->block != l->header || i->type != IT_INT) return false;
    const Block *h = ir_block(f, l->header);
    *c = (Counter){ .phi = v };
    for (u32 p = 0; p < i->nargs; p++) {
        Val x = f->pool.data[i->args + p];
        i64 k;
        if (h->preds.data[p] == l->pre) {
            c->start = x;
            continue;
        }
        const Ins *add = ir(f, x);
        if (add->op != IR_ADD || add->a != v || !constant(f, add->b, &k) || !k || k <= -FAR || k >= FAR || (c->step && c->step != k)) return false;
        c->step = k;
    }
    return c->step && c->start;
}

/* A test that keeps `block` from being reached unless counter <cc> limit. */
typedef struct Test { Val limit; IrCond cc; } Test;

static bool test_of(const Loop *l, const Counter *c, u32 block, u32 from, Test *t)
{
    IrFn *f = l->f;
    const Block *b = ir_block(f, from);
    const Ins *i = ir(f, vec_last(&b->ins));
    if (i->op != IR_IF || i->type != IT_INT || b->succs.data[0] == b->succs.data[1]) return false;
    for (u32 s = 0; s < 2; s++) {
        u32 to = b->succs.data[s];
        if (!l->in.in[to] || ir_block(f, to)->preds.len != 1 || !ir_dominates(f, to, block)) continue;
        IrCond cc = s ? cond_not((IrCond)i->sub) : (IrCond)i->sub;
        if (i->a == c->phi && !inside(l, i->b)) *t = (Test){ i->b, cc };
        else if (i->b == c->phi && !inside(l, i->a) && cc <= CC_LE) *t = (Test){ i->a, cond_swap(cc) };
        else return false;
        return c->step > 0 ? t->cc == CC_LT || t->cc == CC_LE : t->cc == CC_GT || t->cc == CC_GE;
    }
    return false;
}

static bool find_test(const Loop *l, const Counter *c, u32 block, Test *t)
{
    for (u32 b = block;; b = ir_block(l->f, b)->idom) {
        if (b != block && test_of(l, c, block, b, t)) return true;
        if (b == l->header) return false;
    }
}

static Val in_preheader(Loop *l, IrOp op, IrType type, u8 sub, Val a, Val b)
{
    IrFn *f = l->f;
    Val v = ir_make(f, op, type, a, b, 0);
    ir(f, v)->sub = sub;
    Val w = jit_fold(f, v);
    if (w != v) return w;
    put_in_preheader(l, v);
    return v;
}

static Val widened(Loop *l, Val v, i64 plus)
{
    Val w = in_preheader(l, IR_CVT, IT_LONG, OP_i2l, v, V_NONE);
    return plus ? in_preheader(l, IR_ADD, IT_LONG, 0, w, ir_const(l->f, IT_LONG, (u64)plus)) : w;
}

/* x + plus < length, by guards; nothing, if x is the length and plus negative. */
static void guard_below(Loop *l, Val check, Val x, i64 plus, Val length)
{
    if (x == length && plus < 0) return;
    Val a = widened(l, x, plus), b = widened(l, length, 0);
    guard(l, check, a, CC_LT, b);
}

/* x + plus >= 0. */
static void guard_positive(Loop *l, Val check, Val x, i64 plus)
{
    if (plus >= 0 && ir(l->f, x)->op == IR_ARRAYLEN) return;
    guard(l, check, x, CC_GE, ir_const(l->f, IT_INT, (u64)-plus));
}

static void replace_bounds(Loop *l, Val v, const Counter *c, const Test *t, i64 k)
{
    IrFn *f = l->f;
    Val length = ir(f, v)->b;
    if (c->step > 0) { /* start ... limit - 1, or limit */
        i64 last = k - (t->cc == CC_LT);
        guard_positive(l, v, c->start, k);
        guard_below(l, v, t->limit, last, length);
        if ((c->step > 1 || t->cc == CC_LE) && !(t->limit == length && c->step == 1)) /* i + step does not wrap round */
            guard(l, v, t->limit, CC_LE, ir_const(f, IT_INT, (u64)(INT32_MAX - c->step)));
    } else { /* start down to limit + 1, or limit */
        guard_below(l, v, c->start, k, length);
        guard_positive(l, v, t->limit, k + (t->cc == CC_GT));
        if (-c->step > 1 || t->cc == CC_GE) guard(l, v, t->limit, CC_GE, ir_const(f, IT_INT, (u64)(i64)(INT32_MIN - c->step)));
    }
    ir_delete(f, v);
}

/* Another counter by one whose test lets the check be reached: both have been stepped equally often. */
static bool find_companion(const Loop *l, const Counter *c, u32 block, Counter *other, Test *t)
{
    IrFn *f = l->f;
    const Block *h = ir_block(f, l->header);
    for (size_t k = 0; c->step == 1 && k < h->ins.len && ir(f, h->ins.data[k])->op == IR_PHI; k++) {
        Val phi = h->ins.data[k];
        if (phi != c->phi && counter(l, phi, other) && other->step == 1 && find_test(l, other, block, t)) return true;
    }
    return false;
}

/* The index is start + k and from there on by one, as often as the companion goes from its start to its limit. */
static void replace_by_companion(Loop *l, Val v, const Counter *c, const Counter *other, const Test *t, i64 k)
{
    IrFn *f = l->f;
    Val length = ir(f, v)->b, last = in_preheader(l, IR_ADD, IT_LONG, 0, widened(l, t->limit, 0), widened(l, c->start, k - (t->cc == CC_LT)));
    ASSERT(c->step == 1 && other->step == 1);
    guard_positive(l, v, c->start, k);
    last = in_preheader(l, IR_SUB, IT_LONG, 0, last, widened(l, other->start, 0));
    guard(l, v, last, CC_LT, widened(l, length, 0));
    if (t->cc == CC_LE) guard(l, v, t->limit, CC_LE, ir_const(f, IT_INT, (u64)(INT32_MAX - 1)));
    ir_delete(f, v);
}

static void bounds_check(Loop *l, Val v)
{
    IrFn *f = l->f;
    Ins *i = ir(f, v);
    i64 k = 0;
    Val index = i->a;
    Counter c, other;
    Test t;
    if (inside(l, i->b)) return;
    if (ir(f, index)->op == IR_ADD && constant(f, ir(f, index)->b, &k)) index = ir(f, index)->a;
    else k = 0;
    if (k <= -FAR || k >= FAR || !counter(l, index, &c) || !may_speculate(l, i)) return;
    if (!find_test(l, &c, i->block, &t)) {
        if (find_companion(l, &c, i->block, &other, &t)) replace_by_companion(l, v, &c, &other, &t, k);
        return;
    }
    if (t.limit == i->b && k - (t.cc == CC_LT) >= 0 && c.step > 0) return; /* it will fail */
    replace_bounds(l, v, &c, &t, k);
}

/* ---- Polls ---------------------------------------------------------------------------------------------------------------------- */
static u32 position(const IrFn *f, u32 block, Val v)
{
    const Block *b = &f->blocks.data[block];
    u32 k = 0;
    while (k < b->ins.len && b->ins.data[k] != v) k++;
    return k;
}

/* A counter that has been stepped by one on the way to poll v. */
static Val stepped(const Loop *l, Val poll)
{
    IrFn *f = l->f;
    const Block *h = ir_block(f, l->header);
    u32 block = ir(f, poll)->block;
    for (size_t k = 0; k < h->ins.len; k++) {
        Val phi = h->ins.data[k];
        Counter c;
        if (ir(f, phi)->op != IR_PHI) break;
        if (!counter(l, phi, &c) || (c.step != 1 && c.step != -1)) continue;
        for (u32 p = 0; p < ir(f, phi)->nargs; p++) {
            Val x = f->pool.data[ir(f, phi)->args + p];
            u32 at = ir(f, x)->block;
            if (h->preds.data[p] == l->pre || ir(f, x)->op == IR_CONST || !ir_dominates(f, at, block)) continue;
            if (at != block || position(f, at, x) < position(f, at, poll)) return x;
        }
    }
    return V_NONE;
}

static Val poll_in(const IrFn *f, u32 block)
{
    const Block *b = &f->blocks.data[block];
    for (size_t n = b->ins.len; n-- > 0;)
        if (f->ins.data[b->ins.data[n]].op == IR_POLL) return b->ins.data[n];
    return V_NONE;
}

static u32 phis_of(const IrFn *f, u32 block)
{
    const Block *b = &f->blocks.data[block];
    u32 n = 0;
    while (f->ins.data[b->ins.data[n]].op == IR_PHI) n++;
    return n;
}

/* A counter of iterations for the polls of a loop that has none of its own: stepped in front of the poll of each way back. It must not cost more than
   it saves: not where a call or too many values would have it in memory. */
static void count_for_polls(Loop *l)
{
    IrFn *f = l->f;
    if (l->calls || phis_of(f, l->header) > MAX_PHIS) return;
    for (size_t k = 0; k < l->latches.len; k++) {
        Val poll = poll_in(f, l->latches.data[k]);
        if (!poll || ir(f, poll)->a) return;
    }
    Val phi = ir_make(f, IR_PHI, IT_INT, 0, 0, 0), zero = ir_const(f, IT_INT, 0), one = ir_const(f, IT_INT, 1);
    u32 n = (u32)ir_block(f, l->header)->preds.len, args = (u32)f->pool.len;
    ir(f, phi)->where = ir(f, ir_block(f, l->header)->ins.data[0])->where;
    for (u32 p = 0; p < n; p++) {
        u32 from = ir_block(f, l->header)->preds.data[p];
        Val v = zero;
        if (from != l->pre) {
            Val poll = poll_in(f, from);
            v = ir_make(f, IR_ADD, IT_INT, phi, one, 0);
            ir(f, v)->where = ir(f, poll)->where;
            ir_insert(f, from, position(f, from, poll), v);
            ir(f, poll)->a = v;
        }
        vec_push(&f->pool, v);
    }
    ir(f, phi)->args = args, ir(f, phi)->nargs = n;
    ir_insert(f, l->header, phis_of(f, l->header), phi); /* behind those of the program's own counters */
}

/* Innermost loops poll at some iterations only. */
static void thin_polls(Loop *l)
{
    IrFn *f = l->f;
    for (size_t b = 1; b < l->in.blocks.len; b++)
        if (ir_block(f, l->in.blocks.data[b])->header) return;
    for (size_t b = 0; b < l->in.blocks.len; b++) {
        const Block *k = ir_block(f, l->in.blocks.data[b]);
        for (size_t n = 0; n < k->ins.len; n++) {
            Val v = k->ins.data[n];
            if (ir(f, v)->op == IR_POLL) ir(f, v)->a = stepped(l, v);
        }
    }
    count_for_polls(l);
}

/* ---- A loop --------------------------------------------------------------------------------------------------------------------- */
static void note_effects(Loop *l)
{
    IrFn *f = l->f;
    for (size_t b = 0; b < l->in.blocks.len; b++) {
        const Block *k = ir_block(f, l->in.blocks.data[b]);
        for (size_t n = 0; n < k->ins.len; n++) {
            const Ins *i = ir(f, k->ins.data[n]);
            l->calls |= ir_has(i, IRF_CALL);
            if (memory_orders(i)) l->unknown_writes = true;
            else if (i->op == IR_STOREX) l->elements |= (u16)(1u << i->sub);
            else if (i->op == IR_STORE) vec_push(&l->fields, i->ref);
            Val tested = tested_by(f, i);
            if (tested) vec_push(&l->tested, tested);
        }
    }
}

static void optimize_loop(IrFn *f, u32 header)
{
    Loop l = { .f = f, .header = header, .pre = loop_preheader(f, header) };
    const Block *h = ir_block(f, header);
    if (!l.pre || ir_block(f, l.pre)->succs.len != 1) return;
    loop_members(f, header, &l.in);
    for (size_t p = 0; p < h->preds.len; p++)
        if (h->preds.data[p] != l.pre) vec_push(&l.latches, h->preds.data[p]);
    note_effects(&l);
    for (size_t o = 0; o < f->rpo.len; o++)
        if (l.in.in[f->rpo.data[o]]) hoist_block(&l, f->rpo.data[o]);
    for (size_t o = 0; o < f->rpo.len; o++) {
        u32 b = f->rpo.data[o];
        if (!l.in.in[b]) continue;
        for (size_t k = 0; k < ir_block(f, b)->ins.len; k++) {
            const Ins *i = ir(f, ir_block(f, b)->ins.data[k]);
            if (i->op == IR_BOUNDS && !i->dead) bounds_check(&l, ir_block(f, b)->ins.data[k]);
        }
    }
    thin_polls(&l);
    members_free(&l.in);
    vec_free(&l.latches);
    vec_free(&l.fields);
    vec_free(&l.tested);
}

/* The poll at the entry is for recursion. */
static void drop_entry_poll(IrFn *f)
{
    const Block *b = ir_block(f, 1);
    if (ir_does(f, IR_CALL) || b->header) return;
    for (size_t k = 0; k < b->ins.len; k++)
        if (ir(f, b->ins.data[k])->op == IR_POLL) ir_delete(f, b->ins.data[k]);
}

void jit_loops(IrFn *f)
{
    loop_preheaders(f);
    ir_phis(f); /* of loops that were split */
    ASSERT(!f->subst.len);
    for (size_t o = f->rpo.len; o-- > 0;)
        if (ir_block(f, f->rpo.data[o])->header) optimize_loop(f, f->rpo.data[o]);
    for (size_t b = 0; b < f->blocks.len; b++) ir_block(f, (u32)b)->state = 0;
    drop_entry_poll(f);
    ir_resolve(f);
}
