/* The way into the VM for exported functions. Natives that may block run without the baton, and every JNI_*, JVM_* and JNI
   table function that they call takes it back: jvm_enter at its head, jvm_leave at its tail (on every path). Both nest, and cost a
   counter when the caller holds the baton already (bounded natives, JNI functions called by the VM itself).

       JNIEXPORT jint JNICALL JVM_Example(JNIEnv *env, jobject o)
       {
           Thread *t = jvm_enter();
           jint r = ...;
           jvm_leave(t);
           return r;
       }

   Between the two, plain Object pointers on the C stack are safe (conservative scanning); outside, only handles are. */
#ifndef CLASSLIB_JVM_ENTRY_H
#define CLASSLIB_JVM_ENTRY_H
#include "vm/thread.h"

/* The calling thread, holding the baton now. The thread must be attached. */
static inline Thread *jvm_enter(void)
{
    Thread *t = current_thread;
    if (LIKELY(t->held != 0)) t->held++;
    else baton_take(t);
    return t;
}

/* Undoes one jvm_enter: gives the baton back if that one took it. */
static inline void jvm_leave(Thread *t)
{
    if (LIKELY(t->held > 1)) t->held--;
    else baton_release(t);
}

#endif
