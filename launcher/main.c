/* loam's main: options, class library, boot, main, exit code. */
#define _GNU_SOURCE
#include "base/log.h"
#include "classlib/classlib.h"
#include "launcher/bridge.h"
#include "launcher/commands.h"
#include "launcher/launch.h"
#include "launcher/options.h"
#include "layout/layout.h"
#include "vm/boot.h"
#include "vm/sched.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/personality.h>
#include <unistd.h>
#include <zip.h>

#define MAIN_STACK (64ul << 20) /* host stack of the main thread: bounds Java -> native -> Java recursion */

static Options options;

static void *run(void *unused)
{
    (void)unused;
    crash_reports_install();
    classlib_install();
    bridge_install(&options);
    Thread *t = vm_boot();
    if (options.torture_collect | options.torture_move) gc_torture(options.torture_collect, options.torture_move);
    if (options.torture_pass) layout_torture(options.torture_pass);
    if (options.torture_switch) sched_torture((u32)options.torture_switch);
    int code = launch(t, &options);
    if (t->exception) {
        code = 1;
        thread_dispatch_uncaught(t);
    }
    thread_become(t, "DestroyJavaVM"); /* others may join main, and shutdown hooks do */
    vm_destroy(t, code);
}

/* Without address randomization even host addresses that leak into a run's state are the same every time. Best effort. */
static void fix_addresses(char **argv)
{
    int old = personality(0xffffffff);
    if (old == -1 || old & ADDR_NO_RANDOMIZE || getenv("LOAM_REEXEC")) return;
    if (personality((unsigned)old | ADDR_NO_RANDOMIZE) == -1) return;
    setenv("LOAM_REEXEC", "1", 1);
    execv("/proc/self/exe", argv);
}

/* What `java` checks of a jar before there is a VM. */
static void check_jar(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f) fprintf(stderr, "Error: Unable to access jarfile %s\n", path);
    else fclose(f);
    zip_t *zip = f ? zip_open(path, ZIP_RDONLY, NULL) : NULL;
    if (f && !zip) fprintf(stderr, "Error: Invalid or corrupt jarfile %s\n", path);
    if (!zip) exit(1);
    zip_discard(zip);
}

int main(int argc, char **argv)
{
    int code;
    if (command_run(argc, argv, &code)) return code;
    options_parse(&options, argc, argv);
    if (options.core) fix_addresses(argv);
    unsetenv("LOAM_REEXEC");
    vm_options.java_home = find_jdk();
    if (options.mode == LAUNCH_JAR) check_jar(options.what);
    bridge_prepare(&options);
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, MAIN_STACK);
    pthread_t main_thread;
    if (pthread_create(&main_thread, &attr, run, NULL)) die("cannot start the main thread");
    pthread_join(main_thread, NULL);
    return 1; /* not reached: run leaves through vm_exit */
}
