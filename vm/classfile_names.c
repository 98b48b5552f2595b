/* The class-file parser's names and descriptors (JVMS 4.2, 4.3): since version 49 names may hold nearly every character, before it
   only those of Java identifiers. Beyond ASCII the old rule is not checked. */
#include "vm/parser.h"
#include "base/log.h"
#include <string.h>

enum { UNICODE_NAMES = 49 };
typedef enum NameKind { NAME_CLASS, NAME_FIELD, NAME_METHOD } NameKind;

static bool unqualified(const char *s, u32 n, NameKind kind)
{
    static const bool special[256] = { ['.'] = true, [';'] = true, ['['] = true, ['/'] = true, ['<'] = true, ['>'] = true };
    for (u32 i = 0; i < n; i++) {
        char c = s[i];
        if (LIKELY(!special[(u8)c])) continue;
        if (c == '.' || c == ';' || c == '[') return false;
        if (kind == NAME_METHOD && (c == '<' || c == '>')) return false;
        if (c == '/' && (kind != NAME_CLASS || i == 0 || i + 1 >= n || s[i + 1] == '/')) return false;
    }
    return n > 0;
}

/* Length of the Java identifier, or of identifiers with slashes between, that s begins with. */
static u32 identifier(const char *s, u32 n, bool slashes)
{
    bool last_is_slash = false;
    u32 i;
    for (i = 0; i < n; i++) {
        u8 c = (u8)s[i];
        bool letter = c >= 128 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
        bool slash = slashes && c == '/' && !last_is_slash;
        if (!letter && !slash && !(i && c >= '0' && c <= '9')) break;
        last_is_slash = slash;
    }
    return i;
}

static bool legal_name(const Parser *p, const char *s, u32 n, NameKind kind)
{
    if (p->major >= UNICODE_NAMES) return unqualified(s, n, kind);
    return n && identifier(s, n, kind == NAME_CLASS) == n;
}

/* Past the class name at s and its semicolon; NULL: malformed. */
static const char *skip_class(Parser *p, const char *s, u32 n)
{
    if (p->major < UNICODE_NAMES) {
        u32 k = identifier(s, n, true);
        return k && k < n && s[k] == ';' ? s + k + 1 : NULL;
    }
    const char *end = n ? memchr(s, ';', n) : NULL;
    if (!end) return NULL;
    if (!unqualified(s, (u32)(end - s), NAME_CLASS))
        parse_fail(p, "Class name is empty or contains illegal character in descriptor in class file %s", p->name);
    return end + 1;
}

/* Past one field descriptor (or V if void_ok); NULL: malformed. */
static const char *skip_type(Parser *p, const char *s, u32 n, bool void_ok)
{
    for (u32 dims = 0; n; n--, s++, void_ok = false) {
        if (*s == '[') {
            if (++dims > 255) parse_fail(p, "Array type descriptor has more than 255 dimensions in class file %s", p->name);
            continue;
        }
        if (*s == 'L') return skip_class(p, s + 1, n - 1);
        return (*s == 'V' && void_ok) || (*s && strchr("ZCFDBSIJ", *s)) ? s + 1 : NULL;
    }
    return NULL;
}

static void illegal_type(Parser *p, const char *what, const Symbol *name, const Symbol *desc) NORETURN;
static void illegal_type(Parser *p, const char *what, const Symbol *name, const Symbol *desc)
{
    parse_fail(p, "%s \"%s\" in class %s has illegal signature \"%s\"", what, name->bytes, p->name, desc->bytes);
}

void need_class_name(Parser *p, const Symbol *s)
{
    bool ok = s->length && s->bytes[0] == '[' ? skip_type(p, s->bytes, s->length, false) == s->bytes + s->length
                                              : legal_name(p, s->bytes, s->length, NAME_CLASS);
    if (!ok) parse_fail(p, "Illegal class name \"%s\" in class file %s", s->bytes, p->name);
}

void need_field_name(Parser *p, const Symbol *s)
{
    if (!legal_name(p, s->bytes, s->length, NAME_FIELD)) parse_fail(p, "Illegal field name \"%s\" in class %s", s->bytes, p->name);
}

void need_method_name(Parser *p, const Symbol *s)
{
    bool ok = s->length && s->bytes[0] == '<' ? !strcmp(s->bytes, "<init>") || !strcmp(s->bytes, "<clinit>")
                                              : legal_name(p, s->bytes, s->length, NAME_METHOD);
    if (!ok) parse_fail(p, "Illegal method name \"%s\" in class %s", s->bytes, p->name);
}

void need_field_type(Parser *p, const Symbol *name, const Symbol *desc)
{
    if (skip_type(p, desc->bytes, desc->length, false) != desc->bytes + desc->length) illegal_type(p, "Field", name, desc);
}

u32 need_method_type(Parser *p, const Symbol *name, const Symbol *desc)
{
    const char *s = desc->bytes, *end = s + desc->length, *next;
    u32 slots = 0;
    if (!strcmp(name->bytes, "<clinit>") && p->major >= 51 && strcmp(s, "()V")) illegal_type(p, "Method", name, desc);
    if (s == end || *s++ != '(') illegal_type(p, "Method", name, desc);
    for (; (next = skip_type(p, s, (u32)(end - s), false)); s = next) slots += *s == 'J' || *s == 'D' ? 2 : 1;
    bool ok = s < end && *s++ == ')';
    if (ok && name->bytes[0] == '<') ok = end - s == 1 && *s == 'V';
    else if (ok) ok = skip_type(p, s, (u32)(end - s), true) == end;
    if (!ok) illegal_type(p, "Method", name, desc);
    return slots;
}

void need_type_kind(Parser *p, const char *what, bool method, const Symbol *name, const Symbol *desc)
{
    ASSERT(desc->length);
    if ((desc->bytes[0] == '(') != method) illegal_type(p, what, name, desc);
}
