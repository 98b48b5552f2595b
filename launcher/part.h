/* Parts of a run that are told in instructions, counted from where --from begins: --roi and --sample. */
#ifndef LAUNCHER_PART_H
#define LAUNCHER_PART_H
#include "hwsim/parts.h"
#include "launcher/options.h"

/* Dies, with one line, if the options do not go together. `cores`: of the simulated machine. */
void part_check(const Options *o, u64 cores);
/* Simulation begins. `begin` is called when the part that is looked at does - now, or when --roi says - and `end` when --roi ends it. */
void part_start(HwModel *m, const Options *o, void (*begin)(void), void (*end)(void));
/* --roi, and the program has not come to where it begins. */
bool part_is_to_come(void);
/* What --sample has measured; NULL: it was not asked for. */
const HwSampled *part_sampled(void);

#endif
