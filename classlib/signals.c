/* Signals for Java: a handler counts the signal and posts a semaphore; the Signal Dispatcher, a Java thread that waits for it without the
   baton, upcalls jdk.internal.misc.Signal.dispatch(int), or prints a thread dump for SIGQUIT. Signals that the VM needs (SEGV
   and the like) cannot be had. */
#define _GNU_SOURCE
#include "classlib/signals.h"
#include "base/log.h"
#include "base/vec.h"
#include "classlib/attach.h"
#include "classlib/heapdump.h"
#include "classlib/jvm_entry.h"
#include "classlib/perfdata.h"
#include "classlib/vmflags.h"
#include "vm/native.h"
#include "vm/sched.h"
#include "vm/vm.h"
#include <errno.h>
#include <jni.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <time.h>

enum { SIGNALS = 65, DISPATCHER_PRIORITY = 9 };

static u32 arrived[SIGNALS]; /* atomically: how often, not dispatched yet */
static u64 seen;                /* bit per signal that arrived */
static sem_t arrivals;
static bool started;
static Thread *dispatcher;

static void on_signal(int number)
{
    int saved = errno;
    __atomic_add_fetch(&arrived[number], 1, __ATOMIC_RELAXED);
    __atomic_or_fetch(&seen, 1ull << (number & 63), __ATOMIC_RELAXED);
    sem_post(&arrivals);
    errno = saved;
}

/* Writing to a closed pipe, or more than a file may have, is an IOException, not a death. A handler, not SIG_IGN, which children would inherit. */
static void on_pipe(int number) { (void)number; }

/* HotSpot suspends threads by SIGUSR2: a program that takes it finds a handler there before its own. */
static void on_user(int number) { (void)number; }

static void (*install(int number, void (*handler)(int)))(int)
{
    struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART }, old;
    sigfillset(&action.sa_mask);
    if (sigaction(number, &action, &old)) return SIG_ERR;
    return old.sa_handler;
}

/* ---- The dispatcher ----------------------------------------------------------------------------------------------------- */
static int next_signal(void)
{
    for (int i = 1; i < SIGNALS; i++) {
        u32 n = __atomic_load_n(&arrived[i], __ATOMIC_RELAXED);
        while (n && !__atomic_compare_exchange_n(&arrived[i], &n, n - 1, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {}
        if (n) return i;
    }
    return 0;
}

static bool switched_on(const char *flag)
{
    VmFlag f;
    return vmflag_find(flag, &f) && f.value.l;
}

void signals_dump(void)
{
    threads_dump(stdout, switched_on("PrintConcurrentLocks"), false);
    heap_info_print(stdout);
    if (switched_on("PrintClassHistogram")) heap_histogram(stdout, true);
    fflush(stdout);
}

static void dispatch(Thread *t, int number)
{
    if (number == SIGQUIT) {
        if (!attach_asked(t)) signals_dump();
        return;
    }
    Class *c = class_boot("jdk/internal/misc/Signal");
    if (class_initialize(t, c)) vm_callv(t, method_named(c, "dispatch", "(I)V"), (u64)number);
    if (!t->exception) return;
    exception_print(t, exception_take(t));
}

static void dispatcher_run(Thread *t)
{
    dispatcher = t;
    for (;;) {
        if (sem_trywait(&arrivals)) { /* what is there already needs no wait, which would take as long as the host likes */
            sched_background_begin(t);
            while (sem_wait(&arrivals)) {}
            sched_background_end(t);
        }
        int number = next_signal();
        if (number) dispatch(t, number);
    }
}

/* A Thread object in the system group, as any other: named, daemon, in its group. */
static Object *system_thread_object(Thread *t, const char *thread_name)
{
    Object *group = load_ref(t->java, off.Thread_group);
    Field *parent = class_declared_field(wk.ThreadGroup, symbol_of("parent"), NULL);
    while (parent && load_ref(group, parent->offset)) group = load_ref(group, parent->offset);
    Object *thread = object_new(t, wk.Thread), *name = thread ? string_new(t, thread_name) : NULL;
    if (!name) return NULL;
    vm_callv(t, meth.Thread_init_group_name, (u64)thread, (u64)group, (u64)name);
    if (t->exception) return NULL;
    FIELD(thread, u8, off.Thread_daemon) = 1;
    FIELD(thread, i32, off.Thread_priority) = DISPATCHER_PRIORITY;
    vm_callv(t, meth.ThreadGroup_add, (u64)group, (u64)thread);
    return t->exception ? NULL : thread;
}

const char *signals_stopped(int code)
{
    static const struct { int number; const char *name; } enders[] = { { SIGHUP, "SIGHUP" }, { SIGINT, "SIGINT" }, { SIGTERM, "SIGTERM" } };
    for (size_t i = 0; i < NELEM(enders); i++)
        if (code == 128 + enders[i].number && __atomic_load_n(&seen, __ATOMIC_RELAXED) >> enders[i].number & 1) return enders[i].name;
    return NULL;
}

void system_thread_start(Thread *t, const char *name, void (*body)(Thread *t))
{
    Object *thread = system_thread_object(t, name);
    if (thread) thread_start_vm(t, thread, body);
}

void signals_start(Thread *t)
{
    if (started) return;
    sem_init(&arrivals, 0, 0);
    system_thread_start(t, "Signal Dispatcher", dispatcher_run);
    if (t->exception) return;
    started = true;
    if (!vm_options.no_perf_data) perfdata_create();
    if (!vm_options.reduce_signals) install(SIGQUIT, on_signal);
    install(SIGPIPE, on_pipe);
    install(SIGXFSZ, on_pipe);
    install(SIGUSR2, on_user);
}

/* ---- jdk.internal.misc.Signal -------------------------------------------------------------------------------------------- */
static const struct { const char *name; int number; } names[] = {
    { "ABRT", SIGABRT }, { "ALRM", SIGALRM }, { "BUS", SIGBUS }, { "CHLD", SIGCHLD }, { "CONT", SIGCONT }, { "FPE", SIGFPE },
    { "HUP", SIGHUP }, { "ILL", SIGILL }, { "INT", SIGINT }, { "IO", SIGIO }, { "KILL", SIGKILL }, { "PIPE", SIGPIPE },
    { "POLL", SIGPOLL }, { "PROF", SIGPROF }, { "PWR", SIGPWR }, { "QUIT", SIGQUIT }, { "SEGV", SIGSEGV }, { "STKFLT", SIGSTKFLT },
    { "STOP", SIGSTOP }, { "SYS", SIGSYS }, { "TERM", SIGTERM }, { "TRAP", SIGTRAP }, { "TSTP", SIGTSTP }, { "TTIN", SIGTTIN },
    { "TTOU", SIGTTOU }, { "URG", SIGURG }, { "USR1", SIGUSR1 }, { "USR2", SIGUSR2 }, { "VTALRM", SIGVTALRM }, { "WINCH", SIGWINCH },
    { "XCPU", SIGXCPU }, { "XFSZ", SIGXFSZ },
};

JNIEXPORT jint JNICALL JVM_FindSignal(const char *name)
{
    for (u32 i = 0; i < NELEM(names); i++)
        if (!strcmp(names[i].name, name)) return names[i].number;
    return -1;
}

static bool is_ours(int number)
{
    return number == SIGSEGV || number == SIGBUS || number == SIGFPE || number == SIGILL || number == SIGQUIT;
}

static bool ends_program(int number) { return number == SIGHUP || number == SIGINT || number == SIGTERM; }

static bool is_ignored(int number)
{
    struct sigaction old;
    return sigaction(number, NULL, &old) == 0 && old.sa_handler == SIG_IGN;
}

/* handler: 0 default, 1 ignore, 2 deliver to Java; the same coding comes back, -1: cannot be had. */
JNIEXPORT void *JNICALL JVM_RegisterSignal(jint number, void *handler)
{
    if (number <= 0 || number >= SIGNALS || is_ours(number)) return (void *)-1;
    bool shutdown = ends_program(number);
    if (shutdown && vm_options.reduce_signals) return (void *)-1;
    if (shutdown && is_ignored(number)) return (void *)1; /* nohup: stays ignored */
    void (*new_handler)(int) = handler == (void *)2 ? on_signal : (void (*)(int))handler;
    void (*old)(int) = install(number, new_handler);
    if (old == SIG_ERR) return (void *)-1;
    return old == on_signal ? (void *)2 : (void *)old;
}

/* How long the host takes to wake the dispatcher must not show on a virtual clock, which could jump past it. */
static void await_dispatcher(int number)
{
    if (!sched_time_is_virtual() || !dispatcher) return;
    while (__atomic_load_n(&arrived[number], __ATOMIC_RELAXED) && sched_in_native(dispatcher)) nanosleep(&(struct timespec){ 0, 20000 }, NULL);
}

JNIEXPORT jboolean JNICALL JVM_RaiseSignal(jint number)
{
    if (number <= 0 || number >= SIGNALS || (ends_program(number) && (vm_options.reduce_signals || is_ignored(number)))) return JNI_FALSE;
    raise(number);
    await_dispatcher(number);
    return JNI_TRUE;
}
