/* Queues of slots that a placing pass is to follow. They lie in the TABLE window, where the core's memory is: what is read and written there is charged. */
#ifndef LAYOUT_SLOTS_H
#define LAYOUT_SLOTS_H
#include "layout/costs.h"
#include "vm/vm.h"

/* Slots whose targets are to be placed, first come first served. */
typedef struct Queue { ref_t **data; size_t len, cap, head; } Queue;

/* Room for twice as many entries of `size` bytes. Outgrown places are not used again; the next pass begins with what this one came to. */
void slots_grow(void **data, size_t *cap, size_t len, size_t size);
void slots_pour(Queue *from, Queue *to);

/* Where n more slots can be written; to be followed by queue_written. */
static inline ref_t **queue_room(Queue *q, u64 n)
{
    while (UNLIKELY(q->len + n > q->cap)) slots_grow((void **)&q->data, &q->cap, q->len, sizeof *q->data);
    return &q->data[q->len];
}

static inline void queue_written(Queue *q, ref_t **end)
{
    u64 n = (u64)(end - &q->data[q->len]);
    if (n) charge_touch(&q->data[q->len], n * sizeof *q->data, true);
    q->len += n;
}

static inline bool queue_empty(const Queue *q) { return q->head == q->len; }

static inline ref_t *queue_take(Queue *q)
{
    charge_touch(&q->data[q->head], sizeof *q->data, false);
    return q->data[q->head++];
}

/* All of one queue to the end of another. */
static inline void queue_pour(Queue *from, Queue *to)
{
    if (!queue_empty(from)) slots_pour(from, to);
    from->head = from->len = 0;
}

#endif
