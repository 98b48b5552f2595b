/* Ordering objects along hot edges, in one traversal: each object is copied when it is first reached, while its line is at hand, and the slot
   through which it was reached is set at once.
     starts  what the stacks refer to and what hot static fields hold; then the objects of recent samples from which edges lead but to
             which none does (a table, a list's head). If most sampled objects have moved then, that was all. Otherwise the heap is swept for
             the other objects of such classes; and if that too leaves sampled objects behind, for all objects that edges leave
     order   along classes with one hot edge: run order. Objects with several: blocks. Starting at a block's root, what was met first joins until
             the line is full; the subtrees that are left over start the next lines; groups of a few lines, which prefetchers
             bring together, and pages are filled with blocks the same way. An array's elements follow each with all that hangs from it
   Objects of more than PLACE_LARGE bytes stay where they are: they have lines enough of their own. */
#include "layout/placing.h"
#include "layout/affinity.h"
#include "base/log.h"
#include "vm/locate.h"
#include <stdlib.h>
#include <string.h>

enum { LEAF = 32 /* bytes of an object that goes right behind what leads to it */, ENOUGH = 50 /* percent of the sampled objects */, GROUP_LINES = 4 };

struct Placing placing;

/* A small object from which no edge leads on, such as a boxed key: next to its holder it shares its line, and delays little. */
static bool is_leaf(const Edge *x)
{
    if (!P.blocks || x->to->kind == CLASS_ARRAY || x->to->shape.size > LEAF) return false;
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

/* The fields by which a node may refer to its parent. */
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

ClassEdges *place_find_edges(Class *c)
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
    if (e.target && e.branches > 1 && P.blocks) find_back(&e);
    e.runs = P.blocks || (e.branches == 1 && !P.levels);
    for (u32 i = 0; e.branches == 1 && !e.leaves && !P.levels && i < P.nedges; i++)
        e.chained |= P.edges[i].to == c && P.edges[i].field && P.edges[i].field->offset == e.offsets[0] && class_subtype(c, P.edges[i].from);
    e.besides = e.leaves || e.ncold;
    ClassEdges *involved = NULL;
    if (e.n || e.elements || e.target) {
        involved = xmalloc(sizeof e);
        *involved = e;
        vec_push(&P.by_class, involved);
    }
    *map_put(&P.classes, (u64)c) = (u64)involved;
    return involved;
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
    if (!(o = place_move(o, e))) return;
    P.reached++;
    if (e->elements && P.blocks) place_elements(o);
    else place_beyond(o, e);
    while (P.arrays.len) place_elements(vec_pop(&P.arrays));
}

/* What has been left until now. */
static void start_cold(void)
{
    while (!queue_empty(&P.cold)) {
        place_grow(queue_take(&P.cold));
        while (P.arrays.len) place_elements(vec_pop(&P.arrays));
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
        place_grow(slot_of((GcObject *)f->owner->mirror, f->offset));
        while (P.arrays.len) place_elements(vec_pop(&P.arrays));
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

void place_reset(const PlaceOrder *o)
{
    P.edges = o->edges, P.nedges = o->nedges, P.order = o->order;
    P.block[LINES] = o->line_bytes, P.block[GROUPS] = GROUP_LINES * o->line_bytes, P.block[PAGES] = o->page_bytes;
    P.blocks = P.order == LAYOUT_auto || P.order == LAYOUT_static_edges;
    P.levels = P.order == LAYOUT_breadth_first || P.order == LAYOUT_affinity;
    P.reached = P.rewritten = P.last_bytes = 0;
    map_clear(&P.classes);
    map_clear(&P.stayed);
    memset(P.recent, 0, sizeof P.recent);
    memset(P.movable, 0, sizeof P.movable);
    while (P.by_class.len) free(vec_pop(&P.by_class));
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
        place_move(o, e);
    }
}

/* One of those whose affinity to others is known. What it refers to comes behind all of them. */
static void move_known(GcObject *o)
{
    charge_touch(o, sizeof *o, false);
    if (gc_moved_to(o)) return;
    ClassEdges *e = edges_of(object_class((Object *)o));
    if (!e || !(o = place_move(o, e))) return;
    P.reached++;
    place_wait(o, e);
}

/* All slots of hot edges in copies have been followed, and so set. */
static void settle(void)
{
    place_later();
    for (size_t i = 0; i < P.by_class.len; i++) {
        const ClassEdges *e = P.by_class.data[i];
        gc_move_settles(&e->c->shape, e->elements ? ~0ull : e->slots);
    }
}

static void move_reached(const Samples *samples, PlaceResult *result)
{
    if (P.order == LAYOUT_affinity) affinity_each(move_known), place_waiting();
    start_pinned();
    start_statics();
    start_sampled(samples);
    if (P.blocks && !enough(samples)) start_sampled_chains(samples);
    if (P.blocks && !enough(samples)) start_arrays(samples);
    for (u32 targets = 0; targets < 2 && !enough(samples); targets++) start_swept(targets), result->sweeps++;
    start_cold();
    settle();
}

bool place_objects(const PlaceOrder *order, const Samples *samples, PlaceResult *result)
{
    place_reset(order);
    if (!place_worth(samples) || !gc_move_begin(0)) return false; /* how much there is shows on the way */
    P.mover = gc_mover();
    if (order->remember) gc_move_remember();
    if (P.order == LAYOUT_allocation || P.order == LAYOUT_random) move_swept(order->seed);
    else move_reached(samples, result);
    gc_move_end(&result->heap);
    result->reached = P.reached, result->rewritten = P.rewritten + result->heap.slots_rewritten;
    return result->heap.moved > 0;
}
