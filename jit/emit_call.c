/* Calls, returns and entries as RV64. The calling convention (docs/jit.md): arguments lie in memory, in the callee's locals; s4 points at them at
   a call and at the return; ra is kept in the callee's Frame if it calls anything; the result is in a0, as bits. */
#include "jit/emit.h"
#include "vm/runtime.h"

enum { RA_OFFSET = offsetof(Frame, ra) };

/* ---- Calls ---------------------------------------------------------------------------------------------------------------------- */
static bool is_written_here(const Emit *e, Loc l)
{
    for (size_t k = e->move; k > 0 && e->r->moves.data[k - 1].pos == e->pos; k--)
        if (e->r->moves.data[k - 1].to.kind == l.kind && e->r->moves.data[k - 1].to.reg == l.reg) return true;
    return false;
}

/* What a call clobbers has left its register for memory where the call begins, but the register still holds it. That register, or NO_REGISTER. */
enum { NO_REGISTER = ~0u };
static u32 register_before(const Emit *e, Val v)
{
    if (e->pos < e->r->first[ir(e->f, e->v)->block] + 4) return NO_REGISTER;
    Loc now = ra_where(e->r, v, e->pos), l = ra_where(e->r, v, e->pos - 1);
    if (now.kind != LOC_SLOT && now.kind != LOC_ARG) return NO_REGISTER;
    return (l.kind == LOC_X || l.kind == LOC_F) && !is_written_here(e, l) ? l.reg : NO_REGISTER;
}

static u32 argument_x(Emit *e, Val v, u32 scratch)
{
    u32 r = register_before(e, v);
    return r != NO_REGISTER ? r : e_x(e, v, scratch);
}

static u32 argument_f(Emit *e, Val v, u32 scratch)
{
    u32 r = register_before(e, v);
    return r != NO_REGISTER ? r : e_f(e, v, scratch);
}

static void store_argument(Emit *e, Val v, i64 at)
{
    Asm *a = e->a;
    if (e_is_float(e, v)) {
        i64 k;
        bool single = ir(e->f, v)->type == IT_FLOAT;
        if (e_constant(e, v, &k)) {
            if (k) as_li(a, X_SCRATCH, k);
            as_s(a, HW_I_SD, k ? X_SCRATCH : X0, X_FRAME, at);
            return;
        }
        u32 r = argument_f(e, v, F_T0);
        as_s(a, single ? HW_I_FSW : HW_I_FSD, r, X_FRAME, at);
        if (single) as_s(a, HW_I_SW, X0, X_FRAME, at + 4);
    } else {
        as_s(a, HW_I_SD, argument_x(e, v, X_SCRATCH), X_FRAME, at);
    }
}

/* The receiver's class is in a5. */
static void find_in_table(Emit *e, i64 at)
{
    Asm *a = e->a;
    as_i(a, HW_I_LD, X_SCRATCH, X_SCRATCH, offsetof(Class, vtable));
    if (as_fits(at)) {
        as_i(a, HW_I_LD, X_METHOD, X_SCRATCH, at);
        return;
    }
    as_li(a, X_METHOD, at);
    as_r(a, HW_I_ADD, X_METHOD, X_METHOD, X_SCRATCH);
    as_i(a, HW_I_LD, X_METHOD, X_METHOD, 0);
}

static void find_by_interface(Emit *e, Ins *i)
{
    Asm *a = e->a;
    u32 r = e_record(e, REC_ITABLE, i->state, e->pos + 1);
    e->c->records.data[r].ref = (u64)i->ref;
    Label back, slow = e_stub(e, r, true, &back);
    Tail t = { .at = as_label(a), .back = back, .stub = slow, .kind = TAIL_ITABLE, .where = i->where, .ins = e->v, .ref = (u64)i->ref };
    vec_push(&e->tails, t);
    as_li(a, X_INFO, (i64)i->ref);
    as_i(a, HW_I_LD, X_KNOWN, X_INFO, offsetof(CallInfo, cached_class));
    as_i(a, HW_I_LD, X_METHOD, X_INFO, offsetof(CallInfo, cached_method));
    as_branch(a, HW_I_BNE, X_KNOWN, X_SCRATCH, t.at);
    as_bind(a, back);
}

/* The Method to a1; its entry to a5. */
static void find_callee(Emit *e, Ins *i, Val receiver)
{
    Asm *a = e->a;
    as_i(a, HW_I_LWU, X_SCRATCH, argument_x(e, receiver, X_T1), 0);
    if (i->sub == IRC_VIRTUAL) find_in_table(e, 8 * i->imm);
    else find_by_interface(e, i);
    as_i(a, HW_I_LD, X_SCRATCH, X_METHOD, offsetof(Method, compiled));
}

/* A jump that link.c points at the callee's code; until then it goes to a tail, which looks where that is. */
static void call_directly(Emit *e, const Method *m)
{
    Label through = 0;
    bool known = false;
    for (size_t k = 0; k < e->c->calls.len && !known; k++)
        if (e->c->calls.data[k].to == m) through = e->c->calls.data[k].through, known = true;
    if (!known) {
        through = as_label(e->a);
        vec_push(&e->tails, ((Tail){ .at = through, .kind = TAIL_CALL, .where = ir(e->f, e->v)->where, .ref = (u64)m }));
    }
    vec_push(&e->c->calls, ((JitCall){ .to = (Method *)m, .pc = as_pc(e->a), .through = through }));
    as_call(e->a, through);
}

static void call_tail(Emit *e, const Tail *t)
{
    as_li(e->a, X_METHOD, (i64)t->ref);
    as_i(e->a, HW_I_LD, X_SCRATCH, X_METHOD, offsetof(Method, compiled));
    as_i(e->a, HW_I_JALR, X0, X_SCRATCH, 0);
}

void e_call(Emit *e, Ins *i)
{
    Asm *a = e->a;
    u32 out = e->c->out;
    for (u32 k = 0; k < i->nargs; k++) {
        Val v = e->f->pool.data[i->args + k];
        if (v) store_argument(e, v, out + 8 * k);
    }
    bool self = i->sub == IRC_DIRECT && i->ref == e->c->m && e->c->osr_bci < 0;
    if (i->sub != IRC_DIRECT) find_callee(e, i, e->f->pool.data[i->args]);
    as_i(a, HW_I_ADDI, X_FRAME, X_FRAME, out);
    if (self) as_call(a, e->entry);
    else if (i->sub == IRC_DIRECT) call_directly(e, i->ref);
    else e_note_branch(e, e->v, X_METHOD, X0), as_i(a, HW_I_JALR, X_RA, X_SCRATCH, 0);
    u32 r = e_record(e, REC_CALL, i->state, e->pos + 1);
    e->c->records.data[r].pc = as_pc(a);
    e->c->records.data[r].slots = i->type == IT_VOID ? 0 : i->type == IT_LONG || i->type == IT_DOUBLE ? 2 : 1;
    as_i(a, HW_I_ADDI, X_FRAME, X_FRAME, -(i64)out);
    Loc l = ra_result(e->r, e->v);
    if (l.kind == LOC_X) as_mv(a, l.reg, X_A0);
    else if (l.kind == LOC_F) as_r(a, i->type == IT_FLOAT ? HW_I_FMV_W_X : HW_I_FMV_D_X, l.reg, X_A0, 0);
}

/* The code is laid out: the words at the calls, and the entries. */
void e_finish_calls(Emit *e)
{
    JitCode *c = e->c;
    for (size_t k = 0; k < c->calls.len; k++) c->calls.data[k].word = e->a->code.data[c->calls.data[k].pc / 4];
    c->entry = (u32)e->a->labels.data[e->entry] * 4;
}

void e_return(Emit *e, Ins *i)
{
    Asm *a = e->a;
    if (i->a && e_is_float(e, i->a)) {
        bool single = ir(e->f, i->a)->type == IT_FLOAT;
        as_r(a, single ? HW_I_FMV_X_W : HW_I_FMV_X_D, X_A0, e_f(e, i->a, F_T0), 0);
        if (single) as_r(a, HW_I_ADD_UW, X_A0, X_A0, X0);
    } else if (i->a) {
        as_mv(a, X_A0, e_x(e, i->a, X_A0));
    }
    if (!e->c->leaf) as_i(a, HW_I_LD, X_RA, X_FRAME, RA_OFFSET);
    as_i(a, HW_I_ADDI, X_FRAME, X_FRAME, -8 * (i64)e->c->m->max_locals);
    as_i(a, HW_I_JALR, X0, X_RA, 0);
}

/* ---- Entries --------------------------------------------------------------------------------------------------------------------- */
static void check_stack(Emit *e, i64 all, Label overflow)
{
    Asm *a = e->a;
    as_i(a, HW_I_LD, X_A0, X_THREAD, offsetof(Thread, stack_limit)); /* no value is in a register yet */
    if (as_fits(all)) {
        as_i(a, HW_I_ADDI, X_SCRATCH, X_FRAME, all);
    } else {
        as_li(a, X_SCRATCH, all);
        as_r(a, HW_I_ADD, X_SCRATCH, X_SCRATCH, X_FRAME);
    }
    as_branch(a, HW_I_BLTU, X_A0, X_SCRATCH, overflow);
}

static bool may_overflow(const Emit *e, u32 all) { return all > STACK_SLACK || ir_does(e->f, IR_CALL); }

/* Small frames of code that calls nothing fit behind the limit; such code leaves ra where it is, unless the host wants it (frames.c). */
static void enter(Emit *e)
{
    Asm *a = e->a;
    u32 locals = 8u * e->c->m->max_locals, all = locals + e->c->extent;
    if (may_overflow(e, all)) check_stack(e, all, e->overflow);
    as_i(a, HW_I_ADDI, X_FRAME, X_FRAME, locals);
    if (!e->c->leaf) as_s(a, HW_I_SD, X_RA, X_FRAME, RA_OFFSET);
}

void e_prologue(Emit *e)
{
    Asm *a = e->a;
    e->v = ir_block(e->f, 1)->ins.data[0];
    e->c->leaf = !ir_does(e->f, IR_CALL) && !ir_does(e->f, IR_ARRAYCOPY); /* copies count in ra */
    if (may_overflow(e, 8u * e->c->m->max_locals + e->c->extent)) e->overflow = e_stub(e, e_record(e, REC_OVERFLOW, 0, 0), false, NULL);
    enter(e);
    e->entered = as_pc(a);
}

/* The poll at the entry, which nothing precedes, is not for all: callers whose code is newer than this one's come in behind it (link.c). The
   others' way in is a tail. */
void e_entry_polls(Emit *e, Label stub, Label back)
{
    e->polls = true;
    vec_push(&e->tails, ((Tail){ .at = e->entry, .back = back, .stub = stub, .kind = TAIL_ENTRY, .where = ir(e->f, e->v)->where }));
}

static void entry_tail(Emit *e, const Tail *t)
{
    enter(e);
    e_poll(e, t->stub);
    as_jump(e->a, t->back);
}

bool e_call_tail(Emit *e, const Tail *t)
{
    if (t->kind == TAIL_CALL) call_tail(e, t);
    else if (t->kind == TAIL_ENTRY) entry_tail(e, t);
    else return false;
    return true;
}
