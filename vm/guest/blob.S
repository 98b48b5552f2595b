/* The RV64 interpreter's image, embedded in the executable (sim.c copies it to its window). */
    .section .rodata
    .globl guest_image, guest_image_end
    .balign 64
guest_image:
    .incbin "guest/interp.bin"
guest_image_end:
    .byte 0
    .globl guest_probes, guest_probes_end
    .balign 16
guest_probes:
    .incbin "guest/probes.bin"
guest_probes_end:
    .byte 0
    .section .note.GNU-stack, "", @progbits
