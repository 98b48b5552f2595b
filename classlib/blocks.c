/* Synchronized blocks around an instruction, found by following the code forward from its start. Class files do not say where blocks are; but every
   compiler keeps what it locks in a local variable, stored or loaded just before `monitorenter`, and loaded just before `monitorexit`. So the state at
   an instruction is the list of such variables whose blocks are open. Paths that meet agree in well-formed code: the first to come counts. What was
   locked in no such way is not told. */
#include "classlib/blocks.h"
#include "base/log.h"
#include "base/vec.h"
#include "vm/opcodes.h"

enum { NO_LOCAL = 0xffff };

typedef struct Open { bool seen; u8 n; u16 last; /* what the instruction before stored or loaded */ u16 local[BLOCKS_MAX]; } Open;
typedef struct Blocks { const Method *m; Open *at; Vec(u32) work; Open now; } Blocks;

static void reach(Blocks *b, i64 bci)
{
    if (bci < 0 || bci >= b->m->code_length || b->at[bci].seen) return;
    b->at[bci] = b->now;
    b->at[bci].seen = true;
    vec_push(&b->work, (u32)bci);
}

static void reach_switch(Blocks *b, u32 bci)
{
    const u8 *w = b->m->original + ((bci + 4) & ~3u);
    bool table = b->m->original[bci] == OP_tableswitch;
    u32 n = table ? (u32)(code_i32(w + 8) - code_i32(w + 4) + 1) : (u32)code_i32(w + 4), step = table ? 4 : 8;
    reach(b, (i64)bci + code_i32(w));
    for (u32 i = 0; i < n; i++) reach(b, (i64)bci + code_i32(w + 12 + (u64)step * i));
}

/* The local variable that a reference is loaded from or stored in. */
static u16 accessed(const u8 *p)
{
    if (*p == OP_wide && (p[1] == OP_astore || p[1] == OP_aload)) return (u16)code_u16(p + 2);
    if (*p >= OP_astore_0 && *p <= OP_astore_3) return *p - OP_astore_0;
    if (*p >= OP_aload_0 && *p <= OP_aload_3) return *p - OP_aload_0;
    return *p == OP_astore || *p == OP_aload ? p[1] : NO_LOCAL;
}

static void leave(Open *o)
{
    u32 k = o->n;
    while (k && o->local[k - 1] != o->last) k--;
    if (!k) k = o->n;
    if (!k) return;
    for (; k < o->n; k++) o->local[k - 1] = o->local[k];
    o->n--;
}

static void step(Blocks *b, u32 bci)
{
    const Method *m = b->m;
    const u8 *p = m->original + bci;
    u32 length = opcode_length_at(m->original, bci, m->code_length);
    ASSERT(length);
    b->now = b->at[bci];
    b->now.last = NO_LOCAL;
    for (u32 i = 0; i < m->details->nhandlers; i++) {
        const ExRange *h = &m->details->handlers[i];
        if (bci >= h->start && bci < h->end) reach(b, h->handler);
    }
    b->now.last = *p == OP_dup ? b->at[bci].last : accessed(p);
    if (*p == OP_monitorenter && b->at[bci].n < BLOCKS_MAX) b->now.local[b->now.n++] = b->at[bci].last;
    if (*p == OP_monitorexit) b->now.last = b->at[bci].last, leave(&b->now);
    if ((*p >= OP_ifeq && *p <= OP_jsr) || *p == OP_ifnull || *p == OP_ifnonnull) reach(b, (i64)bci + code_i16(p + 1));
    else if (*p == OP_goto_w || *p == OP_jsr_w) reach(b, (i64)bci + code_i32(p + 1));
    else if (*p == OP_tableswitch || *p == OP_lookupswitch) reach_switch(b, bci);
    bool ends = *p == OP_goto || *p == OP_goto_w || *p == OP_athrow || *p == OP_tableswitch || *p == OP_lookupswitch || *p == OP_ret ||
                (*p >= OP_ireturn && *p <= OP_return);
    if (!ends) reach(b, (i64)bci + length);
}

/* Most methods have none. */
static bool has_blocks(const Method *m)
{
    for (u32 bci = 0, n; bci < m->code_length && (n = opcode_length_at(m->original, bci, m->code_length)); bci += n)
        if (m->original[bci] == OP_monitorenter) return true;
    return false;
}

u32 blocks_at(const Method *m, u32 bci, u16 locals[BLOCKS_MAX])
{
    ASSERT(m->code && bci < m->code_length);
    if (!has_blocks(m)) return 0;
    Blocks b = { .m = m, .at = xcalloc(m->code_length, sizeof *b.at), .now.last = NO_LOCAL };
    reach(&b, 0);
    while (b.work.len) step(&b, b.work.data[--b.work.len]);
    u32 n = 0;
    for (u32 i = 0; i < b.at[bci].n; i++)
        if (b.at[bci].local[i] < m->max_locals) locals[n++] = b.at[bci].local[i];
    vec_free(&b.work);
    free(b.at);
    return n;
}
