/* Field orders of loaded classes: decided, changed and judged while the program runs. */
#ifndef LAYOUT_FIELDS_LIVE_H
#define LAYOUT_FIELDS_LIVE_H
#include "base/types.h"

/* At a look at the samples; all that it does is charged. True: fields have moved. */
bool fields_live_look(u64 cycles, u64 instructions);
/* L1D misses that a look at which fields moved took, for the record (layout_field_moves). */
void fields_live_cost(u64 misses);

#endif
