/* JNI references. A jobject is the address of a slot that holds a plain Object *; weak globals carry bit 0, globals bit 1, so
   that a reference tells its own kind. Slots are exact roots: a move rewrites them and C code never notices.

   Local slots form one segmented stack per thread, with a record per local frame; a frame that ends takes all its slots along.
   A deleted slot goes on the frame's free list. Global and weak slots come from two process-wide tables with free lists.
   A slot that holds no reference has bit 0 set (no object has an odd address): it is the link of its free list, or the poison
   that a popped frame leaves behind, so that the use of a dead reference is caught instead of read. */
#include "base/log.h"
#include "base/vec.h"
#include "vm/native.h"

enum { LOCAL_CHUNK = 126, GLOBAL_CHUNK = 256, TAG_WEAK = 1, TAG_GLOBAL = 2, TAG_MASK = 3 };
static const u64 FREE_END = 1; /* end of a free list, and the poison of popped slots */

typedef struct LocalChunk {
    struct LocalChunk *prev, *next;
    u64 slots[LOCAL_CHUNK];
} LocalChunk;

typedef struct LocalFrame { LocalChunk *chunk; u32 top; u64 free; } LocalFrame; /* state to return to */

typedef struct Handles {
    LocalChunk *first, *chunk; /* chunk: the one being filled; full ones precede it */
    u32 top;                   /* slots used of it */
    u64 free;                  /* free list of the current frame */
    Vec(LocalFrame) frames;
} Handles;

typedef struct SlotTable {
    Vec(u64 *) chunks;
    u64 free; /* 0 or FREE_END: none */
    u64 live;
} SlotTable;

static SlotTable globals, weaks;
static Vec(Object *) pinned; /* arrays handed out by address, once for each time */

static bool slot_is_free(u64 v) { return v & 1; }
static u64 free_link(u64 *slot) { return (u64)slot | 1; }
static u64 *free_slot(u64 link) { return (u64 *)(link & ~1ull); }

/* ---- Local references ---------------------------------------------------------------------------------- */

static LocalChunk *chunk_new(LocalChunk *prev)
{
    LocalChunk *c = xcalloc(1, sizeof *c);
    c->prev = prev;
    if (prev) prev->next = c;
    return c;
}

static Handles *handles_of(Thread *t)
{
    if (LIKELY(t->handles != NULL)) return t->handles;
    Handles *h = xcalloc(1, sizeof *h);
    h->first = h->chunk = chunk_new(NULL);
    h->free = FREE_END;
    return t->handles = h;
}

static u64 *local_slot(Handles *h)
{
    if (h->free != FREE_END) {
        u64 *slot = free_slot(h->free);
        ASSERT(slot_is_free(*slot));
        h->free = *slot;
        return slot;
    }
    if (UNLIKELY(h->top == LOCAL_CHUNK)) {
        h->chunk = h->chunk->next ? h->chunk->next : chunk_new(h->chunk);
        h->top = 0;
    }
    return &h->chunk->slots[h->top++];
}

Handle handle_local(Thread *t, Object *o)
{
    if (!o) return NULL;
    ASSERT(!((u64)o & 7));
    u64 *slot = local_slot(handles_of(t));
    *slot = (u64)o;
    return slot;
}

void handle_delete_local(Thread *t, Handle h)
{
    u64 *slot = h;
    if (!slot || (u64)h & TAG_MASK) return; /* null, or somebody else's kind: ignored as other VMs do */
    if (slot_is_free(*slot)) {
        LOG(jni, "local reference %p deleted twice", h);
        return;
    }
    /* A slot of an outer frame joins the inner frame's list: at worst it stays unused until the outer frame ends. */
    Handles *hs = handles_of(t);
    *slot = hs->free;
    hs->free = free_link(slot);
}

void *handles_push(Thread *t, u32 capacity)
{
    (void)capacity; /* frames grow as needed */
    Handles *h = handles_of(t);
    LocalFrame f = { h->chunk, h->top, h->free };
    vec_push(&h->frames, f);
    h->free = FREE_END;
    return (void *)h->frames.len;
}

/* Poisons the slots above (chunk, top). */
static void poison_above(Handles *h, const LocalChunk *chunk, u32 top)
{
    for (LocalChunk *c = h->chunk; ; c = c->prev) {
        u32 from = c == chunk ? top : 0, to = c == h->chunk ? h->top : LOCAL_CHUNK;
        for (u32 i = from; i < to; i++) c->slots[i] = FREE_END;
        if (c == chunk) return;
    }
}

void handles_pop(Thread *t, void *token)
{
    Handles *h = t->handles;
    ASSERT(h && (size_t)token >= 1 && (size_t)token <= h->frames.len);
    LocalFrame f = h->frames.data[(size_t)token - 1];
    poison_above(h, f.chunk, f.top);
    h->chunk = f.chunk;
    h->top = f.top;
    h->free = f.free;
    h->frames.len = (size_t)token - 1; /* frames that native code forgot to pop go too */
}

void *handles_top(Thread *t) { return (void *)handles_of(t)->frames.len; }

void handle_thread_roots(Thread *t, GcVisitPtr exact, void *ctx)
{
    Handles *h = t->handles;
    if (!h) return;
    for (LocalChunk *c = h->first; ; c = c->next) {
        u32 n = c == h->chunk ? h->top : LOCAL_CHUNK;
        for (u32 i = 0; i < n; i++)
            if (c->slots[i] && !slot_is_free(c->slots[i])) exact(ctx, (GcObject **)&c->slots[i]);
        if (c == h->chunk) return;
    }
}

void handles_free(Thread *t)
{
    Handles *h = t->handles;
    t->handles = NULL;
    free(t->jni_env);
    t->jni_env = NULL;
    if (!h) return;
    for (LocalChunk *c = h->first, *next; c; c = next) {
        next = c->next;
        free(c);
    }
    vec_free(&h->frames);
    free(h);
}

/* ---- Global and weak references ------------------------------------------------------------------------ */

static u64 *table_take(SlotTable *s)
{
    if (s->free <= FREE_END) {
        u64 *chunk = xcalloc(GLOBAL_CHUNK, sizeof *chunk);
        vec_push(&s->chunks, chunk);
        s->free = FREE_END;
        for (u32 i = GLOBAL_CHUNK; i-- > 0; ) {
            chunk[i] = s->free;
            s->free = free_link(&chunk[i]);
        }
    }
    u64 *slot = free_slot(s->free);
    ASSERT(slot_is_free(*slot));
    s->free = *slot;
    s->live++;
    return slot;
}

static void table_give(SlotTable *s, Handle h, u64 tag)
{
    if (!h) return;
    u64 *slot = (u64 *)((u64)h & ~(u64)TAG_MASK);
    if (((u64)h & TAG_MASK) != tag || slot_is_free(*slot)) {
        LOG(jni, "reference %p deleted that is not a live one of its kind", h);
        return;
    }
    ASSERT(s->live > 0);
    *slot = s->free;
    s->free = free_link(slot);
    s->live--;
}

Handle handle_global(Object *o)
{
    if (!o) return NULL;
    u64 *slot = table_take(&globals);
    *slot = (u64)o;
    return (Handle)((u64)slot | TAG_GLOBAL);
}

Handle handle_weak_global(Object *o)
{
    if (!o) return NULL;
    u64 *slot = table_take(&weaks);
    *slot = (u64)o;
    return (Handle)((u64)slot | TAG_WEAK);
}

void handle_delete_global(Handle h) { table_give(&globals, h, TAG_GLOBAL); }
void handle_delete_weak(Handle h) { table_give(&weaks, h, TAG_WEAK); }
void handle_counts(u64 *global, u64 *weak) { *global = globals.live, *weak = weaks.live; }

Object *handle_get(Handle h)
{
    if (!h) return NULL;
    u64 v = *(const u64 *)((u64)h & ~(u64)TAG_MASK);
    ASSERT(!slot_is_free(v)); /* a reference used after its end */
    return (Object *)v;
}

static void table_visit(const SlotTable *s, GcVisitPtr visit, void *ctx)
{
    for (size_t c = 0; c < s->chunks.len; c++)
        for (u32 i = 0; i < GLOBAL_CHUNK; i++) {
            u64 *slot = &s->chunks.data[c][i];
            if (*slot && !slot_is_free(*slot)) visit(ctx, (GcObject **)slot);
        }
}

void handle_roots(GcVisitPtr exact, void *ctx) { table_visit(&globals, exact, ctx); }
/* A cleared slot holds null, which is what a reference to a dead object reads as. */
void handle_weak_roots(GcVisitPtr weak, void *ctx) { table_visit(&weaks, weak, ctx); }

/* ---- Objects that C code has the address of ------------------------------------------------------------- */

void handle_pin(Object *o) { vec_push(&pinned, o); }

void handle_unpin(const Object *o)
{
    for (size_t i = pinned.len; i-- > 0; )
        if (pinned.data[i] == o) {
            pinned.data[i] = vec_last(&pinned);
            pinned.len--;
            return;
        }
    LOG(jni, "critical array released that was not held");
}

void handle_pinned_roots(GcVisitRange ambiguous, void *ctx)
{
    if (pinned.len) ambiguous(ctx, pinned.data, pinned.data + pinned.len);
}
