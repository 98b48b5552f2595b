/* Fuzz target: programs for rvrun. A file that it cannot run is refused with one line; one that it takes has its first stack built and is
   disassembled from its entry as far as its text goes. What a damaged program would do is not tried: it may do anything. */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/refuse.h"
#include "base/log.h"
#include "hwsim/rvrun.h"
#include <elf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char fuzz_name[] = "elf";

static char path[64];

/* A number of the header or the program headers becomes a telling one; or any damage. */
void fuzz_mutate(FuzzInput *in, u64 *state)
{
    enum { HEADERS = sizeof(Elf64_Ehdr) + 6 * sizeof(Elf64_Phdr) };
    for (u64 hits = 1 + fuzz_below(state, 1 + fuzz_below(state, 4)); hits; hits--) {
        size_t size = 1u << fuzz_below(state, 4), at = fuzz_below(state, HEADERS) & ~(size - 1);
        u64 v = 1ull << fuzz_below(state, 64);
        if (fuzz_below(state, 2)) v -= 1 + fuzz_below(state, 3);
        if (fuzz_below(state, 4) && at + size <= in->length) memcpy(in->data + at, &v, size);
        else fuzz_damage(in, state);
    }
}

static void load(void *ctx)
{
    static char *argv[] = { "program", "one", "two" };
    RvProgram *p = ctx;
    rv_load(p, path);
    u64 sp = rv_build_stack(p, 3, argv);
    ASSERT(!(sp & 15) && *(const u64 *)sp == 3 && !strcmp(*(char *const *)(sp + 16), "one"));
}

bool fuzz_one(const u8 *data, size_t length)
{
    static RvProgram p;
    if (!*path) snprintf(path, sizeof path, "/tmp/loam-elf-%d", (int)getpid());
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(data, 1, length, f) != length || fclose(f)) panic("cannot write %s", path);
    memset(&p, 0, sizeof p);
    bool good = !fuzz_refuses(load, &p);
    if (good) {
        FILE *nowhere = fopen("/dev/null", "w");
        ASSERT(nowhere);
        rv_disassemble(&p, nowhere);
        fclose(nowhere);
    }
    rv_unload(&p);
    unlink(path);
    return good;
}
