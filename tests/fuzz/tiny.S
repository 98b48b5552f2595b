# A small RV64 Linux program, for the fuzzer of program files: writes a word and ends.
    .globl _start
    .text
_start:
    li a0, 1
    lla a1, word
    li a2, 5
    li a7, 64
    ecall
    lla t0, count
    ld t1, 0(t0)
    addi t1, t1, 1
    sd t1, 0(t0)
    li a0, 0
    li a7, 93
    ecall
    .data
word: .ascii "word\n"
    .bss
    .balign 8
count: .zero 4096
