/* Other offsets for the fields of loaded classes, at a safepoint:
     collect  the classes in question: the fields' owners and all their subclasses; they get the flag CLASS_MOVING
     try      the new offsets are put into the fields; each class's shape is made from them: do two fields overlap, does an instance grow?
     ask      does compiled code know the old offsets where it cannot be left now? And where a class grows: has it instances? If anything is
              in the way, the old offsets are put back, and that was all
     move     the contents of every instance: what is dead but not collected yet too, as an ambiguous word may still find it. They stay where they are
     tell     the shapes, quickened bytecode, compiled code
   Everything that holds an offset across safepoints is in this list, or belongs to CLASS_OFFSETS_ESCAPED. */
#include "vm/relayout.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/vec.h"
#include "vm/costs.h"
#include "vm/loader.h"
#include "vm/quicken.h"
#include "vm/sim.h"
#include <stdlib.h>
#include <string.h>

typedef struct Shift { u32 from, to, size; } Shift;
typedef struct Piece { u32 from, to; } Piece;
typedef struct Moving {
    Class *c;
    FieldShape shape;
    Vec(Shift) shifts;
    Vec(Piece) pieces;   /* what is copied: of 8 bytes, then of 4, then single bytes; what is left free, from zeros behind the copy */
    size_t words, halves; /* where those of 4 bytes begin, and single bytes */
    bool grows;
} Moving;

static struct {
    Vec(Moving) classes;
    Map index;           /* Class* -> place in classes */
    const Moving *last;  /* of the last instance */
    u8 *copy;            /* of the instance being changed, */
    u32 zeros;           /* and where eight zeros lie behind it */
    bool in_the_way;     /* an instance of a class that grows */
    RelayoutResult result;
} R;

static Moving *moving(const Class *c)
{
    const u64 *at = map_get(&R.index, (u64)c);
    return at ? &R.classes.data[*at] : NULL;
}

static void collect(Class *c)
{
    if (c->access & CLASS_MOVING) return;
    c->access |= CLASS_MOVING;
    *map_put(&R.index, (u64)c) = R.classes.len;
    vec_push(&R.classes, ((Moving){ .c = c }));
    charge_touch(&c->access, sizeof c->access, true);
    for (Class *s = c->subclasses; s; s = s->next_sibling) collect(s);
}

/* ---- Trying -------------------------------------------------------------------------------------------- */

static void swap_offsets(const FieldPlace *places, u32 *offsets, u32 n)
{
    for (u32 i = 0; i < n; i++) {
        u32 other = offsets[i];
        offsets[i] = places[i].f->offset;
        places[i].f->offset = other;
    }
}

/* With the new offsets in place; `before` are the old ones. */
static void find_shifts(Moving *m, const FieldPlace *places, const u32 *before, u32 n)
{
    for (u32 i = 0; i < n; i++) {
        const Field *f = places[i].f;
        if (f->offset != before[i] && class_subtype(m->c, f->owner)) vec_push(&m->shifts, ((Shift){ before[i], f->offset, 1u << type_shift((BasicType)f->type) }));
    }
}

static bool try_shapes(const FieldPlace *places, const u32 *before, u32 n, bool *grows)
{
    u32 largest = 0;
    for (size_t i = 0; i < R.classes.len; i++) {
        Moving *m = &R.classes.data[i];
        ASSERT(m->c->shape.kind == GC_OBJECT || m->c->shape.kind == GC_LEAF);
        if (!class_shape_of(m->c, &m->shape)) return false;
        m->grows = m->shape.size > m->c->shape.size;
        if (m->grows) *grows = true;
        else m->shape.size = m->c->shape.size; /* whoever walks instances goes by their size */
        if (m->shape.size > largest) largest = m->shape.size;
        find_shifts(m, places, before, n);
    }
    R.zeros = ALIGN_UP(largest, 8u);
    R.copy = xrealloc(R.copy, R.zeros + 8);
    memset(R.copy + R.zeros, 0, 8);
    return true;
}

static void look_for_instance(void *unused, GcObject *o)
{
    (void)unused;
    const Class *c = object_class((Object *)o);
    charge_touch(&c->access, sizeof c->access, false);
    if (c->access & CLASS_MOVING && moving(c)->grows) R.in_the_way = true;
}

/* ---- Moving -------------------------------------------------------------------------------------------- */

/* Where each byte of an instance that changes comes from, `size` of them; ~0: it stays. */
static u32 *sources_of(const Moving *m, u32 size)
{
    u32 *source = xmalloc(size * sizeof *source);
    memset(source, 0xff, size * sizeof *source);
    for (size_t i = 0; i < m->shifts.len; i++)
        for (u32 k = 0; k < m->shifts.data[i].size; k++) source[m->shifts.data[i].from + k] = R.zeros + (m->shifts.data[i].from + k) % 8;
    for (size_t i = 0; i < m->shifts.len; i++)
        for (u32 k = 0; k < m->shifts.data[i].size; k++) source[m->shifts.data[i].to + k] = m->shifts.data[i].from + k;
    return source;
}

/* Do n bytes from `at` on come from as many others in a row? Both begin at a multiple of n. */
static bool in_a_row(const u32 *source, u32 size, u32 at, u32 n)
{
    if (at % n || at + n > size || source[at] % n) return false;
    for (u32 i = 1; i < n; i++)
        if (source[at + i] != source[at] + i) return false;
    return true;
}

/* Those that are n bytes long and have not been found as longer ones. */
static void find_pieces(Moving *m, u32 *source, u32 size, u32 n)
{
    for (u32 at = 0; at < size; at++) {
        if (source[at] == ~0u || !in_a_row(source, size, at, n)) continue;
        vec_push(&m->pieces, ((Piece){ source[at], at }));
        memset(source + at, 0xff, n * sizeof *source);
    }
}

static void cut(Moving *m)
{
    if (m->grows) return; /* it has no instances */
    u32 size = m->c->shape.size, *source = sources_of(m, size);
    charge_units(relayout_byte, size);
    find_pieces(m, source, size, 8), m->words = m->pieces.len;
    find_pieces(m, source, size, 4), m->halves = m->pieces.len;
    find_pieces(m, source, size, 1);
    free(source);
}

static void move_fields(void *unused, GcObject *object)
{
    (void)unused;
    const Class *c = object_class((Object *)object);
    charge_touch(&c->access, sizeof c->access, false);
    charge_units(relayout_look, 1);
    if (LIKELY(!(c->access & CLASS_MOVING))) return;
    if (!R.last || R.last->c != c) R.last = moving(c);
    const Moving *m = R.last;
    u32 size = c->shape.size;
    u8 *o = (u8 *)object;
    if (!m->pieces.len) return;
    charge_touch(o, size, false);
    charge_touch(o, size, true);
    charge_units(relayout_object, 1);
    charge_units(copy_object_word, size / 8);
    charge_units(relayout_piece, m->pieces.len);
    for (u32 i = 0; i < size; i += 8) *(u64 *)(R.copy + i) = *(const u64 *)(o + i);
    const Piece *p = m->pieces.data, *words = p + m->words, *halves = p + m->halves, *end = p + m->pieces.len;
    for (; p < words; p++) *(u64 *)(o + p->to) = *(const u64 *)(R.copy + p->from);
    for (; p < halves; p++) *(u32 *)(o + p->to) = *(const u32 *)(R.copy + p->from);
    for (; p < end; p++) o[p->to] = R.copy[p->from];
    R.result.instances++;
    R.result.bytes += size;
}

static u32 new_offset(const Class *c, u32 offset)
{
    const Moving *m = moving(c);
    for (size_t i = 0; m && i < m->shifts.len; i++)
        if (m->shifts.data[i].from == offset) return m->shifts.data[i].to;
    return offset;
}

static void tell(void)
{
    bool boot = false;
    for (size_t i = 0; i < R.classes.len; i++) {
        Moving *m = &R.classes.data[i];
        class_set_shape(m->c, &m->shape);
        charge_touch(&m->c->shape, sizeof m->c->shape, true);
        boot |= m->c->loader == boot_loader;
    }
    quicken_refresh_fields(boot);
    if (vm_hooks.code_moved) vm_hooks.code_moved(current_thread, new_offset);
}

static void forget(void)
{
    for (size_t i = 0; i < R.classes.len; i++) {
        Moving *m = &R.classes.data[i];
        m->c->access &= ~(u32)CLASS_MOVING;
        class_free_shape(&m->shape);
        vec_free(&m->shifts);
        vec_free(&m->pieces);
    }
    vec_clear(&R.classes);
    R.last = NULL;
    map_clear(&R.index);
}

RelayoutOutcome relayout(const FieldPlace *places, u32 n, RelayoutResult *result)
{
    ASSERT(n && !R.classes.len);
    if (sim_active() && sim_cores() > 1) return RELAYOUT_BUSY;
    u32 *offsets = xcalloc(n, sizeof *offsets);
    bool grows = false;
    R.result = (RelayoutResult){ 0 };
    R.in_the_way = false;
    for (u32 i = 0; i < n; i++) {
        ASSERT(!(places[i].f->access & ACC_STATIC) && !(places[i].f->owner->access & CLASS_OFFSETS_ESCAPED));
        offsets[i] = places[i].offset;
        collect(places[i].f->owner);
    }
    swap_offsets(places, offsets, n);
    RelayoutOutcome outcome = try_shapes(places, offsets, n, &grows) ? RELAYOUT_DONE : RELAYOUT_IMPOSSIBLE;
    if (!outcome && vm_hooks.code_may_move && !vm_hooks.code_may_move()) outcome = RELAYOUT_BUSY;
    if (!outcome && grows) gc_walk(look_for_instance, NULL);
    if (R.in_the_way) outcome = RELAYOUT_IMPOSSIBLE;
    if (!outcome) {
        charge_units(relayout, 1);
        for (size_t i = 0; i < R.classes.len; i++) cut(&R.classes.data[i]);
        gc_walk(move_fields, NULL);
        tell();
    } else {
        swap_offsets(places, offsets, n);
    }
    *result = R.result;
    forget();
    free(offsets);
    return outcome;
}
