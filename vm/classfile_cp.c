/* The class-file parser's constant pool: reading the entries, then checking every cross reference, name and descriptor. */
#include "vm/parser.h"
#include "base/log.h"
#include <string.h>

/* ---- Reading ------------------------------------------------------------------------------------------------- */

/* Modified UTF-8: no zero byte, none above 0xef, well-formed groups of two and three bytes, since version 48 the shortest form. */
static bool legal_utf8(const u8 *s, u32 n, bool shortest)
{
    for (u32 i = 0; i < n; ) {
        u32 b = s[i], left = n - i;
        if (b == 0) return false;
        if (b < 0x80) {
            i++;
        } else if ((b & 0xe0) == 0xc0 && left > 1 && (s[i + 1] & 0xc0) == 0x80) {
            u32 c = (b & 0x1f) << 6 | (s[i + 1] & 0x3f);
            if (shortest && c && c < 0x80) return false;
            i += 2;
        } else if ((b & 0xf0) == 0xe0 && left > 2 && (s[i + 1] & 0xc0) == 0x80 && (s[i + 2] & 0xc0) == 0x80) {
            u32 c = (b & 0xf) << 12 | (s[i + 1] & 0x3fu) << 6;
            if (shortest && c < 0x800) return false;
            i += 3;
        } else return false;
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
    if (!legal_utf8(p->at, n, p->major >= 48)) parse_fail(p, "Illegal UTF8 string in constant pool in class file %s", p->name);
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
    case CP_Module: case CP_Package: /* in module-info alone: told after the flag that makes one has been looked at */
        if (p->major >= 53) {
            p->module_tag = tag;
            return take_u2(p);
        }
        /* fallthrough */
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
        if (wide && i + 1 >= n) parse_fail(p, "Invalid constant pool entry %u in class file %s", i, p->name);
        i += wide;
    }
}

/* ---- Checking ---------------------------------------------------------------------------------------------------- */

static void need_tag(Parser *p, u32 index, u8 tag)
{
    if (!cp_is(p, index, tag)) parse_fail(p, "Invalid constant pool index %u in class file %s", index, p->name);
}

/* Name and descriptor of a NameAndType that a reference uses. */
static Symbol *pair_name(Parser *p, u32 nat) { return (Symbol *)p->cp->v[p->cp->raw[nat] & 0xffff]; }
static Symbol *pair_desc(Parser *p, u32 nat) { return (Symbol *)p->cp->v[p->cp->raw[nat] >> 16]; }

static void check_pair(Parser *p, u32 name_index, u32 desc_index)
{
    const Symbol *name = (Symbol *)p->cp->v[name_index], *desc = (Symbol *)p->cp->v[desc_index];
    u32 empty = !desc->length ? desc_index : !name->length ? name_index : 0;
    if (empty) parse_fail(p, "Illegal zero length constant pool entry at %u in class %s", empty, p->name);
    if (desc->bytes[0] == '(') need_method_name(p, name), need_method_type(p, name, desc);
    else need_field_name(p, name), need_field_type(p, name, desc);
}

/* A field's reference has a field's type, a method's a method's; no class method but <init> has a name in angle brackets. */
static void check_reference(Parser *p, u32 i, u8 tag)
{
    u32 nat = p->cp->raw[i] >> 16;
    Symbol *name = pair_name(p, nat);
    need_type_kind(p, tag == CP_Fieldref ? "Field" : "Method", tag != CP_Fieldref, name, pair_desc(p, nat));
    if (tag == CP_Methodref && name->bytes[0] == '<' && strcmp(name->bytes, "<init>"))
        parse_fail(p, "Bad method name at constant pool index %u in class file %s", p->cp->raw[nat] & 0xffff, p->name);
}

static void check_handle(Parser *p, u32 i)
{
    u32 kind = p->cp->raw[i] & 0xffff, ref = p->cp->raw[i] >> 16;
    if (!ref || ref >= p->cp->length) parse_fail(p, "Invalid constant pool index %u in class file %s", ref, p->name);
    if (kind < 1 || kind > 9) parse_fail(p, "Bad method handle kind at constant pool index %u in class file %s", i, p->name);
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

/* newInvokeSpecial names <init>, the other kinds for class methods never do. */
static void check_handle_name(Parser *p, u32 i)
{
    u32 kind = p->cp->raw[i] & 0xffff, ref = p->cp->raw[i] >> 16;
    if (kind < 5 || kind > 8) return;
    u32 nat = p->cp->raw[ref] >> 16, name = p->cp->raw[nat] & 0xffff;
    bool init = !strcmp(pair_name(p, nat)->bytes, "<init>");
    if (kind == 8 && !init) parse_fail(p, "Bad constructor name at constant pool index %u in class file %s", name, p->name);
    if (kind != 8 && init) parse_fail(p, "Bad method name at constant pool index %u in class file %s", name, p->name);
}

static void check_bootstrap(Parser *p, u32 i)
{
    u32 bootstrap = p->cp->raw[i] & 0xffff;
    need_tag(p, p->cp->raw[i] >> 16, CP_NameAndType);
    if (bootstrap == 0xffff) parse_fail(p, "Short length on BootstrapMethods in class file %s", p->name);
    if (bootstrap + 1 > p->max_bootstrap) p->max_bootstrap = (u16)(bootstrap + 1);
}

/* First pass: indices have the right tags. */
static void check_indices(Parser *p, u32 i, u8 tag)
{
    u32 raw = p->cp->raw[i];
    switch (tag) {
    case CP_Class: case CP_String: case CP_MethodType: case CP_Module: case CP_Package: need_tag(p, raw, CP_Utf8); break;
    case CP_NameAndType: need_tag(p, raw & 0xffff, CP_Utf8), need_tag(p, raw >> 16, CP_Utf8); break;
    case CP_Fieldref: case CP_Methodref: case CP_InterfaceMethodref:
        need_tag(p, raw & 0xffff, CP_Class), need_tag(p, raw >> 16, CP_NameAndType);
        break;
    case CP_Dynamic: case CP_InvokeDynamic: check_bootstrap(p, i); break;
    case CP_MethodHandle: check_handle(p, i); break;
    default: break;
    }
}

/* Second pass: names and descriptors. */
static void check_content(Parser *p, u32 i, u8 tag)
{
    u32 raw = p->cp->raw[i], nat = raw >> 16;
    switch (tag) {
    case CP_Class: need_class_name(p, parse_class_name(p, i)); break;
    case CP_MethodType: need_method_type(p, symbol_of("type"), (Symbol *)p->cp->v[raw]); break;
    case CP_NameAndType: check_pair(p, raw & 0xffff, raw >> 16); break;
    case CP_Fieldref: case CP_Methodref: case CP_InterfaceMethodref: check_reference(p, i, tag); break;
    case CP_InvokeDynamic: need_type_kind(p, "Method", true, pair_name(p, nat), pair_desc(p, nat)); break;
    case CP_Dynamic: need_type_kind(p, "CONSTANT_Dynamic", false, pair_name(p, nat), pair_desc(p, nat)); break;
    case CP_MethodHandle: check_handle_name(p, i); break;
    default: break;
    }
}

void parse_constant_pool(Parser *p)
{
    read_entries(p);
    if (p->module_tag) return; /* no class: the flags will tell what it is */
    const u8 *tags = p->cp->tags;
    for (u32 i = 1; i < p->cp->length; i++) check_indices(p, i, tags[i]);
    for (u32 i = 1; i < p->cp->length; i++) check_content(p, i, tags[i]);
}
