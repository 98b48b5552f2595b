/* Ordering objects along hot edges, in one traversal: each object is copied when it is first reached, while its line is at hand, and the slot
   through which it was reached is set at once.
     starts  what the stacks refer to and what hot static fields hold; then the objects of recent samples from which edges lead but to
             which none does (a table, a list's head). If most sampled objects have moved then, that was all. Otherwise the heap is swept for
             the other objects of such classes; and if that too leaves sampled objects behind, for all objects that edges leave
     order   along classes with one hot edge: run order. Objects with several: blocks. Starting at a block's root, what was met first joins until
             the line is full; the subtrees that are left over start the next lines; groups of a few lines, which prefetchers
             bring together, and pages are filled with blocks the same way. An array's elements follow each with all that hangs from it
   Objects of more than LARGE bytes stay where they are: they have lines enough of their own. */
#include "layout/place.h"
#define MOVER_TOUCH(p, n, write) charge_touch(p, n, write)
#include "gc/mover.h"
#include "layout/affinity.h"
#include "layout/costs.h"
#include "layout/slots.h"
#include "base/log.h"
#include "base/hash.h"
#include "vm/locate.h"
#include <stdlib.h>
#include <string.h>

enum { MAX_PER_CLASS = 8, RECENT = 256, LARGE = 1024, SMALL_ARRAY = 32, LEAF = 32 /* bytes of an object that goes right behind what leads to it */, ENOUGH = 50 /* percent of the sampled objects */, NEAR = 128, ENOUGH_OBJECTS = 4 };
enum { NODES, LINES, GROUPS, PAGES, LEVELS, GROUP_LINES = 4 };

typedef struct ClassEdges {
    Class *c;
    u32 n, size;          /* size of instances; 0: of arrays */
    u32 leaves;           /* the first so many of `offsets`: see is_leaf */
    u32 extent;           /* where the last slot ends */
    u32 branches;         /* slots behind the leaves */
    bool allowed, asked;  /* objects may move, once the heap was asked about it */
    u64 slots;            /* as gc_move_settles wants them */
    u16 offsets[MAX_PER_CLASS];
    u32 ncold;            /* links that are followed last */
    u16 cold[MAX_PER_CLASS];
    u32 nback;            /* of trees' nodes: fields that are no hot edges but lead back to their kind, such as a parent */
    u16 back[MAX_PER_CLASS];
    bool elements, target;
} ClassEdges;

static struct Placing {
    const Edge *edges;
    u32 nedges;
    Map classes;                /* Class* -> its ClassEdges; 0: not involved */
    struct Recent { Class *c; ClassEdges *edges; } recent[RECENT]; /* some of it */
    Vec(ClassEdges *) by_class;
    struct { GcObject **data; size_t len, cap; } members; /* starts found by a sweep */
    Queue queue[LEVELS];        /* left over at each level; what is left of pages lies in the TABLE window, as it may be much */
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
    bool levels;                /* breadth first */
    bool all;                   /* the sweep takes objects that edges lead to, too */
} P;

/* Or in one of the orders that are there to compare with? */
static bool in_blocks(void) { return P.order == LAYOUT_auto || P.order == LAYOUT_static_edges; }

/* A small object from which no edge leads on, such as a boxed key: next to its holder it shares its line, and delays little. */
static bool is_leaf(const Edge *x)
{
    if (!in_blocks() || x->to->kind == CLASS_ARRAY || x->to->shape.size > LEAF) return false;
    for (u32 i = 0; i < P.nedges; i++)
        if (!P.edges[i].cold && class_subtype(x->to, P.edges[i].from) && !(P.edges[i].field && P.edges[i].field->access & ACC_STATIC)) return false;
    return true;
}

/* Leaves first, otherwise in the order of their heat. */
static void add_offset(ClassEdges *e, u32 offset, bool leaf)
{
    for (u32 k = 0; k < e->n; k++)
        if (e->offsets[k] == offset) return;
    if (e->n == MAX_PER_CLASS) return;
    u32 at = leaf ? e->leaves : e->n;
    memmove(&e->offsets[at + 1], &e->offsets[at], (e->n - at) * sizeof *e->offsets);
    e->offsets[at] = (u16)offset;
    e->n++, e->leaves += leaf;
    if (offset + sizeof(ref_t) > e->extent) e->extent = offset + sizeof(ref_t);
    if (offset < 256) e->slots |= 1ull << offset / 4;
}

/* Where a node's parent has moved already, the reference to it is set as the node moves, with both at hand. */
static void find_back(ClassEdges *e)
{
    for (const Class *c = e->c; c; c = c->super)
        for (u32 i = 0; i < c->nfields; i++) {
            const Field *f = &c->fields[i];
            if (f->access & ACC_STATIC || f->type != T_OBJECT || f->offset >= 256 || e->slots >> f->offset / 4 & 1 || e->nback == MAX_PER_CLASS) continue;
            const Class *to = origin_class(f->owner->loader, f->desc);
            if (!to || to == wk.Object || to->access & ACC_INTERFACE || !class_subtype(e->c, to)) continue;
            e->back[e->nback++] = (u16)f->offset;
            e->slots |= 1ull << f->offset / 4;
        }
}

static __attribute__((noinline)) ClassEdges *find_edges(Class *c)
{
    const u64 *known = map_get(&P.classes, (u64)c);
    if (known) return (ClassEdges *)*known;
    ClassEdges e = { .c = c, .size = c->kind == CLASS_ARRAY ? 0 : c->shape.size };
    for (u32 i = 0; i < P.nedges; i++) {
        const Edge *x = &P.edges[i];
        if (x->to == c) e.target = true;
        if ((x->field && x->field->access & ACC_STATIC) || !class_subtype(c, x->from)) continue;
        if (x->cold) e.cold[e.ncold++] = (u16)x->field->offset;
        else if (!x->field) e.elements = true;
        else add_offset(&e, x->field->offset, is_leaf(x));
    }
    e.branches = e.n - e.leaves;
    if (e.branches == 1 && !e.leaves) e.ncold = 0; /* chains are followed in runs */
    for (u32 i = 0; i < e.ncold; i++)
        if (e.cold[i] < 256) e.slots |= 1ull << e.cold[i] / 4;
    if (e.target && e.branches > 1 && in_blocks()) find_back(&e);
    ClassEdges *involved = NULL;
    if (e.n || e.elements || e.target) {
        involved = xmalloc(sizeof e);
        *involved = e;
        vec_push(&P.by_class, involved);
    }
    *map_put(&P.classes, (u64)c) = (u64)involved;
    return involved;
}

/* The hot edges that leave objects of class c, and whether c is reached by one. Asked for every object: the answers are at hand, by class. */
static inline ClassEdges *edges_of(Class *c)
{
    struct Recent *r = &P.recent[(u32)(u64)c * 0x9e3779b1u >> 24]; /* 8 bits: RECENT */
    if (UNLIKELY(r->c != c)) {
        ClassEdges *e = find_edges(c);
        *r = (struct Recent){ c, e };
    }
    return r->edges;
}

/* ---- Following slots ---------------------------------------------------------------------------------- */

static ref_t *slot_of(GcObject *o, u32 offset) { return (ref_t *)((u8 *)o + offset); }

static void set_slot(ref_t *slot, GcObject *to)
{
    charge_touch(slot, sizeof *slot, true);
    *slot = gc_encode(to);
    P.rewritten++;
}

/* o did not move: is it met for the first time? */
static bool first_stay(GcObject *o)
{
    u64 *seen = map_put(&P.stayed, (u64)o);
    return !(*seen)++;
}

bool place_takes(u64 bytes) { return bytes <= LARGE; }

static __attribute__((noinline)) void turn_back(GcObject *o, const ClassEdges *e)
{
    for (u32 i = 0; i < e->nback; i++) {
        ref_t *slot = slot_of(o, e->back[i]);
        charge_units(table_word, 1);
        GcObject *target = gc_decode(*slot), *to;
        if (!target) continue;
        charge_units(back, 1);
        charge_touch(target, sizeof *target, false);
        if ((to = gc_moved_to(target))) {
            set_slot(slot, to);
            continue;
        }
        ref_t **room = queue_room(&P.later, 1);
        *room++ = slot;
        charge_units(edge, 1);
        queue_written(&P.later, room);
    }
}

/* What had not moved then. */
static void turn_later(void)
{
    Queue *q = &P.later;
    while (!queue_empty(q)) {
        ref_t *slot = queue_take(q);
        charge_units(back, 1);
        charge_touch(slot, sizeof *slot, false);
        GcObject *target = gc_decode(*slot), *to;
        charge_touch(target, sizeof *target, false);
        if ((to = gc_moved_to(target))) set_slot(slot, to);
    }
    q->head = q->len = 0;
}

static __attribute__((noinline)) GcObject *move_by_heap(GcObject *o, ClassEdges *e, u64 size)
{
    if (!e->asked) e->asked = true, e->allowed = gc_move_allows(&e->c->shape);
    GcObject *to = e->allowed && size <= LARGE ? gc_move_object(o) : NULL;
    return to ? to : first_stay(o) ? o : NULL;
}

static inline u64 bytes_of(const GcObject *o, const ClassEdges *e)
{
    if (LIKELY(e->size)) return e->size;
    return ALIGN_UP(e->elements ? ARRAY_BASE + gc_length(o) * sizeof(ref_t) : gc_object_size(o), 8ull);
}

/* Copies o, which has not moved; o itself if it stays and is met for the first time. */
static inline __attribute__((always_inline)) GcObject *move_inline(GcObject *o, ClassEdges *e)
{
    u64 size = bytes_of(o, e);
    GcObject *to = LIKELY(e->allowed && size <= LARGE) ? mover_move(P.mover, o, size) : NULL;
    if (UNLIKELY(!to)) {
        if ((to = move_by_heap(o, e, size)) == o || !to) return to;
    } else {
        charge_units(node, 1);
        charge_units(table_word, size / 8);
    }
    P.last_bytes = size;
    if (UNLIKELY(e->nback)) turn_back(to, e);
    return to;
}

static __attribute__((noinline)) GcObject *move(GcObject *o, ClassEdges *e) { return move_inline(o, e); }

/* What *slot refers to, moved; NULL: it is nothing, or no new one. *slot is set. */
static inline __attribute__((always_inline)) GcObject *take(ref_t *slot, ClassEdges **edges)
{
    charge_touch(slot, sizeof *slot, false);
    charge_units(table_word, 1); /* as much as a slot that is NULL takes */
    GcObject *o = gc_decode(*slot), *to;
    if (!o) return NULL;
    charge_units(follow, 1);
    charge_touch(o, sizeof *o, false);
    if ((to = gc_moved_to(o))) {
        set_slot(slot, to);
        return NULL;
    }
    ClassEdges *e = *edges = edges_of(object_class((Object *)o));
    if (UNLIKELY(!e || !(to = move_inline(o, e)))) {
        gc_move_meets(o);
        return NULL;
    }
    P.reached++;
    if (LIKELY(to != o)) set_slot(slot, to);
    else gc_move_meets(o);
    return to;
}

/* Slots for the queue have been written up to `to`. If it is one alone, there is one way to go on, whatever ways there might be, and it is returned instead. */
static inline ref_t *branched(Queue *q, ref_t **to)
{
    ref_t **from = &q->data[q->len];
    charge_units(edge, to - from);
    if (to - from == 1 && in_blocks()) return *from;
    queue_written(q, to);
    return NULL;
}

/* Slots of small arrays are branches like fields; those of others wait until this traversal is done. */
static ref_t *branch_elements(GcObject *array, Queue *q)
{
    u32 n = gc_length(array);
    if (n > SMALL_ARRAY && in_blocks()) {
        vec_push(&P.arrays, array);
        return NULL;
    }
    charge_touch(array, gc_object_size(array), false);
    charge_units(table_word, n);
    ref_t **to = queue_room(q, n);
    for (ref_t *slot = slot_of(array, ARRAY_BASE), *end = slot + n; slot < end; slot++)
        if (*slot) *to++ = slot;
    return branched(q, to);
}

/* NULL: all ways on are in the queue. */
static inline ref_t *branch(GcObject *o, const ClassEdges *e, Queue *q)
{
    if (UNLIKELY(e->elements)) return branch_elements(o, q);
    ref_t **to = queue_room(q, e->branches);
    charge_touch(o, e->extent, false);
    const u16 *offset = &e->offsets[e->leaves];
    for (const u16 *end = offset + e->branches; offset < end; offset++)
        if (*slot_of(o, *offset)) *to++ = slot_of(o, *offset);
    return branched(q, to);
}

/* More of the same class. */
static __attribute__((noinline)) ref_t *chain(ref_t *slot, const ClassEdges *e)
{
    GcObject *next = gc_decode(*slot);
    if (!next || !e->size || e->size > LARGE || object_class((Object *)next) != e->c) return slot;
    u64 moved = P.mover->n;
    ref_t *end = gc_move_chain(slot, &e->c->shape, e->offsets[0]);
    u64 n = P.mover->n - moved;
    P.reached += n, P.rewritten += n;
    return end;
}

static __attribute__((noinline)) void wait_cold(GcObject *o, const ClassEdges *e)
{
    ref_t **to = queue_room(&P.cold, e->ncold);
    charge_touch(o, e->extent, false);
    charge_units(edge, e->ncold);
    for (u32 i = 0; i < e->ncold; i++)
        if (*slot_of(o, e->cold[i])) *to++ = slot_of(o, e->cold[i]);
    queue_written(&P.cold, to);
}

static __attribute__((noinline)) void take_leaves(GcObject *o, const ClassEdges *e)
{
    ClassEdges *unused;
    for (u32 i = 0; i < e->leaves; i++) take(slot_of(o, e->offsets[i]), &unused);
}

/* Places the object at *slot, and what follows it one by one; where there are several ways, they go to the queue. */
static inline __attribute__((always_inline)) void follow_inline(ref_t *slot, Queue *q)
{
    ClassEdges *e;
    for (GcObject *o; (o = take(slot, &e));) {
        if (UNLIKELY(e->leaves)) take_leaves(o, e);
        if (UNLIKELY(e->ncold)) wait_cold(o, e);
        if (e->branches != 1 || P.levels) {
            slot = e->branches || e->elements ? branch(o, e, q) : NULL;
            if (!slot) return;
            continue;
        }
        slot = slot_of(o, e->offsets[e->leaves]);
        if (!e->leaves) slot = chain(slot, e);
    }
}

static __attribute__((noinline)) void follow(ref_t *slot, Queue *q) { follow_inline(slot, q); }

/* ---- Blocks ------------------------------------------------------------------------------------------- */

/* A line that would take less than two nodes more, and would waste little, is left as it is. */
static void start_line(void)
{
    u64 line = P.block[LINES], left = line - P.mover->to.at % line;
    if (left == line || left >= 2 * P.last_bytes || left * 4 > line) return;
    gc_move_align((u32)line);
}

/* From *slot on, until the line is full. A node may hang over its end by half: its header is rarely read. */
static inline __attribute__((always_inline)) void fill_line(ref_t *slot)
{
    Queue *q = &P.queue[NODES];
    start_line();
    for (u64 end = ALIGN_DOWN(P.mover->to.at, P.block[LINES]) + P.block[LINES];;) {
        follow_inline(slot, q);
        if (queue_empty(q) || P.mover->to.at + P.last_bytes / 2 >= end) break;
        slot = queue_take(q);
    }
    queue_pour(q, &P.queue[LINES]);
}

static void fill_group(ref_t *slot)
{
    Queue *q = &P.queue[LINES];
    for (u64 end = P.mover->to.at + P.block[GROUPS];;) {
        fill_line(slot);
        if (queue_empty(q) || P.mover->to.at >= end) break;
        slot = queue_take(q);
    }
    queue_pour(q, &P.queue[GROUPS]);
}

static void fill_page(ref_t *root)
{
    Queue *q = &P.queue[GROUPS];
    u64 end = P.mover->to.at + P.block[PAGES];
    for (fill_group(root); !queue_empty(q) && P.mover->to.at < end;) fill_group(queue_take(q));
    queue_pour(q, &P.queue[PAGES]);
}

/* The last that came first; what it leads to is turned around, so that the first of it comes first. */
static void drain_deep(Queue *q)
{
    while (!queue_empty(q)) {
        size_t begin = --q->len;
        charge_touch(&q->data[begin], sizeof *q->data, false);
        follow(q->data[begin], q);
        for (size_t i = begin, k = q->len; i + 1 < k; i++) {
            ref_t *t = q->data[i];
            q->data[i] = q->data[--k], q->data[k] = t;
        }
    }
}

/* Everything that waits. */
static void drain(void)
{
    Queue *q = &P.queue[PAGES];
    if (P.order == LAYOUT_depth_first) drain_deep(q);
    while (P.levels && !queue_empty(q)) follow(queue_take(q), q);
    while (!queue_empty(q)) fill_page(queue_take(q));
    q->head = q->len = 0;
}

static void grow(ref_t *slot)
{
    follow(slot, &P.queue[PAGES]);
    drain();
}

static void elements(GcObject *array)
{
    for (ref_t *slot = slot_of(array, ARRAY_BASE), *end = slot + gc_length(array); slot < end; slot++) grow(slot);
}

/* ---- Starts ------------------------------------------------------------------------------------------- */

/* An object from which edges lead, and all that they reach. */
static void start(GcObject *o, bool targets)
{
    charge_touch(o, sizeof *o, false);
    charge_units(start, 1);
    if (gc_moved_to(o)) return;
    ClassEdges *e = edges_of(object_class((Object *)o));
    if (!e || !(e->n || e->elements) || (e->target && !targets)) return;
    if (!(o = move(o, e))) return;
    P.reached++;
    if (e->elements && in_blocks()) elements(o);
    else {
        take_leaves(o, e);
        if (e->ncold) wait_cold(o, e);
        ref_t *slot = branch(o, e, &P.queue[PAGES]);
        if (slot) grow(slot);
        drain();
    }
    while (P.arrays.len) elements(vec_pop(&P.arrays));
}

/* What has been left until now. */
static void start_cold(void)
{
    while (!queue_empty(&P.cold)) {
        grow(queue_take(&P.cold));
        while (P.arrays.len) elements(vec_pop(&P.arrays));
    }
    P.cold.head = P.cold.len = 0;
}

static void start_pinned(void)
{
    GcObject *const *pinned;
    for (u64 i = 0, n = gc_move_pinned(&pinned); i < n; i++) start(pinned[i], true);
}

static void start_statics(void)
{
    for (u32 i = 0; i < P.nedges; i++) {
        const Field *f = P.edges[i].field;
        if (!f || !(f->access & ACC_STATIC) || !f->owner->mirror) continue;
        grow(slot_of((GcObject *)f->owner->mirror, f->offset));
        while (P.arrays.len) elements(vec_pop(&P.arrays));
    }
}

/* Large arrays that samples hit, the latest first: a table may have been outgrown since. */
static void start_arrays(const Samples *s)
{
    charge_touch(s->array, s->narrays * sizeof *s->array, false);
    for (u32 i = 0; i < s->narrays; i++) start(s->array[i], false);
}

/* Objects of samples from which edges lead but to which none does. */
static void start_sampled(const Samples *s)
{
    charge_touch(s->object, s->n * sizeof *s->object, false);
    for (u32 i = 0; i < s->n; i++) start(s->object[i], false);
}

/* Each sampled object of a chain is as good a start as its head: what lies before the first of them is little. Not so in trees, where their roots are
   rarely among what misses. */
static void start_sampled_chains(const Samples *s)
{
    charge_touch(s->object, s->n * sizeof *s->object, false);
    for (u32 i = 0; i < s->n; i++) {
        charge_touch(s->object[i], sizeof(GcObject), false);
        if (gc_moved_to(s->object[i])) continue;
        const ClassEdges *e = edges_of(object_class((Object *)s->object[i]));
        if (e && e->n == 1 && !e->elements) start(s->object[i], true);
    }
}

/* Have most of the sampled objects moved? (Without samples nobody knows.) */
static bool enough(const Samples *s)
{
    u32 have = 0;
    if (!s->n) return false;
    charge_touch(s->object, s->n * sizeof *s->object, false);
    charge_units(start, s->n);
    for (u32 i = 0; i < s->n; i++) {
        charge_touch(s->object[i], sizeof(GcObject), false);
        have += gc_moved_to(s->object[i]) != NULL;
    }
    return have * 100 >= s->n * ENOUGH;
}

static void reset(const PlaceOrder *o)
{
    P.edges = o->edges, P.nedges = o->nedges, P.order = o->order;
    P.block[LINES] = o->line_bytes, P.block[GROUPS] = GROUP_LINES * o->line_bytes, P.block[PAGES] = o->page_bytes;
    P.levels = P.order == LAYOUT_breadth_first || P.order == LAYOUT_affinity;
    P.reached = P.rewritten = P.last_bytes = 0;
    map_clear(&P.classes);
    map_clear(&P.stayed);
    memset(P.recent, 0, sizeof P.recent);
    while (P.by_class.len) free(vec_pop(&P.by_class));
}

/* As allocators place what is made one after the other. */
static bool is_near(const GcObject *a, const GcObject *b) { return (u64)a - (u64)b + NEAR < 2 * NEAR; }

typedef struct Fill { u64 arrays, bytes, set; } Fill; /* of sampled small arrays: what they take, elements that are set */

static void count_elements(const GcObject *array, const Class *c, Fill *f)
{
    if (object_class((Object *)array) != c || gc_length(array) > SMALL_ARRAY) return;
    f->arrays++, f->bytes += ALIGN_UP(gc_object_size(array), (u64)GC_GRANULE);
    charge_touch(array, gc_object_size(array), false);
    charge_units(edge, gc_length(array));
    for (u32 k = 0; k < gc_length(array); k++) f->set += *slot_of((GcObject *)array, ARRAY_BASE + 4 * k) != 0;
}

/* Those that o's fields refer to, hot or not: arrays that lie beside what misses may not miss themselves. */
static void count_held(GcObject *o, const Class *c, Fill *f)
{
    const GcShape *s = gc_shape(o);
    for (u32 r = 0; s->kind == GC_OBJECT && r < s->nranges; r++) {
        charge_touch(slot_of(o, s->ranges[r].offset), s->ranges[r].count * sizeof(ref_t), false);
        for (u32 i = 0; i < s->ranges[r].count; i++) {
            const GcObject *next = gc_decode(*slot_of(o, s->ranges[r].offset + 4 * i));
            charge_units(edge, 1);
            if (next) charge_touch(next, sizeof *next, false), count_elements(next, c, f);
        }
    }
}

/* Do several elements of small arrays refer to each object, as in a graph? What follows one of them is as good as random for the others, and an order that
   there may be already (in a large array over all of them) would be lost. By what was allocated, and for how full the arrays are by those sampled and those that
   sampled objects have: more samples, and long ones are not met more often than others. */
static bool is_graph(const Samples *s)
{
    enum { SHARED = 35 /* elements for ten objects; of a tree's arrays it is often the fuller ones that miss */ };
    const Edge *e = P.edges;
    while (e < P.edges + P.nedges && e->field) e++;
    if (e == P.edges + P.nedges) return false;
    Fill f = { 0 };
    for (u32 i = 0; i < s->n; i++) {
        count_elements(s->object[i], e->from, &f);
        count_held(s->object[i], e->from, &f);
    }
    u64 targets = e->to->allocated / ALIGN_UP(e->to->shape.size, GC_GRANULE);
    LOG(layout, "%llu arrays of %llu bytes with %llu elements set; %llu bytes allocated of them, %llu of what they hold", (unsigned long long)f.arrays, (unsigned long long)f.bytes,
        (unsigned long long)f.set, (unsigned long long)e->from->allocated, (unsigned long long)e->to->allocated);
    return f.arrays >= 2 && e->from->allocated * f.set * 10 > SHARED * targets * f.bytes;
}

/* The turn-th way on from o, or the next that is there: programs go now one, now another. NULL: it ends here. */
static GcObject *way_on(GcObject *o, u32 turn)
{
    const ClassEdges *e = edges_of(object_class((Object *)o));
    for (u32 k = 0; e && k < e->branches; k++) {
        ref_t *slot = slot_of(o, e->offsets[e->leaves + (turn + k) % e->branches]);
        charge_touch(slot, sizeof *slot, false);
        GcObject *next = gc_decode(*slot);
        if (next) return next;
    }
    return NULL;
}

/* On the way from o over next, up to where it first leads far away: which share of the lines that are entered is that one, in percent? It is what placing would
   save; the lines before it lie next to each other already, and what lies on the same line is had for nothing. 0: the way does not lead far away, or not soon. */
static u32 jumps(const GcObject *o, GcObject *next, u32 turn)
{
    enum { STEPS = 8 };
    u32 lines = 0;
    for (u32 i = 0; i < STEPS && next; i++) {
        charge_units(follow, 1);
        charge_touch(next, sizeof *next, false);
        lines += (u64)o / P.block[LINES] != (u64)next / P.block[LINES];
        if (!is_near(o, next)) return 100 / lines;
        o = next, next = way_on(next, turn + i);
    }
    return 0;
}

/* Does something follow most of the sampled objects along hot edges, or are they what follows others? Where nothing hangs together, as in a hash
   table without collisions, no order is better than another. Nor is there much to gain if most of what follows lies near already: not only the next object, as where
   objects lie two by two the second hardly ever misses. */
static bool worth_placing(const Samples *s)
{
    enum { FAR = 40 /* percent of the lines on the ways on from sampled objects */ };
    u32 linked = 0, far = 0, all = 0;
    charge_touch(s->object, s->n * sizeof *s->object, false);
    charge_units(start, s->n);
    for (u32 i = 0; i < s->n; i++) {
        GcObject *o = s->object[i];
        charge_touch(o, sizeof *o, false);
        const ClassEdges *e = edges_of(object_class((Object *)o));
        bool any = e && (e->elements || !e->n);
        for (u32 k = 0; e && k < e->n; k++) {
            charge_touch(slot_of(o, e->offsets[k]), sizeof(ref_t), false);
            GcObject *next = gc_decode(*slot_of(o, e->offsets[k]));
            if (!next) continue;
            any = true;
            all++, far += jumps(o, next, i + k);
        }
        linked += any;
    }
    LOG(layout, "of %u sampled objects %u hang together; on %u ways on %u %% of the lines lie far from the one before", s->n, linked, all, all ? far / all : 0);
    return linked * 2 >= s->n && far >= all * FAR && !is_graph(s);
}

/* ---- Companions --------------------------------------------------------------------------------------- */

/* Of sampled objects of a class: how often what a field refers to lies near the object, or near what a hot field of it refers to. */
typedef struct Companion { const Class *c; u32 offset, near, all; Class *to; } Companion;
typedef Vec(Companion) Companions;

static Companion *companion(Companions *list, const Class *c, u32 offset)
{
    for (size_t i = 0; i < list->len; i++)
        if (list->data[i].c == c && list->data[i].offset == offset) return &list->data[i];
    vec_push(list, ((Companion){ .c = c, .offset = offset }));
    return &vec_last(list);
}

static bool near_what_is_hot(const GcObject *o, const ClassEdges *e, const GcObject *target)
{
    bool near = is_near(o, target);
    for (u32 k = 0; k < e->n && !near; k++) {
        const GcObject *hot = gc_decode(*slot_of((GcObject *)o, e->offsets[k]));
        near = hot && hot != target && is_near(hot, target);
    }
    return near;
}

static void look_for_companions(GcObject *o, Companions *list)
{
    Class *c = object_class((Object *)o);
    const ClassEdges *e = edges_of(c);
    if (!e || c->shape.kind != GC_OBJECT) return;
    for (u32 r = 0; r < c->shape.nranges; r++)
        for (u32 i = 0; i < c->shape.ranges[r].count; i++) {
            u32 offset = c->shape.ranges[r].offset + 4 * i;
            charge_touch(slot_of(o, offset), sizeof(ref_t), false);
            charge_units(edge, 1);
            GcObject *target = gc_decode(*slot_of(o, offset));
            if (!target) continue;
            Companion *x = companion(list, c, offset);
            x->all++, x->near += near_what_is_hot(o, e, target);
            x->to = object_class((Object *)target);
        }
}

/* At an object, and at what edges lead to from there. */
static void look_around(GcObject *o, Companions *list)
{
    charge_touch(o, sizeof *o, false);
    look_for_companions(o, list);
    const ClassEdges *e = edges_of(object_class((Object *)o));
    for (u32 k = 0; e && k < e->n; k++) {
        GcObject *next = gc_decode(*slot_of(o, e->offsets[k]));
        if (next) look_for_companions(next, list);
    }
}

static u32 accept_companions(const Companions *list, Edge *edges, u32 n, u32 max)
{
    u32 found = 0;
    for (size_t i = 0; i < list->len && found < max; i++) {
        const Companion *x = &list->data[i];
        Place p = { .kind = PLACE_OBJECT, .klass = (Class *)x->c, .offset = x->offset };
        Field *f = locate_field(&p);
        const ClassEdges *onwards = edges_of(x->to);
        bool known = !f || (onwards && onwards->target && onwards->n); /* which lie in the order of hot edges, that another's would break */
        for (u32 k = 0; k < n + found; k++) known |= edges[k].field == f;
        if (!known && x->all >= ENOUGH_OBJECTS && x->near * 2 > x->all) {
            Edge *e = &edges[n + found++];
            *e = (Edge){ .field = f, .from = f->owner, .to = x->to };
            e->made = graph_made(e);
        }
    }
    return found;
}

u32 place_companions(const Samples *s, Edge *edges, u32 n, u32 max)
{
    enum { ROUNDS = 3 }; /* a companion may have companions */
    u32 found = 0, more = 1;
    for (u32 round = 0; round < ROUNDS && more; round++) {
        Companions list = { 0 };
        reset(&(PlaceOrder){ .edges = edges, .nedges = n + found });
        for (u32 i = 0; i < s->n; i++) look_around(s->object[i], &list);
        found += more = accept_companions(&list, edges, n + found, max - found);
        vec_free(&list);
    }
    return found;
}

static void sweep_object(void *ctx, GcObject *o)
{
    (void)ctx;
    charge_units(sweep_object, 1);
    const ClassEdges *e = edges_of(object_class((Object *)o));
    bool named = P.order == LAYOUT_allocation || P.order == LAYOUT_random;
    if (!e || (!named && (!(e->n || e->elements) || (e->target && !P.all)))) return;
    charge_units(sweep_member, 1);
    if (P.members.len == P.members.cap) slots_grow((void **)&P.members.data, &P.members.cap, P.members.len, sizeof *P.members.data);
    charge_touch(&P.members.data[P.members.len], sizeof *P.members.data, true);
    P.members.data[P.members.len++] = o;
}

static void start_swept(bool targets)
{
    P.all = targets, P.members.len = 0;
    gc_move_walk(false, sweep_object, NULL);
    for (size_t i = 0; i < P.members.len; i++) {
        charge_touch(&P.members.data[i], sizeof *P.members.data, false);
        start(P.members.data[i], targets);
    }
}

/* All objects that edges leave or reach, in the order of their addresses or in none. */
static void move_swept(u64 seed)
{
    P.members.len = 0;
    gc_move_walk(true, sweep_object, NULL);
    for (size_t i = P.members.len; P.order == LAYOUT_random && i > 1; i--) {
        size_t j = hash_u64(seed++) % i;
        GcObject *o = P.members.data[j];
        P.members.data[j] = P.members.data[i - 1], P.members.data[i - 1] = o;
    }
    for (size_t i = 0; i < P.members.len; i++) {
        GcObject *o = P.members.data[i];
        charge_touch(&P.members.data[i], sizeof o, false);
        ClassEdges *e = edges_of(object_class((Object *)o));
        P.reached++;
        move(o, e);
    }
}

/* One of those whose affinity to others is known. What it refers to comes behind all of them. */
static void move_known(GcObject *o)
{
    charge_touch(o, sizeof *o, false);
    if (gc_moved_to(o)) return;
    ClassEdges *e = edges_of(object_class((Object *)o));
    if (!e || !(o = move(o, e))) return;
    P.reached++;
    if (e->ncold) wait_cold(o, e);
    if (e->n || e->elements) branch(o, e, &P.queue[PAGES]);
}

/* All slots of hot edges in copies have been followed, and so set. */
static void settle(void)
{
    turn_later();
    for (size_t i = 0; i < P.by_class.len; i++) {
        const ClassEdges *e = P.by_class.data[i];
        gc_move_settles(&e->c->shape, e->elements ? ~0ull : e->slots);
    }
}

static void move_reached(const Samples *samples, PlaceResult *result)
{
    if (P.order == LAYOUT_affinity) affinity_each(move_known), drain();
    start_pinned();
    start_statics();
    start_sampled(samples);
    if (in_blocks() && !enough(samples)) start_sampled_chains(samples);
    if (in_blocks() && !enough(samples)) start_arrays(samples);
    for (u32 targets = 0; targets < 2 && !enough(samples); targets++) start_swept(targets), result->sweeps++;
    start_cold();
    settle();
}

bool place_objects(const PlaceOrder *order, const Samples *samples, PlaceResult *result)
{
    reset(order);
    if (!worth_placing(samples) || !gc_move_begin(0)) return false; /* how much there is shows on the way */
    P.mover = gc_mover();
    if (order->remember) gc_move_remember();
    if (P.order == LAYOUT_allocation || P.order == LAYOUT_random) move_swept(order->seed);
    else move_reached(samples, result);
    gc_move_end(&result->heap);
    result->reached = P.reached, result->rewritten = P.rewritten + result->heap.slots_rewritten;
    return result->heap.moved > 0;
}
