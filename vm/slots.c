/* Declared types against moved classes: see slots.h. What the verifier guarantees is enough: a field of class type holds
   instances of that class only. Interface types promise nothing, nor does a type that is not loaded where the field was declared. */
#include "vm/slots.h"
#include "vm/costs.h"
#include "vm/vm.h"

enum { POOL = 16384 }; /* ranges handed out in one move; beyond that a class answers with all its slots */

static GcRange *pool; /* in the TABLE window */
static u32 used;

void slots_reset(void) { used = 0; }

static bool type_admits(const Class *declared, const Class *c) { return class_is_interface(declared) || class_subtype(c, declared); }

static const Class *type_of_field(const Field *f)
{
    const char *d = f->desc->bytes;
    Symbol *name = d[0] == '[' ? f->desc : symbol_lookup(d + 1, f->desc->length - 2u);
    return name ? class_find_loaded(f->owner->loader, name) : NULL;
}

static bool field_admits(const Field *f, GcShape *const *moved, u32 n)
{
    charge_units(slot_type, n);
    const Class *declared = type_of_field(f);
    if (!declared) return true;
    for (u32 i = 0; i < n; i++)
        if (type_admits(declared, (const Class *)moved[i])) return true;
    return false;
}

static bool array_admits(const Class *c, GcShape *const *moved, u32 n)
{
    for (u32 i = 0; i < n; i++)
        if (type_admits(c->component, (const Class *)moved[i])) return true;
    return false;
}

/* Appends the field's slot to the ranges at pool[from..used), or widens the last. */
static void add_slot(u32 from, u32 offset)
{
    if (used > from && pool[used - 1].offset + pool[used - 1].count * sizeof(ref_t) == offset) pool[used - 1].count++;
    else pool[used++] = (GcRange){ (u16)offset, 1 };
}

const GcRange *slots_for(const GcShape *shape, GcShape *const *moved, u32 nmoved, u32 *count)
{
    const Class *c = (const Class *)shape;
    if (!pool) pool = window_alloc(&win_table, POOL * sizeof *pool, 64);
    *count = shape->nranges;
    if (shape->kind == GC_REF_ARRAY) {
        *count = array_admits(c, moved, nmoved);
        return NULL;
    }
    u32 from = used, fields = 0;
    for (const Class *k = c; k; k = k->super) fields += k->nfields;
    if (used + fields > POOL) return shape->ranges;
    for (const Class *k = c; k; k = k->super)
        for (u32 i = 0; i < k->nfields; i++) {
            const Field *f = &k->fields[i];
            if (f->access & ACC_STATIC || (f->type != T_OBJECT && f->type != T_ARRAY)) continue;
            if (f->access & FIELD_INJECTED || field_admits(f, moved, nmoved)) add_slot(from, f->offset);
        }
    *count = used - from;
    return pool + from;
}
