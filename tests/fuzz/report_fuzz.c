/* Fuzz target: reports in JSON. A damaged one dies with one line; one that is accepted is written in every format and compared with itself, and
   what is written as JSON is accepted again. */
#define _GNU_SOURCE
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/refuse.h"
#include "base/log.h"
#include "base/vec.h"
#include "report/diff.h"
#include "report/report.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char fuzz_name[] = "report";

/* A value in place of another: what follows a colon, up to a comma or bracket. */
static void damage_value(FuzzInput *in, u64 *state)
{
    static const char *const values[] = { "0", "-1", "1", "2.5", "1e300", "-1e300", "1e999", "9007199254740992", "9007199254740991", "4294967296", "null", "true", "\"\"", "\"x\"",
        "[]", "{}", "[[]]", "[1]", "[{}]", "{\"name\":1}", "\"%s%n\"", "\"\\u0000\"", "\"\\ud800\"", "\"</script><script>\"", "\"a\\nb\\tc\\\\\"", "\"\xff\xfe\"" };
    static const char *const keys[] = { "\"name\"", "\"l1d\"", "\"misses\"", "\"by_class\"", "\"totals\"", "\"rows\"", "\"timeline\"", "\"*\"" };
    size_t at = fuzz_below(state, in->length + 1), end;
    const char *wanted = fuzz_below(state, 5) ? ":" : ",[";
    while (at < in->length && !strchr(wanted, in->data[at])) at++;
    end = ++at < in->length ? at : in->length;
    while (end < in->length && !strchr(",}]\n", in->data[end])) end++;
    bool key = !fuzz_below(state, 12);
    const char *text = key ? keys[fuzz_below(state, NELEM(keys))] : values[fuzz_below(state, NELEM(values))];
    fuzz_splice(in, at, end > at ? end - at : 0, text, strlen(text));
}

/* A stretch between two line ends goes, or comes twice: rows and members. */
static void damage_lines(FuzzInput *in, u64 *state)
{
    size_t at = fuzz_below(state, in->length + 1), end, lines = 1 + fuzz_below(state, 12);
    while (at && at < in->length && in->data[at - 1] != '\n') at++;
    for (end = at; end < in->length && lines; end++) lines -= in->data[end] == '\n';
    if (at >= end || fuzz_below(state, 2)) {
        fuzz_splice(in, at, end > at ? end - at : 0, NULL, 0);
        return;
    }
    char *copy = xmalloc(end - at);
    memcpy(copy, in->data + at, end - at);
    fuzz_splice(in, fuzz_below(state, in->length + 1), 0, copy, end - at);
    free(copy);
}

void fuzz_mutate(FuzzInput *in, u64 *state)
{
    for (u64 hits = 1 + fuzz_below(state, 1 + fuzz_below(state, 4)); hits; hits--) {
        u64 how = fuzz_below(state, 8);
        if (how < 5) damage_value(in, state);
        else if (how < 6) damage_lines(in, state);
        else fuzz_damage(in, state);
    }
}

static const char *scratch(void)
{
    static char path[64];
    if (!*path) snprintf(path, sizeof path, "/tmp/loam-report-%d.json", (int)getpid());
    return path;
}

static void read_scratch(void *r) { report_read(r, scratch()); }

static bool load(Report *r, const void *data, size_t length)
{
    FILE *f = fopen(scratch(), "wb");
    if (!f || fwrite(data, 1, length, f) != length || fclose(f)) panic("cannot write %s", scratch());
    bool refused = fuzz_refuses(read_scratch, r);
    unlink(scratch());
    return !refused;
}

/* What `write` writes; the caller frees it. */
static char *written(void (*write)(const void *what, FILE *f), const void *what, size_t *n)
{
    char *text = NULL;
    FILE *f = open_memstream(&text, n);
    ASSERT(f);
    write(what, f);
    if (ferror(f) || fclose(f)) panic("not written");
    return text;
}

bool fuzz_one(const u8 *data, size_t length)
{
    Report r, again;
    size_t n, m;
    if (!load(&r, data, length)) return false;
#define F(name, ending, what) { ReportOutput o = { &r, report_##name }; free(written(report_write_with, &o, &n)); }
    FORMATS(F)
#undef F
    for (u32 html = 0; html < 2; html++) {
        ReportPair p = { &r, &r, html };
        free(written(report_diff, &p, &n));
    }
    ReportOutput o = { &r, report_json };
    char *text = written(report_write_with, &o, &n);
    if (!load(&again, text, n)) panic("the report that was written is refused: %.2000s", text);
    o.report = &again;
    char *second = written(report_write_with, &o, &m);
    if (n != m || memcmp(text, second, n)) panic("written, read and written again, it differs: %.2000s and %.2000s", text, second);
    free(text), free(second);
    report_free(&r), report_free(&again);
    return true;
}
