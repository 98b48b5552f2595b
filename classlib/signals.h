/* Signals that Java asked for. */
#ifndef CLASSLIB_SIGNALS_H
#define CLASSLIB_SIGNALS_H
#include "vm/thread.h"
#include <stdio.h>

/* Starts the Signal Dispatcher thread (group system, daemon, priority 9) and takes SIGQUIT for thread dumps. Throws. */
void signals_start(Thread *t);
/* A daemon of priority 9 in group system that runs body. Throws. */
void system_thread_start(Thread *t, const char *name, void (*body)(Thread *t));
/* Prints every thread's stack, as for SIGQUIT, and the deadlocks; `locks`: what locks of java.util.concurrent each has too; `extended`: what it
   has allocated. */
void threads_dump(FILE *out, bool locks, bool extended);

/* What SIGQUIT prints. */
void signals_dump(void);

/* The name of the signal that made the program end with this exit code; NULL: none did. */
const char *signals_stopped(int code);

#endif
