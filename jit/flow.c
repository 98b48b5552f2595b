/* Control flow and liveness of bytecode: see flow.h. Liveness runs backward over instructions until nothing changes; what a handler reads is
   live throughout its range, because frame states there must have it. */
#include "jit/flow.h"
#include "vm/opcodes.h"
#include <string.h>

u32 flow_length(const Flow *f, u32 bci)
{
    return f->length[bci] != 255 ? f->length[bci] : opcode_length_at(f->m->original, bci, f->m->code_length);
}

bool flow_falls_through(const Method *m, u32 bci)
{
    u8 op = m->original[bci];
    return !(op == OP_goto || op == OP_goto_w || op == OP_athrow || op == OP_tableswitch || op == OP_lookupswitch || op == OP_ret ||
             op == OP_jsr || op == OP_jsr_w || (op >= OP_ireturn && op <= OP_return));
}

static void switch_targets(const Method *m, u32 bci, void (*fn)(void *ctx, u32 target), void *ctx)
{
    const u8 *w = m->original + ((bci + 4) & ~3u);
    fn(ctx, bci + (u32)code_i32(w));
    if (m->original[bci] == OP_tableswitch) {
        u32 n = (u32)(code_i32(w + 8) - code_i32(w + 4) + 1);
        for (u32 i = 0; i < n; i++) fn(ctx, bci + (u32)code_i32(w + 12 + 4 * i));
    } else {
        u32 n = (u32)code_i32(w + 4);
        for (u32 i = 0; i < n; i++) fn(ctx, bci + (u32)code_i32(w + 12 + 8 * i));
    }
}

void flow_targets(const Method *m, u32 bci, void (*fn)(void *ctx, u32 target), void *ctx)
{
    u8 op = m->original[bci];
    const u8 *p = m->original + bci + 1;
    if ((op >= OP_ifeq && op <= OP_jsr) || op == OP_ifnull || op == OP_ifnonnull) fn(ctx, bci + (u32)code_i16(p));
    else if (op == OP_goto_w || op == OP_jsr_w) fn(ctx, bci + (u32)code_i32(p));
    else if (op == OP_tableswitch || op == OP_lookupswitch) switch_targets(m, bci, fn, ctx);
}

static void mark_leader(void *ctx, u32 target) { ((Flow *)ctx)->kind[target] |= FLOW_LEADER; }

static void scan(Flow *f)
{
    const Method *m = f->m;
    for (u32 bci = 0, n; bci < m->code_length; bci += n) {
        u8 op = m->original[bci];
        n = opcode_length_at(m->original, bci, m->code_length);
        ASSERT(n);
        f->length[bci] = n < 255 ? (u8)n : 255;
        f->kind[bci] |= FLOW_START;
        flow_targets(m, bci, mark_leader, f);
        bool branches = !flow_falls_through(m, bci) || (op >= OP_ifeq && op <= OP_if_acmpne) || op == OP_ifnull || op == OP_ifnonnull;
        if (branches && bci + n < m->code_length) f->kind[bci + n] |= FLOW_LEADER;
        f->invokes |= op >= OP_invokevirtual && op <= OP_invokedynamic;
        f->subroutines |= op == OP_jsr || op == OP_jsr_w || op == OP_ret || (op == OP_wide && m->original[bci + 1] == OP_ret);
    }
    f->kind[0] |= FLOW_LEADER;
    for (u32 i = 0; i < m->details->nhandlers; i++) f->kind[m->details->handlers[i].handler] |= FLOW_LEADER;
}

/* ---- What an instruction does to locals --------------------------------------------------------------------------- */
typedef struct LocalUse { bool reads, writes; u32 local; u8 type; } LocalUse;

static LocalUse local_use(const Method *m, u32 bci)
{
    static const u8 types[] = { IT_INT, IT_LONG, IT_FLOAT, IT_DOUBLE, IT_REF };
    const u8 *p = m->original + bci;
    u8 op = *p;
    u32 local;
    if (op == OP_wide) op = p[1], local = code_u16(p + 2);
    else local = p[1];
    if (op >= OP_iload && op <= OP_aload) return (LocalUse){ true, false, local, types[op - OP_iload] };
    if (op >= OP_iload_0 && op <= OP_aload_3) return (LocalUse){ true, false, (op - OP_iload_0) % 4u, types[(op - OP_iload_0) / 4] };
    if (op >= OP_istore && op <= OP_astore) return (LocalUse){ false, true, local, types[op - OP_istore] };
    if (op >= OP_istore_0 && op <= OP_astore_3) return (LocalUse){ false, true, (op - OP_istore_0) % 4u, types[(op - OP_istore_0) / 4] };
    if (op == OP_iinc) return (LocalUse){ true, true, local, IT_INT };
    if (m->code[bci] == OP_return_register_finalizer) return (LocalUse){ true, false, 0, IT_REF };
    return (LocalUse){ 0 };
}

/* ---- Liveness -------------------------------------------------------------------------------------------------------- */
typedef struct Join { Flow *f; u64 *to; } Join;
static void join_live(void *ctx, u32 target)
{
    Join *j = ctx;
    for (u32 w = 0; w < j->f->words; w++) j->to[w] |= j->f->live[(u64)target * j->f->words + w];
}

static bool live_step(Flow *f, u32 bci, u64 *now)
{
    const Method *m = f->m;
    Join j = { f, now };
    memset(now, 0, f->words * sizeof *now);
    flow_targets(m, bci, join_live, &j);
    if (flow_falls_through(m, bci)) join_live(&j, bci + flow_length(f, bci));
    LocalUse u = local_use(m, bci);
    if (u.writes) {
        now[u.local / 64] &= ~(1ull << u.local % 64);
        if (u.type == IT_LONG || u.type == IT_DOUBLE) now[(u.local + 1) / 64] &= ~(1ull << (u.local + 1) % 64);
    }
    if (u.reads) now[u.local / 64] |= 1ull << u.local % 64;
    for (u32 i = 0; i < m->details->nhandlers; i++) {
        const ExRange *h = &m->details->handlers[i];
        if (bci >= h->start && bci < h->end) join_live(&j, h->handler);
    }
    u64 *at = f->live + (u64)bci * f->words;
    if (!memcmp(at, now, f->words * sizeof *now)) return false;
    memcpy(at, now, f->words * sizeof *now);
    return true;
}

static void liveness(Flow *f)
{
    const Method *m = f->m;
    f->words = (m->max_locals + 64u) / 64; /* the second slot of a long in the last one too */
    f->live = xcalloc((u64)(m->code_length + 1) * f->words, sizeof(u64));
    u64 *now = xcalloc(f->words, sizeof *now);
    for (bool changed = true; changed;) {
        changed = false;
        for (u32 bci = m->code_length; bci-- > 0;)
            if (f->kind[bci] & FLOW_START) changed |= live_step(f, bci, now);
    }
    free(now);
}

Flow *flow_new(const Method *m)
{
    Flow *f = xcalloc(1, sizeof *f);
    f->m = m;
    f->kind = xcalloc(m->code_length + 1, 1);
    f->length = xcalloc(m->code_length + 1, 1);
    scan(f);
    if (!f->subroutines) liveness(f);
    return f;
}

void flow_free(Flow *f)
{
    free(f->kind);
    free(f->length);
    free(f->live);
    free(f);
}

/* ---- Types of locals ---------------------------------------------------------------------------------------------------- */
static u8 basic_ir_type(BasicType t)
{
    return t == T_LONG ? IT_LONG : t == T_FLOAT ? IT_FLOAT : t == T_DOUBLE ? IT_DOUBLE : t == T_OBJECT || t == T_ARRAY ? IT_REF : IT_INT;
}

enum { UNSEEN = 255 };
typedef struct TypeFlow { u8 *at; u32 n; u8 *now; bool changed; } TypeFlow;

static void join_types(void *ctx, u32 target)
{
    TypeFlow *t = ctx;
    u8 *to = t->at + (u64)target * t->n;
    for (u32 i = 0; i < t->n; i++) {
        u8 v = to[i] == UNSEEN ? t->now[i] : to[i] == t->now[i] ? to[i] : IT_VOID;
        if (v != to[i]) to[i] = v, t->changed = true;
    }
}

static void argument_types(const Method *m, u8 *types)
{
    u32 slot = 0;
    if (!(m->access & ACC_STATIC)) types[slot++] = IT_REF;
    for (u32 i = 0; i < m->details->nparams; i++) {
        types[slot] = basic_ir_type((BasicType)m->details->arg_types[i]);
        slot += type_slots((BasicType)m->details->arg_types[i]);
    }
}

void flow_local_types(const Flow *f, u32 bci, u8 *types)
{
    const Method *m = f->m;
    TypeFlow t = { .n = m->max_locals, .at = xmalloc((u64)(m->code_length + 1) * m->max_locals + 1), .now = xcalloc(m->max_locals + 2u, 1) };
    memset(t.at, UNSEEN, (u64)(m->code_length + 1) * m->max_locals);
    argument_types(m, t.now);
    join_types(&t, 0);
    for (t.changed = true; t.changed;) {
        t.changed = false;
        for (u32 i = 0, n; i < m->code_length; i += n) {
            n = flow_length(f, i);
            const u8 *in = t.at + (u64)i * t.n;
            if (t.n && in[0] == UNSEEN && !memchr(in, IT_VOID, t.n)) {
                bool seen = false;
                for (u32 k = 0; k < t.n; k++) seen |= in[k] != UNSEEN;
                if (!seen) continue;
            }
            memcpy(t.now, in, t.n);
            for (const ExRange *h = m->details->handlers; h < m->details->handlers + m->details->nhandlers; h++)
                if (i >= h->start && i < h->end) join_types(&t, h->handler);
            LocalUse u = local_use(m, i);
            if (u.writes) {
                t.now[u.local] = u.type;
                if (u.type == IT_LONG || u.type == IT_DOUBLE) t.now[u.local + 1] = IT_VOID;
                if (u.local && (t.now[u.local - 1] == IT_LONG || t.now[u.local - 1] == IT_DOUBLE)) t.now[u.local - 1] = IT_VOID;
            }
            flow_targets(m, i, join_types, &t);
            if (flow_falls_through(m, i)) join_types(&t, i + n);
        }
    }
    for (u32 i = 0; i < t.n; i++) types[i] = t.at[(u64)bci * t.n + i] == UNSEEN ? IT_VOID : t.at[(u64)bci * t.n + i];
    free(t.at);
    free(t.now);
}
