/* The allocator of the NATIVE window. Small blocks (up to 8 KiB) come from 64 KiB spans of one size class each; larger ones
   are runs of whole pages, first fit by address, coalesced when freed, their memory given back to the host. A table with one word
   per page tells what each page is; free small blocks are remembered in vectors beside the window, so a program that writes to
   freed memory harms itself only. Nothing here depends on host addresses or time. */
#include "classlib/natmem.h"
#include "base/log.h"
#include "base/vec.h"
#include "base/window.h"
#include <string.h>

enum {
    PAGE_SHIFT = 12, PAGE = 1 << PAGE_SHIFT, SPAN_PAGES = 16, ALIGN = 16, SMALL_MAX = 8192,
    /* a page's word: kind in the upper bits, then class and place in the span (small) or number of pages (first page of a run) */
    KIND_SHIFT = 28, PLACE_SHIFT = 8, CLASS_MASK = 0xff, KIND_NONE = 0, KIND_SMALL = 1, KIND_RUN = 2, KIND_RESERVED = 3, VALUE_MASK = (1 << KIND_SHIFT) - 1
};
static const u64 NPAGES = WIN_NATIVE_SIZE >> PAGE_SHIFT;

typedef struct Run { u32 page, n; } Run;
static u32 *pages;          /* one word per page of the window */
/* Half of the window each: what may be accessed without care, and mapped files. */
typedef struct Area {
    u32 next, end;        /* pages from next on were never used; page 0 stays empty */
    Vec(Run) free;        /* sorted by page, never adjacent */
} Area;
enum { OWN_PAGES = 1u << (WIN_NATIVE_OWN_BITS - PAGE_SHIFT) };
static Area own = { .next = 1, .end = OWN_PAGES }, mapped = { .next = OWN_PAGES, .end = WIN_NATIVE_SIZE >> PAGE_SHIFT };
static Area *area_of(u32 page) { return page < OWN_PAGES ? &own : &mapped; }

/* Size classes: steps of 16 up to 128, then four per doubling. */
enum { NCLASSES = 32 };
static u32 class_size[NCLASSES];
static Vec(u32) class_free[NCLASSES]; /* free blocks: (address - base) / ALIGN */
static u32 class_count;

static void classes_init(void)
{
    for (u32 size = ALIGN; size <= 128; size += ALIGN) class_size[class_count++] = size;
    for (u32 base = 128; base < SMALL_MAX; base *= 2)
        for (u32 quarter = 1; quarter <= 4; quarter++) class_size[class_count++] = base + base / 4 * quarter;
    ASSERT(class_count <= NCLASSES && class_size[class_count - 1] == SMALL_MAX);
    pages = xcalloc(NPAGES, sizeof *pages);
}

static u32 class_for(u64 n)
{
    u32 c = 0;
    while (class_size[c] < n) c++;
    return c;
}

static u8 *page_address(u32 page) { return (u8 *)WIN_NATIVE_BASE + ((u64)page << PAGE_SHIFT); }
static u32 page_of(const void *p) { return (u32)(((u64)p - WIN_NATIVE_BASE) >> PAGE_SHIFT); }

/* ---- Runs of pages -------------------------------------------------------------------------------------- */

/* Takes n pages of address space; 0: none left. */
static u32 run_take(Area *a, u32 n)
{
    for (size_t i = 0; i < a->free.len; i++) {
        Run *r = &a->free.data[i];
        if (r->n < n) continue;
        u32 page = r->page;
        r->page += n, r->n -= n;
        if (!r->n) {
            memmove(r, r + 1, (a->free.len - i - 1) * sizeof *r);
            a->free.len--;
        }
        return page;
    }
    if (n > a->end - a->next) return 0;
    u32 page = a->next;
    a->next += n;
    return page;
}

/* Joins free run i and its successor if they touch. */
static void run_join(Area *area, size_t i)
{
    Run *a = &area->free.data[i], *b = a + 1;
    if (a->page + a->n != b->page) return;
    a->n += b->n;
    memmove(b, b + 1, (area->free.len - i - 2) * sizeof *b);
    area->free.len--;
}

/* Gives address space back, joined with its free neighbours. */
static void run_give(u32 page, u32 n)
{
    Area *a = area_of(page);
    size_t i = 0;
    while (i < a->free.len && a->free.data[i].page < page) i++;
    ASSERT(i == a->free.len || page + n <= a->free.data[i].page);
    Run r = { page, n };
    vec_push(&a->free, r);
    memmove(&a->free.data[i + 1], &a->free.data[i], (a->free.len - 1 - i) * sizeof r);
    a->free.data[i] = r;
    if (i + 1 < a->free.len) run_join(a, i);
    if (i > 0) run_join(a, i - 1);
}

static u64 pages_for(u64 n) { return (n + PAGE - 1) >> PAGE_SHIFT; }

static void *run_alloc(u64 n, u32 kind)
{
    u64 count = pages_for(n);
    if (count >= NPAGES) return NULL;
    u32 page = run_take(kind == KIND_RUN ? &own : &mapped, (u32)count);
    if (!page) return NULL;
    if (kind == KIND_RUN && window_commit(page_address(page), count << PAGE_SHIFT)) {
        run_give(page, (u32)count);
        return NULL;
    }
    pages[page] = kind << KIND_SHIFT | (u32)count;
    return page_address(page);
}

static void run_free(u32 page)
{
    u32 n = pages[page] & VALUE_MASK;
    window_decommit(page_address(page), (u64)n << PAGE_SHIFT);
    pages[page] = 0;
    run_give(page, n);
}

/* ---- Small blocks -------------------------------------------------------------------------------------------- */

static bool span_new(u32 c)
{
    u32 page = run_take(&own, SPAN_PAGES);
    if (!page) return false;
    u64 bytes = (u64)SPAN_PAGES << PAGE_SHIFT;
    if (window_commit(page_address(page), bytes)) {
        run_give(page, SPAN_PAGES);
        return false;
    }
    for (u32 i = 0; i < SPAN_PAGES; i++) pages[page + i] = KIND_SMALL << KIND_SHIFT | i << PLACE_SHIFT | c;
    u32 first = (u32)(((u64)page << PAGE_SHIFT) / ALIGN), step = class_size[c] / ALIGN;
    for (u64 k = bytes / class_size[c]; k-- > 0; ) vec_push(&class_free[c], first + (u32)k * step); /* lowest address on top */
    return true;
}

static void *small_alloc(u64 n)
{
    u32 c = class_for(n);
    if (!class_free[c].len && !span_new(c)) return NULL;
    return (u8 *)WIN_NATIVE_BASE + (u64)vec_pop(&class_free[c]) * ALIGN;
}

void *natmem_alloc(u64 n)
{
    if (UNLIKELY(!pages)) classes_init();
    return n <= SMALL_MAX ? small_alloc(n) : run_alloc(n, KIND_RUN);
}

/* Kind of the block that starts at p, by its page's word; KIND_NONE: no block of ours. */
static u32 block_kind(const void *p)
{
    if (!pages || !IN_WINDOW(NATIVE, p)) return KIND_NONE;
    u32 word = pages[page_of(p)], kind = word >> KIND_SHIFT, in_page = (u64)p % PAGE;
    if (kind != KIND_SMALL) return in_page ? KIND_NONE : kind;
    u32 in_span = ((word & VALUE_MASK) >> PLACE_SHIFT) * PAGE + in_page;
    return in_span % class_size[word & CLASS_MASK] ? KIND_NONE : KIND_SMALL;
}

u64 natmem_size(const void *p)
{
    u32 kind = block_kind(p);
    if (kind == KIND_SMALL) return class_size[pages[page_of(p)] & CLASS_MASK];
    return kind == KIND_RUN ? (u64)(pages[page_of(p)] & VALUE_MASK) << PAGE_SHIFT : 0;
}

bool natmem_free(void *p)
{
    switch (block_kind(p)) {
    case KIND_SMALL: vec_push(&class_free[pages[page_of(p)] & CLASS_MASK], (u32)(((u64)p - WIN_NATIVE_BASE) / ALIGN)); return true;
    case KIND_RUN: run_free(page_of(p)); return true;
    default: return false;
    }
}

void *natmem_realloc(void *p, u64 n)
{
    u64 old = p ? natmem_size(p) : 0;
    if (old >= n && old / 2 <= n) return p; /* still a good fit */
    void *fresh = natmem_alloc(n);
    if (!fresh) return NULL;
    if (old) memcpy(fresh, p, old < n ? old : n);
    if (p) natmem_free(p);
    return fresh;
}

void *natmem_reserve(u64 n)
{
    if (UNLIKELY(!pages)) classes_init();
    return run_alloc(n ? n : 1, KIND_RESERVED);
}

void natmem_unreserve(void *p)
{
    ASSERT(block_kind(p) == KIND_RESERVED);
    run_free(page_of(p));
}
