/* Exceptions beyond vm.h: what boot prepares. */
#ifndef VM_EXCEPTION_H
#define VM_EXCEPTION_H
#include "vm/vm.h"

/* Makes the OutOfMemoryErrors that are thrown when nothing can be allocated any more. After wellknown_load. Throws. */
void exceptions_preallocate(Thread *t);

#endif
