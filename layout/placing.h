/* What the parts of placing share: which slots of a class's objects are followed (place.c), the traversal (follow.c), and looking at samples before
   it (worth.c). */
#ifndef LAYOUT_PLACING_H
#define LAYOUT_PLACING_H
#include "layout/place.h"
#define MOVER_TOUCH(p, n, write) charge_touch(p, n, write)
#include "gc/mover.h"
#include "layout/costs.h"
#include "layout/slots.h"
#include "base/hash.h"

enum { MAX_PER_CLASS = 8, PLACE_LARGE = 1024, SMALL_ARRAY = 32 };
enum { LINES, GROUPS, PAGES, LEVELS };

typedef struct ClassEdges {
    Class *c;
    u32 n, size;          /* size of instances; 0: of arrays */
    u32 leaves;           /* the first so many of `offsets`: see is_leaf */
    u32 extent;           /* where the last slot ends */
    u32 branches;         /* slots behind the leaves */
    bool allowed, asked;  /* objects may move, once the heap was asked about it */
    bool runs;            /* one that is alone is followed at once, whatever else waits */
    bool chained;         /* its only slot leads to its like */
    bool besides;         /* there is more to do at an object than to follow branches: leaves, cold slots, slots that lead back */
    u64 slots;            /* as gc_move_settles wants them */
    u16 offsets[MAX_PER_CLASS];
    u32 ncold;            /* links that are followed last */
    u16 cold[MAX_PER_CLASS];
    u32 nback;            /* of trees' nodes: fields that are no hot edges but lead back to their kind, such as a parent */
    u16 back[MAX_PER_CLASS];
    bool elements, target;
} ClassEdges;

enum { RECENT = 256 };
extern struct Placing {
    const Edge *edges;
    u32 nedges;
    Map classes;                /* Class* -> its ClassEdges; 0: not involved */
    struct Recent { Class *c; ClassEdges *edges; } recent[RECENT]; /* some of it */
    struct Movable { u32 shape; ClassEdges *edges; } movable[RECENT]; /* some of those whose objects have moved, by what these begin with */
    Vec(ClassEdges *) by_class;
    struct { GcObject **data; size_t len, cap; } members; /* starts found by a sweep */
    Slots slots;                /* to be followed: see follow.c */
    Vec(GcObject *) arrays;     /* reached, their elements still to be followed */
    Queue cold;                 /* slots to follow when all else has been */
    Queue later;                /* slots to be set when all have moved */
    Map stayed;                 /* reached objects that did not move */
    u64 block[LEVELS];          /* bytes of a line, a group of lines, a page */
    GcMover *mover;             /* its place is where the last object ends */
    u64 last_bytes;             /* its size: the next is taken to be like it */
    u64 reached;
    u64 rewritten;              /* slots set here */
    LayoutOrder order;
    bool blocks;                /* it is ours, or one of those that are there to compare with? */
    bool levels;                /* breadth first */
    bool all;                   /* the sweep takes objects that edges lead to, too */
} placing;
#define P placing

static inline ref_t *slot_of(GcObject *o, u32 offset) { return (ref_t *)((u8 *)o + offset); }

/* The hot edges that leave objects of class c, and whether c is reached by one; NULL: neither. Asked for every object: the answers are at hand, by class. */
ClassEdges *place_find_edges(Class *c);
static inline ClassEdges *edges_of(Class *c)
{
    struct Recent *r = &P.recent[(u32)(u64)c * 0x9e3779b1u >> 24]; /* 8 bits: RECENT */
    if (UNLIKELY(r->c != c)) {
        ClassEdges *e = place_find_edges(c);
        *r = (struct Recent){ c, e };
    }
    return r->edges;
}

/* Before a traversal, or to look at samples. */
void place_reset(const PlaceOrder *o);

/* ---- follow.c */
/* Copies o, which has not moved; o itself if it stays and is met for the first time; NULL: it was met before. */
GcObject *place_move(GcObject *o, ClassEdges *e);
/* Places the object at *slot and all that hangs from it. */
void place_grow(ref_t *slot);
/* The same of an array's elements, one after the other. */
void place_elements(GcObject *array);
/* The same of an object that has been placed. */
void place_beyond(GcObject *o, ClassEdges *e);
/* What o refers to, in an order that is no block's, is left for place_waiting. */
void place_wait(GcObject *o, ClassEdges *e);
void place_waiting(void);
/* What could not be set when it was met. */
void place_later(void);

/* ---- worth.c */
bool place_worth(const Samples *s);

#endif
