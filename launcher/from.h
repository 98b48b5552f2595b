/* --from=REGEX: where simulation begins, if not at main or at boot. */
#ifndef LAUNCHER_FROM_H
#define LAUNCHER_FROM_H
#include "vm/vm.h"

/* Is it a regular expression? Ends with a message if not. */
void from_check(const char *regex);
/* When main is reached: has `start` called, once, when a method whose Class.method matches is called next. */
void from_method(const char *regex, void (*start)(Thread *t));
/* No such method has been called. */
bool from_waits(void);

#endif
