/* Field orders of loaded classes: decided, changed and judged while the program runs. */
#ifndef LAYOUT_FIELDS_LIVE_H
#define LAYOUT_FIELDS_LIVE_H
#include "base/types.h"

/* What is known at a look at the samples: how long the program goes on, by the loop that it is in or as it is taken to be; and which share of misses' latencies loads hold the core up for. */
typedef struct FieldsOutlook { u64 cycles, instructions; double ahead, share; u32 loop; /* counted, or 0 */ i64 turn; } FieldsOutlook;
/* All that it does is charged. True: fields have moved. */
bool fields_live_look(const FieldsOutlook *now);
/* Objects lie elsewhere: what has been seen says nothing of what is to come. */
void fields_live_restart(void);
/* L1D misses that a look at which fields moved took, for the record (layout_field_moves). */
void fields_live_cost(u64 misses);

#endif
