/* Which assignments of a local variable reach which places of a method: compilers use a slot again for another variable, and a loop's variable
   comes from another field than the next loop's. */
#ifndef LAYOUT_REACH_H
#define LAYOUT_REACH_H
#include "vm/vm.h"

/* The instructions that control may come to from `bci` on with `local` as it is there, as a bit per byte of bytecode: xcalloc'ed, to be freed by the caller.
   NULL: not known (code of a kind that compilers no longer make). */
u8 *reach_from(const Method *m, u32 bci, u32 local);
static inline bool reach_has(const u8 *reach, u32 bci) { return reach[bci / 8] >> bci % 8 & 1; }

#endif
