/* Control flow and liveness of one method's bytecode, as it is in the class file: what the builder walks along. */
#ifndef JIT_FLOW_H
#define JIT_FLOW_H
#include "base/vec.h"
#include "jit/ir.h"

enum { FLOW_START = 1, FLOW_LEADER = 2, FLOW_INVOKE = 4 };
typedef struct Flow {
    const Method *m;
    u8 *kind;       /* per bci: FLOW_* */
    u8 *length;     /* per bci of an instruction's start (255: look it up again) */
    u32 words;      /* of a set of locals */
    u64 *live;      /* per bci: locals that are read before they are written from here on, or by a handler */
    bool invokes;   /* has an invoke */
    bool subroutines;
} Flow;

Flow *flow_new(const Method *m);
void flow_free(Flow *f);
static inline bool flow_live(const Flow *f, u32 bci, u32 local) { return f->live[(u64)bci * f->words + local / 64] >> local % 64 & 1; }
u32 flow_length(const Flow *f, u32 bci);
/* Successors of the instruction at bci other than the next: branch and switch targets. Calls fn for each. */
void flow_targets(const Method *m, u32 bci, void (*fn)(void *ctx, u32 target), void *ctx);
bool flow_falls_through(const Method *m, u32 bci);
/* IrType of each local at bci, by forward propagation of stores; IT_VOID: none or in conflict. types has room for max_locals. */
void flow_local_types(const Flow *f, u32 bci, u8 *types);

#endif
