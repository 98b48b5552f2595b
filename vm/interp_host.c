/* The host's build of the interpreter: see interp.c. Redundancy elimination across handlers and merging of their tails would
   undo the threading, so both are off. */
#pragma GCC optimize("no-gcse", "no-crossjumping")
#define INTERP_HOST 1
#include "vm/interp.c"
