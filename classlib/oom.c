/* What is done on the first OutOfMemoryError, if the command line or management asked for it: a heap dump (HeapDumpOnOutOfMemoryError, HeapDumpPath)
   and commands (OnOutOfMemoryError="COMMAND;COMMAND", in which %p is the process). Told on stdout, as `java` tells it. */
#include "base/log.h"
#include "base/vec.h"
#include "classlib/heapdump.h"
#include "classlib/vmflags.h"
#include "vm/sched.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* HeapDumpPath, which may be a directory; java_pidN.hprof otherwise. */
static char *dump_path(void)
{
    VmFlag f;
    bool there = vmflag_find("HeapDumpPath", &f);
    ASSERT(there);
    struct stat st;
    if (!there || !*f.value.s) return xasprintf("java_pid%d.hprof", (int)getpid());
    if (!stat(f.value.s, &st) && S_ISDIR(st.st_mode)) return xasprintf("%s/java_pid%d.hprof", f.value.s, (int)getpid());
    return xstrdup(f.value.s);
}

static void dump(Thread *t)
{
    char *path = dump_path();
    u64 began = sched_now();
    struct stat st;
    printf("Dumping heap to %s ...\n", path);
    fflush(stdout);
    char *wrong = heap_dump(t, path, false);
    if (wrong) printf("Unable to create %s: %s\n", path, wrong);
    else if (!stat(path, &st)) printf("Heap dump file created [%lld bytes in %.3f secs]\n", (long long)st.st_size, (double)(sched_now() - began) / 1e9);
    fflush(stdout);
    free(wrong), free(path);
}

static void run_command(const char *text, size_t n)
{
    char *command = xstrdup("");
    for (size_t i = 0; i < n; i++) {
        bool process = text[i] == '%' && i + 1 < n && text[i + 1] == 'p';
        char *next = process ? xasprintf("%s%d", command, (int)getpid()) : xasprintf("%s%c", command, text[i]);
        i += process;
        free(command);
        command = next;
    }
    printf("#   Executing /bin/sh -c \"%s\"...\n", command);
    fflush(stdout);
    if (system(command) < 0) printf("os::fork_and_exec failed: %s\n", command);
    free(command);
}

static void run_commands(const char *message, const char *commands)
{
    printf("#\n# java.lang.OutOfMemoryError: %s\n# -XX:OnOutOfMemoryError=\"%s\"\n", message, commands);
    while (*(commands += strspn(commands, " "))) {
        size_t n = strcspn(commands, ";");
        if (n) run_command(commands, n);
        commands += n + (commands[n] == ';');
    }
}

void heap_out_of_memory(Thread *t, const char *message)
{
    static bool before;
    VmFlag f;
    if (before) return;
    before = true;
    if (vmflag_find("HeapDumpOnOutOfMemoryError", &f) && f.value.l) {
        printf("java.lang.OutOfMemoryError: %s\n", message);
        dump(t);
    }
    if (vmflag_find("OnOutOfMemoryError", &f) && *f.value.s) run_commands(message, f.value.s);
}
