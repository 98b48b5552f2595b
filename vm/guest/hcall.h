/* The assembler's spelling of Xloam's host call: custom-0, I-type, funct3 0, the service's number as immediate. */
    .macro hcall n
    .insn i 0x0b, 0, x0, x0, \n
    .endm
