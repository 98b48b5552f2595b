/* Moving: orders, pins, arenas and their garbage. */
#include "tests/unit/gc_client.h"

/* A pass that does not fit leaves everything as it was. */
Test(gc, move_all_or_nothing)
{
    start(16);
    make_shapes();
    ORDER(order);
    for (u32 i = 0; i < 300000; i++) {
        GcObject *o = new(node_shapes[1]);
        ((u32 *)o)[2] = i;
        gc_store(o, 12, exact[0]), exact[0] = o;
        vec_push(&order.v, o);
    }
    GcMoveResult r;
    cr_assert(!gc_move(order.v.data, order.v.len, &r) && r.moved == 0);
    gc_verify();
    cr_assert(gc_stats().arena_bytes == 0);
    cr_assert(gc_move(order.v.data, 1000, &r) && r.moved == 1000);
    gc_verify();
    gc_collect();
    u32 i = 300000;
    for (GcObject *o = exact[0]; o; o = gc_load(o, 12)) cr_assert(((u32 *)o)[2] == --i && in_arena(o) == (i < 1000));
    cr_assert(i == 0);
}

/* The way back from a random order: what is alive lies in the old order again, also if a collection has been in between. */
static void there_and_back(bool collect)
{
    enum { N = 5000 };
    start(64);
    make_shapes();
    exact[0] = make_list(N);
    ORDER(order);
    for (GcObject *o = exact[0]; o; o = gc_load(o, 12)) vec_push(&order.v, o);
    GcObject *old[N];
    memcpy(old, order.v.data, sizeof old);
    for (size_t i = N; i > 1; i--) {
        size_t k = rnd((u32)i);
        GcObject *o = order.v.data[i - 1];
        order.v.data[i - 1] = order.v.data[k], order.v.data[k] = o;
    }
    GcMoveResult r;
    cr_assert(!gc_move_back(&r) && r.moved == 0);
    cr_assert(gc_move_begin(0));
    gc_move_remember();
    for (size_t i = 0; i < N; i++) gc_move_object(order.v.data[i]);
    gc_move_end(&r);
    cr_assert(r.moved == N);
    for (u32 i = 0; i < N / 2; i++) exact[0] = gc_load(exact[0], 12); /* the first half is dead */
    if (collect) gc_collect();
    cr_assert(gc_move_back(&r));
    cr_assert(collect ? r.moved < N : r.moved >= N);
    gc_verify();
    u32 against = 0, n = 0;
    for (GcObject *o = exact[0], *next; o; o = next) {
        next = gc_load(o, 12);
        u32 id = ((u32 *)o)[2];
        n++, against += next && (o < next) != (old[id] < old[id + 1]);
    }
    cr_assert(n == N / 2);
    cr_assert(against <= 8, "%u of %u lie against the old order", against, n); /* chunks need not follow each other; survivors of a sparse one come last */
    cr_assert(!gc_move_back(&r), "nothing is remembered of the way back itself");
}
Test(gc, move_back) { there_and_back(false); }
Test(gc, move_back_after_collection) { there_and_back(true); }

/* ---- Moving ---------------------------------------------------------------------------------------------- */

/* Objects lie in the order asked for, packed, on lines and pages where asked; pinned ones stay. */
Test(gc, move_order)
{
    enum { N = 5000 };
    start(64);
    make_shapes();
    exact[0] = make_list(N);
    ORDER(order);
    GcObject *third = NULL;
    u32 i = 0;
    for (GcObject *o = exact[0]; o; o = gc_load(o, 12), i++) {
        if (i == 3) third = o;
        if (i == 1000) vec_push(&order.v, (GcObject *)0);
        if (i == 2000) vec_push(&order.v, (GcObject *)~0ull);
        vec_push(&order.v, o);
    }
    words[5] = (u64)third + 20; /* an interior pointer */
    words[6] = (u64)third ^ 0x8000000000000000ull;
    GcMoveResult r;
    cr_assert(gc_move(order.v.data, order.v.len, &r));
    cr_assert(r.moved == N - 1 && r.pinned == 1 && r.bytes == (N - 1) * 24 && r.slots_rewritten == N - 1);
    gc_verify();
    GcObject *prev = NULL;
    i = 0;
    for (GcObject *o = exact[0]; o; o = gc_load(o, 12), i++) {
        cr_assert(((u32 *)o)[2] == i);
        if (i == 3) {
            cr_assert(o == third);
            continue;
        }
        cr_assert(in_arena(o));
        if (i == 1000) cr_assert((u64)o % 64 == 0);
        else if (i == 2000) cr_assert((u64)o % 4096 == 0);
        else if (prev && (u64)prev / 65536 == (u64)o / 65536) cr_assert((u64)o == (u64)prev + 24);
        prev = o;
    }
    cr_assert(i == N);
    cr_assert(walked() == N); /* originals are no objects any more */
    gc_collect();
    cr_assert(walked() == N);
    gc_verify();
}

/* An ambiguous word pins in the arena as well; interior, first and last byte. */
Test(gc, pins_in_arena)
{
    start(64);
    make_shapes();
    exact[0] = make_list(100);
    ORDER(order);
    for (GcObject *o = exact[0]; o; o = gc_load(o, 12)) vec_push(&order.v, o);
    cr_assert(gc_move(order.v.data, order.v.len, NULL));
    vec_clear(&order.v);
    for (GcObject *o = exact[0]; o; o = gc_load(o, 12)) vec_push(&order.v, o);
    words[0] = (u64)order.v.data[10], words[1] = (u64)order.v.data[20] + 23, words[2] = (u64)order.v.data[99] + 24 /* past the end */;
    GcMoveResult r;
    cr_assert(gc_move(order.v.data, order.v.len, &r));
    cr_assert(r.moved == 98 && r.pinned == 2);
    cr_assert(gc_base((void *)words[1]) == order.v.data[20] && gc_base(order.v.data[30]) == NULL);
    gc_verify();
    exact[0] = NULL; /* the pinned ones keep their tails: the list from element 10 on */
    gc_collect();
    cr_assert(walked() == 90);
    words[0] = 0;
    gc_collect();
    cr_assert(walked() == 80);
}

/* A queue whose nodes were moved once: dead arena objects retain nothing, and the arena empties. */
Test(gc, arena_garbage)
{
    start(32);
    make_shapes();
    exact[0] = make_list(1000);
    exact[1] = exact[0];
    while (gc_load(exact[1], 12)) exact[1] = gc_load(exact[1], 12);
    u64 peak = 0;
    for (u32 i = 0; i < 600000; i++) {
        GcObject *o = new(node_shapes[1]);
        cr_assert(o, "operation %u", i);
        gc_store(exact[1], 12, o);
        exact[1] = o;
        exact[0] = gc_load(exact[0], 12);
        if (i % 20011 == 0) {
            ORDER(order);
            for (o = exact[0]; o; o = gc_load(o, 12)) vec_push(&order.v, o);
            cr_assert(gc_move(order.v.data, order.v.len, NULL));
        }
        u64 a = gc_stats().arena_bytes;
        if (a > peak) peak = a;
    }
    cr_assert(peak < 3 << 20, "%llu bytes of arena", (unsigned long long)peak);
    gc_collect();
    cr_assert(walked() == 1000);
    exact[0] = exact[1] = NULL;
    gc_collect();
    cr_assert(walked() == 0 && gc_stats().arena_bytes == 0);
}

/* One survivor in each chunk: a pass takes them along and gives the chunks back. */
Test(gc, sparse_chunks)
{
    enum { N = 40000 };
    start(64);
    make_shapes();
    exact[0] = make_list(N);
    ORDER(order);
    for (GcObject *o = exact[0]; o; o = gc_load(o, 12)) vec_push(&order.v, o);
    cr_assert(gc_move(order.v.data, order.v.len, NULL));
    u64 before = gc_stats().arena_bytes;
    cr_assert(before >= N * 24);
    u32 kept = 0;
    for (GcObject *o = exact[0], *next; o; o = next) {
        next = gc_load(o, 12);
        gc_store(o, 12, NULL);
        if (((u32 *)o)[2] % 2000 == 0) exact[1 + kept++] = o;
    }
    exact[0] = NULL;
    gc_collect();
    cr_assert(walked() == kept && gc_stats().arena_bytes > before / 2);
    exact[200] = new(node_shapes[1]);
    GcMoveResult r;
    cr_assert(gc_move(&exact[200], 1, &r) && r.moved >= kept - 2 && r.freed_bytes > before / 2);
    cr_assert(gc_stats().arena_bytes <= 3 * 65536);
    for (u32 i = 0; i < kept; i++) cr_assert(((u32 *)exact[1 + i])[2] % 2000 == 0);
    gc_verify();
    gc_collect();
    cr_assert(walked() == kept + 1);
}

/* Stale or foolish entries of an order are passed over. */
Test(gc, stale_order)
{
    start(64);
    make_shapes();
    exact[0] = make_list(10);
    GcObject *dead = new(node_shapes[2]), *gone = make_list(3);
    gc_collect();
    GcObject *order[] = { dead, gone, (GcObject *)(WIN_HEAP_BASE + 8), (GcObject *)(WIN_ARENA_BASE + 32), (GcObject *)&dead, (GcObject *)12345,
        (GcObject *)((u64)exact[0] + 8), exact[0], exact[0] };
    GcMoveResult r;
    cr_assert(gc_move(order, NELEM(order), &r) && r.moved == 1);
    cr_assert(gc_move(order, NELEM(order), &r) && r.moved == 0);
    cr_assert(gc_move(NULL, 0, &r) && r.moved == 0);
    gc_verify();
    cr_assert(walked() == 10);
}

/* An object of one word at the very end of a chunk, behind which there is no memory, moves again. */
Test(gc, moves_last_word)
{
    enum { CHUNK = 65536, N = CHUNK / 8 };
    static GcObject *order[N];
    GcMoveResult r;
    start(64);
    GcShape *word = shape(GC_LEAF, 8, 0, 0), *array = shape(GC_REF_ARRAY, 12, 0, 0);
    for (u32 k = 0; k < 2; k++) { /* the first chunk will be free, and be the next one's place; none lies behind the second */
        exact[k] = new_array(array, N);
        for (u32 i = 0; i < N; i++) gc_store(exact[k], 12 + 4 * i, order[i] = new(word));
        cr_assert(gc_move(order, N, &r) && r.moved == N);
    }
    exact[0] = exact[1], exact[1] = NULL;
    gc_collect();
    GcObject *last = gc_load(exact[0], 12 + 4 * (N - 1));
    cr_assert(in_arena(last) && (u64)last % CHUNK == CHUNK - 8);
    cr_assert(gc_move(&last, 1, &r) && r.moved == 1);
    cr_assert(gc_load(exact[0], 12 + 4 * (N - 1)) != last);
    gc_verify();
}
