/* Making several cores out of models, their clocks and sums; nodes and where pages have their memory. See system.h.

   Shared levels are memory-side: a node's cache only lines of the node's own memory. So no line is in two of them, and the directory needs
   to know of private caches alone. */
#include "hwsim/system.h"
#include "hwsim/mem.h"
#include <stdlib.h>
#include <string.h>

/* ---- making ---------------------------------------------------------------------------------------------- */

static HwCache *first_shared(HwModel *m)
{
    HwCache *const from[] = { &m->llc, &m->l4, &m->l3, &m->l2 };
    static const u32 names[] = { HW_SHARED_LLC, HW_SHARED_L4, HW_SHARED_L3, HW_SHARED_L2 };
    for (u32 i = 0; i < NELEM(from); i++)
        if (m->cfg->system_shared == names[i]) return from[i]->tag ? from[i] : NULL;
    return NULL;
}

/* The private levels of m end at the gate. */
static void end_at_gate(HwModel *m, HwCache *shared, HwCache *gate)
{
    HwCache **p = &m->unified;
    while (*p && *p != shared) p = &(*p)->next;
    *p = gate;
    if (m->unified == gate) m->l1i.next = m->l1d.next = gate;
    if (m->l1d.victims) m->l1d.victims->next = m->l1d.next;
}

static void init_gate(HwSystem *s, const HwCache *shared)
{
    HwCache *g = &s->gate;
    g->gate = true;
    g->shift = s->line_shift;
    g->latency = shared ? shared->latency : s->core[0]->dram_latency;
    g->access_counter = shared ? shared->access_counter : -1;
}

/* The first core of a node gives it shared levels and memory; the others have none of their own. */
static void join(HwSystem *s, u32 i)
{
    HwModel *m = s->core[i];
    HwCache *shared = first_shared(m);
    m->system = s;
    m->number = i;
    m->node = hw_system_node(s, i);
    end_at_gate(m, shared, &s->gate);
    HwNode *n = &s->node[m->node];
    if (!n->dram) {
        *n = (HwNode){ shared, m->dram };
        for (HwCache *c = shared; c; c = c->next) c->shared = true;
        return;
    }
    for (HwCache *c = shared, *next; c; c = next) {
        next = c->next;
        cache_free(c);
        *c = (HwCache){ .access_counter = c->access_counter };
    }
    dram_free(m);
    m->dram = NULL;
}

HwSystem *hw_system_new(const HwConfig *cfg, HwLevel level)
{
    HwSystem *s = xcalloc(1, sizeof *s);
    s->cfg = cfg;
    s->cores = (u32)cfg->system_cores;
    s->nodes = (u32)cfg->numa_nodes;
    ASSERT(s->cores >= s->nodes && s->cores <= 64);
    s->core = xcalloc(s->cores, sizeof(HwModel *));
    s->node = xcalloc(s->nodes, sizeof *s->node);
    for (u32 i = 0; i < s->cores; i++) s->core[i] = hw_model_new(cfg, level);
    s->line_shift = s->core[0]->l1d.shift;
    init_gate(s, first_shared(s->core[0]));
    u64 width = s->core[0]->width;
    s->upgrade = cfg->system_upgrade_cycles * width;
    s->forward = cfg->system_forward_cycles * width;
    s->remote = cfg->numa_remote_cycles * width;
    for (u32 i = 0; i < s->cores; i++) join(s, i);
    s->directory = directory_make(s);
    return s;
}

void hw_system_free(HwSystem *s)
{
    if (!s) return;
    for (u32 i = 0; i < s->cores; i++) hw_model_free(s->core[i]);
    directory_free(s->directory);
    map_free(&s->homes);
    free(s->core), free(s->node), free(s);
}

HwModel *hw_system_core(const HwSystem *s, u32 number)
{
    ASSERT(number < s->cores);
    return s->core[number];
}

u32 hw_system_node(const HwSystem *s, u32 number) { return number * s->nodes / s->cores; }

void hw_system_check(const HwSystem *s)
{
    for (u32 i = 0; i < s->cores; i++) hw_model_check(s->core[i]);
    directory_check(s);
}

/* ---- sums ------------------------------------------------------------------------------------------------- */

u32 hw_cores(const HwModel *m) { return m->system ? m->system->cores : 1; }

HwModel *hw_core_of(HwModel *m, u32 number)
{
    ASSERT(number < hw_cores(m));
    return m->system ? m->system->core[number] : m;
}

u32 hw_node_of(const HwModel *m) { return m->node; }

u64 hw_total(const HwModel *m, HwCounter c)
{
    if (!m->system) return hw_counter(m, c);
    u64 sum = 0;
    for (u32 i = 0; i < m->system->cores; i++) {
        u64 n = hw_counter(m->system->core[i], c);
        if (c != HWC_CYCLE) sum += n;
        else if (n > sum) sum = n;
    }
    return sum;
}

u64 hw_total_fw_cycles(const HwModel *m, int service)
{
    u64 sum = 0;
    if (!m->system) return hw_fw_cycles(m, service);
    for (u32 i = 0; i < m->system->cores; i++) sum += hw_fw_cycles(m->system->core[i], service);
    return sum;
}

u64 hw_total_fw_instructions(const HwModel *m, int service)
{
    u64 sum = 0;
    if (!m->system) return hw_fw_instructions(m, service);
    for (u32 i = 0; i < m->system->cores; i++) sum += hw_fw_instructions(m->system->core[i], service);
    return sum;
}

/* ---- clocks ------------------------------------------------------------------------------------------------ */

u64 hw_ticks(const HwModel *m)
{
    stall_due((HwModel *)m);
    return model_now(m);
}

u64 hw_ticks_per_cycle(const HwModel *m) { return m->width; }

void hw_wait_until(HwModel *m, u64 ticks, HwCounter why)
{
    ASSERT(why == HWC_IDLE_CYCLE || why == HWC_STOPPED_CYCLE);
    stall_drain(m);
    u64 now = model_now(m);
    if (ticks <= now) return;
    echo_wait(m, ticks, why);
    m->counter[why] += ticks - now;
    m->f.extra += ticks - now;
}

u64 hw_took(const HwModel *m) { return m->took; }

void hw_model_thread(HwModel *m, u32 thread) { m->thread = thread; }

void hw_model_core(HwModel *m, u64 *reservation, u64 *yield_at, i64 *in_code)
{
    m->reservation = reservation;
    m->yield_at = yield_at, m->yield_in_code = in_code;
}

/* ---- nodes ------------------------------------------------------------------------------------------------- */

u32 system_home(HwModel *m, u64 pa)
{
    HwSystem *s = m->system;
    if (s->nodes == 1) return 0;
    if (pa >> ADDRESS_BITS) return m->node; /* page tables: each node has its own */
    u64 page = pa >> m->f.page_shift;
    u64 *known = map_get(&s->homes, page);
    if (known) return (u32)*known;
    switch (s->cfg->numa_placement) {
    case HW_PLACE_INTERLEAVE: return (u32)(page_unmap(m, pa) >> m->f.page_shift) % s->nodes;
    case HW_PLACE_FIRST_NODE: return 0;
    default: *map_put(&s->homes, page) = m->node; return m->node;
    }
}

HwDram *system_dram(HwModel *m, u64 pa) { return m->system->node[system_home(m, pa)].dram; }

int hw_numa_home(const HwSystem *s, u64 addr)
{
    HwModel *m = s->core[0];
    u64 pa = page_map(m, addr);
    bool decided = s->nodes == 1 || s->cfg->numa_placement != HW_PLACE_FIRST_TOUCH || map_get(&m->system->homes, pa >> m->f.page_shift);
    return decided ? (int)system_home(m, pa) : -1;
}

u64 hw_numa_move(HwSystem *s, u64 addr, u64 size, u32 node)
{
    HwModel *m = s->core[0];
    u64 bytes = 1ull << m->f.page_shift, lines = 0;
    ASSERT(node < s->nodes);
    for (u64 page = ALIGN_DOWN(addr, bytes); page < addr + size; page += bytes) {
        u64 pa = page_map(m, page);
        int old = hw_numa_home(s, page);
        if (old == (int)node) continue;
        for (HwCache *c = old >= 0 ? s->node[old].shared : NULL; c; c = c->next) lines += cache_take_page(m, c, pa, bytes);
        *map_put(&s->homes, pa >> m->f.page_shift) = node;
    }
    return lines;
}
