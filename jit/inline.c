/* Inlining, decided while the caller is built: the callee's bytecode is built in place of the call. Which method a virtual call runs is guessed from the
   classes that are loaded (a method that nobody overrides: a word of it says whether that is still so, or its entry in the table is compared) or from the
   profile (the receiver's class is compared). A guess that is nearly always right leaves the code otherwise. Where there is none such, the receiver's class is compared with the
   profile's, and with those that are loaded if they are few; what is left makes the call. A method that is guessed and not worth inlining is called directly. */
#include "jit/build.h"
#include "base/hash.h"
#include "base/log.h"
#include "jit/hints.h"
#include "jit/intrinsics.h"
#include "jit/policy.h"

enum {
    TINY = 20, SMALL = 40, CONSTRUCTOR = 80, MEDIUM = 250, /* bytes of bytecode */
    MAX_DEPTH = 9, MAX_FORCED_DEPTH = 24,         /* of activations; of methods that are inlined whatever they cost */
    BUDGET = 9000, CASES_BUDGET = 3000, AGAIN_BUDGET = 1000, /* instructions of the caller: for inlining; for telling classes apart; for inlining a method into itself */
    FORM_AGAIN = 4,
    OFTEN = 20, SURE = 97, LIKELY_SHARE = 40,     /* a profile says something after so many calls; percent of them */
    HOT = 3000, RENEWED = 100,                    /* calls of what is worth a copy; if the code that it goes into has been found running for long */
    SELDOM = 20, FAR = 32,                        /* so many times as often is the beginning executed; instructions to a counter */
    MAX_CASES = 4, MAX_CLASSES = 300              /* told apart; looked at among those that are loaded */
};

#define UNKNOWN (~0u)

/* ---- Is it worth it? --------------------------------------------------------------------------------------------------- */
/* Lambda forms are shared: a chain of handles goes through one of them several times. Small methods are inlined once into themselves. */
static bool recursive(const Build *b, const Method *m)
{
    u32 most = m->access & METHOD_LAMBDA_COMPILED ? FORM_AGAIN : m->code_length <= SMALL && b->f->ins.len < AGAIN_BUDGET ? 2 : 1, n = 0;
    for (; b && n < most; b = b->caller) n += b->m == m;
    return n >= most;
}

static bool buildable(const Method *m)
{
    if (!m || !m->code || m->access & (ACC_NATIVE | ACC_ABSTRACT | METHOD_DONT_INLINE | METHOD_LOCALS_READ | METHOD_UNVERIFIED)) return false;
    if (m->jit && m->jit->abort) return false;
    return m->entry == ENTRY_JAVA || m->entry == ENTRY_JAVA_SYNC || m->entry == ENTRY_COMPILED;
}

static bool has_subroutines(const Method *m)
{
    for (u32 bci = 0; bci < m->code_length; bci += opcode_length_at(m->original, bci, m->code_length)) {
        u8 op = m->original[bci];
        if (op == OP_jsr || op == OP_jsr_w || op == OP_ret || (op == OP_wide && m->original[bci + 1] == OP_ret)) return true;
    }
    return false;
}

/* A constructor of an object that is made here may be larger: only then perhaps nobody else sees the object (escape.c). */
static u32 small(const Build *b, const Method *m, Val receiver)
{
    return receiver && m->name->bytes[0] == '<' && ir(b->f, receiver)->op == IR_NEW ? CONSTRUCTOR : SMALL;
}

/* How often m has executed this instruction, by the counter that it, or what follows in any case, has: perhaps too often where ways have joined meanwhile.
   UNKNOWN: there is none. */
static u32 executions(const Method *m, u32 bci)
{
    for (u32 i = 0; i < FAR && m->profile; i++) {
        u8 op = m->original[bci];
        if ((op >= OP_ifeq && op <= OP_if_acmpne) || op == OP_ifnull || op == OP_ifnonnull) {
            ProfileBranch p = profile_branch(m, bci);
            return p.taken + p.not_taken;
        }
        bool counts = op == OP_invokevirtual || op == OP_invokeinterface || op == OP_tableswitch || op == OP_lookupswitch;
        if (counts && profile_count(m, bci)) return profile_count(m, bci); /* calls of what nobody may override do not count */
        if (op == OP_athrow) return 0;
        if (op == OP_goto) bci += (u32)code_i16(m->original + bci + 1);
        else if (flow_falls_through(m, bci)) bci += opcode_length_at(m->original, bci, m->code_length);
        else return UNKNOWN;
    }
    return UNKNOWN;
}

/* Is this executed far less often than where the method, or the loop that is entered, begins? */
static bool seldom(const Build *b)
{
    u32 start = b->caller || b->f->osr_bci < 0 ? 0 : (u32)b->f->osr_bci, all = executions(b->m, start), here = executions(b->m, b->bci);
    return all != UNKNOWN && here < all / SELDOM;
}

/* Is it called so often, by whomever, that it is worth a copy? Calls are counted until there is a profile, and then by it. */
static bool hot(const Build *b, const Method *m)
{
    if (!m->profile || m->hotness >= profile_threshold(!policy_native)) return m->profile;
    u32 n = executions(m, 0);
    return m->hotness + (n != UNKNOWN ? (u64)n : m->jit ? m->jit->calls : 0) >= (b->f->m->jit->renewals ? RENEWED : HOT);
}

static bool worthwhile(const Build *b, const Method *m, Val receiver)
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
    if (m->code_length > small(b, m, receiver) && !forced) {
        if (m->code_length > MEDIUM || b->f->ins.len >= BUDGET / 2 || seldom(b)) return false;
        if (!hot(b, m)) {
            vec_push(&b->f->young, (Method *)m);
            return false;
        }
    }
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
    if (p.count >= OFTEN && p.type && (u64)p.type_count * 100 >= (u64)p.count * LIKELY_SHARE) {
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

/* Is m what the table of every class has that is linked so far, and would say so if it was no longer? */
static bool is_unique(const Call *call, const Method *m)
{
    const Class *c = call->m->owner;
    return m == call->m && !m->overridden && !(c->access & ACC_INTERFACE) && (u32)call->index < c->vtable_length && c->vtable[call->index] == m;
}

static void check_unique(Build *b, const Method *m, Val receiver)
{
    Val g = b_emit(b, IR_UNIQUE, IT_VOID, receiver, 0, 0);
    u32 state = b_state(b);
    Ins *i = b_ins(b, g);
    i->ref = m, i->imm = REASON_CLASS, i->state = state;
}

/* Only what has no exact receiver is checked. */
static void check_guess(Build *b, const Call *call, const Guess *g, Val receiver)
{
    if (call->kind == IRC_DIRECT || ir_exact_class(b->f, receiver)) return;
    if (!g->c && is_unique(call, g->m)) {
        check_unique(b, g->m, receiver);
        return;
    }
    Val klass = b_emit(b, IR_KLASS, IT_LONG, receiver, 0, 0);
    if (g->c) guard(b, klass, g->c, b_state(b));
    else guard(b, load_word(b, load_word(b, klass, offsetof(Class, vtable)), 8 * call->index), g->m, b_state(b));
}

static Val joined(Build *b, u32 to, const Vals *values)
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

/* The concrete classes among c and those below, to the end of `out`; false: more than MAX_CASES in all, or too many to look at. */
static bool few_classes(Class *c, Guess *out, u32 *n, u32 *left)
{
    if (!*left) return false;
    --*left;
    bool known = c->access & ACC_ABSTRACT;
    for (u32 k = 0; k < *n; k++) known |= out[k].c == c;
    if (!known && *n == MAX_CASES) return false;
    if (!known) out[(*n)++] = (Guess){ .c = c };
    for (Class *s = c->subclasses; s; s = s->next_sibling)
        if (!few_classes(s, out, n, left)) return false;
    return true;
}

/* Whom the call may run, by the receiver's class: the profile's first. *all: there is no other class yet. */
static u32 cases(const Build *b, const Call *call, const Guess *likely, Guess *out, bool *all)
{
    ProfileType p = profile_type(b->m, b->bci);
    u32 first = 0, n, left = MAX_CLASSES;
    *all = false;
    if (p.count < OFTEN || call->appendix || b->f->ins.len > CASES_BUDGET) return 0;
    if (likely->m && likely->c) out[first++] = *likely;
    n = first;
    if (call->kind == IRC_VIRTUAL) *all = few_classes(call->m->owner, out, &n, &left);
    if (!*all) n = first;
    for (u32 k = 0; k < n; k++) {
        out[k].m = selected(out[k].c, call), out[k].sure = false;
        if (!out[k].m || out[k].m->access & ACC_ABSTRACT || out[k].m->arg_slots != call->slots) return 0;
    }
    return n;
}

static Call direct_call(const Call *call, Method *m)
{
    return (Call){ .m = m, .ref = m, .kind = IRC_DIRECT, .slots = call->slots, .receiver = call->receiver };
}

static void go_to(Build *b, u32 to)
{
    b_emit(b, IR_GOTO, IT_VOID, 0, 0, 0);
    ir_edge(b->f, b->cur, to);
}

/* A call in a block of its own, its result to *values. */
static void call_there(Build *b, const Call *call, const Val *args, u32 sp, u32 block, u32 to, Vals *values)
{
    b->cur = block, b->sp = sp;
    for (u32 i = 0; i < call->slots; i++) b->env[sp - call->slots + i] = args[i];
    b_call(b, call);
    vec_push(values, call->m->ret == T_VOID ? V_NONE : b->env[sp - call->slots]);
    go_to(b, to);
}

/* How often the receiver's class is g[k]'s, which is compared when it is none of those before: as the profile has it, and the rest in equal shares. */
static u32 case_share(const Build *b, const Guess *g, u32 k, u32 n, bool all)
{
    ProfileType p = profile_type(b->m, b->bci);
    u32 even = IR_LIKELY_ALL / (n - k + !all);
    if (k || g->c != p.type || !p.count) return even;
    u32 share = (u32)((u64)p.type_count * IR_LIKELY_ALL / p.count);
    return share < 1 ? 1 : share >= IR_LIKELY_ALL ? IR_LIKELY_ALL - 1 : share;
}

/* If the receiver's class is g's, the method in place (a tiny one, or the likely one), or a direct call of it. The other side goes on. share: the case's. */
static void build_case(Build *b, const Call *call, const Guess *g, bool likely, u32 share, Val klass, const Val *args, u32 sp, u32 state, u32 to, Vals *values)
{
    Val v = b_emit(b, IR_IF, IT_VOID, klass, b_long(b, (i64)g->c), 0);
    b_ins(b, v)->type = IT_LONG, b_ins(b, v)->sub = CC_EQ, b_ins(b, v)->likely = share;
    u32 from = b->cur, in = ir_new_block(b->f, b->bci), other = ir_new_block(b->f, b->bci);
    ir_edge(b->f, from, in);
    ir_edge(b->f, from, other);
    b_uses_class(b, g->m->owner);
    b_uses_class(b, g->c);
    b->cur = in, b->sp = sp - call->slots;
    if ((likely || g->m->code_length <= TINY) && worthwhile(b, g->m, V_NONE)) {
        b_build_inline(b, g->m, args, g->m->arg_slots, state, to, values);
    } else {
        Call direct = direct_call(call, g->m);
        call_there(b, &direct, args, sp, in, to, values);
    }
    b->cur = other;
}

static void finish(Build *b, const Call *call, u32 sp, u32 to, Vals *values)
{
    b->sp = sp, b->state = 0;
    b->cur = values->len && !b->f->abort ? to : 0;
    if (b->cur && call->m->ret != T_VOID) b_push(b, joined(b, to, values));
    vec_free(values);
}

/* ---- A jump by the class ------------------------------------------------------------------------------------------------------ */
/* Hints foretell one jump, but not a chain of branches (hints.c). So where classes are compared and the call is hinted, a few bits of the class's address choose
   whom it is compared with. */
typedef struct ClassBits { u32 shift, n; } ClassBits;

static u32 bits_of(const ClassBits *k, const Class *c) { return (u32)((u64)c >> k->shift) & (k->n - 1); }

static bool tell_apart(const ClassBits *k, const Guess *g, u32 n)
{
    u32 seen = 0;
    for (u32 i = 0; i < n; i++) {
        u32 bit = 1u << bits_of(k, g[i].c);
        if (seen & bit) return false;
        seen |= bit;
    }
    return true;
}

/* Bits that differ from class to class; n is 0 if there are none. */
static ClassBits class_bits(const Guess *g, u32 n)
{
    for (u32 all = 8; all <= 16; all *= 2)
        for (u32 shift = 3; shift < 24; shift++) {
            ClassBits k = { shift, all };
            if (tell_apart(&k, g, n)) return k;
        }
    return (ClassBits){ 0 };
}

/* Goes on in a block where the class is none of them. */
static void build_class_jump(Build *b, const Call *call, const Guess *g, u32 n, ClassBits bits, Val klass, const Val *args, u32 sp, u32 state, u32 to, Vals *values)
{
    IrFn *f = b->f;
    Val key = b_emit(b, IR_USHR, IT_LONG, klass, b_int(b, (i32)bits.shift), 0);
    key = b_emit(b, IR_AND, IT_LONG, key, b_long(b, (i64)bits.n - 1), 0); /* few bits, so that it need not be made an int */
    u32 from = b->cur, other = ir_new_block(f, b->bci), keys = (u32)f->keys.len, first = 0;
    for (u32 k = 0; k < bits.n; k++) vec_push(&f->keys, (i32)k);
    Val v = b_emit(b, IR_SWITCH, IT_VOID, key, 0, 0);
    b_ins(b, v)->imm = keys;
    for (u32 k = 0; k <= bits.n; k++) { /* the last is the default */
        u32 block = ir_new_block(f, b->bci);
        if (!k) first = block;
        ir_edge(f, from, block);
    }
    for (u32 k = 0; k <= bits.n && !f->abort; k++) {
        b->cur = first + k;
        for (u32 i = 0; i < n; i++)
            if (bits_of(&bits, g[i].c) == k) build_case(b, call, &g[i], false, 0, klass, args, sp, state, to, values);
        if (!f->abort) go_to(b, other);
    }
    b->cur = other;
}

static bool build_cases(Build *b, const Call *call, const Guess *likely, Val receiver)
{
    Guess g[MAX_CASES + 1];
    Val args[256];
    bool all;
    u32 n = cases(b, call, likely, g, &all), sp = b->sp;
    if (!n) return false;
    for (u32 i = 0; i < call->slots; i++) args[i] = b->env[sp - call->slots + i];
    Val klass = b_emit(b, IR_KLASS, IT_LONG, receiver, 0, 0);
    b->sp -= call->slots;
    u32 state = b_state_at(b, b->bci, true), to = ir_new_block(b->f, b->bci);
    Vals values = { 0 };
    ClassBits bits = n > 1 && !likely->c && hint_wanted(b->m, b->bci) ? class_bits(g, n) : (ClassBits){ 0 };
    if (bits.n) build_class_jump(b, call, g, n, bits, klass, args, sp, state, to, &values);
    for (u32 k = 0; k < n && !bits.n && !b->f->abort; k++) build_case(b, call, &g[k], g[k].m == likely->m, case_share(b, g, k, n, all), klass, args, sp, state, to, &values);
    if (!b->f->abort) {
        ir_block(b->f, b->cur)->cold = all;
        call_there(b, call, args, sp, b->cur, to, &values);
    }
    finish(b, call, sp - call->slots, to, &values);
    return true;
}

void b_join(Build *b, const Call *call, u32 to, Vals *values) { finish(b, call, b->sp - call->slots, to, values); }

bool b_inline(Build *b, const Call *call)
{
    Val args[256], receiver = call->slots ? b->env[b->sp - call->slots] : V_NONE;
    Guess g = guess(b, call, receiver);
    u32 n = call->slots, sp = b->sp;
    b_state(b);
    if (!g.sure) return build_cases(b, call, &g, receiver);
    if (!g.m || n + (call->appendix != 0) != g.m->arg_slots) return false;
    bool worth = worthwhile(b, g.m, receiver);
    if (!worth && !b_has_intrinsic(g.m) && (call->kind == IRC_DIRECT || call->appendix)) return false;
    check_guess(b, call, &g, receiver);
    Call direct = direct_call(call, g.m);
    direct.klass = g.c;
    if (b_has_intrinsic(g.m) && b_intrinsic(b, &direct)) return true;
    if (!worth && (call->kind == IRC_DIRECT || call->appendix)) return false;
    b_uses_class(b, g.m->owner);
    if (g.c) b_uses_class(b, g.c);
    if (!worth) {
        b_call(b, &direct);
        return true;
    }
    for (u32 i = 0; i < n; i++) args[i] = b->env[sp - n + i];
    if (call->appendix) args[n] = b_pool(b, call->appendix);
    b->sp -= n;
    u32 state = b_state_at(b, b->bci, true), to = ir_new_block(b->f, b->bci);
    Vals values = { 0 };
    b_build_inline(b, g.m, args, g.m->arg_slots, state, to, &values);
    finish(b, call, sp - n, to, &values);
    return true;
}
