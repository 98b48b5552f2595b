/* Style and script of the HTML pages, as parts of the executable. */
    .section .rodata
    .globl html_style, html_style_end, html_script, html_script_end
html_style:
    .incbin "report/html/style.css"
html_style_end:
    .byte 0
html_script:
    .incbin "report/html/page.js"
html_script_end:
    .byte 0
    .section .note.GNU-stack, "", @progbits
