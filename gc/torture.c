/* Torture: moves a pseudo-random part of the heap in pseudo-random order, as a layout pass gone mad would. Heap.c calls it
   at every n-th allocation when gc_torture asked for it. */
#include "base/hash.h"
#include "gc/internal.h"

typedef struct Choice { Vec(GcObject *) order; u64 seed; } Choice;

void gc_torture_move(u64 seed);

static void choose(void *ctx, GcObject *o)
{
    Choice *c = ctx;
    u64 r = hash_u64(c->seed++);
    if (r % 4 == 0) vec_push(&c->order, o);
    if (r % 64 == 0) vec_push(&c->order, (GcObject *)(r & 64 ? ~0ull : 0));
}

static void shuffle(Choice *c)
{
    for (size_t i = c->order.len; i > 1; i--) {
        size_t j = hash_u64(c->seed++) % i;
        GcObject *o = c->order.data[j];
        c->order.data[j] = c->order.data[i - 1], c->order.data[i - 1] = o;
    }
}

void gc_torture_move(u64 seed)
{
    Choice c = { .seed = hash_u64(seed) };
    gc_walk(choose, &c);
    shuffle(&c);
    gc_move(c.order.data, c.order.len, NULL);
    vec_free(&c.order);
}
