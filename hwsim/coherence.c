/* Coherence of private caches: MESI, by a directory.

   The directory knows, of each line, the cores that may have it and the one that may have changed it (states E and M; the core's own
   caches tell whether it did). Caches drop clean lines without a word, so the directory may name more cores than have the line; copies are
   counted as found. What happens:
     read     the owner's copy becomes one among others (S), and what it changed goes to the home; nobody else may have it: E
     write    all other copies are taken away; a changed one comes along
     upgrade  the same without a line to fetch: the store found it in S
   A store to a line that L1D has changed already asks nobody: the fast path has it. Prefetches read.

   Contests. A line that a store took away from another core is contested from then on: no fast path has it, so the directory sees all accesses
   to it, word by word (4 bytes). A core that comes back to such a line has a coherence miss. It is one of false sharing unless it uses, as long
   as it keeps the line, a word that others have written since it lost the line (Dubois et al. 1993). */
#include "hwsim/mem.h"
#include <stdlib.h>
#include <string.h>

enum { NOBODY = 255, WORD_SHIFT = 2, WORDS = 64 };

typedef struct DirLine {
    u64 cores;    /* that may have it */
    u32 contest;  /* number, from 1 */
    u8 owner;
} DirLine;

typedef struct Contest {
    u64 lost;              /* cores whose copy was taken away, and that have not come back */
    u64 pending;           /* cores whose last miss looks like false sharing so far */
    u64 *fresh;            /* for each core: words that others wrote since it lost the line */
    u32 *number;           /* for each core: the observer's, of the pending miss */
    u8 core[WORDS];        /* who wrote a word last */
    u16 thread[WORDS];
    u64 clock, stamp[WORDS]; /* when */
} Contest;

struct HwDirectory {
    Map place; /* line to its number in `line` */
    Vec(DirLine) line;
    Vec(Contest) contest;
};

HwDirectory *directory_make(const HwSystem *s)
{
    ASSERT(s->line_shift - WORD_SHIFT <= 6);
    return xcalloc(1, sizeof(HwDirectory));
}

void directory_free(HwDirectory *d)
{
    for (size_t i = 0; i < d->contest.len; i++) free(d->contest.data[i].fresh), free(d->contest.data[i].number);
    vec_free(&d->contest);
    vec_free(&d->line);
    map_free(&d->place);
    free(d);
}

static DirLine *line_at(HwSystem *s, u64 pa)
{
    HwDirectory *d = s->directory;
    u64 line = pa >> s->line_shift, *known = map_get(&d->place, line);
    if (known) return &d->line.data[*known];
    *map_put(&d->place, line) = d->line.len;
    vec_push(&d->line, ((DirLine){ .owner = NOBODY }));
    return &vec_last(&d->line);
}

static u64 bit(const HwModel *m) { return 1ull << m->number; }

/* ---- contests ---------------------------------------------------------------------------------------------- */

static Contest *contest_of(HwSystem *s, const DirLine *l)
{
    return l->contest ? &s->directory->contest.data[l->contest - 1] : NULL;
}

static Contest *begin_contest(HwSystem *s, DirLine *l)
{
    if (l->contest) return contest_of(s, l);
    Contest c = { .fresh = xcalloc(s->cores, sizeof(u64)), .number = xcalloc(s->cores, sizeof(u32)) };
    vec_push(&s->directory->contest, c);
    l->contest = (u32)s->directory->contest.len;
    return &vec_last(&s->directory->contest);
}

static u64 words_of(const HwSystem *s, u64 addr, u32 size)
{
    u64 in_line = (1ull << s->line_shift) - 1, first = (addr & in_line) >> WORD_SHIFT, last = ((addr & in_line) + size - 1) >> WORD_SHIFT;
    ASSERT(last < WORDS && first <= last);
    return (last - first == 63 ? ~0ull : (1ull << (last - first + 1)) - 1) << first;
}

static u32 youngest(const Contest *c, u64 words)
{
    u32 best = (u32)__builtin_ctzll(words);
    for (u64 rest = words; rest; rest &= rest - 1) {
        u32 w = (u32)__builtin_ctzll(rest);
        if (c->stamp[w] > c->stamp[best]) best = w;
    }
    return best;
}

static void tell(HwModel *m, Contest *c, const HwRequest *r, u64 common)
{
    const HwObserver *o = m->observer;
    u64 fresh = c->fresh[m->number], line_mask = (1ull << m->system->line_shift) - 1;
    if (!o || !o->sharing || !fresh) return;
    u32 w = youngest(c, common ? common : fresh);
    HwSharing e = {
        .pc = r->pc, .addr = r->addr, .written = (r->addr & ~line_mask) + ((u64)w << WORD_SHIFT), .core = m->number, .writer_core = c->core[w],
        .thread = m->thread, .writer_thread = c->thread[w], .size = (u8)r->size, .access = r->access, .service = r->service, .false_sharing = !common,
    };
    c->number[m->number] = o->sharing(o->ctx, &e);
}

static void yield_soon(HwModel *m)
{
    m->took = model_now(m);
    if (!m->yield_at || *m->yield_at == ~0ull) return;
    *m->yield_at = 0;
    *m->yield_in_code = INT64_MIN;
}

/* m comes back to a line that it lost. */
static void count_return(HwModel *m, DirLine *l, const HwRequest *r)
{
    Contest *c = contest_of(m->system, l);
    if (!c || !(c->lost & bit(m))) return;
    c->lost &= ~bit(m);
    yield_soon(m);
    if (!r->demand || (r->access != HW_ACC_LOAD && r->access != HW_ACC_STORE)) return;
    u64 common = c->fresh[m->number] & words_of(m->system, r->addr, r->size);
    m->counter[HWC_COHERENCE_MISS]++;
    m->returned = true;
    tell(m, c, r, common);
    if (common) return;
    m->counter[HWC_FALSE_SHARING]++;
    c->pending |= bit(m);
}

static void note_access(HwModel *m, Contest *c, const HwRequest *r)
{
    HwSystem *s = m->system;
    u64 words = words_of(s, r->addr, r->size);
    if (c->pending & bit(m) && words & c->fresh[m->number]) {
        c->pending &= ~bit(m);
        m->counter[HWC_FALSE_SHARING]--;
        if (m->observer && m->observer->shared_after_all) m->observer->shared_after_all(m->observer->ctx, c->number[m->number]);
    }
    if (r->access != HW_ACC_STORE) return;
    c->clock++;
    for (u64 rest = words; rest; rest &= rest - 1) {
        u32 w = (u32)__builtin_ctzll(rest);
        c->core[w] = (u8)m->number, c->thread[w] = (u16)m->thread, c->stamp[w] = c->clock;
    }
    for (u32 k = 0; k < s->cores; k++)
        if (k != m->number) c->fresh[k] |= words;
}

bool coherence_lost(const HwModel *m, u64 pa)
{
    const HwDirectory *d = m->system->directory;
    const u64 *known = map_get(&d->place, pa >> m->system->line_shift);
    const Contest *c = known ? contest_of(m->system, &d->line.data[*known]) : NULL;
    return c && c->lost & bit(m);
}

/* ---- MESI ---------------------------------------------------------------------------------------------------- */

static void clear_reservations(HwModel *m, u64 addr)
{
    HwSystem *s = m->system;
    for (u32 k = 0; k < s->cores; k++) {
        u64 *held = s->core[k]->reservation;
        if (k != m->number && held && (*held ^ addr) >> s->line_shift == 0) *held = ~0ull;
    }
}

/* m becomes the only one to have the line. Returns LINE_HELD | LINE_DIRTY as others had it. */
static u8 take_from_others(HwModel *m, DirLine *l, u64 pa, const HwRequest *r)
{
    HwSystem *s = m->system;
    u64 taken = 0;
    u8 flags = 0;
    for (u64 rest = l->cores & ~bit(m); rest; rest &= rest - 1) {
        HwModel *k = s->core[__builtin_ctzll(rest)];
        u8 had = cache_take_line(k, pa);
        flags |= had;
        if (!had) continue;
        taken |= bit(k);
        m->counter[HWC_INVALIDATION_SENT]++;
        k->counter[HWC_INVALIDATION_RECEIVED]++;
    }
    if (taken) {
        yield_soon(m);
        Contest *c = begin_contest(s, l);
        c->lost |= taken;
        c->pending &= ~taken;
        for (u64 rest = taken; rest; rest &= rest - 1) c->fresh[__builtin_ctzll(rest)] = 0;
    }
    l->cores = bit(m);
    l->owner = (u8)m->number;
    clear_reservations(m, r->addr);
    return flags;
}

/* m reads the line. Returns LINE_HELD | LINE_DIRTY as the owner had it; what that had changed goes home. */
static u8 share_with_owner(HwModel *m, DirLine *l, u64 pa)
{
    u8 flags = 0;
    if (l->owner != NOBODY && l->owner != m->number) {
        HwModel *k = m->system->core[l->owner];
        flags = cache_clean_line(k, pa);
        if (!flags) l->cores &= ~bit(k);
        if (flags & LINE_DIRTY) coherence_write(k, pa);
    }
    l->owner = l->cores & ~bit(m) ? NOBODY : (u8)m->number;
    l->cores |= bit(m);
    return flags;
}

void coherence_write(HwModel *m, u64 pa)
{
    cache_write(m, m->system->node[system_home(m, pa)].shared, pa);
}

/* The line comes from another core's cache; its home was asked for it. */
static u64 forwarded(HwModel *m, const HwCache *shared, u64 pa, const HwRequest *r)
{
    m->counter[HWC_DIRTY_FORWARD]++;
    if (shared && r->demand) {
        m->counter[shared->access_counter]++;
        if (shared->shadow) shadow_access(shared->shadow, pa >> shared->unit_shift);
    }
    return m->system->forward;
}

u64 coherence_fetch(HwModel *m, u64 pa, const HwRequest *r, u32 *missed)
{
    HwSystem *s = m->system;
    u32 home = system_home(m, pa);
    HwCache *shared = s->node[home].shared;
    if (r->access == HW_ACC_WALK) return cache_fetch(m, shared, pa, r, missed);
    u64 more = home == m->node ? 0 : s->remote;
    if (r->demand) m->counter[home == m->node ? HWC_LOCAL_HOME : HWC_REMOTE_HOME]++;
    DirLine *l = line_at(s, pa);
    count_return(m, l, r);
    bool write = r->access == HW_ACC_STORE && r->demand;
    u8 flags = write ? take_from_others(m, l, pa, r) : share_with_owner(m, l, pa);
    u64 latency = flags & LINE_DIRTY ? forwarded(m, shared, pa, r) : cache_fetch(m, shared, pa, r, missed);
    if (write && flags && latency < s->upgrade) latency = s->upgrade;
    return latency + more;
}

bool coherence_data(HwModel *m, const HwRequest *r, u64 slot, bool came, u64 *wait)
{
    HwSystem *s = m->system;
    HwCache *c = &m->l1d;
    bool store = r->access == HW_ACC_STORE, asks = store && (slot == NONE || !(c->flags[slot] & LINE_DIRTY));
    if (!asks && !came && !(c->flags[slot] & LINE_CONTESTED)) return true;
    u64 pa = page_map(m, r->addr);
    DirLine *l = line_at(s, pa);
    if (asks && l->owner != m->number) {
        u64 takes = s->upgrade + (system_home(m, pa) == m->node ? 0 : s->remote);
        m->counter[HWC_UPGRADE]++;
        take_from_others(m, l, pa, r);
        if (*wait < takes) *wait = takes;
    } else if (asks) {
        clear_reservations(m, r->addr);
    }
    Contest *contest = contest_of(s, l);
    if (!contest) return true;
    if (slot != NONE && !(c->flags[slot] & LINE_CONTESTED)) {
        c->flags[slot] |= LINE_CONTESTED;
        cache_forget_line(c, c->tag[slot]);
    }
    note_access(m, contest, r);
    return false;
}

/* ---- invariants ------------------------------------------------------------------------------------------------ */

static u8 holds(HwModel *m, const HwCache *c, u64 pa)
{
    u64 slot = c->tag ? cache_find(c, (c->is_virtual ? page_unmap(m, pa) : pa) >> c->shift) : NONE;
    u8 flags = c->victims ? holds(m, c->victims, pa) : 0;
    return slot == NONE ? flags : flags | LINE_HELD | (c->flags[slot] & LINE_DIRTY);
}

static u8 core_holds(HwModel *m, u64 pa)
{
    u8 flags = holds(m, &m->l1i, pa) | holds(m, &m->l1d, pa);
    for (const HwCache *u = m->unified; !u->gate; u = u->next) flags |= holds(m, u, pa);
    return flags;
}

static void check_line(const HwSystem *s, const DirLine *l, u64 pa)
{
    for (u32 k = 0; k < s->cores; k++) {
        u8 flags = core_holds(s->core[k], pa);
        if (flags && !(l->cores >> k & 1)) panic("core %u has line 0x%llx, which the directory does not know", k, (unsigned long long)pa);
        if (flags & LINE_DIRTY && l->owner != k) panic("core %u changed line 0x%llx, which it does not own", k, (unsigned long long)pa);
        if (flags && l->owner != NOBODY && l->owner != k) panic("core %u has line 0x%llx, which core %u owns", k, (unsigned long long)pa, l->owner);
    }
}

void directory_check(const HwSystem *s)
{
    const HwDirectory *d = s->directory;
    MapEntry *e;
    for (size_t i = 0; (e = map_next(&d->place, &i));) check_line(s, &d->line.data[e->value], e->key << s->line_shift);
}
