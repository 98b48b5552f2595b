/* Time: a thread that works until another, which sleeps, tells it to stop; sleeps that overlap; clocks that agree. With an argument it prints what it read. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static _Atomic int stop;
static _Atomic uint64_t rounds;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t never = PTHREAD_COND_INITIALIZER;

static uint64_t now(clockid_t clock)
{
    struct timespec t;
    if (clock_gettime(clock, &t)) exit(2);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void *spin(void *arg)
{
    (void)arg;
    while (!stop) rounds++;
    return NULL;
}

static _Atomic int woken;
static void *forever(void *arg)
{
    (void)arg;
    nanosleep(&(struct timespec){ .tv_sec = INT64_MAX }, NULL);
    woken = 1;
    return NULL;
}

static void *doze(void *arg)
{
    nanosleep(&(struct timespec){ .tv_nsec = (long)(uintptr_t)arg }, NULL);
    return NULL;
}

/* Waits for nobody, until `clock` has gone on by 2 ms. */
static int wait_for(clockid_t clock)
{
    pthread_cond_t c;
    pthread_condattr_t a;
    pthread_condattr_init(&a);
    pthread_condattr_setclock(&a, clock);
    pthread_cond_init(&c, &a);
    uint64_t until = now(clock) + 2000000;
    pthread_mutex_lock(&lock);
    int r = pthread_cond_timedwait(&c, &lock, &(struct timespec){ .tv_sec = (time_t)(until / 1000000000), .tv_nsec = (long)(until % 1000000000) });
    pthread_mutex_unlock(&lock);
    return r == ETIMEDOUT && now(clock) >= until;
}

int main(int argc, char **argv)
{
    (void)argv;
    pthread_t t[4], endless;
    pthread_create(&endless, NULL, forever, NULL);
    uint64_t start = now(CLOCK_MONOTONIC), day = now(CLOCK_REALTIME);
    pthread_create(&t[0], NULL, spin, NULL);
    usleep(3000);
    while (rounds <= 1000) usleep(1000);
    stop = 1;
    pthread_join(t[0], NULL);
    uint64_t span = now(CLOCK_MONOTONIC) - start;
    printf("worked %d, slept %d\n", rounds > 1000, span >= 3000000);
    uint64_t before = now(CLOCK_MONOTONIC);
    for (uintptr_t i = 0; i < 4; i++) pthread_create(&t[i], NULL, doze, (void *)(50000000 * (4 - i)));
    for (int i = 0; i < 4; i++) pthread_join(t[i], NULL);
    span = now(CLOCK_MONOTONIC) - before;
    printf("four slept %d, one sleeps on %d\n", span >= 200000000, !woken);
    printf("limits %d %d\n", wait_for(CLOCK_MONOTONIC), wait_for(CLOCK_REALTIME));
    pthread_mutex_lock(&lock);
    int past = pthread_cond_timedwait(&never, &lock, &(struct timespec){ .tv_sec = 1 });
    pthread_mutex_unlock(&lock);
    printf("past %d, no time %d\n", past == ETIMEDOUT, nanosleep(&(struct timespec){ .tv_nsec = -1 }, NULL) == -1 && errno == EINVAL);
    struct timeval v;
    struct rusage u;
    uint32_t bytes[2] = { 0, 0 };
    gettimeofday(&v, NULL);
    getrusage(RUSAGE_SELF, &u);
    if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes) return 3;
    printf("days %d\n", (uint64_t)v.tv_sec - day / 1000000000 < 100 && now(CLOCK_PROCESS_CPUTIME_ID) < now(CLOCK_MONOTONIC));
    if (argc > 1) printf("%llu %llu %u %u %d %llu\n", (unsigned long long)now(CLOCK_MONOTONIC), (unsigned long long)rounds, bytes[0], bytes[1], getpid(), (unsigned long long)u.ru_utime.tv_usec);
    return 0;
}
