/* Time: the store buffer. The core issues in order and stalls for what it waits for, so all
   else about time is the sum of stalls in model.c, and in stall.c if it waits where results are used; what the program's instructions do out of order is in
   ooo.c. At level HW_COUNTS nothing here takes time. */
#include "hwsim/mem.h"

void timing_init(HwModel *m)
{
    const HwConfig *c = m->cfg;
    ASSERT(c->core_store_buffer_entries <= STORE_BUFFER_MAX);
    m->stores.size = (u32)c->core_store_buffer_entries;
    m->stores.youngest_line = NONE;
    m->ports.cycle = NONE;
    if (!m->timing || c->core_kind == HW_CORE_OUT_OF_ORDER) return;
    m->ports.n = c->l1d_ports;
    if (m->late.on) return;
    m->f.unit_extra[HW_UNIT_MUL] = (u32)(c->core_mul_extra_cycles * m->width);
    m->f.unit_extra[HW_UNIT_DIV] = (u32)(c->core_div_extra_cycles * m->width);
    m->f.unit_extra[HW_UNIT_FP] = (u32)(c->core_fp_extra_cycles * m->width);
    m->f.unit_extra[HW_UNIT_FDIV] = (u32)(c->core_fdiv_extra_cycles * m->width);
}

static void retire_stores(HwModel *m)
{
    u64 now = model_now(m);
    while (m->stores.n && m->stores.done[m->stores.head] <= now) {
        m->stores.head = (m->stores.head + 1) % m->stores.size;
        m->stores.n--;
    }
    if (!m->stores.n) m->stores.youngest_line = NONE;
}

void store_room(HwModel *m, u64 addr)
{
    u64 unit = addr >> m->l1d.unit_shift;
    if (!m->timing || !m->stores.size || m->stores.n < m->stores.size) return;
    retire_stores(m);
    if (m->stores.n < m->stores.size || m->stores.youngest_line == unit) return;
    u64 slot = cache_find(&m->l1d, addr >> m->l1d.shift), now = model_now(m);
    bool there = slot != NONE && cache_has(&m->l1d, slot, addr);
    if (there && !m->l1d.through && *cache_ready(&m->l1d, slot, addr) <= now + m->l1d.latency) return;
    model_stall(m, m->stores.done[m->stores.head] - now);
    retire_stores(m);
}

/* Stores leave in order, each when its line is there; neighbours in the same line (or sector) share an entry. */
void store_wait(HwModel *m, u64 addr, u64 ready)
{
    u64 unit = addr >> m->l1d.unit_shift;
    if (!m->timing) return;
    if (!m->stores.size) {
        model_stall(m, ready - model_now(m));
        return;
    }
    retire_stores(m);
    if (m->stores.youngest_line == unit) return;
    if (UNLIKELY(m->stores.n == m->stores.size)) { /* a hit that other cores must be asked about: store_room did not expect that */
        ASSERT(m->system);
        model_stall(m, m->stores.done[m->stores.head] - model_now(m));
        retire_stores(m);
    }
    u32 last = (m->stores.head + m->stores.n - 1) % m->stores.size;
    u64 after = m->stores.n ? m->stores.done[last] : 0;
    m->stores.done[(m->stores.head + m->stores.n++) % m->stores.size] = ready > after ? ready : after;
    m->stores.youngest_line = unit;
}

/* A cycle's accesses are next to each other in program order: the last cycle is all that must be known. */
void take_port(HwModel *m)
{
    u64 now = model_now(m), cycle = now / m->width;
    if (cycle != m->ports.cycle) m->ports.cycle = cycle, m->ports.used = 0;
    if (m->ports.used == m->ports.n) {
        m->counter[HWC_L1D_PORT]++;
        model_stall(m, (cycle + 1) * m->width - now);
        m->ports.cycle++, m->ports.used = 0;
    }
    m->ports.used++;
}
