/* Where base pointers come from: for a sampled access at (method, bytecode), the reference fields or arrays that the accessed
   object's address was loaded from. Static, flow-insensitive for locals, a few calls deep, cached per method. */
#ifndef LAYOUT_ORIGIN_H
#define LAYOUT_ORIGIN_H
#include "vm/vm.h"

typedef struct Origin {
    Field *field;   /* loaded from this field; or */
    Class *array;   /* from an element of an array of this class (NULL array and NULL field: element of an array of unknown class) */
} Origin;
enum { MAX_ORIGINS = 4 };

/* Fills out[MAX_ORIGINS]; returns how many (0: unknown, e.g. a parameter). */
u32 origins_of(Method *m, u32 bci, Origin *out);

#endif
