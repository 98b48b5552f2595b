/* Classes as a whole: the registry, superclass displays, subtyping, array and primitive classes, and mirrors
   (java.lang.Class instances, which also hold the statics). */
#define _GNU_SOURCE
#include "vm/loader.h"
#include "vm/names.h"
#include "vm/unit.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/vec.h"
#include <stdio.h>
#include <string.h>

static Vec(Class *) all; /* in order of definition */
static u32 unloaded;    /* how many have been */
static Class *primitives[T_VOID + 1];

/* ---- Registry ------------------------------------------------------------------------------------------------------- */

void class_register(Class *c)
{
    static u32 count;
    c->id = count++;
    vec_push(&all, c);
    if (c->unit) vec_push(&c->unit->classes, c);
}

/* Classes may be defined meanwhile: those are not visited. */
void classes_each(void (*fn)(void *ctx, Class *c), void *ctx)
{
    size_t n = all.len;
    for (size_t i = 0; i < n; i++)
        if (all.data[i]->loader == boot_loader) fn(ctx, all.data[i]);
    for (size_t i = 0; i < n; i++)
        if (all.data[i]->loader != boot_loader) fn(ctx, all.data[i]);
}

u32 class_count(void) { return (u32)all.len; }

void classes_forget_dead(void)
{
    size_t n = 0;
    for (size_t i = 0; i < all.len; i++)
        if (!all.data[i]->unit || !all.data[i]->unit->dead) all.data[n++] = all.data[i];
    unloaded += (u32)(all.len - n);
    all.len = n;
}

u32 class_unloaded_count(void) { return unloaded; }

/* ---- Supertypes ------------------------------------------------------------------------------------------------------- */

static bool in_list(Class *const *list, u32 n, const Class *c)
{
    for (u32 i = 0; i < n; i++)
        if (list[i] == c) return true;
    return false;
}

static u32 add_interfaces(Class **list, u32 n, Class *const *more, u32 nmore)
{
    for (u32 i = 0; i < nmore; i++)
        if (!in_list(list, n, more[i])) list[n++] = more[i];
    return n;
}

void class_set_supers(Class *c)
{
    Class *super = c->super;
    if (super) {
        c->depth = super->depth + 1;
        memcpy(c->display, super->display, sizeof c->display);
    }
    if (c->depth < CLASS_DISPLAY) c->display[c->depth] = c;
    u32 room = super ? super->nsupers : 0;
    for (u32 i = 0; i < c->ninterfaces; i++) room += c->interfaces[i]->nsupers + 1;
    if (super && !c->ninterfaces) {
        c->supers = super->supers, c->nsupers = super->nsupers;
        return;
    }
    c->supers = unit_alloc(c->unit, room * sizeof *c->supers, 8);
    u32 n = super ? add_interfaces(c->supers, 0, super->supers, super->nsupers) : 0;
    for (u32 i = 0; i < c->ninterfaces; i++) {
        n = add_interfaces(c->supers, n, c->interfaces[i]->supers, c->interfaces[i]->nsupers);
        n = add_interfaces(c->supers, n, &c->interfaces[i], 1);
    }
    c->nsupers = n;
}

bool class_subtype(const Class *sub, const Class *super)
{
    while (sub != super) {
        if (super->access & ACC_INTERFACE) return in_list(sub->supers, sub->nsupers, super);
        if (super->kind != CLASS_ARRAY) {
            if (super->depth < CLASS_DISPLAY) return sub->display[super->depth] == super;
            while (sub && sub->depth > super->depth) sub = sub->super;
            return sub == super;
        }
        if (sub->kind != CLASS_ARRAY) return false;
        sub = sub->component, super = super->component;
        if (sub->kind == CLASS_PRIMITIVE || super->kind == CLASS_PRIMITIVE) return sub == super;
    }
    return true;
}

void class_add_subclass(Class *super, Class *c)
{
    c->next_sibling = super->subclasses;
    super->subclasses = c;
}

void class_set_module(Class *c)
{
    const Class *e = c->kind == CLASS_ARRAY ? c->element : c;
    Module *m = module_of_package(e->loader, class_package(e));
    bool early = e->loader == boot_loader && !((Map *)boot_loader->packages)->len; /* java.base comes later */
    c->module = m ? m : early ? NULL : e->loader->unnamed;
}

/* ---- Mirrors ------------------------------------------------------------------------------------------------------------ */

/* Before java.lang.Class is there, mirrors wait: wellknown_load makes them. */
Object *class_make_mirror(Thread *t, Class *c)
{
    if (c->mirror) return c->mirror;
    if (!off.Class_vmclass) return NULL;
    class_layout_statics(c);
    Object *o = (Object *)gc_alloc(&wk.Class->shape, wk.Class->shape.size + c->static_size);
    if (!o) {
        throw_oom(t, "Java heap space");
        return NULL;
    }
    FIELD(o, Class *, off.Class_vmclass) = c;
    if (c->loader->java && c->kind != CLASS_PRIMITIVE) store_ref(o, off.Class_classLoader, c->loader->java);
    if (c->module && c->module->java) store_ref(o, off.Class_module, c->module->java);
    if (c->component) {
        ASSERT(c->component->mirror);
        store_ref(o, off.Class_componentType, c->component->mirror);
    }
    c->mirror = o;
    if (c->unit) { /* of those that stay, mirrors are roots */
        c->shape.owner = (GcObject *)o;
        unit_add_root(c->unit, &c->mirror);
    }
    return o;
}

Class *mirror_class(const Object *mirror)
{
    ASSERT(object_class(mirror) == wk.Class);
    return FIELD(mirror, Class *, off.Class_vmclass); /* NULL: being made (the heap may ask) */
}

/* ---- Primitive and array classes ------------------------------------------------------------------------------------------ */

static Class *class_blank(ClassKind kind, Symbol *name, Loader *loader, Unit *u)
{
    Class *c = unit_alloc(u, sizeof *c, 16);
    c->unit = u;
    c->kind = (u8)kind;
    c->name = name;
    c->loader = loader;
    c->state = CS_INITIALIZED;
    return c;
}

Class *class_primitive(BasicType type)
{
    static const char *const names[] = { [T_BOOLEAN] = "boolean", [T_CHAR] = "char", [T_FLOAT] = "float", [T_DOUBLE] = "double",
                                         [T_BYTE] = "byte", [T_SHORT] = "short", [T_INT] = "int", [T_LONG] = "long", [T_VOID] = "void" };
    ASSERT(type <= T_VOID && names[type]);
    Class *c = primitives[type];
    if (c) return c;
    c = primitives[type] = class_blank(CLASS_PRIMITIVE, symbol_of(names[type]), boot_loader, NULL);
    c->type = (u8)type;
    c->access = ACC_PUBLIC | ACC_FINAL | ACC_ABSTRACT;
    class_set_module(c);
    class_register(c);
    class_make_mirror(current_thread, c);
    return c;
}

static Symbol *array_name(const Class *component)
{
    static const char letters[] = { [T_BOOLEAN] = 'Z', [T_CHAR] = 'C', [T_FLOAT] = 'F', [T_DOUBLE] = 'D', [T_BYTE] = 'B',
                                    [T_SHORT] = 'S', [T_INT] = 'I', [T_LONG] = 'J', [T_VOID] = 'V' };
    char *s = component->kind == CLASS_PRIMITIVE ? xasprintf("[%c", letters[component->type])
            : component->kind == CLASS_ARRAY ? xasprintf("[%s", component->name->bytes)
            : xasprintf("[L%s;", component->name->bytes);
    Symbol *name = symbol_of(s);
    free(s);
    return name;
}

/* Arrays implement Cloneable and Serializable, and have Object's methods. */
static void array_supers(Class *c)
{
    static Class *interfaces[2];
    static ITable itable[2];
    Class *object = wk.Object ? wk.Object : class_boot("java/lang/Object");
    if (object->state < CS_LINKED && !class_link(current_thread, object)) panic("java.lang.Object does not link");
    if (!interfaces[0]) {
        interfaces[0] = class_boot("java/lang/Cloneable");
        interfaces[1] = class_boot("java/io/Serializable");
    }
    Class **list = unit_alloc(c->unit, sizeof interfaces, 8);
    ITable *table = unit_alloc(c->unit, sizeof itable, 8);
    memcpy(list, interfaces, sizeof interfaces);
    for (u32 i = 0; i < 2; i++) table[i].interface = interfaces[i];
    c->super = object;
    c->interfaces = list, c->ninterfaces = 2;
    class_set_supers(c);
    c->vtable = object->vtable, c->vtable_length = object->vtable_length;
    c->itable = table, c->itable_length = 2;
}

Class *class_array_of(Class *component)
{
    if (component->array_class) return component->array_class;
    ASSERT(component->type != T_VOID);
    Class *c = class_blank(CLASS_ARRAY, array_name(component), component->loader, component->unit);
    c->type = T_ARRAY;
    c->component = component;
    c->element = component->kind == CLASS_ARRAY ? component->element : component;
    c->dims = component->dims + 1;
    c->elem_type = component->type;
    c->access = (component->access & ACC_PUBLIC) | ACC_FINAL | ACC_ABSTRACT | CLASS_CLONEABLE;
    bool prim = component->kind == CLASS_PRIMITIVE;
    c->shape.kind = prim ? GC_LEAF_ARRAY : GC_REF_ARRAY;
    c->shape.size = array_base((BasicType)c->elem_type);
    c->shape.elem_shift = (u8)type_shift((BasicType)c->elem_type);
    array_supers(c);
    class_set_module(c);
    component->array_class = c;
    class_register(c);
    if (!class_make_mirror(current_thread, c) && off.Class_vmclass) die("out of Java heap while making array class %s", c->name->bytes);
    return c;
}
