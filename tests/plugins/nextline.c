/* The built-in next-line prefetcher as a plug-in (degree 2): must count the same. It asks for hits when built with HITS, and ignores them. */
#include "plugin.h"

static int nothing;

static void *make(const char *options, uint32_t line_bytes, uint64_t page_bytes)
{
    (void)options;
    return line_bytes && page_bytes > line_bytes ? &nothing : 0;
}

static void drop(void *state)
{
    (void)state;
}

static void seen(void *state, const LoamAccess *a, LoamOutcome outcome, LoamRequest *request, void *to)
{
    (void)state;
    if (outcome == LOAM_HIT) return;
    request(to, a->line + 1);
    request(to, a->line + 2);
}

#ifndef HITS
#define HITS 0
#endif
const LoamPlugin loam_plugin = { LOAM_PLUGIN_VERSION, LOAM_PREFETCHER, "next-line-again", .prefetcher = { make, drop, HITS, seen } };
