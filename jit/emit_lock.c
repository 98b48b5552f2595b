/* Code for monitors: thin locks in place, as monitor.c and the interpreter take and leave them; what is not thin, or another thread's, is the
   host's. And what Object.<init> does for finalizable objects. */
#include "jit/emit.h"

/* Bits of a register above those of a mark word that are the lock's: state, recursion, owner. */
enum { ABOVE_BODY = 64 - MARK_PAYLOAD_BITS - MARK_PAYLOAD_SHIFT };

static Label slow_lock(Emit *e, Ins *i, RecordKind kind, Label *back)
{
    u32 r = e_record(e, kind, i->state, e->pos), args = (u32)e->c->stream.len;
    vec_push(&e->c->stream, e_word(e, i->a, e->pos));
    JitRecord *k = &e->c->records.data[r];
    k->args = args, k->nargs = 1, k->method_lock = i->sub == IRL_METHOD || (i->sub == IRL_INLINED && kind == REC_UNLOCK);
    return e_stub(e, r, true, back);
}

/* The word of a thin lock held once, without the bits that are not the lock's, to t1. */
static void thin_word(Emit *e)
{
    Asm *a = e->a;
    as_i(a, HW_I_LWU, X_T1, X_THREAD, offsetof(Thread, id));
    as_i(a, HW_I_SLLI, X_T1, X_T1, MARK_PAYLOAD_SHIFT + MARK_RECURSION_BITS);
    as_i(a, HW_I_ORI, X_T1, X_T1, MARK_THIN);
}

static Label again(Emit *e, Ins *i, u32 kind, u32 object, Label back, Label slow)
{
    Tail t = { .at = as_label(e->a), .back = back, .stub = slow, .kind = (u8)kind, .where = i->where, .x = object };
    vec_push(&e->tails, t);
    return t.at;
}

static void emit_lock(Emit *e, Ins *i)
{
    Asm *a = e->a;
    Label back, slow = slow_lock(e, i, REC_LOCK, &back);
    u32 o = e_x(e, i->a, X_T3);
    as_i(a, HW_I_LWU, X_SCRATCH, o, 4);
    as_i(a, HW_I_SLLI, X_T0, X_SCRATCH, ABOVE_BODY);
    thin_word(e);
    as_branch(a, HW_I_BNE, X_T0, X0, again(e, i, TAIL_LOCK, o, back, slow));
    as_r(a, HW_I_OR, X_T1, X_T1, X_SCRATCH);
    as_s(a, HW_I_SW, X_T1, o, 4);
    as_bind(a, back);
    if (i->sub == IRL_METHOD) as_s(a, HW_I_SD, e_x(e, i->a, X_T3), X_FRAME, offsetof(Frame, lock));
}

static void emit_unlock(Emit *e, Ins *i)
{
    Asm *a = e->a;
    Label back, slow = slow_lock(e, i, REC_UNLOCK, &back);
    u32 o = e_x(e, i->a, X_T3);
    as_i(a, HW_I_LWU, X_SCRATCH, o, 4);
    thin_word(e);
    as_r(a, HW_I_XOR, X_T0, X_SCRATCH, X_T1);
    as_i(a, HW_I_SLLI, X_T2, X_T0, ABOVE_BODY);
    as_branch(a, HW_I_BNE, X_T2, X0, again(e, i, TAIL_UNLOCK, o, back, slow));
    as_s(a, HW_I_SW, X_T0, o, 4);
    as_bind(a, back);
}

/* Out of line, for locks that are held already: the mark word is in a5, the thin word in t1. */
void e_lock_tail(Emit *e, const Tail *t)
{
    Asm *a = e->a;
    as_r(a, HW_I_XOR, X_T0, X_SCRATCH, X_T1);
    as_i(a, HW_I_ANDI, X_T2, X_T0, MARK_STATE);
    as_branch(a, HW_I_BNE, X_T2, X0, t->stub);
    as_i(a, HW_I_SLLI, X_T2, X_T0, ABOVE_BODY);
    as_i(a, HW_I_SRLI, X_T2, X_T2, 64 - MARK_OWNER_BITS);
    as_branch(a, HW_I_BNE, X_T2, X0, t->stub); /* another's */
    if (t->kind == TAIL_LOCK) {
        as_i(a, HW_I_ADDI, X_SCRATCH, X_SCRATCH, MARK_RECURSION_ONE);
        as_i(a, HW_I_SLLI, X_T2, X_SCRATCH, 64 - MARK_RECURSION_BITS - MARK_PAYLOAD_SHIFT);
        as_i(a, HW_I_SRLI, X_T2, X_T2, 64 - MARK_RECURSION_BITS);
        as_branch(a, HW_I_BEQ, X_T2, X0, t->stub); /* as often as can be */
    } else {
        as_i(a, HW_I_ADDI, X_SCRATCH, X_SCRATCH, -(i64)MARK_RECURSION_ONE);
    }
    as_s(a, HW_I_SW, X_SCRATCH, t->x, 4);
    as_jump(a, t->back);
}

static void emit_regfinal(Emit *e, Ins *i)
{
    Asm *a = e->a;
    const Ins *o = ir(e->f, i->a);
    if (o->op == IR_NEW && !(((const Class *)o->ref)->access & CLASS_FINALIZABLE)) return;
    Label back, slow = slow_lock(e, i, REC_REGFINAL, &back);
    as_i(a, HW_I_LWU, X_SCRATCH, e_x(e, i->a, X_T0), 0);
    as_i(a, HW_I_LWU, X_SCRATCH, X_SCRATCH, offsetof(Class, access));
    as_op(a, HW_I_SLLIW, X_SCRATCH, X_SCRATCH, 0, 31 - 17);
    as_branch(a, HW_I_BLT, X_SCRATCH, X0, slow);
    as_bind(a, back);
}

bool e_lock(Emit *e, Ins *i)
{
    switch (i->op) {
    case IR_LOCK: emit_lock(e, i); return true;
    case IR_UNLOCK: emit_unlock(e, i); return true;
    case IR_REGFINAL: emit_regfinal(e, i); return true;
    default: return false;
    }
}
