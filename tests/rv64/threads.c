/* Threads: mutexes, conditions, barriers, thread-local variables, atomics, more threads than cores; what is printed does not depend on the order. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 6, ROUNDS = 400, QUEUE = 8 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER, emptied = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t all;
static sem_t turns;
static uint64_t guarded;
static _Atomic uint64_t added, exchanged;
static __thread uint64_t own;
static struct { uint64_t counter, pad[15]; } apart[THREADS];
static struct { uint64_t counter; } together[THREADS];
static uint64_t queue[QUEUE];
static int queued;

static void *work(void *arg)
{
    uint64_t k = (uint64_t)(uintptr_t)arg;
    for (int i = 0; i < ROUNDS; i++) {
        pthread_mutex_lock(&lock);
        guarded += k + 1;
        pthread_mutex_unlock(&lock);
        atomic_fetch_add(&added, k * 3 + 1);
        uint64_t seen = exchanged;
        while (!atomic_compare_exchange_weak(&exchanged, &seen, seen + (k ^ (uint64_t)i))) ;
        own += k;
        apart[k].counter++, together[k].counter++;
        if (i % 100 == 0) pthread_barrier_wait(&all);
        if (i % 64 == 0) sched_yield();
    }
    sem_post(&turns);
    return (void *)(uintptr_t)own;
}

static void *produce(void *arg)
{
    for (uint64_t i = 1; i <= 500; i++) {
        pthread_mutex_lock(&lock);
        while (queued == QUEUE) pthread_cond_wait(&emptied, &lock);
        queue[queued++] = i * (uint64_t)(uintptr_t)arg;
        pthread_cond_signal(&filled);
        pthread_mutex_unlock(&lock);
    }
    return NULL;
}

static void *consume(void *arg)
{
    uint64_t sum = 0;
    (void)arg;
    for (int i = 0; i < 1000; i++) {
        pthread_mutex_lock(&lock);
        while (!queued) pthread_cond_wait(&filled, &lock);
        sum += queue[--queued];
        pthread_cond_broadcast(&emptied);
        pthread_mutex_unlock(&lock);
    }
    return (void *)(uintptr_t)sum;
}

static void timed(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_nsec += 1000000; /* no branch over the carry: as many instructions at any time of day */
    t.tv_sec += t.tv_nsec / 1000000000, t.tv_nsec %= 1000000000;
    pthread_mutex_lock(&lock);
    int result = pthread_cond_timedwait(&filled, &lock, &t);
    pthread_mutex_unlock(&lock);
    printf("nobody came: %d\n", result != 0);
}

int main(void)
{
    pthread_t t[THREADS];
    void *result;
    uint64_t owns = 0, sums[2] = { 0 };
    pthread_barrier_init(&all, NULL, THREADS);
    sem_init(&turns, 0, 0);
    for (uintptr_t i = 0; i < THREADS; i++)
        if (pthread_create(&t[i], NULL, work, (void *)i)) return 1;
    for (int i = 0; i < THREADS; i++) sem_wait(&turns);
    for (int i = 0; i < THREADS; i++) pthread_join(t[i], &result), owns += (uintptr_t)result;
    for (int i = 0; i < THREADS; i++) sums[0] += apart[i].counter, sums[1] += together[i].counter;
    printf("%llu %llu %llu %llu %llu %llu\n", (unsigned long long)guarded, (unsigned long long)added, (unsigned long long)exchanged,
           (unsigned long long)owns, (unsigned long long)sums[0], (unsigned long long)sums[1]);
    pthread_create(&t[0], NULL, consume, NULL);
    pthread_create(&t[1], NULL, produce, (void *)1);
    pthread_create(&t[2], NULL, produce, (void *)1000);
    for (int i = 0; i < 3; i++) pthread_join(t[i], i ? NULL : &result);
    printf("%llu\n", (unsigned long long)(uintptr_t)result);
    timed();
    fflush(stdout);
    pthread_create(&t[0], NULL, consume, NULL); /* waits, and ends with the process */
    sched_yield();
    return 7;
}
