/* Building the bytecodes that touch memory: fields, array elements, objects, type tests, monitors, calls. Frame states are made before operands
   are popped: a guard that fails has the whole bytecode executed again by the interpreter. */
#include "jit/build.h"
#include <string.h>

/* Has the interpreter resolved this instruction? If not, there is nothing to compile yet: a trap. */
static bool resolved(Build *b)
{
    if (b->m->code[b->bci] >= OP_FIRST_QUICK) return true;
    b_trap(b, REASON_UNRESOLVED);
    return false;
}

static u32 pool_index(const Build *b) { return code_u16(b->m->original + b->bci + 1); }
static Class *pool_class(const Build *b) { return (Class *)b->m->cp->v[pool_index(b)]; }

void b_uses_class(Build *b, const Class *c)
{
    for (size_t i = 0; i < b->f->uses_class.len; i++)
        if (b->f->uses_class.data[i] == c) return;
    vec_push(&b->f->uses_class, c);
}

/* ---- Fields ---------------------------------------------------------------------------------------------------------- */
/* What a final variable at this address holds, if code may have it built in: numbers, null, mirrors. V_NONE: another reference. */
static Val final_value(Build *b, const Field *f, const u8 *at)
{
    switch (f->type) {
    case T_BOOLEAN: case T_BYTE: return b_int(b, *(const i8 *)at);
    case T_CHAR: return b_int(b, *(const u16 *)at);
    case T_SHORT: return b_int(b, *(const i16 *)at);
    case T_INT: return b_int(b, *(const i32 *)at);
    case T_LONG: return b_long(b, *(const i64 *)at);
    case T_FLOAT: return ir_const(b->f, IT_FLOAT, *(const u32 *)at);
    case T_DOUBLE: return ir_const(b->f, IT_DOUBLE, *(const u64 *)at);
    default: break;
    }
    Object *o = load_ref(at, 0);
    if (!o) return b_null(b);
    if (object_class(o) != wk.Class) return V_NONE;
    b_uses_class(b, mirror_class(o));
    return ir_const(b->f, IT_REF, (u64)o);
}

static Val loaded_final(Build *b, IrOp op, const Field *f, Val base, i64 imm)
{
    Val v = ir_make(b->f, op, IT_REF, base, 0, 0);
    Ins *i = b_ins(b, v);
    i->sub = T_OBJECT, i->imm = imm, i->where = IR_WHERE(b->scope, b->bci);
    if (base) i->ref = f;
    return ir_append(b->f, b->cur, v);
}

static bool is_set(BasicType t, const u8 *at)
{
    static const u8 zeros[8];
    return memcmp(at, zeros, t == T_OBJECT || t == T_ARRAY ? sizeof(ref_t) : 1u << type_shift(t)) != 0;
}

/* A variable that is known not to change. V_NONE: it is none. */
static Val final_field(Build *b, const Field *f, Val base)
{
    if (!base) {
        if (!ir_static_constant(f)) return V_NONE;
        Val v = final_value(b, f, f->address);
        return v ? v : loaded_final(b, IR_POOL, f, V_NONE, (i64)f->address);
    }
    bool final = ir_trusted_final(f);
    const Object *o = final || ir_stable(f) ? ir_constant_object(b->f, base) : NULL;
    if (!o || (!final && !is_set((BasicType)f->type, (const u8 *)o + f->offset))) return V_NONE;
    Val v = final_value(b, f, (const u8 *)o + f->offset);
    return v ? v : loaded_final(b, IR_LOADFINAL, f, base, f->offset);
}

static void get_field(Build *b, const Field *f, Val base, i64 offset)
{
    Val v = b_emit(b, IR_LOAD, b_type((BasicType)f->type), base, 0, 0);
    Ins *i = b_ins(b, v);
    i->sub = f->type, i->imm = offset, i->ref = f;
    b_push(b, v);
}

static void put_field(Build *b, const Field *f, Val base, i64 offset, Val value)
{
    if (f->type == T_BOOLEAN) value = b_emit(b, IR_AND, IT_INT, value, b_int(b, 1), 0);
    Val v = b_emit(b, IR_STORE, b_type((BasicType)f->type), base, value, 0);
    Ins *i = b_ins(b, v);
    i->sub = f->type, i->imm = offset, i->ref = f;
}

static void field(Build *b, u8 op)
{
    if (!resolved(b)) return;
    b_state(b);
    Field *f = (Field *)b->m->cp->v[pool_index(b)];
    ASSERT(b->m->cp->tags[pool_index(b)] == (CP_Fieldref | CP_RESOLVED));
    IrType t = b_type((BasicType)f->type);
    b_uses_class(b, f->owner);
    if (op == OP_getstatic) {
        Val v = final_field(b, f, V_NONE);
        if (v) b_push(b, v);
        else get_field(b, f, b_long(b, (i64)f->address), 0);
    } else if (op == OP_getfield) {
        Val o = b_pop(b), v = final_field(b, f, o);
        if (v) {
            b_push(b, v);
            return;
        }
        b_nullcheck(b, o);
        get_field(b, f, o, f->offset);
    } else {
        Val value = t == IT_LONG || t == IT_DOUBLE ? b_pop2(b) : b_pop(b);
        if (op == OP_putstatic) {
            put_field(b, f, b_long(b, (i64)f->address), 0, value);
        } else {
            Val o = b_pop(b);
            b_nullcheck(b, o);
            put_field(b, f, o, f->offset, value);
        }
    }
}

/* ---- Elements ---------------------------------------------------------------------------------------------------------- */
static const u8 elements[] = { T_INT, T_LONG, T_FLOAT, T_DOUBLE, T_OBJECT, T_BYTE, T_CHAR, T_SHORT };

static void check_index(Build *b, Val array, Val index)
{
    b_nullcheck(b, array);
    Val length = b_emit(b, IR_ARRAYLEN, IT_INT, array, 0, 0);
    Val c = b_emit(b, IR_BOUNDS, IT_VOID, index, length, 0);
    b_ins(b, c)->state = b_state(b);
}

/* An element that is set, of an array in a stable variable. V_NONE: it is none. */
static Val stable_element(Build *b, BasicType type, Val array, Val index)
{
    const Ins *from = b_ins(b, array), *at = b_ins(b, index);
    if (from->op != IR_LOADFINAL || at->op != IR_CONST || type != T_OBJECT || !from->ref || !ir_stable(from->ref)) return V_NONE;
    const Object *o = ir_constant_object(b->f, array);
    if (!o || (u64)at->imm >= array_length(o)) return V_NONE;
    i64 offset = (i64)array_base(type) + (at->imm << type_shift(type));
    if (!is_set(type, (const u8 *)o + offset)) return V_NONE;
    const Object *element = load_ref(o, (u64)offset);
    if (object_class(element) != wk.Class) return loaded_final(b, IR_LOADFINAL, NULL, array, offset);
    b_uses_class(b, mirror_class(element));
    return ir_const(b->f, IT_REF, (u64)element);
}

static void load_element(Build *b, BasicType type)
{
    b_state(b);
    Val index = b_pop(b), array = b_pop(b), known = stable_element(b, type, array, index);
    if (known) {
        b_push(b, known);
        return;
    }
    check_index(b, array, index);
    Val v = b_emit(b, IR_LOADX, b_type(type), array, index, 0);
    b_ins(b, v)->sub = (u8)type;
    b_push(b, v);
}

static void store_element(Build *b, BasicType type)
{
    b_state(b);
    Val value = type == T_LONG || type == T_DOUBLE ? b_pop2(b) : b_pop(b);
    Val index = b_pop(b), array = b_pop(b);
    check_index(b, array, index);
    const Ins *k = b_ins(b, value);
    if (type == T_OBJECT && !(k->op == IR_CONST && !k->imm)) {
        Val c = b_emit(b, IR_STORECHECK, IT_VOID, array, value, 0);
        b_ins(b, c)->state = b_state(b);
    }
    Val v = b_emit(b, IR_STOREX, b_type(type), array, index, value);
    b_ins(b, v)->sub = (u8)type;
}

/* ---- Objects ------------------------------------------------------------------------------------------------------------- */
static void allocate(Build *b, IrOp op, Val length, const Class *c)
{
    Val v = b_emit(b, op, IT_REF, length, 0, 0);
    b_ins(b, v)->ref = c;
    b_ins(b, v)->state = b_state(b);
    b_uses_class(b, c);
    b_push(b, v);
}

static void multi(Build *b)
{
    if (!resolved(b)) return;
    u32 state = b_state(b), dims = b->m->original[b->bci + 3];
    b->sp -= dims;
    u32 args = ir_pool(b->f, b->env + b->sp, dims);
    Val v = b_emit(b, IR_NEWMULTI, IT_REF, 0, 0, 0);
    Ins *i = b_ins(b, v);
    i->args = args, i->nargs = dims, i->ref = pool_class(b), i->state = state;
    b_uses_class(b, pool_class(b));
    b_push(b, v);
}

static void type_test(Build *b, u8 op)
{
    u32 state = b_state(b);
    Val o = b_pop(b);
    if (b->m->code[b->bci] < OP_FIRST_QUICK) { /* only null has come here */
        Val g = b_emit(b, IR_GUARD, IT_REF, o, b_null(b), 0);
        Ins *i = b_ins(b, g);
        i->sub = CC_EQ, i->imm = REASON_UNRESOLVED, i->state = state;
        b_push(b, op == OP_checkcast ? b_null(b) : b_int(b, 0));
        return;
    }
    b_uses_class(b, pool_class(b));
    const Class *exact = ir_exact_class(b->f, o);
    if (exact && (op == OP_instanceof || class_subtype(exact, pool_class(b)))) {
        b_push(b, op == OP_checkcast ? o : b_int(b, class_subtype(exact, pool_class(b))));
        return;
    }
    if (op == OP_checkcast) {
        Val c = b_emit(b, IR_CHECKCAST, IT_VOID, o, 0, 0);
        b_ins(b, c)->ref = pool_class(b), b_ins(b, c)->state = state;
        b_push(b, o);
    } else {
        Val v = b_emit(b, IR_INSTANCEOF, IT_INT, o, 0, 0);
        b_ins(b, v)->ref = pool_class(b);
        b_push(b, v);
    }
}

static void monitor(Build *b, IrOp op)
{
    u32 state = b_state(b);
    Val o = b_pop(b);
    b_nullcheck(b, o);
    Val v = b_emit(b, op, IT_VOID, o, 0, 0);
    b_ins(b, v)->state = state;
}

static void array_length_of(Build *b)
{
    b_state(b);
    Val a = b_pop(b);
    b_nullcheck(b, a);
    b_push(b, b_emit(b, IR_ARRAYLEN, IT_INT, a, 0, 0));
}

/* ---- Calls ------------------------------------------------------------------------------------------------------------------ */
Val b_pool(Build *b, Object **at)
{
    Val v = ir_make(b->f, IR_POOL, IT_REF, 0, 0, 0);
    b_ins(b, v)->imm = (i64)at;
    b_ins(b, v)->where = IR_WHERE(b->scope, b->bci);
    return ir_append(b->f, b->cur, v);
}

void b_call(Build *b, const Call *c)
{
    b->sp -= c->slots;
    Val appendix = V_NONE;
    if (c->appendix) appendix = b_pool(b, c->appendix);
    u32 args = ir_pool(b->f, b->env + b->sp, c->slots);
    if (appendix) vec_push(&b->f->pool, appendix);
    u32 state = b_state_at(b, b->bci, true);
    Val v = b_emit(b, IR_CALL, b_type((BasicType)c->m->ret), 0, 0, 0);
    Ins *i = b_ins(b, v);
    i->args = args, i->nargs = c->slots + (appendix != 0), i->state = state;
    i->sub = c->kind, i->ref = c->ref, i->imm = c->index;
    if (i->type != IT_VOID) b_push(b, v);
}

static CallInfo *call_info(const Build *b)
{
    u8 quick = b->m->code[b->bci];
    if (quick != OP_invokedynamic_quick) return (CallInfo *)b->m->cp->v[pool_index(b)];
    u32 at;
    __builtin_memcpy(&at, b->m->code + b->bci + 1, 4);
    return (CallInfo *)(WIN_BASE + at);
}

/* Receivers of private interface methods that do not implement the interface: the interpreter throws. */
static void check_implements(Build *b, Val receiver, const Class *interface, u32 state)
{
    const Class *exact = ir_exact_class(b->f, receiver);
    if (exact && class_subtype(exact, interface)) return;
    Val yes = b_emit(b, IR_INSTANCEOF, IT_INT, receiver, 0, 0);
    b_ins(b, yes)->ref = (void *)(uintptr_t)interface;
    Val g = b_emit(b, IR_GUARD, IT_INT, yes, b_int(b, 1), 0);
    Ins *i = b_ins(b, g);
    i->sub = CC_EQ, i->imm = REASON_CAST, i->state = state;
}

static void call(Build *b)
{
    if (!resolved(b)) return;
    u8 quick = b->m->code[b->bci];
    CallInfo *info = call_info(b);
    Call c = { .m = info->method, .ref = info->method, .kind = IRC_DIRECT, .slots = info->method->arg_slots, .receiver = true };
    switch (quick) {
    case OP_invokevirtual_quick: case OP_invokevirtual_wide: case OP_invokeinterface_virtual:
        c.kind = IRC_VIRTUAL, c.index = info->vindex, c.slots = info->arg_slots;
        break;
    case OP_invokeinterface_quick: c.kind = IRC_INTERFACE, c.ref = info, c.slots = info->arg_slots; break;
    case OP_invokespecial_quick: c.m = info->special, c.ref = c.m, c.slots = c.m->arg_slots; break;
    case OP_invokefinal_quick: case OP_invokeinterface_direct: break;
    case OP_invokestatic_quick: c.receiver = false; break;
    case OP_invokehandle_quick: case OP_invokedynamic_quick:
        c.receiver = quick == OP_invokehandle_quick;
        if (info->appendix) c.appendix = &info->appendix, c.slots--;
        break;
    default: b_abort(b, ABORT_BYTECODE); return;
    }
    u32 state = b_state(b);
    b_uses_class(b, c.m->owner);
    if (c.m->entry >= ENTRY_INVOKE_BASIC && !c.appendix) b_handle(b, &c);
    if (c.receiver) b_nullcheck(b, b->env[b->sp - c.slots]);
    if (quick == OP_invokeinterface_direct) check_implements(b, b->env[b->sp - c.slots], info->interface, state);
    if (c.kind == IRC_DIRECT && c.m == meth.Object_init) {
        Val v = b->env[b->sp - 1];
        Val r = b_emit(b, IR_REGFINAL, IT_VOID, v, 0, 0);
        b_ins(b, r)->state = b_state(b);
        b->sp--;
        return;
    }
    bool dropped = info->method->ret == T_VOID && c.m->ret != T_VOID;
    if (!b_inline(b, &c)) b_call(b, &c);
    if (dropped && b->cur) b->sp -= type_slots((BasicType)c.m->ret);
}

bool b_memory(Build *b, u8 op)
{
    switch (op) {
    case OP_getstatic: case OP_putstatic: case OP_getfield: case OP_putfield: field(b, op); break;
    case OP_iaload: case OP_laload: case OP_faload: case OP_daload: case OP_aaload: case OP_baload: case OP_caload: case OP_saload:
        load_element(b, (BasicType)elements[op - OP_iaload]);
        break;
    case OP_iastore: case OP_lastore: case OP_fastore: case OP_dastore: case OP_aastore: case OP_bastore: case OP_castore: case OP_sastore:
        store_element(b, (BasicType)elements[op - OP_iastore]);
        break;
    case OP_new:
        if (resolved(b)) allocate(b, IR_NEW, V_NONE, pool_class(b));
        break;
    case OP_newarray: {
        b_state(b);
        Val n = b_pop(b);
        allocate(b, IR_NEWARRAY, n, class_array_of(class_primitive((BasicType)b->m->original[b->bci + 1])));
        break;
    }
    case OP_anewarray:
        if (resolved(b)) {
            b_state(b);
            Val n = b_pop(b);
            allocate(b, IR_NEWARRAY, n, class_array_of(pool_class(b)));
        }
        break;
    case OP_multianewarray: multi(b); break;
    case OP_arraylength: array_length_of(b); break;
    case OP_checkcast: case OP_instanceof: type_test(b, op); break;
    case OP_monitorenter: monitor(b, IR_LOCK); break;
    case OP_monitorexit: monitor(b, IR_UNLOCK); break;
    case OP_invokevirtual: case OP_invokespecial: case OP_invokestatic: case OP_invokeinterface: case OP_invokedynamic: call(b); break;
    default: return false;
    }
    return true;
}
