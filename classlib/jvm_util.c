/* Small helpers of the exported JVM_* functions: arrays of classes, objects, bytes. */
#include "classlib/jvm_util.h"
#include <string.h>

Object *jvm_bytes(Thread *t, Bytes b)
{
    if (!b.data) return NULL;
    Object *array = array_new_prim(t, T_BYTE, (i32)b.length);
    if (array) memcpy(byte_elems(array), b.data, b.length);
    return array;
}

Object *jvm_class_array(Thread *t, u32 n) { return array_new(t, class_array_of(wk.Class), (i32)n); }
Object *jvm_object_array(Thread *t, u32 n) { return array_new(t, class_array_of(wk.Object), (i32)n); }
Object *jvm_string_array(Thread *t, u32 n) { return array_new(t, class_array_of(wk.String), (i32)n); }

static void copy(Object *to, const Object *from, u32 n)
{
    for (u32 i = 0; i < n; i++) array_set_ref(to, i, array_ref(from, i));
}

bool jvm_list_add(Thread *t, ObjectList *l, Object *o)
{
    u32 cap = l->array ? array_length(l->array) : 0;
    if (l->len == cap) {
        Object *bigger = jvm_object_array(t, cap ? 2 * cap : 8);
        if (!bigger) return false;
        if (l->array) copy(bigger, l->array, l->len);
        l->array = bigger;
    }
    array_set_ref(l->array, l->len++, o);
    return true;
}

Object *jvm_list_array(Thread *t, const ObjectList *l, Class *component)
{
    Object *array = array_new(t, class_array_of(component), (i32)l->len);
    if (array && l->len) copy(array, l->array, l->len);
    return array;
}
