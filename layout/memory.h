/* What a run has learned about its program, as a file (--profile=FILE): classes by name and fingerprint, the edges between them that miss, what
   placing along them would cost and save. Everything here is text and numbers; learned.h makes classes and fields of them. */
#ifndef LAYOUT_MEMORY_H
#define LAYOUT_MEMORY_H
#include "base/types.h"
#include "base/vec.h"
#include <stdio.h>

typedef struct MemoryClass { char *name; u64 fingerprint; } MemoryClass;  /* internal name */

/* Edges as graph.h's; shares are of all misses on edges, stalls in cycles per cycle of the run. */
typedef struct MemoryEdge {
    u32 from, to;          /* indices of classes */
    char *field, *type;    /* name and descriptor; NULL: elements */
    double misses, stalls;
    bool placed;           /* a pass went along it */
} MemoryEdge;

/* A class's own instance fields, in the order of the class file, lie at these offsets. */
typedef struct MemoryOrder {
    u32 class;             /* index of classes */
    u32 *offsets, n;
    char *for_class;       /* whose objects' visits are to touch fewer lines: itself or a subclass */
    double stalls;         /* on those objects before, in cycles per instruction */
    bool failed;           /* it did not save any: not to be tried again */
} MemoryOrder;

typedef struct Memory {
    Vec(MemoryClass) classes;
    Vec(MemoryEdge) edges;
    Vec(MemoryOrder) orders;
    double instructions, cycles; /* of the run: how long the next one is expected to be; cycles without passes, as far as is known */
    double loose;          /* cycles lost per instruction on what a pass could have placed (before the first pass, if there was one) */
    double objects;        /* that it could have moved then */
    double cost_factor;    /* what passes took, by what was expected */
    double did_not_pay;    /* passes in a row that did not pay, at the end */
} Memory;

/* Reads a file. NULL: what is wrong with it is in *wrong (malloc'ed). */
Memory *memory_read(const char *path, char **wrong);
/* The same from text of n bytes, with a 0 behind them. */
Memory *memory_parse(const char *text, size_t n, char **wrong);
/* For report_write: `what` is a Memory. */
void memory_write(const void *what, FILE *f);
void memory_free(Memory *m);

#endif
