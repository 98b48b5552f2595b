/* Native methods: how they are bound and called, and JNI references. */
#ifndef VM_NATIVE_H
#define VM_NATIVE_H
#include "vm/vm.h"

typedef enum NativeKind {
    NATIVE_NONE,   /* not bound yet */
    NATIVE_DIRECT, /* the VM's own: u64 fn(Thread *t, u64 *args), raw slots and plain pointers; result raw (see DirectNative) */
    NATIVE_JNI     /* a JNI function: called through libffi with JNIEnv*, jclass/jobject, arguments; references as handles */
} NativeKind;
/* args as in vm_call (receiver first unless static). May throw (t->exception) and may collect. */
typedef u64 (*DirectNative)(Thread *t, u64 *args);

/* The VM's own natives (classlib/natives.def): binds by class, name, descriptor; NULL if it has none. */
DirectNative native_find_direct(const Symbol *class_name, const Symbol *name, const Symbol *desc);

/* JNI references (classlib/handles.c). A jobject is a pointer to a slot that holds an Object*; weak globals have bit 0 set,
   globals bit 1. NULL stands for null. Slots are exact roots (moved objects are updated). */
typedef void *Handle;
Handle handle_local(Thread *t, Object *o);
Handle handle_global(Object *o);
Handle handle_weak_global(Object *o);
void handle_delete_local(Thread *t, Handle h);
void handle_delete_global(Handle h);
void handle_delete_weak(Handle h);
void handle_counts(u64 *global, u64 *weak); /* how many there are */
Object *handle_get(Handle h);
void *handles_push(Thread *t, u32 capacity); /* a local frame; returns its token */
void handles_pop(Thread *t, void *token);
void handle_roots(GcVisitPtr exact, void *ctx);
void handle_weak_roots(GcVisitPtr weak, void *ctx);
void handle_thread_roots(Thread *t, GcVisitPtr exact, void *ctx);
void handles_free(Thread *t);
void *handles_top(Thread *t); /* token of the innermost local frame */
/* Objects that native code has the plain address of (critical arrays): ambiguous roots, so that they stay where they are. */
void handle_pin(Object *o);
void handle_unpin(const Object *o);
void handle_pinned_roots(GcVisitRange ambiguous, void *ctx);

#endif
