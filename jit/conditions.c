/* What branches and checks on the way to a place say about values there: branches, checks and conversions that this decides go.

   One walk of the dominator tree, with what is known undone on the way back. Known is, of an integer, a range; of two values, which of <, = and >
   are still possible. Sources: a block that only one side of a branch reaches; a check that has been passed; what an instruction can yield at
   all; a counter that starts at n and is stepped up only where a test says that it is not the greatest int is never below n. */
#include "jit/ir.h"
#include "base/hash.h"
#include "jit/loop.h"
#include "vm/class.h"
#include "vm/opcodes.h"
#include <string.h>

enum { LESS = 1, SAME = 2, MORE = 4, ANY = 7, BUCKETS = 512, MAX_DEPTH = 5, MAX_CHAIN = 100, MAX_EDGES = 8, LATEST = 24 };

typedef struct Range { i64 low, high; } Range;
typedef struct Relation { Val a, b; u32 possible, next; } Relation;  /* of a to b; a < b as numbers of values */
typedef struct Was { Val v; Range r; } Was;
typedef struct Known { u32 block, side; } Known; /* the branch at the end of block goes there */

typedef struct Conditions {
    IrFn *f;
    Range *range;   /* by value, narrower than what it can be at all; low > high: nothing is known */
    size_t n;
    Vec(Was) undo;
    Vec(Relation) relations;
    u32 bucket[BUCKETS];
    Vec(Known) decided;
    Vec(u32) child, sibling; /* of the dominator tree */
} Conditions;

static bool is_integer(const Ins *i) { return i->type == IT_INT || i->type == IT_LONG; }

/* ---- What an instruction can yield ------------------------------------------------------------------------------------- */
static const Range ints = { INT32_MIN, INT32_MAX }, longs = { INT64_MIN, INT64_MAX };

static Range whole(const Ins *i) { return i->type == IT_LONG ? longs : ints; }

static Range of_type(u8 type, Range otherwise)
{
    switch (type) {
    case T_BYTE: return (Range){ INT8_MIN, INT8_MAX };
    case T_CHAR: return (Range){ 0, UINT16_MAX };
    case T_SHORT: return (Range){ INT16_MIN, INT16_MAX };
    case T_BOOLEAN: return (Range){ INT8_MIN, UINT8_MAX }; /* what native code puts there */
    default: return otherwise;
    }
}

static Range of_conversion(u8 op, Range x, Range otherwise)
{
    Range r = of_type(op == OP_i2b ? T_BYTE : op == OP_i2c ? T_CHAR : op == OP_i2s ? T_SHORT : T_INT, otherwise);
    bool integer = op == OP_i2b || op == OP_i2c || op == OP_i2s || op == OP_l2i || op == OP_i2l;
    return integer && x.low >= r.low && x.high <= r.high ? x : r;
}

static Range within(Range r, Range limits) { return r.low < limits.low || r.high > limits.high ? limits : r; }

static Range range_at(Conditions *c, Val v, u32 depth);

static Range of_bits(IrOp op, Range x, Range y, Range otherwise)
{
    ASSERT(op == IR_AND || op == IR_OR || op == IR_XOR);
    if (op == IR_AND) {
        if (y.low >= 0) return (Range){ 0, x.low >= 0 && x.high < y.high ? x.high : y.high };
        return x.low >= 0 ? (Range){ 0, x.high } : otherwise;
    }
    if (x.low < 0 || y.low < 0) return otherwise;
    i64 most = x.high > y.high ? x.high : y.high, all = most;
    for (u32 s = 1; s < 64; s *= 2) all |= all >> s;
    return (Range){ 0, all };
}

static Range of_shift(const Ins *i, Range x, Range by, Range otherwise)
{
    i64 mask = i->type == IT_LONG ? 63 : 31, n = by.low & mask;
    if (by.low != by.high) return x.low >= 0 && i->op != IR_SHL ? (Range){ 0, x.high } : otherwise;
    if (i->op == IR_SHR || (i->op == IR_USHR && x.low >= 0)) return (Range){ x.low >> n, x.high >> n };
    if (i->op == IR_USHR) return n ? (Range){ 0, (i64)((i->type == IT_LONG ? ~0ull : ~0u) >> n) } : otherwise;
    return n < 31 && x.low >= 0 && x.high < 1ll << 31 ? within((Range){ x.low << n, x.high << n }, otherwise) : otherwise;
}

static bool fits(Range r, i64 limit) { return r.low > -limit && r.high < limit; }

static Range of_sum(const Ins *i, Range x, Range y, Range otherwise)
{
    const i64 limit = 1ll << 60;
    if (!fits(x, limit) || !fits(y, limit)) return otherwise;
    if (i->op == IR_ADD) return within((Range){ x.low + y.low, x.high + y.high }, otherwise);
    return within((Range){ x.low - y.high, x.high - y.low }, otherwise);
}

static Range of_product(Range x, Range y, Range otherwise)
{
    const i64 limit = 1ll << 31;
    if (!fits(x, limit) || !fits(y, limit)) return otherwise;
    i64 p[] = { x.low * y.low, x.low * y.high, x.high * y.low, x.high * y.high };
    Range r = { p[0], p[0] };
    for (u32 k = 1; k < 4; k++) {
        if (p[k] < r.low) r.low = p[k];
        if (p[k] > r.high) r.high = p[k];
    }
    return within(r, otherwise);
}

static Range of_remainder(Range x, Range y, Range otherwise)
{
    if (y.low != y.high || !y.low || y.low == INT64_MIN) return otherwise;
    i64 most = (y.low < 0 ? -y.low : y.low) - 1;
    return (Range){ x.low >= 0 ? 0 : -most, x.high <= 0 ? 0 : x.high < most ? x.high : most };
}

/* ---- Counters ---------------------------------------------------------------------------------------------------------------- */
static bool test_below(const Conditions *c, Val phi, u32 from, u32 block, bool up)
{
    const IrFn *f = c->f;
    const Block *b = &f->blocks.data[from];
    const Ins *i = &f->ins.data[vec_last(&b->ins)];
    if (i->op != IR_IF || i->type != IT_INT || b->succs.data[0] == b->succs.data[1]) return false;
    for (u32 s = 0; s < 2; s++) {
        u32 to = b->succs.data[s];
        if (f->blocks.data[to].preds.len != 1 || !ir_dominates(f, to, block)) continue;
        IrCond cc = s ? cond_not((IrCond)i->sub) : (IrCond)i->sub;
        if (i->a == phi && cc == (up ? CC_LT : CC_GT)) return true;
        if (i->b == phi && cc == (up ? CC_GT : CC_LT)) return true;
    }
    return false;
}

/* Is v + 1 (up) or v - 1 computed only where it does not wrap round? */
static bool steps_safely(const Conditions *c, Val phi, const Ins *step, bool up)
{
    const IrFn *f = c->f;
    u32 block = step->block, header = f->ins.data[phi].block;
    for (u32 n = 0; n < MAX_CHAIN; n++) {
        if (block == header) return false;
        u32 above = f->blocks.data[block].idom;
        if (test_below(c, phi, above, step->block, up)) return true;
        block = above;
    }
    return false;
}

static Range of_counter(Conditions *c, Val phi, u32 depth)
{
    IrFn *f = c->f;
    const Ins *i = ir(f, phi);
    const Block *h = ir_block(f, i->block);
    ASSERT(i->op == IR_PHI && i->nargs == h->preds.len);
    Range r = ints;
    if (i->type != IT_INT || !h->header) return whole(i);
    bool up = true, down = true;
    i64 low = INT32_MAX, high = INT32_MIN;
    for (u32 p = 0; p < i->nargs; p++) {
        Val x = f->pool.data[i->args + p];
        const Ins *a = ir(f, x);
        if (ir_dominates(f, i->block, h->preds.data[p])) {
            if (x == phi) continue;
            i64 k = a->op == IR_ADD && a->a == phi && ir(f, a->b)->op == IR_CONST ? ir(f, a->b)->imm : 0;
            up = up && k == 1 && steps_safely(c, phi, a, true);
            down = down && k == -1 && steps_safely(c, phi, a, false);
        } else {
            Range start = range_at(c, x, depth + 1);
            if (start.low < low) low = start.low;
            if (start.high > high) high = start.high;
        }
    }
    if (up) r.low = low;
    if (down) r.high = high;
    return r;
}

static Range of_phi(Conditions *c, Val v, u32 depth)
{
    IrFn *f = c->f;
    const Ins *i = ir(f, v);
    if (i->nargs > MAX_EDGES) return whole(i);
    if (ir_block(f, i->block)->header) return of_counter(c, v, depth);
    Range r = { INT64_MAX, INT64_MIN };
    for (u32 p = 0; p < i->nargs; p++) {
        Range x = range_at(c, f->pool.data[i->args + p], depth + 2);
        if (x.low < r.low) r.low = x.low;
        if (x.high > r.high) r.high = x.high;
    }
    return r;
}

/* What v can be wherever it is used: not what c->range says of it here, as a phi's operands come from elsewhere. */
static Range range_at(Conditions *c, Val v, u32 depth)
{
    IrFn *f = c->f;
    const Ins *i = ir(f, v);
    Range all = whole(i), x = all, y = all;
    if (i->op == IR_CONST) return (Range){ i->imm, i->imm };
    if (depth > MAX_DEPTH) return all;
    if (i->op == IR_PHI) return of_phi(c, v, depth);
    if (i->a && is_integer(ir(f, i->a)) && ir_has(i, IRF_PURE)) x = range_at(c, i->a, depth + 1);
    if (i->b && is_integer(ir(f, i->b)) && ir_has(i, IRF_PURE)) y = range_at(c, i->b, depth + 1);
    switch (i->op) {
    case IR_ARRAYLEN: return (Range){ 0, INT32_MAX };
    case IR_LOAD: case IR_LOADX: case IR_GETAT: return i->type == IT_INT ? of_type(i->sub, all) : all;
    case IR_SELECTCC: case IR_INSTANCEOF: return (Range){ 0, 1 };
    case IR_CMP: return (Range){ -1, 1 };
    case IR_CVT: return of_conversion(i->sub, x, all);
    case IR_AND: case IR_OR: case IR_XOR: return of_bits((IrOp)i->op, x, y, all);
    case IR_SHL: case IR_SHR: case IR_USHR: return of_shift(i, x, y, all);
    case IR_ADD: case IR_SUB: return of_sum(i, x, y, all);
    case IR_MUL: return of_product(x, y, all);
    case IR_REM: return of_remainder(x, y, all);
    case IR_BITOP: return i->sub == IRB_REV8 ? all : (Range){ 0, 64 };
    default: return all;
    }
}

static Range range(Conditions *c, Val v)
{
    Range r = range_at(c, v, 0);
    if (v >= c->n || c->range[v].low > c->range[v].high) return r;
    if (c->range[v].low > r.low) r.low = c->range[v].low;
    if (c->range[v].high < r.high) r.high = c->range[v].high;
    return r;
}

/* ---- What is known here -------------------------------------------------------------------------------------------------------- */
static u32 swapped(u32 possible) { return (possible & SAME) | (possible & LESS ? MORE : 0) | (possible & MORE ? LESS : 0); }

static u32 possible_if(IrCond cc)
{
    static const u8 p[] = { [CC_EQ] = SAME, [CC_NE] = LESS | MORE, [CC_LT] = LESS, [CC_GE] = SAME | MORE, [CC_GT] = MORE, [CC_LE] = LESS | SAME };
    return cc <= CC_LE ? p[cc] : ANY;
}

static u32 bucket_of(Val a, Val b) { return (u32)(hash_u64((u64)a << 32 | b) % BUCKETS); }

static u32 known_relation(const Conditions *c, Val a, Val b)
{
    if (a > b) return swapped(known_relation(c, b, a));
    for (u32 e = c->bucket[bucket_of(a, b)]; e; e = c->relations.data[e].next)
        if (c->relations.data[e].a == a && c->relations.data[e].b == b) return c->relations.data[e].possible;
    return ANY;
}

/* v shifted by what is known here to be 0 is v: the length of a string whose coder has been looked at since. */
static Val unshifted(const Conditions *c, Val v)
{
    const Ins *i = &c->f->ins.data[v];
    if ((i->op != IR_SHR && i->op != IR_SHL && i->op != IR_USHR) || i->b >= c->n) return v;
    return !c->range[i->b].low && !c->range[i->b].high ? i->a : v;
}

/* What the latest relations say of a and a value that is b here. */
static u32 latest_relation(const Conditions *c, Val a, Val b)
{
    u32 possible = ANY;
    size_t n = c->relations.len;
    for (u32 k = 0; k < LATEST && n - k > 1; k++) {
        const Relation *r = &c->relations.data[n - 1 - k];
        if (r->a == a && unshifted(c, r->b) == b) possible &= r->possible;
        if (r->b == a && unshifted(c, r->a) == b) possible &= swapped(r->possible);
    }
    return possible;
}

/* Of integers by their ranges, too. */
static u32 possible(Conditions *c, Val a, Val b)
{
    if (a == b) return SAME;
    u32 p = known_relation(c, a, b);
    if (!is_integer(ir(c->f, a))) return p;
    if (p == ANY) p = latest_relation(c, a, b);
    Range x = range(c, a), y = range(c, b);
    if (x.low > y.high) p &= MORE;
    if (x.high < y.low) p &= LESS;
    if (x.low >= y.high) p &= ~(u32)LESS;
    if (x.high <= y.low) p &= ~(u32)MORE;
    return p;
}

static void narrow(Conditions *c, Val v, i64 low, i64 high)
{
    const Ins *i = ir(c->f, v);
    if (i->op == IR_CONST || v >= c->n) return;
    Range r = range(c, v);
    if (low <= r.low && high >= r.high) return;
    vec_push(&c->undo, ((Was){ v, c->range[v] }));
    c->range[v] = (Range){ low > r.low ? low : r.low, high < r.high ? high : r.high };
}

static void narrow_by(Conditions *c, Val a, u32 p, Val b)
{
    Range y = range(c, b), x = range(c, a);
    if (p == SAME) narrow(c, a, y.low, y.high);
    if (p == LESS && y.high > INT64_MIN) narrow(c, a, INT64_MIN, y.high - 1);
    if (p == (LESS | SAME)) narrow(c, a, INT64_MIN, y.high);
    if (p == MORE && y.low < INT64_MAX) narrow(c, a, y.low + 1, INT64_MAX);
    if (p == (MORE | SAME)) narrow(c, a, y.low, INT64_MAX);
    if (p != (LESS | MORE) || y.low != y.high) return;
    if (y.low == x.low && x.low < x.high) narrow(c, a, x.low + 1, INT64_MAX);
    else if (y.low == x.high && x.low < x.high) narrow(c, a, INT64_MIN, x.high - 1);
}

static void holds(Conditions *c, Val a, u32 p, Val b)
{
    if (p == ANY || a == b) return;
    if (a > b) {
        holds(c, b, swapped(p), a);
        return;
    }
    ASSERT(a && ir(c->f, a)->type == ir(c->f, b)->type);
    p &= known_relation(c, a, b);
    u32 h = bucket_of(a, b);
    vec_push(&c->relations, ((Relation){ a, b, p, c->bucket[h] }));
    c->bucket[h] = (u32)c->relations.len - 1;
    if (!is_integer(ir(c->f, a))) return;
    narrow_by(c, a, p, b);
    narrow_by(c, b, swapped(p), a);
}

static bool comparable(IrType t) { return t == IT_INT || t == IT_LONG || t == IT_REF; }

static void learn(Conditions *c, u32 block)
{
    IrFn *f = c->f;
    const Block *b = ir_block(f, block);
    if (b->preds.len != 1) return;
    const Block *p = ir_block(f, b->preds.data[0]);
    const Ins *t = ir(f, vec_last(&p->ins));
    if (t->op != IR_IF || !comparable((IrType)t->type) || p->succs.data[0] == p->succs.data[1]) return;
    IrCond cc = (IrCond)t->sub;
    holds(c, t->a, possible_if(p->succs.data[0] == block ? cc : cond_not(cc)), t->b);
}

/* 1, 0 or -1: not known. */
static int decide(Conditions *c, Val a, IrCond cc, Val b)
{
    if (cc > CC_LE || !comparable((IrType)ir(c->f, a)->type)) return -1;
    u32 p = possible(c, a, b), yes = possible_if(cc);
    if (!p) return -1; /* not reached */
    return !(p & ~yes) ? 1 : !(p & yes) ? 0 : -1;
}

/* ---- What goes -------------------------------------------------------------------------------------------------------------------- */
static void bounds(Conditions *c, Val v)
{
    Val index = ir(c->f, v)->a, length = ir(c->f, v)->b;
    bool below = decide(c, index, CC_LT, length) == 1;
    if (below && range(c, index).low >= 0) {
        ir_delete(c->f, v);
        return;
    }
    holds(c, index, LESS, length);
    narrow(c, index, 0, INT64_MAX);
    narrow(c, length, 1, INT64_MAX);
}

static void guard(Conditions *c, Val v)
{
    const Ins *i = ir(c->f, v);
    if (!comparable((IrType)ir(c->f, i->a)->type)) return;
    if (decide(c, i->a, (IrCond)i->sub, i->b) == 1) ir_delete(c->f, v);
    else holds(c, i->a, possible_if((IrCond)i->sub), i->b);
}

static void divisor(Conditions *c, Val v)
{
    Range r = range(c, ir(c->f, v)->a);
    if (r.low > 0 || r.high < 0) ir_delete(c->f, v);
}

static Val conversion(Conditions *c, const Ins *i)
{
    bool cuts = i->sub == OP_i2b || i->sub == OP_i2c || i->sub == OP_i2s;
    Range x = range(c, i->a), r = of_conversion(i->sub, ints, ints);
    return cuts && x.low >= r.low && x.high <= r.high ? i->a : V_NONE;
}

static Val mask(Conditions *c, const Ins *i)
{
    if (ir(c->f, i->b)->op != IR_CONST) return V_NONE;
    i64 m = ir(c->f, i->b)->imm;
    Range x = range(c, i->a);
    return m > 0 && !(m & (m + 1)) && x.low >= 0 && x.high <= m ? i->a : V_NONE;
}

/* A value that i is: an operand of its, or a constant. */
static Val simpler(Conditions *c, const Ins *i)
{
    if (!is_integer(i)) return V_NONE;
    switch (i->op) {
    case IR_CVT: return conversion(c, i);
    case IR_AND: return mask(c, i);
    case IR_SELECTCC: {
        int d = decide(c, i->a, (IrCond)i->sub, i->b);
        return d < 0 ? V_NONE : ir_const(c->f, IT_INT, (u64)d);
    }
    case IR_MIN: case IR_MAX: {
        if (i->sub) return V_NONE;
        u32 p = possible(c, i->a, i->b);
        if (!(p & (u32)(i->op == IR_MIN ? MORE : LESS))) return i->a;
        return !(p & (u32)(i->op == IR_MIN ? LESS : MORE)) ? i->b : V_NONE;
    }
    default: return V_NONE;
    }
}

/* A shift or the like by what can only be one number here has that for its operand. */
static void take_number(void *ctx, Val *v)
{
    Conditions *c = ctx;
    const Ins *i = ir(c->f, *v);
    if (!is_integer(i) || i->op == IR_CONST || *v >= c->n || c->range[*v].low != c->range[*v].high) return;
    Range r = c->range[*v];
    *v = ir_const(c->f, (IrType)i->type, (u64)r.low);
}

static void now_one(void *ctx, Val *v)
{
    const IrFn *f = ((Conditions *)ctx)->f;
    while (*v < f->subst.len && f->subst.data[*v]) *v = f->subst.data[*v];
}

static void instruction(Conditions *c, Val v)
{
    IrFn *f = c->f;
    Ins *i = ir(f, v);
    if (i->op == IR_PHI) return;
    ir_operands(f, i, now_one, c);
    if (ir_has(i, IRF_PURE)) {
        Ins copy = *i; /* constants may be made meanwhile */
        ir_operands(f, &copy, take_number, c);
        *ir(f, v) = copy;
        Val w = simpler(c, ir(f, v));
        if (!w) w = jit_fold(f, v);
        if (w && w != v) ir_replace(f, v, w);
        return;
    }
    switch (i->op) {
    case IR_BOUNDS: bounds(c, v); break;
    case IR_GUARD: guard(c, v); break;
    case IR_DIVCHECK: divisor(c, v); break;
    case IR_IF: {
        int d = decide(c, i->a, (IrCond)i->sub, i->b);
        if (d >= 0) vec_push(&c->decided, ((Known){ i->block, !d }));
        break;
    }
    default: break;
    }
}

static void visit(Conditions *c, u32 block)
{
    size_t undo = c->undo.len, relations = c->relations.len;
    learn(c, block);
    for (size_t n = 0; n < ir_block(c->f, block)->ins.len; n++) {
        Val v = ir_block(c->f, block)->ins.data[n];
        if (!ir(c->f, v)->dead) instruction(c, v);
    }
    for (u32 k = c->child.data[block]; k; k = c->sibling.data[k]) visit(c, k);
    for (; c->relations.len > relations; c->relations.len--) {
        const Relation *r = &vec_last(&c->relations);
        ASSERT(c->bucket[bucket_of(r->a, r->b)] == c->relations.len - 1);
        c->bucket[bucket_of(r->a, r->b)] = r->next;
    }
    for (; c->undo.len > undo; c->undo.len--) c->range[vec_last(&c->undo).v] = vec_last(&c->undo).r;
}

/* ---- Edges that go ------------------------------------------------------------------------------------------------------------------- */
static void drop_edge(IrFn *f, u32 from, u32 to)
{
    Block *t = ir_block(f, to);
    size_t p = 0;
    while (t->preds.data[p] != from) p++;
    ASSERT(p < t->preds.len);
    for (size_t n = 0; n < t->ins.len && ir(f, t->ins.data[n])->op == IR_PHI; n++) {
        Ins *phi = ir(f, t->ins.data[n]);
        for (size_t k = p; k + 1 < phi->nargs; k++) f->pool.data[phi->args + k] = f->pool.data[phi->args + k + 1];
        phi->nargs--;
    }
    memmove(t->preds.data + p, t->preds.data + p + 1, (t->preds.len - p - 1) * sizeof *t->preds.data);
    t->preds.len--;
}

static void go_straight(IrFn *f, const Known *k)
{
    Block *b = ir_block(f, k->block);
    Ins *i = ir(f, vec_last(&b->ins));
    u32 to = b->succs.data[k->side], other = b->succs.data[1 - k->side];
    ASSERT(i->op == IR_IF && b->succs.len == 2);
    if (to == other) return;
    *i = (Ins){ .op = IR_GOTO, .block = i->block, .where = i->where };
    b->succs.data[0] = to, b->succs.len = 1;
    drop_edge(f, k->block, other);
}

/* A branch one side of which leaves the code is a guard, which may move out of loops. */
static void make_guard(IrFn *f, u32 block)
{
    Block *b = ir_block(f, block);
    const Ins *i = ir(f, vec_last(&b->ins));
    if (i->op != IR_IF || !comparable((IrType)i->type) || b->succs.data[0] == b->succs.data[1]) return;
    for (u32 s = 0; s < 2; s++) {
        const Block *side = ir_block(f, b->succs.data[s]);
        const Ins *d = ir(f, side->ins.data[0]);
        if (d->op != IR_DEOPT || d->imm != REASON_UNREACHED || side->preds.len != 1) continue;
        Val g = ir_make(f, IR_GUARD, IT_VOID, i->a, i->b, 0);
        i = ir(f, vec_last(&b->ins)), d = ir(f, ir_block(f, b->succs.data[s])->ins.data[0]);
        Ins *k = ir(f, g);
        k->sub = s ? i->sub : (u8)cond_not((IrCond)i->sub);
        k->imm = d->imm, k->state = d->state, k->where = d->where; /* where the guess was */
        ir_insert(f, block, (u32)b->ins.len - 1, g);
        go_straight(f, &(Known){ block, 1 - s });
        return;
    }
}

static void dominator_tree(Conditions *c)
{
    IrFn *f = c->f;
    for (size_t i = 0; i < f->blocks.len; i++) {
        vec_push(&c->child, 0);
        vec_push(&c->sibling, 0);
    }
    for (size_t o = f->rpo.len; o-- > 1;) { /* so that children come in order */
        u32 b = f->rpo.data[o], d = ir_block(f, b)->idom;
        c->sibling.data[b] = c->child.data[d];
        c->child.data[d] = b;
    }
}

void jit_conditions(IrFn *f)
{
    Conditions c = { .f = f, .n = f->ins.len, .range = xmalloc(f->ins.len * sizeof(Range)) };
    for (size_t v = 0; v < c.n; v++) c.range[v] = (Range){ 1, 0 };
    vec_push(&c.relations, ((Relation){ 0 }));
    dominator_tree(&c);
    visit(&c, 1);
    ir_resolve(f);
    for (size_t k = 0; k < c.decided.len; k++) go_straight(f, &c.decided.data[k]);
    for (size_t o = 0; o < f->rpo.len; o++) make_guard(f, f->rpo.data[o]);
    ir_order(f);
    ir_phis(f);
    free(c.range);
    vec_free(&c.undo);
    vec_free(&c.relations);
    vec_free(&c.decided);
    vec_free(&c.child);
    vec_free(&c.sibling);
}
