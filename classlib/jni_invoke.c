/* The invocation interface: JavaVM's table, and the JNI_* entry points. The VM is the process: it exists from start to exit. */
#include "classlib/jni_impl.h"
#include "vm/boot.h"

bool jni_version_known(jint version)
{
    switch (version) {
    case JNI_VERSION_1_1: case JNI_VERSION_1_2: case JNI_VERSION_1_4: case JNI_VERSION_1_6: case JNI_VERSION_1_8: case JNI_VERSION_9:
    case JNI_VERSION_10: return true;
    }
    return false;
}

/* An attached thread is in native code: it runs without the baton until it calls a JNI function. */
static jint attach(void **env, const JavaVMAttachArgs *args, bool daemon)
{
    Thread *t = current_thread;
    if (!t) {
        if (args && !jni_version_known(args->version)) return JNI_EVERSION;
        t = thread_attach(args ? args->name : NULL, args ? handle_get(args->group) : NULL, daemon);
        if (t->exception) { /* no Thread object could be made */
            t->exception = NULL;
            thread_detach(t);
            return JNI_ENOMEM;
        }
        jvm_leave(t);
    }
    *env = jni_env_of(t);
    return JNI_OK;
}

static jint JNICALL vm_AttachCurrentThread(JavaVM *vm, void **env, void *args)
{
    (void)vm;
    return attach(env, args, false);
}

static jint JNICALL vm_AttachCurrentThreadAsDaemon(JavaVM *vm, void **env, void *args)
{
    (void)vm;
    return attach(env, args, true);
}

static jint JNICALL vm_DetachCurrentThread(JavaVM *vm)
{
    (void)vm;
    if (!current_thread) return JNI_OK;
    if (current_thread->frame) return JNI_ERR; /* Java frames are active */
    thread_detach(jvm_enter());
    return JNI_OK;
}

static jint JNICALL vm_GetEnv(JavaVM *vm, void **env, jint version)
{
    (void)vm;
    *env = NULL;
    if (!current_thread) return JNI_EDETACHED;
    if (!jni_version_known(version)) return JNI_EVERSION; /* JVMTI's too */
    *env = jni_env_of(current_thread);
    return JNI_OK;
}

/* Waits for the last non-daemon thread, runs the shutdown hooks and leaves: the process is the VM. */
static jint JNICALL vm_DestroyJavaVM(JavaVM *vm)
{
    (void)vm;
    Thread *t = current_thread ? jvm_enter() : thread_attach("DestroyJavaVM", NULL, false);
    vm_destroy(t, 0);
}

static const struct JNIInvokeInterface_ invoke_table = {
    .DestroyJavaVM = vm_DestroyJavaVM, .AttachCurrentThread = vm_AttachCurrentThread, .DetachCurrentThread = vm_DetachCurrentThread,
    .GetEnv = vm_GetEnv, .AttachCurrentThreadAsDaemon = vm_AttachCurrentThreadAsDaemon,
};
JavaVM jni_vm = &invoke_table;

JNIEXPORT jint JNICALL JNI_GetCreatedJavaVMs(JavaVM **vms, jsize capacity, jsize *n)
{
    if (n) *n = 1;
    if (capacity > 0) vms[0] = &jni_vm;
    return JNI_OK;
}

/* The launcher of a JDK passes a JDK1_1InitArgs, whose stack size follows the version. */
JNIEXPORT jint JNICALL JNI_GetDefaultJavaVMInitArgs(void *args)
{
    JavaVMInitArgs *a = args;
    if (a->version == JNI_VERSION_1_1) {
        a->version = JNI_VERSION_1_2;
        *(jint *)((u8 *)args + 24) = (jint)vm_options.java_stack;
        return JNI_ERR; /* filled in, but no longer supported */
    }
    return jni_version_known(a->version) ? JNI_OK : JNI_ERR;
}

/* One VM per process, and it is there. */
JNIEXPORT jint JNICALL JNI_CreateJavaVM(JavaVM **vm, void **env, void *args)
{
    (void)vm, (void)env, (void)args;
    return JNI_EEXIST;
}
