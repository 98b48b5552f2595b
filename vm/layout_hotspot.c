/* Instance fields where HotSpot 17 puts them (its regular layout, since JDK 15; compressed class pointers and references, the defaults of its flags):
   objects begin with 12 bytes of header. A class's primitive fields go by size, largest first and in the order of the class file, then its references; each
   into the smallest gap that takes it, of several the last one - gaps of superclasses included, unless the superclass has contended fields -, or else
   to the end. Where alignment leaves a gap before a field, later ones may use it. Contended fields follow, each group between paddings.
   HotSpot adds fields of its own to some classes, behind the class's: they are reserved, and what this VM adds goes where one of them would be. */
#include "vm/layout_hotspot.h"
#include "base/log.h"
#include "base/vec.h"
#include "vm/parser.h"
#include <stdlib.h>
#include <string.h>

enum { PADDING = 128, ENDLESS = 1 << 30 };

typedef enum BlockKind { HEADER, EMPTY, FIELD, PAD } BlockKind;
typedef struct Block { BlockKind kind; u32 offset, size; } Block;
typedef Vec(Block) Blocks; /* by offset, without holes; the last one is EMPTY and endless */

/* A field to place: the VM's, or one that only HotSpot has (f is NULL). */
typedef struct Item { Field *f; u32 size, group; bool ref; } Item; /* group 0: not contended */
typedef Vec(Item) Items;
typedef Vec(const Symbol *) Groups;

/* What HotSpot adds; `ours`: this VM's field that stands for it. */
static const struct { const char *class, *ours; u32 size; bool ref; } additions[] = {
    { "java/lang/String", NULL, 1, false },
    { "java/lang/Class", "vmclass", 8, false }, { "java/lang/Class", NULL, 8, false }, { "java/lang/Class", NULL, 4, false }, { "java/lang/Class", NULL, 4, false },
    { "java/lang/Class", NULL, 4, true }, { "java/lang/Class", NULL, 4, true }, { "java/lang/Class", NULL, 4, true },
    { "java/lang/ClassLoader", "vmloader", 8, false },
    { "java/lang/Module", "vmmodule", 8, false },
    { "java/lang/InternalError", NULL, 1, false },
    { "java/lang/StackFrameInfo", NULL, 2, false },
    { "java/lang/invoke/ResolvedMethodName", "vmholder", 4, true }, { "java/lang/invoke/ResolvedMethodName", "vmtarget", 8, false },
    { "java/lang/invoke/MemberName", "vmindex", 8, false },
    { "java/lang/invoke/MethodHandleNatives$CallSiteContext", NULL, 8, false }, { "java/lang/invoke/MethodHandleNatives$CallSiteContext", NULL, 8, false },
};

static bool is_ref(const Field *f) { return f->type == T_OBJECT || f->type == T_ARRAY; }
static bool is_static(const Field *f) { return f->access & ACC_STATIC; }
static bool honours(const Class *c) { return c->access & CLASS_VM_ANNOTATIONS; }
static u32 size_of(const Field *f) { return 1u << type_shift((BasicType)f->type); }

/* ---- The blocks ---------------------------------------------------------------------------------------- */

static void insert(Blocks *b, size_t at, Block x)
{
    vec_push(b, x);
    memmove(&b->data[at + 1], &b->data[at], (b->len - 1 - at) * sizeof x);
    b->data[at] = x;
}

static u32 gap_before(const Block *b, u32 alignment) { return ALIGN_UP(b->offset, alignment) - b->offset; }
static bool fits(const Block *b, u32 size) { return b->kind == EMPTY && b->size >= size + gap_before(b, size); }

/* Of the front of the block at `at`, which is EMPTY, makes one of this kind; what alignment leaves before it stays EMPTY. Returns its offset. */
static u32 take(Blocks *b, size_t at, BlockKind kind, u32 size, u32 alignment)
{
    u32 gap = gap_before(&b->data[at], alignment), offset = b->data[at].offset + gap;
    ASSERT(b->data[at].kind == EMPTY && b->data[at].size >= gap + size);
    if (gap) insert(b, at++, (Block){ EMPTY, offset - gap, gap });
    insert(b, at++, (Block){ kind, offset, size });
    b->data[at].offset = offset + size, b->data[at].size -= gap + size;
    if (b->data[at].size) return offset;
    memmove(&b->data[at], &b->data[at + 1], (b->len - at - 1) * sizeof *b->data);
    b->len--;
    return offset;
}

/* Behind block `start`: the smallest that takes it, of several the last one; or the endless one. */
static size_t choose(const Blocks *b, size_t start, u32 size)
{
    size_t last = b->len - 1, best = last;
    for (size_t i = last; i-- > start + 1;)
        if (fits(&b->data[i], size) && (best == last || b->data[i].size < b->data[best].size)) best = i;
    return best;
}

static void pad(Blocks *b) { take(b, b->len - 1, PAD, PADDING, 1); }

static int by_offset(const void *x, const void *y)
{
    const Block *a = x, *b = y;
    return a->offset < b->offset ? -1 : a->offset > b->offset;
}

/* The header, inherited fields, and what is free between them and behind. */
static void inherit(Blocks *b, const Class *super)
{
    Blocks fields = { 0 };
    for (const Class *k = super; k; k = k->super)
        for (u32 i = 0; i < k->nfields; i++)
            if (!is_static(&k->fields[i])) vec_push(&fields, ((Block){ FIELD, k->fields[i].offset, size_of(&k->fields[i]) }));
    if (fields.len) qsort(fields.data, fields.len, sizeof *fields.data, by_offset);
    vec_push(b, ((Block){ HEADER, 0, HOTSPOT_HEADER }));
    u32 end = HOTSPOT_HEADER;
    for (size_t i = 0; i < fields.len; i++) {
        if (fields.data[i].offset > end) vec_push(b, ((Block){ EMPTY, end, fields.data[i].offset - end }));
        vec_push(b, fields.data[i]);
        end = fields.data[i].offset + fields.data[i].size;
    }
    vec_push(b, ((Block){ EMPTY, end, ENDLESS - end }));
    vec_free(&fields);
}

/* ---- The class's own fields ---------------------------------------------------------------------------- */

static Field *field_named(const Class *c, const char *name)
{
    for (u32 i = 0; i < c->nfields; i++)
        if (c->fields[i].access & FIELD_INJECTED && !strcmp(c->fields[i].name->bytes, name)) return &c->fields[i];
    panic("class %s has no field %s", c->name->bytes, name);
}

/* Fields that name the same group share one, those that name none have one each. */
static u32 group_of(const Class *c, const Field *f, Groups *named)
{
    const Symbol *name = NULL;
    if (!(f->access & FIELD_CONTENDED) || !class_contended(c, f->annotations, &name)) return 0;
    for (u32 i = 0; name && i < named->len; i++)
        if (named->data[i] == name) return i + 1;
    vec_push(named, name);
    return (u32)named->len;
}

static Item item_of(const Class *c, Field *f, Groups *named)
{
    return (Item){ f, size_of(f), group_of(c, f, named), is_ref(f) };
}

/* In the order of the class file, then what HotSpot adds. Returns how many groups of contended fields there are. */
static u32 list_items(Class *c, Items *items)
{
    Groups named = { 0 };
    for (u32 i = 0; i < c->nfields; i++)
        if (!is_static(&c->fields[i]) && !(c->fields[i].access & FIELD_INJECTED)) vec_push(items, item_of(c, &c->fields[i], &named));
    for (size_t i = 0; c->loader == boot_loader && i < NELEM(additions); i++) {
        if (strcmp(additions[i].class, c->name->bytes)) continue;
        vec_push(items, ((Item){ additions[i].ours ? field_named(c, additions[i].ours) : NULL, additions[i].size, 0, additions[i].ref }));
    }
    u32 n = (u32)named.len;
    vec_free(&named);
    return n;
}

static void place_item(Blocks *b, size_t at, const Item *x)
{
    u32 offset = take(b, at, FIELD, x->size, x->size);
    if (x->f) x->f->offset = offset;
}

/* Those of a group: primitive ones by size, then references. `append`: behind everything. HotSpot looks no further for a size once it found no gap for it. */
static void place_group(Blocks *b, const Items *items, u32 group, bool append)
{
    for (u32 size = 8; size; size /= 2)
        for (size_t i = 0; i < items->len; i++) {
            const Item *x = &items->data[i];
            if (x->group == group && !x->ref && x->size == size) place_item(b, append ? b->len - 1 : choose(b, 0, size), x);
        }
    for (size_t i = 0; i < items->len; i++)
        if (items->data[i].group == group && items->data[i].ref) place_item(b, append ? b->len - 1 : choose(b, 0, sizeof(ref_t)), &items->data[i]);
}

static bool is_contended(const Class *c)
{
    const Symbol *group = NULL;
    return honours(c) && class_contended(c, c->annotations, &group);
}

/* It, or a field of it, or one above. */
static bool has_contended(const Class *c)
{
    for (; c; c = c->super) {
        if (is_contended(c)) return true;
        for (u32 i = 0; i < c->nfields; i++)
            if (c->fields[i].access & FIELD_CONTENDED) return true;
    }
    return false;
}

u32 hotspot_place_fields(Class *c)
{
    Blocks b = { 0 };
    Items items = { 0 };
    bool own = is_contended(c), above = has_contended(c->super);
    u32 groups = list_items(c, &items);
    inherit(&b, c->super);
    if (above) pad(&b);
    if (own) pad(&b);
    place_group(&b, &items, 0, own || above);
    for (u32 g = 1; g <= groups; g++) {
        pad(&b);
        place_group(&b, &items, g, true);
    }
    if (own || groups) pad(&b);
    u32 size = ALIGN_UP(vec_last(&b).offset, 8);
    vec_free(&b), vec_free(&items);
    return size;
}
