/* Heap dumps in HPROF's binary format, version 1.0.2, which every Java heap analyser reads. */
#ifndef CLASSLIB_HEAPDUMP_H
#define CLASSLIB_HEAPDUMP_H
#include "vm/vm.h"
#include <stdio.h>

/* Writes every object, class, thread with its stack, and root to the file `path`, which must not exist; it appears when it is complete. `live`: only what
   is alive, after a collection. Returns NULL, or why there is none (malloc'ed). The baton is held; runs no Java. */
char *heap_dump(Thread *t, const char *path, bool live);
/* For -XX:+HeapDumpOnOutOfMemoryError and -XX:OnOutOfMemoryError: on the first OutOfMemoryError. */
void heap_out_of_memory(Thread *t, const char *message);
/* Writes how many objects of each class there are, and the bytes they take, the largest first, as `jcmd GC.class_histogram`. `live`: after a collection. */
void heap_histogram(FILE *out, bool live);
void heap_info_print(FILE *out); /* diagnostics.c: how large the heap is and what of it is used */

#endif
