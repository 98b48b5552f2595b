/* Branches: see branches.h. There are many mispredicted ones, so that each is one word in a batch until the batch is full; then the batch is counted
   while the host fetches the slots of those behind. What locate_method looks at is the key: it is asked once for each place. Those in compiled code, which
   stays what it is, are counted in tables by its instructions. */
#include "report/branches.h"
#include "base/log.h"
#include "base/window.h"
#include "report/observe.h"
#include "report/tally.h"
#include "vm/guest/regs.h"
#include <stdlib.h>
#include <sys/mman.h>

/* What is counted: of targets, not of directions; in compiled code; executed, not mispredicted. */
enum { TARGETS = 1, COMPILED = 2, EXECUTED = 4, FLAGS = TARGETS | COMPILED | EXECUTED };
typedef struct Where {
    u32 pc;       /* 1 + offset of the bytecode in the META window, or of compiled code in its window; 1: in neither; 0: free */
    u32 running;  /* offset of the frame's method, or 0; and flags from above */
} Where;
typedef struct Branch { Where at; u32 code, n; } Branch;
static struct { Branch *slots; u32 bits, filled; } B;

static u64 branch_hash(Where w) { return ((u64)w.running << 32 | w.pc) * 0x9e3779b97f4a7c15ull >> (64 - B.bits); }

static Branch *branch_slot(Where w)
{
    u64 at = branch_hash(w);
    while (B.slots[at].at.pc && (B.slots[at].at.pc != w.pc || B.slots[at].at.running != w.running)) at = (at + 1) & ((1u << B.bits) - 1);
    return &B.slots[at];
}

enum { FIRST_BITS = 17 /* a large page */ };
static void grow(void)
{
    Branch *old = B.slots;
    u32 n = old ? 1u << B.bits : 0;
    B.bits = old ? B.bits + 1 : FIRST_BITS;
    ASSERT(B.bits < 28);
    B.slots = large_zeroed(sizeof *B.slots << B.bits);
    for (u32 i = 0; i < n; i++)
        if (old[i].at.pc) *branch_slot(old[i].at) = old[i];
    free(old);
}

/* Of compiled code, by instruction: wrong directions, which translated code counts itself, and wrong targets. */
static u64 *compiled[2];

static u64 *compiled_counter(u32 targets, u64 pc) { return &compiled[targets][(pc - WIN_CODE_BASE) / 4]; }

u64 *branch_counter(void *ctx, u64 pc)
{
    (void)ctx;
    return IN_WINDOW(CODE, pc) ? compiled_counter(0, pc) : NULL;
}

static void settle_compiled(u32 targets)
{
    for (u64 pc = WIN_CODE_BASE; pc < win_code.next; pc += 4) {
        u64 *n = compiled_counter(targets, pc);
        if (LIKELY(!*n)) continue;
        u32 bci = 0;
        const Method *m = locate_method(pc, NULL, &bci);
        u32 code = code_number(m, bci);
        *code_count(code, N_MISPREDICTED) += *n;
        if (targets) *code_count(code, N_MISPREDICTED_TARGET) += *n;
        *n = 0;
    }
}

void branches_start(void)
{
    ASSERT(!B.slots);
    grow();
    for (u32 i = 0; i < NELEM(compiled); i++) {
        compiled[i] = mmap(NULL, WIN_CODE_SIZE / 4 * sizeof(u64), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (compiled[i] == MAP_FAILED) panic("no memory for a report");
    }
}

static void settle(Branch *b)
{
    u32 flags = b->at.running & FLAGS;
    *code_count(b->code, flags & EXECUTED ? N_EXECUTED : N_MISPREDICTED) += b->n;
    if ((flags & (TARGETS | EXECUTED)) == TARGETS) *code_count(b->code, N_MISPREDICTED_TARGET) += b->n;
    b->n = 0;
}

/* Where a branch was executed, with these values in GUEST_REG_PC and GUEST_REG_FRAME; `what`: flags. */
static inline Where place_at(u64 pc, u64 bytecode, u64 frame, u32 what)
{
    if (IN_WINDOW(CODE, pc)) return (Where){ 1 + (u32)(pc - WIN_CODE_BASE), what | COMPILED };
    Where w = { IN_WINDOW(META, bytecode) ? 1 + (u32)(bytecode - WIN_META_BASE) : 1, what };
    if (!IN_WINDOW(STACK, frame) || frame & 7) return w;
    u64 method = (u64)((const Frame *)frame)->method;
    if (IN_WINDOW(META, method) && !(method & FLAGS)) w.running |= (u32)(method - WIN_META_BASE);
    return w;
}

static inline Where place_of(u64 pc, const u64 *x, u32 what)
{
    return LIKELY(x) ? place_at(pc, x[GUEST_REG_PC], x[GUEST_REG_FRAME], what) : (Where){ 1, what };
}

static u32 code_of(Where w)
{
    u32 bci = 0, method = w.running & ~(u32)FLAGS;
    const Method *m = NULL;
    if (w.running & COMPILED) m = locate_method(WIN_CODE_BASE + w.pc - 1, NULL, &bci);
    else if (method) m = locate_bytecode((Method *)(WIN_META_BASE + method), WIN_META_BASE + w.pc - 1, &bci);
    return code_number(m, bci);
}

static Branch *branch_of(Where w)
{
    Branch *b = branch_slot(w);
    if (LIKELY(b->at.pc)) return b;
    *b = (Branch){ w, code_of(w), 0 };
    if (++B.filled > 1u << (B.bits - 1)) grow(), b = branch_slot(w);
    return b;
}

static void count(Where w)
{
    Branch *b = branch_of(w);
    if (UNLIKELY(++b->n == UINT32_MAX)) settle(b);
}

/* Those that wait to be counted. */
enum { BATCH = 512, AHEAD = 12 };
static Where batch[BATCH + AHEAD];
static u32 waiting;

static void count_batch(void)
{
    ASSERT(waiting <= BATCH);
    for (u32 i = 0; i < waiting; i++) {
        __builtin_prefetch(&B.slots[branch_hash(batch[i + AHEAD])], 1); /* of one long counted, behind the last */
        count(batch[i]);
    }
    waiting = 0;
}

void branches_settle(void)
{
    count_batch();
    for (u32 i = 0; i < 1u << B.bits; i++)
        if (B.slots[i].at.pc) settle(&B.slots[i]);
    settle_compiled(0), settle_compiled(1);
}

static inline void wait(Where w)
{
    batch[waiting++] = w;
    if (UNLIKELY(waiting == BATCH)) count_batch();
}

void branch_mispredicted(void *ctx, HwBranchKind kind, u64 pc, u64 target, const u64 *x)
{
    (void)ctx, (void)target;
    bool targets = kind != HW_BR_COND;
    if (IN_WINDOW(CODE, pc)) ++*compiled_counter(targets, pc);
    else wait(place_of(pc, x, targets ? TARGETS : 0));
}

void branch_wrong_direction(void *ctx, u64 pc, u64 bytecode, u64 frame)
{
    (void)ctx;
    wait(place_at(pc, bytecode, frame, 0));
}

void branch_executed(void *ctx, HwBranchKind kind, u64 pc, const u64 *x)
{
    (void)ctx, (void)kind;
    count(place_of(pc, x, EXECUTED));
}

void branch_value(void *ctx, bool target, u64 pc, u32 what, const u64 *x)
{
    (void)ctx;
    u64 *n = code_count(branch_of(place_of(pc, x, target ? TARGETS : 0))->code, N_HINTS);
    n[0] += (what & HW_VALUE_HINT) != 0;
    n[N_HINTS_LATE - N_HINTS] += (what & HW_VALUE_LATE) != 0;
    n[N_VALUE_USED - N_HINTS] += (what & HW_VALUE_USED) != 0;
    n[N_VALUE_RIGHT - N_HINTS] += (what & HW_VALUE_RIGHT) != 0;
    n[N_VALUE_GAINED - N_HINTS] += (what & HW_VALUE_GAINED) != 0;
    n[N_VALUE_HARMED - N_HINTS] += (what & HW_VALUE_HARMED) != 0;
}
