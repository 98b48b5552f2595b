/* One stub per row of runtime.def: `rt_x` is host call number x. */
#include "vm/guest/hcall.h"
    .text
    .altmacro
    .set hcall_number, 0
    .macro stub_numbered name, n
    .globl rt_\name
    .type rt_\name, @function
rt_\name:
    hcall \n
    ret
    .size rt_\name, . - rt_\name
    .endm
    .macro stub name
    stub_numbered \name, %hcall_number
    .set hcall_number, hcall_number + 1
    .endm
#define H(name, text) stub name;
#include "vm/runtime.def"
