/* JNI: reading and writing fields. Offsets are read from the Field at each access: a layout pass may change them between two.
   Final fields may be set (System.setOut0 relies on it); statics live in the mirror. */
#include "classlib/jni_impl.h"

static void *field_address(Object *o, const Field *f, bool write)
{
    ASSERT(o && f);
    void *p = (u8 *)o + f->offset;
    charge_touch(p, 1u << type_shift(f->type), write);
    return p;
}

static void *instance_field(jobject o, jfieldID id, bool write) { return field_address(handle_get(o), (const Field *)id, write); }

static void *static_field(jfieldID id, bool write)
{
    const Field *f = (const Field *)id;
    return field_address(f->owner->mirror, f, write);
}

/* A null object is the caller's bug; the JDK's own code never does it. It must not crash us. */
static bool null_object(Thread *t, jobject o)
{
    if (LIKELY(handle_get(o) != NULL)) return false;
    throw_new(t, "java/lang/NullPointerException", NULL);
    return true;
}

#define ACCESSORS(Type, ctype, mask)                                                                          \
    ctype JNICALL jni_Get##Type##Field(JNIEnv *env, jobject o, jfieldID id)                                   \
    {                                                                                                         \
        JNI_SCOPE();                                                                                          \
        return null_object(t, o) ? 0 : __atomic_load_n((ctype *)instance_field(o, id, false), __ATOMIC_SEQ_CST); \
    }                                                                                                         \
    void JNICALL jni_Set##Type##Field(JNIEnv *env, jobject o, jfieldID id, ctype v)                           \
    {                                                                                                         \
        JNI_SCOPE();                                                                                          \
        if (!null_object(t, o)) __atomic_store_n((ctype *)instance_field(o, id, true), mask, __ATOMIC_SEQ_CST); \
    }                                                                                                         \
    ctype JNICALL jni_GetStatic##Type##Field(JNIEnv *env, jclass c, jfieldID id)                              \
    {                                                                                                         \
        JNI_SCOPE();                                                                                          \
        (void)c;                                                                                              \
        return __atomic_load_n((ctype *)static_field(id, false), __ATOMIC_SEQ_CST);                           \
    }                                                                                                         \
    void JNICALL jni_SetStatic##Type##Field(JNIEnv *env, jclass c, jfieldID id, ctype v)                      \
    {                                                                                                         \
        JNI_SCOPE();                                                                                          \
        (void)c;                                                                                              \
        __atomic_store_n((ctype *)static_field(id, true), mask, __ATOMIC_SEQ_CST);                            \
    }
ACCESSORS(Boolean, jboolean, v & 1)
ACCESSORS(Byte, jbyte, v)
ACCESSORS(Char, jchar, v)
ACCESSORS(Short, jshort, v)
ACCESSORS(Int, jint, v)
ACCESSORS(Long, jlong, v)

/* Floating point: through memory of the same size, bit for bit. */
#define FP_ACCESSORS(Type, ctype)                                                                             \
    ctype JNICALL jni_Get##Type##Field(JNIEnv *env, jobject o, jfieldID id)                                   \
    {                                                                                                         \
        JNI_SCOPE();                                                                                          \
        return null_object(t, o) ? 0 : *(volatile ctype *)instance_field(o, id, false);                       \
    }                                                                                                         \
    void JNICALL jni_Set##Type##Field(JNIEnv *env, jobject o, jfieldID id, ctype v)                           \
    {                                                                                                         \
        JNI_SCOPE();                                                                                          \
        if (!null_object(t, o)) *(volatile ctype *)instance_field(o, id, true) = v;                           \
    }                                                                                                         \
    ctype JNICALL jni_GetStatic##Type##Field(JNIEnv *env, jclass c, jfieldID id)                              \
    {                                                                                                         \
        JNI_SCOPE();                                                                                          \
        (void)c;                                                                                              \
        return *(volatile ctype *)static_field(id, false);                                                    \
    }                                                                                                         \
    void JNICALL jni_SetStatic##Type##Field(JNIEnv *env, jclass c, jfieldID id, ctype v)                      \
    {                                                                                                         \
        JNI_SCOPE();                                                                                          \
        (void)c;                                                                                              \
        *(volatile ctype *)static_field(id, true) = v;                                                        \
    }
FP_ACCESSORS(Float, jfloat)
FP_ACCESSORS(Double, jdouble)

jobject JNICALL jni_GetObjectField(JNIEnv *env, jobject o, jfieldID id)
{
    JNI_SCOPE();
    if (null_object(t, o)) return NULL;
    return handle_local(t, (Object *)gc_decode(*(const ref_t *)instance_field(o, id, false)));
}

void JNICALL jni_SetObjectField(JNIEnv *env, jobject o, jfieldID id, jobject v)
{
    JNI_SCOPE();
    if (!null_object(t, o)) *(ref_t *)instance_field(o, id, true) = gc_encode(handle_get(v));
}

jobject JNICALL jni_GetStaticObjectField(JNIEnv *env, jclass c, jfieldID id)
{
    JNI_SCOPE();
    (void)c;
    return handle_local(t, (Object *)gc_decode(*(const ref_t *)static_field(id, false)));
}

void JNICALL jni_SetStaticObjectField(JNIEnv *env, jclass c, jfieldID id, jobject v)
{
    JNI_SCOPE();
    (void)c;
    *(ref_t *)static_field(id, true) = gc_encode(handle_get(v));
}
