/* A hash table with linear probing: insertions, look-ups, removals. */
#include "core.h"

#define SIZE 1024
static struct { uint32_t key, value; } slot[SIZE];

static uint32_t place(uint32_t key) { return key * 2654435769u >> 22; }

static uint32_t *look_up(uint32_t key)
{
    for (uint32_t i = place(key);; i = (i + 1) % SIZE) {
        if (slot[i].key == key) return &slot[i].value;
        if (!slot[i].key) return NULL;
    }
}

static void insert(uint32_t key, uint32_t value)
{
    uint32_t i = place(key);
    while (slot[i].key && slot[i].key != key) i = (i + 1) % SIZE;
    slot[i].key = key, slot[i].value = value;
}

static uint64_t kernel(uint64_t rounds)
{
    uint64_t sum = 0;
    for (uint64_t r = 0; r < rounds; r++) {
        memset(slot, 0, sizeof slot);
        for (uint32_t i = 1; i <= 640; i++) insert(i * 7919 + (uint32_t)r, i);
        for (uint32_t i = 1; i <= 1280; i++) {
            const uint32_t *v = look_up(i * 7919 + (uint32_t)r);
            sum += v ? *v : 1;
        }
    }
    return sum;
}
