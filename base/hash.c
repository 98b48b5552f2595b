/* Open-addressing hash table with linear probing: see hash.h. */
#include "base/hash.h"
#include "base/vec.h"
#include <stdlib.h>
#include <string.h>

enum { FREE, USED, DELETED };

u64 hash_bytes(const void *p, size_t n)
{
    const u8 *b = p;
    u64 h = 0xcbf29ce484222325ull;
    for (size_t i = 0; i < n; i++) h = (h ^ b[i]) * 0x100000001b3ull;
    return hash_u64(h);
}

static size_t find(const Map *m, u64 key)
{
    if (!m->cap) return SIZE_MAX;
    for (size_t i = hash_u64(key) & (m->cap - 1);; i = (i + 1) & (m->cap - 1)) {
        if (m->state[i] == FREE) return SIZE_MAX;
        if (m->state[i] == USED && m->slots[i].key == key) return i;
    }
}

u64 *map_get(const Map *m, u64 key)
{
    size_t i = find(m, key);
    return i == SIZE_MAX ? NULL : &m->slots[i].value;
}

static u64 *insert_new(Map *m, u64 key, u64 value)
{
    size_t i = hash_u64(key) & (m->cap - 1);
    while (m->state[i] == USED) i = (i + 1) & (m->cap - 1);
    if (m->state[i] == FREE) m->filled++;
    m->state[i] = USED;
    m->slots[i] = (MapEntry){ key, value };
    m->len++;
    return &m->slots[i].value;
}

static void rehash(Map *m, size_t cap)
{
    Map old = *m;
    *m = (Map){ xmalloc(cap * sizeof(MapEntry)), xcalloc(cap, 1), cap, 0, 0 };
    for (size_t i = 0; i < old.cap; i++)
        if (old.state[i] == USED) insert_new(m, old.slots[i].key, old.slots[i].value);
    map_free(&old);
}

u64 *map_put(Map *m, u64 key)
{
    u64 *v = map_get(m, key);
    if (v) return v;
    if ((m->filled + 1) * 4 > m->cap * 3) rehash(m, m->len * 2 + 2 > m->cap ? (m->cap ? m->cap * 2 : 16) : m->cap);
    return insert_new(m, key, 0);
}

bool map_del(Map *m, u64 key)
{
    size_t i = find(m, key);
    if (i == SIZE_MAX) return false;
    m->state[i] = DELETED;
    m->len--;
    return true;
}

void map_clear(Map *m)
{
    if (m->cap) memset(m->state, FREE, m->cap);
    m->len = m->filled = 0;
}

void map_free(Map *m)
{
    free(m->slots);
    free(m->state);
    *m = (Map){ 0 };
}

MapEntry *map_next(const Map *m, size_t *i)
{
    while (*i < m->cap) {
        size_t at = (*i)++;
        if (m->state[at] == USED) return &m->slots[at];
    }
    return NULL;
}
