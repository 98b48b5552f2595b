/* Inside of the translator, RV64 to x86-64: what dbt.c (driver), dbt_emit.c, dbt_fp.c and dbt_model.c (translation),
   dbt_call.c (what translated code calls) and dbt_fault.c share. Its face is in core.h and exec.h.

   Registers while translated code runs:
     rbp   &core->x[16], so that every integer register is a byte's displacement away
     r15   instructions left of the budget, those of the current unit already taken off
     rbx   the model (in code with a model); otherwise, as r14, one more RV64 register
     r14   with a model: its clock of data accesses
     rax rcx rdx   scratch; rax carries addresses and jump targets into hooks, which preserve it
     the others    the RV64 registers that the interpreter uses most (dbt_pins)
   xmm0 and xmm1 are scratch; floating-point registers stay in the core. The stack is aligned to 16 bytes.

   A unit is straight-line code from one entry: it goes on behind conditional branches forward, and ends at any other
   transfer, before whatever only the oracle executes, and at DBT_UNIT_MAX instructions. Its code:
     entry    from indirect jumps, with the target in rax: is it this pc? if not, to the driver
     fetch    from transfers: the hook of its first fetch line
     body     from the unit in sequence, if that is in the same fetch line: takes its length off the budget
   and behind the straight code the rare paths ("tails").

   Counting: instructions retired are the budget that is gone; nothing else is kept while code runs. So whoever leaves
   the code at an instruction says how many of its unit are `behind` it, not executed.

   Everything difficult goes back to the oracle: it executes one instruction where translated code could not, with the
   effects and counts that it has by definition. */
#ifndef HWSIM_DBT_H
#define HWSIM_DBT_H
#include "hwsim/decode.h"
#include "hwsim/exec.h"
#include "hwsim/model_fast.h"
#include "hwsim/x64.h"

#define DBT_UNIT_MAX 64
#define DBT_TABLE_BITS 16            /* indirect jumps: entries by bits 1 and up of the target */
#define DBT_CACHE_BYTES (48u << 20)  /* before everything is translated anew */
#define DBT_UNIT_BYTES (64u << 10)   /* more than any unit needs */
#define DBT_BIAS 128                 /* rbp - core */

/* Why translated code went back to the driver, and with what: core->pc, and core->dbt_arg. */
typedef enum DbtExit {
    DBT_EXIT_LOOKUP, /* an indirect jump to pc, which the table does not have */
    DBT_EXIT_LINK,   /* a direct jump to pc that is not linked; arg: its number */
    DBT_EXIT_BUDGET, /* pc's unit is longer than the budget; pc has been fetched */
    DBT_EXIT_HCALL,  /* arg: the number; pc is behind the instruction */
    DBT_EXIT_ORACLE  /* the oracle is to execute the instruction at pc, which has been fetched */
} DbtExit;

typedef struct DbtUnit {
    u64 pc;
    u32 bytes;
    bool dead;
    u32 entry, fetch, body; /* offsets in the code */
    u32 incoming;           /* the first link to it, or DBT_NONE */
} DbtUnit;

typedef struct DbtLink {
    u32 at;    /* where the jump's displacement is */
    u32 stub;  /* where it goes until it is linked */
    u32 next;  /* another link to the same unit */
    bool fetch;
} DbtLink;

/* An access at host code `host` belongs to the instruction at pc. */
typedef struct DbtSite { u32 host, behind; u64 pc; } DbtSite;

#define DBT_NONE (~0u)

/* Translated code of one kind: with a model, or without. */
typedef struct DbtCache {
    u8 *write, *run;   /* the same memory, twice */
    size_t bytes;
    u32 begin;         /* of units: behind the jump table and the stubs */
    u32 used;
    int kind;          /* HW_LOOP_* */
    HwModel *model;    /* that is built into the code */
    bool lockstep;     /* units end before host calls */
    Map units;         /* pc to number in `unit` */
    Map pages;
    Vec(DbtUnit) unit;
    Vec(DbtLink) link;
    Vec(DbtSite) site;
    struct DbtEmit *emit; /* room to translate in */
    u64 generation;    /* grows when units go */
    u32 enter, lookup, exit, exit_spilled, help, slow_load, slow_store, slow_fetch, slow_branch, slow_hint; /* stubs */
} DbtCache;

typedef struct HwDbt {
    DbtCache cache[HW_LOOPS];
    bool broken;       /* no executable memory: the oracle runs instead */
    u64 fences;        /* of HwDecode, when it was last looked at */
    u64 retired;       /* model's instret + instructions left: constant while code runs */
} HwDbt;

/* RV64 register r's host register in code of a kind, or X_NO_REG. */
extern const i8 dbt_pins[HW_LOOPS][32];

/* ---- translation -------------------------------------------------------------------------------------------- */

typedef enum DbtTailKind { TAIL_SLOW, TAIL_ORACLE, TAIL_BUDGET, TAIL_LINK, TAIL_HELP, TAIL_NAN } DbtTailKind;

/* Code off the straight path: where it is entered from, what it does, where it comes back to. */
typedef struct DbtTail {
    DbtTailKind kind;
    u32 from[6], n;       /* jumps to it */
    u32 back;
    u64 pc;
    u32 behind;
    u32 stub, packed;     /* TAIL_SLOW: which, and its packed argument; rax is its address or target */
    bool constant;        /* TAIL_SLOW: the target is `target`, else in rax */
    u64 target;           /* ... and of TAIL_LINK */
    bool fetch;           /* TAIL_LINK */
    void (*help)(HwCore *core, u32 regs, i32 imm); /* TAIL_HELP */
    u32 regs;
    i32 imm;
    u8 fd;                /* TAIL_NAN: f[fd] becomes canonical */
    bool single;
} DbtTail;

typedef struct DbtInsn { HwInsn i; u64 pc; } DbtInsn;

typedef struct DbtEmit {
    X64 a;
    DbtCache *c;
    const i8 *pin;
    u64 line_mask;
    DbtInsn insn[DBT_UNIT_MAX];
    u32 n;                /* instructions */
    u64 pc;               /* of the current one */
    u32 behind;           /* instructions of the unit behind the current one, itself included */
    u64 end;              /* pc behind the last */
    bool to_oracle;       /* the unit ends because the oracle executes what is at `end` */
    bool ends;            /* with a transfer */
    DbtTail tail[6 * DBT_UNIT_MAX + 8];
    u32 tails;
} DbtEmit;

/* dbt_emit.c: the unit at pc into cache c (which has room); its number, or DBT_NONE if memory cannot be read there. */
u32 dbt_translate(DbtCache *c, u64 pc, u32 line_bytes);
void dbt_stubs(DbtCache *c); /* dbt_stub.c */

DbtTail *dbt_tail(DbtEmit *e, DbtTailKind kind);
void dbt_jump_tail(DbtEmit *e, DbtTail *t, int cc);
/* Back to the oracle from here: the instruction is as if it had not begun. */
DbtTail *dbt_oracle_tail(DbtEmit *e);
/* The value of integer register r in a host register: its own, or `scratch`. Not to be written to. */
int dbt_use(DbtEmit *e, u32 r, int scratch);
void dbt_load_reg(DbtEmit *e, int to, u32 r);
/* Where to compute r's new value: its host register or `scratch`; dbt_put stores it. */
int dbt_dest(DbtEmit *e, u32 r, int scratch);
void dbt_put(DbtEmit *e, u32 r, int from);
static inline XMem dbt_x(u32 r) { return x_mem(RBP, (i32)(offsetof(HwCore, x) + 8 * r) - DBT_BIAS); }
static inline XMem dbt_core(size_t offset) { return x_mem(RBP, (i32)offset - DBT_BIAS); }
#define DBT_CORE(field) dbt_core(offsetof(HwCore, field))
/* The address of the current instruction's access, as a host operand; with a model it is in rax and the hook done. */
XMem dbt_access(DbtEmit *e, const HwInsn *i, u32 size, bool store);
void dbt_site(DbtEmit *e); /* the host instruction that follows may fault on the RV64 program's behalf */
void dbt_help(DbtEmit *e, const HwInsn *i, void (*help)(HwCore *, u32, i32));
DbtTail *dbt_help_tail(DbtEmit *e, const HwInsn *i, void (*help)(HwCore *, u32, i32));

/* dbt_fp.c: arithmetic, comparisons and moves of floating point. */
void dbt_fp(DbtEmit *e, const HwInsn *i);
static inline XMem dbt_f(u32 r) { return dbt_core(offsetof(HwCore, f) + 8 * r); }
static inline XMem dbt_f_high(u32 r) { return dbt_core(offsetof(HwCore, f) + 8 * r + 4); }
/* f[rd] = the lower half of `from`, boxed */
static inline void dbt_put_single(DbtEmit *e, u32 rd, int from)
{
    x_rm(&e->a, XD, 0x89, from, dbt_f(rd));
    x_store_imm32(&e->a, dbt_f_high(rd), ~0u);
}

/* dbt_model.c: hooks. Nothing in code without a model. */
void dbt_hook_fetch(DbtEmit *e, u64 pc, u32 behind);
void dbt_hook_data(DbtEmit *e, u32 size, bool store);
void dbt_hook_unit(DbtEmit *e, u32 unit);
void dbt_hook_hint(DbtEmit *e, u32 r, u64 target);
void dbt_hook_branch(DbtEmit *e, HwBranchKind kind, u32 len, bool taken, u64 target);
void dbt_hook_indirect(DbtEmit *e, HwBranchKind kind, u32 len);

/* dbt_call.c: a row's semantics, by its number; registers packed as rd, rs1, rs2, rs3 from the low byte up. */
typedef void (*DbtHelp)(HwCore *core, u32 regs, i32 imm);
extern const DbtHelp dbt_helpers[HW_I_COUNT];
/* What slow paths of hooks call; `packed` by dbt_pack. The first two: true if the address is out of range, with all set for
   the oracle to trap there. */
bool dbt_slow_load(HwCore *core, u64 pc, u64 addr, u32 packed);
bool dbt_slow_store(HwCore *core, u64 pc, u64 addr, u32 packed);
void dbt_slow_fetch(HwCore *core, u64 pc, u64 addr, u32 packed);
void dbt_slow_branch(HwCore *core, u64 pc, u64 target, u32 packed);
void dbt_slow_hint(HwCore *core, u64 pc, u64 target, u32 packed);
/* behind; size of an access or length of a branch; kind and direction of a branch. */
static inline u32 dbt_pack(u32 behind, u32 size, u32 kind, bool taken) { return behind | size << 8 | kind << 16 | (u32)taken << 24; }

/* ---- driver --------------------------------------------------------------------------------------------------- */

/* dbt.c: which cache of any core the host address is in, or NULL. */
DbtCache *dbt_cache_at(u64 host);
/* dbt_fault.c: takes over faults inside translated code; all others go to the handler that was there before. */
void dbt_catch_faults(void);

#endif
