/* A predictor of branch directions as a plug-in: YAGS (Eden and Mudge, MICRO 1998). A bimodal table holds what each branch mostly does;
   two small tagged tables, indexed by address and global history, hold the exceptions - one for branches that are mostly
   taken, one for the others. All of it in two-bit counters, sized from the budget: half of it for the bimodal table, a
   quarter for each of the others.

   cc -O2 -shared -fPIC -I hwsim yags.c -o yags.so; loam --core=default --set=branch.predictor=plugin --plugin=yags.so ... */
#include "plugin.h"
#include <stdlib.h>

enum { TAG_BITS = 8, HISTORY_BITS = 12 };

typedef struct Exception { uint8_t tag, counter; } Exception;
typedef struct State {
    uint32_t choices, exceptions; /* entries, powers of two */
    uint8_t *choice;
    Exception *exception[2]; /* [1]: of branches that are mostly taken */
    uint64_t history;
} State;

static uint32_t power_below(uint64_t n)
{
    uint32_t p = 1;
    while (2ull * p <= n) p *= 2;
    return p;
}

static void *make(const char *options, uint64_t bits)
{
    (void)options;
    State *s = calloc(1, sizeof *s);
    if (!s || bits < 1024) return free(s), NULL;
    s->choices = power_below((bits - HISTORY_BITS) / 2 / 2);
    s->exceptions = power_below((bits - HISTORY_BITS) / 4 / (2 + TAG_BITS));
    s->choice = calloc(s->choices, 1);
    for (int i = 0; i < 2; i++) s->exception[i] = calloc(s->exceptions, sizeof(Exception));
    return s->choice && s->exception[0] && s->exception[1] ? s : NULL;
}

static void drop(void *state)
{
    State *s = state;
    free(s->choice), free(s->exception[0]), free(s->exception[1]);
    free(s);
}

static uint8_t moved(uint8_t counter, int taken)
{
    return taken ? counter + (counter < 3) : counter - (counter > 0);
}

static uint8_t *choice_of(const State *s, uint64_t pc)
{
    return &s->choice[(pc >> 1) & (s->choices - 1)];
}

static Exception *exception_of(const State *s, uint64_t pc, int mostly)
{
    return &s->exception[mostly][(pc >> 1 ^ s->history) & (s->exceptions - 1)];
}

static uint8_t tag_of(uint64_t pc)
{
    return (uint8_t)(pc >> 1);
}

static int predict(void *state, uint64_t pc, uint64_t target)
{
    (void)target;
    const State *s = state;
    int mostly = *choice_of(s, pc) >> 1;
    const Exception *e = exception_of(s, pc, mostly);
    return e->tag == tag_of(pc) ? e->counter >> 1 : mostly;
}

static void update(void *state, uint64_t pc, uint64_t target, int taken)
{
    (void)target;
    State *s = state;
    uint8_t *choice = choice_of(s, pc);
    int mostly = *choice >> 1;
    Exception *e = exception_of(s, pc, mostly);
    int known = e->tag == tag_of(pc), right = known && e->counter >> 1 == taken;
    if (known) e->counter = moved(e->counter, taken);
    else if (mostly != taken) *e = (Exception){ tag_of(pc), taken ? 2 : 1 };
    if (mostly == taken || !right) *choice = moved(*choice, taken); /* an exception that was right leaves the rule alone */
    s->history = (s->history << 1 | (uint64_t)taken) & ((1u << HISTORY_BITS) - 1);
}

static uint64_t bits(const void *state)
{
    const State *s = state;
    return 2ull * s->choices + 2ull * s->exceptions * (2 + TAG_BITS) + HISTORY_BITS;
}

const LoamPlugin loam_plugin = {
    LOAM_PLUGIN_VERSION, LOAM_PREDICTOR, "yags", .predictor = { make, drop, predict, update, NULL, bits },
};
