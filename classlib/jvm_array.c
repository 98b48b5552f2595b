/* JVM_*: java.lang.reflect.Array. Exceptions are bare where HotSpot's are. */
#include "classlib/jvm_util.h"
#include "classlib/reflect.h"
#include <string.h>

enum { MAX_DIMENSIONS = 255 };

/* The array behind a handle; NULL: thrown. */
static Object *array_of(Thread *t, jobject handle)
{
    Object *a = jvm_object(handle);
    if (!a) return (void *)jvm_throw_npe(t);
    if (!class_is_array(object_class(a))) return (void *)jvm_throw_iae(t, "Argument is not an array");
    return a;
}

static Object *primitive_array_of(Thread *t, jobject handle)
{
    Object *a = array_of(t, handle);
    if (a && class_is_primitive(object_class(a)->component)) return a;
    return a ? (void *)jvm_throw_iae(t, "Argument is not an array of primitive type") : NULL;
}

static bool in_bounds(Thread *t, const Object *a, jint index)
{
    if ((u32)index < array_length(a)) return true;
    throw_new(t, "java/lang/ArrayIndexOutOfBoundsException", NULL);
    return false;
}

static BasicType element_type(const Object *a) { return (BasicType)object_class(a)->elem_type; }

static u64 load_element(const Object *a, u32 i)
{
    BasicType type = element_type(a);
    const u8 *p = (const u8 *)a + array_base(type) + ((u64)i << type_shift(type));
    switch (type) {
    case T_BOOLEAN: return *p;
    case T_BYTE: return (u64)(i64) * (const i8 *)p;
    case T_CHAR: return *(const u16 *)p;
    case T_SHORT: return (u64)(i64) * (const i16 *)p;
    case T_INT: return (u64)(i64) * (const i32 *)p;
    case T_FLOAT: return *(const u32 *)p;
    default: return *(const u64 *)p;
    }
}

static void store_element(Object *a, u32 i, u64 raw)
{
    BasicType type = element_type(a);
    u8 *p = (u8 *)a + array_base(type) + ((u64)i << type_shift(type));
    switch (type_shift(type)) {
    case 0: *p = (u8)(type == T_BOOLEAN ? raw & 1 : raw); break;
    case 1: *(u16 *)p = (u16)raw; break;
    case 2: *(u32 *)p = (u32)raw; break;
    default: *(u64 *)p = raw;
    }
}

/* jvalue <-> slot. */
static u64 slot_of(jvalue v, BasicType type)
{
    switch (type) {
    case T_BOOLEAN: return v.z & 1u;
    case T_BYTE: return (u64)(i64)v.b;
    case T_CHAR: return v.c;
    case T_SHORT: return (u64)(i64)v.s;
    case T_INT: return (u64)(i64)v.i;
    case T_FLOAT: return (u32)v.i;
    default: return (u64)v.j;
    }
}

static jvalue value_of(u64 raw, BasicType type)
{
    jvalue v;
    memset(&v, 0, sizeof v);
    switch (type) {
    case T_BOOLEAN: v.z = raw & 1; break;
    case T_BYTE: v.b = (jbyte)raw; break;
    case T_CHAR: v.c = (jchar)raw; break;
    case T_SHORT: v.s = (jshort)raw; break;
    case T_INT: case T_FLOAT: v.i = (jint)raw; break;
    default: v.j = (jlong)raw;
    }
    return v;
}

JNIEXPORT jint JNICALL JVM_GetArrayLength(JNIEnv *env, jobject array)
{
    JVM_SCOPE();
    Object *a = array_of(t, array);
    return a ? (jint)array_length(a) : 0;
}

JNIEXPORT jobject JNICALL JVM_GetArrayElement(JNIEnv *env, jobject array, jint index)
{
    JVM_SCOPE();
    Object *a = array_of(t, array);
    if (!a || !in_bounds(t, a, index)) return NULL;
    if (!class_is_primitive(object_class(a)->component)) return jvm_local(t, array_ref(a, (u32)index));
    return jvm_local(t, box(t, element_type(a), load_element(a, (u32)index)));
}

JNIEXPORT jvalue JNICALL JVM_GetPrimitiveArrayElement(JNIEnv *env, jobject array, jint index, jint wanted)
{
    JVM_SCOPE();
    Object *a = primitive_array_of(t, array);
    if (!a || !in_bounds(t, a, index)) return value_of(0, T_LONG);
    u64 raw = load_element(a, (u32)index);
    if (!reflect_widen(&raw, element_type(a), (BasicType)wanted)) jvm_throw_iae(t, "argument type mismatch");
    return value_of(raw, (BasicType)wanted);
}

static void set_reference(Thread *t, Object *a, jint index, Object *value)
{
    if (!in_bounds(t, a, index)) return;
    if (value && !class_subtype(object_class(value), object_class(a)->component)) jvm_throw_iae(t, "array element type mismatch");
    else array_set_ref(a, (u32)index, value);
}

JNIEXPORT void JNICALL JVM_SetArrayElement(JNIEnv *env, jobject array, jint index, jobject value)
{
    JVM_SCOPE();
    Object *a = array_of(t, array), *v = jvm_object(value);
    if (!a) return;
    if (!class_is_primitive(object_class(a)->component)) {
        set_reference(t, a, index, v);
        return;
    }
    BasicType type;
    u64 raw;
    if (!v) jvm_throw_iae(t, NULL);
    else if (!unbox(v, &type, &raw)) jvm_throw_iae(t, "argument type mismatch");
    else if (!in_bounds(t, a, index)) return;
    else if (!reflect_widen(&raw, type, element_type(a))) jvm_throw_iae(t, "argument type mismatch");
    else store_element(a, (u32)index, raw);
}

JNIEXPORT void JNICALL JVM_SetPrimitiveArrayElement(JNIEnv *env, jobject array, jint index, jvalue value, unsigned char given)
{
    JVM_SCOPE();
    Object *a = primitive_array_of(t, array);
    if (!a || !in_bounds(t, a, index)) return;
    u64 raw = slot_of(value, (BasicType)given);
    if (!reflect_widen(&raw, (BasicType)given, element_type(a))) jvm_throw_iae(t, "argument type mismatch");
    else store_element(a, (u32)index, raw);
}

JNIEXPORT jobject JNICALL JVM_NewArray(JNIEnv *env, jclass element, jint length)
{
    JVM_SCOPE();
    Class *c = jvm_class(element);
    if (!c) return (void *)jvm_throw_npe(t);
    if (c->type == T_VOID || c->dims >= MAX_DIMENSIONS) return (void *)jvm_throw_iae(t, NULL);
    return jvm_local(t, array_new(t, class_array_of(c), length));
}

JNIEXPORT jobject JNICALL JVM_NewMultiArray(JNIEnv *env, jclass element, jintArray dimensions)
{
    JVM_SCOPE();
    Class *c = jvm_class(element);
    Object *dims = jvm_object(dimensions);
    if (!c || !dims) return (void *)jvm_throw_npe(t);
    u32 n = array_length(dims);
    if (c->type == T_VOID || n == 0 || n + c->dims > MAX_DIMENSIONS) return (void *)jvm_throw_iae(t, NULL);
    i32 lengths[MAX_DIMENSIONS];
    memcpy(lengths, int_elems(dims), n * sizeof *lengths);
    for (u32 i = 0; i < n; i++) {
        if (lengths[i] < 0) return throw_new(t, "java/lang/NegativeArraySizeException", "%d", lengths[i]), NULL;
        c = class_array_of(c);
    }
    return jvm_local(t, array_new_multi(t, c, lengths, n));
}
