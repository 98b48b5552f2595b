/* What one instruction of the core can do for several of the representation: a byte that is only used without its sign is loaded without. Runs when nothing
   looks at what instructions mean any more. */
#include "jit/ir.h"
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

void jit_select(IrFn *f)
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
