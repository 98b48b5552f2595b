/* Who waits for whom, and what a thread has locked: for thread dumps and management beans. The baton is held. */
#ifndef CLASSLIB_WAITING_H
#define CLASSLIB_WAITING_H
#include "vm/vm.h"

/* What a parked thread said it waits for (LockSupport.park's blocker); NULL: it said nothing, or is not parked. */
Object *thread_park_blocker(const Thread *x);
/* The thread that a java.util.concurrent lock (an AbstractOwnableSynchronizer) is held by; NULL: none, or no such lock. */
Thread *synchronizer_owner(const Object *o);
/* Whom x waits for to leave a monitor or, if `synchronizers`, to give back such a lock; NULL: nobody. */
Thread *thread_waits_for(const Thread *x, bool synchronizers);
/* Is x on a cycle of threads that wait for each other? */
bool thread_is_deadlocked(const Thread *x, bool synchronizers);

/* The monitors that p holds because of its frame f, outermost first. Object.wait has given `waiting_on` up, but its block has not ended: it is
   told too (NULL: it does not wait). */
typedef void (*MonitorVisit)(void *ctx, Object *o);
void frame_monitors(const Thread *p, const Frame *f, const Object *waiting_on, MonitorVisit visit, void *ctx);

#endif
