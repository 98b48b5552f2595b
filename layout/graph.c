/* The class-field graph of sampled misses: see graph.h. */
#include "layout/graph.h"
#include "base/log.h"
#include "layout/costs.h"
#include <stdlib.h>
#include <string.h>

enum { UNIT = 12, HOT_SHARE = 24, WARM_SHARE = 48 };
#define KEPT 0.75 /* of the heat of late, from look to look */

static Edge *edge(Graph *g, Field *f, Class *from, Class *to)
{
    for (size_t i = 0; i < g->edges.len; i++) {
        Edge *e = &g->edges.data[i];
        if (e->field == f && e->from == from && e->to == to) return e;
    }
    vec_push(&g->edges, ((Edge){ .field = f, .from = from, .to = to }));
    return &vec_last(&g->edges);
}

static Class *declared_class(const Field *f) { return origin_class(f->owner->loader, f->desc); }

/* Can this origin have been where the object came from? Data flow over locals merges more than is true. */
static bool plausible(const Origin *o, const Class *c)
{
    if (!o->field) return o->array && class_subtype(c, o->array->component);
    Class *declared = declared_class(o->field);
    return declared && class_subtype(c, declared);
}

/* Bytecode and classes lie in the META window, so that the key is exact. */
static u64 key_of(const Method *m, u32 bci, const Class *c)
{
    _Static_assert(WIN_META_SIZE <= 1ull << 32, "two offsets fit a key");
    ASSERT(IN_WINDOW(META, m->code) && IN_WINDOW(META, c));
    return ((u64)m->code + bci - WIN_META_BASE) << 32 | (u32)((u64)c - WIN_META_BASE);
}

/* What is not found is looked for again, ever more rarely: code is resolved as it runs. */
#define NOT_FOUND (1ull << 32) /* and how often */
#define BY_CALLER (1ull << 63) /* see known_by */
static bool again(u64 known) { return known & NOT_FOUND && !((known + 1) & known & (NOT_FOUND - 1)); }

static u64 key_with_callers(u64 key, const CodePlace *places, u32 n)
{
    for (u32 i = 1; i < n; i++) key = hash_u64(key + (u64)places[i].m->code + places[i].bci);
    return key;
}

/* A list of the edges, for graph_count. */
static u32 add_list(Graph *g, Class *c, const Origin *o, u32 n)
{
    if (!g->lists.len) vec_push(&g->lists, 0); /* place 0 means none */
    u32 at = (u32)g->lists.len;
    vec_push(&g->lists, n);
    for (u32 i = 0; i < n; i++) {
        const Edge *e = edge(g, o[i].field, o[i].field ? o[i].field->owner : o[i].array, c);
        vec_push(&g->lists, (u32)(e - g->edges.data));
    }
    return at;
}

u32 graph_find(Graph *g, Class *c, const CodePlace *places, u32 n, bool *by_caller)
{
    u64 key = key_of(places[0].m, places[0].bci, c), *known = map_put(&g->known, key);
    *by_caller = *known == BY_CALLER;
    if (*by_caller) known = map_put(&g->known_by, key_with_callers(key, places, n));
    if (*known & NOT_FOUND) ++*known;
    if (!*known && !*by_caller) { /* most instructions that miss once do not miss again, and analysing a method is dear */
        *known = NOT_FOUND;
        return 0;
    }
    if (LIKELY(*known && !again(*known))) return *known & NOT_FOUND ? 0 : (u32)*known;
    charge_units(attribute, 1);
    Origin found[MAX_ORIGINS], o[MAX_ORIGINS];
    bool callers;
    u32 all = origins_of(places, n, found, &callers), have = 0;
    for (u32 i = 0; i < all; i++) {
        if (!found[i].field && !found[i].array) found[i].array = c->array_class; /* nothing is known of the array: take it to be made for such objects */
        if (plausible(&found[i], c)) o[have++] = found[i];
    }
    if (callers && !*by_caller) {
        *known = BY_CALLER;
        known = map_put(&g->known_by, key_with_callers(key, places, n));
        *by_caller = true;
    }
    if (have) return (u32)(*known = add_list(g, c, o, have));
    if (!*known) *known = NOT_FOUND;
    return 0;
}

void graph_count(Graph *g, u32 place, u64 stalls, u64 bytes)
{
    u32 n = g->lists.data[place];
    for (u32 i = 1; i <= n; i++) {
        Edge *e = &g->edges.data[g->lists.data[place + i]];
        e->misses += UNIT / n;
        e->recent += 1.0 / n;
        e->latency += stalls / n;
        e->sized++, e->bytes += bytes;
    }
}

void graph_count_array(Graph *g, const Class *array)
{
    for (size_t i = 0; i < g->edges.len; i++) {
        Edge *e = &g->edges.data[i];
        if (!e->field && class_subtype((Class *)array, e->from)) e->scattered += UNIT;
    }
}

void graph_expect(Graph *g, const Edge *known, double share, double stalls)
{
    enum { EXPECTED = 64 }; /* samples */
    Edge *e = edge(g, known->field, known->from, known->to);
    ASSERT(share >= 0 && share <= 1);
    e->misses += (u64)(UNIT * EXPECTED * share);
    e->expected = true;
    e->latency += (u64)stalls;
}

static u64 allocated_with_subclasses(const Class *c)
{
    u64 sum = c->allocated;
    for (const Class *s = c->subclasses; s; s = s->next_sibling) sum += allocated_with_subclasses(s);
    return sum;
}

bool graph_has_field(const Graph *g, const Class *c, u32 offset)
{
    for (size_t i = 0; i < g->edges.len; i++) {
        const Edge *e = &g->edges.data[i];
        if (e->field && !(e->field->access & ACC_STATIC) && e->field->offset == offset && class_subtype((Class *)c, e->from)) return true;
    }
    return false;
}

bool graph_met(const Graph *g, const Edge *e)
{
    for (size_t i = 0; i < g->edges.len; i++)
        if (g->edges.data[i].field == e->field && g->edges.data[i].from == e->from && g->edges.data[i].to == e->to) return true;
    return false;
}

/* A field's targets are no more than the objects that have it: an Integer may be a map's key or garbage. */
u64 graph_made(const Edge *e)
{
    if (!e->field || e->field->access & ACC_STATIC || !e->from->shape.size) return e->to->allocated;
    u64 size = e->to->kind == CLASS_ARRAY || !e->to->shape.size ? 16 : e->to->shape.size;
    u64 most = allocated_with_subclasses(e->from) / e->from->shape.size * size;
    return most < e->to->allocated ? most : e->to->allocated;
}

void graph_look(Graph *g)
{
    double recent = 0;
    for (size_t i = 0; i < g->edges.len; i++) {
        Edge *e = &g->edges.data[i];
        e->made_before = e->made;
        e->made = graph_made(e);
        e->recent *= KEPT;
        recent += e->recent;
    }
    g->recent = recent;
}

void graph_cool(Graph *g)
{
    for (size_t i = 0; i < g->edges.len; i++) g->edges.data[i].recent = 0;
    g->recent = 0;
}

void graph_decay(Graph *g)
{
    for (size_t i = 0; i < g->edges.len; i++) {
        Edge *e = &g->edges.data[i];
        e->misses /= 2, e->latency /= 2, e->scattered /= 2;
        e->expected = false;
    }
}

bool graph_placed(const Graph *g, u32 place)
{
    bool placed = false;
    for (u32 i = 1; i <= g->lists.data[place]; i++) {
        const Edge *e = &g->edges.data[g->lists.data[place + i]];
        if (!e->placed && e->recent * HOT_SHARE >= g->recent) return false;
        placed |= e->placed;
    }
    return placed;
}

static bool same(const Edge *a, const Edge *b) { return a->to == b->to && a->field == b->field && a->from == b->from; }

void graph_place(Graph *g, const Edge *edges, u32 n, bool fixed)
{
    for (size_t i = 0; i < g->edges.len; i++) {
        Edge *e = &g->edges.data[i];
        e->made_placed = 0;
        for (u32 k = 0; k < n; k++)
            if (edges[k].to == e->to) e->placed = fixed, e->displaced = !fixed, e->made_placed = e->made;
        for (u32 k = 0; k < n; k++)
            if (same(&edges[k], e)) e->placed = true, e->displaced = false, e->refused = 0;
    }
}

double graph_placeable(const Graph *g)
{
    double then = 0, now = 0;
    for (size_t i = 0; i < g->edges.len; i++) {
        const Edge *e = &g->edges.data[i];
        if (e->made_placed) then += (double)e->made_placed, now += (double)e->made;
    }
    return now > 0 ? then / now : 1;
}

void graph_refuse(Graph *g, const Edge *edges, u32 n)
{
    for (size_t i = 0; i < g->edges.len; i++)
        for (u32 k = 0; k < n; k++) g->edges.data[i].refused += same(&edges[k], &g->edges.data[i]);
}

static int hotter(const void *a, const void *b)
{
    const Edge *x = a, *y = b;
    if (x->misses != y->misses) return x->misses < y->misses ? 1 : -1;
    if (x->to->id != y->to->id) return x->to->id < y->to->id ? -1 : 1;
    if (x->from->id != y->from->id) return x->from->id < y->from->id ? -1 : 1;
    return x->field && y->field ? (int)x->field->index - (int)y->field->index : 0;
}

static bool is_static(const Edge *e) { return e->field && e->field->access & ACC_STATIC; }

static bool is_hot(const Edge *e, u64 misses, double recent, bool ever)
{
    if (is_static(e)) return e->misses > 0;
    if (ever || e->expected) return e->misses && e->misses * HOT_SHARE >= misses;
    return e->recent > 0 && e->recent * HOT_SHARE >= recent;
}

static u32 hot(const Graph *g, Edge *out, u32 max, bool ever)
{
    u64 misses = 0;
    double recent = 0;
    for (size_t i = 0; i < g->edges.len; i++) misses += g->edges.data[i].misses, recent += g->edges.data[i].recent;
    Edges sorted = { 0 };
    for (size_t i = 0; i < g->edges.len; i++)
        if (is_hot(&g->edges.data[i], misses, recent, ever)) vec_push(&sorted, g->edges.data[i]);
    if (sorted.len) qsort(sorted.data, sorted.len, sizeof(Edge), hotter);
    u32 n = sorted.len < max ? (u32)sorted.len : max;
    if (n) memcpy(out, sorted.data, n * sizeof(Edge));
    vec_free(&sorted);
    return n;
}

u32 graph_hot(const Graph *g, Edge *out, u32 max) { return hot(g, out, max, false); }
u32 graph_hot_ever(const Graph *g, Edge *out, u32 max) { return hot(g, out, max, true); }

u32 graph_warm(const Graph *g, Edge *out, u32 max)
{
    u32 n = 0;
    for (size_t i = 0; i < g->edges.len && n < max; i++) {
        const Edge *e = &g->edges.data[i];
        if (!is_static(e) && e->recent * HOT_SHARE < g->recent && e->recent * WARM_SHARE >= g->recent && e->recent > 1) out[n++] = *e;
    }
    return n;
}

u32 graph_cold(const Graph *g, const Edge *edges, u32 n, Edge *out, u32 max)
{
    u32 found = 0;
    for (size_t i = 0; i < g->edges.len && found < max; i++) {
        const Edge *e = &g->edges.data[i];
        bool from = !e->field, to = false, known = is_static(e) || !e->misses;
        for (u32 k = 0; k < n && !known; k++) {
            known = edges[k].field == e->field && edges[k].from == e->from;
            from |= edges[k].from == e->from || class_subtype(edges[k].to, e->from), to |= edges[k].to == e->to;
        }
        if (known || !from || !to) continue;
        out[found] = *e;
        out[found++].cold = e->field != NULL;
    }
    return found;
}

typedef struct StaticEdges { Edge *out; u32 n, max; } StaticEdges;

static void add_static(StaticEdges *s, Field *f, Class *from, Class *to)
{
    if (s->n < s->max) s->out[s->n++] = (Edge){ .field = f, .from = from, .to = to, .misses = UNIT };
}

static void static_edges_of(void *ctx, Class *c)
{
    if (c->kind != CLASS_INSTANCE || c->loader == boot_loader || c->state != CS_INITIALIZED) return;
    for (u32 i = 0; i < c->nfields; i++) {
        Field *f = &c->fields[i];
        if (f->access & ACC_STATIC || (f->type != T_OBJECT && f->type != T_ARRAY)) continue;
        Class *to = declared_class(f);
        if (!to || to->kind == CLASS_PRIMITIVE) continue;
        add_static(ctx, f, c, to);
        if (to->kind == CLASS_ARRAY && to->component->kind != CLASS_PRIMITIVE) add_static(ctx, NULL, to, to->component);
    }
}

u32 graph_static(Edge *out, u32 max)
{
    StaticEdges s = { out, 0, max };
    classes_each(static_edges_of, &s);
    return s.n;
}

char *edges_text(const Edge *edges, u32 n)
{
    char *text = xstrdup("");
    for (u32 i = 0; i < n; i++) {
        if (edges[i].cold) continue;
        char *from = class_external_name(edges[i].from), *to = class_external_name(edges[i].to);
        char *next = edges[i].field ? xasprintf("%s%s%s.%s -> %s", text, i ? ", " : "", from, edges[i].field->name->bytes, to)
                                    : xasprintf("%s%s%s -> %s", text, i ? ", " : "", from, to);
        free(text), free(from), free(to);
        text = next;
    }
    return text;
}
