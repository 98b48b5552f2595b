/* What the files of gc/ share: the heap's state, the arena's interface, and the steps of a collection.
   Nobody outside gc/ includes this. */
#ifndef GC_INTERNAL_H
#define GC_INTERNAL_H
#include "base/log.h"
#include "base/vec.h"
#include "gc/gc.h"

enum { HEAP_BLOCK = 4096, HEAP_BLOCK_MAX_CELL = 2048 }; /* libgc's block, and its largest object that shares one */

typedef struct GcHeap {
    const GcClient *client; /* NULL until gc_init is done */
    u64 max_bytes;          /* -Xmx: Boehm's heap and arenas together */
    u64 top;                /* end of the memory that libgc got so far; it begins at WIN_HEAP_BASE */
    u64 high;               /* end of the highest block that ever held an object */
    u64 peak;               /* highest number of bytes in use */
    u64 budget;             /* bytes to allocate before the next collection */
    u64 moved_bytes;        /* originals left behind by moves since the last collection */
    u64 work;               /* instructions not yet given to client->work */
    u64 collections, objects_moved;
    u32 cycle;              /* number of the current or last cycle: GcShape.epoch */
    bool busy;              /* in a collection, move or walk: no allocation, no nesting */
    bool last_resort;       /* this collection clears every soft reference */
    bool reserve_open;      /* see gc_reserve */
    u64 softs_kept;         /* soft references whose referents the current or last collection kept alive by policy */
} GcHeap;
extern GcHeap gc_heap;

#define COST(name, instructions, what) enum { COST_##name = instructions };
#include "gc/costs.def"
#undef COST

#ifndef CHARGE /* the calibration (bench/calibrate) has its own */
#define CHARGE(name, n) (gc_heap.work += (u64)(n) * COST_##name)

/* Charges memory read or written on the program's behalf; host memory (outside the windows) is not the core's. */
static inline void gc_touch(const void *p, u64 n, bool write)
{
    if (UNLIKELY(gc_heap.client->touch != NULL) && (u64)p - WIN_BASE < WIN_TABLE_BASE + WIN_TABLE_SIZE - WIN_BASE)
        gc_heap.client->touch(p, n, write);
}

/* What libgc reads of the header of an object's block; `mark`: 1 its mark byte too, 2 which is set. */
void gc_touch_header(const void *p, int mark); /* heap.c */
static inline void gc_touch_block(const void *p, int mark)
{
    if (UNLIKELY(gc_heap.client->touch != NULL)) gc_touch_header(p, mark);
}
#endif
#define MOVER_TOUCH(p, n, write) gc_touch(p, n, write)
#include "gc/mover.h"

/* What visiting an object reads of its class: the shape, and where its references are. */
static inline void gc_touch_shape(const GcShape *s)
{
    gc_touch(s, sizeof *s, false);
    if (s->nranges) gc_touch(s->ranges, s->nranges * sizeof(GcRange), false);
}
/* Hands the collected work over; with the start and end of cycles and allocations that got memory from libgc. */
void gc_charge_flush(void);
u64 gc_used_bytes(void); /* blocks that hold something, and arena chunks: what -Xmx limits */

static inline bool gc_has_tag(const GcObject *o) { return o->mark & GC_TAG; }
static inline u64 *gc_word0(GcObject *o) { return (u64 *)o; }

/* ---- heap.c: which Boehm cells hold objects. A tagged cell is an object if it survived the last collection or its block was
   swept since (then untagged cells are free, tagged ones new); in a block not swept since, tagged and unmarked is dead. */
bool gc_block_fresh(const void *p);
bool gc_cell_live(const GcObject *cell); /* cell: what blocks_cell returned */

/* ---- blocks.c: empty blocks kept for their size and kind. */
void blocks_forget(void);             /* before a collection, which finds them once more */
GcObject *blocks_cell(const void *address); /* what the cell around an address of the heap would hold, used or not; NULL: there is none */
/* Large objects begin some lines behind the start of their cell (their colour): */
u32 blocks_next_colour(u64 size);              /* of an object of so many bytes: how many lines (COLOUR_LINE) are to be left before it; 0 if it is not large */
GcObject *blocks_colour(void *cell, u32 colour); /* where an object of that colour begins in its cell, which has room for both */
extern u8 blocks_kind[WIN_HEAP_SIZE / HEAP_BLOCK]; /* of each block; blocks.c says what */
enum { BLOCKS_COLOURED = HEAP_BLOCK_MAX_CELL / GC_GRANULE, COLOUR_LINE = 64 };

static inline u64 blocks_offset(const void *in_first_block)
{
    u8 kind = blocks_kind[((u64)in_first_block - WIN_HEAP_BASE) / HEAP_BLOCK];
    return kind > BLOCKS_COLOURED ? (u64)(kind - BLOCKS_COLOURED) * COLOUR_LINE : 0;
}

/* The cell of an object of the heap, as libgc knows it, and the other way around. */
static inline void *gc_cell_of(const GcObject *o) { return (u8 *)o - blocks_offset(o); }
static inline GcObject *gc_object_in(void *cell) { return (GcObject *)((u8 *)cell + blocks_offset(cell)); }
u64 blocks_bytes(void);               /* of those that are kept */
void blocks_begin(void);              /* of an allocation; after it: */
bool blocks_whole(const void *list);  /* is this a list of all cells of a block, in their order, which was cleared as a whole if gc_keep_blocks? */

/* ---- arena.c: dense memory outside libgc's heap, in chunks; see the top of that file. */
typedef enum ArenaUse { ARENA_FREE, ARENA_SHARED, ARENA_HEAD, ARENA_BODY } ArenaUse; /* HEAD, BODY: one object larger than a chunk */
u64 arena_bytes(void);                         /* of chunks in use */
u64 arena_live_bytes(void);                    /* of objects, as of the last collection plus what was placed since */
u64 arena_reserve(u64 nchunks);                /* address of a contiguous committed run, or 0; chunks become ARENA_SHARED */
void arena_set_use(u64 address, ArenaUse use, u64 back); /* BODY: `back` chunks before it is its head */
u64 arena_tail(u64 bytes);                     /* address where `bytes` fit behind what the last pass placed, or 0 */
void arena_place(GcObject *o, u64 size);       /* a large object begins here, in chunks of its own */
/* Placing one object after the other in one chunk: opened at the next free place, closed when full or done. */
void arena_open(ArenaCursor *c, u64 at);       /* in a SHARED chunk */
void arena_close(ArenaCursor *c);              /* accounts for what was placed */
static inline void arena_note(ArenaCursor *c, u64 at, u64 size)
{
    u64 b = at % ARENA_CHUNK / 8;
    c->starts[b / 64] |= 1ull << b % 64;
    c->bytes += size;
}
void arena_pass_begin(void);                   /* what is placed from now on is new */
bool arena_remove(GcObject *o, u64 size);      /* it has moved away; had this pass placed it? */
GcObject *arena_find(const void *address);     /* the object around an address, or NULL */
bool arena_starts(const GcObject *o);          /* does an object begin exactly here? */
bool arena_mark(GcObject *o);                  /* sets the mark bit; was it clear? */
bool arena_marked(const GcObject *o);
void arena_count_live(const GcObject *o, u64 size);
void arena_clear_marks(void);
u64 arena_sweep(void);                         /* forgets unmarked objects, frees empty chunks; bytes freed */
u64 arena_free_empty(void);                    /* after a move: frees chunks without objects */
void arena_each(void (*fn)(void *ctx, GcObject *o), void *ctx, bool skip_new);
void arena_each_new(void (*fn)(void *ctx, GcObject *o), void *ctx); /* what this pass has placed */
void arena_each_sparse(void (*fn)(void *ctx, GcObject *o), void *ctx); /* objects of chunks that are mostly dead */
void arena_check(void);

/* move.c, as a collection begins: originals of what moved are about to go. */
void move_collecting(void);

/* ---- mark.c */
void mark_init(void);                          /* kinds and procedures; inside boehm_enter */
unsigned mark_kind(bool leaf);
void mark_gather_roots(void);                  /* before libgc clears the marks that tell live cells from dead ones */
void mark_begin(void);                         /* clears own marks, starts an epoch */
void mark_end(void);                           /* GC_EVENT_MARK_END */
bool mark_is_live(const GcObject *o);          /* from MARK_END until libgc sweeps */
void mark_strong(GcObject *o);                 /* marks an object and all it reaches; at MARK_END only */

/* ---- refs.c */
void refs_begin(void);
bool refs_discover(GcObject *r, const GcShape *s); /* while marking: is r's referent held weakly? */
void refs_process(void);                       /* soft and weak, then final, then phantom, then weak tables */
void refs_deliver(void);                       /* gives the pending list to the client */

/* ---- walk.c */
typedef void (*GcFound)(void *ctx, GcObject *o, const void *word);
void gc_scan_range(const void *lo, const void *hi, GcFound fn, void *ctx); /* objects that the words of a range point into */

#endif
