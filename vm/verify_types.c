/* Verification types (JVMS 4.10.1.2): assignability, which loads classes only where names don't decide, and types from descriptors.
   Interfaces count as java.lang.Object: invokeinterface and casts check them when the program runs. */
#include "vm/verify.h"
#include "vm/names.h"
#include <string.h>

VType vt_named(const char *text, size_t length) { return vt_class(symbol_intern(text, length)); }

/* Named by the class under verification: hidden classes cannot be loaded by their names. */
static Class *load(Verifier *v, const Symbol *name)
{
    return name == v->c->name ? v->c : class_load_for_reference(v->t, v->c->loader, (Symbol *)name);
}

/* Neither names nor java.lang.Object decided: ask the classes. */
static bool assignable_by_class(Verifier *v, VType to, VType from, bool of_protected)
{
    const Class *target = load(v, vt_name(to));
    if (!target) return false;
    if (target->access & ACC_INTERFACE && !(of_protected && vt_name(from) == wk.Object->name))
        return !vt_is_array(from) || target->access & CLASS_CLONEABLE || target == class_boot("java/io/Serializable");
    if (vt_is_array(from)) return false;
    const Class *source = load(v, vt_name(from));
    return source && class_subtype(source, target);
}

/* Elements of arrays: booleans, bytes, chars and shorts are not ints there. */
static bool assignable_component(Verifier *v, VType to, VType from, bool of_protected)
{
    if (to == from) return true;
    return vt_is_named(to) && vt_is_named(from) && verify_assignable(v, to, from, of_protected);
}

static bool assignable_reference(Verifier *v, VType to, VType from, bool of_protected)
{
    if (from == VT_NULL) return true;
    if (to == VT_NULL) return false;
    if (vt_is_array(to)) {
        if (!vt_is_array(from)) return false;
        VType a = vt_component(to), b = vt_component(from);
        return a != VT_TOP && b != VT_TOP && assignable_component(v, a, b, of_protected);
    }
    return vt_name(to) == wk.Object->name || assignable_by_class(v, to, from, of_protected);
}

bool verify_assignable(Verifier *v, VType to, VType from, bool of_protected)
{
    if (to == from || to == VT_TOP) return true;
    switch (to) {
    case VT_ANY_CATEGORY1: return vt_is_category1(from);
    case VT_ANY_CATEGORY2: return vt_is_wide(from);
    case VT_ANY_SECOND: return vt_is_second(from);
    case VT_ANY_REFERENCE: return vt_is_reference(from) || vt_is_uninit(from);
    case VT_BOOLEAN: case VT_BYTE: case VT_CHAR: case VT_SHORT: return from == VT_INT;
    default: return vt_is_reference(to) && vt_is_reference(from) && assignable_reference(v, to, from, of_protected);
    }
}

/* ---- Descriptors ------------------------------------------------------------------------------------------------------------ */

VType vt_component(VType array)
{
    const Symbol *s = vt_name(array);
    ASSERT(s->bytes[0] == '[');
    const char *p = s->bytes + 1;
    switch (*p) {
    case 'Z': return VT_BOOLEAN;
    case 'B': return VT_BYTE;
    case 'C': return VT_CHAR;
    case 'S': return VT_SHORT;
    case 'I': return VT_INT;
    case 'J': return VT_LONG;
    case 'F': return VT_FLOAT;
    case 'D': return VT_DOUBLE;
    case '[': return vt_named(p, s->length - 1u);
    case 'L': return vt_named(p + 1, s->length - 3u);
    default: return VT_TOP;
    }
}

u32 vt_of_descriptor(const char *p, VType out[2])
{
    switch (*p) {
    case 'V': return 0;
    case 'J': out[0] = VT_LONG, out[1] = VT_LONG2; return 2;
    case 'D': out[0] = VT_DOUBLE, out[1] = VT_DOUBLE2; return 2;
    case 'F': out[0] = VT_FLOAT; return 1;
    case 'L': out[0] = vt_named(p + 1, descriptor_length(p) - 2); return 1;
    case '[': out[0] = vt_named(p, descriptor_length(p)); return 1;
    default: out[0] = VT_INT; return 1;
    }
}

const Signature *verify_signature(Verifier *v, const Symbol *desc)
{
    u64 *known = map_put(&v->signatures, (u64)desc);
    if (*known) return (const Signature *)*known;
    ASSERT(desc->bytes[0] == '(');
    Signature *s = verify_alloc(v, sizeof *s + (desc->length + 1u) * 2 * sizeof(VType)); /* each slot has a letter: J and D two slots */
    const char *p = desc->bytes + 1;
    for (; *p != ')'; p += descriptor_length(p)) s->nargs += vt_of_descriptor(p, s->types + s->nargs);
    s->n = s->nargs + vt_of_descriptor(p + 1, s->types + s->nargs);
    *known = (u64)s;
    return s;
}

/* ---- For messages -------------------------------------------------------------------------------------------------------------- */

void vt_print(FILE *out, VType t)
{
    static const char *const names[VT_COUNT] = {
        [VT_TOP] = "top", [VT_INT] = "integer", [VT_FLOAT] = "float", [VT_DOUBLE] = "double", [VT_LONG] = "long", [VT_NULL] = "null",
        [VT_UNINIT_THIS] = "uninitializedThis", [VT_DOUBLE2] = "double_2nd", [VT_LONG2] = "long_2nd", [VT_BOOLEAN] = "boolean",
        [VT_BYTE] = "byte", [VT_CHAR] = "char", [VT_SHORT] = "short", [VT_ANY_REFERENCE] = "reference type",
        [VT_ANY_CATEGORY1] = "category1 type", [VT_ANY_CATEGORY2] = "category2 type", [VT_ANY_SECOND] = "category2_2nd type",
    };
    if (vt_is_new(t)) fprintf(out, "uninitialized %u", (u32)t);
    else if (vt_is_named(t)) fprintf(out, "'%s'", vt_name(t)->bytes);
    else fputs(names[t], out);
}
