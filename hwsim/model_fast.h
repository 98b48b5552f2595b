/* Inline fast paths into the model, for the instruction interpreter. Each function does exactly what its namesake in
   model.h does (same counters, same replacement state, same cycle): it recognises the commonest case, whose whole
   effect is a counter and a time stamp, and leaves the rest to the out-of-line function.
     load     the line is in L1D and has arrived, its page is in the DTLB
     store    the same, and the line is dirty already
     fetch    the same in L1I and ITLB
     branch   conditional, predicted right; if taken, its target known to the branch target buffer
   All that such an access leaves is a time stamp beside the line's entry: it is line's and page's, for least-recently-used
   replacement, and goes to them when somebody looks for what was used least recently. With other policies an access must leave nothing
   at all of the line: lines are known here only while they are what their set was asked for last.

   How the tables stay true: whoever drops a line from L1 or a translation from a TLB takes the entries out, and with
   policies other than lru and random whoever touches the set; only a demand access puts one in. With hw_model_no_fast nothing
   is ever put in, so every access goes the slow way.

   Contract with the interpreter, beyond model.h: `target` of a conditional branch is the encoded target whether it is
   taken or not. hw_fetch lines are 1 << hw_fast(m)->l1i_shift bytes. */
#ifndef HWSIM_MODEL_FAST_H
#define HWSIM_MODEL_FAST_H
#include "base/types.h"
#include "hwsim/model.h"

#define HW_HINTS 128     /* entries of a TLB hint table */
#define HW_BTB_HINTS 4096 /* branches of 8 KiB of code do not get into each other's way */
#define HW_STEPS 64      /* instructions of a block, at most */

/* `key` is present in entry `slot` of the table that the hint stands for; ~0: none. */
typedef struct HwHint { u64 key, slot; } HwHint;

#define HW_FAST_SPAN (64u << 10)          /* bytes that can be known at a time: tables of lines go by the address's lower half word */
#define HW_FAST_LINES (HW_FAST_SPAN / 16) /* their entries, if lines are as short as can be */
#define HW_FAST_ROOM (HW_FAST_LINES + 88) /* the same line's entries in two tables are not multiples of 4 KiB apart: the host would take one for the other at first */

/* The head of HwModel: all that the inline functions touch. */
typedef struct HwFast {
    /* Time in ticks of 1/issue_width cycle: instret (one slot per instruction) + extra (all else). */
    u64 instret, extra;
    /* The clock by which L1 caches, their TLBs and the branch target buffer know what was used least recently. It ticks with each data access (of a piece
       within one line, which is translated once) and each fetch, and in the slow path more often: `other` of the ticks were neither. A branch needs no
       tick: behind each that is taken something is fetched. */
    u64 clock, fetches, other;
    u64 branches;
    u64 l1d_mask, l1i_mask; /* of an address: that of its line */
    u64 epoch;              /* grows when the predictor is another one, or looks at another history */
    u64 *btb_stamp;
    u64 *btb_target;
    u8 *counters;       /* two-bit direction counters */
    u64 counter_mask, history_mask;
    u64 history;        /* outcomes of conditional branches, the youngest in bit 0 */
    u32 counter_bits;
    u8 l1d_shift, l1i_shift, page_shift;
    bool target_fast;       /* no value component wants to see transfers */
    bool branch_fast;       /* ... and the predictor has two-bit counters alone */
    bool defers;            /* nobody waits for what is predicted: branches go into bp.later, and are predicted many at a time */
    bool counts_wrong;      /* the same, of two-bit counters: translated code counts in `wrong`, and does nothing else, when one is wrong */
    bool tells_wrong;       /* ... but count for the observer too, or tell it */
    u64 wrong;              /* conditional branches */
    u64 *later, *later_full; /* the next place there; it must not reach later_full */
    bool out_of_order;  /* steps are wanted: ooo.h */
    u32 unit_extra[HW_UNIT_COUNT]; /* ticks */
    HwHint dtlb_hint[HW_HINTS], itlb_hint[HW_HINTS], btb_hint[HW_BTB_HINTS];
    u64 *log, *log_full;  /* out of order: what translated code has executed (ooo.h); it must not reach log_full */
    u64 access[HW_STEPS]; /* out of order: where the instructions of the current block accessed, by number; kept by the engine */
    /* The addresses of lines (~0: none) that loads, stores and fetches hit, and the clock when they did so last. A line that stores hit is one that loads hit. */
    u64 l1d_load[HW_FAST_ROOM], l1d_stamp[HW_FAST_ROOM], l1d_store[HW_FAST_ROOM], l1i_fetch[HW_FAST_ROOM], l1i_stamp[HW_FAST_ROOM];
} HwFast;

/* Multiplicative hashing: windows of the address space start at round addresses, whose low bits are all alike. */
static inline u64 hw_hint_index(u64 page)
{
    return page * 0x9e3779b97f4a7c15ull >> 57;
}
_Static_assert(HW_HINTS == 1 << (64 - 57), "the hash's width");

static inline HwFast *hw_fast(HwModel *m)
{
    return (HwFast *)m;
}

/* Off: every access takes the slow path. For tests; call it before the first access. */
void hw_model_no_fast(HwModel *m);
/* The same, and predictors in their plain form, whatever quicker one there is. */
void hw_model_reference(HwModel *m);

static inline void hw_retire_fast(HwModel *m, u64 n)
{
    hw_fast(m)->instret += n;
}

static inline void hw_unit_fast(HwModel *m, HwUnit unit)
{
    hw_fast(m)->extra += hw_fast(m)->unit_extra[unit];
}

/* The entry of the line at addr, in tables of lines of 1 << shift bytes. */
static inline u64 hw_fast_entry(u64 addr, u32 shift) { return (addr & (HW_FAST_SPAN - 1)) >> shift; }

/* Does `table` know the line of an aligned access? Then counts it. Misaligned ones compare as different. */
static inline bool hw_data_hit(HwFast *f, const u64 *table, u64 addr, u32 size)
{
    u64 k = hw_fast_entry(addr, f->l1d_shift);
    if (UNLIKELY(table[k] != (addr & (f->l1d_mask | (size - 1))))) return false;
    f->l1d_stamp[k] = ++f->clock;
    return true;
}

static inline void hw_load_fast(HwModel *m, u64 pc, u64 addr, u32 size)
{
    if (UNLIKELY(!hw_data_hit(hw_fast(m), hw_fast(m)->l1d_load, addr, size))) hw_load(m, pc, addr, size);
}

static inline void hw_store_fast(HwModel *m, u64 pc, u64 addr, u32 size)
{
    if (UNLIKELY(!hw_data_hit(hw_fast(m), hw_fast(m)->l1d_store, addr, size))) hw_store(m, pc, addr, size);
}

static inline void hw_fetch_fast(HwModel *m, u64 pc)
{
    HwFast *f = hw_fast(m);
    u64 k = hw_fast_entry(pc, f->l1i_shift);
    if (UNLIKELY(f->l1i_fetch[k] != (pc & f->l1i_mask))) hw_fetch(m, pc);
    else f->fetches++, f->l1i_stamp[k] = ++f->clock;
}

/* The direction counter of a conditional branch; history folds onto the index. */
static inline u8 *hw_direction_counter(HwFast *f, u64 pc)
{
    u64 h = f->history & f->history_mask;
    return &f->counters[(pc >> 1 ^ h ^ h >> f->counter_bits) & f->counter_mask];
}

/* A two-bit saturating counter after one outcome. */
static inline u8 hw_two_bit(u8 c, bool taken)
{
    return (u8)(taken ? c + (c < 3) : c - (c > 0));
}

static inline void hw_branch_fast(HwModel *m, HwBranchKind kind, u64 pc, u32 len, bool taken, u64 target)
{
    HwFast *f = hw_fast(m);
    if (kind == HW_BR_COND && LIKELY(f->branch_fast)) {
        u8 *c = hw_direction_counter(f, pc);
        const HwHint *hint = &f->btb_hint[(pc >> 1) % HW_BTB_HINTS];
        if (LIKELY(*c >> 1 == taken && (!taken || (hint->key == pc && f->btb_target[hint->slot] == target)))) {
            *c = hw_two_bit(*c, taken);
            f->history = f->history << 1 | taken;
            f->branches++;
            if (taken) f->btb_stamp[hint->slot] = f->clock;
            return;
        }
    }
    hw_branch(m, kind, pc, len, taken, target);
}

#endif
