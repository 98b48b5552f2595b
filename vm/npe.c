/* Helpful NullPointerException messages (JEP 358): which action failed, from the instruction, and what was null, from where the
   null came. The second needs the instruction that pushed a given operand, so the method's operand stacks are simulated: each slot holds the
   bytecode index of the instruction that pushed it, or NO_SOURCE where paths that merge disagree. Also followed is which
   locals were written, because a parameter's number names it only as long as it holds the argument.

   Wording, limits and the order of the analysis are HotSpot's (one pass after the other over the code until every reachable
   instruction has a stack; merges are not propagated again), since programs compare the texts. Works on Method.original. */
#include "base/log.h"
#include "base/vec.h"
#include "vm/opcodes.h"
#include "vm/vm.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { NO_SOURCE = 0xffff, MAX_DETAIL = 5, MAX_SLOTS_TOTAL = 1000000, MAX_PASSES = 1000 };
enum { SLOT_UNKNOWN = -1, SLOT_CONSTRUCTOR = -2 };

typedef struct Stack {
    u32 depth;
    u64 written;   /* locals 0..63 that were assigned */
    u16 source[];  /* room for max_stack + some */
} Stack;

typedef struct Analysis {
    const Method *m;
    const u8 *code;
    Stack **stacks;  /* by bytecode index; NULL: not reached yet */
    u32 room;        /* slots a Stack has */
    u32 slots;       /* in all stacks so far */
    bool added, complete;
    char *text;      /* the message */
    size_t length;
    FILE *out;
} Analysis;

/* ---- Stacks ---------------------------------------------------------------------------------------------------------- */
static void push(Analysis *a, Stack *s, u32 source, u32 slots)
{
    for (u32 i = 0; i < slots && s->depth < a->room; i++) s->source[s->depth++] = (u16)source;
}

static void pop(Stack *s, u32 slots) { s->depth -= slots < s->depth ? slots : s->depth; }

/* Source of the slot `from_top` below the top. */
static u16 source_at(const Stack *s, u32 from_top)
{
    return from_top < s->depth ? s->source[s->depth - 1 - from_top] : NO_SOURCE;
}

static void mark_written(Stack *s, u32 local, u32 slots)
{
    for (u32 i = local; i < local + slots && i < 64; i++) s->written |= 1ull << i;
}

static bool was_written(const Stack *s, u32 local) { return local < 64 && s->written >> local & 1; }

static size_t stack_bytes(const Analysis *a) { return sizeof(Stack) + a->room * sizeof(u16); }

/* s comes to bci, too, and goes on as what is known there then. What a switch seems to go on at may have another depth: that of the latest counts. */
static void merge(Analysis *a, i64 bci, Stack *s)
{
    if (bci < 0 || bci >= a->m->code_length) return;
    Stack *old = a->stacks[bci];
    if (!old) {
        old = a->stacks[bci] = xmalloc(stack_bytes(a));
        memcpy(old, s, stack_bytes(a));
        a->slots += s->depth;
        a->added = true;
        return;
    }
    s->written |= old->written;
    for (u32 i = 0; i < s->depth; i++)
        if (i >= old->depth || old->source[i] != s->source[i]) s->source[i] = NO_SOURCE;
    memcpy(old, s, stack_bytes(a));
}

/* ---- Operands ---------------------------------------------------------------------------------------------------------- */
static u32 desc_slots(const char *desc) { return *desc == 'J' || *desc == 'D' ? 2 : *desc == 'V' ? 0 : 1; }

static u32 param_slots(const Symbol *desc)
{
    u32 n = 0;
    for (const char *p = desc->bytes + 1; *p != ')'; p += descriptor_length(p)) n += desc_slots(p);
    return n;
}

static void member(const Analysis *a, u32 bci, Symbol **name, Symbol **desc)
{
    cp_name_and_type(a->m->cp, code_u16(a->code + bci + 1), name, desc);
}

static u32 effect_slots(const char *p, const char *end)
{
    u32 n = 0;
    for (; p < end; p++) n += *p == 'J' || *p == 'D' ? 2 : 1;
    return n;
}

/* dup and its kin: `take` slots from the top are copied below `skip` others. */
static void duplicate(Analysis *a, Stack *s, u32 take, u32 skip)
{
    u16 moved[4];
    u32 n = take + skip;
    if (s->depth < n) return;
    memcpy(moved, &s->source[s->depth - n], n * sizeof *moved);
    s->depth -= n;
    for (u32 i = skip; i < n; i++) push(a, s, moved[i], 1);
    for (u32 i = 0; i < n; i++) push(a, s, moved[i], 1);
}

static void swap(Stack *s)
{
    if (s->depth < 2) return;
    u16 top = s->source[s->depth - 1];
    s->source[s->depth - 1] = s->source[s->depth - 2];
    s->source[s->depth - 2] = top;
}

/* The local that a load or store names, wide or not. */
static u32 local_index(const Analysis *a, u32 bci, u32 op)
{
    if (a->code[bci] == OP_wide) return code_u16(a->code + bci + 2);
    if (op >= OP_iload_0 && op <= OP_aload_3) return (op - OP_iload_0) & 3;
    if (op >= OP_istore_0 && op <= OP_astore_3) return (op - OP_istore_0) & 3;
    return a->code[bci + 1];
}

static bool is_store(u32 op) { return op >= OP_istore && op <= OP_astore_3; }

/* Switches do not, to HotSpot. */
static bool ends_flow(u32 op)
{
    return (op >= OP_ireturn && op <= OP_return) || op == OP_athrow || op == OP_goto || op == OP_goto_w || op == OP_ret || op == OP_jsr || op == OP_jsr_w;
}

static void simulate_field(Analysis *a, Stack *s, u32 bci, u32 op)
{
    Symbol *name, *desc;
    member(a, bci, &name, &desc);
    u32 slots = desc_slots(desc->bytes);
    if (op == OP_putfield || op == OP_putstatic) pop(s, slots);
    if (op == OP_getfield || op == OP_putfield) pop(s, 1);
    if (op == OP_getfield || op == OP_getstatic) push(a, s, bci, slots);
}

static void simulate_invoke(Analysis *a, Stack *s, u32 bci, u32 op)
{
    Symbol *name, *desc;
    member(a, bci, &name, &desc);
    pop(s, param_slots(desc) + (op != OP_invokestatic && op != OP_invokedynamic));
    push(a, s, bci, desc_slots(strchr(desc->bytes, ')') + 1));
}

/* What the instruction does to the stack. */
static void simulate(Analysis *a, Stack *s, u32 bci, u32 op)
{
    switch (op) {
    case OP_dup: duplicate(a, s, 1, 0); return;
    case OP_dup_x1: duplicate(a, s, 1, 1); return;
    case OP_dup_x2: duplicate(a, s, 1, 2); return;
    case OP_dup2: duplicate(a, s, 2, 0); return;
    case OP_dup2_x1: duplicate(a, s, 2, 1); return;
    case OP_dup2_x2: duplicate(a, s, 2, 2); return;
    case OP_swap: swap(s); return;
    case OP_checkcast: return; /* the same value goes on */
    case OP_ldc: case OP_ldc_w: case OP_ldc2_w: push(a, s, bci, op == OP_ldc2_w ? 2 : 1); return;
    case OP_getstatic: case OP_putstatic: case OP_getfield: case OP_putfield: simulate_field(a, s, bci, op); return;
    case OP_invokevirtual: case OP_invokespecial: case OP_invokestatic: case OP_invokeinterface: case OP_invokedynamic:
        simulate_invoke(a, s, bci, op);
        return;
    case OP_multianewarray:
        pop(s, a->code[bci + 3]);
        push(a, s, bci, 1);
        return;
    case OP_iinc:
        mark_written(s, a->code[bci] == OP_wide ? code_u16(a->code + bci + 2) : a->code[bci + 1], 1);
        return;
    default: break;
    }
    const char *effect = opcodes[op].effect, *arrow = strchr(effect, '>');
    u32 popped = effect_slots(effect, arrow);
    if (is_store(op)) mark_written(s, local_index(a, bci, op), popped);
    pop(s, popped);
    push(a, s, bci, effect_slots(arrow + 1, arrow + strlen(arrow)));
}

static void merge_switch(Analysis *a, u32 bci, u32 op, Stack *s)
{
    const u8 *p = a->code + ALIGN_UP(bci + 1, 4u);
    merge(a, (i64)bci + code_i32(p), s);
    if (op == OP_tableswitch) {
        i32 n = code_i32(p + 8) - code_i32(p + 4) + 1;
        for (i32 i = 0; i < n; i++) merge(a, (i64)bci + code_i32(p + 12 + 4 * i), s);
    } else {
        i32 n = code_i32(p + 4);
        for (i32 i = 0; i < n; i++) merge(a, (i64)bci + code_i32(p + 12 + 8 * i), s);
    }
}

/* One instruction: its stack goes to wherever control can go from here. */
static void step(Analysis *a, u32 bci, u32 length, Stack *s)
{
    if (!a->stacks[bci]) {
        a->complete = false;
        return;
    }
    memcpy(s, a->stacks[bci], stack_bytes(a));
    u32 op = a->code[bci] == OP_wide ? a->code[bci + 1] : a->code[bci];
    simulate(a, s, bci, op);
    if (!ends_flow(op)) merge(a, bci + length, s);
    bool branch = (op >= OP_ifeq && op <= OP_jsr) || op == OP_ifnull || op == OP_ifnonnull;
    if (branch) merge(a, (i64)bci + code_i16(a->code + bci + 1), s);
    else if (op == OP_goto_w || op == OP_jsr_w) merge(a, (i64)bci + code_i32(a->code + bci + 1), s);
    else if (op == OP_tableswitch || op == OP_lookupswitch) merge_switch(a, bci, op, s);
}

static void analyse(Analysis *a, u32 wanted)
{
    Stack *s = xcalloc(1, stack_bytes(a));
    merge(a, 0, s);
    for (u32 i = 0; i < a->m->details->nhandlers; i++) {
        u32 pc = a->m->details->handlers[i].handler;
        s->depth = 0;
        push(a, s, pc, 1);
        if (!a->stacks[pc]) merge(a, pc, s);
    }
    a->added = true;
    for (u32 pass = 0; !a->complete && a->added && pass < MAX_PASSES; pass++) {
        a->complete = true, a->added = false;
        for (u32 bci = 0, length; bci < a->m->code_length; bci += length) {
            length = opcode_length_at(a->code, bci, a->m->code_length);
            if (!length || a->slots > MAX_SLOTS_TOTAL) goto out;
            step(a, bci, length, s);
            if (bci + length == wanted && a->stacks[wanted]) {
                a->complete = true;
                break;
            }
        }
    }
out:
    free(s);
}

/* ---- Names ------------------------------------------------------------------------------------------------------------- */
static void put(Analysis *a, const char *fmt, ...) PRINTF(2, 3);
static void put(Analysis *a, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vfprintf(a->out, fmt, ap);
    va_end(ap);
}

/* java/lang/Foo as java.lang.Foo, but Object and String without their package. */
static void put_class(Analysis *a, const char *name, size_t length)
{
    static const char object[] = "java/lang/Object", string[] = "java/lang/String";
    if ((length == sizeof object - 1 && !memcmp(name, object, length)) || (length == sizeof string - 1 && !memcmp(name, string, length)))
        name += 10, length -= 10;
    for (size_t i = 0; i < length; i++) fputc(name[i] == '/' ? '.' : name[i], a->out);
}

static const char *primitive_name(char c)
{
    switch (c) {
    case 'B': return "byte";
    case 'C': return "char";
    case 'D': return "double";
    case 'F': return "float";
    case 'I': return "int";
    case 'J': return "long";
    case 'S': return "short";
    case 'Z': return "boolean";
    default: return "void";
    }
}

static void put_type(Analysis *a, const char *desc)
{
    u32 dims = 0;
    while (desc[dims] == '[') dims++;
    if (desc[dims] == 'L') put_class(a, desc + dims + 1, (size_t)(strchr(desc + dims, ';') - (desc + dims)) - 1);
    else put(a, "%s", primitive_name(desc[dims]));
    while (dims--) put(a, "[]");
}

static void put_method(Analysis *a, u32 bci)
{
    Symbol *name, *desc, *holder = cp_class_name(a->m->cp, cp_ref_class_index(a->m->cp, code_u16(a->code + bci + 1)));
    member(a, bci, &name, &desc);
    put_class(a, holder->bytes, holder->length);
    put(a, ".%s(", name->bytes);
    for (const char *p = desc->bytes + 1; *p != ')'; p += descriptor_length(p)) {
        if (p != desc->bytes + 1) put(a, ", ");
        put_type(a, p);
    }
    put(a, ")");
}

static void put_field_name(Analysis *a, u32 bci)
{
    Symbol *name, *desc;
    member(a, bci, &name, &desc);
    put(a, "%s", name->bytes);
}

static void put_static_field(Analysis *a, u32 bci)
{
    Symbol *holder = cp_class_name(a->m->cp, cp_ref_class_index(a->m->cp, code_u16(a->code + bci + 1)));
    put_class(a, holder->bytes, holder->length);
    put(a, ".");
    put_field_name(a, bci);
}

static void put_local(Analysis *a, u32 bci, u32 slot, bool is_argument)
{
    const Method *m = a->m;
    for (u32 i = 0; i < m->details->nlocals; i++) {
        const LocalRow *row = &m->details->locals[i];
        if (slot != row->slot || bci < row->start || bci >= (u32)row->start + row->length) continue;
        put(a, "%s", row->name->bytes);
        return;
    }
    bool is_static = m->access & ACC_STATIC;
    if (!is_static && slot == 0) {
        put(a, "this");
        return;
    }
    u32 at = !is_static, number = 1;
    for (const char *p = m->desc->bytes + 1; *p != ')'; p += descriptor_length(p), number++) {
        u32 size = desc_slots(p);
        if (is_argument && slot >= at && slot < at + size) {
            put(a, "<parameter%u>", number);
            return;
        }
        at += size;
    }
    put(a, "<local%u>", slot);
}

/* ---- The message ------------------------------------------------------------------------------------------------------- */
/* Depth, from the top of the stack, of the reference that must not be null. */
static i32 null_slot(const Analysis *a, u32 bci)
{
    u32 op = a->code[bci];
    Symbol *name, *desc;
    switch (op) {
    case OP_getfield: case OP_arraylength: case OP_athrow: case OP_monitorenter: case OP_monitorexit: return 0;
    case OP_putfield:
        member(a, bci, &name, &desc);
        return (i32)desc_slots(desc->bytes);
    case OP_invokevirtual: case OP_invokespecial: case OP_invokeinterface:
        member(a, bci, &name, &desc);
        return !strcmp(name->bytes, "<init>") ? SLOT_CONSTRUCTOR : (i32)param_slots(desc);
    case OP_iaload: case OP_laload: case OP_faload: case OP_daload: case OP_aaload: case OP_baload: case OP_caload: case OP_saload: return 1;
    case OP_iastore: case OP_fastore: case OP_aastore: case OP_bastore: case OP_castore: case OP_sastore: return 2;
    case OP_lastore: case OP_dastore: return 3;
    default: return SLOT_UNKNOWN;
    }
}

static void put_action(Analysis *a, u32 bci)
{
    static const char *const elements[] = { "int", "long", "float", "double", "object", "byte/boolean", "char", "short" };
    u32 op = a->code[bci];
    if (op >= OP_iaload && op <= OP_saload) {
        put(a, "Cannot load from %s array", elements[op - OP_iaload]);
    } else if (op >= OP_iastore && op <= OP_sastore) {
        put(a, "Cannot store to %s array", elements[op - OP_iastore]);
    } else if (op == OP_getfield || op == OP_putfield) {
        put(a, op == OP_getfield ? "Cannot read field \"" : "Cannot assign field \"");
        put_field_name(a, bci);
        put(a, "\"");
    } else if (op >= OP_invokevirtual && op <= OP_invokeinterface) {
        put(a, "Cannot invoke \"");
        put_method(a, bci);
        put(a, "\"");
    } else {
        put(a, "Cannot %s", op == OP_arraylength ? "read the array length" : op == OP_athrow ? "throw exception"
                          : op == OP_monitorenter ? "enter synchronized block" : "exit synchronized block");
    }
}

static bool is_load(u32 op) { return op == OP_iload || op == OP_aload || (op >= OP_iload_0 && op <= OP_iload_3) || (op >= OP_aload_0 && op <= OP_aload_3); }
static bool is_invoke(u32 op) { return op >= OP_invokevirtual && op <= OP_invokeinterface; }

static bool put_source(Analysis *a, u32 bci, u32 slot, u32 detail, bool inner);

static void put_array_element(Analysis *a, u32 source, u32 detail, bool inner)
{
    if (!put_source(a, source, 1, detail - 1, inner)) put(a, "<array>");
    put(a, "[");
    if (!put_source(a, source, 0, detail, true)) put(a, "...");
    put(a, "]");
}

static bool put_constant(Analysis *a, u32 source, u32 op)
{
    if (op == OP_aconst_null) put(a, "null");
    else if (op >= OP_iconst_m1 && op <= OP_iconst_5) put(a, "%d", (int)op - OP_iconst_0);
    else if (op == OP_bipush) put(a, "%d", (i8)a->code[source + 1]);
    else if (op == OP_sipush) put(a, "%d", code_i16(a->code + source + 1));
    else return false;
    return true;
}

/* Does put_source know how to describe what this instruction pushed? */
static bool describable(u32 op)
{
    return is_load(op) || is_invoke(op) || op == OP_getstatic || op == OP_getfield || (op >= OP_iaload && op <= OP_saload) ||
           op == OP_aconst_null || (op >= OP_iconst_m1 && op <= OP_iconst_5) || op == OP_bipush || op == OP_sipush;
}

/* The expression that pushed the slot `slot` below the top at bci; false: nothing to say. `inner`: an array index. */
static bool put_source(Analysis *a, u32 bci, u32 slot, u32 detail, bool inner)
{
    const Stack *s = a->stacks[bci];
    if (!detail || !s) return false;
    u32 source = source_at(s, slot);
    if (source == NO_SOURCE) return false;
    u32 op = a->code[source] == OP_wide ? a->code[source + 1] : a->code[source];
    if (!describable(op)) return false;
    bool outermost = detail == MAX_DETAIL && !inner;
    if (outermost) put(a, is_invoke(op) ? " because the return value of \"" : " because \"");
    if (is_load(op)) {
        u32 local = local_index(a, source, op);
        put_local(a, source, local, !was_written(s, local));
    } else if (is_invoke(op)) {
        put_method(a, source);
    } else if (op == OP_getstatic) {
        put_static_field(a, source);
    } else if (op == OP_getfield) {
        if (put_source(a, source, 0, detail - 1, inner)) put(a, ".");
        put_field_name(a, source);
    } else if (op >= OP_iaload && op <= OP_saload) {
        put_array_element(a, source, detail, inner);
    } else {
        return put_constant(a, source, op);
    }
    return true;
}

char *npe_message(Thread *t, Method *m, u32 bci)
{
    (void)t;
    if (!m->original || bci >= m->code_length) return NULL;
    if (!strcmp(m->owner->name->bytes, "jdk/internal/reflect/NativeConstructorAccessorImpl")) return NULL;
    Analysis a = { .m = m, .code = m->original, .room = m->max_stack + 1u };
    i32 slot = null_slot(&a, bci);
    if (slot < 0) return NULL;
    a.stacks = xcalloc(m->code_length, sizeof *a.stacks);
    analyse(&a, bci);
    a.out = open_memstream(&a.text, &a.length);
    if (!a.out) panic("no memory for a message");
    put_action(&a, bci);
    if (put_source(&a, bci, (u32)slot, MAX_DETAIL, false)) put(&a, "\" is null");
    fclose(a.out);
    for (u32 i = 0; i < m->code_length; i++) free(a.stacks[i]);
    free(a.stacks);
    return a.text;
}
