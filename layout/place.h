/* Placing: finds the objects that hot edges connect, and has the heap move them in the order in which the program reaches them. */
#ifndef LAYOUT_PLACE_H
#define LAYOUT_PLACE_H
#include "layout/graph.h"
#include "layout/layout.h"

/* Objects that recent samples hit and that no pass had placed, and large arrays of references that they hit, the latest first; none was collected
   since. In the TABLE window. */
typedef struct Samples { GcObject **object; u32 n; GcObject **array; u32 narrays; } Samples;

typedef struct PlaceOrder {
    const Edge *edges;
    u32 nedges;
    LayoutOrder order;
    u64 seed;                   /* of LAYOUT_random */
    u32 line_bytes, page_bytes;
    bool remember;              /* there may be a way back (gc_move_back) */
} PlaceOrder;
typedef struct PlaceResult { GcMoveResult heap; u64 reached, rewritten; u32 sweeps; } PlaceResult; /* rewritten: slots, by it and by the heap */
/* Adds edges that are not hot only because what they lead to lies near, by the sampled objects: it would be left behind. There is room for `max` behind
   the n that are given; returns how many. */
u32 place_companions(const Samples *samples, Edge *edges, u32 n, u32 max);
/* Objects beyond some size have lines enough of their own and stay where they are. */
bool place_takes(u64 bytes);
/* Everything it reads and writes is charged to the service that is open (charge_begin). */
bool place_objects(const PlaceOrder *order, const Samples *samples, PlaceResult *result);

#endif
