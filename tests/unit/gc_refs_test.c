/* Reference objects: strengths, resurrection, pending lists. */
#include "tests/unit/gc_client.h"

/* ---- References ------------------------------------------------------------------------------------------ */

static GcShape *ref_shapes[4], *thing;

static GcObject *reference(GcRefStrength strength, GcObject *to)
{
    words[WORDS - 1] = (u64)to; /* as a C caller's stack would hold it */
    GcObject *r = new(ref_shapes[strength]);
    gc_store(r, 8, to);
    words[WORDS - 1] = 0;
    return r;
}
static GcObject *a_thing(GcObject *field)
{
    words[WORDS - 1] = (u64)field;
    GcObject *o = new(thing);
    gc_store(o, 8, field);
    words[WORDS - 1] = 0;
    return o;
}
static void start_references(void)
{
    start(64);
    thing = shape(GC_OBJECT, 16, 8, 2);
    for (int s = GC_SOFT; s <= GC_PHANTOM; s++) {
        ref_shapes[s] = shape(GC_REFERENCE, 32, (u16)(s % 2 ? 12 : 8), s % 2 ? 3 : 4); /* with and without the referent in the ranges */
        ref_shapes[s]->strength = (u8)s;
    }
}
static u64 pending_length(void)
{
    u64 n = 0;
    for (GcObject *r = pending; r; r = gc_load(r, 16)) n++;
    return n;
}
static bool is_pending(const GcObject *r)
{
    for (GcObject *p = pending; p; p = gc_load(p, 16))
        if (p == r) return true;
    return false;
}

/* Each strength alone: cleared or not, pending or not, referent alive or not. */
Test(gc, strengths)
{
    start_references();
    for (int s = GC_SOFT; s <= GC_PHANTOM; s++) exact[s] = reference(s, weak[s] = a_thing(NULL));
    keep_softs = true;
    gc_collect();
    cr_assert(gc_load(exact[GC_SOFT], 8) == weak[GC_SOFT] && weak[GC_SOFT] && !is_pending(exact[GC_SOFT]));
    cr_assert(!gc_load(exact[GC_WEAK], 8) && !weak[GC_WEAK] && is_pending(exact[GC_WEAK]));
    cr_assert(gc_load(exact[GC_FINAL], 8) == weak[GC_FINAL] && weak[GC_FINAL] && is_pending(exact[GC_FINAL]));
    cr_assert(gc_load(exact[GC_FINAL], 12) == exact[GC_FINAL], "a pending final reference has next = itself");
    cr_assert(!gc_load(exact[GC_PHANTOM], 8) && !weak[GC_PHANTOM] && is_pending(exact[GC_PHANTOM]));
    cr_assert(pending_length() == 3);
    gc_verify();
    gc_collect(); /* nothing becomes pending twice */
    cr_assert(pending_length() == 3);
    gc_collect_soft();
    cr_assert(!gc_load(exact[GC_SOFT], 8) && !weak[GC_SOFT] && pending_length() == 4);
    pending = NULL;
    for (int s = GC_SOFT; s <= GC_PHANTOM; s++) gc_store(exact[s], 16, NULL);
    gc_store(exact[GC_FINAL], 8, NULL); /* as Finalizer.runFinalizer does */
    gc_collect();
    cr_assert(!weak[GC_FINAL] && pending_length() == 0);
    gc_verify();
}

/* Strongly reachable referents: nothing happens to any of them. */
Test(gc, strong_referents)
{
    start_references();
    exact[10] = a_thing(NULL);
    for (int s = GC_SOFT; s <= GC_PHANTOM; s++) exact[s] = reference(s, exact[10]);
    gc_collect_soft();
    cr_assert(pending_length() == 0);
    for (int s = GC_SOFT; s <= GC_PHANTOM; s++) cr_assert(gc_load(exact[s], 8) == exact[10]);
    GcObject *order[] = { exact[10] };
    cr_assert(gc_move(order, 1, NULL) && in_arena(exact[10]));
    for (int s = GC_SOFT; s <= GC_PHANTOM; s++) cr_assert(gc_load(exact[s], 8) == exact[10], "a referent moves like any target");
    gc_collect_soft();
    cr_assert(pending_length() == 0);
}

/* A finalizer resurrects what it reaches: weak references to that are cleared before, phantom ones wait. */
Test(gc, resurrection)
{
    start_references();
    GcObject *inner = a_thing(NULL), *outer;
    weak[0] = inner, weak[1] = outer = a_thing(inner);
    exact[0] = reference(GC_FINAL, weak[1]);
    exact[1] = reference(GC_WEAK, weak[0]);
    exact[2] = reference(GC_PHANTOM, weak[0]);
    exact[3] = reference(GC_FINAL, weak[0]); /* reached from a finalizable object, and finalizable too */
    gc_collect();
    cr_assert(weak[0] && weak[1] && gc_load(weak[1], 8) == weak[0]);
    cr_assert(is_pending(exact[0]) && is_pending(exact[1]) && is_pending(exact[3]) && !is_pending(exact[2]));
    cr_assert(!gc_load(exact[1], 8) && gc_load(exact[2], 8) == weak[0]);
    cr_assert(is_pending(exact[0]));
    gc_verify();
    for (int i = 0; i < 4; i++) gc_store(exact[i], 16, NULL);
    pending = NULL;
    gc_store(exact[0], 8, NULL), gc_store(exact[3], 8, NULL);
    exact[4] = weak[1]; /* the finalizer published `this` */
    gc_collect();
    cr_assert(weak[0] && pending_length() == 0 && gc_load(exact[2], 8) == weak[0]);
    exact[4] = NULL;
    gc_collect();
    cr_assert(!weak[0] && !weak[1] && is_pending(exact[2]) && pending_length() == 1);
}

/* A reference that is itself dead is never pending; one on the pending list keeps the rest of the list. */
Test(gc, dead_references)
{
    start_references();
    for (int s = GC_SOFT; s <= GC_PHANTOM; s++) weak[s] = reference(s, weak[10 + s] = a_thing(NULL));
    gc_collect();
    for (int s = GC_SOFT; s <= GC_PHANTOM; s++) cr_assert(!weak[s] && !weak[10 + s]);
    cr_assert(pending_length() == 0);
    for (int i = 0; i < 100; i++) exact[i] = reference(GC_WEAK, a_thing(NULL));
    gc_collect();
    memset(exact, 0, sizeof exact);
    gc_collect();
    cr_assert(pending_length() == 100 && walked() == 100);
    gc_verify();
}

/* Chains through every strength, many of them, moved between collections: counts come out exactly. */
Test(gc, reference_chains)
{
    enum { N = 20000 };
    start_references();
    keep_softs = true;
    for (u32 i = 0; i < N; i++) {
        GcObject *a = a_thing(NULL);
        words[0] = (u64)a;
        GcObject *w = reference(GC_WEAK, a);
        words[1] = (u64)w;
        GcObject *s = reference(GC_SOFT, i % 2 ? a : NULL); /* odd ones are kept by a soft reference */
        words[2] = (u64)s;
        GcObject *pair = a_thing(w);
        gc_store(pair, 12, s);
        words[3] = (u64)pair;
        GcObject *link = a_thing(pair);
        gc_store(link, 12, exact[0]);
        exact[0] = link;
    }
    memset(words, 0, sizeof words);
    pending = NULL; /* collections on the way may have cleared some */
    gc_collect();
    cr_assert(walked() == N * 4 + N / 2);
    ORDER(all);
    gc_walk(choose, &all);
    cr_assert(gc_move(all.v.data, all.v.len, NULL));
    gc_verify();
    for (GcObject *l = exact[0]; l; l = gc_load(l, 12)) {
        GcObject *w = gc_load(gc_load(l, 8), 8), *s = gc_load(gc_load(l, 8), 12);
        cr_assert(gc_load(w, 8) == gc_load(s, 8));
    }
    pending = NULL;
    gc_collect_soft();
    cr_assert(walked() == N * 4);
    gc_verify();
}
