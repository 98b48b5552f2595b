/* Time in order with core.stall = "use": a result that takes long, from arithmetic or memory, holds up nobody but whoever uses it first.

   Where that is, the code says: a window from the instruction on, to the end of its basic block, page, or HW_USE_WINDOW instructions; at its end the core waits
   at the latest. So waiting for results of known latency (hits, arithmetic) is a number of ticks per instruction, which engines charge with it. It counts what is
   issued between, and its waiting, so that two results on their way at a time are not waited for twice.

   What a miss takes beyond a hit is known when it happens. It is noted, with the number of instructions retired when its use comes; until then any other
   waiting takes from it. Nobody who looks at time does so before stall_due has charged what is due, so that it does not matter when that is done. */
#include "hwsim/stall.h"
#include "hwsim/exec.h"
#include "hwsim/mem.h"
#include "hwsim/ooo.h"
#include <stdlib.h>
#include <string.h>

#define PAGE_BYTES 4096u

/* A load that has missed: when it is waited for, with all hits known; as long as the code that it was found in is the same. */
typedef struct HwLateUse {
    u64 pc, ticks; /* between it and its use */
    u32 use, stall; /* instructions to it, itself included; what is waited for a hit */
    u32 bytes;      /* of the window; 0: there is none */
    bool wanted;
    u8 code[HW_USE_BYTES];
} HwLateUse;
enum { USES = 256 };

void stall_init(HwModel *m)
{
    const HwConfig *c = m->cfg;
    if (!m->timing || c->core_kind != HW_CORE_IN_ORDER || c->core_stall != HW_STALL_USE) return;
    m->late.on = true;
    m->late.uses = xcalloc(USES, sizeof *m->late.uses);
    const u64 cycles[HW_STEP_KINDS] = {
        [HW_STEP_MUL] = c->core_mul_extra_cycles, [HW_STEP_DIV] = c->core_div_extra_cycles, [HW_STEP_FP] = c->core_fp_extra_cycles,
        [HW_STEP_FDIV] = c->core_fdiv_extra_cycles, [HW_STEP_LOAD] = c->l1d_latency_cycles - 1,
    };
    for (int k = 0; k < HW_STEP_KINDS; k++) m->late.latency[k] = (u32)(cycles[k] * m->width);
}

void stall_free(HwModel *m) { free(m->late.uses); }

bool hw_stalls_at_use(const HwModel *m) { return m && m->late.on; }

/* ---- uses --------------------------------------------------------------------------------------------------- */

/* Instructions from a pc on, and the ticks that each waits for hits and arithmetic before its use. */
typedef struct Window { HwStep step[HW_USE_WINDOW]; u32 stall[HW_USE_WINDOW], n, bytes; } Window;

static bool ends_window(const HwStep *s) { return s->kind == HW_STEP_BRANCH || s->kind == HW_STEP_SERIAL; }

/* pc can be read: it is executed, or about to be. */
static void look_ahead(Window *w, u64 pc)
{
    u64 page = pc / PAGE_BYTES, at = pc;
    u32 word;
    w->n = w->bytes = 0;
    do {
        HwInsn i;
        if (at % PAGE_BYTES == PAGE_BYTES - 2 && hw_insn_len(*(const u16 *)at) == 4) return;
        bool read = hw_read_code(at, &page, &word);
        ASSERT(read);
        hw_decode(word, &i);
        w->step[w->n++] = hw_step(&i);
        at += i.len;
        w->bytes += i.len;
    } while (w->n < HW_USE_WINDOW && at / PAGE_BYTES == pc / PAGE_BYTES && !ends_window(&w->step[w->n - 1]));
}

static bool divides(const HwStep *s) { return s->kind == HW_STEP_DIV || s->kind == HW_STEP_FDIV; }

/* Must s wait until p has its result? Dividers are not pipelined; and results come in order where they go to the same register. */
static bool waits_for(const HwStep *s, const HwStep *p)
{
    if (ends_window(s) || (divides(s) && s->kind == p->kind)) return true;
    return p->dest != HW_STEP_NO_DEST && (s->dest == p->dest || s->src[0] == p->dest || s->src[1] == p->dest || s->src[2] == p->dest);
}

/* The number in w of the instruction that waits for number k; *ticks pass in between. */
static u32 first_use(const Window *w, u32 k, u64 *ticks)
{
    u32 use = k + 1;
    *ticks = 0;
    while (use < w->n && !waits_for(&w->step[use], &w->step[k])) *ticks += 1 + w->stall[use++];
    return use;
}

static u64 beyond(u64 a, u64 b) { return a > b ? a - b : 0; }

static void find_stalls(const HwModel *m, Window *w)
{
    for (u32 k = w->n; k-- > 0;) {
        u64 ticks;
        first_use(w, k, &ticks);
        w->stall[k] = w->step[k].dest == HW_STEP_NO_DEST ? 0 : (u32)beyond(m->late.latency[w->step[k].kind], ticks);
    }
}

u32 hw_use_stall(const HwModel *m, u64 pc, const HwStep *s)
{
    Window w;
    if (!m->late.latency[s->kind]) return 0;
    look_ahead(&w, pc);
    find_stalls(m, &w);
    return w.n ? w.stall[0] : 0;
}

/* ---- misses ---------------------------------------------------------------------------------------------------- */

void stall_pass(HwModel *m, u64 ticks)
{
    for (u32 i = 0; i < m->late.n; i++) m->late.load[i].left = beyond(m->late.load[i].left, ticks);
}

static const HwLateUse *use_of(const HwModel *m, u64 pc)
{
    HwLateUse *k = &m->late.uses[(pc >> 1) % USES];
    if (k->pc == pc && !memcmp(k->code, (const void *)pc, k->bytes)) return k;
    Window w;
    look_ahead(&w, pc);
    find_stalls(m, &w);
    *k = (HwLateUse){ .pc = pc, .bytes = w.bytes };
    if (!w.n) return k;
    memcpy(k->code, (const void *)pc, w.bytes);
    k->wanted = w.step[0].dest != HW_STEP_NO_DEST;
    k->stall = w.stall[0];
    k->use = first_use(&w, 0, &k->ticks);
    return k;
}

void stall_load(HwModel *m, u64 pc, u64 wait)
{
    const HwLateUse *k = use_of(m, pc);
    if (!k->bytes || m->late.n == LATE_MAX) {
        model_stall_load(m, wait);
        return;
    }
    u64 left = k->wanted ? beyond(m->late.latency[HW_STEP_LOAD] + wait, k->ticks) - k->stall : 0;
    if (left) m->late.load[m->late.n++] = (HwLate){ m->f.instret + k->use, left };
}

void stall_take(HwModel *m, u64 instret)
{
    for (;;) {
        u32 first = 0;
        for (u32 i = 1; i < m->late.n; i++)
            if (m->late.load[i].use < m->late.load[first].use) first = i;
        if (!m->late.n || m->late.load[first].use > instret) return;
        u64 left = m->late.load[first].left;
        m->late.load[first] = m->late.load[--m->late.n];
        model_stall_load(m, left);
    }
}
