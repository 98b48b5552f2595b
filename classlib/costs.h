/* The rows of costs.def by name; charge_units is vm/costs.h's. */
#ifndef CLASSLIB_COSTS_H
#define CLASSLIB_COSTS_H
#include "vm/costs.h"

#define COST(name, instructions, what) COST_##name = (instructions),
enum {
#include "classlib/costs.def"
};
#undef COST

#endif
