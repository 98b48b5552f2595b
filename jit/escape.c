/* Objects that nobody but this code sees are not made: their fields become values, as locals are (scalar replacement).

   An object stays unseen if all that is done with it is to load, store and check its fields; then every use lies where its allocation dominates, and
   one walk through those blocks knows the value of each field everywhere: phis where paths meet, for all fields at loop headers (those that
   the loop does not change go with ir_phis). Frame states may name the object: the instruction's state gets a copy that tells what its
   fields hold there, and whoever leaves there makes the object (frames.c). An object stored into another one is looked at again once that
   one is gone. */
#include "jit/ir.h"
#include "jit/loop.h"
#include "vm/class.h"
#include "vm/opcodes.h"
#include <string.h>

enum { MAX_FIELDS = 16, MAX_OBJECTS = 24, MAX_ROUNDS = 4 };

u32 ir_fields(const Class *c, const Field **out, u32 max)
{
    u32 n = 0;
    for (; c; c = c->super)
        for (u32 i = 0; i < c->nfields; i++) {
            if (c->fields[i].access & ACC_STATIC) continue;
            if (n == max) return max + 1;
            out[n++] = &c->fields[i];
        }
    return n;
}

typedef struct Unseen {
    IrFn *f;
    Val object;
    u32 block;
    const Field *field[MAX_FIELDS + 1];
    u32 n;
    Val now[MAX_FIELDS];
    Val **out;          /* per block: what the fields hold at its end */
    Vec(u32) headers;   /* whose phis lack operands */
} Unseen;

static IrType type_of(const Field *f)
{
    switch (f->type) {
    case T_LONG: return IT_LONG;
    case T_FLOAT: return IT_FLOAT;
    case T_DOUBLE: return IT_DOUBLE;
    case T_OBJECT: case T_ARRAY: return IT_REF;
    default: return IT_INT;
    }
}

/* ---- Who is seen? -------------------------------------------------------------------------------------------------------- */
typedef struct Scan { IrFn *f; u8 *seen; } Scan; /* by value */

static void see(void *ctx, Val *v) { ((Scan *)ctx)->seen[*v] = 1; }

static bool harmless(const Ins *i)
{
    switch (i->op) {
    case IR_LOAD: case IR_STORE: return i->ref != NULL;
    case IR_NULLCHECK: case IR_KLASS: case IR_REGFINAL: return true;
    case IR_LOCK: case IR_UNLOCK: return i->sub == IRL_INLINED;
    default: return false;
    }
}

static void look(Scan *s, Val v)
{
    Ins *i = ir(s->f, v);
    if (!harmless(i)) ir_operands(s->f, i, see, s);
    else if (i->op == IR_STORE) s->seen[i->b] = 1;
}

static bool may_go(IrFn *f, Val v)
{
    const Ins *i = ir(f, v);
    const Field *fields[MAX_FIELDS + 1];
    if (i->op != IR_NEW) return false;
    const Class *c = i->ref;
    if (c->access & (CLASS_FINALIZABLE | CLASS_REFERENCE) || class_needs_init(c)) return false;
    return ir_fields(c, fields, MAX_FIELDS) <= MAX_FIELDS;
}

/* ---- States ------------------------------------------------------------------------------------------------------------------ */
static bool names(const IrFn *f, u32 state, Val v)
{
    for (; state; state = f->states.data[state].parent) {
        const State *s = &f->states.data[state];
        for (u32 k = 0; k < ir_state_size(s); k++)
            if (f->pool.data[s->vals + k] == v) return true;
    }
    return false;
}

/* The state, with what the object's fields hold now. */
static u32 with_contents(Unseen *u, u32 state)
{
    IrFn *f = u->f;
    if (!names(f, state, u->object)) return state;
    State s = *ir_state(f, state);
    u32 n = ir_state_size(&s), vals = (u32)f->pool.len;
    for (u32 k = 0; k < n; k++) vec_push(&f->pool, f->pool.data[s.vals + k]);
    vec_push(&f->pool, u->object);
    for (u32 k = 0; k < u->n; k++) vec_push(&f->pool, u->now[k]);
    s.vals = vals;
    s.nextra += 1 + u->n;
    vec_push(&f->states, s);
    return (u32)f->states.len - 1;
}

/* ---- The walk ------------------------------------------------------------------------------------------------------------------- */
static u32 index_of(const Unseen *u, i64 offset)
{
    u32 k = 0;
    while (k < u->n && u->field[k]->offset != offset) k++;
    if (k == u->n) panic("jit: %s has no field at %lld", ((const Class *)ir(u->f, u->object)->ref)->name->bytes, (long long)offset);
    return k;
}

/* What a load would give of the value that a store puts there: the store becomes that, if it is not the value itself. */
static void store(Unseen *u, Val v)
{
    IrFn *f = u->f;
    Ins *i = ir(f, v);
    u32 k = index_of(u, i->imm);
    u8 convert = i->sub == T_BYTE ? OP_i2b : i->sub == T_CHAR ? OP_i2c : i->sub == T_SHORT ? OP_i2s : 0;
    u->now[k] = i->b;
    if (!convert) {
        ir_delete(f, v);
        return;
    }
    *i = (Ins){ .op = IR_CVT, .type = IT_INT, .sub = convert, .a = i->b, .block = i->block, .where = i->where };
    u->now[k] = v;
}

static void instruction(Unseen *u, Val v)
{
    IrFn *f = u->f;
    Ins *i = ir(f, v);
    if (i->dead) return;
    if (i->state) {
        u32 state = with_contents(u, i->state);
        ir(f, v)->state = state, i = ir(f, v);
    }
    if (!harmless(i) || i->a != u->object) return;
    if (i->op == IR_STORE) store(u, v);
    else if (i->op == IR_LOAD) ir_replace(f, v, u->now[index_of(u, i->imm)]);
    else if (i->op == IR_KLASS) ir_replace(f, v, ir_const(f, IT_LONG, (u64)ir(f, u->object)->ref));
    else ir_delete(f, v);
}

static Val field_phi(Unseen *u, u32 block, u32 k)
{
    Val v = ir_make(u->f, IR_PHI, type_of(u->field[k]), 0, 0, 0);
    ir(u->f, v)->where = ir(u->f, ir_block(u->f, block)->ins.data[0])->where;
    ir_insert(u->f, block, 0, v);
    return v;
}

static void complete(Unseen *u, u32 block, u32 k, Val phi)
{
    IrFn *f = u->f;
    u32 n = (u32)ir_block(f, block)->preds.len, at = (u32)f->pool.len;
    for (u32 p = 0; p < n; p++) {
        const Val *out = u->out[ir_block(f, block)->preds.data[p]];
        ASSERT(out);
        vec_push(&f->pool, out[k]);
    }
    ir(f, phi)->args = at, ir(f, phi)->nargs = n;
}

/* What the fields hold at the beginning of a block behind the allocation's. */
static void enter(Unseen *u, u32 block)
{
    IrFn *f = u->f;
    const Block *b = ir_block(f, block);
    bool known = true;
    for (size_t p = 0; p < b->preds.len; p++) known &= u->out[b->preds.data[p]] != NULL;
    for (u32 k = 0; k < u->n; k++) {
        b = ir_block(f, block);
        bool same = known;
        for (size_t p = 1; p < b->preds.len && same; p++) same = u->out[b->preds.data[p]][k] == u->out[b->preds.data[0]][k];
        if (same) {
            u->now[k] = u->out[b->preds.data[0]][k];
            continue;
        }
        Val phi = field_phi(u, block, k);
        if (known) complete(u, block, k, phi);
        u->now[k] = phi;
    }
    if (known) return;
    for (u32 k = 0; k < u->n; k++) vec_push(&u->headers, u->now[k]);
    vec_push(&u->headers, block);
}

static void take_out(Unseen *u)
{
    Block *b = ir_block(u->f, u->block);
    size_t n = 0;
    for (size_t k = 0; k < b->ins.len; k++)
        if (b->ins.data[k] != u->object) b->ins.data[n++] = b->ins.data[k];
    b->ins.len = n;
    Ins *i = ir(u->f, u->object);
    *i = (Ins){ .op = IR_VIRTUAL, .type = IT_REF, .ref = i->ref, .where = i->where };
}

static void begin(Unseen *u)
{
    for (u32 k = 0; k < u->n; k++) u->now[k] = ir_const(u->f, type_of(u->field[k]), 0);
}

static void walk(Unseen *u)
{
    IrFn *f = u->f;
    for (size_t o = 0; o < f->rpo.len; o++) {
        u32 b = f->rpo.data[o];
        if (!ir_dominates(f, u->block, b)) continue;
        bool started = b != u->block;
        if (started) {
            enter(u, b);
            if (ir_block(f, b)->state) {
                u32 state = with_contents(u, ir_block(f, b)->state);
                ir_block(f, b)->state = state;
            }
        }
        for (size_t n = 0; n < ir_block(f, b)->ins.len; n++) {
            Val v = ir_block(f, b)->ins.data[n];
            if (v == u->object) begin(u), started = true;
            else if (started) instruction(u, v);
        }
        u->out[b] = xmalloc((u->n + 1) * sizeof(Val));
        memcpy(u->out[b], u->now, u->n * sizeof(Val));
    }
    while (u->headers.len) {
        u32 block = vec_pop(&u->headers);
        for (u32 k = u->n; k-- > 0;) complete(u, block, k, vec_pop(&u->headers));
    }
}

static void replace(IrFn *f, Val v)
{
    Unseen u = { .f = f, .object = v, .block = ir(f, v)->block, .out = xcalloc(f->blocks.len, sizeof(Val *)) };
    u.n = ir_fields(ir(f, v)->ref, u.field, MAX_FIELDS);
    ASSERT(u.n <= MAX_FIELDS);
    walk(&u);
    take_out(&u);
    for (size_t b = 0; b < f->blocks.len; b++) free(u.out[b]);
    free(u.out);
    vec_free(&u.headers);
}

static bool round_of_objects(IrFn *f, u32 *left)
{
    Scan s = { .f = f, .seen = xcalloc(f->ins.len, 1) };
    Vec(Val) objects = { 0 };
    for (size_t o = 0; o < f->rpo.len; o++) {
        const Block *b = ir_block(f, f->rpo.data[o]);
        for (size_t n = 0; n < b->ins.len; n++) {
            look(&s, b->ins.data[n]);
            if (may_go(f, b->ins.data[n])) vec_push(&objects, b->ins.data[n]);
        }
    }
    for (size_t k = 0; k < f->scopes.len; k++)
        if (f->scopes.data[k].lock) s.seen[f->scopes.data[k].lock] = 1;
    bool any = false;
    for (size_t k = 0; k < objects.len && *left; k++)
        if (!s.seen[objects.data[k]]) replace(f, objects.data[k]), any = true, --*left;
    free(s.seen);
    vec_free(&objects);
    if (any) ir_resolve(f);
    return any;
}

void jit_escape(IrFn *f)
{
    u32 left = MAX_OBJECTS;
    bool any = false;
    ASSERT(!f->subst.len);
    for (u32 rounds = 0; rounds < MAX_ROUNDS && round_of_objects(f, &left); rounds++) any = true;
    if (!any) return;
    ir_phis(f);
    jit_gvn(f); /* what a field was known to hold may decide more */
    jit_memory(f);
}
