/* Building the bytecodes that need nothing but the frame: constants, locals, the operand stack, arithmetic, branches, switches. */
#include "jit/build.h"
#include <string.h>

enum { NEVER_AFTER = 40, MAX_TABLE = 1024 };

/* ---- Constants ------------------------------------------------------------------------------------------------------ */
static u64 float_bits(f32 x) { u32 v; memcpy(&v, &x, 4); return v; }
static u64 double_bits(f64 x) { u64 v; memcpy(&v, &x, 8); return v; }

static u8 dynamic_type(const ConstantPool *cp, u32 index)
{
    Symbol *name, *desc;
    cp_name_and_type(cp, index, &name, &desc);
    return (u8)desc->bytes[0];
}

static void load_constant(Build *b, u8 op)
{
    const u8 *p = b->m->original + b->bci;
    u8 quick = b->m->code[b->bci];
    ConstantPool *cp = b->m->cp;
    u32 index = op == OP_ldc ? p[1] : code_u16(p + 1), tag = cp->tags[index] & ~(u32)CP_RESOLVED;
    if (quick == OP_aconst_null) {
        b_push(b, b_null(b));
        return;
    }
    if (quick < OP_FIRST_QUICK) {
        b_trap(b, REASON_UNRESOLVED);
        return;
    }
    u8 kind = tag == CP_Integer ? 'I' : tag == CP_Float ? 'F' : tag == CP_Long ? 'J' : tag == CP_Double ? 'D' : tag == CP_Class ? 'C' :
              tag == CP_Dynamic ? dynamic_type(cp, index) : 'L';
    switch (kind) {
    case 'I': b_push(b, b_int(b, (i32)cp->v[index])); break;
    case 'F': b_push(b, ir_const(b->f, IT_FLOAT, (u32)cp->v[index])); break;
    case 'J': b_push(b, b_long(b, (i64)cp->v[index])); break;
    case 'D': b_push(b, ir_const(b->f, IT_DOUBLE, cp->v[index])); break;
    case 'C': b_push(b, ir_const(b->f, IT_REF, (u64)((Class *)cp->v[index])->mirror)); break;
    case 'L': case '[': {
        Val v = ir_make(b->f, IR_POOL, IT_REF, 0, 0, 0);
        ir(b->f, v)->imm = (i64)&cp->v[index];
        ir(b->f, v)->where = IR_WHERE(b->scope, b->bci);
        b_push(b, ir_append(b->f, b->cur, v));
        break;
    }
    default: b_abort(b, ABORT_BYTECODE);
    }
}

static bool constant(Build *b, u8 op)
{
    const u8 *p = b->m->original + b->bci;
    if (op == OP_aconst_null) b_push(b, b_null(b));
    else if (op >= OP_iconst_m1 && op <= OP_iconst_5) b_push(b, b_int(b, op - OP_iconst_0));
    else if (op <= OP_lconst_1 && op >= OP_lconst_0) b_push(b, b_long(b, op - OP_lconst_0));
    else if (op <= OP_fconst_2 && op >= OP_fconst_0) b_push(b, ir_const(b->f, IT_FLOAT, float_bits((f32)(op - OP_fconst_0))));
    else if (op <= OP_dconst_1 && op >= OP_dconst_0) b_push(b, ir_const(b->f, IT_DOUBLE, double_bits((f64)(op - OP_dconst_0))));
    else if (op == OP_bipush) b_push(b, b_int(b, (i8)p[1]));
    else if (op == OP_sipush) b_push(b, b_int(b, code_i16(p + 1)));
    else if (op == OP_ldc || op == OP_ldc_w || op == OP_ldc2_w) load_constant(b, op);
    else return op == OP_nop;
    return true;
}

/* ---- Locals ---------------------------------------------------------------------------------------------------------- */
static void load_local(Build *b, u32 n)
{
    ASSERT(n < b->m->max_locals);
    if (!b->env[n]) b_abort(b, ABORT_BYTECODE);
    else b_push(b, b->env[n]);
}

static void store_local(Build *b, u32 n, bool wide)
{
    Val v = wide ? b_pop2(b) : b_pop(b);
    ASSERT(n + wide < b->m->max_locals);
    /* the first half of a long that this overwrites the second of is gone */
    if (n && b->env[n - 1] && (b_ins(b, b->env[n - 1])->type == IT_LONG || b_ins(b, b->env[n - 1])->type == IT_DOUBLE)) b->env[n - 1] = V_NONE;
    b->env[n] = v;
    if (wide) b->env[n + 1] = V_NONE;
}

static void increment(Build *b, u32 n, i32 by)
{
    ASSERT(n < b->m->max_locals);
    if (!b->env[n]) b_abort(b, ABORT_BYTECODE);
    else b->env[n] = b_emit(b, IR_ADD, IT_INT, b->env[n], b_int(b, by), 0);
}

static bool local(Build *b, u8 op)
{
    const u8 *p = b->m->original + b->bci;
    u32 n = p[1];
    i32 by = (i8)p[2];
    if (op == OP_wide) {
        op = p[1], n = code_u16(p + 2);
        if (op == OP_iinc) by = code_i16(p + 4);
    }
    if (op >= OP_iload && op <= OP_aload) load_local(b, n);
    else if (op >= OP_iload_0 && op <= OP_aload_3) load_local(b, (op - OP_iload_0) % 4u);
    else if (op >= OP_istore && op <= OP_astore) store_local(b, n, op == OP_lstore || op == OP_dstore);
    else if (op >= OP_istore_0 && op <= OP_astore_3) {
        u32 kind = (op - OP_istore_0) / 4u;
        store_local(b, (op - OP_istore_0) % 4u, kind == 1 || kind == 3);
    } else if (op == OP_iinc) increment(b, n, by);
    else return false;
    return true;
}

/* ---- The operand stack --------------------------------------------------------------------------------------------------- */
/* By slots, so that the second slot of a long moves along with the first. */
static bool stack(Build *b, u8 op)
{
    Val *s = b->env + b->sp, a, c, d, e;
    if (op < OP_pop || op > OP_swap) return false;
    switch (op) {
    case OP_pop: b->sp--; break;
    case OP_pop2: b->sp -= 2; break;
    case OP_dup: s[0] = s[-1], b->sp++; break;
    case OP_dup_x1: a = s[-1], c = s[-2]; s[-2] = a, s[-1] = c, s[0] = a, b->sp++; break;
    case OP_dup_x2: a = s[-1], c = s[-2], d = s[-3]; s[-3] = a, s[-2] = d, s[-1] = c, s[0] = a, b->sp++; break;
    case OP_dup2: a = s[-1], c = s[-2]; s[0] = c, s[1] = a, b->sp += 2; break;
    case OP_dup2_x1: a = s[-1], c = s[-2], d = s[-3]; s[-3] = c, s[-2] = a, s[-1] = d, s[0] = c, s[1] = a, b->sp += 2; break;
    case OP_dup2_x2:
        a = s[-1], c = s[-2], d = s[-3], e = s[-4];
        s[-4] = c, s[-3] = a, s[-2] = e, s[-1] = d, s[0] = c, s[1] = a, b->sp += 2;
        break;
    default: a = s[-1], c = s[-2]; s[-2] = a, s[-1] = c; break;
    }
    return true;
}

/* ---- Arithmetic ------------------------------------------------------------------------------------------------------------ */
static Val pop_typed(Build *b, IrType t) { return t == IT_LONG || t == IT_DOUBLE ? b_pop2(b) : b_pop(b); }

static void divide(Build *b, IrOp op, IrType t)
{
    u32 state = b_state(b);
    Val y = pop_typed(b, t), x = pop_typed(b, t);
    if (t == IT_FLOAT || t == IT_DOUBLE) {
        b_push(b, b_emit(b, op == IR_REM ? IR_FMATH : op, t, x, y, 0));
        return;
    }
    if (b_ins(b, y)->op != IR_CONST || !b_ins(b, y)->imm) {
        Val c = b_emit(b, IR_DIVCHECK, IT_VOID, y, 0, 0);
        b_ins(b, c)->state = state;
    }
    bool constants = b_ins(b, y)->op == IR_CONST && b_ins(b, x)->op != IR_CONST;
    Val v = constants ? b_divide(b, op, t, x, b_ins(b, y)->imm) : V_NONE;
    b_push(b, v ? v : b_emit(b, op, t, x, y, 0));
}

static void convert(Build *b, u8 op)
{
    static const u8 from[] = { IT_INT, IT_INT, IT_INT, IT_LONG, IT_LONG, IT_LONG, IT_FLOAT, IT_FLOAT, IT_FLOAT, IT_DOUBLE, IT_DOUBLE, IT_DOUBLE, IT_INT, IT_INT, IT_INT };
    static const u8 to[] = { IT_LONG, IT_FLOAT, IT_DOUBLE, IT_INT, IT_FLOAT, IT_DOUBLE, IT_INT, IT_LONG, IT_DOUBLE, IT_INT, IT_LONG, IT_FLOAT, IT_INT, IT_INT, IT_INT };
    Val x = pop_typed(b, (IrType)from[op - OP_i2l]);
    Val v = ir_make(b->f, IR_CVT, (IrType)to[op - OP_i2l], x, 0, 0);
    ir(b->f, v)->sub = op;
    ir(b->f, v)->where = IR_WHERE(b->scope, b->bci);
    Val w = jit_fold(b->f, v);
    b_push(b, w != v ? w : ir_append(b->f, b->cur, v));
}

static void compare(Build *b, u8 op)
{
    IrType t = op == OP_lcmp ? IT_LONG : op == OP_fcmpl || op == OP_fcmpg ? IT_FLOAT : IT_DOUBLE;
    Val y = pop_typed(b, t), x = pop_typed(b, t);
    Val v = ir_make(b->f, IR_CMP, IT_INT, x, y, 0);
    ir(b->f, v)->sub = op;
    ir(b->f, v)->where = IR_WHERE(b->scope, b->bci);
    Val w = jit_fold(b->f, v);
    b_push(b, w != v ? w : ir_append(b->f, b->cur, v));
}

static bool arithmetic(Build *b, u8 op)
{
    static const u8 types[] = { IT_INT, IT_LONG, IT_FLOAT, IT_DOUBLE };
    static const u8 ops[] = { IR_ADD, IR_SUB, IR_MUL, IR_DIV, IR_REM, IR_NEG };
    static const u8 bits[] = { IR_SHL, IR_SHR, IR_USHR, IR_AND, IR_OR, IR_XOR };
    if (op >= OP_iadd && op <= OP_dneg) {
        IrOp o = (IrOp)ops[(op - OP_iadd) / 4];
        IrType t = (IrType)types[(op - OP_iadd) % 4];
        if (o == IR_DIV || o == IR_REM) {
            divide(b, o, t);
        } else {
            Val y = pop_typed(b, t), x = o == IR_NEG ? V_NONE : pop_typed(b, t);
            b_push(b, o == IR_NEG ? b_emit(b, o, t, y, 0, 0) : b_emit(b, o, t, x, y, 0));
        }
    } else if (op >= OP_ishl && op <= OP_lxor) {
        IrOp o = (IrOp)bits[(op - OP_ishl) / 2];
        IrType t = (op - OP_ishl) % 2 ? IT_LONG : IT_INT;
        Val y = op <= OP_lushr ? b_pop(b) : pop_typed(b, t), x = pop_typed(b, t);
        b_push(b, b_emit(b, o, t, x, y, 0));
    } else if (op >= OP_i2l && op <= OP_i2s) {
        convert(b, op);
    } else if (op >= OP_lcmp && op <= OP_dcmpg) {
        compare(b, op);
    } else {
        return false;
    }
    return true;
}

bool b_simple(Build *b, u8 op) { return constant(b, op) || local(b, op) || stack(b, op) || arithmetic(b, op); }

/* ---- Branches --------------------------------------------------------------------------------------------------------------- */
/* Was this side of the branch never taken, often enough to bet on it? */
static bool never(Build *b, u32 target, u32 count, u32 other)
{
    (void)target;
    return !count && other >= NEVER_AFTER && !jit_avoids(b->f, b->m, b->bci, REASON_UNREACHED);
}

/* The block where one side of the branch in `from` goes on. */
static void side(Build *b, u32 from, u32 target, bool trap, u32 count)
{
    u32 s = ir_new_block(b->f, target);
    ir_edge(b->f, from, s);
    ir_block(b->f, s)->count = count;
    b->cur = s;
    if (trap) {
        Val v = b_emit(b, IR_DEOPT, IT_VOID, 0, 0, 0);
        b_ins(b, v)->state = b_state_at(b, target, false);
        b_ins(b, v)->imm = REASON_UNREACHED;
        ir_block(b->f, s)->cold = true;
        b->cur = 0;
    } else {
        b_jump(b, target);
    }
}

/* The profile as the share of the first side; 0: nothing is known. */
static u32 likely(u32 yes, u32 no)
{
    u64 all = (u64)yes + no, share = all ? (u64)yes * IR_LIKELY_ALL / all : 0;
    return !all ? 0 : share < 1 ? 1 : share >= IR_LIKELY_ALL ? IR_LIKELY_ALL - 1 : (u32)share;
}

/* What decides: `if (x op 0)` of a comparison's result compares its operands. */
static void condition(Build *b, u8 op, Ins *out)
{
    static const u8 conds[] = { CC_EQ, CC_NE, CC_LT, CC_GE, CC_GT, CC_LE };
    *out = (Ins){ .type = IT_INT };
    if (op == OP_ifnull || op == OP_ifnonnull) {
        out->a = b_pop(b), out->b = b_null(b), out->type = IT_REF, out->sub = op == OP_ifnull ? CC_EQ : CC_NE;
    } else if (op >= OP_if_icmpeq) {
        out->b = b_pop(b), out->a = b_pop(b);
        out->type = op >= OP_if_acmpeq ? IT_REF : IT_INT;
        out->sub = conds[op >= OP_if_acmpeq ? op - OP_if_acmpeq : op - OP_if_icmpeq];
    } else {
        out->a = b_pop(b), out->sub = conds[op - OP_ifeq];
        Ins *c = b_ins(b, out->a);
        if (c->op != IR_CMP) {
            out->b = b_int(b, 0);
            return;
        }
        i32 unordered = c->sub == OP_fcmpl || c->sub == OP_dcmpl ? -1 : 1;
        u8 cc = out->sub;
        out->a = c->a, out->b = c->b, out->type = ir(b->f, c->a)->type;
        out->imm = cc == CC_EQ ? 0 : cc == CC_NE ? 1 : cc == CC_LT || cc == CC_LE ? unordered < 0 : unordered > 0;
    }
}

/* 1 or 0 if the condition is known, else -1. */
static int decided(Build *b, const Ins *c)
{
    const Ins *x = b_ins(b, c->a), *y = b_ins(b, c->b);
    if (c->type == IT_REF && y->op == IR_CONST && !y->imm && ir_nonnull(b->f, c->a)) return c->sub == CC_NE;
    if (c->type == IT_REF) {
        const Object *o = ir_constant_object(b->f, c->a), *p = ir_constant_object(b->f, c->b);
        if (o && p) return (o == p) == (c->sub == CC_EQ);
    }
    if (x->op != IR_CONST || y->op != IR_CONST || c->type == IT_FLOAT || c->type == IT_DOUBLE) return -1;
    switch (c->sub) {
    case CC_EQ: return x->imm == y->imm;
    case CC_NE: return x->imm != y->imm;
    case CC_LT: return x->imm < y->imm;
    case CC_GE: return x->imm >= y->imm;
    case CC_GT: return x->imm > y->imm;
    default: return x->imm <= y->imm;
    }
}

void b_branch(Build *b, u8 op)
{
    u32 target = b->bci + (u32)code_i16(b->m->original + b->bci + 1), next = b->next, sp;
    ProfileBranch p = profile_branch(b->m, b->bci);
    Ins c;
    condition(b, op, &c);
    int known = decided(b, &c);
    if (known >= 0 || target == next) {
        b_jump(b, known > 0 || target == next ? target : next);
        return;
    }
    Val v = b_emit(b, IR_IF, IT_VOID, c.a, c.b, 0);
    b_ins(b, v)->type = c.type, b_ins(b, v)->sub = c.sub, b_ins(b, v)->imm = c.imm, b_ins(b, v)->likely = likely(p.taken, p.not_taken);
    u32 from = b->cur;
    sp = b->sp;
    side(b, from, target, never(b, target, p.taken, p.not_taken), p.taken);
    b->sp = sp;
    side(b, from, next, never(b, next, p.not_taken, p.taken), p.not_taken);
}

void b_switch(Build *b, u8 op)
{
    const Method *m = b->m;
    const u8 *w = m->original + ((b->bci + 4) & ~3u);
    bool table = op == OP_tableswitch;
    i32 low = table ? code_i32(w + 4) : 0;
    u32 n = table ? (u32)(code_i32(w + 8) - low + 1) : (u32)code_i32(w + 4), sp;
    Val key = b_pop(b);
    if (n > MAX_TABLE) {
        b_abort(b, ABORT_BYTECODE);
        return;
    }
    u32 keys = (u32)b->f->keys.len, from = b->cur;
    for (u32 i = 0; i < n; i++) vec_push(&b->f->keys, table ? low + (i32)i : code_i32(w + 8 + 8 * i));
    Val v = b_emit(b, IR_SWITCH, IT_VOID, key, 0, 0);
    b_ins(b, v)->imm = keys;
    sp = b->sp;
    for (u32 i = 0; i <= n; i++) {
        u32 offset = i == n ? (u32)code_i32(w) : (u32)code_i32(table ? w + 12 + 4 * i : w + 12 + 8 * i);
        b->sp = sp;
        side(b, from, b->bci + offset, false, 0);
    }
}
