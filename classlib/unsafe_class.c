/* jdk.internal.misc.Unsafe: what it knows of classes, and off-heap memory, parking, exceptions. A class whose field offset was
   given out is marked: layout leaves it alone from then on, because Java code keeps offsets in static finals. */
#include "base/log.h"
#include "classlib/costs.h"
#include "classlib/jni_impl.h"
#include "classlib/natives.h"
#include "classlib/natmem.h"
#include "classlib/reflect.h"
#include <stdlib.h>
#include <string.h>

/* ---- Off-heap memory; arguments after this: long ... ---------------------------------------------------------- */

u64 unsafe_allocateMemory0(Thread *t, u64 *args)
{
    (void)t;
    charge_units(memory_alloc, 1);
    return (u64)natmem_alloc(args[1]);
}

u64 unsafe_reallocateMemory0(Thread *t, u64 *args)
{
    (void)t;
    charge_units(memory_alloc, 1);
    return (u64)natmem_realloc((void *)args[1], args[3]);
}

u64 unsafe_freeMemory0(Thread *t, u64 *args)
{
    (void)t;
    charge_units(memory_free, 1);
    if (!natmem_free((void *)args[1])) LOG(native, "freeMemory of an address that was not allocated");
    return 0;
}

/* ---- Fields ------------------------------------------------------------------------------------------------------ */

static i64 give_offset(Field *f)
{
    f->owner->access |= CLASS_OFFSETS_ESCAPED;
    return f->offset;
}

/* The field behind a java.lang.reflect.Field, which must be static or not as asked for; throws. */
static Field *reflected_field(Thread *t, const Object *o, bool is_static)
{
    if (!o) {
        throw_new(t, "java/lang/NullPointerException", NULL);
        return NULL;
    }
    Field *f = reflect_to_field(o);
    if (!(f->access & ACC_STATIC) == !is_static) return f;
    throw_new(t, "java/lang/IllegalArgumentException", NULL);
    return NULL;
}

u64 unsafe_objectFieldOffset0(Thread *t, u64 *args)
{
    Field *f = reflected_field(t, (Object *)args[1], false);
    return f ? (u64)give_offset(f) : 0;
}

u64 unsafe_staticFieldOffset0(Thread *t, u64 *args)
{
    Field *f = reflected_field(t, (Object *)args[1], true);
    return f ? (u64)give_offset(f) : 0;
}

u64 unsafe_staticFieldBase0(Thread *t, u64 *args)
{
    Field *f = reflected_field(t, (Object *)args[1], true);
    return f ? (u64)f->owner->mirror : 0;
}

/* (Class, String): a declared field, static or not, by its name alone. */
u64 unsafe_objectFieldOffset1(Thread *t, u64 *args)
{
    if (!args[1] || !args[2]) {
        throw_new(t, "java/lang/NullPointerException", NULL);
        return 0;
    }
    Class *c = mirror_class((Object *)args[1]);
    char *name = string_utf8((Object *)args[2]);
    Symbol *s = symbol_lookup(name, strlen(name));
    Field *f = s && c->kind == CLASS_INSTANCE && class_link(t, c) ? class_declared_field(c, s, NULL) : NULL;
    if (!f && !t->exception) throw_new(t, "java/lang/InternalError", NULL);
    free(name);
    return f ? (u64)give_offset(f) : 0;
}

/* ---- Classes ------------------------------------------------------------------------------------------------------ */

/* The array class behind a mirror; throws. */
static Class *array_argument(Thread *t, u64 mirror)
{
    if (!mirror) throw_new(t, "java/lang/NullPointerException", NULL);
    else {
        Class *c = mirror_class((Object *)mirror);
        if (class_is_array(c)) return c;
        throw_new(t, "java/io/InvalidClassException", "Invalid class");
    }
    return NULL;
}

u64 unsafe_arrayBaseOffset0(Thread *t, u64 *args)
{
    Class *c = array_argument(t, args[1]);
    return c ? array_base(c->elem_type) : 0;
}

u64 unsafe_arrayIndexScale0(Thread *t, u64 *args)
{
    Class *c = array_argument(t, args[1]);
    return c ? 1u << type_shift(c->elem_type) : 0;
}

u64 unsafe_shouldBeInitialized0(Thread *t, u64 *args)
{
    (void)t;
    const Class *c = mirror_class((Object *)args[1]);
    return c->kind == CLASS_INSTANCE && class_needs_init(c);
}

u64 unsafe_ensureClassInitialized0(Thread *t, u64 *args)
{
    Class *c = mirror_class((Object *)args[1]);
    if (c->kind == CLASS_INSTANCE) class_initialize(t, c);
    return 0;
}

u64 unsafe_allocateInstance(Thread *t, u64 *args)
{
    if (args[1]) return (u64)instance_allocate(t, mirror_class((Object *)args[1]));
    throw_new(t, "java/lang/NullPointerException", NULL);
    return 0;
}

/* (String name, byte[] b, int off, int len, ClassLoader, ProtectionDomain); arguments were checked in Java. */
u64 unsafe_defineClass0(Thread *t, u64 *args)
{
    Object *name = (Object *)args[1], *bytes = (Object *)args[2];
    i32 from = (i32)args[3], n = (i32)args[4];
    if (!bytes || from < 0 || n < 0 || (i64)from + n > array_length(bytes)) {
        throw_new(t, bytes ? "java/lang/ArrayIndexOutOfBoundsException" : "java/lang/NullPointerException", NULL);
        return 0;
    }
    Loader *l = loader_of(t, (Object *)args[5]);
    if (t->exception) return 0;
    DefineOptions options = { .protection_domain = (Object *)args[6], .source = "__Unsafe_DefineClass__" };
    Symbol *s = name ? string_symbol(name, true) : NULL;
    Class *c = class_define(t, l, s, (const u8 *)byte_elems(bytes) + from, (size_t)n, &options);
    return c ? (u64)c->mirror : 0;
}

/* ---- Threads, exceptions, the host -------------------------------------------------------------------------------- */

u64 unsafe_throwException(Thread *t, u64 *args)
{
    if (args[1]) throw_object(t, (Object *)args[1]);
    else throw_new(t, "java/lang/NullPointerException", NULL);
    return 0;
}

u64 unsafe_park(Thread *t, u64 *args)
{
    thread_park(t, args[1] != 0, (i64)args[2]);
    return 0;
}

u64 unsafe_unpark(Thread *t, u64 *args)
{
    (void)t;
    Thread *target = args[1] ? thread_of_java((Object *)args[1]) : NULL;
    if (target) thread_unpark(target);
    return 0;
}

/* (double[], int n): how many were written; -1: the host has none. */
u64 unsafe_getLoadAverage0(Thread *t, u64 *args)
{
    (void)t;
    Object *a = (Object *)args[1];
    double load[3];
    int n = (int)args[2] < 3 ? (int)args[2] : 3;
    n = a && n > 0 && (u32)n <= array_length(a) ? getloadavg(load, n) : -1;
    if (n > 0) memcpy(long_elems(a), load, (size_t)n * sizeof *load);
    return slot_int(n);
}

/* Persistent memory: UnsafeConstants.DATA_CACHE_LINE_FLUSH_SIZE is 0, so that Java never asks for it. */
u64 unsafe_writeback(Thread *t, u64 *args)
{
    (void)args;
    throw_new(t, "java/lang/InternalError", "cache line writeback is not supported");
    return 0;
}
