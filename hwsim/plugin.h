/* The interface between loam's core and plug-ins: shared objects that bring a replacement policy, a prefetcher or a
   predictor of branch directions of your own. This header stands alone (no other file of loam's is needed) and is
   installed as loam/plugin.h.

   A plug-in defines one symbol, `loam_plugin`:

       #include <loam/plugin.h>
       const LoamPlugin loam_plugin = { LOAM_PLUGIN_VERSION, LOAM_REPLACEMENT, "mine", .replacement = { ... } };

   and is built with `cc -O2 -shared -fPIC mine.c -o mine.so`. `--plugin=mine.so` loads it (`--plugin=mine.so,TEXT` hands it TEXT); the
   core's description says where it works, with the value `plugin`:

       replacement policy   --set=l2.replacement=plugin      any of l1i, l1d, l2, l3, l4, llc, also several
       prefetcher           --set=prefetch.plugin=l1d        or l2: the first level behind L1
       predictor            --set=branch.predictor=plugin

   Rules. State lives in what make() returns: there is one for each cache (or core) that uses the plug-in, and several cores
   may run side by side. What a plug-in does must follow from its calls alone - no time of day, no addresses of its own
   allocations, no random numbers but from the seed - or runs no longer repeat. It is called from one thread at a time.
   Only what real hardware would see is handed over; a plug-in that reads the program's memory is on its own. */
#ifndef LOAM_PLUGIN_H
#define LOAM_PLUGIN_H
#include <stdint.h>

#define LOAM_PLUGIN_VERSION 1 /* of this interface; a plug-in made for another one is refused */

typedef enum LoamPluginKind { LOAM_REPLACEMENT = 1, LOAM_PREFETCHER, LOAM_PREDICTOR } LoamPluginKind;

typedef enum LoamAccessKind {
    LOAM_LOAD, LOAM_STORE, LOAM_FETCH,
    LOAM_WALK,      /* the page walker's read of a table */
    LOAM_WRITEBACK, /* a dirty line from the level above: no instruction is behind it, pc is 0 */
} LoamAccessKind;

typedef struct LoamAccess {
    uint64_t pc;       /* address of the instruction behind it, or 0 */
    uint64_t line;     /* address divided by the line size: virtual in L1, physical behind it */
    uint64_t cycle;    /* when; without a clock (--model=counts): instructions so far */
    uint8_t kind;      /* LoamAccessKind */
    uint8_t firmware;  /* 1: the VM's firmware does it (collector, layout passes ...), not the program */
    uint8_t prefetch;  /* 1: a prefetcher asks, no instruction waits */
} LoamAccess;

/* ---- replacement policies: one state for each cache. Ways that are switched off or empty are the cache's business. */
typedef struct LoamReplacement {
    /* `seed` differs from cache to cache and with --seed. NULL: fails, which ends the run. */
    void *(*make)(const char *options, uint64_t sets, uint32_t ways, uint64_t seed);
    void (*drop)(void *state);
    /* The line in `way` was asked for and is there. */
    void (*hit)(void *state, uint64_t set, uint32_t way, const LoamAccess *a);
    /* A line has come into `way`. */
    void (*fill)(void *state, uint64_t set, uint32_t way, const LoamAccess *a);
    /* Which of the ways 0 .. ways-1, all of which hold lines, gives its line up for `a`. */
    uint32_t (*victim)(void *state, uint64_t set, uint32_t ways, const LoamAccess *a);
} LoamReplacement;

/* ---- prefetchers: one state for each core. */
typedef enum LoamOutcome { LOAM_MISS, LOAM_HIT, LOAM_USEFUL /* the first use of a line that was prefetched */ } LoamOutcome;

/* Asks for a line, by number as in LoamAccess. One of another page than the access's is dropped, one that is there is ignored. `to` is what
   access() was given. */
typedef void LoamRequest(void *to, uint64_t line);

typedef struct LoamPrefetcher {
    /* Lines of line_bytes, pages of page_bytes. NULL: fails. */
    void *(*make)(const char *options, uint32_t line_bytes, uint64_t page_bytes);
    void (*drop)(void *state);
    int hits; /* nonzero: be told of hits too (slower); 0: of misses and useful prefetches, as the built-in ones are */
    /* A demand access of the level that the prefetcher is at; it may call request(to, line) any number of times. */
    void (*access)(void *state, const LoamAccess *a, LoamOutcome outcome, LoamRequest *request, void *to);
} LoamPrefetcher;

/* ---- predictors of directions: one state for each core. A branch is predicted and learned at once, so there are no
   wrong paths and histories need no repair. */
typedef struct LoamPredictor {
    void *(*make)(const char *options, uint64_t budget_bits); /* storage it may take: branch.budget_kib. NULL: fails */
    void (*drop)(void *state);
    int (*predict)(void *state, uint64_t pc, uint64_t target);              /* of a conditional branch: taken? */
    void (*update)(void *state, uint64_t pc, uint64_t target, int taken);   /* follows predict() of the same branch */
    void (*jump)(void *state, uint64_t pc, uint64_t target);                /* an indirect transfer; NULL: does not care */
    uint64_t (*bits)(const void *state);                                    /* the storage that it takes, for the report */
} LoamPredictor;

typedef struct LoamPlugin {
    uint32_t version; /* LOAM_PLUGIN_VERSION */
    uint32_t kind;    /* LoamPluginKind */
    const char *name; /* in reports and messages */
    union {
        LoamReplacement replacement;
        LoamPrefetcher prefetcher;
        LoamPredictor predictor;
    };
} LoamPlugin;

#endif
