/* The host's build of the interpreter: see interp.c. guest/rules.mk gives this file its compiler options: merging common
   code of handlers, or their dispatch, would undo the threading. */
#define INTERP_HOST 1
#include "vm/interp.c"
