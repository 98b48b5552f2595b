/* Branches: see branches.h. There are many mispredicted ones, so that each is but an increment: of the interpreter's in `wrong` at the bytecode's spot (codes.h), of compiled
   code, which stays what it is, in tables by its instructions, some by translated code itself. */
#include "report/branches.h"
#include "base/log.h"
#include "base/window.h"
#include "report/observe.h"
#include "vm/guest/regs.h"
#include <sys/mman.h>

/* By instruction: wrong directions, which translated code counts itself, and wrong targets. */
static u64 *compiled[2];

static u64 *compiled_counter(bool targets, u64 pc) { return &compiled[targets][(pc - WIN_CODE_BASE) / 4]; }

u64 *branch_counter(void *ctx, u64 pc)
{
    (void)ctx;
    return IN_WINDOW(CODE, pc) ? compiled_counter(false, pc) : NULL;
}

static u32 number_of(const Known *k, u32 spot) { return code_number(known_as(k), spot); }

static void settle_compiled(bool targets)
{
    for (u64 pc = WIN_CODE_BASE; pc < win_code.next; pc += 4) {
        u64 *n = compiled_counter(targets, pc);
        if (LIKELY(!*n)) continue;
        u32 spot;
        const Known *k = code_compiled(pc, &spot);
        u32 code = number_of(k, spot);
        *code_count(code, N_MISPREDICTED) += *n;
        if (targets) *code_count(code, N_MISPREDICTED_TARGET) += *n;
        *n = 0;
    }
}

void branches_start(void)
{
    for (u32 i = 0; i < NELEM(compiled); i++) {
        compiled[i] = mmap(NULL, WIN_CODE_SIZE / 4 * sizeof(u64), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (compiled[i] == MAP_FAILED) panic("no memory for a report");
    }
}

/* One of the interpreter's on its way to being counted. */
typedef struct Waiting { const Method *method; u32 spot; u8 targets, there; } Waiting;
enum { WAITING = 8 };
static Waiting waiting[WAITING]; /* a ring */
static u32 latest;

static inline void count_waiting(const Waiting *w)
{
    u8 *n = &codes.wrong.data[w->spot].n[w->targets];
    if (UNLIKELY(!*n)) code_number(w->method, w->spot);
    if (UNLIKELY(++*n == UINT8_MAX)) code_settle(w->spot);
}

/* Where it is counted is rarely in the host's caches: it waits for some further ones, while the host fetches that. */
static inline void count_interpreted(u64 bytecode, u64 frame, bool targets)
{
    Waiting *w = &waiting[latest++ % WAITING], oldest = *w;
    w->method = known_as(code_interpreted(bytecode, frame, &w->spot));
    w->targets = targets, w->there = true;
    __builtin_prefetch(&codes.wrong.data[w->spot], 1);
    if (LIKELY(oldest.there)) count_waiting(&oldest);
}

static void settle_waiting(void)
{
    for (u32 i = 0; i < WAITING; i++) {
        Waiting *w = &waiting[latest++ % WAITING];
        if (w->there) count_waiting(w);
        w->there = false;
    }
}

void branches_settle(void)
{
    settle_waiting();
    codes_settle();
    settle_compiled(false), settle_compiled(true);
}

void branch_mispredicted(void *ctx, HwBranchKind kind, u64 pc, u64 target, const u64 *x)
{
    (void)ctx, (void)target;
    bool targets = kind != HW_BR_COND;
    if (IN_WINDOW(CODE, pc)) ++*compiled_counter(targets, pc);
    else count_interpreted(x[GUEST_REG_PC], x[GUEST_REG_FRAME], targets);
}

void branch_wrong_direction(void *ctx, u64 pc, u64 bytecode, u64 frame)
{
    (void)ctx, (void)pc;
    count_interpreted(bytecode, frame, false);
}

/* The number of the code that a branch at pc is of. */
static u32 code_of(u64 pc, const u64 *x)
{
    u32 spot;
    const Known *k = IN_WINDOW(CODE, pc) ? code_compiled(pc, &spot) : code_interpreted(x[GUEST_REG_PC], x[GUEST_REG_FRAME], &spot);
    return number_of(k, spot);
}

void branch_executed(void *ctx, HwBranchKind kind, u64 pc, const u64 *x)
{
    (void)ctx, (void)kind;
    ++*code_count(code_of(pc, x), N_EXECUTED);
}

void branch_value(void *ctx, bool target, u64 pc, u32 what, const u64 *x)
{
    (void)ctx, (void)target;
    u64 *n = code_count(code_of(pc, x), N_HINTS);
    n[0] += (what & HW_VALUE_HINT) != 0;
    n[N_HINTS_LATE - N_HINTS] += (what & HW_VALUE_LATE) != 0;
    n[N_VALUE_USED - N_HINTS] += (what & HW_VALUE_USED) != 0;
    n[N_VALUE_RIGHT - N_HINTS] += (what & HW_VALUE_RIGHT) != 0;
    n[N_VALUE_GAINED - N_HINTS] += (what & HW_VALUE_GAINED) != 0;
    n[N_VALUE_HARMED - N_HINTS] += (what & HW_VALUE_HARMED) != 0;
}
