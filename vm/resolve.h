/* Between resolve.c and resolve_method.c: resolution that failed fails the same way ever after (JVMS 5.4.3). */
#ifndef VM_RESOLVE_H
#define VM_RESOLVE_H
#include "vm/vm.h"

/* Has this entry failed before? Then its error is thrown again. */
bool cp_failed_before(Thread *t, ConstantPool *cp, u32 index);
/* Remembers the pending exception if it is a LinkageError. */
void cp_save_error(Thread *t, ConstantPool *cp, u32 index);
CpError *cp_error_of(Thread *t, Unit *u); /* kept as long as the unit; NULL: not one to be remembered */
void cp_error_free(CpError *e);
void cp_free_errors(ConstantPool *cp);
void cp_error_throw(Thread *t, const CpError *e);
/* Resolved: v[index] = value. Object values become roots. */
void cp_set(ConstantPool *cp, u32 index, u64 value, bool is_object);
/* Call sites in code of which this is said go away. */
void call_sites_forget(bool (*dead)(const void *code));
#endif
