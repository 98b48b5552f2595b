/* The outermost counted loop of a thread: see loops.h.

   The stack is looked at from its oldest activation inwards for one that is in a loop: a range of bytecode that a later jump leads back to. If at
   the loop's head a variable that the loop increases by a constant is compared with something that can be computed from
   other variables, the turns that are left are known. A loop around it that is not counted might go on for ever, and so nothing is said then.

   Time for a turn is measured over several turns or looks, as what a look sees of the turn that it is in may be little or much: with one turn or two from one look to the
   next, two measurements may be as far apart as one is to two. Each counts as much as all before it. Until two turns have ended nothing is said, but for a loop that changes nothing but variables.

   An outermost loop runs once. When a thread that was long in one is in another, what was hot in the first is over. */
#include "layout/loops.h"
#include "layout/costs.h"
#include "vm/opcodes.h"
#include "vm/object.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/vec.h"

enum {
    MAX_FRAMES = 256, MAX_LOOPS = 16, MAX_OPERANDS = 8, MAX_STEPS = 24 /* instructions of a loop's condition */, ENOUGH_TURNS = 2,
    SPAN = 4 /* turns or looks that a turn is measured over */,
    LONG = 16 /* a loop was long if it took one cycle of the run in so many */
};

typedef struct Step { bool known; u32 local; i32 by; } Step; /* of a variable each time around */
/* Bytecode from the head up to the jump back to it; the variables on both sides of its condition. */
typedef struct Loop { u32 head, end; Step step[2]; bool known, quiet; /* it stores into no object and calls nobody, if that is known */ } Loop;
typedef Vec(Loop) Loops;
typedef struct Operand { bool known; i64 value; i32 local; /* or -1 */ } Operand;
/* A loop's turns: what is left of them, and a number that tells where it is. */
typedef struct Turns { const Method *m; u32 head; i64 at, left; } Turns;

static Map loops_of; /* Method* -> Loops*, the widest first */

static struct {
    Turns from;          /* since when the time of a turn is being measured: */
    u64 since;
    u32 looks;           /* and how many there were */
    f64 turn;            /* cycles; 0: not known */
    bool measured;       /* over a whole span */
    i64 first;           /* turn at which the loop was met, */
    u64 met;             /* and when */
} L;

/* The outermost loop at the last look, counted or not. */
static struct { const Thread *t; const Method *m; u32 head, number; u64 entered; } current;

/* ---- Bytecode ------------------------------------------------------------------------------------------ */

static bool jumps(const u8 *code, u32 bci, i64 *to)
{
    u8 op = code[bci];
    if ((op >= OP_ifeq && op <= OP_goto) || op == OP_ifnull || op == OP_ifnonnull) *to = (i64)bci + code_i16(code + bci + 1);
    else if (op == OP_goto_w) *to = (i64)bci + code_i32(code + bci + 1);
    else return false;
    return true;
}

/* Several jumps back to one head (`continue`) are one loop. */
static void add_loop(Loops *all, u32 head, u32 end)
{
    for (size_t i = 0; i < all->len; i++)
        if (all->data[i].head == head) {
            if (end > all->data[i].end) all->data[i].end = end;
            return;
        }
    if (all->len < MAX_LOOPS) vec_push(all, ((Loop){ .head = head, .end = end }));
}

static Loops *find_loops(const Method *m)
{
    u64 *known = map_put(&loops_of, (u64)m);
    if (*known) return (Loops *)*known;
    Loops *all = xcalloc(1, sizeof *all);
    charge_units(loop_byte, m->code_length);
    charge_touch(m->original, m->code_length, false);
    for (u32 bci = 0, length; bci < m->code_length; bci += length) {
        i64 to;
        if (!(length = opcode_length_at(m->original, bci, m->code_length))) break;
        if (jumps(m->original, bci, &to) && to >= 0 && to <= bci) add_loop(all, (u32)to, bci + length);
    }
    *known = (u64)all;
    return all;
}

/* By how much the loop changes the variable each time around; 0: not by one constant. */
static i32 step_of(const Method *m, const Loop *l, u32 local)
{
    i32 step = 0;
    charge_units(loop_byte, l->end - l->head);
    charge_touch(m->original + l->head, l->end - l->head, false);
    for (u32 bci = l->head, length; bci < l->end; bci += length) {
        const u8 *code = m->original + bci;
        if (!(length = opcode_length_at(m->original, bci, m->code_length))) return 0;
        u8 op = code[0];
        bool stored = (op == OP_istore && code[1] == local) || (op >= OP_istore_0 && op <= OP_istore_3 && (u32)(op - OP_istore_0) == local) || op == OP_wide;
        if (stored) return 0;
        if (op != OP_iinc || code[1] != local) continue;
        if (step) return 0;
        step = (i8)code[2];
    }
    return step;
}

/* Is all that it changes variables? Then no turn finds objects linked otherwise than the one before. */
static bool is_quiet(const Method *m, Loop *l)
{
    if (l->known) return l->quiet;
    l->known = l->quiet = true;
    charge_units(loop_byte, l->end - l->head);
    charge_touch(m->original + l->head, l->end - l->head, false);
    for (u32 bci = l->head, length; bci < l->end && l->quiet; bci += length) {
        u8 op = m->original[bci];
        length = opcode_length_at(m->original, bci, m->code_length);
        l->quiet = length && op != OP_putfield && op != OP_putstatic && op != OP_aastore && !(op >= OP_invokevirtual && op <= OP_invokedynamic);
    }
    return l->quiet;
}

static i32 known_step(const Method *m, const Loop *l, Step *step, u32 local)
{
    if (!step->known || step->local != local) *step = (Step){ true, local, step_of(m, l, local) };
    return step->by;
}

/* ---- Values -------------------------------------------------------------------------------------------- */

static bool local_of(Thread *t, const Frame *f, u32 slot, u64 *value)
{
    if (f->flags & FRAME_COMPILED) return vm_hooks.code_local && vm_hooks.code_local(t, f, slot, value);
    charge_touch(&f->locals[slot], 8, false);
    *value = f->locals[slot];
    return true;
}

static Operand int_local(Thread *t, const Frame *f, u32 slot)
{
    u64 value = 0;
    bool known = slot < f->method->max_locals && local_of(t, f, slot, &value);
    return (Operand){ known, (i32)value, (i32)slot };
}

static Operand constant(i64 value) { return (Operand){ true, value, -1 }; }

static Operand length_of(Thread *t, const Frame *f, const Operand *array)
{
    u64 value = 0;
    if (array->local < 0 || !local_of(t, f, (u32)array->local, &value) || !value || !gc_base((void *)value)) return (Operand){ false, 0, -1 };
    charge_touch((void *)value, 12, false);
    return object_class((Object *)value)->kind == CLASS_ARRAY ? constant(gc_length((GcObject *)value)) : (Operand){ false, 0, -1 };
}

static Operand computed(u8 op, const Operand *a, const Operand *b)
{
    Operand r = { a->known && b->known, 0, -1 };
    u32 x = (u32)a->value, y = (u32)b->value;
    switch (op) {
    case OP_iadd: r.value = (i32)(x + y); break;
    case OP_isub: r.value = (i32)(x - y); break;
    case OP_imul: r.value = (i32)(x * y); break;
    case OP_ishl: r.value = (i32)(x << (y & 31)); break;
    case OP_ishr: r.value = (i32)x >> (y & 31); break;
    default: r.known = false;
    }
    return r;
}

/* ---- Conditions ---------------------------------------------------------------------------------------- */

typedef struct Stack { Operand v[MAX_OPERANDS]; u32 n; } Stack;

static void push(Stack *s, Operand o)
{
    if (s->n < MAX_OPERANDS) s->v[s->n++] = o;
}

/* One instruction that only computes; false: it is another. */
static bool compute(Stack *s, Thread *t, const Frame *f, u32 bci)
{
    const u8 *code = f->method->original + bci;
    u8 op = code[0];
    if (op >= OP_iconst_m1 && op <= OP_iconst_5) push(s, constant(op - OP_iconst_0));
    else if (op == OP_bipush) push(s, constant((i8)code[1]));
    else if (op == OP_sipush) push(s, constant(code_i16(code + 1)));
    else if (op == OP_ldc && f->method->cp->tags[code[1]] == CP_Integer) push(s, constant((i32)f->method->cp->v[code[1]]));
    else if (op == OP_iload) push(s, int_local(t, f, code[1]));
    else if (op >= OP_iload_0 && op <= OP_iload_3) push(s, int_local(t, f, op - OP_iload_0));
    else if (op == OP_aload) push(s, (Operand){ false, 0, code[1] });
    else if (op >= OP_aload_0 && op <= OP_aload_3) push(s, (Operand){ false, 0, op - OP_aload_0 });
    else if (op == OP_arraylength && s->n) s->v[s->n - 1] = length_of(t, f, &s->v[s->n - 1]);
    else if ((op == OP_iadd || op == OP_isub || op == OP_imul || op == OP_ishl || op == OP_ishr) && s->n >= 2) {
        s->v[s->n - 2] = computed(op, &s->v[s->n - 2], &s->v[s->n - 1]);
        s->n--;
    } else return false;
    return true;
}

/* The loop goes on while its variable has not reached `bound`; it leaves when `op` holds. -1: such a comparison does not count turns. */
static i64 turns_left(u8 op, i64 at, i64 bound, i32 step)
{
    i64 way = step > 0 ? bound - at : at - bound, by = step > 0 ? step : -step;
    bool right = step > 0 ? op == OP_if_icmpge || op == OP_if_icmpgt : op == OP_if_icmple || op == OP_if_icmplt;
    bool equal = op == OP_if_icmpgt || op == OP_if_icmplt; /* the bound is a turn too */
    if (op == OP_if_icmpeq) right = true; /* != */
    if (!right) return -1;
    return way < 0 ? 0 : (way + equal + by - 1) / by;
}

/* a op b with the sides changed. */
static u8 mirrored(u8 op)
{
    switch (op) {
    case OP_if_icmpge: return OP_if_icmple;
    case OP_if_icmpgt: return OP_if_icmplt;
    case OP_if_icmple: return OP_if_icmpge;
    case OP_if_icmplt: return OP_if_icmpgt;
    default: return op;
    }
}

/* Is it counted? The condition is what its head computes. */
static bool count_turns(Thread *t, const Frame *f, Loop *l, Turns *out)
{
    Stack s = { .n = 0 };
    u32 bci = l->head;
    charge_units(loop_look, 1);
    for (u32 i = 0; i < MAX_STEPS && compute(&s, t, f, bci); i++) bci += opcode_length_at(f->method->original, bci, f->method->code_length);
    u8 op = f->method->original[bci];
    if (op >= OP_ifeq && op <= OP_ifle) op = (u8)(op - OP_ifeq + OP_if_icmpeq), push(&s, constant(0));
    i64 to;
    if (op < OP_if_icmpeq || op > OP_if_icmple || s.n != 2 || !s.v[0].known || !s.v[1].known) return false;
    if (!jumps(f->method->original, bci, &to) || (to >= l->head && to < l->end)) return false; /* does not leave the loop */
    for (u32 side = 0; side < 2; side++) {
        i32 step = s.v[side].local >= 0 ? known_step(f->method, l, &l->step[side], (u32)s.v[side].local) : 0;
        i64 left = step ? turns_left(side ? mirrored(op) : op, s.v[side].value, s.v[1 - side].value, step) : -1;
        if (left < 0) continue;
        *out = (Turns){ f->method, l->head, step > 0 ? s.v[side].value / step : -s.v[side].value / -step, left };
        return true;
    }
    return false;
}

/* The widest loop that the activation is in; NULL: none. */
static Loop *widest(const Frame *f)
{
    Loops *all = find_loops(f->method);
    Loop *found = NULL;
    u32 bci = frame_bci(f);
    for (size_t i = 0; i < all->len; i++) {
        Loop *l = &all->data[i];
        if (bci >= l->head && bci < l->end && (!found || l->end - l->head > found->end - found->head)) found = l;
    }
    return found;
}

/* Of the thread, and *in which activation; NULL: none. False: there are too many activations to tell. */
static bool outermost(Thread *t, const Frame **in, Loop **loop)
{
    const Frame *frames[MAX_FRAMES];
    u32 n = 0;
    *loop = NULL;
    for (const Frame *f = t->frame; f; f = f->prev) {
        charge_touch(f, sizeof *f, false);
        if (n == MAX_FRAMES) return false;
        frames[n++] = f;
    }
    charge_units(start, n);
    while (n-- && !*loop) {
        const Frame *f = *in = frames[n];
        *loop = f->flags & FRAME_NATIVE || !f->method->original ? NULL : widest(f);
    }
    return true;
}

/* Is it the one that the last look found? */
static bool same_loop(const Thread *t, const Method *m, u32 head, u64 now, LoopLook *look)
{
    bool same = current.t == t && current.m == m && current.head == head;
    look->entered = !same && (current.t == t || !current.t);
    look->ended = look->entered && current.t && (now - current.entered) * LONG >= now;
    if (!same) current.entered = now;
    current.number += !same;
    current.t = t, current.m = m, current.head = head;
    return same;
}

/* ---- Time ---------------------------------------------------------------------------------------------- */

static void measure_from(const Turns *turns, u64 now) { L.from = *turns, L.since = now, L.looks = 0; }

/* The time of a turn, from what has gone by until now. */
static void measure(const Turns *turns, u64 now)
{
    i64 done = turns->at - L.from.at;
    f64 cycles = (f64)(now - L.since), turn = done ? cycles / (f64)done : 0;
    bool whole = ++L.looks >= SPAN || done >= SPAN;
    if (done && !L.measured) L.turn = turn;
    else if (done && whole) L.turn = turn > L.turn ? (L.turn + turn) / 2 : turn;
    if (L.turn > 0 && cycles > L.turn * (f64)(done + 1)) L.turn = cycles / (f64)(done + 1); /* one that takes longer */
    if (done && whole) L.measured = true, measure_from(turns, now);
}

/* Cycles, or 0. */
static f64 time_left(const Turns *turns, u64 now, bool quiet)
{
    if (turns->m != L.from.m || turns->head != L.from.head || turns->at < L.from.at) {
        measure_from(turns, now);
        L.turn = 0, L.measured = false, L.first = turns->at, L.met = now;
        current.number++;
        return 0; /* no time has been taken yet */
    }
    measure(turns, now);
    if (turns->at - L.first < (quiet ? 1 : ENOUGH_TURNS)) return 0; /* what the first does may not come again, or the next undo it */
    f64 into = (f64)(now - L.since) - L.turn * (f64)(turns->at - L.from.at), left = (f64)turns->left * L.turn - (into > 0 ? into : 0);
    LOG(layout, "loop in %s: %lld turns left of %.0f cycles", turns->m->name->bytes, (long long)turns->left, L.turn);
    return left > 0 ? left : 1;
}

/* Half a turn more may have gone by than the turns that were seen to end; and what was measured last may be more than what all of them took. */
static f64 surely(i64 turns, f64 cycles)
{
    i64 whole = turns - 1;
    f64 share = whole < 1 ? 0.5 : whole < SPAN ? 1 - 0.5 / ((f64)whole + 0.5) : 1, all = turns > 0 ? cycles / (f64)turns : 0;
    return all > 0 && all < L.turn * share ? all / L.turn : share;
}

LoopLook loops_look(Thread *t, u64 now)
{
    Turns turns;
    const Frame *f;
    Loop *loop;
    LoopLook look = { 0 };
    bool known = outermost(t, &f, &loop);
    if (loop) look.same = same_loop(t, f->method, loop->head, now, &look);
    else if (known && current.t == t && current.m) same_loop(t, NULL, 0, now, &look); /* that one is over, and there is none now */
    if (loop && count_turns(t, f, loop, &turns)) {
        look.ahead = time_left(&turns, now, is_quiet(f->method, loop));
        look.sure = surely(turns.at - L.first, (f64)(now - L.met));
        look.counted = current.number, look.at = turns.at;
    } else {
        L.from.m = NULL;
    }
    look.turn = L.turn;
    return look;
}
