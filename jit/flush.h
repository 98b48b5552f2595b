/* Room in the code cache: see flush.c. */
#ifndef JIT_FLUSH_H
#define JIT_FLUSH_H
#include "base/types.h"

/* To be called before something is compiled, by a thread whose frames are settled. */
void flush_if_full(void);
extern u64 jit_flushes; /* how often that made room */

#endif
