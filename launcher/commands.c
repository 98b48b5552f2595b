/* The commands: see commands.h. None of them starts a virtual machine. */
#define _GNU_SOURCE
#include "launcher/commands.h"
#include "base/log.h"
#include "hwsim/config.h"
#include "hwsim/model.h"
#include "report/diff.h"
#include "report/report.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- --format=, --output= and files ------------------------------------------------------------------------------------ */
typedef struct Arguments {
    const char *format, *output;
    const char *files[2];
    u32 n;
} Arguments;

static const char *value_of(const char *a, const char *option)
{
    size_t n = strlen(option);
    return !strncmp(a, option, n) && a[n] == '=' ? a + n + 1 : NULL;
}

static Arguments arguments(int argc, char **argv, u32 files, const char *usage)
{
    Arguments r = { NULL, "-", { NULL, NULL }, 0 };
    for (int i = 2; i < argc; i++) {
        const char *v;
        if ((v = value_of(argv[i], "--format"))) r.format = v;
        else if ((v = value_of(argv[i], "--output")) || (v = value_of(argv[i], "-o"))) r.output = v;
        else if (!strcmp(argv[i], "-o") && i + 1 < argc) r.output = argv[++i];
        else if (argv[i][0] == '-' && argv[i][1]) die("loam %s: no option %s; usage: %s", argv[1], argv[i], usage);
        else if (r.n < files) r.files[r.n++] = argv[i];
        else die("loam %s: too many files: %s; usage: %s", argv[1], argv[i], usage);
    }
    if (r.n < files) die("loam %s: needs %s; usage: %s", argv[1], files == 1 ? "a report" : "two reports", usage);
    return r;
}

static const char *const report_usage = "loam report FILE.json [--format=text|json|html|csv|callgrind|collapsed|perfetto] [-o FILE]";
static const char *const diff_usage = "loam diff BEFORE.json AFTER.json [--format=text|html] [-o FILE]";

static int cmd_report(int argc, char **argv)
{
    Arguments a = arguments(argc, argv, 1, report_usage);
    ReportFormat format = a.format ? report_format_named(a.format) : report_format_of(a.output);
    if (!format && a.format) die("--format=%s: must be one of %s", a.format, report_format_list());
    if (!format) die("-o %s: the name must end in %s, or say --format=", a.output, report_ending_list());
    Report r;
    report_read(&r, a.files[0]);
    ReportOutput o = { &r, format };
    return report_write("", a.output, report_write_with, &o) ? 0 : 1;
}

static int cmd_diff(int argc, char **argv)
{
    Arguments a = arguments(argc, argv, 2, diff_usage);
    size_t n = strlen(a.output);
    bool html = a.format ? !strcmp(a.format, "html") : n > 5 && !strcmp(a.output + n - 5, ".html");
    if (a.format && !html && strcmp(a.format, "text")) die("--format=%s: must be text or html", a.format);
    Report before, after;
    report_read(&before, a.files[0]);
    report_read(&after, a.files[1]);
    ReportPair p = { &before, &after, html };
    return report_write("", a.output, report_diff, &p) ? 0 : 1;
}

/* ---- cores -------------------------------------------------------------------------------------------------------------- */
static void core_line(const char *name)
{
    HwConfig c;
    hw_config_load(&c, name);
    printf("  %-12s L1I %3llu KiB, L1D %3llu KiB %2llu-way", name, (unsigned long long)c.l1i_size_kib, (unsigned long long)c.l1d_size_kib, (unsigned long long)c.l1d_ways);
    if (c.l2_present) printf(", L2 %llu KiB", (unsigned long long)c.l2_size_kib);
    if (c.llc_present) printf(", LLC %llu KiB", (unsigned long long)c.llc_size_kib);
    printf(", %llu-wide, %llu MHz\n", (unsigned long long)c.core_issue_width, (unsigned long long)c.core_frequency_mhz);
}

static void core_details(const char *name)
{
    HwConfig c;
    char buf[64];
    hw_config_load(&c, name);
    for (u32 i = 0; i < HW_FIELD_COUNT; i++) {
        const HwField *f = &hw_fields[i];
        printf("%-34s %-14s %s\n", f->path, hw_field_text(&c, f, buf, sizeof buf), f->text);
    }
}

static int cmd_cores(int argc, char **argv)
{
    if (argc > 3) die("loam cores: too many names; usage: loam cores [NAME|FILE]");
    if (argc == 3) {
        core_details(argv[2]);
        return 0;
    }
    puts("Cores to simulate with --core=NAME; `loam cores NAME` shows every setting, --set KEY=VALUE changes one:");
    for (const char *const *names = hw_config_presets(); *names; names++) core_line(*names);
    return 0;
}

/* ---- explain --------------------------------------------------------------------------------------------------------------- */
typedef struct Meaning { const char *name, *text; } Meaning;
static const Meaning meanings[] = {
#define C(id, name, unit, text) { name, text },
#include "hwsim/counters.def"
#undef C
    { "l1d", "in rows: demand misses of L1D by data accesses; l2, l3, l4, llc: of the caches behind it, by fetches and page walks too" },
    { "l1i", "in rows: demand misses of L1I" },
    { "l2", "in rows: demand misses of L2, by data accesses, fetches and page walks" },
    { "l3", "in rows: demand misses of L3, if the core has one; likewise" },
    { "l4", "in rows: demand misses of L4, if the core has one; likewise" },
    { "llc", "in rows: demand misses of the last-level cache; likewise" },
    { "dtlb", "in rows: data translations missing in the DTLB" },
    { "itlb", "in rows: fetch translations missing in the ITLB" },
    { "l1d_store", "in rows: of the misses of L1D those of stores" },
    { "llc_store", "in rows: of the misses of the deepest cache those of stores" },
    { "llc_fetch", "in rows: of the misses of the deepest cache those of fetches" },
    { "mispredicted", "in rows: control transfers predicted wrong" },
    { "mispredicted_target", "in rows: of these, those of indirect jumps and returns, whose target was wrong" },
    { "loads", "in rows: load instructions, estimated as instructions are" },
    { "stores", "in rows: store instructions, estimated as instructions are" },
    { "cold", "in rows, with --detail=3c: L1D misses of lines never accessed before" },
    { "capacity", "in rows, with --detail=3c: L1D misses that a fully associative LRU cache of the same size has too" },
    { "conflict", "in rows, with --detail=3c: L1D misses that it does not have" },
    { "coherence", "in rows, with --detail=3c and several cores: L1D misses because another core had written to the line" },
    { "timeline", "points of equally many instructions, and what happened when: collections, layout passes, compilations, reconfigurations" },
    { "class_pictures", "how instances of the classes that miss most are laid out, and which fields miss; before and after layout passes" },
    { "picture_spans", "instructions before the first layout pass, and since the last: what l1d_before and l1d_after of pictures are of" },
    { "executed", "in rows, with --detail=branches: control transfers of all kinds executed there; `mispredicted` of it is the predictor's rate" },
    { "hints", "in rows: value hints that named a branch there and were queued when it came" },
    { "hints_late", "in rows: of these, hints whose digest was not visible when the branch was fetched" },
    { "value_used", "in rows: branches that the value component decided, from a hint or (branch.auto_digest) a register" },
    { "value_right", "in rows: of these, decided right" },
    { "value_gained", "in rows: of these, those that the base predictor would have got wrong" },
    { "value_harmed", "in rows: branches decided wrong that the base predictor would have got right; without values, mispredicted + value_gained - value_harmed" },
    { "lines", "with --detail=lines: bytes used of each line that was fetched into L1D, by class" },
    { "field_moves", "classes whose fields the layout optimizer moved (--layout-order=fields): the orders, what it cost, stalls before and after" },
    { "layout_passes", "what the layout optimizer did: when, how much it moved, what it cost, misses before and after" },
    { "layout_samples", "sample records that the layout optimizer read" },
    { "firmware_cycles", "cycles charged to firmware, by service" },
    { "summary", "what the numbers say, in sentences" },
    { "by_class", "view: the class of the object that the missing address lies in; what is no Java object has rows in parentheses" },
    { "by_field", "view: the field at that address, or header, length or elements" },
    { "by_site", "view: where the missing object was allocated" },
    { "by_origin", "view: the field or array element from which the address of the missing object had been loaded" },
    { "by_array", "view: what the array that missed holds" },
    { "by_method", "view: the Java method that was running" },
    { "by_line", "view: the source line that was running" },
    { "by_branch", "view: the bytecodes at which branches were mispredicted" },
    { "by_page", "view: the pages of 4 KiB that missed, most DTLB misses first" },
    { "mpki", "misses per 1,000 instructions of the program" },
    { "demand miss", "an access whose line is neither present nor in flight" },
    { "firmware", "what the virtual machine does in host code on the program's behalf; charged to the core" },
};

/* What tables call "L1D misses" is l1d. */
static const char *counter_of_heading(const char *name)
{
    for (u32 k = 0; k < COUNT_KINDS; k++)
        if (!strcasecmp(count_headings[k], name)) return count_keys[k];
    return name;
}

static int cmd_explain(int argc, char **argv)
{
    if (argc > 3) die("loam explain: too many names; usage: loam explain [COUNTER]");
    u32 found = 0;
    const char *name = argc == 3 ? counter_of_heading(argv[2]) : NULL;
    for (u32 exact = 1; exact < 2 && argc == 3; exact--) {
        for (size_t i = 0; i < NELEM(meanings); i++)
            if (exact ? !strcasecmp(meanings[i].name, name) : strcasestr(meanings[i].name, name) != NULL) printf("%-24s %s\n", meanings[i].name, meanings[i].text), found++;
        if (found) return 0;
    }
    if (argc == 3) die("loam explain: nothing is called %s; `loam explain` lists what there is", argv[2]);
    for (size_t i = 0; i < NELEM(meanings); i++) printf("%-24s %s\n", meanings[i].name, meanings[i].text);
    return 0;
}

static const struct { const char *name; int (*run)(int argc, char **argv); } commands[] = {
    { "report", cmd_report }, { "diff", cmd_diff }, { "cores", cmd_cores }, { "explain", cmd_explain },
};

bool command_run(int argc, char **argv, int *code)
{
    for (size_t i = 0; argc > 1 && i < NELEM(commands); i++) {
        if (strcmp(argv[1], commands[i].name)) continue;
        *code = commands[i].run(argc, argv);
        if (fflush(stdout) || ferror(stdout)) die("loam %s: cannot write: %s", argv[1], strerror(errno));
        return true;
    }
    return false;
}
