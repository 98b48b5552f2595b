/* The sampling interface of the core (like PEBS): all that the layout optimizer may see besides counters.
   About every period-th event the core stores one record in a buffer in memory, through its caches; a buffer
   that is full raises `pending`, which the VM looks at at its next safepoint. Programmed through CSRs by
   software, or by these functions from firmware (same effect). */
#ifndef HWSIM_SAMPLES_H
#define HWSIM_SAMPLES_H
#include "base/types.h"
#include "hwsim/model.h"

typedef enum HwSampleEvent { HW_SMP_OFF, HW_SMP_L1D_MISS, HW_SMP_L2_MISS, HW_SMP_LLC_MISS, HW_SMP_DTLB_MISS, HW_SMP_MISPREDICT } HwSampleEvent;

enum { HW_SAMPLE_REGS = 3 };
typedef struct HwSample { /* as stored in memory: 64 bytes, one line of most cores */
    u64 pc, addr;
    u32 latency;
    u8 level;   /* deepest structure that missed: 1 L1D, 2 L2, 3 LLC; 0 not a memory event */
    u8 event;   /* HwSampleEvent */
    u8 store;   /* 1: the access was a store */
    u8 taken;   /* 1: a store of another core had taken the line away */
    u64 history; /* branch history register */
    u64 cycle;
    u64 regs[HW_SAMPLE_REGS]; /* the integer registers that software selected */
} HwSample;

/* Buffer of n records at base (in the TABLE window, 64-byte aligned); period in events, jittered by up to ±25 % from `seed`. */
void hw_sampler_program(HwSampler *s, HwSampleEvent event, u64 base, u32 n, u32 period, u64 seed);
void hw_sampler_stop(HwSampler *s);
/* Which integer registers (numbers 0-31) go into a record. */
void hw_sampler_regs(HwSampler *s, u32 first, u32 second, u32 third);
/* By how many bytes of code a record's pc may be behind the right one: 0 on a core whose samples are precise. */
u32 hw_sampler_skid(const HwSampler *s);
/* Records stored since the last drain; the caller reads them at base and then drains. */
u32 hw_sampler_count(const HwSampler *s);
void hw_sampler_drain(HwSampler *s);
/* Called once when the buffer becomes full (until drained); the VM uses it to ask for a safepoint. */
void hw_sampler_on_full(HwSampler *s, void (*fn)(void *ctx), void *ctx);

/* Hot-line table: the top-K missing lines seen since the last reset (Misra-Gries counters in hardware). */
typedef struct HwHotLine { u64 line; u64 count; } HwHotLine;
u32 hw_hot_lines(const HwSampler *s, HwHotLine *out, u32 max); /* most missing first */
void hw_hot_lines_reset(HwSampler *s);

#endif
