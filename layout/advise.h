/* Advice for whoever can change the source: what other declarations of the classes that cost most would be worth. */
#ifndef LAYOUT_ADVISE_H
#define LAYOUT_ADVISE_H
#include "layout/graph.h"
#include <stdio.h>

/* Prints it, from the heat of fields (heat.h) and of edges. `cycles`: of the whole run; `samples`: how many it rests on. */
void advise_print(FILE *out, const Graph *g, u64 cycles, u32 cores, u64 samples);

#endif
