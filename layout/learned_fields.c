/* Learned field orders: see learned_fields.h. Of a class that was laid out as told, or changed while the program ran, the order in force is written; it has
   failed if objects of the class that it was made for stall no less than before. Of the others, what a plan (fields.h) says. */
#include "layout/learned_fields.h"
#include "base/log.h"
#include "layout/learned.h"
#include "layout/sharing.h"
#include <string.h>

enum { MOST_ORDERS = 200 /* with as many classes more than edges have, these fit in a file */, WORTH_CLASS = 20, WORTH_CHANGE = 10 /* of 1,000 cycles */ };

/* A class whose fields do not lie as by default. */
typedef struct Applied { Class *c; const Symbol *for_class; double stalls; bool failed; } Applied;
static Vec(Applied) applied;

static u32 own_fields(const Class *c)
{
    u32 n = 0;
    for (u32 i = 0; i < c->nfields; i++) n += !(c->fields[i].access & ACC_STATIC);
    return n;
}

static const MemoryOrder *find_order(const Class *c)
{
    const Memory *m = learned_memory();
    for (size_t i = 0; m && i < m->orders.len; i++) {
        const MemoryOrder *o = &m->orders.data[i];
        const MemoryClass *k = &m->classes.data[o->class];
        if (!strcmp(k->name, c->name->bytes) && o->n == own_fields(c) && learned_fingerprint(c) == k->fingerprint) return o;
    }
    return NULL;
}

bool learned_field_order(const Class *c, u32 *offsets)
{
    const MemoryOrder *o = c->access & CLASS_HIDDEN ? NULL : find_order(c);
    if (!o || o->failed) return false;
    for (u32 i = 0, k = 0; i < c->nfields; i++)
        if (!(c->fields[i].access & ACC_STATIC)) offsets[i] = o->offsets[k++];
    vec_push(&applied, ((Applied){ (Class *)c, symbol_of(o->for_class), o->stalls, false }));
    LOG(layout, "fields of %s as an earlier run has learned", c->name->bytes);
    return true;
}

bool learned_order_failed(const Class *c)
{
    const Memory *m = learned_memory();
    for (size_t i = 0; i < applied.len; i++)
        if (applied.data[i].failed && applied.data[i].for_class == c->name) return true;
    for (size_t i = 0; m && i < m->orders.len; i++)
        if (m->orders.data[i].failed && !strcmp(m->orders.data[i].for_class, c->name->bytes)) return true;
    return false;
}

static Applied *find_applied(const Class *c)
{
    for (size_t i = 0; i < applied.len; i++)
        if (applied.data[i].c == c) return &applied.data[i];
    return NULL;
}

void learned_fields_moved(const FieldPlan *p, double stalls)
{
    for (size_t i = 0; i < p->places.len; i++) {
        Applied *a = find_applied(p->places.data[i].f->owner);
        if (!a) vec_push(&applied, ((Applied){ p->places.data[i].f->owner, p->c->name, stalls, false }));
        else *a = (Applied){ a->c, p->c->name, stalls, false };
    }
}

void learned_fields_undone(const FieldPlan *p)
{
    for (size_t i = 0; i < p->places.len; i++) {
        Applied *a = find_applied(p->places.data[i].f->owner);
        if (a) a->failed = true;
    }
}

/* ---- Writing ------------------------------------------------------------------------------------------- */

static MemoryOrder *order_in(Memory *m, u32 class)
{
    for (size_t i = 0; i < m->orders.len; i++)
        if (m->orders.data[i].class == class) return &m->orders.data[i];
    return NULL;
}

/* Has the class an order of its own already? Asks without adding it to the file, which has room for so many. */
static bool has_order(const Memory *m, const Class *c)
{
    for (size_t i = 0; i < m->orders.len; i++) {
        const MemoryClass *k = &m->classes.data[m->orders.data[i].class];
        if (!strcmp(k->name, c->name->bytes) && k->fingerprint == learned_fingerprint(c)) return true;
    }
    return false;
}

/* Where the plan, if there is one, or the class itself has the fields. */
static void add_order(Memory *m, const Class *c, const FieldPlan *plan, const Symbol *for_class, double stalls, bool failed)
{
    if (m->orders.len >= MOST_ORDERS || !own_fields(c) || has_order(m, c)) return;
    MemoryOrder o = { .class = learned_class_in(m, c), .for_class = xstrdup(for_class->bytes), .stalls = stalls, .failed = failed };
    o.offsets = xcalloc(own_fields(c), sizeof *o.offsets);
    for (u32 i = 0; i < c->nfields; i++) {
        const Field *f = &c->fields[i];
        if (f->access & ACC_STATIC) continue;
        u32 at = f->offset;
        for (size_t k = 0; plan && k < plan->places.len; k++)
            if (plan->places.data[k].f == f) at = plan->places.data[k].offset;
        o.offsets[o.n++] = at;
    }
    vec_push(&m->orders, o);
}

/* Did the order in force save nothing? What was not looked at is not judged. */
static bool saves_nothing(const Applied *a, u64 instructions)
{
    for (size_t i = 0; i < applied.len; i++) {
        const Class *c = applied.data[i].c;
        if (c->name != a->for_class) continue;
        double now = instructions ? (double)heat_of_class(c) / (double)instructions : 0;
        return now > a->stalls;
    }
    return false;
}

static void add_plan(Memory *m, const FieldPlan *p, u64 instructions)
{
    for (size_t i = 0; i < p->places.len; i++)
        if (find_applied(p->places.data[i].f->owner) || has_order(m, p->places.data[i].f->owner)) return;
    Vec(const Class *) owners = { 0 };
    for (size_t i = 0; i < p->places.len; i++) {
        const Class *c = p->places.data[i].f->owner;
        bool known = false;
        for (size_t k = 0; k < owners.len; k++) known |= owners.data[k] == c;
        if (!known) vec_push(&owners, c);
    }
    double stalls = instructions ? (double)p->stalls / (double)instructions : 0;
    for (size_t i = 0; i < owners.len; i++) add_order(m, owners.data[i], p, p->c->name, stalls < 1000 ? stalls : 1000, false);
    vec_free(&owners);
}

static void add_plans(Memory *m, u64 instructions, u64 cycles)
{
    FieldHeats rows = { 0 };
    heat_collect(&rows);
    for (size_t i = 0, end; i < rows.len; i = end) {
        u64 stalls = 0;
        for (end = i; end < rows.len && rows.data[end].c == rows.data[i].c; end++) stalls += rows.data[end].stalls;
        FieldPlan p;
        if (stalls * 1000 < cycles * WORTH_CLASS || learned_order_failed(rows.data[i].c)) continue;
        if (!fields_plan(&rows.data[i], end - i, 0, &p)) continue;
        if (fields_saving(&p) * (double)stalls * 1000 >= (double)cycles * WORTH_CHANGE) add_plan(m, &p, instructions);
        fields_plan_free(&p);
    }
    vec_free(&rows);
}

/* Padding against false sharing comes before what else could be done about a class. */
static void add_paddings(Memory *m, u64 instructions, u64 cycles)
{
    FieldPlan p;
    for (u32 i = 0; m->orders.len < MOST_ORDERS && sharing_plan(i, cycles, &p); i++) {
        if (!learned_order_failed(p.c)) add_plan(m, &p, instructions);
        fields_plan_free(&p);
    }
}

/* Of classes that were not there, or have failed before. */
static void keep_old(Memory *m)
{
    const Memory *old = learned_memory();
    for (size_t i = 0; old && i < old->orders.len && m->orders.len < MOST_ORDERS; i++) {
        const MemoryOrder *o = &old->orders.data[i];
        const MemoryClass *k = &old->classes.data[o->class];
        u32 at = 0;
        while (at < m->classes.len && strcmp(m->classes.data[at].name, k->name)) at++;
        if (at == m->classes.len) vec_push(&m->classes, ((MemoryClass){ xstrdup(k->name), k->fingerprint }));
        if (m->classes.data[at].fingerprint != k->fingerprint || order_in(m, at)) continue;
        MemoryOrder kept = { .class = at, .n = o->n, .offsets = xcalloc(o->n, sizeof *o->offsets), .for_class = xstrdup(o->for_class), .stalls = o->stalls, .failed = o->failed };
        memcpy(kept.offsets, o->offsets, o->n * sizeof *o->offsets);
        vec_push(&m->orders, kept);
    }
}

void learned_add_orders(Memory *m, u64 instructions, u64 cycles, u32 cores)
{
    for (size_t i = 0; i < applied.len; i++) {
        const Applied *a = &applied.data[i];
        add_order(m, a->c, NULL, a->for_class, a->stalls < 1000 ? a->stalls : 1000, a->failed || saves_nothing(a, instructions));
    }
    add_paddings(m, instructions, cycles * cores);
    add_plans(m, instructions, cycles);
    keep_old(m);
}
