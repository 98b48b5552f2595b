/* Wrapper objects (java.lang.Integer ...) to and from raw values. Where Java caches, valueOf is asked; float and double are not cached. */
#include "vm/vm.h"
#include "base/log.h"

#define BOXES(B) B(BOOLEAN, Boolean) B(CHAR, Character) B(BYTE, Byte) B(SHORT, Short) B(INT, Integer) B(LONG, Long)

Object *box(Thread *t, BasicType type, u64 raw)
{
    Object *o;
    switch (type) {
#define B(id, name) \
    case T_##id: \
        if (!class_initialize(t, wk.name)) return NULL; \
        o = (Object *)vm_callv(t, meth.name##_valueOf, raw, 0); \
        return t->exception ? NULL : o;
    BOXES(B)
#undef B
    case T_FLOAT:
        o = class_initialize(t, wk.Float) ? object_new(t, wk.Float) : NULL;
        if (o) FIELD(o, u32, off.Float_value) = (u32)raw;
        return o;
    case T_DOUBLE:
        o = class_initialize(t, wk.Double) ? object_new(t, wk.Double) : NULL;
        if (o) FIELD(o, u64, off.Double_value) = raw;
        return o;
    default: panic("no wrapper for basic type %d", type);
    }
}

bool unbox(const Object *o, BasicType *type, u64 *raw)
{
    const Class *c = object_class(o);
    if (c == wk.Boolean) *type = T_BOOLEAN, *raw = FIELD(o, u8, off.Boolean_value);
    else if (c == wk.Character) *type = T_CHAR, *raw = FIELD(o, u16, off.Character_value);
    else if (c == wk.Byte) *type = T_BYTE, *raw = (u64)(i64)FIELD(o, i8, off.Byte_value);
    else if (c == wk.Short) *type = T_SHORT, *raw = (u64)(i64)FIELD(o, i16, off.Short_value);
    else if (c == wk.Integer) *type = T_INT, *raw = (u64)(i64)FIELD(o, i32, off.Integer_value);
    else if (c == wk.Long) *type = T_LONG, *raw = FIELD(o, u64, off.Long_value);
    else if (c == wk.Float) *type = T_FLOAT, *raw = FIELD(o, u32, off.Float_value);
    else if (c == wk.Double) *type = T_DOUBLE, *raw = FIELD(o, u64, off.Double_value);
    else return false;
    return true;
}
