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
typedef enum HwMissCause { HW_CAUSE_NONE, HW_CAUSE_COLD, HW_CAUSE_CAPACITY, HW_CAUSE_CONFLICT, HW_CAUSE_COHERENCE } HwMissCause;
enum { HW_CAUSE_BITS = 3 };

/* What the value component did at a branch. Sums of USED, RIGHT, GAINED, HARMED over events equal the counters hints.used and digests.used, and so on. */
enum {
    HW_VALUE_HINT = 1,    /* a hint named the branch */
    HW_VALUE_LATE = 2,    /* its digest was not visible in time */
    HW_VALUE_USED = 4,    /* the component decided, from a hint or an automatic digest */
    HW_VALUE_RIGHT = 8,   /* rightly */
    HW_VALUE_GAINED = 16, /* where the base predictor was wrong */
    HW_VALUE_HARMED = 32, /* wrongly, where it was right */
};

typedef struct HwMiss {
    u64 pc;            /* RV64 pc; 0 when firmware made the access */
    u64 addr;          /* first byte of the accessed piece within its line */
    const u64 *x;      /* integer registers at the access */
    u32 missed;        /* HW_MISS_* bits; L1 is L1I for fetches, L1D otherwise. Never 0 */
    u32 latency;       /* cycles until the data is there */
    u8 access;         /* HwAccess */
    u8 size;           /* bytes */
    u8 service;        /* firmware service that made the access; 0: the program */
    u32 causes;        /* HW_CAUSE_BITS for each bit of missed: see hw_miss_cause */
} HwMiss;

/* Why the structure of bit HW_MISS_* missed. */
static inline HwMissCause hw_miss_cause(const HwMiss *e, u32 bit)
{
    return (HwMissCause)(e->causes >> HW_CAUSE_BITS * (u32)__builtin_ctz(bit) & ((1 << HW_CAUSE_BITS) - 1));
}

/* A miss because another core wrote to the line (coherence.c). */
typedef struct HwSharing {
    u64 pc;            /* 0: firmware */
    u64 addr;          /* what was accessed */
    u64 written;       /* the word that another core had written: among those accessed if there is one, else the youngest */
    u32 core, writer_core;
    u32 thread, writer_thread; /* as hw_model_thread told */
    u8 size, access, service;
    bool false_sharing; /* so far: nothing accessed that others had written */
} HwSharing;

struct HwObserver {
    void *ctx;
    void (*miss)(void *ctx, const HwMiss *e);                              /* sums over events equal the counters exactly */
    /* Each data access, after what it missed; NULL: not asked for. Needs hw_model_no_fast, or hits are not seen. */
    void (*access)(void *ctx, u64 addr, u32 size);
    /* NULL: not asked for. Returns a number of the observer's; `shared_after_all` gets it if a later access makes true sharing of the false. */
    u32 (*sharing)(void *ctx, const HwSharing *e);
    void (*shared_after_all)(void *ctx, u32 number);
    void (*mispredict)(void *ctx, HwBranchKind kind, u64 pc, u64 target, const u64 *x);
    /* The same of conditional branches in translated code, whose registers are not in memory: it counts where wrong_at says that those at pc are counted (NULL: nowhere), or
       tells two registers, by number. Both NULL: neither will do. */
    u64 *(*wrong_at)(void *ctx, u64 pc);
    void (*wrong_direction)(void *ctx, u64 pc, u64 first, u64 second);
    u8 first, second;
    /* Each control transfer, before it is predicted; NULL: not asked for. Needs hw_model_no_fast, or most are not seen. */
    void (*branch)(void *ctx, HwBranchKind kind, u64 pc, const u64 *x);
    /* NULL: not asked for. One of the core's configuration registers was written (HwKnob). */
    void (*reconfigured)(void *ctx);
    /* NULL: not asked for. What a hint or digest had to do with the prediction of the branch at pc: HW_VALUE_* bits. `target`: of a target, not a direction. */
    void (*value)(void *ctx, bool target, u64 pc, u32 what, const u64 *x);
};

#endif
