/* Recording a simulated run: what the observer of the model, and a look at the core's state every few thousand instructions, add to
   cells, and the making of a Report from them. Host memory only: nothing here costs the program an instruction or a cache line, and
   nothing that decides can see it. At most one run per process. */
#ifndef REPORT_OBSERVE_H
#define REPORT_OBSERVE_H
#include "hwsim/parts.h"
#include "base/hash.h"
#include "hwsim/config.h"
#include "hwsim/model.h"
#include "report/codes.h"
#include "report/report.h"
#include "report/tally.h"
#include "vm/locate.h"

/* A model that only counted beside the core (hw_model_follow), and its description. */
typedef struct PassiveRun { const HwModel *model; const HwConfig *config; } PassiveRun;

typedef struct Run {
    const char *command;   /* the command line */
    const char *layout;    /* "off", "on" or "advise" */
    const HwConfig *config;
    HwModel *model;
    HwLevel level;
    int exit_code;
    const PassiveRun *passive; /* so many */
    size_t passives;
    const HwSampled *sampled;  /* --sample: what it measured, or NULL */
    HwSampling sampling;       /* and how */
    const char *stopped;   /* why the run ended before the program did ("SIGINT"); NULL: it did not */
} Run;

/* Starts observing a model of this core. `lines`: count the bytes used of each line of L1D (lines.h); `branches`: count each branch that is
   executed, not only the mispredicted ones. Both need hw_model_no_fast. */
void report_observe(HwModel *model, const HwConfig *cfg, bool lines, bool branches);
/* The core's integer registers and pc, some thousand instructions after the last call; those instructions are the code's that runs now. */
void report_tick(const u64 *x, u64 pc);
/* The same so many instructions before, without the registers of these bits. False: that does not do. The latest can be undone. */
bool report_tick_ahead(const u64 *x, u32 unknown, u64 pc, u64 instructions);
void report_untick(void);
/* Makes the report of what was observed so far. Fields and methods must still be there. */
void report_collect(Report *r, const Run *run);

/* ---- Between collect.c, views.c and head.c ------------------------------------------------------------------------------- */
/* What an access was to. `part` tells what has no field of an object: its header, its length, its elements. */
typedef enum Part { PART_FIELD, PART_HEADER, PART_LENGTH, PART_ELEMENTS, PART_NONE } Part;
typedef struct Target {
    PlaceKind kind;
    Part part;
    u8 service;            /* firmware that made the access; 0: the program */
    const Class *klass;    /* PLACE_OBJECT */
    const Field *field;    /* PART_FIELD */
} Target;
/* Misses of code on a target. */
enum { CAUSE_KINDS = N_COHERENCE + 1 - N_COLD };
typedef struct Cell {
    u32 target, code;        /* numbers of a Target and a Code */
    u64 n[TALLY_KINDS];      /* from the first count on */
    u64 causes[CAUSE_KINDS]; /* from N_COLD on */
} Cell;
/* Misses on objects of a class (`target` has no part) that were allocated at a site. */
typedef struct SiteCell {
    u32 target, site;      /* site: see sites.h; 0: not known */
    u64 n[MISS_KINDS];
} SiteCell;
/* Misses on a page. `what` is a target that has most of its misses, if one has more than half. */
typedef struct PageCell { u64 page; u32 what; u64 n[MISS_KINDS]; } PageCell;

typedef struct Observed {
    HwModel *model;
    Vec(Target) targets;
    Vec(Cell) cells;
    Vec(Code) codes;
    Vec(AskedCounts) asked;
    Vec(SiteCell) sites;
    Vec(PageCell) pages;
} Observed;
extern Observed observed;

void report_settle(void);                         /* collect.c: all misses so far are in their cells */

void views_make(Report *r);                       /* views.c: from `observed` */
char *target_class_name(const Target *t);         /* "LTree$N", "(Java stacks)", "(firmware) resolution": see names.h */
cJSON *head_make(const Run *run);                 /* head.c */
enum { PAGE_BYTES = 4096, MAX_PAGES = 2000, MAX_BRANCHES = 2000 /* rows; the others are summed up */ };

#endif
