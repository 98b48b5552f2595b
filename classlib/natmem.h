/* Memory outside the heap that Java code can reach: Unsafe memory, direct and mapped buffers. All of it lies in the NATIVE
   window, at addresses that depend on nothing but the sequence of requests. */
#ifndef CLASSLIB_NATMEM_H
#define CLASSLIB_NATMEM_H
#include "base/types.h"

/* At least n bytes, 16-byte aligned; NULL: the window is full, or the host is out of memory. */
void *natmem_alloc(u64 n);
/* Contents are kept up to the smaller size; NULL: no memory, and p stays valid. p NULL: allocates. */
void *natmem_realloc(void *p, u64 n);
/* Frees what natmem_alloc gave; returns whether p was such a block. */
bool natmem_free(void *p);
/* Usable size of a block; 0: not one. */
u64 natmem_size(const void *p);
/* Whole pages of address space without memory behind them, for mapping files; given back with natmem_unreserve. */
void *natmem_reserve(u64 n);
void natmem_unreserve(void *p);

#endif
