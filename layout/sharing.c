/* False sharing: see sharing.h. Each line that was taken away has its touches: a field of an object, with how often each core missed on it. A touch that
   nearly always the same core makes, on a line where another core makes another one so, is falsely shared: with padding between, neither would miss. Where
   several cores use the same field, padding is of no help.
   A plan puts such fields of a class apart: PADDING bytes before each. So the ones of two objects that lie side by side are on different lines as well,
   wherever in a line objects begin. */
#include "layout/sharing.h"
#include "base/log.h"
#include "layout/costs.h"
#include "vm/locate.h"
#include "vm/loader.h"
#include <stdlib.h>
#include <string.h>

enum {
    LINES = 128, TOUCHES = 8, CORES = 16, /* of more cores some count as one */
    PADDING = FIELDS_LINE, MOST_PADDED = 6,
    OWN = 75,              /* percent of its misses that a touch has from one core, if it is that core's */
    WORTH = 10,            /* of 1,000 cycles */
    ENOUGH_SAMPLES = 8,
    MOST_BYTES = 64 << 10  /* that padding may add to all objects of a class */
};

typedef struct Touch { Class *c; Field *f; u64 object; u32 by_core[CORES], samples; u64 stalls; } Touch; /* f: NULL: elements of an array */
typedef struct Line { u64 address; Touch touch[TOUCHES]; u32 n, samples; } Line;
static Line *lines; /* in the TABLE window */
static u32 nlines;

/* By class and field: cycles lost by false sharing, with other fields of the same objects, with other objects. */
typedef struct Row { Class *c; Field *f; u64 within, between; } Row;
typedef Vec(Row) Rows;

/* ---- Samples ------------------------------------------------------------------------------------------- */

/* The one with the fewest samples makes room. */
static Line *line_at(u64 address)
{
    Line *least = NULL;
    for (u32 i = 0; i < nlines; i++) {
        charge_touch(&lines[i].address, sizeof(u64), false);
        if (lines[i].address == address) return &lines[i];
        if (!least || lines[i].samples < least->samples) least = &lines[i];
    }
    charge_units(start, 1);
    if (nlines < LINES) least = &lines[nlines++];
    charge_touch(least, sizeof *least, true);
    *least = (Line){ .address = address };
    return least;
}

static Touch *touch_of(Line *l, Class *c, Field *f, u64 object)
{
    for (u32 i = 0; i < l->n; i++)
        if (l->touch[i].f == f && l->touch[i].object == object) return &l->touch[i];
    if (l->n == TOUCHES) return NULL;
    l->touch[l->n] = (Touch){ .c = c, .f = f, .object = object };
    return &l->touch[l->n++];
}

void sharing_sample(const HwSample *s, u32 core, const GcObject *o, u64 stalls)
{
    Class *c = object_class((Object *)o);
    Place p = { .kind = PLACE_OBJECT, .object = (Object *)o, .klass = c, .offset = (u32)(s->addr - (u64)o) };
    Field *f = c->kind == CLASS_INSTANCE && c != wk.Class ? locate_field(&p) : NULL;
    if (!f && c->kind != CLASS_ARRAY) return; /* headers, statics */
    if (!lines) lines = window_alloc(&win_table, LINES * sizeof *lines, 64);
    charge_units(sample_find, 1);
    Line *l = line_at(ALIGN_DOWN(s->addr, (u64)FIELDS_LINE));
    Touch *t = touch_of(l, c, f, (u64)o);
    l->samples++;
    if (!t) return;
    charge_touch(t, sizeof *t, true);
    t->by_core[core % CORES]++;
    t->samples++;
    t->stalls += stalls;
}

/* ---- What is falsely shared ---------------------------------------------------------------------------- */

/* The core that nearly always made it, or -1. */
static int core_of(const Touch *t)
{
    for (int i = 0; i < CORES; i++)
        if (t->by_core[i] * 100 >= t->samples * OWN) return i;
    return -1;
}

static Row *row_of(Rows *rows, Class *c, Field *f)
{
    for (size_t i = 0; i < rows->len; i++)
        if (rows->data[i].c == c && rows->data[i].f == f) return &rows->data[i];
    vec_push(rows, ((Row){ .c = c, .f = f }));
    return &vec_last(rows);
}

static void add_line(Rows *rows, const Line *l)
{
    for (u32 i = 0; i < l->n; i++) {
        const Touch *t = &l->touch[i];
        int core = core_of(t);
        bool within = false, between = false;
        for (u32 k = 0; k < l->n && core >= 0; k++) {
            int other = core_of(&l->touch[k]);
            if (other < 0 || other == core) continue;
            within |= l->touch[k].object == t->object, between |= l->touch[k].object != t->object;
        }
        if (!within && !between) continue;
        Row *r = row_of(rows, t->c, t->f);
        if (within) r->within += t->stalls;
        else r->between += t->stalls;
    }
}

static int costliest(const void *x, const void *y)
{
    const Row *a = x, *b = y;
    if (a->c != b->c) return a->c->id < b->c->id ? -1 : 1;
    u64 p = a->within + a->between, q = b->within + b->between;
    if (p != q) return p < q ? 1 : -1;
    return a->f && b->f ? (int)a->f->offset - (int)b->f->offset : 0;
}

/* Row by row, those of a class together. */
static void collect(Rows *rows)
{
    for (u32 i = 0; i < nlines; i++)
        if (lines[i].samples >= ENOUGH_SAMPLES) add_line(rows, &lines[i]);
    if (rows->len) qsort(rows->data, rows->len, sizeof *rows->data, costliest);
}

/* Rows of one class, from `at` on; what they cost. */
static size_t class_rows(const Rows *rows, size_t at, u64 *within, u64 *between)
{
    size_t end = at;
    *within = *between = 0;
    for (; end < rows->len && rows->data[end].c == rows->data[at].c; end++) *within += rows->data[end].within, *between += rows->data[end].between;
    return end;
}

static bool is_worth(u64 stalls, u64 cycles) { return stalls * 1000 >= cycles * WORTH; }

/* ---- Advice -------------------------------------------------------------------------------------------- */

static void print_fields(FILE *out, const Row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) fprintf(out, "%s%s", i ? ", " : "", rows[i].f ? rows[i].f->name->bytes : "its elements");
}

void sharing_advise(FILE *out, u64 cycles)
{
    Rows rows = { 0 };
    u64 within, between;
    collect(&rows);
    for (size_t i = 0, end; i < rows.len; i = end) {
        const Row *r = &rows.data[i];
        end = class_rows(&rows, i, &within, &between);
        if (!is_worth(within + between, cycles)) continue;
        char *name = class_external_name(r->c);
        fprintf(out, "  padding: %s: cores take lines from each other to use different ", name);
        if (r->f) fprintf(out, "fields (%s)", within ? "of one object" : "of objects side by side");
        else fprintf(out, "elements");
        fprintf(out, ": keep %d bytes between ", PADDING);
        print_fields(out, r, end - i);
        if (r->f) fprintf(out, " and whatever else is used (as @Contended does, or fields for padding in superclasses)");
        fprintf(out, ": up to %.1f %% of the time\n", 100.0 * (double)(within + between) / (double)cycles);
        free(name);
    }
    vec_free(&rows);
}

/* ---- Plans --------------------------------------------------------------------------------------------- */

static u32 bytes_of(const Field *f) { return 1u << type_shift((BasicType)f->type); }

/* Behind the other fields of the class, each behind padding. */
static bool pad_fields(const Row *rows, size_t n, FieldPlan *p)
{
    Class *c = rows[0].c;
    u32 at = c->shape.size;
    *p = (FieldPlan){ .c = c };
    for (size_t i = 0; i < n && p->places.len < MOST_PADDED; i++) {
        if (!rows[i].f || rows[i].f->owner != c) continue; /* of a superclass: its plan, if it has one */
        p->stalls += rows[i].within + rows[i].between;
        vec_push(&p->places, ((FieldPlace){ rows[i].f, at + PADDING }));
        at = ALIGN_UP(at + PADDING + bytes_of(rows[i].f), 8);
    }
    u64 instances = c->allocated / (c->shape.size ? c->shape.size : 1);
    if (p->places.len && instances * (at - c->shape.size) <= MOST_BYTES) return true;
    fields_plan_free(p);
    return false;
}

bool sharing_plan(u32 wanted, u64 cycles, FieldPlan *out)
{
    Rows rows = { 0 };
    u64 within, between;
    bool found = false;
    collect(&rows);
    for (size_t i = 0, end; i < rows.len && !found; i = end) {
        end = class_rows(&rows, i, &within, &between);
        if (!is_worth(within + between, cycles) || !fields_may_move(rows.data[i].c, false)) continue;
        FieldPlan p;
        if (!pad_fields(&rows.data[i], end - i, &p)) continue;
        if ((found = !wanted--)) *out = p;
        else fields_plan_free(&p);
    }
    vec_free(&rows);
    return found;
}
