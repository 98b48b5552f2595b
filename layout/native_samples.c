/* Samples of a run without a core: see native_samples.h. They are booked on edges as those of a core are (looks.c), but that registers are not known: of an address
   that came as a parameter, only callers that are inlined. */
#include "layout/native_samples.h"
#include "layout/place.h"
#include "layout/raw.h"
#include "base/log.h"
#include "vm/locate.h"

enum { AT_ONCE = 256, A_LOOK = 32 /* samples that graph_look is told after */, ENOUGH_LOOSE = 24, PLACES = 4 };

static struct {
    RawSource *source;
    Graph graph;
    Map methods;       /* address of a bytecode -> its method, or 0 */
    u32 fresh;         /* samples on edges since the graph was told to look */
    u64 loose;         /* samples on objects that no pass has placed, since the last pass, */
    u64 stalls;        /* their cycles, */
    u64 since;         /* and since when */
    u32 unloaded;      /* classes, when samples were looked at last */
} S;

void native_samples_open(const char *from)
{
    char *wrong;
    S.source = raw_open(from, &wrong);
    if (!S.source) die("--samples=%s: %s", from, wrong);
}

bool native_samples(void) { return S.source != NULL; }

typedef struct Wanted { u64 pc; Method *m; } Wanted;

static void find_in(void *ctx, Class *c)
{
    Wanted *w = ctx;
    for (u32 i = 0; i < c->nmethods && !w->m; i++) {
        Method *m = &c->methods[i];
        if (m->code && w->pc - (u64)m->code < m->code_length) w->m = m;
    }
}

/* The instruction, and those that its method is inlined into. */
static u32 places_of(u64 pc, CodePlace *out)
{
    if (IN_WINDOW(CODE, pc)) return locate_places(pc, NULL, out, PLACES);
    if (!IN_WINDOW(META, pc)) return 0;
    u64 *known = map_put(&S.methods, pc);
    if (!*known) {
        Wanted w = { pc, NULL };
        classes_each(find_in, &w);
        *known = (u64)w.m;
    }
    if (!*known) return 0;
    out->m = (Method *)*known, out->bci = (u32)(pc - (u64)out->m->code);
    return 1;
}

static void take(const RawSample *s)
{
    if (!IN_WINDOW(HEAP, s->addr) && !IN_WINDOW(ARENA, s->addr)) return;
    GcObject *o = gc_base((void *)s->addr);
    u64 size = o ? gc_object_size(o) : 0;
    CodePlace places[PLACES];
    u32 n = o && place_takes(size) ? places_of(s->pc, places) : 0;
    bool by_caller;
    u32 place = n ? graph_find(&S.graph, object_class((Object *)o), places, n, &by_caller) : 0;
    if (!place) return;
    u64 stalls = s->latency * s->misses;
    graph_count(&S.graph, place, stalls, size);
    S.fresh++;
    if (IN_WINDOW(ARENA, o)) return;
    S.loose++, S.stalls += stalls;
}

/* Metadata of unloaded classes goes. */
static void forget(void)
{
    origins_forget();
    vec_free(&S.graph.edges), vec_free(&S.graph.lists);
    map_free(&S.graph.known), map_free(&S.graph.known_by), map_free(&S.methods);
    S.graph = (Graph){ 0 };
    S.fresh = 0, S.loose = S.stalls = 0, S.since = raw_cycle(S.source);
    S.unloaded = class_unloaded_count();
}

void native_samples_look(void)
{
    if (class_unloaded_count() != S.unloaded) forget();
    RawSample samples[AT_ONCE];
    u64 before = raw_cycle(S.source);
    u32 n = raw_read(S.source, samples, AT_ONCE);
    if (n && !S.since) S.since = before ? before : samples[0].cycle;
    for (u32 i = 0; i < n; i++) take(&samples[i]);
    if (S.fresh < A_LOOK) return;
    graph_look(&S.graph);
    S.fresh = 0;
}

u32 native_samples_edges(Edge *out, u32 max) { return graph_hot(&S.graph, out, max); }

double native_samples_lost(void)
{
    u64 now = raw_cycle(S.source);
    return S.loose >= ENOUGH_LOOSE && now > S.since ? (double)S.stalls / (double)(now - S.since) : 0;
}

void native_samples_placed(const Edge *edges, u32 n)
{
    graph_place(&S.graph, edges, n, false);
    graph_decay(&S.graph);
    S.loose = S.stalls = 0, S.since = raw_cycle(S.source);
}
