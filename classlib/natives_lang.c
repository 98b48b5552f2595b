/* Direct natives of java.lang and java.lang.reflect: what the library calls too often for JNI, and what nobody else provides. */
#include "base/log.h"
#include "classlib/jni_impl.h"
#include "classlib/natives.h"
#include "vm/math.h"
#include <math.h>
#include <string.h>

static u64 throw_npe(Thread *t)
{
    throw_new(t, "java/lang/NullPointerException", NULL);
    return 0;
}

static Class *this_class(const u64 *args) { return mirror_class((Object *)args[0]); }
static u64 mirror_of(const Class *c) { return c ? (u64)c->mirror : 0; }

/* ---- Object ------------------------------------------------------------------------------------------------- */

u64 object_getClass(Thread *t, u64 *args) { return (void)t, mirror_of(object_class((Object *)args[0])); }
u64 object_hashCode(Thread *t, u64 *args) { return slot_int((i32)object_hash(t, (Object *)args[0])); }
u64 native_object_clone(Thread *t, u64 *args) { return (u64)object_clone(t, (Object *)args[0]); }

u64 object_notify(Thread *t, u64 *args)
{
    monitor_notify(t, (Object *)args[0], false);
    return 0;
}

u64 object_notifyAll(Thread *t, u64 *args)
{
    monitor_notify(t, (Object *)args[0], true);
    return 0;
}

u64 object_wait(Thread *t, u64 *args)
{
    i64 millis = (i64)args[1];
    if (millis < 0) throw_new(t, "java/lang/IllegalArgumentException", "timeout value is negative");
    else monitor_wait(t, (Object *)args[0], millis);
    return 0;
}

/* ---- Class ---------------------------------------------------------------------------------------------------- */

u64 class_isInterface(Thread *t, u64 *args) { return (void)t, class_is_interface(this_class(args)) != 0; }
u64 class_isArray(Thread *t, u64 *args) { return (void)t, class_is_array(this_class(args)); }
u64 class_isPrimitive(Thread *t, u64 *args) { return (void)t, class_is_primitive(this_class(args)); }
u64 class_isHidden(Thread *t, u64 *args) { return (void)t, (this_class(args)->access & CLASS_HIDDEN) != 0; }
u64 class_getModifiers(Thread *t, u64 *args) { return (void)t, slot_int((i32)class_modifiers(this_class(args))); }

u64 class_getSuperclass(Thread *t, u64 *args)
{
    (void)t;
    const Class *c = this_class(args);
    return class_is_interface(c) ? 0 : mirror_of(c->super);
}

u64 class_isInstance(Thread *t, u64 *args)
{
    (void)t;
    const Class *c = this_class(args);
    const Object *o = (Object *)args[1];
    return o && !class_is_primitive(c) && class_subtype(object_class(o), c);
}

u64 class_isAssignableFrom(Thread *t, u64 *args)
{
    if (!args[1]) return throw_npe(t);
    const Class *super = this_class(args), *sub = mirror_class((Object *)args[1]);
    if (class_is_primitive(super) || class_is_primitive(sub)) return super == sub;
    return class_subtype(sub, super);
}

/* ---- System, Runtime, Thread, String ---------------------------------------------------------------------------- */

u64 system_currentTimeMillis(Thread *t, u64 *args) { return (void)t, (void)args, (u64)vm_wall_millis(); }
u64 system_nanoTime(Thread *t, u64 *args) { return (void)t, (void)args, vm_nano_time(); }
u64 system_identityHashCode(Thread *t, u64 *args) { return args[0] ? slot_int((i32)object_hash(t, (Object *)args[0])) : 0; }

u64 runtime_freeMemory(Thread *t, u64 *args)
{
    (void)t, (void)args;
    GcStats s = gc_stats();
    return s.bytes_committed > s.bytes_used ? s.bytes_committed - s.bytes_used : 0;
}

u64 runtime_totalMemory(Thread *t, u64 *args) { return (void)t, (void)args, gc_stats().bytes_committed; }
u64 runtime_maxMemory(Thread *t, u64 *args) { return (void)t, (void)args, gc_stats().bytes_max; }

u64 runtime_gc(Thread *t, u64 *args)
{
    (void)t, (void)args;
    vm_collect();
    return 0;
}

u64 thread_currentThread(Thread *t, u64 *args) { return (void)args, (u64)t->java; }

u64 thread_holdsLock(Thread *t, u64 *args)
{
    return args[0] ? monitor_held_by(t, (Object *)args[0]) : throw_npe(t);
}

u64 native_string_intern(Thread *t, u64 *args) { return (u64)string_intern(t, (Object *)args[0]); }

/* ---- Numbers: slots hold raw bits already ------------------------------------------------------------------------ */

u64 bits_int(Thread *t, u64 *args) { return (void)t, slot_int((i32)args[0]); }
u64 bits_float(Thread *t, u64 *args) { return (void)t, (u32)args[0]; }
u64 bits_long(Thread *t, u64 *args) { return (void)t, args[0]; }

u64 strictmath_sqrt(Thread *t, u64 *args)
{
    (void)t;
    double d;
    memcpy(&d, args, sizeof d);
    d = sqrt(d); /* correctly rounded everywhere */
    u64 bits = 0x7ff8000000000000ull; /* computed NaNs are canonical */
    if (d == d) memcpy(&bits, &d, sizeof bits);
    return bits;
}

#define F(id, name, n, value) \
    u64 math_##name(Thread *t, u64 *args) { return (void)t, math_value(MATH_##id, args[0], (n) == 2 ? args[2] : 0); }
#include "vm/math.def"
#undef F

/* ---- Reference ------------------------------------------------------------------------------------------------------ */

static Object *referent(const u64 *args)
{
    const Object *r = (Object *)args[0];
    native_touch((const u8 *)r + off.Reference_referent, sizeof(ref_t), false);
    return load_ref(r, off.Reference_referent);
}

u64 reference_refersTo0(Thread *t, u64 *args) { return (void)t, (u64)referent(args) == args[1]; }

u64 reference_clear0(Thread *t, u64 *args)
{
    (void)t;
    native_touch((u8 *)args[0] + off.Reference_referent, sizeof(ref_t), true);
    store_ref((Object *)args[0], off.Reference_referent, NULL);
    return 0;
}

/* ---- java.lang.reflect.Array ------------------------------------------------------------------------------------------ */

u64 array_getLength(Thread *t, u64 *args)
{
    const Object *a = (Object *)args[0];
    if (!a) return throw_npe(t);
    if (class_is_array(object_class(a))) return slot_int((i32)array_length(a));
    throw_new(t, "java/lang/IllegalArgumentException", "Argument is not an array");
    return 0;
}

u64 array_newArray(Thread *t, u64 *args)
{
    if (!args[0]) return throw_npe(t);
    Class *c = mirror_class((Object *)args[0]);
    i32 n = (i32)args[1];
    if (c == class_primitive(T_VOID) || (class_is_array(c) && c->dims == 255)) {
        throw_new(t, "java/lang/IllegalArgumentException", NULL);
        return 0;
    }
    return (u64)array_new(t, class_array_of(c), n);
}

/* ---- java.lang.invoke: methods that only a call site can call ------------------------------ */

u64 methodhandle_invoke(Thread *t, u64 *args)
{
    (void)args;
    throw_new(t, "java/lang/UnsupportedOperationException", "MethodHandle.invoke cannot be invoked reflectively");
    return 0;
}

u64 methodhandle_invokeExact(Thread *t, u64 *args)
{
    (void)args;
    throw_new(t, "java/lang/UnsupportedOperationException", "MethodHandle.invokeExact cannot be invoked reflectively");
    return 0;
}
