/* Allocation for C code and the interpreter's slow paths: objects, arrays, arrays of arrays, shallow copies. Each throws
   OutOfMemoryError with HotSpot's text and returns NULL when it can't. Handles of unfinished objects are C locals, which
   the conservative scan of the host stack finds. */
#include "base/log.h"
#include "vm/costs.h"
#include "vm/vm.h"
#include <stdlib.h>
#include <string.h>

enum { ARRAY_MAX_LENGTH = 0x7ffffffd /* as HotSpot's */, BLOCK = 4096 };
static const char *const HEAP_FULL = "Java heap space";

/* A zeroed object of `size` bytes in all, from the inline lists if they have a cell. */
static Object *allocate(Thread *t, Class *c, u64 size)
{
    ASSERT(size >= OBJECT_HEADER);
    GcObject *o = gc_alloc_fast(gc_lists, &c->shape, size, c->shape.kind == GC_LEAF || c->shape.kind == GC_LEAF_ARRAY);
    if (UNLIKELY(!o)) {
        charge_begin(SVC_ALLOC);
        charge_units(allocate, 1);
        u64 least = size <= GC_MAX_GRANULES * GC_GRANULE ? gc_refill_bytes() : BLOCK;
        c->allocated += size < least ? least : size;
        o = gc_alloc(&c->shape, size);
        charge_end();
        if (UNLIKELY(!o)) throw_oom(t, gc_overhead_limit_hit() ? "GC overhead limit exceeded" : HEAP_FULL);
    }
    if (UNLIKELY(vm_hooks.allocated != NULL) && o) vm_hooks.allocated(t, (Object *)o);
    return (Object *)o;
}

Object *object_new(Thread *t, Class *c)
{
    ASSERT(c->kind == CLASS_INSTANCE && !class_is_interface(c) && c->state >= CS_LINKING);
    return allocate(t, c, c->shape.size);
}

Object *array_new(Thread *t, Class *array_class, i32 length)
{
    ASSERT(class_is_array(array_class));
    if (length < 0) {
        throw_new(t, "java/lang/NegativeArraySizeException", "%d", length);
        return NULL;
    }
    if (length > ARRAY_MAX_LENGTH) {
        throw_oom(t, "Requested array size exceeds VM limit");
        return NULL;
    }
    BasicType elem = array_class->elem_type;
    u64 size = array_base(elem) + ((u64)length << type_shift(elem));
    Object *a = allocate(t, array_class, size);
    if (a) ((Array *)a)->length = (u32)length;
    return a;
}

Object *array_new_prim(Thread *t, BasicType type, i32 length)
{
    ASSERT(type >= T_BOOLEAN && type <= T_LONG);
    return array_new(t, class_array_of(class_primitive(type)), length);
}

/* The array of lengths[0] with, below it, arrays of the remaining lengths. */
static Object *multi(Thread *t, Class *array_class, const i32 *lengths, u32 n)
{
    Object *a = array_new(t, array_class, lengths[0]);
    if (!a || n == 1) return a;
    ASSERT(class_is_array(array_class->component));
    for (i32 i = 0; i < lengths[0]; i++) {
        Object *sub = multi(t, array_class->component, lengths + 1, n - 1);
        if (!sub) return NULL;
        array_set_ref(a, (u32)i, sub);
    }
    return a;
}

Object *array_new_multi(Thread *t, Class *array_class, const i32 *lengths, u32 n)
{
    ASSERT(n >= 1 && n <= array_class->dims);
    for (u32 i = 0; i < n; i++)
        if (lengths[i] < 0) {
            throw_new(t, "java/lang/NegativeArraySizeException", "%d", lengths[i]);
            return NULL;
        }
    return multi(t, array_class, lengths, n);
}

Object *object_clone(Thread *t, Object *o)
{
    Class *c = object_class(o);
    if (!class_is_array(c) && (!(c->access & CLASS_CLONEABLE) || c->access & CLASS_REFERENCE)) {
        char *name = class_java_name(c);
        throw_new(t, "java/lang/CloneNotSupportedException", "%s", name);
        free(name);
        return NULL;
    }
    u64 size = gc_object_size((GcObject *)o);
    Object *copy = allocate(t, c, size);
    if (!copy) return NULL;
    memcpy((u8 *)copy + OBJECT_HEADER, (u8 *)o + OBJECT_HEADER, size - OBJECT_HEADER);
    charge_touch(o, size, false);
    charge_touch(copy, size, true);
    charge_units(copy_object, 1);
    charge_units(copy_object_word, size / 8);
    if (UNLIKELY(c->access & CLASS_FINALIZABLE)) {
        vm_callv(t, meth.Finalizer_register, (u64)copy);
        if (t->exception) return NULL;
    }
    return copy;
}
