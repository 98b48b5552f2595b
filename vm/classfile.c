/* The class-file parser's driver: header, version, this and super, interfaces, then members and attributes (see classfile.h).
   A failure anywhere longjmps back here; messages are worded as HotSpot's. */
#include "vm/parser.h"
#include "base/log.h"
#include "vm/vm.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { OLDEST = 45, NEWEST = 61, FIRST_PREVIEW = 56 };

void parse_error(Parser *p, const char *exception, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(p->err->message, sizeof p->err->message, fmt, ap);
    va_end(ap);
    p->err->exception = exception;
    longjmp(p->bail, 1);
}

Symbol *parse_utf8(Parser *p, u32 i)
{
    if (!cp_is(p, i, CP_Utf8)) parse_fail(p, "Invalid constant pool index %u in class file %s", i, p->name);
    return (Symbol *)p->cp->v[i];
}

Symbol *parse_class_name(Parser *p, u32 i)
{
    ASSERT(cp_is(p, i, CP_Class));
    return (Symbol *)p->cp->v[p->cp->raw[i]];
}

Attribute take_attribute(Parser *p, const char *complaint)
{
    u16 index = take_u2(p);
    if (!cp_is(p, index, CP_Utf8)) parse_fail(p, "%s index %u in class file %s", complaint, index, p->name);
    Attribute a = { .name = (Symbol *)p->cp->v[index], .length = take_u4(p) };
    a.data = p->at;
    return a;
}

void skip_attribute(Parser *p, const Attribute *a)
{
    p->at = a->data;
    parse_need(p, a->length);
    p->at += a->length;
}

void keep_once(Parser *p, Bytes *into, const Attribute *a, const char *what, const char *where)
{
    if (into->data) parse_fail(p, "Multiple %s attributes%s in class file %s", what, where, p->name);
    parse_need(p, a->length);
    *into = (Bytes){ a->data, a->length };
}

void meet_once(Parser *p, u32 *seen, const Attribute *a, const char *where)
{
    static const char *const kinds[] = { "RuntimeInvisibleAnnotations", "RuntimeInvisibleParameterAnnotations", "RuntimeInvisibleTypeAnnotations",
                                         "RuntimeVisibleAnnotations", "RuntimeVisibleTypeAnnotations" };
    for (u32 i = 0; i < NELEM(kinds); i++) {
        if (strcmp(a->name->bytes, kinds[i])) continue;
        if (*seen & 1u << i) parse_fail(p, "Multiple %s attributes%s in class file %s", kinds[i], where, p->name);
        *seen |= 1u << i;
    }
}

Symbol *signature_attribute(Parser *p, const Attribute *a, const Symbol *had, const char *where, const char *length_complaint)
{
    if (had) parse_fail(p, "Multiple Signature attributes%s in class file %s", where, p->name);
    if (a->length != 2) parse_fail(p, length_complaint, a->length, p->name);
    u16 i = take_u2(p);
    if (!cp_is(p, i, CP_Utf8))
        parse_fail(p, *where ? "Invalid Signature attribute at constant pool index %u in class file %s"
                             : "Invalid constant pool index %u in Signature attribute in class file %s", i, p->name);
    return (Symbol *)p->cp->v[i];
}

/* ---- Duplicates ----------------------------------------------------------------------------------------------- */

void parse_duplicates_begin(Parser *p) { map_clear(&p->seen); }

/* Symbols lie within 4 GiB of each other, so the key is exact. */
bool parse_duplicate(Parser *p, const Symbol *a, const Symbol *b)
{
    u64 key = ((u64)a - WIN_META_BASE) << 32 | (u32)((u64)b - WIN_META_BASE);
    if (map_get(&p->seen, key)) return true;
    *map_put(&p->seen, key) = 1;
    return false;
}

/* ---- Header ------------------------------------------------------------------------------------------------------ */

static void check_version(Parser *p)
{
    u32 major = p->major, minor = p->minor;
    const char *error = "java/lang/UnsupportedClassVersionError";
    if (major < OLDEST)
        parse_error(p, error, "%s (class file version %u.%u) was compiled with an invalid major version", p->name, major, minor);
    if (major > NEWEST)
        parse_error(p, error, "%s has been compiled by a more recent version of the Java Runtime (class file version %u.%u), "
                    "this version of the Java Runtime only recognizes class file versions up to %u.0", p->name, major, minor, NEWEST);
    if (major < FIRST_PREVIEW || minor == 0) return;
    if (minor != 0xffff)
        parse_error(p, error, "%s (class file version %u.%u) was compiled with an invalid non-zero minor version", p->name, major, minor);
    if (major != NEWEST)
        parse_error(p, error, "%s (class file version %u.%u) was compiled with preview features that are unsupported. This version "
                    "of the Java Runtime only recognizes preview features for class file version %u.65535", p->name, major, minor, NEWEST);
    if (vm_options.preview) return;
    parse_error(p, error, "Preview features are not enabled for %s (class file version %u.%u). Try running with '--enable-preview'",
                p->name, major, minor);
}

static void parse_header(Parser *p)
{
    parse_need(p, 8);
    u32 magic = take_u4(p);
    if (magic != 0xcafebabe) parse_fail(p, "Incompatible magic value %u in class file %s", magic, p->name);
    p->minor = take_u2(p);
    p->major = take_u2(p);
    check_version(p);
    p->c->minor_major = (u32)p->minor << 16 | p->major;
}

void check_class_flags(Parser *p, u32 flags)
{
    if (flags & ACC_MODULE)
        parse_error(p, "java/lang/NoClassDefFoundError", "%s is not a class because access_flag ACC_MODULE is set", p->name);
    bool v15 = p->major >= 49;
    bool bad = (flags & ACC_ABSTRACT && flags & ACC_FINAL)
        || (flags & ACC_INTERFACE && !(flags & ACC_ABSTRACT))
        || (flags & ACC_INTERFACE && v15 && flags & (ACC_SUPER | ACC_ENUM))
        || (!(flags & ACC_INTERFACE) && v15 && flags & ACC_ANNOTATION);
    if (bad) parse_fail(p, "Illegal class modifiers in class %s: 0x%X", p->name, flags);
}

static void parse_access(Parser *p)
{
    u32 flags = take_u2(p), known = ACC_PUBLIC | ACC_FINAL | ACC_SUPER | ACC_INTERFACE | ACC_ABSTRACT | ACC_ANNOTATION | ACC_ENUM | ACC_SYNTHETIC;
    flags &= known | (p->major >= 53 ? ACC_MODULE : 0);
    if (flags & ACC_INTERFACE && p->major < 50) flags |= ACC_ABSTRACT;
    check_class_flags(p, flags);
    if (p->module_tag) parse_fail(p, "Unknown constant tag %u in class file %s", p->module_tag, p->name);
    p->c->access = flags;
}

/* The class's own name. What defines a hidden class names it, whatever the bytes say; it gets its suffix, and its own entry is
   resolved to itself. */
static void parse_this(Parser *p)
{
    u16 index = take_u2(p);
    if (!cp_is(p, index, CP_Class)) parse_fail(p, "Invalid this class index %u in constant pool in class file %s", index, p->name);
    Symbol *name = parse_class_name(p, index);
    if (name->bytes[0] == '[') parse_fail(p, "Bad class name in class file %s", p->name);
    if (p->o->expected_name && p->o->expected_name != name && !p->o->hidden)
        parse_error(p, "java/lang/NoClassDefFoundError", "%s (wrong name: %s)", p->o->expected_name->bytes, name->bytes);
    if (p->o->hidden) {
        const Symbol *given = p->o->expected_name ? p->o->expected_name : name;
        char *full = xasprintf("%s%s", given->bytes, p->o->hidden_suffix);
        size_t n = strlen(full);
        bool fits = n <= UINT16_MAX;
        if (fits) name = symbol_intern(full, n);
        free(full);
        if (!fits) parse_fail(p, "Bad class name in class file %s", p->name);
        p->cp->tags[index] |= CP_RESOLVED;
        p->cp->v[index] = (u64)p->c;
        p->c->access |= CLASS_HIDDEN;
    }
    p->c->name = name;
    p->name = name->bytes;
}

static void parse_super(Parser *p)
{
    u16 index = p->super_index = take_u2(p);
    bool is_object = !strcmp(p->name, "java/lang/Object");
    if (index == 0) {
        if (!is_object) parse_fail(p, "Invalid superclass index %u in class file %s", index, p->name);
        return;
    }
    if (!cp_is(p, index, CP_Class)) parse_fail(p, "Invalid superclass index %u in class file %s", index, p->name);
    Symbol *name = parse_class_name(p, index);
    if (is_object || name->bytes[0] == '[') parse_fail(p, "Bad superclass name in class file %s", p->name);
}

static u16 *parse_interfaces(Parser *p)
{
    u32 n = p->c->ninterfaces = take_u2(p);
    u16 *list = meta_alloc(p, n * sizeof *list + 1);
    for (u32 i = 0; i < n; i++) {
        u16 index = list[i] = take_u2(p);
        if (!cp_is(p, index, CP_Class)) parse_fail(p, "Interface name has bad constant pool index %u in class file %s", index, p->name);
        if (parse_class_name(p, index)->bytes[0] == '[') parse_fail(p, "Bad interface name in class file %s", p->name);
        if (!p->o->interface || p->o->interface(p->o->context, p->c, i, index)) continue;
        p->err->exception = NULL;
        longjmp(p->bail, 1);
    }
    parse_duplicates_begin(p);
    for (u32 i = 0; i < n; i++) {
        Symbol *name = parse_class_name(p, list[i]);
        if (parse_duplicate(p, name, name)) parse_fail(p, "Duplicate interface name \"%s\" in class file %s", name->bytes, p->name);
    }
    return list;
}

static void parse_all(Parser *p, ParsedClass *out)
{
    parse_header(p);
    parse_constant_pool(p);
    parse_access(p);
    parse_this(p);
    parse_super(p);
    out->interfaces = parse_interfaces(p);
    parse_fields(p);
    parse_methods(p);
    parse_class_attributes(p);
    if (p->at != p->end) parse_fail(p, "Extra bytes at the end of class file %s", p->name);
    if (p->c->access & ACC_INTERFACE && p->super_index && strcmp(parse_class_name(p, p->super_index)->bytes, "java/lang/Object"))
        parse_fail(p, "Interfaces must have java.lang.Object as superclass in class file %s", p->name);
    out->super_index = p->super_index;
}

bool classfile_parse(const u8 *image, size_t length, const ParseOptions *options, ParsedClass *out, ClassFileError *err)
{
    Parser *p = xcalloc(1, sizeof *p);
    p->start = p->at = image, p->end = image + length;
    p->o = options;
    p->err = err;
    p->name = options->expected_name ? options->expected_name->bytes : "<Unknown>";
    p->c = out->c = unit_alloc(options->unit, sizeof(Class), 16);
    p->c->unit = options->unit;
    p->c->image = (Bytes){ image, (u32)length };
    p->c->kind = CLASS_INSTANCE;
    p->c->type = T_OBJECT;
    bool ok = !setjmp(p->bail);
    if (ok) parse_all(p, out);
    map_free(&p->seen);
    map_free(&p->locals);
    vec_free(&p->local_types);
    free(p);
    return ok;
}
