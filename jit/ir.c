/* Making and changing the intermediate representation: instructions, blocks, edges, order, dominators (Cooper, Harvey and Kennedy
   2001), loops, and the clean-ups that every pass relies on. */
#include "jit/ir.h"
#include <string.h>

const IrOpInfo ir_ops[IR_OP_COUNT] = {
    [IR_NOP] = { "nop", 0, 0 },
#define HAS(text, letter, flag) (sizeof(text) > 1 && (text[0] == letter || (sizeof(text) > 2 && text[1] == letter) || \
    (sizeof(text) > 3 && text[sizeof(text) > 3 ? 2 : 0] == letter)) ? flag : 0)
#define V 255
#define X(name, operands, flags) [IR_##name] = { #name, operands, HAS(flags, 'P', IRF_PURE) | HAS(flags, 'R', IRF_READ) | HAS(flags, 'W', IRF_WRITE) | \
    HAS(flags, 'S', IRF_STATE) | HAS(flags, 'C', IRF_CALL) | HAS(flags, 'H', IRF_FIRMWARE) | HAS(flags, 'T', IRF_END) | HAS(flags, 'K', IRF_KEEP) },
#include "jit/ir.def"
#undef X
#undef V
};

/* ---- Making ----------------------------------------------------------------------------------------------------- */
IrFn *ir_new(Method *m, i32 osr_bci)
{
    ASSERT(m->code && osr_bci < (i32)m->code_length);
    IrFn *f = xcalloc(1, sizeof *f);
    f->m = m;
    f->osr_bci = osr_bci;
    vec_push(&f->ins, ((Ins){ .op = IR_NOP, .dead = 1 }));
    vec_push(&f->states, ((State){ 0 }));
    vec_push(&f->blocks, ((Block){ 0 }));
    vec_push(&f->scopes, ((Scope){ .m = m }));
    vec_push(&f->pool, V_NONE);
    vec_push(&f->keys, 0);
    ir_new_block(f, 0);
    return f;
}

void ir_free(IrFn *f)
{
    for (size_t i = 0; i < f->blocks.len; i++) {
        Block *b = &f->blocks.data[i];
        vec_free(&b->ins);
        vec_free(&b->preds);
        vec_free(&b->succs);
    }
    vec_free(&f->ins);
    vec_free(&f->pool);
    vec_free(&f->states);
    vec_free(&f->scopes);
    vec_free(&f->blocks);
    vec_free(&f->rpo);
    vec_free(&f->keys);
    vec_free(&f->subst);
    vec_free(&f->hints);
    vec_free(&f->uses_class);
    vec_free(&f->assumes_leaf);
    vec_free(&f->young);
    free(f);
}

u32 ir_new_block(IrFn *f, u32 bci)
{
    vec_push(&f->blocks, ((Block){ .bci = bci }));
    return (u32)f->blocks.len - 1;
}

Val ir_make(IrFn *f, IrOp op, IrType type, Val a, Val b, Val c)
{
    vec_push(&f->ins, ((Ins){ .op = (u8)op, .type = (u8)type, .a = a, .b = b, .c = c }));
    return (Val)f->ins.len - 1;
}

Val ir_append(IrFn *f, u32 block, Val v)
{
    ir(f, v)->block = block;
    vec_push(&ir_block(f, block)->ins, v);
    return v;
}

void ir_insert(IrFn *f, u32 block, u32 at, Val v)
{
    Block *b = ir_block(f, block);
    ASSERT(at <= b->ins.len);
    vec_push(&b->ins, v);
    memmove(b->ins.data + at + 1, b->ins.data + at, (b->ins.len - 1 - at) * sizeof(Val));
    b->ins.data[at] = v;
    ir(f, v)->block = block;
}

/* Constants live in block 0, which is in no order: they have no position and are made where they are used. */
Val ir_const(IrFn *f, IrType type, u64 bits)
{
    Block *b = ir_block(f, 0);
    for (size_t i = b->ins.len; i-- > 0;) {
        Ins *k = ir(f, b->ins.data[i]);
        if (k->type == type && k->imm == (i64)bits) return b->ins.data[i];
    }
    Val v = ir_make(f, IR_CONST, type, 0, 0, 0);
    ir(f, v)->imm = (i64)bits;
    return ir_append(f, 0, v);
}

void ir_edge(IrFn *f, u32 from, u32 to)
{
    vec_push(&ir_block(f, from)->succs, to);
    vec_push(&ir_block(f, to)->preds, from);
}

u32 ir_pool(IrFn *f, const Val *v, u32 n)
{
    u32 at = (u32)f->pool.len;
    for (u32 i = 0; i < n; i++) vec_push(&f->pool, v[i]);
    return at;
}

/* ---- Operands ----------------------------------------------------------------------------------------------------- */
void ir_operands(IrFn *f, Ins *i, void (*fn)(void *ctx, Val *v), void *ctx)
{
    if (i->a) fn(ctx, &i->a);
    if (i->b) fn(ctx, &i->b);
    if (i->c) fn(ctx, &i->c);
    for (u32 k = 0; k < i->nargs; k++)
        if (f->pool.data[i->args + k]) fn(ctx, &f->pool.data[i->args + k]);
}

void ir_state_values(IrFn *f, u32 state, void (*fn)(void *ctx, Val *v), void *ctx)
{
    for (; state; state = f->states.data[state].parent) {
        State *s = ir_state(f, state);
        for (u32 k = 0; k < ir_state_size(s); k++)
            if (f->pool.data[s->vals + k]) fn(ctx, &f->pool.data[s->vals + k]);
    }
}

static void count_use(void *ctx, Val *v) { ((u32 *)ctx)[*v]++; }

u32 *ir_count_uses(IrFn *f)
{
    u32 *uses = xcalloc(f->ins.len, sizeof *uses);
    for (size_t v = 1; v < f->ins.len; v++) {
        Ins *i = ir(f, (Val)v);
        if (!i->dead && i->block) ir_operands(f, i, count_use, uses);
    }
    for (u32 s = 1; s < f->states.len; s++)
        for (u32 k = 0; k < ir_state_size(ir_state(f, s)); k++) uses[f->pool.data[ir_state(f, s)->vals + k]]++;
    return uses;
}

const Ins *ir_passed_test(const IrFn *f, u32 block)
{
    const Block *b = &f->blocks.data[block];
    if (b->preds.len != 1) return NULL;
    const Block *p = &f->blocks.data[b->preds.data[0]];
    const Ins *t = &f->ins.data[vec_last(&p->ins)];
    if (t->op != IR_IF || t->type != IT_INT || p->succs.data[0] == p->succs.data[1]) return NULL;
    const Ins *test = &f->ins.data[t->a], *k = &f->ins.data[t->b];
    if (test->op != IR_INSTANCEOF || k->op != IR_CONST || k->imm || (t->sub != CC_EQ && t->sub != CC_NE)) return NULL;
    return (t->sub == CC_NE) == (p->succs.data[0] == block) ? test : NULL;
}

/* ---- Replacing ---------------------------------------------------------------------------------------------------- */
void ir_replace(IrFn *f, Val old, Val by)
{
    ASSERT(old && by && old != by);
    while (f->subst.len < f->ins.len) vec_push(&f->subst, V_NONE);
    ASSERT(!f->subst.data[old]);
    f->subst.data[old] = by;
}

static Val resolved(IrFn *f, Val v)
{
    while (v < f->subst.len && f->subst.data[v]) v = f->subst.data[v];
    return v;
}

static void resolve_one(void *ctx, Val *v) { *v = resolved(ctx, *v); }

static void drop_dead(IrFn *f)
{
    for (size_t b = 0; b < f->blocks.len; b++) {
        Block *k = ir_block(f, (u32)b);
        size_t n = 0;
        for (size_t i = 0; i < k->ins.len; i++)
            if (!ir(f, k->ins.data[i])->dead) k->ins.data[n++] = k->ins.data[i];
        k->ins.len = n;
    }
}

void ir_resolve(IrFn *f)
{
    for (size_t v = 1; v < f->subst.len; v++)
        if (f->subst.data[v]) f->ins.data[v].dead = 1;
    if (f->subst.len) {
        for (size_t v = 1; v < f->ins.len; v++)
            if (!f->ins.data[v].dead) ir_operands(f, &f->ins.data[v], resolve_one, f);
        for (size_t s = 1; s < f->states.len; s++) {
            State *st = &f->states.data[s];
            for (u32 k = 0; k < ir_state_size(st); k++)
                if (f->pool.data[st->vals + k]) resolve_one(f, &f->pool.data[st->vals + k]);
        }
        for (size_t s = 0; s < f->scopes.len; s++)
            if (f->scopes.data[s].lock) resolve_one(f, &f->scopes.data[s].lock);
    }
    vec_clear(&f->subst);
    drop_dead(f);
}

void ir_delete(IrFn *f, Val v)
{
    ASSERT(v && v < f->ins.len);
    ir(f, v)->dead = 1;
}

/* ---- Order, dominators, loops ----------------------------------------------------------------------------------------- */
typedef struct Visit { u32 block, next; } Visit;

static void postorder(IrFn *f)
{
    Vec(Visit) stack = { 0 };
    Vec(u32) post = { 0 };
    vec_push(&stack, ((Visit){ 1, 0 }));
    ir_block(f, 1)->reached = true;
    while (stack.len) {
        Visit *v = &vec_last(&stack);
        Block *b = ir_block(f, v->block);
        if (v->next < b->succs.len) {
            u32 s = b->succs.data[v->next++];
            if (ir_block(f, s)->reached) continue;
            ir_block(f, s)->reached = true;
            vec_push(&stack, ((Visit){ s, 0 }));
        } else {
            vec_push(&post, v->block);
            stack.len--;
        }
    }
    vec_clear(&f->rpo);
    while (post.len) {
        u32 b = vec_pop(&post);
        ir_block(f, b)->order = (u32)f->rpo.len;
        vec_push(&f->rpo, b);
    }
    vec_free(&stack);
    vec_free(&post);
}

/* An unreached predecessor goes, with the phis' operands for it. */
static void drop_preds(IrFn *f, u32 bi)
{
    Block *b = ir_block(f, bi);
    size_t n = 0;
    for (size_t p = 0; p < b->preds.len; p++) {
        if (!ir_block(f, b->preds.data[p])->reached) continue;
        if (n != p) {
            b->preds.data[n] = b->preds.data[p];
            for (size_t i = 0; i < b->ins.len; i++) {
                Ins *phi = ir(f, b->ins.data[i]);
                if (phi->op != IR_PHI) break;
                f->pool.data[phi->args + n] = f->pool.data[phi->args + p];
            }
        }
        n++;
    }
    if (n == b->preds.len) return;
    b->preds.len = n;
    for (size_t i = 0; i < b->ins.len; i++) {
        Ins *phi = ir(f, b->ins.data[i]);
        if (phi->op != IR_PHI) break;
        phi->nargs = (u32)n;
    }
}

static u32 intersect(const IrFn *f, u32 a, u32 b)
{
    while (a != b) {
        while (f->blocks.data[a].order > f->blocks.data[b].order) a = f->blocks.data[a].idom;
        while (f->blocks.data[b].order > f->blocks.data[a].order) b = f->blocks.data[b].idom;
    }
    return a;
}

static void dominators(IrFn *f)
{
    for (size_t i = 0; i < f->rpo.len; i++) ir_block(f, f->rpo.data[i])->idom = 0;
    ir_block(f, 1)->idom = 1;
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 1; i < f->rpo.len; i++) {
            Block *b = ir_block(f, f->rpo.data[i]);
            u32 idom = 0;
            for (size_t p = 0; p < b->preds.len; p++) {
                u32 q = b->preds.data[p];
                if (!ir_block(f, q)->idom) continue;
                idom = idom ? intersect(f, q, idom) : q;
            }
            if (b->idom != idom) b->idom = idom, changed = true;
        }
    }
}

/* Subtrees as intervals: sizes bottom up (children come later in the order), then places top down. */
static void number_dominators(IrFn *f)
{
    for (size_t i = 0; i < f->rpo.len; i++) ir_block(f, f->rpo.data[i])->dom_out = 1;
    for (size_t i = f->rpo.len; i-- > 1;) {
        Block *b = ir_block(f, f->rpo.data[i]);
        ir_block(f, b->idom)->dom_out += b->dom_out; /* for now, the size */
    }
    u32 *next = xcalloc(f->blocks.len, sizeof *next);
    for (size_t i = 0; i < f->rpo.len; i++) {
        u32 n = f->rpo.data[i];
        Block *b = ir_block(f, n);
        if (i) b->dom_in = next[b->idom], next[b->idom] += b->dom_out;
        else b->dom_in = 0;
        next[n] = b->dom_in + 1;
        b->dom_out += b->dom_in;
    }
    free(next);
}

bool ir_dominates(const IrFn *f, u32 a, u32 b)
{
    const Block *x = &f->blocks.data[a], *y = &f->blocks.data[b];
    return x->dom_in <= y->dom_in && y->dom_in < x->dom_out;
}

/* The natural loop of back edges to `header`: everything that reaches them without passing it. Inner loops are marked first, so they stay. */
static void mark_loop(IrFn *f, u32 header)
{
    Vec(u32) work = { 0 };
    Block *h = ir_block(f, header);
    for (size_t p = 0; p < h->preds.len; p++)
        if (ir_dominates(f, header, h->preds.data[p])) vec_push(&work, h->preds.data[p]);
    if (!work.len) return;
    h->header = true;
    Vec(u32) members = { 0 };
    u8 *seen = xcalloc(f->blocks.len, 1);
    seen[header] = 1;
    vec_push(&members, header);
    while (work.len) {
        u32 b = vec_pop(&work);
        if (seen[b]) continue;
        seen[b] = 1;
        vec_push(&members, b);
        for (size_t p = 0; p < ir_block(f, b)->preds.len; p++) vec_push(&work, ir_block(f, b)->preds.data[p]);
    }
    for (size_t i = 0; i < members.len; i++) {
        Block *b = ir_block(f, members.data[i]);
        b->depth++;
        if (!b->loop) b->loop = header;
    }
    free(seen);
    vec_free(&work);
    vec_free(&members);
}

void ir_order(IrFn *f)
{
    for (size_t b = 1; b < f->blocks.len; b++) {
        Block *k = ir_block(f, (u32)b);
        k->reached = k->header = false;
        k->loop = k->depth = 0;
    }
    postorder(f);
    for (size_t i = 0; i < f->rpo.len; i++) drop_preds(f, f->rpo.data[i]);
    for (size_t b = 1; b < f->blocks.len; b++) {
        Block *k = ir_block(f, (u32)b);
        if (k->reached) continue;
        for (size_t i = 0; i < k->ins.len; i++) ir(f, k->ins.data[i])->dead = 1;
        vec_clear(&k->ins);
    }
    dominators(f);
    number_dominators(f);
    for (size_t i = f->rpo.len; i-- > 0;) mark_loop(f, f->rpo.data[i]); /* inner loops have later headers */
}

/* An edge from a block with several successors to one with several predecessors gets a block of its own. */
void ir_split_critical(IrFn *f)
{
    for (u32 b = 1; b < f->blocks.len; b++) {
        if (!ir_block(f, b)->reached || ir_block(f, b)->succs.len < 2) continue;
        for (size_t s = 0; s < ir_block(f, b)->succs.len; s++) {
            u32 to = ir_block(f, b)->succs.data[s];
            if (ir_block(f, to)->preds.len < 2) continue;
            u32 mid = ir_new_block(f, ir_block(f, to)->bci);
            Block *m = ir_block(f, mid), *t = ir_block(f, to);
            ir_block(f, b)->succs.data[s] = mid;
            vec_push(&m->preds, b);
            vec_push(&m->succs, to);
            m->reached = true;
            size_t p = 0;
            while (t->preds.data[p] != b) p++; /* several edges from b: one after the other */
            t->preds.data[p] = mid;
            Val g = ir_make(f, IR_GOTO, IT_VOID, 0, 0, 0);
            ir(f, g)->where = ir(f, vec_last(&ir_block(f, b)->ins))->where;
            ir_append(f, mid, g);
        }
    }
    ir_order(f);
}

/* ---- Clean-ups -------------------------------------------------------------------------------------------------------- */
typedef struct Mark { IrFn *f; u8 *live, *state_seen; Vec(Val) work; } Mark;

static void mark_one(void *ctx, Val *v)
{
    Mark *m = ctx;
    if (m->live[*v]) return;
    m->live[*v] = 1;
    vec_push(&m->work, *v);
}

static void mark_state(Mark *m, u32 s)
{
    for (; s && !m->state_seen[s]; s = ir_state(m->f, s)->parent) {
        m->state_seen[s] = 1;
        State *st = ir_state(m->f, s);
        for (u32 k = 0; k < ir_state_size(st); k++)
            if (m->f->pool.data[st->vals + k]) mark_one(m, &m->f->pool.data[st->vals + k]);
    }
}

static bool must_stay(const Ins *i)
{
    return ir_has(i, IRF_WRITE | IRF_END | IRF_KEEP) || (ir_has(i, IRF_STATE) && i->op != IR_NEW);
}

void ir_dce(IrFn *f)
{
    Mark m = { .f = f, .live = xcalloc(f->ins.len, 1), .state_seen = xcalloc(f->states.len, 1) };
    for (size_t b = 0; b < f->rpo.len; b++) {
        Block *k = ir_block(f, f->rpo.data[b]);
        for (size_t i = 0; i < k->ins.len; i++)
            if (must_stay(ir(f, k->ins.data[i]))) mark_one(&m, &k->ins.data[i]);
    }
    for (size_t s = 0; s < f->scopes.len; s++)
        if (f->scopes.data[s].lock) mark_one(&m, &f->scopes.data[s].lock);
    for (size_t b = 0; b < f->rpo.len; b++) mark_state(&m, ir_block(f, f->rpo.data[b])->state);
    while (m.work.len) {
        Val v = vec_pop(&m.work);
        ir_operands(f, ir(f, v), mark_one, &m);
        mark_state(&m, ir(f, v)->state);
    }
    for (size_t v = 1; v < f->ins.len; v++)
        if (!m.live[v]) f->ins.data[v].dead = 1;
    drop_dead(f);
    free(m.live);
    free(m.state_seen);
    vec_free(&m.work);
}

bool ir_does(const IrFn *f, IrOp op)
{
    for (size_t b = 0; b < f->rpo.len; b++) {
        const Block *k = &f->blocks.data[f->rpo.data[b]];
        for (size_t i = 0; i < k->ins.len; i++)
            if (f->ins.data[k->ins.data[i]].op == op) return true;
    }
    return false;
}

/* Phis whose operands are all the same value (or the phi itself). */
void ir_phis(IrFn *f)
{
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t b = 0; b < f->rpo.len; b++) {
            Block *k = ir_block(f, f->rpo.data[b]);
            for (size_t i = 0; i < k->ins.len; i++) {
                Val v = k->ins.data[i], same = V_NONE;
                Ins *phi = ir(f, v);
                if (phi->op != IR_PHI) break;
                if (v < f->subst.len && f->subst.data[v]) continue;
                bool trivial = true;
                for (u32 a = 0; a < phi->nargs && trivial; a++) {
                    Val w = resolved(f, f->pool.data[phi->args + a]);
                    if (w == v || w == same) continue;
                    if (same) trivial = false;
                    same = w;
                }
                if (!trivial || !same) continue;
                ir_replace(f, v, same);
                changed = true;
            }
        }
    }
    ir_resolve(f);
}
