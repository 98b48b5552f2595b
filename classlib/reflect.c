/* The making of java.lang.reflect objects. The class library only reads them: clazz and slot (the index in the class's table)
   identify the member; Java copies these objects freely. Constructors are not run. */
#include "classlib/reflect.h"
#include "classlib/jvm_util.h"
#include "vm/indy.h"
#include "vm/membername.h"
#include <string.h>

static Object *mirror_of(Thread *t, const Method *m, const char *desc, u32 length)
{
    return indy_descriptor_mirror(t, m->owner->loader, NULL, desc, length);
}

/* Class[] of parameter types; *result: the return type's mirror. NULL: thrown. */
static Object *parameter_types(Thread *t, const Method *m, Object **result)
{
    Object *types = jvm_class_array(t, m->details->nparams);
    const char *p = m->desc->bytes + 1;
    for (u32 i = 0; types && i < m->details->nparams; i++) {
        u32 length = descriptor_length(p);
        Object *mirror = mirror_of(t, m, p, length);
        if (!mirror) return NULL;
        array_set_ref(types, i, mirror);
        p += length;
    }
    if (!types) return NULL;
    ASSERT(*p == ')');
    *result = mirror_of(t, m, p + 1, (u32)strlen(p + 1));
    return *result ? types : NULL;
}

static Object *exception_types(Thread *t, const Method *m)
{
    Object *types = jvm_class_array(t, m->details->nexceptions);
    for (u32 i = 0; types && i < m->details->nexceptions; i++) {
        Class *c = cp_class(t, m->owner->cp, m->details->exceptions[i]);
        if (!c) return NULL;
        array_set_ref(types, i, c->mirror);
    }
    return types;
}

/* What Method and Constructor have in common, at their own offsets. */
typedef struct ExecutableOffsets { u32 clazz, slot, parameters, exceptions, modifiers, signature, annotations, parameter_annotations; } ExecutableOffsets;

/* Stores text or bytes that may be absent; false: thrown. */
static bool store_text(Thread *t, Object *o, u32 offset, const Symbol *text)
{
    if (!text) return true;
    Object *s = string_of_symbol(t, text);
    if (s) store_ref(o, offset, s);
    return s != NULL;
}

static bool store_bytes(Thread *t, Object *o, u32 offset, Bytes b)
{
    if (!b.data) return true;
    Object *array = jvm_bytes(t, b);
    if (array) store_ref(o, offset, array);
    return array != NULL;
}

static bool fill_executable(Thread *t, Object *o, Method *m, const ExecutableOffsets *at, Object **result)
{
    Object *parameters = parameter_types(t, m, result);
    Object *exceptions = parameters ? exception_types(t, m) : NULL;
    if (!exceptions) return false;
    ASSERT(m >= m->owner->methods && m < m->owner->methods + m->owner->nmethods);
    store_ref(o, at->clazz, m->owner->mirror);
    FIELD(o, i32, at->slot) = (i32)(m - m->owner->methods);
    FIELD(o, i32, at->modifiers) = method_modifiers(m) & MODIFIERS_METHOD;
    store_ref(o, at->parameters, parameters);
    store_ref(o, at->exceptions, exceptions);
    return store_text(t, o, at->signature, m->details->signature) && store_bytes(t, o, at->annotations, m->details->annotations) &&
           store_bytes(t, o, at->parameter_annotations, m->details->param_annotations);
}

Object *reflect_method(Thread *t, Method *m)
{
    const ExecutableOffsets at = { off.Method_clazz, off.Method_slot, off.Method_parameterTypes, off.Method_exceptionTypes,
                                   off.Method_modifiers, off.Method_signature, off.Method_annotations, off.Method_parameterAnnotations };
    Object *result, *name = string_intern_symbol(t, m->name), *o = name ? object_new(t, wk.Method) : NULL;
    if (!o || !fill_executable(t, o, m, &at, &result)) return NULL;
    store_ref(o, off.Method_name, name);
    store_ref(o, off.Method_returnType, result);
    return store_bytes(t, o, off.Method_annotationDefault, m->details->annotation_default) ? o : NULL;
}

Object *reflect_constructor(Thread *t, Method *m)
{
    const ExecutableOffsets at = { off.Constructor_clazz, off.Constructor_slot, off.Constructor_parameterTypes,
                                   off.Constructor_exceptionTypes, off.Constructor_modifiers, off.Constructor_signature,
                                   off.Constructor_annotations, off.Constructor_parameterAnnotations };
    Object *result, *o = object_new(t, wk.Constructor);
    return o && fill_executable(t, o, m, &at, &result) ? o : NULL;
}

Object *reflect_executable(Thread *t, Method *m)
{
    return strcmp(m->name->bytes, "<init>") ? reflect_method(t, m) : reflect_constructor(t, m);
}

Object *reflect_field(Thread *t, Field *f)
{
    Class *c = f->owner;
    Object *type = indy_descriptor_mirror(t, c->loader, NULL, f->desc->bytes, f->desc->length);
    Object *name = type ? string_intern_symbol(t, f->name) : NULL;
    Object *o = name ? object_new(t, wk.Field) : NULL;
    if (!o) return NULL;
    store_ref(o, off.Field_clazz, c->mirror);
    FIELD(o, i32, off.Field_slot) = f->index;
    store_ref(o, off.Field_name, name);
    store_ref(o, off.Field_type, type);
    FIELD(o, i32, off.Field_modifiers) = f->access & MODIFIERS_FIELD;
    bool trusted = (f->access & ACC_FINAL) && ((f->access & ACC_STATIC) || (c->access & (CLASS_HIDDEN | CLASS_RECORD)));
    FIELD(o, u8, off.Field_trustedFinal) = trusted;
    return store_text(t, o, off.Field_signature, f->signature) && store_bytes(t, o, off.Field_annotations, f->annotations) ? o : NULL;
}

Method *reflect_to_method(const Object *o)
{
    bool constructor = class_subtype(object_class(o), wk.Constructor);
    Class *c = mirror_class(load_ref(o, constructor ? off.Constructor_clazz : off.Method_clazz));
    u32 slot = FIELD(o, u32, constructor ? off.Constructor_slot : off.Method_slot);
    ASSERT(slot < c->nmethods);
    return &c->methods[slot];
}

Field *reflect_to_field(const Object *o)
{
    Class *c = mirror_class(load_ref(o, off.Field_clazz));
    u32 slot = FIELD(o, u32, off.Field_slot);
    ASSERT(slot < c->nfields);
    return &c->fields[slot];
}

/* ---- Parameters ------------------------------------------------------------------------------------------------ */
static Object *new_parameter(Thread *t, Object *executable, const ConstantPool *cp, const u8 *row, u32 index)
{
    u32 name = be16(row);
    if (name && cp_tag(cp, name) != CP_Utf8) return (void *)jvm_throw_iae(t, "Wrong type at constant pool index");
    Object *string = name ? string_intern_symbol(t, cp_utf8(cp, name)) : NULL;
    Object *p = t->exception ? NULL : object_new(t, wk.Parameter);
    if (!p) return NULL;
    store_ref(p, off.Parameter_name, string);
    FIELD(p, i32, off.Parameter_modifiers) = (i32)be16(row + 2);
    store_ref(p, off.Parameter_executable, executable);
    FIELD(p, i32, off.Parameter_index) = (i32)index;
    return p;
}

Object *reflect_parameters(Thread *t, Object *executable)
{
    Method *m = reflect_to_method(executable);
    Bytes b = m->details->parameters;
    if (!b.data || b.length < 1) return NULL;
    u32 n = b.data[0];
    if (b.length < 1 + 4 * n) return (void *)jvm_throw_iae(t, "Wrong number of parameters in MethodParameters attribute");
    Object *array = array_new(t, class_array_of(wk.Parameter), (i32)n);
    for (u32 i = 0; array && i < n; i++) {
        Object *p = new_parameter(t, executable, m->owner->cp, b.data + 1 + 4 * i, i);
        if (!p) return NULL;
        array_set_ref(array, i, p);
    }
    return array;
}

/* ---- Record components ------------------------------------------------------------------------------------------ */
typedef struct Component { Symbol *name, *desc, *signature; Bytes annotations, type_annotations; } Component;

/* One attribute of a component: remembers those that reflection shows. */
static void component_attribute(Component *c, const ConstantPool *cp, const Symbol *name, Bytes b)
{
    if (!strcmp(name->bytes, "Signature") && b.length == 2) c->signature = cp_utf8(cp, be16(b.data));
    else if (!strcmp(name->bytes, "RuntimeVisibleAnnotations")) c->annotations = b;
    else if (!strcmp(name->bytes, "RuntimeVisibleTypeAnnotations")) c->type_annotations = b;
}

/* Parses the component at p (the class file was checked when it was defined); returns where the next one starts. */
static const u8 *parse_component(const ConstantPool *cp, const u8 *p, const u8 *end, Component *out)
{
    *out = (Component){ 0 };
    if (end - p < 6) return NULL;
    out->name = cp_utf8(cp, be16(p));
    out->desc = cp_utf8(cp, be16(p + 2));
    u32 n = be16(p + 4);
    p += 6;
    for (u32 i = 0; i < n; i++) {
        if (end - p < 6 || (u64)(end - p - 6) < be32(p + 2)) return NULL;
        Bytes b = { p + 6, be32(p + 2) };
        component_attribute(out, cp, cp_utf8(cp, be16(p)), b);
        p += 6 + b.length;
    }
    return p;
}

/* The public or not, but never static, method with the component's name. */
static Object *accessor(Thread *t, Class *c, const Component *k)
{
    char *text = xasprintf("()%s", k->desc->bytes);
    Symbol *desc = symbol_of(text);
    free(text);
    Method *m = class_declared_method(c, k->name, desc);
    return m && !(m->access & ACC_STATIC) ? reflect_method(t, m) : NULL;
}

static Object *new_component(Thread *t, Class *c, const Component *k)
{
    Object *type = indy_descriptor_mirror(t, c->loader, NULL, k->desc->bytes, k->desc->length);
    Object *name = type ? string_intern_symbol(t, k->name) : NULL;
    Object *o = name ? object_new(t, wk.RecordComponent) : NULL;
    if (!o) return NULL;
    store_ref(o, off.RecordComponent_clazz, c->mirror);
    store_ref(o, off.RecordComponent_name, name);
    store_ref(o, off.RecordComponent_type, type);
    Object *method = accessor(t, c, k);
    if (t->exception) return NULL;
    store_ref(o, off.RecordComponent_accessor, method);
    bool ok = store_text(t, o, off.RecordComponent_signature, k->signature) &&
              store_bytes(t, o, off.RecordComponent_annotations, k->annotations) &&
              store_bytes(t, o, off.RecordComponent_typeAnnotations, k->type_annotations);
    return ok ? o : NULL;
}

Object *reflect_record_components(Thread *t, Class *c)
{
    Bytes b = c->record;
    if (!b.data || b.length < 2) return NULL;
    u32 n = be16(b.data);
    Object *array = array_new(t, class_array_of(wk.RecordComponent), (i32)n);
    const u8 *p = b.data + 2, *end = b.data + b.length;
    for (u32 i = 0; array && i < n; i++) {
        Component k;
        p = parse_component(c->cp, p, end, &k);
        if (!p) return throw_new(t, "java/lang/ClassFormatError", "Truncated Record attribute in class file %s", c->name->bytes), NULL;
        Object *o = new_component(t, c, &k);
        if (!o) return NULL;
        array_set_ref(array, i, o);
    }
    return array;
}
