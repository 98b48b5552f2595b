/* Yield points: before certain instructions, known by their bits, a run ends (HW_STOP_YIELD) once the core's clock has reached
   core->yield_at. The instruction is then as if not begun, but fetched, and the next run goes on with it. So an embedder that keeps
   several cores abreast stops each where it wants to, without a trace in instructions or counters. Cores with a model only. */
#ifndef HWSIM_YIELD_H
#define HWSIM_YIELD_H
#include "base/types.h"

/* Instructions whose bits under `mask` (not 0) are `match`, at multiples of four. Before any core decodes. */
void hw_yield_points(u32 match, u32 mask);

/* ---- for the engines ---- */
extern u32 hw_yield_match, hw_yield_mask;
static inline bool hw_yields(u64 pc, u32 word) { return (word & hw_yield_mask) == hw_yield_match && !(pc & 3); }

#endif
