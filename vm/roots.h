/* What the heap's client (roots.c) asks of the parts that hold references. */
#ifndef VM_ROOTS_H
#define VM_ROOTS_H
#include "vm/vm.h"

/* After wellknown_load: tells the heap where References keep what, and sets OutOfMemoryErrors aside. Throws. */
void gc_client_classes_known(Thread *t);
void stack_roots(Thread *t, GcVisitRange visit, void *ctx); /* stackroots.c: the words of its Java stack that may hold references */
/* As stack_roots, of one activation. */
void frame_roots(Frame *f, GcVisitRange visit, void *ctx);
/* All roots, as a collection looks for them, but for units that only stacks refer to. Of the caller's host stack, what sched_save_stack has seen. */
void vm_roots(GcVisitPtr exact, GcVisitRange ambiguous, void *ctx);
void monitors_deflate(void);           /* monitor.c: after a cycle */
void monitors_thread_exit(Thread *t);  /* monitor.c: a thread ends */
void refs_roots(GcVisitPtr exact, void *ctx);          /* refs.c */
void refs_pending(GcObject *first, GcObject *last);    /* refs.c: GcClient.pending */
void refs_tick(void);                                  /* sets the clock of soft references: at boot and after each cycle */
void refs_cycle_end(void);                             /* refs.c: clock of soft references, wakes the handler */
bool refs_keep_soft(GcObject *reference, bool last_resort);

#endif
