/* Calling Java from C, beyond vm.h: how call.c and the runtime make frames. */
#ifndef VM_CALL_H
#define VM_CALL_H
#include "vm/vm.h"

/* First free slot above everything that is live on the thread's Java stack. */
u64 *call_stack_top(const Thread *t);
/* Runs a bound or not yet bound native method with its arguments at args on the Java stack (room for two slots at least): pushes its frame,
   locks, calls, normalises the result into args[0]. False: an exception is pending. */
bool call_native(Thread *t, Method *m, u64 *args);
/* The method that a method-handle intrinsic (MethodEntry) goes on with; NULL: thrown. */
Method *call_handle_target(Thread *t, MethodEntry entry, Object *handle_or_name, Object *receiver);

#endif
