/* Objects by temporal affinity (as Chilimbi and Larus, ISMM 1998, order copies): objects that miss within a few misses of each other have an edge of the
   affinity graph between them, the heavier the closer and the oftener. The order begins at the object with the most affinity, goes on to the one with
   the most to it, and so on, depth first; then to the next object that is left. Here a burst of consecutive misses stands for the stream of all uses that
   their barriers logged: so only a part of the objects is known, and of arrays' elements nothing.
   The table lies in the core's memory and is charged. When it is full no new pairs are taken, those that are known still count. */
#include "layout/affinity.h"
#include "layout/costs.h"
#include "layout/place.h"
#include "base/hash.h"
#include "base/window.h"
#include "base/log.h"
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 1 << 16, MOST = SLOTS * 3 / 4, WINDOW = 3 /* misses that two objects may be apart */, DEEP = 1 << 16 };

typedef struct Pair { ref_t a, b; u32 weight, unused; } Pair;     /* a < b; a = 0: free */
typedef struct Link { ref_t from, to; u32 weight, unused; } Link; /* each pair in both directions, sorted */

static struct Affinity {
    Pair *pair;       /* open addressing, SLOTS of them; in the TABLE window, as the others */
    u32 pairs;
    Link *link;
    u32 links;
    ref_t *stack;
} A;

static Pair *slot_of(ref_t a, ref_t b)
{
    u64 i = hash_u64((u64)a << 32 | b);
    for (;; i++) {
        Pair *p = &A.pair[i % SLOTS];
        charge_touch(p, sizeof *p, false);
        if (!p->a || (p->a == a && p->b == b)) return p;
    }
}

static void add_pair(ref_t x, ref_t y, u32 weight)
{
    ref_t a = x < y ? x : y, b = x < y ? y : x;
    charge_units(edge, 1);
    Pair *p = slot_of(a, b);
    if (!p->a && A.pairs == MOST) return;
    if (!p->a) *p = (Pair){ .a = a, .b = b }, A.pairs++;
    p->weight += weight;
    charge_touch(p, sizeof *p, true);
}

static ref_t object_of(const HwSample *s)
{
    charge_touch(s, sizeof *s, false);
    charge_units(sample, 1);
    if (!(IN_WINDOW(HEAP, s->addr) || IN_WINDOW(ARENA, s->addr))) return 0;
    charge_units(sample_object, 1);
    GcObject *o = gc_base((void *)s->addr);
    if (!o) return 0;
    charge_touch(o, sizeof *o, false);
    return place_takes(gc_object_size(o)) ? gc_encode(o) : 0;
}

void affinity_burst(const HwSample *records, u32 n)
{
    if (!A.pair) A.pair = window_alloc(&win_table, SLOTS * sizeof *A.pair, 64);
    ref_t last[WINDOW] = { 0 };
    for (u32 i = 0; i < n; i++) {
        ref_t o = object_of(&records[i]);
        if (!o) continue;
        for (u32 k = 0; k < WINDOW; k++)
            if (last[k] && last[k] != o) add_pair(last[k], o, WINDOW - k);
        memmove(last + 1, last, sizeof last - sizeof *last);
        last[0] = o;
    }
}

void affinity_forget(void)
{
    if (!A.pairs) return;
    memset(A.pair, 0, SLOTS * sizeof *A.pair);
    charge_touch(A.pair, SLOTS * sizeof *A.pair, true);
    charge_units(table_word, SLOTS * sizeof *A.pair / 8);
    A.pairs = 0;
}

/* ---- The order ---------------------------------------------------------------------------------------- */

static int by_object(const void *x, const void *y)
{
    const Link *a = x, *b = y;
    if (a->from != b->from) return a->from < b->from ? -1 : 1;
    if (a->weight != b->weight) return a->weight > b->weight ? -1 : 1;
    return a->to < b->to ? -1 : a->to > b->to;
}

static void charge_sort(u64 n)
{
    u32 rounds = 0;
    while (n >> rounds > 1) rounds++;
    for (u32 r = 0; r < rounds; r++) { /* as a merge sort passes over it */
        charge_touch(A.link, n * sizeof *A.link, true);
        charge_units(table_word, n * sizeof *A.link / 8);
    }
}

static void make_links(void)
{
    if (!A.link) A.link = window_alloc(&win_table, 2 * MOST * sizeof *A.link, 64);
    if (!A.stack) A.stack = window_alloc(&win_table, DEEP * sizeof *A.stack, 64);
    A.links = 0;
    charge_touch(A.pair, SLOTS * sizeof *A.pair, false);
    charge_units(table_word, SLOTS);
    for (u32 i = 0; i < SLOTS; i++) {
        const Pair *p = &A.pair[i];
        if (!p->a) continue;
        A.link[A.links++] = (Link){ p->a, p->b, p->weight, 0 };
        A.link[A.links++] = (Link){ p->b, p->a, p->weight, 0 };
    }
    ASSERT(A.links <= 2 * MOST);
    qsort(A.link, A.links, sizeof *A.link, by_object);
    charge_sort(A.links);
}

/* Where the links from an object begin. */
static u32 find_links(ref_t from)
{
    u32 low = 0, high = A.links;
    while (low < high) {
        u32 mid = (low + high) / 2;
        charge_touch(&A.link[mid], sizeof *A.link, false);
        if (A.link[mid].from < from) low = mid + 1;
        else high = mid;
    }
    charge_units(start, 1);
    return low;
}

/* What it all comes to for one object, and where it begins. */
typedef struct Start { u64 weight; u32 at; } Start;

static int heaviest(const void *x, const void *y)
{
    const Start *a = x, *b = y;
    if (a->weight != b->weight) return a->weight > b->weight ? -1 : 1;
    return a->at < b->at ? -1 : a->at > b->at;
}

static u32 make_starts(Start *starts)
{
    u32 n = 0;
    for (u32 i = 0; i < A.links; i++) {
        if (!i || A.link[i].from != A.link[i - 1].from) starts[n++] = (Start){ 0, i };
        starts[n - 1].weight += A.link[i].weight;
    }
    qsort(starts, n, sizeof *starts, heaviest);
    charge_sort(n);
    return n;
}

/* Objects known to be placed by their links' mark: `unused` of the first one. */
static void follow(ref_t from, void (*place)(GcObject *o))
{
    u32 depth = 0;
    A.stack[depth++] = from;
    while (depth) {
        ref_t o = A.stack[--depth];
        u32 at = find_links(o), end = at;
        ASSERT(at < A.links && A.link[at].from == o);
        charge_touch(&A.stack[depth], sizeof *A.stack, false);
        if (A.link[at].unused) continue;
        A.link[at].unused = 1;
        place(gc_decode(o));
        while (end < A.links && A.link[end].from == o) end++;
        charge_touch(&A.link[at], (end - at) * sizeof *A.link, false);
        charge_units(edge, end - at);
        while (end-- > at && depth < DEEP) A.stack[depth++] = A.link[end].to; /* the heaviest is on top */
    }
}

void affinity_each(void (*place)(GcObject *o))
{
    if (!A.pairs) return;
    make_links();
    Start *starts = xcalloc(A.links, sizeof *starts);
    u32 n = make_starts(starts);
    for (u32 i = 0; i < n; i++) follow(A.link[starts[i].at].from, place);
    free(starts);
}
