/* See baseline.h. */
#include "report/baseline.h"
#include "base/log.h"
#include "base/vec.h"
#include "hwsim/system.h"

typedef struct Service { u64 cycles, instructions; } Service;
typedef struct Baseline { const HwModel *model; HwCounters counters; Vec(Service) services; } Baseline;
static Vec(Baseline) all;

void baseline_take(const HwModel *m)
{
    ASSERT(hw_cores(m) == 1);
    Baseline b = { .model = m };
    hw_read_counters(m, &b.counters);
    for (int s = 1; s <= hw_fw_services(m); s++) vec_push(&b.services, ((Service){ hw_fw_cycles(m, s), hw_fw_instructions(m, s) }));
    vec_push(&all, b);
}

static const Baseline *of(const HwModel *m)
{
    for (size_t i = 0; i < all.len; i++)
        if (all.data[i].model == m) return &all.data[i];
    return NULL;
}

u64 told_counter(const HwModel *m, HwCounter c)
{
    const Baseline *b = of(m);
    return hw_counter(m, c) - (b ? b->counters.n[c] : 0);
}

u64 told_total(const HwModel *m, HwCounter c)
{
    const Baseline *b = of(m);
    return hw_total(m, c) - (b ? b->counters.n[c] : 0);
}

static Service service_of(const HwModel *m, int service)
{
    const Baseline *b = of(m);
    return b && (size_t)service <= b->services.len ? b->services.data[service - 1] : (Service){ 0, 0 };
}

u64 told_fw_cycles(const HwModel *m, int service) { return hw_total_fw_cycles(m, service) - service_of(m, service).cycles; }
u64 told_fw_instructions(const HwModel *m, int service) { return hw_total_fw_instructions(m, service) - service_of(m, service).instructions; }
