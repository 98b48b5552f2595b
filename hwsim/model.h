/* The microarchitectural model behind the core: caches, TLBs, branch predictors, prefetchers, timing. The
   instruction interpreter (exec.c) tells it about every fetch, access and branch; it counts, and at level
   HW_TIMING keeps the cycle. It knows nothing of Java. Everything it does is deterministic.
   Accesses that firmware (host code) makes on the program's behalf go through the same structures and are
   charged to the same counters, between hw_fw_begin and hw_fw_end. */
#ifndef HWSIM_MODEL_H
#define HWSIM_MODEL_H
#include "base/types.h"
#include <stdio.h>

typedef struct HwConfig HwConfig;     /* config.h */
typedef struct HwObserver HwObserver; /* observer.h */
typedef struct HwSampler HwSampler;   /* samples.h */
typedef struct HwModel HwModel;

typedef enum HwLevel { HW_NONE, HW_COUNTS, HW_TIMING } HwLevel;

/* Counters: one row each in counters.def, C(id, "name", "unit", "what it counts"). */
#define C(id, name, unit, text) HWC_##id,
typedef enum HwCounter {
#include "hwsim/counters.def"
    HWC_COUNT
} HwCounter;
#undef C

typedef enum HwBranchKind { HW_BR_COND, HW_BR_JUMP, HW_BR_CALL, HW_BR_INDIRECT, HW_BR_INDIRECT_CALL, HW_BR_RETURN } HwBranchKind;

/* A model for a checked configuration; cold structures. The configuration must outlive it. */
HwModel *hw_model_new(const HwConfig *cfg, HwLevel level);
void hw_model_free(HwModel *m);

/* Called by the instruction interpreter. Sizes are 1, 2, 4 or 8 bytes; an access may straddle two lines.
   hw_fetch is called when execution enters a fetch line other than the last one (line = address of the line)
   and after each taken branch; hw_retire adds n plain instructions (their issue cost).
   regs is the integer register file at the access, for samples and the observer. */
void hw_fetch(HwModel *m, u64 pc);
void hw_retire(HwModel *m, u64 n);
void hw_load(HwModel *m, u64 pc, u64 addr, u32 size);
void hw_store(HwModel *m, u64 pc, u64 addr, u32 size);
/* A resolved control transfer at pc (len 2 or 4): taken, to target. A conditional branch names its encoded target even
   when it is not taken (static prediction looks at its direction). */
void hw_branch(HwModel *m, HwBranchKind kind, u64 pc, u32 len, bool taken, u64 target);
/* `hint.val` at pc: the value is worth using to predict the next execution, not yet spoken of by another hint, of the
   branch or indirect jump at `target`. Instructions before it have been retired. */
void hw_hint(HwModel *m, u64 pc, u64 value, u64 target);
/* `hint.val` of x0: forgets the hints that wait for `target`. */
void hw_hint_cancel(HwModel *m, u64 target);
/* Long-latency arithmetic (div, fdiv, fsqrt, mul, fp): extra cycles by class, see config. */
typedef enum HwUnit { HW_UNIT_MUL, HW_UNIT_DIV, HW_UNIT_FP, HW_UNIT_FDIV, HW_UNIT_COUNT } HwUnit;
void hw_unit(HwModel *m, HwUnit unit);

/* Firmware: `service` is a number that the user of hwsim registered (hw_fw_service). Nested begin/end keep a stack of
   up to 16. Between them, hw_fw_access sends an access of any size (line by line) through L1D/TLB, and hw_fw_work charges n
   instructions of host work (scaled by --charge-scale) at the configured firmware CPI. Outside begin/end they panic. */
int hw_fw_service(HwModel *m, const char *name); /* returns its number, from 1 */
void hw_fw_begin(HwModel *m, int service);
void hw_fw_end(HwModel *m);
void hw_fw_access(HwModel *m, u64 addr, u64 size, bool write);
void hw_fw_work(HwModel *m, u64 instructions);
int hw_fw_services(const HwModel *m);                  /* how many are registered; numbers 1..n */
const char *hw_fw_name(const HwModel *m, int service);
u64 hw_fw_cycles(const HwModel *m, int service);       /* charged so far, its misses' stalls included */
u64 hw_fw_instructions(const HwModel *m, int service);
void hw_charge_scale(HwModel *m, double scale);
double hw_least_cpi(const HwModel *m);                   /* cycles for an instruction when nothing stalls: the issue width says; 0: cycles are not modelled */
double hw_fw_cpi(const HwModel *m);                      /* cycles for an instruction that a row of costs.def counts, its misses not included */

u64 hw_counter(const HwModel *m, HwCounter c);
const char *hw_counter_name(HwCounter c);
const char *hw_counter_unit(HwCounter c); /* what one of it is: "accesses", "lines", "cycles" */
const char *hw_counter_text(HwCounter c); /* what it counts, in words */
u64 hw_cycle(const HwModel *m);   /* at HW_COUNTS: equal to instructions retired plus firmware's */
u64 hw_instret(const HwModel *m);

/* Run-time reconfiguration through config CSRs; panics on an id it does not have, returns false on a value out of range. */
typedef enum HwKnob {
    HW_KNOB_HISTORY_LENGTH, HW_KNOB_PREDICTOR, HW_KNOB_PREFETCH_ON, HW_KNOB_L1D_WAYS, HW_KNOB_L2_WAYS,
    HW_KNOB_LLC_WAYS, HW_KNOB_PREFETCH_DEGREE, HW_KNOB_ROB_ENTRIES /* out of order */, HW_KNOB_COUNT
} HwKnob;
bool hw_knob_set(HwModel *m, HwKnob k, u64 value);
u64 hw_knob_get(const HwModel *m, HwKnob k);

/* Storage of the branch predictors, as configured now: tables, tags, histories, choosers. */
typedef enum HwBpredPart { HW_BP_DIRECTION, HW_BP_VALUE, HW_BP_INDIRECT, HW_BP_BTB, HW_BP_RAS, HW_BP_PARTS /* all of it */ } HwBpredPart;
u64 hw_bpred_bits(const HwModel *m, HwBpredPart part);
const char *hw_bpred_part(HwBpredPart part);

/* The register file that samples and observer events quote; the core sets it once. */
void hw_model_regs(HwModel *m, const u64 *x);
/* At most one observer; NULL switches it off. */
void hw_model_observe(HwModel *m, const HwObserver *o);
/* Its samplers work at the same time, each with an event, a buffer and a period of its own; unit < HW_SAMPLERS. */
enum { HW_SAMPLERS = 2 };
HwSampler *hw_model_sampler(HwModel *m, u32 unit);
/* `passive` sees from now on what m sees - the program's fetches, accesses, branches and hints, and firmware's accesses and work - and
   counts by its own configuration; it decides nothing. Both at the same fetch line size; passive at level HW_COUNTS, for it has no
   clock. Before m's first access; m takes the slow paths from then on. */
void hw_model_follow(HwModel *m, HwModel *passive);
/* `twin`, made like m and before anything was charged to either, executes the same program at another time: what firmware does to m from now on
   is noted, and given to the twin when it is told; so are waits. Of cores that share memory all have twins or none, and telling one's tells all. */
void hw_model_twin(HwModel *m, HwModel *twin);
void hw_model_tell_twin(HwModel *m);
/* All counters; and n sets of them side by side, a line for each counter, the first model's in the first column. `clocks`: all have one. */
typedef struct HwCounters { u64 n[HWC_COUNT]; } HwCounters;
void hw_read_counters(const HwModel *m, HwCounters *out);
void hw_print_counters(FILE *out, const HwCounters *sets, const char *const *names, u32 n, bool clocks);
/* Out of order: with `rest`, instructions pass the scoreboard by, and time means nothing; caches and predictors go on. Between runs. */
void hw_model_rest(HwModel *m, bool rest);
/* Structure invariants (counter identities, inclusion, no duplicate tags); panics with a description. */
void hw_model_check(const HwModel *m);

#endif
