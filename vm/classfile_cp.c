/* The class-file parser's constant pool: reading the entries, then checking every cross reference, name and descriptor. */
#include "vm/parser.h"
#include "vm/names.h"
#include "base/log.h"
#include <string.h>

/* ---- Reading ------------------------------------------------------------------------------------------------- */

/* Modified UTF-8: no zero byte, none above 0xef, well-formed two- and three-byte groups. */
static bool legal_utf8(const u8 *s, u32 n)
{
    u32 i = 0;
    while (i < n) {
        u8 b = s[i];
        if (b == 0) return false;
        if (b < 0x80) i++;
        else if ((b & 0xe0) == 0xc0 && i + 1 < n && (s[i + 1] & 0xc0) == 0x80) i += 2;
        else if ((b & 0xf0) == 0xe0 && i + 2 < n && (s[i + 1] & 0xc0) == 0x80 && (s[i + 2] & 0xc0) == 0x80) i += 3;
        else return false;
    }
    return true;
}

static void need_version(Parser *p, u32 tag, u16 major)
{
    if (p->major < major) parse_fail(p, "Class file version does not support constant tag %u in class file %s", tag, p->name);
}

static u64 read_utf8(Parser *p)
{
    u16 n = take_u2(p);
    parse_need(p, n);
    if (!legal_utf8(p->at, n)) parse_fail(p, "Illegal UTF8 string in constant pool in class file %s", p->name);
    p->at += n;
    return (u64)symbol_intern((const char *)p->at - n, n);
}

static u32 read_pair(Parser *p)
{
    u32 first = take_u2(p);
    return first | (u32)take_u2(p) << 16;
}

/* Content of one entry; *wide: it takes two indices. */
static u64 read_entry(Parser *p, u8 tag, bool *wide)
{
    switch (tag) {
    case CP_Utf8: return read_utf8(p);
    case CP_Integer: case CP_Float: return take_u4(p);
    case CP_Long: case CP_Double: {
        *wide = true;
        u64 high = take_u4(p);
        return high << 32 | take_u4(p);
    }
    case CP_Class: case CP_String: return take_u2(p);
    case CP_Fieldref: case CP_Methodref: case CP_InterfaceMethodref: case CP_NameAndType: return read_pair(p);
    case CP_MethodHandle: {
        need_version(p, tag, 51);
        u32 kind = take_u1(p);
        return kind | (u32)take_u2(p) << 16;
    }
    case CP_MethodType: need_version(p, tag, 51); return take_u2(p);
    case CP_Dynamic: need_version(p, tag, 55); return read_pair(p);
    case CP_InvokeDynamic: need_version(p, tag, 51); return read_pair(p);
    case CP_Module: case CP_Package: need_version(p, tag, 53); return take_u2(p);
    default: parse_fail(p, "Unknown constant tag %u in class file %s", tag, p->name);
    }
}

static void read_entries(Parser *p)
{
    u32 n = take_u2(p);
    if (n < 1) parse_fail(p, "Illegal constant pool size %u in class file %s", n, p->name);
    ConstantPool *cp = p->cp = p->c->cp = meta_alloc(p, sizeof *cp + n * 8);
    cp->owner = p->c;
    cp->length = n;
    cp->tags = meta_alloc(p, n);
    cp->raw = meta_alloc(p, n * 4);
    for (u32 i = 1; i < n; i++) {
        u8 tag = take_u1(p);
        bool wide = false;
        cp->v[i] = read_entry(p, tag, &wide);
        cp->raw[i] = (u32)cp->v[i];
        cp->tags[i] = tag;
        if (wide && ++i >= n) parse_fail(p, "Invalid constant pool entry %u in class file %s", i, p->name);
    }
}

/* ---- Names ------------------------------------------------------------------------------------------------------ */

bool legal_class_name(const Symbol *s)
{
    if (s->length == 0) return false;
    if (s->bytes[0] == '[') return descriptor_check(s->bytes, s->length, false) == s->length;
    bool part_empty = true;
    for (u32 i = 0; i < s->length; i++) {
        char c = s->bytes[i];
        if (c == '.' || c == ';' || c == '[') return false;
        if (c == '/') {
            if (part_empty) return false;
            part_empty = true;
        } else part_empty = false;
    }
    return !part_empty;
}

bool legal_unqualified_name(const Symbol *s, bool method)
{
    if (s->length == 0) return false;
    if (method && s->bytes[0] == '<') return !strcmp(s->bytes, "<init>") || !strcmp(s->bytes, "<clinit>");
    for (u32 i = 0; i < s->length; i++)
        if (strchr(method ? ".;[/<>" : ".;[/", s->bytes[i])) return false;
    return true;
}

/* ---- Checking ---------------------------------------------------------------------------------------------------- */

static void need_tag(Parser *p, u32 index, u8 tag)
{
    if (!cp_is(p, index, tag)) parse_fail(p, "Invalid constant pool index %u in class file %s", index, p->name);
}

/* Name and descriptor of a NameAndType that a reference uses. */
static Symbol *pair_name(Parser *p, u32 nat) { return (Symbol *)p->cp->v[p->cp->raw[nat] & 0xffff]; }
static Symbol *pair_desc(Parser *p, u32 nat) { return (Symbol *)p->cp->v[p->cp->raw[nat] >> 16]; }

static void illegal_signature(Parser *p, const char *what, const Symbol *name, const Symbol *desc)
{
    parse_fail(p, "%s \"%s\" in class %s has illegal signature \"%s\"", what, name->bytes, p->name, desc->bytes);
}

static void check_field_pair(Parser *p, u32 nat)
{
    Symbol *name = pair_name(p, nat), *desc = pair_desc(p, nat);
    if (!legal_unqualified_name(name, false)) parse_fail(p, "Illegal field name \"%s\" in class %s", name->bytes, p->name);
    if (!desc->length || descriptor_check(desc->bytes, desc->length, false) != desc->length) illegal_signature(p, "Field", name, desc);
}

/* ref: by a Methodref or InterfaceMethodref: no <clinit>, <init> returns void. */
static void check_method_pair(Parser *p, u32 nat, bool ref)
{
    Symbol *name = pair_name(p, nat), *desc = pair_desc(p, nat);
    u32 slots;
    if (!legal_unqualified_name(name, true)) parse_fail(p, "Illegal method name \"%s\" in class %s", name->bytes, p->name);
    if (!method_descriptor_check(desc, &slots)) illegal_signature(p, "Method", name, desc);
    if (!ref || name->bytes[0] != '<') return;
    if (strcmp(name->bytes, "<init>")) parse_fail(p, "Bad method name at constant pool index %u in class file %s", p->cp->raw[nat] & 0xffff, p->name);
    if (desc->bytes[desc->length - 1] != 'V') illegal_signature(p, "Method", name, desc);
}

static void check_reference(Parser *p, u32 i, u8 tag)
{
    u32 class = p->cp->raw[i] & 0xffff, nat = p->cp->raw[i] >> 16;
    need_tag(p, class, CP_Class);
    need_tag(p, nat, CP_NameAndType);
    if (tag == CP_Fieldref) check_field_pair(p, nat);
    else check_method_pair(p, nat, true);
}

static void check_handle(Parser *p, u32 i)
{
    u32 kind = p->cp->raw[i] & 0xffff, ref = p->cp->raw[i] >> 16;
    if (kind < 1 || kind > 9) parse_fail(p, "Bad method handle kind at constant pool index %u in class file %s", i, p->name);
    if (!ref || ref >= p->cp->length) parse_fail(p, "Invalid constant pool index %u in class file %s", ref, p->name);
    bool method = cp_is(p, ref, CP_Methodref), interface = cp_is(p, ref, CP_InterfaceMethodref);
    if (kind <= 4 && !cp_is(p, ref, CP_Fieldref))
        parse_fail(p, "Invalid constant pool index %u in class file %s (not a field)", ref, p->name);
    if ((kind == 5 || kind == 8) && !method)
        parse_fail(p, "Invalid constant pool index %u in class file %s (not a method)", ref, p->name);
    if ((kind == 6 || kind == 7) && !method && !(interface && p->major >= 52))
        parse_fail(p, "Invalid constant pool index %u in class file %s (not a method)", ref, p->name);
    if (kind == 9 && !interface)
        parse_fail(p, "Invalid constant pool index %u in class file %s (not an interface method)", ref, p->name);
}

/* newInvokeSpecial names <init>, the other method kinds never do. After the references themselves were checked. */
static void check_handle_name(Parser *p, u32 i)
{
    u32 kind = p->cp->raw[i] & 0xffff, ref = p->cp->raw[i] >> 16;
    if (kind < 5) return;
    Symbol *name = pair_name(p, p->cp->raw[ref] >> 16);
    bool init = !strcmp(name->bytes, "<init>");
    if (kind == 8 && !init) parse_fail(p, "Bad constructor name at constant pool index %u in class file %s", ref, p->name);
    if (kind != 8 && init) parse_fail(p, "Bad method name at constant pool index %u in class file %s", ref, p->name);
}

static void check_dynamic(Parser *p, u32 i, u8 tag)
{
    u32 bootstrap = p->cp->raw[i] & 0xffff, nat = p->cp->raw[i] >> 16;
    need_tag(p, nat, CP_NameAndType);
    if (bootstrap == 0xffff) parse_fail(p, "Short length on BootstrapMethods in class file %s", p->name);
    if (bootstrap + 1 > p->max_bootstrap) p->max_bootstrap = (u16)(bootstrap + 1);
    if (tag == CP_Dynamic) check_field_pair(p, nat);
    else check_method_pair(p, nat, false);
    if (tag == CP_InvokeDynamic && pair_name(p, nat)->bytes[0] == '<')
        parse_fail(p, "Bad method name at constant pool index %u in class file %s", p->cp->raw[nat] & 0xffff, p->name);
}

/* First pass: indices have the right tags. */
static void check_indices(Parser *p, u32 i, u8 tag)
{
    u32 raw = p->cp->raw[i];
    switch (tag) {
    case CP_Class: case CP_String: case CP_MethodType: case CP_Module: case CP_Package: need_tag(p, raw, CP_Utf8); break;
    case CP_NameAndType: need_tag(p, raw & 0xffff, CP_Utf8), need_tag(p, raw >> 16, CP_Utf8); break;
    case CP_MethodHandle: check_handle(p, i); break;
    default: break;
    }
}

/* Second pass: names and descriptors. */
static void check_content(Parser *p, u32 i, u8 tag)
{
    u32 slots;
    switch (tag) {
    case CP_Class: {
        Symbol *name = parse_class_name(p, i);
        if (!legal_class_name(name)) parse_fail(p, "Illegal class name \"%s\" in class file %s", name->bytes, p->name);
        break;
    }
    case CP_MethodType: {
        Symbol *desc = (Symbol *)p->cp->v[p->cp->raw[i]];
        if (!method_descriptor_check(desc, &slots)) illegal_signature(p, "Method", symbol_of("MethodType"), desc);
        break;
    }
    case CP_Fieldref: case CP_Methodref: case CP_InterfaceMethodref: check_reference(p, i, tag); break;
    case CP_Dynamic: case CP_InvokeDynamic: check_dynamic(p, i, tag); break;
    default: break;
    }
}

void parse_constant_pool(Parser *p)
{
    read_entries(p);
    const u8 *tags = p->cp->tags;
    for (u32 i = 1; i < p->cp->length; i++) check_indices(p, i, tags[i]);
    for (u32 i = 1; i < p->cp->length; i++) check_content(p, i, tags[i]);
    for (u32 i = 1; i < p->cp->length; i++)
        if (tags[i] == CP_MethodHandle) check_handle_name(p, i);
}
