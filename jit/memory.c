/* Loads that need not be done: what a field or element holds is known from a store or load before on every way here. One walk in reverse
   postorder; at joins what all predecessors agree on, at loop headers what the entries know and nothing in the loop may change.

   What may change what:
   - a store to a field: that field of any object; to an element: elements of that type, but not those whose index differs by a constant in
     the same array;
   - a call, a copy of array elements, a lock taken or given back, a volatile access: everything, for another thread may run in between and must be seen;
   - a poll, an allocation: nothing. Other threads may run there too, but only volatile accesses and locks would order what they did.
   A store's value stands for a later load if the type is whole (narrow ones would have to be cut as the memory does). */
#include "jit/loop.h"
#include "vm/class.h"
#include <string.h>

typedef struct Fact { u8 element, sub; Val base, index; i64 offset; const void *field; Val value; } Fact;
typedef Vec(Fact) Facts;

/* What a loop may change. */
typedef struct Kills { bool all; u16 elements; Vec(const void *) fields; } Kills;

typedef struct Memory {
    IrFn *f;
    Facts *out;  /* per block */
    u8 *done;
    Facts now;
} Memory;

enum { MAX_FACTS = 64 };

static Val current(const IrFn *f, Val v)
{
    while (v < f->subst.len && f->subst.data[v]) v = f->subst.data[v];
    return v;
}

bool memory_metadata(const IrFn *f, const Ins *i) { return i->op == IR_LOAD && !i->ref && f->ins.data[i->a].type == IT_LONG; }

static bool is_volatile(const Ins *i)
{
    const Field *field = i->ref;
    if (i->op != IR_LOAD && i->op != IR_STORE) return false;
    return field ? (field->access & ACC_VOLATILE) != 0 : i->op == IR_STORE;
}

bool memory_orders(const Ins *i)
{
    if (i->op == IR_PUTAT || i->op == IR_SWAPAT || (i->op == IR_GETAT && i->imm)) return true; /* of whatever field or element */
    return ir_has(i, IRF_CALL) || i->op == IR_LOCK || i->op == IR_UNLOCK || i->op == IR_ARRAYCOPY || is_volatile(i);
}

static bool whole(u8 sub) { return sub == T_INT || sub == T_LONG || sub == T_FLOAT || sub == T_DOUBLE || sub == T_OBJECT || sub == T_ARRAY; }

/* ---- What cannot be the same element --------------------------------------------------------------------------------- */
static Val split(IrFn *f, Val index, i64 *offset)
{
    *offset = 0;
    Ins *i = ir(f, index);
    if (i->op == IR_CONST) {
        *offset = i->imm;
        return V_NONE;
    }
    if (i->op != IR_ADD || ir(f, current(f, i->b))->op != IR_CONST) return index;
    *offset = ir(f, current(f, i->b))->imm;
    return current(f, i->a);
}

static bool distinct(IrFn *f, Val x, Val y)
{
    i64 a, b;
    return split(f, x, &a) == split(f, y, &b) && (i32)a != (i32)b;
}

/* ---- Facts -------------------------------------------------------------------------------------------------------------- */
static bool same_place(const Fact *a, const Fact *b)
{
    return a->element == b->element && a->sub == b->sub && a->base == b->base && a->index == b->index && a->offset == b->offset && a->field == b->field;
}

static Fact *find(Facts *facts, const Fact *k)
{
    for (size_t i = 0; i < facts->len; i++)
        if (same_place(&facts->data[i], k)) return &facts->data[i];
    return NULL;
}

static void drop_fact(Facts *facts, size_t at) { facts->data[at] = vec_last(facts), facts->len--; }

static void learn(Memory *m, Fact k, Val value)
{
    k.value = value;
    if (m->now.len >= MAX_FACTS) {
        memmove(m->now.data, m->now.data + 1, (m->now.len - 1) * sizeof(Fact));
        m->now.len--;
    }
    vec_push(&m->now, k);
}

static void store_kills(Memory *m, const Fact *k)
{
    for (size_t i = m->now.len; i-- > 0;) {
        const Fact *x = &m->now.data[i];
        bool hit = k->element ? x->element && x->sub == k->sub && !(x->base == k->base && distinct(m->f, x->index, k->index))
                              : !x->element && x->field == k->field;
        if (hit) drop_fact(&m->now, i);
    }
}

static Fact place_of(const IrFn *f, const Ins *i)
{
    bool element = i->op == IR_LOADX || i->op == IR_STOREX;
    return (Fact){ .element = element, .sub = i->sub, .base = current(f, i->a), .index = element ? current(f, i->b) : V_NONE,
                   .offset = element ? 0 : i->imm, .field = element ? NULL : i->ref };
}

/* ---- Instructions --------------------------------------------------------------------------------------------------------- */
static void load(Memory *m, Val v)
{
    IrFn *f = m->f;
    if (ir(f, v)->op == IR_LOAD && !ir(f, v)->ref && !memory_metadata(f, ir(f, v))) return; /* a mark word or the like */
    Fact k = place_of(f, ir(f, v)), *known = find(&m->now, &k);
    if (known && ir(f, known->value)->type == ir(f, v)->type) ir_replace(f, v, known->value);
    else learn(m, k, v);
}

static void store(Memory *m, Val v)
{
    IrFn *f = m->f;
    Ins *i = ir(f, v);
    Fact k = place_of(f, i), *known = find(&m->now, &k);
    Val value = current(f, i->op == IR_STOREX ? i->c : i->b);
    if (known && known->value == value) { /* it is there already */
        ir_delete(f, v);
        return;
    }
    store_kills(m, &k);
    if (whole(k.sub)) learn(m, k, value);
}

static void instruction(Memory *m, Val v)
{
    Ins *i = ir(m->f, v);
    if (i->dead) return;
    if (memory_orders(i)) vec_clear(&m->now);
    else if (i->op == IR_LOAD || i->op == IR_LOADX) load(m, v);
    else if (i->op == IR_STORE || i->op == IR_STOREX) store(m, v);
}

/* ---- Joins ------------------------------------------------------------------------------------------------------------------- */
static void loop_kills(Memory *m, u32 header, Kills *k)
{
    IrFn *f = m->f;
    Members loop = { 0 };
    loop_members(f, header, &loop);
    for (size_t b = 0; b < loop.blocks.len; b++) {
        const Block *block = ir_block(f, loop.blocks.data[b]);
        for (size_t n = 0; n < block->ins.len; n++) {
            const Ins *i = ir(f, block->ins.data[n]);
            if (i->dead) continue;
            if (memory_orders(i)) k->all = true;
            else if (i->op == IR_STOREX) k->elements |= (u16)(1u << i->sub);
            else if (i->op == IR_STORE) vec_push(&k->fields, i->ref);
        }
    }
    members_free(&loop);
}

static void survive(Memory *m, u32 header)
{
    Kills k = { 0 };
    loop_kills(m, header, &k);
    for (size_t i = m->now.len; i-- > 0;) {
        const Fact *x = &m->now.data[i];
        bool hit = k.all || (x->element && k.elements >> x->sub & 1);
        for (size_t n = 0; n < k.fields.len && !hit; n++) hit = !x->element && x->field == k.fields.data[n];
        if (hit) drop_fact(&m->now, i);
    }
    vec_free(&k.fields);
}

/* Takes what all predecessors agree on; back edges to a header aside. Nothing, where a predecessor is not known yet. */
static void enter(Memory *m, u32 block)
{
    IrFn *f = m->f;
    const Block *b = ir_block(f, block);
    bool first = true;
    vec_clear(&m->now);
    for (size_t p = 0; p < b->preds.len; p++) {
        u32 q = b->preds.data[p];
        if (b->header && ir_dominates(f, block, q)) continue;
        if (!m->done[q]) {
            vec_clear(&m->now);
            return;
        }
        if (first)
            for (size_t i = 0; i < m->out[q].len; i++) vec_push(&m->now, m->out[q].data[i]);
        for (size_t i = m->now.len; !first && i-- > 0;) {
            const Fact *there = find(&m->out[q], &m->now.data[i]);
            if (!there || there->value != m->now.data[i].value) drop_fact(&m->now, i);
        }
        first = false;
    }
    if (b->header) survive(m, block);
}

void jit_memory(IrFn *f)
{
    Memory m = { .f = f, .out = xcalloc(f->blocks.len, sizeof(Facts)), .done = xcalloc(f->blocks.len, 1) };
    ASSERT(!f->subst.len);
    for (size_t o = 0; o < f->rpo.len; o++) {
        u32 b = f->rpo.data[o];
        enter(&m, b);
        for (size_t i = 0; i < ir_block(f, b)->ins.len; i++) instruction(&m, ir_block(f, b)->ins.data[i]);
        for (size_t i = 0; i < m.now.len; i++) vec_push(&m.out[b], m.now.data[i]);
        m.done[b] = 1;
    }
    ir_resolve(f);
    for (size_t b = 0; b < f->blocks.len; b++) vec_free(&m.out[b]);
    vec_free(&m.now);
    free(m.out);
    free(m.done);
}
