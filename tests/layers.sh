#!/bin/sh
# The layers: a folder includes itself and what stands below it; the optimizer never sees the observer; nothing refers outside the tree.
cd "$(dirname "$0")/.." || exit 1
check() { # folder, allowed include folders as a regular expression
    bad=$(grep -rHoE '#[[:space:]]*include "[a-z]+/[^"]*"' "$1" --include='*.[chS]' | grep -vE "include \"($2)/")
    if [ -z "$bad" ]; then echo "ok layer $1"; else echo "FAIL layer $1"; echo "$bad"; fi
}
check base 'base'
check hwsim 'base|hwsim'
check gc 'base|gc'
check vm 'base|hwsim|gc|vm|guest'
check classlib 'base|hwsim|gc|vm|classlib'
check layout 'base|hwsim|gc|vm|layout'
check report 'base|hwsim|gc|vm|layout|report'
check jit 'base|hwsim|gc|vm|jit'
check launcher 'base|hwsim|gc|vm|jit|classlib|layout|report|launcher'
bad=$(grep -rlE 'hwsim/observer.h' base gc vm classlib layout launcher jit 2>/dev/null)
if [ -z "$bad" ]; then echo "ok only reports observe"; else echo "FAIL only reports observe: $bad"; fi
if [ -f "${B:-build}/guest/interp.elf" ]; then
    bad=$(riscv64-linux-gnu-nm "${B:-build}/guest/interp.elf" | grep -E ' [bBdD] ' | grep -vE '_(start|end)|__bss|__global_pointer')
    if [ -z "$bad" ]; then echo "ok no writable statics in the interpreter"; else echo "FAIL no writable statics in the interpreter: $bad"; fi
fi
