/* The predictor's history length, tuned by trial while the program runs.

   Time is divided in windows of instructions. Windows that are alike in branches and in accesses per instruction are of one phase; a phase that
   was met before gets the length that was best for it. In a phase for the first time, and rarely again, neighbours of the length in use are tried, step
   by step: two windows with it, of which the first only warms the tables, against two with the length in use. A neighbour that mispredicts less of the
   branches (windows of one phase differ in how many there are) by MARGIN takes its place and the search goes on behind it; otherwise things are as before, and the phase is left alone for
   twice as long as the last time. A length that is no better is passed over once: the next may be.

   It sees counters only, and is charged. */
#include "jit/tune.h"
#include "base/log.h"
#include "jit/costs.h"
#include <stdio.h>

enum {
    WINDOW = 300000,      /* instructions */
    PHASES = 16, ALIKE = 12, /* percent */
    STEP = 4, SHORT = 32, /* bits of history; longer ones are halved and doubled */
    MARGIN = 2,           /* percent fewer mispredicts that make a length better */
    FLOOR = 2,            /* mispredicts in 1,000 instructions below which nothing is worth a trial */
    WAIT_FIRST = 24, WAIT_MAX = 4096 /* windows of a phase between searches */
};

typedef struct Phase { u32 branches, accesses; u64 length, wait, left; } Phase; /* per 1,000 instructions */
typedef enum TuneStep { WATCH, MEASURE_OLD, WARM_NEW, MEASURE_NEW } TuneStep;

static struct {
    HwModel *model;
    HwCounters mark;
    u64 next;             /* instruction at which the window ends */
    Phase phases[PHASES];
    u32 nphases, at;      /* the phase in use */
    TuneStep step;
    i32 direction;
    bool turned;          /* the other direction was tried */
    u32 worse;            /* lengths in a row that were no better */
    u64 probe;            /* the length on trial */
    u64 old_length;
    u32 old_rate;         /* mispredicts per million branches */
    u64 trials, changes, switches;
} T;

static u64 length(void) { return hw_knob_get(T.model, HW_KNOB_HISTORY_LENGTH); }
static u64 since(const HwCounters *now, HwCounter c) { return now->n[c] - T.mark.n[c]; }

static bool alike(u64 a, u64 b)
{
    u64 d = a > b ? a - b : b - a;
    return d * 100 <= (a + b) / 2 * ALIKE;
}

static u32 find_phase(u32 branches, u32 accesses)
{
    for (u32 i = 0; i < T.nphases; i++)
        if (alike(T.phases[i].branches, branches) && alike(T.phases[i].accesses, accesses)) return i;
    u32 i = T.nphases < PHASES ? T.nphases++ : PHASES - 1; /* the last place is everybody else's */
    T.phases[i] = (Phase){ branches, accesses, length(), WAIT_FIRST, 0 };
    return i;
}

static bool set_length(u64 n)
{
    return n == length() || hw_knob_set(T.model, HW_KNOB_HISTORY_LENGTH, n);
}

/* Goes on in the direction of the search; false: there is nothing more. */
static bool try_next(void)
{
    u64 n = T.probe, step = n > SHORT ? T.direction < 0 ? n / 2 : n : STEP;
    if (T.direction < 0 && n < step) return false;
    if (!set_length(T.direction < 0 ? n - step : n + step)) return false;
    T.probe = length();
    T.trials++;
    T.step = WARM_NEW;
    return true;
}

static void end_search(void)
{
    Phase *p = &T.phases[T.at];
    set_length(p->length);
    p->wait = p->wait * 2 > WAIT_MAX ? WAIT_MAX : p->wait * 2;
    p->left = p->wait;
    T.step = WATCH;
}

/* The direction in use is exhausted. */
static void turn(void)
{
    if (!T.turned) {
        T.turned = true;
        T.direction = -T.direction;
        T.probe = T.phases[T.at].length, T.worse = 0;
        if (try_next()) return;
    }
    end_search();
}

static void measured_new(u32 rate)
{
    Phase *p = &T.phases[T.at];
    if ((u64)rate * 100 < (u64)T.old_rate * (100 - MARGIN)) {
        p->length = length();
        T.worse = 0;
        p->wait = WAIT_FIRST;
        T.old_rate = rate;
        T.changes++;
        T.turned = true; /* where it came from was worse */
        if (!try_next()) end_search();
    } else if (T.worse++ || !try_next()) {
        turn();
    }
}

static void enter_phase(u32 phase)
{
    if (T.step != WATCH) set_length(T.phases[T.at].length), T.phases[T.at].left = 2; /* the search starts over another time */
    T.at = phase;
    T.switches++;
    set_length(T.phases[phase].length);
    T.step = WATCH;
}

static void end_window(const HwCounters *now)
{
    u64 n = since(now, HWC_INSTRET);
    u32 branches = (u32)(since(now, HWC_BRANCH) * 1000 / n), accesses = (u32)(since(now, HWC_L1D_ACCESS) * 1000 / n);
    u32 wrong = (u32)(since(now, HWC_MISPREDICT) * 1000 / n), rate = (u32)(since(now, HWC_MISPREDICT) * 1000000 / (since(now, HWC_BRANCH) + 1));
    u32 phase = find_phase(branches, accesses);
    if (phase != T.at) {
        enter_phase(phase);
        return;
    }
    Phase *p = &T.phases[T.at];
    switch (T.step) {
    case WATCH:
        if (p->left) p->left--;
        else if (wrong >= FLOOR) T.step = MEASURE_OLD;
        break;
    case MEASURE_OLD:
        T.old_rate = rate, T.direction = 1, T.turned = false, T.worse = 0, T.probe = length();
        if (!try_next()) turn();
        break;
    case WARM_NEW: T.step = MEASURE_NEW; break;
    case MEASURE_NEW: measured_new(rate); break;
    }
}

void tune_safepoint(void)
{
    if (!T.model || hw_instret(T.model) < T.next) return;
    charge_begin(SVC_OTHER);
    charge_units(tune, 1);
    HwCounters now;
    hw_read_counters(T.model, &now);
    end_window(&now);
    T.mark = now;
    T.next = hw_instret(T.model) + WINDOW;
    charge_end();
}

void tune_start(HwModel *model)
{
    T.model = model;
    hw_read_counters(model, &T.mark);
    T.next = hw_instret(model) + WINDOW;
    T.phases[0] = (Phase){ .length = length(), .wait = WAIT_FIRST };
    T.nphases = 1;
}

void tune_tell(void)
{
    fprintf(stderr, "tune: %llu trials, %llu changes, %llu changes of phase\n", (unsigned long long)T.trials, (unsigned long long)T.changes, (unsigned long long)T.switches);
    for (u32 i = 1; i < T.nphases; i++)
        fprintf(stderr, "tune: phase of %u branches, %u accesses per 1,000 instructions: %llu bits\n", T.phases[i].branches, T.phases[i].accesses,
                (unsigned long long)T.phases[i].length);
}
