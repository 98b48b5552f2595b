/* Marking: the kinds and mark procedures that libgc calls, and marking in arenas, which libgc knows nothing of.

   All roots are gathered before a collection starts (while the marks of the last one still tell live cells from dead ones,
   so ambiguous words resurrect nothing) and reach libgc through one object, `root_cell`, whose procedure hands them
   on in chunks. A reference into an arena sets a bit there and goes onto our own worklist; procedures drain it and
   give the children in libgc's heap to GC_MARK_AND_PUSH.

   libgc's mark stack can overflow; then it throws entries away and runs the procedures of all marked objects again. So a
   procedure must be harmless when it runs twice, and nothing may exist on that stack alone: a continuation that is lost
   (the rest of an array, an undrained worklist) is made anew when the object it belongs to is scanned again. A worklist
   remainder belongs to root_cell. Nothing here recurses. */
#include "gc/boehm.h"
#include "gc/internal.h"

enum { ARRAY_PIECE = 256, ROOT_PIECE = 256, DRAIN_PIECE = 64 };

/* An entry of libgc's mark stack: private there, but the same in every release since 7.0; gc_test checks that pieces work. */
typedef struct MarkEntry { void *start; GC_word descriptor; } MarkEntry;
typedef struct GC_ms_entry *Sp;

typedef struct Item { GcObject *o; u64 from; } Item; /* `from`: first element not yet traced of a reference array */

static Vec(Item) worklist;
static Vec(GcObject *) roots;
static void *root_cell;
static unsigned object_proc, roots_proc, kinds[GC_CELL_KINDS];

unsigned mark_kind(bool leaf) { return kinds[leaf]; }

/* Pushes a continuation: `start`'s procedure will be called with `env`. There is room: see its callers. */
static Sp push_entry(Sp sp, void *start, unsigned proc, u64 env)
{
    MarkEntry *e = (MarkEntry *)sp + 1;
    e->start = start, e->descriptor = GC_MAKE_PROC(proc, (GC_word)env);
    return (Sp)e;
}
static bool has_room(Sp sp, Sp limit) { return (MarkEntry *)sp + 1 < (MarkEntry *)limit; }

static inline Sp push(GcObject *o, Sp sp, Sp limit)
{
    if (IN_WINDOW(ARENA, o)) {
        if (arena_mark(o)) vec_push(&worklist, ((Item){ o, 0 }));
        return sp;
    }
    gc_touch_block(o, 2);
    return GC_MARK_AND_PUSH(o, sp, limit, NULL);
}

/* ---- Tracing one object ------------------------------------------------------------------------------ */

static inline Sp trace_slots(const ref_t *slots, u64 n, Sp sp, Sp limit)
{
    gc_touch(slots, n * sizeof(ref_t), false);
    CHARGE(mark_slot, n);
    for (u64 i = 0; i < n; i++)
        if (slots[i]) sp = push(gc_decode(slots[i]), sp, limit);
    return sp;
}

static inline Sp trace_ranges(GcObject *o, const GcShape *s, Sp sp, Sp limit)
{
    for (u32 r = 0; r < s->nranges; r++) sp = trace_slots((ref_t *)((u8 *)o + s->ranges[r].offset), s->ranges[r].count, sp, limit);
    return sp;
}

typedef struct PushContext { Sp sp, limit; u32 skip; GcObject *o; } PushContext;

static void push_visited(void *ctx, ref_t *slot)
{
    PushContext *c = ctx;
    gc_touch(slot, sizeof *slot, false);
    CHARGE(mark_slot, 1);
    if (*slot && (u64)slot != (u64)c->o + c->skip) c->sp = push(gc_decode(*slot), c->sp, c->limit);
}

/* Reference objects and specials: rare, so through the general visitor. */
static Sp trace_visited(GcObject *o, u32 skip, Sp sp, Sp limit)
{
    PushContext c = { sp, limit, skip, o };
    gc_visit_refs(o, push_visited, &c);
    return c.sp;
}

static inline Sp trace_header(GcObject *o, GcShape *s, Sp sp, Sp limit)
{
    gc_touch(o, sizeof *o, false);
    gc_touch_shape(s);
    CHARGE(mark_object, 1);
    if (s->epoch == gc_heap.cycle) return sp;
    s->epoch = gc_heap.cycle;
    return s->owner ? push(s->owner, sp, limit) : sp;
}

static Sp trace_object(GcObject *o, GcShape *s, Sp sp, Sp limit)
{
    switch (s->kind) {
    case GC_OBJECT: return trace_ranges(o, s, sp, limit);
    case GC_REFERENCE: return trace_visited(o, refs_discover(o, s) ? gc_heap.client->referent_offset : 0, sp, limit);
    case GC_SPECIAL: return trace_visited(o, 0, sp, limit);
    default: return sp;
    }
}

static u64 piece_end(const GcObject *array, u64 from)
{
    u64 n = gc_length(array);
    return n - from > ARRAY_PIECE ? from + ARRAY_PIECE : n;
}

static inline Sp trace_piece(GcObject *array, u64 from, u64 end, Sp sp, Sp limit)
{
    return trace_slots((ref_t *)((u8 *)array + 12) + from, end - from, sp, limit);
}

/* ---- The worklist ------------------------------------------------------------------------------------ */

static Sp trace_item(Item it, Sp sp, Sp limit)
{
    GcShape *s = gc_shape(it.o);
    if (it.from == 0) {
        sp = trace_header(it.o, s, sp, limit);
        arena_count_live(it.o, ALIGN_UP(gc_object_size(it.o), 8ull));
    }
    if (s->kind != GC_REF_ARRAY) return trace_object(it.o, s, sp, limit);
    u64 end = piece_end(it.o, it.from);
    if (end < gc_length(it.o)) vec_push(&worklist, ((Item){ it.o, end }));
    return trace_piece(it.o, it.from, end, sp, limit);
}

/* Traces arena objects until none waits or, if there is room to come back, a piece is done. */
static inline Sp drain(Sp sp, Sp limit)
{
    for (u64 n = 0; UNLIKELY(worklist.len); n++) {
        if (n >= DRAIN_PIECE && has_room(sp, limit)) return push_entry(sp, root_cell, roots_proc, roots.len);
        sp = trace_item(vec_pop(&worklist), sp, limit);
    }
    return sp;
}

/* ---- libgc's procedures. At entry there is room for one entry at least (the one that was popped). -------------- */

static Sp mark_array(GcObject *o, u64 from, Sp sp, Sp limit)
{
    u64 end = piece_end(o, from);
    if (end < gc_length(o)) sp = push_entry(sp, gc_cell_of(o), object_proc, end);
    return drain(trace_piece(o, from, end, sp, limit), limit);
}

static Sp mark_object(GC_word *addr, Sp sp, Sp limit, GC_word from)
{
    GcObject *o = gc_object_in(addr);
    if (UNLIKELY(!gc_has_tag(o))) return sp; /* a free cell */
    GcShape *s = gc_shape(o);
    if (from) return mark_array(o, from, sp, limit);
    if (s->kind != GC_REF_ARRAY) return drain(trace_object(o, s, trace_header(o, s, sp, limit), limit), limit);
    sp = mark_array(o, 0, sp, limit);
    return drain(trace_header(o, s, sp, limit), limit);
}

/* env: the first root not yet handed over. Past the last one, it only drains. */
static Sp mark_roots(GC_word *addr, Sp sp, Sp limit, GC_word env)
{
    u64 i = env, end = roots.len - i > ROOT_PIECE ? i + ROOT_PIECE : roots.len;
    ASSERT((void *)addr == root_cell && i <= roots.len);
    if (end < roots.len) sp = push_entry(sp, root_cell, roots_proc, end);
    for (; i < end; i++) sp = push(roots.data[i], sp, limit);
    return drain(sp, limit);
}

/* libgc scans the registers and its own few stack frames through this function, knowing no threads or not; what lies
   there may be the address of an object that died long ago. It is the only symbol of its member of libgc.a, so with this definition
   that member is not linked, and nothing but push_roots finds roots. */
void GC_with_callee_saves_pushed(void (*fn)(void *, void *), void *frame);
void GC_with_callee_saves_pushed(void (*fn)(void *, void *), void *frame) { (void)fn, (void)frame; }

static void GC_CALLBACK push_roots(void) { GC_push_all_eager(&root_cell, &root_cell + 1); }

void mark_init(void)
{
    object_proc = GC_new_proc(mark_object);
    roots_proc = GC_new_proc(mark_roots);
    kinds[GC_CELLS_REFS] = GC_new_kind(GC_new_free_list(), GC_MAKE_PROC(object_proc, 0), 0, 1);
    kinds[GC_CELLS_LEAF] = GC_new_kind(GC_new_free_list(), 0, 0, 0);
    unsigned root_kind = GC_new_kind(GC_new_free_list(), GC_MAKE_PROC(roots_proc, 0), 0, 1);
    root_cell = GC_generic_malloc(GC_GRANULE, (int)root_kind);
    if (!root_cell) die("cannot get memory for the heap");
    GC_set_push_other_roots(push_roots);
}

/* ---- Roots ------------------------------------------------------------------------------------------- */

static void gather_found(void *ctx, GcObject *o, const void *word)
{
    (void)ctx, (void)word;
    CHARGE(root, 1);
    vec_push(&roots, o);
}

static void gather_exact(void *ctx, GcObject **slot)
{
    (void)ctx;
    gc_touch(slot, sizeof *slot, false);
    if (*slot) gather_found(NULL, *slot, slot);
}

static void gather_range(void *ctx, const void *lo, const void *hi)
{
    gc_scan_range(lo, hi, gather_found, ctx);
}

void mark_gather_roots(void)
{
    vec_clear(&roots);
    gc_heap.client->roots(gather_exact, gather_range, NULL);
}

void mark_begin(void)
{
    ASSERT(worklist.len == 0);
    arena_clear_marks();
}

/* ---- After marking: resurrection, by our own traversal ------------------------------------------------ */

bool mark_is_live(const GcObject *o) { return IN_WINDOW(ARENA, o) ? arena_marked(o) : GC_is_marked(gc_cell_of(o)); }

static void mark_one(GcObject *o)
{
    if (IN_WINDOW(ARENA, o)) {
        if (!arena_mark(o)) return;
        arena_count_live(o, ALIGN_UP(gc_object_size(o), 8ull));
    } else {
        gc_touch_block(o, 2);
        void *cell = gc_cell_of(o);
        if (GC_is_marked(cell)) return;
        GC_set_mark_bit(cell);
    }
    vec_push(&worklist, ((Item){ o, 0 }));
}

static void mark_visited(void *ctx, ref_t *slot)
{
    (void)ctx;
    gc_touch(slot, sizeof *slot, false);
    CHARGE(mark_slot, 1);
    if (*slot) mark_one(gc_decode(*slot));
}

void mark_strong(GcObject *root)
{
    mark_one(root);
    while (worklist.len) {
        GcObject *o = vec_pop(&worklist).o;
        GcShape *s = gc_shape(o);
        gc_touch(o, sizeof *o, false);
        gc_touch_shape(s);
        CHARGE(mark_object, 1);
        if (s->epoch != gc_heap.cycle) {
            s->epoch = gc_heap.cycle;
            if (s->owner) mark_one(s->owner);
        }
        gc_visit_refs(o, mark_visited, NULL);
    }
}

void mark_end(void)
{
    ASSERT(worklist.len == 0);
    refs_process();
    ASSERT(worklist.len == 0);
    vec_clear(&roots);
}
