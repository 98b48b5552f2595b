/* The traversal: objects are copied as they are reached, and the slots through which they are reached are set at once.

   What waits to be followed is one array of slots, used as a stack of queues: what is left over by pages lies at the bottom, above it what the page that is being
   filled has left over by its groups of lines, then what its group has left over by lines, on top what the line's objects refer to. A queue whose block
   is full leaves what is left of it to the one below by closing the gap where those followed were.

   Nearly every object is like one that has moved before, lies in the heap, and fits into the chunk that is open. For these nothing is called, and where
   copies go is held in registers (Run); the rest is left to the heap. */
#include "layout/placing.h"

enum { NEAR_FULL = 4 /* a line with less than a quarter left is full */, MOST_OF_LINE = 128 /* slots of objects that fit a line, at most */ };

/* What a traversal has at hand: written back before anything is called that needs it. */
typedef struct Run {
    ArenaCursor to;
    u64 moved, set;  /* objects copied, and slots set besides, that are not accounted for yet */
    u64 last;        /* bytes of the last object */
    ref_t **top;     /* of the slots that wait */
} Run;

static inline __attribute__((always_inline)) Run run_begin(void) { return (Run){ .to = P.mover->to, .last = P.last_bytes, .top = P.slots.data + P.slots.len }; }

static inline __attribute__((always_inline)) void run_end(const Run *r)
{
    P.mover->to = r->to, P.mover->n += r->moved;
    P.reached += r->moved, P.rewritten += r->moved + r->set;
    P.last_bytes = r->last;
    P.slots.len = (size_t)(r->top - P.slots.data);
}

/* Room for n more slots. */
static inline __attribute__((always_inline)) void make_room(Run *r, u64 n)
{
    while (UNLIKELY(r->top + n > P.slots.data + P.slots.cap)) {
        run_end(r);
        slots_grow((void **)&P.slots.data, &P.slots.cap, P.slots.len, sizeof *P.slots.data);
        *r = run_begin();
    }
}

/* ---- Objects ------------------------------------------------------------------------------------------ */

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

bool place_takes(u64 bytes) { return bytes <= PLACE_LARGE; }

/* Where a node's parent has moved already, the reference to it is set as the node moves, with both at hand. */
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
        charge_units(edge, 1);
        queue_put(&P.later, slot);
    }
}

void place_later(void)
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

static inline u64 bytes_of(const GcObject *o, const ClassEdges *e)
{
    if (LIKELY(e->size)) return e->size;
    return ALIGN_UP(e->elements ? ARRAY_BASE + gc_length(o) * sizeof(ref_t) : gc_object_size(o), 8ull);
}

static inline u32 movable_index(u32 shape) { return shape * 0x9e3779b1u >> 24; } /* 8 bits: RECENT */

GcObject *place_move(GcObject *o, ClassEdges *e)
{
    u64 size = bytes_of(o, e);
    u32 shape = o->shape;
    if (!e->asked) e->asked = true, e->allowed = gc_move_allows(&e->c->shape);
    GcObject *to = e->allowed && size <= PLACE_LARGE ? mover_move(P.mover, o, size) : NULL;
    if (to) {
        charge_units(node, 1);
        charge_units(table_word, size / 8);
    } else if (!e->allowed || size > PLACE_LARGE || !(to = gc_move_object(o))) return first_stay(o) ? o : NULL;
    P.movable[movable_index(shape)] = (struct Movable){ shape, e };
    P.last_bytes = size;
    if (e->nback) turn_back(to, e);
    return to;
}

/* As `take`, whatever the object. */
static __attribute__((noinline)) GcObject *take_any(ref_t *slot, ClassEdges **edges)
{
    GcObject *o = gc_decode(*slot), *to;
    ClassEdges *e = *edges = edges_of(object_class((Object *)o));
    if (!e || !(to = place_move(o, e))) {
        gc_move_meets(o);
        return NULL;
    }
    P.reached++;
    if (to != o) set_slot(slot, to);
    else gc_move_meets(o);
    return to;
}

/* What *slot, which is not NULL, refers to, moved; NULL: it is no new one. *slot is set. */
static inline __attribute__((always_inline)) GcObject *take(ref_t *slot, Run *r, ClassEdges **edges)
{
    charge_touch(slot, sizeof *slot, false);
    charge_units(follow, 1);
    GcObject *o = gc_decode(*slot), *to;
    charge_touch(o, sizeof *o, false);
    if ((to = gc_moved_to(o))) {
        charge_touch(slot, sizeof *slot, true);
        *slot = gc_encode(to);
        r->set++;
        return NULL;
    }
    const struct Movable *known = &P.movable[movable_index(o->shape)];
    ClassEdges *e = *edges = known->edges;
    u64 size;
    if (LIKELY(known->shape == o->shape) && LIKELY((size = bytes_of(o, e)) <= PLACE_LARGE) && LIKELY((to = mover_copy_to(P.mover, &r->to, o, size)) != NULL)) {
        charge_units(node, 1);
        charge_units(table_word, size / 8);
        charge_touch(slot, sizeof *slot, true);
        *slot = gc_encode(to);
        r->moved++, r->last = size;
        if (UNLIKELY(e->nback)) turn_back(to, e);
        return to;
    }
    run_end(r);
    to = take_any(slot, edges);
    *r = run_begin();
    make_room(r, MOST_OF_LINE); /* what stays does not fill lines */
    return to;
}

/* ---- Ways on ------------------------------------------------------------------------------------------- */

/* Slots have been written from r->top up to `to`. If it is one alone, there is one way to go on, whatever ways there might be, and it is returned instead. */
static inline __attribute__((always_inline)) ref_t *branched(Run *r, ref_t **to, bool runs)
{
    ref_t **from = r->top;
    charge_units(edge, to - from);
    if (to - from == 1 && runs) return *from;
    if (to != from) charge_touch(from, (u64)(to - from) * sizeof *from, true);
    r->top = to;
    return NULL;
}

/* Slots of small arrays are branches like fields; those of others wait until this traversal is done. */
static inline __attribute__((always_inline)) ref_t *branch_elements(GcObject *array, Run *r)
{
    u32 n = gc_length(array);
    if (n > SMALL_ARRAY && P.blocks) {
        vec_push(&P.arrays, array);
        return NULL;
    }
    charge_touch(array, ARRAY_BASE + n * sizeof(ref_t), false);
    charge_units(table_word, n);
    make_room(r, n + MOST_OF_LINE);
    ref_t **to = r->top;
    for (ref_t *slot = slot_of(array, ARRAY_BASE), *end = slot + n; slot < end; slot++)
        if (*slot) *to++ = slot;
    return branched(r, to, P.blocks);
}

/* NULL: all ways on wait. */
static inline __attribute__((always_inline)) ref_t *branch(GcObject *o, const ClassEdges *e, Run *r)
{
    ref_t **to = r->top;
    charge_touch(o, e->extent, false);
    charge_units(table_word, e->branches); /* as much as a slot that is NULL takes */
    const u16 *offset = &e->offsets[e->leaves];
    for (const u16 *end = offset + e->branches; offset < end; offset++)
        if (*slot_of(o, *offset)) *to++ = slot_of(o, *offset);
    return branched(r, to, e->runs);
}

/* More of the same class. */
static __attribute__((noinline)) ref_t *chain(ref_t *slot, const ClassEdges *e)
{
    GcObject *next = gc_decode(*slot);
    if (!e->size || e->size > PLACE_LARGE || object_class((Object *)next) != e->c) return slot;
    u64 n;
    ref_t *end = gc_move_chain(slot, &e->c->shape, e->offsets[0], &n);
    P.reached += n, P.rewritten += n;
    return *end ? end : NULL;
}

static __attribute__((noinline)) void wait_cold(GcObject *o, const ClassEdges *e)
{
    charge_touch(o, e->extent, false);
    charge_units(edge, e->ncold);
    for (u32 i = 0; i < e->ncold; i++)
        if (*slot_of(o, e->cold[i])) queue_put(&P.cold, slot_of(o, e->cold[i]));
}

static inline __attribute__((always_inline)) void beside(GcObject *o, const ClassEdges *e, Run *r)
{
    ClassEdges *unused;
    for (u32 i = 0; i < e->leaves; i++)
        if (*slot_of(o, e->offsets[i])) take(slot_of(o, e->offsets[i]), r, &unused);
    if (UNLIKELY(e->ncold)) wait_cold(o, e);
}

/* The way on from o, which has just been placed, if there is one. If there are several, they wait. */
static inline __attribute__((always_inline)) ref_t *way_from(GcObject *o, const ClassEdges *e, Run *r)
{
    if (UNLIKELY(e->besides)) beside(o, e, r);
    return UNLIKELY(e->elements) ? branch_elements(o, r) : branch(o, e, r);
}

/* Places the object at *slot, and what follows it one by one; where there are several ways, they wait. */
static inline __attribute__((always_inline)) void follow(ref_t *slot, Run *r)
{
    ClassEdges *e;
    for (GcObject *o; slot && (o = take(slot, r, &e));) {
        slot = way_from(o, e, r);
        if (LIKELY(!e->chained) || !slot) continue;
        run_end(r);
        slot = chain(slot, e);
        *r = run_begin();
    }
}

/* ---- Blocks ------------------------------------------------------------------------------------------- */

/* A line that would take less than two nodes more, and would waste little, is left as it is. */
static inline void start_line(Run *r)
{
    u64 line = P.block[LINES], left = line - r->to.at % line;
    if (left < 2 * r->last && left * NEAR_FULL <= line) r->to.at += left;
}

static inline ref_t *wait_taken(u64 at)
{
    charge_touch(&P.slots.data[at], sizeof *P.slots.data, false);
    return P.slots.data[at];
}
static inline u64 waiting(const Run *r) { return (u64)(r->top - P.slots.data); }

/* Of the slots that wait from `base` on, those up to `next` have been followed: what is left is handed down. */
static inline __attribute__((always_inline)) void hand_down(Run *r, u64 base, u64 next)
{
    ref_t **to = P.slots.data + base, **from = P.slots.data + next;
    charge_units(leftover, 1);
    if (from == to) return;
    if (from < r->top) charge_touch(from, (u64)(r->top - from) * sizeof *from, false), charge_touch(to, (u64)(r->top - from) * sizeof *to, true);
    charge_units(table_word, r->top - from);
    while (from < r->top) *to++ = *from++;
    r->top = to;
}

/* From *slot on, until the line is full. A node may hang over its end by half: its header is rarely read. */
static inline __attribute__((always_inline)) void fill_line(ref_t *slot, Run *r)
{
    make_room(r, MOST_OF_LINE);
    start_line(r);
    u64 base = waiting(r), next = base, end = ALIGN_DOWN(r->to.at, P.block[LINES]) + P.block[LINES];
    for (;;) {
        follow(slot, r);
        if (next == waiting(r) || r->to.at + r->last / 2 >= end) break;
        slot = wait_taken(next++);
    }
    hand_down(r, base, next);
}

static inline __attribute__((always_inline)) void fill_group(ref_t *slot, Run *r)
{
    u64 base = waiting(r), next = base, end = r->to.at + P.block[GROUPS];
    for (;;) {
        fill_line(slot, r);
        if (next == waiting(r) || r->to.at >= end) break;
        slot = wait_taken(next++);
    }
    hand_down(r, base, next);
}

static __attribute__((noinline)) void fill_page(ref_t *slot, Run *run)
{
    Run r = *run;
    u64 base = waiting(&r), next = base, end = r.to.at + P.block[PAGES];
    for (;;) {
        fill_group(slot, &r);
        if (next == waiting(&r) || r.to.at >= end) break;
        slot = wait_taken(next++);
    }
    hand_down(&r, base, next);
    *run = r;
}

/* The last that came first; what it leads to is turned around, so that the first of it comes first. */
static void drain_deep(Run *r)
{
    while (waiting(r)) {
        u64 begin = waiting(r) - 1;
        ref_t *slot = wait_taken(begin);
        r->top--;
        make_room(r, MAX_PER_CLASS);
        follow(slot, r);
        for (u64 i = begin, k = waiting(r); i + 1 < k; i++) {
            ref_t *t = P.slots.data[i];
            P.slots.data[i] = P.slots.data[--k], P.slots.data[k] = t;
        }
    }
}

/* Everything that waits. */
static void drain(Run *r)
{
    u64 next = 0;
    if (P.order == LAYOUT_depth_first) drain_deep(r);
    while (next < waiting(r)) {
        ref_t *slot = wait_taken(next++);
        if (!P.levels) {
            fill_page(slot, r);
            continue;
        }
        make_room(r, MAX_PER_CLASS);
        follow(slot, r);
    }
    r->top = P.slots.data;
}

static inline void grow_run(ref_t *slot, Run *r)
{
    make_room(r, MAX_PER_CLASS);
    follow(slot, r);
    if (waiting(r)) drain(r);
}

void place_grow(ref_t *slot)
{
    Run r = run_begin();
    charge_units(table_word, 1);
    if (*slot) grow_run(slot, &r);
    run_end(&r);
}

void place_elements(GcObject *array)
{
    Run r = run_begin();
    charge_touch(array, sizeof *array + 4, false);
    for (ref_t *slot = slot_of(array, ARRAY_BASE), *end = slot + gc_length(array); slot < end; slot++) {
        charge_touch(slot, sizeof *slot, false);
        charge_units(table_word, 1);
        if (*slot) grow_run(slot, &r);
    }
    run_end(&r);
}

void place_beyond(GcObject *o, ClassEdges *e)
{
    Run r = run_begin();
    make_room(&r, MAX_PER_CLASS);
    ref_t *slot = way_from(o, e, &r);
    if (slot) follow(slot, &r);
    drain(&r);
    run_end(&r);
}

void place_wait(GcObject *o, ClassEdges *e)
{
    Run r = run_begin();
    make_room(&r, MAX_PER_CLASS);
    way_from(o, e, &r);
    run_end(&r);
}

void place_waiting(void)
{
    Run r = run_begin();
    drain(&r);
    run_end(&r);
}
