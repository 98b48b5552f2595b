/* Faults inside translated code. Accesses are not checked there: one to low memory, or to what no process can map, raises
   SIGSEGV, and the handler here sends the core back to the driver as if the instruction had not begun; the oracle then
   executes it, and traps with everything exact. Only host instructions that are listed as accesses are resumed so;
   every other fault belongs to the handler that was installed before. A process that installs its own later loses this. */
#define _GNU_SOURCE
#include "hwsim/dbt.h"
#include <signal.h>
#include <ucontext.h>

#ifdef __x86_64__

static struct sigaction previous;

/* Sites are in the order of their host code. */
static const DbtSite *find_site(const DbtCache *c, u32 at)
{
    size_t low = 0, high = c->site.len;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (c->site.data[mid].host < at) low = mid + 1;
        else high = mid;
    }
    return low < c->site.len && c->site.data[low].host == at ? &c->site.data[low] : NULL;
}

static const DbtSite *site_of(u64 host_pc, const DbtCache *c)
{
    return c ? find_site(c, (u32)(host_pc - (u64)c->run)) : NULL;
}

u64 hw_pc_of_host(u64 host_pc)
{
    const DbtSite *s = site_of(host_pc, dbt_cache_at(host_pc));
    return s ? s->pc : 0;
}

/* What arithmetic made of a NaN becomes what RISC-V has for it. */
static void make_canonical(u32 *xmm, bool single)
{
    u64 v = xmm[0] | (u64)xmm[1] << 32;
    if (single ? (xmm[0] & 0x7fffffff) > 0x7f800000 : (v & ~(1ull << 63)) > 0x7ff0000000000000) {
        xmm[0] = single ? 0x7fc00000 : 0;
        xmm[1] = single ? ~0u : 0x7ff80000;
    }
}

/* By the number that instructions have for it. */
static const u8 general[16] = { REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI, REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15 };

static u64 *place(HwCore *core, greg_t *g, i8 where)
{
    return where < 0 ? &core->x[~where] : (u64 *)&g[general[where]];
}

static bool resume(greg_t *g, fpregset_t fp)
{
    DbtCache *c = dbt_cache_at((u64)g[REG_RIP]);
    const DbtSite *s = site_of((u64)g[REG_RIP], c);
    if (!s) return false;
    for (u32 i = 0; i < 16; i++)
        if (s->nan >> i & 1) make_canonical(fp->_xmm[i].element, s->one >> i & 1);
    for (u32 i = 0; i < 16; i++)
        if (s->narrow >> i & 1) g[general[i]] = (i32)g[general[i]];
    if (s->sum) {
        HwCore *core = (HwCore *)(g[REG_RBP] - DBT_BIAS);
        *place(core, g, s->sum) = (*place(core, g, s->sum_index) << s->sum_scale) + *place(core, g, s->sum_base);
    }
    g[REG_R15] += s->behind; /* 0 where nothing is counted */
    g[REG_RDX] = (greg_t)s->pc;
    g[REG_RAX] = DBT_EXIT_ORACLE;
    g[REG_RIP] = (greg_t)((u64)c->run + s->exit);
    return true;
}

static void on_fault(int sig, siginfo_t *info, void *context)
{
    mcontext_t *m = &((ucontext_t *)context)->uc_mcontext;
    if (resume(m->gregs, m->fpregs)) return;
    if (previous.sa_flags & SA_SIGINFO) previous.sa_sigaction(sig, info, context);
    else if (previous.sa_handler == SIG_DFL || previous.sa_handler == SIG_IGN) sigaction(sig, &previous, NULL); /* and fault again */
    else previous.sa_handler(sig);
}

void dbt_catch_faults(void)
{
    static bool caught;
    if (caught) return;
    caught = true;
    struct sigaction sa = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK };
    sigaction(SIGSEGV, &sa, &previous);
}

#else

u64 hw_pc_of_host(u64 host_pc) { return (void)host_pc, 0; }

#endif
