/* The heap's kernels: gc/ itself, on graphs of objects of several shapes. */
#include "bench/calibrate/calibrate.h"
#include "gc/move.c"
#include "vm/object.h"

enum { EXACT = 2000, WORDS = 4000, HOLD = 40000 };

static GcObject *exact_roots[EXACT], *weak_slots[EXACT], **hold;
static u64 words[WORDS];
static u64 nexact, nwords, nweak, nhold;

static void client_roots(GcVisitPtr exact, GcVisitRange ambiguous, void *ctx)
{
    for (u64 i = 0; i < nexact; i++) exact(ctx, &exact_roots[i]);
    if (nwords) ambiguous(ctx, words, words + nwords);
}

static void client_weak(GcVisitPtr weak, void *ctx)
{
    for (u64 i = 0; i < nweak; i++) weak(ctx, &weak_slots[i]);
}

static const GcRange *client_slots(const GcShape *s, GcShape *const *moved, u32 n, u32 *count)
{
    (void)moved, (void)n;
    *count = s->kind == GC_REF_ARRAY ? 1 : s->strength ? 0 : s->nranges; /* strength: of objects that can refer to none */
    return s->ranges;
}
static void client_pending(GcObject *first, GcObject *last) { (void)first, (void)last; }
static const GcClient client = { .roots = client_roots, .weak_roots = client_weak, .referent_offset = 8, .discovered_offset = 12,
                                 .next_offset = 16, .timestamp_offset = 24, .pending = client_pending, .slots_for = client_slots };

/* ---- Shapes and objects ------------------------------------------------------------------------------------- */
static GcShape *shape(GcShapeKind kind, u32 size, u32 refs, u8 strength)
{
    GcShape *s = window_alloc(&win_meta, sizeof *s, 16);
    *s = (GcShape){ .kind = (u8)kind, .size = size, .strength = strength };
    if (!refs) return s;
    s->nranges = 1;
    s->ranges = window_alloc(&win_meta, sizeof *s->ranges, 8);
    s->ranges[0] = (GcRange){ 8, (u16)refs };
    return s;
}

static GcObject *make_array(GcShape *s, u32 length)
{
    u64 size = s->kind == GC_REF_ARRAY ? 12 + 4ull * length : s->size + ((u64)length << s->elem_shift);
    GcObject *o = gc_alloc(s, size);
    if (!o) die("the heap is too small");
    ((u32 *)o)[2] = length;
    return o;
}
static GcObject *make(GcShape *s)
{
    GcObject *o = gc_alloc(s, s->size);
    if (!o) die("the heap is too small");
    return o;
}
static void put(GcObject *o, u32 slot, GcObject *value) { gc_store(o, 8 + 4 * slot, value); }

static void keep(GcObject *o) { hold[nhold++] = o; }

/* The next graph: nothing of the last one is alive. */
static void forget_all(void)
{
    nexact = nwords = nweak = nhold = 0;
    gc_collect();
}

/* n objects with `refs` references of which `used` are set, to others of them at random; all kept through one array. */
static void make_graph(u32 n, u32 size, u32 refs, u32 used)
{
    GcShape *s = shape(refs ? GC_OBJECT : GC_LEAF, size, refs, 0), *list = shape(GC_REF_ARRAY, 12, 0, 0);
    u64 first = nhold;
    for (u32 i = 0; i < n; i++) keep(make(s));
    shuffle_words((u64 *)hold + first, n);
    for (u32 i = 0; i < n; i++)
        for (u32 k = 0; k < used; k++) put(hold[first + i], k, hold[first + pick(n)]);
    GcObject *all = make_array(list, n);
    for (u32 i = 0; i < n; i++) gc_store(all, 12 + 4 * i, hold[first + i]);
    exact_roots[nexact++] = all;
}

/* ---- Allocation ----------------------------------------------------------------------------------------------- */
static void empty_list(u64 size, bool leaf) { gc_lists->head[leaf][(size + 15) / 16] = NULL; }

static void refills(void)
{
    static const u32 sizes[] = { 16, 24, 48, 64, 128, 240, 480 };
    group("refill", "refill link_cell sweep_cell clear_line");
    for (u32 pass = 0; pass < 2; pass++) { /* fresh blocks, then swept ones */
        for (u32 i = 0; i < NELEM(sizes); i++)
            for (int leaf = 0; leaf < 2; leaf++) {
                GcShape *s = shape(leaf ? GC_LEAF : GC_OBJECT, sizes[i], leaf ? 0 : 2, 0);
                empty_list(sizes[i], leaf);
                sample_begin();
                GcObject *o = gc_alloc(s, s->size);
                sample_end();
                exact_roots[nexact++] = o;
                while (gc_lists->head[leaf][(s->size + 15) / 16]) {
                    o = make(s);
                    if (pick(2)) exact_roots[nexact++] = o;
                }
            }
        gc_collect();
    }
}

static void large(void)
{
    gc_alloc(shape(GC_LEAF_ARRAY, 12, 0, 0), 1 << 20); /* makes the heap grow by more than what follows takes */
    group("large", "alloc_large");
    for (u32 length = 1000; length < 70000; length += 9000)
        for (int leaf = 0; leaf < 2; leaf++) {
            GcShape *s = shape(leaf ? GC_LEAF_ARRAY : GC_REF_ARRAY, 12, 0, 0);
            sample_begin();
            gc_alloc(s, 12 + (leaf ? length : length * 4ull));
            sample_end();
        }
}

/* ---- Roots and marking ------------------------------------------------------------------------------------------ */
/* Words of a stack, of which `share` percent point to objects. */
static void fill_words(u32 share)
{
    GcShape *s = shape(GC_OBJECT, 24, 2, 0);
    nwords = WORDS;
    for (u32 i = 0; i < WORDS; i++) words[i] = pick(100) < share ? (u64)make(s) + pick(2) * 8 : pick(2) ? pick(100) : (u64)words + 8 * pick(WORDS);
}

static void found_nothing(void *ctx, GcObject *o, const void *word) { (void)o, (void)word, ++*(u64 *)ctx; }

static void gather(void)
{
    u64 n = 0;
    group("scan", "scan_word scan_hit");
    for (u32 share = 0; share <= 40; share += 10) {
        forget_all();
        fill_words(share);
        if (share / 10 % 2) gc_collect();
        sample_begin();
        gc_scan_range(words, words + WORDS, found_nothing, &n);
        sample_end();
    }
    group("roots", "root");
    for (u32 share = 1; share <= 3; share++) {
        forget_all();
        for (nexact = 0; nexact < 600 * share; nexact++) exact_roots[nexact] = (GcObject *)words;
        sample_begin();
        mark_gather_roots();
        sample_end();
        nexact = 0;
    }
    group("pins", "pin");
    for (u32 share = 5; share <= 25; share += 5) {
        forget_all();
        fill_words(share);
        vec_clear(&pins);
        sample_begin();
        pin_range(NULL, words, words + WORDS);
        unpin();
        sample_end();
    }
}

static void collection(void)
{
    forget_all();
    sample_begin();
    gc_collect();
    sample_end();
}

static void marking(void)
{
    group("collect", "collect sweep_block");
    collection();
    for (u32 n = 4; n <= 64; n *= 2) { /* nothing to mark: large leaf arrays, all blocks of which are looked at */
        forget_all();
        GcShape *leaf = shape(GC_LEAF, 2048, 0, 0);
        for (u32 i = 0; i < n * 4; i++) exact_roots[nexact++] = make(leaf);
        sample_begin();
        gc_collect();
        sample_end();
    }
    group("mark", "mark_object mark_slot");
    for (u32 refs = 1; refs <= 8; refs += 1) {
        forget_all();
        make_graph(2500, 16 + 8 * (refs / 2), refs, refs > 2 ? refs - 1 : refs);
        sample_begin();
        gc_collect();
        sample_end();
    }
}

static void references(void)
{
    GcShape *weak = shape(GC_REFERENCE, 32, 4, GC_WEAK), *target = shape(GC_OBJECT, 16, 1, 0);
    group("references", "reference");
    for (u32 n = 200; n <= 1000; n += 400) {
        forget_all();
        for (u32 i = 0; i < n; i++) {
            GcObject *r = make(weak), *o = make(target);
            put(r, 0, o);
            exact_roots[nexact++] = r;
            if (pick(2)) exact_roots[nexact++] = o;
        }
        if (nexact > EXACT) panic("too many roots");
        sample_begin();
        gc_collect();
        sample_end();
    }
    group("weak", "weak_slot");
    forget_all();
    for (nweak = 0; nweak < EXACT; nweak++) {
        weak_slots[nweak] = make(target);
        if (pick(2)) exact_roots[nexact++] = weak_slots[nweak];
    }
    sample_begin();
    gc_collect();
    sample_end();
}

/* ---- Walking and moving --------------------------------------------------------------------------------------------- */
static void count_object(void *ctx, GcObject *o) { *(u64 *)ctx += gc_shape(o)->kind; }

static void walking(void)
{
    u64 n = 0;
    group("walk", "walk_block walk_cell walk_mark");
    for (u32 size = 16; size <= 512; size *= 2)
        for (u32 kind = 0; kind < 3; kind++) { /* new objects; objects that were marked; blocks half of whose cells are free */
            forget_all();
            make_graph(1000 + 64 * 256 / size, size, 2, 1);
            if (kind) gc_collect();
            if (kind == 2)
                for (u64 i = 0; i < nhold; i += 2) *gc_word0(hold[i]) = 0;
            sample_begin();
            gc_walk(count_object, &n);
            sample_end();
            if (kind == 2) nexact = 0;
        }
    if (!n) panic("nothing was walked");
}

static void order_random(u64 n)
{
    shuffle_words((u64 *)hold, (u32)n);
    if (!gc_move_begin(n * 600)) die("the heap is too small");
}

/* Their new places in hold. */
static void move_all(u64 n)
{
    GcMoveResult r;
    order_random(n);
    for (u32 i = 0; i < n; i++) gc_move_object(hold[i]);
    gc_move_end(&r);
    for (u32 i = 0; i < n; i++) hold[i] = gc_moved_to(hold[i]);
}

/* A chain of objects that lie in blocks, or where an earlier pass has moved them to. */
static void moving_chain(u32 size, bool again)
{
    enum { N = 1000 };
    GcMoveResult r;
    u64 length;
    forget_all();
    make_graph(N, size, 2, 0);
    for (u32 i = 0; i + 1 < N; i++) put(hold[i], 1, hold[i + 1]);
    if (again) {
        GcObject *head = hold[0];
        move_all(N);
        hold[0] = gc_moved_to(head);
        for (u32 i = 0; i + 1 < N; i++) hold[i + 1] = gc_load(hold[i], 12);
    }
    if (!gc_move_begin(65536)) die("the heap is too small");
    gc_move_object(hold[0]);
    sample_begin();
    gc_move_chain((ref_t *)((u8 *)gc_moved_to(hold[0]) + 12), gc_shape(hold[1]), 12, &length);
    sample_end();
    gc_move_end(&r);
    if (length < N * 9 / 10) panic("%llu of %u objects moved", (unsigned long long)length, N);
}

static void moving(void)
{
    GcMoveResult r;
    gc_move_begin(4096);
    gc_move_end(&r);
    group("move", "move");
    for (u32 i = 0; i < 2; i++) {
        forget_all();
        sample_begin();
        gc_move_begin(4096);
        gc_move_end(&r);
        sample_end();
    }
    group("move-objects", "move_object copy_word");
    for (u32 size = 16; size <= 512; size *= 2) {
        forget_all();
        make_graph(1000, size, 2, 1);
        order_random(1000);
        sample_begin();
        for (u32 i = 0; i < 1000; i++) gc_move_object(hold[i]);
        sample_end();
        gc_move_end(&r);
        if (r.moved != 1000) panic("%llu of 1000 objects moved", (unsigned long long)r.moved);
    }
    group("move-chains", "chain_object");
    for (u32 size = 16; size <= 64; size += 16) moving_chain(size, false);
    group("move-any", "move_any");
    for (u32 size = 16; size <= 64; size += 16) {
        forget_all();
        make_graph(1000, size, 2, 1);
        move_all(1000);
        order_random(1000);
        sample_begin();
        for (u32 i = 0; i < 1000; i++) gc_move_object(hold[i]);
        sample_end();
        gc_move_end(&r);
    }
    group("move-again", "move_again");
    for (u32 size = 16; size <= 64; size += 16) moving_chain(size, true);
    group("way-back", "old_line old_place");
    for (u32 n = 250; n <= 4000; n *= 2) {
        forget_all();
        make_graph(n, 24, 2, 1);
        order_random(n);
        for (u32 i = 0; i < n; i++) gc_move_object(hold[i]);
        gc_move_remember();
        gc_move_end(&r);
        sample_begin();
        list_old_order();
        sample_end();
        if (old_order.n != n) panic("%llu of %u places are known", (unsigned long long)old_order.n, n);
    }
    group("order", "check_entry");
    for (u32 i = 0; i < 2; i++) {
        u64 valid = 0;
        forget_all();
        make_graph(1000, 24, 2, 1);
        if (i) gc_collect();
        sample_begin();
        for (u32 k = 0; k < 1000; k++) valid += is_object(hold[k]);
        sample_end();
        if (valid != 1000) panic("objects are none");
    }
    group("walk-objects", "walk_object");
    for (u32 refs = 2; refs <= 8; refs *= 2) {
        forget_all();
        make_graph(2000, 16 + 8 * (refs / 2), refs, refs);
        order_random(2000);
        gc_move_object(hold[0]);
        gc_shape(hold[1])->strength = 1;
        sample_begin();
        gc_move_end(&r);
        sample_end();
    }
    group("rewrite", "walk_range walk_slot rewrite_slot rewrite_moved");
    for (u32 refs = 1; refs <= 8; refs++)
        for (u32 share = 27; share >= 1; share /= 3) { /* one object has moved, every 9th, every 3rd, each */
            forget_all();
            make_graph(2000, 16 + 8 * (refs / 2), refs, refs);
            order_random(2000);
            for (u32 i = 0; i < (share > 9 ? 1 : 2000 / share); i++) gc_move_object(hold[i]);
            sample_begin();
            gc_move_end(&r);
            sample_end();
        }
}

void heap_kernels(void)
{
    gc_init(256 << 20, &client);
    hold = xmalloc(HOLD * sizeof *hold);
    walking(); /* first: the heap is small then, and free blocks are few */
    moving();
    gather();
    marking();
    references();
    refills();
    large();
}
