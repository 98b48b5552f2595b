/* Finding fields and methods (JVMS 5.4.3.2-4), maximally-specific superinterface methods, and selection of what a call runs (5.4.6). */
#include "vm/loader.h"
#include "vm/costs.h"
#include "vm/membername.h"
#include "base/log.h"
#include "base/vec.h"

/* What a search of n members in a row looked at. */
static void looked_at(const void *first, u64 stride, u32 n)
{
    charge_units(look_member, n);
    for (u32 i = 0; UNLIKELY(charge_hooks != NULL) && i < n; i++) charge_touch((const u8 *)first + i * stride, 24, false);
}

/* ---- Fields ------------------------------------------------------------------------------------------------------------ */

Field *class_declared_field(Class *c, Symbol *name, Symbol *desc)
{
    Field *found = NULL;
    u32 i = 0;
    for (; i < c->nfields && !found; i++)
        if (c->fields[i].name == name && (!desc || c->fields[i].desc == desc)) found = &c->fields[i];
    looked_at(c->fields, sizeof *c->fields, i);
    return found;
}

/* Injected fields do not exist for Java. */
static Field *java_field(Class *c, Symbol *name, Symbol *desc)
{
    Field *f = class_declared_field(c, name, desc);
    return f && !(f->access & FIELD_INJECTED) ? f : NULL;
}

Field *class_find_field(Class *c, Symbol *name, Symbol *desc)
{
    for (; c; c = c->super) {
        Field *f = java_field(c, name, desc);
        if (f) return f;
        for (u32 i = 0; i < c->ninterfaces; i++)
            if ((f = class_find_field(c->interfaces[i], name, desc))) return f;
    }
    return NULL;
}

/* ---- Methods: by declaration --------------------------------------------------------------------------------------------- */

Method *class_declared_method(Class *c, Symbol *name, Symbol *desc)
{
    Method *found = NULL;
    u32 i = 0;
    for (; i < c->nmethods && !found; i++)
        if (c->methods[i].name == name && c->methods[i].desc == desc) found = &c->methods[i];
    looked_at(c->methods, sizeof *c->methods, i);
    return found;
}

Method *class_lookup_instance(Class *c, Symbol *name, Symbol *desc)
{
    for (; c; c = c->super) {
        Method *m = class_declared_method(c, name, desc);
        if (m && !(m->access & (ACC_STATIC | ACC_PRIVATE))) return m;
    }
    return NULL;
}

/* Is some other candidate's interface a subinterface of this one's? Then this one is not maximally specific. */
static bool shadowed(Method *const *list, u32 n, const Method *m)
{
    for (u32 i = 0; i < n; i++)
        if (list[i] != m && list[i]->owner != m->owner && class_subtype(list[i]->owner, m->owner)) return true;
    return false;
}

/* Instance, non-private methods of c's superinterfaces with this name and type. */
static u32 candidates(Class *c, Symbol *name, Symbol *desc, Method **list, u32 room)
{
    u32 n = 0;
    for (u32 i = 0; i < c->nsupers; i++) {
        Method *m = class_declared_method(c->supers[i], name, desc);
        if (m && !(m->access & (ACC_STATIC | ACC_PRIVATE))) {
            ASSERT(n < room);
            list[n++] = m;
        }
    }
    return n;
}

Method *interface_select(Class *c, Symbol *name, Symbol *desc, bool *conflict, Method **abstract_one)
{
    Method *list[c->nsupers + 1], *found = NULL;
    u32 n = candidates(c, name, desc, list, c->nsupers + 1);
    *conflict = false;
    *abstract_one = NULL;
    for (u32 i = 0; i < n; i++) {
        if (shadowed(list, n, list[i])) continue;
        if (list[i]->access & ACC_ABSTRACT) {
            if (!*abstract_one) *abstract_one = list[i];
        } else if (found) *conflict = true;
        else found = list[i];
    }
    return *conflict ? NULL : found;
}

/* The last steps of method resolution: the maximally-specific default, or else any superinterface method that is neither private
   nor static. */
static Method *superinterface_method(Class *c, Symbol *name, Symbol *desc)
{
    bool conflict;
    Method *abstract_one, *m = interface_select(c, name, desc, &conflict, &abstract_one);
    if (m) return m;
    if (abstract_one && !conflict) return abstract_one;
    Method *list[c->nsupers + 1];
    return candidates(c, name, desc, list, c->nsupers + 1) ? list[0] : NULL;
}

Method *class_find_method(Class *c, Symbol *name, Symbol *desc)
{
    for (Class *k = c; k; k = k->super) {
        Method *m = class_declared_method(k, name, desc);
        if (!m) m = polymorphic_method(k, name);
        if (m) return m;
    }
    return superinterface_method(c, name, desc);
}

Method *class_find_interface_method(Class *c, Symbol *name, Symbol *desc)
{
    Method *m = class_declared_method(c, name, desc);
    if (m) return m;
    m = class_declared_method(wk.Object, name, desc);
    if (m && m->access & ACC_PUBLIC && !(m->access & ACC_STATIC)) return m;
    return superinterface_method(c, name, desc);
}

Method *method_named(Class *c, const char *name, const char *desc)
{
    Method *m = class_find_method(c, symbol_of(name), symbol_of(desc));
    if (!m) panic("no method %s.%s%s", c->name->bytes, name, desc);
    return m;
}

/* ---- Selection ------------------------------------------------------------------------------------------------------------- */

bool method_is_final(const Method *m)
{
    return m->access & (ACC_PRIVATE | ACC_STATIC | ACC_FINAL) || m->owner->access & ACC_FINAL || m->name->bytes[0] == '<';
}

bool method_is_overridable_by(const Method *m, const Class *c)
{
    if (m->access & (ACC_PRIVATE | ACC_STATIC)) return false;
    return m->access & (ACC_PUBLIC | ACC_PROTECTED) || class_same_package(m->owner, c);
}

/* A slot that nobody implements is no method to run. */
static Method *runnable(Method *m)
{
    return m && (!(m->access & ACC_ABSTRACT) || m->access & METHOD_OVERPASS) ? m : NULL;
}

Method *method_select_virtual(Class *c, const Method *resolved)
{
    if (resolved->vindex >= 0) {
        ASSERT((u32)resolved->vindex < c->vtable_length);
        return runnable(c->vtable[resolved->vindex]);
    }
    if (resolved->iindex >= 0 && resolved->owner->access & ACC_INTERFACE) {
        bool missing;
        return method_select_interface(c, resolved->owner, (u32)resolved->iindex, &missing);
    }
    return runnable((Method *)resolved);
}

Method *method_select_interface(Class *c, Class *interface, u32 iindex, bool *not_implemented)
{
    for (u32 i = 0; i < c->itable_length; i++) {
        charge_units(itable_row, 1);
        charge_touch(&c->itable[i], sizeof c->itable[i], false);
        if (c->itable[i].interface == interface) {
            *not_implemented = false;
            ASSERT(iindex < interface->next_iindex);
            return runnable(c->itable[i].methods[iindex]);
        }
    }
    *not_implemented = true;
    return NULL;
}
