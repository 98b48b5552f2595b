/* The report as tables for a terminal. */
#include "report/report.h"
#include "layout/layout.h"
#include <string.h>

enum { TOP_ROWS = 15, NAME_WIDTH = 46 };

/* 1234567 -> "1,234,567"; a few buffers in turn, so that several fit one printf. */
static const char *grouped(u64 n)
{
    static char bufs[8][32];
    static int next;
    char digits[24], *out = bufs[next++ & 7], *o = out;
    int len = snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
    for (int i = 0; i < len; i++) {
        if (i && (len - i) % 3 == 0) *o++ = ',';
        *o++ = digits[i];
    }
    *o = 0;
    return out;
}

static double percent(u64 part, u64 whole) { return whole ? 100.0 * (double)part / (double)whole : 0; }

static void level_row(FILE *f, const char *name, u64 accesses, u64 misses, u64 instructions)
{
    fprintf(f, "  %-6s %18s %15s %9.2f %% %9.2f\n", name, grouped(accesses), grouped(misses), percent(misses, accesses),
            instructions ? 1000.0 * (double)misses / (double)instructions : 0);
}

static void totals(const Report *r, FILE *f)
{
    const HwModel *m = r->model;
    u64 n = hw_counter(m, HWC_INSTRET), cycles = hw_counter(m, HWC_CYCLE), fw = hw_counter(m, HWC_FW_CYCLE);
    fprintf(f, "instructions %20s\ncycles       %20s   (%.2f per instruction; firmware %.1f %%)\n\n", grouped(n), grouped(cycles),
            n ? (double)cycles / (double)n : 0, percent(fw, cycles));
    fprintf(f, "  level            accesses          misses      rate  per 1,000 instructions\n");
    level_row(f, "L1I", hw_counter(m, HWC_L1I_ACCESS), hw_counter(m, HWC_L1I_MISS), n);
    level_row(f, "L1D", hw_counter(m, HWC_L1D_ACCESS), hw_counter(m, HWC_L1D_MISS), n);
    if (r->config->l2_present) level_row(f, "L2", hw_counter(m, HWC_L2_ACCESS), hw_counter(m, HWC_L2_MISS), n);
    if (r->config->llc_present) level_row(f, "LLC", hw_counter(m, HWC_LLC_ACCESS), hw_counter(m, HWC_LLC_MISS), n);
    level_row(f, "ITLB", hw_counter(m, HWC_ITLB_ACCESS), hw_counter(m, HWC_ITLB_MISS), n);
    level_row(f, "DTLB", hw_counter(m, HWC_DTLB_ACCESS), hw_counter(m, HWC_DTLB_MISS), n);
    level_row(f, "branch", hw_counter(m, HWC_BRANCH), hw_counter(m, HWC_MISPREDICT), n);
}

static void view(FILE *f, const char *title, const Rows *rows)
{
    u64 sum[MISS_KINDS] = { 0 };
    for (size_t i = 0; i < rows->len; i++)
        for (MissKind k = 0; k < MISS_KINDS; k++) sum[k] += rows->data[i].misses[k];
    fprintf(f, "\n%-*s %14s %7s %13s %13s %13s\n", NAME_WIDTH, title, "L1D misses", "share", "L2", "LLC", "DTLB");
    Row rest = { .name = NULL };
    size_t shown = 0;
    for (size_t i = 0; i < rows->len; i++) {
        const Row *r = &rows->data[i];
        if (shown < TOP_ROWS && (r->misses[MISS_L1D] || r->misses[MISS_L2] || r->misses[MISS_LLC])) {
            int length = (int)strlen(r->name);
            fprintf(f, "  %s%-*.*s %14s %5.1f %% %13s %13s %13s\n", length > NAME_WIDTH - 2 ? "…" : "", NAME_WIDTH - 2 - (length > NAME_WIDTH - 2),
                    NAME_WIDTH - 2, length > NAME_WIDTH - 2 ? r->name + length - NAME_WIDTH + 3 : r->name, grouped(r->misses[MISS_L1D]),
                    percent(r->misses[MISS_L1D], sum[MISS_L1D]), grouped(r->misses[MISS_L2]), grouped(r->misses[MISS_LLC]), grouped(r->misses[MISS_DTLB]));
            shown++;
            continue;
        }
        for (MissKind k = 0; k < MISS_KINDS; k++) rest.misses[k] += r->misses[k];
    }
    if (rows->len > shown)
        fprintf(f, "  %-*s %14s %5.1f %% %13s %13s %13s\n", NAME_WIDTH - 2, "(all other rows)", grouped(rest.misses[MISS_L1D]),
                percent(rest.misses[MISS_L1D], sum[MISS_L1D]), grouped(rest.misses[MISS_L2]), grouped(rest.misses[MISS_LLC]), grouped(rest.misses[MISS_DTLB]));
    fprintf(f, "  %-*s %14s %7s %13s %13s %13s\n", NAME_WIDTH - 2, "total", grouped(sum[MISS_L1D]), "", grouped(sum[MISS_L2]), grouped(sum[MISS_LLC]), grouped(sum[MISS_DTLB]));
}

static void firmware(FILE *f, const HwModel *m)
{
    u64 total = hw_counter(m, HWC_FW_CYCLE), cycles = hw_counter(m, HWC_CYCLE);
    if (!total) return;
    fprintf(f, "\nfirmware (charged to the core)%35s %10s\n", "cycles", "of all");
    for (int s = 1; s <= hw_fw_services(m); s++)
        if (hw_fw_cycles(m, s)) fprintf(f, "  %-44s %18s %8.2f %%\n", hw_fw_name(m, s), grouped(hw_fw_cycles(m, s)), percent(hw_fw_cycles(m, s), cycles));
}

static void passes(FILE *f, const Report *r)
{
    const LayoutPasses *p = layout_passes();
    if (strcmp(r->layout, "on")) return;
    LayoutTotals t = layout_totals();
    fprintf(f, "\nlayout passes: %zu (%s samples read)\n", p->len, grouped(t.samples));
    for (size_t i = 0; i < p->len; i++) {
        const LayoutPass *x = &p->data[i];
        fprintf(f, "  at %s instructions: moved %s objects (%s KiB, %s pinned), rewrote %s references, cost %s cycles and %s L1D misses\n",
                grouped(x->at_instruction), grouped(x->moved), grouped(x->bytes >> 10), grouped(x->pinned), grouped(x->rewritten),
                grouped(x->cost_cycles), grouped(x->cost_misses));
        fprintf(f, "    along %s\n    L1D misses per 1,000 instructions on these objects (sampled): %.2f before, ", x->edges, x->target_before);
        if (x->rate_after >= 0) fprintf(f, "%.2f after; of the whole program: %.2f, %.2f: %s\n", x->target_after, x->rate_before, x->rate_after, x->verdict);
        else fprintf(f, "%s\n", x->verdict);
    }
}

void report_text(const Report *r, FILE *f)
{
    fprintf(f, "loam report: %s\ncore %s, layout %s\n\n", r->command, r->config->name, r->layout);
    totals(r, f);
    view(f, "by class", &r->views[VIEW_CLASS]);
    view(f, "by field", &r->views[VIEW_FIELD]);
    view(f, "by method", &r->views[VIEW_METHOD]);
    firmware(f, r->model);
    passes(f, r);
}
