/* The rows of costs.def by name, and charging so many units of one. */
#ifndef VM_COSTS_H
#define VM_COSTS_H
#include "vm/vm.h"

#define COST(name, instructions, what) COST_##name = (instructions),
enum {
#include "vm/costs.def"
};
#undef COST

#ifndef charge_units /* the calibration (bench/calibrate) has its own */
#define charge_units(name, n) charge_work((u64)(n) * COST_##name)
#endif

#endif
