/* Torture. Registers, what is inlined and the order of blocks are chosen at random by regalloc.c, inline.c and trace.c, if they are to be; here: guards that fail without cause, so that the interpreter goes on from the frame states of all kinds of places. Which ones, depends on the
   seed, the method and how often it has been compiled: another compilation leaves elsewhere. */
#include "jit/jit.h"
#include "jit/ir.h"
#include "jit/policy.h"
#include "base/hash.h"

enum { ONE_IN = 6 };

/* A branch that became a guard goes on behind itself: it fails only when it does. */
static bool is_guard(const Ins *i)
{
    switch (i->op) {
    case IR_GUARD: return i->imm != REASON_UNREACHED;
    case IR_NULLCHECK: case IR_BOUNDS: case IR_DIVCHECK: case IR_UNIQUE: case IR_CHECKCAST: case IR_STORECHECK: return true;
    default: return false;
    }
}

u32 jit_torture_choice(u64 a, u64 b, u32 n)
{
    ASSERT(n);
    return (u32)(hash_u64(hash_u64(a ^ jit_options.seed * 0x9e3779b97f4a7c15ull) ^ b) % n);
}

/* Some guards, and some polls, become guards that always fail. */
void jit_torture(IrFn *f)
{
    if (!(jit_options.torture & JIT_TORTURE_DEOPT)) return;
    u64 seed = hash_bytes(f->m->name->bytes, f->m->name->length) ^ jit_options.seed * 0x9e3779b97f4a7c15ull ^ (u64)policy_method(f->m)->compilations << 32;
    Val zero = ir_const(f, IT_INT, 0), one = ir_const(f, IT_INT, 1);
    for (size_t o = 0; o < f->rpo.len; o++) {
        const Block *b = ir_block(f, f->rpo.data[o]);
        for (size_t n = 0; n < b->ins.len; n++) {
            Val v = b->ins.data[n];
            Ins *i = ir(f, v);
            if (!is_guard(i) || hash_u64(seed + v) % ONE_IN) continue;
            i->op = IR_GUARD, i->sub = CC_EQ, i->a = zero, i->b = one, i->c = V_NONE, i->imm = REASON_TORTURE;
            ASSERT(i->state);
        }
    }
}
