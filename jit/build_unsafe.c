/* Building Unsafe's accesses: of objects, and of memory that belongs to none, which has an address where the object's would be null. Such an
   address is looked at first: in native memory it is accessed in place; elsewhere the file behind it may have been cut, which the native method knows
   to deal with. Accesses may be unaligned. */
#include "jit/intrinsics.h"

/* The type that is read or written: m is get..., or put... or compareAnd... */
static u32 method_type(const Method *m) { return m->ret != T_VOID && m->details->nparams == 2 ? m->ret : m->details->arg_types[2]; }

Val b_get_at(Build *b, u32 type, Val base, Val offset, bool is_volatile)
{
    Val v = b_emit(b, IR_GETAT, b_type((BasicType)type), base, offset, 0);
    b_ins(b, v)->sub = (u8)type, b_ins(b, v)->imm = is_volatile;
    if (type != T_BOOLEAN) return v;
    Val w = ir_make(b->f, IR_SELECTCC, IT_INT, v, b_int(b, 0), 0);
    b_ins(b, w)->sub = CC_NE, b_ins(b, w)->where = IR_WHERE(b->scope, b->bci);
    return ir_append(b->f, b->cur, w);
}

static void put_at(Build *b, u32 type, Val base, Val offset, Val value)
{
    if (type == T_BOOLEAN) value = b_emit(b, IR_AND, IT_INT, value, b_int(b, 1), 0);
    Val v = b_emit(b, IR_PUTAT, b_type((BasicType)type), base, offset, value);
    b_ins(b, v)->sub = (u8)type;
}

static Val swap_at(Build *b, u32 type, const Val *arg)
{
    u32 wide = type == T_LONG;
    u32 args = ir_pool(b->f, (Val[]){ arg[1], arg[2], arg[4], arg[5 + wide] }, 4);
    Val v = b_emit(b, IR_SWAPAT, IT_INT, 0, 0, 0);
    b_ins(b, v)->sub = (u8)type, b_ins(b, v)->args = args, b_ins(b, v)->nargs = 4;
    return v;
}

/* What is there; and the new value goes there, if it is what was expected. Nothing comes between the two, as threads change at polls only. */
static Val exchange_at(Build *b, u32 type, const Val *arg)
{
    Val was = b_get_at(b, type, arg[1], arg[2], true);
    swap_at(b, type, arg);
    return was;
}

/* Arguments: Unsafe, object, offset (two slots), values. V_NONE: a put. */
static Val access_at(Build *b, u32 id, const Method *m, const Val *arg)
{
    u32 type = method_type(m);
    switch (id) {
    case I_PUT: put_at(b, type, arg[1], arg[2], arg[4]); return V_NONE;
    case I_SWAP: return swap_at(b, type, arg);
    case I_EXCHANGE: return exchange_at(b, type, arg);
    default: return b_get_at(b, type, arg[1], arg[2], id == I_GET_VOLATILE);
    }
}

static void access_there(Build *b, u32 id, const Call *c, const Val *arg, u32 at, u32 to, Vals *values)
{
    b->cur = at;
    Val v = access_at(b, id, c->m, arg);
    b_emit(b, IR_GOTO, IT_VOID, 0, 0, 0);
    ir_edge(b->f, b->cur, to);
    vec_push(values, v);
}

/* Without an object: in place, if the address is in memory that is no file's. */
static void absolute(Build *b, u32 id, const Call *c, const Val *arg, u32 to, Vals *values)
{
    u32 in = ir_new_block(b->f, b->bci), out = ir_new_block(b->f, b->bci);
    Val from_base = b_emit(b, IR_SUB, IT_LONG, arg[2], b_long(b, (i64)WIN_NATIVE_BASE), 0);
    Val high = b_emit(b, IR_USHR, IT_LONG, from_base, b_int(b, WIN_NATIVE_OWN_BITS), 0);
    b_split(b, CC_EQ, high, b_long(b, 0), in, out);
    ir_block(b->f, out)->cold = true;
    access_there(b, id, c, arg, in, to, values);
    b_call_there(b, c, out, to, values);
}

/* A place that accesses objects is taken to access nothing else, until it does. */
static void guard_object(Build *b, Val base)
{
    u32 state = b_state(b);
    Val g = b_emit(b, IR_GUARD, IT_REF, base, b_null(b), 0);
    Ins *i = b_ins(b, g);
    i->sub = CC_NE, i->imm = REASON_UNREACHED, i->state = state;
}

bool b_unsafe(Build *b, u32 id, const Call *c)
{
    Val arg[8];
    u32 first = b->sp - c->slots, to;
    Vals values = { 0 };
    ASSERT(c->slots <= NELEM(arg));
    for (u32 i = 0; i < c->slots; i++) arg[i] = b->env[first + i];
    const IrOp op = (IrOp)b_ins(b, arg[1])->op;
    bool object = ir_nonnull(b->f, arg[1]);
    if (!object && op != IR_CONST && !jit_avoids(b->f, b->m, b->bci, REASON_UNREACHED)) {
        guard_object(b, arg[1]);
        object = true;
    }
    if (object) {
        Val v = access_at(b, id, c->m, arg);
        b->sp = first;
        if (v) b_push(b, v);
        return true;
    }
    if (op == IR_CONST) {
        if (method_type(c->m) == T_OBJECT) return false;
        to = ir_new_block(b->f, b->bci);
        absolute(b, id, c, arg, to, &values);
    } else {
        u32 quick = ir_new_block(b->f, b->bci), slow = ir_new_block(b->f, b->bci);
        to = ir_new_block(b->f, b->bci);
        b_split(b, CC_NE, arg[1], b_null(b), quick, slow);
        access_there(b, id, c, arg, quick, to, &values);
        ir_block(b->f, slow)->cold = true;
        arg[1] = b_null(b);
        b->cur = slow;
        if (method_type(c->m) == T_OBJECT) b_call_there(b, c, slow, to, &values);
        else absolute(b, id, c, arg, to, &values);
    }
    b_join(b, c, to, &values);
    return true;
}
