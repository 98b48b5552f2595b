/* Roots of compiled activations: see live.c. */
#ifndef JIT_LIVE_H
#define JIT_LIVE_H
#include "hwsim/core.h"
#include "jit/code.h"
#include "jit/regalloc.h"

typedef struct LiveCursor {
    IrFn *f;
    Vec(RaPiece) pieces;  /* by where they begin */
    Vec(size_t) active;   /* of them, those at pos */
    size_t next;
    u32 pos;
} LiveCursor;
void live_begin(LiveCursor *l, Ra *r);
void live_end(LiveCursor *l);
/* Appends to c's stream what is live at pos: a count, and so many words as offsets from the Frame (8 bytes each), which `word` tells of a
   place in memory. Returns where; *registers: bits as of HwLiveAt. */
u32 live_note(LiveCursor *l, u32 pos, i32 (*word)(void *ctx, Loc at), void *ctx, JitCode *c, u64 *registers);

/* A host call with this record, or one that no value survives in a register: dead registers are cleared. */
void live_registers(const JitRecord *r, HwCore *core);
void live_no_registers(HwCore *core);
u64 live_at(u64 pc); /* HwLiveAt */
bool live_words(const Frame *f, void (*word)(void *ctx, const u64 *at), void *ctx); /* VmHooks.code_live */

/* liveness.c: VmHooks.live_locals, with or without the compiler. */
void liveness_install(void);
void liveness_forget(void); /* classes are unloaded */

#endif
