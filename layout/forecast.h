/* What a pass is expected to cost and to save, by the edges along which it would place objects (the hottest first) and by what has been allocated. */
#ifndef LAYOUT_FORECAST_H
#define LAYOUT_FORECAST_H
#include "layout/graph.h"

/* Objects that the edges can lead to. */
u64 forecast_targets(const Edge *edges, u32 n);
/* Are nearly all of them of the hottest class? */
bool forecast_one_class(const Edge *edges, u32 n);
/* Bytes by which what the hottest edge leads to has grown since the look before. */
u64 forecast_growth(const Edge *edges, u32 n);
/* What a pass is expected to do if it moves all that the edges can lead to: instructions; lines met in no order, as the program meets them; and lines read or
   written one after the other. The walk for other references meets the heap as it is, garbage and all; boot_bytes of it were there before the program began. */
typedef struct PassWork { double instructions, found, streamed; } PassWork;
PassWork forecast_work(const Edge *edges, u32 n, u64 boot_bytes);
/* Does a field of the class itself lead to its objects? */
bool forecast_linked(const Edge *edges, u32 n, const Class *c);
/* Stalls on what an edge leads to: of late; `ever`: or since the program began, and in earlier runs. */
double forecast_stalls(const Edge *e, bool ever);
/* Percent of the stalls that placing is expected to save: along one of the edges, and along all. */
u32 forecast_saved_along(const Edge *edges, u32 n, const Edge *e);
double forecast_saved(const Edge *edges, u32 n);

/* Misses have been seen to overlap: those on what is not linked hide behind each other, and half as much is saved there, a quarter where nothing hot follows. */
void forecast_overlap(bool seen);
/* The lines behind one that misses are fetched ahead, and those that a stride leads to: otherwise less is saved by objects that follow each other. Taken to be so until it is said. */
void forecast_prefetch(bool next, bool strides);

#endif
