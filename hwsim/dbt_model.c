/* Hooks of translated code into the model: the fast paths of model_fast.h, written out in host code with what is known
   about the instruction built in. Each tests everything that it depends on before it changes anything; if a test fails,
   the hook's tail calls the model's own function, in dbt_call.c. Whoever changes model_fast.h changes this file too:
   the two must do the same to the last count (lockstep compares them).

   The predictors' own parts (target cache, return-address stack) are written out of bpred.c, as long as target_fast says that nothing
   else must see every transfer. A direction predictor that has more than counters is called.

   The tables are found from rbx, the model; those that malloc put too far away, through the pointers in HwFast. */
#include "hwsim/dbt.h"
#include "hwsim/mem.h"
#include "hwsim/stall.h"

#define BP(field) x_mem(RBX, (i32)(offsetof(HwModel, bp) + offsetof(HwBpred, field)))
#define F(field) x_mem(RBX, (i32)offsetof(HwFast, field))

static HwFast *fast(const DbtEmit *e) { return hw_fast(e->c->model); }
static bool has_model(const DbtEmit *e) { return !dbt_is_plain(e->c); }
static bool has_steps(const DbtEmit *e) { return e->c->kind == HW_LOOP_STEPS; }

/* A jump to a tail that calls `stub` and comes back behind the hook. */
static DbtTail *slow(DbtEmit *e, u64 pc, u32 stub, u32 packed)
{
    DbtTail *t = dbt_tail(e, TAIL_SLOW);
    t->pc = pc;
    t->stub = stub;
    t->packed = packed;
    return t;
}

/* Whether p is near enough to the model for a displacement. */
static bool near(const DbtEmit *e, const void *p, i64 *displacement)
{
    *displacement = (i64)((u64)p - (u64)e->c->model);
    return x_fits32(*displacement) && x_fits32(*displacement + (1 << 28));
}

/* A constant place in a table, through scratch if it is far. */
static XMem place(DbtEmit *e, const void *p, int scratch)
{
    i64 d;
    if (near(e, p, &d)) return x_mem(RBX, (i32)d);
    x_imm(&e->a, scratch, (u64)p);
    return x_mem(scratch, 0);
}

/* table[index], elements of 1 << scale bytes; `field` is where HwFast has the table. index may be overwritten. */
static XMem element(DbtEmit *e, const void *table, XMem field, int index, int scale)
{
    i64 d;
    if (near(e, table, &d)) return x_index(RBX, index, scale, (i32)d);
    if (scale) x_shift_imm(&e->a, XQ, SH_SHL, index, (u32)scale);
    x_alu_mem(&e->a, XQ, ALU_ADD, index, field);
    return x_mem(index, 0);
}

/* Compares a place with a constant; `scratch` if it needs 64 bits. */
static void compare(DbtEmit *e, XMem m, u64 v, int scratch)
{
    if (x_fits32((i64)v)) {
        x_alu_mem_imm(&e->a, XQ, ALU_CMP, m, (i32)v);
    } else {
        x_imm(&e->a, scratch, v);
        x_alu_mem(&e->a, XQ, ALU_CMP, scratch, m);
    }
}

/* hw_fetch_fast */
void dbt_hook_fetch(DbtEmit *e, u64 pc, u32 behind)
{
    if (!has_model(e)) return;
    HwFast *f = fast(e);
    X64 *a = &e->a;
    u64 k = hw_fast_entry(pc, f->l1i_shift);
    DbtTail *t = slow(e, pc, e->c->slow_fetch, dbt_pack(behind, 0, 0, false));
    compare(e, F(l1i_fetch[k]), pc & f->l1i_mask, RDX);
    dbt_jump_tail(e, t, CC_NE);
    x_alu_mem_imm(a, XQ, ALU_ADD, F(fetches), 1);
    x_alu_imm(a, XQ, ALU_ADD, R14, 1);
    x_store(a, F(l1i_stamp[k]), R14);
    t->back = x_at(a);
}

/* ---- steps ---------------------------------------------------------------------------------------------------------- */

#define RECORD(word) x_mem(RDX, (i32)(8 * (word)))

u32 dbt_steps(DbtEmit *e)
{
    X64 *a = &e->a;
    if (!has_steps(e) || (size_t)(a->end - a->p) < (e->n + 1) * sizeof(HwStep)) return x_at(a);
    u32 at = x_at(a);
    for (u32 k = 0; k < e->n; k++) {
        HwStep s = hw_step(&e->insn[k].i);
        memcpy(a->p, &s, sizeof s);
        a->p += sizeof s;
    }
    return at;
}

void dbt_hook_begin(DbtEmit *e, u32 steps)
{
    if (!has_steps(e) || !e->n) return;
    u64 number = hw_ooo_number(e->c->model, (const HwStep *)(const void *)(e->a.base + steps));
    x_load(&e->a, RDX, F(log));
    x_imm(&e->a, RCX, hw_log_head(number, 0, 0));
    x_store(&e->a, RECORD(HW_LOG_HEAD), RCX);
}

/* Where the current instruction accesses is rcx. */
static void note_access(DbtEmit *e)
{
    if (!has_steps(e)) return;
    x_load(&e->a, RDX, F(log));
    x_store(&e->a, RECORD(HW_LOG_ACCESS + e->n - e->behind), RCX);
}

void dbt_hook_no_access(DbtEmit *e)
{
    if (!has_steps(e)) return;
    x_load(&e->a, RDX, F(log));
    x_rm(&e->a, XQ, 0xc7, 0, RECORD(HW_LOG_ACCESS + e->n - e->behind));
    if (!e->a.full) x_32(&e->a, ~0u);
}

void dbt_hook_leave(DbtEmit *e, u32 behind)
{
    if (!has_steps(e) || !e->n) return;
    X64 *a = &e->a;
    u32 executed = e->n - behind;
    x_load(a, RDX, F(log));
    x_rm(a, XB, 0xc6, 0, RECORD(HW_LOG_HEAD)); /* its lowest byte */
    if (!a->full) x_byte(a, executed);
    x_alu_imm(a, XQ, ALU_ADD, RDX, (i32)(8 * (HW_LOG_ACCESS + executed)));
    x_store(a, F(log), RDX);
    x_alu_mem(a, XQ, ALU_CMP, RDX, F(log_full));
    DbtTail *t = slow(e, e->pc, e->c->slow_log, dbt_pack(behind, 0, 0, false));
    dbt_jump_tail(e, t, CC_AE);
    t->back = x_at(a);
}

/* ---- accesses ------------------------------------------------------------------------------------------------------- */

/* hw_data_hit, of the address `at`: a register that is neither rcx nor rdx, and a displacement. */
void dbt_hook_data(DbtEmit *e, XMem at, u32 size, bool store)
{
    if (!has_model(e)) return;
    HwFast *f = fast(e);
    X64 *a = &e->a;
    if (at.disp) x_lea(a, RCX, at);
    else x_mov(a, RCX, at.base);
    note_access(e);
    DbtTail *t = slow(e, e->pc, store ? e->c->slow_store : e->c->slow_load, dbt_pack(e->behind, size, 0, false));
    t->accesses = true;
    t->at = at;
    _Static_assert(HW_FAST_SPAN == 1 << 16, "half words, below");
    x_rr(a, XD, 0x0fb7, RDX, RCX);
    x_alu_imm(a, XQ, ALU_AND, RCX, (i32)(f->l1d_mask | (size - 1)));
    x_shift_imm(a, XD, SH_SHR, RDX, f->l1d_shift);
    x_alu_mem(a, XQ, ALU_CMP, RCX, x_index(RBX, RDX, 3, (i32)(store ? offsetof(HwFast, l1d_store) : offsetof(HwFast, l1d_load))));
    dbt_jump_tail(e, t, CC_NE);
    x_alu_imm(a, XQ, ALU_ADD, R14, 1);
    x_store(a, x_index(RBX, RDX, 3, (i32)offsetof(HwFast, l1d_stamp)), R14);
    t->back = x_at(a);
}

/* hw_unit_fast */
void dbt_hook_unit(DbtEmit *e, u32 unit)
{
    if (!has_model(e) || unit >= HW_UNIT_COUNT || !fast(e)->unit_extra[unit]) return;
    x_alu_mem_imm(&e->a, XQ, ALU_ADD, F(extra), (i32)fast(e)->unit_extra[unit]);
}

void dbt_hook_stall(DbtEmit *e, const HwInsn *i)
{
    if (!has_model(e) || !hw_stalls_at_use(e->c->model)) return;
    HwStep s = hw_step(i);
    u32 ticks = hw_use_stall(e->c->model, e->pc, &s);
    if (ticks) x_alu_mem_imm(&e->a, XQ, ALU_ADD, F(extra), (i32)ticks);
}

/* hint.val of register r */
void dbt_hook_hint(DbtEmit *e, u32 r, u64 target)
{
    if (!has_model(e)) return;
    x_imm(&e->a, RAX, target);
    x_imm(&e->a, RDX, e->pc);
    x_imm(&e->a, RCX, dbt_pack(e->behind, r, 0, false));
    x_call_to(&e->a, e->c->slow_hint);
}

/* A direct branch that the target buffer's hint knows: jumps to t if not. The target is the right one, since hints go when
   code changes. */
static void known_target(DbtEmit *e, DbtTail *t)
{
    const HwHint *hint = &fast(e)->btb_hint[(e->pc >> 1) % HW_BTB_HINTS];
    compare(e, place(e, &hint->key, RDX), e->pc, RDX);
    dbt_jump_tail(e, t, CC_NE);
}

/* branches++, and if the branch is `taken` its slot becomes the youngest; rdx is overwritten. */
static void count_branch(DbtEmit *e, bool taken)
{
    X64 *a = &e->a;
    x_alu_mem_imm(a, XQ, ALU_ADD, F(branches), 1);
    if (!taken) return;
    x_load(a, RDX, place(e, &fast(e)->btb_hint[(e->pc >> 1) % HW_BTB_HINTS].slot, RDX));
    x_store(a, element(e, fast(e)->btb_stamp, F(btb_stamp), RDX, 3), R14);
}

/* rcx = the index of the branch's direction counter, as hw_direction_counter has it */
static void counter_index(DbtEmit *e)
{
    HwFast *f = fast(e);
    X64 *a = &e->a;
    bool folds = f->history_mask > f->counter_mask;
    i32 pc = (i32)(e->pc >> 1 & f->counter_mask);
    if (!f->history_mask) {
        x_imm(a, RCX, (u32)pc);
        return;
    }
    x_mov32(a, RCX, R13);
    if (f->history_mask < UINT32_MAX) x_alu_imm(a, XD, ALU_AND, RCX, (i32)f->history_mask);
    if (folds) {
        x_mov(a, RDX, RCX);
        x_shift_imm(a, XD, SH_SHR, RDX, f->counter_bits);
        x_alu(a, XD, ALU_XOR, RCX, RDX);
    }
    x_alu_imm(a, XD, ALU_XOR, RCX, pc);
    if (folds) x_alu_imm(a, XD, ALU_AND, RCX, (i32)f->counter_mask);
}

/* The model wants to see every transfer: then all of them take the tail. */
static bool unless_fast(DbtEmit *e, DbtTail *t)
{
    if (fast(e)->target_fast) return false;
    dbt_jump_tail(e, t, CC_ALWAYS);
    return true;
}

/* Does the current branch or jump wait until it is predicted? */
static bool defers(const DbtEmit *e)
{
    return fast(e)->defers && (has_steps(e) || !e->c->model->timing) && e->pc < BP_KEY_END;
}

/* The next place in the list of those that wait; rdx is its address. */
#define LATER(array) x_mem(RDX, (i32)(offsetof(HwBpred, array) - offsetof(HwBpred, later)))

static void begin_deferring(DbtEmit *e, u64 key)
{
    X64 *a = &e->a;
    x_load(a, RDX, F(later));
    if (x_fits32((i64)key)) {
        x_store_imm(a, LATER(later), (i32)key);
    } else {
        x_imm(a, RCX, key);
        x_store(a, LATER(later), RCX);
    }
}

/* A conditional branch or indirect jump about which the predictor's own function is asked later: at the latest when there are many; out of order, with the log. */
static void defer(DbtEmit *e)
{
    X64 *a = &e->a;
    if (has_steps(e)) {
        x_load(a, RCX, F(log));
        x_alu_imm(a, XQ, ALU_ADD, RCX, (i32)(8 * (HW_LOG_ACCESS + e->n - e->behind)));
        x_store(a, LATER(place), RCX);
    }
    x_alu_imm(a, XQ, ALU_ADD, RDX, 8);
    x_store(a, F(later), RDX);
    if (has_steps(e)) return;
    x_alu_mem(a, XQ, ALU_CMP, RDX, F(later_full));
    DbtTail *full = slow(e, e->pc, e->c->settle, 0);
    dbt_jump_tail(e, full, CC_AE);
    full->back = x_at(a);
}

/* A conditional branch that the predictor's own function is asked about. If it was wrong, what is left of hw_branch comes next. */
static void ask(DbtEmit *e, DbtTail *t, bool taken)
{
    X64 *a = &e->a;
    if (taken) known_target(e, t);
    if (defers(e)) {
        begin_deferring(e, bp_branch_key(e->pc, t->target <= e->pc, taken));
        defer(e);
        x_lea(a, R13, x_index(R13, R13, 0, taken));
        count_branch(e, taken);
        return;
    }
    x_imm(a, RDX, e->pc);
    x_imm(a, RAX, t->target);
    x_imm(a, RCX, taken);
    x_call_to(a, e->c->resolve);
    DbtTail *wrong = slow(e, e->pc, e->c->slow_wrong, t->packed);
    wrong->constant = true;
    wrong->target = t->target;
    dbt_jump_tail(e, wrong, CC_E);
    x_lea(a, R13, x_index(R13, R13, 0, taken));
    count_branch(e, taken);
    wrong->back = x_at(a);
}

/* Counts in m if the counter in rdx is wrong about a branch that went `taken`. */
static void count_if_wrong(X64 *a, XMem m, bool taken)
{
    x_alu_imm(a, XD, ALU_CMP, RDX, 2); /* carries if it says not taken */
    x_alu_mem_imm(a, XQ, taken ? ALU_ADC : ALU_SBB, m, taken ? 0 : -1);
}

/* A two-bit counter after a branch that went `taken`; if it was wrong, that is counted, for the observer too if it says where. Nothing here branches on
   whether it was: what the simulated predictor gets wrong the host's would as well. A loop's branch back looks first whether there is anything to do, as there
   rarely is: or each round would wait for what the one before has written. */
static void count_direction(DbtEmit *e, XMem counter, bool taken, u64 *observed, bool loop)
{
    X64 *a = &e->a;
    u32 skip = 0;
    if (loop) {
        x_alu_mem_imm(a, XB, ALU_CMP, counter, 3);
        skip = x_jcc(a, CC_E);
    }
    x_rm(a, XD, 0x0fb6, RDX, counter);
    count_if_wrong(a, F(wrong), taken);
    if (observed) {
        x_imm(a, RAX, (u64)observed);
        count_if_wrong(a, x_mem(RAX, 0), taken);
    }
    x_alu_imm(a, XD, ALU_CMP, RDX, taken ? 3 : 1); /* carries if there is room above; if there is none below */
    x_alu_imm(a, XD, ALU_ADC, RDX, taken ? 0 : -1);
    x_rm(a, XB, 0x88, RDX, counter);
    if (loop) x_patch(a, skip, x_at(a));
}

/* The same where an observer wants to be told: the tail does the rest of it. */
static void tell_direction(DbtEmit *e, XMem counter, bool taken)
{
    X64 *a = &e->a;
    x_alu_mem_imm(a, XB, ALU_CMP, counter, 1);
    DbtTail *wrong = dbt_tail(e, TAIL_WRONG);
    wrong->counter = counter;
    wrong->taken = taken;
    dbt_jump_tail(e, wrong, taken ? CC_BE : CC_A);
    x_rm(a, XB, 0xc6, 0, counter);
    if (!a->full) x_byte(a, taken ? 3 : 0);
    wrong->back = x_at(a);
}

void dbt_tell_wrong(DbtEmit *e, const DbtTail *t)
{
    X64 *a = &e->a;
    const HwObserver *o = e->c->model->observer;
    x_alu_mem_imm(a, XB, t->taken ? ALU_ADD : ALU_SUB, t->counter, 1);
    dbt_load_reg(e, RAX, o->first);
    dbt_load_reg(e, RCX, o->second);
    x_imm(a, RDX, t->pc);
    x_call_to(a, e->c->tell);
    x_jump_to(a, CC_ALWAYS, t->back);
}

/* hw_branch_fast of a conditional branch: predicted right means that the counter is 0 or 1, and 0 afterwards, or 2 or 3,
   and 3 afterwards. */
static void conditional(DbtEmit *e, DbtTail *t, bool taken)
{
    HwFast *f = fast(e);
    X64 *a = &e->a;
    if (unless_fast(e, t)) return;
    if (!f->branch_fast) {
        if (e->c->model->bp.direction->resolve) ask(e, t, taken);
        else dbt_jump_tail(e, t, CC_ALWAYS);
        return;
    }
    if (taken) known_target(e, t);
    counter_index(e);
    XMem counter = element(e, f->counters, F(counters), RCX, 0);
    const HwObserver *o = f->tells_wrong ? e->c->model->observer : NULL;
    u64 *observed = o && o->wrong_at ? o->wrong_at(o->ctx, e->pc) : NULL;
    if (o && !observed) {
        tell_direction(e, counter, taken);
    } else if (f->counts_wrong) {
        count_direction(e, counter, taken, observed, taken && t->target <= e->pc);
    } else {
        x_alu_mem_imm(a, XB, ALU_CMP, counter, 1);
        dbt_jump_tail(e, t, taken ? CC_BE : CC_A);
        x_rm(a, XB, 0xc6, 0, counter);
        if (!a->full) x_byte(a, taken ? 3 : 0);
    }
    x_lea(a, R13, x_index(R13, R13, 0, taken));
    count_branch(e, taken);
}

/* ---- jumps, calls, returns ------------------------------------------------------------------------------------- */

static bool all_near(const DbtEmit *e)
{
    const HwBpred *b = &e->c->model->bp;
    i64 d;
    return near(e, b->indirect_tag, &d) && near(e, b->indirect_target, &d) && near(e, b->ras, &d) && near(e, fast(e)->btb_target, &d);
}

static XMem near_element(DbtEmit *e, const void *table, int index)
{
    i64 d;
    bool ok = near(e, table, &d);
    ASSERT(ok);
    return x_index(RBX, index, 3, (i32)d);
}

/* ras_push; rcx and rdx are overwritten */
static void push_return(DbtEmit *e, u64 address)
{
    X64 *a = &e->a;
    const HwBpred *b = &e->c->model->bp;
    x_rm(a, XD, 0x8b, RCX, BP(ras_top));
    x_alu_imm(a, XD, ALU_ADD, RCX, 1);
    x_alu_imm(a, XD, ALU_CMP, RCX, (i32)b->ras_entries);
    u32 inside = x_jcc(a, CC_B);
    x_imm(a, RCX, 0);
    x_patch(a, inside, x_at(a));
    x_rm(a, XD, 0x89, RCX, BP(ras_top));
    x_imm(a, RDX, address);
    x_store(a, near_element(e, b->ras, RCX), RDX);
    x_rm(a, XD, 0x8b, RCX, BP(ras_depth));
    x_alu_imm(a, XD, ALU_CMP, RCX, (i32)b->ras_entries); /* carries if there is room */
    x_alu_imm(a, XD, ALU_ADC, RCX, 0);
    x_rm(a, XD, 0x89, RCX, BP(ras_depth));
}

/* A return to rax that the stack predicts. */
static void pop_return(DbtEmit *e, DbtTail *t)
{
    X64 *a = &e->a;
    const HwBpred *b = &e->c->model->bp;
    x_rm(a, XD, 0x8b, RCX, BP(ras_depth));
    x_rm(a, XD, 0x8b, RDX, BP(ras_top));
    x_alu_imm(a, XD, ALU_SUB, RCX, 1);
    dbt_jump_tail(e, t, CC_B);
    x_alu_mem(a, XQ, ALU_CMP, RAX, near_element(e, b->ras, RDX));
    dbt_jump_tail(e, t, CC_NE);
    x_rm(a, XD, 0x89, RCX, BP(ras_depth));
    x_alu_imm(a, XD, ALU_SUB, RDX, 1);
    u32 inside = x_jcc(a, CC_AE);
    x_imm(a, RDX, b->ras_entries - 1);
    x_patch(a, inside, x_at(a));
    x_rm(a, XD, 0x89, RDX, BP(ras_top));
    count_branch(e, false);
}

/* rcx = where the target cache looks for the current instruction; jumps to t unless it predicts rax */
static void cached_target(DbtEmit *e, DbtTail *t)
{
    X64 *a = &e->a;
    const HwBpred *b = &e->c->model->bp;
    x_load(a, RCX, BP(path));
    x_alu_mem(a, XQ, ALU_AND, RCX, BP(path_mask));
    x_mov(a, RDX, RCX);
    x_shift_imm(a, XQ, SH_SHR, RDX, b->indirect_bits);
    x_alu(a, XD, ALU_XOR, RCX, RDX);
    x_alu_imm(a, XD, ALU_XOR, RCX, (i32)(e->pc >> 1 & b->indirect_mask));
    x_alu_imm(a, XD, ALU_AND, RCX, (i32)b->indirect_mask);
    compare(e, near_element(e, b->indirect_tag, RCX), e->pc, RDX);
    dbt_jump_tail(e, t, CC_NE);
    x_alu_mem(a, XQ, ALU_CMP, RAX, near_element(e, b->indirect_target, RCX));
    dbt_jump_tail(e, t, CC_NE);
}

/* Does ITTAGE predict the current jump's target later? */
static bool defers_target(const DbtEmit *e) { return e->c->model->bp.ittage && e->c->model->bp.direction->jump && defers(e); }

/* An indirect jump to rax that the target buffer knows, for ITTAGE. */
static void indirect_later(DbtEmit *e, DbtTail *t)
{
    X64 *a = &e->a;
    HwFast *f = fast(e);
    const HwHint *hint = &f->btb_hint[(e->pc >> 1) % HW_BTB_HINTS];
    compare(e, place(e, &hint->key, RDX), e->pc, RCX);
    dbt_jump_tail(e, t, CC_NE);
    x_load(a, RDX, place(e, &hint->slot, RDX));
    XMem known = near_element(e, f->btb_target, RDX);
    x_load(a, RCX, known);
    x_store(a, known, RAX);
    begin_deferring(e, BP_TARGET_KEY); /* which leaves rcx alone */
    x_store(a, LATER(base), RCX);
    x_store(a, LATER(target), RAX);
    x_imm(a, RCX, e->pc);
    x_store(a, LATER(pc), RCX);
    defer(e);
    count_branch(e, true);
}

/* An indirect jump to rax, which the target cache predicts, or without one the target buffer. */
static void indirect(DbtEmit *e, DbtTail *t)
{
    X64 *a = &e->a;
    HwFast *f = fast(e);
    const HwBpred *b = &e->c->model->bp;
    bool cache = b->indirect_mask != NONE;
    const HwHint *hint = &f->btb_hint[(e->pc >> 1) % HW_BTB_HINTS];
    compare(e, place(e, &hint->key, RDX), e->pc, RCX);
    dbt_jump_tail(e, t, CC_NE);
    if (cache) cached_target(e, t);
    x_load(a, RDX, place(e, &hint->slot, RDX));
    if (!cache) {
        x_alu_mem(a, XQ, ALU_CMP, RAX, near_element(e, f->btb_target, RDX));
        dbt_jump_tail(e, t, CC_NE);
    }
    x_store(a, near_element(e, f->btb_target, RDX), RAX);
    count_branch(e, true);
    if (cache) {
        x_load(a, RCX, BP(path));
        x_shift_imm(a, XQ, SH_SHL, RCX, 3);
        x_mov(a, RDX, RAX);
        x_shift_imm(a, XQ, SH_SHR, RDX, 2);
        x_alu(a, XQ, ALU_XOR, RCX, RDX);
        x_store(a, BP(path), RCX);
    }
    if (!b->direction->jump) return;
    x_imm(a, RDX, e->pc);
    x_call_to(a, e->c->jump);
}

/* A branch or direct jump at the current instruction, which counts as retired. */
void dbt_hook_branch(DbtEmit *e, HwBranchKind kind, u32 len, bool taken, u64 target)
{
    if (!has_model(e)) return;
    DbtTail *t = slow(e, e->pc, e->c->slow_branch, dbt_pack(e->behind - 1, len, kind, taken));
    t->constant = true;
    t->target = target;
    if (kind == HW_BR_COND) {
        conditional(e, t, taken);
    } else if (kind == HW_BR_JUMP) {
        known_target(e, t);
        count_branch(e, true);
    } else if (!all_near(e)) {
        dbt_jump_tail(e, t, CC_ALWAYS);
    } else if (!unless_fast(e, t)) {
        known_target(e, t);
        count_branch(e, true);
        push_return(e, e->pc + len);
    }
    t->back = x_at(&e->a);
}

/* An indirect jump, call or return to rax. */
void dbt_hook_indirect(DbtEmit *e, HwBranchKind kind, u32 len)
{
    if (!has_model(e)) return;
    DbtTail *t = slow(e, e->pc, e->c->slow_branch, dbt_pack(e->behind - 1, len, kind, true));
    bool returns = kind == HW_BR_RETURN;
    bool later = !returns && defers_target(e);
    if (!all_near(e) || (!returns && !later && e->c->model->bp.ittage)) {
        dbt_jump_tail(e, t, CC_ALWAYS);
    } else if (!unless_fast(e, t)) {
        if (returns) pop_return(e, t);
        else if (later) indirect_later(e, t);
        else indirect(e, t);
        if (kind == HW_BR_INDIRECT_CALL) push_return(e, e->pc + len);
    }
    t->back = x_at(&e->a);
}
