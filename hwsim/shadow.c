/* Why a cache misses (Hill's three kinds): cold, if its line was never accessed before; capacity, if a fully associative LRU cache of as
   many lines misses too; else conflict. With several cores a fourth kind, coherence, comes before them: another core's store took the line away. The shadow is that cache: it sees every demand access, no prefetches, no write-backs. */
#include "hwsim/mem.h"
#include <stdlib.h>
#include <string.h>

enum { END = 0 }; /* entry 0 closes the ring of lines in order of use */

struct HwShadow {
    Map place;      /* line to its entry; 0: accessed before, no longer there */
    u64 *line;
    u32 *newer, *older;
    u32 used, size;
};

HwShadow *shadow_make(u64 lines)
{
    HwShadow *s = xcalloc(1, sizeof *s);
    s->size = (u32)lines;
    s->line = xcalloc(lines + 1, sizeof *s->line);
    s->newer = xcalloc(lines + 1, sizeof *s->newer);
    s->older = xcalloc(lines + 1, sizeof *s->older);
    return s;
}

void shadow_free(HwShadow *s)
{
    if (!s) return;
    map_free(&s->place);
    free(s->line), free(s->newer), free(s->older), free(s);
}

static void take_out(HwShadow *s, u32 e)
{
    s->older[s->newer[e]] = s->older[e];
    s->newer[s->older[e]] = s->newer[e];
}

/* END's older neighbour is the youngest, its newer one the oldest. */
static void make_youngest(HwShadow *s, u32 e)
{
    s->older[e] = s->older[END];
    s->newer[e] = END;
    s->newer[s->older[END]] = e;
    s->older[END] = e;
}

/* An entry for a line that comes in. */
static u32 make_room(HwShadow *s)
{
    if (s->used < s->size) return ++s->used;
    u32 oldest = s->newer[END];
    ASSERT(oldest != END);
    take_out(s, oldest);
    *map_put(&s->place, s->line[oldest]) = 0;
    return oldest;
}

HwMissCause shadow_access(HwShadow *s, u64 line)
{
    u64 *known = map_get(&s->place, line);
    u32 e = known ? (u32)*known : 0;
    HwMissCause cause = !known ? HW_CAUSE_COLD : e ? HW_CAUSE_CONFLICT : HW_CAUSE_CAPACITY;
    if (e) take_out(s, e);
    else e = make_room(s);
    s->line[e] = line;
    *map_put(&s->place, line) = e;
    make_youngest(s, e);
    return cause;
}

void cache_count_miss(HwModel *m, HwCache *c, u32 bit, HwMissCause cause, u32 *missed)
{
    m->counter[c->miss_counter]++;
    *missed |= bit;
    if (cause == HW_CAUSE_NONE) return;
    if (cause != HW_CAUSE_COHERENCE) m->counter[c->cold_counter + (int)cause - HW_CAUSE_COLD]++;
    else if (c == &m->l1d) m->counter[HWC_L1D_COHERENCE]++;
    else if (c == &m->l2) m->counter[HWC_L2_COHERENCE]++;
    *missed |= (u32)cause << (8 + HW_CAUSE_BITS * (u32)__builtin_ctz(bit));
}
