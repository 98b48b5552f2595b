/* Waiting for a method to be entered: where simulation begins and ends (--from, --to). */
#ifndef VM_WATCH_H
#define VM_WATCH_H
#include "base/pattern.h"
#include "vm/vm.h"

/* From now on, the first time that some method whose "package.Class.method" matches is entered, `reached` is told, before its frame is there;
   it must not switch threads. Compiled code is not watched if it is there already. One watch at a time: `reached` may begin the next one. */
void watch(const Pattern *p, void (*reached)(Thread *t));
/* A method with METHOD_WATCHED is being entered: it has its own entry again. */
void watch_entered(Thread *t, Method *m);
/* The method's name as patterns see it; the caller frees it. */
char *method_dotted_name(const Method *m);

#endif
