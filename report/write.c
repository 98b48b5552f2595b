/* Writing report files: checked before the run, complete or not at all after it; and which format a file gets. */
#include "report/report.h"
#include "base/log.h"
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct { const char *name, *ending; ReportFormat write; } formats[] = {
#define F(name, ending, what) { #name, ending, report_##name },
    FORMATS(F)
#undef F
};

ReportFormat report_format_named(const char *name)
{
    for (size_t i = 0; i < NELEM(formats); i++)
        if (!strcmp(formats[i].name, name)) return formats[i].write;
    return NULL;
}

/* The longest ending decides: .trace.json is not .json. */
ReportFormat report_format_of(const char *path)
{
    size_t n = strlen(path), best = 0;
    ReportFormat found = strcmp(path, "-") ? NULL : formats[0].write;
    for (size_t i = 0; i < NELEM(formats); i++) {
        size_t length = strlen(formats[i].ending);
        if (n > length && length > best && !strcmp(path + n - length, formats[i].ending)) best = length, found = formats[i].write;
    }
    return found;
}

const char *report_format_list(void)
{
#define F(name, ending, what) ", " #name
    static const char list[] = FORMATS(F);
#undef F
    return list + 2;
}

const char *report_ending_list(void)
{
#define F(name, ending, what) ", " ending
    static const char list[] = FORMATS(F);
#undef F
    return list + 2;
}

static bool is_stdout(const char *path) { return !strcmp(path, "-"); }
/* A device or a pipe is written to, not replaced: root could put a file in the place of /dev/null. */
static bool is_special(const char *path)
{
    struct stat s;
    return !stat(path, &s) && !S_ISREG(s.st_mode) && !S_ISDIR(s.st_mode);
}

/* The file that is being written, while it is incomplete: it goes when the process is told to end. */
static char *unfinished;
static const int ends[] = { SIGHUP, SIGINT, SIGTERM, SIGPIPE, SIGXFSZ, SIGXCPU };
static struct sigaction before[NELEM(ends)];
static void (*hook_before)(void);

static void on_end(int signal)
{
    if (unfinished) unlink(unfinished);
    sigaction(signal, &(struct sigaction){ .sa_handler = SIG_DFL }, NULL);
    raise(signal);
}

static void on_die(void)
{
    if (unfinished) unlink(unfinished);
    if (hook_before) hook_before();
}

static void guard(char *path)
{
    unfinished = path;
    hook_before = die_hook;
    die_hook = on_die;
    for (u32 i = 0; i < NELEM(ends); i++) {
        sigaction(ends[i], NULL, &before[i]);
        if (before[i].sa_handler == SIG_DFL) sigaction(ends[i], &(struct sigaction){ .sa_handler = on_end }, NULL);
    }
}

static void unguard(void)
{
    for (u32 i = 0; i < NELEM(ends); i++) sigaction(ends[i], &before[i], NULL);
    die_hook = hook_before;
    unfinished = NULL;
}

static char *temporary(const char *path) { return xasprintf("%s.tmp%d", path, (int)getpid()); }

void report_check_path(const char *option, const char *path)
{
    if (is_stdout(path) || (is_special(path) && !access(path, W_OK))) return;
    char *tmp = temporary(path);
    FILE *f = fopen(tmp, "w");
    if (!f) die("%s%s: cannot write there: %s", option, path, strerror(errno));
    fclose(f);
    unlink(tmp);
    free(tmp);
}

void report_write_with(const void *what, FILE *f)
{
    const ReportOutput *o = what;
    ASSERT(o->report && o->format);
    o->format(o->report, f);
}

bool report_write(const char *option, const char *path, void (*write)(const void *what, FILE *f), const void *what)
{
    ASSERT(*path && write);
    if (is_stdout(path)) {
        write(what, stdout);
        if (!fflush(stdout) && !ferror(stdout)) return true;
        warn("%s-: not written: %s", option, strerror(errno));
        return false;
    }
    bool special = is_special(path);
    char *tmp = special ? xasprintf("%s", path) : temporary(path);
    if (!special) guard(tmp);
    FILE *f = fopen(tmp, "w");
    bool ok = f;
    if (f) {
        write(what, f);
        ok = !ferror(f);
        ok = !fclose(f) && ok && (special || !rename(tmp, path));
    }
    if (!ok) {
        warn("%s%s: not written: %s", option, path, strerror(errno));
        if (!special) unlink(tmp);
    }
    if (!special) unguard();
    free(tmp);
    return ok;
}
