/* Allocation sites: for each 16 bytes of the heap, and each 8 of the arenas, the place for the site of the object that begins there.
   Objects reach it in three ways: from the VM's allocation hook; from the interpreter on the core, whose inline allocations have a probe
   behind them, as those of compiled code have (vm/sim.h), which costs the core nothing; and by being moved. What lies in it of the dead is overwritten by whoever gets
   their place.

   A site is the address of the allocating bytecode, or of the Method if it has none (a native one), as an offset in the META window. */
#include "report/sites.h"
#include "base/hash.h"
#include "base/log.h"
#include "vm/guest/regs.h"
#include "vm/locate.h"
#include "vm/sim.h"
#include <sys/mman.h>

enum { SEEN = 4096 };

static u32 *heap_sites, *arena_sites; /* NULL: not recording */
static Map methods;                   /* site -> Method */
static u32 seen[SEEN];                /* sites that are in `methods` */

static u32 *slot_of(const void *o)
{
    if (IN_WINDOW(ARENA, o)) return &arena_sites[((u64)o - WIN_ARENA_BASE) / 8];
    if (IN_WINDOW(HEAP, o)) return &heap_sites[((u64)o - WIN_HEAP_BASE) / GC_GRANULE];
    return NULL;
}

static void record(const void *o, u32 site, const Method *m)
{
    ASSERT(heap_sites && o);
    u32 *slot = slot_of(o), *known = &seen[site / 2 % SEEN];
    if (!slot) return;
    *slot = site;
    if (LIKELY(*known == site) || !site) return;
    *known = site;
    *map_put(&methods, site) = (u64)m;
}

static u32 offset_of(const void *metadata) { return IN_WINDOW(META, metadata) ? (u32)((u64)metadata - WIN_META_BASE) : 0; }

/* The frame on top is that of the code, or of the native method, that allocates. */
static void on_allocated(Thread *t, Object *o)
{
    const Frame *f = t->frame;
    const Method *m = f ? f->method : NULL;
    if (!m || !o) return;
    bool bytecode = m->code && (u64)f->pc - (u64)m->code < m->code_length;
    record(o, bytecode ? offset_of(f->pc) : offset_of(m), m);
}

static void on_probe(const u64 *x, u64 object, u32 at)
{
    if (!object) return;
    if (IN_WINDOW(CODE, WIN_BASE + at)) {
        u32 bci;
        const Method *m = locate_method(WIN_BASE + at, x, &bci);
        if (m) record((void *)object, offset_of(m->code + bci), m);
        return;
    }
    const u8 *pc = (const u8 *)x[GUEST_REG_PC];
    const Frame *f = (const Frame *)x[GUEST_REG_FRAME];
    record((void *)object, offset_of(pc), f->method);
}

static void on_moved(const Object *from, const Object *to)
{
    const u32 *a = slot_of(from);
    u32 *b = slot_of(to);
    if (a && b) *b = *a;
}

static u32 *table(u64 entries)
{
    void *p = mmap(NULL, entries * sizeof(u32), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) return NULL;
    window_large_pages(p, entries * sizeof(u32)); /* objects lie close together: few pages, or many faults */
    return p;
}

void sites_start(void)
{
    ASSERT(!heap_sites);
    heap_sites = table(WIN_HEAP_SIZE / GC_GRANULE);
    arena_sites = table(WIN_ARENA_SIZE / 8);
    if (!heap_sites || !arena_sites) {
        warn("no memory for the table of allocation sites: they will not be known");
        heap_sites = NULL;
        return;
    }
    vm_hooks.allocated = on_allocated;
    vm_hooks.moved = on_moved;
    sim_on_allocation(on_probe);
}

void site_expect(const Object *o)
{
    if (heap_sites) __builtin_prefetch(slot_of(o));
}

u32 site_of(const Object *o) { return heap_sites ? *slot_of(o) : 0; }

const Method *site_method(u32 site, u32 *bci)
{
    const u64 *m = map_get(&methods, site);
    if (!m || !*m) return NULL;
    const Method *method = (const Method *)*m;
    u64 at = WIN_META_BASE + site - (u64)method->code;
    *bci = method->code && at < method->code_length ? (u32)at : 0;
    return method;
}
