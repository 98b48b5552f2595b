/* What earlier runs have learned: see learned.h. A class is found again by its name and a fingerprint of its instance fields and those of its
   superclasses. */
#include "layout/learned.h"
#include "layout/layout.h"
#include "layout/learned_fields.h"
#include "base/log.h"
#include "layout/costs.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

enum {
    HEAT_CYCLES = 16,  /* edges begin with the heat of a sixteenth of the last run */
    LEAST_SHARE = 100, /* of the misses: edges with less are not worth a line of the file */
    MOST_EDGES = 400   /* in a file; with two classes each, these are fewer than it may have too */
};

/* An edge of this run: as it was when a pass went along it, or is now. */
typedef struct Seen { Field *field; Class *from, *to; double misses, stalls; bool placed; } Seen;

static struct {
    Memory *memory;            /* of earlier runs; NULL: nothing */
    Vec(Class *) classes;      /* of memory->classes; NULL: not loaded yet, or another one */
    Vec(bool) known;           /* of memory->edges: in the graph */
    u32 loaded, unloaded;      /* classes, when these were looked for last */
    Vec(Seen) placed;
} K;

bool layout_read_profile(const char *path)
{
    bool known = learned_load(path);
    if (known) vm_hooks.field_order = learned_field_order;
    return known;
}

bool learned_load(const char *path)
{
    char *wrong = NULL;
    if (access(path, F_OK) && errno == ENOENT) return false;
    K.memory = memory_read(path, &wrong);
    if (!K.memory) {
        warn("--profile=%s: not used: %s", path, wrong);
        free(wrong);
        return false;
    }
    for (size_t i = 0; i < K.memory->classes.len; i++) vec_push(&K.classes, NULL);
    for (size_t i = 0; i < K.memory->edges.len; i++) vec_push(&K.known, false);
    return true;
}

const Memory *learned_memory(void) { return K.memory; }

/* ---- Classes and fields -------------------------------------------------------------------------------- */

static u64 hash_text(u64 h, const Symbol *s) { return hash_u64(h ^ hash_bytes(s->bytes, s->length)); }

u64 learned_fingerprint(const Class *c)
{
    u64 h = 0;
    for (; c->kind == CLASS_ARRAY; c = c->component) h++;
    for (; c; c = c->super) {
        h = hash_text(h, c->name);
        for (u32 i = 0; i < c->nfields; i++)
            if (!(c->fields[i].access & ACC_STATIC)) h = hash_text(hash_text(h, c->fields[i].name), c->fields[i].desc);
    }
    return h;
}

static void find_class(void *ctx, Class *c)
{
    const Symbol *const *names = ctx;
    if (c->kind == CLASS_PRIMITIVE || c->state < CS_LINKED) return;
    for (size_t i = 0; i < K.classes.len; i++)
        if (names[i] == c->name && !K.classes.data[i] && learned_fingerprint(c) == K.memory->classes.data[i].fingerprint) K.classes.data[i] = c;
}

/* True: there may be new ones. */
static bool find_classes(void)
{
    if (!K.memory || (class_count() == K.loaded && class_unloaded_count() == K.unloaded)) return false;
    size_t n = K.classes.len;
    if (class_unloaded_count() != K.unloaded)
        for (size_t i = 0; i < n; i++) K.classes.data[i] = NULL;
    K.loaded = class_count(), K.unloaded = class_unloaded_count();
    const Symbol **names = xcalloc(n + 1, sizeof *names);
    for (size_t i = 0; i < n; i++) names[i] = symbol_lookup(K.memory->classes.data[i].name, strlen(K.memory->classes.data[i].name));
    charge_units(table_word, K.loaded);
    classes_each(find_class, names);
    free(names);
    return true;
}

/* NULL field and true: elements. */
static bool find_edge(const MemoryEdge *m, Edge *e)
{
    *e = (Edge){ .from = K.classes.data[m->from], .to = K.classes.data[m->to] };
    if (!e->from || !e->to) return false;
    if (!m->field) return e->from->kind == CLASS_ARRAY && e->from->component->kind != CLASS_PRIMITIVE;
    Symbol *name = symbol_lookup(m->field, strlen(m->field)), *type = symbol_lookup(m->type, strlen(m->type));
    e->field = name && type ? class_declared_field(e->from, name, type) : NULL;
    return e->field && (e->field->type == T_OBJECT || e->field->type == T_ARRAY);
}

void learned_resolve(Graph *g)
{
    if (!find_classes()) return;
    for (size_t i = 0; i < K.known.len; i++) {
        const MemoryEdge *m = &K.memory->edges.data[i];
        Edge e;
        if (K.known.data[i] || !find_edge(m, &e)) continue;
        charge_units(attribute, 1);
        K.known.data[i] = true;
        graph_expect(g, &e, m->misses, m->stalls * K.memory->cycles / HEAT_CYCLES);
    }
}

u32 learned_edges(Edge *out, u32 max)
{
    u32 n = 0;
    find_classes();
    for (size_t i = 0; i < K.known.len && n < max; i++) {
        const MemoryEdge *m = &K.memory->edges.data[i];
        Edge e;
        if (!(m->placed || m->misses * 16 >= 1) || !find_edge(m, &e)) continue;
        e.misses = (u64)(m->misses * 1e6), e.latency = (u64)(m->stalls * 1e6);
        e.made = graph_made(&e);
        out[n++] = e;
    }
    return n;
}

/* ---- For the next run ---------------------------------------------------------------------------------- */

static double sum_of_misses(const Graph *g)
{
    u64 sum = 0;
    for (size_t i = 0; i < g->edges.len; i++) sum += g->edges.data[i].misses;
    return sum ? (double)sum : 1;
}

static const Edge *in_graph(const Graph *g, const Edge *x)
{
    for (size_t i = 0; i < g->edges.len; i++) {
        const Edge *e = &g->edges.data[i];
        if (e->field == x->field && e->from == x->from && e->to == x->to) return e;
    }
    return NULL;
}

static Seen *seen_placed(const Edge *e)
{
    for (size_t i = 0; i < K.placed.len; i++) {
        Seen *s = &K.placed.data[i];
        if (s->field == e->field && s->from == e->from && s->to == e->to) return s;
    }
    return NULL;
}

static Seen look_at(const Graph *g, const Edge *x, double misses, u64 cycles)
{
    const Edge *e = in_graph(g, x);
    Seen s = { x->field, x->from, x->to, .placed = seen_placed(x) != NULL };
    if (e && cycles) s.misses = (double)e->misses / misses, s.stalls = (double)e->latency / (double)cycles;
    return s;
}

void learned_placed(const Graph *g, const Edge *edges, u32 n, u64 cycles)
{
    double misses = sum_of_misses(g);
    for (u32 i = 0; i < n; i++) {
        if (seen_placed(&edges[i])) continue; /* by an earlier pass: it tells more */
        Seen s = look_at(g, &edges[i], misses, cycles);
        s.placed = true;
        vec_push(&K.placed, s);
    }
}

u32 learned_class_in(Memory *m, const Class *c)
{
    for (u32 i = 0; i < m->classes.len; i++)
        if (!strcmp(m->classes.data[i].name, c->name->bytes)) return i;
    vec_push(&m->classes, ((MemoryClass){ xstrdup(c->name->bytes), learned_fingerprint(c) }));
    return (u32)m->classes.len - 1;
}

/* Where the edge is in the memory of earlier runs. */
static const MemoryEdge *remembered(const Seen *s)
{
    for (size_t i = 0; K.memory && i < K.memory->edges.len; i++) {
        const MemoryEdge *m = &K.memory->edges.data[i];
        Edge e;
        if (find_edge(m, &e) && e.field == s->field && e.from == s->from && e.to == s->to) return m;
    }
    return NULL;
}

static double most(double a, double b) { return a > b ? a : b; }

/* What was placed misses no more: that is no reason to forget it. Of what was not, the new heat counts as much as the old. */
static void add_seen(Memory *m, const Seen *s)
{
    const MemoryEdge *old = remembered(s);
    MemoryEdge e = { .misses = s->misses, .stalls = s->stalls, .placed = s->placed };
    if (old && s->placed) e.misses = most(old->misses, e.misses), e.stalls = most(old->stalls, e.stalls);
    else if (old) e.misses = (old->misses + e.misses) / 2, e.stalls = (old->stalls + e.stalls) / 2;
    if (e.misses > 1) e.misses = 1;
    if ((!e.placed && e.misses * LEAST_SHARE < 1) || m->edges.len >= MOST_EDGES) return;
    e.from = learned_class_in(m, s->from), e.to = learned_class_in(m, s->to);
    if (s->field) e.field = xstrdup(s->field->name->bytes), e.type = xstrdup(s->field->desc->bytes);
    vec_push(&m->edges, e);
}

/* An edge of classes that this run did not have; another program's, for instance. */
static void keep(Memory *m, const MemoryEdge *old)
{
    u32 at[2] = { old->from, old->to };
    if (m->edges.len >= MOST_EDGES) return;
    for (u32 k = 0; k < 2; k++) {
        const MemoryClass *c = &K.memory->classes.data[at[k]];
        u32 i = 0;
        while (i < m->classes.len && strcmp(m->classes.data[i].name, c->name)) i++;
        if (i == m->classes.len) vec_push(&m->classes, ((MemoryClass){ xstrdup(c->name), c->fingerprint }));
        at[k] = i;
    }
    MemoryEdge e = *old;
    e.from = at[0], e.to = at[1];
    if (e.field) e.field = xstrdup(e.field), e.type = xstrdup(e.type);
    vec_push(&m->edges, e);
}

/* A run with passes does not show what it would have been without. */
static void as_before(Memory *m)
{
    double longer = K.memory->instructions > 0 ? m->instructions / K.memory->instructions : 1;
    m->loose = most(m->loose, K.memory->loose);
    m->cycles = most(m->cycles, K.memory->cycles * longer);
    m->objects = most(m->objects, K.memory->objects * (longer < 1 ? longer : 1));
}

Memory *learned_sum(const Graph *g, const LearnedRun *run)
{
    Memory *m = xcalloc(1, sizeof *m);
    double misses = sum_of_misses(g);
    *m = (Memory){ .instructions = (double)run->instructions, .cycles = (double)run->cycles, .objects = (double)run->objects, .loose = run->loose,
                   .cost_factor = run->cost_factor, .did_not_pay = (double)run->did_not_pay };
    if (K.memory && K.placed.len) as_before(m);
    find_classes();
    for (size_t i = 0; i < K.placed.len; i++) add_seen(m, &K.placed.data[i]);
    for (size_t i = 0; i < g->edges.len; i++) {
        Seen s = look_at(g, &g->edges.data[i], misses, run->cycles);
        if (!s.placed) add_seen(m, &s);
    }
    for (size_t i = 0; K.memory && i < K.memory->edges.len; i++) {
        const MemoryEdge *old = &K.memory->edges.data[i];
        if (!K.classes.data[old->from] || !K.classes.data[old->to]) keep(m, old);
    }
    return m;
}
