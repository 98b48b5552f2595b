/* Exceptions that bytecodes raise, worded as HotSpot words them. */
#ifndef VM_THROWS_H
#define VM_THROWS_H
#include "vm/runtime.h"
#include "vm/vm.h"

void throw_of_kind(Thread *t, ThrowKind kind, u64 b, u64 c);
/* An interface call cannot select a method on receiver class c. */
void throw_interface_call(Thread *t, Class *c, const Method *resolved, Class *interface);
/* The class of the exception that this throws; `resolved` may be NULL. Calls through method handles throw it without a message. */
const char *interface_call_error(Class *c, const Method *resolved, const Class *interface);
/* NoSuchMethodError: c itself declares no such constructor. */
void throw_no_constructor(Thread *t, Class *c, Symbol *desc);
/* new of an abstract class or interface. */
void throw_instantiation(Thread *t, Class *c);

#endif
