/* Prefetchers into L1: next line (data and instructions) and per-instruction strides (data). They learn from the
   misses and from the first use of a prefetched line, not from hits, so strides are in lines, and a loop over
   neighbouring elements has stride 1. Firmware trains them under its service's number in place of a pc.
   A prefetch does not leave its page, needs no translation, and takes its turn at the memory channel. */
#include "hwsim/mem.h"
#include <stdlib.h>
#include <string.h>

#define SURE 2 /* equal strides in a row before the table prefetches */

void prefetch_init(HwModel *m)
{
    const HwConfig *c = m->cfg;
    m->pf.degree = (u32)c->prefetch_degree;
    m->pf.next_line = c->prefetch_next_line;
    m->pf.stride = c->prefetch_stride;
    m->pf.instruction = c->prefetch_instruction;
    m->pf.mask = c->prefetch_table_entries - 1;
    m->pf.on = true;
    m->pf.table = xcalloc(c->prefetch_table_entries, sizeof *m->pf.table);
    for (u64 i = 0; i <= m->pf.mask; i++) m->pf.table[i].key = NONE;
}

/* Requests one line into c unless it is there. */
static void request(HwModel *m, HwCache *c, u64 line, const HwRequest *r)
{
    u64 addr = line << c->shift;
    u32 missed = 0;
    if (addr >> m->f.page_shift != r->addr >> m->f.page_shift || cache_find(c, line) != NONE) return;
    HwRequest p = *r;
    p.addr = addr;
    p.demand = false;
    m->counter[HWC_PREFETCH_ISSUED]++;
    u64 latency = cache_fetch(m, c->next, page_map(m, addr), &p, &missed);
    cache_fill(m, c, line, r->now + latency, LINE_PREFETCHED);
    ASSERT(!missed);
}

/* Learns the stride of r's instruction; returns it once sure, else 0. */
static i64 train(HwPrefetcher *p, u64 key, u64 line)
{
    HwStride *s = &p->table[hash_u64(key) & p->mask];
    if (s->key != key) {
        *s = (HwStride){ .key = key, .line = line };
        return 0;
    }
    i64 stride = (i64)(line - s->line);
    s->line = line;
    if (!stride) return s->sure >= SURE ? s->stride : 0;
    if (stride != s->stride) s->stride = stride, s->sure = 0;
    if (s->sure < SURE) s->sure++;
    return s->sure >= SURE ? stride : 0;
}

void prefetch_data(HwModel *m, const HwRequest *r)
{
    HwPrefetcher *p = &m->pf;
    if (!p->on) return;
    u64 line = r->addr >> m->l1d.shift;
    i64 stride = p->stride ? train(p, r->service ? r->service : r->pc, line) : 0;
    if (!stride && p->next_line) stride = 1;
    for (u32 i = 1; stride && i <= p->degree; i++) request(m, &m->l1d, line + (u64)stride * i, r);
}

void prefetch_fetch(HwModel *m, const HwRequest *r)
{
    if (m->pf.on && m->pf.instruction) request(m, &m->l1i, (r->addr >> m->l1i.shift) + 1, r);
}
