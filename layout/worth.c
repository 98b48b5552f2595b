/* Before a pass, by the objects that samples hit: is there anything to gain by placing them, and what lies beside them and would be left behind? */
#include "layout/placing.h"
#include "base/log.h"
#include "vm/locate.h"

enum { NEAR = 128, ENOUGH_OBJECTS = 4 };

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
bool place_worth(const Samples *s)
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
        place_reset(&(PlaceOrder){ .edges = edges, .nedges = n + found });
        for (u32 i = 0; i < s->n; i++) look_around(s->object[i], &list);
        found += more = accept_companions(&list, edges, n + found, max - found);
        vec_free(&list);
    }
    return found;
}
