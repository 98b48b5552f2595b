/* The tables of natives.def, keyed by interned symbols: built on first use. */
#include "classlib/natives.h"
#include "base/hash.h"
#include "base/log.h"
#include "classlib/methodhandles.h"

typedef struct DirectRow { const char *class_name, *name, *desc; DirectNative fn; } DirectRow;

#define N(class_name, name, desc, fn) { class_name, name, desc, fn },
#define BLOCKS(class_name, name, where, end)
static const DirectRow direct_rows[] = {
#include "classlib/natives.def"
};
#undef N
#undef BLOCKS

#define N(class_name, name, desc, fn)
#define BLOCKS(class_name, name, where, end) { class_name, name, where, end },
static const BlockRow block_rows[] = {
#include "classlib/natives.def"
};
#undef N
#undef BLOCKS

static Map direct_index, block_index; /* key of symbols -> row number + 1 */

/* Symbols are unique and immortal, so their addresses name them; 64 mixed bits of three addresses do not collide in practice,
   and building the table checks that its rows don't. */
static u64 key_of(const Symbol *class_name, const Symbol *name, const Symbol *desc)
{
    return hash_u64(hash_u64(hash_u64((u64)class_name) + (u64)name) + (u64)desc);
}

static void index_rows(void)
{
    for (u32 i = 0; i < NELEM(direct_rows); i++) {
        const DirectRow *r = &direct_rows[i];
        u64 *slot = map_put(&direct_index, key_of(symbol_of(r->class_name), symbol_of(r->name), symbol_of(r->desc)));
        ASSERT(!*slot); /* a row twice */
        *slot = i + 1;
    }
    for (u32 i = 0; i < NELEM(block_rows); i++) {
        const BlockRow *r = &block_rows[i];
        u64 *slot = map_put(&block_index, key_of(symbol_of(r->class_name), symbol_of(r->name), NULL));
        ASSERT(!*slot);
        *slot = i + 1;
    }
}

static u64 find(const Map *m, u64 key)
{
    if (UNLIKELY(!direct_index.len)) index_rows();
    const u64 *slot = map_get(m, key);
    return slot ? *slot : 0;
}

DirectNative native_find_direct(const Symbol *class_name, const Symbol *name, const Symbol *desc)
{
    u64 row = find(&direct_index, key_of(class_name, name, desc));
    return row ? direct_rows[row - 1].fn : NULL;
}

const BlockRow *native_blocks(const Method *m)
{
    u64 row = find(&block_index, key_of(m->owner->name, m->name, NULL));
    return row ? &block_rows[row - 1] : NULL;
}
