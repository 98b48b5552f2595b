/* Style and scripts of the HTML pages, as parts of the executable. build/html/dygraph.js is the chart library with its licence. */
    .section .rodata
    .globl html_style, html_style_end, html_page_script, html_page_script_end
html_style:
    .incbin "report/html/style.css"
html_style_end:
    .byte 0
html_page_script:
    .incbin "html/dygraph.js"
    .incbin "report/html/common.js"
    .incbin "report/html/table.js"
    .incbin "report/html/timeline.js"
    .incbin "report/html/pictures.js"
    .incbin "report/html/page.js"
html_page_script_end:
    .byte 0
    .section .note.GNU-stack, "", @progbits
