/* Kernels of the layout optimizer's placing: sweeping, copying, following, on lists and trees of the JDK's own node classes. */
#include "bench/calibrate/calibrate.h"
#include "layout/follow.c"
#include "layout/place.c"

static Field *field_of(Class *c, const char *name)
{
    Field *f = class_declared_field(c, symbol_of(name), NULL);
    if (!f) die("class %s has no field %s", c->name->bytes, name);
    return f;
}

static Object **make_nodes(Class *c, u32 n)
{
    Object **nodes = xmalloc(n * sizeof *nodes);
    for (u32 i = 0; i < n; i++) nodes[i] = object_new(current_thread, c);
    shuffle_words((u64 *)nodes, n);
    return nodes;
}

static void sweeping(Class *list, Object **nodes, u32 n)
{
    Edge none = { .field = field_of(list, "next"), .from = class_boot("java/util/zip/ZipFile"), .to = class_boot("java/util/zip/ZipFile") };
    Edge next = { .field = none.field, .from = list, .to = list };
    for (u32 with = 0; with < 2; with++) { /* classes that edges do not lead from, and such as they do */
        group(with ? "members" : "sweep", with ? "sweep_member" : "sweep_object");
        place_reset(&(PlaceOrder){ .edges = with ? &next : &none, .nedges = 1, .line_bytes = 64, .page_bytes = 4096 });
        edges_of(list);
        while (P.members.cap < n) slots_grow((void **)&P.members.data, &P.members.cap, 0, sizeof *P.members.data);
        P.all = true, P.members.len = 0;
        sample_begin();
        for (u32 i = 0; i < n; i++) sweep_object(NULL, (GcObject *)nodes[i]);
        sample_end();
    }
    group("starts", "start"); /* none of which is one */
    place_reset(&(PlaceOrder){ .edges = &none, .nedges = 1, .line_bytes = 64, .page_bytes = 4096 });
    edges_of(list);
    sample_begin();
    for (u32 i = 0; i < n; i++) start((GcObject *)nodes[i], true);
    sample_end();
}

/* One after the other, in the order in which they come; then the same again, when they have moved. */
static void copies(Class *list, Object **nodes, u32 n)
{
    GcMoveResult r;
    Edge next = { .field = field_of(list, "next"), .from = list, .to = list };
    place_reset(&(PlaceOrder){ .edges = &next, .nedges = 1, .line_bytes = 64, .page_bytes = 4096 });
    gc_move_begin(n * 64);
    P.mover = gc_mover();
    ref_t *slots = xmalloc(n * sizeof *slots);
    ClassEdges *e = edges_of(list);
    place_move((GcObject *)nodes[0], e);
    for (u32 again = 0; again < 2; again++) {
        for (u32 i = 1; i < n; i++) slots[i] = gc_encode(nodes[i]);
        group(again ? "again" : "copies", again ? "follow" : "node");
        sample_begin();
        Run run = run_begin();
        for (u32 i = 1; i < n; i++) take(&slots[i], &run, &e);
        run_end(&run);
        sample_end();
    }
    gc_move_end(&r);
    free(slots);
    if (r.moved + 1 < n) panic("%llu of %u nodes moved", (unsigned long long)r.moved, n);
}

/* A chain of objects of two classes in turn. */
static void chains(Class *list, Object **nodes, u32 n)
{
    Class *other = world_class("java/util/TreeMap$Entry");
    Edge edges[2] = { { .field = field_of(list, "next"), .from = list, .to = other }, { .field = field_of(other, "left"), .from = other, .to = list } };
    Object **others = make_nodes(other, n);
    GcMoveResult r;
    for (u32 i = 0; i < n; i++) {
        store_ref(nodes[i], edges[0].field->offset, others[i]);
        if (i + 1 < n) store_ref(others[i], edges[1].field->offset, nodes[i + 1]);
    }
    place_reset(&(PlaceOrder){ .edges = edges, .nedges = 2, .line_bytes = 64, .page_bytes = 4096 });
    edges_of(list), edges_of(other);
    gc_move_begin(n * 128);
    P.mover = gc_mover();
    ref_t head = gc_encode(nodes[0]);
    sample_begin();
    place_grow(&head);
    sample_end();
    gc_move_end(&r);
    if (r.moved != 2 * n) panic("%llu of %u nodes moved", (unsigned long long)r.moved, 2 * n);
    free(others);
}

/* A complete tree, and one in which each node but the last has one child only; with references to parents, or without what looks for them. */
static void trees(u32 n, bool complete, bool parents)
{
    Class *c = world_class("java/util/TreeMap$Entry");
    Edge edges[2] = { { .field = field_of(c, "left"), .from = c, .to = c }, { .field = field_of(c, "right"), .from = c, .to = c } };
    Object **nodes = make_nodes(c, n);
    for (u32 i = 0; i < n; i++) {
        if (complete && 2 * i + 1 < n) store_ref(nodes[i], edges[0].field->offset, nodes[2 * i + 1]);
        if (complete && 2 * i + 2 < n) store_ref(nodes[i], edges[1].field->offset, nodes[2 * i + 2]);
        if (!complete && i + 1 < n) store_ref(nodes[i], edges[i % 2].field->offset, nodes[i + 1]);
        if (parents && i) store_ref(nodes[i], field_of(c, "parent")->offset, nodes[complete ? (i - 1) / 2 : i - 1]);
    }
    place_reset(&(PlaceOrder){ .edges = edges, .nedges = 2, .line_bytes = 64, .page_bytes = 4096 });
    if (!parents) edges_of(c)->nback = 0;
    gc_move_begin(n * 64);
    P.mover = gc_mover();
    ref_t root = gc_encode(nodes[0]);
    sample_begin();
    place_grow(&root);
    sample_end();
    GcMoveResult r;
    gc_move_end(&r);
    if (r.moved + 2 < n) panic("%llu of %u nodes moved", (unsigned long long)r.moved, n); /* the stack may hold two */
    free(nodes);
}

void place_kernels(void)
{
    enum { N = 1500 };
    Class *list = world_class("java/util/LinkedList$Node");
    Field *next = field_of(list, "next");
    Object **nodes = make_nodes(list, N);
    for (u32 i = 0; i + 1 < N; i++) store_ref(nodes[i], next->offset, nodes[i + 1]);
    sweeping(list, nodes, N);
    free(nodes);
    nodes = make_nodes(list, N);
    copies(list, nodes, N);
    free(nodes);
    group("tree", "edge leftover");
    trees(100, true, false); /* makes tables that are large enough */
    for (u32 i = 0; i < 4; i++) trees(400 << i / 2, i % 2, false);
    nodes = make_nodes(list, N);
    chains(list, nodes, N);
    free(nodes);
    group("parents", "back");
    for (u32 i = 0; i < 4; i++) trees(400 << i / 2, i % 2, true);
    group("tables", "table_word");
    for (u32 i = 0; i < 2; i++) {
        P.members.len = P.members.cap;
        sample_begin();
        slots_grow((void **)&P.members.data, &P.members.cap, P.members.len, sizeof *P.members.data);
        sample_end();
    }
}
