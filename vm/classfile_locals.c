/* The class-file parser's tables of local variables: names for error messages, and the checks of both kinds of table (JVMS 4.7.13, 4.7.14). */
#include "vm/parser.h"
#include "base/log.h"
#include <string.h>

typedef struct Row { u16 start, length, name, desc, slot; } Row;

static Row read_row(const u8 *b)
{
    return (Row){ peek_u2(b), peek_u2(b + 2), peek_u2(b + 4), peek_u2(b + 6), peek_u2(b + 8) };
}

/* Number of rows of 10 bytes after the count. */
static u32 count_rows(Parser *p, const Attribute *a)
{
    u32 n = take_u2(p);
    if (a->length != 2 + n * 10) parse_fail(p, "%s has wrong length in class file %s", a->name->bytes, p->name);
    parse_need(p, n * 10);
    return n;
}

static void check_row(Parser *p, const Method *m, const Row *r, const char *what)
{
    if (r->start >= m->code_length) parse_fail(p, "Invalid start_pc %u in %s in class file %s", r->start, what, p->name);
    if ((u32)r->start + r->length > m->code_length) parse_fail(p, "Invalid length %u in %s in class file %s", r->length, what, p->name);
    if (!cp_is(p, r->name, CP_Utf8)) parse_fail(p, "Name index %u in %s has bad constant type in class file %s", r->name, what, p->name);
    if (!cp_is(p, r->desc, CP_Utf8)) parse_fail(p, "Signature index %u in %s has bad constant type in class file %s", r->desc, what, p->name);
    need_field_name(p, parse_utf8(p, r->name));
}

static void check_slot(Parser *p, const Method *m, const Row *r, const char *what, bool wide)
{
    if (r->slot + (u32)wide >= m->max_locals) parse_fail(p, "Invalid index %u in %s in class file %s", r->slot, what, p->name);
}

/* What makes a row one variable's: all but its type. */
static u64 row_key(const Row *r) { return (u64)r->start << 48 | (u64)r->length << 32 | (u64)r->slot << 16 | r->name; }

void parse_locals(Parser *p, Method *m, const Attribute *a)
{
    MethodDetails *d = m->details;
    u32 n = count_rows(p, a);
    LocalRow *rows = meta_alloc(p, (d->nlocals + n) * sizeof *rows);
    if (d->nlocals) memcpy(rows, d->locals, d->nlocals * sizeof *rows);
    for (u32 i = 0; i < n; i++) {
        Row r = read_row(a->data + 2 + i * 10);
        check_row(p, m, &r, a->name->bytes);
        Symbol *name = parse_utf8(p, r.name), *desc = parse_utf8(p, r.desc);
        need_field_type(p, name, desc);
        check_slot(p, m, &r, a->name->bytes, desc->bytes[0] == 'J' || desc->bytes[0] == 'D');
        rows[d->nlocals + i] = (LocalRow){ .start = r.start, .length = r.length, .slot = r.slot, .name = name, .desc = desc };
        if (p->o->boot) continue;
        u64 *seen = map_put(&p->locals, row_key(&r));
        if (*seen && !p->duplicate_local) p->duplicate_local = name;
        *seen = 1;
    }
    d->locals = rows, d->nlocals += n;
}

void parse_local_types(Parser *p, const Method *m, const Attribute *a)
{
    u32 n = count_rows(p, a);
    for (u32 i = 0; i < n; i++) {
        Row r = read_row(a->data + 2 + i * 10);
        check_row(p, m, &r, a->name->bytes);
        check_slot(p, m, &r, a->name->bytes, false);
        if (!p->o->boot) vec_push(&p->local_types, row_key(&r));
    }
}

/* Each variable has one row, and each row with a generic type a plain one; looked at only if there are plain rows, as HotSpot does. */
void check_duplicate_locals(Parser *p, const Method *m)
{
    ASSERT(!p->o->boot || !p->locals.len);
    if (p->duplicate_local)
        parse_fail(p, "Duplicated LocalVariableTable attribute entry for '%s' in class file %s", p->duplicate_local->bytes, p->name);
    for (size_t i = 0; m->details->nlocals && i < p->local_types.len; i++) {
        const char *name = ((Symbol *)p->cp->v[p->local_types.data[i] & 0xffff])->bytes;
        u64 *row = map_get(&p->locals, p->local_types.data[i]);
        if (!row) parse_fail(p, "LVTT entry for '%s' in class file %s does not match any LVT entry", name, p->name);
        if (*row == 2) parse_fail(p, "Duplicated LocalVariableTypeTable attribute entry for '%s' in class file %s", name, p->name);
        *row = 2;
    }
    if (p->locals.len) map_clear(&p->locals);
    vec_clear(&p->local_types);
}
