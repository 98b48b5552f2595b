/* The IllegalAccessErrors of resolution, worded as HotSpot's. */
#ifndef VM_ACCESS_H
#define VM_ACCESS_H
#include "vm/vm.h"

void access_throw_class(Thread *t, Class *from, Class *to);
void access_throw_method(Thread *t, Class *from, const Method *m);
void access_throw_field(Thread *t, Class *from, const Field *f);
#endif
