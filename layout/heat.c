/* Heat of fields: see heat.h. */
#include "layout/heat.h"
#include "base/hash.h"
#include "base/log.h"
#include "vm/locate.h"
#include "vm/opcodes.h"
#include <stdlib.h>

typedef struct Hit { Method *m; Class *c; u32 offset; u64 stalls; } Hit; /* samples at the same place, of the same kind */
static Vec(Hit) hits;
static Map known; /* hash of method, class, offset -> index in hits + 1 */

void heat_sample(Method *m, Class *c, u32 offset, u64 stalls)
{
    ASSERT(c->kind == CLASS_INSTANCE);
    u64 *at = map_put(&known, hash_u64(hash_u64((u64)m + offset) + (u64)c));
    if (!*at) {
        vec_push(&hits, ((Hit){ m, c, offset, 0 }));
        *at = hits.len;
    }
    hits.data[*at - 1].stalls += stalls;
}

static FieldHeat *row(FieldHeats *out, Class *c, Field *f)
{
    for (size_t i = 0; i < out->len; i++)
        if (out->data[i].c == c && out->data[i].f == f) return &out->data[i];
    vec_push(out, ((FieldHeat){ .c = c, .f = f }));
    return &vec_last(out);
}

/* Instance fields of c that the method reads or writes. */
static void add_neighbours(FieldHeats *out, const Hit *h, const Field *hit)
{
    const Method *m = h->m;
    if (!m || !m->original) return;
    for (u32 bci = 0, n; bci < m->code_length; bci += n) {
        n = opcode_length_at(m->original, bci, m->code_length);
        if (!n) return;
        if (m->original[bci] != OP_getfield && m->original[bci] != OP_putfield) continue;
        u32 index = code_u16(m->original + bci + 1);
        if (!(m->cp->tags[index] & CP_RESOLVED)) continue;
        Field *f = (Field *)m->cp->v[index];
        if (f != hit && class_subtype(h->c, f->owner)) row(out, h->c, f)->beside += h->stalls;
    }
}

static u64 stalls_of(const FieldHeats *rows, const Class *c)
{
    u64 sum = 0;
    for (size_t i = 0; i < rows->len; i++)
        if (rows->data[i].c == c) sum += rows->data[i].stalls;
    return sum;
}

static const FieldHeats *sorting; /* qsort has no context */
static int hotter(const void *a, const void *b)
{
    const FieldHeat *x = a, *y = b;
    if (x->c != y->c) {
        u64 sx = stalls_of(sorting, x->c), sy = stalls_of(sorting, y->c);
        return sx != sy ? (sx < sy ? 1 : -1) : x->c->id < y->c->id ? -1 : 1;
    }
    if (x->stalls != y->stalls) return x->stalls < y->stalls ? 1 : -1;
    if (x->beside != y->beside) return x->beside < y->beside ? 1 : -1;
    return x->f && y->f ? (int)x->f->offset - (int)y->f->offset : x->f ? 1 : -1;
}

void heat_collect(FieldHeats *out)
{
    FieldHeats rows = { 0 };
    for (size_t i = 0; i < hits.len; i++) {
        const Hit *h = &hits.data[i];
        Place p = { .kind = PLACE_OBJECT, .klass = h->c, .offset = h->offset };
        Field *f = locate_field(&p);
        row(&rows, h->c, f)->stalls += h->stalls;
        add_neighbours(&rows, h, f);
    }
    vec_clear(out);
    for (size_t i = 0; i < rows.len; i++) vec_push(out, rows.data[i]);
    sorting = &rows;
    if (out->len) qsort(out->data, out->len, sizeof(FieldHeat), hotter);
    vec_free(&rows);
}
