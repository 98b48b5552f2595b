/* Which locals of an interpreted activation are still needed, for collections (vm/stackroots.c): by the flow analysis that the compiler uses (flow.c),
   a bytecode at a time, kept in a small table. */
#include "jit/costs.h"
#include "jit/flow.h"
#include "jit/live.h"
#include "vm/opcodes.h"
#include <string.h>

enum { PLACES = 1024, MAX_CODE = 8000, MAX_WORDS = 4 }; /* larger methods: not known */

typedef struct LivePlace { const Method *m; u32 bci; u64 live[MAX_WORDS]; } LivePlace;
static LivePlace *places;

static void analyse(LivePlace *p, Method *m, u32 bci)
{
    charge_units(live_byte, m->code_length);
    charge_touch(m->original, m->code_length, false);
    Flow *f = flow_new(m);
    *p = (LivePlace){ .m = m, .bci = bci };
    if (f->subroutines) memset(p->live, 0xff, sizeof p->live);
    else memcpy(p->live, f->live + (u64)bci * f->words, f->words * sizeof(u64));
    flow_free(f);
}

static const u64 *live_locals(Method *m, u32 bci)
{
    if (m->code_length > MAX_CODE || (m->max_locals + 64u) / 64 > MAX_WORDS || bci >= m->code_length) return NULL;
    if (!places) places = xcalloc(PLACES, sizeof *places);
    LivePlace *p = &places[((u64)m + bci) * 0x9e3779b97f4a7c15ull >> 54];
    _Static_assert(PLACES == 1 << (64 - 54), "the hash is that wide");
    if (p->m != m || p->bci != bci) analyse(p, m, bci);
    return p->live;
}

void liveness_forget(void)
{
    if (places) memset(places, 0, PLACES * sizeof *places);
}

static void forget(bool (*is_dead)(const void *metadata))
{
    (void)is_dead;
    liveness_forget();
}

void liveness_install(void)
{
    vm_hooks.live_locals = live_locals;
    vm_hooks.classes_unload = forget;
}
