/* What classes looked like and missed before the first layout pass, and since the last one: the two sides of their pictures. */
#ifndef REPORT_HEAT_H
#define REPORT_HEAT_H
#include "report/observe.h"

/* A part of the run: its instructions, and L1D misses by number of target. */
typedef struct HeatSpan { u64 instructions, *l1d; } HeatSpan;

void heat_start(void);
bool heat_due(void);                /* would a tick see one */
void heat_tick(void);                /* now and then: sees that a pass was made since the last time */
void heat_class(const Class *c);     /* it missed for the first time: where its fields lie now is how it was before */
/* The spans; false: there was no pass. `l1d` are malloc'ed, observed.targets.len long. */
bool heat_spans(HeatSpan *before, HeatSpan *after);
/* The size of an instance of `c` when it first missed, and the offsets that its instance fields had, superclasses' behind its own, in class-file
   order; NULL: it never missed. The offsets are borrowed. */
const u32 *heat_offsets(const Class *c, u32 *bytes);
/* Misses by target in the whole run so far; malloc'ed. */
u64 *heat_now(void);

#endif
