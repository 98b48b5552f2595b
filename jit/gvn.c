/* Global value numbering over the dominator tree, with folding: of equal pure instructions the dominating one stays; a check that an equal
   check dominates goes. Null checks also follow from a branch or an allocation, casts from an instanceof that was branched on. The table is scoped by undo: blocks are visited
   in a preorder walk of the dominator tree. */
#include "jit/ir.h"
#include "base/hash.h"
#include <string.h>

typedef struct Entry { u64 hash; Val v; u32 told, next; } Entry; /* v, or if that is V_NONE: which of Gvn.told */
enum { BUCKETS = 1024 };
typedef struct Gvn {
    IrFn *f;
    Vec(Entry) entries;
    Vec(Ins) told; /* checks that hold, though nobody makes them */
    u32 bucket[BUCKETS];
    Vec(u32) children_first, children_next;
} Gvn;

static Val now(IrFn *f, Val v)
{
    while (v < f->subst.len && f->subst.data[v]) v = f->subst.data[v];
    return v;
}
static void now_one(void *ctx, Val *v) { *v = now(ctx, *v); }

static bool is_check(const Ins *i)
{
    return i->op == IR_NULLCHECK || i->op == IR_BOUNDS || i->op == IR_DIVCHECK || i->op == IR_CHECKCAST || i->op == IR_GUARD || i->op == IR_UNIQUE;
}

static bool numbered(const Ins *i) { return (ir_has(i, IRF_PURE) && i->op != IR_PHI && i->op != IR_PARAM) || is_check(i); }

static u64 hash_of(const Ins *i)
{
    u64 h = hash_u64((u64)i->op | (u64)i->type << 8 | (u64)i->sub << 16 | (u64)i->a << 32);
    return hash_u64(h ^ ((u64)i->b | (u64)i->c << 32) ^ (is_check(i) ? 0 : (u64)i->imm * 0x9e3779b97f4a7c15ull) ^ (u64)i->ref);
}

static bool equal(const Ins *x, const Ins *y)
{
    return x->op == y->op && x->type == y->type && x->sub == y->sub && x->a == y->a && x->b == y->b && x->c == y->c && (x->imm == y->imm || is_check(x)) && x->ref == y->ref;
}

static const Entry *find(Gvn *g, Val v, u64 h)
{
    for (u32 e = g->bucket[h % BUCKETS]; e; e = g->entries.data[e].next) {
        const Entry *x = &g->entries.data[e];
        if (x->hash == h && equal(x->v ? ir(g->f, x->v) : &g->told.data[x->told], ir(g->f, v))) return x;
    }
    return NULL;
}

static void enter(Gvn *g, Val v, u32 told, u64 h)
{
    vec_push(&g->entries, ((Entry){ h, v, told, g->bucket[h % BUCKETS] }));
    g->bucket[h % BUCKETS] = (u32)g->entries.len - 1;
}

static void number(Gvn *g, Val v)
{
    IrFn *f = g->f;
    ir_operands(f, ir(f, v), now_one, f);
    if (!numbered(ir(f, v))) return;
    if (ir(f, v)->op == IR_NULLCHECK && ir_nonnull(f, ir(f, v)->a)) {
        ir_delete(f, v);
        return;
    }
    if (ir_has(ir(f, v), IRF_PURE)) {
        Val w = jit_fold(f, v);
        if (w != v) {
            ir_replace(f, v, w);
            return;
        }
    }
    u64 h = hash_of(ir(f, v));
    const Entry *same = find(g, v, h);
    if (!same) enter(g, v, 0, h);
    else if (ir(f, v)->type == IT_VOID || is_check(ir(f, v))) ir_delete(f, v);
    else ir_replace(f, v, same->v);
}

/* A check holds in this block. */
static void holds(Gvn *g, IrOp op, IrType type, Val x, Val y, const void *ref)
{
    Ins i = { .op = (u8)op, .type = (u8)type, .sub = CC_EQ, .a = x, .b = y, .ref = ref };
    vec_push(&g->told, i);
    enter(g, V_NONE, (u32)g->told.len - 1, hash_of(&i));
}

/* `if (x != null)`: in the block that is reached only so, x is checked. `if (class == C)`, of a call whose receiver is guessed: so is that. `if (x instanceof C)`: x is a C,
   and not null. */
static void learn(Gvn *g, u32 block)
{
    IrFn *f = g->f;
    const Ins *test = ir_passed_test(f, block);
    if (test) {
        Val x = now(f, test->a);
        const void *c = test->ref;
        holds(g, IR_CHECKCAST, IT_VOID, x, 0, c);
        holds(g, IR_NULLCHECK, IT_VOID, x, 0, NULL);
        return;
    }
    Block *b = ir_block(f, block);
    if (b->preds.len != 1) return;
    Block *p = ir_block(f, b->preds.data[0]);
    Ins *t = ir(f, vec_last(&p->ins));
    if (t->op != IR_IF || (t->type != IT_REF && t->type != IT_LONG) || p->succs.data[0] == p->succs.data[1]) return;
    Val x = now(f, t->a), y = now(f, t->b);
    bool taken = p->succs.data[0] == block;
    if (t->type == IT_LONG) {
        if ((t->sub == CC_EQ && taken) || (t->sub == CC_NE && !taken)) holds(g, IR_GUARD, IT_LONG, x, y, NULL);
    } else if (ir(f, y)->op == IR_CONST && !ir(f, y)->imm && (t->sub == CC_NE) == taken) {
        holds(g, IR_NULLCHECK, IT_VOID, x, 0, NULL);
    }
}

static void visit(Gvn *g, u32 block)
{
    size_t mark = g->entries.len;
    learn(g, block);
    for (size_t i = 0; i < ir_block(g->f, block)->ins.len; i++) number(g, ir_block(g->f, block)->ins.data[i]);
    for (u32 c = g->children_first.data[block]; c; c = g->children_next.data[c]) visit(g, c);
    while (g->entries.len > mark) {
        Entry e = vec_pop(&g->entries);
        g->bucket[e.hash % BUCKETS] = e.next;
    }
}

void jit_gvn(IrFn *f)
{
    Gvn g = { .f = f };
    vec_push(&g.entries, ((Entry){ 0 }));
    for (size_t i = 0; i < f->blocks.len; i++) {
        vec_push(&g.children_first, 0);
        vec_push(&g.children_next, 0);
    }
    for (size_t o = f->rpo.len; o-- > 1;) { /* so that children come in order */
        u32 b = f->rpo.data[o], d = ir_block(f, b)->idom;
        g.children_next.data[b] = g.children_first.data[d];
        g.children_first.data[d] = b;
    }
    visit(&g, 1);
    ir_resolve(f);
    vec_free(&g.entries);
    vec_free(&g.told);
    vec_free(&g.children_first);
    vec_free(&g.children_next);
}
