/* Value hints: the compiler's side. hints.c makes them, hint_policy.c decides where, from samples of mispredicts and counters. */
#ifndef JIT_HINTS_H
#define JIT_HINTS_H
#include "hwsim/model.h"
#include "jit/code.h"

/* hints.c: the pass; needs loops with preheaders, and critical edges split. */
void jit_hints(IrFn *f);

/* hint_policy.c */
typedef enum HintMode { HINTS_OFF, HINTS_ON, HINTS_REPORT } HintMode;
HintValue hint_wanted(const Method *m, u32 bci);
void hint_made(const Method *m, u32 bci, u32 cost); /* in so many instructions of each iteration */
u32 hint_distance(void); /* instructions that a hint should be ahead of its branch */
void hints_start(HwModel *model, u64 seed);
void hints_safepoint(void); /* VmHooks.safepoint */
void hints_tell(void);   /* on stderr, what was found and done */

#endif
