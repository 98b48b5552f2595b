/* Events by key: see tally.h. Open addressing, linear probing. */
#include "report/tally.h"
#include "base/log.h"
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { MOST_BITS = 27, CACHE_LINE = 64, LARGE_PAGE = 2 << 20 };

void *large_memory(u64 bytes)
{
    u64 page = bytes < LARGE_PAGE ? CACHE_LINE : LARGE_PAGE;
    bytes = (bytes + page - 1) / page * page;
    void *p = aligned_alloc(page, bytes);
    if (!p) panic("no memory for a report");
    if (page == LARGE_PAGE) madvise(p, bytes, MADV_HUGEPAGE); /* it works without, too */
    return p;
}

void *lasting_zeroed(u64 bytes)
{
    static u8 *at;
    static u64 left;
    if (bytes >= LARGE_PAGE) return memset(large_memory(bytes), 0, bytes);
    bytes = (bytes + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
    if (left < bytes) at = memset(large_memory(LARGE_PAGE), 0, LARGE_PAGE), left = LARGE_PAGE;
    at += bytes, left -= bytes;
    return at - bytes;
}

void tally_start(Tally *t, u32 bits, void (*settle)(const TallyLine *line))
{
    ASSERT(!t->lines && bits && bits < MOST_BITS);
    *t = (Tally){ lasting_zeroed(sizeof(TallyLine) << bits), bits, 0, settle };
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
    t->lines = lasting_zeroed(sizeof(TallyLine) << t->bits);
    for (u64 i = 0; i < 1ull << old.bits; i++)
        if (old.lines[i].key) *find(t, old.lines[i].key) = old.lines[i];
}

TallyLine *tally_make(Tally *t, u64 key)
{
    ASSERT(key);
    TallyLine *l = find(t, key);
    if (l->key) return l;
    if (++t->filled > 3u << (t->bits - 2)) grow(t), l = find(t, key);
    l->key = key;
    return l;
}

void tally_settle_line(const Tally *t, TallyLine *l)
{
    t->settle(l);
    l->counts = (TallyCounts){ { 0 } };
}

void tally_settle(const Tally *t)
{
    for (u64 i = 0; i < 1ull << t->bits; i++)
        if (t->lines[i].key) tally_settle_line(t, &t->lines[i]);
}
