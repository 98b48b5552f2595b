/* What a collection takes for references on a Java stack: of each activation, what it may still read.

   Interpreted activations: the operands, and the locals that are read before they are written from the current bytecode on (a handler that
   covers it included); all of them where that is not known. Native methods: their arguments, which are handles. Compiled activations say
   themselves which of their words hold values that are needed (vm_hooks.code_live): arguments, spill slots. What is dead lies
   around until something else is written there, and is not looked at: it neither keeps an object alive nor pins it.

   The words that are looked at are ambiguous all the same: nobody says which of them are references. */
#include "vm/roots.h"
#include "base/log.h"

typedef struct Words { GcVisitRange visit; void *ctx; const u64 *from, *to; } Words; /* a run of words, handed on when it ends */

static void flush(Words *w)
{
    if (w->from) w->visit(w->ctx, w->from, w->to);
    w->from = NULL;
}

static void add_word(void *ctx, const u64 *at)
{
    Words *w = ctx;
    if (w->from && w->to == at) {
        w->to++;
        return;
    }
    flush(w);
    w->from = at, w->to = at + 1;
}

static void add_words(Words *w, const u64 *from, const u64 *to)
{
    for (; from < to; from++) add_word(w, from);
}

static void add_locals(Words *w, const Frame *f)
{
    const Method *m = f->method;
    const u64 *live = vm_hooks.live_locals ? vm_hooks.live_locals(f->method, frame_bci(f)) : NULL;
    for (u32 i = 0; i < m->max_locals; i++)
        if (!live || live[i / 64] >> i % 64 & 1) add_word(w, f->locals + i);
}

static void add_frame(Words *w, Frame *f)
{
    ASSERT(IN_WINDOW(STACK, f));
    add_word(w, (const u64 *)&f->method); /* keeps its class loaded */
    if (f->flags & FRAME_INLINED) return; /* part of the one below */
    if (f->flags & FRAME_COMPILED) {
        if (!vm_hooks.code_live(f, add_word, w)) add_words(w, (const u64 *)f - f->method->max_locals, f->sp);
    } else {
        ASSERT(f->sp >= frame_stack(f) && f->locals <= (u64 *)f);
        if (f->flags & FRAME_NATIVE) add_words(w, f->locals, (const u64 *)f);
        else add_locals(w, f);
        add_words(w, frame_stack(f), f->sp);
    }
    if (f->lock) add_word(w, (const u64 *)&f->lock);
}

void stack_roots(Thread *t, GcVisitRange visit, void *ctx)
{
    Words w = { visit, ctx, NULL, NULL };
    for (Frame *f = t->frame; f; f = f->prev) add_frame(&w, f);
    flush(&w);
}

void frame_roots(Frame *f, GcVisitRange visit, void *ctx)
{
    Words w = { visit, ctx, NULL, NULL };
    add_frame(&w, f);
    flush(&w);
}
