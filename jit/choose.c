/* Branches that are hard to predict and only choose between two values become arithmetic: where both ways from a branch do next to nothing and meet again, what they do
   is done always, and the phi where they meet takes its value by a mask of the condition: y + (k & mask) for one of y + k and y, x & mask for one of x and 0, or the
   smaller or larger of the two. How hard a branch is, the profile says as far as it can: one that goes either way often enough is taken for hard. */
#include "jit/ir.h"
#include "jit/jit.h"
#include "vm/opcodes.h"

enum { SELDOM = 20 /* percent: a branch that goes one way no oftener is well predicted */ };

/* A way from the branch to where it meets the other one: through blocks that lead nowhere else, with one instruction at most. */
typedef struct Way { u32 first, last; Val ins; } Way;

typedef struct Choice {
    IrFn *f;
    u32 from, to;
    Way way[2];      /* taken if the condition holds; if not */
    Val phi, x, y;   /* what it is if the condition holds; if not */
    bool inverted;   /* x and y have been exchanged: the mask is of the condition's opposite */
} Choice;

static bool is_integer(const Ins *i) { return i->type == IT_INT || i->type == IT_LONG; }

/* Done in next to no time, and without harm where it is not wanted. */
static bool cheap(const Ins *i)
{
    switch (i->op) {
    case IR_ADD: case IR_SUB: case IR_NEG: case IR_AND: case IR_OR: case IR_XOR: case IR_SHL: case IR_SHR: case IR_USHR: case IR_MIN: case IR_MAX: return is_integer(i);
    case IR_CVT: return i->sub == OP_i2l || i->sub == OP_l2i || i->sub == OP_i2b || i->sub == OP_i2c || i->sub == OP_i2s;
    default: return false;
    }
}

/* Follows the way from `block`; false: more happens on it. It may be the branch's own edge (first and last 0). */
static bool follow(const IrFn *f, u32 from, u32 block, Way *w)
{
    for (*w = (Way){ 0 };;) {
        const Block *b = &f->blocks.data[block];
        if (b->preds.len != 1 || b->succs.len != 1 || b->header || block == from) return true;
        for (size_t k = 0; k + 1 < b->ins.len; k++) {
            if (w->ins || !cheap(&f->ins.data[b->ins.data[k]])) return false;
            w->ins = b->ins.data[k];
        }
        if (!w->first) w->first = block;
        w->last = block;
        block = b->succs.data[0];
    }
}

static bool hard(const IrFn *f, const Block *b)
{
    u64 yes = f->blocks.data[b->succs.data[0]].count, no = f->blocks.data[b->succs.data[1]].count, least = yes < no ? yes : no;
    return jit_options.torture & JIT_TORTURE_INLINE || least * 100 > (yes + no) * SELDOM;
}

static const Ins *branch_of(const Choice *c) { return ir(c->f, vec_last(&ir_block(c->f, c->from)->ins)); }

static u32 end_of(const Choice *c, u32 side)
{
    u32 last = c->way[side].last;
    return last ? ir_block(c->f, last)->succs.data[0] : ir_block(c->f, c->from)->succs.data[side];
}

/* Is the block's branch such a one, with a single phi where its ways meet? */
static bool find(IrFn *f, u32 from, Choice *c)
{
    const Block *b = ir_block(f, from);
    if (!b->ins.len) return false; /* part of a way that is gone */
    *c = (Choice){ .f = f, .from = from };
    const Ins *i = branch_of(c);
    if (i->op != IR_IF || i->type == IT_FLOAT || i->type == IT_DOUBLE || b->succs.data[0] == b->succs.data[1] || !hard(f, b)) return false;
    for (u32 s = 0; s < 2; s++)
        if (!follow(f, from, b->succs.data[s], &c->way[s])) return false;
    c->to = end_of(c, 0);
    const Block *to = ir_block(f, c->to);
    if (c->to != end_of(c, 1) || to->preds.len != 2 || to->header || (c->way[0].ins && c->way[1].ins)) return false;
    c->phi = to->ins.data[0];
    if (ir(f, c->phi)->op != IR_PHI || !is_integer(ir(f, c->phi)) || ir(f, to->ins.data[1])->op == IR_PHI) return false;
    u32 at = to->preds.data[0] != (c->way[0].last ? c->way[0].last : from);
    c->x = f->pool.data[ir(f, c->phi)->args + at], c->y = f->pool.data[ir(f, c->phi)->args + !at];
    return true;
}

/* ---- What the phi is -------------------------------------------------------------------------------------------------- */

static Val add(Choice *c, IrOp op, IrType t, Val a, Val b, u8 sub)
{
    Val v = ir_make(c->f, op, t, a, b, 0);
    ir(c->f, v)->sub = sub;
    ir(c->f, v)->where = branch_of(c)->where;
    Val w = jit_fold(c->f, v);
    if (w != v) return w;
    ir_insert(c->f, c->from, (u32)ir_block(c->f, c->from)->ins.len - 1, v);
    return v;
}

static bool is_constant(IrFn *f, Val v, i64 k) { return ir(f, v)->op == IR_CONST && ir(f, v)->imm == k; }

/* 1 if the condition holds (`inverted`: if not), else 0. */
static Val bit(Choice *c)
{
    const Ins *i = branch_of(c);
    return add(c, IR_SELECTCC, IT_INT, i->a, i->b, c->inverted ? (u8)cond_not((IrCond)i->sub) : i->sub);
}

/* All ones instead of 1. Of x < 0 it is the sign, everywhere. */
static Val mask(Choice *c, IrType t)
{
    const Ins i = *branch_of(c);
    bool wide = i.type == IT_LONG;
    Val m;
    if (i.sub == (c->inverted ? CC_GE : CC_LT) && is_constant(c->f, i.b, 0) && is_integer(&i)) {
        m = add(c, IR_SHR, (IrType)i.type, i.a, ir_const(c->f, IT_INT, wide ? 63 : 31), 0);
        if (wide != (t == IT_LONG)) m = add(c, IR_CVT, t, m, V_NONE, wide ? OP_l2i : OP_i2l);
        return m;
    }
    m = add(c, IR_NEG, IT_INT, bit(c), V_NONE, 0);
    return t == IT_LONG ? add(c, IR_CVT, IT_LONG, m, V_NONE, OP_i2l) : m;
}

/* Is x y op something? */
static bool sum_of(IrFn *f, Val x, Val y)
{
    const Ins *i = ir(f, x);
    return (i->op == IR_ADD || i->op == IR_SUB || i->op == IR_OR || i->op == IR_XOR) && i->a == y;
}

/* x is y op something: y, op that, if the condition holds. */
static Val sum_if(Choice *c, IrType t)
{
    const Ins i = *ir(c->f, c->x);
    bool up = i.op == IR_ADD && is_constant(c->f, i.b, 1), down = i.op == IR_ADD && is_constant(c->f, i.b, -1);
    if (t == IT_INT && (up || down)) return add(c, up ? IR_ADD : IR_SUB, t, c->y, bit(c), 0);
    return add(c, (IrOp)i.op, t, c->y, add(c, IR_AND, t, mask(c, t), i.b, 0), 0);
}

/* The smaller, or the larger, of what is compared? */
static bool extreme(const Choice *c, IrOp *op)
{
    const Ins *i = branch_of(c);
    IrCond cc = (IrCond)i->sub;
    bool same = i->a == c->x && i->b == c->y, crossed = i->a == c->y && i->b == c->x;
    *op = (cc == CC_LT || cc == CC_LE) == same ? IR_MIN : IR_MAX;
    return cc >= CC_LT && cc <= CC_LE && i->type == ir(c->f, c->phi)->type && (same || crossed);
}

static void exchange(Choice *c)
{
    Val x = c->x;
    c->x = c->y, c->y = x, c->inverted = !c->inverted;
}

/* What is done on either way is done in front of the branch. */
static void do_always(Choice *c)
{
    for (u32 s = 0; s < 2; s++)
        if (c->way[s].ins) ir_insert(c->f, c->from, (u32)ir_block(c->f, c->from)->ins.len - 1, c->way[s].ins);
}

/* ---- The branch goes -------------------------------------------------------------------------------------------------- */

static void go_straight(Choice *c)
{
    IrFn *f = c->f;
    Block *from = ir_block(f, c->from), *to = ir_block(f, c->to);
    Val branch = vec_last(&from->ins);
    *ir(f, branch) = (Ins){ .op = IR_GOTO, .block = c->from, .where = ir(f, branch)->where };
    for (u32 s = 0; s < 2; s++)
        for (u32 b = c->way[s].first, next; b && b != c->to; b = next) {
            Block *k = ir_block(f, b);
            next = k->succs.data[0];
            k->ins.len = k->preds.len = k->succs.len = 0;
        }
    from->succs.len = to->preds.len = 0;
    ir_edge(f, c->from, c->to);
}

static bool choose(IrFn *f, u32 from)
{
    Choice c;
    if (!find(f, from, &c)) return false;
    IrType t = (IrType)ir(f, c.phi)->type;
    IrOp op;
    bool one_compared = extreme(&c, &op);
    if (!one_compared && ((sum_of(f, c.y, c.x) && !sum_of(f, c.x, c.y)) || (is_constant(f, c.x, 0) && !is_constant(f, c.y, 0)))) exchange(&c);
    bool sum = sum_of(f, c.x, c.y), masked = is_constant(f, c.y, 0) && ir(f, c.x)->op != IR_CONST; /* a truth value is mostly to branch on */
    if (!one_compared && !sum && !masked) return false; /* more than a branch is worth */
    do_always(&c);
    ir_replace(f, c.phi, one_compared ? add(&c, op, t, c.x, c.y, 0) : sum ? sum_if(&c, t) : add(&c, IR_AND, t, mask(&c, t), c.x, 0));
    go_straight(&c);
    ir_resolve(f);
    return true;
}

void jit_choose(IrFn *f)
{
    bool any = false;
    for (size_t o = f->rpo.len; o-- > 0;) any |= choose(f, f->rpo.data[o]);
    if (!any) return;
    ir_order(f);
    jit_gvn(f);
}
