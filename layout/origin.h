/* Where base pointers come from: for a sampled access at (method, bytecode), the reference fields or arrays that the accessed
   object's address was loaded from. Static, by the assignments of locals that reach the access, a few calls deep, through parameters as far as callers are known; cached
   per method. */
#ifndef LAYOUT_ORIGIN_H
#define LAYOUT_ORIGIN_H
#include "vm/vm.h"

typedef struct Origin {
    Field *field;   /* loaded from this field; or */
    Class *array;   /* from an element of an array of this class (NULL array and NULL field: element of an array of unknown class) */
} Origin;
enum { MAX_ORIGINS = 4 };

/* Fills out[MAX_ORIGINS]; returns how many (0: unknown, e.g. a parameter). `places`: the access, then its callers, `n` in all (>= 1). Sets *by_caller
   (unless NULL) if it is a matter of callers, whether they were given or not. */
u32 origins_of(const CodePlace *places, u32 n, Origin *out, bool *by_caller);

/* What is known of methods, when some may have been unloaded. */
void origins_forget(void);

/* The class of a field's declared type (or of anything with a descriptor), if it is loaded. */
Class *origin_class(Loader *loader, const Symbol *desc);

#endif
