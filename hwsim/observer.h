/* Perfect knowledge for reports: every miss and every mispredict, as it happens. Only report/ (through the
   launcher) may install an observer; nothing that takes decisions may include this file (a test checks). */
#ifndef HWSIM_OBSERVER_H
#define HWSIM_OBSERVER_H
#include "base/types.h"
#include "hwsim/model.h"

typedef enum HwAccess { HW_ACC_FETCH, HW_ACC_LOAD, HW_ACC_STORE, HW_ACC_WALK } HwAccess;
/* Structures whose demand misses are told apart in HwMiss.missed. */
enum { HW_MISS_L1 = 1, HW_MISS_L2 = 2, HW_MISS_LLC = 4, HW_MISS_TLB = 8, HW_MISS_STLB = 16, HW_MISS_L3 = 32, HW_MISS_L4 = 64 };
/* Why a cache missed; HW_CAUSE_NONE without detail.classify, and for TLBs. */
typedef enum HwMissCause { HW_CAUSE_NONE, HW_CAUSE_COLD, HW_CAUSE_CAPACITY, HW_CAUSE_CONFLICT } HwMissCause;

typedef struct HwMiss {
    u64 pc;            /* RV64 pc; 0 when firmware made the access */
    u64 addr;          /* first byte of the accessed piece within its line */
    const u64 *x;      /* integer registers at the access */
    u32 missed;        /* HW_MISS_* bits; L1 is L1I for fetches, L1D otherwise. Never 0 */
    u32 latency;       /* cycles until the data is there */
    u8 access;         /* HwAccess */
    u8 size;           /* bytes */
    u8 service;        /* firmware service that made the access; 0: the program */
    u16 causes;        /* two bits for each bit of missed: see hw_miss_cause */
} HwMiss;

/* Why the structure of bit HW_MISS_* missed. */
static inline HwMissCause hw_miss_cause(const HwMiss *e, u32 bit)
{
    return (HwMissCause)(e->causes >> 2 * (u32)__builtin_ctz(bit) & 3);
}

struct HwObserver {
    void *ctx;
    void (*miss)(void *ctx, const HwMiss *e);                              /* sums over events equal the counters exactly */
    /* Each data access, after what it missed; NULL: not asked for. Needs hw_model_no_fast, or hits are not seen. */
    void (*access)(void *ctx, u64 addr, u32 size);
    void (*mispredict)(void *ctx, HwBranchKind kind, u64 pc, u64 target, const u64 *x);
};

#endif
