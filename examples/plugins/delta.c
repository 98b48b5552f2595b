/* A prefetcher as a plug-in: what distance follows what distance. For each page that was touched lately it keeps the last line
   and the last distance (in lines) between two accesses there; a table remembers which distance came after which, and
   the prefetcher follows that chain as far as its degree. It finds walks over records of several lines that a stride by
   instruction does not see. Its options: `degree=N` (4).

   cc -O2 -shared -fPIC -I hwsim delta.c -o delta.so; loam --core=default --set=prefetch.plugin=l1d --plugin=delta.so,degree=2 ... */
#include "plugin.h"
#include <stdio.h>
#include <stdlib.h>

enum { PAGES = 64, REACH = 128 /* lines in a page at most; distances lie in -REACH .. REACH */ };

typedef struct Page { uint64_t number, last; int distance; } Page;
typedef struct State {
    unsigned degree;
    uint64_t page_lines;
    Page page[PAGES];
    int16_t next[2 * REACH + 1]; /* 0: none known */
} State;

static void *make(const char *options, uint32_t line_bytes, uint64_t page_bytes)
{
    State *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    s->degree = 4;
    s->page_lines = page_bytes / line_bytes;
    char rest;
    if (*options && (sscanf(options, "degree=%u%c", &s->degree, &rest) != 1 || s->degree > 16)) {
        free(s);
        return NULL;
    }
    return s;
}

static void drop(void *state)
{
    free(state);
}

/* Follows the chain of distances from `line`. */
static void follow(const State *s, uint64_t line, int distance, LoamRequest *request, void *to)
{
    for (unsigned i = 0; i < s->degree; i++) {
        distance = s->next[distance + REACH];
        if (!distance) return;
        line += (uint64_t)(int64_t)distance;
        request(to, line);
    }
}

static void seen(void *state, const LoamAccess *a, LoamOutcome outcome, LoamRequest *request, void *to)
{
    (void)outcome;
    State *s = state;
    uint64_t number = a->line / s->page_lines;
    Page *p = &s->page[number % PAGES];
    int64_t distance = (int64_t)(a->line - p->last);
    int known = p->number == number && distance && distance >= -REACH && distance <= REACH;
    if (known && p->distance) s->next[p->distance + REACH] = (int16_t)distance;
    *p = (Page){ number, a->line, known ? (int)distance : 0 };
    if (known) follow(s, a->line, (int)distance, request, to);
}

const LoamPlugin loam_plugin = {
    LOAM_PLUGIN_VERSION, LOAM_PREFETCHER, "delta", .prefetcher = { make, drop, 0, seen },
};
