/* Jump threading: a block that does nothing but branch on a phi against a constant decides again what the way into it has decided, where that brings a constant. Such ways lead
   to the branch's target directly. Inlined methods that return a condition end like that, and so do conditions that are kept in a variable. */
#include "jit/ir.h"
#include <stdlib.h>
#include <string.h>

/* Nothing but a phi of integers that only the branch behind it uses. */
static bool decides_again(const IrFn *f, const Block *b, const u32 *uses)
{
    if (b->header || b->ins.len != 2) return false;
    const Ins *phi = &f->ins.data[b->ins.data[0]], *branch = &f->ins.data[b->ins.data[1]];
    return phi->op == IR_PHI && (phi->type == IT_INT || phi->type == IT_LONG) && uses[b->ins.data[0]] == 1 && branch->op == IR_IF && branch->a == b->ins.data[0] &&
           f->ins.data[branch->b].op == IR_CONST && b->succs.data[0] != b->succs.data[1];
}

static u32 pred_number(const Block *b, u32 pred)
{
    u32 p = 0;
    while (b->preds.data[p] != pred) p++;
    return p;
}

/* A new way from block `from` to `to`, which brings what the one from `via` does. */
static void add_way(IrFn *f, u32 from, u32 via, u32 to)
{
    Block *t = ir_block(f, to);
    u32 p = pred_number(t, via);
    for (size_t k = 0; k < t->ins.len && ir(f, t->ins.data[k])->op == IR_PHI; k++) {
        Ins *phi = ir(f, t->ins.data[k]);
        Val args[phi->nargs + 1];
        memcpy(args, f->pool.data + phi->args, phi->nargs * sizeof(Val));
        args[phi->nargs] = args[p];
        phi->args = ir_pool(f, args, phi->nargs + 1);
        phi->nargs++;
    }
    vec_push(&t->preds, from);
}

static void drop_way(IrFn *f, Block *b, u32 p)
{
    Ins *phi = ir(f, b->ins.data[0]);
    for (u32 k = p; k + 1 < phi->nargs; k++) f->pool.data[phi->args + k] = f->pool.data[phi->args + k + 1], b->preds.data[k] = b->preds.data[k + 1];
    phi->nargs--;
    b->preds.len--;
}

static bool thread_block(IrFn *f, u32 block)
{
    bool any = false;
    const Ins *branch = ir(f, ir_block(f, block)->ins.data[1]);
    for (u32 p = 0; p < ir_block(f, block)->preds.len;) {
        Block *b = ir_block(f, block), *from = ir_block(f, b->preds.data[p]);
        const Ins *v = ir(f, f->pool.data[ir(f, b->ins.data[0])->args + p]);
        u32 to = b->succs.data[v->op != IR_CONST || !cond_holds((IrCond)branch->sub, v->imm, ir(f, branch->b)->imm)];
        if (v->op != IR_CONST || from->succs.len != 1 || to == block || ir_block(f, to)->header || b->preds.len == 1) {
            p++;
            continue;
        }
        from->succs.data[0] = to;
        add_way(f, b->preds.data[p], block, to);
        drop_way(f, ir_block(f, block), p);
        any = true;
    }
    return any;
}

void jit_thread(IrFn *f)
{
    u32 *uses = ir_count_uses(f);
    bool any = false;
    for (size_t o = 0; o < f->rpo.len; o++)
        if (decides_again(f, ir_block(f, f->rpo.data[o]), uses)) any |= thread_block(f, f->rpo.data[o]);
    free(uses);
    if (!any) return;
    ir_order(f);
    ir_phis(f);
}
