/* A client of the heap for the tests gc_*_test.c, without a JVM: fake shapes, roots in plain arrays. Each test is its own process, each of those
   programs uses a part of what is here. */
#ifndef TESTS_GC_CLIENT_H
#define TESTS_GC_CLIENT_H
#include "base/hash.h"
#include "base/log.h"
#include "base/vec.h"
#include "gc/gc.h"
#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wunused-variable"

/* ---- A client ---------------------------------------------------------------------------------------- */

enum { EXACT = 256, WORDS = 64, WEAK = 256 };
static GcObject *exact[EXACT];   /* exact roots */
static u64 words[WORDS];         /* an ambiguous stack */
static GcObject *weak[WEAK];     /* a weak table */
static GcObject **more_exact;    /* many exact roots, for one test */
static u64 more_count;
static GcObject *pending;        /* the client's pending list */
static GcObject *special_extra;  /* what a GC_SPECIAL object refers to beyond its ranges: a slot in host memory */
static ref_t special_slot;
static bool keep_softs;
static u64 cycles, ends, touched, touched_writes, worked;

static void roots(GcVisitPtr visit, GcVisitRange range, void *ctx)
{
    for (int i = 0; i < EXACT; i++) visit(ctx, &exact[i]);
    for (u64 i = 0; i < more_count; i++) visit(ctx, &more_exact[i]);
    visit(ctx, &pending);
    range(ctx, words, words + WORDS);
}
static void weak_roots(GcVisitPtr visit, void *ctx)
{
    for (int i = 0; i < WEAK; i++) visit(ctx, &weak[i]);
}
static void trace_special(GcObject *o, GcVisit visit, void *ctx) { (void)o; visit(ctx, &special_slot); }
static u64 special_size(const GcObject *o) { return gc_shape(o)->size + 64; }
static bool keep_soft(GcObject *r, bool last_resort) { (void)r; return keep_softs && !last_resort; }
static void add_pending(GcObject *first, GcObject *last)
{
    gc_store(last, 16, pending); /* `discovered` */
    pending = first;
}
static void cycle_start(bool moving) { (void)moving, cycles++; }
static void cycle_end(void) { ends++; }
static void touch(const void *p, u64 n, bool write)
{
    (void)p;
    touched += n;
    if (write) touched_writes += n;
}
static void work(u64 n) { worked += n; }

/* Reference objects: referent 8, next 12, discovered 16, strong field 20. */
static GcClient client = { .roots = roots, .weak_roots = weak_roots, .trace_special = trace_special, .special_size = special_size,
    .referent_offset = 8, .next_offset = 12, .discovered_offset = 16, .timestamp_offset = 24, .keep_soft = keep_soft,
    .pending = add_pending, .cycle_start = cycle_start, .cycle_end = cycle_end };

static void start(u64 mib) { gc_init(mib << 20, &client); }

/* A shape of `size` bytes with one range of references at `offset`. */
static GcShape *shape(GcShapeKind kind, u32 size, u16 offset, u16 count)
{
    GcShape *s = window_alloc(&win_meta, sizeof *s, 16);
    s->size = size, s->kind = (u8)kind;
    if (count) {
        s->ranges = window_alloc(&win_meta, sizeof *s->ranges, 8);
        s->ranges[0] = (GcRange){ offset, count };
        s->nranges = 1;
    }
    return s;
}
static GcObject *new(GcShape *s)
{
    GcObject *o = gc_alloc_fast(gc_lists, s, s->size, gc_shape_leaf(s));
    if (!o) o = gc_alloc(s, s->size);
    return o;
}
static GcObject *new_array(GcShape *s, u32 n)
{
    GcObject *a = gc_alloc(s, s->kind == GC_REF_ARRAY ? 12 + 4ull * n : s->size + ((u64)n << s->elem_shift));
    if (a) ((u32 *)a)[2] = n;
    return a;
}
static void count_one(void *ctx, GcObject *o) { (void)o; ++*(u64 *)ctx; }
static u64 walked(void)
{
    u64 n = 0;
    gc_walk(count_one, &n);
    return n;
}
static bool in_arena(const void *p) { return IN_WINDOW(ARENA, p); }
static u32 rnd_state = 1;
static u32 rnd(u32 n) { return (rnd_state = rnd_state * 1664525 + 1013904223, rnd_state >> 8) % n; }

/* ---- Objects and orders of moving ------------------------------------------------------------------------- */

enum { NODE_SHAPES = 12 };
static GcShape *node_shapes[NODE_SHAPES], *ref_array, *long_array, *leaf_node;

static void make_shapes(void)
{
    for (u32 i = 0; i < NODE_SHAPES; i++) node_shapes[i] = shape(GC_OBJECT, ALIGN_UP(16 + i * i * 4, 8u), 12, (u16)(i * i + 1)); /* an int at 8 */
    ref_array = shape(GC_REF_ARRAY, 12, 0, 0);
    long_array = shape(GC_LEAF_ARRAY, 16, 0, 0);
    long_array->elem_shift = 3;
    leaf_node = shape(GC_LEAF, 24, 0, 0);
}

typedef struct Order { Vec(GcObject *) v; } Order;
static void free_order(Order *o) { vec_free(&o->v); }
#define ORDER(name) __attribute__((cleanup(free_order))) Order name = { 0 }

static void choose(void *ctx, GcObject *o)
{
    Order *order = ctx;
    u32 r = rnd(10);
    if (r < 4) vec_push(&order->v, o);
    if (r == 0) vec_push(&order->v, o); /* twice */
    if (r == 1 && rnd(40) == 0) vec_push(&order->v, (GcObject *)(rnd(2) ? 0 : ~0ull));
}

static GcObject *make_list(u32 n)
{
    GcObject *head = NULL;
    for (u32 i = n; i-- > 0;) {
        exact[EXACT - 1] = head;
        GcObject *o = new(node_shapes[1]);
        ((u32 *)o)[2] = i;
        gc_store(o, 12, exact[EXACT - 1]);
        head = o;
    }
    exact[EXACT - 1] = NULL;
    return head;
}

#endif
