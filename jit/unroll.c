/* Unrolling: a loop that counts, and whose iterations are all alike, gets a loop in front of it, each round of which is several of its iterations.

     before:  for (; i < n; i += s) body            after:  for (; i < n - 3 s; ) { body; i += s; body; i += s; body; i += s; body; i += s }
                                                            for (; i < n; i += s) body

   - The new head tests once whether a whole round is left, in arithmetic that cannot wrap round; so the tests of the iterations in it go. What the loop's own
     head does in front of its test is part of each iteration. A round is one block.
   - It has one poll, the last iteration's. A thinned poll looks at a counter that is stepped by more than one from poll to poll then (ir.def).
   - The loop itself stays for what is left. It is entered from the new head, with what that one's phis hold. So nothing behind the loop changes: all that is used
     there is still the old head's.
   - Which loops: those without a branch or call inside, if the profile says that they are long. Branches are not worth it: a test and a poll are little
     beside them, and what one iteration knows of the last goes where ways join.
   Copies are made as they are; value numbering and memory.c find what iterations have in common then, and variables that are passed on from one to the next are not moved. */
#include "jit/jit.h"
#include "jit/loop.h"
#include "vm/opcodes.h"
#include <string.h>

enum {
    MAX_FACTOR = 4,
    LONG = 32,     /* iterations of a loop worth it: short ones have more branches to mispredict then */
    ROUND = 192,   /* instructions of a round at most */
    BUDGET = 1500, /* in a method */
    STRIDING = 16, /* instructions of an iteration at most if the step is not known: it may be large, and prefetchers know steps by instruction and within a page */
    MAX_PHIS = 24,
    FAR = 1 << 20
};

/* i = phi(start, i + step), and the loop goes on while i <cc> limit. */
typedef struct Counted { Val phi, step, limit; IrCond cc; bool down; } Counted;

typedef struct Unroll {
    IrFn *f;
    u32 header, pre, latch;
    Members in;
    Counted c;
    u32 size, factor;
    Val *map;         /* per value of the loop: its copy in this iteration, or 0 */
    u32 *of_state;    /* per state likewise */
} Unroll;

static bool inside(const Unroll *u, Val v)
{
    const Ins *i = ir(u->f, v);
    return !ir_placeless(i) && u->in.in[i->block];
}

static u32 pred_number(const Unroll *u, u32 pred) { return ir_block(u->f, u->header)->preds.data[0] != pred; }
static Val *operand(const Unroll *u, Val phi, u32 pred) { return &u->f->pool.data[ir(u->f, phi)->args + pred_number(u, pred)]; }
static Ins *test_of(const Unroll *u) { return ir(u->f, vec_last(&ir_block(u->f, u->header)->ins)); }

/* Which successor of the head is inside? */
static u32 way_on(const Unroll *u) { return !u->in.in[ir_block(u->f, u->header)->succs.data[0]]; }

/* The share of the head's executions that leave the loop. */
static u32 leaves(const Unroll *u) { return way_on(u) ? test_of(u)->likely : IR_LIKELY_ALL - test_of(u)->likely; }

/* ---- Which loops ---------------------------------------------------------------------------------------------------- */
static bool steps(Unroll *u, Val v)
{
    IrFn *f = u->f;
    const Ins *i = ir(f, v);
    if (i->op != IR_PHI || i->block != u->header || i->type != IT_INT) return false;
    const Ins *add = ir(f, *operand(u, v, u->latch));
    if (add->op != IR_ADD || (add->a != v && add->b != v)) return false;
    u->c.phi = v, u->c.step = add->a == v ? add->b : add->a;
    const Ins *k = ir(f, u->c.step);
    u->c.down = k->op == IR_CONST && k->imm < 0;
    return k->op == IR_CONST ? k->imm && k->imm > -FAR && k->imm < FAR : !inside(u, u->c.step) && u->size <= STRIDING;
}

static bool counts(Unroll *u)
{
    const Block *h = ir_block(u->f, u->header);
    const Ins *i = test_of(u);
    if (i->op != IR_IF || i->type != IT_INT || u->in.in[h->succs.data[0]] == u->in.in[h->succs.data[1]]) return false;
    u->c.cc = way_on(u) ? cond_not((IrCond)i->sub) : (IrCond)i->sub;
    if (u->c.cc > CC_LE) return false;
    if (steps(u, i->a) && !inside(u, i->b)) u->c.limit = i->b;
    else if (steps(u, i->b) && !inside(u, i->a)) u->c.limit = i->a, u->c.cc = cond_swap(u->c.cc);
    else return false;
    return u->c.down ? u->c.cc == CC_GT || u->c.cc == CC_GE : u->c.cc == CC_LT || u->c.cc == CC_LE;
}

/* From the head one block leads to the next, and nothing is called. Measures an iteration. */
static bool straight(Unroll *u)
{
    for (size_t n = 0; n < u->in.blocks.len; n++) {
        const Block *b = ir_block(u->f, u->in.blocks.data[n]);
        bool is_head = u->in.blocks.data[n] == u->header;
        if (!is_head && (b->succs.len != 1 || b->preds.len != 1)) return false;
        for (size_t k = 0; k < b->ins.len; k++) {
            const Ins *i = ir(u->f, b->ins.data[k]);
            if (ir_has(i, IRF_CALL)) return false;
            u->size += i->op != IR_PHI && !ir_has(i, IRF_END) && i->op != IR_POLL;
        }
    }
    return u->latch != u->header;
}

static u32 factor_for(const Unroll *u, u32 budget)
{
    u32 factor = MAX_FACTOR;
    if (jit_options.torture & JIT_TORTURE_UNROLL) return 1u << jit_torture_choice(u->header, u->size, 3);
    if (!test_of(u)->likely || IR_LIKELY_ALL / leaves(u) < LONG) return 1;
    while (factor > 1 && factor * u->size > (budget < ROUND ? budget : ROUND)) factor /= 2;
    return factor;
}

/* ---- Copies of an iteration -------------------------------------------------------------------------------------------- */
static Val copy_of(const Unroll *u, Val v) { return u->map[v] ? u->map[v] : v; }

static u32 copy_pool(Unroll *u, u32 from, u32 n)
{
    u32 at = (u32)u->f->pool.len;
    for (u32 k = 0; k < n; k++) {
        Val v = u->f->pool.data[from + k];
        vec_push(&u->f->pool, v ? copy_of(u, v) : V_NONE);
    }
    return at;
}

static u32 copy_state(Unroll *u, u32 state)
{
    if (!state || u->of_state[state]) return u->of_state[state];
    State s = *ir_state(u->f, state);
    s.parent = copy_state(u, s.parent);
    s.vals = copy_pool(u, s.vals, ir_state_size(&s));
    vec_push(&u->f->states, s);
    return u->of_state[state] = (u32)u->f->states.len - 1;
}

static void copy_instruction(Unroll *u, u32 to, Val v)
{
    IrFn *f = u->f;
    Ins i = *ir(f, v);
    i.state = copy_state(u, i.state);
    i.a = copy_of(u, i.a), i.b = copy_of(u, i.b), i.c = copy_of(u, i.c);
    if (i.nargs) i.args = copy_pool(u, i.args, i.nargs);
    if (i.op == IR_POLL) i.imm = u->factor;
    vec_push(&f->ins, i);
    u->map[v] = ir_append(f, to, (Val)f->ins.len - 1);
}

/* At the end of block `to`. The head's phis have this iteration's values in u->map. */
static void copy_iteration(Unroll *u, u32 to, bool last)
{
    IrFn *f = u->f;
    for (u32 b = u->header;;) {
        for (size_t k = 0; k < ir_block(f, b)->ins.len; k++) {
            const Ins *i = ir(f, ir_block(f, b)->ins.data[k]);
            if (i->op != IR_PHI && !ir_has(i, IRF_END) && (i->op != IR_POLL || last)) copy_instruction(u, to, ir_block(f, b)->ins.data[k]);
        }
        if (b == u->latch) return;
        b = ir_block(f, b)->succs.data[b == u->header ? way_on(u) : 0];
    }
}

/* ---- The new head --------------------------------------------------------------------------------------------------------- */
static Val before(Unroll *u, IrOp op, IrType type, u8 sub, Val a, Val b)
{
    IrFn *f = u->f;
    Val v = ir_make(f, op, type, a, b, 0);
    ir(f, v)->sub = sub, ir(f, v)->where = test_of(u)->where;
    Val w = jit_fold(f, v);
    if (w != v) return w;
    ir_insert(f, u->pre, (u32)ir_block(f, u->pre)->ins.len - 1, v);
    return v;
}

static Val number(Unroll *u, i64 k) { return ir_const(u->f, IT_LONG, (u64)k); }

/* How far the counter goes in a round without its last step. A step that is not known counts as one without a sign: a negative one is too far for any limit. */
static Val distance(Unroll *u)
{
    const Ins *step = ir(u->f, u->c.step);
    i64 n = u->factor - 1;
    if (step->op == IR_CONST) return number(u, n * step->imm);
    Val s = before(u, IR_AND, IT_LONG, 0, before(u, IR_CVT, IT_LONG, OP_i2l, u->c.step, 0), number(u, (i64)UINT32_MAX));
    return before(u, IR_MUL, IT_LONG, 0, s, number(u, n < 2 ? 2 : n));
}

/* What the counter has to be below (above), if all tests in a round are to hold: cut to what an int can be, which lets too few rounds begin, never too many. */
static Val strict_limit(Unroll *u)
{
    i64 equal = u->c.cc == CC_LE ? 1 : u->c.cc == CC_GE ? -1 : 0;
    Val limit = before(u, IR_CVT, IT_LONG, OP_i2l, u->c.limit, 0);
    limit = before(u, IR_SUB, IT_LONG, 0, before(u, IR_ADD, IT_LONG, 0, limit, number(u, equal)), distance(u));
    limit = before(u, IR_MIN, IT_LONG, 0, before(u, IR_MAX, IT_LONG, 0, limit, number(u, INT32_MIN)), number(u, INT32_MAX));
    return before(u, IR_CVT, IT_INT, OP_l2i, limit, 0);
}

static void jump(Unroll *u, u32 from, u32 to)
{
    Val g = ir_make(u->f, IR_GOTO, IT_VOID, 0, 0, 0);
    ir(u->f, g)->where = test_of(u)->where;
    ir_append(u->f, from, g);
    vec_push(&ir_block(u->f, from)->succs, to);
}

static void test_round(Unroll *u, u32 head, Val limit)
{
    IrFn *f = u->f;
    u32 where = test_of(u)->where, out = leaves(u) * u->factor;
    Val v = ir_make(f, IR_IF, IT_INT, u->map[u->c.phi], limit, 0);
    ir(f, v)->sub = u->c.down ? CC_GT : CC_LT, ir(f, v)->where = where;
    ir(f, v)->likely = out && out < IR_LIKELY_ALL / 2 ? IR_LIKELY_ALL - out : IR_LIKELY_ALL / 2;
    ir_append(f, head, v);
}

/* A phi of the new head, which the old head's is entered with. What the last iteration has is told later. */
static Val head_phi(Unroll *u, u32 head, Val phi)
{
    IrFn *f = u->f;
    Val from[2] = { *operand(u, phi, u->pre), V_NONE }, v = ir_make(f, IR_PHI, (IrType)ir(f, phi)->type, 0, 0, 0);
    u32 args = ir_pool(f, from, 2);
    ir(f, v)->args = args, ir(f, v)->nargs = 2, ir(f, v)->where = ir(f, phi)->where;
    *operand(u, phi, u->pre) = v;
    return ir_append(f, head, v);
}

/* The loop itself stays for what is left: half a round on average. */
static void make_rest(Unroll *u, u32 from)
{
    u32 on = (u32)((u64)IR_LIKELY_ALL * (u->factor - 1) / (u->factor + 1)), p = pred_number(u, u->pre);
    jump(u, from, u->header);
    ir_block(u->f, u->header)->preds.data[p] = from;
    test_of(u)->likely = way_on(u) ? IR_LIKELY_ALL - on : on;
}

/* ---- A loop ---------------------------------------------------------------------------------------------------------------- */
static u32 phis_of(const Unroll *u, Val *out)
{
    const Block *h = ir_block(u->f, u->header);
    u32 n = 0;
    for (; ir(u->f, h->ins.data[n])->op == IR_PHI && n < MAX_PHIS; n++) out[n] = h->ins.data[n];
    return n;
}

static void unroll(Unroll *u, const Val *phis, u32 n)
{
    IrFn *f = u->f;
    Val limit = strict_limit(u), first[MAX_PHIS], next[MAX_PHIS];
    u32 bci = ir_block(f, u->header)->bci, head = ir_new_block(f, bci), round = ir_new_block(f, bci), rest = ir_new_block(f, bci), states = (u32)f->states.len;
    u->map = xcalloc(f->ins.len, sizeof *u->map), u->of_state = xmalloc(states * sizeof *u->of_state);
    for (u32 k = 0; k < n; k++) u->map[phis[k]] = first[k] = head_phi(u, head, phis[k]);
    ir_block(f, u->pre)->succs.data[0] = head;
    vec_push(&ir_block(f, head)->preds, u->pre);
    test_round(u, head, limit);
    ir_edge(f, head, round);
    ir_edge(f, head, rest);
    for (u32 i = 0; i < u->factor; i++) {
        memset(u->of_state, 0, states * sizeof *u->of_state);
        copy_iteration(u, round, i + 1 == u->factor);
        for (u32 k = 0; k < n; k++) next[k] = copy_of(u, *operand(u, phis[k], u->latch));
        for (u32 k = 0; k < n; k++) u->map[phis[k]] = next[k];
    }
    jump(u, round, head);
    vec_push(&ir_block(f, head)->preds, round);
    for (u32 k = 0; k < n; k++) f->pool.data[ir(f, first[k])->args + 1] = next[k];
    make_rest(u, rest);
    free(u->map);
    free(u->of_state);
}

/* By how many instructions the method has grown. */
static u32 consider(IrFn *f, u32 header, u32 budget)
{
    const Block *h = ir_block(f, header);
    Unroll u = { .f = f, .header = header, .pre = loop_preheader(f, header), .factor = 1 };
    Val phis[MAX_PHIS];
    u32 n;
    if (!u.pre || ir_block(f, u.pre)->succs.len != 1 || h->preds.len != 2) return 0;
    u.latch = h->preds.data[h->preds.data[0] == u.pre];
    loop_members(f, header, &u.in);
    if (straight(&u) && counts(&u) && (n = phis_of(&u, phis)) < MAX_PHIS) {
        u.factor = factor_for(&u, budget);
        if (u.factor > 1) unroll(&u, phis, n);
    }
    members_free(&u.in);
    return u.factor > 1 ? u.factor * u.size : 0;
}

/* Behind the passes over loops: what they take out of a loop is not copied. */
void jit_unroll(IrFn *f)
{
    u32 grown = 0;
    Vec(u32) headers = { 0 };
    for (size_t o = 0; o < f->rpo.len; o++)
        if (ir_block(f, f->rpo.data[o])->header) vec_push(&headers, f->rpo.data[o]);
    for (size_t k = 0; k < headers.len && grown < BUDGET; k++) {
        u32 by = consider(f, headers.data[k], BUDGET - grown);
        if (by) ir_order(f);
        grown += by;
    }
    vec_free(&headers);
    if (!grown) return;
    ir_phis(f);
    jit_gvn(f);
    jit_memory(f);
}
