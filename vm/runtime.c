/* The runtime of the interpreter: one function per row of runtime.def. On the core they are reached through host calls (sim.c), so
   each charges what it does on the program's behalf to the service that it belongs to. */
#include "vm/runtime.h"
#include "base/log.h"
#include "vm/call.h"
#include "vm/costs.h"
#include "vm/opcodes.h"
#include "vm/profile.h"
#include "vm/quicken.h"
#include "vm/sim.h"
#include "vm/throws.h"
#include <math.h>
#include <string.h>

/* The rows have one signature; most use fewer arguments. */
#define MAY __attribute__((unused))
#define RT(name) u64 rt_##name(MAY Thread *t, MAY u64 a, MAY u64 b, MAY u64 c, MAY u64 d)

/* What Thread.stop has asked for is thrown at polls and when a native method returns. */
static void take_async(Thread *t)
{
    if (LIKELY(!t->pending_async) || t->exception) return;
    t->pending_async = 0;
    t->exception = t->async_exception;
    t->async_exception = NULL;
}

/* ---- Profiles ----------------------------------------------------------------------------------------------- */
static void attach_profile(Method *m)
{
    charge_begin(SVC_PROFILE);
    charge_units(attach_profile, 1);
    charge_units(clear_metadata, m->code_length / 16);
    profile_attach(m);
    if (m->profile) charge_touch(m->profile, 4ull * m->code_length, true);
    charge_end();
}

RT(attach_profile)
{
    (void)t;
    attach_profile((Method *)a);
    return 0;
}

/* At a poll that is due the interpreter does not count towards a profile; at one that samples alone asked for it would have. */
static void count_warm(const Thread *t)
{
    Method *m = t->frame->method;
    if (!m->profile_base && ++m->hotness == profile_threshold(t->simulated == ENGINE_CORE)) attach_profile(m);
}

/* ---- Safepoints ------------------------------------------------------------------------------------------ */
static bool is_interpreted(const Frame *f) { return !(f->flags & FRAME_COMPILED); }

RT(poll)
{
    ASSERT(!t->exception);
    charge_begin(SVC_THREAD);
    charge_units(poll, 1);
    if (vm_hooks.safepoint) vm_hooks.safepoint(t);
    bool early = sim_samples_polled(t);
    if (!early) sched_poll(t);
    charge_end();
    if (early && is_interpreted(t->frame)) count_warm(t);
    take_async(t);
    if (t->exception) return POLL_EXCEPTION;
    if (t->simulated != a) return POLL_SWITCH;
    return vm_hooks.code_poll && !early && is_interpreted(t->frame) ? (u64)vm_hooks.code_poll(t) : POLL_GO_ON;
}

/* ---- Resolution -------------------------------------------------------------------------------------------- */
typedef int (*Quicken)(Thread *t, Method *m, u32 bci);

static u64 resolve(Thread *t, Quicken quicken, u64 bci)
{
    Method *m = t->frame->method;
    ASSERT(bci < m->code_length);
    charge_begin(SVC_RESOLVE);
    charge_units(resolve, 1);
    charge_touch(m->code + bci, 4, false);
    int r = quicken(t, m, (u32)bci);
    charge_end();
    ASSERT((r == RESOLVE_THREW) == (t->exception != NULL));
    return (u64)r;
}

RT(resolve_ldc) { return resolve(t, quicken_ldc, a); }
RT(resolve_field) { return resolve(t, quicken_field, a); }
RT(resolve_invoke) { return resolve(t, quicken_invoke, a); }
RT(resolve_class) { return resolve(t, quicken_class, a); }

/* ---- Allocation ---------------------------------------------------------------------------------------------- */
RT(new_object)
{
    return (u64)object_new(t, (Class *)a);
}

RT(new_array)
{
    return (u64)array_new(t, (Class *)a, (i32)b);
}

RT(new_multi)
{
    i32 lengths[256];
    ASSERT(b >= 1 && b < NELEM(lengths));
    for (u64 i = 0; i < b; i++) lengths[i] = (i32)((u64 *)c)[i];
    charge_begin(SVC_ALLOC);
    charge_units(new_multi, b);
    Object *o = array_new_multi(t, (Class *)a, lengths, (u32)b);
    charge_end();
    return (u64)o;
}

RT(register_finalizer)
{
    vm_callv(t, meth.Finalizer_register, a);
    return t->exception != NULL;
}

/* ---- Calls ------------------------------------------------------------------------------------------------------ */
RT(invoke_native)
{
    Method *m = (Method *)a;
    t->scratch[0] = t->scratch[1] = 0; /* read long ago; a collection would take it for a reference */
    charge_begin(SVC_NATIVE);
    charge_units(native_entry, 1);
    charge_touch((u64 *)b, 8ull * m->arg_slots, false);
    bool ok = call_native(t, m, (u64 *)b);
    charge_end();
    ASSERT(ok == !t->exception);
    take_async(t);
    return !ok || t->exception;
}

RT(itable)
{
    Class *receiver = (Class *)a;
    const CallInfo *call = (CallInfo *)b;
    bool missing = false;
    charge_begin(SVC_RESOLVE);
    charge_units(itable, 1);
    Method *m = call->kind == CALL_DIRECT ? NULL : method_select_interface(receiver, call->interface, call->iindex, &missing);
    if (!m || missing || !(m->access & ACC_PUBLIC)) {
        throw_interface_call(t, receiver, call->method, call->interface);
        m = NULL;
    }
    charge_end();
    return (u64)m;
}

RT(method_handle_target)
{
    charge_begin(SVC_OTHER);
    charge_units(handle_target, 1);
    if (b) charge_touch((void *)b, 24, false);
    Method *m = call_handle_target(t, (MethodEntry)a, (Object *)b, (Object *)c);
    charge_end();
    return (u64)m;
}

RT(frame_overflow)
{
    charge_begin(SVC_EXCEPTION);
    charge_units(throw_new, 1);
    throw_stack_overflow(t);
    charge_end();
    return 1;
}

/* ---- Monitors --------------------------------------------------------------------------------------------------- */
RT(monitor_enter)
{
    charge_begin(SVC_MONITOR);
    charge_units(monitor_enter, 1);
    charge_touch((void *)a, OBJECT_HEADER, true);
    bool ok = monitor_enter(t, (Object *)a);
    charge_end();
    return !ok;
}

RT(monitor_exit)
{
    charge_begin(SVC_MONITOR);
    charge_units(monitor_exit, 1);
    charge_touch((void *)a, OBJECT_HEADER, true);
    bool ok = monitor_held_by(t, (Object *)a);
    if (ok) monitor_exit(t, (Object *)a);
    else throw_new(t, "java/lang/IllegalMonitorStateException", NULL); /* no message, as HotSpot's interpreter */
    charge_end();
    return !ok;
}

/* ---- Exceptions -------------------------------------------------------------------------------------------------- */
RT(throw_kind)
{
    charge_begin(SVC_EXCEPTION);
    charge_units(throw_new, 1);
    throw_of_kind(t, (ThrowKind)a, b, c);
    charge_end();
    ASSERT(t->exception != NULL);
    return 1;
}

RT(throw_object)
{
    if (a) throw_object(t, (Object *)a);
    else throw_of_kind(t, THROW_NULL, 0, 0);
    ASSERT(t->exception != NULL);
    return 1;
}

RT(unwind)
{
    charge_begin(SVC_EXCEPTION);
    bool found = exception_unwind(t);
    charge_end();
    ASSERT(found == !t->exception);
    return found;
}

/* ---- Type checks, remainders -------------------------------------------------------------------------------------- */
RT(subtype)
{
    charge_begin(SVC_OTHER);
    charge_units(subtype, 1);
    bool yes = class_subtype((Class *)a, (Class *)b);
    charge_end();
    return yes;
}

RT(frem)
{
    u32 x = (u32)a, y = (u32)b, bits;
    f32 p, q, r;
    memcpy(&p, &x, 4);
    memcpy(&q, &y, 4);
    charge_begin(SVC_OTHER);
    charge_units(frem, 1);
    charge_end();
    r = fmodf(p, q);
    memcpy(&bits, &r, 4);
    return r != r ? 0x7fc00000u : bits;
}

RT(drem)
{
    f64 p, q, r;
    u64 bits;
    memcpy(&p, &a, 8);
    memcpy(&q, &b, 8);
    charge_begin(SVC_OTHER);
    charge_units(drem, 1);
    charge_end();
    r = fmod(p, q);
    memcpy(&bits, &r, 8);
    return r != r ? 0x7ff8000000000000ull : bits;
}
