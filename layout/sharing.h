/* Lines that cores take from each other, by samples: which fields lie on them, and which core uses which. Where cores use different words of a line (false
   sharing), advice, and for the next run an order of fields with padding. */
#ifndef LAYOUT_SHARING_H
#define LAYOUT_SHARING_H
#include "layout/fields.h"
#include "hwsim/samples.h"
#include <stdio.h>

/* A miss on a line that another core's store had taken away, at byte `offset` of o. Charged as services are. */
void sharing_sample(const HwSample *s, u32 core, const GcObject *o, u64 stalls);
/* What false sharing costs, class by class; prints nothing where there is none. Of a run of so many cycles, of all cores together. */
void sharing_advise(FILE *out, u64 cycles);
/* The i-th class whose fields are worth padding, as a plan for when the class is loaded; false: there are no more. Free it with fields_plan_free. */
bool sharing_plan(u32 i, u64 cycles, FieldPlan *out);

#endif
