/* Heat of fields: see heat.h.

   Which fields does a visit use together? Those that the innermost loop around the miss names (the whole method, if there is none), itself or in small
   methods that it calls; of a miss in such a small method, those that its caller names there. */
#include "layout/heat.h"
#include "base/hash.h"
#include "base/log.h"
#include "layout/costs.h"
#include "vm/locate.h"
#include "vm/opcodes.h"
#include <stdlib.h>
#include <string.h>

enum { ACCESSOR = 12 /* bytes of bytecode */, RECENT_BITS = 6 };

/* Samples at the same place, of the same kind. */
typedef struct Hit { CodePlace at; Class *c; Field *f; u64 stalls; Vec(Field *) beside; } Hit;
typedef struct ClassHeat { Class *c; u64 stalls; } ClassHeat;
static Vec(Hit) hits;
static Vec(ClassHeat) classes;
static Map known; /* hash of place, class, field -> index in hits + 1 */
typedef struct Recent { u64 pc; const Class *c; u32 offset, hit, by_class; } Recent;
static Recent recent[1 << RECENT_BITS]; /* the last misses, by instruction: indices in hits and classes */

/* ---- Fields used together ------------------------------------------------------------------------------ */

static void add_beside(Hit *h, Field *f)
{
    if (f == h->f || f->access & ACC_STATIC || !class_subtype(h->c, f->owner)) return;
    for (size_t i = 0; i < h->beside.len; i++)
        if (h->beside.data[i] == f) return;
    vec_push(&h->beside, f);
}

static bool is_accessor(const Method *m) { return m && m->original && m->code_length <= ACCESSOR; }

/* The part of the method that the loop around bci is: from the target of the nearest jump back over it to that jump. */
static void find_loop(const Method *m, u32 bci, u32 *from, u32 *to)
{
    *from = 0, *to = m->code_length;
    for (u32 at = 0, n; at < m->code_length; at += n) {
        u8 op = m->original[at];
        if (!(n = opcode_length_at(m->original, at, m->code_length))) return;
        if (!((op >= OP_ifeq && op <= OP_goto) || op == OP_ifnull || op == OP_ifnonnull)) continue;
        u32 target = at + (u32)(i32)(i16)code_u16(m->original + at + 1);
        if (target <= bci && bci <= at && at - target < *to - *from) *from = target, *to = at + n;
    }
}

static void add_named(Hit *h, const Method *m, u32 from, u32 to, bool calls)
{
    charge_units(refresh_byte, to - from);
    for (u32 bci = from, n; bci < to; bci += n) {
        if (!(n = opcode_length_at(m->original, bci, m->code_length))) return;
        u8 op = m->original[bci];
        if (op != OP_getfield && op != OP_putfield && !(calls && op >= OP_invokevirtual && op <= OP_invokespecial)) continue;
        u32 index = code_u16(m->original + bci + 1);
        if (!(m->cp->tags[index] & CP_RESOLVED)) continue;
        if (op == OP_getfield || op == OP_putfield) {
            add_beside(h, (Field *)m->cp->v[index]);
            continue;
        }
        const Method *callee = ((CallInfo *)m->cp->v[index])->method;
        if (is_accessor(callee)) add_named(h, callee, 0, callee->code_length, false);
    }
}

static void find_beside(Hit *h, const CodePlace *at, u32 n)
{
    u32 from, to, k = n > 1 && is_accessor(at[0].m) ? 1 : 0; /* an accessor's caller knows more */
    if (!n || !at[k].m || !at[k].m->original) return;
    find_loop(at[k].m, at[k].bci, &from, &to);
    add_named(h, at[k].m, from, to, true);
}

/* ---- Samples ------------------------------------------------------------------------------------------- */

static ClassHeat *class_heat(Class *c)
{
    for (size_t i = 0; i < classes.len; i++)
        if (classes.data[i].c == c) return &classes.data[i];
    vec_push(&classes, ((ClassHeat){ c, 0 }));
    return &vec_last(&classes);
}

bool heat_again(u64 pc, const Class *c, u32 offset, u64 stalls)
{
    const Recent *r = &recent[hash_slot(pc, RECENT_BITS)];
    if (r->pc != pc || r->c != c || r->offset != offset) return false;
    hits.data[r->hit].stalls += stalls;
    classes.data[r->by_class].stalls += stalls;
    return true;
}

void heat_sample(u64 pc, const CodePlace *at, u32 n, Class *c, u32 offset, u64 stalls)
{
    ASSERT(c->kind == CLASS_INSTANCE);
    Place p = { .kind = PLACE_OBJECT, .klass = c, .offset = offset };
    Field *f = locate_field(&p);
    CodePlace first = n ? at[0] : (CodePlace){ 0 };
    u64 *index = map_put(&known, hash_u64(hash_u64(hash_u64((u64)first.m) + first.bci + (u64)f) + (u64)c));
    ClassHeat *by_class = class_heat(c);
    by_class->stalls += stalls;
    if (!*index) {
        vec_push(&hits, ((Hit){ .at = first, .c = c, .f = f }));
        *index = hits.len;
        find_beside(&vec_last(&hits), at, n);
    }
    hits.data[*index - 1].stalls += stalls;
    recent[hash_slot(pc, RECENT_BITS)] = (Recent){ pc, c, offset, (u32)(*index - 1), (u32)(by_class - classes.data) };
}

u64 heat_of_class(const Class *c)
{
    for (size_t i = 0; i < classes.len; i++)
        if (classes.data[i].c == c) return classes.data[i].stalls;
    return 0;
}

Class *heat_hottest(bool (*wanted)(const Class *c))
{
    const ClassHeat *best = NULL;
    for (size_t i = 0; i < classes.len; i++) {
        const ClassHeat *x = &classes.data[i];
        if (wanted(x->c) && (!best || x->stalls > best->stalls)) best = x;
    }
    return best && best->stalls ? best->c : NULL;
}

void heat_forget(const Class *c)
{
    for (size_t i = 0; i < hits.len; i++)
        if (hits.data[i].c == c) hits.data[i].stalls = 0;
    for (size_t i = 0; i < classes.len; i++)
        if (classes.data[i].c == c) classes.data[i].stalls = 0;
    heat_fields_moved();
}

void heat_fields_moved(void) { memset(recent, 0, sizeof recent); }

/* ---- By class and field -------------------------------------------------------------------------------- */

static FieldHeat *row(FieldHeats *out, Class *c, Field *f)
{
    for (size_t i = 0; i < out->len; i++)
        if (out->data[i].c == c && out->data[i].f == f) return &out->data[i];
    vec_push(out, ((FieldHeat){ .c = c, .f = f }));
    return &vec_last(out);
}

static int hotter(const void *a, const void *b)
{
    const FieldHeat *x = a, *y = b;
    if (x->c != y->c) {
        u64 sx = heat_of_class(x->c), sy = heat_of_class(y->c);
        return sx != sy ? (sx < sy ? 1 : -1) : x->c->id < y->c->id ? -1 : 1;
    }
    if (x->stalls != y->stalls) return x->stalls < y->stalls ? 1 : -1;
    if (x->beside != y->beside) return x->beside < y->beside ? 1 : -1;
    return x->f && y->f ? (int)x->f->offset - (int)y->f->offset : x->f ? 1 : -1;
}

void heat_collect(FieldHeats *out)
{
    vec_clear(out);
    for (size_t i = 0; i < hits.len; i++) {
        const Hit *h = &hits.data[i];
        if (!h->stalls) continue;
        row(out, h->c, h->f)->stalls += h->stalls;
        for (size_t k = 0; k < h->beside.len; k++) row(out, h->c, h->beside.data[k])->beside += h->stalls;
    }
    if (out->len) qsort(out->data, out->len, sizeof(FieldHeat), hotter);
}
