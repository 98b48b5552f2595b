/* A replacement policy as a plug-in: SHiP (Wu et al., MICRO 2011), re-reference intervals chosen by signature. Lines come in
   with a distant or an intermediate interval, by what became of earlier lines that the same instruction brought in: a table of
   small counters, indexed by a hash of its address, grows when such a line is used again and shrinks when one leaves unused.
   Good for loops that mix a scan with a working set, each at instructions of its own.

   cc -O2 -shared -fPIC -I hwsim ship.c -o ship.so; loam --core=default --set=llc.replacement=plugin --plugin=ship.so ... */
#include "plugin.h"
#include <stdlib.h>

enum { TABLE = 16384, COUNTER_MAX = 7, DISTANT = 3, INTERMEDIATE = 2, NEAR = 0 };

typedef struct Line { uint16_t signature; uint8_t interval, used; } Line;
typedef struct State { uint32_t ways; Line *line; uint8_t counter[TABLE]; } State;

static void *make(const char *options, uint64_t sets, uint32_t ways, uint64_t seed)
{
    (void)options, (void)seed;
    State *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    s->ways = ways;
    s->line = calloc(sets * ways, sizeof *s->line);
    for (uint32_t i = 0; i < TABLE; i++) s->counter[i] = 1;
    return s->line ? s : NULL;
}

static void drop(void *state)
{
    State *s = state;
    free(s->line);
    free(s);
}

static void hit(void *state, uint64_t set, uint32_t way, const LoamAccess *a)
{
    State *s = state;
    Line *l = &s->line[set * s->ways + way];
    l->interval = NEAR;
    if (a->prefetch || l->used) return;
    l->used = 1;
    if (s->counter[l->signature] < COUNTER_MAX) s->counter[l->signature]++;
}

static void fill(void *state, uint64_t set, uint32_t way, const LoamAccess *a)
{
    State *s = state;
    Line *l = &s->line[set * s->ways + way];
    if (!l->used && s->counter[l->signature]) s->counter[l->signature]--; /* the line before it leaves */
    uint64_t hash = a->pc * 0x9e3779b97f4a7c15ull;
    *l = (Line){ .signature = (uint16_t)(hash >> 50) };
    l->interval = s->counter[l->signature] ? INTERMEDIATE : DISTANT;
}

static uint32_t victim(void *state, uint64_t set, uint32_t ways, const LoamAccess *a)
{
    (void)a;
    Line *l = &((State *)state)->line[set * ((State *)state)->ways];
    for (;;) {
        for (uint32_t w = 0; w < ways; w++)
            if (l[w].interval == DISTANT) return w;
        for (uint32_t w = 0; w < ways; w++) l[w].interval++;
    }
}

const LoamPlugin loam_plugin = {
    LOAM_PLUGIN_VERSION, LOAM_REPLACEMENT, "ship", .replacement = { make, drop, hit, fill, victim },
};
