/* The body of the interpreter's loop, included by exec.c without a model (LOOP_MODEL 0), with one (1) and with one that wants
   steps (2, ooo.h; it is told of instructions where the others have them retired):
   threaded code, one handler per row of rv64.def, made from the row's class and semantics (exec_class.h).

   What the model sees, and in which order: hw_fetch when execution enters a fetch line in sequence, and after
   every taken transfer, host call, trap and CSR instruction; an access before it happens; a transfer after its
   block has been retired, itself included. Instructions are retired in one go per block, but the ones before
   a fetch or an access are retired before any that leaves the fast path, because what that costs depends on the
   cycle, and it may store a sample, which quotes it. `flushed` is how many of the block's instructions have been retired so far. */

#if LOOP_MODEL == 1
#define LOOP hw_run_model
#define LOOP_KIND HW_LOOP_MODEL
#define M_FLUSH(k) (hw_retire_fast(m, (u64)(k) - flushed), flushed = (k))
#define M_END() (hw_retire_fast(m, blk->n - flushed), flushed = 0)
#define M_NOTE(a) (void)0
#define M_BEGIN() (void)0
#define M_DRAIN() (void)0
#elif LOOP_MODEL == 2
#define LOOP hw_run_steps
#define LOOP_KIND HW_LOOP_STEPS
#define M_FLUSH(k) (hw_ooo_run(m, blk->steps + flushed, hw_fast(m)->access + flushed, (u64)(k) - flushed), flushed = (k))
#define M_END() (M_FLUSH(blk->n), flushed = 0)
#define M_NOTE(a) (hw_fast(m)->access[op->aux] = (a))
#define M_BEGIN() hw_ooo_begin(m, &blk->steps[op->aux])
#define M_DRAIN() hw_ooo_drain(m)
#endif

#if LOOP_MODEL
#define M_NO_ACCESS() M_NOTE(~0ull)
#define M_ACCESS(a, size, table, fn) \
    do { \
        M_NOTE(a); \
        if (UNLIKELY(!hw_data_hit(hw_fast(m), hw_fast(m)->table, (a), (size)))) { \
            M_FLUSH(op->aux); \
            M_BEGIN(); \
            fn(m, op->pc, (a), (size)); \
        } \
    } while (0)
#define M_LOAD(a, size) M_ACCESS(a, size, l1d_load, hw_load)
#define M_STORE(a, size) M_ACCESS(a, size, l1d_store, hw_store)
#define M_UNIT(u) ((u) == HW_UNIT_COUNT ? (void)0 : hw_unit_fast(m, (HwUnit)(u)))
#define M_FETCH(pc) hw_fetch_fast(m, (pc))
#define M_BRANCH(kind, taken, target) hw_branch_fast(m, (HwBranchKind)(kind), op->pc, op->aux, (taken), (target))
#define M_HINT() \
    do { \
        M_FLUSH(op->aux); \
        M_BEGIN(); \
        if (op->rs1) hw_hint(m, op->pc, A, op->pc + (u64)IMM); \
        else hw_hint_cancel(m, op->pc + (u64)IMM); \
    } while (0)
#else
#define LOOP hw_run_plain
#define LOOP_KIND HW_LOOP_PLAIN
#define M_FLUSH(k) (void)0
#define M_END() (void)0
#define M_LOAD(a, size) (void)0
#define M_STORE(a, size) (void)0
#define M_UNIT(u) (void)0
#define M_FETCH(pc) (void)0
#define M_BRANCH(kind, taken, target) (void)0
#define M_HINT() (void)0
#define M_NO_ACCESS() (void)0
#define M_DRAIN() (void)0
#endif

/* With core == NULL: publishes the handlers' addresses. */
static HwStop LOOP(HwCore *core, i64 budget)
{
    static const void *const handlers[HW_OP_COUNT] = {
#define I(id, ...) [HW_I_##id] = &&L_##id,
#include "hwsim/rv64.def"
#define P(id) [HW_P_##id] = &&P_##id,
        HW_PSEUDO(P)
#undef P
    };
    if (!core) {
        hw_handlers[LOOP_KIND] = handlers;
        return HW_STOP_BUDGET;
    }

    struct { HwBlock head; HwOp ops[HW_BLOCK_OPS]; } slice; /* the part of a block that the budget covers */
    HwDecode *const decode = core->decode;
    i64 left = budget, synced = budget; /* instructions to go; the same when instret was last brought up to date */
    const HwOp *op;
    HwBlock *blk, *found;
    u64 pc = core->pc, tval, generation;
    u32 cause, via;
    FpHost host = fp_enter();
#if LOOP_MODEL
    HwModel *const m = core->model;
    u64 flushed = 0;
    bool is_fetched = pc == decode->fetched;
    decode->fetched = ~0ull;
    if (is_fetched) {
        found = hw_block_find(decode, LOOP_KIND, pc);
        if (!found) goto fetch_fault;
        ENTER(found);
    }
#endif

lookup:
    found = *hw_table_slot(decode, LOOP_KIND, pc);
    if (LIKELY(found->pc == pc)) {
        M_FETCH(pc);
        ENTER(found);
    }
find:
    found = hw_block_find(decode, LOOP_KIND, pc);
    if (!found) goto fetch_fault;
    M_FETCH(pc);
    ENTER(found);

resolve: /* the successor of blk through its link `via`, at pc */
    generation = decode->generation;
    found = hw_block_find(decode, LOOP_KIND, pc);
    if (!found) goto fetch_fault;
    if (via || blk->seq_fetch) M_FETCH(pc);
    if (generation == decode->generation) blk->link[via] = found;
    ENTER(found);

out_of_budget:
    left += blk->n;
    if (left) {
        hw_block_slice(blk, LOOP_KIND, (u32)left, &slice.head);
        ENTER(&slice.head);
    }
    core->pc = blk->pc;
    decode->fetched = LOOP_MODEL ? core->pc : ~0ull;
    goto budget_done;
P_STOP:
    M_END();
    if (op->imm) M_FETCH(op->pc); /* whoever ends on its budget has fetched what comes next */
    core->pc = op->pc;
    decode->fetched = LOOP_MODEL ? op->pc : ~0ull;
budget_done:
    SYNC();
    fp_gather(core);
    fp_leave(host);
    return HW_STOP_BUDGET;

host_call:
    if (UNLIKELY(!core->host_call)) FAULT(HW_CAUSE_ILLEGAL, (u32)op->imm << 20 | 0x0b);
    M_END();
    core->pc = op->pc + op->aux;
    SYNC();
    fp_gather(core);
    core->host_call(core, (u32)op->imm);
    goto back_from_outside;

P_ILLEGAL:
    FAULT(HW_CAUSE_ILLEGAL, (u32)op->imm);
trap: /* at op: what precedes it is done, op itself is not */
    {
        u32 done = hw_block_index(blk, LOOP_KIND, op);
        left += blk->n - done;
        M_FLUSH(done);
#if LOOP_MODEL
        flushed = 0;
#endif
        core->pc = op->pc;
        goto deliver;
    }
fetch_fault:
    cause = HW_CAUSE_FETCH_FAULT;
    core->pc = tval = pc;
deliver:
    M_DRAIN();
    SYNC();
    fp_gather(core);
    core->cause = cause;
    core->tval = tval;
    if (!core->trap || !core->trap(core, cause, tval)) {
        fp_leave(host);
        return HW_STOP_TRAP;
    }
back_from_outside: /* firmware may have done anything: to registers, pc, code */
    core->x[0] = 0;
    if (UNLIKELY(core->stop)) {
        core->stop = false;
        fp_leave(host);
        return HW_STOP_HCALL;
    }
    fp_clear();
    pc = core->pc;
    goto lookup;

rounds: /* an FPS or FPD row in another rounding mode than nearest even */
    {
        u32 rm = (u32)op->imm >> 8 & 7;
        if (rm == RM_DYN) rm = core->fcsr >> 5;
        if (rm > RM_RMM) FAULT(HW_CAUSE_ILLEGAL, 0);
        hw_fp_round(core, (u32)op->imm >> 16, op->rd, op->rs1, op->rs2, op->aux, rm);
        NEXT;
    }
P_FP_SLOW:
    M_UNIT(hw_rows[(u32)op->imm >> 16].unit);
    goto rounds;
P_FETCH:
    M_FLUSH(op->aux);
    M_FETCH(op->pc);
    NEXT;
P_ZERO:
    core->x[0] = 0;
    NEXT;
P_PROBE:
    hw_probe_fire(core, op->rd, (u32)op->pc);
    NEXT;
P_YIELD:
#if LOOP_MODEL
    if (LIKELY(core->yield_at == ~0ull)) NEXT;
    M_FLUSH(op->aux);
    if (hw_ticks(m) < core->yield_at) NEXT;
    left += blk->n - op->aux;
    core->pc = decode->fetched = op->pc;
    SYNC();
    fp_gather(core);
    fp_leave(host);
    return HW_STOP_YIELD;
#endif
P_STALL:
#if LOOP_MODEL
    hw_fast(m)->extra += (u32)op->imm;
#endif
P_NOP:
    NEXT;
P_JUMP:
    JUMP();
P_NEXT:
    M_END();
    FOLLOW(0, op->pc);

#define I(id, name, match, mask, fmt, unit, class, ...) L_##id: EXEC_##class(HW_UNIT_##unit, __VA_ARGS__)
#include "hwsim/rv64.def"
}


#undef LOOP
#undef LOOP_KIND
#undef M_FLUSH
#undef M_END
#undef M_ACCESS
#undef M_LOAD
#undef M_STORE
#undef M_UNIT
#undef M_FETCH
#undef M_BRANCH
#undef M_HINT
#undef M_NOTE
#undef M_BEGIN
#undef M_DRAIN
#undef M_NO_ACCESS
