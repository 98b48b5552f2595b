/* Last choices, when nothing looks at what instructions mean any more. A byte that is only used without its sign is loaded without. What is added to an index becomes part of
   the address. Floating-point constants, which are loaded from memory otherwise, are made in front of loops that call nothing, and stay in registers. */
#include "jit/ir.h"
#include "jit/loop.h"
#include "vm/class.h"

static void use(void *ctx, Val *v) { ((u32 *)ctx)[*v]++; }

/* How often values are used, frame states included; of_kind: as what `kind` says of the instructions that it knows. The caller frees. */
static u32 *count(IrFn *f, Val (*kind)(const IrFn *f, const Ins *i), u32 **of_kind)
{
    u32 *all = xcalloc(f->ins.len, sizeof *all);
    *of_kind = xcalloc(f->ins.len, sizeof **of_kind);
    for (size_t o = 0; o < f->rpo.len; o++) {
        const Block *b = ir_block(f, f->rpo.data[o]);
        for (size_t n = 0; n < b->ins.len; n++) {
            Ins *i = ir(f, b->ins.data[n]);
            ir_operands(f, i, use, all);
            if (i->state) ir_state_values(f, i->state, use, all);
            (*of_kind)[kind(f, i)]++; /* V_NONE: none */
        }
    }
    return all;
}

/* x of x & 255. */
static Val masked(const IrFn *f, const Ins *i)
{
    const Ins *m = i->op == IR_AND && i->type == IT_INT ? &f->ins.data[i->b] : NULL;
    return m && m->op == IR_CONST && m->imm == 255 ? i->a : V_NONE;
}

static bool is_byte(const Ins *i) { return i->op == IR_LOADX && i->sub == T_BYTE; }

/* ---- Constants of loops ---------------------------------------------------------------------------------------------- */
enum { MAX_CONSTANTS = 8 };
typedef struct Constants { IrFn *f; Val constant[MAX_CONSTANTS], made[MAX_CONSTANTS]; u32 n, pre; } Constants;

static Val made(Constants *c, Val v)
{
    IrFn *f = c->f;
    for (u32 k = 0; k < c->n; k++)
        if (c->constant[k] == v) return c->made[k];
    if (c->n == MAX_CONSTANTS) return v;
    Val m = ir_make(f, IR_MOVBITS, (IrType)ir(f, v)->type, v, 0, 0);
    ir(f, m)->where = ir(f, vec_last(&ir_block(f, c->pre)->ins))->where;
    ir_insert(f, c->pre, (u32)ir_block(f, c->pre)->ins.len - 1, m);
    c->constant[c->n] = v, c->made[c->n++] = m;
    return m;
}

static bool is_float_constant(const Ins *i) { return i->op == IR_CONST && (i->type == IT_FLOAT || i->type == IT_DOUBLE); }

static void use_made(Constants *c, Val v)
{
    Val operand[] = { ir(c->f, v)->a, ir(c->f, v)->b, ir(c->f, v)->c };
    if (ir(c->f, v)->op == IR_PHI) return;
    for (u32 k = 0; k < NELEM(operand); k++)
        if (operand[k] && is_float_constant(ir(c->f, operand[k]))) operand[k] = made(c, operand[k]);
    Ins *i = ir(c->f, v);
    i->a = operand[0], i->b = operand[1], i->c = operand[2];
}

static void loop_constants(IrFn *f, u32 header)
{
    Constants c = { .f = f, .pre = loop_preheader(f, header) };
    Members m = { 0 };
    if (!c.pre || ir_block(f, c.pre)->succs.len != 1) return;
    loop_members(f, header, &m);
    for (size_t b = 0; b < m.blocks.len && !loop_calls(f, &m); b++) {
        u32 block = m.blocks.data[b];
        for (size_t n = 0; n < ir_block(f, block)->ins.len; n++) use_made(&c, ir_block(f, block)->ins.data[n]);
    }
    members_free(&m);
}

/* ---- Bytes ---------------------------------------------------------------------------------------------------------------- */
static void unsigned_bytes(IrFn *f)
{
    u32 *by_mask, *all = count(f, masked, &by_mask);
    ASSERT(!f->subst.len);
    for (size_t v = 1; v < f->ins.len; v++) {
        const Ins *i = ir(f, (Val)v);
        Val x = i->dead || !i->block ? V_NONE : masked(f, i);
        if (!x || !is_byte(ir(f, x)) || all[x] != by_mask[x]) continue;
        ir(f, x)->imm |= 1;
        ir_replace(f, (Val)v, x);
    }
    ir_resolve(f);
    free(all);
    free(by_mask);
}

/* ---- Indices -------------------------------------------------------------------------------------------------------------- */
enum { MAX_ADDED = 128 };

static Val index_of(const IrFn *f, const Ins *i)
{
    (void)f;
    return i->op == IR_LOADX || i->op == IR_STOREX ? i->b : V_NONE;
}

static bool adds_little(const IrFn *f, Val v)
{
    const Ins *i = &f->ins.data[v], *k = i->op == IR_ADD && i->type == IT_INT ? &f->ins.data[i->b] : NULL;
    return k && k->op == IR_CONST && k->imm > 0 && k->imm < MAX_ADDED && f->ins.data[i->a].op != IR_CONST;
}

/* x + k, which is nothing but an index: k becomes part of the address. As an index it is not negative, so with a positive k it has not wrapped round. */
static void added_indices(IrFn *f)
{
    u32 *as_index, *all = count(f, index_of, &as_index);
    bool any = false;
    for (size_t v = 1; v < f->ins.len; v++) {
        Ins *i = ir(f, (Val)v);
        Val x = i->dead || !i->block ? V_NONE : index_of(f, i);
        if (!x || !adds_little(f, x) || all[x] != as_index[x]) continue;
        i->imm |= ir(f, ir(f, x)->b)->imm << 1;
        i->b = ir(f, x)->a;
        any = true;
    }
    if (any) ir_dce(f);
    free(all);
    free(as_index);
}

void jit_select(IrFn *f)
{
    unsigned_bytes(f);
    added_indices(f);
    for (size_t o = 0; o < f->rpo.len; o++) /* outer loops first */
        if (ir_block(f, f->rpo.data[o])->header) loop_constants(f, f->rpo.data[o]);
}
