/* What it costs to go back, whether there is anything to gain, and going: see back.h. The heap knows the old order (gc_move_back). */
#include "layout/back.h"
#include "gc/gc.h"

enum { OBJECT_WORK = 460 /* instructions more than by the pass itself: nobody sets slots on the way */ };

double back_harm(const Compared *c)
{
    double before = c->loose + c->placed;
    return c->after * 100 > before * (100 + c->chance) ? 1 - before / c->after : 0;
}

double back_cost(const LayoutPass *p, double cpi) { return (double)p->cost_cycles + cpi * OBJECT_WORK * (double)p->moved; }

bool back_go(LayoutPass *p, u64 cycle, u64 instruction)
{
    GcMoveResult r;
    if (!gc_move_back(&r) || !r.moved) return false;
    p->back = (LayoutBack){ .at_instruction = instruction, .at_cycle = cycle, .moved = r.moved, .rate_after = -1, .target_after = -1 };
    return true;
}
