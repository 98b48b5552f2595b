/* Kernels of looking at loops: all of the methods of some classes. */
#include "bench/calibrate/calibrate.h"
#include "layout/loops.c"

void loops_kernels(void)
{
    static const char *const names[] = { "java/util/LinkedList", "java/util/TreeMap", "java/util/HashMap" };
    static u64 locals[256];
    Frame f = { .locals = locals };
    Turns out;
    for (u32 looks = 0; looks < 2; looks++) {
        group(looks ? "loop-looks" : "loop-bytes", looks ? "loop_look" : "loop_byte");
        for (u32 i = 0; i < NELEM(names); i++) {
            Class *c = world_class(names[i]);
            sample_begin();
            for (u32 k = 0; k < c->nmethods; k++) {
                f.method = &c->methods[k];
                if (!f.method->code) continue;
                const Loops *all = find_loops(f.method);
                for (size_t l = 0; looks && l < all->len; l++) count_turns(current_thread, &f, &all->data[l], &out);
            }
            sample_end();
        }
    }
}
