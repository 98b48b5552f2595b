/* JNI: arrays. Get...ArrayElements copies; the critical functions hand out the array's own address and pin it meanwhile
   (libzip inflates whole files that way). */
#include "classlib/jni_impl.h"
#include "base/vec.h"
#include <string.h>

static Object *array_argument(Thread *t, jarray a)
{
    Object *o = handle_get(a);
    if (!o) throw_new(t, "java/lang/NullPointerException", NULL);
    else ASSERT(class_is_array(object_class(o)));
    return o;
}

static void *elements(const Object *a) { return (u8 *)a + array_base(object_class(a)->elem_type); }
static u64 byte_size(const Object *a) { return (u64)array_length(a) << type_shift(object_class(a)->elem_type); }

jsize JNICALL jni_GetArrayLength(JNIEnv *env, jarray a)
{
    JNI_SCOPE();
    Object *o = array_argument(t, a);
    return o ? (jsize)array_length(o) : 0;
}

/* ---- Arrays of references --------------------------------------------------------------------------------- */

jobjectArray JNICALL jni_NewObjectArray(JNIEnv *env, jsize n, jclass cls, jobject initial)
{
    JNI_SCOPE();
    Class *c = jni_class(cls);
    if (!c) {
        throw_new(t, "java/lang/NullPointerException", NULL);
        return NULL;
    }
    if (!class_is_primitive(c) && !class_link(t, c)) return NULL;
    Object *a = array_new(t, class_array_of(c), n);
    Object *value = handle_get(initial);
    for (jsize i = 0; a && value && i < n; i++) array_set_ref(a, (u32)i, value);
    return handle_local(t, a);
}

static bool index_ok(Thread *t, const Object *a, jsize i)
{
    if ((u32)i < array_length(a)) return true;
    throw_new(t, "java/lang/ArrayIndexOutOfBoundsException", "Index %d out of bounds for length %u", i, array_length(a));
    return false;
}

jobject JNICALL jni_GetObjectArrayElement(JNIEnv *env, jobjectArray a, jsize i)
{
    JNI_SCOPE();
    Object *o = array_argument(t, a);
    if (!o || !index_ok(t, o, i)) return NULL;
    charge_touch(&ref_elems(o)[i], sizeof(ref_t), false);
    return handle_local(t, array_ref(o, (u32)i));
}

static void throw_store(Thread *t, const Object *a, const Object *v, jsize i)
{
    char *from = class_java_name(object_class(v)), *to = class_java_name(object_class(a)->element);
    char *dims = xcalloc(object_class(a)->dims, 2); /* one pair of brackets fewer than there are dimensions */
    for (u16 d = 1; d < object_class(a)->dims; d++) memcpy(dims + 2 * (d - 1), "[]", 2);
    throw_new(t, "java/lang/ArrayStoreException", "type mismatch: can not store %s to %s[%d]%.*s", from, to, i,
              2 * (object_class(a)->dims - 1), dims);
    free(from), free(to), free(dims);
}

void JNICALL jni_SetObjectArrayElement(JNIEnv *env, jobjectArray a, jsize i, jobject value)
{
    JNI_SCOPE();
    Object *o = array_argument(t, a), *v = handle_get(value);
    if (!o || !index_ok(t, o, i)) return;
    if (v && !class_subtype(object_class(v), object_class(o)->component)) {
        throw_store(t, o, v, i);
        return;
    }
    charge_touch(&ref_elems(o)[i], sizeof(ref_t), true);
    array_set_ref(o, (u32)i, v);
}

/* ---- Arrays of primitives ------------------------------------------------------------------------------------- */

static bool range_ok(Thread *t, const Object *a, jsize start, jsize n)
{
    i64 length = array_length(a);
    if (n < 0) throw_new(t, "java/lang/ArrayIndexOutOfBoundsException", "Length %d is negative", n);
    else if (start < 0 || start > length - n)
        throw_new(t, "java/lang/ArrayIndexOutOfBoundsException", "Array region %d..%lld out of bounds for length %lld", start,
                  (long long)start + n, (long long)length);
    else return true;
    return false;
}

static void get_region(Thread *t, jarray a, jsize start, jsize n, void *out)
{
    Object *o = array_argument(t, a);
    if (!o || !range_ok(t, o, start, n)) return;
    u32 shift = type_shift(object_class(o)->elem_type);
    const u8 *from = (u8 *)elements(o) + ((u64)start << shift);
    charge_touch(from, (u64)n << shift, false);
    if (n) memcpy(out, from, (u64)n << shift);
}

static void set_region(Thread *t, jarray a, jsize start, jsize n, const void *in)
{
    Object *o = array_argument(t, a);
    if (!o || !range_ok(t, o, start, n)) return;
    u32 shift = type_shift(object_class(o)->elem_type);
    u8 *to = (u8 *)elements(o) + ((u64)start << shift);
    charge_touch(to, (u64)n << shift, true);
    if (n) memcpy(to, in, (u64)n << shift);
}

static void *get_elements(Thread *t, jarray a, jboolean *is_copy)
{
    Object *o = array_argument(t, a);
    if (!o) return NULL;
    u64 n = byte_size(o);
    void *copy = xmalloc(n + 1);
    charge_touch(elements(o), n, false);
    memcpy(copy, elements(o), n);
    if (is_copy) *is_copy = JNI_TRUE;
    return copy;
}

static void release_elements(jarray a, void *copy, jint mode)
{
    Object *o = handle_get(a);
    if (o && mode != JNI_ABORT) {
        charge_touch(elements(o), byte_size(o), true);
        memcpy(elements(o), copy, byte_size(o));
    }
    if (mode != JNI_COMMIT) free(copy);
}

#define ARRAYS(Type, ctype, jtype, basic)                                                                             \
    jtype JNICALL jni_New##Type##Array(JNIEnv *env, jsize n)                                                          \
    {                                                                                                                 \
        JNI_SCOPE();                                                                                                  \
        return handle_local(t, array_new_prim(t, basic, n));                                                          \
    }                                                                                                                 \
    ctype *JNICALL jni_Get##Type##ArrayElements(JNIEnv *env, jtype a, jboolean *is_copy)                              \
    {                                                                                                                 \
        JNI_SCOPE();                                                                                                  \
        return get_elements(t, a, is_copy);                                                                           \
    }                                                                                                                 \
    void JNICALL jni_Release##Type##ArrayElements(JNIEnv *env, jtype a, ctype *elems, jint mode)                      \
    {                                                                                                                 \
        JNI_SCOPE();                                                                                                  \
        release_elements(a, elems, mode);                                                                             \
    }                                                                                                                 \
    void JNICALL jni_Get##Type##ArrayRegion(JNIEnv *env, jtype a, jsize start, jsize n, ctype *out)                   \
    {                                                                                                                 \
        JNI_SCOPE();                                                                                                  \
        get_region(t, a, start, n, out);                                                                              \
    }                                                                                                                 \
    void JNICALL jni_Set##Type##ArrayRegion(JNIEnv *env, jtype a, jsize start, jsize n, const ctype *in)              \
    {                                                                                                                 \
        JNI_SCOPE();                                                                                                  \
        set_region(t, a, start, n, in);                                                                               \
    }
ARRAYS(Boolean, jboolean, jbooleanArray, T_BOOLEAN)
ARRAYS(Byte, jbyte, jbyteArray, T_BYTE)
ARRAYS(Char, jchar, jcharArray, T_CHAR)
ARRAYS(Short, jshort, jshortArray, T_SHORT)
ARRAYS(Int, jint, jintArray, T_INT)
ARRAYS(Long, jlong, jlongArray, T_LONG)
ARRAYS(Float, jfloat, jfloatArray, T_FLOAT)
ARRAYS(Double, jdouble, jdoubleArray, T_DOUBLE)

/* ---- Critical sections ------------------------------------------------------------------------------------------ */

void *JNICALL jni_GetPrimitiveArrayCritical(JNIEnv *env, jarray a, jboolean *is_copy)
{
    JNI_SCOPE();
    Object *o = array_argument(t, a);
    if (!o) return NULL;
    handle_pin(o);
    charge_touch(elements(o), byte_size(o), false); /* what the native code reads between here and the release */
    if (is_copy) *is_copy = JNI_FALSE;
    return elements(o);
}

void JNICALL jni_ReleasePrimitiveArrayCritical(JNIEnv *env, jarray a, void *address, jint mode)
{
    JNI_SCOPE();
    Object *o = handle_get(a);
    if (!o || address != elements(o)) {
        LOG(jni, "critical release of an address that is not the array's");
        return;
    }
    if (mode != JNI_ABORT) charge_touch(address, byte_size(o), true);
    if (mode != JNI_COMMIT) handle_unpin(o);
}
