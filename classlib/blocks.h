/* Which synchronized blocks of a method enclose an instruction. */
#ifndef CLASSLIB_BLOCKS_H
#define CLASSLIB_BLOCKS_H
#include "vm/class.h"

enum { BLOCKS_MAX = 16 }; /* deeper ones are not told */
/* The local variables that hold what the blocks around bci have locked, outermost first; returns how many. m has code. */
u32 blocks_at(const Method *m, u32 bci, u16 locals[BLOCKS_MAX]);

#endif
