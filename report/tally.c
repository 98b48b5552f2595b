/* Events by key: see tally.h. Open addressing, linear probing. */
#include "report/tally.h"
#include "base/log.h"
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { FIRST_BITS = 10, MOST_BITS = 26, LARGE_PAGE = 2 << 20 };

void *tally_memory(u64 bytes)
{
    u64 page = bytes < LARGE_PAGE ? 64 : LARGE_PAGE;
    ASSERT(bytes >= page && !(bytes & (bytes - 1)));
    void *p = aligned_alloc(page, bytes);
    if (!p) panic("no memory for a report");
    if (page == LARGE_PAGE) madvise(p, bytes, MADV_HUGEPAGE); /* it works without, too */
    return memset(p, 0, bytes);
}

void tally_start(Tally *t, void (*settle)(const TallyLine *line))
{
    ASSERT(!t->lines);
    *t = (Tally){ tally_memory(sizeof(TallyLine) << FIRST_BITS), FIRST_BITS, 0, settle };
}

static TallyLine *find(const Tally *t, u64 key)
{
    u64 at = tally_slot(t, key), last = (1ull << t->bits) - 1;
    while (t->lines[at].key && t->lines[at].key != key) at = (at + 1) & last;
    return &t->lines[at];
}

static void grow(Tally *t)
{
    Tally old = *t;
    ASSERT(old.bits < MOST_BITS);
    t->bits++;
    t->lines = tally_memory(sizeof(TallyLine) << t->bits);
    for (u64 i = 0; i < 1ull << old.bits; i++)
        if (old.lines[i].key) *find(t, old.lines[i].key) = old.lines[i];
    free(old.lines);
}

TallyLine *tally_make(Tally *t, u64 key)
{
    ASSERT(key);
    TallyLine *l = find(t, key);
    if (l->key) return l;
    if (++t->filled > 1u << (t->bits - 1)) grow(t), l = find(t, key);
    l->key = key;
    return l;
}

void tally_settle(Tally *t)
{
    for (u64 i = 0; i < 1ull << t->bits; i++) {
        TallyLine *l = &t->lines[i];
        if (!l->key) continue;
        t->settle(l);
        l->counts = (TallyCounts){ { 0 } };
    }
}
