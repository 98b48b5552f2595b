/* Static data flow for base pointers: see origin.h.
   One linear scan per method simulates the operand stack with, in each slot, the bytecode index of the instruction that produced
   the value. Forward branches carry their stack to the target, where it joins what falls through (`?:` leaves a value on it): a slot
   with two producers becomes a join. For each instruction that dereferences, the producer of its base is recorded; each store to a
   local records its producer, and a load of that local stands for those that reach it (reach.h), which is looked for only when it is asked: of most locals it never is. */
#include "layout/origin.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/vec.h"
#include "layout/costs.h"
#include "layout/reach.h"
#include "vm/names.h"
#include "vm/opcodes.h"
#include <stdlib.h>
#include <string.h>

enum { UNKNOWN = -1, PARAMETER = -2, MAX_DEPTH = 10, MAX_STACK = 512, MAX_CARRIED = 16, MAX_PLACES = 8, MAX_TOLD_APART = 64 /* stores in a method */ };

typedef struct LocalStore { u32 local, bci; i32 producer; bool followed; u8 *reach; } LocalStore; /* PARAMETER: on entry; reach: NULL if everywhere */
typedef struct Join { i32 a, b; } Join; /* producer number: code length + index in `joins` */
typedef struct Carried { u32 target, sp; i32 stack[MAX_CARRIED]; } Carried;
typedef struct Call { u32 bci, first, n; const Symbol *name; } Call; /* n slots of arguments, from `first` */
typedef struct Flow {
    Vec(Join) joins;
    i32 *base;                /* per bytecode: producer of the dereferenced operand */
    Vec(LocalStore) stores;
    Vec(i32) returns;         /* producers of areturn's operand */
    Vec(Call) calls;          /* by bytecode */
    Vec(i32) arguments;       /* of calls: producers, a slot each */
} Flow;

static Map flows; /* Method* -> Flow*; methods that were unloaded keep their metadata in simulated runs (vm/unload.c) */

typedef struct Scan {
    const Method *m;
    Flow *flow;
    i32 *stack;
    u32 sp;
    bool dead;                /* nothing falls through to the next instruction */
    Vec(Carried) carried;     /* stacks at forward branches not reached yet */
} Scan;

static void push(Scan *s, i32 producer, u32 slots)
{
    while (slots--)
        if (s->sp < MAX_STACK) s->stack[s->sp++] = producer;
}
static i32 pop(Scan *s, u32 slots)
{
    i32 v = UNKNOWN;
    while (slots--) v = s->sp ? s->stack[--s->sp] : UNKNOWN;
    return v;
}
static i32 peek(const Scan *s, u32 depth) { return depth < s->sp ? s->stack[s->sp - 1 - depth] : UNKNOWN; }
static u32 letter_slots(char c) { return c == 'J' || c == 'D' ? 2 : 1; }

static i32 join(Scan *s, i32 a, i32 b)
{
    if (a == b || b == UNKNOWN) return a;
    if (a == UNKNOWN) return b;
    Join j = { a, b };
    vec_push(&s->flow->joins, j);
    return (i32)(s->m->code_length + s->flow->joins.len - 1);
}

/* Control may go on at `target` (if that lies ahead) with the stack as it is. */
static void branch_to(Scan *s, u32 bci, u32 target)
{
    if (target <= bci || !s->sp || s->sp > MAX_CARRIED) return;
    Carried c = { .target = target, .sp = s->sp };
    memcpy(c.stack, s->stack, s->sp * sizeof *s->stack);
    vec_push(&s->carried, c);
}

/* What reaches bci: what falls through, and the stacks carried here. */
static void arrive(Scan *s, u32 bci)
{
    if (s->dead) s->sp = 0;
    bool any = !s->dead;
    for (size_t i = 0; i < s->carried.len; i++) {
        Carried *c = &s->carried.data[i];
        if (c->target != bci) continue;
        for (u32 k = 0; k < c->sp; k++) s->stack[k] = any && k < s->sp ? join(s, s->stack[k], c->stack[k]) : c->stack[k];
        s->sp = c->sp, any = true;
        *c = vec_pop(&s->carried);
        i--;
    }
    s->dead = false;
}

static void branches(Scan *s, u32 bci)
{
    const u8 *code = s->m->original;
    u8 op = code[bci];
    if ((op >= OP_ifeq && op <= OP_goto) || op == OP_ifnull || op == OP_ifnonnull) branch_to(s, bci, bci + (u32)code_i16(code + bci + 1));
    else if (op == OP_goto_w) branch_to(s, bci, bci + (u32)code_i32(code + bci + 1));
    s->dead = op == OP_goto || op == OP_goto_w || op == OP_athrow || op == OP_tableswitch || op == OP_lookupswitch ||
              (op >= OP_ireturn && op <= OP_return);
}

/* dup, dup_x1 ... swap: slots are copied, so producers move along. */
static void stack_op(Scan *s, u8 op)
{
    i32 a = pop(s, 1), b, c, d;
    switch (op) {
    case OP_dup: push(s, a, 1), push(s, a, 1); break;
    case OP_dup_x1: b = pop(s, 1), push(s, a, 1), push(s, b, 1), push(s, a, 1); break;
    case OP_dup_x2: b = pop(s, 1), c = pop(s, 1), push(s, a, 1), push(s, c, 1), push(s, b, 1), push(s, a, 1); break;
    case OP_dup2: b = pop(s, 1), push(s, b, 1), push(s, a, 1), push(s, b, 1), push(s, a, 1); break;
    case OP_dup2_x1: b = pop(s, 1), c = pop(s, 1), push(s, b, 1), push(s, a, 1), push(s, c, 1), push(s, b, 1), push(s, a, 1); break;
    case OP_dup2_x2:
        b = pop(s, 1), c = pop(s, 1), d = pop(s, 1);
        push(s, b, 1), push(s, a, 1), push(s, d, 1), push(s, c, 1), push(s, b, 1), push(s, a, 1);
        break;
    case OP_swap: b = pop(s, 1), push(s, a, 1), push(s, b, 1); break;
    }
}

static void field_op(Scan *s, u8 op, u32 bci, u32 index)
{
    Symbol *name, *desc;
    cp_name_and_type(s->m->cp, index, &name, &desc);
    u32 slots = letter_slots(desc->bytes[0]);
    bool put = op == OP_putfield || op == OP_putstatic, is_static = op == OP_getstatic || op == OP_putstatic;
    if (put) pop(s, slots);
    if (!is_static) s->flow->base[bci] = pop(s, 1);
    if (!put) push(s, (i32)bci, slots);
}

static void invoke_op(Scan *s, u8 op, u32 bci, u32 index)
{
    Symbol *name, *desc;
    cp_name_and_type(s->m->cp, index, &name, &desc);
    bool receiver = op != OP_invokestatic && op != OP_invokedynamic;
    u32 slots = receiver;
    const char *type = desc->bytes + 1;
    for (; *type != ')'; type += descriptor_length(type)) slots += letter_slots(*type);
    vec_push(&s->flow->calls, ((Call){ bci, (u32)s->flow->arguments.len, slots, name }));
    for (u32 i = slots; i--;) vec_push(&s->flow->arguments, peek(s, i));
    if (receiver) s->flow->base[bci] = peek(s, slots - 1);
    pop(s, slots);
    push(s, (i32)bci, type[1] == 'V' ? 0 : letter_slots(type[1]));
}

static void store_local(Scan *s, u32 bci, u32 local)
{
    LocalStore st = { local, bci, peek(s, 0), false, NULL };
    vec_push(&s->flow->stores, st);
}

static u32 local_of(const u8 *code, u32 bci, u8 wide_form, u8 first_short)
{
    u8 op = code[bci];
    if (op == OP_wide) return code_u16(code + bci + 2);
    return op == wide_form ? code[bci + 1] : (u32)(op - first_short) % 4;
}

/* Everything that opcodes.def's effect string describes. */
static void plain_op(Scan *s, u8 op, u32 bci)
{
    const char *pushed = opcodes[op].effect;
    u32 popped = 0;
    for (; *pushed != '>'; pushed++) popped += letter_slots(*pushed);
    if ((op >= OP_iaload && op <= OP_saload) || (op >= OP_iastore && op <= OP_sastore) || op == OP_arraylength || op == OP_checkcast ||
        op == OP_instanceof || op == OP_monitorenter || op == OP_monitorexit)
        s->flow->base[bci] = peek(s, popped - 1);
    if (op == OP_areturn) vec_push(&s->flow->returns, peek(s, 0));
    pop(s, popped);
    while (*++pushed) push(s, (i32)bci, letter_slots(*pushed));
}

static void step(Scan *s, u32 bci)
{
    const u8 *code = s->m->original;
    u8 op = code[bci], real = op == OP_wide ? code[bci + 1] : op;
    if (op >= OP_dup && op <= OP_swap) stack_op(s, op);
    else if (op >= OP_getstatic && op <= OP_putfield) field_op(s, op, bci, code_u16(code + bci + 1));
    else if (op >= OP_invokevirtual && op <= OP_invokedynamic) invoke_op(s, op, bci, code_u16(code + bci + 1));
    else if (op == OP_ldc || op == OP_ldc_w) push(s, (i32)bci, 1);
    else if (op == OP_ldc2_w) push(s, (i32)bci, 2);
    else if (op == OP_multianewarray) pop(s, code[bci + 3]), push(s, (i32)bci, 1);
    else {
        if (real == OP_astore || (real >= OP_astore_0 && real <= OP_astore_3)) store_local(s, bci, local_of(code, bci, OP_astore, OP_astore_0));
        plain_op(s, real, bci);
    }
    branches(s, bci);
}

static Flow *flow_of(const Method *m)
{
    u64 *known = map_get(&flows, (u64)m);
    if (known) return (Flow *)*known;
    Flow *f = xcalloc(1, sizeof *f);
    *map_put(&flows, (u64)m) = (u64)f;
    f->base = xmalloc(m->code_length * sizeof *f->base);
    for (u32 i = 0; i < m->code_length; i++) f->base[i] = UNKNOWN;
    charge_units(origin_byte, m->code_length);
    charge_touch(m->original, m->code_length, false);
    i32 stack[MAX_STACK];
    Scan s = { .m = m, .flow = f, .stack = stack };
    for (u32 i = 0; i < m->arg_slots; i++) vec_push(&f->stores, ((LocalStore){ i, 0, PARAMETER, false, NULL }));
    for (u32 bci = 0, n; bci < m->code_length; bci += n) {
        n = opcode_length_at(m->original, bci, m->code_length);
        if (!n) break;
        arrive(&s, bci);
        step(&s, bci);
    }
    vec_free(&s.carried);
    return f;
}

void origins_forget(void)
{
    MapEntry *e;
    for (size_t i = 0; (e = map_next(&flows, &i));) {
        Flow *f = (Flow *)e->value;
        for (size_t k = 0; k < f->stores.len; k++) free(f->stores.data[k].reach);
        free(f->base);
        vec_free(&f->joins), vec_free(&f->stores), vec_free(&f->returns), vec_free(&f->calls), vec_free(&f->arguments);
        free(f);
    }
    map_clear(&flows);
}

/* A method on the way to the access, and who has called it. */
typedef struct Context { const Method *m; u32 bci; const struct Context *caller; } Context; /* bci: of its own call of the next one */

typedef struct Search { Origin *out; u32 n; bool by_caller; } Search;

static void found(Search *s, Origin o)
{
    for (u32 i = 0; i < s->n; i++)
        if (s->out[i].field == o.field && s->out[i].array == o.array) return;
    if (s->n < MAX_ORIGINS) s->out[s->n++] = o;
}

static void search(Search *s, const Context *c, i32 producer, u32 depth);

/* What the caller gave for a parameter, by slot. If it is the caller: frames may have been made anew since. */
static void search_argument(Search *s, const Context *c, u32 slot, u32 depth)
{
    const Context *caller = c->caller;
    s->by_caller = true;
    if (!caller) return;
    Flow *f = flow_of(caller->m);
    for (size_t i = 0; i < f->calls.len; i++) {
        const Call *call = &f->calls.data[i];
        if (call->bci == caller->bci && call->name == c->m->name && slot < call->n) search(s, caller, f->arguments.data[call->first + slot], depth + 1);
    }
}

/* Where a local is stored to at several places, each reaches some loads only. */
static void tell_stores_apart(const Method *m, Flow *f, u32 local)
{
    u32 several = 0;
    for (size_t i = 0; i < f->stores.len && f->stores.len <= MAX_TOLD_APART; i++) several += f->stores.data[i].local == local;
    for (size_t i = 0; several > 1 && i < f->stores.len; i++) {
        LocalStore *st = &f->stores.data[i];
        if (st->local != local || st->followed) continue;
        u32 from = st->producer == PARAMETER ? 0 : st->bci + opcode_length_at(m->original, st->bci, m->code_length);
        st->reach = reach_from(m, from, local);
        st->followed = true;
    }
}

/* What the local that is loaded at `bci` may have been given. */
static void search_local(Search *s, const Context *c, u32 bci, u32 local, u32 depth)
{
    Flow *f = flow_of(c->m);
    tell_stores_apart(c->m, f, local);
    for (size_t i = 0; i < f->stores.len; i++) {
        const LocalStore *st = &f->stores.data[i];
        if (st->local != local || (st->reach && !reach_has(st->reach, bci))) continue;
        if (st->producer == PARAMETER) search_argument(s, c, local, depth);
        else search(s, c, st->producer, depth + 1);
    }
}

Class *origin_class(Loader *loader, const Symbol *desc)
{
    u32 dims = 0;
    while (desc->bytes[dims] == '[') dims++;
    const char *element = desc->bytes + dims;
    Symbol *name = *element == 'L' ? symbol_lookup(element + 1, desc->length - dims - 2u) : NULL;
    Class *c = *element == 'L' ? (name ? class_find_loaded(loader, name) : NULL) : class_primitive(descriptor_type(*element));
    for (; c && dims; dims--) c = c->array_class;
    return c;
}

/* The class of the array that an aaload reads, from the descriptor of the field that held it. */
static void search_element(Search *s, const Context *c, u32 bci, u32 depth)
{
    Origin holders[MAX_ORIGINS];
    Search inner = { holders, 0, false };
    search(&inner, c, flow_of(c->m)->base[bci], depth + 1);
    s->by_caller |= inner.by_caller;
    Class *array = NULL;
    for (u32 i = 0; i < inner.n && !array; i++)
        if (holders[i].field && holders[i].field->desc->bytes[0] == '[')
            array = origin_class(holders[i].field->owner->loader, holders[i].field->desc);
    found(s, (Origin){ NULL, array });
}

static void search_call(Search *s, const Context *c, u32 bci, u32 depth)
{
    const Method *m = c->m;
    u32 index = code_u16(m->original + bci + 1);
    if (m->original[bci] == OP_invokedynamic || !(m->cp->tags[index] & CP_RESOLVED)) return;
    const CallInfo *call = (const CallInfo *)m->cp->v[index];
    const Method *callee = call->method;
    if (!callee || !callee->original || callee->ret != T_OBJECT) return;
    Flow *f = flow_of(callee);
    Context at = { m, bci, c->caller }, inner = { callee, 0, &at };
    for (size_t i = 0; i < f->returns.len; i++) search(s, &inner, f->returns.data[i], depth + 1);
}

static void search(Search *s, const Context *c, i32 producer, u32 depth)
{
    if (producer == UNKNOWN || depth > MAX_DEPTH) return;
    const Method *m = c->m;
    u32 bci = (u32)producer;
    if (bci >= m->code_length) {
        Join j = flow_of(m)->joins.data[bci - m->code_length];
        search(s, c, j.a, depth + 1);
        search(s, c, j.b, depth + 1);
        return;
    }
    const u8 *code = m->original;
    u8 op = code[bci], real = op == OP_wide ? code[bci + 1] : op;
    if (op == OP_getfield || op == OP_getstatic) {
        u32 index = code_u16(code + bci + 1);
        if (m->cp->tags[index] & CP_RESOLVED) found(s, (Origin){ (Field *)m->cp->v[index], NULL });
    } else if (op == OP_aaload) {
        search_element(s, c, bci, depth);
    } else if (op == OP_checkcast) {
        search(s, c, flow_of(m)->base[bci], depth + 1);
    } else if (real == OP_aload || (real >= OP_aload_0 && real <= OP_aload_3)) {
        search_local(s, c, bci, local_of(code, bci, OP_aload, OP_aload_0), depth);
    } else if (op >= OP_invokevirtual && op <= OP_invokeinterface) {
        search_call(s, c, bci, depth);
    }
}

u32 origins_of(const CodePlace *places, u32 n, Origin *out, bool *by_caller)
{
    ASSERT(n >= 1);
    Context c[MAX_PLACES];
    if (n > MAX_PLACES) n = MAX_PLACES;
    for (u32 i = 0; i < n; i++) {
        if (!places[i].m->original || places[i].bci >= places[i].m->code_length) n = i;
        else c[i] = (Context){ places[i].m, places[i].bci, i + 1 < n ? &c[i + 1] : NULL };
    }
    if (!n) return 0;
    c[n - 1].caller = NULL;
    Search s = { out, 0, false };
    search(&s, &c[0], flow_of(c[0].m)->base[c[0].bci], 0);
    if (by_caller) *by_caller = s.by_caller;
    return s.n;
}
