/* JNI: references, local frames, monitors. */
#include "classlib/jni_impl.h"

jint JNICALL jni_PushLocalFrame(JNIEnv *env, jint capacity)
{
    JNI_SCOPE();
    if (capacity < 0) return JNI_ERR;
    handles_push(t, (u32)capacity);
    return JNI_OK;
}

jobject JNICALL jni_PopLocalFrame(JNIEnv *env, jobject result)
{
    JNI_SCOPE();
    Object *o = handle_get(result);
    handles_pop(t, handles_top(t));
    return handle_local(t, o);
}

jint JNICALL jni_EnsureLocalCapacity(JNIEnv *env, jint capacity)
{
    (void)env;
    return capacity >= 0 ? JNI_OK : JNI_ERR; /* frames grow as needed */
}

jobject JNICALL jni_NewLocalRef(JNIEnv *env, jobject o)
{
    JNI_SCOPE();
    return handle_local(t, handle_get(o));
}

void JNICALL jni_DeleteLocalRef(JNIEnv *env, jobject o)
{
    JNI_SCOPE();
    handle_delete_local(t, o);
}

jobject JNICALL jni_NewGlobalRef(JNIEnv *env, jobject o)
{
    JNI_SCOPE();
    return handle_global(handle_get(o));
}

void JNICALL jni_DeleteGlobalRef(JNIEnv *env, jobject o)
{
    JNI_SCOPE();
    handle_delete_global(o);
}

jweak JNICALL jni_NewWeakGlobalRef(JNIEnv *env, jobject o)
{
    JNI_SCOPE();
    return handle_weak_global(handle_get(o));
}

void JNICALL jni_DeleteWeakGlobalRef(JNIEnv *env, jweak o)
{
    JNI_SCOPE();
    handle_delete_weak(o);
}

jboolean JNICALL jni_IsSameObject(JNIEnv *env, jobject a, jobject b)
{
    JNI_SCOPE();
    return handle_get(a) == handle_get(b);
}

jobjectRefType JNICALL jni_GetObjectRefType(JNIEnv *env, jobject o)
{
    (void)env;
    static const jobjectRefType kind[] = { JNILocalRefType, JNIWeakGlobalRefType, JNIGlobalRefType, JNIInvalidRefType };
    return o ? kind[(u64)o & 3] : JNIInvalidRefType;
}

jint JNICALL jni_MonitorEnter(JNIEnv *env, jobject o)
{
    JNI_SCOPE();
    Object *object = handle_get(o);
    if (!object) {
        throw_new(t, "java/lang/NullPointerException", NULL);
        return JNI_ERR;
    }
    return monitor_enter(t, object) ? JNI_OK : JNI_ERR;
}

jint JNICALL jni_MonitorExit(JNIEnv *env, jobject o)
{
    JNI_SCOPE();
    Object *object = handle_get(o);
    if (!object) {
        throw_new(t, "java/lang/NullPointerException", NULL);
        return JNI_ERR;
    }
    return monitor_exit(t, object) ? JNI_OK : JNI_ERR;
}

jint JNICALL jni_GetJavaVM(JNIEnv *env, JavaVM **vm)
{
    (void)env;
    *vm = &jni_vm;
    return JNI_OK;
}
