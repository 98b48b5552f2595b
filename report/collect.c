/* The collector: an observer of the model that adds every miss to a row of each view as it happens. Views add up to the
   model's counters exactly, because each event adds to exactly one row of each view. */
#include "report/report.h"
#include "base/hash.h"
#include "base/log.h"
#include "hwsim/observer.h"
#include "vm/locate.h"
#include <stdlib.h>
#include <string.h>

const char *const miss_names[MISS_KINDS] = { "l1d", "l2", "llc", "dtlb", "l1i", "itlb" };

typedef struct Cell { u64 misses[MISS_KINDS], mispredicted; Place place; const Method *method; u32 service; } Cell;
typedef struct Table { Map index; Vec(Cell) cells; } Table;

static Table tables[VIEWS];
static HwModel *observed;

/* Row keys: firmware services and kinds of memory are small numbers; classes, fields and methods are addresses. */
#define KEY_SERVICE(s) (0x100ull + (s))
#define KEY_PLACE(k) (0x10ull + (k))
enum { KEY_RUNTIME = 1 };

static Cell *cell(View v, u64 key)
{
    Table *t = &tables[v];
    u64 *at = map_get(&t->index, key);
    if (at) return &t->cells.data[*at];
    *map_put(&t->index, key) = t->cells.len;
    vec_push(&t->cells, ((Cell){ .misses = { 0 } }));
    return &vec_last(&t->cells);
}

static void add(Cell *c, const HwMiss *e)
{
    bool fetch = e->access == HW_ACC_FETCH;
    if (e->missed & HW_MISS_L1) c->misses[fetch ? MISS_L1I : MISS_L1D]++;
    if (e->missed & HW_MISS_L2) c->misses[MISS_L2]++;
    if (e->missed & HW_MISS_LLC) c->misses[MISS_LLC]++;
    if (e->missed & HW_MISS_TLB) c->misses[fetch ? MISS_ITLB : MISS_DTLB]++;
}

static Place place_of(const HwMiss *e)
{
    if (e->access == HW_ACC_WALK) return (Place){ .kind = PLACE_PAGE_TABLE };
    if (e->access == HW_ACC_FETCH) return (Place){ .kind = PLACE_CODE };
    return locate(e->addr, e->x);
}

static u64 field_key(const Place *p)
{
    const Field *f = locate_field(p);
    if (f) return (u64)f;
    return (u64)p->klass + (p->klass->kind == CLASS_ARRAY && p->offset >= ARRAY_BASE ? 2 : 1); /* elements; header or length */
}

static Cell *method_cell(const u64 *x)
{
    u32 bci;
    const Method *m = locate_method(x, &bci);
    Cell *c = cell(VIEW_METHOD, m ? (u64)m : KEY_RUNTIME);
    c->method = m;
    return c;
}

static void on_miss(void *ctx, const HwMiss *e)
{
    (void)ctx;
    if (e->service) {
        for (View v = 0; v < VIEWS; v++) {
            Cell *c = cell(v, KEY_SERVICE(e->service));
            c->service = e->service;
            add(c, e);
        }
        return;
    }
    Place p = place_of(e);
    bool object = p.kind == PLACE_OBJECT;
    Cell *c = cell(VIEW_CLASS, object ? (u64)p.klass : KEY_PLACE(p.kind));
    c->place = p;
    add(c, e);
    c = cell(VIEW_FIELD, object ? field_key(&p) : KEY_PLACE(p.kind));
    c->place = p;
    add(c, e);
    add(method_cell(e->x), e);
}

static void on_mispredict(void *ctx, HwBranchKind kind, u64 pc, u64 target, const u64 *x)
{
    (void)ctx, (void)kind, (void)pc, (void)target;
    method_cell(x)->mispredicted++;
}

void report_observe(HwModel *model)
{
    static const HwObserver observer = { .miss = on_miss, .mispredict = on_mispredict };
    ASSERT(!observed);
    observed = model;
    hw_model_observe(model, &observer);
}

static char *method_name(const Method *m)
{
    if (!m) return xstrdup("(runtime)");
    char *owner = class_external_name(m->owner);
    char *name = xasprintf("%s.%s%s", owner, m->name->bytes, m->desc->bytes);
    free(owner);
    return name;
}

static char *cell_name(View v, u64 key, const Cell *c)
{
    if (c->service) return xasprintf("(firmware) %s", hw_fw_name(observed, (int)c->service));
    if (v == VIEW_METHOD) return method_name(c->method);
    if (c->place.kind != PLACE_OBJECT) return xstrdup(place_name(c->place.kind));
    if (v == VIEW_CLASS) return class_external_name(c->place.klass);
    /* The object itself may be dead by now: name the field from the key, which is metadata. */
    if (key & 7) {
        char *owner = class_external_name(c->place.klass);
        bool array = c->place.klass->kind == CLASS_ARRAY;
        char *name = xasprintf((key & 7) == 2 ? "%s" : array ? "%s.length" : "%s.(header)", owner);
        free(owner);
        return name;
    }
    const Field *f = (const Field *)key;
    char *owner = class_external_name(f->owner);
    char *name = xasprintf("%s.%s", owner, f->name->bytes);
    free(owner);
    return name;
}

/* Most misses first, deeper levels breaking ties; then by name, so that the order is always the same. */
static int compare(const void *a, const void *b)
{
    const Row *x = a, *y = b;
    for (MissKind k = 0; k < MISS_KINDS; k++)
        if (x->misses[k] != y->misses[k]) return x->misses[k] < y->misses[k] ? 1 : -1;
    return strcmp(x->name, y->name);
}

void report_collect(Report *r)
{
    for (View v = 0; v < VIEWS; v++) {
        vec_clear(&r->views[v]);
        Table *t = &tables[v];
        MapEntry *e;
        for (size_t i = 0; (e = map_next(&t->index, &i));) {
            const Cell *c = &t->cells.data[e->value];
            Row row = { .name = cell_name(v, e->key, c), .mispredicted = c->mispredicted };
            memcpy(row.misses, c->misses, sizeof row.misses);
            vec_push(&r->views[v], row);
        }
        if (r->views[v].len) qsort(r->views[v].data, r->views[v].len, sizeof(Row), compare);
    }
}
