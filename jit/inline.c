/* Inlining, decided while the caller is built: the callee's bytecode is built in place of the call. Which method a virtual call runs is guessed from the
   classes that are loaded (a method that nobody overrides: its entry in the table is compared) or from the profile (the receiver's class is
   compared). A guess that is nearly always right leaves the code otherwise; a likely one makes the call. */
#include "jit/build.h"
#include "base/hash.h"
#include "base/log.h"
#include "jit/policy.h"

enum { SMALL = 40, MEDIUM = 250, MAX_DEPTH = 9, MAX_FORCED_DEPTH = 24, BUDGET = 9000, SURE = 97, LIKELY_SHARE = 40, MAX_CLASSES = 300, FORM_AGAIN = 4 };

/* ---- Is it worth it? --------------------------------------------------------------------------------------------------- */
/* Lambda forms are shared: a chain of handles goes through one of them several times. */
static bool recursive(const Build *b, const Method *m)
{
    u32 most = m->access & METHOD_LAMBDA_COMPILED ? FORM_AGAIN : 1, n = 0;
    for (; b && n < most; b = b->caller) n += b->m == m;
    return n >= most;
}

static bool buildable(const Method *m)
{
    if (!m || !m->code || m->access & (ACC_SYNCHRONIZED | ACC_NATIVE | ACC_ABSTRACT | METHOD_DONT_INLINE | METHOD_LOCALS_READ)) return false;
    if (m->jit && m->jit->abort) return false;
    return m->entry == ENTRY_JAVA || m->entry == ENTRY_COMPILED;
}

static bool has_subroutines(const Method *m)
{
    for (u32 bci = 0; bci < m->code_length; bci += opcode_length_at(m->original, bci, m->code_length)) {
        u8 op = m->original[bci];
        if (op == OP_jsr || op == OP_jsr_w || op == OP_ret || (op == OP_wide && m->original[bci + 1] == OP_ret)) return true;
    }
    return false;
}

static bool worthwhile(const Build *b, const Method *m)
{
    u32 depth = b->f->scopes.data[b->scope].depth;
    bool forced = m->access & (METHOD_FORCE_INLINE | METHOD_LAMBDA_COMPILED) || b->m->access & METHOD_LAMBDA_COMPILED;
    if (!buildable(m) || recursive(b, m) || b->f->ins.len > BUDGET || m->max_locals > 200) return false;
    if (depth >= (forced ? MAX_FORCED_DEPTH : MAX_DEPTH)) return false;
    if (!m->hotness && !m->profile && m->entry != ENTRY_COMPILED) return false; /* never executed: nothing of it is resolved */
    if (jit_options.torture & JIT_TORTURE_INLINE && !forced) {
        if (m->code_length > MEDIUM || has_subroutines(m)) return false;
        return jit_torture_choice(hash_bytes(m->name->bytes, m->name->length), b->bci, 2);
    }
    if (m->code_length > SMALL && !forced && !(m->code_length <= MEDIUM && m->profile && b->f->ins.len < BUDGET / 2)) return false;
    return m->code_length < 60 || !has_subroutines(m);
}

/* ---- Whom does it call? --------------------------------------------------------------------------------------------------- */
/* Do all loaded subclasses have m in their table's slot? */
static bool nobody_overrides(const Class *c, u32 slot, const Method *m, u32 *left)
{
    if (!*left) return false;
    --*left;
    if (c->vtable_length > slot && c->vtable[slot] != m && !(c->access & ACC_ABSTRACT)) return false;
    for (const Class *s = c->subclasses; s; s = s->next_sibling)
        if (!nobody_overrides(s, slot, m, left)) return false;
    return true;
}

typedef struct Guess { Method *m; Class *c; bool sure; } Guess; /* c NULL: by the table's entry, or (m of IRC_DIRECT) no guess */

static Method *selected(Class *c, const Call *call)
{
    if (call->kind == IRC_VIRTUAL) return call->index < c->vtable_length ? c->vtable[call->index] : NULL;
    const CallInfo *info = call->ref;
    for (u32 i = 0; i < c->itable_length; i++)
        if (c->itable[i].interface == info->interface) {
            Method *m = c->itable[i].methods[info->iindex];
            return m && m->access & ACC_PUBLIC ? m : NULL;
        }
    return NULL;
}

static Guess guess(Build *b, const Call *call, Val receiver)
{
    if (call->kind == IRC_DIRECT) return (Guess){ .m = call->m, .sure = true };
    const Class *exact = ir_exact_class(b->f, receiver);
    if (exact) return (Guess){ .m = selected((Class *)exact, call), .sure = true };
    ProfileType p = profile_type(b->m, b->bci);
    bool wrong = jit_avoids(b->f, b->m, b->bci, REASON_CLASS);
    if (p.count >= 20 && p.type && (u64)p.type_count * 100 >= (u64)p.count * LIKELY_SHARE) {
        bool sure = !wrong && (u64)p.type_count * 100 >= (u64)p.count * SURE;
        Method *m = selected(p.type, call);
        if (m && sure) return (Guess){ m, p.type, true };
        u32 left = MAX_CLASSES;
        if (m && call->kind == IRC_VIRTUAL && !wrong && nobody_overrides(call->m->owner, (u32)call->index, m, &left)) return (Guess){ m, NULL, true };
        return (Guess){ m, p.type, false };
    }
    u32 left = MAX_CLASSES;
    if (call->kind == IRC_VIRTUAL && !wrong && !(call->m->access & ACC_ABSTRACT) && nobody_overrides(call->m->owner, (u32)call->index, call->m, &left))
        return (Guess){ call->m, NULL, true };
    return (Guess){ 0 };
}

/* ---- Building --------------------------------------------------------------------------------------------------------------- */
static void guard(Build *b, Val x, const void *expected, u32 state)
{
    Val g = b_emit(b, IR_GUARD, IT_LONG, x, b_long(b, (i64)expected), 0);
    Ins *i = b_ins(b, g);
    i->sub = CC_EQ, i->imm = REASON_CLASS, i->state = state;
}

static Val load_word(Build *b, Val base, i64 offset)
{
    Val v = b_emit(b, IR_LOAD, IT_LONG, base, 0, 0);
    b_ins(b, v)->sub = T_LONG, b_ins(b, v)->imm = offset;
    return v;
}

/* Only what has no exact receiver is checked. */
static void check_guess(Build *b, const Call *call, const Guess *g, Val receiver)
{
    if (call->kind == IRC_DIRECT || ir_exact_class(b->f, receiver)) return;
    Val klass = b_emit(b, IR_KLASS, IT_LONG, receiver, 0, 0);
    if (g->c) guard(b, klass, g->c, b_state(b));
    else guard(b, load_word(b, load_word(b, klass, offsetof(Class, vtable)), 8 * call->index), g->m, b_state(b));
}

static Val joined(Build *b, u32 to, Vals *values)
{
    Val first = values->data[0];
    bool same = true;
    for (size_t i = 1; i < values->len; i++) same &= values->data[i] == first;
    if (same) return first;
    Val phi = ir_make(b->f, IR_PHI, (IrType)b_ins(b, first)->type, 0, 0, 0);
    u32 args = ir_pool(b->f, values->data, (u32)values->len);
    b_ins(b, phi)->args = args, b_ins(b, phi)->nargs = (u32)values->len, b_ins(b, phi)->where = IR_WHERE(b->scope, b->bci);
    return ir_append(b->f, to, phi);
}

/* The other side of a guess that is not sure: a call. */
static void call_otherwise(Build *b, const Call *call, const Val *args, u32 sp, u32 block, u32 to, Vals *values)
{
    b->cur = block, b->sp = sp;
    for (u32 i = 0; i < call->slots; i++) b->env[sp - call->slots + i] = args[i];
    b_call(b, call);
    Val v = call->m->ret == T_VOID ? V_NONE : b->env[sp - call->slots];
    vec_push(values, v);
    b_emit(b, IR_GOTO, IT_VOID, 0, 0, 0);
    ir_edge(b->f, b->cur, to);
}

bool b_inline(Build *b, const Call *call)
{
    Val args[256], receiver = call->slots ? b->env[b->sp - call->slots] : V_NONE;
    Guess g = guess(b, call, receiver);
    u32 n = call->slots, sp = b->sp, other = 0;
    bool intrinsic = b_has_intrinsic(call->m);
    if (!g.m || n + (call->appendix != 0) != g.m->arg_slots) return false;
    if (g.m != call->m) intrinsic = b_has_intrinsic(g.m);
    if (intrinsic && g.sure) {
        check_guess(b, call, &g, receiver);
        Call direct = { .m = g.m, .ref = g.m, .kind = IRC_DIRECT, .slots = n, .receiver = call->receiver };
        if (b_intrinsic(b, &direct)) return true;
    }
    if (!worthwhile(b, g.m)) return false;
    for (u32 i = 0; i < n; i++) args[i] = b->env[b->sp - n + i];
    if (call->appendix) args[n] = b_pool(b, call->appendix);
    if (g.sure) {
        check_guess(b, call, &g, receiver);
    } else {
        Val klass = b_emit(b, IR_KLASS, IT_LONG, receiver, 0, 0);
        Val v = b_emit(b, IR_IF, IT_VOID, klass, b_long(b, (i64)g.c), 0);
        b_ins(b, v)->type = IT_LONG, b_ins(b, v)->sub = CC_EQ;
        u32 from = b->cur, in = ir_new_block(b->f, b->bci);
        other = ir_new_block(b->f, b->bci);
        ir_edge(b->f, from, in);
        ir_edge(b->f, from, other);
        b->cur = in;
    }
    b_uses_class(b, g.m->owner);
    if (g.c) b_uses_class(b, g.c);
    b->sp -= n;
    u32 state = b_state_at(b, b->bci, true), to = ir_new_block(b->f, b->bci);
    Vals values = { 0 };
    b_build_inline(b, g.m, args, g.m->arg_slots, state, to, &values);
    if (other && !b->f->abort) call_otherwise(b, call, args, sp, other, to, &values);
    b->sp = sp - n, b->state = 0;
    b->cur = values.len && !b->f->abort ? to : 0;
    if (b->cur && call->m->ret != T_VOID) b_push(b, joined(b, to, &values));
    vec_free(&values);
    return true;
}
