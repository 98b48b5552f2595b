/* References after the collector has found them: the pending list, which the Reference Handler thread (Java) waits for and takes, and
   the policy for soft references. The list is linked through Reference.discovered and ends with null; the collector hands
   over what one cycle found as one chain, which goes in front of what was not taken yet. */
#include "base/log.h"
#include "base/vec.h"
#include "vm/roots.h"

static Object *pending;           /* head; an exact root */
static Vec(Thread *) waiting;     /* threads in refs_wait_pending, in order */

bool refs_has_pending(void) { return pending != NULL; }

Object *refs_take_pending(Thread *t)
{
    (void)t;
    Object *head = pending;
    pending = NULL;
    return head;
}

static void stop_waiting(Thread *t)
{
    for (size_t i = 0; i < waiting.len; i++) {
        if (waiting.data[i] != t) continue;
        for (waiting.len--; i < waiting.len; i++) waiting.data[i] = waiting.data[i + 1];
        return;
    }
}

Object *refs_wait_pending(Thread *t)
{
    while (!pending) {
        vec_push(&waiting, t);
        sched_block(t, ~0ull);
        stop_waiting(t);
    }
    return pending;
}

/* ---- What the collector calls ------------------------------------------------------------------------------------- */
void refs_roots(GcVisitPtr exact, void *ctx)
{
    if (pending) exact(ctx, (GcObject **)&pending);
}

void refs_pending(GcObject *first, GcObject *last)
{
    ASSERT(first != NULL && last != NULL);
    store_ref(last, off.Reference_discovered, pending);
    pending = (Object *)first;
}

/* HotSpot's rule: a second of life for each free megabyte, as of the last collection. How much is free is counted (which takes a walk
   of the heap) only if some soft reference was old enough for it to matter. */
enum { ALWAYS_KEPT_MILLIS = 1000 };
static i64 soft_keep_millis = -1; /* -1: nothing counted yet, all of the heap is taken as free */
static bool free_asked;

static void count_free(void)
{
    GcStats s = gc_stats();
    u64 free_bytes = s.bytes_max > s.bytes_used ? s.bytes_max - s.bytes_used : 0;
    soft_keep_millis = (i64)(free_bytes >> 20) * 1000;
    free_asked = false;
}

void refs_tick(void)
{
    if (wk.SoftReference && wk.SoftReference->mirror && off.SoftReference_clock)
        FIELD(wk.SoftReference->mirror, i64, off.SoftReference_clock) = (i64)(vm_nano_time() / 1000000);
}

void refs_cycle_end(void)
{
    if (free_asked) count_free();
    refs_tick();
    if (!pending) return;
    for (size_t i = 0; i < waiting.len; i++) sched_wake(waiting.data[i]);
}

bool refs_keep_soft(GcObject *reference, bool last_resort)
{
    if (last_resort) return false;
    i64 clock = FIELD(wk.SoftReference->mirror, i64, off.SoftReference_clock);
    i64 idle = clock - FIELD(reference, i64, off.SoftReference_timestamp);
    if (idle <= ALWAYS_KEPT_MILLIS) return true;
    free_asked = true;
    return soft_keep_millis < 0 || idle <= soft_keep_millis;
}
