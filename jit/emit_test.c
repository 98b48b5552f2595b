/* Code for type tests: casts, and instanceof, whose result is mostly branched on at once: then the test is the branch. A class is compared with the object's, or with what that has in its display
   at the class's depth; an interface is looked for among all that the object's class implements, out of line. */
#include "jit/emit.h"

typedef enum TestKind { TEST_EXACT, TEST_DISPLAY, TEST_INTERFACE, TEST_ELEMENTS, TEST_OTHER } TestKind;

static bool in_display(const Class *c) { return c->kind == CLASS_INSTANCE && !(c->access & ACC_INTERFACE) && c->depth < CLASS_DISPLAY; }

static TestKind test_kind(const Class *c)
{
    if (c->access & ACC_INTERFACE) return TEST_INTERFACE;
    if (c->kind != CLASS_INSTANCE) {
        if (c->element && c->element->kind == CLASS_PRIMITIVE && c->dims == 1) return TEST_EXACT;
        return c->component && in_display(c->component) ? TEST_ELEMENTS : TEST_OTHER;
    }
    if (c->access & ACC_FINAL) return TEST_EXACT;
    return in_display(c) ? TEST_DISPLAY : TEST_OTHER;
}

/* An array whose elements are of c's component or below it? The class is in a5. */
static void test_elements(Asm *a, const Class *c, Label no)
{
    as_i(a, HW_I_LD, X_SCRATCH, X_SCRATCH, offsetof(Class, component));
    as_branch(a, HW_I_BEQ, X_SCRATCH, X0, no);
    as_i(a, HW_I_LD, X_SCRATCH, X_SCRATCH, (i64)offsetof(Class, display) + 8 * c->component->depth);
    as_li(a, X_T0, (i64)((u64)c->component - WIN_BASE));
    as_branch(a, HW_I_BNE, X_SCRATCH, X_T0, no);
}

static u32 test_record(Emit *e, Ins *i, RecordKind kind)
{
    u32 r = e_record(e, kind, i->state, e->pos), args = (u32)e->c->stream.len;
    vec_push(&e->c->stream, e_word(e, i->a, e->pos));
    u32 result = i->type != IT_VOID ? e_result_word(e, e->v) : W_NONE;
    JitRecord *k = &e->c->records.data[r];
    k->args = args, k->nargs = 1, k->ref = (u64)i->ref, k->result = result, k->reason = REASON_CAST;
    return r;
}

void e_checkcast(Emit *e, Ins *i)
{
    Asm *a = e->a;
    const Class *c = i->ref;
    u32 o = e_x(e, i->a, X_T1);
    Label done = as_label(a);
    if (!c->super && c->kind == CLASS_INSTANCE && !(c->access & ACC_INTERFACE)) return; /* Object */
    as_branch(a, HW_I_BEQ, o, X0, done);
    as_i(a, HW_I_LWU, X_SCRATCH, o, 0);
    as_li(a, X_T0, (i64)((u64)c - WIN_BASE));
    switch (test_kind(c)) {
    case TEST_EXACT: as_branch(a, HW_I_BNE, X_SCRATCH, X_T0, e_deopt(e, e_reason(i, REASON_CAST), i->state)); break;
    case TEST_DISPLAY:
        as_i(a, HW_I_LD, X_SCRATCH, X_SCRATCH, (i64)offsetof(Class, display) + 8 * c->depth);
        as_branch(a, HW_I_BNE, X_SCRATCH, X_T0, e_deopt(e, e_reason(i, REASON_CAST), i->state));
        break;
    case TEST_INTERFACE: {
        Tail t = { .at = as_label(a), .back = done, .stub = e_deopt(e, e_reason(i, REASON_CAST), i->state), .kind = TAIL_SUPERS_CAST, .where = i->where };
        vec_push(&e->tails, t);
        as_branch(a, HW_I_BNE, X_SCRATCH, X_T0, t.at);
        break;
    }
    case TEST_ELEMENTS:
        as_branch(a, HW_I_BEQ, X_SCRATCH, X_T0, done);
        test_elements(a, c, e_deopt(e, e_reason(i, REASON_CAST), i->state));
        break;
    default: {
        Label back;
        as_branch(a, HW_I_BEQ, X_SCRATCH, X_T0, done);
        as_jump(a, e_stub(e, test_record(e, i, REC_CAST), true, &back));
        as_bind(a, back);
    }
    }
    as_bind(a, done);
}

void e_instanceof(Emit *e, Ins *i)
{
    Asm *a = e->a;
    const Class *c = i->ref;
    u32 o = e_x(e, i->a, X_T1), d = e_dest(e, X_T3);
    Label done = as_label(a), no = as_label(a);
    as_li(a, d, 0);
    as_branch(a, HW_I_BEQ, o, X0, done);
    as_i(a, HW_I_LWU, X_SCRATCH, o, 0);
    as_li(a, X_T0, (i64)((u64)c - WIN_BASE));
    switch (test_kind(c)) {
    case TEST_DISPLAY: as_i(a, HW_I_LD, X_SCRATCH, X_SCRATCH, (i64)offsetof(Class, display) + 8 * c->depth); /* fall through */
    case TEST_EXACT:
        as_branch(a, HW_I_BNE, X_SCRATCH, X_T0, no);
        as_li(a, d, 1);
        break;
    case TEST_ELEMENTS:
        test_elements(a, c, no);
        as_li(a, d, 1);
        break;
    case TEST_INTERFACE: {
        Tail t = { .at = as_label(a), .back = done, .kind = TAIL_SUPERS_TEST, .where = i->where, .x = d };
        vec_push(&e->tails, t);
        as_branch(a, HW_I_BNE, X_SCRATCH, X_T0, t.at);
        as_li(a, d, 1);
        break;
    }
    default: {
        Label back;
        as_jump(a, e_stub(e, test_record(e, i, REC_SUBTYPE), true, &back));
        as_bind(a, back);
    }
    }
    as_bind(a, no);
    as_bind(a, done);
}

/* ---- Tests that are branches ---------------------------------------------------------------------------------------------------- */
bool e_can_branch(const Ins *i) { return test_kind(i->ref) != TEST_OTHER; }

void e_branch_on_test(Emit *e, const Ins *i, u32 o, Label yes, Label no, bool to_yes)
{
    Asm *a = e->a;
    const Class *c = i->ref;
    as_branch(a, HW_I_BEQ, o, X0, no);
    as_i(a, HW_I_LWU, X_SCRATCH, o, 0);
    as_li(a, X_T0, (i64)((u64)c - WIN_BASE));
    switch (test_kind(c)) {
    case TEST_DISPLAY: as_i(a, HW_I_LD, X_SCRATCH, X_SCRATCH, (i64)offsetof(Class, display) + 8 * c->depth); /* fall through */
    case TEST_EXACT: as_branch(a, to_yes ? HW_I_BNE : HW_I_BEQ, X_SCRATCH, X_T0, to_yes ? no : yes); break;
    case TEST_ELEMENTS:
        test_elements(a, c, no);
        if (!to_yes) as_jump(a, yes);
        break;
    default: {
        Tail t = { .at = as_label(a), .back = yes, .stub = no, .kind = TAIL_SUPERS_CAST, .where = i->where };
        vec_push(&e->tails, t);
        as_jump(a, t.at);
    }
    }
}

/* ---- Out of line ----------------------------------------------------------------------------------------------------------------- */
/* The class is in a5, the interface in t0. */
void e_supers_tail(Emit *e, const Tail *t)
{
    Asm *a = e->a;
    Label loop = as_label(a), no = as_label(a);
    as_i(a, HW_I_LD, X_T1, X_SCRATCH, offsetof(Class, supers));
    as_i(a, HW_I_LWU, X_T2, X_SCRATCH, offsetof(Class, nsupers));
    as_bind(a, loop);
    as_branch(a, HW_I_BEQ, X_T2, X0, t->kind == TAIL_SUPERS_CAST ? t->stub : no);
    as_i(a, HW_I_LD, X_SCRATCH, X_T1, 0);
    as_i(a, HW_I_ADDI, X_T1, X_T1, 8);
    as_i(a, HW_I_ADDI, X_T2, X_T2, -1);
    as_branch(a, HW_I_BNE, X_SCRATCH, X_T0, loop);
    if (t->kind == TAIL_SUPERS_TEST) as_li(a, t->x, 1);
    as_bind(a, no);
    as_jump(a, t->back);
}
