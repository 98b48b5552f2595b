/* What samples say in a run without a core (--samples): the hot edges, and how much of the time is lost on what they lead to. */
#ifndef LAYOUT_NATIVE_SAMPLES_H
#define LAYOUT_NATIVE_SAMPLES_H
#include "layout/graph.h"

/* raw_open, or one line on what is wrong, and the end. */
void native_samples_open(const char *from);
/* Is that where edges come from? */
bool native_samples(void);
/* Looks at those that have come. */
void native_samples_look(void);
u32 native_samples_edges(Edge *out, u32 max);
/* Share of the cycles that were lost, of late, on objects that edges lead to and that no pass has placed; 0 while there are too few samples to tell. */
double native_samples_lost(void);
/* A pass was made along these edges. */
void native_samples_placed(const Edge *edges, u32 n);

#endif
