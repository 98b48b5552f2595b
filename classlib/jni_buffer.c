/* JNI: direct buffers. */
#include "classlib/jni_impl.h"

Object *direct_buffer_new(Thread *t, void *address, i64 capacity)
{
    Class *c = class_boot("java/nio/DirectByteBuffer");
    Object *o = class_initialize(t, c) ? object_new(t, c) : NULL;
    if (!o) return NULL;
    Method *init = class_declared_method(c, symbol_of("<init>"), symbol_of("(JI)V"));
    ASSERT(init != NULL);
    /* receiver, long (two slots), int */
    vm_callv(t, init, (u64)o, (u64)address, 0, (u64)(i64)(i32)capacity);
    return t->exception ? NULL : o;
}

jobject JNICALL jni_NewDirectByteBuffer(JNIEnv *env, void *address, jlong capacity)
{
    JNI_SCOPE();
    if (capacity < 0 || capacity > 0x7fffffff) {
        throw_new(t, "java/lang/IllegalArgumentException", "JNI NewDirectByteBuffer capacity out of range: %lld", (long long)capacity);
        return NULL;
    }
    return handle_local(t, direct_buffer_new(t, address, capacity));
}

/* Any Buffer that is direct (implements sun.nio.ch.DirectBuffer). */
static bool is_direct(const Object *o)
{
    return o && class_subtype(object_class(o), wk.Buffer) && class_subtype(object_class(o), class_boot("sun/nio/ch/DirectBuffer"));
}

void *JNICALL jni_GetDirectBufferAddress(JNIEnv *env, jobject buffer)
{
    JNI_SCOPE();
    Object *o = handle_get(buffer);
    return is_direct(o) ? (void *)FIELD(o, u64, off.Buffer_address) : NULL;
}

jlong JNICALL jni_GetDirectBufferCapacity(JNIEnv *env, jobject buffer)
{
    JNI_SCOPE();
    Object *o = handle_get(buffer);
    return is_direct(o) ? FIELD(o, i32, off.Buffer_capacity) : -1;
}
