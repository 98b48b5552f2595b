/* Inside of the translator, RV64 to x86-64: what dbt.c (driver), dbt_emit.c, dbt_tail.c, dbt_int.c, dbt_fp.c and dbt_model.c (translation),
   dbt_call.c (what translated code calls) and dbt_fault.c share. Its face is in core.h and exec.h.

   Registers while translated code runs:
     rbp   &core->x[16], so that every integer register is a byte's displacement away
     r15   instructions left of the budget, those of the current unit already taken off; in code that does not count, one more RV64 register
     rbx   the model (in code with a model); otherwise, as r13 and r14, one more RV64 register
     r14   with a model: its clock; r13: its history of branches
     rax rcx rdx   scratch; rax carries addresses and jump targets into hooks, which preserve it
     the others    the RV64 registers that the interpreter uses most (dbt_pins)
   xmm0 and xmm1 are scratch; floating-point registers stay in the core. The stack is aligned to 16 bytes.

   A unit is straight-line code from one entry: it goes on behind conditional branches forward, and ends at any other
   transfer, before whatever only the oracle executes, and at DBT_UNIT_MAX instructions. In code without a model, one that
   is jumped to from below becomes a loop with several blocks, a region (dbt_region.c). A unit's code:
     entry    from indirect jumps, with the target in rax: is it this pc? if not, to the driver
     fetch    from transfers: the hook of its first fetch line
     body     from the unit in sequence, if that is in the same fetch line: takes its length off the budget
   and behind the straight code the rare paths ("tails").

   Counting: instructions retired are the budget that is gone; nothing else is kept while code runs. So whoever leaves
   the code at an instruction says how many of its unit are `behind` it, not executed. (Of code of kind DBT_FREE none of this holds.)

   Everything difficult goes back to the oracle: it executes one instruction where translated code could not, with the
   effects and counts that it has by definition. */
#ifndef HWSIM_DBT_H
#define HWSIM_DBT_H
#include "hwsim/decode.h"
#include "hwsim/exec.h"
#include "hwsim/model_fast.h"
#include "hwsim/x64.h"

#define DBT_UNIT_MAX 64
#define DBT_UNIT_SPAN (8u * DBT_UNIT_MAX) /* bytes from its first instruction to behind its last, over jumps too */
#define DBT_REGION_MAX 160           /* instructions of a region */
#define DBT_AHEAD 192                /* instructions looked at to know what is live: in straight-line code, and */
#define DBT_AHEAD_REGION 512         /* in regions */
#define DBT_TAILS (8 * DBT_REGION_MAX)
#define DBT_BLOCKS 48                /* ... and blocks, those looked at and left out included */
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
    DBT_EXIT_ORACLE, /* the oracle is to execute the instruction at pc, which has been fetched */
    DBT_EXIT_WORDS   /* the region at pc expected a word of a register that holds none: it is to be made anew, and expect none */
} DbtExit;

typedef struct DbtUnit {
    u64 pc;
    u64 from, to;           /* the code that it was made of lies in between */
    bool dead;
    bool looped;            /* a region, or found to be none */
    bool region;
    u32 entry, fetch, body; /* offsets in the code */
    u32 incoming;           /* the first link to it, or DBT_NONE */
} DbtUnit;

typedef struct DbtLink {
    u32 at;    /* where the jump's displacement is */
    u32 stub;  /* where it goes until it is linked */
    u32 next;  /* another link to the same unit */
    bool fetch;
    bool back; /* the jump goes backwards */
} DbtLink;

/* An access at host code `host` belongs to the instruction at pc. If it faults, execution goes on at `exit`, after the NaNs
   in the xmm registers of `nan` (in those of `one` singles) have been made canonical, registers of `narrow` extended from 32 bits, and `sum` computed, if there is one: these are
   registers of the host, or if negative, ~r for x[r] in the core. */
typedef struct DbtSite { u32 host, behind, exit; u16 nan, one, narrow; i8 sum, sum_base, sum_index, sum_scale; u64 pc; } DbtSite;

#define DBT_NONE (~0u)

/* Beside code with a model of one kind or the other, and without one, there is code without a model that counts nothing (core->uncounted): it has no budget, and r15 is
   one more RV64 register. */
enum { DBT_FREE = HW_LOOPS, DBT_KINDS };

/* Translated code of one kind: with a model, or without. */
typedef struct DbtCache {
    u8 *write, *run;   /* the same memory, twice */
    size_t bytes;
    u32 begin;         /* of units: behind the jump table and the stubs */
    u32 used;
    int kind;          /* HW_LOOP_*, or DBT_FREE */
    HwModel *model;    /* that is built into the code */
    bool lockstep;     /* units end before host calls */
    HwLiveAt live_at;  /* core->live_at */
    bool any_nan;      /* core->any_nan, of kind DBT_FREE */
    const u64 *x;      /* the core's integer registers, which hold what they do in the program while code is made */
    Map wordless;      /* pcs of regions that expected words in vain */
    Map units;         /* pc to number in `unit` */
    Map pages;
    Vec(DbtUnit) unit;
    Vec(u32) regions;  /* numbers of those that are regions */
    Vec(DbtLink) link;
    Vec(DbtSite) site;
    struct DbtEmit *emit; /* room to translate in */
    u64 generation;    /* grows when units go */
    u64 epoch;         /* the model's, when the code was made */
    u32 constants;     /* DBT_NAN_DOUBLE ... */
    u32 enter, lookup, exit, exit_spilled, help, slow_load, slow_store, slow_fetch, slow_branch, slow_hint, slow_wrong, slow_log, resolve, jump, settle, tell; /* stubs */
} DbtCache;

typedef struct HwDbt {
    DbtCache cache[DBT_KINDS];
    bool broken;       /* no executable memory: the oracle runs instead */
    u64 fences;        /* of HwDecode, when it was last looked at */
    u64 retired;       /* model's instret + instructions left: constant while code runs */
    u64 broken_off;    /* where the last run ended within a unit, or 0 */
} HwDbt;

static inline bool dbt_is_plain(const DbtCache *c) { return c->kind == HW_LOOP_PLAIN || c->kind == DBT_FREE; }
static inline bool dbt_counts(const DbtCache *c) { return c->kind != DBT_FREE; }

/* RV64 register r's host register in code of a kind, or X_NO_REG. */
extern const i8 dbt_pins[DBT_KINDS][32];

/* ---- translation -------------------------------------------------------------------------------------------- */

typedef enum DbtTailKind { TAIL_SLOW, TAIL_WRONG, TAIL_ORACLE, TAIL_BUDGET, TAIL_LINK, TAIL_LOCAL, TAIL_HELP, TAIL_NAN, TAIL_REGION_NAN, TAIL_WORDS } DbtTailKind;

/* Register `reg` (0: none) is x[index] * 2^scale + x[base], but has not been computed: it is the base of accesses, which compute it themselves, and then goes. Only
   who leaves the code has to compute it. */
typedef struct DbtSum { u8 reg, base, index, scale; } DbtSum;

/* Code off the straight path: where it is entered from, what it does, where it comes back to. */
typedef struct DbtTail {
    DbtTailKind kind;
    u32 from[6], n;       /* jumps to it */
    u32 back;
    u64 pc;
    u32 behind;
    u32 stub, packed;     /* TAIL_SLOW: which of the slow paths it calls (dbt_stub.c), and with what packed argument */
    bool constant, accesses; /* TAIL_SLOW: the target is `target`, or the address is `at`, of which the code behind the hook wants the register; else either is in rax */
    XMem at;
    XMem counter;         /* TAIL_WRONG: the two-bit counter that was wrong */
    bool taken;           /* ... about the branch that was this */
    u64 target;           /* ... and of TAIL_LINK */
    bool fetch;           /* TAIL_LINK */
    i32 block;            /* TAIL_LOCAL: where to */
    bool outside;         /* registers are where they are between units */
    u32 f_nan, f_one, narrow; /* as in DbtEmit, where the tail is entered */
    DbtSum sum;
    void (*help)(HwCore *core, u32 regs, i32 imm); /* TAIL_HELP */
    u32 regs;
    i32 imm;
    u8 fd;                /* TAIL_NAN: f[fd] becomes canonical; TAIL_REGION_NAN: that xmm register */
    bool single;
} DbtTail;

typedef struct DbtInsn { HwInsn i; u64 pc; } DbtInsn;

/* An instruction of the look-ahead (dbt_live.c): registers that it reads and writes, and those live before it (floating-point ones in the upper half); where it goes on (0: nowhere) and the numbers of those nodes;
   `last`: what is live behind it on ways that are not followed. */
typedef struct DbtLiveNode { u64 pc, to[2]; u64 use, def, in, last; i16 at[2]; } DbtLiveNode;
typedef struct DbtLive { u32 n; u16 slot[2048]; DbtLiveNode node[512]; } DbtLive;

/* A basic block of a region. `joined`: entered by jumps. `counted`: behind a branch within the region; it comes off the budget by itself, so that the branch
   has nothing to give back and needs no tail. Masks of f registers, [1] of singles and [0] of doubles: results of arithmetic at the beginning;
   made by the block itself; and all that it writes. */
typedef struct DbtBlock {
    u64 pc, end;
    u32 first, n;    /* instructions */
    i32 next, jump;  /* blocks in sequence and jumped to, -1: none, or outside */
    bool inside, joined, counted;
    u8 depth;
    u32 label;       /* host code, 0 as long as there is none */
    u32 f_made[2], made[2], f_def;
    u32 x_word, x_narrow; /* integer registers that are words at the beginning; of them, those whose host register's upper half may be anything (dbt_word.c) */
} DbtBlock;

/* Constants in front of the stubs, 16 bytes each. */
enum { DBT_NAN_DOUBLE, DBT_NAN_SINGLE = 16, DBT_BOX = 32, DBT_SIGN_DOUBLE = 48, DBT_SIGN_SINGLE = 64, DBT_ABS_DOUBLE = 80, DBT_ABS_SINGLE = 96,
       DBT_CONSTANT_BYTES = 112 };

typedef struct DbtEmit {
    X64 a;
    DbtCache *c;
    const i8 *pin;
    u64 line_mask;
    DbtInsn insn[DBT_REGION_MAX];
    u32 n;                /* instructions */
    u64 pc;               /* of the current one */
    u32 behind;           /* instructions of the unit behind the current one, itself included */
    u64 end;              /* pc behind the last */
    bool to_oracle;       /* the unit ends because the oracle executes what is at `end` */
    bool ends;            /* with a transfer */
    DbtTail tail[DBT_TAILS];
    u32 tails;
    bool region;
    DbtBlock block[DBT_BLOCKS];
    u32 blocks, ordered;
    u8 order[DBT_BLOCKS];  /* blocks inside, by address */
    struct { u32 at; i32 block; } jump[2 * DBT_REGION_MAX]; /* displacements of jumps between blocks */
    u32 jumps;
    i8 map[32];            /* pin, in a region */
    u32 x_dirty;           /* registers that the region writes */
    u8 f_map[32];          /* xmm register of an f register; 0: it is in the core */
    u32 f_mapped, f_dirty;
    u32 f_single;          /* mapped registers that hold singles and nothing else in this region */
    u32 f_nan;             /* mapped registers that may hold a NaN that is not canonical yet; none where nobody minds (c->any_nan) */
    u32 f_one;             /* mapped registers that are known to hold a boxed single */
    u32 narrow;            /* pinned registers that are their lower halves, sign-extended, but whose host register's upper half may be anything */
    u32 word;              /* registers known to be a sign-extended word, in the host register too */
    i32 current;           /* block */
    u8 held[3];            /* DBT_SCRATCH: the register, not pinned, whose value rax, rcx, rdx have too; 0: none */
    bool passes;           /* the current instruction leaves its result in a scratch register, and nothing behind it changes that */
    DbtSum sum;
    u32 known;             /* integer registers whose value is known here: loaded constants */
    u64 value[32];
    u32 at;                /* number of the current instruction */
    const HwInsn *next;    /* the instruction in sequence, if it is translated here too */
    bool in_tails;         /* behind the straight code */
    u32 fused;             /* so many instructions have been translated with the one before them */
    u32 flags_at, flags_of; /* behind the host code at flags_at, the zero flag is register flags_of's */
    u32 help, leave;       /* the region's stubs; help: or c->help */
    u32 out;               /* registers that are live behind the current instruction */
    const HwInsn *test;    /* an `andi` that the branch behind it does as well */
    const DbtInsn *count;  /* a load whose value is added to, stored there again and tested by the branch, which does all that */
    DbtLive live;
} DbtEmit;

/* dbt_emit.c: the unit at pc into cache c (which has room); its number, or DBT_NONE if memory cannot be read there. */
u32 dbt_translate(DbtCache *c, u64 pc, u32 line_bytes, bool loop); /* loop: a region if it is one */
void dbt_stubs(DbtCache *c); /* dbt_stub.c */

/* dbt_tail.c */
void dbt_note_jump(DbtEmit *e, u32 at, i32 block); /* the jump at `at` is to lead to that block of the region */
void dbt_jump_block(DbtEmit *e, int cc, i32 block);
void dbt_jump_unit(DbtEmit *e, int cc, u64 target, bool fetch);
void dbt_emit_exit(DbtEmit *e, DbtExit why, u64 pc, u32 behind);
void dbt_emit_tails(DbtEmit *e); /* all of them, behind the unit */
DbtTail *dbt_tail(DbtEmit *e, DbtTailKind kind);
void dbt_jump_tail(DbtEmit *e, DbtTail *t, int cc);
/* Back to the oracle from here: the instruction is as if it had not begun. */
DbtTail *dbt_oracle_tail(DbtEmit *e);
/* The value of integer register r in a host register: its own, or `scratch`. Not to be written to. */
int dbt_use(DbtEmit *e, u32 r, int scratch);
void dbt_load_reg(DbtEmit *e, int to, u32 r);
/* The same where the lower half is enough. */
int dbt_use_word(DbtEmit *e, u32 r, int scratch);
void dbt_load_word(DbtEmit *e, int to, u32 r);
/* Is r a sign-extended word, so that comparing words compares it? */
static inline bool dbt_is_word(const DbtEmit *e, u32 r)
{
    if (!dbt_is_plain(e->c)) return false;
    if (e->known >> r & 1) return x_fits32((i64)e->value[r]);
    return !r || (e->narrow | e->word) >> r & 1;
}
/* Computes what e->sum says; no flags change. Scratch registers do. */
void dbt_compute_sum(DbtEmit *e);
int dbt_scale_of(const HwInsn *i); /* dbt_sum.c: log2 of what the sum scales its first operand by, or -1: it is none */
bool dbt_sum_waits(const DbtEmit *e, const HwInsn *sum); /* dbt_sum.c: may e->sum be that of the current instruction? */
/* Extends those of these registers that are narrow. Changes no flags. */
void dbt_widen(DbtEmit *e, u32 which);
/* Where to compute r's new value: its host register or `scratch`; dbt_put stores it. */
int dbt_dest(DbtEmit *e, u32 r, int scratch);
void dbt_put(DbtEmit *e, u32 r, int from);
/* Code without a model remembers which values are in scratch registers: r's new one is in `from`; X_NO_REG: in none. All forgotten. */
enum { DBT_SCRATCH = RDX + 1 };
void dbt_hold(DbtEmit *e, u32 r, int from);
void dbt_drop_scratch(DbtEmit *e);
/* The lower half of `from` is r's new value; it is extended when somebody needs the upper half. */
void dbt_put_word(DbtEmit *e, u32 r, int from);
static inline bool dbt_pinned(const DbtEmit *e, u32 r) { return r && e->pin[r] != X_NO_REG; }
void dbt_op_reg(DbtEmit *e, int width, int op, int to, u32 r); /* to = to op r */
static inline XMem dbt_x(u32 r) { return x_mem(RBP, (i32)(offsetof(HwCore, x) + 8 * r) - DBT_BIAS); }
static inline XMem dbt_core(size_t offset) { return x_mem(RBP, (i32)offset - DBT_BIAS); }
#define DBT_CORE(field) dbt_core(offsetof(HwCore, field))
/* The address of the current instruction's access, as a host operand; with a model the hook is done. */
XMem dbt_access(DbtEmit *e, const HwInsn *i, u32 size, bool store);
void dbt_site(DbtEmit *e); /* the host instruction that follows may fault on the RV64 program's behalf */
void dbt_help(DbtEmit *e, const HwInsn *i, void (*help)(HwCore *, u32, i32));
DbtTail *dbt_help_tail(DbtEmit *e, const HwInsn *i, void (*help)(HwCore *, u32, i32));

/* Registers that an instruction reads and writes. */
typedef struct DbtOperands { u32 x_use, x_def, f_use, f_def; } DbtOperands;
DbtOperands dbt_operands(const HwInsn *i);

/* dbt_region.c: finds and prepares the region that begins at pc; false: there is none. */
bool dbt_find_region(DbtEmit *e, u64 pc);
void dbt_no_region(DbtEmit *e);
i32 dbt_region_block(const DbtEmit *e, u64 pc); /* the block inside at pc, or -1 */
/* The block that a loop goes on with, if this one ends with a branch out of the way and nothing but a jump back behind it: then the branch, turned round, is that
   jump, and counts as both. Else -1. */
i32 dbt_turned_round(const DbtEmit *e, i32 block);
void dbt_enter_region(DbtEmit *e);
void dbt_leave_region(DbtEmit *e, u32 live, u32 live_f); /* with these registers right; changes no flags, and no scratch registers */
void dbt_region_stubs(DbtEmit *e);
/* Makes NaNs in these f registers canonical; changes flags. */
void dbt_canonical(DbtEmit *e, u32 which);
void dbt_load_nan(DbtEmit *e, int xmm, bool single);
/* ... that the block does not expect to be otherwise. */
void dbt_canonical_for(DbtEmit *e, i32 block);
bool dbt_writes_single(const HwInsn *i);
bool dbt_in_region(const DbtCache *c, const HwInsn *i); /* dbt_emit.c */

/* dbt_word.c: fills in x_word and x_narrow of a region's blocks; what of it has to be looked at on entry. */
void dbt_find_words(DbtEmit *e);
void dbt_check_words(DbtEmit *e);

/* dbt_live.c: looks ahead from pc, at so many instructions. What is live before, and behind, the instruction at pc: everything, if it was not looked at. */
void dbt_live_find(DbtEmit *e, u64 pc, u32 most);
u32 dbt_live_in(const DbtEmit *e, u64 pc);
u32 dbt_live_f(const DbtEmit *e, u64 pc); /* floating-point registers, before it */
u32 dbt_live_after(const DbtEmit *e, u64 pc);

/* dbt_int.c: arithmetic of integers, by helpers where the host has no fitting instructions; r[rd] = v. */
void dbt_alu(DbtEmit *e, const HwInsn *i);
void dbt_constant(DbtEmit *e, u32 rd, u64 v);

/* dbt_fp.c: arithmetic, comparisons and moves of floating point. */
void dbt_fp(DbtEmit *e, const HwInsn *i);
void dbt_load_f(DbtEmit *e, u32 rd, XMem m, bool single); /* both: of mapped registers */
void dbt_store_f(DbtEmit *e, u32 r, XMem m, bool single);
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
void dbt_hook_data(DbtEmit *e, XMem at, u32 size, bool store);
void dbt_hook_unit(DbtEmit *e, u32 unit);
void dbt_hook_stall(DbtEmit *e, const HwInsn *i); /* behind i */
void dbt_hook_hint(DbtEmit *e, u32 r, u64 target);
void dbt_hook_branch(DbtEmit *e, HwBranchKind kind, u32 len, bool taken, u64 target);
void dbt_hook_indirect(DbtEmit *e, HwBranchKind kind, u32 len);
void dbt_tell_wrong(DbtEmit *e, const DbtTail *t); /* the tail of that kind */
/* Out of order: a unit begins; its instruction being executed accesses nothing although it might; the unit is left with `behind`
   instructions not executed. Rax is preserved. */
void dbt_hook_begin(DbtEmit *e, u32 steps);
void dbt_hook_no_access(DbtEmit *e);
void dbt_hook_leave(DbtEmit *e, u32 behind);
u32 dbt_steps(DbtEmit *e); /* puts the unit's steps here; where they are */
/* Instructions up to number `instret` have been executed. */
static inline void dbt_retire(HwModel *m, u64 instret)
{
    if (hw_fast(m)->out_of_order) hw_ooo_log(m, instret - hw_fast(m)->instret);
    else hw_fast(m)->instret = instret;
}

/* yield.c: to the oracle if it is time to yield before i. */
void dbt_hook_yield(DbtEmit *e, const HwInsn *i);

/* dbt_ahead.c: where the core will be when the next n instructions, of one unit, have been executed. False: that cannot be told. */
typedef struct DbtAhead { u64 x[32], pc; u32 unknown; /* registers of these bits */ } DbtAhead;
bool dbt_ahead(const HwCore *core, u64 n, DbtAhead *to);

/* dbt_call.c: a row's semantics, by its number; registers packed as rd, rs1, rs2, rs3 from the low byte up. */
typedef void (*DbtHelp)(HwCore *core, u32 regs, i32 imm);
extern const DbtHelp dbt_helpers[HW_I_COUNT];
/* What slow paths of hooks call; `packed` by dbt_pack. The first two: true if the address is out of range, with all set for
   the oracle to trap there. */
bool dbt_slow_load(HwCore *core, u64 pc, u64 addr, u32 packed);
bool dbt_slow_store(HwCore *core, u64 pc, u64 addr, u32 packed);
void dbt_slow_fetch(HwCore *core, u64 pc, u64 addr, u32 packed);
void dbt_slow_branch(HwCore *core, u64 pc, u64 target, u32 packed);
void dbt_slow_log(HwCore *core, u64 pc, u64 target, u32 packed);
void dbt_slow_wrong(HwCore *core, u64 pc, u64 target, u32 packed);
void dbt_slow_hint(HwCore *core, u64 pc, u64 target, u32 packed);
/* behind; size of an access or length of a branch; kind and direction of a branch. */
static inline u32 dbt_pack(u32 behind, u32 size, u32 kind, bool taken) { return behind | size << 8 | kind << 16 | (u32)taken << 24; }

/* ---- driver --------------------------------------------------------------------------------------------------- */

/* dbt.c: which cache of any core the host address is in, or NULL. */
DbtCache *dbt_cache_at(u64 host);
/* dbt_fault.c: takes over faults inside translated code; all others go to the handler that was there before. */
void dbt_catch_faults(void);

#endif
