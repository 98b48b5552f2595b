/* Where HotSpot 17 would put instance fields (--object-model=hotspot17). */
#ifndef VM_LAYOUT_HOTSPOT_H
#define VM_LAYOUT_HOTSPOT_H
#include "vm/class.h"

enum { HOTSPOT_HEADER = 12 }; /* bytes; its mark word and a class pointer of 32 bits */
/* Sets the offsets of the class's own instance fields, those that the VM adds included; the superclass's are set. Returns what an instance takes, in
   bytes, a multiple of 8. */
u32 hotspot_place_fields(Class *c);

#endif
