/* Linking (JVMS 5.4): verification, then the tables that calls go through, then constant statics.

   A vtable holds a superclass's slots first. A method overrides every slot whose method (or one that it stands in for, further
   up) it may override, and takes a new slot only if it overrides none and can itself be overridden. Interface methods that no
   class implements get slots too, in the class that meets them first: the default method itself, or a miranda (abstract: the call
   is an AbstractMethodError), or an overpass (several defaults conflict: IncompatibleClassChangeError).
   An itable lists, for each superinterface, what its methods run in this class.

   Linking does not switch threads but in verification, which may load classes: it comes first, and the rest looks at the state again. */
#include "vm/constraints.h"
#include "vm/loader.h"
#include "vm/costs.h"
#include "vm/names.h"
#include "vm/unit.h"
#include "base/log.h"
#include "base/vec.h"
#include <stdlib.h>
#include <string.h>

typedef Vec(Method *) Slots;

/* ---- vtable: declared methods --------------------------------------------------------------------------------------------- */

/* May a method of c override what slot i holds in its superclass, directly or through methods that themselves override? */
static bool overrides_slot(const Class *c, u32 i)
{
    for (const Class *k = c->super; k && k->vtable_length > i; k = k->super)
        if (method_is_overridable_by(k->vtable[i], c)) return true;
    return false;
}

static bool throw_final(Thread *t, const Class *c, const Method *m, const Method *overridden)
{
    char *a = class_java_name(c), *b = class_java_name(overridden->owner);
    throw_new(t, "java/lang/IncompatibleClassChangeError", "class %s overrides final method %s.%s%s", a, b, m->name->bytes, m->desc->bytes);
    free(a), free(b);
    return false;
}

/* Final methods may have no slot, so the superclasses are asked. */
static bool check_final_method(Thread *t, const Class *c, const Method *m)
{
    for (Class *k = c->super; k; k = k->super) {
        Method *s = class_declared_method(k, m->name, m->desc);
        if (s && s->access & ACC_FINAL && method_is_overridable_by(s, c)) return throw_final(t, c, m, s);
    }
    return true;
}

bool class_check_finals(Thread *t, const Class *c)
{
    for (u32 i = 0; i < c->nmethods; i++) {
        const Method *m = &c->methods[i];
        if (m->access & (ACC_STATIC | ACC_PRIVATE) || m->name->bytes[0] == '<') continue;
        if (!check_final_method(t, c, m)) return false;
    }
    return true;
}

static void place_method(Class *c, Method *m, Slots *v)
{
    u32 inherited = c->super ? c->super->vtable_length : 0;
    charge_units(link_pair, inherited);
    if (inherited) charge_touch(c->super->vtable, inherited * sizeof *c->vtable, false);
    for (u32 i = 0; i < inherited; i++) {
        const Method *s = c->super->vtable[i];
        if (s->name != m->name || s->desc != m->desc || !overrides_slot(c, i)) continue;
        v->data[i] = m;
        if (m->vindex < 0) m->vindex = (i32)i;
    }
    if (m->vindex >= 0 || m->access & ACC_FINAL || c->access & ACC_FINAL) return;
    m->vindex = (i32)v->len;
    vec_push(v, m);
}

static void place_declared(Class *c, Slots *v)
{
    for (u32 i = 0; i < c->nmethods; i++) {
        Method *m = &c->methods[i];
        if (m->access & (ACC_STATIC | ACC_PRIVATE) || m->name->bytes[0] == '<') continue;
        place_method(c, m, v);
    }
}

/* ---- vtable: interface methods ---------------------------------------------------------------------------------------------- */

/* Does this slot's content come from an interface rather than a class? */
static bool is_filler(const Method *m) { return m->owner->access & ACC_INTERFACE || m->access & (METHOD_MIRANDA | METHOD_OVERPASS); }

static Method *make_filler(Class *c, const Method *model, u32 flag)
{
    Method *m = unit_alloc(c->unit, sizeof *m, METHOD_ALIGN);
    MethodDetails *d = unit_alloc_cold(c->unit, sizeof *d, 8);
    *m = *model, *d = *model->details;
    m->details = d;
    m->owner = c;
    m->access = (model->access & ~(u32)(METHOD_MIRANDA | METHOD_OVERPASS | ACC_SYNCHRONIZED)) | ACC_ABSTRACT | flag;
    m->entry = ENTRY_ABSTRACT;
    m->compiled = CODE_INTERPRET;
    m->code = NULL, m->code_length = 0, m->original = NULL;
    d->nhandlers = d->nlines = d->nlocals = 0;
    m->vindex = m->iindex = -1;
    m->profile = NULL;
    return m;
}

static bool inherits_defaults(const Class *c)
{
    for (u32 i = 0; i < c->nsupers; i++)
        if (c->supers[i]->access & CLASS_HAS_DEFAULTS) return true;
    return false;
}

/* What c runs for interface method im that no class of its chain implements. HotSpot makes overpasses where defaults conflict, and for
   all that is missing in classes that have defaults to choose from. */
static Method *filler_for(Class *c, Method *im, Method *now)
{
    bool conflict;
    Method *abstract_one, *found = interface_select(c, im->name, im->desc, &conflict, &abstract_one);
    if (found) return found;
    u32 flag = conflict || inherits_defaults(c) ? METHOD_OVERPASS : METHOD_MIRANDA;
    return now && now->access & flag ? now : make_filler(c, im, flag);
}

static Method **find_filler_slot(Slots *v, const Method *im)
{
    for (size_t i = 0; i < v->len; i++)
        if (v->data[i]->name == im->name && v->data[i]->desc == im->desc && is_filler(v->data[i])) return &v->data[i];
    return NULL;
}

static void place_interface_methods(Class *c, Slots *v)
{
    if (c->super && c->nsupers == c->super->nsupers) return; /* no interface that the superclass has not */
    for (u32 k = 0; k < c->nsupers; k++) {
        Class *interface = c->supers[k];
        for (u32 i = 0; i < interface->nmethods; i++) {
            Method *im = &interface->methods[i];
            charge_units(link_interface, 1);
            if (im->iindex < 0 || class_lookup_instance(c, im->name, im->desc)) continue;
            Method **slot = find_filler_slot(v, im), *m = filler_for(c, im, slot ? *slot : NULL);
            if (slot) *slot = m;
            else vec_push(v, m);
            if (m->access & (METHOD_MIRANDA | METHOD_OVERPASS)) m->vindex = (i32)(slot ? (size_t)(slot - v->data) : v->len - 1);
        }
    }
}

static void make_vtable(Class *c)
{
    const Class *s = c->super;
    if (c->access & ACC_INTERFACE) { /* only Object's methods are called on an interface's type by slot */
        c->vtable = s->vtable, c->vtable_length = s->vtable_length;
        return;
    }
    Slots v = { 0 };
    vec_reserve(&v, (s ? s->vtable_length : 0) + 1);
    if (s) memcpy(v.data, s->vtable, s->vtable_length * sizeof *v.data), v.len = s->vtable_length;
    place_declared(c, &v);
    place_interface_methods(c, &v);
    if (v.len > UINT16_MAX) die("class %s has too many virtual methods (%zu)", c->name->bytes, v.len);
    for (u32 i = 0; s && i < s->vtable_length; i++)
        if (v.data[i] != s->vtable[i]) s->vtable[i]->overridden = 1;
    c->vtable_length = (u32)v.len;
    c->vtable = unit_alloc(c->unit, v.len * sizeof *v.data, 8);
    memcpy(c->vtable, v.data, v.len * sizeof *v.data);
    vec_free(&v);
}

/* ---- itable ----------------------------------------------------------------------------------------------------------------- */

/* What im runs in c: a class's method, or what the vtable holds for interface methods. NULL for conflicting defaults: through
   an interface they are an AbstractMethodError. */
static Method *implementation(const Class *c, const Method *im)
{
    Method *m = class_lookup_instance((Class *)c, im->name, im->desc);
    charge_units(link_interface, 1);
    if (m) return m->access & ACC_PUBLIC ? m : NULL;
    for (u32 i = 0; i < c->vtable_length; i++) {
        m = c->vtable[i];
        if (m->name == im->name && m->desc == im->desc && is_filler(m)) return m->access & METHOD_OVERPASS ? NULL : m;
    }
    return NULL;
}

static Method **itable_methods(const Class *c, const Class *interface)
{
    for (u32 i = 0; c && i < c->itable_length; i++)
        if (c->itable[i].interface == interface) return c->itable[i].methods;
    return NULL;
}

static void fill_itable(const Class *c, ITable *row)
{
    Class *interface = row->interface;
    u32 n = interface->next_iindex;
    if (!n) return;
    Method *list[n];
    for (u32 i = 0; i < interface->nmethods; i++) {
        Method *im = &interface->methods[i];
        if (im->iindex >= 0) list[im->iindex] = implementation(c, im);
    }
    Method **above = itable_methods(c->super, interface);
    if (above && !memcmp(above, list, sizeof list)) {
        row->methods = above;
        return;
    }
    row->methods = unit_alloc(c->unit, sizeof list, 8);
    memcpy(row->methods, list, sizeof list);
}

static void make_itable(Class *c)
{
    if (c->access & ACC_INTERFACE || !c->nsupers) return;
    c->itable = unit_alloc(c->unit, c->nsupers * sizeof *c->itable, 8);
    c->itable_length = c->nsupers;
    for (u32 i = 0; i < c->nsupers; i++) {
        c->itable[i].interface = c->supers[i];
        fill_itable(c, &c->itable[i]);
    }
}

/* ---- Constant statics ----------------------------------------------------------------------------------------------------------- */

static bool set_constant(Thread *t, Class *c, const Field *f)
{
    u64 v = c->cp->v[f->constant];
    Object *m = c->mirror;
    switch (f->type) {
    case T_BOOLEAN: case T_BYTE: FIELD(m, u8, f->offset) = (u8)v; break;
    case T_CHAR: case T_SHORT: FIELD(m, u16, f->offset) = (u16)v; break;
    case T_INT: case T_FLOAT: FIELD(m, u32, f->offset) = (u32)v; break;
    case T_LONG: case T_DOUBLE: FIELD(m, u64, f->offset) = v; break;
    default: {
        Object *s = cp_string(t, c->cp, f->constant);
        if (!s) return false;
        store_ref(m, f->offset, s);
    }
    }
    return true;
}

static bool set_constants(Thread *t, Class *c)
{
    for (u32 i = 0; i < c->nfields; i++)
        if (c->fields[i].constant && !set_constant(t, c, &c->fields[i])) return false;
    return true;
}

/* ---- Linking --------------------------------------------------------------------------------------------------------------------- */

static bool link_tables(Thread *t, Class *c)
{
    charge_begin(SVC_CLASS);
    make_vtable(c);
    make_itable(c);
    charge_touch(c->vtable, c->vtable_length * sizeof *c->vtable, true);
    charge_units(link, 1);
    bool ok = constraints_tables(t, c) && set_constants(t, c);
    charge_end();
    return ok;
}

bool class_link(Thread *t, Class *c)
{
    if (c->state >= CS_LINKED) return true;
    ASSERT(c->kind == CLASS_INSTANCE && c->mirror);
    if (c->super && !class_link(t, c->super)) return false;
    for (u32 i = 0; i < c->ninterfaces; i++)
        if (!class_link(t, c->interfaces[i])) return false;
    if (!verify_class(t, c)) return false;
    if (c->state >= CS_LINKED) return true; /* another thread did, while classes were loaded for the verifier */
    if (!link_tables(t, c)) return false;
    c->state = CS_LINKED;
    LOG(link, "%s: vtable %u, itable %u", c->name->bytes, c->vtable_length, c->itable_length);
    return true;
}
