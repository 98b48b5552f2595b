/* What the interpreter and its runtime agree on beyond runtime.h. Shared with the freestanding RV64 build. */
#ifndef VM_INTERP_H
#define VM_INTERP_H
#include "vm/thread.h"

/* Results of the engine (vm.h names them for its callers) and of host calls. */
enum { ENGINE_HOST = 0, ENGINE_CORE = 1 };                /* argument of rt_poll; compared with t->simulated */
enum { POLL_GO_ON, POLL_SWITCH, POLL_EXCEPTION, POLL_COMPILED };
enum { RESOLVE_QUICKENED, RESOLVE_THREW, RESOLVE_SCRATCH }; /* rt_resolve_*: SCRATCH: execute once with what t->scratch says:
    fields: [0] offset or address of a static, [1] type; invokestatic: [0] Method *; new: [0] Class *; ldc: [0] slot, [1] slots */

#endif
