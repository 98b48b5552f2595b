/* Pictures of classes: see pictures.h. */
#include "report/pictures.h"
#include "base/log.h"
#include "report/heat.h"
#include <string.h>

enum { MAX_PICTURES = 40 };

typedef struct Heat { const Class *klass; u64 l1d; } Heat;
typedef struct Piece { const char *name, *type; u32 offset, offset_before, bytes; const Field *field; } Piece;
typedef Vec(Piece) Pieces;

/* L1D misses of a part of the run by class and field, and its length. */
typedef struct Heats { u64 instructions, *target; Map field; } Heats;
typedef struct Sides { Heats all, before, after; bool split; } Sides; /* split: there was a layout pass */

static int hotter(const void *a, const void *b)
{
    const Heat *x = a, *y = b;
    if (x->l1d != y->l1d) return x->l1d < y->l1d ? 1 : -1;
    return strcmp(x->klass->name->bytes, y->klass->name->bytes);
}

static int by_offset(const void *a, const void *b)
{
    const Piece *x = a, *y = b;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* What a class's instances, and of which field, missed. */
static u64 heat_key(const Class *c, const Field *f)
{
    return ((u64)c - WIN_META_BASE) << 32 | (f ? (u32)((u64)f - WIN_META_BASE) : 0);
}

/* Takes `l1d`, by target. */
static Heats heats_of(u64 *l1d, u64 instructions)
{
    Heats h = { .instructions = instructions, .target = l1d };
    for (size_t i = 0; i < observed.targets.len; i++) {
        const Target *t = &observed.targets.data[i];
        if (t->part == PART_FIELD || t->part == PART_HEADER) *map_put(&h.field, heat_key(t->klass, t->field)) += l1d[i];
    }
    return h;
}

static Sides sides_new(void)
{
    Sides s = { .all = heats_of(heat_now(), 0) };
    HeatSpan before, after;
    s.split = heat_spans(&before, &after);
    if (!s.split) return s;
    s.before = heats_of(before.l1d, before.instructions);
    s.after = heats_of(after.l1d, after.instructions);
    return s;
}

static void sides_free(Sides *s)
{
    Heats *all[] = { &s->all, &s->before, &s->after };
    for (u32 i = 0; i < NELEM(all); i++) free(all[i]->target), map_free(&all[i]->field);
}

static u64 heat_of(const Heats *h, const Class *c, const Field *f)
{
    const u64 *at = map_get(&h->field, heat_key(c, f));
    return at ? *at : 0;
}

/* Classes of instances that missed, hottest first. */
static Heat *classes(const Heats *heats, u32 *n)
{
    Map index = { 0 };
    Vec(Heat) list = { 0 };
    for (size_t i = 0; i < observed.targets.len; i++) {
        const Target *t = &observed.targets.data[i];
        if (t->kind != PLACE_OBJECT || t->klass->kind != CLASS_INSTANCE || t->klass == wk.Class || !heats->target[i]) continue;
        u64 *at = map_get(&index, (u64)t->klass);
        if (!at) {
            at = map_put(&index, (u64)t->klass);
            *at = list.len;
            vec_push(&list, ((Heat){ t->klass, 0 }));
        }
        list.data[*at].l1d += heats->target[i];
    }
    map_free(&index);
    if (list.len) qsort(list.data, list.len, sizeof(Heat), hotter);
    *n = list.len < MAX_PICTURES ? (u32)list.len : MAX_PICTURES;
    return list.data;
}

static void add_piece(cJSON *list, const Class *c, const Piece *p, const Sides *s)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "name", p->name);
    cJSON_AddStringToObject(o, "type", p->type);
    cJSON_AddNumberToObject(o, "offset", p->offset);
    cJSON_AddNumberToObject(o, "bytes", p->bytes);
    cJSON_AddNumberToObject(o, "l1d", (double)heat_of(&s->all, c, p->field));
    if (s->split) {
        if (p->offset_before != p->offset) cJSON_AddNumberToObject(o, "offset_before", p->offset_before);
        cJSON_AddNumberToObject(o, "l1d_before", (double)heat_of(&s->before, c, p->field));
        cJSON_AddNumberToObject(o, "l1d_after", (double)heat_of(&s->after, c, p->field));
    }
    cJSON_AddItemToArray(list, o);
}

/* Header and instance fields, superclasses' too, as they lie. */
static Pieces pieces_of(const Class *klass, const u32 *before)
{
    Pieces pieces = { 0 };
    vec_push(&pieces, ((Piece){ "(header)", "header", 0, 0, OBJECT_HEADER, NULL }));
    u32 n = 0;
    for (const Class *c = klass; c; c = c->super)
        for (u32 i = 0; i < c->nfields; i++) {
            const Field *f = &c->fields[i];
            if (f->access & ACC_STATIC) continue;
            u32 offset_before = before[n++], bytes = 1u << type_shift((BasicType)f->type);
            ASSERT(f->offset >= OBJECT_HEADER && f->offset + bytes <= klass->shape.size);
            vec_push(&pieces, ((Piece){ f->name->bytes, f->desc->bytes, f->offset, offset_before, bytes, f }));
        }
    qsort(pieces.data, pieces.len, sizeof(Piece), by_offset);
    return pieces;
}

static cJSON *picture(const Heat *h, const Sides *s)
{
    cJSON *o = cJSON_CreateObject();
    char *name = class_external_name(h->klass);
    cJSON_AddStringToObject(o, "name", name);
    free(name);
    u32 bytes_before = 0;
    const u32 *offsets = heat_offsets(h->klass, &bytes_before);
    ASSERT(offsets);
    cJSON_AddNumberToObject(o, "bytes", h->klass->shape.size);
    if (bytes_before != h->klass->shape.size) cJSON_AddNumberToObject(o, "bytes_before", bytes_before);
    cJSON_AddNumberToObject(o, "l1d", (double)h->l1d);
    cJSON *list = cJSON_AddArrayToObject(o, "fields");
    Pieces pieces = pieces_of(h->klass, offsets);
    for (size_t i = 0; i < pieces.len; i++) add_piece(list, h->klass, &pieces.data[i], s);
    vec_free(&pieces);
    return o;
}

void pictures_add(cJSON *root)
{
    Sides s = sides_new();
    u32 n;
    Heat *c = classes(&s.all, &n);
    cJSON *list = cJSON_AddArrayToObject(root, "class_pictures");
    for (u32 i = 0; i < n; i++) cJSON_AddItemToArray(list, picture(&c[i], &s));
    free(c);
    if (s.split) {
        cJSON *spans = cJSON_AddObjectToObject(root, "picture_spans");
        cJSON_AddNumberToObject(spans, "before", (double)s.before.instructions);
        cJSON_AddNumberToObject(spans, "after", (double)s.after.instructions);
    }
    sides_free(&s);
}
