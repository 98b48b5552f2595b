/* Included in front of every source file that the calibration compiles. Nothing is charged in these programs. Built with CALIBRATE_COUNT,
   they count the units that would have been, by row; built without, the charging is gone, and what is left is the work itself. */
#ifndef CALIBRATE_UNITS_H
#define CALIBRATE_UNITS_H

#define COST(name, instructions, what) ROW_##name,
enum CalibrateRow {
#include "gc/costs.def"
#include "layout/costs.def"
#include "vm/costs.def"
#include "classlib/costs.def"
    ROW_COUNT
};
#undef COST

extern unsigned long calibrate_units[ROW_COUNT];
#ifdef CALIBRATE_COUNT
#define charge_units(name, n) ((void)(calibrate_units[ROW_##name] += (unsigned long)(n)))
#else
#define charge_units(name, n) ((void)0)
#endif
#define CHARGE(name, n) charge_units(name, n)
#define charge_hooks ((ChargeHooks *)0)
#define gc_touch(p, n, write) ((void)sizeof(p))
#define gc_touch_block(p, mark) ((void)sizeof(p))

#endif
