/* The garbage-collected heap: Boehm GC in a fixed window, precise objects, conservative stacks, and dense arenas
   that layout moves objects into. It knows nothing of Java: an object's first 32-bit word names (as an offset
   from WIN_BASE) a GcShape, which the client embeds as the first member of its own class struct. One thread at a time
   (the holder of the VM's baton) calls in here.

   Object header (8 bytes, one little-endian word): low half = shape, high half = mark word. Bit 31 of the mark
   word is always 1 in a live object: free-list links never reach bit 63 of word 0, so marking tells free cells apart. */
#ifndef GC_GC_H
#define GC_GC_H
#include "base/types.h"
#include "base/window.h"

typedef u32 ref_t; /* a reference in the heap: (address - WIN_BASE) >> 3; 0 is null */

#define GC_TAG 0x80000000u /* mark-word bit of a live object */

typedef enum GcShapeKind {
    GC_LEAF,      /* no references: `size` bytes */
    GC_OBJECT,    /* references in `ranges` */
    GC_REF_ARRAY, /* 32-bit length at offset 8, ref_t elements from offset 12 */
    GC_LEAF_ARRAY,/* length at offset 8, elements of 1 << elem_shift bytes from offset `size` (12 or 16) */
    GC_REFERENCE, /* like GC_OBJECT, and weak: see GcRefStrength; fields at the offsets in GcClient */
    GC_SPECIAL,   /* like GC_OBJECT, and the client's `trace_special` and `special_size` are asked too; never moved */
    GC_SHAPE_KINDS
} GcShapeKind;

typedef enum GcRefStrength { GC_SOFT, GC_WEAK, GC_FINAL, GC_PHANTOM } GcRefStrength;

typedef struct GcRange { u16 offset, count; } GcRange; /* `count` consecutive ref_t at byte `offset` */

typedef struct GcShape {
    u32 size;         /* bytes of an instance (multiple of 8), or offset of element 0 of an array */
    u8 kind;          /* GcShapeKind */
    u8 elem_shift;    /* leaf arrays */
    u8 strength;      /* GcRefStrength, for GC_REFERENCE */
    u8 pinned;        /* instances never move */
    u32 nranges;
    u32 epoch;        /* private to gc/: last cycle in which `owner` was marked */
    GcRange *ranges;  /* sorted; superclass fields included */
    struct GcObject *owner; /* an object that every instance keeps alive (its class's mirror), or NULL */
    const GcRange *slots;   /* private to gc/: what GcClient.slots_for said in move number `slots_move` */
    u32 nslots, slots_move;
} GcShape;

typedef struct GcObject { u32 shape; u32 mark; } GcObject;

static inline GcShape *gc_shape(const GcObject *o) { return (GcShape *)(WIN_BASE + o->shape); }
static inline u32 gc_length(const GcObject *a) { return ((const u32 *)a)[2]; }

/* References in the heap <-> plain pointers. The empty asm keeps the compiler from holding only the compressed form
   across a call: conservative scanning looks for full pointers. */
static inline GcObject *gc_decode(ref_t r)
{
    u64 p = WIN_BASE ? (r ? WIN_BASE + ((u64)r << 3) : 0) : (u64)r << 3;
    __asm__ volatile("" : "+r"(p));
    return (GcObject *)p;
}
static inline ref_t gc_encode(const void *p)
{
    u64 v = (u64)p;
    __asm__ volatile("" : "+r"(v));
    return (ref_t)(WIN_BASE ? (v ? (v - WIN_BASE) >> 3 : 0) : v >> 3);
}
static inline GcObject *gc_load(const void *object, u32 offset) { return gc_decode(*(const ref_t *)((const u8 *)object + offset)); }
static inline void gc_store(void *object, u32 offset, const void *value) { *(ref_t *)((u8 *)object + offset) = gc_encode(value); }

/* Size in bytes of an object (not rounded to cells). */
u64 gc_object_size(const GcObject *o);

/* Do instances live in cells that marking never enters (GC_CELLS_LEAF)? Such cells cannot keep an `owner` alive, so a
   pointer-free shape with an owner takes traced cells. Whoever emits inline allocation picks its list by this. Fix
   kind and owner of a shape before its first instance. An owner's shape is GC_SPECIAL or pinned. */
static inline bool gc_shape_leaf(const GcShape *s) { return (s->kind == GC_LEAF || s->kind == GC_LEAF_ARRAY) && !s->owner; }

/* ---- Inline allocation -------------------------------------------------------------------------------
   One set of per-size free lists, in memory that the core can address; the baton's holder pops cells. A cell
   of a list is `granules` * 16 bytes. List heads are linked through word 0. Cells of GC_CELLS_REFS come zeroed but for
   word 0; those of GC_CELLS_LEAF come uncleared (the allocator zeroes all of the object), but for gc_native. */
enum { GC_GRANULE = 16, GC_MAX_GRANULES = 32 }; /* objects of up to 512 bytes are allocated inline */
enum { GC_CELLS_REFS, GC_CELLS_LEAF, GC_CELL_KINDS };
typedef struct GcLists { void *head[GC_CELL_KINDS][GC_MAX_GRANULES + 1]; } GcLists;
extern GcLists *gc_lists; /* set by gc_init; in the TABLE window. Whoever has several sets (several cores) says which one is to be used now */
GcLists *gc_lists_more(void); /* another set */

/* Takes a cell off its list, or NULL if the list is empty (then call gc_alloc). Host and core run this same code. */
static inline GcObject *gc_alloc_fast(GcLists *lists, const GcShape *shape, u64 size, bool leaf)
{
    u64 g = (size + GC_GRANULE - 1) / GC_GRANULE;
    leaf = leaf && !shape->owner; /* see gc_shape_leaf */
    if (UNLIKELY(g > GC_MAX_GRANULES)) return NULL;
    void **head = &lists->head[leaf][g];
    u64 *cell = *head;
    if (UNLIKELY(!cell)) return NULL;
    *head = (void *)cell[0];
    if (leaf)
        for (u64 i = 1; i < g * 2; i++) cell[i] = 0;
    cell[0] = (u64)GC_TAG << 32 | (u32)((u64)shape - WIN_BASE);
    return (GcObject *)cell;
}

/* ---- The client ------------------------------------------------------------------------------------- */
typedef void (*GcVisit)(void *ctx, ref_t *slot);         /* an exact reference in the heap or in a table: may be rewritten */
typedef void (*GcVisitPtr)(void *ctx, GcObject **slot);  /* an exact plain pointer (handle, table): may be rewritten */
typedef void (*GcVisitRange)(void *ctx, const void *lo, const void *hi); /* words that may point to objects: scanned, pinned, not rewritten */

typedef struct GcClient {
    /* Roots. `exact` slots are updated when objects move. Called with Boehm's lock held: must not allocate from the heap. */
    void (*roots)(GcVisitPtr exact, GcVisitRange ambiguous, void *ctx);
    /* Weak tables (interned strings, monitors): visit each slot after marking; the visitor sets *slot to NULL if the object is
       dead, or to its new address. The client then drops empty entries. */
    void (*weak_roots)(GcVisitPtr weak, void *ctx);
    /* GC_SPECIAL: references beyond the ranges (a mirror's statics), and the object's real size. */
    void (*trace_special)(GcObject *o, GcVisit visit, void *ctx);
    u64 (*special_size)(const GcObject *o);
    /* GC_REFERENCE fields, set before the first such object: offsets of referent, discovered, next; soft: timestamp (i64 ms). */
    u32 referent_offset, discovered_offset, next_offset, timestamp_offset;
    /* Is this soft reference to be kept (LRU policy)? `last_resort`: all are cleared. */
    bool (*keep_soft)(GcObject *reference, bool last_resort);
    /* Head of the pending list, linked through `discovered`; the client appends it to its own and wakes its handler after the cycle. */
    void (*pending)(GcObject *first, GcObject *last);
    /* Moving: which slots of instances of `s` can refer to an instance of one of the moved shapes, by what the client knows of declared types;
       of an array of references, 0 means none and anything else all. Asked once per shape and move; the answer stays valid until the
       move ends. NULL: all slots are looked at. */
    const GcRange *(*slots_for)(const GcShape *s, GcShape *const *moved, u32 nmoved, u32 *count);
    /* Start and end of a collection or, if `moving`, of a move (baton held). */
    void (*cycle_start)(bool moving);
    void (*cycle_end)(void);
    /* Nanoseconds, on a clock that looking at does not move; for the overhead limit. May be NULL: no limit. */
    u64 (*now)(void);
    /* An object is being moved: its copy is complete but for references. May be NULL. */
    void (*moved)(const GcObject *from, const GcObject *to);
    /* Every address that collecting or moving reads or writes on the program's behalf, for charging to the modelled core; and
       instructions of work. May be NULL. */
    void (*touch)(const void *p, u64 n, bool write);
    void (*work)(u64 instructions);
} GcClient;

/* Bytes left unused at the start of the heap window (whole pages); a seed may set it before gc_init. */
extern u64 gc_heap_skip;
/* For runs without a modelled core, before compiled code allocates: lists get eight blocks at once, if the heap is not small; blocks that a collection
   finds empty are kept for their size (blocks.c); cells of GC_CELLS_LEAF come cleared too, which gc_keep_blocks says; and the 16 MiB after which a
   collection starts at the earliest double at each collection, up to 64 MiB or 1/16 of -Xmx. */
void gc_native(void);
extern bool gc_keep_blocks;
u64 gc_refill_bytes(void); /* what an inline list gets at once, at most */

/* Reserves and starts the heap. max_bytes is -Xmx (0: a quarter of physical memory, at most the window). The client outlives the heap. */
void gc_init(u64 max_bytes, const GcClient *client);

/* Zeroed object with header (shape, GC_TAG). May collect. NULL when memory is exhausted even after clearing soft references, or when
   collections take all the time (gc_overhead_limit_hit): the client throws. Any size; `size` is the object's total size in bytes. Leaf-ness follows the shape. */
GcObject *gc_alloc(GcShape *shape, u64 size);

/* Did the last NULL mean that memory is not quite exhausted, but the last few allocations that needed a collection got next to nothing
   from it (98 % of the time spent in collections, which leave less than 2 % of the heap free)? Never, if switched off. */
bool gc_overhead_limit_hit(void);
void gc_overhead_limit(bool on); /* on at start */
/* While the reserve is open, gc_alloc does not collect, and may use a little more than -Xmx: for what is made to tell that memory is out. */
void gc_reserve(bool open);

/* A full collection. gc_collect_soft clears every soft reference too. */
void gc_collect(void);
void gc_collect_soft(void);
/* After this many bytes allocated since the last collection, gc_alloc collects; also `deterministic` by construction. */
typedef struct GcStats { u64 collections, bytes_used, bytes_committed, bytes_max, bytes_allocated, objects_moved, arena_bytes; } GcStats;
GcStats gc_stats(void);
GcStats gc_counts(void); /* cheaply: without bytes_used */
u64 gc_allocated(void);  /* GcStats.bytes_allocated alone: what the inline lists hold counts as allocated */
u64 gc_lists_bytes(const GcLists *lists); /* what is left in the lists */

/* The object that an address lies in (interior pointers too), or NULL: free cell, no heap, dead arena space. */
GcObject *gc_base(const void *address);
/* Calls fn for each allocated object (live or not yet collected), Boehm's and arenas'. No allocation meanwhile. */
void gc_walk(void (*fn)(void *ctx, GcObject *o), void *ctx);
/* Visits each reference slot of an object (the referent of a Reference included). */
void gc_visit_refs(GcObject *o, GcVisit visit, void *ctx);

/* ---- Moving (move.c) --------------------------------------------------------------------------------
   Mostly-copying (Bartlett 1988): what an ambiguous word may point to stays; everything else that is named is copied to fresh
   arena space in that order, packed at 8 bytes, and all references are rewritten. Identity hashes and lock bits live in the mark word
   and move along. begin reserves `bytes` (an upper bound; more is taken while there is memory) and returns false, with the heap as
   before, if they cannot be had. Between begin and end nothing may be allocated; an object that was moved already keeps its
   references at the old address, in which word 0 is overwritten. */
typedef struct GcMoveResult {
    u64 moved, pinned, bytes, slots_rewritten; /* slots that the caller rewrote are not counted */
    u64 freed_bytes; /* of arena chunks that emptied */
    u64 dead_bytes;  /* of large arrays that nothing referred to, which are gone */
} GcMoveResult;
bool gc_move_begin(u64 bytes);
GcObject *gc_move_object(GcObject *o); /* its new address; NULL: it stays, or has moved already */
/* Moves the object at *slot, the one that its copy refers to at `offset`, and so on, as long as they are of this shape and nothing is
   special about them, and sets the slots. Returns the first slot left alone; *length: how many objects. */
ref_t *gc_move_chain(ref_t *slot, const GcShape *shape, u32 offset, u64 *length);
/* Between begin and end: where an object has moved to, or NULL. */
static inline GcObject *gc_moved_to(const GcObject *o) { return o->mark & GC_TAG ? NULL : (GcObject *)*(const u64 *)o; }
/* The caller rewrites these slots (a bit per 4 bytes from the object's start; of arrays any bit stands for all elements) of all copies of this shape to
   where their targets have moved. */
void gc_move_settles(const GcShape *s, u64 slots);
/* A slot that the caller settles refers to this object, which stays: nobody looks at that slot again. */
void gc_move_meets(const GcObject *o);
/* Objects that stay because ambiguous words point into them. Valid until the end. */
u64 gc_move_pinned(GcObject *const **objects);
/* Calls fn for objects that have not moved (yet), and are not copies: those with references only, or all. fn may not move any. */
void gc_move_walk(bool all, void (*fn)(void *ctx, GcObject *o), void *ctx);
void gc_move_align(u32 bytes); /* the next object starts at such a boundary (a power of two) */
/* Between begin and end: there may be a way back. The order in which what moves has lain is kept until the next move, or until it is to be forgotten. */
void gc_move_remember(void);
void gc_move_forget(void);
/* A move of what the remembered one has moved, as far as it is alive, in the order in which it lay before. False: nothing is remembered. */
bool gc_move_back(GcMoveResult *result);
void gc_move_end(GcMoveResult *result);
/* A whole order at once: a 0 entry starts a new cache line, ~0 a new page; addresses of what is no object any more are passed over.
   All or nothing. */
bool gc_move(GcObject *const *order, u64 n, GcMoveResult *result);
/* Birth in an arena is a later addition; arena space of dead objects is taken back by the next move. */

/* Torture: collect at every `collect_every`-th allocation, move a pseudo-random part of the heap at every `move_every`-th
   (0: never), less often while the heap is large. While either is on, the inline lists stay empty, so every allocation comes through gc_alloc. */
void gc_torture(u64 collect_every, u64 move_every);
/* Debug aid: every n-th time that moves ask for arena space there is none; 0: never. */
void gc_torture_room(u32 n);

/* Checks the whole heap: every header names a plausible shape, every reference a live object. Panics with a description. */
void gc_verify(void);

#endif
