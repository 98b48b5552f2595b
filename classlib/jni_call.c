/* JNI: calling methods and making objects. Every Call...Method exists for ten result types, three ways to select the method
   (virtual, as named, static) and three ways to pass arguments (..., va_list, jvalue array); all end in `invoke`. */
#include "classlib/jni_impl.h"
#include <stdlib.h>
#include <string.h>

enum { MAX_SLOTS = 256 }; /* JVMS 4.3.3: 255 and a receiver */
typedef enum Selection { VIRTUAL, AS_NAMED, STATIC } Selection;

static u64 float_bits(float f)
{
    u32 bits;
    memcpy(&bits, &f, sizeof bits);
    return bits;
}

static u64 double_bits(double d)
{
    u64 bits;
    memcpy(&bits, &d, sizeof bits);
    return bits;
}

static float float_of(u64 raw)
{
    u32 bits = (u32)raw;
    float f;
    memcpy(&f, &bits, sizeof f);
    return f;
}

static double double_of(u64 raw)
{
    double d;
    memcpy(&d, &raw, sizeof d);
    return d;
}

/* Arguments as C varargs pass them (ints promoted, floats as double) to slots. */
static void take_varargs(const Method *m, va_list ap, u64 *out)
{
    for (u32 i = 0; i < m->details->nparams; i++) {
        switch (m->details->arg_types[i]) {
        case T_BOOLEAN: *out++ = va_arg(ap, int) & 1; break;
        case T_BYTE: *out++ = (u64)(i64)(i8)va_arg(ap, int); break;
        case T_CHAR: *out++ = (u16)va_arg(ap, int); break;
        case T_SHORT: *out++ = (u64)(i64)(i16)va_arg(ap, int); break;
        case T_INT: *out++ = (u64)(i64)va_arg(ap, jint); break;
        case T_FLOAT: *out++ = float_bits((float)va_arg(ap, double)); break;
        case T_LONG: *out = (u64)va_arg(ap, jlong), out += 2; break;
        case T_DOUBLE: *out = double_bits(va_arg(ap, double)), out += 2; break;
        default: *out++ = (u64)handle_get(va_arg(ap, jobject)); break;
        }
    }
}

static void take_values(const Method *m, const jvalue *v, u64 *out)
{
    for (u32 i = 0; i < m->details->nparams; i++, v++) {
        switch (m->details->arg_types[i]) {
        case T_BOOLEAN: *out++ = v->z & 1; break;
        case T_BYTE: *out++ = (u64)(i64)v->b; break;
        case T_CHAR: *out++ = v->c; break;
        case T_SHORT: *out++ = (u64)(i64)v->s; break;
        case T_INT: *out++ = (u64)(i64)v->i; break;
        case T_FLOAT: *out++ = float_bits(v->f); break;
        case T_LONG: *out = (u64)v->j, out += 2; break;
        case T_DOUBLE: *out = double_bits(v->d), out += 2; break;
        default: *out++ = (u64)handle_get(v->l); break;
        }
    }
}

/* slots: receiver (if any) already in slots[0]. */
static u64 invoke(Thread *t, Selection how, Method *m, u64 *slots)
{
    if (how == STATIC || m->access & ACC_STATIC) {
        if (class_needs_init(m->owner) && !class_initialize(t, m->owner)) return 0;
        return vm_call(t, m, slots);
    }
    if (!slots[0]) {
        throw_new(t, "java/lang/NullPointerException", NULL);
        return 0;
    }
    return how == VIRTUAL ? vm_call_virtual(t, m, slots) : vm_call(t, m, slots);
}

static u64 *receiver(Selection how, const Method *m, jobject o, u64 *slots)
{
    if (how == STATIC || m->access & ACC_STATIC) return slots;
    slots[0] = (u64)handle_get(o);
    return slots + 1;
}

static u64 call_varargs(Thread *t, Selection how, jobject o, jmethodID id, va_list ap)
{
    Method *m = (Method *)id;
    ASSERT(m && m->arg_slots < MAX_SLOTS);
    u64 slots[MAX_SLOTS + 1];
    take_varargs(m, ap, receiver(how, m, o, slots));
    return invoke(t, how, m, slots);
}

static u64 call_values(Thread *t, Selection how, jobject o, jmethodID id, const jvalue *v)
{
    Method *m = (Method *)id;
    ASSERT(m && m->arg_slots < MAX_SLOTS);
    u64 slots[MAX_SLOTS + 1];
    take_values(m, v, receiver(how, m, o, slots));
    return invoke(t, how, m, slots);
}

/* ---- The ninety functions: one family for each way to select, one member for each result type. --------------------- */
#define FAMILY_VIRTUAL(Type, ctype, result)                                                                                 \
    ctype JNICALL jni_Call##Type##Method(JNIEnv *env, jobject o, jmethodID id, ...)                                          \
    {                                                                                                                        \
        JNI_SCOPE();                                                                                                         \
        va_list ap;                                                                                                          \
        va_start(ap, id);                                                                                                    \
        u64 r = call_varargs(t, VIRTUAL, o, id, ap);                                                                         \
        va_end(ap);                                                                                                          \
        return result;                                                                                                       \
    }                                                                                                                        \
    ctype JNICALL jni_Call##Type##MethodV(JNIEnv *env, jobject o, jmethodID id, va_list ap)                                  \
    {                                                                                                                        \
        JNI_SCOPE();                                                                                                         \
        u64 r = call_varargs(t, VIRTUAL, o, id, ap);                                                                         \
        return result;                                                                                                       \
    }                                                                                                                        \
    ctype JNICALL jni_Call##Type##MethodA(JNIEnv *env, jobject o, jmethodID id, const jvalue *v)                             \
    {                                                                                                                        \
        JNI_SCOPE();                                                                                                         \
        u64 r = call_values(t, VIRTUAL, o, id, v);                                                                           \
        return result;                                                                                                       \
    }

#define FAMILY_NONVIRTUAL(Type, ctype, result)                                                                              \
    ctype JNICALL jni_CallNonvirtual##Type##Method(JNIEnv *env, jobject o, jclass c, jmethodID id, ...)                      \
    {                                                                                                                        \
        JNI_SCOPE();                                                                                                         \
        (void)c;                                                                                                             \
        va_list ap;                                                                                                          \
        va_start(ap, id);                                                                                                    \
        u64 r = call_varargs(t, AS_NAMED, o, id, ap);                                                                        \
        va_end(ap);                                                                                                          \
        return result;                                                                                                       \
    }                                                                                                                        \
    ctype JNICALL jni_CallNonvirtual##Type##MethodV(JNIEnv *env, jobject o, jclass c, jmethodID id, va_list ap)              \
    {                                                                                                                        \
        JNI_SCOPE();                                                                                                         \
        (void)c;                                                                                                             \
        u64 r = call_varargs(t, AS_NAMED, o, id, ap);                                                                        \
        return result;                                                                                                       \
    }                                                                                                                        \
    ctype JNICALL jni_CallNonvirtual##Type##MethodA(JNIEnv *env, jobject o, jclass c, jmethodID id, const jvalue *v)         \
    {                                                                                                                        \
        JNI_SCOPE();                                                                                                         \
        (void)c;                                                                                                             \
        u64 r = call_values(t, AS_NAMED, o, id, v);                                                                          \
        return result;                                                                                                       \
    }

#define FAMILY_STATIC(Type, ctype, result)                                                                                  \
    ctype JNICALL jni_CallStatic##Type##Method(JNIEnv *env, jclass c, jmethodID id, ...)                                     \
    {                                                                                                                        \
        JNI_SCOPE();                                                                                                         \
        va_list ap;                                                                                                          \
        va_start(ap, id);                                                                                                    \
        u64 r = call_varargs(t, STATIC, c, id, ap);                                                                          \
        va_end(ap);                                                                                                          \
        return result;                                                                                                       \
    }                                                                                                                        \
    ctype JNICALL jni_CallStatic##Type##MethodV(JNIEnv *env, jclass c, jmethodID id, va_list ap)                             \
    {                                                                                                                        \
        JNI_SCOPE();                                                                                                         \
        u64 r = call_varargs(t, STATIC, c, id, ap);                                                                          \
        return result;                                                                                                       \
    }                                                                                                                        \
    ctype JNICALL jni_CallStatic##Type##MethodA(JNIEnv *env, jclass c, jmethodID id, const jvalue *v)                        \
    {                                                                                                                        \
        JNI_SCOPE();                                                                                                         \
        u64 r = call_values(t, STATIC, c, id, v);                                                                            \
        return result;                                                                                                       \
    }

#define RESULTS(F)                                   \
    F(Object, jobject, handle_local(t, (Object *)r)) \
    F(Boolean, jboolean, (jboolean)(r & 1))          \
    F(Byte, jbyte, (jbyte)r)                         \
    F(Char, jchar, (jchar)r)                         \
    F(Short, jshort, (jshort)r)                      \
    F(Int, jint, (jint)r)                            \
    F(Long, jlong, (jlong)r)                         \
    F(Float, jfloat, float_of(r))                    \
    F(Double, jdouble, double_of(r))                 \
    F(Void, void, (void)r)
RESULTS(FAMILY_VIRTUAL)
RESULTS(FAMILY_NONVIRTUAL)
RESULTS(FAMILY_STATIC)

/* ---- Objects ------------------------------------------------------------------------------------------------ */

Object *instance_allocate(Thread *t, Class *c)
{
    if (c == wk.Class || c->kind != CLASS_INSTANCE || c->access & (ACC_INTERFACE | ACC_ABSTRACT)) {
        char *name = class_java_name(c);
        throw_new(t, c == wk.Class ? "java/lang/IllegalAccessException" : "java/lang/InstantiationException", class_is_primitive(c) ? NULL : "%s", name);
        free(name);
        return NULL;
    }
    return class_initialize(t, c) ? object_new(t, c) : NULL;
}

jobject JNICALL jni_AllocObject(JNIEnv *env, jclass cls)
{
    JNI_SCOPE();
    Class *c = jni_class(cls);
    return c ? handle_local(t, instance_allocate(t, c)) : NULL;
}

/* A fresh instance of cls, as a local reference that keeps its place through the constructor; or NULL. */
static jobject new_instance(Thread *t, jclass cls)
{
    Class *c = jni_class(cls);
    if (c) return handle_local(t, instance_allocate(t, c));
    throw_new(t, "java/lang/NullPointerException", NULL);
    return NULL;
}

jobject JNICALL jni_NewObjectA(JNIEnv *env, jclass cls, jmethodID id, const jvalue *v)
{
    JNI_SCOPE();
    jobject o = new_instance(t, cls);
    if (o) call_values(t, AS_NAMED, o, id, v);
    return t->exception ? NULL : o;
}

jobject JNICALL jni_NewObjectV(JNIEnv *env, jclass cls, jmethodID id, va_list ap)
{
    JNI_SCOPE();
    jobject o = new_instance(t, cls);
    if (o) call_varargs(t, AS_NAMED, o, id, ap);
    return t->exception ? NULL : o;
}

jobject JNICALL jni_NewObject(JNIEnv *env, jclass cls, jmethodID id, ...)
{
    va_list ap;
    va_start(ap, id);
    jobject o = jni_NewObjectV(env, cls, id, ap);
    va_end(ap);
    return o;
}
