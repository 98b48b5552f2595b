/* The preset core descriptions (the .cfg files of cores/), embedded in the executable. Paths are relative to the top of the tree,
   where the compiler runs. A new preset needs its row in CORES. */
#include "hwsim/cores_embed.h"
#include <string.h>

#define CORES(C) \
    C(default) C(small) C(u74) C(ooo) C(classroom) C(a53) C(r10000) C(alpha21264) C(pentium4) C(skylake) C(zen3) C(m1) C(quad) C(flash)

#define C(name)                                                                                       \
    __asm__(".section .rodata\n.global hw_core_" #name "_text\nhw_core_" #name "_text:\n"             \
            ".incbin \"hwsim/cores/" #name ".cfg\"\n.byte 0\n.previous\n");                           \
    extern const char hw_core_##name##_text[];
CORES(C)
#undef C

#define C(name) { #name, hw_core_##name##_text },
static const struct { const char *name, *text; } cores[] = { CORES(C) };
#undef C

#define C(name) #name,
static const char *const names[] = { CORES(C) NULL };
#undef C

const char *hw_core_text(const char *name)
{
    for (size_t i = 0; i < sizeof cores / sizeof *cores; i++)
        if (!strcmp(cores[i].name, name)) return cores[i].text;
    return NULL;
}

const char *const *hw_core_names(void)
{
    return names;
}
