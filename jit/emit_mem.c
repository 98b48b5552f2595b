/* Code for memory: fields, elements, checks, allocation from the thread's free lists. */
#include "jit/emit.h"

enum { UNROLLED_CLEAR = 8 };

/* ---- Loads and stores ------------------------------------------------------------------------------------------------- */
static void load(Emit *e, BasicType t, u32 d, u32 base, i64 offset)
{
    Asm *a = e->a;
    switch (t) {
    case T_BOOLEAN: case T_BYTE: as_i(a, HW_I_LB, d, base, offset); break;
    case T_CHAR: as_i(a, HW_I_LHU, d, base, offset); break;
    case T_SHORT: as_i(a, HW_I_LH, d, base, offset); break;
    case T_INT: as_i(a, HW_I_LW, d, base, offset); break;
    case T_LONG: as_i(a, HW_I_LD, d, base, offset); break;
    case T_FLOAT: as_i(a, HW_I_FLW, d, base, offset); break;
    case T_DOUBLE: as_i(a, HW_I_FLD, d, base, offset); break;
    default:
        as_i(a, HW_I_LWU, d, base, offset);
        as_i(a, HW_I_SLLI, d, d, 3);
    }
}

/* The register of a float that is to be stored, before the address is made: a constant takes the scratch register on its way. */
static u32 stored_float(Emit *e, BasicType t, Val v)
{
    i64 k;
    if ((t != T_FLOAT && t != T_DOUBLE) || (e_constant(e, v, &k) && !k)) return X0;
    return e_f(e, v, F_T0);
}

/* f: of stored_float; X0 for a float or double: it is zero. */
static void store(Emit *e, BasicType t, Val v, u32 f, u32 base, i64 offset)
{
    Asm *a = e->a;
    i64 k;
    if (t == T_FLOAT || t == T_DOUBLE) {
        if (e_constant(e, v, &k) && !k) as_s(a, t == T_FLOAT ? HW_I_SW : HW_I_SD, X0, base, offset);
        else as_s(a, t == T_FLOAT ? HW_I_FSW : HW_I_FSD, f, base, offset);
        return;
    }
    u32 r = e_x(e, v, X_T1);
    switch (t) {
    case T_BOOLEAN: case T_BYTE: as_s(a, HW_I_SB, r, base, offset); break;
    case T_CHAR: case T_SHORT: as_s(a, HW_I_SH, r, base, offset); break;
    case T_INT: as_s(a, HW_I_SW, r, base, offset); break;
    case T_LONG: as_s(a, HW_I_SD, r, base, offset); break;
    default:
        if (r != X0) {
            as_i(a, HW_I_SRLI, X_T1, r, 3);
            r = X_T1;
        }
        as_s(a, HW_I_SW, r, base, offset);
    }
}

/* A base register and an offset in reach for address v + offset. */
static u32 address(Emit *e, Val v, i64 *offset, u32 scratch)
{
    Asm *a = e->a;
    i64 k;
    if (e_constant(e, v, &k)) {
        u64 at = (u64)k + (u64)*offset;
        *offset = (i64)(at << 52) >> 52;
        as_li(a, scratch, (i64)(at - (u64)*offset));
        return scratch;
    }
    u32 base = e_x(e, v, scratch);
    if (as_fits(*offset)) return base;
    as_li(a, X_T0, *offset);
    as_r(a, HW_I_ADD, scratch, base, X_T0);
    *offset = 0;
    return scratch;
}

static bool fp_type(u32 t) { return t == T_FLOAT || t == T_DOUBLE; }

static void emit_load(Emit *e, Ins *i)
{
    i64 offset = i->imm;
    u32 d = e_dest(e, fp_type(i->sub) ? F_T0 : X_SCRATCH);
    u32 base = address(e, i->a, &offset, fp_type(i->sub) ? X_SCRATCH : d);
    load(e, (BasicType)i->sub, d, base, offset);
}

static void emit_store(Emit *e, Ins *i)
{
    i64 offset = i->imm;
    u32 f = stored_float(e, (BasicType)i->sub, i->b), base = address(e, i->a, &offset, X_SCRATCH);
    store(e, (BasicType)i->sub, i->b, f, base, offset);
}

/* ---- Unsafe ------------------------------------------------------------------------------------------------------------------ */
/* The register for a + b, or a itself and *offset = b. */
static u32 address_at(Emit *e, Val base, Val by, i64 *offset, u32 scratch)
{
    u32 x = e_x(e, base, X_T0);
    *offset = 0;
    if (e_constant(e, by, offset) && as_fits(*offset)) return x;
    *offset = 0;
    as_r(e->a, HW_I_ADD, scratch, x, e_x(e, by, X_T2));
    return scratch;
}

static void emit_getat(Emit *e, Ins *i)
{
    i64 offset;
    u32 d = e_dest(e, fp_type(i->sub) ? F_T0 : X_SCRATCH);
    u32 base = address_at(e, i->a, i->b, &offset, fp_type(i->sub) ? X_SCRATCH : d);
    load(e, (BasicType)i->sub, d, base, offset);
}

static void emit_putat(Emit *e, Ins *i)
{
    i64 offset;
    u32 f = stored_float(e, (BasicType)i->sub, i->c), base = address_at(e, i->a, i->b, &offset, X_SCRATCH);
    store(e, (BasicType)i->sub, i->c, f, base, offset);
}

/* Threads change at polls only, so nothing comes between the load and the store. */
static void emit_swapat(Emit *e, Ins *i)
{
    Asm *a = e->a;
    const Val *arg = e->f->pool.data + i->args;
    i64 offset;
    Label done = as_label(a);
    u32 base = address_at(e, arg[0], arg[1], &offset, X_SCRATCH);
    u32 d = e_dest(e, X_T3);
    load(e, (BasicType)i->sub, X_T2, base, offset);
    as_r(a, HW_I_SUB, X_T2, X_T2, e_x(e, arg[2], X_T1));
    as_op(a, HW_I_SLTIU, X_T2, X_T2, 0, 1);
    as_branch(a, HW_I_BEQ, X_T2, X0, done);
    store(e, (BasicType)i->sub, arg[3], X0, base, offset);
    as_bind(a, done);
    as_mv(a, d, X_T2);
}

/* ---- Elements ------------------------------------------------------------------------------------------------------------ */
static u32 element(Emit *e, Ins *i, i64 *offset, u32 scratch)
{
    Asm *a = e->a;
    BasicType t = (BasicType)i->sub;
    u32 shift = type_shift(t), array = e_x(e, i->a, X_T0);
    i64 k;
    *offset = array_base(t) + (i->imm >> 1 << shift);
    if (e_constant(e, i->b, &k) && as_fits(*offset + (k << shift))) {
        *offset += k << shift;
        return array;
    }
    u32 index = e_x(e, i->b, X_T2);
    as_r(a, shift == 0 ? HW_I_ADD : shift == 1 ? HW_I_SH1ADD : shift == 2 ? HW_I_SH2ADD : HW_I_SH3ADD, scratch, index, array);
    return scratch;
}

static void emit_loadx(Emit *e, Ins *i)
{
    i64 offset;
    u32 d = e_dest(e, fp_type(i->sub) ? F_T0 : X_SCRATCH);
    u32 base = element(e, i, &offset, fp_type(i->sub) ? X_SCRATCH : d);
    if (i->imm & 1) as_i(e->a, HW_I_LBU, d, base, offset);
    else load(e, (BasicType)i->sub, d, base, offset);
}

static bool is_of_bytes(const Emit *e, Val array)
{
    const char *desc = ir_desc(e->f, array);
    return desc && desc[0] == '[' && desc[1] == 'B';
}

static bool is_bit(const Emit *e, Val v)
{
    const Ins *i = ir(e->f, v);
    i64 k = i->imm;
    if (i->op == IR_CONST) return k == 0 || k == 1;
    if (i->op == IR_INSTANCEOF || i->op == IR_SELECTCC) return true;
    return i->op == IR_LOAD && i->sub == T_BOOLEAN;
}

/* A byte store to an array that may be one of booleans, which hold 0 or 1 only. */
static void store_byte(Emit *e, Ins *i, u32 base, i64 offset)
{
    Asm *a = e->a;
    u32 v = e_x(e, i->c, X_T1), array = e_x(e, i->a, X_T0);
    Label done = as_label(a);
    as_s(a, HW_I_SB, v, base, offset);
    as_op(a, HW_I_SLTIU, X_T2, v, 0, 2);
    as_branch(a, HW_I_BNE, X_T2, X0, done);
    as_i(a, HW_I_LWU, X_T2, array, 0);
    as_i(a, HW_I_LBU, X_T2, X_T2, offsetof(Class, elem_type));
    as_i(a, HW_I_ADDI, X_T2, X_T2, -(i64)T_BOOLEAN);
    as_branch(a, HW_I_BNE, X_T2, X0, done);
    as_i(a, HW_I_ANDI, X_T2, v, 1);
    as_s(a, HW_I_SB, X_T2, base, offset);
    as_bind(a, done);
}

static void emit_storex(Emit *e, Ins *i)
{
    i64 offset;
    u32 f = stored_float(e, (BasicType)i->sub, i->c), base = element(e, i, &offset, X_SCRATCH);
    if (i->sub == T_BYTE && !is_bit(e, i->c) && !is_of_bytes(e, i->a)) store_byte(e, i, base, offset);
    else store(e, (BasicType)i->sub, i->c, f, base, offset);
}

/* ---- Checks ----------------------------------------------------------------------------------------------------------------- */
static void emit_guard(Emit *e, Ins *i)
{
    bool swap;
    HwInsnId id = e_condition(cond_not((IrCond)i->sub), &swap);
    u32 x = e_x(e, i->a, X_SCRATCH), y = e_x(e, i->b, X_T0);
    as_branch(e->a, id, swap ? y : x, swap ? x : y, e_deopt(e, (JitReason)i->imm, i->state));
}

static void emit_unique(Emit *e, Ins *i)
{
    i64 at = (i64)i->ref + (i64)offsetof(Method, overridden), low = (i64)((u64)at << 52) >> 52;
    as_li(e->a, X_SCRATCH, at - low);
    as_i(e->a, HW_I_LW, X_SCRATCH, X_SCRATCH, low);
    as_branch(e->a, HW_I_BNE, X_SCRATCH, X0, e_deopt(e, e_reason(i, REASON_CLASS), i->state));
}

/* ---- Allocation --------------------------------------------------------------------------------------------------------------- */
static void set_header(Emit *e, u32 d, const Class *c)
{
    as_li(e->a, X_T0, (i64)((u64)c - WIN_BASE));
    as_s(e->a, HW_I_SW, X_T0, d, 0);
    as_op(e->a, HW_I_LUI, X_T0, 0, 0, (i32)GC_TAG);
    as_s(e->a, HW_I_SW, X_T0, d, 4);
}

static u32 list_offset(bool leaf, u64 granules)
{
    return (u32)(offsetof(GcLists, head) + 8 * ((leaf ? GC_CELLS_LEAF : GC_CELLS_REFS) * (GC_MAX_GRANULES + 1) + granules));
}

/* Takes a cell of a fixed size; from the stub it comes back behind everything, complete. */
static void take_cell(Emit *e, u32 d, const Class *c, u64 size, Label slow)
{
    Asm *a = e->a;
    bool leaf = gc_shape_leaf(&c->shape);
    u64 g = (size + GC_GRANULE - 1) / GC_GRANULE;
    as_i(a, HW_I_LD, X_SCRATCH, X_THREAD, offsetof(Thread, lists));
    as_i(a, HW_I_LD, d, X_SCRATCH, list_offset(leaf, g));
    as_branch(a, HW_I_BEQ, d, X0, slow);
    as_i(a, HW_I_LD, X_T0, d, 0);
    as_s(a, HW_I_SD, X_T0, X_SCRATCH, list_offset(leaf, g));
    if (!leaf || gc_keep_blocks) { /* they come cleared */
    } else if (g * 2 - 1 <= UNROLLED_CLEAR) {
        for (u64 w = 1; w < g * 2; w++) as_s(a, HW_I_SD, X0, d, (i64)(8 * w));
    } else {
        Label loop = as_label(a);
        as_i(a, HW_I_ADDI, X_T1, d, 8);
        as_i(a, HW_I_ADDI, X_T2, d, (i64)(16 * g));
        as_bind(a, loop);
        as_s(a, HW_I_SD, X0, X_T1, 0);
        as_i(a, HW_I_ADDI, X_T1, X_T1, 8);
        as_branch(a, HW_I_BLTU, X_T1, X_T2, loop);
    }
    set_header(e, d, c);
}

static Label slow_allocation(Emit *e, Ins *i, RecordKind kind, Label *back)
{
    u32 r = e_record(e, kind, i->state, e->pos);
    if (i->a) {
        u32 args = (u32)e->c->stream.len;
        vec_push(&e->c->stream, e_word(e, i->a, e->pos));
        e->c->records.data[r].args = args, e->c->records.data[r].nargs = 1;
    }
    e->c->records.data[r].ref = (u64)i->ref;
    e->c->records.data[r].result = e_result_word(e, e->v);
    return e_stub(e, r, true, back);
}

/* Behind the last instruction of an inline allocation, for reports. */
static void note_allocation(Emit *e, u32 d) { vec_push(&e->c->allocations, ((JitAlloc){ as_pc(e->a) - 4, d })); }

static void emit_new(Emit *e, Ins *i)
{
    const Class *c = i->ref;
    Label back, slow = slow_allocation(e, i, REC_NEW, &back);
    u32 d = e_dest(e, X_T3);
    if (c->shape.size > GC_GRANULE * GC_MAX_GRANULES) as_jump(e->a, slow);
    else take_cell(e, d, c, c->shape.size, slow), note_allocation(e, d);
    as_bind(e->a, back);
}

/* Of a length known at run time only: the list is found by its size. */
static void new_array(Emit *e, Ins *i, u32 d, Label slow)
{
    Asm *a = e->a;
    const Class *c = i->ref;
    u32 shift = type_shift((BasicType)c->elem_type), base = array_base((BasicType)c->elem_type), n = e_x(e, i->a, X_T0);
    bool leaf = gc_shape_leaf(&c->shape);
    as_li(a, X_T1, (i64)((GC_GRANULE * GC_MAX_GRANULES - base) >> shift));
    as_branch(a, HW_I_BLTU, X_T1, n, slow);
    if (shift) as_i(a, HW_I_SLLI, X_T1, n, shift);
    as_i(a, HW_I_ADDI, X_T1, shift ? X_T1 : n, base + GC_GRANULE - 1);
    as_i(a, HW_I_SRLI, X_T1, X_T1, 4);
    as_i(a, HW_I_LD, X_SCRATCH, X_THREAD, offsetof(Thread, lists));
    as_r(a, HW_I_SH3ADD, X_SCRATCH, X_T1, X_SCRATCH);
    as_i(a, HW_I_LD, d, X_SCRATCH, list_offset(leaf, 0));
    as_branch(a, HW_I_BEQ, d, X0, slow);
    as_i(a, HW_I_LD, X_T2, d, 0);
    as_s(a, HW_I_SD, X_T2, X_SCRATCH, list_offset(leaf, 0));
    if (leaf && !gc_keep_blocks) {
        Label loop = as_label(a);
        as_i(a, HW_I_SLLI, X_T1, X_T1, 4);
        as_r(a, HW_I_ADD, X_T1, X_T1, d);
        as_i(a, HW_I_ADDI, X_T2, d, 8);
        as_bind(a, loop);
        as_s(a, HW_I_SD, X0, X_T2, 0);
        as_i(a, HW_I_ADDI, X_T2, X_T2, 8);
        as_branch(a, HW_I_BLTU, X_T2, X_T1, loop);
    }
    as_s(a, HW_I_SW, n, d, ARRAY_LENGTH);
    set_header(e, d, c);
}

static void emit_newarray(Emit *e, Ins *i)
{
    const Class *c = i->ref;
    Label back, slow = slow_allocation(e, i, REC_NEWARRAY, &back);
    u32 d = e_dest(e, X_T3);
    i64 n;
    if (e_constant(e, i->a, &n)) {
        u64 size = array_base((BasicType)c->elem_type) + ((u64)n << type_shift((BasicType)c->elem_type));
        if (n < 0 || n > 1024 || size > GC_GRANULE * GC_MAX_GRANULES) {
            as_jump(e->a, slow);
        } else {
            take_cell(e, d, c, size, slow);
            if (n) as_li(e->a, X_T0, n);
            as_s(e->a, HW_I_SW, n ? X_T0 : X0, d, ARRAY_LENGTH);
            note_allocation(e, d);
        }
    } else {
        new_array(e, i, d, slow);
        note_allocation(e, d);
    }
    as_bind(e->a, back);
}

static void emit_newmulti(Emit *e, Ins *i)
{
    u32 r = e_record(e, REC_NEWMULTI, i->state, e->pos), args = (u32)e->c->stream.len;
    Label back;
    for (u32 k = 0; k < i->nargs; k++) vec_push(&e->c->stream, e_word(e, e->f->pool.data[i->args + k], e->pos));
    JitRecord *k = &e->c->records.data[r];
    k->args = args, k->nargs = i->nargs, k->ref = (u64)i->ref;
    u32 result = e_result_word(e, e->v);
    e->c->records.data[r].result = result;
    as_jump(e->a, e_stub(e, r, true, &back));
    as_bind(e->a, back);
}

/* ---- Stores into arrays ------------------------------------------------------------------------------------------------------- */
static void emit_storecheck(Emit *e, Ins *i)
{
    Asm *a = e->a;
    u32 r = e_record(e, REC_STORECHECK, i->state, e->pos), args = (u32)e->c->stream.len;
    vec_push(&e->c->stream, e_word(e, i->a, e->pos));
    vec_push(&e->c->stream, e_word(e, i->b, e->pos));
    JitRecord *k = &e->c->records.data[r];
    k->args = args, k->nargs = 2, k->reason = REASON_STORE;
    Label done, slow = e_stub(e, r, true, &done);
    u32 array = e_x(e, i->a, X_T1), v = e_x(e, i->b, X_T2);
    as_branch(a, HW_I_BEQ, v, X0, done);
    as_i(a, HW_I_LWU, X_SCRATCH, array, 0);
    as_i(a, HW_I_LD, X_SCRATCH, X_SCRATCH, offsetof(Class, component));
    as_i(a, HW_I_LWU, X_T0, v, 0);
    as_branch(a, HW_I_BEQ, X_SCRATCH, X_T0, done);
    stub_display(a, X_SCRATCH, X_T0, slow);
    as_branch(a, HW_I_BNE, X_SCRATCH, X_T1, slow);
    as_bind(a, done);
}

/* ---- Tails ---------------------------------------------------------------------------------------------------------------------------- */
/* The receiver's class is in a5, the CallInfo in a2; at a call all registers are free. */
static void itable_tail(Emit *e, const Tail *t)
{
    Asm *a = e->a;
    const CallInfo *info = (const CallInfo *)t->ref;
    enum { ROW = 16, LEFT = 17, WANTED = 30, HAVE = 29 };
    _Static_assert(sizeof(ITable) == 16 && offsetof(ITable, methods) == 8, "rows of an itable are two words");
    Label loop = as_label(a), found = as_label(a);
    as_i(a, HW_I_LD, ROW, X_SCRATCH, offsetof(Class, itable));
    as_i(a, HW_I_LWU, LEFT, X_SCRATCH, offsetof(Class, itable_length));
    as_li(a, WANTED, (i64)info->interface);
    as_bind(a, loop);
    as_branch(a, HW_I_BEQ, LEFT, X0, t->stub);
    as_i(a, HW_I_LD, HAVE, ROW, 0);
    as_branch(a, HW_I_BEQ, HAVE, WANTED, found);
    as_i(a, HW_I_ADDI, ROW, ROW, 16);
    as_i(a, HW_I_ADDI, LEFT, LEFT, -1);
    as_jump(a, loop);
    as_bind(a, found);
    as_i(a, HW_I_LD, ROW, ROW, 8);
    as_li(a, LEFT, 8 * (i64)info->iindex);
    as_r(a, HW_I_ADD, ROW, ROW, LEFT);
    as_i(a, HW_I_LD, X_METHOD, ROW, 0);
    as_branch(a, HW_I_BEQ, X_METHOD, X0, t->stub);
    as_i(a, HW_I_LWU, HAVE, X_METHOD, offsetof(Method, access));
    as_i(a, HW_I_ANDI, HAVE, HAVE, ACC_PUBLIC);
    as_branch(a, HW_I_BEQ, HAVE, X0, t->stub);
    as_s(a, HW_I_SD, X_SCRATCH, X_INFO, offsetof(CallInfo, cached_class));
    as_s(a, HW_I_SD, X_METHOD, X_INFO, offsetof(CallInfo, cached_method));
    as_jump(a, t->back);
}

static void poll_tail(Emit *e, const Tail *t)
{
    e_poll(e, t->stub);
    if (!t->ins) {
        as_jump(e->a, t->back);
        return;
    }
    as_bind(e->a, t->back);
    e_decide(e, t->ins, t->x);
}

void e_tails(Emit *e)
{
    for (; e->tails_done < e->tails.len; e->tails_done++) {
        Tail t = e->tails.data[e->tails_done];
        as_bind(e->a, t.at);
        e_note_line(e, t.where);
        if (t.kind == TAIL_ITABLE) itable_tail(e, &t);
        else if (t.kind == TAIL_POLL) poll_tail(e, &t);
        else if (t.kind == TAIL_LOCK || t.kind == TAIL_UNLOCK) e_lock_tail(e, &t);
        else if (!e_call_tail(e, &t)) e_supers_tail(e, &t);
    }
}

/* ---- All -------------------------------------------------------------------------------------------------------------------------------- */
static void emit_pool(Emit *e, Ins *i)
{
    u32 d = e_dest(e, X_SCRATCH);
    i64 low = (i64)((u64)i->imm << 52) >> 52;
    as_li(e->a, d, i->imm - low);
    if (i->sub == T_OBJECT) load(e, T_OBJECT, d, d, low);
    else as_i(e->a, HW_I_LD, d, d, low);
}

bool e_memory(Emit *e, Ins *i)
{
    Asm *a = e->a;
    switch (i->op) {
    case IR_LOAD: case IR_LOADFINAL: emit_load(e, i); break;
    case IR_STORE: emit_store(e, i); break;
    case IR_GETAT: emit_getat(e, i); break;
    case IR_PUTAT: emit_putat(e, i); break;
    case IR_SWAPAT: emit_swapat(e, i); break;
    case IR_LOADX: emit_loadx(e, i); break;
    case IR_STOREX: emit_storex(e, i); break;
    case IR_ARRAYLEN: as_i(a, HW_I_LW, e_dest(e, X_SCRATCH), e_x(e, i->a, X_T0), ARRAY_LENGTH); break;
    case IR_KLASS: as_i(a, HW_I_LWU, e_dest(e, X_SCRATCH), e_x(e, i->a, X_T0), 0); break;
    case IR_POOL: emit_pool(e, i); break;
    case IR_THREAD: as_mv(a, e_dest(e, X_SCRATCH), X_THREAD); break;
    case IR_ARRAYCOPY: e_arraycopy(e, i); break;
    case IR_NULLCHECK: as_branch(a, HW_I_BEQ, e_x(e, i->a, X_SCRATCH), X0, e_deopt(e, e_reason(i, REASON_NULL), i->state)); break;
    case IR_BOUNDS: {
        u32 x = e_x(e, i->a, X_SCRATCH), n = e_x(e, i->b, X_T0);
        as_branch(a, HW_I_BGEU, x, n, e_deopt(e, e_reason(i, REASON_BOUNDS), i->state));
        break;
    }
    case IR_DIVCHECK: as_branch(a, HW_I_BEQ, e_x(e, i->a, X_SCRATCH), X0, e_deopt(e, e_reason(i, REASON_DIV_ZERO), i->state)); break;
    case IR_GUARD: emit_guard(e, i); break;
    case IR_UNIQUE: emit_unique(e, i); break;
    case IR_CHECKCAST: e_checkcast(e, i); break;
    case IR_INSTANCEOF: e_instanceof(e, i); break;
    case IR_STORECHECK: emit_storecheck(e, i); break;
    case IR_NEW: emit_new(e, i); break;
    case IR_NEWARRAY: emit_newarray(e, i); break;
    case IR_NEWMULTI: emit_newmulti(e, i); break;
    default: return e_lock(e, i);
    }
    return true;
}
