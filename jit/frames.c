/* Compiled activations on the Java stack.

   A compiled activation has its Frame where an interpreted one of the method would have it, arguments below it, spill slots and outgoing arguments
   above. While compiled code runs, only `ra` in it means something. Whenever the code enters the host, frames_settle fills in what
   stack walkers look at: prev, method, pc, sp, flags, and in `id` where in the code the activation is. It goes down through the compiled callers,
   found by return address and the code's frame size, until it meets a frame whose caller is settled already: bit 0 of ra says so (a
   jump ignores it). As an activation's caller stands still while the activation lives, this is right as long as the mark is; each
   frame is settled once per activation above it, and a fresh activation has a fresh ra without the mark.

   t->frame, while compiled code runs, is the nearest frame below that is not compiled (which the outermost compiled one returns to, or its
   entry's predecessor). Host calls set it to the innermost settled frame and put it back. */
#include "jit/frames.h"
#include "base/log.h"
#include "vm/sim.h"
#include "vm/guest/regs.h"
#include "vm/runtime.h"
#include <string.h>

/* ---- Settling -------------------------------------------------------------------------------------------------------------- */
static u32 frames_in(const JitCode *c, const JitRecord *r) { return r->state ? c->stream.data[r->state] : 1; }

/* The word of what frame k of the record's state, an inlined one, has locked, or W_NONE. */
static u32 lock_word(const JitCode *c, const JitRecord *r, u32 k, u32 at)
{
    bool unlocked = r->method_lock && k + 1 == frames_in(c, r);
    return k && !unlocked ? c->stream.data[at + FS_LOCK] : W_NONE;
}

/* The outermost of the record's frames is the Frame itself; inlined ones get theirs behind it. Of objects that are not made nobody sees whether they are
   locked. The core: of the innermost activation, which has values in registers. */
static Frame *settle_one(JitCode *c, const JitRecord *r, Frame *f, const HwCore *core)
{
    u32 n = frames_in(c, r), at = r->state + 1;
    Frame *g = f;
    for (u32 k = 0; k < n; k++) {
        u32 scope = r->state ? c->stream.data[at + FS_SCOPE] : r->where >> 16, bci = r->state ? c->stream.data[at + FS_BCI] : r->where & 0xffff;
        Method *m = c->scopes.data[scope].m;
        if (k) {
            Frame *inner = f + k;
            *inner = (Frame){ .prev = g, .flags = FRAME_INLINED, .lock = (Object *)frames_value(c, lock_word(c, r, k, at), core, f) };
            g = inner;
        }
        g->method = m;
        g->pc = m->code + bci;
        g->sp = (u64 *)((u8 *)f + c->extent);
        g->flags = FRAME_COMPILED | (k ? FRAME_INLINED : 0) | (k && g->lock ? FRAME_SYNC : 0);
        g->id = (u32)(c->start + r->pc - WIN_BASE);
        if (r->state) at += frame_words(c->stream.data + at);
    }
    if (c->sync && !(r->method_lock && n == 1) && r->kind != REC_OVERFLOW) f->flags |= FRAME_SYNC;
    else f->lock = NULL;
    if (is_entry_return(f->ra)) f->flags |= FRAME_ENTRY;
    return g;
}

Frame *frames_settle_caller(u64 ra, u64 *args)
{
    ra &= ~1ull;
    JitCode *c = NULL;
    const JitRecord *r = code_find(ra, &c);
    if (!r) return NULL;
    Frame *f = (Frame *)((u8 *)args - c->out), *innermost = settle_one(c, r, f, NULL);
    /* and its callers, one after the other */
    for (;;) {
        if (f->ra & 1) break;
        JitCode *up = NULL;
        const JitRecord *ur = code_find(f->ra, &up);
        if (!ur) break; /* the interpreter: prev is right */
        Frame *g = (Frame *)((u8 *)((u64 *)f - c->m->max_locals) - up->out);
        f->prev = settle_one(up, ur, g, NULL);
        f->ra |= 1;
        f = g, c = up;
    }
    return innermost;
}

Frame *frames_settle(Thread *t, JitCode *c, const JitRecord *r, Frame *f)
{
    if (c->leaf) f->ra = sim_core(t)->x[X_RA];
    Frame *innermost = settle_one(c, r, f, sim_core(t));
    Frame *caller = f->ra & 1 ? NULL : frames_settle_caller(f->ra, (u64 *)f - c->m->max_locals);
    if (caller) {
        f->prev = caller;
        f->ra |= 1;
    }
    return innermost;
}

/* ---- Leaving ------------------------------------------------------------------------------------------------------------------ */
u64 frames_value(const JitCode *c, u32 word, const HwCore *core, const Frame *f)
{
    i32 operand = (i32)word >> 4;
    switch (word & 15) {
    case W_X: ASSERT(core); return core->x[operand];
    case W_F64: ASSERT(core); return core->f[operand];
    case W_F32: ASSERT(core); return (u32)core->f[operand];
    case W_SLOT: return ((const u64 *)f)[operand];
    case W_SLOT32: return *(const u32 *)((const u64 *)f + operand);
    case W_CONST: return c->consts.data[operand];
    default: return 0;
    }
}

/* For VmHooks.code_local. Registers hold a frame's values as long as its activation is in a host call of its own, and nothing else runs in that. */
bool frames_local(const Thread *t, const Frame *f, u32 local, u64 *value)
{
    const Frame *base = f, *top = t->frame;
    while (base->flags & FRAME_INLINED) base--;
    while (top->flags & FRAME_INLINED) top--;
    JitCode *c = code_at(WIN_BASE + base->id - 1);
    const JitRecord *r = c ? code_record(c, WIN_BASE + base->id) : NULL;
    if (!r || !r->state) return false;
    const u32 *w = c->stream.data + r->state + 1;
    for (const Frame *g = base; g < f; g++) w += frame_words(w);
    if (local >= w[FS_LOCALS]) return false;
    u32 word = w[FS_VALUES + local];
    if ((word & 15) == W_X) {
        const u64 *x = r->kind != REC_CALL && top == base ? sim_registers(t) : NULL;
        if (x) *value = x[word >> 4];
        return x != NULL;
    }
    if ((word & 15) != W_SLOT && (word & 15) != W_CONST) return false;
    *value = frames_value(c, word, NULL, base);
    return true;
}

/* What the outermost activation returns to, as an interpreted frame says it. */
static void set_linkage(Frame *f, u64 ra, Frame *below, u32 sync)
{
    f->flags = sync;
    f->id = 0;
    if (is_entry_return(ra)) {
        f->flags |= FRAME_ENTRY;
        f->handles = NULL;
    } else if (code_at(ra & ~1ull)) {
        f->flags |= FRAME_TO_COMPILED;
        f->ra = ra;
        f->id = frame_offset(below);
    } else {
        f->handles = NULL;
    }
}

static Frame *outermost(Frame *f)
{
    while (f->flags & FRAME_INLINED) f--;
    return f;
}

/* One frame of the state, from position `at` of the stream and the values read before, with its locals at `locals`. */
static Frame *write_frame(const JitCode *c, u32 at, const u64 *values, u64 *locals, Frame *prev)
{
    const u32 *w = c->stream.data + at;
    Method *m = c->scopes.data[w[FS_SCOPE]].m;
    u32 nlocals = w[FS_LOCALS], nstack = w[FS_OPERANDS];
    memcpy(locals, values, nlocals * sizeof *values);
    Frame *f = (Frame *)(locals + m->max_locals);
    f->prev = prev;
    f->method = m;
    f->pc = m->code + w[FS_BCI];
    f->locals = locals;
    memcpy(frame_stack(f), values + nlocals, nstack * sizeof *values);
    f->sp = frame_stack(f) + nstack;
    return f;
}

/* ---- Objects that the code did without ------------------------------------------------------------------------------------------- */
enum { MAX_MADE = 64 };
typedef struct Made { u32 n; Object *object[MAX_MADE]; } Made;

static u64 value_of(const JitCode *c, u32 word, const HwCore *core, const Frame *f, const Made *made)
{
    if ((word & 15) != W_VIRTUAL) return frames_value(c, word, core, f);
    ASSERT(word >> 4 < made->n);
    return (u64)made->object[word >> 4];
}

static void set_field(Object *o, u32 where, u64 v)
{
    u32 offset = where & 0xffffff;
    switch (where >> 24) {
    case T_BOOLEAN: case T_BYTE: FIELD(o, u8, offset) = (u8)v; break;
    case T_CHAR: case T_SHORT: FIELD(o, u16, offset) = (u16)v; break;
    case T_INT: case T_FLOAT: FIELD(o, u32, offset) = (u32)v; break;
    case T_LONG: case T_DOUBLE: FIELD(o, u64, offset) = v; break;
    default: store_ref(o, offset, (const void *)v);
    }
}

/* From stream position `at`: all are allocated first, for they may hold each other. From the reserve: what leaves must not fail, nor collect. */
static void make_objects(Thread *t, const JitCode *c, u32 at, const HwCore *core, const Frame *f, Made *made)
{
    const u32 *w = c->stream.data + at;
    made->n = *w++;
    if (!made->n) return;
    ASSERT(made->n <= MAX_MADE);
    gc_reserve(true);
    for (u32 k = 0, p = 0; k < made->n; p += 2 + 2 * w[p + 1], k++) {
        made->object[k] = object_new(t, (Class *)(WIN_BASE + w[p]));
        if (!made->object[k]) die("out of memory: compiled code of %s.%s was left, and there is no room for the objects that it had done without", c->m->owner->name->bytes, c->m->name->bytes);
    }
    gc_reserve(false);
    for (u32 k = 0, p = 0; k < made->n; p += 2 + 2 * w[p + 1], k++)
        for (u32 i = 0; i < w[p + 1]; i++)
            set_field(made->object[k], w[p + 2 + 2 * i], value_of(c, w[p + 3 + 2 * i], core, f, made));
}

/* What an inlined frame has locked, or NULL. An object that has just been made is locked only now. */
static Object *inlined_lock(Thread *t, const JitCode *c, u32 word, const HwCore *core, const Frame *f, const Made *made)
{
    Object *o = (Object *)value_of(c, word, core, f, made);
    if ((word & 15) == W_VIRTUAL) monitor_enter(t, o);
    return o;
}

Frame *frames_leave(Thread *t, Frame *f, const HwCore *core)
{
    ASSERT(f->flags & FRAME_COMPILED);
    Frame *base = outermost(f), *below = t->code_below;
    u32 wanted = (u32)(f - base);
    u64 pc = WIN_BASE + base->id, ra = base->ra;
    JitCode *c = code_at(pc - 1); /* the host call may be the last instruction */
    ASSERT(c);
    const JitRecord *r = code_record(c, pc);
    ASSERT(r && r->state);
    u32 sync = base->flags & FRAME_SYNC, total = 0;
    u32 starts[64];
    u32 at = r->state + 1;
    for (u32 k = 0; k < c->stream.data[r->state]; k++) {
        if (k <= wanted) {
            ASSERT(k < NELEM(starts));
            starts[k] = at;
            total += frame_values(c->stream.data + at);
        }
        at += frame_words(c->stream.data + at);
    }
    Made made;
    Object *locks[64] = { base->lock };
    make_objects(t, c, at, core, base, &made);
    u64 *values = xmalloc((total + 1) * sizeof *values), n = 0;
    for (u32 k = 0; k <= wanted; k++) {
        const u32 *w = c->stream.data + starts[k];
        for (u32 i = 0; i < frame_values(w); i++) values[n++] = value_of(c, w[FS_VALUES + i], core, base, &made);
        if (k) locks[k] = inlined_lock(t, c, lock_word(c, r, k, starts[k]), core, base, &made);
    }
    Frame *g = base->prev, *lock_holder = NULL;
    u64 *locals = (u64 *)base - c->m->max_locals;
    n = 0;
    for (u32 k = 0; k <= wanted; k++) {
        const u32 *w = c->stream.data + starts[k];
        g = write_frame(c, starts[k], values + n, locals, g);
        g->lock = locks[k];
        if (k) g->flags = locks[k] ? FRAME_SYNC : 0, g->id = 0, g->handles = NULL;
        else set_linkage(g, ra, below, sync), lock_holder = g;
        n += frame_values(w);
        locals = g->sp;
    }
    ASSERT(lock_holder == base && (u8 *)g->sp <= (u8 *)t->stack_end);
    free(values);
    return g;
}
