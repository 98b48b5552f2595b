/* For targets whose code ends the process with die() where it refuses its input: fuzz_refuses runs a piece of it and comes back. To be
   linked with --wrap=die. */
#ifndef TESTS_FUZZ_REFUSE_H
#define TESTS_FUZZ_REFUSE_H
#include "base/types.h"

/* Calls f(ctx); true if it died, with a line of some text. Whatever dies outside of one is an error of ours. */
bool fuzz_refuses(void (*f)(void *ctx), void *ctx);

#endif
