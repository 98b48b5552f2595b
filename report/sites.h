/* Where each object was allocated: a side table beside the heap, filled by the VM's allocation hook and a probe in the interpreter on
   the core. See sites.c. */
#ifndef REPORT_SITES_H
#define REPORT_SITES_H
#include "vm/vm.h"

/* Begins recording. Objects that are there already have no site. */
void sites_start(void);
/* Where this object was allocated: the bytecode's address as an offset in the META window; 0: not known. */
u32 site_of(const Object *o);
/* It will be asked soon. */
void site_expect(const Object *o);
/* The method and bytecode of a site; NULL: not known. */
const Method *site_method(u32 site, u32 *bci);

#endif
