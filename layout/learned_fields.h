/* Field orders that earlier runs have learned: classes get them when they are loaded. And those that this run adds. */
#ifndef LAYOUT_LEARNED_FIELDS_H
#define LAYOUT_LEARNED_FIELDS_H
#include "layout/fields.h"
#include "layout/memory.h"

/* For VmHooks.field_order. */
bool learned_field_order(const Class *c, u32 *offsets);
/* Was a change for this class tried before, and did it not pay? */
bool learned_order_failed(const Class *c);
/* A plan has been carried out while the program ran, for a class whose objects cost so many cycles per instruction until then. */
void learned_fields_moved(const FieldPlan *p, double stalls);
/* And undone: it is not to be tried again. */
void learned_fields_undone(const FieldPlan *p);
/* To what is written: orders in force, those that would have helped, those of classes that were not there. Of a run of so many instructions, and
   cycles of each core. */
void learned_add_orders(Memory *m, u64 instructions, u64 cycles, u32 cores);

#endif
