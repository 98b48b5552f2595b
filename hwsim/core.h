/* The core: RV64IMAFDC + Zicsr, Zifencei, Zba, Zbb + Xloam (custom-0: `hcall n`). Registers, the run loop and
   the host-call hook. The interpreter in exec.c is the definition of right. Memory is identity-mapped: an
   address on the core is the same address on the host. */
#ifndef HWSIM_CORE_H
#define HWSIM_CORE_H
#include "base/types.h"
#include "hwsim/model.h"

typedef struct HwCore HwCore;

/* Accesses outside [HW_LOW_MEMORY, HW_LOW_MEMORY + HW_MEMORY_SPAN) trap: null plus an offset, and what no process can map. */
#define HW_LOW_MEMORY  0x10000ull
#define HW_MEMORY_SPAN (0x7fffffff0000ull - HW_LOW_MEMORY)

/* Why hw_core_run returned. */
typedef enum HwStop {
    HW_STOP_HCALL,    /* the host-call handler asked for it (hw_core_stop) */
    HW_STOP_TRAP,     /* a trap that the trap handler did not take: core->cause, core->tval, core->pc */
    HW_STOP_BUDGET,   /* max_instructions retired */
    HW_STOP_YIELD     /* at a yield point, and it is time: yield.h */
} HwStop;

/* `hcall n`: the handler reads and writes core->x (arguments in a0-a7 = x[10..17], result in a0); pc already points
   behind the instruction. */
typedef void (*HwHostCall)(HwCore *core, u32 n);
/* A synchronous trap (RISC-V cause numbers) at core->pc. Returns true if it was dealt with (pc set to go on at). */
typedef bool (*HwTrap)(HwCore *core, u32 cause, u64 tval);

/* What whoever made the code promises, for cores that do not count: of `jalr`, a call (`jal` with a link register) or an `hcall` at pc, the registers (bits; integer registers
   in the lower half, floating-point ones in the upper half) that are read before they are written by whatever comes then, the instruction's own operands not counted. */
typedef u64 (*HwLiveAt)(u64 pc);

/* Who executes: the interpreter, which defines what is right, or the translator to host code, which is the faster one. */
typedef enum HwEngine { HW_ENGINE_ORACLE, HW_ENGINE_DBT, HW_ENGINE_LOCKSTEP } HwEngine;

/* For runs that end on their budget only so that somebody looks at the registers and pc: `look` may do so before the core is there, a few instructions ahead, but for
   those registers whose bits are in `unknown`. It returns for how many instructions the run goes on behind that; 0: it is to end there. `undo`: the core did not get
   there that way (a trap), and the run ends when it is there. Only the translator looks ahead, and only with a model. */
typedef struct HwAhead {
    u64 (*look)(const u64 *x, u32 unknown, u64 pc, u64 instructions);
    void (*undo)(void);
} HwAhead;

struct HwCore {
    u64 x[32];
    u64 f[32];       /* NaN-boxed singles */
    u64 pc;
    u32 fcsr;        /* frm << 5 | fflags */
    u32 cause;
    u64 tval;
    u64 reservation; /* lr/sc: address, or ~0 */
    u64 instret;     /* when there is no model */
    HwModel *model;  /* NULL at level HW_NONE; may change between runs */
    HwHostCall host_call;
    HwTrap trap;
    void *user;      /* the embedder's */
    bool stop;
    bool uncounted;  /* nobody asks for instret: without a model, the translator need not count in runs without a limit, nor keep what no instruction reads any more */
    HwLiveAt live_at; /* NULL: everything is live there */
    const HwAhead *ahead; /* NULL: nobody looks ahead */
    bool any_nan;    /* in code that is not counted, NaNs that arithmetic makes may have the sign and payload that the host gives them */
    struct HwDecode *decode; /* decode cache, private to blocks.c and exec.c */
    struct HwCsr *csr;       /* event selectors and the like, private to csr.c */
    u64 reserved;            /* lr/sc: the value that lr loaded */
    struct HwDbt *dbt;       /* private to dbt*.c, like the next two; NULL until first used */
    i64 dbt_left;
    u32 dbt_arg;
    u8 engine;               /* HwEngine */
    struct HwLockstep *lockstep; /* private to lockstep.c */
    struct HwTrace *tracing; /* trace.h; NULL: none */
    u64 yield_at;            /* ticks of the model; ~0: never */
    i64 dbt_yield;           /* private to dbt*.c */
};

/* Synchronous traps, by RISC-V's cause numbers. */
enum {
    HW_CAUSE_FETCH_FAULT = 1, HW_CAUSE_ILLEGAL = 2, HW_CAUSE_BREAKPOINT = 3, HW_CAUSE_LOAD_MISALIGNED = 4,
    HW_CAUSE_LOAD_FAULT = 5, HW_CAUSE_STORE_MISALIGNED = 6, HW_CAUSE_STORE_FAULT = 7, HW_CAUSE_ECALL = 8
};
const char *hw_cause_name(u32 cause);

/* A core at reset: registers zero. The model may be NULL. */
HwCore *hw_core_new(HwModel *model);
void hw_core_free(HwCore *core);
/* Chooses the engine from the next run on; false (and the oracle stays) if this host cannot have it. Both give the same
   results, counts and cycles; they may be changed at any time between runs. */
bool hw_core_set_engine(HwCore *core, HwEngine engine);
/* What cores made from now on begin with (lockstep: without a shadow's model, with threads); false as above. */
bool hw_default_engine(HwEngine engine);
/* Both engines from now on, each instruction on the oracle first: the first difference between them ends the process. The
   shadow's model (or NULL) must be made like the core's, and lives as long. `threads`: other host threads may write memory
   while the core runs. False if this host has no translator. */
bool hw_core_lockstep(HwCore *core, HwModel *shadow_model, bool threads);
/* Runs from core->pc. Re-entrant from a host-call handler (save and restore registers with HwContext around it). */
HwStop hw_core_run(HwCore *core, u64 max_instructions);
/* From a host-call handler: hw_core_run returns HW_STOP_HCALL after this instruction. */
void hw_core_stop(HwCore *core);
/* The RV64 instruction whose access to memory the translated code at this host address makes; 0: it is none. For samples that the host takes. */
u64 hw_pc_of_host(u64 host_pc);
/* Forgets decoded instructions in [from, to), after code was written there. fence.i forgets all. */
void hw_core_invalidate(HwCore *core, u64 from, u64 to);

/* Architectural state to put aside while the core runs something else. */
typedef struct HwContext { u64 x[32], f[32], pc; u32 fcsr; } HwContext;
void hw_context_save(const HwCore *core, HwContext *c);
void hw_context_load(HwCore *core, const HwContext *c);

/* Integer register names as the ABI has them: "zero", "ra", ... */
extern const char *const hw_reg_names[32];
/* One instruction at `code` as text ("ld a0, 8(sp)"), into buf; returns its length in bytes (2 or 4). */
u32 hw_disassemble(const void *code, u64 pc, char *buf, size_t n);

#endif
