/* Code for switches: a table of jumps where the keys are dense, else comparisons. */
#include "jit/emit.h"

/* Is v one of the numbers from 0 below n, as it is the low bits of something? */
static bool is_below(const Emit *e, Val v, u32 n)
{
    const Ins *i = ir(e->f, v), *mask = i->op == IR_AND ? ir(e->f, i->b) : i;
    return mask != i && mask->op == IR_CONST && mask->imm >= 0 && mask->imm < n;
}

static void emit_table(Emit *e, u32 key, Block *b, i32 low, u32 n)
{
    Asm *a = e->a;
    Label table = as_label(a);
    if (low) {
        if (as_fits(-(i64)low)) {
            as_i(a, HW_I_ADDI, X_SCRATCH, key, -(i64)low);
        } else {
            as_li(a, X_T0, low);
            as_r(a, HW_I_SUB, X_SCRATCH, key, X_T0);
        }
        key = X_SCRATCH;
    }
    const HintMark *mark = e_hint_mark(e, e->v);
    bool hinted = mark && mark->made; /* then every execution is one of the jump */
    if (low || !is_below(e, ir(e->f, e->v)->a, n)) {
        as_li(a, X_T0, n);
        if (hinted) as_r(a, HW_I_MINU, X_SCRATCH, key, X_T0), key = X_SCRATCH;
        else as_branch(a, HW_I_BGEU, key, X_T0, e->blocks[b->succs.data[n]]);
    }
    as_address(a, X_T0, table); /* jumps, one instruction each */
    as_r(a, HW_I_SH2ADD, X_SCRATCH, key, X_T0);
    e_note_branch(e, e->v, key == X_SCRATCH ? X_SCRATCH : key, X0); /* the key itself, or the address it led to */
    as_i(a, HW_I_JALR, X0, X_SCRATCH, 0);
    as_bind(a, table);
    for (u32 k = 0; k < n + hinted; k++) as_jump(a, e->blocks[b->succs.data[k]]);
}

static void emit_chain(Emit *e, u32 key, Block *b, const i32 *keys, u32 lo, u32 hi, u32 other)
{
    Asm *a = e->a;
    if (hi - lo <= 3) {
        for (u32 k = lo; k < hi; k++) {
            as_li(a, X_T0, keys[k]);
            as_branch(a, HW_I_BEQ, key, X_T0, e->blocks[b->succs.data[k]]);
        }
        as_jump(a, e->blocks[other]);
        return;
    }
    u32 mid = (lo + hi) / 2;
    Label upper = as_label(a);
    as_li(a, X_T0, keys[mid]);
    as_branch(a, HW_I_BGE, key, X_T0, upper);
    emit_chain(e, key, b, keys, lo, mid, other);
    as_bind(a, upper);
    emit_chain(e, key, b, keys, mid, hi, other);
}

void e_switch(Emit *e, Ins *i)
{
    Block *b = ir_block(e->f, i->block);
    u32 n = (u32)b->succs.len - 1, key = e_x(e, i->a, X_SCRATCH);
    const i32 *keys = e->f->keys.data + i->imm;
    if (!n) e_go(e, b->succs.data[0]);
    else if (ir_is_table(e->f, i)) emit_table(e, key, b, keys[0], n);
    else emit_chain(e, key, b, keys, 0, n, b->succs.data[n]);
}
