/* How long the program goes on doing what it does, as far as its counted loops tell: `for (int i = 0; i < n; i++)` says how many times it will go around. */
#ifndef LAYOUT_LOOPS_H
#define LAYOUT_LOOPS_H
#include "vm/vm.h"

typedef struct LoopLook {
    f64 ahead;  /* cycles that the outermost loop which the thread is in has yet to go, by how long it took for each turn until now; 0: it is not counted, or there is none */
    f64 sure;   /* the share of that which is likely even if little had gone by of the turns that the measurement began and ended in; 1 once several have been measured */
    f64 turn;   /* cycles that a turn of that loop takes */
    i64 at;     /* the turn that it is at, in one of its runs: */
    u32 counted; /* a number of its own, if its turns are counted; or 0 */
    bool same;  /* the last look found it in this loop too */
    bool entered, ended; /* it had found the thread in another one, or none had found a loop, or there is none any more; and that one was long */
} LoopLook;

/* To be called at looks at the samples, by the thread t that is at a safepoint. Charges what it reads. */
LoopLook loops_look(Thread *t, u64 now);

#endif
