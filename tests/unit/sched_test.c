/* The baton, monitors and the virtual clock, without Java: threads are plain host threads that run a function of the test, objects are
   bare headers. Every turn is decided by the scheduler, so the order of events is asserted, not only that nothing is lost. */
#include "base/log.h"
#include "vm/sched.h"
#include "vm/vm.h"
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_THREADS = 8 };
static Thread threads[MAX_THREADS];
static void (*bodies[MAX_THREADS])(Thread *t);
static u32 nthreads, ended;
static Object object = { 0, GC_TAG }, other = { 0, GC_TAG };
static char events[4096];

static void event(char c) { events[strlen(events)] = c; }

static void bury(Thread *t) { (void)t; ended++; }

static void *host_main(void *arg)
{
    Thread *t = current_thread = arg;
    sched_first_turn(t);
    bodies[t->id - 1](t);
    sched_leave(t, bury);
    return NULL;
}

static Thread *thread_new(void)
{
    Thread *t = &threads[nthreads++];
    *t = (Thread){ .id = nthreads, .host = host_thread_new(), .hash_seed = nthreads };
    Thread **p = &thread_list;
    while (*p) p = &(*p)->next;
    *p = t;
    return t;
}

/* The test's own thread, with the baton. */
static Thread *begin_real(void)
{
    cr_assert_null(log_enable(""));
    windows_reserve();
    Thread *t = current_thread = thread_new();
    baton_take(t);
    return t;
}

/* And with virtual time: with real time, who has run long (or was kept from it by other processes) has to let others go first. */
static Thread *begin(void)
{
    Thread *t = begin_real();
    sched_virtual_clock(NULL);
    return t;
}

static void spawn(void (*body)(Thread *t))
{
    Thread *t = thread_new();
    bodies[t->id - 1] = body;
    pthread_t id;
    cr_assert_eq(pthread_create(&id, NULL, host_main, t), 0);
    pthread_detach(id);
    sched_announce(t);
}

static void run_all(Thread *t)
{
    while (ended < nthreads - 1) sched_block(t, vm_nano_time() + 1000000);
}

static void three_turns(Thread *t)
{
    for (int i = 0; i < 3; i++) {
        event((char)('a' + t->id - 2));
        sched_yield_baton(t);
    }
}

Test(sched, turns_go_round, .timeout = 20)
{
    Thread *t = begin();
    for (int i = 0; i < 3; i++) spawn(three_turns);
    cr_assert(sched_others_ready());
    run_all(t);
    cr_assert_str_eq(events, "abcabcabc");
    cr_assert_not(sched_others_ready());
}

Test(sched, thin_locks_recurse_and_inflate)
{
    Thread *t = begin();
    for (int i = 0; i < 5000; i++) cr_assert(monitor_enter(t, &object));
    cr_assert_eq(object.mark & MARK_STATE, MARK_INFLATED); /* 11 bits of recursion do not do */
    cr_assert(monitor_enter(t, &other));
    cr_assert_eq(other.mark & MARK_STATE, MARK_THIN);
    for (int i = 0; i < 5000; i++) {
        cr_assert(monitor_held_by(t, &object));
        cr_assert(monitor_exit(t, &object));
    }
    cr_assert_not(monitor_held_by(t, &object));
    cr_assert_eq(monitor_owner(&other), t);
    cr_assert(monitor_exit(t, &other));
    cr_assert_eq(other.mark, GC_TAG);
}

Test(sched, hashes_stay)
{
    Thread *t = begin();
    u32 hash = object_hash(t, &object);
    cr_assert_neq(hash, 0);
    monitor_enter(t, &object); /* has a hash: cannot be thin */
    cr_assert_eq(object.mark & MARK_STATE, MARK_INFLATED);
    cr_assert_eq(object_hash(t, &object), hash);
    monitor_exit(t, &object);
    monitor_enter(t, &other);
    u32 hash2 = object_hash(t, &other); /* inflates a held thin lock */
    cr_assert_neq(hash2, hash);
    cr_assert(monitor_held_by(t, &other));
    monitor_exit(t, &other);
    cr_assert_eq(object_hash(t, &other), hash2);
    cr_assert_eq(object.mark & GC_TAG, GC_TAG);
}

static void enter_and_tell(Thread *t)
{
    monitor_enter(t, &object);
    event((char)('a' + t->id - 2));
    sched_yield_baton(t);
    event((char)('A' + t->id - 2));
    monitor_exit(t, &object);
}

Test(sched, contenders_enter_in_order, .timeout = 20)
{
    Thread *t = begin();
    monitor_enter(t, &object); /* thin, then inflated by the first contender */
    for (int i = 0; i < 4; i++) spawn(enter_and_tell);
    sched_yield_baton(t);
    cr_assert_str_eq(events, "");
    cr_assert_eq(object.mark & MARK_STATE, MARK_INFLATED);
    monitor_exit(t, &object);
    run_all(t);
    cr_assert_str_eq(events, "aAbBcCdD");
}

static void greedy(Thread *t)
{
    for (int i = 0; i < 20; i++) {
        monitor_enter(t, &object);
        event('g');
        sched_yield_baton(t); /* always caught inside */
        monitor_exit(t, &object);
    }
}

static void modest(Thread *t)
{
    monitor_enter(t, &object);
    event('m');
    monitor_exit(t, &object);
}

Test(sched, overtaking_is_bounded, .timeout = 20)
{
    Thread *t = begin();
    spawn(greedy);
    spawn(modest);
    run_all(t);
    const char *m = strchr(events, 'm');
    cr_assert_not_null(m);
    cr_assert_lt(m - events, 8, "%s", events);
}

static void wait_and_tell(Thread *t)
{
    monitor_enter(t, &object);
    monitor_enter(t, &object);
    monitor_wait(t, &object, 0); /* releases both, and restores both */
    event((char)('a' + t->id - 2));
    monitor_exit(t, &object);
    cr_assert(monitor_held_by(t, &object));
    monitor_exit(t, &object);
}

Test(sched, notifications_are_first_come, .timeout = 20)
{
    Thread *t = begin();
    for (int i = 0; i < 4; i++) spawn(wait_and_tell);
    sched_yield_baton(t);
    monitor_enter(t, &object);
    monitor_notify(t, &object, false);
    sched_yield_baton(t);
    cr_assert_str_eq(events, ""); /* the notified one still has to enter */
    monitor_exit(t, &object);
    sched_yield_baton(t);
    cr_assert_str_eq(events, "a");
    monitor_enter(t, &object);
    monitor_notify(t, &object, true);
    monitor_exit(t, &object);
    run_all(t);
    cr_assert_str_eq(events, "abcd");
}

static void sleep_long(Thread *t)
{
    static const i64 hours[] = { 0, 0, 3, 1, 2 };
    thread_sleep(t, hours[t->id - 1] * 3600 * 1000000000ll);
    event((char)('0' + hours[t->id - 1]));
}

static void wait_timed(Thread *t)
{
    monitor_enter(t, &other);
    monitor_wait(t, &other, 5400 * 1000); /* nobody notifies: an hour and a half */
    event('w');
    monitor_exit(t, &other);
}

Test(sched, virtual_time_jumps, .timeout = 20)
{
    Thread *t = begin();
    i64 wall = vm_wall_millis();
    spawn(wait_timed);
    for (int i = 0; i < 3; i++) spawn(sleep_long);
    thread_sleep(t, 4 * 3600 * 1000000000ll);
    cr_assert_eq(ended, 4);
    cr_assert_str_eq(events, "1w23");
    cr_assert_geq(vm_wall_millis() - wall, 4 * 3600 * 1000);
}

static void in_native(Thread *t)
{
    event('n');
    native_blocking_begin(t);
    cr_assert_eq(t->held, 0);
    baton_take(t); /* as a JNI function does */
    native_blocking_begin(t);
    native_blocking_begin(t);
    native_blocking_end(t);
    native_blocking_end(t);
    cr_assert_eq(t->held, 1);
    baton_release(t);
    native_blocking_end(t);
    cr_assert_eq(t->held, 1);
    event('N');
}

Test(sched, natives_let_others_run, .timeout = 20)
{
    Thread *t = begin_real();
    t->held = 3; /* deep in nested calls */
    spawn(in_native);
    native_blocking_begin(t);
    while (__atomic_load_n(&ended, __ATOMIC_ACQUIRE) == 0) sched_yield();
    native_blocking_end(t);
    cr_assert_eq(t->held, 3);
    cr_assert_str_eq(events, "nN");
}

static int pipe_ends[2];

static void writer(Thread *t)
{
    (void)t;
    event('w');
    cr_assert_eq(write(pipe_ends[1], "x", 1), 1);
}

/* Somebody is ready all the time, and gets a turn only when the native, which also comes back for the baton as JNI functions do, waits. */
Test(sched, loans_end_when_natives_wait, .timeout = 20)
{
    Thread *t = begin_real();
    cr_assert_eq(pipe(pipe_ends), 0);
    t->held = 3;
    spawn(writer);
    native_lent_begin(t);
    for (int i = 0; i < 1000; i++) {
        baton_take(t);
        baton_release(t);
    }
    cr_assert_str_eq(events, "");
    char c;
    cr_assert_eq(read(pipe_ends[0], &c, 1), 1);
    cr_assert_str_eq(events, "w");
    baton_take(t);
    native_blocking_begin(t); /* of a native that is called in turn: not lent */
    cr_assert_eq(t->held, 0);
    cr_assert(sched_in_native(t));
    native_blocking_end(t);
    cr_assert_eq(t->held, 1);
    baton_release(t);
    native_blocking_end(t);
    cr_assert_eq(t->held, 3);
}

static void park_twice(Thread *t)
{
    thread_park(t, false, 0);
    event('p');
    thread_park(t, false, 0); /* the permit that came early */
    event('q');
}

Test(sched, permits_are_kept, .timeout = 20)
{
    Thread *t = begin();
    spawn(park_twice);
    sched_yield_baton(t);
    cr_assert_str_eq(events, "");
    thread_unpark(&threads[1]);
    sched_yield_baton(t);
    cr_assert_str_eq(events, "p");
    thread_unpark(&threads[1]);
    thread_unpark(&threads[1]);
    run_all(t);
    cr_assert_str_eq(events, "pq");
}

/* ---- Ends ------------------------------------------------------------------------------------------------------- */
static volatile bool burying;

/* Has no HostThread any more, and goes on when another thread wants the baton. */
static void bury_slowly(Thread *t)
{
    host_thread_free(t->host);
    t->host = NULL;
    for (burying = true; !sched_others_ready();) usleep(1000);
    ended++;
}

static void *leave_slowly(void *arg)
{
    Thread *t = current_thread = arg;
    sched_first_turn(t);
    sched_leave(t, bury_slowly);
    return NULL;
}

/* Who comes back from a native while the holder of the baton ends does not look at what is no more. */
Test(sched, natives_end_while_threads_do, .timeout = 20)
{
    Thread *t = begin_real(), *leaver = thread_new();
    pthread_t id;
    cr_assert_eq(pthread_create(&id, NULL, leave_slowly, leaver), 0);
    sched_announce(leaver);
    native_blocking_begin(t);
    while (!burying) usleep(1000);
    native_blocking_end(t);
    cr_assert_eq(ended, 1);
    pthread_join(id, NULL);
}

static void *attach(void *arg)
{
    Thread *t = current_thread = arg;
    *t = (Thread){ .id = t->id, .host = host_thread_new(), .hash_seed = t->id };
    baton_take(t);
    event('n');
    sched_leave(t, bury);
    return NULL;
}

/* Nor does a new thread that has the memory of the one that ends. */
Test(sched, memory_of_ended_threads_is_used_again, .timeout = 20)
{
    Thread *t = begin_real(), *leaver = thread_new();
    pthread_t id[2];
    cr_assert_eq(pthread_create(&id[0], NULL, leave_slowly, leaver), 0);
    sched_announce(leaver);
    native_blocking_begin(t);
    while (!burying) usleep(1000);
    cr_assert_eq(pthread_create(&id[1], NULL, attach, leaver), 0);
    for (int i = 0; i < 2; i++) pthread_join(id[i], NULL);
    native_blocking_end(t);
    cr_assert_eq(ended, 2);
    cr_assert_str_eq(events, "n");
}

/* ---- Urgency ---------------------------------------------------------------------------------------------------- */
static Thread *talkers[2];
static u32 talks, longest, since, busy_ended;

static void busy(Thread *t)
{
    for (int i = 0; i < 50; i++) {
        longest = since > longest ? since : longest;
        since = 0;
        sched_yield_baton(t);
    }
    busy_ended++;
}

static void talk(Thread *t)
{
    Thread *partner = talkers[t == talkers[0]];
    for (; busy_ended < 2; talks++, since++) {
        sched_wake(partner);
        sched_block(t, vm_nano_time() + 100000000);
    }
    sched_wake(partner);
}

/* Two threads that wake each other get many turns for each of the busy ones, which do not starve either: or the talk would not end. */
Test(sched, woken_ones_go_first, .timeout = 20)
{
    Thread *t = begin_real();
    for (int i = 0; i < 2; i++) spawn(talk), talkers[i] = &threads[nthreads - 1];
    for (int i = 0; i < 2; i++) spawn(busy);
    run_all(t);
    cr_assert_eq(busy_ended, 2);
    cr_assert_geq(talks, 50 * 5, "%u talks", talks);
    cr_assert_geq(longest, 5, "%u talks between busy turns", longest); /* how many there are goes by time */
}
