/* The way back from a pass that has made things worse: objects lie in the order again in which they lay before it. */
#ifndef LAYOUT_BACK_H
#define LAYOUT_BACK_H
#include "layout/layout.h"

/* Stalls on what a pass has placed, for the same work: before it on what was loose and on what earlier passes had placed, and since; on what was loose
   and still is; and by how many percent chance may have it seem more. */
typedef struct Compared { double loose, placed, after, left, chance; } Compared;

/* The share of the stalls since that the pass has brought. */
double back_harm(const Compared *c);
/* Cycles that going back is expected to take, if an instruction of firmware takes `cpi`. */
double back_cost(const LayoutPass *p, double cpi);
/* Goes back, and notes in p what that took; false: nothing has moved. Charged to the service that is open. */
bool back_go(LayoutPass *p, u64 cycle, u64 instruction);

#endif
