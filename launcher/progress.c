/* Progress: see progress.h. It reads counters and the host's clock, writes to stderr, and changes nothing that is simulated. */
#define _GNU_SOURCE
#include "launcher/progress.h"
#include "base/log.h"
#include "hwsim/system.h"
#include "layout/layout.h"
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { TICKS_PER_LOOK = 64 };
static const double first_seconds = 1, between_seconds = 0.25;

static struct {
    const HwModel *model;
    double begun, shown;
    u32 ticks;
    bool visible;
} P;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

bool progress_wanted(void) { return isatty(STDERR_FILENO); }

static void clear(void)
{
    if (P.visible) fputs("\r\033[K", stderr);
    P.visible = false;
}

void progress_start(const HwModel *model)
{
    P.model = model;
    P.begun = now();
    P.shown = P.begun + first_seconds - between_seconds;
    die_hook = clear;
}

static void show(double at)
{
    u64 n = hw_total(P.model, HWC_INSTRET);
    double per = n ? 1000.0 / (double)n : 0;
    fprintf(stderr, "\r\033[Ksimulated %.0f M instructions, %.1f MIPS; per 1,000: L1D %.2f, L2 %.2f, DTLB %.2f misses, %.2f mispredicted", (double)n / 1e6,
            (double)n / 1e6 / (at - P.begun), (double)hw_total(P.model, HWC_L1D_MISS) * per, (double)hw_total(P.model, HWC_L2_MISS) * per,
            (double)hw_total(P.model, HWC_DTLB_MISS) * per, (double)hw_total(P.model, HWC_MISPREDICT) * per);
    if (layout_passes()->len) fprintf(stderr, "; %zu layout pass%s", layout_passes()->len, layout_passes()->len == 1 ? "" : "es");
    fflush(stderr);
    P.visible = true;
}

void progress_tick(void)
{
    if (LIKELY(++P.ticks % TICKS_PER_LOOK) || !P.model) return;
    double at = now();
    if (at - P.shown < between_seconds) return;
    P.shown = at;
    show(at);
}

void progress_end(void)
{
    clear();
    fflush(stderr);
    P.model = NULL;
}
