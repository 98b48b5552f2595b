/* What a pass along some edges is expected to cost and to save: see forecast.h. The numbers are what passes took, and saved, on the programs of bench/layout. */
#include "layout/forecast.h"
#include "base/log.h"
#include "gc/gc.h"
#include <math.h>

enum {
    /* Percent of the stalls that placing is expected to save, by what leads to the objects: */
    SAVED_OF_CHAINS = 80,   /* one field of their own class */
    SAVED_OF_LINKS = 60,    /* several, so that they make trees */
    SAVED_OF_SINGLE = 50,   /* other fields whose targets belong to one object each: a key to its entry, a tree's array of children; and elements of such arrays */
    SAVED_OF_OTHERS = 15,   /* fields whose targets are shared */
    SAVED_OF_ELEMENTS = 10, /* elements of large arrays */
    SAVED_OF_SCATTERED = 0,  /* that are used in no order: none of them is better than another */
    SCATTERED = 4,          /* one miss on the array itself for so many on its elements says so */
    /* What a pass is expected to do, in instructions, by what passes did: */
    NODE_WORK = 150,        /* an object reached and copied; one of a chain: */
    CHAIN_WORK = 65,
    WORD_WORK = 4,          /* 8 bytes of it */
    SLOT_WORK = 62,         /* one more slot that leads to an object */
    ELEMENT_WORK = 50,      /* a slot of a large array of them, set by the walk, unless nothing refers to the array any more */
    OTHER_LINK_WORK = 120,  /* a field besides the hot one that links objects of the chain; of a tree, which is turned around on the way: */
    BACK_LINK_WORK = 60,
    CELL_WORK = 75,         /* a cell that the walk meets, garbage or not */
    SINGLE_SHARE = 90,      /* percent of the objects that are of the hottest class if it is taken to be the only one */
    CELL_BYTES = 64,        /* of arrays, and of what is not known to be in hot classes: large objects and free cells too */
    LINE = 64,
};

/* ---- What it is expected to cost ------------------------------------------------------------------------- */

/* Of an object of this class; what samples say of arrays is in targets_bytes. */
static u64 cell_bytes(const Class *c) { return c->kind == CLASS_ARRAY ? CELL_BYTES : c->shape.size < 16 ? 16 : ALIGN_UP(c->shape.size, 16ull); }

/* Of an object that an edge leads to: arrays are taken to be as long as those that samples hit. */
static u64 target_bytes(const Edge *e)
{
    return e->to->kind == CLASS_ARRAY && e->sized ? ALIGN_UP(e->bytes / e->sized, 16ull) : cell_bytes(e->to);
}

/* Objects of the class that an edge leads to, those that hot edges can lead to, as far as is known. */
static u64 targets_like(const Edge *edges, u32 n, u32 i)
{
    u64 sum = 0;
    for (u32 k = 0; k < n; k++)
        if (edges[k].to == edges[i].to) sum += edges[k].made;
    return (sum < edges[i].to->allocated ? sum : edges[i].to->allocated) / target_bytes(&edges[i]);
}

/* Is this the first edge that leads to its class? */
static bool first_to(const Edge *edges, u32 i)
{
    for (u32 k = 0; k < i; k++)
        if (edges[k].to == edges[i].to) return false;
    return true;
}

u64 forecast_targets(const Edge *edges, u32 n)
{
    u64 sum = 0;
    for (u32 i = 0; i < n; i++)
        if (first_to(edges, i)) sum += targets_like(edges, n, i);
    return sum;
}

u64 forecast_growth(const Edge *edges, u32 n)
{
    u64 most = 0;
    for (u32 i = 0; i < n; i++)
        if (edges[i].to == edges[0].to && edges[i].made - edges[i].made_before > most) most = edges[i].made - edges[i].made_before;
    return most;
}

bool forecast_one_class(const Edge *edges, u32 n)
{
    return targets_like(edges, n, 0) * 100 >= forecast_targets(edges, n) * SINGLE_SHARE;
}

/* Cells that a walk will meet outside of the boot classes' part: those of hot classes by what was allocated, garbage included, the rest by its bytes.
   Blocks of cells without references are left out. */
static u64 heap_cells(const Edge *edges, u32 n, u64 boot_bytes)
{
    u64 now = gc_counts().bytes_committed, bytes = now > boot_bytes ? now - boot_bytes : 0, known = 0, cells = 0;
    for (u32 i = 0; i < n; i++) {
        const Class *c = edges[i].to;
        if (c->kind == CLASS_ARRAY || !first_to(edges, i)) continue;
        known += c->allocated;
        if (!gc_shape_leaf(&c->shape)) cells += c->allocated / cell_bytes(c) / (c->shape.kind == GC_LEAF ? 2 : 1);
    }
    return known < bytes ? cells + (bytes - known) / CELL_BYTES : known ? (u64)((double)cells * (double)bytes / (double)known) : 0; /* else much was collected */
}

/* Fields of a class that moves which are not hot, but may refer to objects that move too: found anew by the walk, one by one. */
static u32 other_links(const Edge *edges, u32 n, const Class *c)
{
    u32 links = 0;
    for (const Class *s = c; s && c->kind != CLASS_ARRAY; s = s->super)
        for (u32 i = 0; i < s->nfields; i++) {
            const Field *f = &s->fields[i];
            if (f->access & ACC_STATIC || f->type != T_OBJECT) continue;
            const Class *to = origin_class(f->owner->loader, f->desc);
            bool hot = false, moves = false;
            for (u32 k = 0; k < n; k++) hot |= edges[k].field == f, moves |= to && class_subtype(edges[k].to, to);
            links += moves && !hot;
        }
    return links;
}

/* Slots that lead to objects which others have led to before: fields of more holders than there are targets. */
static double shared_slots(const Edge *edges, u32 n)
{
    double sum = 0;
    for (u32 i = 0; i < n; i++) {
        const Edge *e = &edges[i];
        if (!e->field || e->field->access & ACC_STATIC || class_subtype(e->to, e->from)) continue;
        double holders = (double)(e->from->allocated / cell_bytes(e->from)), targets = (double)targets_like(edges, n, i);
        if (holders > targets) sum += holders - targets;
    }
    return sum;
}

/* Are the arrays themselves small objects that something hot leads to? */
static bool of_small_arrays(const Edge *edges, u32 n, const Edge *e)
{
    for (u32 k = 0; k < n; k++)
        if (class_subtype(edges[k].to, e->from)) return true;
    return false;
}

/* Elements of large arrays that hot edges lead through. */
static double elements(const Edge *edges, u32 n)
{
    double sum = 0;
    for (u32 i = 0; i < n; i++) {
        const Edge *e = &edges[i];
        if (e->field || of_small_arrays(edges, n, e)) continue;
        double most = (double)targets_like(edges, n, i), slots = (double)(e->from->allocated / sizeof(ref_t));
        sum += slots < most ? slots : most;
    }
    return sum;
}

PassWork forecast_work(const Edge *edges, u32 n, u64 boot_bytes)
{
    u32 links = 0; /* among the hottest class's objects: one makes chains, two make trees */
    for (u32 i = 0; i < n; i++) links += edges[i].to == edges[0].to && class_subtype(edges[0].to, edges[i].from);
    double targets = (double)forecast_targets(edges, n), bytes = 0, back = 0; /* references besides the hot ones */
    for (u32 i = 0; i < n; i++) {
        if (!first_to(edges, i)) continue;
        double count = (double)targets_like(edges, n, i);
        bytes += count * (double)target_bytes(&edges[i]);
        back += count * other_links(edges, n, edges[i].to);
    }
    bool chain = links == 1 && forecast_one_class(edges, n);
    double shared = shared_slots(edges, n), slots = elements(edges, n), cells = (double)heap_cells(edges, n, boot_bytes) - targets, boot = (double)boot_bytes / CELL_BYTES;
    if (cells < 0) cells = 0;
    return (PassWork){
        .instructions = targets * (chain ? CHAIN_WORK : NODE_WORK) + bytes / 8 * WORD_WORK + shared * SLOT_WORK + slots * ELEMENT_WORK
                        + back * (links == 1 ? OTHER_LINK_WORK : BACK_LINK_WORK) + (cells + boot) * CELL_WORK,
        .found = targets + shared + slots / 2 + (links == 1 ? back : 0),
        .streamed = bytes / LINE + (bytes > targets * LINE ? bytes / LINE - targets : 0) + cells + boot,
    };
}

/* ---- What it is expected to save ------------------------------------------------------------------------- */

bool forecast_linked(const Edge *edges, u32 n, const Class *c)
{
    for (u32 k = 0; k < n; k++)
        if (edges[k].to == c && edges[k].field && class_subtype(c, edges[k].from)) return true;
    return false;
}

/* Does each object that a field leads to belong to one holder, as far as numbers can tell? */
static bool single(const Edge *e)
{
    u64 holders = e->from->shape.size ? e->from->allocated / cell_bytes(e->from) : 0, targets = e->to->allocated / target_bytes(e);
    return holders * 4 <= targets * 5;
}

/* Is e's class linked along this field alone, so that it makes chains? */
static bool is_chain(const Edge *edges, u32 n, const Edge *e)
{
    for (u32 k = 0; k < n; k++)
        if (edges[k].field && edges[k].field != e->field && edges[k].to == e->to && class_subtype(e->to, edges[k].from)) return false;
    return class_subtype(e->to, e->from);
}

/* Of late, or in an earlier run. */
static double heat(const Edge *e) { return e->expected ? (double)e->misses : e->recent; }

/* Do chains of what the array's elements are lead on from there, at least as hot? Where a loop goes through a chain that begins in an array, samples count
   for both; and another chain may have begun there before. */
static bool heads_chains(const Edge *edges, u32 n, const Edge *e)
{
    for (u32 k = 0; k < n; k++)
        if (edges[k].field && edges[k].to == e->to && heat(&edges[k]) >= heat(e) && is_chain(edges, n, &edges[k])) return true;
    return false;
}

/* Does anything hot follow what e leads to? */
static bool leads_on(const Edge *edges, u32 n, const Edge *e)
{
    for (u32 k = 0; k < n; k++)
        if (class_subtype(e->to, edges[k].from)) return true;
    return false;
}

/* Do edges lead back to where e comes from, so that the program goes along it again and again, each time after a miss on what it led to before? */
static bool recurs(const Edge *edges, u32 n, const Edge *e)
{
    u64 reached = 0, before;
    ASSERT(n <= 64);
    do {
        before = reached;
        for (u32 k = 0; k < n; k++) {
            bool next = class_subtype(e->to, edges[k].from);
            for (u32 i = 0; i < n; i++) next |= reached >> i & 1 && class_subtype(edges[i].to, edges[k].from);
            if (next && class_subtype(edges[k].to, e->from)) return true;
            reached |= (u64)next << k;
        }
    } while (reached != before);
    return class_subtype(e->to, e->from);
}

static bool overlap, next_fetched = true, strides_fetched = true;
void forecast_overlap(bool seen) { overlap = seen; }
void forecast_prefetch(bool next, bool strides) { next_fetched = next, strides_fetched = strides; }

/* Only one part in so many of what it is expected to save counts. Where misses overlap, nothing waits long for one on what nothing follows while others are
   under way that stay; but those along a structure that refers to its own kind do not overlap each other. */
static u32 parts(const Edge *edges, u32 n, const Edge *e)
{
    if (overlap && !leads_on(edges, n, e)) return 4;
    return (overlap && !recurs(edges, n, e)) || e->disputed ? 2 : 1;
}

/* Percent saved along links if lines come one by one, as nothing fetches the next ones ahead: of chains all but the first of the objects in a line; of
   trees a line holds as many levels as a complete tree of that many nodes has. */
static u32 saved_by_lines(double bytes, bool chain)
{
    enum { OF_LINES = 80 /* percent of what lines that are entered cost: they lie on fewer pages */ };
    double a_line = bytes < LINE ? LINE / bytes : 1, levels = chain ? a_line : log2(1 + a_line);
    return (u32)(100 - OF_LINES / levels);
}

static u32 saved_of_links(const Edge *e, bool chain)
{
    u32 most = chain ? SAVED_OF_CHAINS : SAVED_OF_LINKS, by_lines = (chain ? strides_fetched : next_fetched) ? most : saved_by_lines((double)target_bytes(e), chain);
    return by_lines < most ? by_lines : most;
}

/* An object beside its holder, in the same line as often as not; of a structure that goes on from there, in lines that follow. */
static u32 saved_of_single(const Edge *edges, u32 n, const Edge *e) { return next_fetched || !recurs(edges, n, e) ? SAVED_OF_SINGLE : SAVED_OF_SINGLE / 2; }

u32 forecast_saved_along(const Edge *edges, u32 n, const Edge *e)
{
    if (!e->field && of_small_arrays(edges, n, e)) return saved_of_single(edges, n, e);
    if (!e->field && e->scattered * SCATTERED >= e->misses) return SAVED_OF_SCATTERED;
    if (!e->field && heads_chains(edges, n, e)) return saved_of_links(e, false);
    if (!e->field) return e->displaced ? SAVED_OF_CHAINS : SAVED_OF_ELEMENTS;
    if (forecast_linked(edges, n, e->to)) return saved_of_links(e, is_chain(edges, n, e));
    return single(e) ? saved_of_single(edges, n, e) / parts(edges, n, e) : SAVED_OF_OTHERS;
}

double forecast_stalls(const Edge *e, bool ever)
{
    if (ever) return (double)e->latency;
    return e->misses ? e->recent * (double)e->latency / (double)e->misses : 0;
}

double forecast_saved(const Edge *edges, u32 n)
{
    bool ever = false; /* what was hot in an earlier phase only does not count, if it was this run's */
    double all = 0, saved = 0;
    for (u32 i = 0; i < n; i++) ever |= edges[i].expected;
    for (u32 i = 0; i < n; i++) {
        all += forecast_stalls(&edges[i], ever);
        saved += forecast_stalls(&edges[i], ever) * forecast_saved_along(edges, n, &edges[i]);
    }
    return all > 0 ? saved / all : 0;
}
