/* JVM_* functions of java.lang.Thread, Object's monitor methods, and raw monitors. Semantics are the scheduler's and monitor.c's; here
   are arguments, handles and messages. */
#define _GNU_SOURCE
#include "base/log.h"
#include "base/vec.h"
#include "classlib/jvm_entry.h"
#include "vm/native.h"
#include "vm/sched.h"
#include "vm/vm.h"
#include <jni.h>
#include <pthread.h>
#include <string.h>

/* ---- Life ------------------------------------------------------------------------------------------------------------- */
JNIEXPORT void JNICALL JVM_StartThread(JNIEnv *env, jobject thread)
{
    (void)env;
    Thread *t = jvm_enter();
    Object *o = handle_get(thread);
    if (thread_of_java(o)) throw_new(t, "java/lang/IllegalThreadStateException", NULL);
    else thread_start(t, o);
    jvm_leave(t);
}

/* Thread.stop(Throwable): at once if it is the caller, else at its next safepoint; blocked threads are woken for it. */
JNIEXPORT void JNICALL JVM_StopThread(JNIEnv *env, jobject thread, jobject throwable)
{
    (void)env;
    Thread *t = jvm_enter();
    Object *o = handle_get(thread), *e = handle_get(throwable);
    Thread *target = thread_of_java(o);
    if (!e) {
        throw_new(t, "java/lang/NullPointerException", NULL);
    } else if (target == t) {
        throw_object(t, e);
    } else if (target) {
        target->async_exception = e;
        target->pending_async = 1;
        target->poll = 0;
        sched_wake(target);
    } else {
        Field *f = class_declared_field(wk.Thread, symbol_of("stillborn"), NULL);
        if (f) FIELD(o, u8, f->offset) = 1;
    }
    jvm_leave(t);
}

JNIEXPORT jboolean JNICALL JVM_IsThreadAlive(JNIEnv *env, jobject thread)
{
    (void)env;
    Thread *t = jvm_enter();
    jboolean alive = thread_of_java(handle_get(thread)) != NULL;
    jvm_leave(t);
    return alive;
}

JNIEXPORT void JNICALL JVM_SuspendThread(JNIEnv *env, jobject thread)
{
    (void)env;
    Thread *t = jvm_enter();
    Thread *target = thread_of_java(handle_get(thread));
    if (target) sched_suspend(t, target);
    jvm_leave(t);
}

JNIEXPORT void JNICALL JVM_ResumeThread(JNIEnv *env, jobject thread)
{
    (void)env;
    Thread *t = jvm_enter();
    Thread *target = thread_of_java(handle_get(thread));
    if (target) sched_resume(target);
    jvm_leave(t);
}

JNIEXPORT void JNICALL JVM_SetThreadPriority(JNIEnv *env, jobject thread, jint priority)
{
    (void)env;
    Thread *t = jvm_enter();
    FIELD(handle_get(thread), i32, off.Thread_priority) = priority; /* the scheduler takes turns: priorities are hints, not kept */
    jvm_leave(t);
}

JNIEXPORT void JNICALL JVM_Yield(JNIEnv *env, jclass c)
{
    (void)env, (void)c;
    Thread *t = jvm_enter();
    sched_yield_baton(t);
    jvm_leave(t);
}

JNIEXPORT void JNICALL JVM_Sleep(JNIEnv *env, jclass c, jlong millis)
{
    (void)env, (void)c;
    Thread *t = jvm_enter();
    if (millis < 0) throw_new(t, "java/lang/IllegalArgumentException", "timeout value is negative");
    else thread_sleep(t, millis > INT64_MAX / 1000000 ? INT64_MAX : millis * 1000000);
    jvm_leave(t);
}

JNIEXPORT jobject JNICALL JVM_CurrentThread(JNIEnv *env, jclass c)
{
    (void)env, (void)c;
    Thread *t = jvm_enter();
    jobject r = handle_local(t, t->java);
    jvm_leave(t);
    return r;
}

JNIEXPORT jint JNICALL JVM_CountStackFrames(JNIEnv *env, jobject thread)
{
    (void)env;
    Thread *t = jvm_enter();
    Thread *target = thread_of_java(handle_get(thread));
    jint n = 0;
    for (Frame *f = target ? target->frame : NULL; f; f = f->prev) n++;
    jvm_leave(t);
    return n;
}

JNIEXPORT void JNICALL JVM_Interrupt(JNIEnv *env, jobject thread)
{
    (void)env;
    Thread *t = jvm_enter();
    Thread *target = thread_of_java(handle_get(thread));
    if (target) thread_interrupt(target);
    jvm_leave(t);
}

JNIEXPORT jboolean JNICALL JVM_IsInterrupted(JNIEnv *env, jobject thread, jboolean clear)
{
    (void)env;
    Thread *t = jvm_enter();
    Thread *target = thread_of_java(handle_get(thread));
    jboolean r = target && thread_test_interrupted(target, clear);
    jvm_leave(t);
    return r;
}

JNIEXPORT jboolean JNICALL JVM_HoldsLock(JNIEnv *env, jclass c, jobject object)
{
    (void)env, (void)c;
    Thread *t = jvm_enter();
    Object *o = handle_get(object);
    jboolean held = JNI_FALSE;
    if (o) held = monitor_held_by(t, o);
    else throw_new(t, "java/lang/NullPointerException", NULL);
    jvm_leave(t);
    return held;
}

/* Names the host thread, as far as the host shows names (15 bytes), if it is the caller's own. */
JNIEXPORT void JNICALL JVM_SetNativeThreadName(JNIEnv *env, jobject thread, jstring name)
{
    (void)env;
    Thread *t = jvm_enter();
    Object *s = handle_get(name);
    if (s && thread_of_java(handle_get(thread)) == t) {
        char *text = string_utf8(s), shortened[16];
        snprintf(shortened, sizeof shortened, "%s", text);
        free(text);
        pthread_setname_np(pthread_self(), shortened);
    }
    jvm_leave(t);
}

/* Thread[] of the live threads that have their Java object. */
JNIEXPORT jobjectArray JNICALL JVM_GetAllThreads(JNIEnv *env, jclass c)
{
    (void)env, (void)c;
    Thread *t = jvm_enter();
    i32 n = 0;
    for (Thread *p = thread_list; p; p = p->next) n += p->java && thread_of_java(p->java) == p;
    Object *array = array_new(t, class_array_of(wk.Thread), n);
    i32 i = 0;
    if (array)
        for (Thread *p = thread_list; p && i < n; p = p->next)
            if (p->java && thread_of_java(p->java) == p) array_set_ref(array, (u32)i++, p->java);
    jobjectArray r = array ? handle_local(t, array) : NULL;
    jvm_leave(t);
    return r;
}

/* ---- Monitors of objects ---------------------------------------------------------------------------------------------- */
JNIEXPORT void JNICALL JVM_MonitorWait(JNIEnv *env, jobject object, jlong millis)
{
    (void)env;
    Thread *t = jvm_enter();
    if (millis < 0) throw_new(t, "java/lang/IllegalArgumentException", "timeout value is negative");
    else monitor_wait(t, handle_get(object), millis);
    jvm_leave(t);
}

JNIEXPORT void JNICALL JVM_MonitorNotify(JNIEnv *env, jobject object)
{
    (void)env;
    Thread *t = jvm_enter();
    monitor_notify(t, handle_get(object), false);
    jvm_leave(t);
}

JNIEXPORT void JNICALL JVM_MonitorNotifyAll(JNIEnv *env, jobject object)
{
    (void)env;
    Thread *t = jvm_enter();
    monitor_notify(t, handle_get(object), true);
    jvm_leave(t);
}

JNIEXPORT jint JNICALL JVM_IHashCode(JNIEnv *env, jobject object)
{
    (void)env;
    Thread *t = jvm_enter();
    Object *o = handle_get(object);
    jint hash = o ? (jint)object_hash(t, o) : 0;
    jvm_leave(t);
    return hash;
}

/* ---- Raw monitors: plain mutexes for native code. A thread that has the baton gives it up before it waits for one. ---------- */
JNIEXPORT void *JNICALL JVM_RawMonitorCreate(void)
{
    pthread_mutex_t *m = xmalloc(sizeof *m);
    pthread_mutex_init(m, NULL);
    return m;
}

JNIEXPORT void JNICALL JVM_RawMonitorDestroy(void *monitor)
{
    pthread_mutex_destroy(monitor);
    free(monitor);
}

JNIEXPORT jint JNICALL JVM_RawMonitorEnter(void *monitor)
{
    if (pthread_mutex_trylock(monitor) == 0) return 0;
    Thread *t = current_thread;
    if (t) native_blocking_begin(t);
    pthread_mutex_lock(monitor);
    if (t) native_blocking_end(t);
    return 0;
}

JNIEXPORT void JNICALL JVM_RawMonitorExit(void *monitor)
{
    pthread_mutex_unlock(monitor);
}
