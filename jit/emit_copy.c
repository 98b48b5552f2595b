/* Code for System.arraycopy: arrays of the same class, whole ranges, not long, are copied here, 16 bytes at a time, upward or downward,
   without a branch for each bit of the length.
   Everything else, and whatever throws, is the host's. */
#include "jit/emit.h"
#include "vm/class.h"
#include <string.h>

enum { MOST = 2048 }; /* bytes: copying more, the host is faster, call included */

static const Class *known_class(const Emit *e, Val v)
{
    const char *desc = ir_desc(e->f, v);
    return desc ? class_of_primitives(desc) : NULL;
}

/* Exactly this class, if it is any: of a variable's type, it holds for what is not null. */
static void check_class(Emit *e, Val v, u32 object, const Class *c, Label slow)
{
    if (known_class(e, v) == c) return;
    as_i(e->a, HW_I_LWU, X_SCRATCH, object, 0);
    as_li(e->a, X_T2, (i64)((u64)c - WIN_BASE));
    as_branch(e->a, HW_I_BNE, X_SCRATCH, X_T2, slow);
}

/* The shift of an element to t3. */
static void check_classes(Emit *e, u32 from, u32 to, Label slow)
{
    Asm *a = e->a;
    Label array = as_label(a);
    as_i(a, HW_I_LWU, X_SCRATCH, from, 0);
    as_i(a, HW_I_LWU, X_T2, to, 0);
    as_branch(a, HW_I_BNE, X_SCRATCH, X_T2, slow);
    as_i(a, HW_I_LBU, X_T2, X_SCRATCH, offsetof(Class, shape.kind));
    as_li(a, X_T3, 2); /* references */
    as_i(a, HW_I_ADDI, X_T2, X_T2, -(i64)GC_REF_ARRAY);
    as_branch(a, HW_I_BEQ, X_T2, X0, array);
    as_i(a, HW_I_ADDI, X_T2, X_T2, (i64)GC_REF_ARRAY - GC_LEAF_ARRAY);
    as_branch(a, HW_I_BNE, X_T2, X0, slow);
    as_i(a, HW_I_LBU, X_T3, X_SCRATCH, offsetof(Class, shape.elem_shift));
    as_bind(a, array);
}

/* address = that of element `at` (without the offset of element 0), if there are n (in t2) from there on. */
static void range(Emit *e, u32 address, u32 array, Val at, i32 shift, Label slow)
{
    Asm *a = e->a;
    i64 k;
    as_i(a, HW_I_LW, X_RA, array, ARRAY_LENGTH);
    as_r(a, HW_I_SUB, X_RA, X_RA, X_T2);
    if (e_constant(e, at, &k) && !k) {
        as_branch(a, HW_I_BLT, X_RA, X0, slow);
        as_mv(a, address, array);
        return;
    }
    u32 x = e_x(e, at, X_SCRATCH);
    as_branch(a, HW_I_BLT, X_RA, x, slow);
    as_branch(a, HW_I_BLT, x, X0, slow);
    if (shift < 0) as_r(a, HW_I_SLL, X_SCRATCH, x, X_T3);
    else if (shift) as_i(a, HW_I_SLLI, X_SCRATCH, x, shift);
    as_r(a, HW_I_ADD, address, array, shift ? X_SCRATCH : x);
}

typedef struct Width { u8 bytes; u16 load, store; } Width;
static const Width widths[] = { { 8, HW_I_LD, HW_I_SD }, { 4, HW_I_LWU, HW_I_SW }, { 2, HW_I_LHU, HW_I_SH }, { 1, HW_I_LBU, HW_I_SB } };
enum { PIECE = 16 };

/* t2 bytes, fewer than PIECE, from t0 to t1: the first and the last 8, 4 or 2, which may be some of the same. All is read before
   anything is written. */
static void copy_few(Emit *e, i64 base, u32 smallest, Label done)
{
    Asm *a = e->a;
    for (u32 k = 0; k < NELEM(widths) && widths[k].bytes >= smallest; k++) {
        const Width *w = &widths[k];
        Label less = w->bytes == smallest ? done : as_label(a);
        as_i(a, HW_I_ANDI, X_SCRATCH, X_T2, w->bytes);
        as_branch(a, HW_I_BEQ, X_SCRATCH, X0, less);
        as_i(a, (HwInsnId)w->load, X_SCRATCH, X_T0, base);
        if (w->bytes == smallest) {
            as_s(a, (HwInsnId)w->store, X_SCRATCH, X_T1, base);
            return;
        }
        as_r(a, HW_I_ADD, X_T3, X_T0, X_T2);
        as_r(a, HW_I_ADD, X_T2, X_T1, X_T2);
        as_i(a, (HwInsnId)w->load, X_RA, X_T3, base - w->bytes);
        as_s(a, (HwInsnId)w->store, X_SCRATCH, X_T1, base);
        as_s(a, (HwInsnId)w->store, X_RA, X_T2, base - w->bytes);
        as_jump(a, done);
        as_bind(a, less);
    }
}

static void copy_piece(Asm *a, u32 to, i64 to_at, u32 from, i64 from_at)
{
    as_i(a, HW_I_LD, X_SCRATCH, from, from_at);
    as_i(a, HW_I_LD, X_RA, from, from_at + 8);
    as_s(a, HW_I_SD, X_SCRATCH, to, to_at);
    as_s(a, HW_I_SD, X_RA, to, to_at + 8);
}

/* t2 bytes, at least PIECE, upward; the last PIECE, which the others may have written a part of by then if it is the same array, is read first and written
   last. */
static void copy_up(Emit *e, i64 base, bool apart)
{
    Asm *a = e->a;
    Label loop = as_label(a), last = as_label(a);
    as_r(a, HW_I_ADD, X_T3, X_T0, X_T2);
    as_r(a, HW_I_ADD, X_T2, X_T1, X_T2);
    as_i(a, HW_I_ADDI, X_T3, X_T3, -PIECE);
    if (!apart) {
        as_i(a, HW_I_FLD, F_T0, X_T3, base);
        as_i(a, HW_I_FLD, F_T1, X_T3, base + 8);
    }
    as_branch(a, HW_I_BGEU, X_T0, X_T3, last);
    as_bind(a, loop);
    copy_piece(a, X_T1, base, X_T0, base);
    as_i(a, HW_I_ADDI, X_T0, X_T0, PIECE);
    as_i(a, HW_I_ADDI, X_T1, X_T1, PIECE);
    as_branch(a, HW_I_BLTU, X_T0, X_T3, loop);
    as_bind(a, last);
    if (apart) {
        copy_piece(a, X_T2, base - PIECE, X_T3, base);
    } else {
        as_s(a, HW_I_FSD, F_T0, X_T2, base - PIECE);
        as_s(a, HW_I_FSD, F_T1, X_T2, base - 8);
    }
}

/* The same downward, for a range that is moved up by less than its length: the first PIECE is written last. */
static void copy_down(Emit *e, i64 base)
{
    Asm *a = e->a;
    Label loop = as_label(a), last = as_label(a);
    as_i(a, HW_I_FLD, F_T0, X_T0, base);
    as_i(a, HW_I_FLD, F_T1, X_T0, base + 8);
    as_i(a, HW_I_ADDI, X_T3, X_T0, PIECE);
    as_r(a, HW_I_ADD, X_T0, X_T0, X_T2);
    as_r(a, HW_I_ADD, X_T2, X_T1, X_T2);
    as_branch(a, HW_I_BGEU, X_T3, X_T0, last);
    as_bind(a, loop);
    copy_piece(a, X_T2, base - PIECE, X_T0, base - PIECE);
    as_i(a, HW_I_ADDI, X_T0, X_T0, -PIECE);
    as_i(a, HW_I_ADDI, X_T2, X_T2, -PIECE);
    as_branch(a, HW_I_BLTU, X_T3, X_T0, loop);
    as_bind(a, last);
    as_s(a, HW_I_FSD, F_T0, X_T1, base);
    as_s(a, HW_I_FSD, F_T1, X_T1, base + 8);
}

/* One of them is made here, and the other something else. */
static bool distinct(const Emit *e, Val from, Val to)
{
    return from != to && (ir(e->f, from)->op == IR_NEWARRAY || ir(e->f, to)->op == IR_NEWARRAY);
}

static bool not_null(const Emit *e, Val v) { return ir(e->f, v)->op == IR_NEWARRAY || ir(e->f, v)->op == IR_NEW; }

static Label slow_copy(Emit *e, Ins *i, Label *back)
{
    u32 r = e_record(e, REC_ARRAYCOPY, i->state, e->pos), args = (u32)e->c->stream.len;
    for (u32 k = 0; k < i->nargs; k++) vec_push(&e->c->stream, e_word(e, e->f->pool.data[i->args + k], e->pos));
    JitRecord *k = &e->c->records.data[r];
    k->args = args, k->nargs = i->nargs, k->ref = (u64)i->ref;
    return e_stub(e, r, true, back);
}

/* ra is free between calls: the frame has it. */
void e_arraycopy(Emit *e, Ins *i)
{
    Asm *a = e->a;
    const Val *arg = e->f->pool.data + i->args;
    Label back, slow = slow_copy(e, i, &back);
    const Class *c = known_class(e, arg[2]) ? known_class(e, arg[2]) : known_class(e, arg[0]);
    u32 from = e_x(e, arg[0], X_T0), to = e_x(e, arg[2], X_T1);
    i32 shift = c ? (i32)type_shift((BasicType)c->elem_type) : -1;
    i64 n, base = c ? (i64)array_base((BasicType)c->elem_type) : ARRAY_BASE;
    ASSERT(i->nargs == 5);
    if (!not_null(e, arg[0])) as_branch(a, HW_I_BEQ, from, X0, slow);
    if (!not_null(e, arg[2])) as_branch(a, HW_I_BEQ, to, X0, slow);
    if (c) check_class(e, arg[0], from, c, slow), check_class(e, arg[2], to, c, slow);
    else check_classes(e, from, to, slow);
    as_mv(a, X_T2, e_x(e, arg[4], X_T2));
    if (!e_constant(e, arg[4], &n) || n < 0) as_branch(a, HW_I_BLT, X_T2, X0, slow);
    range(e, X_T0, from, arg[1], shift, slow);
    range(e, X_T1, to, arg[3], shift, slow);
    if (shift < 0) as_r(a, HW_I_SLL, X_T2, X_T2, X_T3);
    else if (shift) as_i(a, HW_I_SLLI, X_T2, X_T2, shift);
    as_li(a, X_SCRATCH, MOST);
    as_branch(a, HW_I_BLT, X_SCRATCH, X_T2, slow);
    if (shift < 0) { /* elements of 8 bytes begin 4 bytes later */
        as_i(a, HW_I_ADDI, X_SCRATCH, X_T3, 1);
        as_i(a, HW_I_ANDI, X_SCRATCH, X_SCRATCH, 4);
        as_r(a, HW_I_ADD, X_T0, X_T0, X_SCRATCH);
        as_r(a, HW_I_ADD, X_T1, X_T1, X_SCRATCH);
    }
    Label few = as_label(a), down = as_label(a);
    bool apart = distinct(e, arg[0], arg[2]);
    as_op(a, HW_I_SLTIU, X_SCRATCH, X_T2, 0, PIECE);
    as_branch(a, HW_I_BNE, X_SCRATCH, X0, few);
    if (!apart) {
        as_r(a, HW_I_SUB, X_SCRATCH, X_T1, X_T0);
        as_branch(a, HW_I_BLTU, X_SCRATCH, X_T2, down);
    }
    copy_up(e, base, apart);
    as_jump(a, back);
    if (!apart) {
        as_bind(a, down);
        copy_down(e, base);
        as_jump(a, back);
    }
    as_bind(a, few);
    copy_few(e, base, shift < 0 ? 1 : 1u << shift, back);
    as_bind(a, back);
}
