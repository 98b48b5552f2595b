/* Units of class unloading: their memory, and what a collection asks of them.

   Alive is a unit whose owner is: the ClassLoader object, or the hidden class's mirror. Objects lead to their class's mirror (GcShape.owner), a
   mirror to its loader and (unit_trace) to all that its unit refers to. A frame leads to its method, and C code to classes that it is
   working on, by plain addresses of metadata; so whatever is scanned for objects is scanned for these too. Which unit an address belongs
   to is a matter of its page: pages are never shared between units.

   Memory comes in runs of 1, 2, 4 ... pages, cut from slabs; runs of dead units are used again. */
#include "vm/unit.h"
#include "base/log.h"
#include "vm/vm.h"
#include <string.h>

enum { PAGE = 4096, ORDERS = 12, SLAB_ORDER = 6, LARGEST_STEP = 4, COLD_STEP = 128 << 10 };

typedef struct MetaRun { struct MetaRun *next; u8 *at; u32 order; } MetaRun;

static Unit *units;
static Unit **pages;             /* by page of the META window */
static MetaRun *free_runs[ORDERS];
static u32 cycle;
static bool moving;
bool units_keep_memory;

Unit *units_first(void) { return units; }

/* ---- Memory ---------------------------------------------------------------------------------------------------------------------- */

static MetaRun *run_new(u8 *at, u32 order)
{
    MetaRun *r = xcalloc(1, sizeof *r);
    r->at = at, r->order = order;
    return r;
}

/* A run of 2^order pages: a free one, half of a larger one, or of a new slab. */
static MetaRun *run_take(u32 order)
{
    if (order >= ORDERS) die("a class needs more than %u KiB of metadata", (PAGE << (ORDERS - 1)) >> 10);
    MetaRun *r = free_runs[order];
    if (r) {
        ASSERT(r->order == order);
        free_runs[order] = r->next;
        memset(r->at, 0, (size_t)PAGE << order);
        return r;
    }
    if (order >= SLAB_ORDER) return run_new(window_alloc(&win_meta, (size_t)PAGE << order, PAGE), order);
    r = run_take(order + 1);
    MetaRun *half = run_new(r->at + ((size_t)PAGE << order), order);
    half->next = free_runs[order];
    free_runs[order] = half;
    r->order = order;
    return r;
}

static void set_pages(const MetaRun *r, Unit *u)
{
    if (!pages) pages = xcalloc(WIN_META_SIZE / PAGE, sizeof *pages);
    u64 first = ((u64)r->at - WIN_META_BASE) / PAGE;
    for (u64 i = 0; i < 1u << r->order; i++) {
        ASSERT(!u || !pages[first + i]);
        pages[first + i] = u;
    }
}

static void add_run(Unit *u, size_t n)
{
    u32 order = 0;
    for (const MetaRun *r = u->runs; r && order < LARGEST_STEP; r = r->next) order++;
    while ((size_t)PAGE << order < n) order++;
    MetaRun *r = run_take(order);
    r->next = u->runs;
    u->runs = r;
    set_pages(r, u);
    u->at = r->at, u->end = r->at + ((size_t)PAGE << order);
}

void *unit_alloc(Unit *u, size_t n, size_t align)
{
    if (!u) return window_alloc(&win_meta, n, align);
    ASSERT(!u->dead && align <= PAGE);
    u->at = (u8 *)ALIGN_UP((u64)u->at, (u64)align);
    if (!u->at || n > (size_t)(u->end - u->at) || u->at > u->end) add_run(u, n);
    void *p = u->at;
    u->at += n;
    return p;
}

void *unit_alloc_cold(Unit *u, size_t n, size_t align)
{
    static u8 *at, *end;
    if (u) return unit_alloc(u, n, align);
    at = (u8 *)ALIGN_UP((u64)at, (u64)align);
    if (at > end || n > (size_t)(end - at)) {
        size_t bytes = n > COLD_STEP ? n : COLD_STEP;
        at = window_alloc(&win_meta, bytes, PAGE);
        end = at + bytes;
    }
    void *p = at;
    at += n;
    return p;
}

Unit *unit_at(u64 address)
{
    return pages && IN_WINDOW(META, address) ? pages[(address - WIN_META_BASE) / PAGE] : NULL;
}

/* ---- Life ----------------------------------------------------------------------------------------------------------------------- */

Unit *unit_new(void)
{
    Unit *u = xcalloc(1, sizeof *u);
    u->next = units;
    return units = u;
}

void unit_free(Unit *u)
{
    Unit **at = &units;
    while (*at != u) at = &(*at)->next;
    *at = u->next;
    for (MetaRun *r = u->runs, *next; r; r = next) {
        next = r->next;
        set_pages(r, NULL);
        if (units_keep_memory) free(r);
        else r->next = free_runs[r->order], free_runs[r->order] = r;
    }
    for (size_t i = 0; i < u->symbols.len && !units_keep_memory; i++)
        if (u->symbols.data[i].symbol->uses == u->symbols.data[i].uses) symbol_free(u->symbols.data[i].symbol);
    vec_free(&u->symbols);
    vec_free(&u->classes);
    vec_free(&u->slots);
    vec_free(&u->needs);
    free(u);
}

void unit_add_root(Unit *u, Object **slot)
{
    if (u) vec_push(&u->slots, slot);
    else vm_add_root(slot);
}

void unit_needs(Unit *u, Class *c)
{
    if (c->unit == u || !c->unit) return;
    if (!u) vm_add_root(&c->mirror); /* it stays, then */
    else if (!u->needs.len || vec_last(&u->needs) != c) vec_push(&u->needs, c);
}

void unit_owns_symbol(Unit *u, Symbol *s)
{
    if (u) vec_push(&u->symbols, ((struct UnitSymbol){ s, s->uses }));
}

/* ---- Collections -------------------------------------------------------------------------------------------------------------------- */

void units_cycle_start(bool is_moving)
{
    cycle++;
    moving = is_moving;
}

static void visit_object(Object *o, GcVisit visit, void *ctx)
{
    ref_t r = gc_encode(o);
    if (o) visit(ctx, &r);
}

/* Slots are plain pointers, so copies are visited: moves rewrite the slots themselves through units_roots. */
void unit_trace(Unit *u, GcVisit visit, void *ctx)
{
    if (u->traced == cycle) return;
    u->traced = cycle;
    if (u->loader) visit_object(u->loader->java, visit, ctx);
    for (size_t i = 0; i < u->slots.len; i++) visit_object(*u->slots.data[i], visit, ctx);
    for (size_t i = 0; i < u->needs.len; i++) visit_object(u->needs.data[i]->mirror, visit, ctx);
}

static void unit_exact(Unit *u, GcVisitPtr exact, void *ctx)
{
    if (u->loader && u->loader->java) exact(ctx, (GcObject **)&u->loader->java);
    for (size_t i = 0; i < u->slots.len; i++)
        if (*u->slots.data[i]) exact(ctx, (GcObject **)u->slots.data[i]);
    for (size_t i = 0; i < u->needs.len; i++)
        if (u->needs.data[i]->mirror) exact(ctx, (GcObject **)&u->needs.data[i]->mirror);
}

void units_scan(const void *lo, const void *hi, GcVisitPtr exact, void *ctx)
{
    if (!units) return;
    for (const u64 *p = (const u64 *)ALIGN_UP((u64)lo, 8ull); p + 1 <= (const u64 *)hi; p++) {
        if (!IN_WINDOW(META, *p)) continue;
        Unit *u = unit_at(*p);
        if (!u || u->traced == cycle) continue;
        u->traced = cycle;
        unit_exact(u, exact, ctx);
    }
}

void units_roots(GcVisitPtr exact, void *ctx)
{
    for (Unit *u = units; moving && u; u = u->next) unit_exact(u, exact, ctx);
}

/* A unit with no owner yet is in the making: C code works on it. */
void units_weak(GcVisitPtr weak, void *ctx)
{
    for (Unit *u = units; u; u = u->next) {
        Object **owner = u->loader ? &u->loader->java : u->hidden ? &u->hidden->mirror : NULL;
        if (!owner || moving) continue;
        ASSERT(*owner != NULL);
        weak(ctx, (GcObject **)owner);
        if (!*owner) u->dead = true;
    }
}
