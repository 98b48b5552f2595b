/* The class-field graph of sampled misses: see graph.h. */
#include "layout/graph.h"
#include "base/log.h"
#include "layout/costs.h"
#include <stdlib.h>
#include <string.h>

enum { UNIT = 12, HOT_SHARE = 16 };

static Edge *edge(Graph *g, Field *f, Class *from, Class *to)
{
    for (size_t i = 0; i < g->edges.len; i++) {
        Edge *e = &g->edges.data[i];
        if (e->field == f && e->from == from && e->to == to) return e;
    }
    vec_push(&g->edges, ((Edge){ f, from, to, 0, 0 }));
    return &vec_last(&g->edges);
}

/* The class of a field's declared type, if it is loaded. */
static Class *declared_class(const Field *f)
{
    Class *declared = class_find_loaded(f->owner->loader, f->desc);
    if (declared || f->desc->bytes[0] != 'L') return declared;
    Symbol *name = symbol_lookup(f->desc->bytes + 1, f->desc->length - 2u);
    return name ? class_find_loaded(f->owner->loader, name) : NULL;
}

/* Can this origin have been where the object came from? Data flow over locals merges more than is true. */
static bool plausible(const Origin *o, const Class *c)
{
    if (o->array) return class_subtype(c, o->array->component);
    if (!o->field) return false;
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
static bool again(u64 known) { return known & NOT_FOUND && !((known + 1) & known & (NOT_FOUND - 1)); }

u32 graph_find(Graph *g, Class *c, Method *m, u32 bci)
{
    u64 *known = map_put(&g->known, key_of(m, bci, c));
    if (*known & NOT_FOUND) ++*known;
    if (LIKELY(*known && !again(*known))) return *known & NOT_FOUND ? 0 : (u32)*known;
    charge_units(attribute, 1);
    Origin found[MAX_ORIGINS], o[MAX_ORIGINS];
    u32 all = origins_of(m, bci, found), n = 0;
    for (u32 i = 0; i < all; i++)
        if (plausible(&found[i], c)) o[n++] = found[i];
    if (!n) {
        if (!*known) *known = NOT_FOUND;
        return 0;
    }
    if (!g->lists.len) vec_push(&g->lists, 0); /* place 0 means none */
    u32 at = (u32)(*known = g->lists.len);
    vec_push(&g->lists, n);
    for (u32 i = 0; i < n; i++) {
        const Edge *e = edge(g, o[i].field, o[i].field ? o[i].field->owner : o[i].array, c);
        vec_push(&g->lists, (u32)(e - g->edges.data));
    }
    return at;
}

void graph_count(Graph *g, u32 place, u32 latency)
{
    u32 n = g->lists.data[place];
    for (u32 i = 1; i <= n; i++) {
        Edge *e = &g->edges.data[g->lists.data[place + i]];
        e->misses += UNIT / n;
        e->latency += latency / n;
    }
}

void graph_decay(Graph *g)
{
    for (size_t i = 0; i < g->edges.len; i++) g->edges.data[i].misses /= 2, g->edges.data[i].latency /= 2;
}

static int hotter(const void *a, const void *b)
{
    const Edge *x = a, *y = b;
    if (x->misses != y->misses) return x->misses < y->misses ? 1 : -1;
    if (x->to->id != y->to->id) return x->to->id < y->to->id ? -1 : 1;
    if (x->from->id != y->from->id) return x->from->id < y->from->id ? -1 : 1;
    return x->field && y->field ? (int)x->field->index - (int)y->field->index : 0;
}

u32 graph_hot(const Graph *g, Edge *out, u32 max)
{
    u64 total = 0;
    for (size_t i = 0; i < g->edges.len; i++) total += g->edges.data[i].misses;
    Edges sorted = { 0 };
    for (size_t i = 0; i < g->edges.len; i++) {
        const Edge *e = &g->edges.data[i];
        bool is_static = e->field && e->field->access & ACC_STATIC;
        if ((e->misses * HOT_SHARE >= total || is_static) && e->misses) vec_push(&sorted, *e);
    }
    if (sorted.len) qsort(sorted.data, sorted.len, sizeof(Edge), hotter);
    u32 n = sorted.len < max ? (u32)sorted.len : max;
    if (n) memcpy(out, sorted.data, n * sizeof(Edge));
    vec_free(&sorted);
    return n;
}

typedef struct StaticEdges { Edge *out; u32 n, max; } StaticEdges;

static void add_static(StaticEdges *s, Field *f, Class *from, Class *to)
{
    if (s->n < s->max) s->out[s->n++] = (Edge){ f, from, to, UNIT, 0 };
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
        char *from = class_external_name(edges[i].from), *to = class_external_name(edges[i].to);
        char *next = edges[i].field ? xasprintf("%s%s%s.%s -> %s", text, i ? ", " : "", from, edges[i].field->name->bytes, to)
                                    : xasprintf("%s%s%s -> %s", text, i ? ", " : "", from, to);
        free(text), free(from), free(to);
        text = next;
    }
    return text;
}
