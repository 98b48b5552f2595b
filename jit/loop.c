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

u32 loop_preheader(const IrFn *f, u32 header)
{
    const Block *h = &f->blocks.data[header];
    for (size_t p = 0; p < h->preds.len; p++)
        if (!ir_dominates(f, header, h->preds.data[p])) return h->preds.data[p];
    return 0;
}

/* How many predecessors of the header lie outside, and is one a block of its own already? */
static bool has_preheader(const IrFn *f, u32 header, u32 *entries)
{
    const Block *h = &f->blocks.data[header];
    u32 one = 0;
    *entries = 0;
    for (size_t p = 0; p < h->preds.len; p++)
        if (!ir_dominates(f, header, h->preds.data[p])) one = h->preds.data[p], (*entries)++;
    return *entries == 1 && f->blocks.data[one].succs.len == 1;
}

/* One value for the phi from the edges that enter: theirs, or a phi of its own in the new block. */
static Val entering_value(IrFn *f, u32 header, Val phi, u32 pre, u32 entries)
{
    Vec(Val) args = { 0 };
    for (size_t p = 0; p < ir_block(f, header)->preds.len; p++)
        if (!ir_dominates(f, header, ir_block(f, header)->preds.data[p])) vec_push(&args, f->pool.data[ir(f, phi)->args + p]);
    ASSERT(args.len == entries);
    Val v = args.data[0];
    if (entries > 1) {
        v = ir_make(f, IR_PHI, (IrType)ir(f, phi)->type, 0, 0, 0);
        u32 at = ir_pool(f, args.data, entries);
        Ins *i = ir(f, v);
        i->args = at, i->nargs = entries, i->where = ir(f, phi)->where;
        ir_append(f, pre, v);
    }
    vec_free(&args);
    return v;
}

static void split_phis(IrFn *f, u32 header, u32 pre, u32 entries)
{
    for (size_t n = 0; n < ir_block(f, header)->ins.len; n++) {
        Val phi = ir_block(f, header)->ins.data[n];
        if (ir(f, phi)->op != IR_PHI) break;
        Vec(Val) args = { 0 };
        vec_push(&args, entering_value(f, header, phi, pre, entries));
        for (size_t p = 0; p < ir_block(f, header)->preds.len; p++)
            if (ir_dominates(f, header, ir_block(f, header)->preds.data[p])) vec_push(&args, f->pool.data[ir(f, phi)->args + p]);
        u32 at = ir_pool(f, args.data, (u32)args.len);
        ir(f, phi)->args = at, ir(f, phi)->nargs = (u32)args.len;
        vec_free(&args);
    }
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

static void make_preheader(IrFn *f, u32 header, u32 entries)
{
    u32 pre = ir_new_block(f, ir_block(f, header)->bci);
    Vec(u32) preds = { 0 };
    split_phis(f, header, pre, entries);
    vec_push(&preds, pre);
    for (size_t p = 0; p < ir_block(f, header)->preds.len; p++) {
        u32 q = ir_block(f, header)->preds.data[p];
        if (ir_dominates(f, header, q)) vec_push(&preds, q);
        else redirect(f, q, header, pre);
    }
    Val g = ir_make(f, IR_GOTO, IT_VOID, 0, 0, 0);
    ir(f, g)->where = ir(f, ir_block(f, header)->ins.data[0])->where;
    ir_append(f, pre, g);
    vec_push(&ir_block(f, pre)->succs, header);
    Block *h = ir_block(f, header);
    vec_clear(&h->preds);
    for (size_t p = 0; p < preds.len; p++) vec_push(&h->preds, preds.data[p]);
    vec_free(&preds);
}

void loop_preheaders(IrFn *f)
{
    u32 entries;
    bool changed = false;
    for (size_t o = 0; o < f->rpo.len; o++) {
        u32 h = f->rpo.data[o];
        if (!ir_block(f, h)->header || has_preheader(f, h, &entries) || !entries) continue;
        make_preheader(f, h, entries);
        changed = true;
    }
    if (changed) ir_order(f);
}
