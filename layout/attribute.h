/* Which edges led to the object that a sample of the core hit, by the code that was running: its method and its callers, as far as they are known. */
#ifndef LAYOUT_ATTRIBUTE_H
#define LAYOUT_ATTRIBUTE_H
#include "hwsim/samples.h"
#include "layout/graph.h"

enum { ATTRIBUTE_PLACES = 4 /* the instruction that missed, and callers that it is told apart by */ };

/* An instruction and its callers, found when first asked for. */
typedef struct Code { bool known; u32 n; CodePlace at[ATTRIBUTE_PLACES]; } Code;

void attribute_locate(Code *code, u64 pc, const HwSample *s);
/* The instruction: of compiled code, or of the bytecode interpreted. */
u64 attribute_pc(const HwSample *s);
/* The edges that lead to objects of class c there: a place in the graph, or 0. Where samples are not precise, at the nearest instruction before it that can
   lead to such objects, at most so many bytes. `look`: a number; what was not found is looked up again when it has changed. */
u32 attribute_edges(Graph *g, const HwSample *s, Class *c, Code *code, u32 most_skid, u64 look);

#endif
