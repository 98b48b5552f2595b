/* Parts of a run, told in instructions: a region, and periodic sampling of time (SMARTS, Wunderlich 2003): caches and predictors see everything,
   time is measured in short windows, and the mean of their cycles per instruction stands for the whole, with a confidence interval. */
#ifndef HWSIM_PARTS_H
#define HWSIM_PARTS_H
#include "hwsim/model.h"

/* Of each `period` instructions the last `detail` are timed, after `settle` that only fill the pipeline. 0: no sampling. */
typedef struct HwSampling { u64 period, detail, settle; } HwSampling;
typedef struct HwSampled { u64 windows; f64 sum, squares; /* of the windows' cycles per instruction */ } HwSampled;

/* FROM:TO, and PERIOD[:DETAIL[:SETTLE]], the values of --roi and --sample; die, with one line, if they are not. */
void hw_parse_region(const char *text, u64 *from, u64 *to);
void hw_parse_sampling(const char *text, HwSampling *s);

/* What a window is measured by: cycles of the program (firmware's and idle ones, which nothing must be estimated of, left out). */
typedef struct HwWindow { u64 cycles, instructions; } HwWindow;
HwWindow hw_window(const HwModel *m);
void hw_sampled_add(HwSampled *s, HwWindow begin, HwWindow end);
/* Cycles per instruction, and half of the interval that the whole run's value is in with a probability of 95 %, if windows are independent. */
f64 hw_sampled_cpi(const HwSampled *s);
f64 hw_sampled_half(const HwSampled *s);
/* The whole run's cycles by that, firmware's and idle ones as they were. */
f64 hw_sampled_cycles(const HwSampled *s, const HwModel *m);
/* Three lines; nothing can be said of less than two windows. */
void hw_sampled_print(const HwSampled *s, const HwModel *m);

#endif
