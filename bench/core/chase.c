/* A chase through a ring of nodes in random order, counting those with a bit set. */
#include "core.h"

typedef struct Node { struct Node *next; uint64_t value; } Node;
#define N 1024
static Node nodes[N];

static uint64_t kernel(uint64_t rounds)
{
    static uint32_t order[N];
    for (uint32_t i = 0; i < N; i++) order[i] = i, nodes[i].value = next_random();
    for (uint32_t i = N - 1; i > 0; i--) {
        uint32_t j = (uint32_t)(next_random() % (i + 1)), t = order[i];
        order[i] = order[j], order[j] = t;
    }
    for (uint32_t i = 0; i < N; i++) nodes[order[i]].next = &nodes[order[(i + 1) % N]];
    uint64_t sum = 0;
    const Node *n = nodes;
    for (uint64_t r = 0; r < rounds; r++)
        for (uint32_t i = 0; i < N; i++, n = n->next) sum += n->value >> (r & 31);
    return sum;
}
