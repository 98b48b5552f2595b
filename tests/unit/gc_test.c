/* The heap without a JVM: fake shapes, roots in plain arrays, and for the random tests a shadow graph that
   knows what must be alive, where every reference leads and what every object holds. Each test is its own process. */
#include "base/hash.h"
#include "base/log.h"
#include "base/vec.h"
#include "gc/gc.h"
#include <criterion/criterion.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

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

/* ---- Allocation -------------------------------------------------------------------------------------- */

static bool is_zero(const GcObject *o, u64 from, u64 size)
{
    for (u64 i = from; i < size; i++)
        if (((const u8 *)o)[i]) return false;
    return true;
}

/* Objects of all sizes and both kinds are zeroed, also in cells that garbage was in before. */
Test(gc, zeroed)
{
    start(64);
    for (int round = 0; round < 3; round++) {
        for (u32 size = 8; size < 9000; size += size < 600 ? 8 : 520) {
            for (int leaf = 0; leaf < 2; leaf++) {
                GcShape *s = shape(leaf ? GC_LEAF : GC_OBJECT, size, 8, 0);
                GcObject *o = new(s);
                cr_assert(gc_shape(o) == s && o->mark == GC_TAG);
                cr_assert(is_zero(o, 8, size), "size %u leaf %d round %d", size, leaf, round);
                cr_assert(gc_base((u8 *)o + size - 1) == o);
                memset((u8 *)o + 8, 0xee, size - 8);
            }
        }
        gc_verify();
        gc_collect();
        cr_assert(walked() == 0, "%llu objects", (unsigned long long)walked());
        gc_verify();
    }
}

/* A leaf shape with an owner lives in traced cells: the instance alone keeps the owner. */
Test(gc, owner)
{
    start(64);
    GcShape *mirror = shape(GC_SPECIAL, 32, 8, 1), *leaf = shape(GC_LEAF, 24, 0, 0);
    exact[0] = gc_alloc(mirror, mirror->size + 64);
    leaf->owner = exact[0];
    weak[0] = exact[0];
    exact[0] = NULL;
    cr_assert(!gc_shape_leaf(leaf));
    exact[1] = new(leaf);
    weak[1] = special_extra = new(shape(GC_OBJECT, 16, 8, 2));
    special_slot = gc_encode(special_extra);
    for (int i = 0; i < 3; i++) {
        gc_collect();
        cr_assert(weak[0] && weak[0] == leaf->owner && weak[1]);
        gc_verify();
        GcObject *order[] = { exact[1], weak[0], weak[1] };
        GcMoveResult r;
        cr_assert(gc_move(order, 3, &r));
        cr_assert(r.moved == 2 && r.pinned == 1); /* specials stay; their extra slot is rewritten */
        cr_assert(gc_decode(special_slot) == weak[1] && in_arena(weak[1]) && in_arena(exact[1]));
        gc_verify();
    }
    exact[1] = NULL;
    leaf->owner = NULL; /* as the client does that frees the class */
    gc_collect();
    cr_assert(!weak[0] && !weak[1]);
    cr_assert(walked() == 0);
    special_slot = 0;
}

static void use_memory(u64 *hash)
{
    start(16);
    GcShape *node = shape(GC_OBJECT, 24, 8, 2), *bytes = shape(GC_LEAF_ARRAY, 12, 0, 0);
    for (u32 i = 0; i < 300000; i++) {
        GcObject *o = i % 5 ? new(node) : new_array(bytes, rnd(5000));
        if (i % 5) gc_store(o, 8, exact[rnd(EXACT)]);
        exact[rnd(EXACT)] = o;
        if (i % 7 == 0) memset(exact, 0, sizeof exact);
        *hash = hash_u64(*hash ^ (u64)o);
    }
    *hash ^= gc_stats().collections << 56;
}

/* The same program gets the same addresses, whatever the host's address space or environment. */
Test(gc, deterministic)
{
    u64 hash[2] = { 0, 0 };
    int fd[2];
    cr_assert(!pipe(fd));
    for (int i = 0; i < 2; i++) {
        pid_t p = fork();
        if (!p) {
            u64 h = 1;
            if (i) setenv("GC_INITIAL_HEAP_SIZE", "8000000", 1), setenv("GC_FREE_SPACE_DIVISOR", "1", 1);
            void *junk = malloc((size_t)i * 12345678);
            use_memory(&h);
            free(junk);
            _exit(write(fd[1], &h, 8) != 8);
        }
        int status;
        waitpid(p, &status, 0);
        cr_assert(status == 0);
        cr_assert(read(fd[0], &hash[i], 8) == 8);
    }
    cr_assert(hash[0] == hash[1] && hash[0] >> 56 != 1);
}

/* ---- Collection of a random graph, against a shadow of it ---------------------------------------------- */

enum { MAX_NODES = 60000, NODE_SHAPES = 12 };
typedef struct Shadow { u8 kind; u32 nrefs, mark; u32 *refs; GcObject *at; u32 seen; } Shadow; /* at, seen: of the last check */
static Shadow shadow[MAX_NODES]; /* 0 is null */
static u32 nshadow = 1, check_no;
static u32 exact_id[EXACT], word_id[WORDS], weak_id[WEAK];
static GcShape *node_shapes[NODE_SHAPES], *ref_array, *long_array, *leaf_node;
enum { NODE, ARRAY, LONGS, LEAF };

static void make_shapes(void)
{
    for (u32 i = 0; i < NODE_SHAPES; i++) node_shapes[i] = shape(GC_OBJECT, ALIGN_UP(16 + i * i * 4, 8u), 12, (u16)(i * i + 1)); /* an int at 8 */
    ref_array = shape(GC_REF_ARRAY, 12, 0, 0);
    long_array = shape(GC_LEAF_ARRAY, 16, 0, 0);
    long_array->elem_shift = 3;
    leaf_node = shape(GC_LEAF, 24, 0, 0);
}

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

/* ---- References ------------------------------------------------------------------------------------------ */

static GcShape *ref_shapes[4], *thing;

static GcObject *reference(GcRefStrength strength, GcObject *to)
{
    words[WORDS - 1] = (u64)to; /* as a C caller's stack would hold it */
    GcObject *r = new(ref_shapes[strength]);
    gc_store(r, 8, to);
    words[WORDS - 1] = 0;
    return r;
}
static GcObject *a_thing(GcObject *field)
{
    words[WORDS - 1] = (u64)field;
    GcObject *o = new(thing);
    gc_store(o, 8, field);
    words[WORDS - 1] = 0;
    return o;
}
static void start_references(void)
{
    start(64);
    thing = shape(GC_OBJECT, 16, 8, 2);
    for (int s = GC_SOFT; s <= GC_PHANTOM; s++) {
        ref_shapes[s] = shape(GC_REFERENCE, 32, (u16)(s % 2 ? 12 : 8), s % 2 ? 3 : 4); /* with and without the referent in the ranges */
        ref_shapes[s]->strength = (u8)s;
    }
}
static u64 pending_length(void)
{
    u64 n = 0;
    for (GcObject *r = pending; r; r = gc_load(r, 16)) n++;
    return n;
}
static bool is_pending(const GcObject *r)
{
    for (GcObject *p = pending; p; p = gc_load(p, 16))
        if (p == r) return true;
    return false;
}

/* Each strength alone: cleared or not, pending or not, referent alive or not. */
Test(gc, strengths)
{
    start_references();
    for (int s = GC_SOFT; s <= GC_PHANTOM; s++) exact[s] = reference(s, weak[s] = a_thing(NULL));
    keep_softs = true;
    gc_collect();
    cr_assert(gc_load(exact[GC_SOFT], 8) == weak[GC_SOFT] && weak[GC_SOFT] && !is_pending(exact[GC_SOFT]));
    cr_assert(!gc_load(exact[GC_WEAK], 8) && !weak[GC_WEAK] && is_pending(exact[GC_WEAK]));
    cr_assert(gc_load(exact[GC_FINAL], 8) == weak[GC_FINAL] && weak[GC_FINAL] && is_pending(exact[GC_FINAL]));
    cr_assert(gc_load(exact[GC_FINAL], 12) == exact[GC_FINAL], "a pending final reference has next = itself");
    cr_assert(!gc_load(exact[GC_PHANTOM], 8) && !weak[GC_PHANTOM] && is_pending(exact[GC_PHANTOM]));
    cr_assert(pending_length() == 3);
    gc_verify();
    gc_collect(); /* nothing becomes pending twice */
    cr_assert(pending_length() == 3);
    gc_collect_soft();
    cr_assert(!gc_load(exact[GC_SOFT], 8) && !weak[GC_SOFT] && pending_length() == 4);
    pending = NULL;
    for (int s = GC_SOFT; s <= GC_PHANTOM; s++) gc_store(exact[s], 16, NULL);
    gc_store(exact[GC_FINAL], 8, NULL); /* as Finalizer.runFinalizer does */
    gc_collect();
    cr_assert(!weak[GC_FINAL] && pending_length() == 0);
    gc_verify();
}

/* Strongly reachable referents: nothing happens to any of them. */
Test(gc, strong_referents)
{
    start_references();
    exact[10] = a_thing(NULL);
    for (int s = GC_SOFT; s <= GC_PHANTOM; s++) exact[s] = reference(s, exact[10]);
    gc_collect_soft();
    cr_assert(pending_length() == 0);
    for (int s = GC_SOFT; s <= GC_PHANTOM; s++) cr_assert(gc_load(exact[s], 8) == exact[10]);
    GcObject *order[] = { exact[10] };
    cr_assert(gc_move(order, 1, NULL) && in_arena(exact[10]));
    for (int s = GC_SOFT; s <= GC_PHANTOM; s++) cr_assert(gc_load(exact[s], 8) == exact[10], "a referent moves like any target");
    gc_collect_soft();
    cr_assert(pending_length() == 0);
}

/* A finalizer resurrects what it reaches: weak references to that are cleared before, phantom ones wait. */
Test(gc, resurrection)
{
    start_references();
    GcObject *inner = a_thing(NULL), *outer;
    weak[0] = inner, weak[1] = outer = a_thing(inner);
    exact[0] = reference(GC_FINAL, weak[1]);
    exact[1] = reference(GC_WEAK, weak[0]);
    exact[2] = reference(GC_PHANTOM, weak[0]);
    exact[3] = reference(GC_FINAL, weak[0]); /* reached from a finalizable object, and finalizable too */
    gc_collect();
    cr_assert(weak[0] && weak[1] && gc_load(weak[1], 8) == weak[0]);
    cr_assert(is_pending(exact[0]) && is_pending(exact[1]) && is_pending(exact[3]) && !is_pending(exact[2]));
    cr_assert(!gc_load(exact[1], 8) && gc_load(exact[2], 8) == weak[0]);
    cr_assert(is_pending(exact[0]));
    gc_verify();
    for (int i = 0; i < 4; i++) gc_store(exact[i], 16, NULL);
    pending = NULL;
    gc_store(exact[0], 8, NULL), gc_store(exact[3], 8, NULL);
    exact[4] = weak[1]; /* the finalizer published `this` */
    gc_collect();
    cr_assert(weak[0] && pending_length() == 0 && gc_load(exact[2], 8) == weak[0]);
    exact[4] = NULL;
    gc_collect();
    cr_assert(!weak[0] && !weak[1] && is_pending(exact[2]) && pending_length() == 1);
}

/* A reference that is itself dead is never pending; one on the pending list keeps the rest of the list. */
Test(gc, dead_references)
{
    start_references();
    for (int s = GC_SOFT; s <= GC_PHANTOM; s++) weak[s] = reference(s, weak[10 + s] = a_thing(NULL));
    gc_collect();
    for (int s = GC_SOFT; s <= GC_PHANTOM; s++) cr_assert(!weak[s] && !weak[10 + s]);
    cr_assert(pending_length() == 0);
    for (int i = 0; i < 100; i++) exact[i] = reference(GC_WEAK, a_thing(NULL));
    gc_collect();
    memset(exact, 0, sizeof exact);
    gc_collect();
    cr_assert(pending_length() == 100 && walked() == 100);
    gc_verify();
}

/* Chains through every strength, many of them, moved between collections: counts come out exactly. */
Test(gc, reference_chains)
{
    enum { N = 20000 };
    start_references();
    keep_softs = true;
    for (u32 i = 0; i < N; i++) {
        GcObject *a = a_thing(NULL);
        words[0] = (u64)a;
        GcObject *w = reference(GC_WEAK, a);
        words[1] = (u64)w;
        GcObject *s = reference(GC_SOFT, i % 2 ? a : NULL); /* odd ones are kept by a soft reference */
        words[2] = (u64)s;
        GcObject *pair = a_thing(w);
        gc_store(pair, 12, s);
        words[3] = (u64)pair;
        GcObject *link = a_thing(pair);
        gc_store(link, 12, exact[0]);
        exact[0] = link;
    }
    memset(words, 0, sizeof words);
    pending = NULL; /* collections on the way may have cleared some */
    gc_collect();
    cr_assert(walked() == N * 4 + N / 2);
    ORDER(all);
    gc_walk(choose, &all);
    cr_assert(gc_move(all.v.data, all.v.len, NULL));
    gc_verify();
    for (GcObject *l = exact[0]; l; l = gc_load(l, 12)) {
        GcObject *w = gc_load(gc_load(l, 8), 8), *s = gc_load(gc_load(l, 8), 12);
        cr_assert(gc_load(w, 8) == gc_load(s, 8));
    }
    pending = NULL;
    gc_collect_soft();
    cr_assert(walked() == N * 4);
    gc_verify();
}

/* ---- Moving ---------------------------------------------------------------------------------------------- */

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

/* ---- Addresses and the verifier ---------------------------------------------------------------------------- */

Test(gc, base)
{
    start(64);
    make_shapes();
    GcObject *o = exact[0] = new(node_shapes[5]), *big = exact[1] = new_array(long_array, 100000);
    u64 size = gc_object_size(o);
    for (u64 i = 0; i < size; i++) cr_assert(gc_base((u8 *)o + i) == o);
    cr_assert(gc_base((u8 *)big + 799999) == big && gc_base((u8 *)big + 5000) == big);
    cr_assert(!gc_base((u8 *)o + 4096 * 1000) && !gc_base(NULL) && !gc_base(&o) && !gc_base((void *)WIN_META_BASE));
    cr_assert(!gc_base(gc_lists->head[0][(size + 15) / 16]), "a free cell is no object");
    exact[0] = exact[1] = NULL;
    gc_collect();
    cr_assert(!gc_base(o) && !gc_base(big) && !gc_base((u8 *)big + 5000), "nor is a dead one, swept or not");
}

/* An ambiguous word does not bring a dead object back, even one whose block has not been swept. */
Test(gc, no_resurrection_by_words)
{
    start(64);
    make_shapes();
    enum { N = 200 };
    GcObject *dead[N];
    for (int i = 0; i < N; i++) { /* nearly full blocks: libgc does not sweep those */
        for (int k = 0; k < 20; k++) exact[k] = new(node_shapes[1]), gc_store(exact[k], 12, exact[50]), exact[50] = exact[k];
        dead[i] = new(node_shapes[1]);
    }
    memset(exact, 0, 50 * sizeof *exact);
    gc_collect();
    for (int i = 0; i < N; i++) {
        words[0] = (u64)dead[i];
        cr_assert(!gc_base(dead[i]));
        if (i % 20 == 0) gc_collect();
    }
    cr_assert(walked() == N * 20);
}

Test(gc, verifier_finds_bad_reference, .signal = SIGABRT)
{
    start(64);
    make_shapes();
    exact[0] = make_list(10);
    GcObject *dead = new(node_shapes[3]);
    gc_collect();
    gc_verify();
    gc_store(exact[0], 12, dead);
    gc_verify();
}

Test(gc, verifier_finds_bad_header, .signal = SIGABRT)
{
    start(64);
    make_shapes();
    exact[0] = make_list(10);
    gc_verify();
    exact[0]->shape = 0x1000;
    gc_verify();
}

Test(gc, too_small, .exit_code = 1) { gc_init(100000, &client); }

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
