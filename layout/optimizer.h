/* The state of the optimizer's loop: what looks at the samples (looks.c) have found, and what has been decided by it (pass.c). Nobody else includes this. */
#ifndef LAYOUT_OPTIMIZER_H
#define LAYOUT_OPTIMIZER_H
#include "hwsim/samples.h"
#include "hwsim/system.h"
#include "layout/graph.h"
#include "layout/layout.h"
#include "layout/place.h"

/* Stalls by samples: cycles of sampled misses times the period. */
typedef struct Stalls { u64 loose, placed, relinked, interpreted, all, loads; } Stalls; /* on objects that edges lead to, not placed along them by any pass and placed; of stores: misses on edges' fields; of interpreted code: misses on such objects; of all loads: cycles, and misses */

/* The last few looks, each counting three quarters of the one after it: one alone is too few samples to decide by. */
typedef struct Recent { double loose, placed, relinked, interpreted, all, loads, misses, cycles, instructions, stalled; } Recent;

/* What a counted loop had come to when a pass was made. */
typedef struct Marked { u32 loop; i64 turn; double turns, loose, placed; } Marked;

typedef struct Optimizer {
    HwModel *model;
    HwSample *buffer;
    u64 seed;
    LayoutMode mode;
    LayoutOrder order;
    u32 period, records, skid;
    Graph graph;
    Samples sampled;
    u32 next_sample;
    u64 collections;                              /* as of the last look at the samples */
    u64 heap_samples, loose_samples;              /* since the last pass */
    u64 loose_misses, target_misses, placed_misses; /* samples times period, since the last pass */
    Stalls stalls, last;                          /* since the last pass; between the last two looks */
    Recent recent;
    u64 looked_at, looked_at_instruction, looked_at_stalled; /* cycle, instruction, and cycles that loads had held the core up, at the last look */
    bool counted;                                 /* the core counts these: it has a clock */
    u32 hot, dull;                                /* edges that were hot at the last look; samples in a row after which no pass was near, since there were any */
    u32 closed;                                   /* looks at which a pass would have been worth it, had more been known, in this loop and since the last pass; */
    bool close;                                   /* the last look was one */
    bool rested;                                  /* when the look began, several had been dull */
    u64 cost, apart;                              /* cycles: of the last look, and since the one before */
    u64 look_cost;                                /* what reading samples costs, rising slowly and falling at once */
    bool burst;                                   /* each miss is sampled, for affinity; */
    u64 burst_cycles;                             /* what that has cost */
    u64 recent_targets;                           /* target_misses between the last two looks */
    u64 backoff;                                  /* doublings of what the next pass must promise, after passes that did not pay */
    u64 boot_bytes;                               /* of the heap, when sampling began */
    double cost_factor;                           /* actual by expected cost of passes so far: 1 as long as there was none */
    double companion_factor;                      /* by how much companions, found before the next pass, add to its cost */
    double saved_factor;                          /* and what is left of the savings where some are left behind */
    u64 spent;                                    /* cycles on all passes */
    double ahead, sure;                           /* cycles that the loop the program is in has yet to go; 0: not known; and which share of them is sure */
    u32 loop;                                     /* its number; 0: not counted */
    i64 turn, loop_since;                         /* it is at, and was at when `looped` begins: */
    Stalls looped;                                /* stalls since */
    Marked marked;                                /* at the last pass */
    double loop_lost;                             /* stalls on loose objects since it began */
    u64 loop_relinked, loop_misses;               /* as Stalls.relinked and recent_targets, since it began */
    u64 relinked_at;                              /* cycle of the last look at which much was */
    double first_loose;                           /* before the first pass: cycles lost on loose objects, per instruction; and how many there were */
    u64 first_objects;
    LayoutPasses passes;
    LayoutTotals totals;
    /* judging the last pass */
    bool open, went_back;                         /* judging; or what undoing it has brought is being measured */
    u64 mark_instructions, mark_misses;           /* counters at the start of the window being measured */
    double loose_before, placed_before;           /* stalls per 1,000 instructions before it */
    double interpreted_before;                    /* and which share of the misses came from interpreted code */
    double lost;                                  /* stalls on loose objects since the last decision */
    double rents;                                 /* what passes would have saved until then */
    u64 window;                                   /* instructions to wait for before judging */
    bool returned;                                /* what the last pass had saved is lost again: of late as much stalls as before it */
} Optimizer;
extern Optimizer opt; /* looks.c */

static inline u64 opt_instructions(void) { return hw_total(opt.model, HWC_INSTRET); }
/* Do prefetchers fetch what follows in memory? The lines behind one that misses: then they do so at every other miss at least. By strides: at a few of them, in any program. */
static inline bool opt_fetches_next(void) { return hw_total(opt.model, HWC_PREFETCH_ISSUED) * 2 > hw_total(opt.model, HWC_L1D_MISS); }
static inline bool opt_fetches_strides(void) { return hw_total(opt.model, HWC_PREFETCH_ISSUED) * 64 > hw_total(opt.model, HWC_L1D_MISS); }
static inline u64 opt_stalled(void) { return hw_total(opt.model, HWC_LOAD_STALL); }

void looks_start(void);      /* samplers and their buffers, when the optimizer's model, mode and seed are set */
void looks_stop(void);
bool looks_full(void);       /* is a core's buffer full? */
void looks_read(void);       /* a look: takes what is in the buffers */
void looks_adapt(void);      /* after it: how many misses there are to a sample, and how many samples to the next look */
void looks_burst(void);      /* for LAYOUT_affinity: after a look the next few misses are all sampled. They count for nothing else: */
void looks_read_burst(void);
void looks_end(void);        /* what is seen next counts from now on */
void looks_forget(void);     /* nothing is known of where objects are now */
#endif
