/* Last choices, when nothing looks at what instructions mean any more. A byte that is only used without its sign is loaded without. Floating-point constants,
   which are loaded from memory otherwise, are made in front of loops that call nothing, and stay in registers. */
#include "jit/ir.h"
#include "jit/loop.h"
#include "vm/class.h"

typedef struct Uses { IrFn *f; u32 *all, *masked; } Uses; /* by value: uses, and those by `& 255` */

static void use(void *ctx, Val *v) { ((Uses *)ctx)->all[*v]++; }

static bool masks(const IrFn *f, const Ins *i)
{
    const Ins *m = i->op == IR_AND && i->type == IT_INT ? &f->ins.data[i->b] : NULL;
    return m && m->op == IR_CONST && m->imm == 255;
}

static void count(Uses *u)
{
    IrFn *f = u->f;
    for (size_t o = 0; o < f->rpo.len; o++) {
        const Block *b = ir_block(f, f->rpo.data[o]);
        for (size_t n = 0; n < b->ins.len; n++) {
            Ins *i = ir(f, b->ins.data[n]);
            ir_operands(f, i, use, u);
            if (i->state) ir_state_values(f, i->state, use, u);
            if (masks(f, i)) u->masked[i->a]++;
        }
    }
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

static bool calls(const IrFn *f, const Members *m)
{
    for (size_t b = 0; b < m->blocks.len; b++) {
        const Block *k = &f->blocks.data[m->blocks.data[b]];
        for (size_t n = 0; n < k->ins.len; n++)
            if (ir_has(&f->ins.data[k->ins.data[n]], IRF_CALL)) return true;
    }
    return false;
}

static void loop_constants(IrFn *f, u32 header)
{
    Constants c = { .f = f, .pre = loop_preheader(f, header) };
    Members m = { 0 };
    if (!c.pre || ir_block(f, c.pre)->succs.len != 1) return;
    loop_members(f, header, &m);
    for (size_t b = 0; b < m.blocks.len && !calls(f, &m); b++) {
        u32 block = m.blocks.data[b];
        for (size_t n = 0; n < ir_block(f, block)->ins.len; n++) use_made(&c, ir_block(f, block)->ins.data[n]);
    }
    members_free(&m);
}

/* ---- Bytes ---------------------------------------------------------------------------------------------------------------- */
static void unsigned_bytes(IrFn *f)
{
    Uses u = { .f = f, .all = xcalloc(f->ins.len, sizeof(u32)), .masked = xcalloc(f->ins.len, sizeof(u32)) };
    ASSERT(!f->subst.len);
    count(&u);
    for (size_t v = 1; v < f->ins.len; v++) {
        Ins *i = ir(f, (Val)v);
        if (i->dead || !i->block || !masks(f, i) || !is_byte(ir(f, i->a)) || u.all[i->a] != u.masked[i->a]) continue;
        ir(f, i->a)->imm = 1;
        ir_replace(f, (Val)v, i->a);
    }
    ir_resolve(f);
    free(u.all);
    free(u.masked);
}

void jit_select(IrFn *f)
{
    unsigned_bytes(f);
    for (size_t o = 0; o < f->rpo.len; o++) /* outer loops first */
        if (ir_block(f, f->rpo.data[o])->header) loop_constants(f, f->rpo.data[o]);
}
