/* How much samples say that each field costs: what advice, profiles and field orders are made of. A field that is read right after its neighbour hardly
   ever misses itself; so fields of the same object that the code around the miss uses have a share of the heat (by bytecode, not by counting). */
#ifndef LAYOUT_HEAT_H
#define LAYOUT_HEAT_H
#include "base/vec.h"
#include "vm/vm.h"

typedef struct FieldHeat {
    Class *c;      /* of the objects */
    Field *f;      /* NULL: the header */
    u64 stalls;    /* cycles of sampled misses on it, times the period */
    u64 beside;    /* of misses on other fields, near which the code uses this one too */
} FieldHeat;
typedef Vec(FieldHeat) FieldHeats;

/* One sampled miss at byte `offset` of an instance of c; where the core was: pc, or of the bytecode interpreted; and its callers (n of them; 0: not known). Charged as services are. */
void heat_sample(u64 pc, const CodePlace *at, u32 n, Class *c, u32 offset, u64 stalls);
/* The same if such a miss was booked lately, so that no callers are needed; false: none was. */
bool heat_again(u64 pc, const Class *c, u32 offset, u64 stalls);
/* All of it by class and field, classes with the most stalls first, in each the fields with the most. To be freed with vec_free. */
void heat_collect(FieldHeats *out);
/* Stalls of objects of class c so far; the class that has most of all those that `wanted` takes, or NULL. */
u64 heat_of_class(const Class *c);
Class *heat_hottest(bool (*wanted)(const Class *c));
/* What is known of the objects of class c has become worthless: its fields lie elsewhere now. */
void heat_forget(const Class *c);
/* Fields of some class lie elsewhere now. */
void heat_fields_moved(void);

#endif
