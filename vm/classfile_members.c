/* The class-file parser's fields and methods: modifiers, names, attributes, bytecode and its tables. */
#include "vm/parser.h"
#include "vm/math.h"
#include "vm/names.h"
#include "base/log.h"
#include <string.h>

enum { VISIBILITY = ACC_PUBLIC | ACC_PRIVATE | ACC_PROTECTED, STRICT_MEANS_NOTHING = 61 };

/* At most one of public, private, protected. */
static bool legal_visibility(u32 f) { return !((f & VISIBILITY) & ((f & VISIBILITY) - 1)); }

/* Of n items of that many bytes or more, how many to make room for: more than there are bytes left for are never read. */
static size_t fitting(const Parser *p, u32 n, u32 bytes)
{
    size_t room = (size_t)(p->end - p->at) / bytes + 1;
    return n < room ? n : room;
}

/* ---- Fields ------------------------------------------------------------------------------------------------------ */

static void check_field_access(Parser *p, u32 f)
{
    bool bad;
    if (p->c->access & ACC_INTERFACE) {
        u32 must = ACC_PUBLIC | ACC_STATIC | ACC_FINAL;
        bad = (f & must) != must || f & (ACC_PRIVATE | ACC_PROTECTED | ACC_VOLATILE | ACC_TRANSIENT) || (p->major >= 49 && f & ACC_ENUM);
    } else bad = !legal_visibility(f) || (f & ACC_FINAL && f & ACC_VOLATILE);
    if (bad) parse_fail(p, "Illegal field modifiers in class %s: 0x%X", p->name, f);
}

/* A ConstantValue must suit the field's type. */
static void constant_value(Parser *p, Field *f, const Attribute *a)
{
    if (f->constant) parse_fail(p, "Duplicate ConstantValue attribute in class file %s", p->name);
    if (a->length != 2) parse_fail(p, "Invalid ConstantValue field attribute length %u in class file %s", a->length, p->name);
    u16 i = take_u2(p);
    if (i == 0 || i >= p->cp->length) parse_fail(p, "Bad initial value index %u in ConstantValue attribute in class file %s", i, p->name);
    u8 tag = p->cp->tags[i], want = 0;
    switch (f->type) {
    case T_LONG: want = CP_Long; break;
    case T_FLOAT: want = CP_Float; break;
    case T_DOUBLE: want = CP_Double; break;
    case T_OBJECT:
        if (strcmp(f->desc->bytes, "Ljava/lang/String;") || tag != CP_String)
            parse_fail(p, "Bad string initial value in class file %s", p->name);
        want = CP_String;
        break;
    case T_ARRAY: parse_fail(p, "Unable to set initial value %u in class file %s", i, p->name);
    default: want = CP_Integer; break;
    }
    if (tag != want) parse_fail(p, "Inconsistent constant value type in class file %s", p->name);
    f->constant = i;
}

static void field_attribute(Parser *p, Field *f, const Attribute *a, u32 *seen)
{
    const char *n = a->name->bytes;
    if (!strcmp(n, "ConstantValue")) {
        if (f->access & ACC_STATIC) constant_value(p, f, a);
    } else if (!strcmp(n, "Synthetic")) {
        if (a->length) parse_fail(p, "Invalid Synthetic field attribute length %u in class file %s", a->length, p->name);
        f->access |= ACC_SYNTHETIC;
    } else if (!strcmp(n, "Deprecated")) {
        if (a->length) parse_fail(p, "Invalid Deprecated field attribute length %u in class file %s", a->length, p->name);
    } else if (p->major < 49) return;
    else if (!strcmp(n, "Signature")) f->signature = signature_attribute(p, a, f->signature, " for field", "Wrong size %u for field's Signature attribute in class file %s");
    else if (!strcmp(n, "RuntimeVisibleAnnotations")) {
        keep_once(p, &f->annotations, a, n, " for field");
        if (p->o->vm_annotations) f->access |= vm_annotation_flags(p, f->annotations, true);
    } else if (!strcmp(n, "RuntimeVisibleTypeAnnotations")) keep_once(p, &f->type_annotations, a, n, " for field");
    else meet_once(p, seen, a, " for field");
}

static void parse_field(Parser *p, Field *f, u32 index)
{
    f->owner = p->c;
    f->index = (u16)index;
    f->access = take_u2(p) & (VISIBILITY | ACC_STATIC | ACC_FINAL | ACC_VOLATILE | ACC_TRANSIENT | ACC_ENUM | ACC_SYNTHETIC);
    check_field_access(p, f->access);
    u16 name = take_u2(p), desc = take_u2(p);
    if (!cp_is(p, name, CP_Utf8)) parse_fail(p, "Invalid constant pool index %u for field name in class file %s", name, p->name);
    if (!cp_is(p, desc, CP_Utf8)) parse_fail(p, "Invalid constant pool index %u for field signature in class file %s", desc, p->name);
    f->name = parse_utf8(p, name), f->desc = parse_utf8(p, desc);
    need_field_name(p, f->name);
    need_field_type(p, f->name, f->desc);
    f->type = (u8)descriptor_type(f->desc->bytes[0]);
    u32 seen = 0;
    for (u32 n = take_u2(p); n; n--) {
        Attribute a = take_attribute(p, "Invalid field attribute");
        field_attribute(p, f, &a, &seen);
        skip_attribute(p, &a);
    }
}

void parse_fields(Parser *p)
{
    u32 n = take_u2(p);
    Class *c = p->c;
    c->nfields = n;
    c->fields = meta_alloc(p, fitting(p, n, 8) * sizeof *c->fields);
    parse_duplicates_begin(p);
    for (u32 i = 0; i < n; i++) {
        Field *f = &c->fields[i];
        parse_field(p, f, i);
        if (parse_duplicate(p, f->name, f->desc))
            parse_fail(p, "Duplicate field name \"%s\" with signature \"%s\" in class file %s", f->name->bytes, f->desc->bytes, p->name);
    }
}

/* ---- Methods: modifiers --------------------------------------------------------------------------------------------- */

static bool legal_interface_method(const Parser *p, u32 f)
{
    bool v15 = p->major >= 49;
    u32 strict = p->major < STRICT_MEANS_NOTHING ? ACC_STRICT : 0;
    if (p->major >= 52) {
        if (!(f & ACC_PUBLIC) == !(f & ACC_PRIVATE) || f & (ACC_NATIVE | ACC_PROTECTED | ACC_FINAL | ACC_SYNCHRONIZED)) return false;
        return !(f & ACC_ABSTRACT && f & (ACC_PRIVATE | ACC_STATIC | strict));
    }
    u32 never = ACC_STATIC | ACC_FINAL | ACC_NATIVE | (v15 ? ACC_PRIVATE | ACC_PROTECTED | ACC_SYNCHRONIZED | ACC_STRICT : 0);
    return f & ACC_PUBLIC && f & ACC_ABSTRACT && !(f & never);
}

static bool legal_class_method(const Parser *p, u32 f, bool init)
{
    bool v15 = p->major >= 49;
    if (!legal_visibility(f)) return false;
    if (init)
        return !(f & (ACC_STATIC | ACC_FINAL | ACC_SYNCHRONIZED | ACC_NATIVE | ACC_ABSTRACT)) && !(v15 && f & ACC_BRIDGE);
    if (!(f & ACC_ABSTRACT)) return true;
    u32 strict = p->major < STRICT_MEANS_NOTHING ? ACC_STRICT : 0;
    return !(f & (ACC_FINAL | ACC_NATIVE | ACC_PRIVATE | ACC_STATIC)) && !(v15 && f & (ACC_SYNCHRONIZED | strict));
}

/* Checks the flags (`written`: with bits that mean nothing); <clinit>'s are reduced to what counts. */
static void check_method_access(Parser *p, Method *m, u32 written)
{
    bool interface = p->c->access & ACC_INTERFACE, init = !strcmp(m->name->bytes, "<init>");
    if (!strcmp(m->name->bytes, "<clinit>")) {
        if (p->major < 51) m->access = ACC_STATIC;
        else if (m->access & ACC_STATIC) m->access &= ACC_STATIC | ACC_STRICT;
        else parse_fail(p, "Method <clinit> is not static in class file %s", p->name);
        return;
    }
    if (!(interface ? legal_interface_method(p, m->access) : legal_class_method(p, m->access, init)))
        parse_fail(p, "Method %s in class %s has illegal modifiers: 0x%X", m->name->bytes, p->name, written);
    if (init && interface) parse_fail(p, "Interface cannot have a method named <init>, class file %s", p->name);
}

/* ---- Methods: the Code attribute ---------------------------------------------------------------------------------------- */

static void parse_handlers(Parser *p, Method *m)
{
    MethodDetails *d = m->details;
    u32 n = take_u2(p);
    parse_need(p, n * 8);
    d->nhandlers = n;
    d->handlers = meta_alloc(p, n * sizeof *d->handlers);
    for (u32 i = 0; i < n; i++) {
        ExRange *h = &d->handlers[i];
        h->start = take_u2(p), h->end = take_u2(p), h->handler = take_u2(p), h->type = take_u2(p);
        if (h->start >= h->end || h->end > m->code_length) parse_fail(p, "Illegal exception table range in class file %s", p->name);
        if (h->handler >= m->code_length) parse_fail(p, "Illegal exception table handler in class file %s", p->name);
        if (h->type && !cp_is(p, h->type, CP_Class))
            parse_fail(p, "Catch type in exception table has bad constant type in class file %s", p->name);
    }
}

/* Several LineNumberTables add up. */
static void line_table(Parser *p, Method *m, const Attribute *a)
{
    MethodDetails *d = m->details;
    u32 n = take_u2(p);
    if (a->length != 2 + n * 4) parse_fail(p, "LineNumberTable attribute has wrong length in class file %s", p->name);
    parse_need(p, n * 4);
    LineRow *rows = meta_alloc(p, (d->nlines + n) * sizeof *rows);
    if (d->nlines) memcpy(rows, d->lines, d->nlines * sizeof *rows);
    for (u32 i = 0; i < n; i++) {
        LineRow r = { peek_u2(a->data + 2 + i * 4), peek_u2(a->data + 4 + i * 4) };
        if (r.pc >= m->code_length) parse_fail(p, "Invalid pc in LineNumberTable in class file %s", p->name);
        rows[d->nlines + i] = r;
    }
    d->lines = rows, d->nlines += n;
}

static void code_attributes(Parser *p, Method *m)
{
    for (u32 n = take_u2(p); n; n--) {
        Attribute a = take_attribute(p, "Invalid code attribute name");
        const char *name = a.name->bytes;
        if (!strcmp(name, "LineNumberTable")) line_table(p, m, &a);
        else if (!strcmp(name, "LocalVariableTable")) parse_locals(p, m, &a);
        else if (!strcmp(name, "LocalVariableTypeTable") && p->major >= 49) parse_local_types(p, m, &a);
        else if (!strcmp(name, "StackMapTable") && p->major >= 50) keep_once(p, &m->details->stack_map, &a, name, "");
        skip_attribute(p, &a);
    }
}

/* The bytecode is copied to be quickened in place, and padded so that fetching ahead stays inside. */
static void code_attribute(Parser *p, Method *m, const Attribute *a)
{
    if (m->access & (ACC_NATIVE | ACC_ABSTRACT)) parse_fail(p, "Code attribute in native or abstract methods in class file %s", p->name);
    if (m->code) parse_fail(p, "Multiple Code attributes in class file %s", p->name);
    m->max_stack = take_u2(p), m->max_locals = take_u2(p);
    m->code_length = take_u4(p);
    if (m->code_length == 0 || m->code_length > 65535)
        parse_fail(p, "Invalid method Code length %u in class file %s", m->code_length, p->name);
    if (m->arg_slots > m->max_locals) parse_fail(p, "Arguments can't fit into locals in class file %s", p->name);
    parse_need(p, m->code_length);
    m->original = p->at;
    m->code = unit_alloc(p->o->unit, m->code_length + 8, 8);
    memcpy(m->code, m->original, m->code_length);
    p->at += m->code_length;
    parse_handlers(p, m);
    code_attributes(p, m);
    if (p->at != a->data + a->length) parse_fail(p, "Code segment has wrong length in class file %s", p->name);
    check_duplicate_locals(p, m);
}

/* ---- Methods: the rest ---------------------------------------------------------------------------------------------------- */

static void exceptions_attribute(Parser *p, Method *m, const Attribute *a)
{
    MethodDetails *d = m->details;
    if (d->exceptions) parse_fail(p, "Multiple Exceptions attributes in class file %s", p->name);
    u32 n = take_u2(p);
    parse_need(p, n * 2);
    d->exceptions = meta_alloc(p, n * 2 + 1);
    d->nexceptions = (u16)n;
    for (u32 i = 0; i < n; i++) {
        d->exceptions[i] = take_u2(p);
        if (!cp_is(p, d->exceptions[i], CP_Class))
            parse_fail(p, "Exception name has bad type at constant pool %u in class file %s", d->exceptions[i], p->name);
    }
    if (a->length != 2 + n * 2) parse_fail(p, "Exceptions attribute has wrong length in class file %s", p->name);
}

static void parameters_attribute(Parser *p, Method *m, const Attribute *a)
{
    if (m->details->parameters.data) parse_fail(p, "Multiple MethodParameters attributes in class file %s", p->name);
    u32 n = take_u1(p);
    if (a->length != 1 + n * 4) parse_fail(p, "Invalid MethodParameters method attribute length %u in class file", a->length);
    p->at = a->data;
    keep_once(p, &m->details->parameters, a, "MethodParameters", "");
}

static void method_attribute(Parser *p, Method *m, const Attribute *a, u32 *seen)
{
    MethodDetails *d = m->details;
    const char *n = a->name->bytes;
    if (!strcmp(n, "Code")) code_attribute(p, m, a);
    else if (!strcmp(n, "Exceptions")) exceptions_attribute(p, m, a);
    else if (!strcmp(n, "Synthetic")) {
        if (a->length) parse_fail(p, "Invalid Synthetic method attribute length %u in class file %s", a->length, p->name);
        m->access |= ACC_SYNTHETIC;
    } else if (!strcmp(n, "Deprecated")) {
        if (a->length) parse_fail(p, "Invalid Deprecated method attribute length %u in class file %s", a->length, p->name);
    } else if (p->major < 49) return;
    else if (!strcmp(n, "MethodParameters") && p->major >= 52) parameters_attribute(p, m, a);
    else if (!strcmp(n, "Signature")) d->signature = signature_attribute(p, a, d->signature, " for method", "Invalid Signature attribute length %u in class file %s");
    else if (!strcmp(n, "RuntimeVisibleAnnotations")) {
        keep_once(p, &d->annotations, a, n, " for method");
        if (p->o->vm_annotations) m->access |= vm_annotation_flags(p, d->annotations, false);
    } else if (!strcmp(n, "RuntimeVisibleParameterAnnotations")) keep_once(p, &d->param_annotations, a, n, " for method");
    else if (!strcmp(n, "RuntimeVisibleTypeAnnotations")) keep_once(p, &d->type_annotations, a, n, " for method");
    else if (!strcmp(n, "AnnotationDefault")) keep_once(p, &d->annotation_default, a, n, " for method");
    else meet_once(p, seen, a, " for method");
}

/* Name, descriptor and what follows from them. */
static void method_head(Parser *p, Method *m)
{
    u32 flags = take_u2(p);
    u16 name = take_u2(p), desc = take_u2(p);
    if (!cp_is(p, name, CP_Utf8)) parse_fail(p, "Illegal constant pool index %u for method name in class file %s", name, p->name);
    if (!cp_is(p, desc, CP_Utf8)) parse_fail(p, "Illegal constant pool index %u for method signature in class file %s", desc, p->name);
    m->name = parse_utf8(p, name), m->desc = parse_utf8(p, desc);
    m->access = flags & (VISIBILITY | ACC_STATIC | ACC_FINAL | ACC_SYNCHRONIZED | ACC_BRIDGE | ACC_VARARGS | ACC_NATIVE | ACC_ABSTRACT | ACC_STRICT | ACC_SYNTHETIC);
    need_method_name(p, m->name);
    u32 slots = need_method_type(p, m->name, m->desc);
    check_method_access(p, m, flags);
    if (!(m->access & ACC_STATIC)) slots++;
    if (slots > 255) parse_fail(p, "Too many arguments in method signature in class file %s", p->name);
    m->arg_slots = (u16)slots;
    u8 types[255];
    u32 n = descriptor_params(m->desc, types, &m->ret);
    m->details->nparams = (u16)n;
    m->details->arg_types = memcpy(meta_alloc(p, n + 1), types, n);
}

/* MethodHandle and VarHandle declare these: native, varargs, one parameter Object[]. */
static bool is_signature_polymorphic(const Parser *p, const Method *m)
{
    return p->o->boot && (m->access & (ACC_NATIVE | ACC_VARARGS)) == (ACC_NATIVE | ACC_VARARGS)
        && !strncmp(m->desc->bytes, "([Ljava/lang/Object;)", 21)
        && (!strcmp(p->name, "java/lang/invoke/MethodHandle") || !strcmp(p->name, "java/lang/invoke/VarHandle"));
}

/* finalize() that does something makes the class finalizable. */
static bool is_finalizer(const Parser *p, const Method *m)
{
    return !(m->access & ACC_STATIC) && !strcmp(m->name->bytes, "finalize") && !strcmp(m->desc->bytes, "()V")
        && strcmp(p->name, "java/lang/Object") && !(m->code_length == 1 && m->original[0] == 0xb1);
}

/* Functions of the VM's own stand for these (math.h). */
static bool is_replaced(const Parser *p, const Method *m)
{
    return m->access & METHOD_INTRINSIC_CANDIDATE && !strcmp(p->name, "java/lang/Math") && m->ret == T_DOUBLE && math_named(m->name->bytes) != MATH_FUNCTIONS;
}

static void make_native(Method *m)
{
    m->access |= METHOD_REPLACED | ACC_NATIVE;
    m->code = NULL, m->original = NULL;
    m->code_length = m->max_locals = m->max_stack = 0;
}

static void parse_method(Parser *p, Method *m)
{
    m->owner = p->c;
    m->cp = p->cp;
    m->vindex = m->iindex = -1;
    method_head(p, m);
    u32 seen = 0;
    for (u32 n = take_u2(p); n; n--) {
        Attribute a = take_attribute(p, "Invalid method attribute name");
        method_attribute(p, m, &a, &seen);
        skip_attribute(p, &a);
    }
    if (!m->code && !(m->access & (ACC_NATIVE | ACC_ABSTRACT)))
        parse_fail(p, "Absent Code attribute in method that is not native or abstract in class file %s", p->name);
    if (is_replaced(p, m)) make_native(m);
    m->compiled = CODE_INTERPRET;
    m->entry = m->access & ACC_NATIVE ? ENTRY_NATIVE : m->access & ACC_ABSTRACT ? ENTRY_ABSTRACT
             : m->access & ACC_SYNCHRONIZED ? ENTRY_JAVA_SYNC : ENTRY_JAVA;
    if (p->o->hidden) m->access |= METHOD_HIDDEN;
    if (is_signature_polymorphic(p, m)) m->access |= METHOD_SIG_POLYMORPHIC;
    if (is_finalizer(p, m)) p->c->access |= CLASS_FINALIZABLE;
    if (p->c->access & ACC_INTERFACE && !(m->access & (ACC_ABSTRACT | ACC_STATIC))) p->c->access |= CLASS_HAS_DEFAULTS;
}

/* Running code reads every second line of methods: the odd ones of every other class, so that all sets of a cache are used alike. */
static Method *methods_alloc(const Parser *p, u32 n)
{
    static bool odd;
    odd = !odd;
    u32 skip = odd ? METHOD_ALIGN : 0;
    return (Method *)((u8 *)unit_alloc(p->o->unit, n * sizeof(Method) + skip, METHOD_ALIGN) + skip);
}

void parse_methods(Parser *p)
{
    u32 n = take_u2(p);
    Class *c = p->c;
    c->nmethods = n;
    c->methods = methods_alloc(p, fitting(p, n, 8));
    MethodDetails *details = meta_alloc(p, fitting(p, n, 8) * sizeof *details);
    parse_duplicates_begin(p);
    for (u32 i = 0; i < n; i++) {
        Method *m = &c->methods[i];
        m->details = &details[i];
        parse_method(p, m);
        if (parse_duplicate(p, m->name, m->desc))
            parse_fail(p, "Duplicate method name \"%s\" with signature \"%s\" in class file %s", m->name->bytes, m->desc->bytes, p->name);
    }
}
