/* First instruction of the image: entry(thread in a0), on the thread's RV64 stack. The interpreter returns to enter compiled code, which
   comes back to guest_resume; offsets in Thread are checked in interp.c, where guest_resume is in regs.h. */
#include "vm/guest/hcall.h"
    .section .text.start, "ax"
    .globl guest_start
guest_start:
    mv tp, a0
run:
    mv a0, tp
    call interp_guest
    li t0, 3                /* RUN_COMPILED */
    bne a0, t0, leave
    ld t1, 104(tp)          /* code_pc */
    ld s4, 112(tp)          /* code_sp */
    ld ra, 120(tp)          /* code_ra */
    ld a0, 32(tp)           /* ret */
    jr t1
leave:
    hcall 0x7ff
    .balign 64
guest_resume:               /* s registers of compiled code hold what is dead: the interpreter would keep it on its stack */
    li s0, 0
    li s1, 0
    li s8, 0
    li s9, 0
    li s10, 0
    li s11, 0
    j run
