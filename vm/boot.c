/* The boot sequence, as an ordered list of named steps: reserve memory, load the well-known classes, initialize java.lang,
   make the main thread's objects, then initPhase1-3 of java.lang.System. Any pending exception on the way is fatal. */
#define _GNU_SOURCE
#include "vm/boot.h"
#include "base/log.h"
#include "vm/roots.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

VmOptions vm_options = { .java_stack = 4 << 20 };
VmHooks vm_hooks;
bool vm_booted;
void (*boot_natives)(Thread *t);
void (*boot_signals)(Thread *t);

/* Boot can't go on: prints what is pending and exits. */
static void check(Thread *t, const char *step)
{
    if (!t->exception) return;
    fprintf(stderr, "Error occurred during initialization of VM\n");
    LOG(boot, "failed in: %s", step);
    exception_print(t, exception_take(t));
    vm_exit(1);
}

static void initialize(Thread *t, Class *c)
{
    LOG(boot, "initialize %s", c->name->bytes);
    class_initialize(t, c);
    check(t, c->name->bytes);
}

static void initialize_named(Thread *t, const char *name) { initialize(t, class_boot(name)); }

static Object *system_group; /* roots */
static Object *main_group;

/* ThreadGroups "system" and "main". */
static void make_groups(Thread *t)
{
    vm_add_root(&system_group);
    vm_add_root(&main_group);
    system_group = object_new(t, wk.ThreadGroup);
    check(t, "system thread group");
    vm_callv(t, meth.ThreadGroup_init, (u64)system_group);
    check(t, "system thread group");
    main_group = object_new(t, wk.ThreadGroup);
    Object *name = string_new(t, "main");
    check(t, "main thread group");
    vm_callv(t, meth.ThreadGroup_init_parent_name, (u64)main_group, (u64)system_group, (u64)name);
    check(t, "main thread group");
}

/* The Thread object of the booting thread: published before its constructor runs, which asks for the current thread. */
static void make_main_thread(Thread *t)
{
    Object *thread = object_new(t, wk.Thread);
    check(t, "main thread");
    FIELD(thread, i64, off.Thread_eetop) = (i64)t;
    FIELD(thread, i32, off.Thread_priority) = 5;
    t->java = thread;
    Object *name = string_new(t, "main");
    check(t, "main thread");
    vm_callv(t, meth.Thread_init_group_name, (u64)thread, (u64)main_group, (u64)name);
    check(t, "main thread");
    FIELD(thread, i32, off.Thread_threadStatus) = 5; /* alive and runnable */
}

/* Static finals that the VM provides. */
static void set_unsafe_constants(void)
{
    Object *m = wk.UnsafeConstants->mirror;
    FIELD(m, i32, off.UnsafeConstants_ADDRESS_SIZE0) = 8;
    FIELD(m, i32, off.UnsafeConstants_PAGE_SIZE) = 4096;
    FIELD(m, u8, off.UnsafeConstants_BIG_ENDIAN) = 0;
    FIELD(m, u8, off.UnsafeConstants_UNALIGNED_ACCESS) = 1;
    FIELD(m, i32, off.UnsafeConstants_DATA_CACHE_LINE_FLUSH_SIZE) = 0;
}

static void initialize_java_lang(Thread *t)
{
    initialize(t, wk.String);
    FIELD(wk.String->mirror, u8, off.String_COMPACT_STRINGS) = 1;
    initialize(t, wk.System);
    initialize(t, wk.Class);
    initialize(t, wk.ThreadGroup);
    make_groups(t);
    initialize(t, wk.Thread);
    make_main_thread(t);
    initialize(t, wk.Module);
    initialize(t, wk.UnsafeConstants);
    set_unsafe_constants();
    initialize(t, wk.Method);
    initialize(t, wk.Finalizer);
}

static void initialize_errors(Thread *t)
{
    initialize(t, wk.OutOfMemoryError);
    initialize(t, wk.NullPointerException);
    initialize(t, wk.ClassCastException);
    initialize(t, wk.ArrayStoreException);
    initialize(t, wk.ArithmeticException);
    initialize(t, wk.StackOverflowError);
    initialize(t, wk.IllegalMonitorStateException);
    initialize_named(t, "java/lang/IllegalArgumentException");
}

static void initialize_method_handles(Thread *t)
{
    initialize(t, wk.MethodHandle);
    initialize(t, wk.ResolvedMethodName);
    initialize(t, wk.MemberName);
    initialize(t, wk.MethodHandleNatives);
}

Thread *vm_boot(void)
{
    windows_reserve();
    gc_client_init();
    Thread *t = thread_attach_main();
    LOG(boot, "loading well-known classes");
    wellknown_load(t);
    check(t, "well-known classes");
    gc_client_classes_known(t);
    refs_tick();
    boot_natives(t);
    initialize_java_lang(t);
    LOG(boot, "initPhase1");
    vm_call(t, meth.System_initPhase1, NULL);
    check(t, "initPhase1");
    initialize_errors(t);
    if (boot_signals) boot_signals(t);
    initialize_method_handles(t);
    LOG(boot, "initPhase2");
    i32 failed = (i32)vm_callv(t, meth.System_initPhase2, 0, 0);
    check(t, "initPhase2");
    if (failed) vm_exit(1); /* the boot layer printed why */
    LOG(boot, "initPhase3");
    vm_call(t, meth.System_initPhase3, NULL);
    check(t, "initPhase3");
    vm_booted = true;
    LOG(boot, "booted: %u classes", class_count());
    return t;
}

void vm_exit(int code)
{
    static bool leaving;
    if (!leaving) {
        leaving = true;
        if (vm_hooks.at_exit) vm_hooks.at_exit(code);
        if (vm_hooks.leave) vm_hooks.leave();
    }
    fflush(NULL);
    _exit(code);
}

void vm_destroy(Thread *t, int code)
{
    threads_wait_for_non_daemon(t);
    Class *shutdown = class_boot("java/lang/Shutdown");
    if (class_initialize(t, shutdown)) vm_call(t, method_named(shutdown, "shutdown", "()V"), NULL);
    vm_exit(code);
}
