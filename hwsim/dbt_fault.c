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

static bool resume(greg_t *g)
{
    DbtCache *c = dbt_cache_at((u64)g[REG_RIP]);
    const DbtSite *s = c ? find_site(c, (u32)((u64)g[REG_RIP] - (u64)c->run)) : NULL;
    if (!s) return false;
    g[REG_R15] += s->behind;
    g[REG_RDX] = (greg_t)s->pc;
    g[REG_RAX] = DBT_EXIT_ORACLE;
    g[REG_RIP] = (greg_t)((u64)c->run + c->exit);
    return true;
}

static void on_fault(int sig, siginfo_t *info, void *context)
{
    if (resume(((ucontext_t *)context)->uc_mcontext.gregs)) return;
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

#endif
