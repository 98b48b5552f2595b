/* Which reference fields can hold an instance of given classes, by their declared types: lets a move rewrite references without
   looking at most of the heap's slots. */
#ifndef VM_SLOTS_H
#define VM_SLOTS_H
#include "vm/class.h"

/* A collection or move starts: earlier answers are no longer used. */
void slots_reset(void);
/* GcClient.slots_for. */
const GcRange *slots_for(const GcShape *shape, GcShape *const *moved, u32 nmoved, u32 *count);

#endif
