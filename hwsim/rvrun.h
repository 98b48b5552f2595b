/* Private to rvrun: what its main, loader, plans and system calls share. */
#ifndef HWSIM_RVRUN_H
#define HWSIM_RVRUN_H
#include "base/types.h"
#include "base/window.h"
#include "hwsim/core.h"
#include "hwsim/parts.h"
#include <stdio.h>

typedef struct RvHarts RvHarts;
typedef struct HwSystem HwSystem;
/* The program's clock (rvrun_time.c). */
typedef struct RvClock {
    bool simulated;    /* or the host's */
    bool instructions; /* one a cycle: not all of the run is modelled */
    u64 mhz;
    u64 skipped;       /* ns in which all threads slept */
    u64 latest;        /* what it has shown, in ns */
} RvClock;
typedef struct RvMap { void *at; u64 size; } RvMap;
typedef struct RvProgram {
    u64 entry, phdr, phnum, phent;
    u64 load_base;        /* added to every address of the file */
    u64 brk_start, brk, brk_end;
    u64 text, text_end;   /* the executable segment that it begins in */
    const char *path;
    RvHarts *harts;       /* its threads */
    HwCore *running;      /* on which one of them runs */
    RvClock clock;
    u64 random;           /* bytes handed out, with a simulated clock */
    u64 skew;             /* cycles that cores may be apart */
    bool exited;
    int exit_code;
    RvMap maps[3];        /* image, heap, stack */
    u32 nmaps;
} RvProgram;

/* Where a program's memory goes: fixed places, so that a run repeats exactly; in sanitized builds beyond the sanitizer's own. */
#define RV_PIE_BASE   (WIN_BASE + 0x0400000000ull)
#define RV_BRK_BYTES  (256ull << 20)
#define RV_MMAP_BASE  (WIN_BASE + 0x1400000000ull) /* above the memory map of base/window.h, which programs made of loam's own sources use */
#define RV_MMAP_END   (WIN_BASE + 0x2400000000ull)
#define RV_STACK_TOP  (WIN_BASE + 0x3000000000ull)
#define RV_STACK_BYTES (64ull << 20)

/* Which part of a run counts, in instructions. */
typedef struct RvPlan {
    u64 limit;                 /* of the run */
    u64 from, to, warm;        /* the region; the model runs from `warm` before it on. All: 0, ~0 */
    HwSampling sampling;
    bool regional;
} RvPlan;
/* Runs all threads by the plan; reads the counters of the cores' models and the passive ones at the region's ends. */
HwStop rv_run(RvHarts *harts, const RvPlan *plan, HwModel *const *models, u32 n, HwCounters *counters, HwSampled *sampled);

/* Loads the program at `path`; dies, with one line that names it, if it is none that rvrun can run. */
void rv_load(RvProgram *p, const char *path);
/* argc, argv, envp (empty) and the auxiliary vector; returns the stack pointer. */
u64 rv_build_stack(RvProgram *p, int argc, char **argv);
/* Gives its memory back, also of one that did not load to the end. */
void rv_unload(RvProgram *p);

/* Its text from the entry point on, a line an instruction. */
void rv_disassemble(const RvProgram *p, FILE *out);

/* ---- threads (rvrun_harts.c) ---- */
/* The program's first thread is on the first of n cores, whose models are the system's (NULL: one core, or none has a model). `twin`: a system whose cores
   execute the same (lockstep), or NULL. */
RvHarts *rv_harts_new(RvProgram *p, HwCore *const *cores, u32 n, HwSystem *system, HwSystem *twin);
void rv_harts_free(RvHarts *h);
/* n instructions of all of them together; as hw_core_run. */
HwStop rv_harts_run(RvHarts *h, u64 n);
HwCore *rv_harts_next(RvHarts *h); /* the core that runs next, with its thread */
u64 rv_harts_instructions(const RvHarts *h);
u32 rv_cores(const RvHarts *h);
u32 rv_nodes(const RvHarts *h);
HwCore *rv_harts_core(const RvHarts *h, u32 i);
/* System calls: arguments a0-a5 at a; the result, or -errno. */
i64 rv_clone(RvHarts *h, HwCore *core, const u64 *a);
i64 rv_futex(RvHarts *h, HwCore *core, const u64 *a);
i64 rv_sleep(RvHarts *h, HwCore *core, u64 clock, bool absolute, u64 time); /* the guest's timespec */
i64 rv_getcpu(const RvHarts *h, const HwCore *core, const u64 *a);
i64 rv_move_pages(RvHarts *h, HwCore *core, const u64 *a);
bool rv_hart_ends(RvHarts *h, HwCore *core); /* false: it is the last one */
void rv_hart_yields(RvHarts *h, HwCore *core);
void rv_hart_clears(RvHarts *h, const HwCore *core, u64 at); /* when it ends */
u32 rv_pid(const RvProgram *p);
u32 rv_hart_tid(const RvHarts *h, const HwCore *core);
void rv_harts_invalidate(RvHarts *h); /* code was written */

/* ---- time (rvrun_time.c) ---- */
/* Nanoseconds of the monotonic clock, as the core sees it. */
u64 rv_now(RvClock *c, const HwCore *core);
/* Nothing runs until `when`: a simulated clock jumps, the host's is waited for. */
void rv_skip_to(RvClock *c, const HwCore *core, u64 when);
/* When the time in the guest's timespec at `at` is over, as rv_now counts: of clock number `clock` (CLOCK_REALTIME, or any of the monotonic ones) or, if not
   absolute, from now on. False: that is no time. */
bool rv_deadline(RvClock *c, const HwCore *core, u64 at, u64 clock, bool absolute, u64 *when);
/* A system call that reads a simulated clock: does it, and returns true. */
bool rv_time_call(RvClock *c, const HwCore *core, u64 number, const u64 *a, i64 *result);

/* Handles the ecall in core's registers: a7 is the number, a0-a5 the arguments, a0 the result. */
void rv_syscall(HwCore *core, RvProgram *program);

#endif
