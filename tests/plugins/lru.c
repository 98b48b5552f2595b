/* The built-in lru as a plug-in: must count the same. */
#include "plugin.h"
#include <stdlib.h>

#ifndef BAD_WAY
#define BAD_WAY 0
#endif
#ifndef VERSION
#define VERSION LOAM_PLUGIN_VERSION
#endif

typedef struct State { uint32_t ways; uint64_t clock, used[]; } State;

static void *make(const char *options, uint64_t sets, uint32_t ways, uint64_t seed)
{
    (void)options, (void)seed;
    State *s = calloc(1, sizeof *s + sets * ways * sizeof *s->used);
    s->ways = ways;
    return s;
}

static void drop(void *state)
{
    free(state);
}

static void touch(void *state, uint64_t set, uint32_t way, const LoamAccess *a)
{
    State *s = state;
    if (a->kind > LOAM_WRITEBACK || (a->kind == LOAM_WRITEBACK && a->pc)) abort();
    s->used[set * s->ways + way] = ++s->clock;
}

static uint32_t victim(void *state, uint64_t set, uint32_t ways, const LoamAccess *a)
{
    (void)a;
    const State *s = state;
    uint32_t oldest = 0;
    if (BAD_WAY) return ways;
    for (uint32_t w = 1; w < ways; w++)
        if (s->used[set * s->ways + w] < s->used[set * s->ways + oldest]) oldest = w;
    return oldest;
}

const LoamPlugin loam_plugin = { VERSION, LOAM_REPLACEMENT, "lru-again", .replacement = { make, drop, touch, touch, victim } };
