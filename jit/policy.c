/* What is compiled when. The interpreter polls every so many calls and back edges; who is found running then has a sample. Methods with enough samples
   (and a profile) are compiled: at their entry, or at the loop that the poll was in, where the activation goes on in compiled code at once. Methods
   without code that compiled code calls are counted too. All this is counting, so a simulated run compiles the same methods at the same
   moments every time.

   Methods that are worth inlining but have no profile yet (young) get one early. Code that calls such methods, and has been found running so often that the calls
   have cost what compiling it costs, is made once more.

   Guesses: code that left for the interpreter because a guess was wrong several times is dropped; the guess is not made again at that place. A method
   that has been compiled too often stays interpreted. */
#include "jit/policy.h"
#include "base/log.h"
#include "gc/gc.h"
#include "jit/flush.h"
#include "jit/frames.h"
#include "jit/live.h"
#include "vm/interp.h"
#include "vm/profile.h"
#include "vm/runtime.h"
#include "vm/sched.h"
#include "vm/sim.h"
#include "vm/watch.h"

enum {
    SAMPLES = 1, CALLS = 30, TRAPS = 3, MAX_COMPILATIONS = 12,
    SLICE = 1020,   /* the poll after it is the 1021st; a prime: a loop of so many polls an iteration is not found at the same of them each time */
    YOUNG = 40,     /* calls after which a method that is worth inlining has a profile */
    MAX_RENEWALS = 2 /* of a method */
};

bool policy_native;
static Pattern *only, *exclude; /* or NULL */
static bool torturing;

JitMethod *policy_method(Method *m)
{
    if (!m->jit) m->jit = xcalloc(1, sizeof *m->jit);
    return m->jit;
}

static Pattern *pattern(const char *option, const char *text)
{
    return text ? pattern_new(option, text, "java\\.util\\..*\\.get$") : NULL;
}

void policy_start(bool native)
{
    policy_native = native;
    if (native) gc_native();
    only = pattern("--jit", jit_options.only);
    exclude = pattern("--jit-exclude", jit_options.exclude);
    torturing = jit_options.torture & JIT_TORTURE_EAGER;
    sched_slice = torturing ? 64 : SLICE;
}

static bool wanted(const Method *m)
{
    if (!only && !exclude) return true;
    char *name = method_dotted_name(m);
    bool yes = (!only || pattern_matches(only, name)) && (!exclude || !pattern_matches(exclude, name));
    free(name);
    return yes;
}

static bool may_compile(const Thread *t, Method *m)
{
    if (t->simulated == policy_native || !m->code || m->jit->abort || m->access & (METHOD_WATCHED | METHOD_LOCALS_READ | METHOD_UNVERIFIED)) return false;
    if (m->jit->compilations >= MAX_COMPILATIONS) m->jit->abort = ABORT_GIVEN_UP;
    else if (!wanted(m)) m->jit->abort = ABORT_EXCLUDED;
    return !m->jit->abort;
}

/* ---- Entries ---------------------------------------------------------------------------------------------------------- */
static void install_entry(JitCode *c)
{
    Method *m = c->m;
    m->jit->code = c;
    m->compiled = c->start + c->entry;
    m->entry = ENTRY_COMPILED;
    link_method(m);
}

static void compile_entry(Thread *t, Method *m)
{
    if (m->jit->code || !may_compile(t, m)) return;
    JitCode *c = jit_compile(t, m, -1);
    if (!c) return;
    install_entry(c);
}

u32 policy_young(Thread *t, const IrFn *f)
{
    u32 n = 0;
    for (size_t i = 0; i < f->young.len; i++) {
        Method *m = f->young.data[i];
        n += m->hotness > 0;
        if (m->hotness >= YOUNG) rt_attach_profile(t, (u64)m, 0, 0, 0);
    }
    return n;
}

void policy_called(Thread *t, Method *m)
{
    JitMethod *j = policy_method(m);
    j->calls++;
    if (j->calls >= CALLS / 2 && !m->profile) rt_attach_profile(t, (u64)m, 0, 0, 0); /* what compiled code calls is counted nowhere else */
    if (j->calls < (torturing ? 2u : CALLS)) return;
    flush_if_full();
    compile_entry(t, m);
}

static JitCode *loop_code(Thread *t, Method *m, i32 bci)
{
    JitMethod *j = m->jit;
    for (size_t i = 0; i < j->loops.len; i++)
        if (j->loops.data[i]->osr_bci == bci) {
            compile_entry(t, m); /* it comes here again and again */
            return j->loops.data[i];
        }
    if (!may_compile(t, m)) return NULL;
    JitCode *c = jit_compile(t, m, bci);
    if (c) vec_push(&j->loops, c);
    return c;
}

/* ---- Going on in compiled code ---------------------------------------------------------------------------------------------- */
/* The interpreted activation f, at the place where c is entered, becomes one of c. */
static int enter(Thread *t, Frame *f, JitCode *c)
{
    Method *m = f->method;
    if ((u64 *)((u8 *)f + c->extent) > t->stack_limit) return POLL_GO_ON;
    u64 ra = t->return_stub[type_slots((BasicType)m->ret)];
    Frame *below = f->prev;
    if (f->flags & FRAME_ENTRY) ra = WIN_CODE_BASE + STUB_ENTRY;
    if (f->flags & FRAME_TO_COMPILED) ra = f->ra, below = frame_at(f->id);
    f->ra = ra;
    t->frame = below;
    t->code_pc = c->start + c->entry;
    t->code_ra = ra;
    t->code_sp = c->osr_bci >= 0 ? (u64)f : (u64)f->locals;
    return POLL_COMPILED;
}

static int look(Thread *t)
{
    Frame *f = t->frame;
    Method *m = f->method;
    if (t->simulated == policy_native || f->flags & FRAME_NATIVE || !m->code || !m->profile) return POLL_GO_ON;
    JitMethod *j = policy_method(m);
    if (++j->samples < (torturing ? 1u : jit_options.threshold ? jit_options.threshold : SAMPLES) || f->sp != frame_stack(f)) return POLL_GO_ON;
    flush_if_full();
    u32 bci = frame_bci(f);
    JitCode *c;
    if (!bci) {
        compile_entry(t, m);
        c = f->flags & FRAME_SYNC ? NULL : j->code;
    } else {
        c = loop_code(t, m, (i32)bci);
    }
    return c ? enter(t, f, c) : POLL_GO_ON;
}

/* Who was to poll soon may have called something meanwhile, which has polled instead: then it is again. */
int policy_poll(Thread *t)
{
    bool in_loop = frame_bci(t->frame);
    int r = look(t);
    sim_poll_again(t, r == POLL_COMPILED && in_loop);
    return r;
}

/* ---- Wrong guesses ------------------------------------------------------------------------------------------------------------- */
static void drop(JitCode *c)
{
    Method *m = c->m;
    JitMethod *j = m->jit;
    c->valid = false;
    for (size_t i = 0; i < j->loops.len; i++)
        if (j->loops.data[i] == c) j->loops.data[i--] = vec_last(&j->loops), j->loops.len--;
    if (j->code != c) return;
    j->code = NULL;
    m->compiled = CODE_INTERPRET;
    m->entry = m->access & ACC_SYNCHRONIZED ? ENTRY_JAVA_SYNC : ENTRY_JAVA;
    link_method(m);
}

bool jit_avoids(const IrFn *f, const Method *m, u32 bci, JitReason reason)
{
    (void)f;
    const JitMethod *j = m->jit;
    for (size_t i = 0; j && i < j->avoid.len; i++)
        if (j->avoid.data[i] == ((u64)bci << 8 | reason)) return true;
    return false;
}

void policy_trap(Thread *t, JitCode *c, const JitRecord *r)
{
#define R(name, text, traps) traps,
    static const u8 traps[] = {
#include "jit/reasons.def"
    };
#undef R
    if (!traps[r->reason]) sim_poll_soon(t);
    if (!traps[r->reason] || !c->valid) return;
    Method *m = c->scopes.data[r->where >> 16].m;
    JitMethod *j = policy_method(m);
    if (r->reason != REASON_UNRESOLVED && !jit_avoids(NULL, m, r->where & 0xffff, (JitReason)r->reason))
        vec_push(&j->avoid, ((u64)(r->where & 0xffff) << 8 | r->reason));
    if (++c->traps >= TRAPS) drop(c);
}

void policy_give_up(JitCode *c)
{
    if (c->m->jit->compilations) c->m->jit->compilations--;
    drop(c);
}

void policy_compile_again(Thread *t, Method *m) { compile_entry(t, m); }

/* ---- Code on trial -------------------------------------------------------------------------------------------------------------- */
static bool is_made_of(const JitCode *c, const Method *m)
{
    bool has = false;
    for (size_t i = 0; i < c->scopes.len; i++) has |= c->scopes.data[i].m == m;
    return has;
}

static void leave_soon(JitCode *c)
{
    policy_give_up(c);
    c->remade = true;
}

/* A sample stands for some thousand instructions, and compiling one of the representation costs as many. */
void policy_sampled(JitCode *c, u32 every)
{
    JitMethod *j = c->m->jit;
    if (LIKELY(!c->young) || c->remade || !c->valid || j->renewals == MAX_RENEWALS) return;
    c->samples += every;
    if (c->samples < c->insns) return;
    j->renewals++;
    if (j->code == c) j->calls = CALLS; /* made again when it is called; a loop's, when the interpreter polls there */
    leave_soon(c);
}

void policy_remake(const Method *m)
{
    for (JitCode *c = code_all(); c; c = c->next) {
        if (!c->valid || !is_made_of(c, m)) continue;
        if (c->m->jit->code == c) c->m->jit->calls = CALLS; /* compiled again when it is called, which it may never be */
        leave_soon(c);
        c->aside = true;
    }
}

/* Is there a place for c, or is it taken by other code? */
static bool has_place(const JitCode *c)
{
    const JitMethod *j = c->m->jit;
    for (size_t i = 0; i < j->loops.len; i++)
        if (j->loops.data[i]->osr_bci == c->osr_bci) return false;
    return c->osr_bci >= 0 || !j->code;
}

static void put_back(JitCode *c)
{
    c->valid = true, c->remade = false;
    c->m->jit->compilations++;
    if (c->osr_bci < 0) install_entry(c);
    else vec_push(&c->m->jit->loops, c);
}

void policy_decide(const Method *m, bool keep)
{
    for (JitCode *c = code_all(); c && !keep; c = c->next)
        if (c->valid && is_made_of(c, m)) leave_soon(c);
    for (JitCode *c = code_all(); c; c = c->next) {
        if (c->aside && !keep && !c->given_up && has_place(c)) put_back(c);
        c->aside = false;
    }
}

/* ---- Unloading -------------------------------------------------------------------------------------------------------------------- */
void policy_forget(bool (*is_dead)(const void *metadata))
{
    liveness_forget();
    for (JitCode *c = code_all(); c; c = c->next) {
        if (!c->valid && !c->aside) continue;
        bool gone = is_dead(c->m), uses = gone;
        for (size_t i = 0; i < c->uses_class.len && !uses; i++) uses = is_dead(c->uses_class.data[i]);
        if (uses) c->aside = false;
        if (gone) c->valid = false;
        else if (uses && c->valid) drop(c);
    }
}

/* Frees the notes; what code it had is invalid already. */
void policy_forget_method(Method *m)
{
    JitMethod *j = m->jit;
    ASSERT(j && (!j->code || !j->code->valid));
    for (size_t i = 0; i < j->callers.len; i++) {
        u64 pc = j->callers.data[i].pc;
        JitCode *c = code_at(pc);
        for (size_t k = 0; k < c->calls.len; k++)
            if (c->start + c->calls.data[k].pc == pc) c->calls.data[k].to = NULL;
    }
    vec_free(&j->loops);
    vec_free(&j->avoid);
    vec_free(&j->callers);
    free(j);
    m->jit = NULL;
}
