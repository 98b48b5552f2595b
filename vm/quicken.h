/* Quickening: resolving what an instruction names and rewriting it in place. The functions return RESOLVE_* (interp.h). */
#ifndef VM_QUICKEN_H
#define VM_QUICKEN_H
#include "vm/interp.h"
#include "vm/vm.h"

int quicken_ldc(Thread *t, Method *m, u32 bci);
int quicken_field(Thread *t, Method *m, u32 bci);
int quicken_invoke(Thread *t, Method *m, u32 bci);
int quicken_class(Thread *t, Method *m, u32 bci);

/* Fields have been given other offsets: every quickened getfield and putfield in all methods gets its field's. boot_too: fields of the boot loader's
   classes; of others its classes do not know. */
void quicken_refresh_fields(bool boot_too);

#endif
