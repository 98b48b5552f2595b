/* From bytecode to SSA. Blocks are visited in reverse postorder, so all forward edges into a block are known when it is filled; a loop header gets a
   phi for each live local, completed at the end. What was never executed, or is not resolved yet, is not built: control leaves for the interpreter there
   (DEOPT), which also throws all exceptions but those that an athrow throws and a handler catches that is built with it (build_throw.c). */
#include "jit/build.h"
#include "base/log.h"
#include <string.h>

enum { MAX_CODE = 8000, MAX_LOCALS = 250, MAX_INS = 30000, NEVER_AFTER = 40 };

/* ---- Emitting ------------------------------------------------------------------------------------------------------ */
Ins *b_ins(Build *b, Val v) { return ir(b->f, v); }

Val b_emit(Build *b, IrOp op, IrType type, Val x, Val y, Val z)
{
    Val v = ir_make(b->f, op, type, x, y, z);
    ir(b->f, v)->where = IR_WHERE(b->scope, b->bci);
    if (ir_ops[op].flags & IRF_PURE) {
        Val w = jit_fold(b->f, v);
        if (w != v) return w;
    }
    return ir_append(b->f, b->cur, v);
}

Val b_int(Build *b, i32 v) { return ir_const(b->f, IT_INT, (u64)(i64)v); }
Val b_long(Build *b, i64 v) { return ir_const(b->f, IT_LONG, (u64)v); }
Val b_null(Build *b) { return ir_const(b->f, IT_REF, 0); }

IrType b_type(BasicType t)
{
    switch (t) {
    case T_LONG: return IT_LONG;
    case T_FLOAT: return IT_FLOAT;
    case T_DOUBLE: return IT_DOUBLE;
    case T_OBJECT: case T_ARRAY: return IT_REF;
    case T_VOID: return IT_VOID;
    default: return IT_INT;
    }
}

static bool is_wide(IrType t) { return t == IT_LONG || t == IT_DOUBLE; }

void b_push(Build *b, Val v)
{
    ASSERT(v && b->sp + 2 <= (u32)b->m->max_locals + b->m->max_stack + 4);
    b->env[b->sp++] = v;
    if (is_wide((IrType)ir(b->f, v)->type)) b->env[b->sp++] = V_NONE;
}

Val b_pop(Build *b)
{
    ASSERT(b->sp > b->m->max_locals);
    Val v = b->env[--b->sp];
    ASSERT(v != V_NONE);
    return v;
}

Val b_pop2(Build *b)
{
    ASSERT(b->sp >= (u32)b->m->max_locals + 2);
    b->sp -= 2;
    ASSERT(b->env[b->sp] != V_NONE);
    return b->env[b->sp];
}

void b_abort(Build *b, JitAbort why)
{
    if (!b->f->abort) b->f->abort = why;
    b->cur = 0;
}

/* ---- Frame states ---------------------------------------------------------------------------------------------------- */
u32 b_state_at(Build *b, u32 bci, bool during)
{
    IrFn *f = b->f;
    u32 nlocals = b->m->max_locals;
    State s = { .scope = b->scope, .bci = bci, .parent = f->scopes.data[b->scope].parent_state, .nlocals = (u16)nlocals,
                .nstack = (u16)(b->sp - nlocals), .during = during };
    s.vals = ir_pool(f, b->env, b->sp);
    if (b->caller && b->lock) vec_push(&f->pool, b->lock), s.nlocks = 1;
    for (u32 i = 0; i < nlocals; i++)
        if (!flow_live(b->flow, bci, i)) f->pool.data[s.vals + i] = V_NONE;
    vec_push(&f->states, s);
    return (u32)f->states.len - 1;
}

u32 b_state(Build *b)
{
    if (!b->state) b->state = b_state_at(b, b->bci, false);
    return b->state;
}

static void deopt(Build *b, u32 state, JitReason reason)
{
    Val v = b_emit(b, IR_DEOPT, IT_VOID, 0, 0, 0);
    b_ins(b, v)->state = state;
    b_ins(b, v)->imm = reason;
    ir_block(b->f, b->cur)->cold = true;
    b->cur = 0;
}

void b_trap(Build *b, JitReason reason) { deopt(b, b_state(b), reason); }

void b_nullcheck(Build *b, Val v)
{
    if (ir_nonnull(b->f, v)) return;
    Val n = b_emit(b, IR_NULLCHECK, IT_VOID, v, 0, 0);
    b_ins(b, n)->state = b_state(b);
}

/* ---- Edges ------------------------------------------------------------------------------------------------------------- */
static Place *place(Build *b, u32 bci)
{
    Place *p = &b->places[bci];
    if (!p->ir) p->ir = ir_new_block(b->f, bci);
    return p;
}

void b_edge(Build *b, u32 from, u32 bci)
{
    Place *p = place(b, bci);
    Edge e = { .from = from, .sp = b->sp, .env = xmalloc((b->sp + 1) * sizeof(Val)) };
    memcpy(e.env, b->env, b->sp * sizeof(Val));
    ir_edge(b->f, from, p->ir);
    vec_push(&p->in, e);
}

/* Control goes to `target`: backward through a poll. */
void b_jump(Build *b, u32 target)
{
    if (target <= b->bci) {
        Val p = b_emit(b, IR_POLL, IT_VOID, 0, 0, 0);
        b_ins(b, p)->state = b_state_at(b, target, false);
    }
    b_emit(b, IR_GOTO, IT_VOID, 0, 0, 0);
    b_edge(b, b->cur, target);
    b->cur = 0;
}

/* ---- Entering a block ------------------------------------------------------------------------------------------------------ */
static Val phi(Build *b, Place *p, u32 slot, IrType type)
{
    Val v = ir_make(b->f, IR_PHI, type, 0, 0, 0);
    ir(b->f, v)->where = IR_WHERE(b->scope, b->bci);
    ir_append(b->f, p->ir, v);
    vec_push(&p->phis, v);
    vec_push(&p->phi_slots, slot);
    return v;
}

/* The operands of a place's phis, from its edges. False: an edge has nothing there (or another type). */
static bool complete_phis(Build *b, Place *p)
{
    IrFn *f = b->f;
    for (size_t k = 0; k < p->phis.len; k++) {
        Ins *i = ir(f, p->phis.data[k]);
        i->args = (u32)f->pool.len, i->nargs = (u32)p->in.len;
        for (size_t e = 0; e < p->in.len; e++) {
            Val v = p->in.data[e].env[p->phi_slots.data[k]];
            if (!v || ir(f, v)->type != i->type) return false;
            vec_push(&f->pool, v);
        }
    }
    return true;
}

/* One value for a slot from all edges: the same, a phi, or nothing. */
static Val merge(Build *b, Place *p, u32 slot)
{
    Val first = p->in.data[0].env[slot];
    bool same = true;
    if (!first) return V_NONE;
    for (size_t e = 1; e < p->in.len; e++) {
        Val v = p->in.data[e].env[slot];
        if (!v || ir(b->f, v)->type != ir(b->f, first)->type) return V_NONE;
        same &= v == first;
    }
    return same && !p->header ? first : phi(b, p, slot, (IrType)ir(b->f, first)->type);
}

static void enter(Build *b, u32 bci)
{
    Place *p = &b->places[bci];
    b->cur = p->ir, b->bci = bci, b->state = 0;
    p->started = true;
    p->header |= b->f->careful;
    const Edge *e = &p->in.data[0];
    b->sp = e->sp;
    for (u32 i = 0; i < b->sp; i++) {
        bool dead = i < b->m->max_locals && !flow_live(b->flow, bci, i);
        b->env[i] = dead ? V_NONE : p->in.len == 1 && !p->header ? e->env[i] : merge(b, p, i);
    }
    if (p->header) {
        u32 state = b_state_at(b, bci, false);
        ir_block(b->f, p->ir)->state = state;
    }
    if (!p->header && !complete_phis(b, p)) panic("a phi without operands at %s.%s:%u", b->m->owner->name->bytes, b->m->name->bytes, bci);
}

/* ---- Order of the leaders --------------------------------------------------------------------------------------------------- */
typedef struct Walk { Build *b; u8 *mark; Vec(u32) post; u32 from; Vec(u32) succ; } Walk;

static void add_successor(void *ctx, u32 target) { vec_push(&((Walk *)ctx)->succ, target); }

/* The last instruction of the block that begins at bci. */
static u32 block_end(const Build *b, u32 bci)
{
    for (;;) {
        u32 next = bci + flow_length(b->flow, bci);
        if (next >= b->m->code_length || b->flow->kind[next] & FLOW_LEADER || !flow_falls_through(b->m, bci)) return bci;
        bci = next;
    }
}

/* Handlers of what the block throws, itself or in what is inlined, come behind it. */
static void handlers(Walk *w, u32 leader, u32 last)
{
    const Method *m = w->b->m;
    bool throws = m->original[last] == OP_athrow;
    for (u32 bci = leader; bci <= last && !throws && m->details->nhandlers; bci += flow_length(w->b->flow, bci))
        throws = m->original[bci] >= OP_invokevirtual && m->original[bci] <= OP_invokedynamic;
    for (u32 i = 0; i < m->details->nhandlers && throws; i++) {
        const ExRange *h = &m->details->handlers[i];
        if (h->start <= last && h->end > leader && h->handler > last) vec_push(&w->succ, h->handler);
    }
}

static void successors(Walk *w, u32 leader)
{
    u32 last = block_end(w->b, leader);
    handlers(w, leader, last);
    flow_targets(w->b->m, last, add_successor, w);
    if (flow_falls_through(w->b->m, last)) vec_push(&w->succ, last + flow_length(w->b->flow, last));
}

/* Depth first, without recursion: marks 1 on the path, 2 done. An edge to a block on the path makes that one a header. */
static void walk(Walk *w, u32 start)
{
    typedef struct { u32 leader, at, end; } Item;
    Vec(Item) stack = { 0 };
    w->mark[start] = 1;
    u32 n = (u32)w->succ.len;
    successors(w, start);
    vec_push(&stack, ((Item){ start, n, (u32)w->succ.len }));
    while (stack.len) {
        Item *i = &vec_last(&stack);
        if (i->at < i->end) {
            u32 s = w->succ.data[i->at++];
            if (w->mark[s] == 1) w->b->places[s].header = true;
            if (w->mark[s]) continue;
            w->mark[s] = 1;
            n = (u32)w->succ.len;
            successors(w, s);
            vec_push(&stack, ((Item){ s, n, (u32)w->succ.len }));
        } else {
            w->mark[i->leader] = 2;
            vec_push(&w->post, i->leader);
            stack.len--;
        }
    }
    vec_free(&stack);
}

static void order_leaders(Build *b, u32 start)
{
    Walk w = { .b = b, .mark = xcalloc(b->m->code_length + 1, 1) };
    walk(&w, start);
    b->norder = (u32)w.post.len;
    b->order = xmalloc((w.post.len + 1) * sizeof(u32));
    for (u32 i = 0; i < b->norder; i++) b->order[i] = w.post.data[b->norder - 1 - i];
    free(w.mark);
    vec_free(&w.post);
    vec_free(&w.succ);
}

/* ---- Instructions ---------------------------------------------------------------------------------------------------------- */
/* Gives back what synchronized method `of`, b's or one that it is inlined into, has locked; in the state `of` is the innermost. */
void b_unlock(Build *b, const Build *of, u32 state)
{
    Val u = b_emit(b, IR_UNLOCK, IT_VOID, of->lock, 0, 0);
    b_ins(b, u)->sub = of->caller ? IRL_INLINED : IRL_METHOD;
    b_ins(b, u)->state = state;
}

static void unlock_method(Build *b)
{
    if (b->lock) b_unlock(b, b, b_state(b));
}

static Val narrow(Build *b, Val v)
{
    static const u8 conversion[] = { [T_BYTE] = OP_i2b, [T_CHAR] = OP_i2c, [T_SHORT] = OP_i2s };
    if (b->m->ret == T_BOOLEAN) return b_emit(b, IR_AND, IT_INT, v, b_int(b, 1), 0);
    if (b->m->ret != T_BYTE && b->m->ret != T_CHAR && b->m->ret != T_SHORT) return v;
    Val n = ir_make(b->f, IR_CVT, IT_INT, v, 0, 0);
    b_ins(b, n)->sub = conversion[b->m->ret];
    b_ins(b, n)->where = IR_WHERE(b->scope, b->bci);
    Val w = jit_fold(b->f, n);
    return w != n ? w : ir_append(b->f, b->cur, n);
}

static void do_return(Build *b, u8 op)
{
    u32 state = b_state(b);
    Val v = op == OP_return ? V_NONE : op == OP_lreturn || op == OP_dreturn ? b_pop2(b) : b_pop(b);
    if (op == OP_ireturn) v = narrow(b, v);
    (void)state;
    unlock_method(b);
    if (b->return_block) {
        b_emit(b, IR_GOTO, IT_VOID, 0, 0, 0);
        ir_edge(b->f, b->cur, b->return_block);
        vec_push(b->return_values, v);
    } else {
        b_emit(b, IR_RETURN, IT_VOID, v, 0, 0);
    }
    b->cur = 0;
}

static void instruction(Build *b)
{
    u8 op = b->m->original[b->bci];
    if (b->m->code[b->bci] == OP_return_register_finalizer) {
        Val r = b_emit(b, IR_REGFINAL, IT_VOID, b->env[0], 0, 0);
        b_ins(b, r)->state = b_state(b);
    }
    if (b_simple(b, op) || b_memory(b, op)) return;
    if ((op >= OP_ifeq && op <= OP_if_acmpne) || op == OP_ifnull || op == OP_ifnonnull) b_branch(b, op);
    else if (op == OP_goto) b_jump(b, b->bci + (u32)code_i16(b->m->original + b->bci + 1));
    else if (op == OP_goto_w) b_jump(b, b->bci + (u32)code_i32(b->m->original + b->bci + 1));
    else if (op == OP_tableswitch || op == OP_lookupswitch) b_switch(b, op);
    else if (op >= OP_ireturn && op <= OP_return) do_return(b, op);
    else if (op == OP_athrow) b_throw(b);
    else b_abort(b, ABORT_BYTECODE);
}

static void fill(Build *b, u32 leader)
{
    enter(b, leader);
    u32 at = leader;
    while (b->cur && !b->f->abort) {
        b->bci = at, b->state = 0;
        b->next = at + flow_length(b->flow, at);
        instruction(b);
        at = b->next;
        if (!b->cur || b->f->abort) break;
        if (b->flow->kind[at] & FLOW_LEADER) {
            b_emit(b, IR_GOTO, IT_VOID, 0, 0, 0);
            b_edge(b, b->cur, at);
            b->cur = 0;
        }
    }
    if (b->f->ins.len > MAX_INS) b_abort(b, ABORT_TOO_BIG);
}

static void fill_all(Build *b)
{
    for (bool again = true; again && !b->f->abort;) {
        again = false;
        for (u32 i = 0; i < b->norder && !b->f->abort; i++) {
            Place *p = &b->places[b->order[i]];
            if (!p->in.len || p->started) continue;
            fill(b, b->order[i]);
            again = true;
        }
        if (!b->f->careful) break;
    }
    for (u32 i = 0; i < b->norder && !b->f->abort; i++)
        if (b->places[b->order[i]].in.len && !b->places[b->order[i]].started) b->f->abort = ABORT_ORDER;
    for (u32 i = 0; i < b->norder && !b->f->abort; i++) {
        Place *p = &b->places[b->order[i]];
        if (p->header && p->started && !complete_phis(b, p)) b_abort(b, ABORT_BYTECODE);
    }
}

/* ---- The whole ---------------------------------------------------------------------------------------------------------------- */
static Val parameter(Build *b, IrType type, i32 slot)
{
    Val v = ir_make(b->f, IR_PARAM, type, 0, 0, 0);
    ir(b->f, v)->imm = slot;
    return ir_append(b->f, b->cur, v);
}

static void method_lock(Build *b, bool osr)
{
    Method *m = b->m;
    if (!(m->access & ACC_SYNCHRONIZED)) return;
    Val lock = osr ? parameter(b, IT_REF, -1) : m->access & ACC_STATIC ? ir_const(b->f, IT_REF, (u64)m->owner->mirror) : b->env[0];
    b->lock = b->f->scopes.data[b->scope].lock = lock;
    if (osr) return;
    Val l = b_emit(b, IR_LOCK, IT_VOID, lock, 0, 0);
    b_ins(b, l)->sub = IRL_METHOD;
    b_ins(b, l)->state = b_state(b);
}

/* The method is about to be inlined: locks as part of the call, which is made again if the code is left here. */
static Val inlined_lock(Build *b, const Method *m, const Val *args)
{
    if (!(m->access & ACC_SYNCHRONIZED)) return V_NONE;
    ASSERT(b->state);
    Val lock = m->access & ACC_STATIC ? ir_const(b->f, IT_REF, (u64)m->owner->mirror) : args[0], l = b_emit(b, IR_LOCK, IT_VOID, lock, 0, 0);
    b_ins(b, l)->sub = IRL_INLINED;
    b_ins(b, l)->state = b->state;
    return lock;
}

static void start_at_entry(Build *b)
{
    Method *m = b->m;
    u32 slot = 0;
    if (!(m->access & ACC_STATIC)) b->env[slot++] = parameter(b, IT_REF, 0);
    for (u32 i = 0; i < m->details->nparams; i++) {
        b->env[slot] = parameter(b, b_type((BasicType)m->details->arg_types[i]), (i32)slot);
        slot += type_slots((BasicType)m->details->arg_types[i]);
    }
    b->bci = 0, b->state = 0;
    method_lock(b, false);
    if (b->flow->invokes) {
        Val p = b_emit(b, IR_POLL, IT_VOID, 0, 0, 0);
        b_ins(b, p)->state = b_state_at(b, 0, false);
    }
}

static void start_at_loop(Build *b, u32 bci)
{
    u8 *types = xcalloc(b->m->max_locals + 2u, 1);
    flow_local_types(b->flow, bci, types);
    for (u32 i = 0; i < b->m->max_locals; i++)
        if (flow_live(b->flow, bci, i)) {
            if (types[i] == IT_VOID) continue;
            b->env[i] = parameter(b, (IrType)types[i], (i32)i);
        }
    free(types);
    b->bci = bci;
    method_lock(b, true);
}

static void finish(Build *b)
{
    for (u32 i = 0; i < b->m->code_length; i++) {
        Place *p = &b->places[i];
        for (size_t e = 0; e < p->in.len; e++) free(p->in.data[e].env);
        vec_free(&p->in);
        vec_free(&p->phis);
        vec_free(&p->phi_slots);
    }
    free(b->places);
    free(b->order);
    free(b->env);
    flow_free(b->flow);
}

static JitAbort unfit(const Method *m, const Flow *flow)
{
    if (flow->subroutines) return ABORT_JSR;
    if (m->code_length > MAX_CODE) return ABORT_HUGE;
    if (m->max_locals > MAX_LOCALS) return ABORT_LOCALS;
    return ABORT_NONE;
}

static void prepare(Build *b)
{
    b->places = xcalloc(b->m->code_length + 1, sizeof(Place));
    b->env = xcalloc((u32)b->m->max_locals + b->m->max_stack + 6, sizeof(Val));
    b->sp = b->m->max_locals;
}

void b_build_inline(Build *b, Method *m, const Val *args, u32 slots, u32 state, u32 to, Vals *values)
{
    IrFn *f = b->f;
    ASSERT(slots == m->arg_slots && b->cur);
    vec_push(&f->scopes, ((Scope){ .m = m, .parent = b->scope, .parent_state = state, .depth = f->scopes.data[b->scope].depth + 1 }));
    Build k = { .f = f, .m = m, .scope = (u32)f->scopes.len - 1, .flow = flow_new(m), .caller = b, .cur = b->cur, .return_block = to, .return_values = values };
    prepare(&k);
    k.lock = inlined_lock(b, m, args);
    for (u32 i = 0; i < slots; i++) k.env[i] = args[i];
    k.flow->kind[0] |= FLOW_LEADER;
    order_leaders(&k, 0);
    b_emit(&k, IR_GOTO, IT_VOID, 0, 0, 0);
    b_edge(&k, k.cur, 0);
    fill_all(&k);
    finish(&k);
    b->cur = 0;
}

/* Traps may leave a block reachable only from behind it in the order, when blocks between are built already (ABORT_ORDER): then the caller
   comes again with f->careful set, which makes no use of the order. */
bool jit_build(IrFn *f)
{
    Method *m = f->m;
    Build b = { .f = f, .m = m, .flow = flow_new(m) };
    u32 start = f->osr_bci >= 0 ? (u32)f->osr_bci : 0;
    prepare(&b);
    f->abort = unfit(m, b.flow);
    if (!f->abort) {
        b.cur = 1;
        b.flow->kind[start] |= FLOW_LEADER;
        order_leaders(&b, start);
        if (f->osr_bci >= 0) start_at_loop(&b, start);
        else start_at_entry(&b);
        b_emit(&b, IR_GOTO, IT_VOID, 0, 0, 0);
        b_edge(&b, b.cur, start);
        fill_all(&b);
    }
    finish(&b);
    if (f->abort) return false;
    ir_order(f);
    ir_phis(f);
    return true;
}
