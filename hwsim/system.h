/* Several cores that share memory: each has a model of its own (private caches, TLBs, predictors, clock, counters); behind the private caches
   lie, by node, the levels that cores share, and memory. A directory keeps the private caches coherent (coherence.c). Who runs what on
   them, and when, is the embedder's business: it should keep their clocks within config's skew of each other, for what cores share looks
   at time. Everything is deterministic. */
#ifndef HWSIM_SYSTEM_H
#define HWSIM_SYSTEM_H
#include "hwsim/model.h"

typedef struct HwSystem HwSystem;

/* cfg->system_cores models; the configuration must outlive them. For one core use hw_model_new. */
HwSystem *hw_system_new(const HwConfig *cfg, HwLevel level);
void hw_system_free(HwSystem *s); /* and its models */
HwModel *hw_system_core(const HwSystem *s, u32 number);
u32 hw_system_node(const HwSystem *s, u32 number); /* of a core; cores of a node are neighbours */
/* hw_model_check of all cores, and what must hold between them: one core at most may have changed a line, and then no other has it. */
void hw_system_check(const HwSystem *s);

/* Of any model, alone or one of several: its cores, and the counter's sum over them. Cycles are those of the core that is furthest. */
u32 hw_cores(const HwModel *m);
HwModel *hw_core_of(HwModel *m, u32 number);
u32 hw_node_of(const HwModel *m);
u64 hw_total(const HwModel *m, HwCounter c);
u64 hw_total_fw_cycles(const HwModel *m, int service);
u64 hw_total_fw_instructions(const HwModel *m, int service);

/* Clocks, in ticks: so many to a cycle. The core stands still until `ticks`, if that is later than now; why is HWC_IDLE_CYCLE or
   HWC_STOPPED_CYCLE. */
u64 hw_ticks(const HwModel *m);
u64 hw_ticks_per_cycle(const HwModel *m);
void hw_wait_until(HwModel *m, u64 ticks, HwCounter why);

/* The tick at which the core last took a line from another core, or came back to one that it had lost; 0: never. */
u64 hw_took(const HwModel *m);

/* Whose accesses the core's are from now on; for the observer. */
void hw_model_thread(HwModel *m, u32 thread);
/* Where the core keeps its reservation (lr/sc), which other cores' stores to its line clear, and when it yields (yield.h): at its next yield point
   once it has taken a line from another core, so that those who contend for lines go in small steps. `in_code`: the translator's copy. */
void hw_model_core(HwModel *m, u64 *reservation, u64 *yield_at, i64 *in_code);

/* The pages of [addr, addr + size) have their memory on `node` from now on. What the shared level of their old home has of them is dropped
   or written back; returns how many lines lay there. The caller charges the copying. */
u64 hw_numa_move(HwSystem *s, u64 addr, u64 size, u32 node);
/* The node that a virtual address has its memory on, or -1: not decided yet. */
int hw_numa_home(const HwSystem *s, u64 addr);

#endif
