/* Building intrinsics: calls of methods that are an instruction or two. Methods are recognized by name once, and remembered by address. */
#include "jit/build.h"
#include "jit/frames.h"
#include "base/hash.h"
#include "base/log.h"
#include <string.h>

enum { I_NONE, I_SQRT, I_ABS, I_MIN, I_MAX, I_BITS, I_POPCOUNT, I_CLZ, I_CTZ, I_REVERSE, I_GET_CLASS, I_HASH, I_CURRENT, I_PRIMITIVE, I_ARRAY,
       I_ARRAYCOPY, I_ALLOCATE, I_GET, I_GET_VOLATILE, I_PUT, I_SWAP, I_REFERS };
typedef struct Row { u8 id; const char *class_name, *name, *desc; } Row;
#define M(id, class_name, name, desc) { I_##id, class_name, name, desc },
static const Row rows[] = {
#include "jit/intrinsics.def"
};
#undef M

static Map known; /* Method * -> id */

static void find_methods(void)
{
    for (u32 i = 0; i < NELEM(rows); i++) {
        Class *c = class_find_loaded(boot_loader, symbol_of(rows[i].class_name));
        Method *m = c ? class_declared_method(c, symbol_of(rows[i].name), symbol_of(rows[i].desc)) : NULL;
        if (!m) continue;
        *map_put(&known, (u64)m) = rows[i].id;
        if (rows[i].id == I_HASH && !(m->access & ACC_STATIC)) m->compiled = WIN_CODE_BASE + STUB_HASH;
    }
}

static u32 intrinsic_of(const Method *m)
{
    static u32 looked; /* Math and the like are loaded early, but perhaps not before the first compilation */
    if (!map_get(&known, (u64)m) && m->access & (METHOD_INTRINSIC_CANDIDATE | ACC_NATIVE) && looked < 16) {
        looked++;
        find_methods();
    }
    const u64 *id = map_get(&known, (u64)m);
    return id ? (u32)*id : I_NONE;
}

static Val value(Build *b, IrOp op, IrType t, u32 sub, Val x, i64 imm)
{
    Val v = ir_make(b->f, op, t, x, 0, 0);
    b_ins(b, v)->sub = (u8)sub, b_ins(b, v)->imm = imm, b_ins(b, v)->where = IR_WHERE(b->scope, b->bci);
    return ir_append(b->f, b->cur, v);
}

static Val is_kind(Build *b, Val mirror, ClassKind kind)
{
    const Object *constant = ir_constant_object(b->f, mirror);
    if (constant) return b_int(b, mirror_class(constant)->kind == kind);
    b_nullcheck(b, mirror);
    Val c = value(b, IR_LOAD, IT_LONG, T_LONG, mirror, off.Class_vmclass);
    Val k = value(b, IR_LOAD, IT_INT, T_BYTE, c, offsetof(Class, kind));
    Val v = ir_make(b->f, IR_SELECTCC, IT_INT, k, b_int(b, kind), 0);
    b_ins(b, v)->sub = CC_EQ, b_ins(b, v)->where = IR_WHERE(b->scope, b->bci);
    return ir_append(b->f, b->cur, v);
}

static Val branch(Build *b, u32 cc, Val x, Val y, u32 yes, u32 no)
{
    Val v = b_emit(b, IR_IF, IT_VOID, x, y, 0);
    b_ins(b, v)->type = IT_INT, b_ins(b, v)->sub = (u8)cc;
    u32 from = b->cur;
    ir_edge(b->f, from, yes);
    ir_edge(b->f, from, no);
    return v;
}

/* The identity hash of an object that has one and is not locked is in its mark word. */
static bool identity_hash(Build *b, const Call *c)
{
    Val o = b->env[b->sp - 1];
    if (c->m->access & ACC_STATIC) return false; /* null has the hash 0: left to the native method */
    u32 quick = ir_new_block(b->f, b->bci), slow = ir_new_block(b->f, b->bci), to = ir_new_block(b->f, b->bci), fast = ir_new_block(b->f, b->bci), sp = b->sp;
    Val mark = value(b, IR_LOAD, IT_INT, T_INT, o, 4);
    Val state = b_emit(b, IR_AND, IT_INT, mark, b_int(b, MARK_STATE), 0);
    branch(b, CC_EQ, state, b_int(b, 0), quick, slow);
    b->cur = quick;
    Val hash = b_emit(b, IR_AND, IT_INT, b_emit(b, IR_USHR, IT_INT, mark, b_int(b, MARK_PAYLOAD_SHIFT), 0), b_int(b, (1 << MARK_PAYLOAD_BITS) - 1), 0);
    branch(b, CC_NE, hash, b_int(b, 0), fast, slow);
    b->cur = fast;
    b_emit(b, IR_GOTO, IT_VOID, 0, 0, 0);
    ir_edge(b->f, fast, to);
    b->cur = slow;
    Call direct = *c;
    direct.kind = IRC_DIRECT, direct.ref = c->m;
    b_call(b, &direct);
    Val called = b->env[sp - 1];
    b_emit(b, IR_GOTO, IT_VOID, 0, 0, 0);
    ir_edge(b->f, b->cur, to);
    Val phi = ir_make(b->f, IR_PHI, IT_INT, 0, 0, 0);
    u32 args = ir_pool(b->f, (Val[]){ hash, called }, 2);
    b_ins(b, phi)->args = args, b_ins(b, phi)->nargs = 2, b_ins(b, phi)->where = IR_WHERE(b->scope, b->bci);
    b->cur = to;
    b->sp = sp - 1;
    b_push(b, ir_append(b->f, to, phi));
    return true;
}

static void array_copy(Build *b, const Call *c)
{
    u32 state = b_state(b);
    b->sp -= 5;
    u32 args = ir_pool(b->f, b->env + b->sp, 5);
    Val v = b_emit(b, IR_ARRAYCOPY, IT_VOID, 0, 0, 0);
    Ins *i = b_ins(b, v);
    i->args = args, i->nargs = 5, i->state = state, i->ref = c->m;
}

/* Unsafe.allocateInstance of a class that is known. */
static bool allocate_instance(Build *b, const Call *c)
{
    const Object *mirror = ir_constant_object(b->f, b->env[b->sp - 1]);
    Class *k = mirror && object_class(mirror) == wk.Class ? mirror_class(mirror) : NULL;
    if (!k || k == wk.Class || k->kind != CLASS_INSTANCE || k->access & (ACC_INTERFACE | ACC_ABSTRACT | CLASS_FINALIZABLE) || class_needs_init(k)) return false;
    u32 state = b_state(b);
    b->sp -= c->slots;
    Val v = b_emit(b, IR_NEW, IT_REF, 0, 0, 0);
    b_ins(b, v)->ref = k, b_ins(b, v)->state = state;
    b_uses_class(b, k);
    b_push(b, v);
    return true;
}

/* ---- Unsafe and references ------------------------------------------------------------------------------------------- */
static u32 method_type(const Method *m) { return m->ret != T_VOID && m->nparams == 2 ? m->ret : m->arg_types[2]; }

static Val get_at(Build *b, u32 type, Val base, Val offset, bool is_volatile)
{
    Val v = b_emit(b, IR_GETAT, b_type((BasicType)type), base, offset, 0);
    b_ins(b, v)->sub = (u8)type, b_ins(b, v)->imm = is_volatile;
    if (type != T_BOOLEAN) return v;
    Val w = ir_make(b->f, IR_SELECTCC, IT_INT, v, b_int(b, 0), 0);
    b_ins(b, w)->sub = CC_NE, b_ins(b, w)->where = IR_WHERE(b->scope, b->bci);
    return ir_append(b->f, b->cur, w);
}

static void put_at(Build *b, u32 type, Val base, Val offset, Val value_)
{
    if (type == T_BOOLEAN) value_ = b_emit(b, IR_AND, IT_INT, value_, b_int(b, 1), 0);
    Val v = b_emit(b, IR_PUTAT, b_type((BasicType)type), base, offset, value_);
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

/* Arguments: Unsafe, object, offset (two slots), values. Without an object the offset is an address, which may be of a mapped file: the native method
   expects faults. V_NONE: a put. */
static Val access_at(Build *b, u32 id, const Method *m, const Val *arg)
{
    u32 type = id == I_SWAP ? m->arg_types[2] : method_type(m);
    if (id == I_PUT) put_at(b, type, arg[1], arg[2], arg[4]);
    return id == I_PUT ? V_NONE : id == I_SWAP ? swap_at(b, type, arg) : get_at(b, type, arg[1], arg[2], id == I_GET_VOLATILE);
}

static bool unsafe_access(Build *b, u32 id, const Call *c)
{
    Val *arg = b->env + b->sp - c->slots, made = V_NONE;
    u32 sp = b->sp - c->slots;
    if (b_ins(b, arg[1])->op == IR_CONST && !b_ins(b, arg[1])->imm) return false;
    if (ir_nonnull(b->f, arg[1])) {
        made = access_at(b, id, c->m, arg);
        b->sp = sp;
    } else {
        u32 quick = ir_new_block(b->f, b->bci), slow = ir_new_block(b->f, b->bci), to = ir_new_block(b->f, b->bci);
        Val v = branch(b, CC_NE, arg[1], b_null(b), quick, slow);
        b_ins(b, v)->type = IT_REF;
        ir_block(b->f, slow)->cold = true;
        b->cur = quick;
        Val here = access_at(b, id, c->m, arg), there = V_NONE;
        b_emit(b, IR_GOTO, IT_VOID, 0, 0, 0);
        ir_edge(b->f, b->cur, to);
        b->cur = slow;
        Call direct = *c;
        direct.kind = IRC_DIRECT, direct.ref = c->m;
        b_call(b, &direct);
        if (here) there = b->env[sp];
        b_emit(b, IR_GOTO, IT_VOID, 0, 0, 0);
        ir_edge(b->f, b->cur, to);
        b->cur = to, b->sp = sp;
        if (here) {
            made = ir_make(b->f, IR_PHI, (IrType)b_ins(b, here)->type, 0, 0, 0);
            u32 args = ir_pool(b->f, (Val[]){ here, there }, 2);
            b_ins(b, made)->args = args, b_ins(b, made)->nargs = 2, b_ins(b, made)->where = IR_WHERE(b->scope, b->bci);
            ir_append(b->f, to, made);
        }
    }
    if (made) b_push(b, made);
    return true;
}

/* Reference.refersTo0: no collection is under way while code runs. */
static Val refers_to(Build *b, Val reference, Val o)
{
    Val offset = b_long(b, off.Reference_referent), held = get_at(b, T_OBJECT, reference, offset, false);
    Val v = ir_make(b->f, IR_SELECTCC, IT_INT, held, o, 0);
    b_ins(b, v)->sub = CC_EQ, b_ins(b, v)->where = IR_WHERE(b->scope, b->bci);
    return ir_append(b->f, b->cur, v);
}

bool b_has_intrinsic(const Method *m) { return intrinsic_of(m) != I_NONE; }

/* The call's arguments are on the stack; its receiver, if it has one, is what it is guessed to be and not null. */
bool b_intrinsic(Build *b, const Call *c)
{
    u32 id = intrinsic_of(c->m);
    IrType t = b_type((BasicType)c->m->ret);
    u32 state = id ? b_state(b) : 0, slots = c->m->arg_slots;
    Val *args = b->env + b->sp - slots, x = slots ? args[0] : V_NONE, v = V_NONE;
    (void)state;
    switch (id) {
    case I_SQRT: v = value(b, IR_SQRT, t, 0, x, 0); break;
    case I_ABS: v = value(b, IR_ABS, t, 0, x, 0); break;
    case I_MIN: case I_MAX: v = b_emit(b, id == I_MIN ? IR_MIN : IR_MAX, t, x, args[slots / 2], 0); break;
    case I_BITS: v = value(b, IR_MOVBITS, t, 0, x, 0); break;
    case I_POPCOUNT: v = value(b, IR_BITOP, t, IRB_POPCOUNT, x, 0); break;
    case I_CLZ: v = value(b, IR_BITOP, t, IRB_CLZ, x, 0); break;
    case I_CTZ: v = value(b, IR_BITOP, t, IRB_CTZ, x, 0); break;
    case I_REVERSE: v = value(b, IR_BITOP, t, IRB_REV8, x, 0); break;
    case I_GET_CLASS: v = value(b, IR_LOAD, IT_REF, T_LONG, b_emit(b, IR_KLASS, IT_LONG, x, 0, 0), offsetof(Class, mirror)); break;
    case I_CURRENT: v = value(b, IR_LOAD, IT_REF, T_LONG, b_emit(b, IR_THREAD, IT_LONG, 0, 0, 0), offsetof(Thread, java)); break;
    case I_PRIMITIVE: v = is_kind(b, x, CLASS_PRIMITIVE); break;
    case I_ARRAY: v = is_kind(b, x, CLASS_ARRAY); break;
    case I_HASH: return identity_hash(b, c);
    case I_GET: case I_GET_VOLATILE: case I_PUT: case I_SWAP: return unsafe_access(b, id, c);
    case I_REFERS: v = refers_to(b, x, args[1]); break;
    case I_ALLOCATE: return allocate_instance(b, c);
    case I_ARRAYCOPY: array_copy(b, c); return true;
    default: return false;
    }
    b->sp -= slots;
    b_push(b, v);
    return true;
}
