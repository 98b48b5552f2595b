/* Interned names: one Symbol per distinct modified-UTF-8 string, compared by address everywhere. Symbols live in the META
   window in chunks of their own and are never freed; the table of them is host memory. */
#include "base/hash.h"
#include "base/log.h"
#include "base/vec.h"
#include "vm/class.h"
#include <string.h>

enum { CHUNK = 64 << 10 };

static Symbol **table; /* open addressing, cap a power of two */
static size_t cap, count;
static u8 *chunk;
static size_t chunk_left;

static Symbol *make(const char *utf8, size_t length, u32 hash)
{
    size_t size = ALIGN_UP(sizeof(Symbol) + length + 1, 8);
    if (size > chunk_left) {
        size_t take = size > CHUNK ? size : CHUNK;
        chunk = window_alloc(&win_meta, take, 16);
        chunk_left = take;
    }
    Symbol *s = (Symbol *)chunk;
    chunk += size, chunk_left -= size;
    s->hash = hash;
    s->length = (u16)length;
    memcpy(s->bytes, utf8, length);
    return s;
}

static Symbol **slot_of(const char *utf8, size_t length, u32 hash)
{
    size_t i = hash & (cap - 1);
    for (; table[i]; i = (i + 1) & (cap - 1))
        if (table[i]->hash == hash && table[i]->length == length && !memcmp(table[i]->bytes, utf8, length)) break;
    return &table[i];
}

static void grow(void)
{
    Symbol **old = table;
    size_t n = cap;
    cap = cap ? cap * 2 : 1 << 15;
    table = xcalloc(cap, sizeof *table);
    for (size_t i = 0; i < n; i++)
        if (old[i]) *slot_of(old[i]->bytes, old[i]->length, old[i]->hash) = old[i];
    free(old);
}

Symbol *symbol_lookup(const char *utf8, size_t length)
{
    return cap && length <= UINT16_MAX ? *slot_of(utf8, length, (u32)hash_bytes(utf8, length)) : NULL;
}

Symbol *symbol_intern(const char *utf8, size_t length)
{
    ASSERT(length <= UINT16_MAX);
    if ((count + 1) * 2 > cap) grow();
    u32 hash = (u32)hash_bytes(utf8, length);
    Symbol **slot = slot_of(utf8, length, hash);
    if (!*slot) *slot = make(utf8, length, hash), count++;
    return *slot;
}

Symbol *symbol_of(const char *utf8) { return symbol_intern(utf8, strlen(utf8)); }
