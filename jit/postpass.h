/* The order of instructions in straight code: see postpass.c. */
#ifndef JIT_POSTPASS_H
#define JIT_POSTPASS_H
#include "jit/code.h"

/* a: all code, before as_finish; c: what is known of it, whose lines move along. */
void jit_postpass(Asm *a, JitCode *c);

#endif
