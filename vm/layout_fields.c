/* Where fields lie: as HotSpot has them with --object-model=hotspot17 (layout_hotspot.c), else instance fields by size (8-byte ones, references together, 4, 2, 1), filling the gaps that superclasses left, or where an upper
   layer knows better (vm_hooks.field_order); statics at the end of the mirror, references first. The default that the layout optimizer starts from;
   the heap's reference maps are made here. */
#include "vm/layout_hotspot.h"
#include "vm/loader.h"
#include "vm/unit.h"
#include "base/log.h"
#include "base/vec.h"
#include <string.h>

enum { GROUPS = 5, MAX_OFFSET = 65528 }; /* reference maps hold 16-bit offsets */

/* Order of placement: long and double, references, int and float, short and char, byte and boolean. */
static u32 group_of(const Field *f)
{
    if (f->type == T_OBJECT || f->type == T_ARRAY) return 1;
    u32 shift = type_shift((BasicType)f->type);
    return shift == 3 ? 0 : shift == 2 ? 2 : shift == 1 ? 3 : 4;
}
static u32 size_of(const Field *f) { return 1u << type_shift((BasicType)f->type); }
static bool is_ref(const Field *f) { return group_of(f) == 1; }

u32 fields_start(void) { return vm_options.hotspot_objects ? HOTSPOT_HEADER : OBJECT_HEADER; }

/* ---- Reference maps --------------------------------------------------------------------------------------------------- */

/* Bytes marked REF in the occupancy map begin a reference; runs of them become ranges. */
enum { FREE, TAKEN, REF };

static GcRange *make_ranges(const u8 *map, u32 from, u32 to, u32 *count)
{
    u32 n = 0;
    for (u32 i = from; i < to; i += 4) n += map[i] == REF && (i == from || map[i - 4] != REF);
    *count = n;
    if (!n) return NULL;
    GcRange *r = xcalloc(n, sizeof *r);
    for (u32 i = from, k = 0; i < to; i += 4) {
        if (map[i] != REF) continue;
        if (i == from || map[i - 4] != REF) r[k++] = (GcRange){ (u16)i, 0 };
        r[k - 1].count++;
    }
    return r;
}

static bool is_free(const u8 *map, u32 offset, u32 size)
{
    for (u32 i = 0; i < size; i++)
        if (map[offset + i] != FREE) return false;
    return true;
}

static void mark(u8 *map, const Field *f)
{
    memset(map + f->offset, TAKEN, size_of(f));
    if (is_ref(f)) map[f->offset] = REF;
}

/* ---- Instances ----------------------------------------------------------------------------------------------------------- */

static void mark_inherited(const Class *c, u8 *map)
{
    for (; c; c = c->super)
        for (u32 i = 0; i < c->nfields; i++)
            if (!(c->fields[i].access & ACC_STATIC)) mark(map, &c->fields[i]);
}

/* First fit of each group in turn. */
static void place(Class *c, u8 *map, u32 room)
{
    for (u32 g = 0; g < GROUPS; g++) {
        u32 at = fields_start();
        for (u32 i = 0; i < c->nfields; i++) {
            Field *f = &c->fields[i];
            if (f->access & ACC_STATIC || group_of(f) != g) continue;
            u32 size = size_of(f);
            at = ALIGN_UP(at, size);
            while (!is_free(map, at, size)) at += size;
            ASSERT(at + size <= room);
            f->offset = at;
            mark(map, f);
            at += size;
        }
    }
}

/* The offsets that an upper layer has for the class's own fields, if they can be had: aligned, apart, not where inherited fields lie. */
static bool place_as_told(Class *c, u8 *map, u32 room)
{
    u32 *offsets = vm_hooks.field_order && c->loader != boot_loader && c->nfields ? xcalloc(c->nfields, sizeof *offsets) : NULL;
    bool told = offsets && vm_hooks.field_order(c, offsets);
    for (u32 i = 0; told && i < c->nfields; i++) {
        Field *f = &c->fields[i];
        if (f->access & ACC_STATIC) continue;
        u32 at = offsets[i], size = size_of(f);
        told = at >= fields_start() && at % size == 0 && at + size <= room && is_free(map, at, size);
        if (!told) break;
        f->offset = at;
        mark(map, f);
    }
    free(offsets);
    return told;
}

static u32 end_of(const u8 *map, u32 room)
{
    for (u32 i = room; i-- > fields_start(); )
        if (map[i] != FREE) return i + 1;
    return fields_start();
}

/* Fields that the VM adds (wellknown.def), appended to the class's own. */
typedef struct Injection { Class *c; Vec(Field) fields; } Injection;

static void inject(void *ctx, const char *name, BasicType type)
{
    Injection *in = ctx;
    Field f = { .owner = in->c, .name = symbol_of(name), .type = (u8)type, .access = ACC_PRIVATE | ACC_SYNTHETIC | FIELD_INJECTED };
    f.desc = symbol_of(type == T_LONG ? "J" : "Ljava/lang/Object;");
    f.index = (u16)(in->c->nfields + in->fields.len);
    ASSERT(type == T_LONG || type == T_OBJECT);
    vec_push(&in->fields, f);
}

static void add_injected(Class *c)
{
    Injection in = { .c = c };
    wellknown_injected(c->name, inject, &in);
    if (!in.fields.len) return;
    u32 n = c->nfields + (u32)in.fields.len;
    Field *all = unit_alloc_cold(c->unit, n * sizeof *all, 8);
    memcpy(all, c->fields, c->nfields * sizeof *all);
    memcpy(all + c->nfields, in.fields.data, in.fields.len * sizeof *all);
    c->fields = all;
    c->nfields = n;
    vec_free(&in.fields);
}

/* How the collector treats instances. */
static void set_kind(Class *c, bool refs)
{
    static const struct { const char *name; u8 strength; } strengths[] = {
        { "java/lang/ref/SoftReference", GC_SOFT }, { "java/lang/ref/WeakReference", GC_WEAK },
        { "java/lang/ref/FinalReference", GC_FINAL }, { "java/lang/ref/PhantomReference", GC_PHANTOM } };
    GcShape *s = &c->shape;
    s->kind = refs ? GC_OBJECT : GC_LEAF;
    const GcShape *above = c->super ? &c->super->shape : NULL;
    if (above && (above->kind == GC_REFERENCE || above->kind == GC_SPECIAL)) s->kind = above->kind, s->strength = above->strength;
    if (c->loader != boot_loader) return;
    if (!strcmp(c->name->bytes, "java/lang/Class")) s->kind = GC_SPECIAL, s->pinned = 1;
    for (size_t i = 0; i < NELEM(strengths); i++)
        if (!strcmp(c->name->bytes, strengths[i].name)) s->kind = GC_REFERENCE, s->strength = strengths[i].strength;
}

/* Where HotSpot has them. A padding at the end is taken, too. Returns the map, which may have to be longer. */
static u8 *place_as_hotspot(Class *c, u8 *map, u32 *room)
{
    u32 size = hotspot_place_fields(c);
    if (size > *room) {
        map = xrealloc(map, size);
        memset(map + *room, FREE, size - *room);
        *room = size;
    }
    for (u32 i = 0; i < c->nfields; i++)
        if (!(c->fields[i].access & ACC_STATIC)) mark(map, &c->fields[i]);
    if (map[size - 1] == FREE && size > fields_start()) map[size - 1] = TAKEN;
    return map;
}

/* Bytes that the class's own fields come to at most, behind those of its superclass, with what an order may leave to subclasses. */
static u32 room_for(const Class *c)
{
    enum { LEFT_TO_SUBCLASSES = 512 };
    u32 room = (c->super ? c->super->shape.size : fields_start()) + LEFT_TO_SUBCLASSES;
    for (u32 i = 0; i < c->nfields; i++)
        if (!(c->fields[i].access & ACC_STATIC)) room += 8;
    return room;
}

static void fill_shape(const Class *c, const u8 *map, u32 room, FieldShape *s)
{
    u32 least = c->super ? c->super->shape.size : fields_start();
    s->size = ALIGN_UP(end_of(map, room), 8);
    s->ranges = s->size <= MAX_OFFSET ? make_ranges(map, fields_start(), s->size, &s->nranges) : NULL;
    if (s->size < least) s->size = least;
}

bool class_layout_instance(Class *c)
{
    if (c->loader == boot_loader) add_injected(c);
    u32 room = room_for(c);
    u8 *map = xcalloc(room, 1);
    FieldShape s = { 0 };
    mark_inherited(c->super, map);
    if (!place_as_told(c, map, room)) {
        memset(map, FREE, room);
        mark_inherited(c->super, map);
        if (vm_options.hotspot_objects) map = place_as_hotspot(c, map, &room);
        else place(c, map, room);
    }
    fill_shape(c, map, room, &s);
    free(map);
    class_set_shape(c, &s);
    class_free_shape(&s);
    set_kind(c, c->shape.nranges > 0);
    return c->shape.size <= MAX_OFFSET;
}

/* ---- Another order ------------------------------------------------------------------------------------------------------- */

bool class_shape_of(const Class *c, FieldShape *s)
{
    u8 *map = xcalloc(MAX_OFFSET + 8, 1);
    bool apart = true;
    *s = (FieldShape){ 0 };
    for (const Class *k = c; k; k = k->super)
        for (u32 i = 0; i < k->nfields && apart; i++) {
            const Field *f = &k->fields[i];
            if (f->access & ACC_STATIC) continue;
            apart = f->offset >= fields_start() && f->offset + size_of(f) <= MAX_OFFSET && f->offset % size_of(f) == 0 && is_free(map, f->offset, size_of(f));
            if (apart) mark(map, f);
        }
    if (apart) fill_shape(c, map, MAX_OFFSET, s);
    free(map);
    return apart;
}

/* Ranges that fit where the old ones are go there. */
void class_set_shape(Class *c, const FieldShape *s)
{
    if (s->nranges > c->shape.nranges) c->shape.ranges = unit_alloc(c->unit, s->nranges * sizeof *s->ranges, 4);
    if (s->nranges) memcpy(c->shape.ranges, s->ranges, s->nranges * sizeof *s->ranges);
    c->shape.nranges = s->nranges;
    c->shape.size = s->size;
}

void class_free_shape(FieldShape *s)
{
    free(s->ranges);
    s->ranges = NULL;
}

/* ---- Statics ---------------------------------------------------------------------------------------------------------------- */

void class_layout_statics(Class *c)
{
    if (!wk.Class || c->static_size) return;
    u32 base = wk.Class->shape.size, at = base;
    static const u8 order[GROUPS] = { 1, 0, 2, 3, 4 }; /* references first: their offsets stay small */
    u32 refs = 0;
    for (u32 g = 0; g < GROUPS; g++)
        for (u32 i = 0; i < c->nfields; i++) {
            Field *f = &c->fields[i];
            if (!(f->access & ACC_STATIC) || group_of(f) != order[g]) continue;
            at = ALIGN_UP(at, size_of(f));
            f->offset = at;
            at += size_of(f);
            refs += is_ref(f);
        }
    c->static_size = ALIGN_UP(at, 8) - base;
    c->nstatic_refs = refs ? 1 : 0;
    if (!refs) return;
    if (base + refs * 4 > UINT16_MAX) die("class %s has too many static references (%u)", c->name->bytes, refs);
    c->static_refs = unit_alloc_cold(c->unit, sizeof(GcRange), 4);
    *c->static_refs = (GcRange){ (u16)base, (u16)refs };
}
