/* Torture: at every n-th poll a pass with a plan out of the air - some reference fields and arrays of all classes taken for hot edges, some objects for
   samples or none, any order - and at times no room for what it wants to move, or it is undone; and every other time some class's fields get other offsets. Nothing that runs
   may notice. The heap is verified after each. */
#include "base/hash.h"
#include "base/log.h"
#include "layout/layout.h"
#include "layout/fields.h"
#include "layout/place.h"

enum { EDGES = 16, SAMPLES = 128, FIELD_SHARE = 96, OBJECT_SHARE = 16, /* one in so many */ NO_ROOM_SHARE = 3, NO_ROOM_EVERY = 5, LINE = 64, PAGE = 4096 };

static struct {
    u64 every, polls, seed, passes;
    Edge edges[EDGES];
    u32 n;
    Samples samples;
} X;

void layout_torture(u64 polls)
{
    ASSERT(polls > 0);
    X.every = polls;
    X.samples.object = window_alloc(&win_table, SAMPLES * sizeof *X.samples.object, 64);
}

static bool one_in(u32 n) { return hash_u64(X.seed++) % n == 0; }

static void add_edge(Field *f, Class *from, Class *to)
{
    if (to && to->kind != CLASS_PRIMITIVE && X.n < EDGES) X.edges[X.n++] = (Edge){ .field = f, .from = from, .to = to, .misses = 1, .made = to->allocated };
}

static void choose_edges(void *unused, Class *c)
{
    (void)unused;
    if (c->kind == CLASS_ARRAY && c->component->kind != CLASS_PRIMITIVE && one_in(FIELD_SHARE)) add_edge(NULL, c, c->component);
    for (u32 i = 0; c->kind == CLASS_INSTANCE && c->state == CS_INITIALIZED && i < c->nfields; i++) {
        Field *f = &c->fields[i];
        if ((f->type == T_OBJECT || f->type == T_ARRAY) && !(f->access & FIELD_INJECTED) && one_in(FIELD_SHARE)) add_edge(f, c, origin_class(c->loader, f->desc));
    }
}

/* Most samples would be of objects that nothing leads from or to, and then there is no pass. */
static bool on_an_edge(const Class *c)
{
    for (u32 i = 0; i < X.n; i++)
        if (c == X.edges[i].from || c == X.edges[i].to) return true;
    return false;
}

static void choose_object(void *unused, GcObject *o)
{
    (void)unused;
    if (X.samples.n < SAMPLES && one_in(OBJECT_SHARE) && on_an_edge(object_class((Object *)o))) X.samples.object[X.samples.n++] = o;
}

/* ---- Fields -------------------------------------------------------------------------------------------- */

static void choose_class(void *ctx, Class *c)
{
    Class **chosen = ctx;
    if (c->state == CS_INITIALIZED && c->nfields && fields_may_move(c, true) && (!*chosen || one_in(8))) *chosen = c;
}

/* Any of its fields and those it inherits are taken for hot. */
static void move_some_fields(void)
{
    static const char *const outcomes[] = { "moved", "busy", "impossible" };
    Class *c = NULL;
    FieldHeats rows = { 0 };
    classes_each(choose_class, &c);
    for (Class *k = c; k; k = k->super)
        for (u32 i = 0; i < k->nfields; i++)
            if (!(k->fields[i].access & ACC_STATIC) && one_in(2)) vec_push(&rows, ((FieldHeat){ c, &k->fields[i], 1 + hash_u64(X.seed++) % 9, 0 }));
    FieldPlan p;
    if (rows.len && fields_plan(rows.data, rows.len, FIELDS_LOADED | FIELDS_ANYHOW, &p)) {
        RelayoutResult r = { 0 };
        RelayoutOutcome outcome = p.places.len ? relayout(p.places.data, (u32)p.places.len, &r) : RELAYOUT_IMPOSSIBLE;
        heat_fields_moved();
        LOG(layout, "torture: %zu fields of %s: %s, %llu instances", p.places.len, c->name->bytes, outcomes[outcome], (unsigned long long)r.instances);
        fields_plan_free(&p);
    }
    vec_free(&rows);
}

/* At once, or from the list that a collection has written. */
static void go_back(void)
{
    GcMoveResult r;
    gc_verify();
    if (one_in(2)) gc_collect();
    if (gc_move_back(&r)) LOG(layout, "torture: pass %llu undone: moved %llu", (unsigned long long)X.passes, (unsigned long long)r.moved);
}

void layout_torture_poll(void)
{
    if (!X.every || ++X.polls % X.every) return;
    PlaceResult r = { 0 };
    X.n = X.samples.n = 0;
    X.seed = hash_u64(++X.passes);
    classes_each(choose_edges, NULL);
    if (one_in(2)) gc_walk(choose_object, NULL);
    if (one_in(NO_ROOM_SHARE)) gc_torture_room(NO_ROOM_EVERY);
    place_objects(&(PlaceOrder){ X.edges, X.n, (LayoutOrder)(hash_u64(X.seed++) % LAYOUT_fields), X.seed, LINE, PAGE, X.passes % 2 }, &X.samples, &r);
    gc_torture_room(0);
    if (one_in(2)) go_back();
    if (X.passes & 1) move_some_fields();
    gc_verify();
    LOG(layout, "torture: pass %llu along %u edges, %u samples: moved %llu of %llu", (unsigned long long)X.passes, X.n, X.samples.n,
        (unsigned long long)r.heap.moved, (unsigned long long)r.reached);
}
