/* How much samples say that each field costs: what advice and profiles are made of. A field that is read right after its neighbour hardly ever misses
   itself; so fields of the same object that the same method uses have a share of the heat (by bytecode, not by counting). */
#ifndef LAYOUT_HEAT_H
#define LAYOUT_HEAT_H
#include "base/vec.h"
#include "vm/vm.h"

typedef struct FieldHeat {
    Class *c;      /* of the objects */
    Field *f;      /* NULL: the header */
    u64 stalls;    /* cycles of sampled misses on it, times the period */
    u64 beside;    /* of misses on other fields, in methods that use this one too */
} FieldHeat;
typedef Vec(FieldHeat) FieldHeats;

/* One sampled miss at byte `offset` of an instance of c, in method m (NULL: not known). */
void heat_sample(Method *m, Class *c, u32 offset, u64 stalls);
/* All of it by class and field, classes with the most stalls first, in each the fields with the most. To be freed with vec_free. */
void heat_collect(FieldHeats *out);

#endif
