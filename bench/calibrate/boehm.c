/* A stand-in for libgc where only its source could be compiled for RV64: the same interface, as far as gc/ uses it, and the same work per unit. It
   has libgc's two-level table of block headers, a byte per granule for marks, a mark stack of (address, descriptor), free lists made a
   block at a time, and lazy sweeping by size and kind. Left out is what does not show in a charge: blacklisting, coalescing of free
   blocks, dirty bits, locks. */
#include "gc/boehm.h"
#include "gc/internal.h"
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

enum { BLOCK = 4096, GRANULE = 16, BOTTOM = 1024, TOP = 2048, GRANULES = BLOCK / GRANULE, MARK_STACK = 1 << 16, MAX_KINDS = 8, MAX_PROCS = 8, FIRST_HEAP = 256 << 10 };

typedef struct Header {
    struct Header *next;
    u64 block;
    u8 kind, large, free, pad;
    u32 unused;
    u64 size, descriptor;
    u16 *map; /* granule -> its offset in its object */
    u64 nmarks;
    u64 pad2;
    u8 marks[GRANULES + 1];
} Header;
typedef struct Bottom { Header *index[BOTTOM]; u64 key; struct Bottom *link; } Bottom;
typedef struct Entry { void *start; GC_word descriptor; } Entry;
typedef struct Kind { u64 descriptor; bool clear; Header *reclaim[GRANULES / 2 + 1]; } Kind;

static Bottom nothing, *top_index[TOP];
static Kind kinds[MAX_KINDS];
static GC_mark_proc procs[MAX_PROCS];
static u16 *maps[GRANULES / 2 + 1];
static unsigned nkinds = 1, nprocs = 1;
static u64 heap_bottom, heap_next, heap_end, used_blocks, since_gc, total, gc_no;
static Header *free_blocks;
static Entry *mark_stack;
static GC_on_collection_event_proc event;
static GC_push_other_roots_proc push_roots;
unsigned GC_fail_count;
void *GC_build_fl(void *block, size_t words, int clear, void *list); /* wrapped: gc/blocks.c */
void *GC_least_plausible_heap_addr, *GC_greatest_plausible_heap_addr;

/* ---- Headers -------------------------------------------------------------------------------------------- */
static inline Header *header_of(u64 p)
{
    u64 key = p >> 22;
    Bottom *b = top_index[key % TOP];
    while (b->key != key && b != &nothing) b = b->link;
    return b->index[p >> 12 & (BOTTOM - 1)];
}

static void header_set(u64 p, Header *h)
{
    u64 key = p >> 22;
    Bottom *b = top_index[key % TOP];
    while (b->key != key && b != &nothing) b = b->link;
    if (b == &nothing) {
        b = xcalloc(1, sizeof *b);
        b->key = key, b->link = top_index[key % TOP];
        top_index[key % TOP] = b;
    }
    b->index[p >> 12 & (BOTTOM - 1)] = h;
}

char *GC_find_header(void *block) { return (char *)header_of((u64)block); }

static inline Header *start_header(u64 *p)
{
    Header *h = header_of(*p);
    while ((u64)h - 1 < BLOCK - 1) { /* the middle of a large object */
        *p = ALIGN_DOWN(*p, (u64)BLOCK) - (u64)h * BLOCK;
        h = header_of(*p);
    }
    return h;
}

void *GC_base(void *address)
{
    u64 p = (u64)address;
    Header *h = start_header(&p);
    if (!h || h->free) return NULL;
    p &= ~7ull;
    u64 offset = p % BLOCK % h->size, limit;
    p -= offset;
    limit = p + h->size;
    if (limit > ALIGN_DOWN(p, (u64)BLOCK) + BLOCK && h->size <= BLOCK) return NULL;
    return (u64)address >= limit ? NULL : (void *)p;
}

size_t GC_size(const void *p) { return header_of((u64)p)->size; }
int GC_get_kind_and_size(const void *p, size_t *size)
{
    Header *h = header_of((u64)p);
    if (size) *size = h->size;
    return h->kind;
}
int GC_is_marked(const void *p) { return header_of((u64)p)->marks[(u64)p % BLOCK / GRANULE]; }
void GC_set_mark_bit(const void *p)
{
    Header *h = header_of((u64)p);
    u8 *mark = &h->marks[(u64)p % BLOCK / GRANULE];
    if (!*mark) *mark = 1, h->nmarks++;
}

/* ---- Blocks --------------------------------------------------------------------------------------------- */
int GC_expand_hp(size_t n)
{
    u8 *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) return 0;
    if (!heap_bottom) heap_bottom = heap_next = (u64)p;
    ASSERT((u64)p == heap_end || !heap_end);
    heap_end = (u64)p + n;
    GC_least_plausible_heap_addr = (void *)heap_bottom, GC_greatest_plausible_heap_addr = (void *)heap_end;
    return 1;
}

static u16 *map_of(u64 granules)
{
    if (maps[granules]) return maps[granules];
    u16 *m = maps[granules] = xcalloc(GRANULES, sizeof *m);
    for (u64 i = 0; i < GRANULES; i++) m[i] = (u16)(i % granules);
    return m;
}

static Header *block_new(u64 size, int kind)
{
    u64 n = ALIGN_UP(size, (u64)BLOCK) / BLOCK, at;
    Header *h = n == 1 ? free_blocks : NULL;
    if (h) {
        free_blocks = h->next;
        at = h->block;
    } else {
        if (heap_next + n * BLOCK > heap_end) return NULL;
        at = heap_next, heap_next += n * BLOCK;
        h = xcalloc(1, sizeof *h);
        h->block = at;
    }
    h->kind = (u8)kind, h->size = size, h->large = n > 1, h->free = 0;
    h->descriptor = kinds[kind].descriptor;
    h->map = size <= BLOCK / 2 ? map_of(size / GRANULE) : NULL;
    memset(h->marks, 0, sizeof h->marks), h->nmarks = 0;
    header_set(at, h);
    for (u64 i = 1; i < n; i++) header_set(at + i * BLOCK, (Header *)(i < BLOCK ? i : BLOCK - 1));
    used_blocks += n;
    return h;
}

static void *reclaim(const Header *h, bool clear, void *list, u64 *bytes)
{
    u64 size = h->size, bit = 0;
    for (u64 p = h->block, end = h->block + BLOCK - size; p <= end; p += size, bit += size / GRANULE) {
        if (h->marks[bit]) continue;
        *(void **)p = list, list = (void *)p;
        *bytes += size;
        if (clear)
            for (u64 *q = (u64 *)p + 1; q < (u64 *)(p + size); q++) *(volatile u64 *)q = 0;
    }
    return list;
}

void GC_generic_malloc_many(size_t size, int kind, void **result)
{
    Kind *k = &kinds[kind];
    Header **waiting = &k->reclaim[size / GRANULE], *h;
    void *list = NULL;
    while (!list && (h = *waiting) != NULL) {
        u64 bytes = 0;
        *waiting = h->next;
        list = reclaim(h, k->clear, NULL, &bytes);
        since_gc += bytes;
    }
    if (!list && (h = block_new(size, kind)) != NULL) {
        list = GC_build_fl((void *)h->block, size / sizeof(u64), k->clear, NULL);
        since_gc += BLOCK;
    }
    *result = list;
}

void *GC_generic_malloc(size_t size, int kind)
{
    void *list = NULL;
    if (size > BLOCK / 2) {
        Header *h = block_new(size, kind);
        if (!h) return NULL;
        since_gc += size;
        return kinds[kind].clear ? memset((void *)h->block, 0, size) : (void *)h->block;
    }
    GC_generic_malloc_many(size, kind, &list);
    return list;
}

/* ---- Marking -------------------------------------------------------------------------------------------- */
struct GC_ms_entry *GC_mark_and_push(void *object, struct GC_ms_entry *sp, struct GC_ms_entry *limit, void **source)
{
    (void)source;
    u64 p = (u64)object;
    __builtin_prefetch(object);
    Header *h = header_of(p);
    if ((u64)h < BLOCK || h->free) return sp;
    u64 displacement = p % BLOCK, granule = displacement / GRANULE;
    if (h->size > BLOCK / 2) granule = 0, object = (void *)h->block; /* in a large object's first block */
    else if (h->map[granule] | displacement % GRANULE) return sp;
    if (h->marks[granule]) return sp;
    h->marks[granule] = 1, h->nmarks++;
    if (!h->descriptor) return sp;
    Entry *e = (Entry *)sp + 1;
    if (e >= (Entry *)limit) panic("the mark stack is full");
    *e = (Entry){ object, h->descriptor };
    return (struct GC_ms_entry *)e;
}

void GC_push_all_eager(void *bottom, void *top)
{
    Entry *sp = mark_stack - 1;
    for (void **p = bottom; p < (void **)top; p++) sp = (Entry *)GC_mark_and_push(*p, (struct GC_ms_entry *)sp, (struct GC_ms_entry *)(mark_stack + MARK_STACK), NULL);
    while (sp >= mark_stack) {
        Entry e = *sp--;
        if ((e.descriptor & GC_DS_TAGS) != GC_DS_PROC) panic("a descriptor that is no procedure");
        u64 d = e.descriptor >> GC_DS_TAG_BITS;
        sp = (Entry *)procs[d % GC_MAX_MARK_PROCS](e.start, (struct GC_ms_entry *)sp, (struct GC_ms_entry *)(mark_stack + MARK_STACK), d >> GC_LOG_MAX_MARK_PROCS);
    }
}

static void each_block(void (*fn)(Header *h))
{
    for (u64 p = heap_bottom; p < heap_next; p += BLOCK) {
        Header *h = header_of(p);
        if ((u64)h >= BLOCK && !h->free) fn(h);
    }
}

static void clear_marks(Header *h)
{
    memset(h->marks, 0, sizeof h->marks);
    h->nmarks = 0;
}

/* Empty blocks are free at once; the others wait until a list wants cells of theirs. */
static void start_sweep(Header *h)
{
    if (!h->nmarks) {
        u64 n = ALIGN_UP(h->size, (u64)BLOCK) / BLOCK;
        used_blocks -= n;
        h->free = 1;
        if (n == 1) h->next = free_blocks, free_blocks = h;
        return;
    }
    if (h->large || h->size > BLOCK / 2) return;
    Header **list = &kinds[h->kind].reclaim[h->size / GRANULE];
    h->next = *list, *list = h;
}

void GC_gcollect(void)
{
    event(GC_EVENT_START);
    each_block(clear_marks);
    push_roots();
    event(GC_EVENT_MARK_END);
    for (unsigned k = 0; k < nkinds; k++) memset(kinds[k].reclaim, 0, sizeof kinds[k].reclaim);
    each_block(start_sweep);
    total += since_gc, since_gc = 0, gc_no++;
}

/* ---- The rest of the interface ------------------------------------------------------------------------------ */
void GC_init(void)
{
    for (u32 i = 0; i < TOP; i++) top_index[i] = &nothing;
    nothing.key = ~0ull;
    mark_stack = xmalloc((MARK_STACK + 1) * sizeof *mark_stack);
    GC_expand_hp(FIRST_HEAP);
}
unsigned GC_new_proc(GC_mark_proc p) { procs[nprocs] = p; return nprocs++; }
void **GC_new_free_list(void) { return NULL; }
unsigned GC_new_kind(void **list, GC_word descriptor, int relocate, int clear)
{
    (void)list, (void)relocate;
    kinds[nkinds] = (Kind){ .descriptor = descriptor, .clear = clear };
    return nkinds++;
}
void GC_set_on_collection_event(GC_on_collection_event_proc p) { event = p; }
void GC_set_push_other_roots(GC_push_other_roots_proc p) { push_roots = p; }
size_t GC_get_heap_size(void) { return heap_end - heap_bottom; }
size_t GC_get_free_bytes(void) { return heap_end - heap_bottom - used_blocks * BLOCK; }
size_t GC_get_bytes_since_gc(void) { return since_gc; }
size_t GC_get_total_bytes(void) { return total + since_gc; }
GC_word GC_get_gc_no(void) { return gc_no; }
int GC_get_suspend_signal(void) { return 10; }
int GC_get_thr_restart_signal(void) { return 12; }
int GC_unregister_my_thread(void) { return 0; }
void GC_allow_register_threads(void) {}
void GC_clear_roots(void) {}
void GC_disable(void) {}
void GC_enable(void) {}
void GC_ignore_warn_proc(char *text, GC_word v) { (void)text, (void)v; }
void GC_register_displacement(size_t n) { (void)n; }
void GC_set_all_interior_pointers(int v) { (void)v; }
void GC_set_disable_automatic_collection(int v) { (void)v; }
void GC_set_dont_precollect(int v) { (void)v; }
void GC_set_handle_fork(int v) { (void)v; }
void GC_set_markers_count(unsigned v) { (void)v; }
void GC_set_max_heap_size(GC_word n) { (void)n; }
void GC_set_no_dls(int v) { (void)v; }
void GC_set_oom_fn(GC_oom_func f) { (void)f; }
void GC_set_warn_proc(GC_warn_proc f) { (void)f; }
void GC_alloc_lock(void) {}
void GC_alloc_unlock(void) {}
void GC_enumerate_reachable_objects_inner(GC_reachable_object_proc fn, void *ctx) { (void)fn, (void)ctx; }
