/* The rows of costs.def by name; charge_units is vm/costs.h's. */
#ifndef LAYOUT_COSTS_H
#define LAYOUT_COSTS_H
#include "vm/costs.h"

#define COST(name, instructions, what) COST_##name = (instructions),
enum {
#include "layout/costs.def"
};
#undef COST

#endif
