/* Kernels of what the interpreter asks of the runtime: monitors, exceptions, stack traces, type tests, allocation, copies. */
#include "bench/calibrate/calibrate.h"
#include "vm/call.h"
#include "vm/loader.h"
#include "vm/math.h"
#include "vm/native.h"
#include "vm/exception.h"
#include "vm/runtime.h"
#include <string.h>

enum { TIMES = 50, DEPTH = 40 };

#define SAMPLES(times, code) do { sample_begin(); for (u32 i_ = 0; i_ < (times); i_++) { code; } sample_end(); } while (0)

static Object *instance(const char *class_name) { return object_new(current_thread, world_class(class_name)); }

static void monitors(Thread *t)
{
    Object *o[TIMES];
    for (u32 i = 0; i < TIMES; i++) o[i] = instance("java/util/ArrayList"), object_hash(t, o[i]);
    u32 k;
    group("inflate", "inflate");
    for (u32 n = 0; n < 2; n++) { /* entering an object that has a hash makes a monitor */
        k = n * 25;
        sample_begin();
        for (u32 i = 0; i < 25; i++) rt_monitor_enter(t, (u64)o[k + i], 0, 0, 0);
        sample_end();
    }
    group("exit", "monitor_exit");
    k = 0;
    SAMPLES(TIMES, rt_monitor_exit(t, (u64)o[k++], 0, 0, 0));
    group("enter", "monitor_enter");
    k = 0;
    SAMPLES(TIMES, rt_monitor_enter(t, (u64)o[k++], 0, 0, 0));
    k = 0;
    SAMPLES(TIMES, rt_monitor_exit(t, (u64)o[k++], 0, 0, 0));
}

/* ---- Exceptions ------------------------------------------------------------------------------------------------- */
/* A stack of frames of the methods of some class that have code, the first an entry frame. */
static void make_frames(Thread *t, const Class *c, bool with_handlers, u32 depth)
{
    u64 *at = t->stack_base;
    t->frame = NULL;
    for (u32 i = 0, k = 0; i < depth; k++) {
        Method *m = &c->methods[k % c->nmethods];
        if (!m->code || (m->details->nhandlers != 0) != with_handlers) continue;
        Frame *f = (Frame *)(at + m->max_locals);
        *f = (Frame){ .prev = t->frame, .method = m, .pc = m->code + (with_handlers ? m->details->handlers[0].start : 0), .sp = frame_stack(f), .locals = at,
                      .flags = i ? 0 : FRAME_ENTRY };
        t->frame = f;
        at = frame_stack(f) + m->max_stack;
        i++;
    }
}

static void unwinding(Thread *t)
{
    Object *e = instance("java/lang/OutOfMemoryError");
    Class *plain = world_class("java/util/ArrayList"), *handlers = world_class("java/util/zip/ZipFile");
    make_frames(t, handlers, true, 12); /* resolves the catch types */
    for (t->exception = e; t->frame && exception_unwind(t); t->exception = e) t->frame = t->frame->prev;
    group("unwind", "unwind_frame unwind_row");
    for (u32 i = 0; i < 6; i++) {
        make_frames(t, i % 2 ? handlers : plain, i % 2, 10 + 5 * i);
        t->exception = e;
        sample_begin();
        rt_unwind(t, 0, 0, 0, 0);
        sample_end();
        t->exception = NULL;
    }
    group("trace", "trace trace_frame");
    for (u32 depth = 1; depth <= DEPTH; depth += 13) {
        make_frames(t, plain, false, depth);
        exception_fill_trace(t, e);
        sample_begin();
        exception_fill_trace(t, e);
        sample_end();
    }
    group("throw", "throw_new");
    make_frames(t, plain, false, 5);
    static const ThrowKind kinds[] = { THROW_INDEX, THROW_DIV_ZERO, THROW_NEGATIVE_SIZE, THROW_CLASS_CAST, THROW_ARRAY_STORE };
    for (u32 pass = 0; pass < 2; pass++)
        for (u32 i = 0; i < NELEM(kinds); i++) {
            if (pass) sample_begin();
            rt_throw_kind(t, kinds[i], i >= 3 ? (u64)e : 7, i == 3 ? (u64)plain : 5, 0);
            if (pass) sample_end();
            world_initialized();
            t->exception = NULL;
        }
    t->frame = NULL;
}

/* ---- Types, numbers, calls ---------------------------------------------------------------------------------------- */
static void types(Thread *t)
{
    Class *list = world_class("java/util/ArrayList"), *random = class_boot("java/util/RandomAccess"), *queue = class_boot("java/util/Deque");
    Class *arrays = class_array_of(list), *objects = class_array_of(wk.Object);
    group("subtype", "subtype");
    SAMPLES(TIMES, rt_subtype(t, (u64)list, (u64)random, 0, 0));
    SAMPLES(TIMES, rt_subtype(t, (u64)list, (u64)queue, 0, 0));
    SAMPLES(TIMES, rt_subtype(t, (u64)arrays, (u64)objects, 0, 0));
    group("itable", "itable itable_row");
    static const char *const names[] = { "java/util/ArrayList", "java/util/LinkedList", "java/lang/String", "java/util/TreeMap" };
    for (u32 i = 0; i < NELEM(names); i++) {
        Class *c = world_class(names[i]);
        for (u32 k = 0; k < c->itable_length; k++) {
            CallInfo call = { .kind = CALL_INTERFACE, .interface = c->itable[k].interface };
            for (u32 n = call.interface->next_iindex; n-- && !call.arg_slots;) {
                const Method *m = c->itable[k].methods[n];
                if (m && m->access & ACC_PUBLIC && !(m->access & ACC_ABSTRACT)) call.iindex = (u16)n, call.arg_slots = 1;
            }
            if (!call.arg_slots) continue;
            sample_begin();
            rt_itable(t, (u64)c, (u64)&call, 0, 0);
            sample_end();
        }
    }
    group("remainders", "frem drem");
    for (u32 i = 0; i < 2; i++) {
        sample_begin();
        for (u32 k = 1; k <= TIMES; k++) {
            f32 x = (f32)(pick(1000000) * 0.37), y = (f32)(pick(1000) + 1) * 0.11f;
            f64 p = pick(1000000) * 0.37, q = (pick(1000) + 1) * 0.11;
            u32 xb, yb;
            u64 pb, qb;
            memcpy(&xb, &x, 4), memcpy(&yb, &y, 4), memcpy(&pb, &p, 8), memcpy(&qb, &q, 8);
            if (i) rt_frem(t, xb, yb, 0, 0);
            else rt_drem(t, pb, qb, 0, 0);
        }
        sample_end();
    }
}

/* All but log10, which is rounded from a longer one that RV64 has no instructions for. */
static void functions(void)
{
    group("functions", "math_function");
    for (u32 i = 0; i < 4; i++) {
        sample_begin();
        for (u32 k = 0; k < TIMES; k++)
            for (MathFn f = 0; f < MATH_FUNCTIONS; f++) {
                f64 x = (pick(100000) + 1) * 1.3e-4, y = ((f64)pick(1000) - 500) * 0.012;
                u64 a, b;
                memcpy(&a, &x, 8), memcpy(&b, &y, 8);
                if (f != MATH_LOG10) math_value(f, a, b);
            }
        sample_end();
    }
}

static u64 nothing(Thread *t, u64 *args) { (void)t; return args[0]; }

static void calls(Thread *t)
{
    Method *m = NULL;
    for (u32 i = 0; i < wk.Class->nmethods && !m; i++)
        if (wk.Class->methods[i].access & ACC_NATIVE && !(wk.Class->methods[i].access & ACC_STATIC)) m = &wk.Class->methods[i];
    m->details->native = (void *)nothing, m->details->native_kind = NATIVE_DIRECT;
    u64 *args = t->stack_base;
    args[0] = (u64)wk.Object->mirror;
    group("native", "native_entry");
    SAMPLES(TIMES, rt_invoke_native(t, (u64)m, (u64)args, 0, 0));
    group("poll", "poll");
    SAMPLES(TIMES, rt_poll(t, 0, 0, 0, 0));
    Object *handle = object_new(t, world_class("java/lang/invoke/DirectMethodHandle")), *form = object_new(t, world_class("java/lang/invoke/LambdaForm"));
    Object *name = object_new(t, wk.MemberName), *resolved = object_new(t, wk.ResolvedMethodName);
    store_ref(handle, off.MethodHandle_form, form);
    store_ref(form, off.LambdaForm_vmentry, name);
    store_ref(name, off.MemberName_method, resolved);
    FIELD(resolved, Method *, off.ResolvedMethodName_vmtarget) = m;
    group("handles", "handle_target");
    SAMPLES(TIMES, rt_method_handle_target(t, ENTRY_INVOKE_BASIC, (u64)handle, 0, 0));
    SAMPLES(TIMES, rt_method_handle_target(t, ENTRY_LINK_STATIC, (u64)name, 0, 0));
}

static void allocations(Thread *t)
{
    Class *c = world_class("java/util/ArrayList");
    group("allocate", "allocate");
    for (u32 i = 0; i < 6; i++) {
        gc_lists->head[0][(c->shape.size + 15) / 16] = NULL;
        sample_begin();
        object_new(t, c);
        sample_end();
    }
    group("multi", "new_multi");
    Class *ints = class_array_of(class_array_of(class_primitive(T_INT)));
    u64 lengths[2] = { 1, 4 };
    rt_new_multi(t, (u64)ints, 2, (u64)lengths, 0);
    SAMPLES(4, rt_new_multi(t, (u64)ints, 2, (u64)lengths, 0));
    group("clone", "copy_object copy_object_word");
    for (u32 length = 4; length <= 400; length += 60) {
        Object *a = array_new_prim(t, T_BYTE, (i32)length);
        for (u32 i = 0; i < 16; i++) object_clone(t, a);
        sample_begin();
        object_clone(t, a);
        sample_end();
    }
}

void run_kernels(void)
{
    Thread *t = current_thread;
    monitors(t);
    types(t);
    functions();
    calls(t);
    allocations(t);
    unwinding(t);
}
