/* Natural loops: their blocks, and the block before them. Used by the passes over memory and loops. */
#ifndef JIT_LOOP_H
#define JIT_LOOP_H
#include "jit/ir.h"

typedef struct Members { Vec(u32) blocks; u8 *in; } Members; /* in: by block */

/* The blocks of the loop of `header`, the header first. The caller frees. */
void loop_members(const IrFn *f, u32 header, Members *m);
void members_free(Members *m);
bool loop_calls(const IrFn *f, const Members *m);
/* Every loop gets one block before its header that leads only there. Changes edges and order. */
void loop_preheaders(IrFn *f);
/* The predecessor of a header from outside its loop, after loop_preheaders. */
u32 loop_preheader(const IrFn *f, u32 header);

/* memory.c. May another thread's writes be seen here, or anything be written? */
bool memory_orders(const Ins *i);
/* A load from a Class or the Thread, which nobody writes while code runs. */
bool memory_metadata(const IrFn *f, const Ins *i);
void jit_memory(IrFn *f);
void jit_loops(IrFn *f);  /* hoist.c */
void jit_unroll(IrFn *f);

#endif
