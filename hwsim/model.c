/* The model's face: making one, and what happens on each access that the fast paths of model_fast.h leave over. See
   mem.h for how the parts fit together. */
#include "hwsim/mem.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const u64 no_registers[32];

/* ---- making and freeing -------------------------------------------------------------------------------- */

static u64 field(const HwModel *m, int number)
{
    return hw_field_int(m->cfg, &hw_fields[number]);
}

/* c is an L1 cache, for which model_fast.h has tables. */
static void fast_lines(HwCache *c, u64 *clock, u64 *load, u64 *store, u64 *stamp)
{
    memset(load, 0xff, HW_FAST_LINES * sizeof *load);
    if (store) memset(store, 0xff, HW_FAST_LINES * sizeof *store);
    c->fast_load = load, c->fast_store = store, c->fast_stamp = stamp;
    c->fast_place = xcalloc(HW_FAST_SPAN >> c->shift, sizeof *c->fast_place);
    c->clock = clock;
    if (c->policy == &hw_policies[HW_REPL_LRU] || c->policy == &hw_policies[HW_REPL_RANDOM]) return;
    c->settled = xmalloc((c->set_mask + 1) * sizeof *c->settled);
    memset(c->settled, 0xff, (c->set_mask + 1) * sizeof *c->settled);
}

/* Makes a level in front of m->unified. */
static void unified_level(HwModel *m, HwCache *c, int size_field, u32 miss_bit, int access_counter, int cold_counter, int sector_counter, int port_counter)
{
    cache_init(c, m->cfg, size_field, m->width);
    c->miss_bit = miss_bit;
    c->access_counter = access_counter;
    c->miss_counter = access_counter + 1;
    c->cold_counter = cold_counter;
    c->through = field(m, size_field + 6) == HW_WRITE_THROUGH;
    c->inclusive = field(m, size_field + 7) == HW_INCLUSIVE;
    c->exclusive = field(m, size_field + 7) == HW_EXCLUSIVE;
    cache_init_sectors(c, field(m, size_field + 8));
    c->port_counter = port_counter, c->sector_counter = sector_counter;
    c->next = m->unified;
    m->unified = c;
}

/* Slices, and ports: each slice has so many. */
static void init_access(HwModel *m, HwCache *c, int size_field)
{
    const HwConfig *cfg = m->cfg;
    u64 ports = field(m, size_field + 9), cycles = field(m, size_field + 10);
    if (!c->tag) return;
    if (c == &m->llc) {
        c->slice_bits = (u32)__builtin_ctzll(cfg->llc_slices);
        c->mesh = cfg->llc_network == HW_NETWORK_MESH;
        c->hop = cfg->llc_hop_cycles * m->width;
    }
    if (ports && m->timing) c->ports = ports_make(1ull << c->slice_bits, ports, cycles * m->width);
}

_Static_assert(HW_F_l2_sector_bytes == HW_F_l2_size_kib + 8 && HW_F_llc_port_cycles == HW_F_llc_size_kib + 10, "order of a level's fields");
_Static_assert(HW_F_l2_write == HW_F_l2_size_kib + 6 && HW_F_llc_inclusion == HW_F_llc_size_kib + 7, "order of a level's fields");
_Static_assert(HWC_L2_MISS == HWC_L2_ACCESS + 1 && HWC_LLC_MISS == HWC_LLC_ACCESS + 1, "order of a level's counters");

/* A buffer behind L1D: one set of `lines` ways, LRU. */
static void victim_buffer(HwModel *m, u64 lines)
{
    HwCache *v = xcalloc(1, sizeof *v);
    cache_init_buffer(v, lines, m->l1d.shift);
    v->next = m->l1d.next;
    v->is_virtual = true;
    m->l1d.victims = v;
}

static void init_timing_of(HwModel *m, HwCache *c, int size_field)
{
    u64 n = field(m, size_field + 5);
    if (c->tag && n && m->timing) c->mshrs = mshrs_make(n);
    if (c->tag && m->cfg->detail_classify) c->shadow = shadow_make((c->set_mask + 1) * c->ways * cache_sectors(c));
}

static void init_caches(HwModel *m)
{
    const HwConfig *cfg = m->cfg;
    if (cfg->llc_present) unified_level(m, &m->llc, HW_F_llc_size_kib, HW_MISS_LLC, HWC_LLC_ACCESS, HWC_LLC_COLD, HWC_LLC_SECTOR, HWC_LLC_PORT);
    if (cfg->l4_present) unified_level(m, &m->l4, HW_F_l4_size_kib, HW_MISS_L4, HWC_L4_ACCESS, HWC_L4_COLD, HWC_L4_SECTOR, HWC_L4_PORT);
    if (cfg->l3_present) unified_level(m, &m->l3, HW_F_l3_size_kib, HW_MISS_L3, HWC_L3_ACCESS, HWC_L3_COLD, HWC_L3_SECTOR, HWC_L3_PORT);
    if (cfg->l2_present) unified_level(m, &m->l2, HW_F_l2_size_kib, HW_MISS_L2, HWC_L2_ACCESS, HWC_L2_COLD, HWC_L2_SECTOR, HWC_L2_PORT);
    cache_init(&m->l1i, cfg, HW_F_l1i_size_kib, m->width);
    cache_init(&m->l1d, cfg, HW_F_l1d_size_kib, m->width);
    m->l1i.next = m->l1d.next = m->unified;
    m->l1i.is_virtual = m->l1d.is_virtual = true;
    m->l1i.cold_counter = HWC_L1I_COLD, m->l1d.cold_counter = HWC_L1D_COLD;
    m->l1i.miss_counter = HWC_L1I_MISS, m->l1d.miss_counter = HWC_L1D_MISS;
    m->l1i.sector_counter = HWC_L1I_SECTOR, m->l1d.sector_counter = HWC_L1D_SECTOR;
    cache_init_sectors(&m->l1i, cfg->l1i_sector_bytes), cache_init_sectors(&m->l1d, cfg->l1d_sector_bytes);
    m->l1d.through = cfg->l1d_write == HW_WRITE_THROUGH;
    m->l1d.no_allocate = !cfg->l1d_write_allocate;
    if (cfg->l1d_victim_lines) victim_buffer(m, cfg->l1d_victim_lines);
    init_timing_of(m, &m->l1i, HW_F_l1i_size_kib), init_timing_of(m, &m->l1d, HW_F_l1d_size_kib);
    init_timing_of(m, &m->l2, HW_F_l2_size_kib), init_timing_of(m, &m->l3, HW_F_l3_size_kib);
    init_timing_of(m, &m->l4, HW_F_l4_size_kib), init_timing_of(m, &m->llc, HW_F_llc_size_kib);
    init_access(m, &m->l2, HW_F_l2_size_kib), init_access(m, &m->l3, HW_F_l3_size_kib);
    init_access(m, &m->l4, HW_F_l4_size_kib), init_access(m, &m->llc, HW_F_llc_size_kib);
    HwCache *const all[] = { &m->l1i, &m->l1d, &m->l2, &m->l3, &m->l4, &m->llc };
    for (size_t i = 0; i < NELEM(all); i++)
        if (all[i]->policy == &plugin_policy) plugin_cache_init(m, all[i]);
    fast_lines(&m->l1i, &m->f.clock, m->f.l1i_fetch, NULL, m->f.l1i_stamp);
    fast_lines(&m->l1d, &m->f.clock, m->f.l1d_load, m->f.l1d_store, m->f.l1d_stamp);
    m->f.l1i_shift = (u8)m->l1i.unit_shift, m->f.l1i_mask = ~0ull << m->l1i.unit_shift;
    m->f.l1d_shift = (u8)m->l1d.shift, m->f.l1d_mask = ~0ull << m->l1d.shift;
}

static void init_translation(HwModel *m)
{
    const HwConfig *cfg = m->cfg;
    memset(m->f.dtlb_hint, 0xff, sizeof m->f.dtlb_hint);
    memset(m->f.itlb_hint, 0xff, sizeof m->f.itlb_hint);
    memset(m->f.btb_hint, 0xff, sizeof m->f.btb_hint);
    m->f.page_shift = cfg->page_map == HW_PAGE_2M ? 21 : 12;
    for (u64 i = 0; i < NELEM(m->page_keys); i++) m->page_keys[i] = hash_u64(cfg->page_seed * 4 + i + 1);
    tlb_init(&m->itlb, cfg->itlb_entries, cfg->itlb_ways, HWC_ITLB_MISS);
    tlb_init(&m->dtlb, cfg->dtlb_entries, cfg->dtlb_ways, HWC_DTLB_MISS);
    m->itlb.hint = m->f.itlb_hint, m->itlb.cache = &m->l1i;
    m->dtlb.hint = m->f.dtlb_hint, m->dtlb.cache = &m->l1d;
    tlb_init(&m->stlb, cfg->stlb_entries, cfg->stlb_ways, HWC_STLB_MISS);
    m->walker.entries = (u32)cfg->walk_cache_entries;
}

HwModel *hw_model_new(const HwConfig *cfg, HwLevel level)
{
    ASSERT(level == HW_COUNTS || level == HW_TIMING);
    HwModel *m = xcalloc(1, sizeof *m);
    m->cfg = cfg;
    m->level = level;
    m->timing = level == HW_TIMING;
    m->width = m->timing ? cfg->core_issue_width : 1;
    m->x = no_registers;
    m->fw_cpi = (u64)llround(cfg->firmware_cpi * (f64)m->width * 65536);
    hw_charge_scale(m, 1);
    stall_init(m);
    timing_init(m);
    dram_init(m);
    ooo_init(m);
    init_caches(m);
    init_translation(m);
    bpred_init(m);
    prefetch_init(m);
    behind_init(m);
    plugin_prefetch_init(m);
    sampler_init(m);
    int samples = hw_fw_service(m, "samples");
    ASSERT(samples == SERVICE_SAMPLES);
    if (cfg->detail_classify || plugins_need_all(cfg)) hw_model_no_fast(m); /* shadows and some plug-ins see every access */
    return m;
}

void hw_model_free(HwModel *m)
{
    if (!m) return;
    if (m->l1d.victims) cache_free(m->l1d.victims);
    free(m->l1d.victims);
    cache_free(&m->l1i), cache_free(&m->l1d), cache_free(&m->l2), cache_free(&m->l3), cache_free(&m->l4), cache_free(&m->llc);
    dram_free(m);
    behind_free(m);
    plugin_prefetch_free(m);
    tlb_free(&m->itlb), tlb_free(&m->dtlb), tlb_free(&m->stlb);
    bpred_free(m);
    sampler_free(m);
    ooo_free(m);
    stall_free(m);
    vec_free(&m->followers);
    echoes_free(m);
    free(m->pf.table);
    for (size_t i = 0; i < m->services.len; i++) free(m->services.data[i].name);
    vec_free(&m->services);
    free(m);
}

void hw_model_no_fast(HwModel *m)
{
    ASSERT(!m->f.clock && !m->f.branches);
    m->no_fast = true;
    m->itlb.hint = m->dtlb.hint = NULL;
    bpred_apply(m);
}

void hw_model_reference(HwModel *m)
{
    if (!m->no_fast) hw_model_no_fast(m);
    m->bp.plain = true;
    if (m->bp.ittage) bp_ittage_plain(m->bp.ittage);
    bool ok = bpred_choose(m, m->bp.predictor);
    ASSERT(ok);
}

void hw_model_regs(HwModel *m, const u64 *x)
{
    m->x = x ? x : no_registers;
}

bool model_has_memory(const HwModel *m)
{
    return m->x != no_registers;
}

void hw_model_observe(HwModel *m, const HwObserver *o)
{
    m->observer = o;
    bpred_defer(m);
}

HwSampler *hw_model_sampler(HwModel *m, u32 unit)
{
    ASSERT(unit < HW_SAMPLERS);
    return &m->samplers[unit];
}

/* ---- accesses ------------------------------------------------------------------------------------------ */

void model_report(HwModel *m, const HwRequest *r, u32 missed, u64 ticks)
{
    HwMiss e = {
        .pc = r->pc, .addr = r->addr, .x = m->x, .missed = missed & 255, .causes = missed >> 8, .latency = (u32)((ticks + m->width - 1) / m->width),
        .access = r->access, .size = (u8)(r->size < 255 ? r->size : 255), .service = r->service,
    };
    ASSERT(missed && r->demand);
    if (m->observer && m->observer->miss) m->observer->miss(m->observer->ctx, &e);
    sampler_miss(m, &e, m->returned);
    m->returned = false;
}

/* What became of a line in L1. */
typedef struct Found { u64 slot, wait; bool train, settled; /* repeating the access changes nothing */ } Found;

/* Looks r's line up in L1 cache c and fetches it if it is not there. `wait` is what the data takes beyond a hit. */
static Found look_up(HwModel *m, HwCache *c, const HwRequest *r, u32 *missed)
{
    u64 line = r->addr >> c->shift, recalled = 0;
    Found a = { .slot = cache_find(c, line), .settled = true };
    bool part = a.slot != NONE && !cache_has(c, a.slot, r->addr);
    HwMissCause cause = c->shadow ? shadow_access(c->shadow, r->addr >> c->unit_shift) : HW_CAUSE_NONE;
    if (a.slot == NONE && c->victims) {
        cache_ask(c, line, r);
        a.slot = cache_recall(m, c, line);
        recalled = a.slot == NONE ? 0 : m->cfg->l1d_victim_cycles * m->width;
        a.settled = !c->policy->insert;
    }
    if (a.slot == NONE || UNLIKELY(part)) {
        if (UNLIKELY(cause && m->system && coherence_lost(m, page_map(m, r->addr)))) cause = HW_CAUSE_COHERENCE;
        cache_count_miss(m, c, HW_MISS_L1, cause, missed);
        m->counter[c->sector_counter] += part;
        bool around = c->no_allocate && r->access == HW_ACC_STORE;
        u64 latency = around && !c->next ? c->latency : cache_miss(m, c, page_map(m, r->addr), r, missed);
        cache_ask(c, line, r);
        a.slot = around ? NONE : cache_bring(m, c, r->addr, r->now + latency, cache_carried(m));
        a.wait = latency - c->latency;
        a.train = true;
        a.settled = !c->policy->insert;
        return a;
    }
    cache_ask(c, line, r);
    cache_touch(c, a.slot);
    a.wait = recalled;
    u64 soonest = r->now + c->latency;
    u64 ready = *cache_ready(c, a.slot, r->addr);
    if (ready > soonest + recalled) a.wait = in_flight(m, ready - soonest);
    if (c->flags[a.slot] & LINE_PREFETCHED) {
        c->flags[a.slot] &= (u8)~LINE_PREFETCHED;
        m->counter[HWC_PREFETCH_USEFUL]++;
        m->counter[HWC_PREFETCH_LATE] += a.wait > 0;
        a.train = true;
    }
    return a;
}

/* The program's accesses take their time in the scoreboard; firmware finds the pipeline empty. */
static bool in_scoreboard(const HwModel *m, const HwRequest *r)
{
    return m->ooo && !r->service;
}

/* Out of order nothing stalls, so a line in flight must not look like one that is there. A line that an access found has
   arrived for all that follow in program order, also for those that issue earlier. */
static bool arrived(HwCache *c, const Found *a, u64 addr)
{
    if (!a->wait && a->slot != NONE) *cache_ready(c, a->slot, addr) = 0;
    return !a->wait;
}

/* From now on the fast path takes accesses to the line in `slot` of c, of which stores if `store`; the page has just been looked up in t. */
static void know_line(HwModel *m, HwCache *c, const HwTlb *t, u64 slot, bool store)
{
    u64 line = c->tag[slot], page = line >> (m->f.page_shift - c->shift);
    const HwHint *hint = &t->hint[hw_hint_index(page)];
    ASSERT(hint->key == page);
    cache_know_line(c, line, store, (HwFastPlace){ c->settled ? &c->nothing : &c->stamp[slot], &t->stamp[hint->slot] });
    t->known[hint->slot] |= 1ull << cache_part(c, line, m->f.page_shift);
    if (c->settled) c->settled[cache_set(c, line)] = line;
}

/* A store to a line that is there waits in it, or goes on to the next level, as one to a line that was not brought in does; that
   takes its time in the store buffer. */
static void store_line(HwModel *m, HwCache *c, const HwRequest *r, Found *a)
{
    if (a->slot != NONE && !c->through) {
        cache_change(c, a->slot, r->addr);
        return;
    }
    u64 below = c->next ? c->next->latency - c->latency : 0;
    m->counter[HWC_WRITETHROUGH]++;
    cache_write(m, c->next, page_map(m, r->addr));
    if (a->wait < below) a->wait = below;
}

/* The core stands still for r. */
static void stall_piece(HwModel *m, const HwRequest *r, u64 ticks)
{
    if (r->access == HW_ACC_LOAD && !r->service) model_stall_load(m, ticks);
    else model_stall(m, ticks);
}

/* A data access within one line. */
static void data_piece(HwModel *m, HwRequest *r)
{
    HwCache *c = &m->l1d;
    bool store = r->access == HW_ACC_STORE, scoreboard = in_scoreboard(m, r);
    u32 missed = 0;
    u64 clock = ++m->f.clock, translation = tlb_translate(m, &m->dtlb, r, clock, &missed);
    if (!scoreboard && translation) stall_piece(m, r, translation);
    if (UNLIKELY(m->ports.n) && !r->service) take_port(m);
    if (store && !scoreboard) store_room(m, r->addr);
    r->now = scoreboard ? r->now + translation : model_now(m);
    Found a = look_up(m, c, r, &missed);
    bool fast = !m->no_fast && a.settled && !m->ports.n;
    if (UNLIKELY(m->system != NULL)) fast &= coherence_data(m, r, a.slot, a.train, &a.wait);
    if (store) store_line(m, c, r, &a);
    bool there = m->ooo ? arrived(c, &a, r->addr) : (!store && !m->late.on) || !a.wait;
    u64 then = m->ooo ? 0 : r->now + c->latency;
    if (fast && there && a.slot != NONE && cache_whole(c, a.slot, then, false))
        know_line(m, c, &m->dtlb, a.slot, c->flags[a.slot] & LINE_DIRTY && cache_whole(c, a.slot, then, true));
    if (a.train) prefetch_data(m, r);
    if (UNLIKELY(m->pf.plugin_at == c)) prefetch_told(m, r, !a.train ? LOAM_HIT : missed & HW_MISS_L1 ? LOAM_MISS : LOAM_USEFUL);
    if (m->pf.trigger != NONE) behind_prefetch(m, r);
    if (scoreboard) ooo_wait(m, translation + a.wait);
    else if (!store && a.wait && m->late.on && !r->service && model_has_memory(m)) stall_load(m, r->pc, a.wait);
    else if (!store) stall_piece(m, r, a.wait);
    else if (a.wait) store_wait(m, r->addr, r->now + a.wait);
    m->f.other += m->f.clock - clock;
    if (missed) model_report(m, r, missed, translation + c->latency + a.wait);
    if (UNLIKELY(m->observer && m->observer->access)) m->observer->access(m->observer->ctx, r->addr, r->size);
}

/* An access that the fast path leaves over, to a line that it knows: it is misaligned, or firmware's. */
static bool known_line(HwModel *m, u64 addr, HwAccess access)
{
    return hw_data_hit(&m->f, access == HW_ACC_STORE ? m->f.l1d_store : m->f.l1d_load, addr, 1);
}

void model_data(HwModel *m, u64 pc, u64 addr, u64 size, HwAccess access, int service)
{
    u64 unit = 1ull << m->l1d.unit_shift;
    bool scoreboard = m->ooo && !service;
    stall_due(m);
    __builtin_prefetch((const void *)addr); /* who made the access will ask the host for it, an observer before */
    while (size) {
        u64 piece = unit - (addr & (unit - 1));
        if (piece > size) piece = size;
        addr += piece, size -= piece;
        if (known_line(m, addr - piece, access)) continue;
        HwRequest r = { .pc = pc, .addr = addr - piece, .now = scoreboard ? ooo_access(m) : model_now(m), .size = (u32)piece, .access = access,
                        .service = (u8)service, .demand = true };
        data_piece(m, &r);
    }
}

void hw_load(HwModel *m, u64 pc, u64 addr, u32 size)
{
    if (UNLIKELY(m->followers.len)) follow_data(m, pc, addr, size, HW_ACC_LOAD);
    model_data(m, pc, addr, size, HW_ACC_LOAD, 0);
}

void hw_store(HwModel *m, u64 pc, u64 addr, u32 size)
{
    if (UNLIKELY(m->followers.len)) follow_data(m, pc, addr, size, HW_ACC_STORE);
    model_data(m, pc, addr, size, HW_ACC_STORE, 0);
}

static u64 front(HwModel *m)
{
    return m->ooo ? ooo_front(m) : model_now(m);
}

static void stall_front(HwModel *m, u64 ticks)
{
    if (m->ooo) ooo_stall_front(m, ticks);
    else model_stall(m, ticks);
}

void hw_fetch(HwModel *m, u64 pc)
{
    HwCache *c = &m->l1i;
    if (UNLIKELY(m->followers.len)) follow_fetch(m, pc);
    stall_due(m);
    HwRequest r = { .pc = pc, .addr = pc, .now = front(m), .size = 4, .access = HW_ACC_FETCH, .demand = true };
    u32 missed = 0;
    m->f.fetches++;
    u64 clock = ++m->f.clock, translation = tlb_translate(m, &m->itlb, &r, clock, &missed);
    stall_front(m, translation);
    r.now = front(m);
    Found a = look_up(m, c, &r, &missed);
    if (!m->no_fast && a.settled && !c->valid) know_line(m, c, &m->itlb, a.slot, false);
    if (a.train) prefetch_fetch(m, &r);
    if (m->pf.trigger != NONE) behind_prefetch(m, &r);
    stall_front(m, a.wait);
    m->f.other += m->f.clock - clock;
    if (missed) model_report(m, &r, missed, translation + c->latency + a.wait);
}

/* Lines that are not there come in without a translation of their own, and count as no accesses. */
void model_wrong_path(HwModel *m, u64 to)
{
    HwCache *c = &m->l1i;
    u64 page = to >> m->f.page_shift, clock = m->f.clock, bytes = 1ull << c->unit_shift;
    HwRequest r = { .pc = to, .addr = to & ~(bytes - 1), .now = front(m), .size = 4, .access = HW_ACC_FETCH };
    if (!tlb_holds(&m->itlb, page) && !tlb_holds(&m->stlb, page)) return;
    for (u64 i = 0; i < m->cfg->branch_wrong_path_lines && r.addr >> m->f.page_shift == page; i++, r.addr += bytes) {
        u64 slot = cache_find(c, r.addr >> c->shift);
        u32 missed = 0;
        if (slot != NONE && cache_has(c, slot, r.addr)) continue;
        u64 latency = cache_miss(m, c, page_map(m, r.addr), &r, &missed);
        cache_ask(c, r.addr >> c->shift, &r);
        cache_bring(m, c, r.addr, r.now + latency, cache_carried(m));
        m->counter[HWC_WRONG_PATH]++;
    }
    m->f.other += m->f.clock - clock;
}

void hw_retire(HwModel *m, u64 n)
{
    hw_retire_fast(m, n);
}

void hw_unit(HwModel *m, HwUnit unit)
{
    ASSERT(unit < HW_UNIT_COUNT);
    hw_unit_fast(m, unit);
}

/* ---- reconfiguration ----------------------------------------------------------------------------------- */

static bool set_ways(HwModel *m, HwCache *c, u64 ways)
{
    if (!cache_resizable(c, ways)) return false;
    model_stall(m, cache_resize(m, c, (u32)ways) * m->cfg->core_flush_line_cycles * m->width);
    return true;
}

static bool set_degree(HwModel *m, u64 degree)
{
    const HwField *f = &hw_fields[HW_F_prefetch_degree];
    if (degree < (u64)f->lo || degree > (u64)f->hi) return false;
    m->pf.degree = (u32)degree;
    return true;
}

/* What predictors and their tables keep is in docs/cores.md. */
bool hw_knob_set(HwModel *m, HwKnob k, u64 value)
{
    bool ok = false;
    switch (k) {
    case HW_KNOB_HISTORY_LENGTH: ok = bpred_set_history(m, value); break;
    case HW_KNOB_PREDICTOR: ok = bpred_choose(m, value); break;
    case HW_KNOB_PREFETCH_ON: ok = value <= 1; m->pf.on = ok ? value : m->pf.on; break;
    case HW_KNOB_L1D_WAYS: ok = set_ways(m, &m->l1d, value); break;
    case HW_KNOB_L2_WAYS: ok = set_ways(m, &m->l2, value); break;
    case HW_KNOB_LLC_WAYS: ok = set_ways(m, &m->llc, value); break;
    case HW_KNOB_PREFETCH_DEGREE: ok = set_degree(m, value); break;
    case HW_KNOB_ROB_ENTRIES: ok = m->ooo && ooo_set_rob(m, value); break;
    case HW_KNOB_COUNT: default: panic("no configuration knob %d", (int)k);
    }
    if (!ok) return false;
    stall_drain(m);
    model_stall(m, m->cfg->core_reconfigure_cycles * m->width);
    if (m->observer && m->observer->reconfigured) m->observer->reconfigured(m->observer->ctx);
    return true;
}

u64 hw_knob_get(const HwModel *m, HwKnob k)
{
    switch (k) {
    case HW_KNOB_HISTORY_LENGTH: return bpred_history(m);
    case HW_KNOB_PREDICTOR: return m->bp.predictor;
    case HW_KNOB_PREFETCH_ON: return m->pf.on;
    case HW_KNOB_L1D_WAYS: return m->l1d.enabled;
    case HW_KNOB_L2_WAYS: return m->l2.enabled;
    case HW_KNOB_LLC_WAYS: return m->llc.enabled;
    case HW_KNOB_PREFETCH_DEGREE: return m->pf.degree;
    case HW_KNOB_ROB_ENTRIES: return m->ooo ? ooo_rob(m) : 0;
    case HW_KNOB_COUNT: break;
    }
    panic("no configuration knob %d", (int)k);
}
