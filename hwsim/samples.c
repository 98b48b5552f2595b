/* The sampling hardware: see samples.h. Only the program's own events count, not firmware's. A record is stored at its
   place in the buffer and sent through the data cache as stores of the service `samples`, so sampling costs what it
   costs; after one, events are not counted for sampler.dead_cycles. A core has several units, which know nothing of each other; the first has
   the table of most missing lines, which runs all the time. */
#include "hwsim/mem.h"
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(HwSample) == 64, "the record's layout is an interface");

static void init(HwSampler *s, HwModel *m)
{
    s->m = m;
    s->dead_cycles = m->cfg->sampler_dead_cycles;
    s->record_cycles = m->cfg->sampler_record_cycles;
    s->skid = 4 * (u64)m->cfg->sampler_skid_instructions;
    s->hot_entries = (u32)m->cfg->sampler_hot_lines;
    s->hot_line = xcalloc(s->hot_entries, sizeof *s->hot_line);
    s->hot_stored = xcalloc(s->hot_entries, sizeof *s->hot_stored);
    hw_hot_lines_reset(s);
}

void sampler_init(HwModel *m)
{
    for (u32 i = 0; i < HW_SAMPLERS; i++) init(&m->samplers[i], m);
}

void sampler_free(HwModel *m)
{
    for (u32 i = 0; i < HW_SAMPLERS; i++) free(m->samplers[i].hot_line), free(m->samplers[i].hot_stored);
}

/* ---- programming --------------------------------------------------------------------------------------- */

/* The next distance: period, jittered evenly within a quarter to both sides. */
static void reload(HwSampler *s)
{
    u64 quarter = s->period / 4;
    s->random += 0x9e3779b97f4a7c15ull;
    s->left = s->period - quarter + hash_u64(s->random) % (2 * quarter + 1);
}

/* An impossible programming (no room, no period, a misaligned buffer) switches the sampler off, as hardware would. */
void hw_sampler_program(HwSampler *s, HwSampleEvent event, u64 base, u32 n, u32 period, u64 seed)
{
    s->event = n && period && !(base & 63) && event <= HW_SMP_MISPREDICT ? event : HW_SMP_OFF;
    s->base = base;
    s->n = n;
    s->count = 0;
    s->period = period;
    s->random = hash_u64(seed + 1);
    s->dead_until = 0;
    reload(s);
    bpred_defer(s->m);
}

void hw_sampler_stop(HwSampler *s)
{
    s->event = HW_SMP_OFF;
    bpred_defer(s->m);
}

void hw_sampler_regs(HwSampler *s, u32 first, u32 second, u32 third)
{
    s->regs[0] = first & 31, s->regs[1] = second & 31, s->regs[2] = third & 31;
}

u32 hw_sampler_skid(const HwSampler *s)
{
    return (u32)s->skid;
}

u32 hw_sampler_count(const HwSampler *s)
{
    return s->count;
}

void hw_sampler_drain(HwSampler *s)
{
    s->count = 0;
}

void hw_sampler_on_full(HwSampler *s, void (*fn)(void *ctx), void *ctx)
{
    s->full = fn;
    s->ctx = ctx;
}

/* ---- events -------------------------------------------------------------------------------------------- */

static void store_record(HwSampler *s, HwSample *record)
{
    HwModel *m = s->m;
    stall_drain(m);
    u64 at = s->base + (u64)s->count++ * sizeof *record, before = model_now(m);
    ASSERT(s->count <= s->n);
    memcpy((void *)at, record, sizeof *record);
    m->counter[HWC_SAMPLES]++;
    model_stall(m, s->record_cycles * m->width);
    model_data(m, 0, at, sizeof *record, HW_ACC_STORE, SERVICE_SAMPLES);
    u64 ticks = model_now(m) - before;
    m->services.data[SERVICE_SAMPLES - 1].ticks += ticks;
    m->fw_ticks += ticks;
    s->dead_until = model_cycle(m) + s->dead_cycles;
    if (s->count == s->n && s->full) s->full(s->ctx);
}

/* Counts one event of the programmed kind; stores a record when it is its turn. */
static void event(HwSampler *s, HwSample *record)
{
    HwModel *m = s->m;
    if (s->count == s->n || model_cycle(m) < s->dead_until || --s->left) return;
    reload(s);
    record->event = (u8)s->event;
    record->history = m->f.history;
    record->cycle = model_cycle(m);
    for (u32 i = 0; i < HW_SAMPLE_REGS; i++) record->regs[i] = m->x ? m->x[s->regs[i]] : 0;
    store_record(s, record);
}

static u32 event_bit(HwSampleEvent e)
{
    switch (e) {
    case HW_SMP_L1D_MISS: return HW_MISS_L1;
    case HW_SMP_L2_MISS: return HW_MISS_L2;
    case HW_SMP_LLC_MISS: return HW_MISS_LLC;
    case HW_SMP_DTLB_MISS: return HW_MISS_TLB;
    case HW_SMP_OFF: case HW_SMP_MISPREDICT: break;
    }
    return 0;
}

static u8 deepest(u32 missed)
{
    return missed & HW_MISS_LLC ? 3 : missed & (HW_MISS_L2 | HW_MISS_L3 | HW_MISS_L4) ? 2 : missed & HW_MISS_L1 ? 1 : 0;
}

/* Misra-Gries: count a line that has a counter; else take a counter that is down to zero; else count all down. */
static void count_hot(HwSampler *s, u64 line)
{
    u32 zero = s->hot_entries;
    for (u32 i = 0; i < s->hot_entries; i++) {
        if (s->hot_line[i] == line) {
            s->hot_stored[i] = (s->hot_stored[i] > s->hot_floor ? s->hot_stored[i] : s->hot_floor) + 1;
            return;
        }
        if (s->hot_stored[i] <= s->hot_floor) zero = i;
    }
    if (zero == s->hot_entries) {
        s->hot_floor++;
        return;
    }
    s->hot_line[zero] = line;
    s->hot_stored[zero] = s->hot_floor + 1;
}

static void miss(HwSampler *s, const HwMiss *e, bool taken)
{
    if (!(e->missed & event_bit(s->event))) return;
    HwSample record = { .pc = e->pc + s->skid, .addr = e->addr, .latency = e->latency, .level = deepest(e->missed),
                        .store = e->access == HW_ACC_STORE, .taken = taken };
    event(s, &record);
}

void sampler_miss(HwModel *m, const HwMiss *e, bool taken)
{
    if (e->service || (e->access != HW_ACC_LOAD && e->access != HW_ACC_STORE)) return;
    if (e->missed & HW_MISS_L1) count_hot(&m->samplers[0], e->addr >> m->l1d.shift << m->l1d.shift);
    for (u32 i = 0; i < HW_SAMPLERS; i++) miss(&m->samplers[i], e, taken);
}

void sampler_mispredict(HwModel *m, u64 pc, u64 target)
{
    for (u32 i = 0; i < HW_SAMPLERS; i++) {
        HwSampler *s = &m->samplers[i];
        if (s->event != HW_SMP_MISPREDICT) continue;
        HwSample record = { .pc = pc + s->skid, .addr = target, .latency = (u32)m->cfg->branch_mispredict_cycles };
        event(s, &record);
    }
}

/* ---- the table of most missing lines ------------------------------------------------------------------- */

static int most_first(const void *a, const void *b)
{
    const HwHotLine *p = a, *q = b;
    if (p->count != q->count) return p->count < q->count ? 1 : -1;
    return p->line < q->line ? -1 : p->line > q->line;
}

u32 hw_hot_lines(const HwSampler *s, HwHotLine *out, u32 max)
{
    HwHotLine all[1024];
    u32 n = 0;
    ASSERT(s->hot_entries <= NELEM(all));
    for (u32 i = 0; i < s->hot_entries; i++)
        if (s->hot_stored[i] > s->hot_floor) all[n++] = (HwHotLine){ s->hot_line[i], s->hot_stored[i] - s->hot_floor };
    qsort(all, n, sizeof *all, most_first);
    if (n > max) n = max;
    memcpy(out, all, n * sizeof *all);
    return n;
}

void hw_hot_lines_reset(HwSampler *s)
{
    memset(s->hot_line, 0xff, s->hot_entries * sizeof *s->hot_line);
    memset(s->hot_stored, 0, s->hot_entries * sizeof *s->hot_stored);
    s->hot_floor = 0;
}
