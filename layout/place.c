/* Ordering objects along hot edges.
     sweep   one pass over the heap in address order finds where traversals start: entries, which are objects of classes that hot edges
             leave but do not reach (a list's head, a tree, a table). Where there are none, or where the last pass reached few objects from
             them, all members (objects that a hot edge leaves or reaches, by class) are listed, with those marked that a hot edge enters;
             those that none enters are the roots
     forest  a breadth-first walk from each root along hot edges gives each member a first parent: a spanning forest
     order   chains (each member has at most one child) are taken in run order; trees in blocks: starting at a block's root the
             heaviest frontier member (by subtree size: keys that are drawn evenly go there most often) joins until the line is full;
             groups of a few lines, which prefetchers bring together, and pages are filled with blocks the same way
     move    the heap copies them in that order
   Where no class has more than one hot edge out, there are only chains: then no forest is built, and each member is moved as it is
   reached, while its line is at hand. Sequential sweeps are cheap for the core's prefetchers; a forest costs a miss per member. */
#include "layout/place.h"
#include "layout/costs.h"
#include "base/log.h"
#include "base/bits.h"
#include "base/hash.h"
#include <stdlib.h>
#include <string.h>

enum { NONE = ~0u, MAX_PER_CLASS = 8, RECENT = 256 };

typedef struct ClassEdges { Class *c; u32 n; u32 offsets[MAX_PER_CLASS]; bool elements; bool target; } ClassEdges;

/* Trees are kept breadth-first, one after the other, each closed by an empty node: the children of node i are those from its `first`
   to the `first` of node i + 1. */
typedef struct Node { ref_t o; u32 first, weight; } Node;
typedef Vec(Node) Nodes;

typedef Vec(u64) Heap; /* max-heap of nodes by (weight, lower index first) */
enum { LEVELS = 3, GROUP_LINES = 4 };

static struct Placing {
    const Edge *edges;
    u32 nedges;
    Map classes;                /* Class* -> index into `by_class` + 1; 0: not involved */
    struct Recent { Class *c; u64 index; } recent[RECENT]; /* some of it */
    Vec(ClassEdges) by_class;
    Vec(GcObject *) members;
    Nodes nodes;
    Bits *entered, *seen;
    u64 block[LEVELS];          /* bytes of a line, of a group of lines that a prefetcher is likely to bring together, of a page */
    Heap frontier[LEVELS];
    u64 at;                     /* bytes ordered so far */
    u64 last_bytes;             /* size of the last object ordered: the next is taken to be like it */
    u64 bytes;                  /* of all members */
    u64 reached;                /* members reached by traversals */
    u64 targets;                /* objects of classes that hot edges reach */
    bool list_all;              /* list all members in this sweep */
    bool entries_fail;          /* the last pass that started from entries reached too little */
} P;

static ClassEdges *known_edges(u64 index) { return index ? &P.by_class.data[index - 1] : NULL; }

static u64 find_edges(Class *c)
{
    u64 *known = map_get(&P.classes, (u64)c);
    if (known) return *known;
    ClassEdges e = { .c = c };
    for (u32 i = 0; i < P.nedges; i++) {
        const Edge *x = &P.edges[i];
        if (x->to == c) e.target = true;
        if (!class_subtype(c, x->from)) continue;
        if (!x->field) e.elements = true;
        else {
            bool have = false;
            for (u32 k = 0; k < e.n; k++) have |= e.offsets[k] == x->field->offset;
            if (!have && e.n < MAX_PER_CLASS) e.offsets[e.n++] = x->field->offset;
        }
    }
    bool involved = e.n || e.elements || e.target;
    if (involved) vec_push(&P.by_class, e);
    return *map_put(&P.classes, (u64)c) = involved ? P.by_class.len : 0;
}

/* The hot edges that leave objects of class c, and whether c is reached by one. Asked for every object: the answers are at hand, by class. */
static inline ClassEdges *edges_of(Class *c)
{
    struct Recent *r = &P.recent[((u64)c >> 5 ^ (u64)c >> 11) % RECENT];
    if (UNLIKELY(r->c != c)) *r = (struct Recent){ c, find_edges(c) };
    return known_edges(r->index);
}

static GcObject *follow(const GcObject *o, u64 offset)
{
    charge_touch((const u8 *)o + offset, sizeof(ref_t), false);
    charge_units(edge, 1);
    return gc_load(o, (u32)offset);
}

static bool mark(Bits *b, const void *p)
{
    charge_touch(bits_byte(b, p), 1, true);
    return bits_set(b, p);
}
static bool marked(Bits *b, const void *p)
{
    charge_touch(bits_byte(b, p), 1, false);
    return bits_get(b, p);
}
static void clearing(const void *p, u64 n) { charge_touch(p, n, true), charge_units(table_word, n / 8); }

/* Members and nodes lie in the TABLE window, where the core's memory is: what is read and written of them is charged. Outgrown places are
   not used again; the next pass begins with what this one came to. */
static void grow_table(void **data, size_t *cap, size_t len, size_t size)
{
    size_t n = *cap ? *cap * 2 : 4096;
    void *p = window_alloc(&win_table, n * size, 64);
    if (len) {
        memcpy(p, *data, len * size);
        charge_touch(*data, len * size, false);
        charge_touch(p, len * size, true);
        charge_units(table_word, len * size / 8);
    }
    *data = p, *cap = n;
}
#define table_push(v, x) \
    ((v)->len == (v)->cap ? grow_table((void **)&(v)->data, &(v)->cap, (v)->len, sizeof *(v)->data) : (void)0, \
     (v)->data[(v)->len++] = (x), charge_touch(&vec_last(v), sizeof *(v)->data, true))

static GcObject *member(size_t i)
{
    charge_touch(&P.members.data[i], sizeof *P.members.data, false);
    charge_units(member_look, 1);
    return P.members.data[i];
}

static Node *node(u32 index, bool write)
{
    charge_touch(&P.nodes.data[index], sizeof(Node), write);
    return &P.nodes.data[index];
}
static u32 children_end(u32 index) { return P.nodes.data[index + 1].first; }

static void sweep_object(void *ctx, GcObject *o)
{
    (void)ctx;
    charge_units(sweep_object, 1);
    ClassEdges *e = edges_of(object_class((Object *)o));
    if (!e) return;
    P.targets += e->target;
    if (e->target && !P.list_all) return;
    charge_units(sweep_member, 1);
    table_push(&P.members, o);
    if (!P.list_all) return;
    for (u32 i = 0; i < e->n; i++) {
        GcObject *to = follow(o, e->offsets[i]);
        if (to) mark(P.entered, to);
    }
    if (e->elements)
        for (u32 i = 0, n = gc_length(o); i < n; i++) {
            GcObject *to = follow(o, ARRAY_BASE + 4ull * i);
            if (to) mark(P.entered, to);
        }
}

/* ---- The forest --------------------------------------------------------------------------------------- */

static void add_node(GcObject *o)
{
    if (!o || !mark(P.seen, o)) return;
    charge_units(node, 1);
    Node n = { gc_encode(o), 0, 1 };
    table_push(&P.nodes, n);
}

static void add_children(u32 index)
{
    node(index, true)->first = (u32)P.nodes.len;
    GcObject *o = gc_decode(P.nodes.data[index].o);
    charge_touch(o, sizeof *o, false);
    P.bytes += ALIGN_UP(gc_object_size(o), 8ull);
    ClassEdges *e = edges_of(object_class((Object *)o));
    if (!e) return;
    for (u32 i = 0; i < e->n; i++) add_node(follow(o, e->offsets[i]));
    if (e->elements)
        for (u32 i = 0, n = gc_length(o); i < n; i++) add_node(follow(o, ARRAY_BASE + 4ull * i));
}

/* Adds the tree at `root`, if nothing reached it before; children come after their parents, so weights add up in one backward loop. */
static bool grow_tree(GcObject *root)
{
    u32 first = (u32)P.nodes.len;
    add_node(root);
    if (P.nodes.len == first) return false;
    for (u32 i = first; i < P.nodes.len; i++) add_children(i);
    P.reached += P.nodes.len - first;
    Node closing = { 0, (u32)P.nodes.len, 0 };
    table_push(&P.nodes, closing);
    for (u32 i = (u32)P.nodes.len - 1; i-- > first;) {
        Node *n = node(i, true);
        for (u32 c = n->first; c < children_end(i); c++) n->weight += node(c, false)->weight;
    }
    return true;
}

/* ---- The order ---------------------------------------------------------------------------------------- */

/* Heavier first, then in breadth-first order: a heap's entries carry both, so that comparing touches no node. */
static u64 key_of(u32 v) { return (u64)P.nodes.data[v].weight << 32 | (u32)~v; }
static u32 node_of(u64 key) { return ~(u32)key; }

static void heap_add(Heap *h, u64 key)
{
    vec_push(h, key);
    size_t i = h->len - 1;
    for (; i && key > h->data[(i - 1) / 2]; i = (i - 1) / 2) h->data[i] = h->data[(i - 1) / 2];
    h->data[i] = key;
}
static void heap_push(Heap *h, u32 v) { heap_add(h, key_of(v)); }

static u32 heap_pop(Heap *h)
{
    u64 top = h->data[0], last = vec_pop(h);
    size_t n = h->len, i = 0;
    if (!n) return node_of(top);
    for (size_t k; (k = 2 * i + 1) < n; i = k) {
        k += k + 1 < n && h->data[k + 1] > h->data[k];
        if (last > h->data[k]) break;
        h->data[i] = h->data[k];
    }
    h->data[i] = last;
    return node_of(top);
}

static void emit(u32 index)
{
    GcObject *o = gc_decode(node(index, false)->o);
    charge_units(order, 1);
    charge_touch(o, sizeof *o, false);
    u64 bytes = ALIGN_UP(gc_object_size(o), 8ull);
    if (!gc_move_object(o)) return;
    P.at += bytes;
    P.last_bytes = bytes;
}

static void push_children(Heap *h, u32 index)
{
    for (u32 c = P.nodes.data[index].first; c < children_end(index); c++) heap_push(h, c), node(c, false);
}

/* A line that would take less than two nodes more, and would waste little, is left as it is. */
static void start_line(void)
{
    u64 line = P.block[0], left = line - P.at % line;
    if (left == line || left >= 2 * P.last_bytes || left * 4 > line) return;
    gc_move_align((u32)line);
    P.at = ALIGN_UP(P.at, line);
}

/* Is there room for one more of the frontier? A node may hang over the end of a line by half: its header is rarely read. */
static bool room(u32 level, u64 end) { return P.frontier[level].len && P.at + (level ? 0 : P.last_bytes / 2) < end; }

/* A block of the subtree at `root`: greedily, heaviest first, until the block of this level is full; what is left of the subtree goes to
   `rest`. Blocks of level 0 are lines of nodes, those above consist of blocks of the level below. */
static void emit_block(u32 root, u32 level, Heap *rest)
{
    Heap *frontier = &P.frontier[level];
    ASSERT(!frontier->len);
    if (!level) start_line();
    u64 end = level ? P.at + P.block[level] : ALIGN_DOWN(P.at, P.block[0]) + P.block[0];
    heap_push(frontier, root);
    do {
        u32 v = heap_pop(frontier);
        if (level) {
            emit_block(v, level - 1, frontier);
            continue;
        }
        emit(v);
        push_children(frontier, v);
    } while (room(level, end));
    while (frontier->len) heap_add(rest, vec_pop(frontier));
}

static void emit_tree(u32 root)
{
    Heap pages = { 0 };
    heap_push(&pages, root);
    while (pages.len) emit_block(heap_pop(&pages), LEVELS - 1, &pages);
    vec_free(&pages);
}

/* Run order for chains; a node with several children starts a tree. An array's elements follow each with its own subtree. */
static void emit_from(u32 index)
{
    for (u32 v = index;;) {
        u32 first = P.nodes.data[v].first, end = children_end(v);
        bool array = object_class((Object *)gc_decode(P.nodes.data[v].o))->kind == CLASS_ARRAY;
        if (end - first > 1 && !array) {
            emit_tree(v);
            return;
        }
        emit(v);
        if (end - first > 1)
            for (u32 c = first; c < end; c++) emit_from(c);
        if (end - first != 1) return;
        v = first;
    }
}

static void reset(const Edge *edges, u32 n, u32 line, u32 page)
{
    P.edges = edges, P.nedges = n, P.block[0] = line, P.block[1] = GROUP_LINES * line, P.block[2] = page, P.at = P.bytes = P.reached = P.targets = 0;
    if (!P.entered) P.entered = xcalloc(1, sizeof(Bits)), P.seen = xcalloc(1, sizeof(Bits));
    bits_clear(P.entered, clearing);
    bits_clear(P.seen, clearing);
    map_clear(&P.classes);
    memset(P.recent, 0, sizeof P.recent);
    vec_clear(&P.by_class);
    vec_clear(&P.members);
    vec_clear(&P.nodes);
}

/* ---- Chains ------------------------------------------------------------------------------------------- */

static bool only_chains(void)
{
    for (size_t i = 0; i < P.by_class.len; i++)
        if (P.by_class.data[i].n > 1 || P.by_class.data[i].elements) return false;
    return true;
}

static void move_chain(GcObject *o)
{
    while (o) {
        charge_touch(o, sizeof *o, false);
        charge_units(chain_step, 1);
        if (!(o->mark & GC_TAG)) return; /* moved already */
        ClassEdges *e = edges_of(object_class((Object *)o));
        GcObject *next = e && e->n ? follow(o, e->offsets[0]) : NULL;
        if (!gc_move_object(o) && !mark(P.seen, o)) return;
        P.reached++;
        o = next;
    }
}

static bool is_root(GcObject *o) { return !P.list_all || !marked(P.entered, o); }

static bool move_chains(PlaceResult *result)
{
    if (!gc_move_begin(0)) return false; /* how much there is shows on the way */
    for (size_t i = 0; i < P.members.len; i++) {
        GcObject *o = member(i);
        if (!is_root(o)) continue;
        result->roots++;
        move_chain(o);
    }
    for (size_t i = 0; P.list_all && i < P.members.len; i++) move_chain(member(i)); /* cycles: no root leads to them */
    gc_move_end(&result->heap);
    result->members = P.reached;
    return result->heap.moved > 0;
}

/* ---- Trees and graphs --------------------------------------------------------------------------------- */

static bool move_forest(PlaceResult *result)
{
    Vec(u32) roots = { 0 };
    for (size_t i = 0; i < P.members.len; i++) {
        GcObject *o = member(i);
        u32 at = (u32)P.nodes.len;
        if (is_root(o) && grow_tree(o)) vec_push(&roots, at);
    }
    result->roots = roots.len;
    for (size_t i = 0; P.list_all && i < P.members.len; i++) { /* cycles */
        u32 at = (u32)P.nodes.len;
        if (grow_tree(member(i))) vec_push(&roots, at);
    }
    bool begun = gc_move_begin(P.bytes);
    for (size_t i = 0; begun && i < roots.len; i++) emit_from(roots.data[i]);
    if (begun) gc_move_end(&result->heap);
    result->members = P.reached;
    vec_free(&roots);
    return result->heap.moved > 0;
}

/* Does some hot edge lead in from objects that no hot edge reaches? */
static bool has_entries(void)
{
    for (u32 i = 0; i < P.nedges; i++) {
        bool reached = false;
        for (u32 k = 0; k < P.nedges; k++) reached |= class_subtype(P.edges[k].to, P.edges[i].from);
        if (!reached) return true;
    }
    return false;
}

bool place_objects(const Edge *edges, u32 n, u32 line_bytes, u32 page_bytes, PlaceResult *result)
{
    reset(edges, n, line_bytes, page_bytes);
    P.list_all = P.entries_fail || !has_entries();
    gc_walk(sweep_object, NULL);
    bool moved = only_chains() ? move_chains(result) : move_forest(result);
    P.entries_fail = !P.list_all && P.reached * 2 < P.targets;
    return moved;
}
