/* Several simulated cores: which thread has which. A thread that runs Java has one from when the scheduler gives it one until it blocks, leaves for
   a native that takes long, or its turn is over while others wait for a core. With one core nothing of this is used. */
#ifndef VM_CORES_H
#define VM_CORES_H
#include "vm/thread.h"

/* From now on there are n > 1; t, which holds the baton, has the first. */
void cores_start(u32 n, Thread *t);
bool cores_many(void);

/* ---- sched.c's; its lock is held. ---- */
/* A core that nobody has, for t: its last one if that is free, else the one whose clock is least; -1: none. */
int cores_idle_for(const Thread *t);
/* The core stood idle until t was ready. */
void cores_take(Thread *t, u32 core);
void cores_leave(Thread *t); /* if it has one */
/* Whose core is least advanced, NULL: all are idle; *next: how far the second is, or ~0. */
Thread *cores_least(u64 *next);

/* ---- sim.c's; the baton is held. ---- */
/* Whose code is to run now, and until when (ticks): no further ahead of all others than may be. */
Thread *cores_turn(u64 *until);
/* t's host thread, which runs all cores' code, leaves that to x's until its turn comes. */
void sched_pass(Thread *t, Thread *x);
/* Firmware has stopped all threads, as a collection does: from the time at which the last core has come, and until t's core is done. */
void cores_stop(Thread *t);
void cores_go_on(Thread *t);

#endif
