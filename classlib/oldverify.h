/* Verification of old class files by the class library's own verifier. */
#ifndef CLASSLIB_OLDVERIFY_H
#define CLASSLIB_OLDVERIFY_H
#include "vm/vm.h"

/* vm_hooks.verify_old. */
VerifyOldResult oldverify_class(Thread *t, Class *c, char *message, size_t size);
#endif
