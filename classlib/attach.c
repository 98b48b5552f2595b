/* HotSpot's attach mechanism on Linux. A tool that finds no socket /tmp/.java_pidPID makes a file .attach_pidPID in the process's directory or in /tmp
   and sends SIGQUIT; then there is a socket. A request is five texts, each with a NUL: the protocol's version, "1", a command, three arguments. The
   answer is a number, 0 for good, on a line of its own, then what the command prints; then the connection ends.

   One thread waits for requests and serves them one after the other. Only the process's own user and root are served. */
#define _GNU_SOURCE
#include "classlib/attach.h"
#include "base/log.h"
#include "base/vec.h"
#include "classlib/diagnostics.h"
#include "classlib/heapdump.h"
#include "classlib/signals.h"
#include "classlib/vmflags.h"
#include "vm/sched.h"
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { REQUEST_MAX = 2 + 17 + 3 * 1025, WORDS = 5, BAD_VERSION = 101, FAILED = -1, WAIT_MS = 10000 };

static int listener = -1;
static char *socket_path;

/* ---- Commands: each prints, and returns the result's number ------------------------------------------------------------------ */
typedef struct Request { Thread *t; FILE *out; const char *argument[3]; } Request;

static int run_line(Request *r, const char *line)
{
    if (diagnostic_run(r->t, line, r->out)) return 0;
    char *text = exception_headline(exception_take(r->t));
    fprintf(r->out, "%s\n\n", text);
    free(text);
    return FAILED;
}

static int run_jcmd(Request *r) { return run_line(r, r->argument[0]); }

static int thread_dump(Request *r)
{
    threads_dump(r->out, strstr(r->argument[0], "-l") != NULL, strstr(r->argument[0], "-e") != NULL);
    return 0;
}

static int data_dump(Request *r)
{
    (void)r;
    signals_dump();
    return 0;
}

static int properties(Request *r) { return run_line(r, "VM.system_properties"); }
static int agent_properties(Request *r) { return diagnostic_properties(r->t, "serializeAgentPropertiesToByteArray", r->out) ? 0 : FAILED; }

static int inspect_heap(Request *r)
{
    const char *file = r->argument[1];
    FILE *out = *file ? fopen(file, "w") : r->out;
    if (!out) {
        fprintf(r->out, "Fail to allocate space for file : %s\n", file);
        return FAILED;
    }
    heap_histogram(out, strcmp(r->argument[0], "-all") != 0);
    if (out == r->out) return 0;
    bool whole = !ferror(out);
    whole &= !fclose(out);
    fprintf(r->out, whole ? "Heap inspection file created: %s\n" : "Cannot write heap inspection file: %s\n", file);
    return whole ? 0 : FAILED;
}

static int dump_heap(Request *r)
{
    const char *path = r->argument[0];
    if (!*path) {
        fprintf(r->out, "No dump file specified");
        return 0;
    }
    char *line = xasprintf("GC.heap_dump%s \"%s\"", strcmp(r->argument[1], "-all") ? "" : " -all", path);
    int result = run_line(r, line);
    free(line);
    return result;
}

static int set_flag(Request *r)
{
    char *wrong = vmflag_set_text(r->argument[0], r->argument[1], FLAG_MANAGEMENT);
    if (!wrong) return 0;
    fprintf(r->out, "%s\n", wrong);
    free(wrong);
    return FAILED;
}

static int print_flag(Request *r)
{
    VmFlag f;
    if (!vmflag_find(r->argument[0], &f)) {
        fprintf(r->out, "no such flag '%s'\n", r->argument[0]);
        return FAILED;
    }
    vmflag_print(r->out, &f);
    return 0;
}

static int load(Request *r)
{
    fprintf(r->out, "agents cannot be loaded: loam has no JVM TI");
    return FAILED;
}

static const struct { const char *name; int (*run)(Request *r); } commands[] = {
    { "jcmd", run_jcmd }, { "threaddump", thread_dump }, { "datadump", data_dump }, { "properties", properties }, { "agentProperties", agent_properties },
    { "inspectheap", inspect_heap }, { "dumpheap", dump_heap }, { "setflag", set_flag }, { "printflag", print_flag }, { "load", load },
};

/* ---- Requests ---------------------------------------------------------------------------------------------------------------- */
/* Reads the words of a request into `text`; how many have come. */
static u32 read_request(int fd, char *text, const char **words)
{
    size_t have = 0;
    u32 n = 0;
    words[0] = text;
    while (n < WORDS && have < REQUEST_MAX) {
        struct pollfd ready = { .fd = fd, .events = POLLIN };
        if (poll(&ready, 1, WAIT_MS) <= 0) break; /* a tool that says nothing must not keep others waiting */
        ssize_t got = read(fd, text + have, REQUEST_MAX - have);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        for (char *p = text + have, *end = p + got; p < end && n < WORDS; p++)
            if (!*p && ++n < WORDS) words[n] = p + 1;
        have += (size_t)got;
    }
    return n;
}

static int run_request(Request *r, u32 n, const char *const *words)
{
    if (n < WORDS || strcmp(words[0], "1")) return BAD_VERSION;
    for (u32 i = 0; i < NELEM(r->argument); i++) r->argument[i] = words[2 + i];
    for (u32 i = 0; i < NELEM(commands); i++)
        if (!strcmp(commands[i].name, words[1])) return commands[i].run(r);
    fprintf(r->out, "Operation %s not recognized!", words[1]);
    return FAILED;
}

static void send_all(int fd, const char *text, size_t n)
{
    while (n) {
        ssize_t sent = send(fd, text, n, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return; /* the tool has gone */
        text += sent, n -= (size_t)sent;
    }
}

static void serve(Thread *t, int fd)
{
    static char text[REQUEST_MAX + 1];
    const char *words[WORDS];
    char *output = NULL, code[16];
    size_t size;
    u32 n = read_request(fd, text, words);
    sched_background_end(t);
    Request r = { .t = t, .out = open_memstream(&output, &size) };
    ASSERT(r.out != NULL);
    int result = run_request(&r, n, words);
    t->exception = NULL;
    fclose(r.out);
    sched_background_begin(t);
    send_all(fd, code, (size_t)snprintf(code, sizeof code, "%d\n", result));
    send_all(fd, output, size);
    free(output);
}

static bool may_ask(int fd)
{
    struct ucred who;
    socklen_t size = sizeof who;
    return !getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) && (who.uid == 0 || (who.uid == geteuid() && who.gid == getegid()));
}

static void listener_run(Thread *t)
{
    sched_background_begin(t);
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0 && errno != EINTR && errno != ECONNABORTED) break;
        if (fd >= 0 && may_ask(fd)) serve(t, fd);
        if (fd >= 0) close(fd);
    }
    sched_background_end(t);
}

/* ---- The socket -------------------------------------------------------------------------------------------------------------- */
static bool asked_in(const char *folder)
{
    struct stat st;
    char *name = xasprintf("%s/.attach_pid%d", folder, (int)getpid());
    bool asked = !stat(name, &st) && st.st_uid == geteuid();
    free(name);
    return asked;
}

/* Under another name first: who finds it can connect. */
static bool make_socket(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    if (!socket_path) socket_path = xasprintf("/tmp/.java_pid%d", (int)getpid());
    snprintf(address.sun_path, sizeof address.sun_path, "%s.tmp", socket_path);
    unlink(address.sun_path);
    int fd = socket(PF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool made = fd >= 0 && !bind(fd, (struct sockaddr *)&address, sizeof address) && !listen(fd, 5) && !chmod(address.sun_path, 0600) && !rename(address.sun_path, socket_path);
    if (!made && fd >= 0) close(fd);
    if (!made) return false;
    listener = fd;
    return true;
}

bool attach_asked(Thread *t)
{
    if (listener >= 0 || (!asked_in(".") && !asked_in("/tmp"))) return false;
    if (!make_socket()) return false;
    system_thread_start(t, "Attach Listener", listener_run);
    t->exception = NULL;
    return true;
}

void attach_remove(void)
{
    if (socket_path) unlink(socket_path);
}
