/* Arenas: memory outside libgc's heap that move.c fills with objects packed at 8 bytes, in the order it is asked for.

   The window is cut into chunks of 64 KiB. A chunk in use has two bitmaps, a bit per 8 bytes: where objects
   start, and which of them the current collection has marked. An object never crosses from one chunk into the next, except one larger than
   a chunk, which has a run of chunks to itself (HEAD, then BODYs). After a collection an unmarked object's start bit is
   cleared, so what is dead is no longer found by anybody and retains nothing; a chunk without objects is given back. */
#include "gc/internal.h"
#include <string.h>
#include <sys/mman.h>

enum { CHUNK_COUNT = WIN_ARENA_SIZE / ARENA_CHUNK, MAP_WORDS = ARENA_CHUNK / 8 / 64 };

typedef struct Chunk {
    u8 use; /* ArenaUse */
    bool committed;
    u32 back;  /* BODY: chunks from its head */
    u32 fill;  /* bytes from its start to the end of the last object placed */
    u32 pass, new_from; /* objects placed in pass number `pass` lie from this byte on */
    u64 live;  /* bytes of objects; a HEAD counts all of its run */
    u64 starts[MAP_WORDS], marks[MAP_WORDS];
} Chunk;

static Chunk *chunks[CHUNK_COUNT]; /* NULL until first used */
static u64 chunks_end;             /* one past the highest chunk ever used */
static u64 chunks_used;
static u64 tail;                   /* where the last pass stopped; 0: nowhere */
static u32 pass_number;

static u64 index_of(const void *p) { return ((u64)p - WIN_ARENA_BASE) / ARENA_CHUNK; }
static u64 address_of(u64 i) { return WIN_ARENA_BASE + i * ARENA_CHUNK; }
static u64 bit_of(const void *p) { return (u64)p % ARENA_CHUNK / 8; }
static bool in_use(u64 i) { return i < chunks_end && chunks[i] && chunks[i]->use != ARENA_FREE; }

static Chunk *chunk_of(const void *p)
{
    ASSERT(IN_WINDOW(ARENA, p));
    Chunk *c = chunks[index_of(p)];
    ASSERT(c && c->use != ARENA_FREE);
    return c;
}

u64 arena_bytes(void) { return chunks_used * ARENA_CHUNK; }

u64 arena_live_bytes(void)
{
    u64 sum = 0;
    for (u64 i = 0; i < chunks_end; i++)
        if (in_use(i)) sum += chunks[i]->live;
    return sum;
}

/* ---- Chunks ----------------------------------------------------------------------------------------- */

/* First run of n free chunks, or CHUNK_COUNT. First fit: the arena stays low and dense, and every run is alike. */
static u64 find_run(u64 n)
{
    u64 have = 0;
    for (u64 i = 0; i < CHUNK_COUNT; i++) {
        have = in_use(i) ? 0 : have + 1;
        if (have == n) return i + 1 - n;
    }
    return CHUNK_COUNT;
}

static bool commit_chunk(u64 i)
{
    if (!chunks[i]) chunks[i] = xcalloc(1, sizeof(Chunk));
    if (!chunks[i]->committed) chunks[i]->committed = !window_commit((void *)address_of(i), ARENA_CHUNK);
    return chunks[i]->committed;
}

static void release(u64 i)
{
    Chunk *c = chunks[i];
    ASSERT(c->use != ARENA_FREE);
    if (tail && index_of((void *)tail) == i) tail = 0;
    memset(c->starts, 0, sizeof c->starts);
    memset(c->marks, 0, sizeof c->marks);
    c->use = ARENA_FREE, c->live = c->fill = c->back = c->pass = c->new_from = 0;
    chunks_used--;
    madvise((void *)address_of(i), ARENA_CHUNK, MADV_DONTNEED); /* stays mapped: many single chunks would exhaust the host's map count */
}

static u32 refuse_every, asked; /* gc_torture_room */
void gc_torture_room(u32 n) { refuse_every = n; }

u64 arena_reserve(u64 nchunks)
{
    ASSERT(nchunks > 0);
    if (UNLIKELY(refuse_every) && ++asked % refuse_every == 0) return 0;
    u64 first = find_run(nchunks);
    if (first == CHUNK_COUNT) return 0;
    for (u64 i = first; i < first + nchunks; i++)
        if (!commit_chunk(i)) return 0; /* committed ones stay free */
    for (u64 i = first; i < first + nchunks; i++) chunks[i]->use = ARENA_SHARED;
    chunks_used += nchunks;
    if (first + nchunks > chunks_end) chunks_end = first + nchunks;
    return address_of(first);
}

void arena_set_use(u64 address, ArenaUse use, u64 back)
{
    Chunk *c = chunk_of((void *)address);
    c->use = (u8)use, c->back = (u32)back;
}

u64 arena_tail(u64 bytes)
{
    u64 p = ALIGN_UP(tail, 64ull);
    if (!tail || index_of((void *)p) != index_of((void *)tail) || p % ARENA_CHUNK + bytes > ARENA_CHUNK) return 0;
    return p;
}

/* ---- Objects ---------------------------------------------------------------------------------------- */

/* A large one, in chunks of its own. */
void arena_place(GcObject *o, u64 size)
{
    Chunk *c = chunk_of(o);
    u64 b = bit_of(o), end = (u64)o % ARENA_CHUNK + size;
    ASSERT(!(c->starts[b / 64] >> b % 64 & 1) && end > ARENA_CHUNK && c->use == ARENA_HEAD);
    c->starts[b / 64] |= 1ull << b % 64;
    c->live += size;
    c->pass = pass_number, c->new_from = 0;
}

void arena_pass_begin(void) { pass_number++; }

void arena_open(ArenaCursor *c, u64 at)
{
    Chunk *k = chunk_of((void *)at);
    ASSERT(k->use == ARENA_SHARED && at % ARENA_CHUNK >= k->fill);
    *c = (ArenaCursor){ .at = at, .end = ALIGN_DOWN(at, (u64)ARENA_CHUNK) + ARENA_CHUNK, .starts = k->starts };
    if (k->pass != pass_number) k->pass = pass_number, k->new_from = (u32)(at % ARENA_CHUNK);
}

void arena_close(ArenaCursor *c)
{
    if (!c->starts) return;
    Chunk *k = chunk_of((void *)(c->end - ARENA_CHUNK));
    ASSERT(k->starts == c->starts && c->at <= c->end);
    k->live += c->bytes;
    if (c->bytes) k->fill = (u32)(c->at - (c->end - ARENA_CHUNK));
    if (c->bytes) tail = c->at < c->end ? c->at : 0;
    *c = (ArenaCursor){ 0 };
}

bool arena_remove(GcObject *o, u64 size)
{
    Chunk *c = chunk_of(o);
    u64 b = bit_of(o);
    ASSERT(c->starts[b / 64] >> b % 64 & 1);
    c->starts[b / 64] &= ~(1ull << b % 64);
    c->live -= size < c->live ? size : c->live;
    return c->pass == pass_number && (u64)o % ARENA_CHUNK >= c->new_from;
}

bool arena_starts(const GcObject *o)
{
    u64 b = bit_of(o), i = index_of(o);
    return IN_WINDOW(ARENA, o) && (u64)o % 8 == 0 && in_use(i) && chunks[i]->starts[b / 64] >> b % 64 & 1;
}

/* The last start at or before bit b of a chunk, or -1. */
static i64 start_before(const Chunk *c, u64 b)
{
    i64 w = (i64)(b / 64);
    u64 bits = c->starts[w] & (~0ull >> (63 - b % 64));
    while (!bits && --w >= 0) bits = c->starts[w];
    return w < 0 ? -1 : w * 64 + 63 - __builtin_clzll(bits);
}

GcObject *arena_find(const void *address)
{
    u64 i = index_of(address);
    if (!in_use(i)) return NULL;
    u64 b = bit_of(address);
    if (chunks[i]->use == ARENA_BODY) i -= chunks[i]->back, b = 0;
    i64 start = start_before(chunks[i], b);
    if (start < 0) return NULL;
    GcObject *o = (GcObject *)(address_of(i) + (u64)start * 8);
    return (u64)address < (u64)o + gc_object_size(o) ? o : NULL;
}

/* Visits the start bits from byte `from` to below byte `end`; fn may clear the bit it is called for. */
static void each_in(u64 i, u64 from, u64 end, void (*fn)(void *ctx, GcObject *o), void *ctx)
{
    Chunk *c = chunks[i];
    for (u64 w = from / 8 / 64; w < MAP_WORDS && w * 64 * 8 < end; w++)
        for (u64 bits = c->starts[w]; bits; bits &= bits - 1) {
            u64 at = (w * 64 + (u64)__builtin_ctzll(bits)) * 8;
            if (at < from) continue;
            if (at >= end) return;
            fn(ctx, (GcObject *)(address_of(i) + at));
        }
}

void arena_each(void (*fn)(void *ctx, GcObject *o), void *ctx, bool skip_new)
{
    for (u64 i = 0; i < chunks_end; i++)
        if (in_use(i)) each_in(i, 0, skip_new && chunks[i]->pass == pass_number ? chunks[i]->new_from : ARENA_CHUNK, fn, ctx);
}

void arena_each_new(void (*fn)(void *ctx, GcObject *o), void *ctx)
{
    for (u64 i = 0; i < chunks_end; i++)
        if (in_use(i) && chunks[i]->pass == pass_number) each_in(i, chunks[i]->new_from, ARENA_CHUNK, fn, ctx);
}

/* The chunk that the next pass continues is left alone: its objects would only move along inside it. */
void arena_each_sparse(void (*fn)(void *ctx, GcObject *o), void *ctx)
{
    for (u64 i = 0; i < chunks_end; i++) {
        bool open = tail && index_of((void *)tail) == i;
        if (in_use(i) && !open && chunks[i]->use == ARENA_SHARED && chunks[i]->live * 4 < chunks[i]->fill) each_in(i, 0, ARENA_CHUNK, fn, ctx);
    }
}

/* ---- Collection ------------------------------------------------------------------------------------- */

bool arena_mark(GcObject *o)
{
    Chunk *c = chunk_of(o);
    u64 b = bit_of(o), bit = 1ull << b % 64;
    ASSERT(c->starts[b / 64] & bit);
    bool new = !(c->marks[b / 64] & bit);
    c->marks[b / 64] |= bit;
    return new;
}

bool arena_marked(const GcObject *o)
{
    const Chunk *c = chunk_of(o);
    u64 b = bit_of(o);
    return c->marks[b / 64] >> b % 64 & 1;
}

void arena_count_live(const GcObject *o, u64 size) { chunk_of(o)->live += size; }

void arena_clear_marks(void)
{
    for (u64 i = 0; i < chunks_end; i++)
        if (in_use(i)) memset(chunks[i]->marks, 0, sizeof chunks[i]->marks), chunks[i]->live = 0;
}

static bool is_empty(const Chunk *c)
{
    u64 any = 0;
    for (u64 w = 0; w < MAP_WORDS; w++) any |= c->starts[w];
    return !any;
}

/* Frees chunk i if no object starts in it, with the bodies of a large one; returns bytes freed. */
static u64 free_if_empty(u64 i)
{
    if (!in_use(i) || chunks[i]->use == ARENA_BODY || !is_empty(chunks[i])) return 0;
    u64 freed = ARENA_CHUNK;
    for (u64 j = i + 1; chunks[i]->use == ARENA_HEAD && in_use(j) && chunks[j]->use == ARENA_BODY && chunks[j]->back == j - i; j++)
        release(j), freed += ARENA_CHUNK;
    release(i);
    return freed;
}

u64 arena_free_empty(void)
{
    u64 freed = 0;
    for (u64 i = 0; i < chunks_end; i++) freed += free_if_empty(i);
    return freed;
}

u64 arena_sweep(void)
{
    for (u64 i = 0; i < chunks_end; i++)
        if (in_use(i))
            for (u64 w = 0; w < MAP_WORDS; w++) chunks[i]->starts[w] &= chunks[i]->marks[w];
    return arena_free_empty();
}

void arena_check(void)
{
    u64 used = 0;
    for (u64 i = 0; i < chunks_end; i++) {
        if (!in_use(i)) continue;
        const Chunk *c = chunks[i];
        used++;
        if (c->use == ARENA_BODY && (!is_empty(c) || !c->back || c->back > i || chunks[i - c->back]->use != ARENA_HEAD))
            panic("arena chunk %llu continues nothing", (unsigned long long)i);
        if (c->use == ARENA_HEAD && c->starts[0] != 1) panic("arena chunk %llu heads nothing", (unsigned long long)i);
    }
    if (used != chunks_used) panic("arena counts %llu chunks, has %llu", (unsigned long long)chunks_used, (unsigned long long)used);
}
