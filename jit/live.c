/* What compiled code still needs where it may be stopped, for collections: of each record the registers and the words of its activation that hold
   values which are read later. Nothing else is a root: what is dead neither keeps objects alive nor pins them.

   While code is made, records come in the order of positions, nearly: a cursor goes through the pieces of all values' lifetimes (regalloc.h) and keeps
   those that cover the current position. A host call clears registers that hold nothing (live_registers), as whoever scans registers does not know
   what code is running; in an activation, live_words names the words.

   Of values that are numbers, longs count: addresses of metadata are longs, and keep classes loaded. */
#include "jit/live.h"
#include "base/log.h"
#include "vm/sim.h"
#include <stdlib.h>

/* ---- While code is made ------------------------------------------------------------------------------------------------ */
static void add_piece(void *ctx, const RaPiece *p)
{
    LiveCursor *l = ctx;
    vec_push(&l->pieces, *p);
}

static int by_from(const void *a, const void *b)
{
    const RaPiece *x = a, *y = b;
    if (x->from != y->from) return x->from < y->from ? -1 : 1;
    return x->val < y->val ? -1 : x->val > y->val;
}

void live_begin(LiveCursor *l, Ra *r)
{
    l->f = r->f;
    ra_pieces(r, add_piece, l);
    if (l->pieces.len) qsort(l->pieces.data, l->pieces.len, sizeof *l->pieces.data, by_from);
}

void live_end(LiveCursor *l)
{
    vec_free(&l->pieces);
    vec_free(&l->active);
}

/* Makes `active` the pieces that cover pos. */
static void move_to(LiveCursor *l, u32 pos)
{
    if (pos < l->pos) {
        vec_clear(&l->active);
        l->next = 0;
    }
    l->pos = pos;
    size_t keep = 0;
    for (size_t i = 0; i < l->active.len; i++)
        if (l->pieces.data[l->active.data[i]].to > pos) l->active.data[keep++] = l->active.data[i];
    l->active.len = keep;
    for (; l->next < l->pieces.len && l->pieces.data[l->next].from <= pos; l->next++)
        if (l->pieces.data[l->next].to > pos) vec_push(&l->active, l->next);
}

static bool may_be_address(const LiveCursor *l, Val v)
{
    u8 type = ir(l->f, v)->type;
    return type == IT_REF || type == IT_LONG;
}

u32 live_note(LiveCursor *l, u32 pos, i32 (*word)(void *ctx, Loc at), void *ctx, JitCode *c, u64 *registers)
{
    u32 at = (u32)c->stream.len;
    u64 mask = 0;
    move_to(l, pos);
    vec_push(&c->stream, 0);
    for (size_t i = 0; i < l->active.len; i++) {
        const RaPiece *p = &l->pieces.data[l->active.data[i]];
        if (p->at.kind == LOC_X) mask |= 1ull << p->at.reg;
        else if (p->at.kind == LOC_F) mask |= 1ull << (32 + p->at.reg);
        else if ((p->at.kind == LOC_SLOT || p->at.kind == LOC_ARG) && may_be_address(l, p->val)) vec_push(&c->stream, (u32)word(ctx, p->at));
    }
    c->stream.data[at] = (u32)c->stream.len - at - 1;
    *registers = mask;
    return at;
}

/* ---- While code runs --------------------------------------------------------------------------------------------------- */
void live_registers(const JitRecord *r, HwCore *core)
{
    for (u32 i = 0; i < RA_NX; i++)
        if (!(r->live_registers >> ra_x[i] & 1)) core->x[ra_x[i]] = 0;
    if (r->kind == REC_ITABLE) return; /* asks with a scratch register */
    core->x[X_T0] = core->x[X_T1] = core->x[X_T2] = core->x[X_T3] = core->x[X_SCRATCH] = 0;
}

void live_no_registers(HwCore *core)
{
    for (u32 i = 0; i < RA_NX; i++) core->x[ra_x[i]] = 0;
    core->x[X_T0] = core->x[X_T1] = core->x[X_T2] = core->x[X_T3] = core->x[X_SCRATCH] = 0;
}

enum {
    ALWAYS = 1u << X_RA | 1u << 2 | 1u << 3 | 1u << X_THREAD | 1u << X_INTERPRETER | 1u << X_FRAME,
    SCRATCH = 1u << X_T0 | 1u << X_T1 | 1u << X_T2 | 1u << X_T3 | 1u << X_SCRATCH,
    ASKED = 1u << X_METHOD | 1u << X_INFO | 1u << X_KNOWN | 1u << X_SCRATCH
};

/* For the translator: registers that are read behind the call, return, indirect jump or host call at pc. */
u64 live_at(u64 pc)
{
    HwInsn i;
    const JitCode *c = code_at(pc);
    if (!c || !hw_decode(*(const u32 *)pc, &i)) return ~0ull;
    if (i.id == HW_I_HCALL) {
        const JitRecord *r = code_record(c, pc + 4);
        if (!r || r->kind == REC_LOCK || r->kind == REC_UNLOCK || r->kind == REC_ARRAYCOPY) return ~0ull; /* the host may leave registers alone */
        return r->live_registers | ALWAYS | (r->kind == REC_ITABLE ? ASKED : 0u);
    }
    if (i.rd == X_RA) return ALWAYS | ASKED;
    if (i.id == HW_I_JALR && i.rs1 == X_RA) return ALWAYS | 1u << X_A0;
    return ~(u64)SCRATCH | 1u << X_SCRATCH; /* through a table; a call's way to the method */
}

bool live_words(const Frame *f, void (*word)(void *ctx, const u64 *at), void *ctx)
{
    u64 pc = WIN_BASE + f->id;
    const JitCode *c = code_at(pc - 1);
    const JitRecord *r = c ? code_record(c, pc) : NULL;
    if (!r) return false;
    const u32 *w = c->stream.data + r->live;
    for (u32 i = 1; i <= w[0]; i++) word(ctx, (const u64 *)f + (i32)w[i]);
    return true;
}
