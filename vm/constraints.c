/* Loading constraints (JVMS 5.3.4): where a class uses a member of a class of another loader, or overrides one, both loaders must mean the same
   class by each name in the descriptor. Names need not be loaded yet: a constraint is a set of loaders for a name, with the class once one of
   them has it; loading another class under that name by any of them is an error, and so is joining two sets with different classes.
   Names in java/ need none: only the boot and platform loaders define those. */
#include "vm/constraints.h"
#include "vm/loader.h"
#include "vm/names.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/vec.h"
#include <string.h>

typedef struct Constraint {
    Class *c; /* NULL: not loaded by any of them */
    Vec(const Loader *) loaders;
    struct Constraint *next; /* of the same name */
} Constraint;

static Map table; /* Symbol* -> Constraint* */

static bool has_loader(const Constraint *k, const Loader *l)
{
    for (size_t i = 0; i < k->loaders.len; i++)
        if (k->loaders.data[i] == l) return true;
    return false;
}

static Constraint *find(const Symbol *name, const Loader *l)
{
    const u64 *first = map_get(&table, (u64)name);
    Constraint *k = first ? (Constraint *)*first : NULL;
    while (k && !has_loader(k, l)) k = k->next;
    return k;
}

static Constraint *make(const Symbol *name)
{
    ASSERT(name->bytes[0] != '[');
    u64 *first = map_put(&table, (u64)name);
    Constraint *k = xcalloc(1, sizeof *k);
    k->next = (Constraint *)*first;
    *first = (u64)k;
    return k;
}

static void drop(const Symbol *name, Constraint *k)
{
    u64 *first = map_get(&table, (u64)name);
    ASSERT(first != NULL);
    if ((Constraint *)*first == k) *first = (u64)k->next;
    else {
        Constraint *before = (Constraint *)*first;
        while (before->next != k) before = before->next;
        before->next = k->next;
    }
    vec_free(&k->loaders);
    free(k);
}

/* *c: what is known; false: another class is known here. */
static bool agree(Class **c, Class *other)
{
    if (!other) return true;
    if (!*c) *c = other;
    return *c == other;
}

static bool join(Symbol *name, Loader *a, Loader *b)
{
    Class *c = class_find_loaded(a, name);
    Constraint *x = find(name, a), *y = find(name, b);
    if (!agree(&c, class_find_loaded(b, name)) || (x && !agree(&c, x->c)) || (y && !agree(&c, y->c))) return false;
    if (!x) {
        x = y ? y : make(name);
        vec_push(&x->loaders, a);
    }
    if (!has_loader(x, b)) {
        if (!y) vec_push(&x->loaders, b);
        else {
            for (size_t i = 0; i < y->loaders.len; i++) vec_push(&x->loaders, y->loaders.data[i]);
            drop(name, y);
        }
    }
    x->c = c;
    return true;
}

/* A type by its descriptor, as far as its element type is a class. */
static bool same_meaning(const char *desc, u32 length, Loader *a, Loader *b)
{
    while (*desc == '[') desc++, length--;
    if (*desc != 'L' || !strncmp(desc, "Ljava/", 6)) return true;
    return join(symbol_intern(desc + 1, length - 2), a, b);
}

/* The first type of a descriptor that the loaders don't agree on (as in messages: a class's name, an array's descriptor), or NULL. */
static Symbol *disagreement(const Symbol *desc, Loader *a, Loader *b)
{
    ASSERT(a != b && desc->length);
    for (const char *p = desc->bytes; *p; ) {
        if (*p == '(' || *p == ')' || *p == 'V') {
            p++;
            continue;
        }
        u32 n = descriptor_length(p);
        if (!same_meaning(p, n, a, b)) return *p == 'L' ? symbol_intern(p + 1, n - 2) : symbol_intern(p, n);
        p += n;
    }
    return NULL;
}

/* ---- Messages --------------------------------------------------------------------------------------------------------------------- */

const char *class_kind(const Class *c)
{
    return c->access & ACC_INTERFACE ? c->access & ACC_ANNOTATION ? "annotation" : "interface"
         : c->access & ACC_ENUM ? "enum" : c->access & CLASS_RECORD ? "record" : c->access & ACC_ABSTRACT ? "abstract class" : "class";
}

/* The parent is told of loaders that are not the JDK's own. */
char *class_in_module_and_parent(Thread *t, const Class *c)
{
    char *where = class_in_module(c);
    const Loader *l = c->loader;
    const char *name = l->name_and_id->bytes;
    if (!l->java || !strcmp(name, "'app'") || !strcmp(name, "'platform'")) return where;
    const Loader *parent = loader_of(t, load_ref(l->java, off.ClassLoader_parent));
    char *text = xasprintf("%s, parent loader %s", where, parent->name_and_id->bytes);
    free(where);
    return text;
}

/* "...(where a; where b)" for a text that is freed. */
static bool violated(Thread *t, char *text, const Class *a, const Class *b)
{
    char *x = class_in_module_and_parent(t, a), *y = class_in_module_and_parent(t, b);
    throw_new(t, "java/lang/LinkageError", "loader constraint violation%s (%s; %s)", text, x, y);
    free(text), free(x), free(y);
    return false;
}

static const char *loader_text(const Class *c) { return c->loader->name_and_id->bytes; }

/* ---- Members ------------------------------------------------------------------------------------------------------------------------ */

bool constraints_method(Thread *t, const Class *from, const Class *c, const Method *m)
{
    if (from->loader == m->owner->loader) return true;
    const Symbol *type = disagreement(m->desc, from->loader, m->owner->loader);
    if (!type) return true;
    char *method = method_external_name(c, m->name, m->desc);
    char *text = xasprintf(": when resolving %s '%s' the class loader %s of the current class, %s, and the class loader %s for the method's "
                           "defining class, %s, have different Class objects for the type %s used in the signature",
                           class_is_interface(c) ? "interface method" : "method", method, loader_text(from), from->name->bytes, loader_text(m->owner),
                           m->owner->name->bytes, type->bytes);
    free(method);
    return violated(t, text, from, m->owner);
}

bool constraints_field(Thread *t, const Class *from, const Field *f)
{
    if (from->loader == f->owner->loader) return true;
    const Symbol *type = disagreement(f->desc, from->loader, f->owner->loader);
    if (!type) return true;
    char *a = class_java_name(from), *b = class_java_name(f->owner);
    char *text = xasprintf(": when resolving field \"%s\" of type %s, the class loader %s of the current class, %s, and the class loader %s for the "
                           "field's defining class, %s, have different Class objects for type %s",
                           f->name->bytes, type->bytes, loader_text(from), a, loader_text(f->owner), b, type->bytes);
    free(a), free(b);
    return violated(t, text, from, f->owner);
}

/* ---- Tables ------------------------------------------------------------------------------------------------------------------------- */

static bool check_override(Thread *t, const Class *c, const Method *m, const Method *above)
{
    if (m->owner->loader == above->owner->loader) return true;
    const Symbol *type = disagreement(m->desc, m->owner->loader, above->owner->loader);
    if (!type) return true;
    char *name = class_java_name(c), *method = method_external_name(m->owner, m->name, m->desc), *a = class_java_name(m->owner),
         *b = class_java_name(above->owner);
    char *text = xasprintf(" for class %s: when selecting overriding method '%s' the class loader %s of the selected method's type %s, and the class "
                           "loader %s for its super type %s have different Class objects for the type %s used in the signature",
                           name, method, loader_text(m->owner), a, loader_text(above->owner), b, type->bytes);
    free(name), free(method), free(a), free(b);
    return violated(t, text, m->owner, above->owner);
}

static bool check_implementation(Thread *t, const Class *c, const Class *interface, const Method *im, const Method *m)
{
    if (m->owner->loader == interface->loader) return true;
    const Symbol *type = disagreement(im->desc, m->owner->loader, interface->loader);
    if (!type) return true;
    char *name = class_java_name(c), *method = method_external_name(interface, im->name, im->desc), *a = class_java_name(interface),
         *b = class_java_name(m->owner);
    char *text = xasprintf(" in interface itable initialization for class %s: when selecting method '%s' the class loader %s for super interface %s, "
                           "and the class loader %s of the selected method's %s, %s have different Class objects for the type %s used in the signature",
                           name, method, loader_text(interface), a, loader_text(m->owner), class_kind(m->owner), b, type->bytes);
    free(name), free(method), free(a), free(b);
    return violated(t, text, interface, m->owner);
}

static bool check_row(Thread *t, const Class *c, const ITable *row)
{
    for (u32 i = 0; i < row->interface->nmethods; i++) {
        const Method *im = &row->interface->methods[i];
        const Method *m = im->iindex >= 0 ? row->methods[im->iindex] : NULL;
        if (m && !(m->access & ACC_ABSTRACT) && !check_implementation(t, c, row->interface, im, m)) return false;
    }
    return true;
}

bool constraints_tables(Thread *t, const Class *c)
{
    const Class *s = c->super;
    for (u32 i = 0; s && c->vtable != s->vtable && i < s->vtable_length; i++)
        if (c->vtable[i] != s->vtable[i] && !check_override(t, c, c->vtable[i], s->vtable[i])) return false;
    for (u32 i = 0; i < c->itable_length; i++)
        if (!check_row(t, c, &c->itable[i])) return false;
    return true;
}

/* ---- Classes ------------------------------------------------------------------------------------------------------------------------ */

bool constraints_class(Thread *t, Loader *l, Class *c)
{
    Constraint *k = find(c->name, l);
    if (!k) return true;
    if (!k->c || k->c == c) {
        k->c = c;
        return true;
    }
    char *name = class_java_name(c), *where = class_in_module_and_parent(t, k->c->loader != l ? k->c : c);
    char *other = k->c->loader != l ? xasprintf(" A different %s with the same name was previously loaded by %s.", class_kind(k->c), loader_text(k->c))
                                    : xstrdup("");
    throw_new(t, "java/lang/LinkageError", "loader constraint violation: loader %s wants to load %s %s.%s (%s)", l->name_and_id->bytes, class_kind(c), name,
              other, where);
    free(name), free(where), free(other);
    return false;
}

static void forget(const Loader *l, const Class *c)
{
    MapEntry *e;
    for (size_t i = 0; (e = map_next(&table, &i)); )
        for (Constraint *k = (Constraint *)e->value, *next; k; k = next) {
            next = k->next;
            if (k->c == c) k->c = NULL;
            for (size_t n = k->loaders.len; n-- > 0; )
                if (k->loaders.data[n] == l) k->loaders.data[n] = vec_pop(&k->loaders);
            if (k->loaders.len < 2) drop((const Symbol *)e->key, k);
        }
}

void constraints_forget_loader(const Loader *l) { forget(l, NULL); }
void constraints_forget_class(const Class *c) { forget(NULL, c); }
