/* Interned names: one Symbol per distinct modified-UTF-8 string, compared by address everywhere. Symbols live in the META
   window in chunks of their own; the table of them is host memory. They stay for ever, but for names of hidden classes that nobody else has asked
   for (unit.c): a symbol counts, up to three, how often it was interned or looked up. */
#include "base/log.h"
#include "base/vec.h"
#include "vm/class.h"
#include <string.h>

enum { CHUNK = 64 << 10, REUSED_MAX = 512, USES_MAX = 3 };

/* Open addressing, cap a power of two. The hash beside the symbol spares a look at most symbols that are not the one. */
typedef struct Slot { Symbol *symbol; u32 hash; } Slot;
static Slot *table;
static size_t cap, count;
static u8 *chunk;
static size_t chunk_left;
static Symbol *free_symbols[REUSED_MAX / 8 + 1]; /* by size in words; linked through their first word */

static size_t size_of(size_t length) { return ALIGN_UP(sizeof(Symbol) + length + 1, 8); }

static Symbol *memory_for(size_t size)
{
    Symbol *s = size <= REUSED_MAX ? free_symbols[size / 8] : NULL;
    if (s) {
        free_symbols[size / 8] = *(Symbol **)s;
        return s;
    }
    if (size > chunk_left) {
        size_t take = size > CHUNK ? size : CHUNK;
        chunk = window_alloc(&win_meta, take, 16);
        chunk_left = take;
    }
    s = (Symbol *)chunk;
    chunk += size, chunk_left -= size;
    return s;
}

static Symbol *make(const char *utf8, size_t length, u32 hash)
{
    Symbol *s = memory_for(size_of(length));
    s->hash = hash;
    s->length = (u16)length;
    s->uses = 0;
    memcpy(s->bytes, utf8, length);
    s->bytes[length] = 0;
    return s;
}

/* Eight bytes at a time: names are hashed each time a class file mentions them. */
static u32 hash_name(const char *utf8, size_t length)
{
    u64 h = length, word;
    for (; length >= 8; utf8 += 8, length -= 8) {
        memcpy(&word, utf8, 8);
        h = (h ^ word) * 0x9e3779b97f4a7c15ull;
        h ^= h >> 29;
    }
    word = 0;
    memcpy(&word, utf8, length);
    h = (h ^ word) * 0x9e3779b97f4a7c15ull;
    return (u32)(h ^ h >> 32);
}

static Slot *slot_of(const char *utf8, size_t length, u32 hash)
{
    size_t i = hash & (cap - 1);
    for (; table[i].symbol; i = (i + 1) & (cap - 1))
        if (table[i].hash == hash && table[i].symbol->length == length && !memcmp(table[i].symbol->bytes, utf8, length)) break;
    return &table[i];
}

static void grow(void)
{
    Slot *old = table;
    size_t n = cap;
    cap = cap ? cap * 2 : 1 << 15;
    table = xcalloc(cap, sizeof *table);
    for (size_t i = 0; i < n; i++)
        if (old[i].symbol) *slot_of(old[i].symbol->bytes, old[i].symbol->length, old[i].hash) = old[i];
    free(old);
}

static Symbol *used(Symbol *s)
{
    if (s->uses < USES_MAX) s->uses++;
    return s;
}

Symbol *symbol_lookup(const char *utf8, size_t length)
{
    Symbol *s = cap && length <= UINT16_MAX ? slot_of(utf8, length, hash_name(utf8, length))->symbol : NULL;
    return s ? used(s) : NULL;
}

Symbol *symbol_intern(const char *utf8, size_t length)
{
    ASSERT(length <= UINT16_MAX);
    if ((count + 1) * 2 > cap) grow();
    u32 hash = hash_name(utf8, length);
    Slot *slot = slot_of(utf8, length, hash);
    if (!slot->symbol) *slot = (Slot){ make(utf8, length, hash), hash }, count++;
    return used(slot->symbol);
}

/* What follows in the table moves up, if its place is at the gap or before. */
static void close_gap(size_t gap)
{
    for (size_t i = (gap + 1) & (cap - 1); table[i].symbol; i = (i + 1) & (cap - 1)) {
        size_t home = table[i].hash & (cap - 1);
        if (((i - home) & (cap - 1)) < ((i - gap) & (cap - 1))) continue;
        table[gap] = table[i];
        gap = i;
    }
    table[gap] = (Slot){ NULL, 0 };
}

void symbol_free(Symbol *s)
{
    Slot *slot = slot_of(s->bytes, s->length, s->hash);
    ASSERT(slot->symbol == s && s->uses < USES_MAX);
    close_gap((size_t)(slot - table));
    count--;
    size_t size = size_of(s->length);
    if (size > REUSED_MAX) return; /* too rare to be worth it */
    *(Symbol **)s = free_symbols[size / 8];
    free_symbols[size / 8] = s;
}

Symbol *symbol_of(const char *utf8) { return symbol_intern(utf8, strlen(utf8)); }
