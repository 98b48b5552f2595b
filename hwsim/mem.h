/* Inside of the model: the structures that model.c, cache.c, dram.c, shadow.c, tlb.c, bpred.c, prefetch.c, prefetch_behind.c, timing.c, ooo.c, samples.c,
   firmware.c and counters.c share. Nobody else includes this; the model's face is model.h.

   How an access runs: model.c counts it and asks tlb.c to translate (a miss there may walk page tables through the
   caches below L1); looks its line up in L1 and, if it is not there, asks cache.c, which goes down level by level,
   fills on the way back, and says when the data will be there; trains prefetch.c; stalls (timing.c); and reports a miss
   to observer and sampler. Time is in ticks, issue_width of them to a cycle.

   A cache may be sectored: a line's tag stands for it, but a miss brings in one sector only (cache_unit; a whole line where there are no
   sectors), and validity, changes and arrival are each sector's own. Fast paths know lines of which all sectors are alike.

   Rules for whoever edits this: presence never depends on time (a line in flight occupies its slot already), so the
   levels HW_COUNTS and HW_TIMING count the same misses; and any change of an L1 set's replacement order goes through
   cache_touch or cache_fill, which keep the tables of model_fast.h true. */
#ifndef HWSIM_MEM_H
#define HWSIM_MEM_H
#include "base/hash.h"
#include "base/log.h"
#include "base/vec.h"
#include "hwsim/bp.h"
#include "hwsim/config.h"
#include "hwsim/model_fast.h"
#include "hwsim/observer.h"
#include "hwsim/ooo.h"
#include "hwsim/plugins.h"
#include "hwsim/samples.h"

#define NONE (~0ull)
#define ADDRESS_BITS 48

/* ---- requests ----------------------------------------------------------------------------------------- */

typedef struct HwRequest {
    u64 pc, addr;   /* virtual */
    u64 now;        /* ticks at which it is issued */
    u32 size;
    u8 access;      /* HwAccess */
    u8 service;     /* firmware's, or 0 */
    bool demand;    /* false: a prefetch, which counts no accesses and no misses */
} HwRequest;

/* ---- caches (cache.c) --------------------------------------------------------------------------------- */

typedef struct HwCache HwCache;
typedef struct HwMshrs HwMshrs;
typedef struct HwPorts HwPorts;
typedef struct HwShadow HwShadow;
typedef struct HwFastPlace { u64 *line, *page; } HwFastPlace;
typedef struct HwPlugged HwPlugged;
typedef struct HwPolicy {
    const char *name;
    void (*touch)(HwCache *c, u64 set, u32 way); /* way becomes the most recently used */
    u32 (*victim)(HwCache *c, u64 set);          /* among the enabled ways, all of which hold a line */
    void (*insert)(HwCache *c, u64 set, u32 way); /* a line came in; NULL: as touch. With it, the first hit changes state */
} HwPolicy;
extern const HwPolicy hw_policies[]; /* replace.c, by HwReplacement */

enum { LINE_DIRTY = 1, LINE_PREFETCHED = 2 /* and not yet used */, LINE_CONTESTED = 4 /* L1D: cores write and use it in turns */,
       LINE_COMING = 8 /* it may still be in flight: `ready` tells; without it nobody needs to look there */ };

struct HwCache {
    u64 *tag;     /* line number (address >> shift) or NONE; slot = set * ways + way */
    u64 *ready;   /* tick at which the line has arrived; each sector of it: cache_ready */
    u16 *filled;  /* per set: lines that it holds */
    u16 *valid, *dirty; /* sectored: a bit for each sector of a line; NULL: whole lines */
    u64 *stamp;   /* LRU: when last touched; NRU and RRIPs: their bits */
    u32 *tree;    /* PLRU: per set, bit n of node n points to the half to replace */
    u8 *flags;
    u64 set_mask;
    u32 ways, enabled;
    u32 shift, unit_shift; /* of a line; of what a miss brings in */
    u32 slice_bits;      /* of the number of slices that its sets are dealt to */
    bool mesh;           /* of slices; or else a ring */
    bool is_virtual;     /* tags are virtual line numbers: L1 */
    bool through, no_allocate, inclusive, exclusive;
    bool gate;           /* no cache: behind it is what cores share (coherence.c) */
    bool shared;         /* by several cores: lines leave all of them if it is inclusive */
    u64 latency;         /* ticks */
    u64 hop;             /* ticks for each step to a slice */
    u64 *clock;          /* of LRU stamps: its own, or that of model_fast.h */
    u64 own_clock, inserts, random;
    i32 duel;            /* DRRIP */
    const HwPolicy *policy;
    HwPlugged *plugged;  /* a plug-in's policy: its state, or NULL */
    HwCache *next;       /* NULL: memory */
    HwCache *victims;    /* a buffer of what it evicts, or NULL */
    HwMshrs *mshrs;      /* NULL: no limit */
    HwPorts *ports;      /* behind L1; NULL: no limit */
    HwShadow *shadow;    /* fully associative, for classification, or NULL */
    u32 miss_bit;        /* HW_MISS_* */
    int access_counter, miss_counter, cold_counter; /* cold, capacity, conflict */
    int sector_counter, port_counter;
    u64 *fast_load, *fast_store, *fast_stamp; /* L1: tables of model_fast.h that stand for this cache, or NULL. What fast_store knows, fast_load does too */
    HwFastPlace *fast_place; /* whose stamps those of the tables are */
    u64 nothing;         /* where stamps go that nobody wants */
    u64 *settled;        /* with them, where the policy minds repeated touches: per set, the line that they may have */
};

void cache_init(HwCache *c, const HwConfig *cfg, int size_field, u64 ticks_per_cycle);
/* Cuts its lines into sectors of so many bytes; 0: leaves them whole. */
void cache_init_sectors(HwCache *c, u64 bytes);
/* A fully associative LRU buffer. */
void cache_init_buffer(HwCache *c, u64 lines, u32 line_shift);
void cache_free(HwCache *c);
/* model_fast.h knows `line` from now on, for stores too if `store`; it may know it already. */
void cache_know_line(HwCache *c, u64 line, bool store, HwFastPlace place);
/* It forgets the lines of a page that are in some of its PAGE_PARTS parts, or all lines. */
enum { PAGE_PARTS = 64 };
void cache_forget_page(HwCache *c, u64 page, u32 page_shift, u64 parts);
void cache_forget_all(HwCache *c);
void cache_forget_line(HwCache *c, u64 line);
/* The page's stamp becomes what it is by the fast path's; the parts that lines are still known of. */
u64 cache_stamp_page(HwCache *c, u64 page, u32 page_shift, u64 parts);
/* The part of its page that `line` is in; a line or more. */
static inline u32 cache_part(const HwCache *c, u64 line, u32 page_shift)
{
    u32 lines_shift = page_shift - c->shift;
    return (u32)(lines_shift > 6 ? line >> (lines_shift - 6) : line) % PAGE_PARTS;
}
/* The slice that a line is in: all digits of its number, in base of the slices' number, xored. */
static inline u32 cache_slice(const HwCache *c, u64 line)
{
    u32 slice = 0;
    for (u64 rest = line; c->slice_bits && rest; rest >>= c->slice_bits) slice ^= (u32)rest & ((1u << c->slice_bits) - 1);
    return slice;
}
/* Each slice has its share of the sets. */
static inline u64 cache_set(const HwCache *c, u64 line)
{
    u64 set = line & c->set_mask;
    return LIKELY(!c->slice_bits) ? set : set >> c->slice_bits << c->slice_bits | cache_slice(c, line);
}
/* The slot that holds `line`, or NONE. Nothing foretells which way that is, so the host has no branches on it. */
static inline u64 cache_find(const HwCache *c, u64 line)
{
    u64 first = cache_set(c, line) * c->ways, slot = NONE;
    const u64 *tag = c->tag + first;
    for (u32 w = 0; w < c->enabled; w++) slot = tag[w] == line ? first + w : slot;
    return slot;
}
/* Sectors: how many a line has, which one addr is in, and whether a line that is there has it. */
static inline u32 cache_sectors(const HwCache *c) { return 1u << (c->shift - c->unit_shift); }
static inline u32 cache_sector(const HwCache *c, u64 addr) { return (u32)(addr >> c->unit_shift) & (cache_sectors(c) - 1); }
static inline bool cache_has(const HwCache *c, u64 slot, u64 addr) { return LIKELY(!c->valid) || c->valid[slot] >> cache_sector(c, addr) & 1; }
static inline u64 *cache_ready(const HwCache *c, u64 slot, u64 addr)
{
    return &c->ready[LIKELY(!c->valid) ? slot : slot * cache_sectors(c) + cache_sector(c, addr)];
}
/* Has all of the line arrived at `now`, and (with `dirty`) been changed? What only lines without sectors may skip. */
bool cache_whole(const HwCache *c, u64 slot, u64 now, bool dirty);
/* A store to addr, which is there. */
static inline void cache_change(HwCache *c, u64 slot, u64 addr)
{
    c->flags[slot] |= LINE_DIRTY;
    if (UNLIKELY(c->dirty != NULL)) c->dirty[slot] |= (u16)(1u << cache_sector(c, addr));
}
/* A line that is in c's victim buffer comes back; its slot, or NONE. */
u64 cache_recall(HwModel *m, HwCache *c, u64 line);
void cache_touch(HwCache *c, u64 slot);
/* Puts `line` in (it must not be there), evicting another if need be; returns its slot, most recently used. */
u64 cache_fill(HwModel *m, HwCache *c, u64 line, u64 ready, u8 flags);
/* Puts in what a miss at addr (of c's kind: virtual for L1) has fetched: a line that is not there, or a sector of one that may be. */
u64 cache_bring(HwModel *m, HwCache *c, u64 addr, u64 ready, u8 flags);
/* Ticks until physical address pa is there, looked up from level c (NULL: memory) downwards; fills on the way.
   Adds the levels where the demand missed to *missed. */
u64 cache_fetch(HwModel *m, HwCache *c, u64 pa, const HwRequest *r, u32 *missed);
/* The same for a line that c itself does not have (and does not get): waits for one of its miss registers first. */
u64 cache_miss(HwModel *m, HwCache *c, u64 pa, const HwRequest *r, u32 *missed);
/* The same for all of the line at pa, sector by sector, as prefetchers have it. */
u64 cache_miss_line(HwModel *m, HwCache *c, u64 pa, const HwRequest *r, u32 *missed);
/* What a line just fetched brings along (LINE_DIRTY, from an exclusive level); the caller fills it in. */
u8 cache_carried(HwModel *m);
/* A store, or a dirty line, for level c (NULL: memory). */
void cache_write(HwModel *m, HwCache *c, u64 pa);
/* Uses only the first `ways` ways from now on; returns how many dirty lines had to be written back. */
u64 cache_resize(HwModel *m, HwCache *c, u32 ways);
bool cache_resizable(const HwCache *c, u64 ways);
/* For coherence: what m's private caches have of the line at pa, LINE_HELD | LINE_DIRTY if it was changed. The first empties them of it,
   the second leaves the line there unchanged, as others may have it now. */
enum { LINE_HELD = 128 };
u8 cache_take_line(HwModel *m, u64 pa);
u8 cache_clean_line(HwModel *m, u64 pa);
/* Drops a page of c, a shared level, or writes it back to memory; returns how many lines. */
u64 cache_take_page(HwModel *m, HwCache *c, u64 pa, u64 bytes);

/* shadow.c: a demand access of c's `line`; why it would miss. */
HwShadow *shadow_make(u64 lines);
void shadow_free(HwShadow *s);
HwMissCause shadow_access(HwShadow *s, u64 line);
/* Counts a miss of c and adds it, with its cause, to *missed (the bits of HwMiss; causes from bit 8 up). */
void cache_count_miss(HwModel *m, HwCache *c, u32 bit, HwMissCause cause, u32 *missed);

/* dram.c */
void dram_init(HwModel *m);
void dram_free(HwModel *m);
/* Ticks until the line at pa arrives. */
u64 dram_read(HwModel *m, u64 now, u64 pa);
void dram_write(HwModel *m, u64 pa);
HwMshrs *mshrs_make(u64 n);
/* When a miss that wants to start at `now` can. */
u64 mshrs_start(const HwMshrs *s, u64 now);
void mshrs_take(HwMshrs *s, u64 from, u64 to);
/* `sets` of n ports each, which an access keeps for so many ticks. */
HwPorts *ports_make(u64 sets, u64 n, u64 ticks);
/* When an access that wants to start at `now` can; takes the port. */
u64 ports_take(HwPorts *p, u64 set, u64 now);

/* ---- translation (tlb.c) ------------------------------------------------------------------------------ */

typedef struct HwTlb {
    u64 *tag, *stamp; /* page number or NONE; of pages of which fast lines are known, cache_stamp_page brings the stamp up to date */
    u64 *known;       /* of each page, a bit for the parts of which `cache` may have fast lines */
    u64 set_mask;
    u32 ways;         /* 0: there is none */
    HwHint *hint;     /* of model_fast.h, or NULL */
    HwCache *cache;   /* with it: whose fast lines stand for pages in here */
    int miss_counter;
} HwTlb;

typedef struct HwWalker { /* upper page-table entries that the walker holds */
    u64 key[64], stamp[64], clock;
    u32 entries;
} HwWalker;

void tlb_init(HwTlb *t, u64 entries, u64 ways, int miss_counter);
void tlb_free(HwTlb *t);
/* Translates r's page through t (itlb or dtlb), then the STLB, then a walk; returns the ticks it adds. `stamp` is the
   count of accesses to t, this one included. */
u64 tlb_translate(HwModel *m, HwTlb *t, const HwRequest *r, u64 stamp, u32 *missed);
/* The physical address of a virtual one. */
u64 page_map(const HwModel *m, u64 va);
/* The virtual address of a physical one that is no page table's. */
u64 page_unmap(const HwModel *m, u64 pa);
/* Does a TLB hold the page? Changes nothing. */
bool tlb_holds(const HwTlb *t, u64 page);

/* ---- prefetching (prefetch.c); branch prediction is in bp.h ----------------------------------------------- */

typedef struct HwBehind HwBehind;
typedef struct HwStride { u64 key, line; i64 stride; u32 sure; } HwStride;
typedef struct HwPrefetcher {
    HwStride *table;
    u64 mask;
    u32 degree;
    bool next_line, stride, instruction; /* configured */
    bool pointer, compressed;
    const LoamPrefetcher *plugin;        /* or NULL */
    void *plugin_state;
    HwCache *plugin_at;                  /* the cache that it works at, or NULL */
    bool on;                             /* the run-time switch */
    HwBehind *behind;             /* prefetch_behind.c; NULL: none of its kinds */
    u64 trigger;                         /* physical address that these are to look at, or NONE */
    LoamOutcome outcome;                 /* of the access there */
} HwPrefetcher;

void prefetch_init(HwModel *m);
/* A demand access of L1D, or of L1I, missed or used a prefetched line for the first time. */
void prefetch_data(HwModel *m, const HwRequest *r);
/* A demand access of L1D, for a plug-in there. */
void prefetch_told(HwModel *m, const HwRequest *r, LoamOutcome outcome);
void prefetch_fetch(HwModel *m, const HwRequest *r);
/* The first level behind L1: streams, best offset, a plug-in. m->pf.trigger says that a demand access missed there or used a prefetched line, or,
   where the plug-in asks for it, hit. */
void behind_init(HwModel *m);
void behind_free(HwModel *m);
void behind_prefetch(HwModel *m, const HwRequest *r);

/* ---- plug-ins (plugins.c) ----------------------------------------------------------------------------------- */

extern const HwPolicy plugin_policy;
/* A plug-in that works here must see accesses that the fast paths would hide. */
bool plugins_need_all(const HwConfig *c);
void plugin_cache_init(const HwModel *m, HwCache *c);
void plugin_cache_free(HwCache *c);
/* For whom the next touch, victim or insert of c is; r NULL: a write-back. */
void plugin_cache_ask(HwCache *c, u64 line, const HwRequest *r);
static inline void cache_ask(HwCache *c, u64 line, const HwRequest *r)
{
    if (UNLIKELY(c->plugged != NULL)) plugin_cache_ask(c, line, r);
}
/* Brings a line into c unless it is there. */
typedef void HwPrefetch(HwModel *m, HwCache *c, u64 line, const HwRequest *r);
void plugin_prefetch_init(HwModel *m);
void plugin_prefetch_free(HwModel *m);
/* A demand access of c, where the plug-in works; what it asks for it gets through `request`. */
void plugin_prefetch(HwModel *m, HwCache *c, u64 line, const HwRequest *r, LoamOutcome outcome, HwPrefetch *request);

/* ---- sampling (samples.c) ----------------------------------------------------------------------------- */

struct HwSampler {
    u32 regs[HW_SAMPLE_REGS];  /* register numbers that go into records */
    HwModel *m;
    HwSampleEvent event;
    u64 base;
    u32 n, count, period;
    u64 left, random;    /* events until the next sample */
    u64 dead_until;      /* cycle */
    u64 dead_cycles, record_cycles, skid; /* skid in bytes of code */
    void (*full)(void *ctx);
    void *ctx;
    /* Misra-Gries: an entry's count is stored - floor; floor rises when a line finds no place. */
    u64 *hot_line, *hot_stored, hot_floor;
    u32 hot_entries;
};

void sampler_init(HwModel *m);
void sampler_free(HwModel *m);
void sampler_miss(HwModel *m, const HwMiss *e, bool taken); /* see HwSample */
void sampler_mispredict(HwModel *m, u64 pc, u64 target);

/* ---- the model ---------------------------------------------------------------------------------------- */

#define STORE_BUFFER_MAX 128
#define LATE_MAX 16
/* A load that the core has not waited for yet: instructions retired when it must, and ticks that are left to wait then. */
typedef struct HwLate { u64 use, left; } HwLate;
#define FW_DEPTH 16

typedef struct HwSystem HwSystem;
typedef struct HwOoo HwOoo;
typedef struct HwDram HwDram;
typedef struct HwService { char *name; u64 ticks, instructions; } HwService;

struct HwModel {
    HwFast f; /* first: model_fast.h casts */
    const HwConfig *cfg;
    HwLevel level;
    bool timing, no_fast;
    u64 width;               /* ticks per cycle */
    u64 counter[HWC_COUNT];  /* those that are not kept elsewhere: see hw_counter */
    HwCache l1i, l1d, l2, l3, l4, llc;
    u8 carried;              /* cache_carried */
    HwCache *unified;        /* the first level behind L1, or NULL */
    HwTlb itlb, dtlb, stlb;
    HwWalker walker;
    u64 page_keys[3];
    HwBpred bp;
    HwPrefetcher pf;
    u64 dram_latency;        /* ticks */
    HwDram *dram;
    struct { u64 done[STORE_BUFFER_MAX], youngest_line; u32 head, n, size; } stores;
    struct { bool on; u32 n, latency[HW_STEP_KINDS] /* ticks beyond the issue slot */; HwLate load[LATE_MAX]; struct HwLateUse *uses; } late; /* stall.c: on: core.stall = "use" */
    struct { u64 n, cycle, used; } ports; /* in order: L1D's; n 0: no limit. How many of them the last cycle with an access used */
    Vec(HwService) services; /* number s is services.data[s - 1] */
    int fw_stack[FW_DEPTH], fw_depth;
    u64 fw_ticks, fw_instructions;
    u64 fw_scale, fw_scale_rest, fw_cpi, fw_cpi_rest; /* 16.16 */
    const HwObserver *observer;
    const u64 *x;
    HwSampler samplers[HW_SAMPLERS];
    Vec(HwModel *) followers;
    HwModel *leader;         /* whom it follows, or NULL */
    struct HwEchoes *echoes; /* firmware.c: it has a twin */
    HwOoo *resting;          /* hw_model_rest */
    HwOoo *ooo;              /* NULL: in order */
    struct HwTrace *tracing; /* firmware's accesses go there too, or NULL */
    HwSystem *system;        /* of several cores, or NULL */
    u32 number, node, thread; /* in it; whose accesses these are, for the observer */
    u64 *reservation, *yield_at; /* the core's, or NULL: hw_model_core */
    i64 *yield_in_code;
    bool returned;           /* the access under way comes back to a line that another core's store had taken away */
    u64 took;                /* tick at which it last took a line from another core; 0: never */
};

#define SERVICE_SAMPLES 1 /* registered by hw_model_new */

/* ---- several cores (system.c, coherence.c); only with m->system ----------------------------------------- */

typedef struct HwDirectory HwDirectory;
typedef struct HwNode { HwCache *shared; /* its first level that cores share, or NULL: memory */ HwDram *dram; } HwNode;
struct HwSystem {
    const HwConfig *cfg;
    u32 cores, nodes;
    HwModel **core;
    HwNode *node;
    HwCache gate;            /* what private caches have for their next level */
    HwDirectory *directory;
    Map homes;               /* page to node, where that was decided by the first touch or on command */
    u32 line_shift;          /* of private caches */
    u64 upgrade, forward, remote; /* ticks */
};

/* The node whose memory has pa. */
u32 system_home(HwModel *m, u64 pa);
HwDram *system_dram(HwModel *m, u64 pa);
HwDirectory *directory_make(const HwSystem *s);
void directory_free(HwDirectory *d);
void directory_check(const HwSystem *s);
/* A request that no private cache of m could serve; as cache_fetch. */
u64 coherence_fetch(HwModel *m, u64 pa, const HwRequest *r, u32 *missed);
/* A changed line leaves m's private caches, or a store goes past them. */
void coherence_write(HwModel *m, u64 pa);
/* r has been looked up in L1D, whose slot is NONE if the line was not brought in; `came`: it was not there. Makes a store the line's owner.
   Returns whether the fast path may have the line; *wait becomes longer if other cores must give up theirs. */
bool coherence_data(HwModel *m, const HwRequest *r, u64 slot, bool came, u64 *wait);
/* Has another core's store taken the line at pa away from m? */
bool coherence_lost(const HwModel *m, u64 pa);

/* timing.c */
static inline u64 model_now(const HwModel *m)
{
    return m->f.instret + m->f.extra;
}
/* stall.c: nothing of it but with m->late.on. */
void stall_init(HwModel *m);
void stall_free(HwModel *m);
void stall_load(HwModel *m, u64 pc, u64 wait);  /* the load at pc, whose instruction is the next to retire, takes so much longer than a hit */
void stall_take(HwModel *m, u64 instret);       /* waits for the loads whose use comes when so many instructions have retired */
void stall_pass(HwModel *m, u64 ticks);         /* the core waits for something else */
/* Before anybody looks at time, and as many instructions have retired as the model knows: what is due is charged. */
static inline void stall_due(HwModel *m)
{
    if (UNLIKELY(m->late.n)) stall_take(m, m->f.instret);
}
/* The same of all that is under way: what follows are no instructions of the program. */
static inline void stall_drain(HwModel *m)
{
    if (UNLIKELY(m->late.n)) stall_take(m, NONE);
}
static inline void model_stall(HwModel *m, u64 ticks)
{
    if (!m->timing) return;
    if (UNLIKELY(m->late.n)) stall_pass(m, ticks);
    m->f.extra += ticks;
}
/* For a load of the program's that has missed. */
static inline void model_stall_load(HwModel *m, u64 ticks)
{
    model_stall(m, ticks);
    m->counter[HWC_LOAD_STALL] += m->timing ? ticks : 0;
}
static inline u64 model_cycle(const HwModel *m)
{
    return model_now(m) / m->width;
}
/* What is left to wait for a line in flight. Out of order, an access may issue long before the one that requested the line and
   stands in front of it in program order; it would have requested it itself then. */
static inline u64 in_flight(const HwModel *m, u64 ticks)
{
    return m->ooo && ticks > m->dram_latency ? m->dram_latency : ticks;
}
void timing_init(HwModel *m);
/* Before a store to addr is issued: if it will have to wait in the store buffer and that is full, stalls. */
void store_room(HwModel *m, u64 addr);
/* A store whose line arrives at `ready` waits in the store buffer; without one, it stalls. */
void store_wait(HwModel *m, u64 addr, u64 ready);
/* A data access of the program takes a port of L1D, and stalls while there is none. */
void take_port(HwModel *m);

void echoes_free(HwModel *m); /* firmware.c */
void echo_wait(HwModel *m, u64 ticks, HwCounter why); /* hw_wait_until, for the twin */

/* follow.c: passes on to m->followers, of which there are some. */
void follow_fetch(HwModel *m, u64 pc);
void follow_data(HwModel *m, u64 pc, u64 addr, u32 size, HwAccess access);
void follow_branch(HwModel *m, HwBranchKind kind, u64 pc, u32 len, bool taken, u64 target);
void follow_hint(HwModel *m, u64 pc, u64 value, u64 target, bool cancel);
void follow_firmware(HwModel *m, u64 addr, u64 size, bool write);
void follow_work(HwModel *m, u64 instructions);

/* trace.c */
void trace_firmware(struct HwTrace *t, int service, u64 addr, u64 size, bool write);

/* ooo.c: nothing of it but at level timing of an out-of-order core, when m->ooo is there. */
void ooo_init(HwModel *m);
void ooo_free(HwModel *m);
u64 ooo_access(const HwModel *m);             /* when the access that is being told of issues */
void ooo_wait(HwModel *m, u64 ticks);         /* it takes so much longer than a hit */
u64 ooo_front(HwModel *m);                    /* when the last instruction was dispatched */
void ooo_stall_front(HwModel *m, u64 ticks);
void ooo_redirect(HwModel *m, u64 penalty);   /* the last instruction was a mispredicted transfer */
bool ooo_set_rob(HwModel *m, u64 entries);    /* at most as many as configured */
u64 ooo_rob(const HwModel *m);
u64 ooo_resolved(const HwModel *m);           /* when the last instruction had its result */
u64 ooo_port_conflicts(const HwModel *m);
u64 ooo_load_stalls(const HwModel *m);          /* HWC_LOAD_STALL, in ticks */

/* model.c: are addresses those of real memory (a core's), or only numbers (a trace's)? */
bool model_has_memory(const HwModel *m);
/* model.c: instruction fetch goes on at `to`, where a mispredicted transfer does not lead. */
void model_wrong_path(HwModel *m, u64 to);
/* model.c: one miss event to observer and sampler. */
void model_report(HwModel *m, const HwRequest *r, u32 missed, u64 ticks);
/* A data access of any size on behalf of `service` (0: the program). */
void model_data(HwModel *m, u64 pc, u64 addr, u64 size, HwAccess access, int service);

#endif
