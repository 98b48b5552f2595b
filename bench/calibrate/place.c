/* Kernels of the layout optimizer's placing: sweep, chains, forest, order, on lists and trees of the JDK's own node classes. */
#include "bench/calibrate/calibrate.h"
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
    group("sweep", "sweep_object");
    P.list_all = true;
    reset(&none, 1, 64, 4096);
    edges_of(object_class(nodes[0]));
    sample_begin();
    for (u32 i = 0; i < n; i++) sweep_object(NULL, (GcObject *)nodes[i]);
    sample_end();
    group("members", "sweep_member edge");
    for (u32 with = 0; with < 3; with++) { /* only reached; reached and left by one edge; by two */
        Edge prev = { .field = field_of(list, "prev"), .from = list, .to = list };
        Edge edges[2] = { with ? next : none, prev };
        edges[0].to = list;
        reset(edges, with == 2 ? 2 : 1, 64, 4096);
        edges_of(list);
        vec_reserve(&P.members, n + 1);
        sample_begin();
        for (u32 i = 0; i < n; i++) sweep_object(NULL, (GcObject *)nodes[i]);
        sample_end();
    }
}

static void chains(Class *list, Object **nodes, u32 n)
{
    Edge next = { .field = field_of(list, "next"), .from = list, .to = list };
    u64 entered = 0;
    reset(&next, 1, 64, 4096);
    for (u32 i = 0; i < n; i++) sweep_object(NULL, (GcObject *)nodes[i]);
    group("look-at-members", "member_look");
    sample_begin();
    for (size_t i = 0; i < P.members.len; i++) entered += marked(P.entered, member(i));
    sample_end();
    group("chain", "chain_step");
    gc_move_begin(P.bytes);
    sample_begin();
    move_chain((GcObject *)nodes[0]);
    sample_end();
    gc_move_end(NULL);
    if (entered + 1 != n || P.reached != n) panic("%llu of %u objects were entered, %llu reached", (unsigned long long)entered, n, (unsigned long long)P.reached);
}

static void trees(u32 n)
{
    Class *c = world_class("java/util/TreeMap$Entry");
    Edge edges[2] = { { .field = field_of(c, "left"), .from = c, .to = c }, { .field = field_of(c, "right"), .from = c, .to = c } };
    Object **nodes = make_nodes(c, n);
    for (u32 i = 0; i < n; i++) {
        if (2 * i + 1 < n) store_ref(nodes[i], edges[0].field->offset, nodes[2 * i + 1]);
        if (2 * i + 2 < n) store_ref(nodes[i], edges[1].field->offset, nodes[2 * i + 2]);
    }
    reset(edges, 2, 64, 4096);
    edges_of(c);
    group("forest", "node");
    sample_begin();
    grow_tree((GcObject *)nodes[0]);
    sample_end();
    gc_move_begin(n * 64);
    group("order", "order");
    sample_begin();
    emit_from(0);
    sample_end();
    GcMoveResult r;
    gc_move_end(&r);
    if (r.moved != n) panic("%llu of %u nodes moved", (unsigned long long)r.moved, n);
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
    chains(list, nodes, N);
    free(nodes);
    trees(1500);
    group("tables", "table_word");
    for (u32 i = 0; i < 2; i++) {
        sample_begin();
        bits_clear(P.seen, clearing);
        sample_end();
    }
}
