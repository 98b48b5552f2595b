/* Templates of the interpreter's handlers, one per class of rv64.def: EXEC_<class>(unit, semantics...). They expand
   inside exec_loop.h, whose M_ macros tell the model (or nobody) and whose locals they use: core, op, blk, left,
   synced, pc, via, cause, tval, decode. */
#ifndef HWSIM_EXEC_CLASS_H
#define HWSIM_EXEC_CLASS_H

/* --- going on ------------------------------------------------------------------------------------------------ */

#define NEXT do { op++; goto *op->handler; } while (0)
#define ENTER(b) \
    do { \
        blk = (b); \
        left -= blk->n; \
        if (UNLIKELY(left < 0)) goto out_of_budget; \
        op = blk->ops; \
        goto *op->handler; \
    } while (0)
/* To the block in sequence (0) or the one jumped to (1). */
#define FOLLOW(which, target) \
    do { \
        HwBlock *to_ = blk->link[which]; \
        if (UNLIKELY(!to_)) { \
            via = (which); \
            pc = (target); \
            goto resolve; \
        } \
        if ((which) || blk->seq_fetch) M_FETCH(to_->pc); \
        ENTER(to_); \
    } while (0)
#define FAULT(cause_, tval_) do { cause = (cause_), tval = (tval_); goto trap; } while (0)
/* Brings core->instret up to date. */
#define SYNC() (core->instret += (u64)(synced - left), synced = left)

/* --- what the rows' semantics use ---------------------------------------------------------------------------- */

#define A core->x[op->rs1]
#define B core->x[op->rs2]
#define IMM (i64)op->imm
#define PC op->pc
#define F1 fp_val32(fp_unbox(core->f[op->rs1]))
#define F2 fp_val32(fp_unbox(core->f[op->rs2]))
#define F3 fp_val32(fp_unbox(core->f[op->aux]))
#define D1 fp_val64(core->f[op->rs1])
#define D2 fp_val64(core->f[op->rs2])
#define D3 fp_val64(core->f[op->aux])
#define RM rm
#define FTYPE f32
#define DTYPE f64
#define FMAS(a, b, c) fp_fma32(&core->fcsr, a, b, c)
#define FMAD(a, b, c) fp_fma64(&core->fcsr, a, b, c)
#define SQRTS(a) sqrtf(a)
#define SQRTD(a) sqrt(a)
#define fp_sgnj32(a, b, how) fp_box(fp_sign32(fp_unbox(core->f[a]), fp_unbox(core->f[b]), how))
#define fp_sgnj64(a, b, how) fp_sign64(core->f[a], core->f[b], how)

/* --- one template per class ---------------------------------------------------------------------------------- */

#define ADDRESS(cause_) \
    u64 at = A + (u64)IMM; \
    if (UNLIKELY(at - HW_LOW_MEMORY >= HW_MEMORY_SPAN)) FAULT(cause_, at)

#define EXEC_ALU(unit, expr) M_UNIT(unit); core->x[op->rd] = (u64)(expr); NEXT;
#define EXEC_LOAD(unit, type) \
    { ADDRESS(HW_CAUSE_LOAD_FAULT); M_LOAD(at, sizeof(type)); core->x[op->rd] = (u64)rv_read(type, at); NEXT; }
#define EXEC_STORE(unit, type) \
    { ADDRESS(HW_CAUSE_STORE_FAULT); M_STORE(at, sizeof(type)); rv_write(type, at, (type)B); NEXT; }
#define EXEC_FLOAD(unit, type) \
    { \
        ADDRESS(HW_CAUSE_LOAD_FAULT); \
        M_LOAD(at, sizeof(type)); \
        core->f[op->rd] = sizeof(type) == 4 ? fp_box((u32)rv_read(type, at)) : (u64)rv_read(type, at); \
        NEXT; \
    }
#define EXEC_FSTORE(unit, type) \
    { ADDRESS(HW_CAUSE_STORE_FAULT); M_STORE(at, sizeof(type)); rv_write(type, at, (type)core->f[op->rs2]); NEXT; }

#define EXEC_BRANCH(unit, condition) \
    { \
        bool taken = (condition); \
        M_END(); \
        M_BRANCH(HW_BR_COND, taken, op->pc + (u64)IMM); \
        if (taken) FOLLOW(1, op->pc + (u64)IMM); \
        FOLLOW(0, op->pc + op->aux); \
    }
#define JUMP() \
    do { \
        M_END(); \
        M_BRANCH(op->rs2, true, op->pc + (u64)IMM); \
        FOLLOW(1, op->pc + (u64)IMM); \
    } while (0)
#define EXEC_JAL(unit, ...) core->x[op->rd] = op->pc + op->aux; JUMP();
#define EXEC_JALR(unit, ...) \
    { \
        pc = (A + (u64)IMM) & ~1ull; \
        core->x[op->rd] = op->pc + op->aux; \
        core->x[0] = 0; \
        M_END(); \
        M_BRANCH(op->rs2, true, pc); \
        HwBlock *to = *hw_table_slot(decode, LOOP_KIND, pc); \
        if (UNLIKELY(to->pc != pc)) goto find; \
        M_FETCH(pc); \
        ENTER(to); \
    }
#define EXEC_FENCE(unit, ...) __VA_ARGS__; NEXT; /* no effect but on the model */
#define EXEC_FENCEI(unit, ...) \
    M_END(); \
    pc = op->pc + op->aux; \
    hw_decode_flush(decode); \
    decode->fences++; \
    goto find;
#define EXEC_TRAP(unit, cause_) FAULT(cause_, (cause_) == HW_CAUSE_BREAKPOINT ? op->pc : 0);
#define EXEC_HCALL(unit, ...) goto host_call;

/* Reservations: sc succeeds if the place still holds the value that lr saw (which a store of the same value, in
   between, doesn't disturb). Atomics are the host's, so that host threads may take part. */
#define ALIGNED_ADDRESS(type, fault, misaligned) \
    ADDRESS(fault); \
    if (UNLIKELY(at & (sizeof(type) - 1))) FAULT(misaligned, at)
#define EXEC_LR(unit, type, signed_type) \
    { \
        ALIGNED_ADDRESS(type, HW_CAUSE_LOAD_FAULT, HW_CAUSE_LOAD_MISALIGNED); \
        M_LOAD(at, sizeof(type)); \
        type v = __atomic_load_n((type *)at, __ATOMIC_SEQ_CST); \
        core->reservation = at, core->reserved = v; \
        core->x[op->rd] = (u64)(i64)(signed_type)v; \
        NEXT; \
    }
#define EXEC_SC(unit, type) \
    { \
        ALIGNED_ADDRESS(type, HW_CAUSE_STORE_FAULT, HW_CAUSE_STORE_MISALIGNED); \
        type expected = (type)core->reserved; \
        bool ok = core->reservation == at; \
        if (ok) { \
            M_STORE(at, sizeof(type)); \
            ok = __atomic_compare_exchange_n((type *)at, &expected, (type)B, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST); \
        } else { \
            M_NO_ACCESS(); \
        } \
        core->reservation = ~0ull; \
        core->x[op->rd] = !ok; \
        NEXT; \
    }
#define OLD old
#define NEW new
#define EXEC_AMO(unit, type, signed_type, expr) \
    { \
        ALIGNED_ADDRESS(type, HW_CAUSE_STORE_FAULT, HW_CAUSE_STORE_MISALIGNED); \
        M_STORE(at, sizeof(type)); \
        type new = (type)B, old = __atomic_load_n((type *)at, __ATOMIC_RELAXED); \
        while (!__atomic_compare_exchange_n((type *)at, &old, (type)(expr), false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {} \
        core->x[op->rd] = (u64)(i64)(signed_type)old; \
        NEXT; \
    }

#define EXEC_FPS(unit, expr) \
    { \
        M_UNIT(unit); \
        if (UNLIKELY(core->fcsr >> 5 & (u32)op->imm)) goto rounds; \
        core->f[op->rd] = fp_canon32((f32)(expr)); \
        NEXT; \
    }
#define EXEC_FPD(unit, expr) \
    { \
        M_UNIT(unit); \
        if (UNLIKELY(core->fcsr >> 5 & (u32)op->imm)) goto rounds; \
        core->f[op->rd] = fp_canon64((f64)(expr)); \
        NEXT; \
    }
#define EXEC_FPBITS(unit, expr) { M_UNIT(unit); core->f[op->rd] = (expr); NEXT; }
#define EXEC_FPX0(unit, expr) { M_UNIT(unit); core->x[op->rd] = (u64)(expr); NEXT; }
#define EXEC_FPX(unit, expr) \
    { \
        M_UNIT(unit); \
        u32 rm = op->imm == RM_DYN ? core->fcsr >> 5 : (u32)op->imm; \
        if (UNLIKELY(rm > RM_RMM)) FAULT(HW_CAUSE_ILLEGAL, 0); \
        core->x[op->rd] = (expr); \
        NEXT; \
    }

/* The block ends here, so all of it counts as executed but this instruction itself, which must not see itself. */
#define EXEC_CSR(unit, how, operand) \
    { \
        u64 old; \
        bool writes = (how) == HW_CSR_SWAP || op->rs1; \
        M_FLUSH(blk->n - 1); \
        left++; \
        SYNC(); \
        left--; \
        fp_gather(core); \
        if (!hw_csr_op(core, (u32)op->imm, (how), (operand), writes, &old)) FAULT(HW_CAUSE_ILLEGAL, 0); \
        core->x[op->rd] = old; \
        core->x[0] = 0; \
        M_END(); \
        pc = op->pc + op->aux; \
        goto lookup; \
    }

#endif
