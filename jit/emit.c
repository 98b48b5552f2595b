/* From SSA with locations to RV64: operands, records, moves, control flow, the frame's plan. Calls are in emit_call.c, switches in emit_switch.c. */
#include "jit/emit.h"
#include "jit/postpass.h"
#include "base/log.h"
#include "vm/runtime.h"
#include <string.h>

enum { MAX_FRAME = 16 << 10, ISLAND_GOOD = 2800, ISLAND_LAST = 3600, MAX_ROUNDS = 6 };

/* ---- Operands ------------------------------------------------------------------------------------------------------ */
bool e_constant(Emit *e, Val v, i64 *value)
{
    Ins *i = ir(e->f, v);
    if (i->op != IR_CONST) return false;
    *value = i->imm;
    return true;
}

static i64 slot_offset(Emit *e, Loc l)
{
    if (l.kind == LOC_SLOT) return (i64)sizeof(Frame) * e->c->frames + 8 * l.slot;
    if (l.slot < 0) return offsetof(Frame, lock); /* the lock of a synchronized method entered at a loop */
    return 8 * ((i64)l.slot - e->c->m->max_locals);
}

bool e_is_float(const Emit *e, Val v) { return ir(e->f, v)->type == IT_FLOAT || ir(e->f, v)->type == IT_DOUBLE; }

u32 e_x(Emit *e, Val v, u32 scratch)
{
    i64 k;
    if (e_constant(e, v, &k)) {
        if (!k) return X0;
        as_li(e->a, scratch, k);
        return scratch;
    }
    Loc l = ra_at(e->r, v, e->pos);
    if (l.kind == LOC_X) return l.reg;
    ASSERT(l.kind == LOC_SLOT || l.kind == LOC_ARG);
    as_i(e->a, HW_I_LD, scratch, X_FRAME, slot_offset(e, l));
    return scratch;
}

static void load_float_constant(Emit *e, u32 fd, IrType t, u64 bits)
{
    if (!bits) as_r(e->a, t == IT_FLOAT ? HW_I_FMV_W_X : HW_I_FMV_D_X, fd, X0, 0);
    else as_literal_f(e->a, t == IT_FLOAT ? HW_I_FLW : HW_I_FLD, fd, X_SCRATCH, bits);
}

u32 e_f(Emit *e, Val v, u32 scratch)
{
    i64 k;
    IrType t = (IrType)ir(e->f, v)->type;
    if (e_constant(e, v, &k)) {
        load_float_constant(e, scratch, t, (u64)k);
        return scratch;
    }
    Loc l = ra_at(e->r, v, e->pos);
    if (l.kind == LOC_F) return l.reg;
    as_i(e->a, t == IT_FLOAT ? HW_I_FLW : HW_I_FLD, scratch, X_FRAME, slot_offset(e, l));
    return scratch;
}

u32 e_dest(Emit *e, u32 scratch)
{
    Loc l = ra_result(e->r, e->v);
    return l.kind == LOC_X || l.kind == LOC_F ? l.reg : scratch;
}

/* ---- Records ---------------------------------------------------------------------------------------------------------- */
static u32 word_const(Emit *e, u64 v)
{
    for (size_t i = 0; i < e->c->consts.len; i++)
        if (e->c->consts.data[i] == v) return W_CONST | (u32)i << 4;
    vec_push(&e->c->consts, v);
    return W_CONST | (u32)(e->c->consts.len - 1) << 4;
}

static u32 word_of(Emit *e, Val v, Loc l)
{
    bool single = ir(e->f, v)->type == IT_FLOAT;
    switch (l.kind) {
    case LOC_X: return W_X | (u32)l.reg << 4;
    case LOC_F: return (single ? W_F32 : W_F64) | (u32)l.reg << 4;
    case LOC_SLOT: case LOC_ARG: return (single ? W_SLOT32 : W_SLOT) | (u32)(slot_offset(e, l) / 8) << 4;
    default: return W_NONE;
    }
}

/* Extras of the state whose record is being made. */
typedef void EachVirtual(Emit *e, Val object, const Val *contents, u32 n, void *ctx);
static void each_virtual(Emit *e, EachVirtual *fn, void *ctx)
{
    const State *s = ir_state(e->f, e->told);
    u32 at = s->vals + ir_state_words(s), end = at + s->nextra;
    const Field *fields[64];
    while (at < end) {
        Val object = e->f->pool.data[at];
        u32 n = ir_fields(ir(e->f, object)->ref, fields, NELEM(fields) - 1);
        fn(e, object, e->f->pool.data + at + 1, n, ctx);
        at += 1 + n;
    }
    ASSERT(at == end);
}

typedef struct Wanted { Val v; u32 index, n; bool found; } Wanted;
static void count_virtual(Emit *e, Val object, const Val *contents, u32 n, void *ctx)
{
    (void)e, (void)contents, (void)n;
    Wanted *w = ctx;
    if (object == w->v && !w->found) w->index = w->n, w->found = true;
    w->n++;
}

static u32 virtual_index(Emit *e, Val v)
{
    Wanted w = { .v = v };
    each_virtual(e, count_virtual, &w);
    ASSERT(w.found);
    return w.index;
}

u32 e_word(Emit *e, Val v, u32 at)
{
    if (!v) return W_NONE;
    if (ir(e->f, v)->op == IR_CONST) return word_const(e, (u64)ir(e->f, v)->imm);
    if (ir(e->f, v)->op == IR_VIRTUAL) return W_VIRTUAL | virtual_index(e, v) << 4;
    return word_of(e, v, ra_at(e->r, v, at));
}

u32 e_result_word(Emit *e, Val v)
{
    return e->r->of[v] ? word_of(e, v, ra_result(e->r, v)) : W_NONE;
}

static void put(Emit *e, u32 w) { vec_push(&e->c->stream, w); }

static u32 depth_of(IrFn *f, u32 state)
{
    u32 n = 0;
    for (; state; state = ir_state(f, state)->parent) n++;
    return n;
}

static void put_frame(Emit *e, u32 state, u32 at)
{
    State *s = ir_state(e->f, state);
    if (s->parent) put_frame(e, s->parent, at);
    s = ir_state(e->f, state);
    put(e, s->scope);
    put(e, s->bci);
    put(e, s->during);
    put(e, s->nlocals);
    put(e, s->nstack);
    put(e, s->nlocks ? e_word(e, e->f->pool.data[s->vals + s->nlocals + s->nstack], at) : W_NONE);
    for (u32 i = 0; i < (u32)s->nlocals + s->nstack; i++) put(e, e_word(e, e->f->pool.data[s->vals + i], at));
}

static i32 word_offset(void *ctx, Loc at) { return (i32)(slot_offset(ctx, at) / 8); }

static void put_virtual(Emit *e, Val object, const Val *contents, u32 n, void *ctx)
{
    const Field *fields[64];
    const Class *c = ir(e->f, object)->ref;
    ir_fields(c, fields, NELEM(fields) - 1);
    put(e, (u32)((u64)c - WIN_BASE));
    put(e, n);
    for (u32 k = 0; k < n; k++) {
        put(e, fields[k]->offset | (u32)fields[k]->type << 24);
        put(e, e_word(e, contents[k], *(u32 *)ctx));
    }
}

static void put_virtuals(Emit *e, u32 at)
{
    Wanted w = { 0 };
    each_virtual(e, count_virtual, &w);
    put(e, w.n);
    each_virtual(e, put_virtual, &at);
}

u32 e_record(Emit *e, RecordKind kind, u32 state, u32 at)
{
    JitRecord r = { .kind = (u8)kind, .where = ir(e->f, e->v)->where };
    if (state) {
        r.state = (u32)e->c->stream.len;
        e->told = state;
        put(e, depth_of(e->f, state));
        put_frame(e, state, at);
        put_virtuals(e, at);
    }
    r.live = live_note(&e->live, at, word_offset, e, e->c, &r.live_registers);
    vec_push(&e->c->records, r);
    return (u32)e->c->records.len - 1;
}

Label e_stub(Emit *e, u32 record, bool returns, Label *back)
{
    Stub s = { .at = as_label(e->a), .back = returns ? as_label(e->a) : 0, .returns = returns, .record = record, .born = as_pc(e->a) };
    vec_push(&e->stubs, s);
    if (back) *back = s.back;
    return s.at;
}

Label e_deopt(Emit *e, JitReason reason, u32 state)
{
    u32 r = e_record(e, REC_DEOPT, state, e->pos);
    e->c->records.data[r].reason = (u8)reason;
    return e_stub(e, r, false, NULL);
}

static void host_call(Emit *e, u32 record)
{
    as_op(e->a, HW_I_HCALL, 0, 0, 0, HCALL_CODE);
    e->c->records.data[record].pc = as_pc(e->a);
}

static void stubs(Emit *e)
{
    for (; e->stubs_done < e->stubs.len; e->stubs_done++) {
        Stub s = e->stubs.data[e->stubs_done];
        as_bind(e->a, s.at);
        host_call(e, s.record);
        if (s.returns) as_jump(e->a, s.back);
    }
}

/* Between blocks, or instructions: will branches to the oldest stub soon not reach it? Better where the block ends, with a jump. */
static void island(Emit *e, bool ends)
{
    if (e->stubs_done == e->stubs.len) return;
    u32 age = as_pc(e->a) - e->stubs.data[e->stubs_done].born, size = 8 * ((u32)e->stubs.len - e->stubs_done);
    if (age + size < (ends ? ISLAND_GOOD : ISLAND_LAST)) return;
    Label over = as_label(e->a);
    if (!ends) as_jump(e->a, over);
    e_tails(e);
    stubs(e);
    as_bind(e->a, over);
}

/* ---- Moves: all those at one position happen at once ---------------------------------------------------------------------- */
static bool loc_equal(Loc a, Loc b)
{
    if (a.kind != b.kind) return false;
    return a.kind == LOC_X || a.kind == LOC_F ? a.reg == b.reg : a.kind != LOC_CONST && a.slot == b.slot;
}

static void store_to(Emit *e, Loc to, u32 x, IrType t, bool fp)
{
    i64 at = slot_offset(e, to);
    if (fp) as_s(e->a, t == IT_FLOAT ? HW_I_FSW : HW_I_FSD, x, X_FRAME, at);
    else as_s(e->a, HW_I_SD, x, X_FRAME, at);
}

static void move(Emit *e, Val v, Loc from, Loc to)
{
    Asm *a = e->a;
    IrType t = (IrType)ir(e->f, v)->type;
    bool fp = e_is_float(e, v), single = t == IT_FLOAT;
    i64 k = ir(e->f, v)->imm;
    if (to.kind == LOC_X) {
        if (from.kind == LOC_CONST) as_li(a, to.reg, k);
        else if (from.kind == LOC_X) as_mv(a, to.reg, from.reg);
        else as_i(a, HW_I_LD, to.reg, X_FRAME, slot_offset(e, from));
    } else if (to.kind == LOC_F) {
        if (from.kind == LOC_CONST) load_float_constant(e, to.reg, t, (u64)k);
        else if (from.kind == LOC_F) as_r(a, single ? HW_I_FSGNJ_S : HW_I_FSGNJ_D, to.reg, from.reg, from.reg);
        else as_i(a, single ? HW_I_FLW : HW_I_FLD, to.reg, X_FRAME, slot_offset(e, from));
    } else if (from.kind == LOC_X || from.kind == LOC_F) {
        store_to(e, to, from.reg, t, fp);
    } else if (from.kind == LOC_CONST) {
        if (k) as_li(a, X_SCRATCH, k);
        as_s(a, HW_I_SD, k ? X_SCRATCH : X0, X_FRAME, slot_offset(e, to));
    } else {
        as_i(a, HW_I_LD, X_SCRATCH, X_FRAME, slot_offset(e, from));
        as_s(a, HW_I_SD, X_SCRATCH, X_FRAME, slot_offset(e, to));
    }
}

/* A cycle is opened by putting what its first target holds into a scratch register. */
static void open_cycle(Emit *e, RaMove *m, u32 n, u32 first)
{
    Loc held = m[first].to, scratch = { .kind = LOC_X, .reg = X_T0 };
    Val v = m[first].val;
    for (u32 i = 0; i < n; i++)
        if (i != first && loc_equal(m[i].from, held)) v = m[i].val;
    if (held.kind == LOC_F || (held.kind != LOC_X && e_is_float(e, v))) scratch = (Loc){ .kind = LOC_F, .reg = F_T0 };
    move(e, v, held, scratch);
    for (u32 i = 0; i < n; i++)
        if (i != first && loc_equal(m[i].from, held)) m[i].from = scratch;
}

static void parallel(Emit *e, RaMove *m, u32 n)
{
    for (u32 left = n; left;) {
        bool progress = false;
        for (u32 i = 0; i < left; i++) {
            bool blocked = false;
            for (u32 k = 0; k < left && !blocked; k++) blocked = k != i && loc_equal(m[k].from, m[i].to);
            if (blocked) continue;
            move(e, m[i].val, m[i].from, m[i].to);
            m[i] = m[--left];
            progress = true;
            i--;
        }
        if (!progress) open_cycle(e, m, left, 0);
    }
}

/* The first move at `pos` or behind. */
static size_t first_move(const Ra *r, u32 pos)
{
    size_t lo = 0, hi = r->moves.len;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (r->moves.data[mid].pos < pos) lo = mid + 1;
        else hi = mid;
    }
    return lo;
}

static void moves_at(Emit *e, u32 pos)
{
    Ra *r = e->r;
    while (e->move < r->moves.len && r->moves.data[e->move].pos < pos) panic("a move at position %u was left out", r->moves.data[e->move].pos);
    while (e->move < r->moves.len && r->moves.data[e->move].pos == pos) {
        size_t n = e->move;
        bool edge = r->moves.data[n].edge;
        while (n < r->moves.len && r->moves.data[n].pos == pos && r->moves.data[n].edge == edge) n++;
        u32 count = (u32)(n - e->move);
        RaMove *m = xmalloc(count * sizeof *m);
        memcpy(m, r->moves.data + e->move, count * sizeof *m);
        parallel(e, m, count);
        free(m);
        e->move = n;
    }
}

/* The result of value v is made: its slot gets it too, if it has one. */
static void store_result(Emit *e, Val v)
{
    i32 slot = ra_store_slot(e->r, v);
    Loc l = ra_result(e->r, v);
    if (slot < 0 || (l.kind != LOC_X && l.kind != LOC_F)) return;
    store_to(e, (Loc){ .kind = LOC_SLOT, .slot = slot }, l.reg, (IrType)ir(e->f, v)->type, l.kind == LOC_F);
}

/* ---- Control flow ------------------------------------------------------------------------------------------------------------ */
static bool moves_between(const Ra *r, u32 from, u32 to)
{
    size_t k = first_move(r, from);
    return k < r->moves.len && r->moves.data[k].pos <= to;
}

const HintMark *e_hint_mark(const Emit *e, Val v)
{
    for (size_t k = 0; k < e->f->hints.len; k++)
        if (e->f->hints.data[k].branch == v) return &e->f->hints.data[k];
    return NULL;
}

/* Nothing but a jump, as most blocks on edges that were split: it has no code, and jumps to it lead to where it jumps. */
static bool is_empty(const Emit *e, u32 block)
{
    const Block *b = ir_block(e->f, block);
    return block != e->f->rpo.data[0] && b->ins.len == 1 && ir(e->f, b->ins.data[0])->op == IR_GOTO && b->succs.data[0] != block &&
           !moves_between(e->r, e->r->first[block], e->r->last[block] - 1);
}

static u32 through_empty(const Emit *e, u32 block)
{
    for (u32 n = 0; n < e->f->blocks.len && is_empty(e, block); n++) block = ir_block(e->f, block)->succs.data[0];
    return block;
}

/* Nothing but a branch on what is in registers, so that it can be made elsewhere, too? */
static bool only_decides(const Emit *e, u32 block)
{
    const Block *b = ir_block(e->f, block);
    Val branch = vec_last(&b->ins);
    if (ir(e->f, branch)->op != IR_IF || e_hint_mark(e, branch)) return false; /* the place of a hint's branch is told: there is one */
    for (size_t k = 0; k + 1 < b->ins.len; k++)
        if (ir(e->f, b->ins.data[k])->op != IR_PHI || ra_store_slot(e->r, b->ins.data[k]) >= 0) return false;
    return !moves_between(e->r, e->r->first[block], e->r->pos[branch]);
}

static void order_blocks(Emit *e)
{
    size_t n = e->f->blocks.len;
    e->order = xcalloc(n, sizeof(u32)), e->place = xcalloc(n, sizeof(u32)), e->through = xcalloc(n, sizeof(u32));
    for (size_t i = 0; i < e->f->rpo.len; i++) e->through[e->f->rpo.data[i]] = through_empty(e, e->f->rpo.data[i]);
    e->decides = xcalloc(n, sizeof *e->decides);
    for (size_t i = 0; i < e->f->rpo.len; i++) e->decides[e->f->rpo.data[i]] = only_decides(e, e->f->rpo.data[i]);
    if (jit_options.bytecode_order) {
        for (u32 o = 0; o < e->r->norder; o++)
            if (e->through[e->r->order[o]] == e->r->order[o]) e->order[e->norder++] = e->r->order[o];
    } else {
        e->norder = ir_traces(e->f, e->through, e->decides, e->order);
    }
    for (u32 o = 0; o < e->norder; o++) e->place[e->order[o]] = o;
}

void e_go(Emit *e, u32 block)
{
    block = e->through[block];
    if (block != e->next_block) as_jump(e->a, e->blocks[block]);
}

/* a <cc> b as a branch: GT and LE are LT and GE with operands exchanged. */
HwInsnId e_condition(u32 cc, bool *swap)
{
    *swap = cc == CC_GT || cc == CC_LE;
    switch (cc) {
    case CC_EQ: return HW_I_BEQ;
    case CC_NE: return HW_I_BNE;
    case CC_LT: case CC_GT: return HW_I_BLT;
    case CC_GE: case CC_LE: return HW_I_BGE;
    case CC_ULT: return HW_I_BLTU;
    default: return HW_I_BGEU;
    }
}

static void branch_if(Emit *e, u32 cc, u32 x, u32 y, Label to)
{
    bool swap;
    HwInsnId id = e_condition(cc, &swap);
    as_branch(e->a, id, swap ? y : x, swap ? x : y, to);
}

/* Here is branch v (hints.h), whose operands are in registers x and y. */
void e_note_branch(Emit *e, Val v, u32 x, u32 y)
{
    for (size_t k = 0; k < e->f->hints.len; k++) {
        const HintMark *h = &e->f->hints.data[k];
        if (h->branch != v) continue;
        const Ins *i = ir(e->f, v);
        HintSite s = { .pc = as_pc(e->a), .where = i->where, .op = i->op, .cc = i->sub, .made = h->made, .can = h->can };
        s.reg[HINT_A] = (u8)x, s.reg[HINT_B] = (u8)y;
        Loc counter = ra_where(e->r, h->counter, e->pos);
        if (counter.kind == LOC_X) s.reg[HINT_COUNTER] = counter.reg;
        vec_push(&e->c->sites, s);
        as_bind(e->a, e->hints[k]);
    }
}

static void emit_hint(Emit *e, Ins *i)
{
    size_t k = 0;
    while (k < e->f->hints.len && e->f->hints.data[k].branch != (Val)i->imm) k++;
    if (k < e->f->hints.len) as_hint(e->a, e_x(e, i->a, X_SCRATCH), e->hints[k]);
}

/* Is what follows the branch its first side? If neither does, the jump is the rarer way's. */
static bool first_follows(const Emit *e, const Ins *i, u32 first, u32 second)
{
    bool rather_second = i->likely && i->likely < IR_LIKELY_ALL / 2;
    return first == e->next_block || (second != e->next_block && rather_second);
}

static void emit_if(Emit *e, Ins *i)
{
    Block *b = ir_block(e->f, i->block);
    u32 yes = e->through[b->succs.data[0]], no = e->through[b->succs.data[1]], cc = i->sub, x, y;
    if (i->type == IT_FLOAT || i->type == IT_DOUBLE) {
        bool inverted;
        e_float_compare(e, X_SCRATCH, cc, i->imm, i->a, i->b, &inverted);
        x = X_SCRATCH, y = X0, cc = inverted ? CC_EQ : CC_NE;
    } else {
        x = e_x(e, i->a, X_SCRATCH), y = e_x(e, i->b, X_T0);
        e_note_branch(e, e->v, x, y);
    }
    if (first_follows(e, i, yes, no)) {
        branch_if(e, cond_not((IrCond)cc), x, y, e->blocks[no]);
        e_go(e, yes);
    } else {
        branch_if(e, cc, x, y, e->blocks[yes]);
        e_go(e, no);
    }
}

/* Is the n-th instruction an INSTANCEOF for nothing but the branch, or the guard, behind it? */
static bool is_tested_at_once(Emit *e, const Block *b, size_t n)
{
    Val test = b->ins.data[n];
    const Ins *i = ir(e->f, test);
    if (i->op != IR_INSTANCEOF || e->uses[test] != 1 || ra_store_slot(e->r, test) >= 0 || !e_can_branch(i)) return false;
    Val user = b->ins.data[n + 1];
    const Ins *u = ir(e->f, user);
    i64 k;
    if ((u->op != IR_IF && u->op != IR_GUARD) || u->a != test || (u->sub != CC_EQ && u->sub != CC_NE) || !e_constant(e, u->b, &k) || k) return false;
    return !e_hint_mark(e, user) && !moves_between(e->r, e->r->pos[test] + 1, e->r->pos[user]);
}

/* Both of them. */
static void test_and_branch(Emit *e, Val test, Val user)
{
    Ins *i = ir(e->f, test), *u = ir(e->f, user);
    u32 o = e_x(e, i->a, X_T1);
    bool wanted = u->sub == CC_NE; /* is what passes the guard, or goes to the first side, an instance? */
    e->v = user, e->pos = e->r->pos[user];
    if (u->op == IR_GUARD) {
        Label out = e_deopt(e, (JitReason)u->imm, u->state), on = as_label(e->a);
        e_branch_on_test(e, i, o, wanted ? on : out, wanted ? out : on, wanted);
        as_bind(e->a, on);
        return;
    }
    const Block *b = ir_block(e->f, u->block);
    u32 first = e->through[b->succs.data[0]], second = e->through[b->succs.data[1]];
    Label to_first = e->blocks[first], to_second = e->blocks[second];
    bool follows = first_follows(e, u, first, second);
    e_branch_on_test(e, i, o, wanted ? to_first : to_second, wanted ? to_second : to_first, follows == wanted);
    e_go(e, follows ? first : second);
}

/* The way through the loop's poll decides for itself, so that nothing joins the loop between the poll and the branch that follows. */
static void poll_decides(Emit *e, Val branch)
{
    Tail *t = &vec_last(&e->tails);
    ASSERT(t->kind == TAIL_POLL);
    t->ins = branch, t->x = e->pos, t->back = as_label(e->a);
    size_t k = e->stubs.len;
    while (e->stubs.data[--k].at != t->stub) ASSERT(k);
    e->stubs.data[k].back = t->back;
}

void e_decide(Emit *e, Val branch, u32 pos)
{
    Val v = e->v;
    u32 at = e->pos, next = e->next_block;
    e->v = branch, e->pos = pos, e->next_block = 0;
    emit_if(e, ir(e->f, branch));
    e->v = v, e->pos = at, e->next_block = next;
}

/* A jump back to a loop header that only decides whether the loop goes on decides here: one branch an iteration instead of two. */
static bool rotate(Emit *e, u32 to)
{
    if (to == e->next_block || !e->decides[to] || e->place[to] > e->place[ir(e->f, e->v)->block]) return false;
    Val v = vec_last(&ir_block(e->f, to)->ins), was = e->v;
    u32 pos = e->pos;
    e->v = v, e->pos = e->r->pos[v];
    if (e->polled == as_pc(e->a)) poll_decides(e, v);
    emit_if(e, ir(e->f, v));
    e->v = was, e->pos = pos;
    return true;
}

/* ---- Polls --------------------------------------------------------------------------------------------------------------------------- */
void e_poll(Emit *e, Label stub)
{
    Asm *a = e->a;
    as_i(a, HW_I_LD, X_SCRATCH, X_THREAD, offsetof(Thread, poll));
    as_i(a, HW_I_ADDI, X_SCRATCH, X_SCRATCH, -1);
    as_s(a, HW_I_SD, X_SCRATCH, X_THREAD, offsetof(Thread, poll));
    as_branch(a, HW_I_BLT, X_SCRATCH, X0, stub);
}

static void emit_poll(Emit *e, Ins *i)
{
    Asm *a = e->a;
    u32 r = e_record(e, REC_POLL, i->state, e->pos);
    Label back, stub = e_stub(e, r, true, &back);
    e->c->records.data[r].slots = i->a ? IR_POLL_EVERY : 1;
    if (as_pc(a) == e->entered && !e->polls) {
        e_entry_polls(e, stub, back);
    } else if (i->a) {
        Tail t = { .at = as_label(a), .back = back, .stub = stub, .kind = TAIL_POLL, .where = i->where };
        as_i(a, HW_I_ANDI, X_SCRATCH, e_x(e, i->a, X_SCRATCH), IR_POLL_EVERY - (i->imm ? i->imm : 1));
        as_branch(a, HW_I_BEQ, X_SCRATCH, X0, t.at);
        vec_push(&e->tails, t);
        e->polled = as_pc(a);
    } else {
        e_poll(e, stub);
    }
    as_bind(a, back);
}

/* ---- Blocks --------------------------------------------------------------------------------------------------------------------------- */
static void instruction(Emit *e, Ins *i)
{
    switch (i->op) {
    case IR_GOTO: {
        u32 to = e->through[ir_block(e->f, i->block)->succs.data[0]];
        if (!rotate(e, to)) e_go(e, to);
        return;
    }
    case IR_IF: emit_if(e, i); return;
    case IR_SWITCH: e_switch(e, i); return;
    case IR_RETURN: e_return(e, i); return;
    case IR_DEOPT: {
        u32 r = e_record(e, REC_DEOPT, i->state, e->pos);
        e->c->records.data[r].reason = (u8)i->imm;
        host_call(e, r);
        return;
    }
    case IR_CALL: e_call(e, i); return;
    case IR_POLL: emit_poll(e, i); return;
    case IR_HINT: emit_hint(e, i); return;
    case IR_PARAM: return;
    default:
        if (!e_arithmetic(e, i) && !e_memory(e, i)) panic("no code for %s", ir_ops[i->op].name);
    }
}

void e_note_line(Emit *e, u32 where)
{
    JitCode *c = e->c;
    u32 pc = as_pc(e->a);
    while (c->lines.len && vec_last(&c->lines).pc > pc) c->lines.len--; /* of a jump that went */
    if (c->lines.len && vec_last(&c->lines).where == where) return;
    if (c->lines.len && vec_last(&c->lines).pc == pc) vec_last(&c->lines).where = where;
    else vec_push(&c->lines, ((JitLine){ pc, where }));
}

static void block(Emit *e, u32 bi)
{
    Block *b = ir_block(e->f, bi);
    as_bind(e->a, e->blocks[bi]);
    e->pos = e->r->first[bi];
    e->move = first_move(e->r, e->pos);
    moves_at(e, e->pos);
    for (size_t k = 0; k < b->ins.len; k++) {
        Val v = b->ins.data[k];
        if (ir(e->f, v)->op == IR_PHI) {
            store_result(e, v);
            continue;
        }
        e->v = v, e->pos = e->r->pos[v];
        e_note_line(e, ir(e->f, v)->where);
        moves_at(e, e->pos);
        if (is_tested_at_once(e, b, k)) {
            test_and_branch(e, v, b->ins.data[++k]);
            island(e, k + 1 == b->ins.len && as_ends(e->a));
            continue;
        }
        instruction(e, ir(e->f, v));
        if (ir(e->f, v)->type != IT_VOID && ir(e->f, v)->op != IR_PARAM) store_result(e, v);
        island(e, k + 1 == b->ins.len && as_ends(e->a));
    }
    ASSERT(e->move == first_move(e->r, e->r->last[bi])); /* none was left out */
}

/* ---- The frame --------------------------------------------------------------------------------------------------------------------------- */
/* Bytes from the outermost Frame on that the interpreter would need for this state. */
static u32 interpreted_extent(IrFn *f, u32 state)
{
    u32 bytes = 0;
    for (; state; state = ir_state(f, state)->parent) {
        State *s = ir_state(f, state);
        Method *m = f->scopes.data[s->scope].m;
        bytes += (u32)sizeof(Frame) + 8 * (u32)(m->max_locals + m->max_stack + 2);
    }
    return bytes;
}

/* False: operands would be out of reach of an immediate. */
static bool plan_frame(Emit *e)
{
    IrFn *f = e->f;
    u32 args = 2, deepest = 0;
    e->c->frames = 1;
    for (size_t v = 1; v < f->ins.len; v++) {
        Ins *i = &f->ins.data[v];
        if (i->dead || !i->state) continue;
        if (i->op == IR_CALL && i->nargs > args) args = i->nargs;
        u32 n = interpreted_extent(f, i->state), depth = depth_of(f, i->state);
        if (n > deepest) deepest = n;
        if (depth > e->c->frames) e->c->frames = depth;
    }
    e->c->out = (u32)sizeof(Frame) * e->c->frames + 8 * e->r->nslots;
    e->c->extent = e->c->out + 8 * (args + 2);
    if (e->c->extent < deepest) e->c->extent = deepest;
    return e->c->out + 8 * args < 2000;
}

static int by_pc(const void *x, const void *y)
{
    const JitRecord *a = x, *b = y;
    return a->pc < b->pc ? -1 : a->pc > b->pc;
}

static void emit_all(Emit *e)
{
    e->entry = as_label(e->a);
    for (size_t k = 0; k < e->f->hints.len; k++) e->hints[k] = as_label(e->a);
    for (size_t b = 0; b < e->f->blocks.len; b++) e->blocks[b] = as_label(e->a);
    for (size_t i = 0; i < e->f->rpo.len; i++) e->blocks[e->f->rpo.data[i]] = e->blocks[e->through[e->f->rpo.data[i]]];
    e->entered = ~0u;
    e->polls = false;
    if (e->c->osr_bci < 0) e_prologue(e);
    for (u32 o = 0; o < e->norder; o++) {
        e->next_block = o + 1 < e->norder ? e->order[o + 1] : 0;
        block(e, e->order[o]);
    }
    if (!e->polls) as_bind_start(e->a, e->entry);
    e_tails(e);
    stubs(e);
}

JitAbort emit_code(IrFn *f, JitCode *c, Asm *a)
{
    Emit e = { .f = f, .a = a, .c = c, .r = ra_allocate(f) };
    JitAbort why = e.r->failed ? ABORT_REGISTERS : ABORT_NONE;
    if (!why && !plan_frame(&e)) why = ABORT_FRAME;
    if (!why && c->extent > MAX_FRAME) why = ABORT_FRAME;
    e.blocks = xcalloc(f->blocks.len, sizeof(Label));
    e.hints = xcalloc(f->hints.len + 1, sizeof(Label));
    e.uses = ir_count_uses(f);
    order_blocks(&e);
    if (!why) live_begin(&e.live, e.r);
    vec_clear(&a->too_far);
    for (int round = 0; round < MAX_ROUNDS && !why; round++) {
        as_clear(a);
        a->far = round == MAX_ROUNDS - 1;
        vec_clear(&c->records);
        vec_clear(&c->lines);
        vec_clear(&c->stream);
        vec_clear(&c->sites);
        vec_clear(&c->allocations);
        vec_clear(&c->calls);
        vec_clear(&e.stubs);
        vec_clear(&e.tails);
        e.stubs_done = e.tails_done = 0, e.polled = NOT_POLLED;
        vec_push(&c->stream, 0);
        emit_all(&e);
        if (jit_schedules()) jit_postpass(a, c);
        if (a->code.len > 200000) why = ABORT_TOO_BIG;
        else if (as_finish(a)) break;
    }
    if (!why) e_finish_calls(&e);
    if (!why) qsort(c->records.data, c->records.len, sizeof *c->records.data, by_pc);
    free(e.blocks);
    free(e.hints);
    free(e.order);
    free(e.place);
    free(e.through);
    free(e.decides);
    free(e.uses);
    live_end(&e.live);
    vec_free(&e.stubs);
    vec_free(&e.tails);
    ra_free(e.r);
    return why;
}
