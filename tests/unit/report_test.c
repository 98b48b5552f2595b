/* Reports without a virtual machine: what is recorded of lines, sites, classes and time adds up; damaged files are refused with one line; what
   two reports have in common and what not; a file that cannot be written leaves the old one. */
#define _GNU_SOURCE
#include "base/log.h"
#include "hwsim/observer.h"
#include "layout/layout.h"
#include "report/diff.h"
#include "report/heat.h"
#include "report/lines.h"
#include "report/numbers.h"
#include "report/pictures.h"
#include "report/ranks.h"
#include "report/sites.h"
#include "report/summary.h"
#include "report/tally.h"
#include "report/timeline.h"
#include "vm/sim.h"
#include <criterion/criterion.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const char small[] = "tests/fuzz/report.json";

/* The number at a path of keys and indices: "by_class.0.fetched". */
static double at(const cJSON *o, const char *path)
{
    char copy[128], *save = NULL;
    snprintf(copy, sizeof copy, "%s", path);
    for (char *p = strtok_r(copy, ".", &save); p && o; p = strtok_r(NULL, ".", &save))
        o = cJSON_IsArray(o) ? cJSON_GetArrayItem(o, atoi(p)) : cJSON_GetObjectItemCaseSensitive(o, p);
    cr_assert(cJSON_IsNumber(o), "%s is no number", path);
    return o->valuedouble;
}

static u32 target_new(Target t)
{
    vec_push(&observed.targets, t);
    return (u32)observed.targets.len - 1;
}

static HwModel *model_new(void)
{
    static HwConfig config;
    hw_config_default(&config);
    return hw_model_new(&config, HW_COUNTS);
}

static void pass_made(void)
{
    LayoutPasses *passes = (LayoutPasses *)layout_passes();
    vec_push(passes, ((LayoutPass){ .verdict = "kept" }));
}

/* ---- recording ------------------------------------------------------------------------------------------------------------- */
static u64 settled[5000][TALLY_KINDS + 1];
static void settle(const TallyLine *l)
{
    cr_assert_eq(l->what, l->key * 7 & 0xffff, "a line's own word");
    for (u32 i = 0; i <= TALLY_KINDS; i++) settled[l->key][i] += l->counts.n[i];
}

Test(tally, adds_up_while_it_grows_and_before_it_overflows)
{
    static u64 want[5000][TALLY_KINDS + 1];
    Tally t = { 0 };
    u64 x = 1;
    tally_start(&t, 4, settle);
    for (u32 i = 0; i < 200000; i++) {
        x = x * 6364136223846793005ull + 1442695040888963407ull;
        u64 key = 1 + (x >> 40) % 4999;
        TallyCounts more = { { [TALLY_KINDS] = 1 } };
        more.n[x >> 33 & 7] = 1;
        if (i >= 1000 && i < 2000) key = 1; /* more than a line counts */
        for (u32 k = 0; k <= TALLY_KINDS; k++) want[key][k] += more.n[k];
        TallyLine *l = tally_line(&t, key);
        l->what = key * 7 & 0xffff;
        tally_count(&t, l, &more);
    }
    tally_settle(&t);
    tally_settle(&t); /* nothing is left */
    for (u32 key = 1; key < 5000; key++)
        for (u32 k = 0; k <= TALLY_KINDS; k++) cr_assert_eq(settled[key][k], want[key][k], "key %u, count %u", key, k);
}

static void fits(const char *name, u32 width, const char *want)
{
    char *got = NULL;
    size_t n;
    FILE *f = open_memstream(&got, &n);
    fitted(f, name, width);
    fclose(f);
    cr_expect_str_eq(got, want, "%s in %u: '%s'", name, width, got);
    free(got);
}

Test(numbers, names_lose_what_tells_least)
{
    fits("LTree.find(I)Z", 16, "LTree.find(I)Z  ");
    fits("java.util.List.add(Ljava/lang/Object;)Z", 22, "java.util.List.add(…) ");
    fits("java.util.List.add(Ljava/lang/Object;)Z", 16, "j.u.List.add(…) ");
    fits("java.util.List.add(Ljava/lang/Object;)Z", 10, "…st.add(…)");
    fits("java.lang.Long by java.lang.Long.valueOf(Long.java:1211)", 45, "j.l.Long by j.l.Long.valueOf(Long.java:1211) ");
    fits("java.lang.Long.valueOf(Long.java:1211)", 30, "j.l.Long.valueOf(:1211)       ");
    fits("clojure.core.Fn.invoke(core.clj:7)", 26, "c.c.Fn.invoke(core.clj:7) ");
    fits("(firmware) garbage collection", 12, "… collection");
    fits("()V", 2, "…V");
}

Test(lines, count_bytes_used_between_misses)
{
    u32 a = target_new((Target){ .kind = PLACE_TABLE }), b = target_new((Target){ .kind = PLACE_OTHER });
    lines_start(64);
    lines_used(0x3000, 8); /* came by a prefetch: nobody's */
    lines_fetched(0x1000, a);
    lines_used(0x1000, 8), lines_used(0x1004, 8); /* 12 bytes */
    lines_fetched(0x2040, b);
    lines_used(0x207c, 4);
    lines_pass();
    lines_used(0x1010, 4); /* fetched before: in the whole run only */
    lines_fetched(0x1000, a);
    lines_used(0x1020, 4);
    lines_end();
    cJSON *o = lines_json();
    cr_assert_eq(at(o, "line_bytes"), 64);
    cr_assert_eq(at(o, "by_class.0.fetched"), 2);
    cr_assert_eq(at(o, "by_class.0.bytes_used"), 20);
    cr_assert_eq(at(o, "by_class.0.before.fetched"), 1);
    cr_assert_eq(at(o, "by_class.0.before.bytes_used"), 12);
    cr_assert_eq(at(o, "by_class.0.after.fetched"), 1);
    cr_assert_eq(at(o, "by_class.0.after.bytes_used"), 4);
    cr_assert_eq(at(o, "by_class.1.fetched"), 1);
    cr_assert_eq(at(o, "by_class.1.bytes_used"), 4);
    cr_assert_eq(at(o, "by_class.1.after.fetched"), 0);
    cr_assert_eq(cJSON_GetArraySize(cJSON_GetObjectItem(o, "by_class")), 2);
    cJSON_Delete(o);
}

Test(lines, say_nothing_unless_asked)
{
    lines_fetched(0x1000, 0);
    lines_pass();
    cr_assert_null(lines_json());
}

Test(pictures, before_and_after_a_pass)
{
    static Field fields[3];
    static Class node = { .kind = CLASS_INSTANCE, .nfields = 3, .fields = fields };
    node.name = symbol_of("a/Node");
    node.shape.size = 24;
    fields[0] = (Field){ .owner = &node, .name = symbol_of("next"), .desc = symbol_of("La/Node;"), .offset = 8, .type = T_OBJECT };
    fields[1] = (Field){ .owner = &node, .name = symbol_of("all"), .desc = symbol_of("La/Node;"), .access = ACC_STATIC, .offset = 100, .type = T_OBJECT };
    fields[2] = (Field){ .owner = &node, .name = symbol_of("value"), .desc = symbol_of("J"), .offset = 16, .type = T_LONG };
    observed.model = model_new();
    heat_start();
    heat_class(&node);
    u32 value = target_new((Target){ .kind = PLACE_OBJECT, .part = PART_FIELD, .klass = &node, .field = &fields[2] });
    vec_push(&observed.cells, ((Cell){ .target = value }));
    u64 *misses = &observed.cells.data[0].n[N_L1D];
    *misses = 10;
    hw_retire(observed.model, 1000);
    heat_tick();
    pass_made();
    heat_tick(); /* the first pass is seen here */
    *misses = 13;
    hw_retire(observed.model, 500);
    fields[2].offset = 8, fields[0].offset = 16; /* the second orders the fields anew */
    pass_made();
    heat_tick();
    *misses = 20;
    hw_retire(observed.model, 4000);
    cJSON *root = cJSON_CreateObject();
    pictures_add(root);
    cr_assert_eq(at(root, "picture_spans.before"), 1000);
    cr_assert_eq(at(root, "picture_spans.after"), 4000);
    cr_assert_eq(at(root, "class_pictures.0.l1d"), 20);
    cr_assert_eq(cJSON_GetArraySize(cJSON_GetObjectItem(cJSON_GetArrayItem(cJSON_GetObjectItem(root, "class_pictures"), 0), "fields")), 3, "header, and no static");
    cr_assert_eq(at(root, "class_pictures.0.fields.1.offset"), 8);
    cr_assert_eq(at(root, "class_pictures.0.fields.1.offset_before"), 16);
    cr_assert_eq(at(root, "class_pictures.0.fields.1.l1d"), 20);
    cr_assert_eq(at(root, "class_pictures.0.fields.1.l1d_before"), 10);
    cr_assert_eq(at(root, "class_pictures.0.fields.1.l1d_after"), 7);
    cr_assert_eq(at(root, "class_pictures.0.fields.2.offset_before"), 8);
    cJSON_Delete(root);
}

Test(ranks, correlate)
{
    const double up[] = { 1, 5, 7, 900 }, down[] = { 9, 8, 1, 0 }, ties[] = { 2, 2, 3, 3 }, flat[] = { 1, 1, 1, 1 };
    cr_assert_float_eq(rank_correlation(up, up, 4), 1, 1e-12);
    cr_assert_float_eq(rank_correlation(up, down, 4), -1, 1e-12);
    cr_assert_float_eq(rank_correlation(up, ties, 4), 4 / sqrt(20), 1e-12);
    cr_assert_eq(rank_correlation(up, flat, 4), 0);
}

Test(timeline, any_length_in_a_few_hundred_points)
{
    HwModel *m = model_new();
    timeline_start(m);
    const HwObserver observer = { .reconfigured = timeline_reconfigured };
    hw_model_observe(m, &observer);
    for (u32 i = 0; i < 100000; i++) {
        hw_retire(m, 4000 + i % 7);
        if (i == 50000) hw_knob_set(m, HW_KNOB_HISTORY_LENGTH, 5), hw_knob_set(m, HW_KNOB_HISTORY_LENGTH, 1000) /* refused */;
        timeline_tick();
    }
    timeline_end();
    cJSON *t = timeline_json(), *rows = cJSON_GetObjectItem(t, "rows");
    int n = cJSON_GetArraySize(rows);
    double cycles = 0, before = 0, longest = 0, shortest = 1e18;
    for (const cJSON *row = rows->child; row; row = row->next) {
        double end = row->child->valuedouble, length = end - before;
        cr_assert_eq(cJSON_GetArraySize(row), cJSON_GetArraySize(cJSON_GetObjectItem(t, "columns")));
        if (length > longest) longest = length;
        if (row->next && length < shortest) shortest = length;
        cycles += row->child->next->valuedouble;
        before = end;
    }
    cr_assert(n >= 150 && n <= 400, "%d points", n);
    cr_assert(longest <= 1.1 * shortest, "intervals from %.0f to %.0f", shortest, longest);
    cr_assert_eq(before, (double)hw_instret(m));
    cr_assert_eq(cycles, (double)hw_counter(m, HWC_CYCLE));
    cr_assert_eq(cJSON_GetArraySize(cJSON_GetObjectItem(t, "marks")), 1, "one reconfiguration");
    cr_assert(at(t, "marks.0.at") > 0.49 * before && at(t, "marks.0.at") < 0.51 * before, "when it was");
    cJSON_Delete(t);
}

Test(sites, follow_objects_that_move)
{
    static Thread thread;
    static Frame frame;
    static Method method;
    HwCore *core = hw_core_new(NULL);
    sim_init(&core, 1, 0);
    sites_start();
    const Object *old = (const Object *)(WIN_HEAP_BASE + 0x1000), *to = (const Object *)(WIN_ARENA_BASE + 0x808), *other = (const Object *)(WIN_HEAP_BASE + 0x1010);
    method.code = (u8 *)(WIN_META_BASE + 0x4000);
    method.code_length = 20;
    frame.method = &method;
    frame.pc = method.code + 7;
    thread.frame = &frame;
    cr_assert_eq(site_of(old), 0);
    vm_hooks.allocated(&thread, (Object *)old);
    u32 site = site_of(old), bci = 0;
    cr_assert(site != 0 && site_of(other) == 0);
    cr_assert(site_method(site, &bci) == &method && bci == 7);
    vm_hooks.moved(old, to);
    cr_assert_eq(site_of(to), site);
    cr_assert_null(site_method(site + 1000, &bci));
}

/* ---- reading ---------------------------------------------------------------------------------------------------------------- */
static char *contents(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    cr_assert(f, "%s", path);
    char *text = xcalloc(1 << 17, 1);
    *n = fread(text, 1, (1 << 17) - 1, f);
    fclose(f);
    return text;
}

static const char *scratch(void)
{
    static char path[64];
    snprintf(path, sizeof path, "/tmp/loam-report-test-%d.json", (int)getpid());
    return path;
}

static void put(const char *path, const char *text, size_t n)
{
    FILE *f = fopen(path, "wb");
    cr_assert(f && fwrite(text, 1, n, f) == n && !fclose(f));
}

/* What reading a file says, in a process of its own; its exit code. */
static int read_says(const char *path, char *said, size_t size)
{
    int ends[2], status;
    cr_assert(!pipe(ends));
    pid_t child = fork();
    if (!child) {
        Report r;
        dup2(ends[1], 2);
        report_read(&r, path);
        _exit(0);
    }
    close(ends[1]);
    size_t n = 0;
    for (ssize_t got; (got = read(ends[0], said + n, size - 1 - n)) > 0;) n += (size_t)got;
    said[n] = 0;
    close(ends[0]);
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static const struct { const char *from, *to, *says; } damages[] = {
    { "\"loam-report/1\"", "\"loam-report/2\"", "must be \"loam-report/1\"" },
    { "\"totals\"", "\"t\"", "there is no \"totals\"" },
    { "\"name\": \"small\"", "\"name\": 7", "\"core.name\" must be a string" },
    { "\"instructions\": 1", "\"instructions\": -1", "\"totals.instructions\" must be a whole number" },
    { "\"cycles\": 2", "\"cycles\": 2.", "\"totals.cycles\" must be a whole number" },
    { "\"kind\": \"layout\"", "\"kind\": null", "\"timeline.marks.*.kind\" must be a string" },
    { "\"columns\": [", "\"columns\": [ \"more\",", "a number for each of the" },
    { "\n \"by_class\": [", "\n \"by_class\": 5, \"x\": [", "\"by_class\" must be an array" },
    { "\n \"by_field\"", "\n \"by_class\"", "\"by_class\" is there twice" },
    { "\"name\": \"(class metadata)\",\n   \"misses\"", "\"name\": 1,\n   \"misses\"", "a row of \"by_class\" has no name" },
    { "\"dtlb\": 3", "\"dtlb\": 3e99", "\"dtlb\" must be a number from 0 to 2^53" },
    { "\"exit_code\": 0", "\"exit_code\": 0 0", "not a report in JSON" },
};

Test(reading, refuses_damage_with_one_line)
{
    size_t n;
    char *text = contents(small, &n), said[4096];
    for (size_t i = 0; i < NELEM(damages); i++) {
        char *place = strstr(text, damages[i].from);
        cr_assert(place, "%s is not in %s", damages[i].from, small);
        char *damaged = xasprintf("%.*s%s%s", (int)(place - text), text, damages[i].to, place + strlen(damages[i].from));
        put(scratch(), damaged, strlen(damaged));
        free(damaged);
        int code = read_says(scratch(), said, sizeof said);
        cr_assert(code == 1 && strstr(said, damages[i].says) && strstr(said, scratch()), "%s: %d %s", damages[i].to, code, said);
        cr_assert(strchr(said, '\n') == said + strlen(said) - 1, "%s", said);
    }
    unlink(scratch());
    free(text);
}

Test(reading, refuses_every_cut)
{
    size_t n;
    char *text = contents(small, &n), said[4096];
    while (text[n - 1] != '}') n--;
    for (size_t length = 0; length < n; length += 1 + n / 60) {
        put(scratch(), text, length);
        cr_assert_eq(read_says(scratch(), said, sizeof said), 1, "%zu bytes of %zu", length, n);
    }
    put(scratch(), text, n);
    cr_assert_eq(read_says(scratch(), said, sizeof said), 0, "%s", said);
    unlink(scratch());
    free(text);
}

/* ---- comparing and telling --------------------------------------------------------------------------------------------------- */
static char *diff_text(const Report *a, const Report *b, bool html)
{
    ReportPair p = { a, b, html };
    char *text = NULL;
    size_t n;
    FILE *f = open_memstream(&text, &n);
    report_diff(&p, f);
    fclose(f);
    return text;
}

Test(diff, tells_better_from_worse)
{
    Report a, b;
    report_read(&a, small);
    report_read(&b, small);
    report_load(&b);
    for (size_t i = 0; i < b.views[VIEW_CLASS].len; i++) {
        Row *r = &b.views[VIEW_CLASS].data[i];
        if (!strcmp(r->name, "LTree$N")) r->n[N_L1D] -= 57091;
        if (!strcmp(r->name, "(interpreter code)")) r->n[N_L1D] *= 20;
    }
    cJSON_SetNumberValue((cJSON *)report_item(&b, "totals.cycles"), report_number(&a, "totals.cycles") / 2);
    char *text = diff_text(&a, &b, false);
    cr_assert(strstr(text, "-50.0 %, better"), "%s", text);
    cr_assert(strstr(text, "Fewer L1D misses by class: LTree$N (-57,091, -22.2 %)"), "%s", text);
    cr_assert(strstr(text, "More L1D misses by class: (interpreter code) (+5,071,936, 20 times)"), "%s", text);
    free(text);
    text = diff_text(&a, &a, false);
    cr_assert(!strstr(text, "better") && !strstr(text, "Fewer") && !strstr(text, "More"), "%s", text);
    free(text);
    text = diff_text(&a, &b, true);
    cr_assert(strstr(text, "better") && strstr(text, "</html>"));
    free(text);
}

Test(summary, is_made_of_the_tables_numbers)
{
    Report r;
    report_read(&r, small);
    report_load(&r);
    cJSON *list = summary_make(&r);
    const char *first = list->child->valuestring;
    const cJSON *sentence;
    u32 where = 0;
    char *per = xasprintf("%.2f L1D misses per 1,000", 1000 * report_number(&r, "totals.levels.l1d.misses") / report_number(&r, "totals.instructions"));
    cr_assert(strstr(first, per), "%s", first);
    cJSON_ArrayForEach(sentence, list) where += strstr(sentence->valuestring, "LTree$N") && strstr(sentence->valuestring, "LTree.java:34");
    cr_assert_eq(where, 1, "%u sentences say where", where);
    free(per);
    cJSON_Delete(list);
}

Test(numbers, as_people_read_them)
{
    cr_assert_str_eq(grouped(1234567), "1,234,567");
    cr_assert_str_eq(grouped(-999), "-999");
    cr_assert_str_eq(grouped(0), "0");
    cr_assert_str_eq(shortened(1234567), "1.23 M");
    cr_assert_str_eq(shortened(999), "999");
    cr_assert_eq(percent(1, 0), 0);
}

/* ---- writing ----------------------------------------------------------------------------------------------------------------- */
static void write_much(const void *what, FILE *f)
{
    for (u32 i = 0; i < 100000; i++) fputs(what, f);
}
static void write_little(const void *what, FILE *f) { fputs(what, f); }

Test(writing, a_full_disk_leaves_the_old_report)
{
    size_t n;
    const char *path = scratch();
    cr_assert(report_write("--report=", path, write_little, "the old report"));
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit = { 100000, 100000 };
    cr_assert(!setrlimit(RLIMIT_FSIZE, &limit));
    cr_assert(!report_write("--report=", path, write_much, "the new report"));
    char *text = contents(path, &n), *temporary = xasprintf("%s.tmp%d", path, (int)getpid());
    cr_assert_str_eq(text, "the old report");
    cr_assert(access(temporary, F_OK), "the half-written file is still there");
    free(text), free(temporary);
    unlink(path);
}

static void write_and_end(const void *what, FILE *f)
{
    fputs(what, f);
    fflush(f);
    raise(SIGTERM);
}

Test(writing, what_is_told_to_end_takes_the_incomplete_file_along)
{
    size_t n;
    int status;
    const char *path = scratch();
    cr_assert(report_write("--report=", path, write_little, "the old report"));
    pid_t child = fork();
    if (!child) {
        report_write("--report=", path, write_and_end, "the new report");
        _exit(0);
    }
    waitpid(child, &status, 0);
    cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM, "%d", status);
    char *text = contents(path, &n), *temporary = xasprintf("%s.tmp%d", path, (int)child);
    cr_assert_str_eq(text, "the old report");
    cr_assert(access(temporary, F_OK), "the half-written file is still there");
    free(text), free(temporary);
    unlink(path);
}
