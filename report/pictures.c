/* Pictures of classes: see pictures.h. The layout is the one at the end of the run. */
#include "report/pictures.h"
#include "base/log.h"
#include "report/observe.h"
#include <string.h>

enum { MAX_PICTURES = 40 };

typedef struct Heat { const Class *klass; u64 l1d; } Heat;
typedef struct Piece { const char *name, *type; u32 offset, bytes; u64 l1d; } Piece;

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

typedef struct Heats { u64 *target; Map field; } Heats;

static Heats heats_new(void)
{
    Heats h = { .target = xcalloc(observed.targets.len + 1, sizeof *h.target) };
    for (size_t i = 0; i < observed.cells.len; i++) h.target[observed.cells.data[i].target] += observed.cells.data[i].n[N_L1D];
    for (size_t i = 0; i < observed.targets.len; i++) {
        const Target *t = &observed.targets.data[i];
        if (t->part == PART_FIELD || t->part == PART_HEADER) *map_put(&h.field, heat_key(t->klass, t->field)) += h.target[i];
    }
    return h;
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

static void add_piece(cJSON *list, const Piece *p)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "name", p->name);
    cJSON_AddStringToObject(o, "type", p->type);
    cJSON_AddNumberToObject(o, "offset", p->offset);
    cJSON_AddNumberToObject(o, "bytes", p->bytes);
    cJSON_AddNumberToObject(o, "l1d", (double)p->l1d);
    cJSON_AddItemToArray(list, o);
}

static cJSON *picture(const Heat *h, const Heats *heats)
{
    cJSON *o = cJSON_CreateObject();
    char *name = class_external_name(h->klass);
    cJSON_AddStringToObject(o, "name", name);
    free(name);
    cJSON_AddNumberToObject(o, "bytes", h->klass->shape.size);
    cJSON_AddNumberToObject(o, "l1d", (double)h->l1d);
    cJSON *list = cJSON_AddArrayToObject(o, "fields");
    Vec(Piece) pieces = { 0 };
    vec_push(&pieces, ((Piece){ "(header)", "header", 0, OBJECT_HEADER, heat_of(heats, h->klass, NULL) }));
    for (const Class *c = h->klass; c; c = c->super)
        for (u32 i = 0; i < c->nfields; i++) {
            const Field *f = &c->fields[i];
            if (f->access & ACC_STATIC) continue;
            vec_push(&pieces, ((Piece){ f->name->bytes, f->desc->bytes, f->offset, 1u << type_shift((BasicType)f->type), heat_of(heats, h->klass, f) }));
        }
    qsort(pieces.data, pieces.len, sizeof(Piece), by_offset);
    for (size_t i = 0; i < pieces.len; i++) add_piece(list, &pieces.data[i]);
    vec_free(&pieces);
    return o;
}

cJSON *pictures_json(void)
{
    cJSON *list = cJSON_CreateArray();
    Heats heats = heats_new();
    u32 n;
    Heat *c = classes(&heats, &n);
    for (u32 i = 0; i < n; i++) cJSON_AddItemToArray(list, picture(&c[i], &heats));
    free(c);
    free(heats.target);
    map_free(&heats.field);
    return list;
}
