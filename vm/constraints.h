/* Loading constraints (JVMS 5.3.4). All that return bool throw LinkageError with false. */
#ifndef VM_CONSTRAINTS_H
#define VM_CONSTRAINTS_H
#include "vm/vm.h"

/* `from` has resolved this member, through class c: both loaders must mean the same by the types in its descriptor. */
bool constraints_method(Thread *t, const Class *from, const Class *c, const Method *m);
bool constraints_field(Thread *t, const Class *from, const Field *f);
/* c's linked tables: methods and what they override or implement. */
bool constraints_tables(Thread *t, const Class *c);
/* May l have c under its name, as defined or initiated? */
bool constraints_class(Thread *t, Loader *l, Class *c);
/* A loader, or a class, goes away. */
void constraints_forget_loader(const Loader *l);
void constraints_forget_class(const Class *c);

/* For messages: "interface", "abstract class", ... */
const char *class_kind(const Class *c);
/* "C is in unnamed module of loader X @1, parent loader 'app'". malloc'ed. */
char *class_in_module_and_parent(Thread *t, const Class *c);
#endif
