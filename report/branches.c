/* Branches: see branches.h. There are many mispredicted ones, so that each touches one line of a small table. What locate_method looks at is
   the key: it is asked once for each place. An event waits until the host has fetched its slot. */
#include "report/branches.h"
#include "base/log.h"
#include "report/observe.h"
#include "report/tally.h"
#include "vm/guest/regs.h"
#include <stdlib.h>

enum { TARGETS = 1, COMPILED = 2, EXECUTED = 4 }; /* what is counted: of targets, not of directions; in compiled code; executed, not mispredicted */
typedef struct Branch {
    u32 pc;       /* 1 + offset of the bytecode in the META window, or of compiled code in its window; 0: free */
    u32 running;  /* offset of the frame's method, or 0; and bits from above */
    u32 cell, n;
} Branch;
static struct { Branch *slots; u32 bits, filled; } B;

static u64 branch_hash(u32 pc, u32 running) { return ((u64)running << 32 | pc) * 0x9e3779b97f4a7c15ull >> (64 - B.bits); }

static Branch *branch_slot(u32 pc, u32 running)
{
    u64 at = branch_hash(pc, running);
    while (B.slots[at].pc && (B.slots[at].pc != pc || B.slots[at].running != running)) at = (at + 1) & ((1u << B.bits) - 1);
    return &B.slots[at];
}

static void grow(void)
{
    Branch *old = B.slots;
    u32 n = old ? 1u << B.bits : 0;
    B.bits = old ? B.bits + 1 : 12;
    ASSERT(B.bits < 28);
    B.slots = tally_memory(sizeof *B.slots << B.bits);
    for (u32 i = 0; i < n; i++)
        if (old[i].pc) *branch_slot(old[i].pc, old[i].running) = old[i];
    free(old);
}

void branches_start(void)
{
    ASSERT(!B.slots);
    grow();
}

static void settle(Branch *b)
{
    u64 *n = observed.cells.data[b->cell].n;
    if (b->running & EXECUTED) n[N_EXECUTED] += b->n;
    else n[N_MISPREDICTED] += b->n;
    if ((b->running & (TARGETS | EXECUTED)) == TARGETS) n[N_MISPREDICTED_TARGET] += b->n;
    b->n = 0;
}

typedef struct Waiting { u64 pc, bytecode; Method *method; u32 at, running; } Waiting; /* at: 0 if nothing waits */
enum { WAITING = 16 };
static Waiting waiting[WAITING];
static u32 next_waiting;

/* Where a branch was executed; `what`: bits of `running`. */
static Waiting place_of(u64 pc, const u64 *x, u32 what)
{
    bool compiled = IN_WINDOW(CODE, pc) || !x;
    u64 frame = compiled ? 0 : x[GUEST_REG_FRAME];
    Waiting w = { .pc = pc, .bytecode = compiled ? 0 : x[GUEST_REG_PC], .at = 1, .running = what | (compiled ? COMPILED : 0) };
    if (IN_WINDOW(CODE, pc)) w.at += (u32)(pc - WIN_CODE_BASE);
    else if (IN_WINDOW(META, w.bytecode)) w.at += (u32)(w.bytecode - WIN_META_BASE);
    if (IN_WINDOW(STACK, frame) && !(frame & 7)) w.method = ((const Frame *)frame)->method, w.running |= (u32)((u64)w.method - WIN_META_BASE);
    return w;
}

static u32 cell_of(const Waiting *w)
{
    u32 bci = 0;
    const Method *m = IN_WINDOW(CODE, w->pc) ? locate_method(w->pc, NULL, &bci) : w->method ? locate_bytecode(w->method, w->bytecode, &bci) : NULL;
    return branch_cell(m, bci);
}

static Branch *branch_of(const Waiting *w)
{
    Branch *b = branch_slot(w->at, w->running);
    if (LIKELY(b->pc)) return b;
    *b = (Branch){ w->at, w->running, cell_of(w), 0 };
    if (++B.filled > 1u << (B.bits - 1)) grow(), b = branch_slot(w->at, w->running);
    return b;
}

static void count(const Waiting *w)
{
    Branch *b = branch_of(w);
    if (UNLIKELY(++b->n == UINT32_MAX)) settle(b);
}

void branches_settle(void)
{
    for (u32 i = 0; i < WAITING; i++)
        if (waiting[i].at) count(&waiting[i]), waiting[i].at = 0;
    for (u32 i = 0; i < 1u << B.bits; i++)
        if (B.slots[i].pc) settle(&B.slots[i]);
}

void branch_mispredicted(void *ctx, HwBranchKind kind, u64 pc, u64 target, const u64 *x)
{
    (void)ctx, (void)target;
    Waiting w = place_of(pc, x, kind == HW_BR_COND ? 0 : TARGETS), *place = &waiting[next_waiting++ % WAITING];
    __builtin_prefetch(&B.slots[branch_hash(w.at, w.running)], 1);
    if (place->at) count(place);
    *place = w;
}

void branch_executed(void *ctx, HwBranchKind kind, u64 pc, const u64 *x)
{
    (void)ctx, (void)kind;
    Waiting w = place_of(pc, x, EXECUTED);
    count(&w);
}

void branch_value(void *ctx, bool target, u64 pc, u32 what, const u64 *x)
{
    (void)ctx;
    Waiting w = place_of(pc, x, target ? TARGETS : 0);
    const Branch *b = branch_of(&w); /* may move the cells */
    u64 *n = observed.cells.data[b->cell].n;
    n[N_HINTS] += (what & HW_VALUE_HINT) != 0;
    n[N_HINTS_LATE] += (what & HW_VALUE_LATE) != 0;
    n[N_VALUE_USED] += (what & HW_VALUE_USED) != 0;
    n[N_VALUE_RIGHT] += (what & HW_VALUE_RIGHT) != 0;
    n[N_VALUE_GAINED] += (what & HW_VALUE_GAINED) != 0;
    n[N_VALUE_HARMED] += (what & HW_VALUE_HARMED) != 0;
}
