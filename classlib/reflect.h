/* java.lang.reflect objects: made from the VM's methods and fields, and back; calling through them. */
#ifndef CLASSLIB_REFLECT_H
#define CLASSLIB_REFLECT_H
#include "vm/vm.h"

/* New Method, Constructor, Field objects; throw (types may fail to load). */
Object *reflect_method(Thread *t, Method *m);
Object *reflect_constructor(Thread *t, Method *m);
Object *reflect_executable(Thread *t, Method *m); /* one or the other */
Object *reflect_field(Thread *t, Field *f);
/* Parameter[] of the MethodParameters attribute; NULL without exception: none. */
Object *reflect_parameters(Thread *t, Object *executable);
/* RecordComponent[]; NULL without exception: no record. */
Object *reflect_record_components(Thread *t, Class *c);
/* The member that a reflection object stands for. */
Method *reflect_to_method(const Object *executable);
Field *reflect_to_field(const Object *field);

/* Method.invoke and Constructor.newInstance behind their access checks: args an Object[] or NULL. The result boxed (NULL for void).
   What the method throws comes wrapped in an InvocationTargetException. */
Object *reflect_invoke(Thread *t, Method *m, Object *receiver, Object *args, Object *parameter_types);
Object *reflect_new_instance(Thread *t, Method *constructor, Object *args, Object *parameter_types);
/* Widens a primitive as Java's assignment does; false: not allowed. */
bool reflect_widen(u64 *raw, BasicType from, BasicType to);

#endif
