/* Prefetchers into L1: next line (data and instructions) and per-instruction strides (data). They learn from the
   misses and from the first use of a prefetched line, not from hits, so strides are in lines, and a loop over
   neighbouring elements has stride 1. Firmware trains them under its service's number in place of a pc.
   These do not leave their page and need no translation. A third kind follows pointers that it finds in lines, and gives up where
   no TLB has the page, and a fourth is a plug-in. Prefetches wait for miss registers and take their turn at the memory channel as misses do. */
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
    m->pf.pointer = c->prefetch_pointer;
    m->pf.compressed = c->prefetch_pointer_format == HW_POINTER_COMPRESSED32;
    m->pf.trigger = NONE;
    m->pf.on = true;
    m->pf.table = xcalloc(c->prefetch_table_entries, sizeof *m->pf.table);
    for (u64 i = 0; i <= m->pf.mask; i++) m->pf.table[i].key = NONE;
}

static void request_anywhere(HwModel *m, HwCache *c, u64 line, const HwRequest *r);

/* Requests one line of r's page into c unless it is there. */
static void request(HwModel *m, HwCache *c, u64 line, const HwRequest *r)
{
    u64 addr = line << c->shift;
    if (addr >> m->f.page_shift != r->addr >> m->f.page_shift) return;
    request_anywhere(m, c, line, r);
}

/* The same on any page that can be translated. */
static void request_anywhere(HwModel *m, HwCache *c, u64 line, const HwRequest *r)
{
    u64 addr = line << c->shift;
    u32 missed = 0;
    if (cache_find(c, line) != NONE || (c->victims && cache_find(c->victims, line) != NONE)) return;
    HwRequest p = *r;
    p.addr = addr;
    p.demand = false;
    m->counter[HWC_PREFETCH_ISSUED]++;
    u64 latency = cache_miss_line(m, c, page_map(m, addr), &p, &missed);
    cache_ask(c, line, &p);
    cache_fill(m, c, line, r->now + latency, LINE_PREFETCHED | cache_carried(m));
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

/* ---- pointers ------------------------------------------------------------------------------------------- */

enum { REGION_SHIFT = 28 }; /* pointers lead to the region that they are in */

static void follow(HwModel *m, u64 to, const HwRequest *r)
{
    u64 page = to >> m->f.page_shift, line = to >> m->l1d.shift;
    if (to >> REGION_SHIFT != r->addr >> REGION_SHIFT || line == r->addr >> m->l1d.shift) return;
    if (!tlb_holds(&m->dtlb, page) && !tlb_holds(&m->stlb, page)) m->counter[HWC_PREFETCH_DROPPED]++;
    else request_anywhere(m, &m->l1d, line, r);
}

/* The line that a load missed, or whose prefetch it used, is in the program's memory: what in it looks like a pointer is followed.
   Prefetched lines are not looked at until they are used, so chains are followed one link ahead. */
static void follow_pointers(HwModel *m, const HwRequest *r)
{
    const u8 *line = (const u8 *)(r->addr >> m->l1d.shift << m->l1d.shift);
    for (u32 at = 0; at < 1u << m->l1d.shift; at += m->pf.compressed ? 4 : 8) {
        u32 half;
        u64 word;
        memcpy(&half, line + at, sizeof half);
        memcpy(&word, line + (at & ~7u), sizeof word);
        follow(m, m->pf.compressed ? (u64)half << 3 : word, r);
    }
}

void prefetch_data(HwModel *m, const HwRequest *r)
{
    HwPrefetcher *p = &m->pf;
    if (!p->on) return;
    u64 line = r->addr >> m->l1d.shift;
    i64 stride = p->stride ? train(p, r->service ? r->service : r->pc, line) : 0;
    if (!stride && p->next_line) stride = 1;
    for (u32 i = 1; stride && i <= p->degree; i++) request(m, &m->l1d, line + (u64)stride * i, r);
    if (p->pointer && r->access == HW_ACC_LOAD && !r->service && model_has_memory(m)) follow_pointers(m, r);
}

void prefetch_told(HwModel *m, const HwRequest *r, LoamOutcome outcome)
{
    plugin_prefetch(m, &m->l1d, r->addr >> m->l1d.shift, r, outcome, request_anywhere);
}

void prefetch_fetch(HwModel *m, const HwRequest *r)
{
    if (m->pf.on && m->pf.instruction) request(m, &m->l1i, (r->addr >> m->l1i.shift) + 1, r);
}
