/* The rows of costs.def by name; charge_units is vm/costs.h's. */
#ifndef JIT_COSTS_H
#define JIT_COSTS_H
#include "vm/costs.h"

#define COST(name, instructions, what) COST_##name = (instructions),
enum {
#include "jit/costs.def"
};
#undef COST

#endif
