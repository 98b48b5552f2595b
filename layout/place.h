/* Placing: finds the objects that hot edges connect, orders them, and has the heap move them in that order. */
#ifndef LAYOUT_PLACE_H
#define LAYOUT_PLACE_H
#include "layout/graph.h"

typedef struct PlaceResult { GcMoveResult heap; u64 members, roots; } PlaceResult;
/* Everything it reads and writes is charged to the service that is open (charge_begin). */
bool place_objects(const Edge *edges, u32 n, u32 line_bytes, u32 page_bytes, PlaceResult *result);

#endif
