/* First instruction of the image: entry(thread in a0), on the thread's RV64 stack. */
#include "vm/guest/hcall.h"
    .section .text.start, "ax"
    .globl guest_start
guest_start:
    mv tp, a0
    call interp_guest
    hcall 0x7ff
