/* Calling methods and constructors reflectively: selection on the receiver, unboxing and widening of arguments, boxing of the
   result, and InvocationTargetException around whatever the callee throws. Access was checked in Java. */
#include "classlib/reflect.h"
#include "classlib/jvm_util.h"
#include <string.h>

/* Rank along byte < short < int < long < float < double; char stands beside short. */
static u32 rank(BasicType t)
{
    static const u8 ranks[] = { [T_BYTE] = 1, [T_SHORT] = 2, [T_CHAR] = 2, [T_INT] = 3, [T_LONG] = 4, [T_FLOAT] = 5, [T_DOUBLE] = 6 };
    return t <= T_LONG ? ranks[t] : 0;
}

static u64 float_bits(f32 x)
{
    u32 bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static u64 double_bits(f64 x)
{
    u64 bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static f32 bits_float(u64 raw)
{
    u32 bits = (u32)raw;
    f32 x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

bool reflect_widen(u64 *raw, BasicType from, BasicType to)
{
    if (from == to) return true;
    if (!rank(from) || !rank(to) || rank(from) >= rank(to) || to == T_CHAR) return false;
    if (to == T_FLOAT) *raw = float_bits((f32)(i64)*raw);
    else if (to == T_DOUBLE) *raw = from == T_FLOAT ? double_bits((f64)bits_float(*raw)) : double_bits((f64)(i64)*raw);
    return true; /* integers: the slot holds the sign- or zero-extended value already */
}

/* Stores one argument in slots; false: thrown. */
static bool pass_argument(Thread *t, Object *type_mirror, Object *arg, u64 *slot)
{
    Class *type = mirror_class(type_mirror);
    if (!class_is_primitive(type)) {
        if (arg && !class_subtype(object_class(arg), type)) return jvm_throw_iae(t, "argument type mismatch");
        *slot = (u64)arg;
        return true;
    }
    BasicType have;
    if (!arg) return jvm_throw_iae(t, NULL);
    if (!unbox(arg, &have, slot) || !reflect_widen(slot, have, (BasicType)type->type)) return jvm_throw_iae(t, "argument type mismatch");
    return true;
}

/* Puts the arguments into slots from `at` on; false: thrown. */
static bool pass_arguments(Thread *t, const Object *types, const Object *args, u64 *at)
{
    u32 n = array_length(types);
    if (n != (args ? array_length(args) : 0)) return jvm_throw_iae(t, "wrong number of arguments");
    for (u32 i = 0; i < n; i++) {
        Object *type = array_ref(types, i);
        if (!pass_argument(t, type, array_ref(args, i), at)) return false;
        at += type_slots((BasicType)mirror_class(type)->type);
    }
    return true;
}

/* An exception of the callee (or of selecting it), as Method.invoke reports it. */
static Object *wrap_target_exception(Thread *t)
{
    Object *cause = exception_take(t);
    Class *c = class_boot("java/lang/reflect/InvocationTargetException");
    if (!class_initialize(t, c)) return NULL;
    Object *e = object_new(t, c);
    if (!e) return NULL;
    vm_callv(t, method_named(c, "<init>", "(Ljava/lang/Throwable;)V"), (u64)e, (u64)cause);
    if (!t->exception) throw_object(t, e);
    return NULL;
}

/* The method that a call on this receiver runs; NULL: thrown. */
static Method *select_method(Thread *t, Method *m, Object *receiver)
{
    if (!receiver) return (void *)jvm_throw_npe(t);
    Class *c = object_class(receiver);
    if (!class_subtype(c, m->owner)) return (void *)jvm_throw_iae(t, "object is not an instance of declaring class");
    if (method_is_final(m)) return m;
    bool missing = false;
    Method *selected = class_is_interface(m->owner) && m->iindex >= 0 ? method_select_interface(c, m->owner, (u32)m->iindex, &missing)
                                                                      : method_select_virtual(c, m);
    if (selected && !(selected->access & ACC_ABSTRACT)) return selected;
    if (!t->exception) throw_new(t, "java/lang/AbstractMethodError", "%s.%s%s", m->owner->name->bytes, m->name->bytes, m->desc->bytes);
    return (void *)wrap_target_exception(t);
}

/* Compilers other than javac may return more bits than the type has. */
static u64 narrow(u64 raw, BasicType type)
{
    switch (type) {
    case T_BOOLEAN: return raw & 1;
    case T_BYTE: return (u64)(i64)(i8)raw;
    case T_SHORT: return (u64)(i64)(i16)raw;
    case T_CHAR: return (u16)raw;
    default: return raw;
    }
}

/* A bounded number of arguments lives on the C stack, where the collector sees them. */
enum { MAX_SLOTS = 256 };

Object *reflect_invoke(Thread *t, Method *m, Object *receiver, Object *args, Object *types)
{
    u64 slots[MAX_SLOTS];
    bool is_static = m->access & ACC_STATIC;
    if (is_static && !class_initialize(t, m->owner)) return NULL;
    Method *target = is_static ? m : select_method(t, m, receiver);
    if (!target) return NULL;
    ASSERT(m->arg_slots < MAX_SLOTS);
    slots[0] = (u64)receiver;
    if (!pass_arguments(t, types, args, slots + !is_static)) return NULL;
    u64 result = vm_call(t, target, slots);
    if (t->exception) return wrap_target_exception(t);
    if (m->ret == T_VOID) return NULL;
    return m->ret == T_OBJECT || m->ret == T_ARRAY ? (Object *)result : box(t, (BasicType)m->ret, narrow(result, (BasicType)m->ret));
}

/* May Constructor.newInstance make one? */
static bool instantiable(Thread *t, const Class *c)
{
    if (c == wk.Class) return throw_new(t, "java/lang/IllegalAccessException", "java.lang.Class"), false;
    if (!(c->access & (ACC_ABSTRACT | ACC_INTERFACE))) return true;
    char *name = class_java_name(c);
    throw_new(t, "java/lang/InstantiationException", "%s", name);
    free(name);
    return false;
}

Object *reflect_new_instance(Thread *t, Method *constructor, Object *args, Object *types)
{
    u64 slots[MAX_SLOTS];
    Class *c = constructor->owner;
    ASSERT(constructor->arg_slots < MAX_SLOTS);
    if (!class_initialize(t, c) || !instantiable(t, c)) return NULL;
    Object *o = object_new(t, c);
    if (!o) return NULL;
    slots[0] = (u64)o;
    if (!pass_arguments(t, types, args, slots + 1)) return NULL;
    vm_call(t, constructor, slots);
    return t->exception ? wrap_target_exception(t) : o;
}
