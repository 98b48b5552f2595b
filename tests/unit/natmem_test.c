/* The allocator of native memory: blocks don't overlap, keep their contents, come back, and their addresses repeat. */
#include "base/window.h"
#include "classlib/natmem.h"
#include <criterion/criterion.h>
#include <string.h>

enum { BLOCKS = 400 };
static u64 seed = 1;
static u32 next_random(u32 n)
{
    seed = seed * 6364136223846793005ull + 1442695040888963407ull;
    return (u32)(seed >> 33) % n;
}

static void setup(void) { windows_reserve(); }

Test(natmem, sizes_and_alignment, .init = setup)
{
    static const u64 sizes[] = { 0, 1, 16, 17, 129, 8192, 8193, 70000, 5 << 20 };
    for (size_t i = 0; i < NELEM(sizes); i++) {
        u8 *p = natmem_alloc(sizes[i]);
        cr_assert(p && IN_WINDOW(NATIVE, p) && (u64)p % 16 == 0);
        cr_assert(natmem_size(p) >= sizes[i]);
        memset(p, 0xa5, sizes[i]);
        cr_assert(natmem_free(p));
    }
    cr_assert_null(natmem_alloc(WIN_NATIVE_SIZE));
}

/* Random allocation, reallocation and freeing; each block is filled with its own byte and checked whenever it is touched. */
static void churn(u64 *trace)
{
    static u8 *block[BLOCKS];
    static u64 size[BLOCKS];
    memset(block, 0, sizeof block);
    for (u32 step = 0; step < 20000; step++) {
        u32 i = next_random(BLOCKS);
        u8 fill = (u8)(i * 7 + 1);
        for (u64 k = 0; block[i] && k < size[i]; k += 1 + size[i] / 16) cr_assert_eq(block[i][k], fill, "block %u was overwritten", i);
        u64 n = next_random(8) ? next_random(3000) + 1 : next_random(100000) + 1;
        if (!block[i]) block[i] = natmem_alloc(n);
        else if (next_random(3)) {
            cr_assert(natmem_free(block[i]));
            block[i] = NULL;
            continue;
        } else {
            block[i] = natmem_realloc(block[i], n);
            for (u64 k = 0; k < size[i] && k < n; k += 97) cr_assert_eq(block[i][k], fill);
        }
        size[i] = n;
        memset(block[i], fill, n);
        *trace = *trace * 31 + (u64)block[i];
    }
    for (u32 i = 0; i < BLOCKS; i++)
        if (block[i]) cr_assert(natmem_free(block[i]));
}

Test(natmem, churn_keeps_contents, .init = setup)
{
    u64 trace = 0;
    churn(&trace);
    cr_assert_neq(trace, 0);
}

Test(natmem, what_is_no_block_is_not_freed, .init = setup)
{
    int local = 0;
    u8 *p = natmem_alloc(48), *big = natmem_alloc(20000);
    cr_assert_not(natmem_free(&local));
    cr_assert_not(natmem_free(p + 16));
    cr_assert_not(natmem_free(big + 4096));
    cr_assert(natmem_free(p));
    cr_assert(natmem_free(big));
    cr_assert_not(natmem_free(big));
}

/* Freed runs join: after freeing neighbours in any order, a block as large as all of them fits in their place. */
Test(natmem, runs_join, .init = setup)
{
    u8 *a = natmem_alloc(40960), *b = natmem_alloc(40960), *c = natmem_alloc(40960), *end = natmem_alloc(40960);
    cr_assert(b == a + 40960 && c == b + 40960);
    natmem_free(a), natmem_free(c), natmem_free(b);
    u8 *whole = natmem_alloc(3 * 40960);
    cr_assert_eq(whole, a);
    cr_assert_eq(whole[100], 0, "pages given back come fresh");
    u8 *reserved = natmem_reserve(10000);
    cr_assert_gt(reserved, end);
    natmem_unreserve(reserved);
    cr_assert_eq(natmem_reserve(12288), reserved);
}

Test(natmem, mapped_files_keep_to_their_half, .init = setup)
{
    u8 *memory = natmem_alloc(100000), *file = natmem_reserve(100000), *again;
    cr_assert_eq(((u64)memory - WIN_NATIVE_BASE) >> WIN_NATIVE_OWN_BITS, 0);
    cr_assert_eq(((u64)file - WIN_NATIVE_BASE) >> WIN_NATIVE_OWN_BITS, 1);
    natmem_unreserve(file);
    cr_assert(natmem_free(memory));
    again = natmem_alloc(100000);
    cr_assert_eq(again, memory, "a file's address space was given to memory");
    cr_assert(natmem_free(again));
}
