/* Exceptions beyond vm.h: what boot prepares. */
#ifndef VM_EXCEPTION_H
#define VM_EXCEPTION_H
#include "vm/vm.h"

/* Makes the OutOfMemoryErrors that are thrown when nothing can be allocated any more. After wellknown_load. Throws. */
void exceptions_preallocate(Thread *t);

/* What is to be done, before it is thrown, on an OutOfMemoryError for want of heap; NULL: nothing. Runs no Java. */
extern void (*out_of_memory_hook)(Thread *t, const char *message);

#endif
