/* Names: descriptors, packages, modifiers, and the wording of classes and methods in messages (names.h). */
#define _GNU_SOURCE
#include "vm/names.h"
#include "base/log.h"
#include "base/vec.h"
#include <stdio.h>
#include <string.h>

BasicType descriptor_type(char c)
{
    switch (c) {
    case 'Z': return T_BOOLEAN;
    case 'C': return T_CHAR;
    case 'F': return T_FLOAT;
    case 'D': return T_DOUBLE;
    case 'B': return T_BYTE;
    case 'S': return T_SHORT;
    case 'I': return T_INT;
    case 'J': return T_LONG;
    case 'L': return T_OBJECT;
    case '[': return T_ARRAY;
    default: ASSERT(c == 'V'); return T_VOID;
    }
}

/* Class name inside L...; : not empty, no empty part, none of . [ ; in it. */
static u32 class_descriptor(const char *p, size_t n)
{
    bool part_empty = true;
    for (u32 i = 1; i < n; i++) {
        if (p[i] == ';') return part_empty ? 0 : i + 1;
        if (p[i] == '.' || p[i] == '[') return 0;
        if (p[i] == '/') {
            if (part_empty) return 0;
            part_empty = true;
        } else part_empty = false;
    }
    return 0;
}

u32 descriptor_check(const char *p, size_t n, bool void_ok)
{
    u32 dims = 0;
    while (dims < n && p[dims] == '[') dims++;
    if (dims == n || dims > 255) return 0;
    char c = p[dims];
    if (c == 'L') {
        u32 k = class_descriptor(p + dims, n - dims);
        return k ? dims + k : 0;
    }
    if (c == 'V') return void_ok && !dims ? 1 : 0;
    return c && strchr("ZCFDBSIJ", c) ? dims + 1 : 0;
}

bool method_descriptor_check(const Symbol *desc, u32 *slots)
{
    const char *p = desc->bytes, *end = p + desc->length;
    *slots = 0;
    if (p == end || *p++ != '(') return false;
    while (p < end && *p != ')') {
        u32 k = descriptor_check(p, (size_t)(end - p), false);
        if (!k) return false;
        *slots += *p == 'J' || *p == 'D' ? 2 : 1;
        p += k;
    }
    if (p == end) return false;
    p++;
    return p < end && descriptor_check(p, (size_t)(end - p), true) == (u32)(end - p);
}

u32 descriptor_length(const char *p)
{
    const char *s = p;
    while (*s == '[') s++;
    if (*s == 'L') s = strchr(s, ';');
    ASSERT(s && *s);
    return (u32)(s - p) + 1;
}

u32 descriptor_params(const Symbol *desc, u8 *types, u8 *ret)
{
    const char *p = desc->bytes;
    u32 n = 0;
    ASSERT(*p == '(');
    for (p++; *p != ')'; p += descriptor_length(p)) {
        ASSERT(n < 255);
        types[n++] = (u8)descriptor_type(*p);
    }
    *ret = (u8)descriptor_type(p[1]);
    return n;
}

/* ---- Packages ------------------------------------------------------------------------------------------- */

Symbol *package_of_name(const Symbol *class_name)
{
    const char *slash = memrchr(class_name->bytes, '/', class_name->length);
    return symbol_intern(class_name->bytes, slash ? (size_t)(slash - class_name->bytes) : 0);
}

Symbol *class_package(const Class *c)
{
    if (c->kind == CLASS_ARRAY) c = c->element;
    return c->kind == CLASS_PRIMITIVE ? symbol_of("java/lang") : package_of_name(c->name);
}

bool class_same_package(const Class *a, const Class *b)
{
    if (a == b) return true;
    if (a->loader != b->loader) return false;
    if (a->kind == CLASS_ARRAY) a = a->element;
    if (b->kind == CLASS_ARRAY) b = b->element;
    if (a->kind == CLASS_PRIMITIVE || b->kind == CLASS_PRIMITIVE) return class_package(a) == class_package(b);
    const char *x = memrchr(a->name->bytes, '/', a->name->length), *y = memrchr(b->name->bytes, '/', b->name->length);
    if (!x || !y) return !x && !y;
    size_t n = (size_t)(x - a->name->bytes);
    return n == (size_t)(y - b->name->bytes) && !memcmp(a->name->bytes, b->name->bytes, n);
}

u32 class_modifiers(const Class *c)
{
    if (c->kind == CLASS_PRIMITIVE) return ACC_PUBLIC | ACC_FINAL | ACC_ABSTRACT;
    if (c->kind == CLASS_ARRAY)
        return (class_modifiers(c->element) & (ACC_PUBLIC | ACC_PRIVATE | ACC_PROTECTED)) | ACC_FINAL | ACC_ABSTRACT;
    u32 access = c->access & ACC_JVM_MASK;
    const u8 *p = c->inner_classes.data;
    for (u32 n = p ? (u32)(p[0] << 8 | p[1]) : 0, i = 0; i < n; i++) {
        const u8 *row = p + 2 + i * 8;
        u32 inner = (u32)(row[0] << 8 | row[1]);
        if (inner && cp_class_name(c->cp, inner) == c->name) {
            access = (u32)(row[6] << 8 | row[7]);
            break;
        }
    }
    return access & ~(u32)ACC_SUPER & ACC_JVM_MASK;
}

/* ---- Names in messages -------------------------------------------------------------------------------------- */

/* Internal name to Java name, in place: slashes to dots; a hidden class's + to a slash. */
static char *dotted(char *s, bool hidden)
{
    for (char *p = s; *p; p++)
        if (*p == '/') *p = '.';
    char *plus = hidden ? strrchr(s, '+') : NULL;
    if (plus) *plus = '/';
    return s;
}

static bool is_hidden(const Class *c)
{
    return c->kind == CLASS_ARRAY ? c->element->access & CLASS_HIDDEN : c->access & CLASS_HIDDEN;
}

char *class_java_name(const Class *c) { return dotted(xstrdup(c->name->bytes), is_hidden(c)); }

char *class_external_name(const Class *c)
{
    if (c->kind != CLASS_ARRAY) return class_java_name(c);
    const Class *e = c->element;
    char *name = class_java_name(e);
    size_t n = strlen(name);
    name = xrealloc(name, n + 2 * c->dims + 1);
    for (u32 i = 0; i < c->dims; i++) memcpy(name + n + 2 * i, "[]", 3);
    return name;
}

/* Writes one descriptor as source: int, p.C, p.C[][]. Returns the descriptor's end. */
static const char *print_type(FILE *out, const char *p)
{
    static const char *const names[] = { [T_BOOLEAN] = "boolean", [T_CHAR] = "char", [T_FLOAT] = "float", [T_DOUBLE] = "double",
                                         [T_BYTE] = "byte", [T_SHORT] = "short", [T_INT] = "int", [T_LONG] = "long", [T_VOID] = "void" };
    u32 dims = 0;
    while (*p == '[') p++, dims++;
    if (*p == 'L')
        for (p++; *p != ';'; p++) fputc(*p == '/' ? '.' : *p, out);
    else fputs(names[descriptor_type(*p)], out);
    while (dims--) fputs("[]", out);
    return p + 1;
}

char *method_external_name(const Class *holder, const Symbol *name, const Symbol *desc)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    char *class_name = class_java_name(holder);
    print_type(out, strchr(desc->bytes, ')') + 1);
    fprintf(out, " %s.%s(", class_name, name->bytes);
    const char *first = desc->bytes + 1;
    for (const char *p = first; *p != ')'; ) {
        if (p != first) fputs(", ", out);
        p = print_type(out, p);
    }
    fputc(')', out);
    fclose(out);
    free(class_name);
    return text;
}

/* Is this a module whose version HotSpot prints? Those of the JDK itself are left out. */
static bool shows_version(const Module *m)
{
    return m->version && m->version->length && !(m->location && !strncmp(m->location->bytes, "jrt:/", 5));
}

static char *module_phrase(const Class *c)
{
    if (c->kind == CLASS_ARRAY) c = c->element;
    const Module *m = c->module;
    const char *loader = c->loader->name_and_id ? c->loader->name_and_id->bytes : "'bootstrap'";
    if (!m && c->loader == boot_loader) return xasprintf("module java.base of loader %s", loader);
    if (!m || !m->name) return xasprintf("unnamed module of loader %s", loader);
    return shows_version(m) ? xasprintf("module %s@%s of loader %s", m->name->bytes, m->version->bytes, loader)
                            : xasprintf("module %s of loader %s", m->name->bytes, loader);
}

char *class_in_module(const Class *a)
{
    char *name = class_java_name(a), *where = module_phrase(a);
    char *text = xasprintf("%s is in %s", name, where);
    free(name), free(where);
    return text;
}

char *classes_in_module(const Class *a, const Class *b)
{
    char *x = class_java_name(a), *y = class_java_name(b), *where = module_phrase(a);
    char *text = xasprintf("%s and %s are in %s", x, y, where);
    free(x), free(y), free(where);
    return text;
}

char *classes_where(const Class *a, const Class *b)
{
    const Class *x = a->kind == CLASS_ARRAY ? a->element : a, *y = b->kind == CLASS_ARRAY ? b->element : b;
    if (x->module == y->module && x->loader == y->loader) return classes_in_module(a, b);
    char *p = class_in_module(a), *q = class_in_module(b);
    char *text = xasprintf("%s; %s", p, q);
    free(p), free(q);
    return text;
}
