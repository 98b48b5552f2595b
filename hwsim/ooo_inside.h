/* Inside of the scoreboard: what ooo.c, which works instructions off one by one, and ooo_memo.c, which recognises what has been worked
   off before, share. Times are ticks. */
#ifndef HWSIM_OOO_INSIDE_H
#define HWSIM_OOO_INSIDE_H
#include "base/vec.h"
#include "hwsim/mem.h"
#include "hwsim/ooo.h"

enum { OOO_CYCLES = 1024, OOO_WORDS = 1024 };
_Static_assert(HW_STEP_UNITS * 4 <= 32, "units are counted in nibbles");

/* When the entry was given back that instruction, load or store number k had: tick[k & mask]. The next one's number is `count`; it takes the entry of
   the one n before it. Times only grow. */
typedef struct Ring { u64 *tick, count; u32 n, mask; } Ring;

typedef struct Clock {
    u64 front;    /* the last instruction was dispatched */
    u64 done;     /* and had its result */
    u64 commit;   /* and retired */
    u64 wait;     /* what the access of the next one takes beyond a hit */
    u64 written;  /* the last store reached the cache */
    u64 blocked;  /* ticks by which loads that missed have put retirement off, until now */
} Clock;

/* A kind's nibble in HwOoo.cycle, where a unit is taken for one cycle. `limit`: of the nibble in place; always reached by what is kept longer. */
typedef struct Quick { u32 one, nibble, limit; } Quick;
typedef struct Full { u64 from, to; } Full; /* cycles in which no unit of a kind is free */
typedef struct OooMemo OooMemo;

struct HwOoo {
    Clock t;
    u64 access;   /* the instruction told of by hw_ooo_begin issues */
    u64 ready[HW_STEP_REGS];
    u64 latency[HW_STEP_KINDS];
    u64 forward;
    u64 width, reciprocal;
    Ring rob, loads, stores;
    u64 *value;              /* as stores.tick: the store's value is ready */
    u8 units[HW_STEP_UNITS];
    u64 ports, conflicts;    /* of L1D, for loads that issue and stores that are written; 0: no limit */
    Quick quick[HW_STEP_UNITS];
    Full full[HW_STEP_UNITS];
    u32 busy[HW_STEP_UNITS]; /* cycles that an instruction keeps its unit */
    u64 cycle[OOO_CYCLES];   /* number (32 bits) and, in nibbles, units in use */
    struct { u64 cycle, used; } port[OOO_CYCLES];
    u64 word[OOO_WORDS];     /* aligned doublewords, and the youngest store to each, by number; that there is one says nothing about time */
    u64 writer[OOO_WORDS];
    u64 source[HW_STEPS][2]; /* of the loads among the instructions that come next: the stores that wrote the words they read, 0: none */
    Vec(const HwStep *) unit; /* the steps of translated code's units, by number */
    OooMemo *memo;
    u64 log[HW_LOG_WORDS];
};

static inline u64 ooo_later(u64 a, u64 b) { return a > b ? a : b; }

static inline u64 ooo_cycle(const HwOoo *o, u64 tick)
{
    u64 w = o->width;
    return LIKELY(!(w & (w - 1))) ? tick >> __builtin_ctzll(w) : (u64)((unsigned __int128)tick * o->reciprocal >> 64);
}

/* ---- memory --------------------------------------------------------------------------------------------------------- */

static inline u64 ooo_place(u64 word) { return (word ^ word >> 12) % OOO_WORDS; }

/* The store that wrote the doubleword at addr last, or 0. */
static inline u64 ooo_source(const HwOoo *o, u64 addr)
{
    u64 word = addr >> 3, at = ooo_place(word);
    return o->word[at] == word ? o->writer[at] : 0;
}
static inline void ooo_wrote(HwOoo *o, u64 addr, u64 store)
{
    u64 word = addr >> 3, at = ooo_place(word);
    o->word[at] = word, o->writer[at] = store;
}

/* ---- ooo.c ---------------------------------------------------------------------------------------------------------- */

/* Fills in HwOoo.source and notes the stores, for the next n <= HW_STEPS instructions; then works them off. */
void ooo_resolve(HwOoo *o, const HwStep *s, const u64 *addr, u64 n);
void ooo_advance(HwOoo *o, const HwStep *s, const u64 *addr, u64 n);
/* When the operands of the next instruction are there. */
u64 ooo_operands(const HwOoo *o, const HwStep *s);
/* Whoever else let time pass (firmware) found the pipeline empty. */
void ooo_synchronize(HwModel *m);
/* The clock of HwFast, after n more instructions. */
void ooo_retired(HwModel *m, u64 n);

/* ---- ooo_memo.c ------------------------------------------------------------------------------------------------------ */

void ooo_memo_init(HwOoo *o);
void ooo_memo_free(HwOoo *o);
/* Makes HwOoo say how things are; whoever changes it by itself calls this first. */
void ooo_spell_out(HwOoo *o);
/* What was learned is no longer so: the configuration is another one. */
void ooo_memo_forget(HwOoo *o);
/* The front end waits. */
void ooo_stall(HwOoo *o, u64 ticks);

#endif
