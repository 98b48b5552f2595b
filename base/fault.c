/* Host faults: see fault.h. */
#define _GNU_SOURCE
#include "base/fault.h"
#include "base/log.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

enum { STACK = 128 << 10, NEAR_STACK = 1 << 20 };

bool (*fault_claim)(int number, siginfo_t *info, void *context);
__thread FaultGuard *fault_guard;
static void (*describe)(char *text, size_t n);
static bool installed;
static __thread void *own_stack;

static u64 context_word(const ucontext_t *c, bool sp)
{
#if defined __x86_64__
    return (u64)c->uc_mcontext.gregs[sp ? REG_RSP : REG_RIP];
#elif defined __aarch64__
    return sp ? c->uc_mcontext.sp : c->uc_mcontext.pc;
#else
    (void)c, (void)sp;
    return 0;
#endif
}

static const char *signal_name(int number)
{
    return number == SIGSEGV ? "SIGSEGV" : number == SIGBUS ? "SIGBUS" : number == SIGILL ? "SIGILL" : "SIGFPE";
}

/* "libfoo.so+0x1234" */
static void describe_pc(u64 pc, char *text, size_t n)
{
    Dl_info info;
    if (!pc || !dladdr((void *)pc, &info) || !info.dli_fname) {
        snprintf(text, n, "no known code");
        return;
    }
    const char *file = strrchr(info.dli_fname, '/');
    file = file ? file + 1 : info.dli_fname;
    int used = snprintf(text, n, "%s+0x%llx", file, (unsigned long long)(pc - (u64)info.dli_fbase));
    if (info.dli_sname && used > 0 && (size_t)used < n) snprintf(text + used, n - (size_t)used, ", %s", info.dli_sname);
}

static void report(int number, const siginfo_t *info, const ucontext_t *c)
{
    char line[1024], where[256], doing[512] = "";
    u64 pc = context_word(c, false), sp = context_word(c, true), address = (u64)info->si_addr;
    describe_pc(pc, where, sizeof where);
    if (describe) describe(doing, sizeof doing);
    bool stack = number == SIGSEGV && sp && address - (sp - NEAR_STACK) < 2 * NEAR_STACK;
    int n = snprintf(line, sizeof line, "loam: crash: %s at address 0x%llx, host pc 0x%llx (%s)%s%s%s\n", signal_name(number),
                     (unsigned long long)address, (unsigned long long)pc, where, stack ? ", the host's stack is exhausted" : "",
                     *doing ? ", " : "", doing);
    if (n > (int)sizeof line - 1) n = sizeof line - 1, line[n - 1] = '\n';
    if (write(STDERR_FILENO, line, (size_t)n) < 0) _exit(134);
}

static void on_fault(int number, siginfo_t *info, void *context)
{
    if (fault_claim && fault_claim(number, info, context)) return;
    FaultGuard *guard = fault_guard;
    if (guard && number == SIGBUS) {
        fault_guard = NULL;
        sigset_t one;
        sigemptyset(&one);
        sigaddset(&one, number);
        pthread_sigmask(SIG_UNBLOCK, &one, NULL);
        __builtin_longjmp(guard->state, 1);
    }
    signal(SIGABRT, SIG_DFL); /* a fault while reporting ends it: the signal is blocked now */
    report(number, info, context);
    abort();
}

void fault_install(void (*describe_hook)(char *text, size_t n))
{
    describe = describe_hook;
    installed = true;
    fault_stack_begin();
    struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK };
    sigemptyset(&action.sa_mask);
    static const int numbers[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE };
    for (size_t i = 0; i < NELEM(numbers); i++)
        if (sigaction(numbers[i], &action, NULL)) die("cannot handle %s", signal_name(numbers[i]));
}

void fault_stack_begin(void)
{
    stack_t now;
    if (!installed || own_stack || sigaltstack(NULL, &now) || !(now.ss_flags & SS_DISABLE)) return;
    void *p = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) return; /* then faults are told on the thread's own stack */
    own_stack = p;
    if (sigaltstack(&(stack_t){ .ss_sp = p, .ss_size = STACK }, NULL)) panic("sigaltstack");
}

void fault_stack_end(void)
{
    if (!own_stack) return;
    sigaltstack(&(stack_t){ .ss_flags = SS_DISABLE }, NULL);
    munmap(own_stack, STACK);
    own_stack = NULL;
}
