/* In-order timing with core.stall = "use": how long the core waits for results, and where. Private to hwsim. */
#ifndef HWSIM_STALL_H
#define HWSIM_STALL_H
#include "base/types.h"
#include "hwsim/model.h"
#include "hwsim/ooo.h"

/* Instructions that are looked at for the first use of a result, and bytes behind the first one that they reach at most. */
enum { HW_USE_WINDOW = 16, HW_USE_BYTES = 4 * HW_USE_WINDOW };

/* Does the model wait at uses? */
bool hw_stalls_at_use(const HwModel *m);
/* Ticks that the core waits for the result of s, the instruction at pc, before what uses it first, if all accesses hit: known when code is decoded. It depends on
   HW_USE_BYTES of code from pc on, of the same page. Engines charge it (HwFast.extra) when the instruction has been executed. */
u32 hw_use_stall(const HwModel *m, u64 pc, const HwStep *s);

#endif
