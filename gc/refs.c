/* Soft, weak, final and phantom references, by HotSpot's order and the JDK's pending-list protocol.

   While libgc marks, an active Reference does not mark its referent but is noted here; a soft one that the client's policy keeps is
   traced like any object. When marking is done: soft and weak ones with dead referents are cleared and become
   pending; final ones with dead referents become pending, uncleared, and their referents live again with all they
   reach; then phantom ones are decided, so that what a finalizer may still reach is not reported dead; then weak tables.
   References met during that last marking are traced as strong ones, as HotSpot does.

   Active: referent not null, `discovered` null and, for final ones, `next` null; a pending final one has `next` = itself.
   libgc may run a mark procedure twice (mark.c), so a reference can be noted twice: everything below looks again. */
#include "gc/internal.h"

typedef Vec(GcObject *) References;

static References found[GC_PHANTOM + 1];
static GcObject *first, *last; /* pending list, linked through `discovered` */

static const GcClient *client(void) { return gc_heap.client; }
static GcObject *referent(const GcObject *r) { return gc_load(r, client()->referent_offset); }

static void store(GcObject *r, u32 offset, GcObject *value)
{
    gc_touch((u8 *)r + offset, sizeof(ref_t), true);
    gc_store(r, offset, value);
}

static bool is_active(const GcObject *r, u8 strength)
{
    return referent(r) && !gc_load(r, client()->discovered_offset)
        && (strength != GC_FINAL || !gc_load(r, client()->next_offset));
}

void refs_begin(void)
{
    for (int s = GC_SOFT; s <= GC_PHANTOM; s++) vec_clear(&found[s]);
    first = last = NULL;
    gc_heap.softs_kept = 0;
}

bool refs_discover(GcObject *r, const GcShape *s)
{
    ASSERT(s->strength <= GC_PHANTOM);
    CHARGE(reference, 1);
    if (!is_active(r, s->strength)) return false;
    if (s->strength == GC_SOFT && client()->keep_soft && client()->keep_soft(r, gc_heap.last_resort)) {
        gc_heap.softs_kept++;
        return false;
    }
    vec_push(&found[s->strength], r);
    return true;
}

static void make_pending(GcObject *r)
{
    ASSERT(mark_is_live(r));
    if (last) store(last, client()->discovered_offset, r);
    else first = r;
    last = r;
}

/* Clears references whose referents are dead. */
static void clear_dead(References *list, u8 strength)
{
    for (size_t i = 0; i < list->len; i++) {
        GcObject *r = list->data[i];
        if (r == last || !is_active(r, strength) || mark_is_live(referent(r))) continue;
        store(r, client()->referent_offset, NULL);
        make_pending(r);
    }
}

/* All dead referents are found before the first is resurrected: of two that reach each other, both are finalized. */
static void finalize_dead(References *list)
{
    size_t n = 0;
    for (size_t i = 0; i < list->len; i++)
        if (is_active(list->data[i], GC_FINAL) && !mark_is_live(referent(list->data[i]))) list->data[n++] = list->data[i];
    for (size_t i = 0; i < n; i++) {
        GcObject *r = list->data[i];
        if (!is_active(r, GC_FINAL)) continue; /* noted twice */
        store(r, client()->next_offset, r);
        make_pending(r);
        mark_strong(referent(r));
    }
}

static void clear_weak_slot(void *ctx, GcObject **slot)
{
    (void)ctx;
    gc_touch(slot, sizeof *slot, false);
    CHARGE(weak_slot, 1);
    if (*slot && !mark_is_live(*slot)) *slot = NULL;
}

void refs_process(void)
{
    /* From here on nothing is discovered: mark_strong goes through gc_visit_refs, which visits referents too. */
    clear_dead(&found[GC_SOFT], GC_SOFT);
    clear_dead(&found[GC_WEAK], GC_WEAK);
    finalize_dead(&found[GC_FINAL]);
    clear_dead(&found[GC_PHANTOM], GC_PHANTOM);
    if (client()->weak_roots) client()->weak_roots(clear_weak_slot, NULL);
}

void refs_deliver(void)
{
    if (!first) return;
    ASSERT(last && !gc_load(last, client()->discovered_offset));
    ASSERT(client()->pending);
    client()->pending(first, last);
    first = last = NULL;
}
