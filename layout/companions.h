/* Objects that never miss only because they lie beside what is hot: they go along when that moves, or they would be left behind. */
#ifndef LAYOUT_COMPANIONS_H
#define LAYOUT_COMPANIONS_H
#include "layout/place.h"

enum { MAX_COMPANIONS = 8 };

/* Adds edges to companions of what n edges lead to, as far as they are worth what they cost, behind these: there is room for MAX_COMPANIONS. Returns how many. */
u32 companions_add(const Graph *g, const Samples *samples, Edge *edges, u32 n, u64 (*cost)(const Edge *edges, u32 n));

#endif
