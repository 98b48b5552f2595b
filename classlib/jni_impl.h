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

/* JNI_SCOPE() at the head of a JNI function: `t` is the current thread, which holds the baton until the function returns. */
static inline void jni_scope_end(Thread **t) { jvm_leave(*t); }
#define JNI_SCOPE() Thread *t __attribute__((cleanup(jni_scope_end))) = jvm_enter(); (void)t; (void)env

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
