/* Reaching assignments: see reach.h. A search along the bytecode's control flow, exceptions included, that ends wherever the slot is written. */
#include "layout/reach.h"
#include "base/log.h"
#include "base/vec.h"
#include "layout/costs.h"
#include "vm/opcodes.h"
#include <stdlib.h>

typedef struct Way {
    const Method *m;
    u32 local;
    u8 *seen;
    Vec(u32) open;   /* seen, their successors not yet */
    bool lost;       /* control goes where this search does not follow */
} Way;

static void go(Way *w, i64 bci)
{
    if (bci < 0 || bci >= w->m->code_length || reach_has(w->seen, (u32)bci)) return;
    w->seen[bci / 8] |= (u8)(1u << bci % 8);
    vec_push(&w->open, (u32)bci);
}

/* Does the instruction write the slot? Longs and doubles take two. */
static bool writes(const u8 *code, u32 bci, u32 local)
{
    u32 op = code[bci], at;
    if (op == OP_wide) op = code[bci + 1], at = code_u16(code + bci + 2);
    else if (op >= OP_istore_0 && op <= OP_astore_3) at = (op - OP_istore_0) % 4, op = OP_istore + (op - OP_istore_0) / 4;
    else at = code[bci + 1];
    if (op < OP_istore || op > OP_astore) return false;
    return at == local || ((op == OP_lstore || op == OP_dstore) && at + 1 == local);
}

static void go_cases(Way *w, u32 bci)
{
    const u8 *code = w->m->original, *at = code + ALIGN_UP(bci + 1, 4u);
    bool table = code[bci] == OP_tableswitch;
    i64 n = table ? (i64)code_i32(at + 8) - code_i32(at + 4) + 1 : code_i32(at + 4);
    go(w, (i64)bci + code_i32(at));
    for (i64 i = 0; i < n; i++) go(w, (i64)bci + code_i32(table ? at + 12 + 4 * i : at + 12 + 8 * i));
}

static void go_on(Way *w, u32 bci, u32 length)
{
    const u8 *code = w->m->original;
    u8 op = code[bci];
    bool is_short = (op >= OP_ifeq && op <= OP_goto) || op == OP_ifnull || op == OP_ifnonnull;
    if (op == OP_tableswitch || op == OP_lookupswitch) go_cases(w, bci);
    else if (is_short) go(w, (i64)bci + code_i16(code + bci + 1));
    else if (op == OP_goto_w) go(w, (i64)bci + code_i32(code + bci + 1));
    else if (op == OP_jsr || op == OP_jsr_w || op == OP_ret || (op == OP_wide && code[bci + 1] == OP_ret)) w->lost = true;
    bool ends = op == OP_goto || op == OP_goto_w || op == OP_athrow || op == OP_tableswitch || op == OP_lookupswitch || (op >= OP_ireturn && op <= OP_return);
    if (!ends) go(w, (i64)bci + length);
}

u8 *reach_from(const Method *m, u32 bci, u32 local)
{
    ASSERT(m->original);
    Way w = { .m = m, .local = local, .seen = xcalloc(m->code_length / 8 + 1, 1) };
    charge_touch(m->original, m->code_length, false);
    go(&w, bci);
    while (w.open.len && !w.lost) {
        u32 at = vec_pop(&w.open), length = opcode_length_at(m->original, at, m->code_length);
        charge_units(reach_byte, length);
        for (u32 i = 0; i < m->details->nhandlers; i++) {
            const ExRange *h = &m->details->handlers[i];
            if (at >= h->start && at < h->end) go(&w, h->handler);
        }
        if (!length) w.lost = true;
        else if (!writes(m->original, at, local)) go_on(&w, at, length);
    }
    vec_free(&w.open);
    if (!w.lost) return w.seen;
    free(w.seen);
    return NULL;
}
