/* Sampled misses by field or class: see seen.h. Not charged: the machine that is modelled does not do it. */
#include "layout/seen.h"
#include "base/hash.h"
#include "vm/locate.h"

static Map seen; /* Field or Class to misses */

void seen_sample(const GcObject *o, u32 offset, u64 misses)
{
    Class *c = object_class((Object *)o);
    const Field *f = c->kind == CLASS_ARRAY ? NULL : locate_field(&(Place){ .kind = PLACE_OBJECT, .object = (Object *)o, .klass = c, .offset = offset });
    *map_put(&seen, f ? (u64)f : (u64)c) += misses;
}

u64 seen_misses(const void *field_or_class)
{
    const u64 *n = map_get(&seen, (u64)field_or_class);
    return n ? *n : 0;
}
