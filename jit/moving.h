/* Compiled code and fields that get other offsets: VmHooks.code_may_move and code_moved. */
#ifndef JIT_MOVING_H
#define JIT_MOVING_H
#include "jit/policy.h"

extern u64 jit_given_up; /* pieces of code */
bool moving_possible(void);
void moving_done(Thread *t, u32 (*offset)(const Class *c, u32 before));

#endif
