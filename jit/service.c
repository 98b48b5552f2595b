/* What compiled code asks of the host. A slow path is one host call, without arguments: its record says where operands are and where the result
   goes. Calls of methods without code come here too. Whatever throws is unwound right here, so code goes on only when all is well. */
#include "jit/frames.h"
#include "jit/live.h"
#include "jit/moving.h"
#include "jit/policy.h"
#include "base/log.h"
#include "vm/call.h"
#include "jit/costs.h"
#include "vm/guest/regs.h"
#include "vm/interp.h"
#include "vm/math.h"
#include "vm/native.h"
#include "vm/runtime.h"
#include "vm/sched.h"
#include "vm/sim.h"
#include <string.h>

enum {
    CODE_POLLS = 16, /* as many polls of compiled code are one of the interpreter's, for the length of turns */
    NATIVE_POLL = 4  /* times as long is it to the next poll of compiled code, natively, if no other thread wants to run and nobody looks at each */
};

u64 jit_leaves[REASON_COUNT], jit_interpreted_calls, jit_host_calls[REC_COUNT];

/* ---- Going on elsewhere --------------------------------------------------------------------------------------------- */
/* In the interpreter, at t->frame. */
static void to_interpreter(Thread *t)
{
    HwCore *core = sim_core(t);
    if (policy_native) {
        core->x[X_A0] = RUN_SWITCH;
        hw_core_stop(core);
    } else {
        core->pc = WIN_GUEST_BASE + GUEST_RESUME_OFFSET;
    }
}

/* An exception is pending; t->frame is the frame that it was raised in, `below` what it was before. */
static void throw(Thread *t, Frame *below)
{
    ASSERT(t->exception);
    t->code_below = below;
    if (rt_unwind(t, 0, 0, 0, 0)) {
        to_interpreter(t);
        return;
    }
    HwCore *core = sim_core(t);
    core->x[X_A0] = RUN_EXCEPTION;
    hw_core_stop(core);
}

/* ---- Calls of methods without code ---------------------------------------------------------------------------------------- */
static void push_interpreted(Thread *t, Method *m, u64 *args, u64 ra, Frame *below)
{
    Frame *caller = t->frame, *f = (Frame *)(args + m->max_locals);
    u64 *stack = frame_stack(f);
    if (UNLIKELY(stack + m->max_stack + 2 > t->stack_limit)) {
        rt_frame_overflow(t, (u64)m, 0, 0, 0);
        throw(t, below);
        return;
    }
    *f = (Frame){ .prev = caller, .method = m, .pc = m->code, .sp = stack, .locals = args, .flags = FRAME_TO_COMPILED, .ra = ra,
                  .id = frame_offset(below) };
    t->frame = f;
    if (UNLIKELY(m->access & ACC_SYNCHRONIZED)) {
        Object *lock = m->access & ACC_STATIC ? m->owner->mirror : (Object *)args[0];
        if (rt_monitor_enter(t, (u64)lock, 0, 0, 0)) {
            throw(t, below);
            return;
        }
        f->lock = lock;
        f->flags |= FRAME_SYNC;
    }
    jit_interpreted_calls++;
    to_interpreter(t);
}

static void return_to(Thread *t, u64 ra, u64 *args, u64 result, Frame *below)
{
    HwCore *core = sim_core(t);
    t->frame = below;
    core->x[X_A0] = result;
    core->x[X_FRAME] = (u64)args;
    core->pc = ra & ~1ull;
}

static void call_native_method(Thread *t, Method *m, u64 *args, u64 ra, Frame *below)
{
    policy_method(m)->calls++;
    if (rt_invoke_native(t, (u64)m, (u64)args, 0, 0)) throw(t, below);
    else return_to(t, ra, args, args[0], below);
}

static Method *handle_target(Thread *t, Method *m, u64 *args)
{
    if (m->entry == ENTRY_INVOKE_BASIC) return (Method *)rt_method_handle_target(t, ENTRY_INVOKE_BASIC, args[0], 0, 0);
    return (Method *)rt_method_handle_target(t, m->entry, args[m->arg_slots - 1], args[0], 0);
}

static void code_interpret(Thread *t, HwCore *core)
{
    Method *m = (Method *)core->x[X_METHOD];
    u64 *args = (u64 *)core->x[X_FRAME], ra = core->x[X_RA];
    live_no_registers(core);
    Frame *below = t->frame, *caller = frames_settle_caller(ra, args);
    if (caller) t->frame = caller;
    charge_begin(SVC_COMPILE);
    charge_units(code_call, 1);
    charge_end();
    for (;;) {
        switch (m->entry) {
        case ENTRY_JAVA: case ENTRY_JAVA_SYNC:
            policy_called(t, m);
            if (m->entry != ENTRY_COMPILED) {
                push_interpreted(t, m, args, ra, below);
                return;
            }
            break;
        case ENTRY_COMPILED:
            core = sim_core(t);
            t->frame = below;
            core->pc = m->compiled;
            return;
        case ENTRY_NATIVE: call_native_method(t, m, args, ra, below); return;
        case ENTRY_ABSTRACT:
            rt_throw_kind(t, THROW_ABSTRACT, (u64)m, (u64)object_class((Object *)args[0]), 0);
            throw(t, below);
            return;
        default:
            m = handle_target(t, m, args);
            if (!m) {
                throw(t, below);
                return;
            }
        }
    }
}

/* ---- Slow paths ------------------------------------------------------------------------------------------------------------------- */
typedef struct Call { Thread *t; JitCode *c; const JitRecord *r; Frame *f, *below; u64 args[8]; } Call;

static void set_result(Call *k, u64 v)
{
    HwCore *core = sim_core(k->t);
    u32 w = k->r->result, n = w >> 4;
    switch (w & 15) {
    case W_X: core->x[n] = v; break;
    case W_F64: core->f[n] = v; break;
    case W_F32: core->f[n] = v | 0xffffffffull << 32; break;
    default: ASSERT((w & 15) == W_NONE);
    }
}

static u64 new_multi(Call *k, const HwCore *core)
{
    u64 lengths[256];
    for (u32 i = 0; i < k->r->nargs; i++) lengths[i] = frames_value(k->c, k->c->stream.data[k->r->args + i], core, k->f);
    return rt_new_multi(k->t, k->r->ref, k->r->nargs, (u64)lengths, 0);
}

static bool may_store(const Object *array, const Object *v)
{
    return class_subtype(object_class(v), object_class(array)->component);
}

static bool all_fit(const Object *from, i32 at, i32 n, const Class *c)
{
    enum { FEW = 64 }; /* the copy looks at them again */
    for (i32 i = 0; i < n && n <= FEW; i++) {
        const Object *o = array_ref(from, (u32)(at + i));
        if (o && !class_subtype(object_class(o), c)) return false;
    }
    return n <= FEW;
}

/* Nothing to throw? */
static bool plain_copy(const u64 *args)
{
    const Object *from = (const Object *)args[0], *to = (const Object *)args[2];
    i32 at = (i32)args[1], into = (i32)args[3], n = (i32)args[4];
    if (!from || !to || (at | into | n) < 0) return false;
    Class *a = object_class(from), *b = object_class(to);
    if (a->kind != CLASS_ARRAY || (a != b && (a->elem_type < T_OBJECT || b->kind != CLASS_ARRAY || b->elem_type < T_OBJECT))) return false;
    if ((u32)at + (u32)n > array_length(from) || (u32)into + (u32)n > array_length(to)) return false;
    return a == b || class_subtype(a->component, b->component) || all_fit(from, at, n, b->component);
}

/* Leaves the code: the interpreter executes the bytecode. */
static void leave(Call *k)
{
    jit_leaves[k->r->reason]++;
    charge_begin(SVC_COMPILE);
    charge_units(code_leave, 1);
    charge_end();
    k->t->code_below = k->below;
    k->t->frame = frames_leave(k->t, k->t->frame, sim_core(k->t));
    policy_trap(k->t, k->c, k->r);
    to_interpreter(k->t);
}

/* True: the code goes on. */
static bool serve(Call *k, const HwCore *core)
{
    Thread *t = k->t;
    const JitRecord *r = k->r;
    u64 v = 0;
    switch (r->kind) {
    case REC_DEOPT: leave(k); return false;
    case REC_ARRAYCOPY: { /* as the native method that it is, above the frame */
        u64 *args = t->frame->sp;
        for (u32 i = 0; i < r->nargs; i++) args[i] = k->args[i];
        rt_invoke_native(t, r->ref, (u64)args, 0, 0);
        break;
    }
    case REC_POLL: {
        bool early = poll_is_early(t); /* for the optimizer's samples: what is compiled must not depend on them */
        if (!early) t->polled -= (i32)(sched_slice - sched_slice / CODE_POLLS); /* loops are shorter here */
        if (rt_poll(t, t->simulated, 0, 0, 0) == POLL_EXCEPTION) break;
        if (policy_native && !vm_hooks.safepoint && t->poll == sched_slice && !sched_others_ready()) t->poll = NATIVE_POLL * sched_slice;
        if (!early) policy_sampled(k->c, r->slots);
        if (LIKELY(!k->c->remade)) return true;
        leave(k);
        return false;
    }
    case REC_NEW: v = rt_new_object(t, r->ref, 0, 0, 0); break;
    case REC_NEWARRAY: v = rt_new_array(t, r->ref, k->args[0], 0, 0); break;
    case REC_NEWMULTI: v = new_multi(k, core); break;
    case REC_LOCK: rt_monitor_enter(t, k->args[0], 0, 0, 0); break;
    case REC_UNLOCK: rt_monitor_exit(t, k->args[0], 0, 0, 0); break;
    case REC_REGFINAL: rt_register_finalizer(t, k->args[0], 0, 0, 0); break;
    case REC_FMATH:
        if (r->reason > 1) v = math_value((MathFn)(r->reason - 2), k->args[0], k->args[1]);
        else v = r->reason ? rt_drem(t, k->args[0], k->args[1], 0, 0) : rt_frem(t, k->args[0], k->args[1], 0, 0);
        break;
    case REC_SUBTYPE: v = rt_subtype(t, (u64)object_class((Object *)k->args[0]), r->ref, 0, 0); break;
    case REC_CAST:
        if (rt_subtype(t, (u64)object_class((Object *)k->args[0]), r->ref, 0, 0)) return true;
        leave(k);
        return false;
    case REC_STORECHECK:
        if (may_store((Object *)k->args[0], (Object *)k->args[1])) return true;
        leave(k);
        return false;
    default: panic("compiled code of %s.%s: a host call of kind %u", k->c->m->owner->name->bytes, k->c->m->name->bytes, r->kind);
    }
    if (UNLIKELY(t->exception != NULL)) {
        throw(t, k->below);
        return false;
    }
    set_result(k, v);
    return true;
}

/* An interface call: the cache did not know the receiver's class, and the tables have no method for it. */
static bool find_interface_method(Call *k, HwCore *core)
{
    Class *receiver = (Class *)core->x[X_SCRATCH];
    Method *m = (Method *)rt_itable(k->t, (u64)receiver, k->r->ref, 0, 0);
    if (m) sim_core(k->t)->x[X_METHOD] = (u64)m;
    else throw(k->t, k->below);
    return m != NULL;
}

static void overflow(Thread *t, HwCore *core)
{
    Frame *below = t->frame, *caller = frames_settle_caller(core->x[X_RA], (u64 *)core->x[X_FRAME]);
    if (caller) t->frame = caller;
    rt_frame_overflow(t, 0, 0, 0, 0);
    throw(t, below);
}

/* A call has returned to code that is given up (moving.c): the interpreter goes on behind the call. */
static void returned(Thread *t, HwCore *core, const JitRecord *r)
{
    ASSERT(r->kind == REC_CALL && r->state);
    u64 result = core->x[X_A0], *args = (u64 *)core->x[X_FRAME];
    Frame *f = frames_settle_caller(core->pc - 4, args);
    ASSERT(f);
    t->ret = result, t->resume = r->slots + 1; /* a root from here on */
    t->code_below = t->frame;
    jit_leaves[REASON_INVALID]++;
    charge_begin(SVC_COMPILE);
    charge_units(code_leave, 1);
    charge_end();
    t->frame = frames_leave(t, f, NULL);
    live_no_registers(core);
    to_interpreter(t);
}

/* What needs no frame if all is well: a copy that throws nothing, a monitor that is had or given back at once. */
static bool served_without_frame(Thread *t, const JitCode *c, const JitRecord *r, const HwCore *core)
{
    u64 args[5];
    bool copy = r->kind == REC_ARRAYCOPY;
    if (!copy && r->kind != REC_LOCK && r->kind != REC_UNLOCK) return false;
    ASSERT(r->nargs == (copy ? 5u : 1u));
    for (u32 i = 0; i < r->nargs; i++) args[i] = frames_value(c, c->stream.data[r->args + i], core, (Frame *)core->x[X_FRAME]);
    if (!copy) {
        if (!monitor_at_once(t, (Object *)args[0], r->kind == REC_LOCK)) return false;
        if (r->kind == REC_LOCK) rt_monitor_enter(t, args[0], 0, 0, 0);
        else rt_monitor_exit(t, args[0], 0, 0, 0);
        return true;
    }
    const Method *m = (Method *)r->ref;
    if (!plain_copy(args) || m->details->native_kind != NATIVE_DIRECT) return false;
    ((DirectNative)m->details->native)(t, args);
    return true;
}

static void code_call(Thread *t, HwCore *core)
{
    JitCode *c = NULL;
    const JitRecord *r = code_find(core->pc, &c);
    if (!r && (r = code_find(core->pc - 4, &c)) && c->given_up) {
        returned(t, core, r);
        return;
    }
    if (!r) panic("no record of the host call before 0x%llx", (unsigned long long)core->pc);
    jit_host_calls[r->kind]++;
    if (r->kind == REC_OVERFLOW) {
        overflow(t, core);
        return;
    }
    if (served_without_frame(t, c, r, core)) return;
    live_registers(r, core);
    Call k = { .t = t, .c = c, .r = r, .f = (Frame *)core->x[X_FRAME], .below = t->frame };
    t->frame = frames_settle(t, c, r, k.f);
    if (r->kind != REC_NEWMULTI)
        for (u32 i = 0; i < r->nargs; i++) k.args[i] = frames_value(c, c->stream.data[r->args + i], core, k.f);
    if (r->kind == REC_ITABLE ? find_interface_method(&k, core) : serve(&k, core)) t->frame = k.below;
}

/* An exception is caught in compiled frame f: the interpreter goes on there. */
static Frame *code_leave(Thread *t, Frame *f)
{
    u64 pc = WIN_BASE + f->id;
    JitCode *c = code_at(pc - 1);
    ASSERT(c);
    jit_leaves[REASON_HANDLER]++;
    sim_poll_soon(t);
    return t->frame = frames_leave(t, f, code_record(c, pc)->kind == REC_CALL ? NULL : sim_core(t));
}

static u32 code_places(u64 pc, CodePlace *out, u32 max)
{
    const JitCode *c = code_at(pc);
    if (!c || !max) return 0;
    u32 where = code_where(c, pc), scope = where >> 16, n = 1;
    out[0] = (CodePlace){ c->scopes.data[scope].m, where & 0xffff };
    for (const JitScope *s = &c->scopes.data[scope]; scope && n < max; s = &c->scopes.data[scope]) {
        scope = s->parent;
        out[n++] = (CodePlace){ c->scopes.data[scope].m, s->parent_bci };
    }
    return n;
}

void service_install(void)
{
    vm_hooks.code_places = code_places;
    sim_set_code(&(SimCode){ code_call, code_interpret, live_at });
    vm_hooks.code_leave = code_leave;
    vm_hooks.code_live = live_words;
    vm_hooks.code_local = frames_local;
    vm_hooks.code_poll = policy_poll;
    vm_hooks.code_may_move = moving_possible;
    vm_hooks.code_moved = moving_done;
    vm_hooks.classes_unload = policy_forget;
    vm_hooks.method_unload = policy_forget_method;
}
