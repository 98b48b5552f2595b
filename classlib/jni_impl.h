/* What the files that implement the JNI function table share. Each function is declared with the type that its slot has in
   the JDK's jni.h, so a wrong signature does not compile. */
#ifndef CLASSLIB_JNI_IMPL_H
#define CLASSLIB_JNI_IMPL_H
#include <jni.h>
#include "base/log.h"
#include "classlib/jvm_entry.h"
#include "vm/native.h"

#define J(name) extern __typeof__(*((const struct JNINativeInterface_ *)0)->name) jni_##name;
#include "classlib/jni.def"
#undef J
extern const struct JNINativeInterface_ jni_table;
extern JavaVM jni_vm; /* the one VM */
enum { JNI_VERSION_NOW = JNI_VERSION_10 };

/* JNIEnv of a thread, made on first use. */
JNIEnv *jni_env_of(Thread *t);
bool jni_version_known(jint version);

/* JNI_SCOPE() at the head of a JNI function: `t` is the current thread, which holds the baton until the function returns. Native code may go on
   while an exception is pending: it is set aside, so that the function works, and is pending again afterwards unless there is a new one. */
typedef struct JniScope { Thread *thread; Object *pending; } JniScope;
static inline JniScope jni_scope_begin(void)
{
    Thread *t = jvm_enter();
    JniScope scope = { t, t->exception };
    t->exception = NULL;
    return scope;
}
static inline void jni_scope_end(JniScope *scope)
{
    if (UNLIKELY(scope->pending != NULL) && !scope->thread->exception) scope->thread->exception = scope->pending;
    jvm_leave(scope->thread);
}
#define JNI_SCOPE() JniScope scope __attribute__((cleanup(jni_scope_end))) = jni_scope_begin(); Thread *t = scope.thread; (void)t; (void)env

/* For the functions about the pending exception itself: it stays where it is. */
static inline void jni_scope_leave(Thread **t) { jvm_leave(*t); }
#define JNI_SCOPE_OF_EXCEPTION() Thread *t __attribute__((cleanup(jni_scope_leave))) = jvm_enter(); (void)env

/* Class behind a jclass; NULL for null. */
static inline Class *jni_class(jclass c)
{
    Object *mirror = handle_get(c);
    return mirror ? mirror_class(mirror) : NULL;
}
static inline jobject jni_mirror(Thread *t, const Class *c) { return c ? handle_local(t, c->mirror) : NULL; }

/* jni_call.c: an instance without a constructor run. Initializes the class; throws InstantiationException. */
Object *instance_allocate(Thread *t, Class *c);
/* jni_buffer.c: a direct ByteBuffer over memory that outlives it. */
Object *direct_buffer_new(Thread *t, void *address, i64 capacity);
/* nativelib.c: binds a native method to a function that RegisterNatives or a library gave; NULL unbinds. */
void native_bind(Method *m, void *function);

#endif
