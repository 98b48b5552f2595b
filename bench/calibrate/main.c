/* The calibration's main program, for RV64: runs kernels and prints, for each sample, either the instructions and cycles that it took or the
   units that it would have been charged for (see units.h). Usage: kernels heap|vm JAVA-HOME */
#include "bench/calibrate/calibrate.h"
#include <stdio.h>
#include <string.h>

unsigned long calibrate_units[ROW_COUNT];

#define COST(name, instructions, what) #name,
static const char *const row_names[] = {
#include "gc/costs.def"
#include "layout/costs.def"
#include "vm/costs.def"
#include "classlib/costs.def"
};
#undef COST
_Static_assert(NELEM(row_names) == ROW_COUNT, "a name per row");

static struct { u64 instructions, cycles; } begun, empty;
static u64 random_state = 0x2545f4914f6cdd1dull;

u32 pick(u32 n)
{
    random_state ^= random_state << 13, random_state ^= random_state >> 7, random_state ^= random_state << 17;
    return (u32)((random_state >> 32) % n);
}

void shuffle_words(u64 *words, u32 n)
{
    for (u32 i = n; i > 1; i--) {
        u32 j = pick(i);
        u64 t = words[i - 1];
        words[i - 1] = words[j], words[j] = t;
    }
}

static u64 csr_cycle(void) { u64 v; __asm__ volatile("csrr %0, cycle" : "=r"(v) :: "memory"); return v; }
static u64 csr_instret(void) { u64 v; __asm__ volatile("csrr %0, instret" : "=r"(v) :: "memory"); return v; }

void group(const char *name, const char *rows) { printf("group %s %s\n", name, rows); }

void sample_begin(void)
{
    memset(calibrate_units, 0, sizeof calibrate_units);
    begun.cycles = csr_cycle();
    begun.instructions = csr_instret();
}

void sample_end(void)
{
    u64 instructions = csr_instret() - begun.instructions, cycles = csr_cycle() - begun.cycles;
#ifdef CALIBRATE_COUNT
    (void)cycles, (void)instructions, (void)empty;
    printf("units");
    for (u32 r = 0; r < ROW_COUNT; r++)
        if (calibrate_units[r]) printf(" %s=%lu", row_names[r], calibrate_units[r]);
    printf("\n");
#else
    if (!empty.instructions) {
        empty.instructions = instructions, empty.cycles = cycles;
        return;
    }
    printf("took %lu %lu\n", instructions - empty.instructions, cycles - empty.cycles);
#endif
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0); /* what was measured before something fails shows where it was */
    if (argc != 3) die("usage: kernels heap|vm JAVA-HOME");
#ifndef CALIBRATE_COUNT
    sample_begin();
    sample_end(); /* what measuring itself costs */
#endif
    if (!strcmp(argv[1], "heap")) {
        heap_kernels();
        return 0;
    }
    world_start(argv[2]);
    class_kernels();
    run_kernels();
    sched_kernels();
    native_kernels();
    place_kernels();
    pass_kernels();
    loops_kernels();
    return 0;
}
