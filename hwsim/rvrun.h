/* Private to rvrun: what its main, loader, plans and system calls share. */
#ifndef HWSIM_RVRUN_H
#define HWSIM_RVRUN_H
#include "base/types.h"
#include "hwsim/core.h"
#include "hwsim/parts.h"
#include <stdio.h>

typedef struct RvMap { void *at; u64 size; } RvMap;
typedef struct RvProgram {
    u64 entry, phdr, phnum, phent;
    u64 load_base;        /* added to every address of the file */
    u64 brk_start, brk, brk_end;
    u64 text, text_end;   /* executable segments */
    const char *path;
    bool exited;
    int exit_code;
    RvMap maps[3];        /* image, heap, stack */
    u32 nmaps;
} RvProgram;

/* Where a program's memory goes: fixed places, so that a run repeats exactly. */
#define RV_PIE_BASE   0x0400000000ull
#define RV_BRK_BYTES  (256ull << 20)
#define RV_MMAP_BASE  0x1400000000ull /* above the memory map of base/window.h, which programs made of loam's own sources use */
#define RV_MMAP_END   0x2400000000ull
#define RV_STACK_TOP  0x3000000000ull
#define RV_STACK_BYTES (64ull << 20)

/* Which part of a run counts, in instructions. */
typedef struct RvPlan {
    u64 limit;                 /* of the run */
    u64 from, to, warm;        /* the region; the model runs from `warm` before it on. All: 0, ~0 */
    HwSampling sampling;
    bool regional;
} RvPlan;
/* Runs core by the plan; reads the counters of its model and the passive ones at the region's ends. */
HwStop rv_run(HwCore *core, const RvPlan *plan, HwModel *const *models, u32 n, HwCounters *counters, HwSampled *sampled);

/* Loads the program at `path`; dies, with one line that names it, if it is none that rvrun can run. */
void rv_load(RvProgram *p, const char *path);
/* argc, argv, envp (empty) and the auxiliary vector; returns the stack pointer. */
u64 rv_build_stack(RvProgram *p, int argc, char **argv);
/* Gives its memory back, also of one that did not load to the end. */
void rv_unload(RvProgram *p);

/* Its text from the entry point on, a line an instruction. */
void rv_disassemble(const RvProgram *p, FILE *out);

/* Handles the ecall in core's registers: a7 is the number, a0-a5 the arguments, a0 the result. */
void rv_syscall(HwCore *core, RvProgram *program);

#endif
