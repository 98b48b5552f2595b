/* Allocation, addresses, the verifier. */
#include "tests/unit/gc_client.h"
#include <sys/wait.h>
#include <unistd.h>

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

/* Objects made one after the other lie one after the other, in new blocks and in those where a collection has left every other cell; natively for the
   eight blocks that a list gets at once. */
Test(gc, ascending)
{
    enum { CELLS = 40000, BYTES = 48, BLOCK = 4096, BLOCKS_A_LIST = 8 };
    start(64);
    GcShape *list = shape(GC_REF_ARRAY, 12, 0, 0);
    for (int native = 0; native < 2; native++) {
        if (native) gc_native();
        for (int leaf = 0; leaf < 2; leaf++) {
            GcShape *s = shape(leaf ? GC_LEAF : GC_OBJECT, BYTES, 8, 0);
            exact[0] = new_array(list, CELLS / 2);
            for (int round = 0; round < 2; round++) {
                u32 down = 0;
                const GcObject *last = NULL;
                for (u32 i = 0; i < CELLS; i++) {
                    GcObject *o = new(s);
                    down += o < last;
                    last = o;
                    if (!round && i % 2) gc_store(exact[0], 12 + 4 * (i / 2), o);
                }
                u32 lists = CELLS * BYTES / BLOCK / (native ? BLOCKS_A_LIST : 1);
                cr_assert(down <= lists / 4, "native %d leaf %d round %d: %u times down, %u lists", native, leaf, round, down, lists);
                gc_verify();
                gc_collect();
            }
        }
    }
}

/* Large objects begin all over the sets of a cache, at the price of no block; each word of one leads to it, what lies before it to nothing; and they live and die
   as others do, an array whose marking goes on where it stopped too. */
Test(gc, coloured)
{
    enum { ROWS = 96, BYTES = 4112, BLOCK = 4096, LINE = 64, LENGTH = 5000 };
    start(64);
    for (int leaf = 0; leaf < 2; leaf++) {
        GcShape *row = shape(leaf ? GC_LEAF : GC_OBJECT, BYTES, 0, 0), *array = shape(GC_REF_ARRAY, 12, 0, 0);
        u32 sets[BLOCK / LINE] = { 0 };
        u64 before = gc_counts().bytes_committed;
        exact[0] = new_array(array, LENGTH);
        for (u32 i = 0; i < ROWS; i++) {
            GcObject *o = new(row), *next = new(row);
            cr_assert(is_zero(o, 8, BYTES));
            for (u64 at = 0; at < BYTES; at += 8) cr_assert(gc_base((u8 *)o + at) == o);
            u8 *block = (u8 *)ALIGN_DOWN((u64)o, (u64)BLOCK);
            for (u8 *p = block; p < (u8 *)o; p += 8) cr_assert(!gc_base(p));
            cr_assert(!gc_base(block + 2 * BLOCK - 8) || gc_base(block + 2 * BLOCK - 8) == o);
            gc_store(exact[0], 12 + 4 * (LENGTH - 1 - i), o);
            weak[0] = next;
            sets[(u64)o % BLOCK / LINE]++;
        }
        u32 most = 0;
        for (u32 i = 0; i < NELEM(sets); i++) most = sets[i] > most ? sets[i] : most;
        cr_assert(most <= 4, "%u of %u begin in one set", most, ROWS);
        cr_assert(gc_counts().bytes_committed - before <= (2 * ROWS * 2 + 6) * BLOCK);
        for (int round = 0; round < 2; round++) {
            gc_verify();
            gc_collect();
            gc_verify();
            cr_assert(walked() == ROWS + 1 && !weak[0], "%llu objects", (unsigned long long)walked());
        }
        exact[0] = NULL;
        gc_collect();
        cr_assert(walked() == 0);
    }
}

/* Natively, cells without references come cleared too, whether their block is new, kept empty from the last collection, or used in part; and what is kept
   for one size is there for another, and for what is large, before memory is out. */
Test(gc, native_blocks)
{
    enum { CELLS = 40000, BYTES = 48 };
    start(64);
    gc_native();
    GcShape *s = shape(GC_LEAF, BYTES, 0, 0), *other = shape(GC_OBJECT, 32, 8, 2), *large = shape(GC_LEAF, 40 << 20, 0, 0);
    for (int round = 0; round < 4; round++) {
        for (u32 i = 0; i < CELLS; i++) {
            const u64 *cell = gc_lists->head[GC_CELLS_LEAF][BYTES / GC_GRANULE];
            if (cell) cr_assert(is_zero((const GcObject *)cell, 8, BYTES), "round %d, cell %u", round, i);
            GcObject *o = new(s);
            memset((u8 *)o + 8, 0xee, BYTES - 8);
            if (round < 2 && i % 300 == 0 && i / 300 < EXACT) exact[i / 300] = o;
        }
        gc_verify();
        gc_collect();
        gc_verify();
        cr_assert(walked() == (CELLS + 299) / 300, "%llu objects", (unsigned long long)walked());
    }
    for (u32 i = 0; i < 1000000; i++) cr_assert(is_zero(new(other), 8, 32));
    gc_collect();
    memset(exact, 0, sizeof exact);
    gc_collect();
    cr_assert(is_zero(new(large), 8, 40 << 20));
    gc_verify();
    gc_collect();
    cr_assert(walked() == 0 && gc_counts().bytes_committed <= 64 << 20);
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
