/* Budgets, -Xmx, and what happens when memory is nearly out. */
#include "tests/unit/gc_client.h"

/* Garbage alone neither grows the heap nor goes uncollected. */
Test(gc, budget)
{
    start(512);
    make_shapes();
    for (u32 i = 0; i < 4000000; i++) new(leaf_node);
    GcStats s = gc_stats();
    cr_assert(s.collections >= 6 && s.collections <= 8 && s.bytes_committed < 20 << 20 && s.bytes_allocated >= 4000000 * 32ull);
    cr_assert(s.bytes_used < 17 << 20 && s.bytes_max == 512 << 20);
    exact[0] = new_array(long_array, 100 << 17); /* 100 MiB live: the budget becomes a share of it */
    u64 before = gc_stats().collections;
    for (u32 i = 0; i < 8000000; i++) new(leaf_node);
    cr_assert(gc_stats().collections - before >= 3 && gc_stats().collections - before <= 5);
}

/* -Xmx: NULL when it is reached, at about the right place; memory comes back; soft references go first. */
Test(gc, exhaustion)
{
    start(16);
    make_shapes();
    GcShape *soft = shape(GC_REFERENCE, 32, 8, 4);
    soft->strength = GC_SOFT;
    keep_softs = true;
    for (int round = 0; round < 3; round++) {
        exact[1] = new(soft);
        gc_store(exact[1], 8, new_array(long_array, 100000));
        u64 n = 0;
        for (GcObject *o; (o = new(node_shapes[1])); n++) gc_store(o, 12, exact[0]), exact[0] = o;
        cr_assert(n * 32 > 14 << 20 && n * 32 <= 16 << 20, "%llu objects", (unsigned long long)n); /* 24 bytes, cells of 32 */
        cr_assert(!gc_load(exact[1], 8));
        cr_assert(gc_stats().bytes_committed <= 16 << 20);
        cr_assert(!new_array(long_array, 1 << 20));
        gc_verify();
        exact[0] = NULL;
        pending = NULL;
    }
    cr_assert(!new_array(long_array, 0x7fffffff));
    cr_assert(new_array(long_array, 1 << 20)); /* half of it, after all that */
}

/* ---- When memory is nearly out ------------------------------------------------------------------------- */

static u64 clock_ns, allocation_ns; /* a clock: time passes in collections and, by the test, between them */
static u64 fake_now(void) { return clock_ns; }
static void slow_start(bool moving) { (void)moving, clock_ns += 1000; cycles++; }

/* A heap filled up; then `spare` bytes are let go at each step and garbage is made until an allocation fails. */
static u64 garbage_until_failure(u64 limit)
{
    GcShape *array = shape(GC_LEAF_ARRAY, 12, 0, 0), *holder = shape(GC_REF_ARRAY, 12, 0, 0);
    exact[0] = new_array(holder, 100000);
    u32 n = 0;
    for (GcObject *a; (a = new_array(array, 500)); n++) gc_store(exact[0], 12 + 4 * n, a);
    cr_assert(n > 1000 && !gc_overhead_limit_hit());
    for (u32 i = 0; i < 16; i++) gc_store(exact[0], 12 + 4 * i, NULL); /* room for a few, each time it is collected */
    u64 made = 0;
    for (; made < limit && new_array(array, 500); made++) clock_ns += allocation_ns;
    return made;
}

/* Collections that leave next to nothing and take all the time end in a failure that says so. */
Test(gc, overhead_limit)
{
    client.now = fake_now, client.cycle_start = slow_start;
    allocation_ns = 1;
    start(8);
    u64 made = garbage_until_failure(100000);
    cr_assert(gc_overhead_limit_hit());
    cr_assert(made >= 16 && made < 1000, "%llu", (unsigned long long)made);
    cr_assert(new(shape(GC_OBJECT, 16, 8, 2)), "the next one may go on");
}
Test(gc, overhead_time_between)
{
    client.now = fake_now, client.cycle_start = slow_start;
    allocation_ns = 10; /* 160 ns between collections of 1000: a program that gets on */
    start(8);
    cr_assert(garbage_until_failure(20000) == 20000);
}
Test(gc, overhead_switched_off)
{
    client.now = fake_now, client.cycle_start = slow_start;
    start(8);
    gc_overhead_limit(false);
    cr_assert(garbage_until_failure(20000) == 20000);
}

/* The reserve serves when nothing else does, is bounded, and collects nothing. */
Test(gc, reserve)
{
    start(8);
    GcShape *array = shape(GC_LEAF_ARRAY, 12, 0, 0), *holder = shape(GC_REF_ARRAY, 12, 0, 0);
    exact[0] = new_array(holder, 100000);
    u32 n = 0;
    for (GcObject *a; (a = new_array(array, 500)); n++) gc_store(exact[0], 12 + 4 * n, a);
    u64 collections = gc_stats().collections, more = 0;
    gc_reserve(true);
    for (GcObject *a; (a = new_array(array, 500)); n++, more++) gc_store(exact[0], 12 + 4 * n, a);
    gc_reserve(false);
    cr_assert(gc_stats().collections == collections);
    cr_assert(more >= 500 && more < 2000, "%llu", (unsigned long long)more);
    cr_assert(!new_array(array, 500));
    gc_verify();
}
