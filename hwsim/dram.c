/* Memory: channels, banks with open rows, bandwidth; and what limits a cache: ports, and miss registers for what is on its way.

   Lines go to channels and then to banks in turn, whole rows at a time, banks permuted by the row so that strides of a power of two spread.
   An access to a bank's open row is quicker, one to another row must close it first, and a bank takes its accesses one after the other.
   Which row is open depends on the order of accesses alone, so rows hit the same at level counts.

   An in-order core asks in the order of time, so "next free at" is enough for a channel. Out of order a request may come before one that
   is earlier in time: then a channel is a calendar of slots, each as long as one line takes, and requests take the first free slot. */
#include "hwsim/mem.h"
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 1024 };

typedef struct Bank { u64 row, free; } Bank;
typedef struct Channel {
    u64 free;         /* in order: when it is */
    u64 slot[SLOTS];  /* out of order: number of the slot that is taken, by number modulo SLOTS */
    Bank *bank;
} Channel;

struct HwDram {
    u64 gap, hit_saves, conflict, latency; /* ticks */
    u64 banks, channels;
    u32 line_shift, lines_of_row_shift;
    Channel *channel;
};

/* Sectors of the last level's lines: what memory is asked for, and takes its channel for so much less. */
static u64 parts_of_line(const HwConfig *c)
{
    const struct { bool present; u64 line, sector; } levels[] = {
        { c->llc_present, c->llc_line_bytes, c->llc_sector_bytes }, { c->l4_present, c->l4_line_bytes, c->l4_sector_bytes },
        { c->l3_present, c->l3_line_bytes, c->l3_sector_bytes }, { c->l2_present, c->l2_line_bytes, c->l2_sector_bytes },
        { true, c->l1d_line_bytes, c->l1d_sector_bytes },
    };
    for (size_t i = 0;; i++)
        if (levels[i].present) return levels[i].sector ? levels[i].line / levels[i].sector : 1;
}

void dram_init(HwModel *m)
{
    const HwConfig *c = m->cfg;
    HwDram *d = m->dram = xcalloc(1, sizeof *d);
    m->dram_latency = d->latency = c->dram_latency_cycles * m->width;
    d->gap = m->timing ? c->dram_cycles_per_line * m->width : 0;
    if (d->gap) d->gap = (d->gap + parts_of_line(c) - 1) / parts_of_line(c);
    d->banks = c->dram_banks;
    d->channels = c->dram_channels;
    d->hit_saves = c->dram_row_hit_saves_cycles * m->width;
    d->conflict = c->dram_row_conflict_cycles * m->width;
    d->line_shift = 6;
    d->lines_of_row_shift = (u32)__builtin_ctzll(c->dram_row_bytes >> d->line_shift);
    d->channel = xcalloc(d->channels, sizeof *d->channel);
    for (u64 i = 0; i < d->channels; i++) {
        memset(d->channel[i].slot, 0xff, sizeof d->channel[i].slot);
        d->channel[i].bank = xcalloc(d->banks + 1, sizeof *d->channel[i].bank);
        for (u64 k = 0; k < d->banks; k++) d->channel[i].bank[k].row = NONE;
    }
}

void dram_free(HwModel *m)
{
    if (!m->dram) return; /* another core's */
    for (u64 i = 0; i < m->dram->channels; i++) free(m->dram->channel[i].bank);
    free(m->dram->channel);
    free(m->dram);
}

static HwDram *of(HwModel *m, u64 pa) { return UNLIKELY(m->system != NULL) ? system_dram(m, pa) : m->dram; }
/* Requests do not come in the order of time. */
static bool unordered(const HwModel *m) { return m->ooo || m->system; }

/* When the channel, asked at `now`, begins to carry a line. */
static u64 take_channel(const HwModel *m, HwDram *d, Channel *c, u64 now)
{
    if (!d->gap) return now;
    if (!unordered(m)) {
        u64 begin = c->free > now ? c->free : now;
        c->free = begin + d->gap;
        return begin;
    }
    u64 first = now / d->gap, s = first;
    while (c->slot[s % SLOTS] == s) s++;
    c->slot[s % SLOTS] = s;
    return s == first ? now : s * d->gap;
}

/* What the state of pa's bank does to an access at *now, which may have to wait for it: ticks more, or less. */
static i64 open_row(HwModel *m, HwDram *d, Channel *c, u64 line, u64 *now)
{
    if (!d->banks) return 0;
    u64 row = line / d->channels >> d->lines_of_row_shift;
    Bank *b = &c->bank[(row ^ row / d->banks) & (d->banks - 1)];
    i64 more = 0;
    if (b->row == row) {
        m->counter[HWC_DRAM_ROW_HIT]++;
        more = -(i64)d->hit_saves;
    } else if (b->row != NONE) {
        m->counter[HWC_DRAM_ROW_CONFLICT]++;
        more = (i64)d->conflict;
    }
    b->row = row;
    if (!m->timing) return more;
    if (!unordered(m) && b->free > *now) *now = b->free; /* out of order, the channel's calendar is all that orders */
    b->free = *now + d->gap + (u64)(more + (i64)d->hit_saves);
    return more;
}

u64 dram_read(HwModel *m, u64 now, u64 pa)
{
    HwDram *d = of(m, pa);
    u64 line = pa >> d->line_shift, at = now;
    Channel *c = &d->channel[line & (d->channels - 1)];
    m->counter[HWC_DRAM_READ]++;
    i64 more = open_row(m, d, c, line, &at);
    return take_channel(m, d, c, at) - now + (u64)((i64)d->latency + more);
}

void dram_write(HwModel *m, u64 pa)
{
    HwDram *d = of(m, pa);
    u64 line = pa >> d->line_shift, at = model_now(m);
    Channel *c = &d->channel[line & (d->channels - 1)];
    open_row(m, d, c, line, &at);
    take_channel(m, d, c, at);
}

/* ---- ports ------------------------------------------------------------------------------------------------ */

/* Calendars as a channel's: slots as long as an access keeps its port, and how many of a slot's ports are taken. */
struct HwPorts {
    u64 n, ticks;
    struct { u64 slot, used; } at[];
};

HwPorts *ports_make(u64 sets, u64 n, u64 ticks)
{
    ASSERT(n && ticks);
    HwPorts *p = xcalloc(1, sizeof *p + sets * SLOTS * sizeof p->at[0]);
    p->n = n, p->ticks = ticks;
    return p;
}

u64 ports_take(HwPorts *p, u64 set, u64 now)
{
    u64 first = now / p->ticks, s = first;
    for (;; s++) {
        u64 at = set * SLOTS + s % SLOTS;
        if (p->at[at].slot != s) p->at[at].slot = s, p->at[at].used = 0;
        if (p->at[at].used == p->n) continue;
        p->at[at].used++;
        return s == first ? now : s * p->ticks;
    }
}

/* ---- miss registers ----------------------------------------------------------------------------------------- */

/* The last misses' spans of time; more of them than registers, because out of order they are not in the order of time. */
struct HwMshrs {
    u32 n, kept, at;
    struct { u64 from, to; } span[];
};

HwMshrs *mshrs_make(u64 n)
{
    u32 kept = (u32)(n < 8 ? 32 : 4 * n);
    HwMshrs *s = xcalloc(1, sizeof *s + kept * sizeof s->span[0]);
    s->n = (u32)n;
    s->kept = kept;
    return s;
}

u64 mshrs_start(const HwMshrs *s, u64 now)
{
    for (;;) {
        u32 busy = 0;
        u64 soonest = NONE;
        for (u32 i = 0; i < s->kept; i++) {
            if (s->span[i].from > now || s->span[i].to <= now) continue;
            busy++;
            if (s->span[i].to < soonest) soonest = s->span[i].to;
        }
        if (busy < s->n) return now;
        now = soonest;
    }
}

void mshrs_take(HwMshrs *s, u64 from, u64 to)
{
    ASSERT(from <= to);
    s->span[s->at].from = from;
    s->span[s->at].to = to;
    s->at = (s->at + 1) % s->kept;
}
