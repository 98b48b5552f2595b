/* The clock of a program that rvrun runs. With a model it is the simulated core's: cycles at core.frequency_mhz (with --roi, where not all is modelled,
   instructions), and what the program slept while nothing else could run, which the cores do not live through. So what a program reads of time, and what it
   does then, is the same every time. Without a model, and with --real-time, it is the host's. */
#include "hwsim/rvrun.h"
#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/times.h>
#include <time.h>

#define EPOCH_NS 1735689600000000000ull /* 2025-01-01: when simulated clocks start */
enum { SECOND = 1000000000, TICKS_PER_SECOND = 100 /* of times() */ };

/* RV64's numbers of the calls that only read it. */
enum { NR_clock_gettime = 113, NR_clock_getres = 114, NR_times = 153, NR_getrusage = 165, NR_gettimeofday = 169 };
#define LONGEST (1ll << 32) /* seconds: who asks for more sleeps on and on, and no sum of times overflows */

static u64 nanos_of(struct timespec t) { return (u64)t.tv_sec * SECOND + (u64)t.tv_nsec; }
static struct timespec timespec_of(u64 ns) { return (struct timespec){ .tv_sec = (time_t)(ns / SECOND), .tv_nsec = (long)(ns % SECOND) }; }

static u64 host_now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return nanos_of(t);
}

/* What the core has run for, in cycles. */
static u64 cycles_of(const RvClock *c, const HwCore *core) { return core->model && !c->instructions ? hw_cycle(core->model) : core->instret; }

u64 rv_now(RvClock *c, const HwCore *core)
{
    if (!c->simulated) return host_now(CLOCK_MONOTONIC);
    u64 now = (u64)((unsigned __int128)cycles_of(c, core) * 1000 / c->mhz) + c->skipped;
    if (now > c->latest) c->latest = now; /* cores are apart a little; time does not go back */
    return c->latest;
}

void rv_skip_to(RvClock *c, const HwCore *core, u64 when)
{
    u64 now = rv_now(c, core);
    if (when <= now) return;
    if (c->simulated) {
        c->skipped += when - now;
        return;
    }
    struct timespec t = timespec_of(when);
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR) ;
}

bool rv_deadline(RvClock *c, const HwCore *core, u64 at, u64 clock, bool absolute, u64 *when)
{
    const struct timespec *t = (const struct timespec *)at;
    if (at < HW_LOW_MEMORY) return false;
    if (t->tv_sec < 0 || (u64)t->tv_nsec >= SECOND) return false;
    u64 now = rv_now(c, core), limit = nanos_of((struct timespec){ .tv_sec = t->tv_sec < LONGEST ? t->tv_sec : LONGEST, .tv_nsec = t->tv_nsec });
    u64 since = !absolute ? 0 : clock != CLOCK_REALTIME ? now : c->simulated ? now + EPOCH_NS : host_now(CLOCK_REALTIME);
    *when = limit > since ? now + (limit - since) : now;
    return true;
}

/* ---- the system calls that read it ---------------------------------------------------------------------------------------- */

static bool out(u64 at, const void *from, size_t size)
{
    if (at < HW_LOW_MEMORY) return false;
    memcpy((void *)at, from, size);
    return true;
}

static i64 read_clock(RvClock *c, const HwCore *core, u64 clock, u64 at)
{
    u64 ns = rv_now(c, core);
    switch (clock) {
    case CLOCK_REALTIME: case CLOCK_REALTIME_COARSE: case CLOCK_TAI: ns += EPOCH_NS; break;
    case CLOCK_MONOTONIC: case CLOCK_MONOTONIC_RAW: case CLOCK_MONOTONIC_COARSE: case CLOCK_BOOTTIME: break;
    case CLOCK_PROCESS_CPUTIME_ID: case CLOCK_THREAD_CPUTIME_ID: ns -= c->skipped; break;
    default: return -EINVAL;
    }
    struct timespec t = timespec_of(ns);
    return out(at, &t, sizeof t) ? 0 : -EFAULT;
}

/* Of all clocks it is a nanosecond. */
static i64 read_resolution(u64 clock, u64 at)
{
    if (clock > CLOCK_TAI) return -EINVAL;
    return !at || out(at, &(struct timespec){ .tv_nsec = 1 }, sizeof(struct timespec)) ? 0 : -EFAULT;
}

static i64 read_usage(RvClock *c, const HwCore *core, u64 who, u64 at)
{
    struct timespec t = timespec_of(rv_now(c, core) - c->skipped);
    struct rusage u = { .ru_utime = { .tv_sec = t.tv_sec, .tv_usec = t.tv_nsec / 1000 } };
    if ((int)who == RUSAGE_CHILDREN) u = (struct rusage){ .ru_maxrss = 0 };
    return out(at, &u, sizeof u) ? 0 : -EFAULT;
}

static i64 read_times(RvClock *c, const HwCore *core, u64 at)
{
    u64 now = rv_now(c, core), tick = SECOND / TICKS_PER_SECOND;
    if (at) {
        struct tms t = { .tms_utime = (clock_t)((now - c->skipped) / tick) };
        if (!out(at, &t, sizeof t)) return -EFAULT;
    }
    return (i64)(now / tick);
}

static i64 read_day(RvClock *c, const HwCore *core, u64 at)
{
    struct timespec t = timespec_of(rv_now(c, core) + EPOCH_NS);
    struct timeval v = { .tv_sec = t.tv_sec, .tv_usec = t.tv_nsec / 1000 };
    return !at || out(at, &v, sizeof v) ? 0 : -EFAULT;
}

bool rv_time_call(RvClock *c, const HwCore *core, u64 number, const u64 *a, i64 *result)
{
    if (!c->simulated) return false;
    switch (number) {
    case NR_clock_gettime: *result = read_clock(c, core, a[0], a[1]); return true;
    case NR_clock_getres: *result = read_resolution(a[0], a[1]); return true;
    case NR_times: *result = read_times(c, core, a[0]); return true;
    case NR_getrusage: *result = read_usage(c, core, a[0], a[1]); return true;
    case NR_gettimeofday: *result = read_day(c, core, a[0]); return true;
    default: return false;
    }
}
