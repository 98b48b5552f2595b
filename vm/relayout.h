/* Giving fields of loaded classes other offsets, with all that knows them: instances, reference maps, quickened and compiled code. */
#ifndef VM_RELAYOUT_H
#define VM_RELAYOUT_H
#include "vm/vm.h"

typedef struct FieldPlace { Field *f; u32 offset; } FieldPlace;
typedef enum RelayoutOutcome {
    RELAYOUT_DONE,
    RELAYOUT_BUSY,       /* not now: compiled code that knows the offsets is where it cannot be left, or other cores run */
    RELAYOUT_IMPOSSIBLE  /* fields would overlap, or instances would have to grow */
} RelayoutOutcome;
typedef struct RelayoutResult { u64 instances, bytes; } RelayoutResult;

/* At a poll of the current thread. None of the fields is static or of a class whose offsets are known elsewhere; the classes are loaded, of kind GC_OBJECT or
   GC_LEAF. Either all is done or nothing has changed. What it reads and writes is charged to the service that is open. */
RelayoutOutcome relayout(const FieldPlace *places, u32 n, RelayoutResult *result);

#endif
