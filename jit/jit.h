/* The compiler from bytecode to RV64: its face to the launcher, and what its parts share. docs/jit.md tells how it works. */
#ifndef JIT_JIT_H
#define JIT_JIT_H
#include "vm/vm.h"

#define A(name, text) ABORT_##name,
typedef enum JitAbort {
#include "jit/aborts.def"
    ABORT_COUNT
} JitAbort;
#undef A
#define R(name, text, traps) REASON_##name,
typedef enum JitReason {
#include "jit/reasons.def"
    REASON_COUNT
} JitReason;
#undef R

typedef struct JitOptions {
    bool on, off;               /* as asked for; neither: on natively, off on a simulated core */
    const char *only, *exclude; /* regular expressions of Class.method, or NULL */
    const char *without;        /* names of passes (jit.c), separated by commas, or NULL */
    const char *dump;           /* letters: b built, i optimized, a assembly, r records, s statistics at exit, c a line per compilation */
    u32 threshold;              /* samples until a method is compiled; 0: the default */
    u64 code_cache;             /* bytes of code at most; 0: the default */
    u32 flush_every;            /* torture: the cache seems full every so many times that something may be compiled; 0: never */
    u32 torture;                /* JIT_TORTURE_* */
    u64 seed;                   /* of what torture does */
    u8 hints;                   /* HintMode (hints.h) */
    bool waits_at_use;          /* the core waits where results are used (core.stall): the order of instructions tells */
    u32 offset;                 /* bytes that each method's code begins behind where it would: to tell what depends on where it lies */
    bool bytecode_order;        /* blocks in the order of the bytecode instead of hot traces: to compare with */
} JitOptions;
enum { JIT_TORTURE_DEOPT = 1, JIT_TORTURE_EAGER = 2, JIT_TORTURE_REGALLOC = 4, JIT_TORTURE_INLINE = 8, JIT_TORTURE_ORDER = 16, JIT_TORTURE_FLUSH = 32, JIT_TORTURE_UNROLL = 64, JIT_TORTURE_SCHEDULE = 128 };
extern JitOptions jit_options;

/* torture.c: the last pass */
typedef struct IrFn IrFn;
void jit_torture(IrFn *f);
/* A number below n, by the seed and these two. */
u32 jit_torture_choice(u64 a, u64 b, u32 n);

/* policy.c: has this guess failed before at this place? */
bool jit_avoids(const IrFn *f, const Method *m, u32 bci, JitReason reason);

bool jit_schedules(void); /* are instructions put into an order of their own (schedule.c, postpass.c)? */
bool jit_can_do_without(const char *list); /* names of passes that may be left out, each once? */
/* Once, before Java runs. native: code runs on a core without a model, beside the host's interpreter. */
void jit_init(bool native);
void jit_statistics(void);

#endif
