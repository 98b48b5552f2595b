/* Passes in runs without a core. What an earlier simulated run has learned (learned.h) says along which fields to place, and how much of the time was lost without; or
   samples that the host takes do, or recorded ones (native_samples.h). Looked at every few milliseconds, by the host's clock:
     - what the edges lead to must have stopped growing: what is built now would have to move again;
     - there must be enough of it not to fit in the caches near the core;
     - the pass must cost a small share of the run so far, by its objects and what earlier passes took;
   and once placed, it must have doubled before it is placed again. */
#include "base/log.h"
#include "layout/layout.h"
#include "layout/forecast.h"
#include "layout/learned.h"
#include "layout/native_samples.h"
#include "layout/place.h"
#include <time.h>

enum {
    POLLS = 32,                /* between looks at the clock */
    LOOK_NS = 4000000,
    MAX_EDGES = 24,
    LEAST_BYTES = 512 << 10,   /* of what edges lead to */
    CALM_SHARE = 100,          /* grown by no more than one in so many between looks */
    CALM_LOOKS = 3,            /* in a row */
    OBJECT_NS = 120,           /* a pass is expected to take for an object, as long as there was none */
    MOST_SHARE = 10,           /* percent of the run so far that all passes may take */
    HORIZON = 3, SAVED = 40,   /* the run goes on for three times as long; percent of the stalls that are saved */
    LINE = 64, PAGE = 4096
};

static struct {
    u32 polls, calm;
    u64 began, looked, spent;  /* ns */
    u64 made, placed;          /* bytes that edges lead to: at the last look; at the last pass */
    double object_ns;
} N;

static u64 now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (u64)t.tv_sec * 1000000000ull + (u64)t.tv_nsec;
}

void layout_native_start(const char *samples)
{
    if (samples) native_samples_open(samples);
    N.began = N.looked = now();
    N.object_ns = OBJECT_NS;
}

/* Of the classes that the edges lead to, each once. */
static u64 bytes_of(const Edge *edges, u32 n, u64 *objects)
{
    u64 sum = 0;
    *objects = 0;
    for (u32 i = 0; i < n; i++) {
        u64 most = 0;
        bool first = true;
        for (u32 k = 0; k < n; k++) {
            if (edges[k].to != edges[i].to) continue;
            first &= k >= i;
            if (edges[k].made > most) most = edges[k].made;
        }
        if (!first) continue;
        sum += most;
        *objects += most / (edges[i].to->kind == CLASS_ARRAY || edges[i].to->shape.size < GC_GRANULE ? 2 * GC_GRANULE : edges[i].to->shape.size);
    }
    return sum;
}

static bool is_calm(u64 made)
{
    N.calm = (made - N.made) * CALM_SHARE <= made ? N.calm + 1 : 0;
    N.made = made;
    return N.calm >= CALM_LOOKS;
}

static double most_of(double share) { return share < 1 ? share : 1; }

/* Share of the time that a pass is expected to save. */
static double saved_share(const Edge *edges, u32 n)
{
    if (native_samples()) return most_of(native_samples_lost()) * forecast_saved(edges, n) / 100;
    const Memory *m = learned_memory();
    return most_of(m->cycles > 0 ? m->loose * m->instructions / m->cycles : 0) * SAVED / 100;
}

static bool affordable(const Edge *edges, u32 n, u64 objects, u64 elapsed)
{
    double cost = (double)objects * N.object_ns, gain = (double)elapsed * HORIZON * saved_share(edges, n);
    return gain > cost && ((double)N.spent + cost) * 100 <= (double)elapsed * MOST_SHARE;
}

static void run_pass(const Edge *edges, u32 n, u64 bytes)
{
    u64 begun = now();
    PlaceResult r = { 0 };
    bool moved = place_objects(&(PlaceOrder){ edges, n, LAYOUT_auto, 0, LINE, PAGE, false }, &(Samples){ 0 }, &r);
    u64 took = now() - begun;
    N.spent += took;
    N.placed = bytes, N.calm = 0;
    if (moved && native_samples()) native_samples_placed(edges, n);
    if (moved) N.object_ns = (double)took / (double)r.heap.moved;
    LOG(layout, "native pass: moved %llu objects of %llu reached, in %llu us", (unsigned long long)r.heap.moved, (unsigned long long)r.reached,
        (unsigned long long)took / 1000);
}

void layout_native_poll(Thread *t)
{
    (void)t;
    if (++N.polls % POLLS || !(native_samples() || learned_memory())) return;
    u64 at = now();
    if (at - N.looked < LOOK_NS) return;
    N.looked = at;
    if (native_samples()) native_samples_look();
    Edge edges[MAX_EDGES];
    u32 n = native_samples() ? native_samples_edges(edges, MAX_EDGES) : learned_edges(edges, MAX_EDGES);
    u64 objects, made = n ? bytes_of(edges, n, &objects) : 0;
    if (n && is_calm(made) && made >= LEAST_BYTES && made >= 2 * N.placed && affordable(edges, n, objects, at - N.began)) run_pass(edges, n, made);
}
