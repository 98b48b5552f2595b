/* The walk of the type-checking verifier over a method's code. What an instruction takes from the stack and puts there comes from the opcode
   table; those that it cannot tell (locals, constants, arrays of references, copies on the stack, control) are here, members in
   verify_members.c. */
#include "vm/verify.h"
#include "vm/names.h"
#include "vm/opcodes.h"
#include <string.h>

/* ---- Effects from the table --------------------------------------------------------------------------------------------------------- */

static VType letter_type(char c)
{
    switch (c) {
    case 'I': return VT_INT;
    case 'J': return VT_LONG;
    case 'F': return VT_FLOAT;
    case 'D': return VT_DOUBLE;
    default: ASSERT(c == 'A'); return VT_ANY_REFERENCE;
    }
}

/* Both slots are tried; where neither fits, the lower one is reported. */
static VType pop_wide(Verifier *v, VType t)
{
    if (verify_failed(v)) return VT_TOP;
    verify_pop(v, vt_second(t));
    if (!v->error) return verify_pop(v, t);
    const char *error = v->error;
    char *message = v->message;
    v->error = NULL, v->message = NULL;
    verify_pop(v, t);
    if (v->error) free(message);
    else v->error = error, v->message = message;
    return VT_TOP;
}

/* The operands, topmost first; returns the one popped last. */
static VType pop_effect(Verifier *v, u32 op)
{
    const char *effect = opcodes[op].effect, *p = strchr(effect, '>');
    VType t = VT_TOP;
    while (p > effect) {
        t = letter_type(*--p);
        t = vt_is_wide(t) ? pop_wide(v, t) : verify_pop(v, t);
    }
    return t;
}

static void push_effect(Verifier *v, u32 op)
{
    for (const char *p = strchr(opcodes[op].effect, '>') + 1; *p; p++) {
        VType t = letter_type(*p);
        ASSERT(t != VT_ANY_REFERENCE);
        if (vt_is_wide(t)) verify_push_wide(v, t);
        else verify_push(v, t);
    }
}

/* ---- Locals ------------------------------------------------------------------------------------------------------------------------------ */

static const VType local_kinds[] = { VT_INT, VT_LONG, VT_FLOAT, VT_DOUBLE, VT_ANY_REFERENCE };

static void load_local(Verifier *v, VType kind, u32 i)
{
    if (vt_is_wide(kind)) {
        verify_get_wide(v, i, kind);
        verify_push_wide(v, kind);
    } else {
        VType t = verify_get_local(v, i, kind);
        verify_push(v, kind == VT_ANY_REFERENCE ? t : kind);
    }
}

static void store_local(Verifier *v, VType kind, u32 i)
{
    if (vt_is_wide(kind)) {
        pop_wide(v, kind);
        verify_set_wide(v, i, kind);
    } else {
        VType t = verify_pop(v, kind);
        verify_set_local(v, i, t);
    }
}

static bool is_store(u32 op) { return op >= OP_istore && op <= OP_astore_3; }

static void local_instruction(Verifier *v, u32 op, u32 index)
{
    bool store = is_store(op);
    u32 n = op - (store ? OP_istore : OP_iload);
    if (n >= 5) {
        n -= 5; /* xload_0 and on: five kinds of four */
        index = n % 4, n /= 4;
    }
    ASSERT(n < NELEM(local_kinds));
    if (store) store_local(v, local_kinds[n], index);
    else load_local(v, local_kinds[n], index);
}

/* ---- Copies on the stack ------------------------------------------------------------------------------------------------------------------ */

/* Two slots, one wide value or two others: out[0] below out[1]. */
static void pop_pair(Verifier *v, VType out[2], const char *text)
{
    out[1] = verify_pop(v, VT_TOP);
    if (verify_failed(v)) return;
    if (vt_is_category1(out[1])) out[0] = verify_pop(v, VT_ANY_CATEGORY1);
    else if (vt_is_second(out[1])) out[0] = verify_pop(v, VT_ANY_CATEGORY2);
    else verify_bad_type(v, from_popped(&v->now), (Origin){ 0 }, text);
}

#define BAD_TYPE "Bad type on operand stack in "

/* dup and dup_x1, dup_x2 and their twins of two slots: `n` slots are copied below `under` others. */
static void duplicate(Verifier *v, u32 n, u32 under, const char *text)
{
    VType top[2] = { 0 }, below[2] = { 0 };
    if (n == 1) top[0] = verify_pop(v, VT_ANY_CATEGORY1);
    else pop_pair(v, top, text);
    if (under == 1) below[0] = verify_pop(v, VT_ANY_CATEGORY1);
    else if (under == 2) pop_pair(v, below, text);
    for (u32 i = 0; i < n; i++) verify_push(v, top[i]);
    for (u32 i = 0; i < under; i++) verify_push(v, below[i]);
    for (u32 i = 0; i < n; i++) verify_push(v, top[i]);
}

static void stack_instruction(Verifier *v, u32 op)
{
    VType pair[2];
    switch (op) {
    case OP_pop: verify_pop(v, VT_ANY_CATEGORY1); break;
    case OP_pop2: pop_pair(v, pair, BAD_TYPE "pop2"); break;
    case OP_dup: duplicate(v, 1, 0, ""); break;
    case OP_dup_x1: duplicate(v, 1, 1, ""); break;
    case OP_dup_x2: duplicate(v, 1, 2, BAD_TYPE "dup_x2"); break;
    case OP_dup2: duplicate(v, 2, 0, BAD_TYPE "dup2"); break;
    case OP_dup2_x1: duplicate(v, 2, 1, BAD_TYPE "dup2_x1"); break;
    case OP_dup2_x2: duplicate(v, 2, 2, BAD_TYPE "dup2_x2"); break;
    default: /* swap */
        pair[1] = verify_pop(v, VT_ANY_CATEGORY1);
        pair[0] = verify_pop(v, VT_ANY_CATEGORY1);
        verify_push(v, pair[1]);
        verify_push(v, pair[0]);
    }
}

/* ---- Arrays --------------------------------------------------------------------------------------------------------------------------- */

static bool is_array_of(VType t, char element)
{
    return t == VT_NULL || (vt_is_array(t) && vt_name(t)->bytes[1] == element);
}

static void bad_array(Verifier *v, u32 op, Origin expected)
{
    char text[64];
    snprintf(text, sizeof text, BAD_TYPE "%s", opcodes[op].name);
    verify_bad_type(v, from_popped(&v->now), expected, text);
}

static void reference_array(Verifier *v, u32 op, VType array)
{
    if (!is_array_of(array, 'L') && !is_array_of(array, '[')) bad_array(v, op, from_context(VT_ANY_REFERENCE));
    else if (op == OP_aaload) verify_push(v, array == VT_NULL ? VT_NULL : vt_component(array));
}

static void array_instruction(Verifier *v, u32 op)
{
    static const char elements[] = "IJFDLBCS";
    bool load = op <= OP_saload;
    char element = elements[op - (load ? OP_iaload : OP_iastore)];
    VType array;
    if (op == OP_aastore) {
        verify_pop(v, vt_class(wk.Object->name));
        verify_pop(v, VT_INT);
        array = verify_pop(v, VT_ANY_REFERENCE);
    } else array = pop_effect(v, op);
    if (verify_failed(v)) return;
    if (element == 'L') return reference_array(v, op, array);
    bool ok = is_array_of(array, element) || (element == 'B' && is_array_of(array, 'Z'));
    if (!ok) bad_array(v, op, element == 'B' ? (Origin){ 0 } : from_context(vt_named((const char[]){ '[', element }, 2)));
    else if (load) push_effect(v, op);
}

static void newarray(Verifier *v, u32 type)
{
    static const char letters[] = { [T_BOOLEAN] = 'Z', [T_CHAR] = 'C', [T_FLOAT] = 'F', [T_DOUBLE] = 'D', [T_BYTE] = 'B', [T_SHORT] = 'S',
                                    [T_INT] = 'I', [T_LONG] = 'J' };
    if (type < T_BOOLEAN || type > T_LONG) return verify_bad_code(v, (i32)v->bci, "Illegal newarray instruction");
    verify_pop(v, VT_INT);
    verify_push(v, vt_named((const char[]){ '[', letters[type] }, 2));
}

static void anewarray(Verifier *v, u32 index)
{
    VType t = verify_pool_class(v, index);
    verify_pop(v, VT_INT);
    if (verify_failed(v)) return;
    const Symbol *name = vt_name(t);
    bool array = vt_is_array(t);
    if (strspn(name->bytes, "[") >= 255)
        verify_bad_code(v, (i32)v->bci, "Illegal anewarray instruction, array has more than 255 dimensions");
    char *desc = xasprintf(array ? "[%s" : "[L%s;", name->bytes);
    verify_push(v, vt_named(desc, strlen(desc)));
    free(desc);
}

static void multianewarray(Verifier *v, u32 index, u32 dims)
{
    VType t = verify_pool_class(v, index);
    if (verify_failed(v)) return;
    if (!vt_is_array(t))
        return verify_bad_type(v, from_pool(index, t), (Origin){ 0 }, "Illegal constant pool index in multianewarray instruction");
    if (dims < 1 || strspn(vt_name(t)->bytes, "[") < dims)
        return verify_error(v, (Trouble){ .fault = FAULT_CODE, .bci = (i32)v->bci }, "Illegal dimension in multianewarray instruction: %u", dims);
    for (u32 i = 0; i < dims; i++) verify_pop(v, VT_INT);
    verify_push(v, t);
}

/* ---- Constants and classes ---------------------------------------------------------------------------------------------------------------- */

static void push_class(Verifier *v, const char *name) { verify_push(v, vt_named(name, strlen(name))); }

static void ldc(Verifier *v, u32 index, bool wide)
{
    enum { ONE = 1 << CP_Integer | 1 << CP_Float | 1 << CP_String | 1 << CP_Class | 1 << CP_MethodHandle | 1 << CP_MethodType,
           TWO = 1 << CP_Long | 1 << CP_Double };
    u32 tags = wide ? TWO : ONE;
    if (!verify_pool_entry(v, index, tags | 1 << CP_Dynamic)) return;
    VType t[2];
    switch (v->cp->tags[index] & 0x3f) {
    case CP_String: push_class(v, "java/lang/String"); break;
    case CP_Class: push_class(v, "java/lang/Class"); break;
    case CP_MethodHandle: push_class(v, "java/lang/invoke/MethodHandle"); break;
    case CP_MethodType: push_class(v, "java/lang/invoke/MethodType"); break;
    case CP_Integer: verify_push(v, VT_INT); break;
    case CP_Float: verify_push(v, VT_FLOAT); break;
    case CP_Long: verify_push_wide(v, VT_LONG); break;
    case CP_Double: verify_push_wide(v, VT_DOUBLE); break;
    default: {
        Symbol *name, *desc;
        cp_name_and_type(v->cp, index, &name, &desc);
        u32 n = vt_of_descriptor(desc->bytes, t);
        if (n != (wide ? 2 : 1)) verify_pool_entry(v, index, tags); /* fails */
        verify_push_slots(v, t, n);
    }
    }
}

static void new_object(Verifier *v, u32 index)
{
    VType t = verify_pool_class(v, index);
    if (verify_failed(v)) return;
    if (!vt_is_object(t)) verify_bad_type(v, from_pool(index, t), (Origin){ 0 }, "Illegal new instruction");
    verify_push(v, VT_NEW | v->bci);
}

/* checkcast and instanceof: uninitialized objects are no objects yet. */
static void type_test(Verifier *v, u32 op, u32 index)
{
    VType t = verify_pool_class(v, index);
    if (verify_failed(v)) return;
    verify_pop(v, vt_class(wk.Object->name));
    verify_push(v, op == OP_checkcast ? t : VT_INT);
}

static void arraylength(Verifier *v)
{
    VType t = verify_pop(v, VT_ANY_REFERENCE);
    if (verify_failed(v)) return;
    if (t != VT_NULL && !vt_is_array(t)) bad_array(v, OP_arraylength, (Origin){ 0 });
    verify_push(v, VT_INT);
}

/* ---- Control ----------------------------------------------------------------------------------------------------------------------------- */

static bool padding_is_zero(const Verifier *v)
{
    for (u32 i = v->bci + 1; i & 3; i++)
        if (v->code[i]) return false;
    return true;
}

static void switch_instruction(Verifier *v, u32 op)
{
    if ((v->c->minor_major & 0xffff) < 51 && !padding_is_zero(v))
        return verify_bad_code(v, (i32)v->bci, "Nonzero padding byte in lookupswitch or tableswitch");
    const u8 *at = v->code + ALIGN_UP(v->bci + 1, 4u);
    bool table = op == OP_tableswitch;
    u32 n = table ? (u32)(code_i32(at + 8) - code_i32(at + 4)) + 1 : (u32)code_i32(at + 4);
    verify_pop(v, VT_INT);
    for (u32 i = 1; !table && i < n; i++)
        if (code_i32(at + 8 + 8 * i) <= code_i32(at + 8 * i)) return verify_bad_code(v, (i32)v->bci, "Bad lookupswitch instruction");
    verify_jump(v, code_i32(at));
    for (u32 i = 0; i < n; i++) verify_jump(v, code_i32(table ? at + 12 + 4 * i : at + 12 + 8 * i));
}

static void return_value(Verifier *v, u32 op)
{
    static const VType results[] = { VT_INT, VT_LONG, VT_FLOAT, VT_DOUBLE, VT_ANY_REFERENCE };
    VType t = results[op - OP_ireturn];
    if (vt_is_wide(t)) verify_pop(v, vt_second(t));
    t = verify_pop(v, t);
    if (verify_failed(v)) return;
    if (v->result == VT_TOP) verify_bad_type(v, from_popped(&v->now), from_signature(VT_TOP), "Method does not expect a return value");
    else if (!verify_assignable(v, v->result, t, false)) verify_bad_type(v, from_popped(&v->now), from_signature(v->result), "Bad return type");
}

static void return_void(Verifier *v)
{
    if (v->result != VT_TOP) verify_bad_code(v, (i32)v->bci, "Method expects a return value");
    else if (v->now.flags & FRAME_THIS_UNINIT && !strcmp(v->m->name->bytes, "<init>"))
        verify_bad_code(v, (i32)v->bci, "Constructor must call super() or this() before return");
}

/* Returns whether control can go on to the next instruction. */
static bool control(Verifier *v, u32 op, const u8 *p)
{
    switch (op) {
    case OP_goto: verify_jump(v, code_i16(p + 1)); return false;
    case OP_goto_w: verify_jump(v, code_i32(p + 1)); return false;
    case OP_tableswitch: case OP_lookupswitch: switch_instruction(v, op); return false;
    case OP_ireturn: case OP_lreturn: case OP_freturn: case OP_dreturn: case OP_areturn: return_value(v, op); return false;
    case OP_return: return_void(v); return false;
    case OP_athrow: verify_pop(v, vt_class(wk.Throwable->name)); return false;
    default: pop_effect(v, op); verify_jump(v, code_i16(p + 1)); return true;
    }
}

static bool is_control(u32 op)
{
    return (op >= OP_ifeq && op <= OP_goto) || (op >= OP_tableswitch && op <= OP_return) || op == OP_athrow || op == OP_ifnull || op == OP_ifnonnull
        || op == OP_goto_w;
}

/* ---- One instruction ---------------------------------------------------------------------------------------------------------------------- */

static void pool_instruction(Verifier *v, u32 op, const u8 *p)
{
    u32 index = code_u16(p + 1);
    switch (op) {
    case OP_ldc_w: ldc(v, index, false); break;
    case OP_ldc2_w: ldc(v, index, true); break;
    case OP_new: new_object(v, index); break;
    case OP_anewarray: anewarray(v, index); break;
    case OP_checkcast: case OP_instanceof: type_test(v, op, index); break;
    case OP_multianewarray: multianewarray(v, index, p[3]); break;
    default: ASSERT(op >= OP_getstatic && op <= OP_putfield); verify_field(v, op);
    }
}

static void plain_instruction(Verifier *v, u32 op)
{
    if (op == OP_aconst_null) verify_push(v, VT_NULL);
    else {
        pop_effect(v, op);
        push_effect(v, op);
    }
}

/* Returns whether control can go on; *made_this: a constructor has made `this` an object. */
static bool instruction(Verifier *v, u32 op, const u8 *p, bool *made_this)
{
    bool wide = p[0] == OP_wide;
    u32 local = wide ? code_u16(p + 2) : p[1];
    if (is_control(op)) return control(v, op, p);
    if ((op >= OP_iload && op <= OP_aload_3) || is_store(op)) local_instruction(v, op, local);
    else if (op >= OP_iaload && op <= OP_sastore) array_instruction(v, op);
    else if (op >= OP_pop && op <= OP_swap) stack_instruction(v, op);
    else if (op >= OP_invokevirtual && op <= OP_invokedynamic) *made_this = verify_invoke(v, op);
    else if (op == OP_ldc) ldc(v, p[1], false);
    else if (op == OP_newarray) newarray(v, p[1]);
    else if (op == OP_arraylength) arraylength(v);
    else if (op == OP_iinc) verify_set_local(v, local, verify_get_local(v, local, VT_INT));
    else if (op == OP_jsr || op == OP_ret || op >= OP_jsr_w)
        verify_error(v, (Trouble){ .fault = FAULT_CODE, .bci = (i32)v->bci }, "Bad instruction: %02x", op);
    else if (opcodes[op].length >= 3 && op != OP_sipush) pool_instruction(v, op, p);
    else plain_instruction(v, op);
    return true;
}

/* ---- The walk ---------------------------------------------------------------------------------------------------------------------------- */

/* Where the table has a frame, it takes over; after a jump there must be one. *next: the first of the table not before this bci. */
static void meet_frame(Verifier *v, u32 *next, bool falls)
{
    const VFrame *f = *next < v->nframes ? &v->frames[*next] : NULL;
    if (!f) {
        if (!falls) verify_bad_code(v, (i32)v->bci, "Expecting a stack map frame");
        return;
    }
    if (!falls && f->offset > (i32)v->bci)
        return verify_error(v, (Trouble){ .fault = FAULT_NO_MAP, .bci = (i32)v->bci }, "Expecting a stack map frame");
    if (f->offset < (i32)v->bci) return verify_format_error(v, "Bad stack map offset %d", f->offset);
    if (f->offset > (i32)v->bci) return;
    Trouble why;
    if (falls && !verify_matches(v, &v->now, f, &why)) return verify_error(v, why, "Instruction type does not match stack map");
    verify_enter_frame(v, f);
    ++*next;
}

/* The handlers of the current instruction get the locals as they are now, and the exception. */
void verify_handlers_match(Verifier *v, bool this_was_uninit)
{
    for (u32 i = 0; i < v->m->details->nhandlers && !verify_failed(v); i++) {
        const ExRange *h = &v->m->details->handlers[i];
        if (v->bci < h->start || v->bci >= h->end) continue;
        VType exception = vt_class(h->type ? cp_class_name(v->cp, h->type) : wk.Throwable->name);
        VFrame f = v->now;
        f.mark = -1, f.stack = &exception, f.nstack = 1;
        if (this_was_uninit) f.flags |= FRAME_THIS_UNINIT;
        Trouble why;
        const VFrame *target = verify_frame_at(v, h->handler);
        if (!v->max_stack) {
            f.nstack = 0;
            verify_error(v, (Trouble){ .fault = FAULT_OVERFLOW, .bci = f.offset, .type = from_frame(&f, false) }, "Operand stack overflow");
        } else if (!target) {
            why = (Trouble){ .fault = FAULT_NO_MAP, .bci = f.offset };
            verify_error(v, why, "Expecting a stackmap frame at branch target %d", h->handler);
        } else if (!verify_matches(v, &f, target, &why))
            verify_error(v, why, "Stack map does not match the one at exception handler %d", h->handler);
    }
}

void verify_code(Verifier *v)
{
    u32 next = 0, length;
    bool falls = true;
    for (v->bci = 0; v->bci < v->length && !verify_failed(v); v->bci += length) {
        const u8 *p = v->code + v->bci;
        u32 op = p[0] == OP_wide ? p[1] : p[0];
        length = opcode_length_at(v->code, v->bci, v->length);
        v->now.offset = (i32)v->bci;
        v->now.mark = (i32)v->now.nstack;
        meet_frame(v, &next, falls);
        if (verify_failed(v)) return;
        v->now.mark = (i32)v->now.nstack;
        bool handled = v->bci >= v->handlers_from && v->bci < v->handlers_to, made_this = false;
        if (handled && is_store(op)) verify_handlers_match(v, false); /* before the local is there */
        falls = instruction(v, op, p, &made_this);
        if (handled && !is_store(op) && !verify_failed(v)) verify_handlers_match(v, made_this);
    }
    if (falls) verify_bad_code(v, (i32)v->length, "Control flow falls through code end");
}
