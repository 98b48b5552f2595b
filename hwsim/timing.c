/* Time: the store buffer. The core issues in order and stalls for what it waits for, so all
   else about time is the sum of stalls in model.c; what the program's instructions do out of order is in ooo.c. At level
   HW_COUNTS nothing here takes time. */
#include "hwsim/mem.h"

void timing_init(HwModel *m)
{
    const HwConfig *c = m->cfg;
    ASSERT(c->core_store_buffer_entries <= STORE_BUFFER_MAX);
    m->stores.size = (u32)c->core_store_buffer_entries;
    m->stores.youngest_line = NONE;
    if (!m->timing || c->core_kind == HW_CORE_OUT_OF_ORDER) return;
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

void store_room(HwModel *m, u64 line)
{
    if (!m->timing || !m->stores.size || m->stores.n < m->stores.size) return;
    retire_stores(m);
    if (m->stores.n < m->stores.size || m->stores.youngest_line == line) return;
    u64 slot = cache_find(&m->l1d, line), now = model_now(m);
    if (slot != NONE && !m->l1d.through && m->l1d.ready[slot] <= now + m->l1d.latency) return;
    model_stall(m, m->stores.done[m->stores.head] - now);
    retire_stores(m);
}

/* Stores leave in order, each when its line is there; neighbours in the same line share an entry. */
void store_wait(HwModel *m, u64 line, u64 ready)
{
    if (!m->timing) return;
    if (!m->stores.size) {
        model_stall(m, ready - model_now(m));
        return;
    }
    retire_stores(m);
    if (m->stores.youngest_line == line) return;
    if (UNLIKELY(m->stores.n == m->stores.size)) { /* a hit that other cores must be asked about: store_room did not expect that */
        ASSERT(m->system);
        model_stall(m, m->stores.done[m->stores.head] - model_now(m));
        retire_stores(m);
    }
    u32 last = (m->stores.head + m->stores.n - 1) % m->stores.size;
    u64 after = m->stores.n ? m->stores.done[last] : 0;
    m->stores.done[(m->stores.head + m->stores.n++) % m->stores.size] = ready > after ? ready : after;
    m->stores.youngest_line = line;
}
