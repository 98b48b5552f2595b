/* Calls from C into Java, and from Java into native methods. An entry frame is pushed on the thread's Java stack above what is live
   there; then the engine runs, on the host or on the core, until that frame is left. When t->simulated changes meanwhile,
   the engine returns RUN_SWITCH with its state in memory and the other one goes on. */
#define _GNU_SOURCE
#include "vm/call.h"
#include "base/log.h"
#include "base/window.h"
#include "vm/native.h"
#include "vm/opcodes.h"
#include "vm/throws.h"
#include "vm/watch.h"
#include <pthread.h>
#include <string.h>

enum {
    HOST_STACK_RESERVE = 256 << 10, /* for natives and the VM itself below the last Java call */
    MIN_RESULT_SLOTS = 2
};

/* ---- The host's stack ------------------------------------------------------------------------------------ */
static __thread u64 host_stack_floor;

static void find_host_stack(void)
{
    pthread_attr_t attr;
    void *low;
    size_t size;
    if (pthread_getattr_np(pthread_self(), &attr)) panic("no attributes of the host thread");
    pthread_attr_getstack(&attr, &low, &size);
    pthread_attr_destroy(&attr);
    u64 reserve = size / 4 < HOST_STACK_RESERVE ? size / 4 : HOST_STACK_RESERVE;
    host_stack_floor = (u64)low + reserve;
}

static bool host_stack_is_low(void)
{
    if (UNLIKELY(!host_stack_floor)) find_host_stack();
    return (u64)__builtin_frame_address(0) < host_stack_floor;
}

/* ---- What a thread needs before it first runs Java -------------------------------------------------------- */
static Class **prim_arrays;

/* The array classes that newarray wants, where the core can read them. */
static void make_prim_arrays(void)
{
    prim_arrays = window_alloc(&win_meta, (T_LONG + 1) * sizeof *prim_arrays, 8);
    for (int type = T_BOOLEAN; type <= T_LONG; type++) prim_arrays[type] = class_array_of(class_primitive((BasicType)type));
}

/* Object's constructor registers finalizable objects when it returns: its `return` is an instruction of its own. */
static void mark_object_constructor(void)
{
    Method *m = meth.Object_init;
    ASSERT(m && m->code);
    u8 *last = m->code + m->code_length - 1;
    ASSERT(*last == OP_return);
    *last = OP_return_register_finalizer;
}

static void prepare_thread(Thread *t)
{
    if (!prim_arrays) {
        make_prim_arrays();
        mark_object_constructor();
    }
    t->prim_arrays = prim_arrays;
    if (!t->lists) t->lists = gc_lists;
}

/* ---- Frames -------------------------------------------------------------------------------------------------- */
u64 *call_stack_top(const Thread *t) { return t->frame ? t->frame->sp : t->stack_base; }

/* A frame for m whose arguments are at args; NULL: StackOverflowError. pc and sp are set, so an engine can start in it. */
static Frame *push_frame(Thread *t, Method *m, u64 *args, u32 nlocals, u32 flags)
{
    Frame *f = (Frame *)(args + nlocals);
    u64 *stack = frame_stack(f);
    if (UNLIKELY(stack + m->max_stack + MIN_RESULT_SLOTS > t->stack_limit)) {
        throw_stack_overflow(t);
        return NULL;
    }
    *f = (Frame){ .prev = t->frame, .method = m, .pc = m->code, .sp = stack, .locals = args, .flags = flags };
    t->frame = f;
    return f;
}

/* Takes the monitor of a synchronized method that has just been entered. */
static bool lock_frame(Thread *t, Frame *f)
{
    Object *o = f->method->access & ACC_STATIC ? f->method->owner->mirror : (Object *)f->locals[0];
    if (!monitor_enter(t, o)) return false;
    f->lock = o;
    f->flags |= FRAME_SYNC;
    return true;
}

/* ---- Native methods --------------------------------------------------------------------------------------------- */
static u64 normalise(BasicType type, u64 v)
{
    switch (type) {
    case T_BOOLEAN: return (v & 0xff) != 0;
    case T_BYTE: return (u64)(i64)(i8)v;
    case T_CHAR: return (u16)v;
    case T_SHORT: return (u64)(i64)(i16)v;
    case T_INT: return (u64)(i64)(i32)v;
    case T_FLOAT: return (u32)v;
    default: return v;
    }
}

static bool run_native(Thread *t, Method *m, u64 *args)
{
    if (UNLIKELY(m->details->native_kind == NATIVE_NONE)) {
        if (!vm_hooks.native_lookup(t, m)) return false;
        ASSERT(m->details->native_kind != NATIVE_NONE);
    }
    if (m->details->native_kind == NATIVE_DIRECT) args[0] = ((DirectNative)m->details->native)(t, args);
    else vm_hooks.invoke_native(t, m, args);
    return !t->exception;
}

static bool call_watched(Thread *t, Method *m, u64 *args);

bool call_native(Thread *t, Method *m, u64 *args)
{
    if (UNLIKELY(m->access & METHOD_WATCHED)) return call_watched(t, m, args);
    ASSERT(m->access & ACC_NATIVE);
    u32 slots = m->arg_slots < MIN_RESULT_SLOTS ? MIN_RESULT_SLOTS : m->arg_slots;
    Frame *f = push_frame(t, m, args, slots, FRAME_NATIVE);
    if (!f) return false;
    if (UNLIKELY(m->access & ACC_SYNCHRONIZED) && !lock_frame(t, f)) {
        t->frame = f->prev;
        return false;
    }
    bool ok = run_native(t, m, args);
    ASSERT(t->frame == f);
    if (UNLIKELY(f->flags & FRAME_SYNC)) {
        if (ok) f->flags &= ~(u32)FRAME_SYNC, ok = monitor_exit(t, f->lock);
        else monitors_unlock_frame(t, f);
    }
    t->frame = f->prev;
    if (ok) args[0] = normalise(m->ret, args[0]);
    return ok;
}

/* ---- Method handles ------------------------------------------------------------------------------------------------ */
/* MethodHandle.form.vmentry, the MemberName of what invokeBasic runs. */
static Object *basic_entry(const Object *handle)
{
    Object *form = load_ref(handle, off.MethodHandle_form);
    return form ? load_ref(form, off.LambdaForm_vmentry) : NULL;
}

static Method *interface_target(Thread *t, Object *name, Object *receiver)
{
    Class *interface = mirror_class(load_ref(name, off.MemberName_clazz));
    Class *c = object_class(receiver);
    bool missing = false;
    Method *m = method_select_interface(c, interface, (u32)membername_vmindex(name), &missing);
    if (m && m->access & ACC_PUBLIC && m->entry != ENTRY_ABSTRACT) return m;
    throw_new(t, interface_call_error(c, membername_target(name), interface), NULL);
    return NULL;
}

Method *call_handle_target(Thread *t, MethodEntry entry, Object *handle_or_name, Object *receiver)
{
    Object *name = entry == ENTRY_INVOKE_BASIC && handle_or_name ? basic_entry(handle_or_name) : handle_or_name;
    if (!name || (!receiver && entry != ENTRY_INVOKE_BASIC && entry != ENTRY_LINK_STATIC)) {
        throw_new(t, "java/lang/NullPointerException", NULL);
        return NULL;
    }
    Method *m = membername_target(name);
    switch (entry) {
    case ENTRY_LINK_VIRTUAL: {
        u64 index = membername_vmindex(name);
        Class *c = object_class(receiver);
        if (index < c->vtable_length) m = c->vtable[index];
        break;
    }
    case ENTRY_LINK_INTERFACE: return interface_target(t, name, receiver);
    default: break;
    }
    if (!m) throw_new(t, "java/lang/InternalError", "method handle without a target");
    return m;
}

/* ---- Calls from C ------------------------------------------------------------------------------------------------------ */
/* Runs the engine of the thread's mode until the entry frame on top is left. */
static bool run(Thread *t)
{
    u64 r;
    do {
        r = t->simulated ? sim_run(t) : interp_host(t);
        while (r == RUN_COMPILED) r = sim_run_code(t);
    } while (r == RUN_SWITCH);
    return r == RUN_RETURNED;
}

static bool call_java(Thread *t, Method *m, u64 *args)
{
    Frame *f = push_frame(t, m, args, m->max_locals, FRAME_ENTRY);
    if (!f) return false;
    if (m->access & ACC_SYNCHRONIZED && !lock_frame(t, f)) {
        t->frame = f->prev;
        return false;
    }
    return run(t);
}

static bool call_watched(Thread *t, Method *m, u64 *args)
{
    watch_entered(t, m);
    if (m->access & ACC_NATIVE) return call_native(t, m, args);
    if (!call_java(t, m, args)) return false;
    args[0] = t->ret;
    return true;
}

static bool call_abstract(Thread *t, Method *m, const u64 *args)
{
    throw_of_kind(t, THROW_ABSTRACT, (u64)m, (u64)object_class((Object *)args[0]));
    return false;
}

/* Calls m with n argument slots at args, on the Java stack; intrinsics of method handles go on with their target. */
static bool call_on_stack(Thread *t, Method *m, u64 *args, u32 n)
{
    for (;;) {
        switch (m->entry) {
        case ENTRY_JAVA: case ENTRY_JAVA_SYNC: case ENTRY_COMPILED: return call_java(t, m, args);
        case ENTRY_NATIVE:
            if (!call_native(t, m, args)) return false;
            t->ret = args[0];
            return true;
        case ENTRY_ABSTRACT: return call_abstract(t, m, args);
        case ENTRY_INVOKE_BASIC: m = call_handle_target(t, ENTRY_INVOKE_BASIC, (Object *)args[0], NULL); break;
        default: m = call_handle_target(t, m->entry, (Object *)args[--n], (Object *)args[0]); break;
        }
        if (!m) return false;
    }
}

static bool ready_to_call(Thread *t, const Method *m)
{
    ASSERT(current_thread == t && !t->exception);
    if (UNLIKELY(!t->prim_arrays)) prepare_thread(t);
    if (UNLIKELY(host_stack_is_low())) {
        throw_stack_overflow(t);
        return false;
    }
    if (m->access & ACC_STATIC && UNLIKELY(class_needs_init(m->owner))) return class_initialize(t, m->owner);
    return true;
}

u64 vm_call(Thread *t, Method *m, const u64 *args)
{
    if (!ready_to_call(t, m)) return 0;
    u64 *at = call_stack_top(t);
    if (UNLIKELY(at + m->arg_slots + MIN_RESULT_SLOTS > t->stack_limit)) {
        throw_stack_overflow(t);
        return 0;
    }
    if (m->arg_slots) memcpy(at, args, m->arg_slots * sizeof *args);
    LOG(call, "%s.%s%s", m->owner->name->bytes, m->name->bytes, m->desc->bytes);
    t->call_depth++;
    Frame *top = t->frame;
    bool ok = call_on_stack(t, m, at, m->arg_slots);
    t->call_depth--;
    ASSERT(t->frame == top && ok == !t->exception);
    return ok ? t->ret : 0;
}

u64 vm_call_virtual(Thread *t, Method *m, const u64 *args)
{
    Object *receiver = (Object *)args[0];
    if (!receiver) {
        throw_new(t, "java/lang/NullPointerException", NULL);
        return 0;
    }
    Class *c = object_class(receiver);
    Method *selected = m;
    if (class_is_interface(m->owner) && m->iindex >= 0) {
        bool missing = false;
        selected = method_select_interface(c, m->owner, (u32)m->iindex, &missing);
        if (!selected || !(selected->access & ACC_PUBLIC)) {
            throw_interface_call(t, c, m, m->owner);
            return 0;
        }
    } else if (m->vindex >= 0) {
        selected = method_select_virtual(c, m);
    }
    return vm_call(t, selected ? selected : m, args);
}
