/* Field orders: see fields.h. A plan is made on paper in three steps:
     hot    the hot fields of the class and its superclasses, larger ones first, take the first free places behind the header. "Free" leaves out what
            cannot move: fields of the boot loader's classes, and of classes whose offsets are known outside of the VM
     cold   the other fields of these classes, superclasses first, each group of a size in turn, take the first places that are left. So a superclass
            gets gaps where its subclass has hot fields; its other subclasses may use them too
     others the other subclasses of every class in which something moved, in the same way
   It is dropped if a class would get larger that has instances, as far as is known, or if a visit would not touch fewer lines. */
#include "layout/fields.h"
#include "vm/loader.h"
#include "base/log.h"
#include "layout/costs.h"
#include <stdlib.h>
#include <string.h>

enum { CELL = 16, HOT_SHARE = 5 /* percent of the class's stalls */, MAX_FIELDS = 256, MAX_CLASSES = 128, MAX_DEPTH = 64, LEAST_SAVED = 5 /* percent */,
       SAVED_OF_FEWER = 70 /* percent of the stalls by lines that are taken to be gone */ };

static u32 bytes_of(const Field *f) { return 1u << type_shift((BasicType)f->type); }
static bool is_instance(const Field *f) { return !(f->access & ACC_STATIC); }

double visit_lines(const u8 *used, u32 size)
{
    u32 sum = 0, begins = 0;
    for (u32 begin = 0; begin < FIELDS_LINE; begin += CELL, begins++) {
        u32 last = ~0u;
        for (u32 i = 0; i < size; i++) {
            u32 line = (begin + i) / FIELDS_LINE;
            if (used[i] && line != last) sum++, last = line;
        }
    }
    return (double)sum / begins;
}

bool field_is_hot(const FieldHeat *r, u64 stalls_of_class) { return (r->stalls + r->beside) * 100 >= stalls_of_class * HOT_SHARE && r->stalls + r->beside; }

bool fields_may_move(const Class *c, bool loaded)
{
    if (c->kind != CLASS_INSTANCE || c->loader == boot_loader || c->access & CLASS_HIDDEN || c->shape.pinned) return false;
    if (c->shape.kind != GC_OBJECT && c->shape.kind != GC_LEAF) return false;
    return !loaded || !(c->access & CLASS_OFFSETS_ESCAPED);
}

/* ---- Paper --------------------------------------------------------------------------------------------- */

typedef struct Paper {
    FieldPlan *plan;          /* its places: all fields that have been given one, moved or not */
    const FieldHeat *rows;
    size_t n;
    bool loaded;
    u8 used[FIELDS_MAX_SIZE]; /* taken bytes, of the class that is being laid out */
    u32 classes;
} Paper;

static FieldPlace *place_of(const FieldPlan *p, const Field *f)
{
    for (size_t i = 0; i < p->places.len; i++)
        if (p->places.data[i].f == f) return &p->places.data[i];
    return NULL;
}

static u32 offset_in(const FieldPlan *p, const Field *f)
{
    const FieldPlace *x = place_of(p, f);
    return x ? x->offset : f->offset;
}

/* First fit. False: there is no room, or there are too many fields. */
static bool put_field(Paper *p, Field *f)
{
    u32 size = bytes_of(f), at = ALIGN_UP(fields_start(), size);
    charge_units(start, 1);
    while (at + size <= FIELDS_MAX_SIZE && memchr(p->used + at, 1, size)) at += size;
    if (at + size > FIELDS_MAX_SIZE || p->plan->places.len >= MAX_FIELDS) return false;
    memset(p->used + at, 1, size);
    vec_push(&p->plan->places, ((FieldPlace){ f, at }));
    return true;
}

/* Where a group of fields comes: long and double, references, int and float, short and char, byte and boolean. */
static u32 group_of(const Field *f)
{
    if (f->type == T_OBJECT || f->type == T_ARRAY) return 1;
    u32 size = bytes_of(f);
    return size == 8 ? 0 : size == 4 ? 2 : size == 2 ? 3 : 4;
}

static bool put_own(Paper *p, const Class *c)
{
    for (u32 g = 0; g < 5; g++)
        for (u32 i = 0; i < c->nfields; i++) {
            Field *f = &c->fields[i];
            if (is_instance(f) && group_of(f) == g && !place_of(p->plan, f) && !put_field(p, f)) return false;
        }
    return true;
}

/* Fields of c alone, where they lie or will. False: two in one place. */
static bool mark_own(Paper *p, const Class *c)
{
    for (u32 i = 0; i < c->nfields; i++) {
        const Field *f = &c->fields[i];
        if (!is_instance(f)) continue;
        u32 at = offset_in(p->plan, f), size = bytes_of(f);
        if (memchr(p->used + at, 1, size)) return false;
        memset(p->used + at, 1, size);
    }
    return true;
}

static u32 end_of(const Paper *p)
{
    u32 end = FIELDS_MAX_SIZE;
    while (end > fields_start() && !p->used[end - 1]) end--;
    return end;
}

/* May instances of c become larger? Of what is never made there are none. */
static bool may_grow(const Class *c) { return c->access & (ACC_ABSTRACT | ACC_INTERFACE) || !c->allocated; }

/* With all fields of c and its superclasses on the paper: do its instances fit in their cells? */
static bool check_size(Paper *p, const Class *c)
{
    memset(p->used, 0, sizeof p->used);
    memset(p->used, 1, fields_start());
    for (const Class *k = c; k; k = k->super)
        if (!mark_own(p, k)) return false;
    return ALIGN_UP(end_of(p), 8) <= c->shape.size || may_grow(c);
}

/* ---- Steps --------------------------------------------------------------------------------------------- */

static int hotter(const void *a, const void *b)
{
    const FieldHeat *x = *(const FieldHeat *const *)a, *y = *(const FieldHeat *const *)b;
    if (bytes_of(x->f) != bytes_of(y->f)) return (int)bytes_of(y->f) - (int)bytes_of(x->f);
    u64 hx = x->stalls + x->beside, hy = y->stalls + y->beside;
    return hx != hy ? (hx < hy ? 1 : -1) : (int)x->f->offset - (int)y->f->offset;
}

static bool put_hot(Paper *p)
{
    const FieldHeat *hot[MAX_FIELDS];
    size_t n = 0;
    for (size_t i = 0; i < p->n && n < MAX_FIELDS; i++) {
        const FieldHeat *r = &p->rows[i];
        if (r->f && field_is_hot(r, p->plan->stalls) && fields_may_move(r->f->owner, p->loaded)) hot[n++] = r;
    }
    if (n) qsort(hot, n, sizeof *hot, hotter);
    for (size_t i = 0; i < n; i++)
        if (!put_field(p, hot[i]->f)) return false;
    return n > 0;
}

/* c's superclasses and itself, from the top. 0: more than there is room for. */
static u32 chain_of(Class *c, Class **chain)
{
    u32 n = 0, depth = 0;
    for (Class *k = c; k; k = k->super) depth++;
    if (depth > MAX_DEPTH) return 0;
    for (Class *k = c; k; k = k->super) chain[depth - ++n] = k;
    return n;
}

static bool put_chain(Paper *p, Class *const *chain, u32 n)
{
    memset(p->used, 1, fields_start());
    for (u32 i = 0; i < n; i++)
        if (!fields_may_move(chain[i], p->loaded) && !mark_own(p, chain[i])) return false;
    if (!put_hot(p)) return false;
    for (u32 i = 0; i < n; i++)
        if (fields_may_move(chain[i], p->loaded) && !put_own(p, chain[i])) return false;
    for (u32 i = 0; i < n; i++)
        if (fields_may_move(chain[i], p->loaded) && !check_size(p, chain[i])) return false;
    return check_size(p, chain[n - 1]) && ALIGN_UP(end_of(p), 8) <= chain[n - 1]->shape.size;
}

static bool is_in(const Class *c, Class *const *chain, u32 n)
{
    return c->depth < n && chain[c->depth] == c;
}

/* The subclasses of c, those of the chain aside. */
static bool put_others(Paper *p, const Class *c, Class *const *chain, u32 n)
{
    for (Class *s = c->subclasses; s; s = s->next_sibling) {
        if (++p->classes > MAX_CLASSES) return false;
        if (!is_in(s, chain, n)) {
            memset(p->used, 0, sizeof p->used);
            memset(p->used, 1, fields_start());
            for (const Class *k = s->super; k; k = k->super)
                if (!mark_own(p, k)) return false;
            if (fields_may_move(s, p->loaded) && !put_own(p, s)) return false;
            if (s->shape.size > FIELDS_MAX_SIZE || !check_size(p, s)) return false;
        }
        if (!put_others(p, s, chain, n)) return false;
    }
    return true;
}

/* The topmost class that has a field which moves. */
static const Class *topmost(const FieldPlan *plan, Class *const *chain, u32 n)
{
    for (u32 i = 0; i < n; i++)
        for (u32 k = 0; k < chain[i]->nfields; k++)
            if (offset_in(plan, &chain[i]->fields[k]) != chain[i]->fields[k].offset) return chain[i];
    return NULL;
}

static double lines(const Paper *p, bool planned)
{
    u8 used[FIELDS_MAX_SIZE + FIELDS_LINE] = { 0 };
    for (size_t i = 0; i < p->n; i++) {
        const FieldHeat *r = &p->rows[i];
        if (!field_is_hot(r, p->plan->stalls)) continue;
        if (r->f) memset(used + (planned ? offset_in(p->plan, r->f) : r->f->offset), 1, bytes_of(r->f));
        else used[0] = 1;
    }
    return visit_lines(used, p->plan->c->shape.size);
}

static void keep_moved(FieldPlan *p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->places.len; i++)
        if (p->places.data[i].offset != p->places.data[i].f->offset) p->places.data[n++] = p->places.data[i];
    p->places.len = n;
}

bool fields_plan(const FieldHeat *rows, size_t n, u32 how, FieldPlan *out)
{
    ASSERT(n > 0);
    *out = (FieldPlan){ .c = rows[0].c };
    Paper p = { .plan = out, .rows = rows, .n = n, .loaded = how & FIELDS_LOADED };
    Class *chain[MAX_DEPTH];
    u32 depth = chain_of(out->c, chain);
    for (size_t i = 0; i < n; i++) out->stalls += rows[i].stalls;
    bool good = depth && out->c->shape.size <= FIELDS_MAX_SIZE && put_chain(&p, chain, depth);
    const Class *top = good ? topmost(out, chain, depth) : NULL;
    if (top && put_others(&p, top, chain, depth)) {
        out->before = lines(&p, false), out->after = lines(&p, true);
        keep_moved(out);
        if (how & FIELDS_ANYHOW || out->after * 100 <= out->before * (100 - LEAST_SAVED)) return true;
    }
    fields_plan_free(out);
    return false;
}

void fields_plan_free(FieldPlan *p) { vec_free(&p->places); }

double fields_saving(const FieldPlan *p)
{
    ASSERT(p->before > 0);
    return (1 - p->after / p->before) * SAVED_OF_FEWER / 100;
}

char *fields_text(const FieldPlan *p)
{
    enum { SHOWN = 8 };
    char *text = xstrdup("");
    for (size_t i = 0; i < p->places.len && i <= SHOWN; i++) {
        const FieldPlace *x = &p->places.data[i];
        char *more = i == SHOWN ? xasprintf("%s, ...", text)
                                : xasprintf("%s%s%s.%s %u -> %u", text, i ? ", " : "", x->f->owner->name->bytes, x->f->name->bytes, x->f->offset, x->offset);
        free(text);
        text = more;
    }
    return text;
}
