/* Affinity between objects, for the order of that name: which objects are used close to each other in time, by bursts of samples. Nothing of the
   optimizer's own order depends on it. */
#ifndef LAYOUT_AFFINITY_H
#define LAYOUT_AFFINITY_H
#include "gc/gc.h"
#include "hwsim/samples.h"

/* n misses in a row of one core. Charged to the service that is open. */
void affinity_burst(const HwSample *records, u32 n);
/* What is known has become worthless: objects were collected or have moved. */
void affinity_forget(void);
/* Calls place for the objects that are known, in the order in which they should lie. */
void affinity_each(void (*place)(GcObject *o));

#endif
