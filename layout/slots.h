/* Slots that a placing pass is to follow. They lie in the TABLE window, where the core's memory is: what is read and written there is charged. */
#ifndef LAYOUT_SLOTS_H
#define LAYOUT_SLOTS_H
#include "layout/costs.h"
#include "vm/vm.h"

typedef struct Slots { ref_t **data; size_t len, cap; } Slots;
/* Slots whose targets are to be placed, first come first served. */
typedef struct Queue { ref_t **data; size_t len, cap, head; } Queue;

/* Room for twice as many entries of `size` bytes. Outgrown places are not used again; the next pass begins with what this one came to. */
void slots_grow(void **data, size_t *cap, size_t len, size_t size);

static inline void queue_put(Queue *q, ref_t *slot)
{
    if (UNLIKELY(q->len == q->cap)) slots_grow((void **)&q->data, &q->cap, q->len, sizeof *q->data);
    charge_touch(&q->data[q->len], sizeof *q->data, true);
    q->data[q->len++] = slot;
}

static inline bool queue_empty(const Queue *q) { return q->head == q->len; }

static inline ref_t *queue_take(Queue *q)
{
    charge_touch(&q->data[q->head], sizeof *q->data, false);
    return q->data[q->head++];
}

#endif
