/* Writing what a core executes as a trace for other simulators: ChampSim's records (champsim.h) or Dinero's text ("din": 0 read,
   1 write, 2 instruction fetch, and the address in hexadecimal). A name that ends in ".din" or ".din.xz" means the latter. */
#ifndef HWSIM_TRACE_H
#define HWSIM_TRACE_H
#include "hwsim/core.h"

typedef struct HwTrace HwTrace;
/* Dies if the file cannot be written. `limit`: records after which tracing ends and the core goes on at its own speed; 0: none. */
HwTrace *hw_trace_open(const char *path, u64 limit);
/* For one of several cores: the first one's has this name, core 2's has .core2 before the name's ending (out.trace.xz: out.core2.trace.xz). */
HwTrace *hw_trace_open_core(const char *path, u32 core, u64 limit);
/* The file is complete only after this. Returns the instructions written. */
u64 hw_trace_close(HwTrace *t);
/* From now on (NULL: no longer) everything that the core executes is traced, by the oracle, one instruction at a time; and, if it
   has a model, what firmware accesses. */
void hw_core_trace(HwCore *core, HwTrace *t);

#endif
