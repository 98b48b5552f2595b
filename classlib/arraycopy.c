/* System.arraycopy, with HotSpot's messages. Charged as its own service: both ranges go through the modelled caches. */
#include "base/log.h"
#include "classlib/costs.h"
#include "classlib/natives.h"
#include <stdlib.h>
#include <string.h>

typedef struct Copy { Object *from, *to; i32 from_pos, to_pos, n; } Copy;

static const char *const STORE = "java/lang/ArrayStoreException";

/* "int", or "object array" for arrays of references: how the messages name an array's elements. */
static const char *kind_name(const Object *a)
{
    const Class *c = object_class(a);
    return c->elem_type == T_OBJECT || c->elem_type == T_ARRAY ? "object array" : c->component->name->bytes;
}

static bool holds_references(const Object *a) { return object_class(a)->shape.kind == GC_REF_ARRAY; }

static void throw_not_array(Thread *t, const char *which, const Object *o)
{
    char *name = class_java_name(object_class(o));
    throw_new(t, STORE, "arraycopy: %s type %s is not an array", which, name);
    free(name);
}

static bool types_ok(Thread *t, const Copy *c)
{
    if (!c->from || !c->to) {
        throw_new(t, "java/lang/NullPointerException", NULL);
        return false;
    }
    if (!class_is_array(object_class(c->from))) return throw_not_array(t, "source", c->from), false;
    if (!class_is_array(object_class(c->to))) return throw_not_array(t, "destination", c->to), false;
    bool refs = holds_references(c->from);
    if (refs == holds_references(c->to) && (refs || object_class(c->from) == object_class(c->to))) return true;
    throw_new(t, STORE, "arraycopy: type mismatch: can not copy %s[] into %s[]", kind_name(c->from), kind_name(c->to));
    return false;
}

static bool throw_index(Thread *t, const char *what, i64 index, const Object *a)
{
    throw_new(t, "java/lang/ArrayIndexOutOfBoundsException", "arraycopy: %s index %lld out of bounds for %s[%u]", what, (long long)index,
              kind_name(a), array_length(a));
    return false;
}

static bool range_ok(Thread *t, const Copy *c)
{
    if (c->from_pos < 0) return throw_index(t, "source", c->from_pos, c->from);
    if (c->to_pos < 0) return throw_index(t, "destination", c->to_pos, c->to);
    if (c->n < 0) {
        throw_new(t, "java/lang/ArrayIndexOutOfBoundsException", "arraycopy: length %d is negative", c->n);
        return false;
    }
    i64 from_end = (i64)c->from_pos + c->n, to_end = (i64)c->to_pos + c->n;
    if (from_end > array_length(c->from)) return throw_index(t, "last source", from_end, c->from);
    if (to_end > array_length(c->to)) return throw_index(t, "last destination", to_end, c->to);
    return true;
}

static void throw_element(Thread *t, const Class *from, const Class *to)
{
    char *a = class_java_name(from), *b = class_java_name(to);
    if (!class_subtype(to, from)) throw_new(t, STORE, "arraycopy: type mismatch: can not copy %s[] into %s[]", a, b);
    else
        throw_new(t, STORE,
                  "arraycopy: element type mismatch: can not cast one of the elements of %s[] to the type of the destination array, %s", a, b);
    free(a), free(b);
}

/* Element by element: what comes before the first element that does not fit stays copied. */
static void copy_checked(Thread *t, const Copy *c)
{
    const Class *want = object_class(c->to)->component;
    charge_units(arraycopy_check, c->n);
    for (i32 i = 0; i < c->n; i++) {
        Object *o = array_ref(c->from, (u32)(c->from_pos + i));
        if (o && !class_subtype(object_class(o), want)) {
            throw_element(t, object_class(c->from)->component, want);
            return;
        }
        array_set_ref(c->to, (u32)(c->to_pos + i), o);
    }
}

static void copy(Thread *t, const Copy *c)
{
    BasicType type = object_class(c->from)->elem_type;
    u32 shift = type_shift(type), base = array_base(type);
    const u8 *from = (u8 *)c->from + base + ((u64)c->from_pos << shift);
    u8 *to = (u8 *)c->to + base + ((u64)c->to_pos << shift);
    u64 bytes = (u64)c->n << shift;
    charge_begin(SVC_ARRAYCOPY);
    charge_touch(from, bytes, false);
    charge_touch(to, bytes, true);
    charge_units(arraycopy, 1);
    charge_units(arraycopy_word, bytes / 8);
    if (holds_references(c->from) && !class_subtype(object_class(c->from)->component, object_class(c->to)->component)) copy_checked(t, c);
    else memmove(to, from, bytes);
    charge_end();
}

/* (Object from, int pos, Object to, int pos, int n) */
u64 native_arraycopy(Thread *t, u64 *args)
{
    Copy c = { (Object *)args[0], (Object *)args[2], (i32)args[1], (i32)args[3], (i32)args[4] };
    if (types_ok(t, &c) && range_ok(t, &c) && c.n) copy(t, &c);
    return 0;
}
