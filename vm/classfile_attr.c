/* The class-file parser's class attributes, and the VM's own annotations. */
#include "vm/parser.h"
#include "base/log.h"
#include <string.h>

/* ---- Class attributes ---------------------------------------------------------------------------------------------- */

/* A u2 count and that many u2 class indices, all inside the file; then the length is compared. */
static void check_class_list(Parser *p, Bytes list, const char *what, const char *attribute)
{
    p->at = list.data;
    u32 n = take_u2(p);
    parse_need(p, n * 2);
    for (u32 i = 0; i < n; i++) {
        u16 index = take_u2(p);
        if (!cp_is(p, index, CP_Class)) parse_fail(p, "%s class_info_index %u has bad constant type in class file %s", what, index, p->name);
    }
    if (list.length != 2 + n * 2) parse_fail(p, "Wrong %s attribute length in class file %s", attribute, p->name);
}

/* The row of InnerClasses that is about the class of this name; -1: none. */
static int inner_row(const Parser *p, const u8 *rows, u32 n, const Symbol *name)
{
    for (u32 i = 0; i < n; i++)
        if (parse_class_name((Parser *)p, peek_u2(rows + i * 8)) == name) return (int)i;
    return -1;
}

/* Does going from the row's class to its outer class, and so on, come to no end? */
static bool inner_circle(const Parser *p, const u8 *rows, u32 n, u32 from)
{
    u32 at = from;
    for (u32 steps = 0; steps <= n; steps++) {
        u16 outer = peek_u2(rows + at * 8 + 2);
        int next = outer ? inner_row(p, rows, n, parse_class_name((Parser *)p, outer)) : -1;
        if (next < 0) return false;
        at = (u32)next;
    }
    return true;
}

/* Circular or contradictory tables are ignored, a row given twice is an error. */
static bool inner_classes_make_sense(Parser *p, const u8 *rows, u32 n)
{
    if (p->o->boot) return true;
    for (u32 i = 0; i < n; i++) {
        if (inner_circle(p, rows, n, i)) return false;
        for (u32 k = i + 1; k < n; k++) {
            if (!memcmp(rows + i * 8, rows + k * 8, 8)) parse_fail(p, "Duplicate entry in InnerClasses attribute in class file %s", p->name);
            if (peek_u2(rows + i * 8) == peek_u2(rows + k * 8)) return false;
        }
    }
    return true;
}

static void check_inner_row(Parser *p, const u8 *b)
{
    u16 inner = peek_u2(b), outer = peek_u2(b + 2), name = peek_u2(b + 4);
    if (!cp_is(p, inner, CP_Class)) parse_fail(p, "inner_class_info_index %u has bad constant type in class file %s", inner, p->name);
    if (outer && !cp_is(p, outer, CP_Class)) parse_fail(p, "outer_class_info_index %u has bad constant type in class file %s", outer, p->name);
    if (outer && parse_class_name(p, outer)->bytes[0] == '[') parse_fail(p, "Outer class is an array class in class file %s", p->name);
    if (name && !cp_is(p, name, CP_Utf8)) parse_fail(p, "inner_name_index %u has bad constant type in class file %s", name, p->name);
    if (inner == outer) parse_fail(p, "Class is both outer and inner class in class file %s", p->name);
    u32 flags = peek_u2(b + 6) & (0x763f | (p->major >= 53 ? ACC_MODULE : 0)); /* all that a member class may have */
    if (flags & ACC_INTERFACE && p->major < 50) flags |= ACC_ABSTRACT;
    check_class_flags(p, flags);
}

static void inner_classes(Parser *p)
{
    Bytes *a = &p->c->inner_classes;
    p->at = a->data;
    u32 n = take_u2(p);
    parse_need(p, n * 8);
    for (u32 i = 0; i < n; i++) check_inner_row(p, a->data + 2 + i * 8);
    bool sense = inner_classes_make_sense(p, a->data + 2, n);
    if (p->major >= 49 && a->length != 2 + n * 8) parse_fail(p, "Wrong InnerClasses attribute length in class file %s", p->name);
    if (!sense || a->length < 2 + n * 8) *a = (Bytes){ 0 };
}

static void enclosing_method(Parser *p, const Attribute *a)
{
    if (p->c->enclosing_method.data) parse_fail(p, "Multiple EnclosingMethod attributes in class file %s", p->name);
    if (a->length != 4) parse_fail(p, "Wrong EnclosingMethod attribute length %u in class file %s", a->length, p->name);
    keep_once(p, &p->c->enclosing_method, a, "EnclosingMethod", "");
    u16 class = peek_u2(a->data), method = peek_u2(a->data + 2);
    if (!class) parse_fail(p, "Invalid class index in EnclosingMethod attribute in class file %s", p->name);
    if (!cp_is(p, class, CP_Class)) parse_fail(p, "Invalid or out-of-bounds class index in EnclosingMethod attribute in class file %s", p->name);
    if (method && !cp_is(p, method, CP_NameAndType))
        parse_fail(p, "Invalid or out-of-bounds method index in EnclosingMethod attribute in class file %s", p->name);
}

static void bootstrap_methods(Parser *p, const Attribute *a)
{
    if (p->c->bootstrap_methods.data) parse_fail(p, "Multiple BootstrapMethods attributes in class file %s", p->name);
    if (a->length < 2) parse_fail(p, "Invalid BootstrapMethods attribute length %u in class file %s", a->length, p->name);
    keep_once(p, &p->c->bootstrap_methods, a, "BootstrapMethods", "");
    u32 n = take_u2(p), room = (a->length - 2) / 2; /* in words, as they are counted below */
    if (p->max_bootstrap > n) parse_fail(p, "Short length on BootstrapMethods in class file %s", p->name);
    for (u32 i = 0, used = 0; i < n; i++) {
        u16 handle = take_u2(p), args = take_u2(p);
        if (!cp_is(p, handle, CP_MethodHandle)) parse_fail(p, "bootstrap_method_index %u has bad constant type in class file %s", handle, p->name);
        if (used + 1 + args >= room) parse_fail(p, "Invalid BootstrapMethods num_bootstrap_methods or num_bootstrap_arguments value in class file %s", p->name);
        used += 2u + args;
        for (u32 k = 0; k < args; k++) {
            u16 arg = take_u2(p);
            u8 tag = arg < p->cp->length ? p->cp->tags[arg] & (u8)~CP_RESOLVED : 0;
            bool loadable = (tag >= CP_Integer && tag <= CP_String) || (tag >= CP_MethodHandle && tag <= CP_Dynamic);
            if (!loadable) parse_fail(p, "argument_index %u has bad constant type in class file %s", arg, p->name);
        }
    }
    if (p->at != a->data + a->length) parse_fail(p, "Bad length on BootstrapMethods in class file %s", p->name);
}

static void record_component(Parser *p)
{
    u16 name = take_u2(p), desc = take_u2(p);
    if (!cp_is(p, name, CP_Utf8)) parse_fail(p, "Invalid constant pool index %u for name in Record attribute in class file %s", name, p->name);
    need_field_name(p, parse_utf8(p, name));
    if (!cp_is(p, desc, CP_Utf8)) parse_fail(p, "Invalid constant pool index %u for descriptor in Record attribute in class file %s", desc, p->name);
    need_field_type(p, parse_utf8(p, name), parse_utf8(p, desc));
    const Symbol *signature = NULL;
    u32 seen = 0;
    for (u32 k = take_u2(p); k; k--) {
        Attribute a = take_attribute(p, "Invalid Record attribute name");
        if (!strcmp(a.name->bytes, "Signature"))
            signature = signature_attribute(p, &a, signature, " for Record component", "Invalid Signature attribute length %u in Record component in class file %s");
        else meet_once(p, &seen, &a, " for Record component");
        skip_attribute(p, &a);
    }
}

/* Components of a record: names, descriptors, and the extent of their attributes. */
static void record(Parser *p)
{
    Bytes a = p->c->record;
    p->at = a.data;
    for (u32 n = take_u2(p); n; n--) record_component(p);
    if (p->at != a.data + a.length) parse_fail(p, "Record attribute has wrong length in class file %s", p->name);
}

/* Records count only where the language makes them: final direct subclasses of java.lang.Record. */
static bool is_record(Parser *p)
{
    return p->c->record.data && p->c->access & ACC_FINAL && p->super_index
        && !strcmp(parse_class_name(p, p->super_index)->bytes, "java/lang/Record");
}

static void nest_host(Parser *p, const Attribute *a)
{
    if (p->c->nest_host_index) parse_fail(p, "Multiple NestHost attributes in class file %s", p->name);
    if (p->c->nest_members.data) parse_fail(p, "Conflicting NestMembers and NestHost attributes in class file %s", p->name);
    if (a->length != 2) parse_fail(p, "Wrong NestHost attribute length in class file %s", p->name);
    u16 i = take_u2(p);
    if (!cp_is(p, i, CP_Class)) parse_fail(p, "Nest-host class_info_index %u has bad constant type in class file %s", i, p->name);
    p->c->nest_host_index = i;
}

static void nest_members(Parser *p, const Attribute *a)
{
    keep_once(p, &p->c->nest_members, a, "NestMembers", "");
    if (p->c->nest_host_index) parse_fail(p, "Conflicting NestHost and NestMembers attributes in class file %s", p->name);
}

static void permitted_subclasses(Parser *p, const Attribute *a)
{
    keep_once(p, &p->c->permitted, a, "PermittedSubclasses", "");
    if (p->c->access & ACC_FINAL) parse_fail(p, "PermittedSubclasses attribute in final class file %s", p->name);
}

static void source_file(Parser *p, const Attribute *a)
{
    if (p->c->source_file) parse_fail(p, "Multiple SourceFile attributes in class file %s", p->name);
    if (a->length != 2) parse_fail(p, "Wrong SourceFile attribute length in class file %s", p->name);
    u16 i = take_u2(p);
    if (!cp_is(p, i, CP_Utf8)) parse_fail(p, "Invalid SourceFile attribute at constant pool index %u in class file %s", i, p->name);
    p->c->source_file = parse_utf8(p, i);
}

static void class_attribute(Parser *p, const Attribute *a, u32 *seen)
{
    Class *c = p->c;
    const char *n = a->name->bytes;
    if (!strcmp(n, "SourceFile")) source_file(p, a);
    else if (!strcmp(n, "SourceDebugExtension")) keep_once(p, &c->source_debug, a, n, "");
    else if (!strcmp(n, "InnerClasses")) keep_once(p, &c->inner_classes, a, n, "");
    else if (!strcmp(n, "Synthetic")) {
        if (a->length) parse_fail(p, "Invalid Synthetic classfile attribute length %u in class file %s", a->length, p->name);
        c->access |= ACC_SYNTHETIC;
    } else if (!strcmp(n, "Deprecated")) {
        if (a->length) parse_fail(p, "Invalid Deprecated classfile attribute length %u in class file %s", a->length, p->name);
    } else if (p->major < 49) return;
    else if (!strcmp(n, "Signature")) c->signature = signature_attribute(p, a, c->signature, "", "Wrong Signature attribute length %u in class file %s");
    else if (!strcmp(n, "RuntimeVisibleAnnotations")) keep_once(p, &c->annotations, a, n, "");
    else if (!strcmp(n, "RuntimeVisibleTypeAnnotations")) keep_once(p, &c->type_annotations, a, n, "");
    else if (!strcmp(n, "EnclosingMethod")) enclosing_method(p, a);
    else if (!strcmp(n, "BootstrapMethods") && p->major >= 51) bootstrap_methods(p, a);
    else if (!strcmp(n, "NestHost") && p->major >= 55) nest_host(p, a);
    else if (!strcmp(n, "NestMembers") && p->major >= 55) nest_members(p, a);
    else if (!strcmp(n, "Record") && p->major >= 60) keep_once(p, &c->record, a, n, "");
    else if (!strcmp(n, "PermittedSubclasses") && p->major >= 61) permitted_subclasses(p, a);
    else meet_once(p, seen, a, "");
}

/* What HotSpot looks into only after it has seen all attributes. */
static void parse_kept(Parser *p)
{
    const u8 *end = p->at;
    Class *c = p->c;
    if (c->inner_classes.data) inner_classes(p);
    if (c->nest_members.data) check_class_list(p, c->nest_members, "Nest member", "NestMembers");
    if (c->record.data) record(p);
    if (c->permitted.data) check_class_list(p, c->permitted, "Permitted subclass", "PermittedSubclasses");
    if (is_record(p)) c->access |= CLASS_RECORD;
    p->at = end;
}

void parse_class_attributes(Parser *p)
{
    u32 seen = 0;
    for (u32 n = take_u2(p); n; n--) {
        Attribute a = take_attribute(p, "Attribute name has bad constant pool");
        class_attribute(p, &a, &seen);
        skip_attribute(p, &a);
    }
    parse_kept(p);
    if (p->max_bootstrap && !p->c->bootstrap_methods.data) parse_fail(p, "Missing BootstrapMethods attribute in class file %s", p->name);
}

/* ---- The VM's annotations -------------------------------------------------------------------------------------------- */

static const struct VmAnnotation { const char *desc; u32 method, field; } vm_annotations[] = {
    { "Ljdk/internal/vm/annotation/ForceInline;", METHOD_FORCE_INLINE, 0 },
    { "Ljdk/internal/vm/annotation/DontInline;", METHOD_DONT_INLINE, 0 },
    { "Ljdk/internal/vm/annotation/Hidden;", METHOD_HIDDEN, 0 },
    { "Ljdk/internal/vm/annotation/IntrinsicCandidate;", METHOD_INTRINSIC_CANDIDATE, 0 },
    { "Ljdk/internal/vm/annotation/Stable;", 0, FIELD_STABLE },
    { "Ljdk/internal/vm/annotation/Contended;", 0, FIELD_CONTENDED },
    { "Ljdk/internal/reflect/CallerSensitive;", METHOD_CALLER_SENSITIVE, 0 },
    { "Ljava/lang/invoke/LambdaForm$Compiled;", METHOD_LAMBDA_COMPILED, 0 },
    { "Ljava/lang/invoke/LambdaForm$Hidden;", METHOD_HIDDEN, 0 },
};

static const u8 *skip_annotation(const u8 *b, const u8 *end, u32 depth);

/* Past one element_value; NULL: malformed (then the rest is ignored, as reflection will report it). */
static const u8 *skip_value(const u8 *b, const u8 *end, u32 depth)
{
    if (b >= end || depth > 32) return NULL;
    switch (*b++) {
    case 'e': return end - b >= 4 ? b + 4 : NULL;
    case '@': return skip_annotation(b, end, depth + 1);
    case '[': {
        if (end - b < 2) return NULL;
        u32 n = peek_u2(b);
        for (b += 2; n && b; n--) b = skip_value(b, end, depth + 1);
        return b;
    }
    default: return end - b >= 2 ? b + 2 : NULL;
    }
}

static const u8 *skip_annotation(const u8 *b, const u8 *end, u32 depth)
{
    if (end - b < 4) return NULL;
    u32 n = peek_u2(b + 2);
    for (b += 4; n && b; n--) {
        if (end - b < 2) return NULL;
        b = skip_value(b + 2, end, depth);
    }
    return b;
}

u32 vm_annotation_flags(Parser *p, Bytes a, bool field)
{
    const u8 *b = a.data, *end = b + a.length;
    u32 flags = 0;
    if (a.length < 2) return 0;
    u32 n = peek_u2(b);
    for (b += 2; n && b && end - b >= 2; n--) {
        u16 type = peek_u2(b);
        const char *desc = cp_is(p, type, CP_Utf8) ? ((Symbol *)p->cp->v[type])->bytes : "";
        for (size_t i = 0; i < NELEM(vm_annotations); i++)
            if (!strcmp(desc, vm_annotations[i].desc)) flags |= field ? vm_annotations[i].field : vm_annotations[i].method;
        b = skip_annotation(b, end, 0);
    }
    return flags;
}

/* The group that an annotation @Contended at b names, or NULL: none, or the empty one. */
static const Symbol *contended_group(const Parser *p, const u8 *b, const u8 *end)
{
    if (end - b < 9 || !peek_u2(b + 2) || b[6] != 's' || !cp_is(p, peek_u2(b + 7), CP_Utf8)) return NULL;
    const Symbol *name = (const Symbol *)p->cp->v[peek_u2(b + 7)];
    return name->length ? name : NULL;
}

bool class_contended(const Class *c, Bytes a, const Symbol **group)
{
    Parser p = { .cp = c->cp };
    const u8 *b = a.data, *end = b + a.length;
    if (a.length < 2) return false;
    u32 n = peek_u2(b);
    for (b += 2; n && b && end - b >= 2; n--) {
        u16 type = peek_u2(b);
        if (cp_is(&p, type, CP_Utf8) && !strcmp(((Symbol *)p.cp->v[type])->bytes, "Ljdk/internal/vm/annotation/Contended;")) {
            *group = contended_group(&p, b, end);
            return true;
        }
        b = skip_annotation(b, end, 0);
    }
    return false;
}

void class_set_vm_annotations(Class *c)
{
    Parser p = { .cp = c->cp };
    c->access |= CLASS_VM_ANNOTATIONS;
    for (u32 i = 0; i < c->nmethods; i++) c->methods[i].access |= vm_annotation_flags(&p, c->methods[i].details->annotations, false);
    for (u32 i = 0; i < c->nfields; i++) c->fields[i].access |= vm_annotation_flags(&p, c->fields[i].annotations, true);
}
