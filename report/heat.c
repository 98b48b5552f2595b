/* Two sides of a class's picture: see heat.h. A pass, or fields that moved, is seen at the tick behind it, some ten thousand instructions late at most; the pass's own
   misses are firmware's, so they are on neither side. */
#include "report/heat.h"
#include "base/log.h"
#include "hwsim/system.h"
#include "layout/layout.h"
#include "report/lines.h"
#include <string.h>

typedef struct Shape { u32 bytes; u32 *offsets; } Shape;

static struct {
    size_t passes;             /* seen so far */
    u64 begun;                 /* instructions at the start */
    HeatSpan before, at_last;  /* up to the first pass; up to the last one, `instructions` absolute */
    size_t before_targets, last_targets;
    Map shapes;                /* Class -> place in `list` */
    Vec(Shape) list;
} H;

void heat_start(void) { H.begun = hw_total(observed.model, HWC_INSTRET); }

u64 *heat_now(void)
{
    report_settle();
    u64 *l1d = xcalloc(observed.targets.len + 1, sizeof *l1d);
    for (size_t i = 0; i < observed.cells.len; i++) {
        const Cell *c = &observed.cells.data[i];
        ASSERT(c->target < observed.targets.len);
        l1d[c->target] += c->n[N_L1D];
    }
    return l1d;
}

static size_t passes(void) { return layout_passes()->len + layout_totals().undone + layout_field_moves()->len; }
bool heat_due(void) { return passes() != H.passes; }

void heat_tick(void)
{
    size_t n = passes();
    if (LIKELY(n == H.passes)) return;
    ASSERT(n > H.passes);
    u64 now = hw_total(observed.model, HWC_INSTRET);
    if (!H.passes) {
        H.before = (HeatSpan){ now - H.begun, heat_now() };
        H.before_targets = observed.targets.len;
    }
    free(H.at_last.l1d);
    H.at_last = (HeatSpan){ now, heat_now() };
    H.last_targets = observed.targets.len;
    H.passes = n;
    lines_pass();
}

bool heat_spans(HeatSpan *before, HeatSpan *after)
{
    if (!H.passes) return false;
    size_t n = observed.targets.len;
    *before = (HeatSpan){ H.before.instructions, xcalloc(n + 1, sizeof *before->l1d) };
    memcpy(before->l1d, H.before.l1d, H.before_targets * sizeof *before->l1d);
    *after = (HeatSpan){ hw_total(observed.model, HWC_INSTRET) - H.at_last.instructions, heat_now() };
    for (size_t i = 0; i < H.last_targets; i++) {
        ASSERT(after->l1d[i] >= H.at_last.l1d[i]);
        after->l1d[i] -= H.at_last.l1d[i];
    }
    return true;
}

void heat_class(const Class *c)
{
    if (c->kind != CLASS_INSTANCE || map_get(&H.shapes, (u64)c)) return;
    Vec(u32) offsets = { 0 };
    for (const Class *k = c; k; k = k->super)
        for (u32 i = 0; i < k->nfields; i++)
            if (!(k->fields[i].access & ACC_STATIC)) vec_push(&offsets, k->fields[i].offset);
    *map_put(&H.shapes, (u64)c) = H.list.len;
    vec_push(&H.list, ((Shape){ c->shape.size, offsets.data }));
}

const u32 *heat_offsets(const Class *c, u32 *bytes)
{
    static const u32 none[1];
    const u64 *at = map_get(&H.shapes, (u64)c);
    if (!at) return NULL;
    const Shape *s = &H.list.data[*at];
    *bytes = s->bytes;
    return s->offsets ? s->offsets : none;
}
