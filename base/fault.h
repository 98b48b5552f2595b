/* Host faults (SIGSEGV, SIGBUS, SIGILL, SIGFPE): recovered where somebody expects them, else one clear line and abort. */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H
#include "base/types.h"
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>

/* Installs the handlers. `describe` adds to the line what the program was doing (at most n bytes, NUL-terminated); it runs in the signal
   handler on a broken machine: it reads memory and formats, nothing else. */
void fault_install(void (*describe)(char *text, size_t n));

/* Handlers run on a stack of their own, per host thread, so that an exhausted stack is told too. begin is cheap when the thread has one already,
   and does nothing before fault_install. */
void fault_stack_begin(void);
void fault_stack_end(void);

/* Asked first, in the handler: true: the fault is dealt with (context changed to go on elsewhere). NULL: nobody to ask. */
extern bool (*fault_claim)(int number, siginfo_t *info, void *context);

/* An access that may fault by the program's doing, such as of a mapped file that was cut meanwhile:
       FaultGuard g; if (FAULT_GUARD(&g)) { ... the fault happened ... } else { access; fault_unguard(); }
   Not nested; nothing in between may return, call back into Java or change threads. */
typedef struct FaultGuard { void *state[5]; } FaultGuard;
extern __thread FaultGuard *fault_guard;
#define FAULT_GUARD(guard) (fault_guard = (guard), __builtin_setjmp((guard)->state))
static inline void fault_unguard(void) { fault_guard = NULL; }

#endif
