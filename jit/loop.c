/* Natural loops: membership, preheaders. */
#include "jit/loop.h"
#include "base/vec.h"

void loop_members(const IrFn *f, u32 header, Members *m)
{
    const Block *h = &f->blocks.data[header];
    Vec(u32) work = { 0 };
    m->in = xcalloc(f->blocks.len, 1);
    m->in[header] = 1;
    vec_push(&m->blocks, header);
    for (size_t p = 0; p < h->preds.len; p++)
        if (ir_dominates(f, header, h->preds.data[p])) vec_push(&work, h->preds.data[p]);
    while (work.len) {
        u32 b = vec_pop(&work);
        if (m->in[b]) continue;
        m->in[b] = 1;
        vec_push(&m->blocks, b);
        for (size_t p = 0; p < f->blocks.data[b].preds.len; p++) vec_push(&work, f->blocks.data[b].preds.data[p]);
    }
    vec_free(&work);
}

void members_free(Members *m)
{
    vec_free(&m->blocks);
    free(m->in);
    m->in = NULL;
}

bool loop_calls(const IrFn *f, const Members *m)
{
    for (size_t b = 0; b < m->blocks.len; b++) {
        const Block *k = &f->blocks.data[m->blocks.data[b]];
        for (size_t n = 0; n < k->ins.len; n++)
            if (ir_has(&f->ins.data[k->ins.data[n]], IRF_CALL)) return true;
    }
    return false;
}

u32 loop_preheader(const IrFn *f, u32 header)
{
    const Block *h = &f->blocks.data[header];
    for (size_t p = 0; p < h->preds.len; p++)
        if (!ir_dominates(f, header, h->preds.data[p])) return h->preds.data[p];
    return 0;
}

/* ---- Which edges enter ------------------------------------------------------------------------------------------------ */
/* An edge from inside that goes forward in the bytecode: a loop entered in the middle (OSR) has the header of an inner loop for its own. */
static bool goes_forward(const IrFn *f, u32 header, u32 from)
{
    const Block *h = &f->blocks.data[header];
    u32 where = f->ins.data[vec_last(&f->blocks.data[from].ins)].where;
    return h->state && where >> 16 == f->states.data[h->state].scope && (where & 0xffff) < h->bci;
}

typedef struct Entries { u8 *enters; u32 n, back; bool alone; } Entries; /* by predecessor */

/* Edges from outside enter. If there are edges that go back in the bytecode too, those that go forward enter: they are an outer loop's. */
static Entries entries_of(const IrFn *f, u32 header)
{
    const Block *h = &f->blocks.data[header];
    Entries e = { .enters = xcalloc(h->preds.len + 1, 1) };
    u32 backward = 0, one = 0;
    for (size_t p = 0; p < h->preds.len; p++)
        backward += ir_dominates(f, header, h->preds.data[p]) && !goes_forward(f, header, h->preds.data[p]);
    for (size_t p = 0; p < h->preds.len; p++) {
        u32 q = h->preds.data[p];
        e.enters[p] = !ir_dominates(f, header, q) || (backward && goes_forward(f, header, q));
        if (e.enters[p]) e.n++, one = q;
        else e.back++;
    }
    e.alone = e.n == 1 && f->blocks.data[one].succs.len == 1;
    return e;
}

/* ---- Making a preheader ------------------------------------------------------------------------------------------------- */
/* One value for the phi from the edges that enter: theirs, or a phi of its own in the new block. */
static Val entering_value(IrFn *f, u32 header, Val phi, u32 pre, const Entries *e)
{
    Vec(Val) args = { 0 };
    for (size_t p = 0; p < ir_block(f, header)->preds.len; p++)
        if (e->enters[p]) vec_push(&args, f->pool.data[ir(f, phi)->args + p]);
    ASSERT(args.len == e->n);
    Val v = args.data[0];
    if (e->n > 1) {
        v = ir_make(f, IR_PHI, (IrType)ir(f, phi)->type, 0, 0, 0);
        u32 at = ir_pool(f, args.data, e->n);
        Ins *i = ir(f, v);
        i->args = at, i->nargs = e->n, i->where = ir(f, phi)->where;
        ir_append(f, pre, v);
    }
    vec_free(&args);
    return v;
}

static void split_phis(IrFn *f, u32 header, u32 pre, const Entries *e)
{
    for (size_t n = 0; n < ir_block(f, header)->ins.len; n++) {
        Val phi = ir_block(f, header)->ins.data[n];
        if (ir(f, phi)->op != IR_PHI) break;
        Vec(Val) args = { 0 };
        vec_push(&args, entering_value(f, header, phi, pre, e));
        for (size_t p = 0; p < ir_block(f, header)->preds.len; p++)
            if (!e->enters[p]) vec_push(&args, f->pool.data[ir(f, phi)->args + p]);
        u32 at = ir_pool(f, args.data, (u32)args.len);
        ir(f, phi)->args = at, ir(f, phi)->nargs = (u32)args.len;
        vec_free(&args);
    }
}

/* The header's frame state at the new block, which may be a header itself. */
static void copy_state(IrFn *f, u32 header, u32 pre)
{
    if (!ir_block(f, header)->state) return;
    State s = *ir_state(f, ir_block(f, header)->state);
    u32 n = ir_state_size(&s), vals = (u32)f->pool.len;
    for (u32 k = 0; k < n; k++) {
        Val v = f->pool.data[s.vals + k];
        if (v && ir(f, v)->op == IR_PHI && ir(f, v)->block == header) v = f->pool.data[ir(f, v)->args];
        vec_push(&f->pool, v);
    }
    s.vals = vals;
    vec_push(&f->states, s);
    ir_block(f, pre)->state = (u32)f->states.len - 1;
}

static void redirect(IrFn *f, u32 from, u32 header, u32 pre)
{
    Block *b = ir_block(f, from);
    for (size_t s = 0; s < b->succs.len; s++) {
        if (b->succs.data[s] != header) continue;
        b->succs.data[s] = pre;
        vec_push(&ir_block(f, pre)->preds, from);
        return; /* one edge a call: the same block may have several */
    }
    panic("jit: an edge that its source does not know");
}

static void make_preheader(IrFn *f, u32 header, const Entries *e)
{
    u32 pre = ir_new_block(f, ir_block(f, header)->bci);
    Vec(u32) preds = { 0 };
    split_phis(f, header, pre, e);
    vec_push(&preds, pre);
    for (size_t p = 0; p < ir_block(f, header)->preds.len; p++) {
        u32 q = ir_block(f, header)->preds.data[p];
        if (e->enters[p]) redirect(f, q, header, pre);
        else vec_push(&preds, q);
    }
    Val g = ir_make(f, IR_GOTO, IT_VOID, 0, 0, 0);
    ir(f, g)->where = ir(f, ir_block(f, header)->ins.data[0])->where;
    ir_append(f, pre, g);
    vec_push(&ir_block(f, pre)->succs, header);
    Block *h = ir_block(f, header);
    vec_clear(&h->preds);
    for (size_t p = 0; p < preds.len; p++) vec_push(&h->preds, preds.data[p]);
    vec_free(&preds);
    copy_state(f, header, pre);
}

static bool round_of_preheaders(IrFn *f)
{
    bool changed = false;
    for (size_t o = 0; o < f->rpo.len; o++) {
        u32 h = f->rpo.data[o];
        if (!ir_block(f, h)->header) continue;
        Entries e = entries_of(f, h);
        if (!e.alone && e.n) make_preheader(f, h, &e), changed = true;
        free(e.enters);
    }
    if (changed) ir_order(f);
    return changed;
}

void loop_preheaders(IrFn *f)
{
    for (u32 rounds = 0; rounds < 8 && round_of_preheaders(f); rounds++) {}
}
