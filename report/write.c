/* Writing report files: checked before the run, complete or not at all after it. */
#include "report/report.h"
#include "base/log.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

static bool is_stdout(const char *path) { return !strcmp(path, "-"); }
static char *temporary(const char *path) { return xasprintf("%s.tmp%d", path, (int)getpid()); }

void report_check_path(const char *path)
{
    if (is_stdout(path)) return;
    char *tmp = temporary(path);
    FILE *f = fopen(tmp, "w");
    if (!f) die("--report=%s: cannot write there: %s", path, strerror(errno));
    fclose(f);
    unlink(tmp);
    free(tmp);
}

bool report_write(const Report *r, const char *path)
{
    if (is_stdout(path)) {
        report_text(r, stdout);
        if (!fflush(stdout) && !ferror(stdout)) return true;
        warn("--report=-: not written: %s", strerror(errno));
        return false;
    }
    char *tmp = temporary(path);
    FILE *f = fopen(tmp, "w");
    bool ok = f;
    if (f) {
        const char *dot = strrchr(path, '.');
        if (dot && !strcmp(dot, ".json")) report_json(r, f);
        else report_text(r, f);
        ok = !ferror(f);
        ok = !fclose(f) && ok && !rename(tmp, path);
    }
    if (!ok) {
        warn("--report=%s: not written: %s", path, strerror(errno));
        unlink(tmp);
    }
    free(tmp);
    return ok;
}
