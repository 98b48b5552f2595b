/* Probes: see probe.h. */
#include "hwsim/probe.h"
#include "base/hash.h"
#include "base/log.h"

bool hw_probing;
static Map places; /* pc -> register */
static HwProbe function;

void hw_probe(HwCore *core, const HwProbePoint *points, u32 n, HwProbe fn)
{
    ASSERT(!function || function == fn);
    function = fn;
    hw_probing |= n > 0;
    for (u32 i = 0; i < n; i++) {
        ASSERT(points[i].reg > 0 && points[i].reg < 32);
        *map_put(&places, points[i].pc) = points[i].reg;
        hw_core_invalidate(core, points[i].pc, points[i].pc + 4);
    }
}

u32 hw_probe_at(u64 pc)
{
    const u64 *reg = map_get(&places, pc);
    return reg ? (u32)*reg : 0;
}

void hw_probe_fire(HwCore *core, u32 reg, u32 pc)
{
    function(core->x, core->x[reg], pc);
}
