/* Collecting and moving a random graph, against a shadow graph that knows what must be alive, where every reference leads and what every object
   holds; large things. */
#include "tests/unit/gc_client.h"
#include <pthread.h>

/* ---- Collection of a random graph, against a shadow of it ---------------------------------------------- */

enum { MAX_NODES = 60000 };
typedef struct Shadow { u8 kind; u32 nrefs, mark; u32 *refs; GcObject *at; u32 seen; } Shadow; /* at, seen: of the last check */
static Shadow shadow[MAX_NODES]; /* 0 is null */
static u32 nshadow = 1, check_no;
static u32 exact_id[EXACT], word_id[WORDS], weak_id[WEAK];
enum { NODE, ARRAY, LONGS, LEAF };

/* Makes an object and its shadow; the caller roots it at once. */
static u32 make_node(GcObject **at)
{
    u32 id = nshadow++, r = rnd(100);
    Shadow *s = &shadow[id];
    GcObject *o;
    if (r < 60) {
        u32 k = rnd(NODE_SHAPES);
        s->kind = NODE, s->nrefs = k * k + 1, o = new(node_shapes[k]);
        ((u32 *)o)[2] = id;
    } else if (r < 75) {
        s->kind = ARRAY, s->nrefs = rnd(50) ? rnd(40) : rnd(30000), o = new_array(ref_array, s->nrefs);
    } else if (r < 90) {
        u32 n = rnd(30) ? rnd(20) : rnd(20000);
        s->kind = LONGS, o = new_array(long_array, n);
        for (u32 i = 0; i < n; i++) ((u64 *)o)[2 + i] = hash_u64(id + i);
    } else {
        s->kind = LEAF, o = new(leaf_node);
        ((u64 *)o)[1] = id, ((u64 *)o)[2] = ~(u64)id << 35;
    }
    o->mark |= s->mark = rnd(0x7fffff);
    s->refs = s->nrefs ? xcalloc(s->nrefs, sizeof(u32)) : NULL;
    *at = o;
    return id;
}

static ref_t *slots(GcObject *o) { return (ref_t *)((u8 *)o + 12); }

static void check_contents(GcObject *o, u32 id)
{
    const Shadow *s = &shadow[id];
    cr_assert(o->mark == (GC_TAG | s->mark), "node %u at %p: mark %x", id, (void *)o, o->mark);
    if (s->kind == NODE) cr_assert(((u32 *)o)[2] == id && gc_shape(o)->ranges[0].count == s->nrefs);
    else if (s->kind == ARRAY) cr_assert(gc_length(o) == s->nrefs);
    else if (s->kind == LEAF) cr_assert(((u64 *)o)[1] == id && ((u64 *)o)[2] == ~(u64)id << 35);
    else
        for (u32 i = 0; i < gc_length(o); i++) cr_assert(((u64 *)o)[2 + i] == hash_u64(id + i));
}

static Vec(u32) todo;
static u64 reached;

static void check_reach(GcObject *o, u32 id)
{
    cr_assert(!o == !id);
    if (!id) return;
    if (shadow[id].seen == check_no) {
        cr_assert(shadow[id].at == o, "node %u at %p and %p", id, (void *)o, (void *)shadow[id].at);
        return;
    }
    shadow[id].seen = check_no, shadow[id].at = o, reached++;
    vec_push(&todo, id);
}

/* Compares everything that roots reach with the shadow; true counts in `reached`. */
static void check_graph(void)
{
    check_no++, reached = 0;
    for (int i = 0; i < EXACT; i++) check_reach(exact[i], exact_id[i]);
    for (int i = 0; i < WORDS; i++) check_reach(gc_base((void *)words[i]), word_id[i]);
    while (todo.len) {
        u32 id = vec_pop(&todo);
        check_contents(shadow[id].at, id);
        for (u32 i = 0; i < shadow[id].nrefs; i++) check_reach(gc_decode(slots(shadow[id].at)[i]), shadow[id].refs[i]);
    }
}

/* After a collection the heap holds what the shadow reaches and nothing else, and weak slots say so. */
static void check_exactly_live(void)
{
    check_graph();
    for (int i = 0; i < WEAK; i++) {
        bool alive = weak_id[i] && shadow[weak_id[i]].seen == check_no;
        cr_assert(weak[i] == (alive ? shadow[weak_id[i]].at : NULL), "weak slot %d of node %u", i, weak_id[i]);
        if (!alive) weak_id[i] = 0;
    }
    u64 n = walked();
    cr_assert(n == reached, "%llu objects, %llu reached", (unsigned long long)n, (unsigned long long)reached);
}

static u32 some_root(void)
{
    u32 i = rnd(EXACT);
    while (!exact[i]) i = (i + 1) % EXACT;
    return i;
}

/* Puts an object where a conservative scan would see it: its address, or one inside. */
static void set_word(u32 w, GcObject *o, u32 id)
{
    words[w] = o ? (u64)o + (rnd(2) ? 0 : rnd((u32)gc_object_size(o))) : rnd(3) ? 0 : (u64)rnd(1000) * 0x1234567;
    word_id[w] = id;
    if (!o && gc_base((void *)words[w])) words[w] = 0;
}

static void move_some(void)
{
    ORDER(order);
    gc_walk(choose, &order);
    for (size_t i = order.v.len; i > 1; i--) {
        size_t j = rnd((u32)i);
        GcObject *o = order.v.data[j];
        order.v.data[j] = order.v.data[i - 1], order.v.data[i - 1] = o;
    }
    GcMoveResult r;
    cr_assert(gc_move(order.v.data, order.v.len, &r));
}

static void mutate(void)
{
    u32 r = rnd(1000), i = some_root(), j = rnd(EXACT), k = rnd(4) ? j : some_root();
    if (r < 450) { /* a new object, into a root */
        GcObject *o;
        u32 id = make_node(&o);
        exact[j] = o, exact_id[j] = id;
    } else if (r < 800) { /* a store */
        Shadow *s = &shadow[exact_id[i]];
        if (!s->nrefs) return;
        u32 f = rnd(s->nrefs);
        slots(exact[i])[f] = gc_encode(exact[k]), s->refs[f] = exact_id[k];
    } else if (r < 880) { /* a load */
        Shadow *s = &shadow[exact_id[i]];
        if (!s->nrefs) return;
        u32 f = rnd(s->nrefs);
        if (s->refs[f]) exact[j] = gc_decode(slots(exact[i])[f]), exact_id[j] = s->refs[f];
    } else if (r < 940 && j != i) { /* a root dies */
        exact[j] = NULL, exact_id[j] = 0;
    } else if (r < 970) {
        set_word(rnd(WORDS), exact[k], exact_id[k]);
    } else {
        u32 w = rnd(WEAK);
        weak[w] = exact[i], weak_id[w] = exact_id[i];
    }
}

static void random_graph(u32 ops, u32 collect_every, u32 move_every)
{
    if (!ref_array) make_shapes();
    exact_id[0] = make_node(&exact[0]);
    for (u32 n = 1; n < ops; n++) {
        mutate();
        if (move_every && n % move_every == 0) {
            move_some();
            check_graph();
            gc_verify();
        }
        if (n % collect_every == 0) {
            gc_collect();
            check_exactly_live();
            gc_verify();
        }
    }
    cr_assert(gc_stats().collections >= ops / collect_every);
}

Test(gc, random_graph)
{
    start(512);
    random_graph(40000, 997, 0);
}

static void *in_thread(void *arg)
{
    (void)arg;
    random_graph(10000, 499, 703);
    return NULL;
}

/* Any thread may allocate and collect: libgc knows none of them. */
Test(gc, other_threads)
{
    start(128);
    for (int i = 0; i < 3; i++) {
        pthread_t t;
        cr_assert(!pthread_create(&t, NULL, in_thread, NULL));
        pthread_join(t, NULL);
        gc_collect();
        check_exactly_live();
    }
}

Test(gc, random_graph_moving)
{
    start(512);
    random_graph(30000, 997, 703);
    cr_assert(gc_stats().objects_moved > 10000);
}

Test(gc, random_graph_native)
{
    start(512);
    gc_native();
    random_graph(30000, 997, 703);
    cr_assert(gc_stats().objects_moved > 10000);
}

Test(gc, random_graph_charged)
{
    client.touch = touch, client.work = work;
    start(512);
    random_graph(10000, 997, 703);
    cr_assert(touched > 10 << 20 && touched_writes > 1 << 20 && worked > 1000000);
    cr_assert(cycles == ends && cycles >= 20);
}

Test(gc, torture)
{
    start(512);
    rnd_state = 77;
    gc_torture(5, 11);
    random_graph(6000, 499, 0);
    cr_assert(gc_stats().collections > 500 && gc_stats().objects_moved > 10000);
}

/* The whole graph dies and nothing of it stays, in cells or in arenas. */
Test(gc, nothing_stays)
{
    start(512);
    random_graph(20000, 1999, 1501);
    memset(exact, 0, sizeof exact), memset(exact_id, 0, sizeof exact_id);
    memset(words, 0, sizeof words), memset(word_id, 0, sizeof word_id);
    gc_collect();
    check_exactly_live();
    GcStats s = gc_stats();
    cr_assert(s.arena_bytes == 0 && s.bytes_used < 100000, "%llu bytes used", (unsigned long long)s.bytes_used);
}

/* ---- Large things -------------------------------------------------------------------------------------- */

/* More children and more roots than libgc's mark stack has entries, in both kinds of memory. */
Test(gc, mark_stack)
{
    enum { N = 300000 };
    start(512);
    make_shapes();
    exact[0] = new_array(ref_array, N);
    for (u32 i = 0; i < N; i++) {
        GcObject *pair = new(node_shapes[1]);
        gc_store(exact[0], 12 + i * 4, pair);
        ((u32 *)pair)[2] = i;
        gc_store(pair, 12, new(leaf_node));
    }
    more_exact = xcalloc(N, sizeof *more_exact), more_count = N;
    for (u32 i = 0; i < N; i++) {
        GcObject *o = new(node_shapes[1]);
        more_exact[i] = o;
        gc_store(o, 12, i ? more_exact[i - 1] : NULL); /* a long list too: marking must not recurse */
    }
    gc_collect();
    cr_assert(walked() == 3 * N + 1);
    GcMoveResult r;
    cr_assert(gc_move(&exact[0], 1, &r) && r.moved == 1 && in_arena(exact[0]));
    cr_assert(gc_base((u8 *)exact[0] + 12 + 4 * (N - 1)) == exact[0]); /* 19 chunks */
    gc_collect();
    cr_assert(walked() == 3 * N + 1);
    gc_verify();
    ORDER(all);
    gc_walk(choose, &all);
    cr_assert(gc_move(all.v.data, all.v.len, &r) && r.moved > N / 2);
    gc_collect();
    gc_verify();
    cr_assert(walked() == 3 * N + 1);
    for (u32 i = 0; i < N; i++) cr_assert(((u32 *)gc_load(exact[0], 12 + i * 4))[2] == i);
    exact[0] = NULL, more_count = 0;
    gc_collect();
    cr_assert(walked() == 0 && gc_stats().arena_bytes == 0);
}

/* libgc's mark stack overflows and grows: every level of nested arrays leaves 255 entries on it. In cells, then with the
   arrays in the arena, then with the nodes there too. */
Test(gc, mark_stack_overflow)
{
    enum { LEVELS = 300, WIDTH = 256 };
    start(256);
    make_shapes();
    ORDER(arrays);
    for (u32 level = 0; level < LEVELS; level++) {
        exact[1] = new_array(ref_array, WIDTH);
        gc_store(exact[1], 12 + 4 * (WIDTH - 1), exact[0]);
        for (u32 i = 0; i + 1 < WIDTH; i++) gc_store(exact[1], 12 + 4 * i, new(node_shapes[1]));
        exact[0] = exact[1];
    }
    exact[1] = NULL;
    for (int round = 0; round < 3; round++) {
        gc_collect();
        cr_assert(walked() == LEVELS * WIDTH);
        gc_verify();
        vec_clear(&arrays.v);
        for (GcObject *a = exact[0]; a && round == 0; a = gc_load(a, 12 + 4 * (WIDTH - 1))) vec_push(&arrays.v, a);
        if (round) gc_walk(choose, &arrays);
        GcMoveResult r;
        cr_assert(gc_move(arrays.v.data, arrays.v.len, &r) && r.moved >= LEVELS);
    }
}
