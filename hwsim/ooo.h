/* Out-of-order timing: what instructions mean to the scoreboard in ooo.c. Engines make one HwStep per instruction when they
   decode it, note the addresses of its accesses in HwFast.access while it executes, and hand runs of steps over in program
   order, at the latest before anything looks at time. Private to hwsim. */
#ifndef HWSIM_OOO_H
#define HWSIM_OOO_H
#include "base/types.h"
#include "hwsim/decode.h"
#include "hwsim/model.h"

/* The first eight are functional units. */
typedef enum HwStepKind {
    HW_STEP_ALU, HW_STEP_MUL, HW_STEP_DIV, HW_STEP_FP, HW_STEP_FDIV, HW_STEP_LOAD, HW_STEP_STORE, HW_STEP_BRANCH,
    HW_STEP_UNITS,
    HW_STEP_AMO = HW_STEP_UNITS, /* load and store; without an access (an sc that fails): an ALU's */
    HW_STEP_SERIAL,              /* waits until all before it have retired, and holds up what follows */
    HW_STEP_KINDS
} HwStepKind;

/* Registers: 0-31 integer, 32-63 floating-point; x0 as a source: none. */
enum { HW_STEP_NO_DEST = 64, HW_STEP_REGS = 65 };
typedef struct HwStep { u8 kind, dest, src[3], size /* of the access */; } HwStep;

HwStep hw_step(const HwInsn *i);

/* Retires n instructions; addr[k] is where instruction k accessed (kinds LOAD, STORE, AMO; ~0: nowhere). */
void hw_ooo_run(HwModel *m, const HwStep *s, const u64 *addr, u64 n);
/* What units of translated code have executed and the scoreboard has not seen. A record: a head, which says all but accesses in one word, so that one
   comparison tells whether the same comes again: the unit's number; how many of its steps the scoreboard knows; how many were executed, in the lowest byte.
   Behind it where each accessed. HwFast.log is the last one, of the unit that is being executed: all of its instructions but those that are known are new. */
enum { HW_LOG_HEAD, HW_LOG_ACCESS, HW_LOG_WORDS = 2048 };
static inline u64 hw_log_head(u64 number, u32 known, u32 executed) { return number << 16 | known << 8 | executed; }
/* A unit is made, with these steps, which stay as long as it is executed: a number for it. */
u64 hw_ooo_number(HwModel *m, const HwStep *s);
/* Retires the next n instructions of the log, which are all that it has but what its last unit has not executed yet. */
void hw_ooo_log(HwModel *m, u64 n);
/* The next instruction to retire is s: how long its operands take, for what the model is told about it before. */
void hw_ooo_begin(HwModel *m, const HwStep *s);
void hw_ooo_begin_logged(HwModel *m); /* it is the next one of the log's unit */
/* The pipeline is empty from now on: a trap. */
void hw_ooo_drain(HwModel *m);

#endif
