/* The core's build of the interpreter: freestanding RV64 code, linked at WIN_GUEST_BASE + 0x10000 and embedded in the
   executable. Registers (also in regs.h): s2 bytecode pc, s3 frame, s4 operand sp, s5 locals, s6 handler table, s7 profile
   base, tp thread. They are reserved with -ffixed, so that a sample taken anywhere in here names the bytecode. It
   calls the runtime through the stubs of stubs.S, one `hcall` each. */
#define INTERP_GUEST 1
#include "vm/interp.c"
