/* Value hints for hard branches in loops that count: `hint.val` some iterations ahead.

   A hint counts only if the core has seen it by the time it fetches the branch, a front end's length before the branch is executed. The operand of a
   branch is never there that early, but in a loop with a counter it can be computed again, for iteration i + d: elements of arrays at
   an index that follows from the counter, the class or a field of such an element, arithmetic on all that. What is computed may be wrong (the
   loop may write the array, and ends some time), but not dangerous: indexes are clamped to the array, null is replaced by an empty object.

   All that is put in front of the branch, where the array is known to be one and not empty, and where there is something to do while loads are under way. Where the
   core waits for results, loops that call nothing find the address of each load one iteration before they load from it, so that a chain of loads is one load an iteration long.

   Hints are taken in the order in which they were made, one by each execution of the branch. So the branch must be executed once in every iteration; the
   preheader forgets what is left of earlier loops, and makes the hints of the first d iterations. */
#include "jit/hints.h"
#include "base/window.h"
#include "jit/loop.h"
#include "vm/opcodes.h"

enum { MAX_DEPTH = 8, MAX_AHEAD = 12, EMPTY_BYTES = 256, EMPTY_ALIGN = 4096 /* one instruction makes the address */, SMALLEST_CELL = 16 };

typedef struct Hinting {
    IrFn *f;
    u32 header, pre;
    Members in;
    Val counter;      /* a phi of the header */
    Val start;
    i64 step;
    u32 iteration;    /* instructions of one, about */
    bool calls;       /* inside: what is the same in every iteration has no register */
    /* while values are cloned: */
    bool dry;         /* only: can it be done? */
    bool before;      /* into the preheader, else into the branch's block */
    u32 block, at;    /* next position there */
    i64 ahead;
    u32 where, cost;
} Hinting;

static bool inside(const Hinting *h, Val v)
{
    const Ins *i = ir(h->f, v);
    return i->op != IR_CONST && h->in.in[i->block];
}

/* ---- Cloning -------------------------------------------------------------------------------------------------------- */
static Val put(Hinting *h, bool before, IrOp op, IrType type, u8 sub, i64 imm, Val a, Val b)
{
    IrFn *f = h->f;
    h->cost += !before;
    if (h->dry) return 1;
    Val v = ir_make(f, op, type, a, b, 0);
    ir(f, v)->sub = sub, ir(f, v)->imm = imm, ir(f, v)->where = h->where;
    if (before) ir_insert(f, h->pre, (u32)ir_block(f, h->pre)->ins.len - 1, v);
    else ir_insert(f, h->block, h->at++, v);
    return v;
}

static Val here(Hinting *h, IrOp op, IrType type, u8 sub, Val a, Val b) { return put(h, h->before, op, type, sub, 0, a, b); }

/* In place of null, something that looks like an object with nothing in it and an array of length 0. It lies below all objects, so
   that the greater address of the two is the right one. Where a register can hold it, a word says where it is; what is reloaded behind a call is as well made again. */
static Val empty_object(Hinting *h)
{
    static u64 *empty, *word;
    if (!empty) {
        empty = window_alloc(&win_meta, EMPTY_BYTES, EMPTY_ALIGN);
        word = window_alloc(&win_meta, 64, 64);
        *word = (u64)empty;
        ASSERT((u64)empty < WIN_HEAP_BASE);
    }
    return h->calls ? ir_const(h->f, IT_REF, (u64)empty) : put(h, true, IR_POOL, IT_REF, 0, (i64)word, 0, 0);
}

static Val not_null(Hinting *h, Val v) { return here(h, IR_MAX, IT_REF, 1, v, empty_object(h)); }

/* Is v's type tested inside? Then its fields and elements are not to be touched before. */
static bool tested_inside(const Hinting *h, Val v)
{
    for (size_t b = 0; b < h->in.blocks.len; b++) {
        const Block *k = ir_block(h->f, h->in.blocks.data[b]);
        for (size_t n = 0; n < k->ins.len; n++) {
            const Ins *i = ir(h->f, k->ins.data[n]);
            if ((i->op == IR_CHECKCAST || i->op == IR_INSTANCEOF) && i->a == v) return true;
        }
    }
    return false;
}

static Val clone(Hinting *h, Val v, u32 depth);

static Val phi(Hinting *h, IrType type, Val first, Val next)
{
    IrFn *f = h->f;
    Val v = ir_make(f, IR_PHI, type, 0, 0, 0);
    u32 n = (u32)ir_block(f, h->header)->preds.len, args = (u32)f->pool.len, at = 0;
    for (u32 p = 0; p < n; p++) vec_push(&f->pool, ir_block(f, h->header)->preds.data[p] == h->pre ? first : next);
    ir(f, v)->args = args, ir(f, v)->nargs = n, ir(f, v)->where = h->where;
    while (ir(f, ir_block(f, h->header)->ins.data[at])->op == IR_PHI) at++;
    ir_insert(f, h->header, at, v);
    return v;
}

/* What `make` makes of i: one iteration before it is needed, where that is better. */
static Val early(Hinting *h, Val (*make)(Hinting *h, const Ins *i, u32 depth), const Ins *i, u32 depth)
{
    if (h->before || h->calls || !jit_options.waits_at_use) return make(h, i, depth);
    h->ahead++;
    Val next = make(h, i, depth);
    h->ahead--;
    if (!next || h->dry) return next;
    h->before = true;
    Val first = make(h, i, depth);
    h->before = false;
    return phi(h, (IrType)ir(h->f, next)->type, first, next);
}

/* An array that is accessed in each iteration is none less in front of the branch; in front of the loop it may be null or empty. */
static Val array_in(Hinting *h, bool before, Val array)
{
    if (!before) return array;
    bool was = h->before;
    h->before = true;
    Val v = not_null(h, array);
    h->before = was;
    return v;
}

/* In loops that call it would take a register in vain to have it ready. */
static Val last_index(Hinting *h, Val array)
{
    bool before = h->before || !h->calls;
    Val length = put(h, before, IR_ARRAYLEN, IT_INT, 0, 0, array_in(h, before, array), 0);
    Val last = put(h, before, IR_ADD, IT_INT, 0, 0, length, ir_const(h->f, IT_INT, ~0ull));
    return before ? put(h, true, IR_MAX, IT_INT, 0, 0, last, ir_const(h->f, IT_INT, 0)) : last; /* element 0 of an empty array ends its cell */
}

/* The index of an element, clamped to its array. */
static Val index_of(Hinting *h, const Ins *i, u32 depth)
{
    Val index = clone(h, i->b, depth + 1);
    return index ? here(h, IR_MIN, IT_INT, 1, index, last_index(h, i->a)) : V_NONE;
}

static Val clone_element(Hinting *h, const Ins i, u32 depth)
{
    if (inside(h, i.a) || tested_inside(h, i.a) || type_shift((BasicType)i.sub) > 2) return V_NONE; /* longs: element 0 of none is another object */
    Val index = early(h, index_of, &i, depth);
    return index ? here(h, IR_LOADX, (IrType)i.type, i.sub, array_in(h, h->before, i.a), index) : V_NONE;
}

static Val object_of(Hinting *h, const Ins *i, u32 depth)
{
    Val o = clone(h, i->a, depth + 1);
    if (!o || (!h->dry && ir(h->f, o)->type != IT_REF)) return V_NONE;
    return not_null(h, o);
}

/* A field or the class of an object; of any object, for its type may not have been tested: within the smallest cell. */
static Val clone_load(Hinting *h, const Ins i, u32 depth)
{
    const Field *field = i.ref;
    if (i.op == IR_LOAD && (!field || field->access & ACC_VOLATILE || i.imm + 8 > SMALLEST_CELL || i.imm < 0)) return V_NONE;
    if (i.op == IR_LOAD && i.imm + (1 << type_shift((BasicType)i.sub)) > SMALLEST_CELL) return V_NONE;
    Val o = early(h, object_of, &i, depth);
    return o ? put(h, h->before, (IrOp)i.op, (IrType)i.type, i.sub, i.imm, o, 0) : V_NONE;
}

static Val clone_pure(Hinting *h, const Ins i, u32 depth)
{
    Val a = clone(h, i.a, depth + 1), b = i.b ? clone(h, i.b, depth + 1) : V_NONE;
    if (!a || (i.b && !b)) return V_NONE;
    return put(h, h->before, (IrOp)i.op, (IrType)i.type, i.sub, i.imm, a, b);
}

/* v as it will be `ahead` iterations later; V_NONE: that cannot be told. */
static Val clone(Hinting *h, Val v, u32 depth)
{
    IrFn *f = h->f;
    const Ins i = *ir(f, v);
    if (i.op == IR_CONST || !inside(h, v)) return v;
    if (depth > MAX_DEPTH) return V_NONE;
    if (v == h->counter) return here(h, IR_ADD, IT_INT, 0, h->before ? h->start : v, ir_const(f, IT_INT, (u64)(i64)(i32)(h->ahead * h->step)));
    bool whole = i.type == IT_INT || i.type == IT_LONG;
    switch (i.op) {
    case IR_LOADX: return whole || i.type == IT_REF ? clone_element(h, i, depth) : V_NONE;
    case IR_LOAD: case IR_KLASS: return whole || i.type == IT_REF ? clone_load(h, i, depth) : V_NONE;
    case IR_ADD: case IR_SUB: case IR_MUL: case IR_AND: case IR_OR: case IR_XOR: case IR_SHL: case IR_SHR: case IR_USHR: case IR_MIN: case IR_MAX:
    case IR_NEG: case IR_SELECTCC: return whole ? clone_pure(h, i, depth) : V_NONE;
    case IR_CVT: return whole && i.sub != OP_f2i && i.sub != OP_f2l && i.sub != OP_d2i && i.sub != OP_d2l ? clone_pure(h, i, depth) : V_NONE;
    default: return V_NONE;
    }
}

/* ---- Branches --------------------------------------------------------------------------------------------------------- */
/* Where a few bits of a class's address are the key of a switch (inline.c), the address. */
static Val class_behind(const IrFn *f, Val v)
{
    const Ins *i = &f->ins.data[v];
    while (i->op == IR_AND || i->op == IR_USHR) i = &f->ins.data[i->a];
    return i->op == IR_KLASS ? (Val)(i - f->ins.data) : v;
}

/* The value that candidate `which` of branch v is. */
static Val candidate(const Hinting *h, Val v, HintValue which)
{
    const Ins *i = ir(h->f, v);
    if (which == HINT_COUNTER) return h->counter;
    if (i->op == IR_CALL) return which == HINT_A ? h->f->pool.data[i->args] : V_NONE;
    if (i->op == IR_SWITCH) return which == HINT_A ? class_behind(h->f, i->a) : V_NONE;
    return which == HINT_A ? i->a : i->b;
}

static Val cloned_candidate(Hinting *h, Val branch, HintValue which)
{
    Val x = candidate(h, branch, which);
    h->cost = 0;
    if (!x || !inside(h, x)) return V_NONE;
    Ins load = { .op = IR_KLASS, .type = IT_LONG, .a = x };
    if (ir(h->f, branch)->op == IR_CALL && which == HINT_A) return clone_load(h, load, 0);
    return clone(h, x, 0);
}

static void make_hint(Hinting *h, bool before, Val value, Val branch)
{
    put(h, before, IR_HINT, IT_VOID, 0, (i64)branch, value, 0);
}

static void insert(Hinting *h, Val branch, HintValue which)
{
    IrFn *f = h->f;
    u32 d = hint_distance() / h->iteration + 1;
    if (d > MAX_AHEAD) d = MAX_AHEAD;
    h->where = ir(f, branch)->where;
    h->before = true;
    make_hint(h, true, ir_const(f, IT_INT, 0), branch);
    for (u32 k = 0; k < d; k++) {
        h->ahead = k;
        make_hint(h, true, cloned_candidate(h, branch, which), branch);
    }
    h->before = false, h->ahead = d;
    h->block = ir(f, branch)->block, h->at = 0;
    while (ir_block(f, h->block)->ins.data[h->at] != branch) h->at++;
    make_hint(h, false, cloned_candidate(h, branch, which), branch);
}

static void consider(Hinting *h, Val branch)
{
    IrFn *f = h->f;
    HintMark mark = { .branch = branch, .counter = h->counter };
    h->dry = true, h->before = false, h->ahead = 1;
    for (HintValue which = HINT_A; which < HINT_VALUES; which++)
        if (cloned_candidate(h, branch, which)) mark.can |= (u8)(1u << which);
    h->dry = false;
    if (!mark.can) return;
    HintValue which = hint_wanted(f->scopes.data[ir(f, branch)->where >> 16].m, ir(f, branch)->where & 0xffff);
    if (which && mark.can >> which & 1) {
        mark.made = (u8)which;
        insert(h, branch, which);
        hint_made(f->scopes.data[h->where >> 16].m, h->where & 0xffff, h->cost);
    }
    vec_push(&f->hints, mark);
}

static bool is_branch(const IrFn *f, const Ins *i)
{
    if (i->op == IR_CALL) return i->sub != IRC_DIRECT && i->nargs;
    return (i->op == IR_SWITCH && ir_is_table(f, i)) || (i->op == IR_IF && (i->type == IT_INT || i->type == IT_LONG || i->type == IT_REF));
}

/* ---- Loops --------------------------------------------------------------------------------------------------------------- */
static bool in_every_iteration(const Hinting *h, u32 block)
{
    const Block *k = ir_block(h->f, h->header);
    for (size_t p = 0; p < k->preds.len; p++)
        if (k->preds.data[p] != h->pre && !ir_dominates(h->f, block, k->preds.data[p])) return false;
    return true;
}

static bool is_counter(Hinting *h, Val v)
{
    IrFn *f = h->f;
    const Ins *i = ir(f, v);
    const Block *k = ir_block(f, h->header);
    if (i->type != IT_INT) return false;
    h->step = 0;
    for (u32 p = 0; p < i->nargs; p++) {
        Val x = f->pool.data[i->args + p];
        const Ins *add = ir(f, x);
        if (k->preds.data[p] == h->pre) {
            h->start = x;
            continue;
        }
        if (add->op != IR_ADD || add->a != v || ir(f, add->b)->op != IR_CONST) return false;
        i64 step = ir(f, add->b)->imm;
        if (!step || step < -1024 || step > 1024 || (h->step && h->step != step)) return false;
        h->step = step;
    }
    return h->step != 0;
}

static bool find_counter(Hinting *h)
{
    const Block *k = ir_block(h->f, h->header);
    for (size_t n = 0; n < k->ins.len && ir(h->f, k->ins.data[n])->op == IR_PHI; n++)
        if (is_counter(h, k->ins.data[n])) {
            h->counter = k->ins.data[n];
            return true;
        }
    return false;
}

/* Instructions of an iteration, about: of what every iteration does. */
static void measure(Hinting *h)
{
    h->iteration = 4;
    for (size_t b = 0; b < h->in.blocks.len; b++)
        if (in_every_iteration(h, h->in.blocks.data[b])) h->iteration += (u32)ir_block(h->f, h->in.blocks.data[b])->ins.len;
}

/* Code that is entered in an inner loop has that loop's header for the outer loop's too; what goes round the outer one by another way then looks like an innermost loop, whose
   jump back goes forward in the bytecode. The method's other code has no such loop. */
static bool is_cut(const IrFn *f, u32 header, u32 pre)
{
    const Block *k = &f->blocks.data[header];
    u32 where = f->ins.data[vec_last(&k->ins)].where;
    for (size_t p = 0; p < k->preds.len; p++) {
        u32 back = f->ins.data[vec_last(&f->blocks.data[k->preds.data[p]].ins)].where;
        if (k->preds.data[p] != pre && back >> 16 == where >> 16 && (back & 0xffff) < k->bci) return true;
    }
    return false;
}

static void hint_loop(IrFn *f, u32 header)
{
    Hinting h = { .f = f, .header = header, .pre = loop_preheader(f, header) };
    if (!h.pre || ir_block(f, h.pre)->succs.len != 1 || is_cut(f, header, h.pre)) return;
    loop_members(f, header, &h.in);
    bool innermost = true;
    for (size_t b = 1; b < h.in.blocks.len; b++) innermost &= !ir_block(f, h.in.blocks.data[b])->header;
    h.calls = loop_calls(f, &h.in);
    if (innermost && find_counter(&h)) {
        measure(&h);
        Vec(Val) branches = { 0 };
        for (size_t b = 1; b < h.in.blocks.len; b++) {
            const Block *k = ir_block(f, h.in.blocks.data[b]);
            for (size_t n = 0; n < k->ins.len && in_every_iteration(&h, h.in.blocks.data[b]); n++)
                if (is_branch(f, ir(f, k->ins.data[n]))) vec_push(&branches, k->ins.data[n]);
        }
        for (size_t b = 0; b < branches.len; b++) consider(&h, branches.data[b]);
        vec_free(&branches);
    }
    members_free(&h.in);
}

void jit_hints(IrFn *f)
{
    if (jit_options.hints == HINTS_OFF) return;
    for (size_t o = 0; o < f->rpo.len; o++)
        if (ir_block(f, f->rpo.data[o])->header) hint_loop(f, f->rpo.data[o]);
    for (size_t k = 0; k < f->hints.len; k++)
        if (f->hints.data[k].made) {
            jit_gvn(f); /* the hints of the first iterations have much in common */
            return;
        }
}
