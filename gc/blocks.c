/* Blocks of small cells: those that a collection has found empty, kept as they are for the next list of their size and kind; and the list of a
   whole block's cells, in the order in which they lie, while libgc would link the last one first. Keeping is off unless gc_keep_blocks is set, as it is natively.

   By itself libgc gives an empty block back, joins it to its free neighbours, and later cuts it off again, looking through some sixty lists for
   memory to cut it from, and gives it a new header: more than making a list of its cells takes. So the two functions that sweeping and
   allocation do this with are wrapped (-Wl,--wrap; they are in a member of libgc.a of their own, as is the one that makes a list). A kept block counts as allocated for libgc, its header says
   what it was, and no cell of it is marked; so it can be handed out as GC_allochblk would hand it out. What is not taken is given
   back when libgc finds no memory, before the heap grows; and a collection finds it empty once more, so before that it is forgotten.

   How large a block's cells are is in libgc's header of it, one of many thousands that no cache holds; who asks for the object around an address finds it in a
   byte here, once somebody has asked, until the block is given back.

   An object of more than HEAP_BLOCK_MAX_CELL has blocks of its own. Were it to begin where they begin, the rows of a matrix would all begin in one
   set of the caches, and a walk along a column would find none of its lines again. So each begins a line further into its first block than the one
   made before (Bonwick 1994, "The slab allocator", calls it colouring), as far as what is left of its last block allows: no memory is lost by it. */
#include "gc/boehm.h"
#include "gc/internal.h"
#include <string.h>

enum { GRANULES = HEAP_BLOCK_MAX_CELL / GC_GRANULE };

bool gc_keep_blocks;
static Vec(void *) kept[GC_CELL_KINDS][GRANULES + 1];
static u64 kept_blocks;
static void *linked; /* the last block whose cells have become a list as a whole */

void __real_GC_freehblk(void *block);
void __wrap_GC_freehblk(void *block);
void *__real_GC_allochblk(size_t size, int kind, unsigned flags);
void *__wrap_GC_allochblk(size_t size, int kind, unsigned flags);
void *__wrap_GC_build_fl(void *block, size_t words, int clear, void *list);

u64 blocks_bytes(void) { return kept_blocks * HEAP_BLOCK; }
bool blocks_whole(const void *list) { return ALIGN_DOWN((u64)list, (u64)HEAP_BLOCK) == (u64)linked; }

void blocks_begin(void) { linked = NULL; }

void blocks_forget(void)
{
    for (u32 leaf = 0; leaf < GC_CELL_KINDS; leaf++)
        for (u32 g = 0; g <= GRANULES; g++) vec_clear(&kept[leaf][g]);
    kept_blocks = 0;
}

/* How many granules its cells have, 0: not known, or not its object's first block; or BLOCKS_COLOURED and the colour of the object that begins in it. */
u8 blocks_kind[WIN_HEAP_SIZE / HEAP_BLOCK];
_Static_assert(BLOCKS_COLOURED + HEAP_BLOCK / COLOUR_LINE <= 256, "blocks_kind");

static u8 *kind_of(const void *p) { return &blocks_kind[((u64)p - WIN_HEAP_BASE) / HEAP_BLOCK]; }

/* What libgc says, which knows all. */
static GcObject *boehm_cell(const void *address, u8 *kind)
{
    size_t size = 0;
    void *cell = GC_base((void *)address);
    if (!cell) return NULL;
    GC_get_kind_and_size(cell, &size);
    if (size <= HEAP_BLOCK_MAX_CELL) {
        *kind = (u8)(size / GC_GRANULE);
        return cell;
    }
    GcObject *o = gc_object_in(cell);
    return address >= (void *)o ? o : NULL;
}

GcObject *blocks_cell(const void *address)
{
    u8 *kind = kind_of(address);
    if (UNLIKELY(!*kind || *kind > BLOCKS_COLOURED)) return boehm_cell(address, kind);
    u32 size = *kind * GC_GRANULE, at = (u32)((u64)address % HEAP_BLOCK) / size * size;
    return at + size <= HEAP_BLOCK ? (GcObject *)(ALIGN_DOWN((u64)address, (u64)HEAP_BLOCK) + at) : NULL;
}

u32 blocks_next_colour(u64 size)
{
    static u32 made;
    if (size <= HEAP_BLOCK_MAX_CELL) return 0;
    return made++ % ((ALIGN_UP(size, (u64)HEAP_BLOCK) - size) / COLOUR_LINE + 1);
}

GcObject *blocks_colour(void *cell, u32 colour)
{
    if (colour) *kind_of(cell) = (u8)(BLOCKS_COLOURED + colour);
    return gc_object_in(cell);
}

static void give_block_back(void *block)
{
    *kind_of(block) = 0;
    __real_GC_freehblk(block);
}

static void give_back(void)
{
    for (u32 leaf = 0; leaf < GC_CELL_KINDS; leaf++)
        for (u32 g = 0; g <= GRANULES; g++)
            while (kept[leaf][g].len) give_block_back(vec_pop(&kept[leaf][g]));
    kept_blocks = 0;
}

/* GC_LEAF or GC_REFS cells, or neither. */
static u32 cells_of(int kind)
{
    return (unsigned)kind == mark_kind(true) ? GC_CELLS_LEAF : (unsigned)kind == mark_kind(false) ? GC_CELLS_REFS : GC_CELL_KINDS;
}

void __wrap_GC_freehblk(void *block)
{
    size_t size = 0;
    u32 cells = GC_CELL_KINDS;
    if (gc_keep_blocks && gc_heap.busy) cells = cells_of(GC_get_kind_and_size(block, &size));
    if (cells == GC_CELL_KINDS || size > HEAP_BLOCK_MAX_CELL) {
        give_block_back(block);
        return;
    }
    ASSERT(size % GC_GRANULE == 0 && (u64)block % HEAP_BLOCK == 0);
    vec_push(&kept[cells][size / GC_GRANULE], block);
    kept_blocks++;
}

/* The host fetches ahead what is written in order, but not beyond a page; so it is told where the next block begins. */
static void fetch_ahead(const char *block)
{
    enum { LINE = 64, LINES = 16 };
    for (u32 k = 0; k < LINES; k++) __builtin_prefetch(block + k * LINE, 1);
}

static void *take_kept(u32 cells, size_t size)
{
    if (!kept[cells][size / GC_GRANULE].len) return NULL;
    void *block = vec_pop(&kept[cells][size / GC_GRANULE]);
    kept_blocks--;
    if (kept[cells][size / GC_GRANULE].len) fetch_ahead(vec_last(&kept[cells][size / GC_GRANULE]));
    return block;
}

void *__wrap_GC_allochblk(size_t size, int kind, unsigned flags)
{
    u32 cells = gc_keep_blocks ? cells_of(kind) : GC_CELL_KINDS;
    bool small = cells < GC_CELL_KINDS && size <= HEAP_BLOCK_MAX_CELL;
    void *block = small ? take_kept(cells, size) : NULL;
    if (!block) block = __real_GC_allochblk(size, kind, flags);
    if (!block && kept_blocks) {
        give_back();
        block = __real_GC_allochblk(size, kind, flags);
    }
    if (small && block && cells == GC_CELLS_LEAF) memset(block, 0, HEAP_BLOCK);
    return block;
}

/* A new block's cells as a list that ends in `list`. */
void *__wrap_GC_build_fl(void *block, size_t words, int clear, void *list)
{
    u64 *cell = block, *last = cell + (HEAP_BLOCK / sizeof *cell / words - 1) * words;
    if (clear) memset(block, 0, HEAP_BLOCK);
    for (; cell < last; cell += words) *cell = (u64)(cell + words);
    *last = (u64)list;
    linked = block;
    return block;
}
