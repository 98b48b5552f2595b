/* For reports: what the samples amount to, field by field, to hold against what the observer saw. Nothing is decided by it. */
#ifndef LAYOUT_SEEN_H
#define LAYOUT_SEEN_H
#include "vm/vm.h"

/* One sampled L1D miss at byte `offset` of o, which stands for so many. */
void seen_sample(const GcObject *o, u32 offset, u64 misses);
/* Misses on a field, by samples; of a class on everything else: headers, lengths, elements. */
u64 seen_misses(const void *field_or_class);

#endif
