/* Building intrinsics: calls of methods that are an instruction or two. Methods are recognized by name once, and remembered by address. */
#include "jit/build.h"
#include "jit/frames.h"
#include "jit/intrinsics.h"
#include "base/hash.h"
#include "base/log.h"
#include "vm/math.h"
#include <string.h>

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
        if (rows[i].id == I_INSTANCE || rows[i].id == I_ASSIGNABLE) m->compiled = stub_subtype(rows[i].id == I_INSTANCE);
    }
}

static Method *method_with(u32 id)
{
    for (u32 i = 0; i < NELEM(rows); i++) {
        Class *c = rows[i].id == id ? class_find_loaded(boot_loader, symbol_of(rows[i].class_name)) : NULL;
        if (c) return class_declared_method(c, symbol_of(rows[i].name), symbol_of(rows[i].desc));
    }
    return NULL;
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

static Val math_function(Build *b, const Method *m, Val x, Val y)
{
    Val v = ir_make(b->f, IR_FMATH, IT_DOUBLE, x, y, 0);
    b_ins(b, v)->sub = (u8)(1 + math_named(m->name->bytes)), b_ins(b, v)->where = IR_WHERE(b->scope, b->bci);
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

Val b_split(Build *b, u32 cc, Val x, Val y, u32 yes, u32 no)
{
    Val v = b_emit(b, IR_IF, IT_VOID, x, y, 0);
    b_ins(b, v)->type = b_ins(b, x)->type, b_ins(b, v)->sub = (u8)cc;
    u32 from = b->cur;
    ir_edge(b->f, from, yes);
    ir_edge(b->f, from, no);
    return v;
}

static void go(Build *b, u32 to, Vals *values, Val v)
{
    b_emit(b, IR_GOTO, IT_VOID, 0, 0, 0);
    ir_edge(b->f, b->cur, to);
    vec_push(values, v);
}

/* The call itself, in block `at`; its result to *values. */
void b_call_there(Build *b, const Call *c, u32 at, u32 to, Vals *values)
{
    Call direct = *c;
    u32 sp = b->sp;
    direct.kind = IRC_DIRECT, direct.ref = c->m;
    b->cur = at;
    b_call(b, &direct);
    go(b, to, values, c->m->ret == T_VOID ? V_NONE : b->env[sp - c->slots]);
    b->sp = sp;
}

/* The identity hash of an object that has one and is not locked is in its mark word; null's is 0. */
static bool identity_hash(Build *b, const Call *c)
{
    Val o = b->env[b->sp - 1];
    Vals values = { 0 };
    u32 there = ir_new_block(b->f, b->bci), quick = ir_new_block(b->f, b->bci), slow = ir_new_block(b->f, b->bci), to = ir_new_block(b->f, b->bci), fast = ir_new_block(b->f, b->bci);
    if (c->m->access & ACC_STATIC && !ir_nonnull(b->f, o)) {
        u32 null = ir_new_block(b->f, b->bci);
        b_split(b, CC_NE, o, b_null(b), there, null);
        b->cur = null;
        go(b, to, &values, b_int(b, 0));
    } else {
        b_emit(b, IR_GOTO, IT_VOID, 0, 0, 0);
        ir_edge(b->f, b->cur, there);
    }
    b->cur = there;
    Val mark = value(b, IR_LOAD, IT_INT, T_INT, o, 4);
    Val state = b_emit(b, IR_AND, IT_INT, mark, b_int(b, MARK_STATE), 0);
    b_split(b, CC_EQ, state, b_int(b, 0), quick, slow);
    b->cur = quick;
    Val hash = b_emit(b, IR_AND, IT_INT, b_emit(b, IR_USHR, IT_INT, mark, b_int(b, MARK_PAYLOAD_SHIFT), 0), b_int(b, (1 << MARK_PAYLOAD_BITS) - 1), 0);
    b_split(b, CC_NE, hash, b_int(b, 0), fast, slow);
    b->cur = fast;
    go(b, to, &values, hash);
    b_call_there(b, c, slow, to, &values);
    b_join(b, c, to, &values);
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

/* ---- References ------------------------------------------------------------------------------------------------------- */
/* Reference.refersTo0: no collection is under way while code runs. */
static Val refers_to(Build *b, Val reference, Val o)
{
    Val offset = b_long(b, off.Reference_referent), held = b_get_at(b, T_OBJECT, reference, offset, false);
    Val v = ir_make(b->f, IR_SELECTCC, IT_INT, held, o, 0);
    b_ins(b, v)->sub = CC_EQ, b_ins(b, v)->where = IR_WHERE(b->scope, b->bci);
    return ir_append(b->f, b->cur, v);
}

/* ---- Classes as objects ------------------------------------------------------------------------------------------------ */
static Class *constant_class(Build *b, Val mirror)
{
    const Object *o = ir_constant_object(b->f, mirror);
    return o && object_class(o) == wk.Class ? mirror_class(o) : NULL;
}

/* Class.isInstance of a class that is known is an instanceof. */
static bool is_instance(Build *b, const Call *c)
{
    Val o = b->env[b->sp - 1], v;
    Class *k = constant_class(b, b->env[b->sp - 2]);
    (void)c;
    if (!k) return false;
    const Class *exact = ir_exact_class(b->f, o);
    b_uses_class(b, k);
    if (k->kind == CLASS_PRIMITIVE) v = b_int(b, 0);
    else if (exact) v = b_int(b, class_subtype(exact, k));
    else v = value(b, IR_INSTANCEOF, IT_INT, 0, o, 0), b_ins(b, v)->ref = k;
    b->sp -= 2;
    b_push(b, v);
    return true;
}

static bool is_assignable(Build *b)
{
    const Class *super = constant_class(b, b->env[b->sp - 2]), *sub = constant_class(b, b->env[b->sp - 1]);
    if (!super || !sub) return false;
    bool primitive = super->kind == CLASS_PRIMITIVE || sub->kind == CLASS_PRIMITIVE;
    b_uses_class(b, super);
    b_uses_class(b, sub);
    b->sp -= 2;
    b_push(b, b_int(b, primitive ? super == sub : class_subtype(sub, super)));
    return true;
}

/* ---- Arrays -------------------------------------------------------------------------------------------------------------- */
/* Of at most this many elements are made here: what throws and runs out of memory is the method's. */
enum { MOST_ELEMENTS = 1 << 16 };

static Val array_of(Build *b, const Class *c, Val length)
{
    u32 state = b_state(b);
    Val v = b_emit(b, IR_NEWARRAY, IT_REF, length, 0, 0);
    b_ins(b, v)->ref = c, b_ins(b, v)->state = state;
    b_uses_class(b, c);
    return v;
}

/* Goes on where the length is between 0 and MOST_ELEMENTS; elsewhere, to `slow`. */
static void if_moderate(Build *b, Val length, u32 slow)
{
    u32 in = ir_new_block(b->f, b->bci);
    Val high = b_emit(b, IR_USHR, IT_INT, length, b_int(b, 16), 0);
    b_split(b, CC_EQ, high, b_int(b, 0), in, slow);
    ir_block(b->f, slow)->cold = true;
    b->cur = in;
}

static const Class *array_class_of(Build *b, const Call *c, Val array)
{
    const Class *k = c->klass ? c->klass : ir_exact_class(b->f, array);
    const char *desc = k ? NULL : ir_desc(b->f, array);
    if (desc && desc[0] == '[') k = class_of_primitives(desc);
    return k && k->kind == CLASS_ARRAY ? k : NULL;
}

/* The copy of an array whose class is known. */
static bool clone_array(Build *b, const Call *c)
{
    Val array = b->env[b->sp - 1];
    const Class *k = array_class_of(b, c, array);
    Method *copier = method_with(I_ARRAYCOPY);
    if (!k || !copier) return false;
    Vals values = { 0 };
    u32 state = b_state(b), to = ir_new_block(b->f, b->bci), slow = ir_new_block(b->f, b->bci);
    Val length = b_emit(b, IR_ARRAYLEN, IT_INT, array, 0, 0), zero = b_int(b, 0);
    if_moderate(b, length, slow);
    Val copy = array_of(b, k, length);
    u32 args = ir_pool(b->f, (Val[]){ array, zero, copy, zero, length }, 5);
    Val v = b_emit(b, IR_ARRAYCOPY, IT_VOID, 0, 0, 0);
    Ins *i = b_ins(b, v);
    i->args = args, i->nargs = 5, i->state = state, i->ref = copier;
    go(b, to, &values, copy);
    b_call_there(b, c, slow, to, &values);
    b_join(b, c, to, &values);
    return true;
}

/* java.lang.reflect.Array.newArray, of components that are known. */
static bool new_array(Build *b, const Call *c)
{
    Class *k = constant_class(b, b->env[b->sp - 2]);
    Val length = b->env[b->sp - 1];
    if (!k || k == class_primitive(T_VOID) || (k->kind == CLASS_ARRAY && k->dims == 255)) return false;
    Vals values = { 0 };
    u32 to = ir_new_block(b->f, b->bci), slow = ir_new_block(b->f, b->bci);
    if_moderate(b, length, slow);
    Val made = array_of(b, class_array_of(k), length);
    go(b, to, &values, made);
    b_call_there(b, c, slow, to, &values);
    b_join(b, c, to, &values);
    return true;
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
    case I_MATH: v = math_function(b, c->m, x, slots == 4 ? args[2] : x); break;
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
    case I_GET: case I_GET_VOLATILE: case I_PUT: case I_SWAP: case I_EXCHANGE: return b_unsafe(b, id, c);
    case I_INSTANCE: return is_instance(b, c);
    case I_ASSIGNABLE: return is_assignable(b);
    case I_CLONE: return clone_array(b, c);
    case I_NEW_ARRAY: return new_array(b, c);
    case I_REFERS: v = refers_to(b, x, args[1]); break;
    case I_ALLOCATE: return allocate_instance(b, c);
    case I_ARRAYCOPY: array_copy(b, c); return true;
    default: return false;
    }
    b->sp -= slots;
    b_push(b, v);
    return true;
}
