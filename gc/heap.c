/* The binding to Boehm's collector: where its memory lies, when it collects, and how cells reach the inline lists.

   libgc is linked statically with -Wl,--wrap=mmap; while a thread is inside one of the calls below (boehm_depth), the
   memory it asks for is cut off the HEAP window, so the heap has the same addresses in every run: blocks from the bottom up, in one
   piece (or no large array would fit between the others), tables from the top down. libgc may not grow the heap by
   itself (its limit is 1 byte but for the moment when grow() does it); -Xmx is enforced here, on blocks in use plus arenas.
   libgc knows no threads of ours, no roots but those that mark.c gives it, and never collects by itself (GC_disable):
   a collection happens in gc_collect or not at all. That is what makes the rest simple: the free lists are dropped, the roots gathered
   and the client told in plain code before libgc starts, and only marking and reference processing run as its callbacks.

   Rules for whoever edits this: sizes given to GC_generic_malloc_many are multiples of 16 (cells overlap otherwise); a
   kind needs one GC_generic_malloc at start (or libgc makes no reclaim list for it and never sweeps its
   blocks); nothing here may depend on time or on addresses outside the windows. */
#define _GNU_SOURCE
#include "gc/boehm.h"
#include "gc/internal.h"
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define HEAP_LIMIT (17ull << 30) /* with an eighth more and libgc's tables, this fills the window */
enum {
    RESERVE_BYTES = 512 << 10, /* beyond -Xmx, see gc_reserve */
    OVERHEAD_STREAK = 5, OVERHEAD_SHARE = 50 /* 98 % of the time, 2 % of the heap: HotSpot's defaults */
};
enum { MIN_BUDGET = 16 << 20, BUDGET_SHARE = 16 /* of -Xmx, at most, that budget_most may add up to */, MIN_MAX_BYTES = 2 << 20, SERVE_ALIGN = 65536, LINE = 64, GROW_STEP = 4 << 20, MANY_BLOCKS_HEAP = 64 << 20 };

typedef unsigned long long ull;

GcHeap gc_heap;
GcLists *gc_lists;
static Vec(GcLists *) all_lists;
u64 gc_heap_skip;
static u32 refill_blocks = 1; /* that an inline list gets at once, from a heap that is not small */
static u64 budget_most;       /* what MIN_BUDGET may double up to */

static GcLists torture_lists; /* cells wait here while torture keeps the inline lists empty */
static u64 torture_collect, torture_move, torture_count;
static u64 torture_collect_at, torture_move_at; /* the counts when it is time */
static struct {
    bool off, hit;   /* hit: that is why the last gc_alloc failed */
    u32 streak;      /* allocations in a row whose collection left next to nothing, with next to no time since the one before */
    u64 ended;       /* when the last collection ended */
    bool near;       /* the last collection was such a one */
} overhead;
static struct { u64 cycle, bytes; } live_cache; /* gc_stats' count of marked bytes */

void gc_torture_move(u64 seed); /* torture.c */

/* ---- Memory for libgc ------------------------------------------------------------------------------- */

static __thread int boehm_depth;
static void boehm_enter(void) { boehm_depth++; }
static void boehm_leave(void) { boehm_depth--; }

void *__real_mmap(void *hint, size_t n, int prot, int flags, int fd, off_t off);
void *__wrap_mmap(void *hint, size_t n, int prot, int flags, int fd, off_t off);

static bool growing;     /* what libgc asks for now is heap */
static u64 tables_begin; /* what it asks for otherwise is above this */

/* Commits the heap up to there, by whole large pages; the host may use such for what is not the heap of a small program. */
static bool commit_up_to(u64 end)
{
    enum { LARGE_PAGE = 2 << 20, SMALL_HEAP = 4 << 20 };
    static u64 committed = WIN_HEAP_BASE;
    if (end <= committed) return true;
    u64 to = ALIGN_UP(end, (u64)LARGE_PAGE);
    if (to > tables_begin) to = end;
    if (window_commit((void *)committed, to - committed)) return false;
    if (to - WIN_HEAP_BASE > SMALL_HEAP) window_large_pages((void *)committed, to - committed);
    committed = to;
    return true;
}

static void *serve(size_t n)
{
    u64 size = ALIGN_UP((u64)n, (u64)SERVE_ALIGN), p = growing ? gc_heap.top : tables_begin - size;
    if (size < n || size > tables_begin - gc_heap.top || !(growing ? commit_up_to(p + size) : !window_commit((void *)p, size))) {
        errno = ENOMEM;
        return MAP_FAILED;
    }
    if (growing) gc_heap.top += size;
    else tables_begin -= size;
    return (void *)p;
}

/* Room for `bytes` more at the end of the heap, by steps that keep growing cheap and collections of small heaps short. */
static bool grow(u64 bytes)
{
    u64 limit = gc_heap.max_bytes + gc_heap.max_bytes / 8 + GROW_STEP; /* more than -Xmx, for what fragmentation wastes */
    u64 have = gc_heap.top - WIN_HEAP_BASE - gc_heap_skip, step = have / 4 > GROW_STEP ? have / 4 : GROW_STEP;
    if (bytes > limit || have > limit - bytes) return false;
    if (step > limit - have) step = limit - have;
    if (step < bytes) step = bytes;
    boehm_enter();
    growing = true;
    GC_set_max_heap_size(0);
    bool grown = GC_expand_hp(ALIGN_UP(step, (u64)SERVE_ALIGN));
    GC_set_max_heap_size(1);
    growing = false;
    boehm_leave();
    return grown;
}

void *__wrap_mmap(void *hint, size_t n, int prot, int flags, int fd, off_t off)
{
    if (boehm_depth && fd == -1 && !(flags & MAP_FIXED)) return serve(n);
    return __real_mmap(hint, n, prot, flags, fd, off);
}

int __real_munmap(void *p, size_t n);
int __wrap_munmap(void *p, size_t n);

/* libgc never unmaps (it discards pages with madvise); should a release of it begin to, the window must stay reserved. */
int __wrap_munmap(void *p, size_t n)
{
    if (!boehm_depth) return __real_munmap(p, n);
    window_decommit(p, n);
    return 0;
}

/* ---- Which cells hold objects ----------------------------------------------------------------------- */

static u64 fresh[WIN_HEAP_SIZE / HEAP_BLOCK / 64]; /* bit per block: swept since the last collection */

/* An object or list of cells was got at p. */
static void set_fresh(const void *p, u64 size)
{
    ASSERT(IN_WINDOW(HEAP, p));
    u64 b = ((u64)p - WIN_HEAP_BASE) / HEAP_BLOCK, end = ALIGN_UP((u64)p + size, (u64)HEAP_BLOCK);
    fresh[b / 64] |= 1ull << b % 64;
    if (end > gc_heap.high) gc_heap.high = end;
}

bool gc_block_fresh(const void *p)
{
    u64 b = ((u64)p - WIN_HEAP_BASE) / HEAP_BLOCK;
    return fresh[b / 64] >> b % 64 & 1;
}

bool gc_cell_live(const GcObject *cell)
{
    return gc_has_tag(cell) && (gc_block_fresh(cell) || GC_is_marked(gc_cell_of(cell)));
}

/* ---- Start ------------------------------------------------------------------------------------------ */

static void *GC_CALLBACK out_of_memory(size_t n) { return (void)n, NULL; }

static void GC_CALLBACK on_event(GC_EventType e)
{
    if (e == GC_EVENT_START) ASSERT(gc_heap.busy); /* only gc_collect collects */
    if (e == GC_EVENT_MARK_END) mark_end();
}

/* libgc reads its own environment variables and takes two signals; the program's heap must not depend on the first, and
   needs none of the second. */
static void start_boehm(void)
{
    static char *no_environment[] = { NULL };
    struct sigaction suspend, restart;
    char **env = environ;
    GC_set_all_interior_pointers(0); /* ambiguous words are resolved by gc_scan_range; libgc sees exact ones only */
    GC_set_no_dls(1);
    GC_set_handle_fork(0);
    GC_set_markers_count(1);
    GC_set_dont_precollect(1);
    GC_set_warn_proc(GC_ignore_warn_proc);
    sigaction(GC_get_suspend_signal(), NULL, &suspend);
    sigaction(GC_get_thr_restart_signal(), NULL, &restart);
    environ = no_environment;
    GC_INIT();
    environ = env;
    sigaction(GC_get_suspend_signal(), &suspend, NULL);
    sigaction(GC_get_thr_restart_signal(), &restart, NULL);
    GC_allow_register_threads(); /* without it libgc measures a stack that it does not know */
    GC_set_oom_fn(out_of_memory);
    GC_set_disable_automatic_collection(1);
    GC_disable();
    GC_clear_roots();
    GC_unregister_my_thread();
    for (u32 at = COLOUR_LINE; at < HEAP_BLOCK; at += COLOUR_LINE) GC_register_displacement(at);
    GC_set_on_collection_event(on_event);
    GC_set_max_heap_size(1);
}

static u64 default_max(void)
{
    u64 physical = (u64)sysconf(_SC_PHYS_PAGES) * (u64)sysconf(_SC_PAGESIZE), max = HEAP_LIMIT;
    return physical / 4 < max ? physical / 4 : max;
}

GcLists *gc_lists_more(void)
{
    vec_push(&all_lists, window_alloc(&win_table, sizeof(GcLists), 64));
    return vec_last(&all_lists);
}

void gc_init(u64 max_bytes, const GcClient *client)
{
    ASSERT(!gc_heap.client && client);
    ASSERT(gc_heap_skip % HEAP_BLOCK == 0 && gc_heap_skip < WIN_HEAP_SIZE / 2);
    windows_reserve();
    gc_lists = gc_lists_more();
    gc_heap.max_bytes = max_bytes ? max_bytes : default_max();
    if (gc_heap.max_bytes < MIN_MAX_BYTES) die("the maximum heap size is too small: at least 2 MiB (-Xmx2m)");
    if (gc_heap.max_bytes > HEAP_LIMIT)
        die("the maximum heap size is too large: at most %llu GiB (-Xmx%llug)", HEAP_LIMIT >> 30, HEAP_LIMIT >> 30);
    gc_heap.top = gc_heap.high = WIN_HEAP_BASE + gc_heap_skip;
    gc_heap.budget = MIN_BUDGET;
    tables_begin = WIN_HEAP_BASE + WIN_HEAP_SIZE;
    boehm_enter();
    growing = true;
    start_boehm();
    growing = false;
    mark_init();
    for (int leaf = 0; leaf < 2; leaf++)
        if (!GC_generic_malloc(GC_GRANULE, (int)mark_kind(leaf))) die("cannot get memory for the heap");
    boehm_leave();
    gc_heap.client = client;
}

u64 gc_used_bytes(void)
{
    u64 used = GC_get_heap_size() - GC_get_free_bytes() - blocks_bytes() + arena_bytes();
    if (used > gc_heap.peak) gc_heap.peak = used;
    return used;
}

/* ---- Allocation ------------------------------------------------------------------------------------- */

void gc_charge_flush(void)
{
    if (gc_heap.client->work && gc_heap.work) gc_heap.client->work(gc_heap.work);
    gc_heap.work = 0;
}

#ifndef CALIBRATE
void gc_touch_header(const void *p, int mark)
{
    if (!IN_WINDOW(HEAP, p)) return;
    p = gc_cell_of(p);
    char *header = GC_find_header((void *)ALIGN_DOWN((u64)p, (u64)HEAP_BLOCK));
    if ((u64)header < HEAP_BLOCK) return; /* the middle of a large object: blocks to its first */
    gc_touch(header, BOEHM_HEADER_BYTES, false);
    if (mark) gc_touch(header + BOEHM_HEADER_BYTES + (u64)p % HEAP_BLOCK / GC_GRANULE, 1, mark > 1);
}
#endif

/* What may be in use now. */
static u64 limit_bytes(void) { return gc_heap.max_bytes + (gc_heap.reserve_open ? RESERVE_BYTES : 0); }

static void clear_cells(u64 *list, u64 g)
{
    for (u64 *cell = list; cell; cell = (u64 *)cell[0])
        for (u64 i = 1; i < g * GC_GRANULE / sizeof *cell; i++) cell[i] = 0;
}

typedef struct Cells { void **first, **last; } Cells; /* linked in the order of their addresses */

/* Objects are to lie in the order in which they are made: what is made together is mostly used together, and what fetches ahead
   knows the way up best. What libgc has swept it links from the last cell to the first. */
static Cells turn_around(void **list)
{
    Cells cells = { NULL, list };
    while (list) {
        void **next = *list;
        *list = cells.first;
        cells.first = list;
        list = next;
    }
    return cells;
}

/* A block's worth of cells of g granules; none if libgc has no memory. */
static Cells take_block(u64 g, bool leaf)
{
    void *list = NULL;
    blocks_begin();
    boehm_enter();
    GC_generic_malloc_many(g * GC_GRANULE, (int)mark_kind(leaf), &list);
    boehm_leave();
    if (!list) return (Cells){ NULL, NULL };
    bool whole = blocks_whole(list);
    if (leaf && gc_keep_blocks && !whole) clear_cells(list, g);
    set_fresh(list, HEAP_BLOCK);
    gc_touch((void *)ALIGN_DOWN((u64)list, (u64)HEAP_BLOCK), HEAP_BLOCK, true);
    gc_touch_block(list, 1);
    CHARGE(refill, 1);
    if (whole) CHARGE(link_cell, HEAP_BLOCK / (g * GC_GRANULE));
    else CHARGE(sweep_cell, HEAP_BLOCK / (g * GC_GRANULE));
    if (!leaf) CHARGE(clear_line, HEAP_BLOCK / LINE);
    gc_charge_flush();
    return whole ? (Cells){ list, (void **)list + (HEAP_BLOCK / (g * GC_GRANULE) - 1) * g * GC_GRANULE / sizeof(void *) } : turn_around(list);
}

/* The same, from a heap that may have to grow; none if memory is out. *more: bytes that may be taken besides. */
static Cells take_first_block(u64 g, bool leaf, u64 *more)
{
    Cells cells = take_block(g, leaf);
    while (!cells.first && gc_used_bytes() + HEAP_BLOCK <= limit_bytes() && grow(HEAP_BLOCK)) cells = take_block(g, leaf);
    u64 used = gc_used_bytes();
    if (!cells.first || used > limit_bytes()) return (Cells){ NULL, NULL }; /* cells that are forgotten come back with the next collection */
    *more = limit_bytes() - used;
    return cells;
}

u64 gc_refill_bytes(void)
{
    return HEAP_BLOCK * (u64)(gc_heap.max_bytes < MANY_BLOCKS_HEAP ? 1 : refill_blocks);
}

/* Cells of g granules onto the list, of refill_blocks blocks if there are as many; false if memory is out. */
static bool refill(GcLists *lists, u64 g, bool leaf)
{
    u64 blocks = gc_refill_bytes() / HEAP_BLOCK, left = 0;
    Cells cells = take_first_block(g, leaf, &left), more;
    if (!cells.first) return false;
    lists->head[leaf][g] = cells.first;
    if (left < blocks * HEAP_BLOCK) blocks = 1;
    for (u64 k = 1; k < blocks && (more = take_block(g, leaf)).first; k++) {
        *cells.last = more.first;
        cells.last = more.last;
    }
    return true;
}

static GcObject *alloc_large(GcShape *shape, u64 size, bool leaf)
{
    void *cell;
    u32 colour = blocks_next_colour(size);
    if (gc_used_bytes() + size > limit_bytes()) return NULL;
    do {
        boehm_enter();
        cell = GC_generic_malloc(ALIGN_UP(size, (u64)GC_GRANULE) + colour * COLOUR_LINE, (int)mark_kind(leaf));
        boehm_leave();
    } while (!cell && grow(size + HEAP_BLOCK));
    if (!cell) return NULL;
    GcObject *o = blocks_colour(cell, colour);
    set_fresh(o, size);
    if (leaf) memset(o, 0, size);
    *gc_word0(o) = (u64)GC_TAG << 32 | (u32)((u64)shape - WIN_BASE);
    gc_touch(o, size, true);
    CHARGE(alloc_large, 1);
    CHARGE(clear_line, size / LINE);
    gc_charge_flush();
    return o;
}

static GcObject *try_alloc(GcShape *shape, u64 size)
{
    bool leaf = gc_shape_leaf(shape);
    u64 g = (size + GC_GRANULE - 1) / GC_GRANULE;
    if (g > GC_MAX_GRANULES) return alloc_large(shape, size, leaf);
    GcLists *lists = torture_collect | torture_move ? &torture_lists : gc_lists;
    if (!lists->head[leaf][g] && !refill(lists, g, leaf)) return NULL;
    return gc_alloc_fast(lists, shape, size, leaf);
}

static bool collection_due(void) { return GC_get_bytes_since_gc() + gc_heap.moved_bytes >= gc_heap.budget; }

/* When it is time again. What a collection or a move takes grows with the heap: they come less often where it is large, so that a program that
   fills it gets to the end. */
static u64 torture_next(u64 every)
{
    enum { SMALL = 4 << 20 };
    u64 used = gc_used_bytes();
    if (used <= SMALL) return torture_count + every;
    return torture_count + (u64)((double)every * ((double)used / SMALL) * ((double)used / SMALL));
}

static void torture(void)
{
    u64 n = ++torture_count;
    if (torture_move && n >= torture_move_at) {
        gc_torture_move(n);
        torture_move_at = torture_next(torture_move);
    }
    if (torture_collect && n >= torture_collect_at) {
        gc_collect();
        torture_collect_at = torture_next(torture_collect);
    }
}

static void collect(bool last_resort);

/* Books an allocation that needed a collection; true: give it up, for it is time that the program heard of it. The last collection
   before that clears soft references. */
static bool overhead_is_over(void)
{
    overhead.streak = overhead.near && !overhead.off ? overhead.streak + 1 : 0;
    if (overhead.streak < OVERHEAD_STREAK || gc_heap.softs_kept) return false;
    overhead.streak = 0;
    return overhead.hit = true;
}

/* No cell at once: collections, as many as it takes. */
static GcObject *alloc_collecting(GcShape *shape, u64 size)
{
    GcObject *o = NULL;
    if (size <= gc_heap.max_bytes) {
        collect(overhead.streak + 1 >= OVERHEAD_STREAK);
        o = try_alloc(shape, size);
        if (overhead_is_over()) return NULL;
        if (o) return o;
    }
    if (gc_heap.softs_kept || size > gc_heap.max_bytes) { /* however hopeless the request: no soft reference outlives an OutOfMemoryError */
        gc_collect_soft();
        o = try_alloc(shape, size);
    }
    return o;
}

GcObject *gc_alloc(GcShape *shape, u64 size)
{
    ASSERT(!gc_heap.busy && size >= sizeof(GcObject) && shape->kind < GC_SHAPE_KINDS);
    if (UNLIKELY(gc_heap.reserve_open)) return try_alloc(shape, size);
    if (UNLIKELY(torture_collect | torture_move)) torture();
    bool collected = collection_due();
    if (UNLIKELY(collected)) gc_collect();
    GcObject *o = try_alloc(shape, size);
    if (LIKELY(o != NULL)) return o;
    overhead.hit = false;
    if (!collected) return alloc_collecting(shape, size);
    gc_collect_soft();
    return try_alloc(shape, size);
}

void gc_reserve(bool open)
{
    ASSERT(gc_heap.reserve_open != open);
    gc_heap.reserve_open = open;
}

bool gc_overhead_limit_hit(void) { return overhead.hit; }
void gc_overhead_limit(bool on) { overhead.off = !on; }

static void drop_lists(void)
{
    for (size_t i = 0; i < all_lists.len; i++) memset(all_lists.data[i], 0, sizeof(GcLists));
    memset(&torture_lists, 0, sizeof torture_lists);
}

void gc_native(void)
{
    enum { REFILL = 8, BUDGET = 64 << 20 };
    refill_blocks = REFILL, budget_most = BUDGET;
    gc_keep_blocks = true;
    drop_lists(); /* their cells are not cleared */
}

void gc_torture(u64 collect_every, u64 move_every)
{
    ASSERT(!gc_heap.busy);
    torture_collect = torture_collect_at = collect_every, torture_move = torture_move_at = move_every;
    torture_count = 0;
    drop_lists(); /* what is on a list comes back with the next collection */
}

/* ---- Collection ------------------------------------------------------------------------------------- */

/* libgc's count of failures to expand. After one, a collection asks whether its thread is in a finalizer, and crashes on a
   thread that it does not know. */
extern unsigned GC_fail_count;

/* Doubles with each collection of a program that goes on allocating, to budget_most: collections whose live objects are few cost
   the less the fewer they are. */
static u64 least_budget(void)
{
    u64 most = gc_heap.max_bytes / BUDGET_SHARE < budget_most ? gc_heap.max_bytes / BUDGET_SHARE : budget_most;
    if (most <= MIN_BUDGET) return MIN_BUDGET;
    u64 grown = (u64)MIN_BUDGET << (gc_heap.collections < 16 ? gc_heap.collections : 16);
    return grown < most ? grown : most;
}

static void after_sweep(void)
{
    u64 blocks = (gc_heap.high - WIN_HEAP_BASE) / HEAP_BLOCK;
    memset(fresh, 0, ALIGN_UP(blocks, 64ull) / 8);
    arena_sweep();
    gc_heap.moved_bytes = 0;
    u64 used = gc_used_bytes();
    gc_heap.budget = used / 4 * 3 > least_budget() ? used / 4 * 3 : least_budget();
}

/* Did the collection that has just ended take nearly all the time since the one before, and leave the heap nearly full? */
static void overhead_measure(u64 began)
{
    GcHeap *h = &gc_heap;
    u64 used = gc_used_bytes(), free = used < h->max_bytes ? h->max_bytes - used : 0;
    u64 now = h->client->now ? h->client->now() : 0, paused = now - began;
    overhead.near = paused > (began - overhead.ended) * (OVERHEAD_SHARE - 1) && free < h->max_bytes / OVERHEAD_SHARE;
    overhead.ended = now;
}

static void collect(bool last_resort)
{
    GcHeap *h = &gc_heap;
    u64 began = h->client->now ? h->client->now() : 0;
    ASSERT(h->client && !h->busy);
    u64 allocated = GC_get_bytes_since_gc(), number = GC_get_gc_no();
    if (h->client->cycle_start) h->client->cycle_start(false);
    move_collecting();
    h->busy = true, h->last_resort = last_resort;
    h->collections++, h->cycle++;
    mark_gather_roots();
    drop_lists();
    blocks_forget();
    refs_begin();
    mark_begin();
    boehm_enter();
    GC_fail_count = 0;
    GC_enable();
    GC_gcollect();
    GC_disable();
    boehm_leave();
    ASSERT(GC_get_gc_no() == number + 1);
    after_sweep();
    CHARGE(collect, 1);
    CHARGE(sweep_block, gc_used_bytes() / HEAP_BLOCK); /* cells are swept lazily, and charged when a list is refilled */
    refs_deliver();
    h->busy = false;
    gc_charge_flush();
    overhead_measure(began);
    LOG(gc, "collection %llu: %llu KiB allocated before, %llu KiB in use, arenas %llu KiB%s", (ull)h->collections,
        (ull)allocated >> 10, (ull)gc_used_bytes() >> 10, (ull)arena_bytes() >> 10,
        last_resort ? ", soft references cleared" : "");
    if (h->client->cycle_end) h->client->cycle_end();
}

void gc_collect(void) { collect(false); }
void gc_collect_soft(void) { collect(true); }

/* ---- Statistics ------------------------------------------------------------------------------------- */

static void GC_CALLBACK add_size(void *o, size_t n, void *sum)
{
    (void)o;
    *(u64 *)sum += n;
}

/* Bytes that the last collection found alive; counted when somebody asks, once a cycle. */
static u64 live_bytes(void)
{
    if (live_cache.cycle != gc_heap.collections && !gc_heap.busy) {
        live_cache.cycle = gc_heap.collections, live_cache.bytes = 0;
        GC_alloc_lock();
        GC_enumerate_reachable_objects_inner(add_size, &live_cache.bytes);
        GC_alloc_unlock();
    }
    return live_cache.bytes;
}

u64 gc_allocated(void) { return GC_get_total_bytes(); }

u64 gc_lists_bytes(const GcLists *lists)
{
    u64 bytes = 0;
    for (u32 kind = 0; kind < GC_CELL_KINDS; kind++)
        for (u64 g = 1; g <= GC_MAX_GRANULES; g++)
            for (const u64 *cell = lists->head[kind][g]; cell; cell = (const u64 *)cell[0]) bytes += g * GC_GRANULE;
    return bytes;
}

GcStats gc_counts(void)
{
    GcStats s = { .collections = gc_heap.collections, .bytes_max = gc_heap.max_bytes, .objects_moved = gc_heap.objects_moved };
    s.arena_bytes = arena_bytes();
    s.bytes_allocated = gc_allocated();
    gc_used_bytes();
    s.bytes_committed = gc_heap.peak < gc_heap.max_bytes ? gc_heap.peak : gc_heap.max_bytes;
    return s;
}

GcStats gc_stats(void)
{
    GcStats s = gc_counts();
    s.bytes_used = live_bytes() + GC_get_bytes_since_gc() - gc_heap.moved_bytes + arena_live_bytes();
    return s;
}
