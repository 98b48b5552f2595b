/* The layout optimizer: precise miss samples from the core -> which objects miss, and through which reference field their
   address came -> objects clustered along those hot edges, moved into arenas -> counters compared, and back-off where it did not pay.
   It sees the core only through samples.h and counters; what it does is firmware, charged to the core. */
#ifndef LAYOUT_LAYOUT_H
#define LAYOUT_LAYOUT_H
#include "base/vec.h"
#include "hwsim/model.h"
#include "vm/vm.h"
#include <stdio.h>

/* In which order a pass places what it finds hot. All but `auto` are there to compare with: same trigger, same charges.
   O(name, text) */
#define LAYOUT_ORDERS(O) \
    O(auto, "auto")                   /* along hot edges, in blocks that fit lines and pages */ \
    O(allocation, "allocation")       /* as they lie in the heap: plain compaction */ \
    O(breadth_first, "breadth-first") /* along hot edges, level by level */ \
    O(depth_first, "depth-first")     /* along hot edges, one branch after the other */ \
    O(random, "random") \
    O(static_edges, "static-edges")   /* as auto, but along all reference fields of the program's own classes: no counters */ \
    O(affinity, "affinity")           /* objects used close to each other in time next to each other, what is not known breadth-first */ \
    O(fields, "fields")               /* objects stay: the fields of loaded classes move instead */
#define O(name, text) LAYOUT_##name,
typedef enum LayoutOrder { LAYOUT_ORDERS(O) LAYOUT_ORDER_COUNT } LayoutOrder;
#undef O

/* What to do with what samples say. */
typedef enum LayoutMode { LAYOUT_OFF, LAYOUT_ON, LAYOUT_ADVISE } LayoutMode;

/* Starts sampling on this model. Call when simulation starts; installs nothing else. */
void layout_start(HwModel *model, u64 seed, LayoutMode mode, LayoutOrder order);
/* At a safepoint of the simulated program (a full sample buffer asked for one): reads the samples, decides, acts. */
void layout_safepoint(Thread *t);

/* A pass that was undone: what it had moved lies in its old order again. */
typedef struct LayoutBack {
    u64 at_instruction, at_cycle;   /* 0: it was not */
    u64 moved;
    u64 cost_cycles, cost_misses;
    double rate_after, target_after; /* as a pass's; -1 if the run ended before */
} LayoutBack;

/* One pass, for reports. Misses are of L1D, per thousand instructions; -1 if the run ended before it could be judged. */
typedef struct LayoutPass {
    u64 at_instruction, at_cycle;
    u64 moved, pinned, bytes, rewritten;
    u64 cost_cycles, cost_misses;   /* charged for the pass itself, and for undoing it */
    u64 predicted_savings;          /* L1D misses, over the horizon that the decision assumed */
    double rate_before, rate_after; /* L1D misses per thousand instructions of the program, by the counters */
    double target_before, target_after; /* by samples: on objects that hot edges lead to; afterwards on those of them that were placed */
    const char *verdict;            /* "kept", "did not pay", "undone", "not judged" */
    LayoutBack back;
    char *edges;                    /* "LList$Node.next -> LList$Node, ..." malloc'ed */
} LayoutPass;
typedef Vec(LayoutPass) LayoutPasses;
const LayoutPasses *layout_passes(void);
/* Fields of a loaded class that moved (--layout-order=fields), for reports. */
typedef struct FieldMove {
    char *klass;                    /* whose visits were to touch fewer lines; like the next two, malloc'ed */
    char *before, *after;           /* its fields as they lay: "(header) 0, id 8, next 16" */
    u64 at_instruction, at_cycle;
    u64 objects, bytes;             /* rewritten in place */
    u64 cost_cycles, cost_misses;   /* charged for it; if the fields went back, for that as well */
    u64 predicted_savings;          /* cycles, over the time that the decision assumed */
    double lines_before, lines_after; /* that a visit touches, by the plan */
    double stalls_before, stalls_after; /* cycles per thousand instructions on its objects, by samples; -1: the run ended before it could be judged */
    const char *verdict;            /* "kept"; "put back"; "did not pay": could not be put back; "not judged" */
} FieldMove;
typedef Vec(FieldMove) FieldMoves;
const FieldMoves *layout_field_moves(void);
typedef struct LayoutTotals { u64 samples, drains, passes_considered, undone; } LayoutTotals;
LayoutTotals layout_totals(void);
/* --profile=FILE, before any class of the program is loaded: what earlier runs have learned, if there is such a file and it is a good one. */
bool layout_read_profile(const char *path);
/* For report_write: what is known now. After layout_finish. */
void layout_write_profile(const void *unused, FILE *f);
/* Runs without a core: what a profile says, or samples do (`samples`, or NULL: `host`, or a file), is placed when it has been built, by the host's clock. At polls.
   If there are no such samples, one line says so, and the process ends. */
void layout_native_start(const char *samples);
void layout_native_poll(Thread *t);
/* --samples-out=FILE: the samples that are read from now on are kept, to be written there (raw.h) at the end. */
void layout_record_samples(void);
void layout_write_samples(const void *unused, FILE *f);
/* Debug aid: a pass along random edges at every so many polls, to be called at each. */
void layout_torture(u64 polls);
void layout_torture_poll(void);
/* Judges what is still open, at the end of the run; LAYOUT_ADVISE: prints the advice on stderr. */
void layout_finish(void);

#endif
