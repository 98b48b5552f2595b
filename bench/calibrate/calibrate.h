/* What the kernels share. A group of samples measures the rows that it names; each sample is one run of some real code between
   sample_begin and sample_end, on other data or another amount of it. solve.awk finds the rows' costs from all of them. */
#ifndef CALIBRATE_H
#define CALIBRATE_H
#include "base/log.h"
#include "base/types.h"

void group(const char *name, const char *rows); /* rows: the ones that this group determines, separated by spaces */
void sample_begin(void);
void sample_end(void);

/* A pseudo-random number below n, from a fixed seed. */
u32 pick(u32 n);
void shuffle_words(u64 *words, u32 n);

void heap_kernels(void);
void place_kernels(void);
void pass_kernels(void);
void loops_kernels(void);
void class_kernels(void);
void run_kernels(void);
void sched_kernels(void);
void native_kernels(void);

/* ---- world.c: a virtual machine that has loaded classes but runs no Java */
typedef struct Thread Thread;
typedef struct Class Class;
void relayout_kernels(Thread *t);
Thread *world_start(const char *java_home);
Class *world_class(const char *name);      /* of java.base, linked, marked as initialized */
void world_initialized(void);              /* marks every class so: nothing here can run initializers */
extern const char *const world_corpus[];   /* names of classes that no other part loads: NULL-terminated */

#endif
