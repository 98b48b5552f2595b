/* Verification of bytecode at link time (JVMS 4.9): instructions lie on boundaries, branches and handlers go to them, operands name what the
   instruction needs, and the operand stack has one height at each instruction, within its bounds. That is what the interpreter relies on not
   to leave its frame. The types of values are not checked yet. Boot classes and generated accessors (CLASS_MAGIC) are trusted. */
#include "vm/loader.h"
#include "vm/names.h"
#include "vm/opcodes.h"
#include "base/log.h"
#include "base/vec.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct Check {
    Thread *t;
    const Method *m;
    const u8 *code;
    u32 length;
    const ConstantPool *cp;
    u8 *starts;      /* by bci: an instruction begins here */
    i32 *depth;      /* by bci: operand slots before the instruction; -1 not reached */
    Vec(u32) work;
} Check;

static bool fail(Check *k, u32 bci, const char *fmt, ...) PRINTF(3, 4);
static bool fail(Check *k, u32 bci, const char *fmt, ...)
{
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    char *name = class_java_name(k->m->owner);
    throw_new(k->t, "java/lang/VerifyError", "(class: %s, method: %s signature: %s) %s at bytecode %u", name, k->m->name->bytes, k->m->desc->bytes, text, bci);
    free(name);
    return false;
}

/* ---- Instructions and operands ------------------------------------------------------------------------------------------------ */

static bool find_starts(Check *k)
{
    for (u32 bci = 0; bci < k->length; ) {
        u32 n = opcode_length_at(k->code, bci, k->length);
        if (!n) return fail(k, bci, "Bad instruction %02x", k->code[bci]);
        k->starts[bci] = 1;
        bci += n;
    }
    return true;
}

static u8 tag_at(const Check *k, u32 i) { return i < k->cp->length ? k->cp->tags[i] & 0x3f : 0; }

/* Is a bit set for this entry's tag? */
static bool need(Check *k, u32 bci, u32 index, u32 tags)
{
    u8 tag = tag_at(k, index);
    return (tag && tags >> tag & 1) || fail(k, bci, "Illegal type at constant pool entry %u", index);
}

static bool wide_dynamic(const Check *k, u32 index)
{
    Symbol *name, *desc;
    cp_name_and_type(k->cp, index, &name, &desc);
    return desc->bytes[0] == 'J' || desc->bytes[0] == 'D';
}

static bool check_ldc(Check *k, u32 bci, u32 index, bool wide)
{
    enum { ONE = 1 << CP_Integer | 1 << CP_Float | 1 << CP_String | 1 << CP_Class | 1 << CP_MethodHandle | 1 << CP_MethodType | 1 << CP_Dynamic,
           TWO = 1 << CP_Long | 1 << CP_Double | 1 << CP_Dynamic };
    if (!need(k, bci, index, wide ? TWO : ONE)) return false;
    return tag_at(k, index) != CP_Dynamic || wide_dynamic(k, index) == wide || fail(k, bci, "Illegal type at constant pool entry %u", index);
}

/* <init> is invoked by invokespecial alone, <clinit> never. */
static bool check_invoke(Check *k, u32 bci, u32 op, u32 index)
{
    enum { BOTH = 1 << CP_Methodref | 1 << CP_InterfaceMethodref };
    u32 tags = op == OP_invokevirtual ? 1 << CP_Methodref : op == OP_invokeinterface ? 1 << CP_InterfaceMethodref
             : op == OP_invokedynamic ? 1 << CP_InvokeDynamic : (k->m->owner->minor_major & 0xffff) >= 52 ? BOTH : 1 << CP_Methodref;
    if (!need(k, bci, index, tags)) return false;
    Symbol *name, *desc;
    cp_name_and_type(k->cp, index, &name, &desc);
    bool init = !strcmp(name->bytes, "<init>");
    if (name->bytes[0] == '<' && !(init && op == OP_invokespecial)) return fail(k, bci, "Illegal call to internal method");
    if (op == OP_invokedynamic && code_u16(k->code + bci + 3)) return fail(k, bci, "Third and fourth operand bytes of invokedynamic must be zero");
    if (op != OP_invokeinterface) return true;
    u32 slots;
    method_descriptor_check(desc, &slots);
    if (k->code[bci + 4]) return fail(k, bci, "Fourth operand byte of invokeinterface must be zero");
    return k->code[bci + 3] == slots + 1 || fail(k, bci, "Inconsistent args count operand in invokeinterface");
}

static bool check_class_operand(Check *k, u32 bci, u32 op, u32 index)
{
    if (!need(k, bci, index, 1 << CP_Class)) return false;
    const char *name = cp_class_name(k->cp, index)->bytes;
    u32 dims = (u32)strspn(name, "[");
    if (op == OP_new && dims) return fail(k, bci, "Illegal creation of new array");
    if (op == OP_anewarray && dims >= 255) return fail(k, bci, "Array with too many dimensions");
    if (op != OP_multianewarray) return true;
    u32 n = k->code[bci + 3];
    return (n && n <= dims) || fail(k, bci, "Illegal dimension argument");
}

/* The highest local that the instruction touches, or -1. */
static i32 top_local(const u8 *code, u32 bci)
{
    bool wide = code[bci] == OP_wide;
    u32 op = wide ? code[bci + 1] : code[bci], index = wide ? code_u16(code + bci + 2) : code[bci + 1];
    bool two = false;
    if ((op >= OP_iload && op <= OP_aload) || (op >= OP_istore && op <= OP_astore)) {
        u32 kind = op >= OP_istore ? op - OP_istore : op - OP_iload;
        two = kind == 1 || kind == 3;
    } else if ((op >= OP_iload_0 && op <= OP_aload_3) || (op >= OP_istore_0 && op <= OP_astore_3)) {
        u32 k = op >= OP_istore_0 ? op - OP_istore_0 : op - OP_iload_0;
        index = k & 3;
        two = k / 4 == 1 || k / 4 == 3;
    } else if (op != OP_iinc && op != OP_ret) return -1;
    return (i32)(index + two);
}

static bool wide_ok(u32 op)
{
    return (op >= OP_iload && op <= OP_aload) || (op >= OP_istore && op <= OP_astore) || op == OP_iinc || op == OP_ret;
}

static bool check_return(Check *k, u32 bci, u32 op)
{
    static const u8 result[] = { T_INT, T_LONG, T_FLOAT, T_DOUBLE, T_OBJECT, T_VOID };
    BasicType want = (BasicType)k->m->ret;
    if (want == T_BOOLEAN || want == T_BYTE || want == T_CHAR || want == T_SHORT) want = T_INT;
    if (want == T_ARRAY) want = T_OBJECT;
    return result[op - OP_ireturn] == want || fail(k, bci, "Wrong return type in function");
}

static bool check_operands(Check *k, u32 bci)
{
    const u8 *p = k->code + bci;
    u32 op = p[0], index = opcodes[op].length >= 3 ? code_u16(p + 1) : 0;
    i32 local = top_local(k->code, bci);
    if (local >= (i32)k->m->max_locals) return fail(k, bci, "Local variable table overflow");
    switch (op) {
    case OP_ldc: return check_ldc(k, bci, p[1], false);
    case OP_ldc_w: return check_ldc(k, bci, index, false);
    case OP_ldc2_w: return check_ldc(k, bci, index, true);
    case OP_getstatic: case OP_putstatic: case OP_getfield: case OP_putfield: return need(k, bci, index, 1 << CP_Fieldref);
    case OP_invokevirtual: case OP_invokespecial: case OP_invokestatic: case OP_invokeinterface: case OP_invokedynamic:
        return check_invoke(k, bci, op, index);
    case OP_new: case OP_anewarray: case OP_checkcast: case OP_instanceof: case OP_multianewarray: return check_class_operand(k, bci, op, index);
    case OP_newarray: return (p[1] >= T_BOOLEAN && p[1] <= T_LONG) || fail(k, bci, "Bad newarray type %u", p[1]);
    case OP_wide: return wide_ok(p[1]) || fail(k, bci, "Bad wide instruction");
    case OP_jsr: case OP_jsr_w: case OP_ret:
        return (k->m->owner->minor_major & 0xffff) < 51 || fail(k, bci, "jsr and ret are not allowed in this class file version");
    case OP_ireturn: case OP_lreturn: case OP_freturn: case OP_dreturn: case OP_areturn: case OP_return: return check_return(k, bci, op);
    default: return true;
    }
}

/* ---- Stack heights ---------------------------------------------------------------------------------------------------------------- */

static u32 field_slots(const Check *k, u32 index)
{
    Symbol *name, *desc;
    cp_name_and_type(k->cp, index, &name, &desc);
    return type_slots(descriptor_type(desc->bytes[0]));
}

static u32 letter_slots(const char *s, const char *end)
{
    u32 n = 0;
    for (; s < end; s++) n += *s == 'J' || *s == 'D' ? 2 : *s != '?';
    return n;
}

/* Slots that the instruction takes and puts. */
static void stack_effect(const Check *k, u32 bci, u32 *pops, u32 *pushes)
{
    const u8 *p = k->code + bci;
    u32 op = p[0] == OP_wide ? p[1] : p[0];
    const char *effect = opcodes[op].effect, *arrow = strchr(effect, '>');
    *pops = letter_slots(effect, arrow);
    *pushes = letter_slots(arrow, effect + strlen(effect)) - 1; /* the arrow itself counted one */
    if (op == OP_ldc || op == OP_ldc_w) *pushes = 1;
    else if (op == OP_ldc2_w) *pushes = 2;
    else if (op == OP_getstatic || op == OP_getfield) *pushes += field_slots(k, code_u16(p + 1));
    else if (op == OP_putstatic || op == OP_putfield) *pops += field_slots(k, code_u16(p + 1));
    else if (op == OP_multianewarray) *pops += p[3];
    else if (op >= OP_invokevirtual && op <= OP_invokedynamic) {
        Symbol *name, *desc;
        u32 slots;
        cp_name_and_type(k->cp, code_u16(p + 1), &name, &desc);
        method_descriptor_check(desc, &slots);
        *pops += slots;
        *pushes += type_slots(descriptor_type(strchr(desc->bytes, ')')[1]));
    }
}

static bool flow(Check *k, u32 from, i64 to, u32 depth)
{
    if (to < 0 || to >= k->length || !k->starts[to])
        return to == k->length ? fail(k, from, "Control flow falls through code end") : fail(k, from, "Illegal target of jump or branch");
    if (k->depth[to] == (i32)depth) return true;
    if (k->depth[to] >= 0) return fail(k, (u32)to, "Inconsistent stack height %u != %d", depth, k->depth[to]);
    k->depth[to] = (i32)depth;
    vec_push(&k->work, (u32)to);
    return true;
}

static bool flow_switch(Check *k, u32 bci, u32 depth)
{
    const u8 *at = k->code + ALIGN_UP(bci + 1, 4u);
    bool table = k->code[bci] == OP_tableswitch;
    u32 n = table ? (u32)(code_i32(at + 8) - code_i32(at + 4)) + 1 : (u32)code_i32(at + 4);
    if (!flow(k, bci, (i64)bci + code_i32(at), depth)) return false;
    for (u32 i = 0; i < n; i++) {
        if (!table && i && code_i32(at + 8 + 8 * i) <= code_i32(at + 8 * i)) return fail(k, bci, "Bad lookupswitch instruction");
        if (!flow(k, bci, (i64)bci + code_i32(table ? at + 12 + 4 * i : at + 12 + 8 * i), depth)) return false;
    }
    return true;
}

/* Where control goes from an instruction, with `depth` slots on the stack after it. */
static bool flow_on(Check *k, u32 bci, u32 depth)
{
    const u8 *p = k->code + bci;
    u32 op = p[0], next = bci + opcode_length_at(k->code, bci, k->length);
    switch (op) {
    case OP_goto: return flow(k, bci, (i64)bci + code_i16(p + 1), depth);
    case OP_goto_w: return flow(k, bci, (i64)bci + code_i32(p + 1), depth);
    case OP_jsr: return flow(k, bci, (i64)bci + code_i16(p + 1), depth) && flow(k, bci, next, depth - 1);
    case OP_jsr_w: return flow(k, bci, (i64)bci + code_i32(p + 1), depth) && flow(k, bci, next, depth - 1);
    case OP_tableswitch: case OP_lookupswitch: return flow_switch(k, bci, depth);
    case OP_ireturn: case OP_lreturn: case OP_freturn: case OP_dreturn: case OP_areturn: case OP_return: case OP_athrow: case OP_ret: return true;
    case OP_wide:
        if (p[1] == OP_ret) return true;
        break;
    default:
        if ((op >= OP_ifeq && op <= OP_if_acmpne) || op == OP_ifnull || op == OP_ifnonnull)
            if (!flow(k, bci, (i64)bci + code_i16(p + 1), depth)) return false;
    }
    return flow(k, bci, next, depth);
}

static bool step(Check *k, u32 bci)
{
    u32 pops, pushes, depth = (u32)k->depth[bci];
    for (u32 i = 0; i < k->m->nhandlers; i++) {
        const ExRange *h = &k->m->handlers[i];
        if (bci >= h->start && bci < h->end && !flow(k, bci, h->handler, 1)) return false;
    }
    stack_effect(k, bci, &pops, &pushes);
    if (pops > depth) return fail(k, bci, "Unable to pop operand off an empty stack");
    depth = depth - pops + pushes;
    if (depth > k->m->max_stack) return fail(k, bci, "Operand stack overflow");
    return flow_on(k, bci, depth);
}

/* ---- Methods and classes --------------------------------------------------------------------------------------------------------- */

static bool check_handlers(Check *k)
{
    for (u32 i = 0; i < k->m->nhandlers; i++) {
        const ExRange *h = &k->m->handlers[i];
        if (!k->starts[h->start] || !k->starts[h->handler] || (h->end < k->length && !k->starts[h->end]))
            return fail(k, h->handler, "Illegal exception table range");
        if (k->m->max_stack < 1) return fail(k, h->handler, "Operand stack overflow");
    }
    return true;
}

static bool check_code(Check *k)
{
    if (!find_starts(k) || !check_handlers(k)) return false;
    for (u32 bci = 0; bci < k->length; bci++)
        if (k->starts[bci] && !check_operands(k, bci)) return false;
    if (!flow(k, 0, 0, 0)) return false;
    while (k->work.len)
        if (!step(k, vec_pop(&k->work))) return false;
    return true;
}

static bool check_method(Thread *t, const Method *m)
{
    Check k = { .t = t, .m = m, .code = m->original, .length = m->code_length, .cp = m->owner->cp };
    k.starts = xcalloc(k.length + 1, 1);
    k.depth = xmalloc((k.length + 1) * sizeof *k.depth);
    memset(k.depth, 0xff, (k.length + 1) * sizeof *k.depth);
    bool ok = check_code(&k);
    free(k.starts);
    free(k.depth);
    vec_free(&k.work);
    return ok;
}

bool verify_class(Thread *t, Class *c)
{
    bool trusted = c->loader == boot_loader && !vm_options.verify_boot;
    if (trusted || c->access & CLASS_MAGIC) return true;
    for (u32 i = 0; i < c->nmethods; i++) {
        const Method *m = &c->methods[i];
        if (!m->code) continue;
        charge_begin(SVC_CLASS);
        charge_touch(m->original, m->code_length, false);
        charge_work(m->code_length * 20);
        charge_end();
        if (!check_method(t, m)) return false;
    }
    return true;
}
