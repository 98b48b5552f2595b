/* What earlier runs have learned (memory.h), made classes and fields of as soon as these are loaded; and, for the next run, what this one adds. */
#ifndef LAYOUT_LEARNED_H
#define LAYOUT_LEARNED_H
#include "layout/graph.h"
#include "layout/memory.h"

/* Reads the file, if there is one. One that is damaged or of another version is not used, which is said in a warning. False: there is nothing. */
bool learned_load(const char *path);
/* What the last run came to; NULL: nothing is known. */
const Memory *learned_memory(void);
/* To be called now and then: edges whose classes have been loaded meanwhile are put into the graph, with the heat that they had, once. A class that
   looks different now is not the same. */
void learned_resolve(Graph *g);
/* The edges to place along, as far as their classes are loaded, hottest first; at most `max`. For runs without samples: always found anew. */
u32 learned_edges(Edge *out, u32 max);
/* A pass is about to be made along these edges, companions among them: their heat as it was until now, over so many cycles, is kept. */
void learned_placed(const Graph *g, const Edge *edges, u32 n, u64 cycles);

/* The run as a whole. */
typedef struct LearnedRun { u64 instructions, cycles, objects; double loose, cost_factor; u64 did_not_pay; } LearnedRun; /* as in Memory */
/* For the next run: what this one saw, with what earlier ones saw of classes that were not used now. memory_free it. */
Memory *learned_sum(const Graph *g, const LearnedRun *run);
/* A hash of the class's name and instance fields, and those of its superclasses. */
u64 learned_fingerprint(const Class *c);
/* The place of c among the classes of m, where it is added if it is not there. */
u32 learned_class_in(Memory *m, const Class *c);

#endif
