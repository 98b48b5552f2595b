/* Compiled activations as Frames: making them visible to whoever walks stacks, and turning them into interpreted ones. See frames.c. */
#ifndef JIT_FRAMES_H
#define JIT_FRAMES_H
#include "hwsim/core.h"
#include "jit/code.h"

/* Code at the beginning of the CODE window. */
enum { STUB_INTERPRET = 0, STUB_RETURN = 64 /* to the interpreter: three, by slots of the result */, STUB_RETURN_SIZE = 32, STUB_ENTRY = 192 /* to host code */, STUB_HASH = 256 /* Object.hashCode */,
       STUB_SUBTYPE = 384 /* two, made once classes are known */, STUB_SUBTYPE_SIZE = 192, STUBS_SIZE = 768 };
void frames_make_stubs(bool native);
static inline bool is_entry_return(u64 ra) { return (ra & ~1ull) == WIN_CODE_BASE + STUB_ENTRY; }

/* Compiled code of t is in a host call at pc (record r of c) with its Frame at f: fills in the Frames of it and of all compiled callers. Returns the
   innermost. `below` is the frame that t->frame named while the code ran. */
Frame *frames_settle(Thread *t, JitCode *c, const JitRecord *r, Frame *f);
/* The same for the caller whose code is at return address ra and whose arguments are at args; NULL: it is not compiled. */
Frame *frames_settle_caller(u64 ra, u64 *args);
/* The interpreter goes on in place of the settled compiled activation that f belongs to, where it is; f's callees within it are dropped. Returns
   the interpreted frame in place of f, with pc and sp as the state says. core: registers, if it is in a host call; NULL if in a call.
   t->code_below is set. */
Frame *frames_leave(Thread *t, Frame *f, const HwCore *core);
/* Of a state's words: not W_VIRTUAL. */
u64 frames_value(const JitCode *c, u32 word, const HwCore *core, const Frame *f);
/* A local variable of a settled activation of t, as the state of its record has it (VmHooks.code_local). */
bool frames_local(const Thread *t, const Frame *f, u32 local, u64 *value);

#endif
