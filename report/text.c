/* The report as tables for a terminal. */
#include "report/report.h"
#include "base/log.h"
#include "report/numbers.h"
#include "report/sharing.h"
#include <string.h>

enum { NAME_WIDTH = 46, SPARK_WIDTH = 64 };

static void head(FILE *f, const Report *r)
{
    const cJSON *line;
    fprintf(f, "loam report: %s\ncore %s, layout %s\n\n", report_string(r, "command"), report_string(r, "core.name"), report_string(r, "layout"));
    cJSON_ArrayForEach(line, report_item(r, "summary")) if (cJSON_IsString(line)) wrapped(f, line->valuestring);
    fputc('\n', f);
}

static void level_row(FILE *f, const Report *r, const char *name, const char *key, const char *part)
{
    char path[64];
    snprintf(path, sizeof path, "totals.%s.%s", key, part);
    double accesses = report_number(r, path), n = report_number(r, "totals.instructions");
    snprintf(path, sizeof path, "totals.%s.%s", key, *part == 'e' ? "mispredicted" : "misses");
    double misses = report_number(r, path);
    fprintf(f, "  %-6s %18s %15s %9.2f %% %9.2f\n", name, grouped(accesses), grouped(misses), percent(misses, accesses), n > 0 ? 1000 * misses / n : 0);
}

static void totals(FILE *f, const Report *r)
{
    double n = report_number(r, "totals.instructions"), cycles = report_number(r, "totals.cycles");
    fprintf(f, "instructions %20s\ncycles       %20s   (%.2f per instruction; firmware %.1f %%)\n\n", grouped(n), grouped(cycles), n > 0 ? cycles / n : 0,
            percent(report_number(r, "totals.firmware_cycles.total"), cycles));
    if (report_item(r, "sampled.cycles"))
        fprintf(f, "estimated    %20s   +- %s cycles (95 %%), %.3f +- %.3f per instruction of the program: %s windows were timed\n\n", grouped(report_number(r, "sampled.cycles")),
                grouped(report_number(r, "sampled.cycles_half_interval")), report_number(r, "sampled.cycles_per_instruction"),
                report_number(r, "sampled.cycles_per_instruction_half_interval"), grouped(report_number(r, "sampled.windows")));
    fprintf(f, "  level            accesses          misses      rate  per 1,000 instructions\n");
#define L(id, key, name) if (report_has_level(r, key)) level_row(f, r, name, "levels." key, "accesses");
    LEVELS(L)
#undef L
    level_row(f, r, "branch", "branches", "executed");
}

static void name_cell(FILE *f, const char *name, u32 width)
{
    fputs("  ", f);
    fitted(f, name, width);
}

/* The columns behind that of L1D and its share. */
#define COLUMNS(L) L(L2, "l2", "L2") L(L3, "l3", "L3") L(L4, "l4", "L4") L(LLC, "llc", "LLC") L(DTLB, "dtlb", "DTLB")

static void miss_heads(FILE *f, const Report *r, const char *title)
{
    fprintf(f, "\n%-*s %14s %7s", NAME_WIDTH, title, "L1D misses", "share");
#define L(id, key, name) if (!r->absent[N_##id]) fprintf(f, " %13s", name);
    COLUMNS(L)
#undef L
    fputc('\n', f);
}

/* `all`: what 100 % is; 0: no share is shown. */
static void miss_cells(FILE *f, const Report *r, const u64 *n, double all)
{
    fprintf(f, " %14s", grouped((double)n[N_L1D]));
    if (all > 0) fprintf(f, " %5.1f %%", percent((double)n[N_L1D], all));
    else fprintf(f, " %7s", "");
#define L(id, key, name) if (!r->absent[N_##id]) fprintf(f, " %13s", grouped((double)n[N_##id]));
    COLUMNS(L)
#undef L
}

static void take_away(u64 *from, const u64 *n)
{
    for (u32 k = 0; k < COUNT_KINDS; k++) from[k] -= n[k];
}

static bool any_miss(const u64 *n) { return n[N_L1D] || n[N_L2] || n[N_L3] || n[N_L4] || n[N_LLC]; }

/* Rows of a view of misses: the first ones, the sum of the others, the total. */
static void view(FILE *f, const Report *r, View v)
{
    const ViewSums *sum = &r->view[v];
    u64 rest[COUNT_KINDS];
    if (!sum->rows) return;
    memcpy(rest, sum->n, sizeof rest);
    double all = (double)sum->n[N_L1D];
    miss_heads(f, r, view_info[v].title);
    u32 shown = 0;
    RowReader in = rows_begin(r, v);
    for (const Row *x; shown < view_info[v].shown && (x = rows_next(&in));) {
        if (!any_miss(x->n)) continue;
        shown++;
        take_away(rest, x->n);
        name_cell(f, x->name, NAME_WIDTH - 2);
        miss_cells(f, r, x->n, all);
        fprintf(f, x->note ? "  %s\n" : "\n", x->note);
    }
    rows_end(&in);
    if (sum->rows > shown) {
        name_cell(f, "(all other rows)", NAME_WIDTH - 2);
        miss_cells(f, r, rest, all);
        fputc('\n', f);
    }
    name_cell(f, "total", NAME_WIDTH - 2);
    miss_cells(f, r, sum->n, 0);
    fputc('\n', f);
}

/* Counters have points in their names. */
static double counter(const Report *r, const char *name)
{
    const cJSON *c = cJSON_GetObjectItemCaseSensitive(report_item(r, "totals.counters"), name);
    return cJSON_IsNumber(c) ? c->valuedouble : 0;
}

/* Columns that are there if anything is in them: how often a branch was executed (--detail=branches), and what values did for it. */
static void branch_heads(FILE *f, const Report *r)
{
    fprintf(f, "\n%-*s %14s %7s %13s", NAME_WIDTH, view_info[VIEW_BRANCH].title, "mispredicted", "share", "of targets");
    if (r->sums[N_EXECUTED]) fprintf(f, " %14s %8s", "executed", "rate");
    if (r->sums[N_HINTS]) fprintf(f, " %12s %12s", "hints", "too late");
    if (r->sums[N_VALUE_USED]) fprintf(f, " %14s %8s %15s", "used by value", "right", "wrong without");
    fputs("  bytecode\n", f);
}

static void branch_cells(FILE *f, const Report *r, const u64 *n)
{
    double wrong = (double)n[N_MISPREDICTED], used = (double)n[N_VALUE_USED];
    fprintf(f, " %14s %5.1f %% %13s", grouped(wrong), percent(wrong, (double)r->sums[N_MISPREDICTED]), grouped((double)n[N_MISPREDICTED_TARGET]));
    if (r->sums[N_EXECUTED]) fprintf(f, " %14s %6.1f %%", grouped((double)n[N_EXECUTED]), percent(wrong, (double)n[N_EXECUTED]));
    if (r->sums[N_HINTS]) fprintf(f, " %12s %12s", grouped((double)n[N_HINTS]), grouped((double)n[N_HINTS_LATE]));
    if (!r->sums[N_VALUE_USED]) return;
    fprintf(f, " %14s", grouped(used));
    if (used > 0) fprintf(f, " %6.1f %%", percent((double)n[N_VALUE_RIGHT], used));
    else fprintf(f, " %8s", "-");
    fprintf(f, " %15s", grouped(wrong + (double)n[N_VALUE_GAINED] - (double)n[N_VALUE_HARMED]));
}

static void branches(FILE *f, const Report *r)
{
    const ViewSums *sum = &r->view[VIEW_BRANCH];
    u64 rest[COUNT_KINDS];
    u32 left = view_info[VIEW_BRANCH].shown;
    if (!sum->rows) return;
    memcpy(rest, sum->n, sizeof rest);
    branch_heads(f, r);
    RowReader in = rows_begin(r, VIEW_BRANCH);
    for (const Row *x; left && (x = rows_next(&in)); left--) {
        take_away(rest, x->n);
        name_cell(f, x->name, NAME_WIDTH - 2);
        branch_cells(f, r, x->n);
        fprintf(f, "  %s\n", x->note ? x->note : "");
    }
    rows_end(&in);
    if (sum->rows > view_info[VIEW_BRANCH].shown) name_cell(f, "(all other rows)", NAME_WIDTH - 2), branch_cells(f, r, rest), fputc('\n', f);
    name_cell(f, "total", NAME_WIDTH - 2), branch_cells(f, r, sum->n), fputc('\n', f);
    double issued = counter(r, "hints.issued");
    if (issued > 0)
        fprintf(f, "  value hints: %s made, %s used; %s branches right only because of them, %s wrong\n", grouped(issued), grouped(counter(r, "hints.used")),
                grouped(counter(r, "value.gained")), grouped(counter(r, "value.harmed")));
}

static double item_number(const cJSON *o, const char *key)
{
    const cJSON *n = cJSON_GetObjectItemCaseSensitive(o, key);
    return cJSON_IsNumber(n) ? n->valuedouble : -1;
}

static const char *item_text(const cJSON *o, const char *key)
{
    const char *s = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, key));
    return s ? s : "";
}

static double per_million(double n, double instructions) { return instructions > 0 ? 1e6 * n / instructions : 0; }

/* One field: a bar for its share of the class's misses; before and after layout passes, if there were any. */
static void field_row(FILE *f, const Report *r, const cJSON *field, double all)
{
    enum { BAR_WIDTH = 40 };
    double n = item_number(field, "l1d"), offset_before = item_number(field, "offset_before");
    double share = percent(n, all); /* a damaged report's may be anything */
    int bar = share >= 100 ? BAR_WIDTH : share > 0 ? (int)(share * BAR_WIDTH / 100 + 0.5) : 0;
    fprintf(f, "    %4.0f  %2.0f  ", item_number(field, "offset"), item_number(field, "bytes"));
    fitted(f, item_text(field, "name"), 30);
    fprintf(f, " %12s %5.1f %%", grouped(n), percent(n, all));
    if (item_number(field, "l1d_before") >= 0)
        fprintf(f, " %11.1f %11.1f", per_million(item_number(field, "l1d_before"), report_number(r, "picture_spans.before")),
                per_million(item_number(field, "l1d_after"), report_number(r, "picture_spans.after")));
    if (bar > 0) fprintf(f, " %.*s", bar, "########################################");
    if (offset_before >= 0) fprintf(f, " (was at %.0f)", offset_before);
    fputc('\n', f);
}

static void picture(FILE *f, const Report *r, const cJSON *c)
{
    const cJSON *field;
    double all = item_number(c, "l1d"), before = item_number(c, "bytes_before");
    fprintf(f, "  %s, %.0f bytes", item_text(c, "name"), item_number(c, "bytes"));
    if (before >= 0) fprintf(f, " (before: %.0f)", before);
    fputc('\n', f);
    cJSON_ArrayForEach(field, cJSON_GetObjectItemCaseSensitive(c, "fields")) field_row(f, r, field, all);
}

static void pictures(FILE *f, const Report *r)
{
    const cJSON *c;
    int left = 3;
    if (!cJSON_GetArraySize(report_item(r, "class_pictures"))) return;
    fprintf(f, "\nlayout of the classes that miss most (offset, bytes, field, L1D misses%s)\n",
            report_item(r, "picture_spans") ? "; per million instructions before the first layout pass, since the last" : "");
    cJSON_ArrayForEach(c, report_item(r, "class_pictures")) if (left-- > 0) picture(f, r, c);
}

static double bytes_used(const cJSON *use)
{
    double lines = item_number(use, "fetched");
    return lines > 0 ? item_number(use, "bytes_used") / lines : 0;
}

/* Cold, capacity, conflict; coherence if several cores ran. `n` NULL: the headings. */
static void cause_cells(FILE *f, const Report *r, const u64 *n)
{
    static const struct { Count kind; const char *name; } causes[] = { { N_COLD, "cold" }, { N_CAPACITY, "capacity" }, { N_CONFLICT, "conflict" }, { N_COHERENCE, "coherence" } };
    for (u32 i = 0; i < NELEM(causes); i++)
        if (causes[i].kind != N_COHERENCE || report_item(r, "cores")) fprintf(f, " %14s", n ? grouped((double)n[causes[i].kind]) : causes[i].name);
    fputc('\n', f);
}

/* --detail=3c and --detail=lines. */
static void details(FILE *f, const Report *r)
{
    u64 kinds = r->sums[N_COLD] + r->sums[N_CAPACITY] + r->sums[N_CONFLICT] + r->sums[N_COHERENCE];
    if (kinds) {
        RowReader in = rows_begin(r, VIEW_CLASS);
        int shown = 0;
        fprintf(f, "\n%-*s", NAME_WIDTH, "why L1D missed");
        cause_cells(f, r, NULL);
        for (const Row *x; shown++ < 10 && (x = rows_next(&in));) {
            name_cell(f, x->name, NAME_WIDTH - 2);
            cause_cells(f, r, x->n);
        }
        rows_end(&in);
        name_cell(f, "total", NAME_WIDTH - 2);
        cause_cells(f, r, r->sums);
    }
    const cJSON *row, *list = report_item(r, "lines.by_class");
    double bytes = report_number(r, "lines.line_bytes");
    int left = 10;
    if (!list || bytes <= 0) return;
    fprintf(f, "\n%-*s %14s %14s%s\n", NAME_WIDTH, "bytes used of each line fetched into L1D", "lines", "bytes used",
            report_item(r, "picture_spans") ? "  before the first layout pass, since the last" : "");
    cJSON_ArrayForEach(row, list)
    {
        if (left-- <= 0) break;
        name_cell(f, item_text(row, "name"), NAME_WIDTH - 2);
        fprintf(f, " %14s %9.1f of %.0f", grouped(item_number(row, "fetched")), bytes_used(row), bytes);
        const cJSON *before = cJSON_GetObjectItemCaseSensitive(row, "before"), *after = cJSON_GetObjectItemCaseSensitive(row, "after");
        if (before) fprintf(f, "  %.1f, %.1f", bytes_used(before), bytes_used(after));
        fputc('\n', f);
    }
}

static void firmware(FILE *f, const Report *r)
{
    const cJSON *s;
    double cycles = report_number(r, "totals.cycles");
    if (!cJSON_GetArraySize(report_item(r, "firmware"))) return;
    fprintf(f, "\nfirmware (charged to the core)%35s %10s\n", "cycles", "of all");
    cJSON_ArrayForEach(s, report_item(r, "firmware"))
    {
        double n = cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(s, "cycles"));
        fprintf(f, "  %-44s %18s %8.2f %%\n", cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(s, "name")), grouped(n), percent(n, cycles));
    }
}

/* L1D misses per 1,000 instructions over the run, as a row of blocks from 0 to the highest. */
static void timeline(FILE *f, const Report *r)
{
    static const char *const blocks[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
    double misses[SPARK_WIDTH] = { 0 }, instructions[SPARK_WIDTH] = { 0 }, before = 0, highest = 0;
    const cJSON *rows = report_item(r, "timeline.rows"), *row, *mark;
    double all = report_number(r, "totals.instructions");
    if (!cJSON_GetArraySize(rows) || all <= 0) return;
    cJSON_ArrayForEach(row, rows)
    {
        double end = cJSON_GetNumberValue(cJSON_GetArrayItem(row, 0));
        u32 at = (u32)((before + end) / 2 / all * SPARK_WIDTH);
        if (at >= SPARK_WIDTH) at = SPARK_WIDTH - 1;
        instructions[at] += end - before;
        misses[at] += cJSON_GetNumberValue(cJSON_GetArrayItem(row, 2));
        before = end;
    }
    for (u32 i = 0; i < SPARK_WIDTH; i++)
        if (instructions[i] > 0 && misses[i] / instructions[i] > highest) highest = misses[i] / instructions[i];
    fprintf(f, "\ntimeline: L1D misses per 1,000 instructions, 0 to %.2f\n  ", 1000 * highest);
    for (u32 i = 0; i < SPARK_WIDTH; i++)
        fputs(instructions[i] > 0 && highest > 0 ? blocks[(int)(misses[i] / instructions[i] / highest * 7.99)] : " ", f);
    char marks[SPARK_WIDTH + 1];
    memset(marks, ' ', SPARK_WIDTH);
    marks[SPARK_WIDTH] = 0;
    bool any = false;
    cJSON_ArrayForEach(mark, report_item(r, "timeline.marks"))
    {
        u32 at = (u32)(cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(mark, "at")) / all * SPARK_WIDTH);
        const char *kind = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(mark, "kind"));
        bool layout = kind && !strcmp(kind, "layout");
        if (!layout && !(kind && !strcmp(kind, "collection"))) continue; /* compilations: too many to show here */
        if (at >= SPARK_WIDTH) at = SPARK_WIDTH - 1;
        if (marks[at] != 'L') marks[at] = layout ? 'L' : 'c';
        any = true;
    }
    fprintf(f, "\n");
    if (any) fprintf(f, "  %s  L: layout pass, c: collection\n", marks);
}

/* The undoing of a pass. */
static void undone(FILE *f, const cJSON *pass)
{
    const cJSON *b = cJSON_GetObjectItemCaseSensitive(pass, "undone");
    if (!b) return;
    fprintf(f, "    undone at %s instructions: moved %s objects back, cost %s cycles and %s L1D misses of these", grouped(item_number(b, "at_instruction")),
            grouped(item_number(b, "moved_objects")), grouped(item_number(b, "cost_cycles")), grouped(item_number(b, "cost_l1d_misses")));
    if (item_number(b, "l1d_mpki_after") >= 0) fprintf(f, "; misses on them then %.2f, of the whole program %.2f", item_number(b, "target_mpki_after"), item_number(b, "l1d_mpki_after"));
    fprintf(f, "\n");
}

static void passes(FILE *f, const Report *r)
{
    const cJSON *list = report_item(r, "layout_passes"), *p;
    if (strcmp(report_string(r, "layout"), "on")) return;
    fprintf(f, "\nlayout passes: %d (%s samples read)\n", cJSON_GetArraySize(list), grouped(report_number(r, "layout_samples")));
    if (cJSON_IsNumber(report_item(r, "layout_samples_rank")))
        fprintf(f, "  rank correlation of sampled with observed L1D misses, by field: %.2f\n", report_number(r, "layout_samples_rank"));
    cJSON_ArrayForEach(p, list)
    {
        fprintf(f, "  at %s instructions: moved %s objects (%s KiB, %s pinned), rewrote %s references, cost %s cycles and %s L1D misses\n",
                grouped(item_number(p, "at_instruction")), grouped(item_number(p, "moved_objects")), grouped(item_number(p, "moved_bytes") / 1024),
                grouped(item_number(p, "pinned_objects")), grouped(item_number(p, "rewritten_references")), grouped(item_number(p, "cost_cycles")),
                grouped(item_number(p, "cost_l1d_misses")));
        fprintf(f, "    along %s\n    L1D misses per 1,000 instructions on these objects (sampled): %.2f before, ", item_text(p, "edges"), item_number(p, "target_mpki_before"));
        if (item_number(p, "l1d_mpki_after") < 0) fprintf(f, "%s\n", item_text(p, "verdict"));
        else fprintf(f, "%.2f after; of the whole program: %.2f, %.2f: %s\n", item_number(p, "target_mpki_after"), item_number(p, "l1d_mpki_before"),
                     item_number(p, "l1d_mpki_after"), item_text(p, "verdict"));
        undone(f, p);
    }
}

/* Fields that moved within their class. */
static void field_moves(FILE *f, const Report *r)
{
    const cJSON *list = report_item(r, "field_moves"), *p;
    if (!cJSON_GetArraySize(list)) return;
    fprintf(f, "\nfields that moved: %d time%s\n", cJSON_GetArraySize(list), cJSON_GetArraySize(list) == 1 ? "" : "s");
    cJSON_ArrayForEach(p, list)
    {
        fprintf(f, "  at %s instructions: of %s, in %s objects, cost %s cycles and %s L1D misses\n", grouped(item_number(p, "at_instruction")), item_text(p, "class"),
                grouped(item_number(p, "rewritten_objects")), grouped(item_number(p, "cost_cycles")), grouped(item_number(p, "cost_l1d_misses")));
        fprintf(f, "    before: %s\n    after:  %s\n", item_text(p, "order_before"), item_text(p, "order_after"));
        fprintf(f, "    lines that a visit touches, by the plan: %.2f before, %.2f after; stalled cycles per 1,000 instructions on these objects (sampled): %.2f before, ",
                item_number(p, "lines_a_visit_before"), item_number(p, "lines_a_visit_after"), item_number(p, "stalls_before"));
        if (item_number(p, "stalls_after") >= 0) fprintf(f, "%.2f after: ", item_number(p, "stalls_after"));
        fprintf(f, "%s\n", item_text(p, "verdict"));
    }
}

/* What other cores would have missed, which counted beside the core that ran. */
static void passive_cores(FILE *f, const Report *r)
{
    static const char *const counters[] = { "l1i.misses", "l1d.misses", "l2.misses", "llc.misses", "dtlb.misses", "branches.mispredicted" };
    const cJSON *cores = report_item(r, "passive_cores"), *p;
    if (!cJSON_IsArray(cores)) return;
    fprintf(f, "\npassive cores (they count, and decide nothing)\n  %-16s", "");
    for (u32 i = 0; i < NELEM(counters); i++) fprintf(f, " %21s", counters[i]);
    fprintf(f, "\n");
    cJSON_ArrayForEach(p, cores)
    {
        fprintf(f, "  %-16.16s", item_text(cJSON_GetObjectItemCaseSensitive(p, "core"), "name"));
        for (u32 i = 0; i < NELEM(counters); i++) fprintf(f, " %21s", grouped(item_number(cJSON_GetObjectItemCaseSensitive(p, "counters"), counters[i])));
        fprintf(f, "\n");
    }
}

void report_text(const Report *r, FILE *f)
{
    head(f, r);
    totals(f, r);
    for (View v = 0; v < VIEWS; v++) {
        if (v == VIEW_BRANCH) branches(f, r);
        else view(f, r, v);
    }
    pictures(f, r);
    details(f, r);
    sharing_text(r, f);
    passive_cores(f, r);
    timeline(f, r);
    firmware(f, r);
    passes(f, r);
    field_moves(f, r);
}
