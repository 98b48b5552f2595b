/* Probes: a function of the host's is told whenever the core is about to execute an instruction. The core is not: neither instructions nor
   cycles nor memory change. For reports; nothing that takes decisions may place one. */
#ifndef HWSIM_PROBE_H
#define HWSIM_PROBE_H
#include "hwsim/core.h"

/* x: the integer registers; value: of the register that the probe names; pc: the lower half of the instruction's address. */
typedef void (*HwProbe)(const u64 *x, u64 value, u32 pc);

/* Places probes on the instructions at pc (each with a register); all call the same function. Code that was translated already is forgotten. */
typedef struct HwProbePoint { u64 pc; u32 reg; } HwProbePoint;
void hw_probe(HwCore *core, const HwProbePoint *points, u32 n, HwProbe fn);

/* ---- for the engines ---- */
extern bool hw_probing;
/* The register of the probe at pc, or 0: there is none. */
u32 hw_probe_at(u64 pc);
void hw_probe_fire(HwCore *core, u32 reg, u32 pc);

#endif
