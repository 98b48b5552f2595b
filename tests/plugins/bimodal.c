/* The built-in bimodal predictor as a plug-in, with its 16384 counters: must count the same. */
#include "plugin.h"
#include <stdlib.h>
#include <string.h>

enum { COUNTERS = 16384 };

static void *make(const char *options, uint64_t bits)
{
    if (strcmp(options, "") || bits < 2 * COUNTERS) return NULL;
    unsigned char *c = malloc(COUNTERS);
    memset(c, 1, COUNTERS);
    return c;
}

static unsigned char *counter(void *state, uint64_t pc)
{
    return (unsigned char *)state + (pc >> 1) % COUNTERS;
}

static int predict(void *state, uint64_t pc, uint64_t target)
{
    (void)target;
    return *counter(state, pc) >> 1;
}

static void update(void *state, uint64_t pc, uint64_t target, int taken)
{
    (void)target;
    unsigned char *c = counter(state, pc);
    if (taken && *c < 3) ++*c;
    else if (!taken && *c) --*c;
}

static uint64_t bits(const void *state)
{
    (void)state;
    return 2 * COUNTERS;
}

const LoamPlugin loam_plugin = { LOAM_PLUGIN_VERSION, LOAM_PREDICTOR, "bimodal-again", .predictor = { make, free, predict, update, NULL, bits } };
