/* The kernel of a sample: from the record to object, method and edges. */
#include "bench/calibrate/calibrate.h"
#include "layout/attribute.c"
#include "layout/looks.c"
#include "layout/reach.h"
#include "vm/opcodes.h"
#include <stdlib.h>

u64 hw_counter(const HwModel *m, HwCounter c) { (void)m, (void)c; return 0; }
u64 hw_cycle(const HwModel *m) { (void)m; return 0; }
u32 hw_sampler_count(const HwSampler *s) { (void)s; return 0; }
void hw_sampler_drain(HwSampler *s) { (void)s; }
void hw_sampler_stop(HwSampler *s) { (void)s; }
void hw_sampler_regs(HwSampler *s, u32 a, u32 b, u32 c) { (void)s, (void)a, (void)b, (void)c; }
void hw_sampler_program(HwSampler *s, HwSampleEvent e, u64 base, u32 n, u32 period, u64 seed) { (void)s, (void)e, (void)base, (void)n, (void)period, (void)seed; }
double hw_least_cpi(const HwModel *m) { (void)m; return 0; }
double hw_fw_cpi(const HwModel *m) { (void)m; return 0.65; }
u32 hw_sampler_skid(const HwSampler *s) { (void)s; return 0; }
HwModel *hw_core_of(HwModel *m, u32 number) { (void)number; return m; }
void seen_sample(const GcObject *o, u32 offset, u64 misses) { (void)o, (void)offset, (void)misses; } /* the observer's, not the machine's */
HwSampler *hw_model_sampler(HwModel *m, u32 unit) { (void)m, (void)unit; return NULL; }

typedef struct Misses { Object *objects[16]; HwSample s[60]; u32 n; } Misses;

/* Getfields of class c as if they had missed on objects of class `of`; `known`: only those whose edges are known. */
static void make_misses(Misses *all, const Class *c, Class *of, bool known)
{
    Frame *f = (Frame *)(current_thread->stack_base + 16);
    all->n = 0;
    for (u32 i = 0; i < NELEM(all->objects); i++) all->objects[i] = object_new(current_thread, of);
    for (u32 k = 0; k < c->nmethods; k++) {
        Method *m = &c->methods[k];
        for (u32 bci = 0; m->code && bci < m->code_length && all->n < NELEM(all->s); bci += opcode_length_at(m->original, bci, m->code_length)) {
            if (m->original[bci] != OP_getfield || (known && !graph_find(&opt.graph, of, &(CodePlace){ m, bci }, 1, &(bool){ false }))) continue;
            all->s[all->n] = (HwSample){ .addr = (u64)all->objects[all->n % 16] + 8, .latency = 40, .regs = { (u64)m->code + bci, (u64)f }, .history = (u64)m };
            all->n++;
        }
    }
}

static void take_misses(const Misses *all)
{
    Frame *f = (Frame *)(current_thread->stack_base + 16);
    for (u32 i = 0; i < all->n; i++) {
        f->method = (Method *)all->s[i].history;
        take_sample(&all->s[i], 0);
    }
}

/* The same instruction over and over, as in a loop: loads from a stack, or from objects and every other one a store. */
static void take_one(Misses *all, bool objects)
{
    for (u32 i = 0; i < NELEM(all->s); i++) {
        all->s[i] = all->s[0];
        all->s[i].store = objects && i & 1;
        all->s[i].addr = (objects ? (u64)all->objects[i % 16] : (u64)current_thread->stack_base) + 8;
    }
    all->n = NELEM(all->s);
    Frame *f = (Frame *)(current_thread->stack_base + 16);
    f->method = (Method *)all->s[0].history;
    for (u32 i = 0; i < 2; i++) take_sample(&all->s[0], 0);
    sample_begin();
    for (u32 i = 0; i < all->n; i++) take_sample(&all->s[i], 0);
    sample_end();
}

/* Where the first store to each local reaches. */
static void follow_stores(const Class *c, const Misses *all)
{
    (void)all;
    for (u32 k = 0; k < c->nmethods; k++) {
        const Method *m = &c->methods[k];
        u64 seen = 0;
        for (u32 bci = 0, n; m->code && bci < m->code_length; bci += n) {
            n = opcode_length_at(m->original, bci, m->code_length);
            u32 op = m->original[bci], local = op == OP_astore ? m->original[bci + 1] : op - OP_astore_0;
            if ((op != OP_astore && (op < OP_astore_0 || op > OP_astore_3)) || local >= 64 || seen >> local & 1) continue;
            seen |= 1ull << local;
            free(reach_from(m, bci + n, local));
        }
    }
}

static void locate_misses(const Class *c, const Misses *all)
{
    (void)c;
    for (u32 i = 0; i < all->n; i++) {
        ((Frame *)(current_thread->stack_base + 16))->method = (Method *)all->s[i].history;
        attribute_locate(&(Code){ .known = false }, all->s[i].pc, &all->s[i]);
    }
}

static void book_misses(const Misses *all)
{
    for (u32 i = 0; i < all->n; i++) {
        const HwSample *s = &all->s[i];
        heat_sample(attribute_pc(s), NULL, 0, object_class((Object *)gc_base((void *)s->addr)), 8, 1);
    }
}

static void heat_misses(const Class *c, const Misses *all)
{
    (void)c;
    for (u32 i = 0; i < all->n; i++) {
        const HwSample *s = &all->s[i];
        charge_units(sample_heat, 1);
        heat_again(attribute_pc(s), object_class((Object *)all->objects[i % 16]), 8, 1);
    }
}

void pass_kernels(void)
{
    static const struct { const char *label, *row; void (*kernel)(const Class *c, const Misses *all); } first[] = {
        { "reaching", "reach_byte", follow_stores }, { "locating", "sample_place", locate_misses }, { "heat", "sample_heat", heat_misses } };
    static const char *const names[][2] = { { "java/util/LinkedList", "java/util/LinkedList$Node" }, { "java/util/TreeMap", "java/util/TreeMap$Entry" },
                                            { "java/util/HashMap", "java/util/HashMap$Node" } };
    /* First everything is new, then only the edges are, then nothing is. */
    static const char *const rows[] = { "origin_byte", "attribute", "sample_find" }, *const labels[] = { "origins", "attribution", "finding" };
    static Misses misses;
    static GcObject *remembered[SAMPLES];
    opt.sampled.object = remembered;
    for (u32 i = 0; i < NELEM(first); i++) {
        group(first[i].label, first[i].row);
        for (u32 k = 0; k < NELEM(names); k++) {
            Class *c = world_class(names[k][0]);
            make_misses(&misses, c, world_class(names[k][1]), false);
            if (i == 2) book_misses(&misses); /* once at each place before */
            sample_begin();
            first[i].kernel(c, &misses);
            sample_end();
        }
    }
    for (u32 known = 0; known < NELEM(rows); known++) {
        group(labels[known], rows[known]);
        if (known == 1) map_clear(&opt.graph.known);
        for (u32 i = 0; i < NELEM(names); i++) {
            Class *c = world_class(names[i][0]), *of = world_class(names[i][1]);
            make_misses(&misses, c, of, known == 2);
            if (known < 2) take_misses(&misses); /* what has missed once only is not looked up */
            memset(hints, 0, sizeof hints);
            sample_begin();
            take_misses(&misses);
            sample_end();
        }
    }
    for (u32 objects = 0; objects < 2; objects++) {
        group(objects ? "sampled-objects" : "samples", objects ? "sample_object" : "sample");
        for (u32 i = 0; i < NELEM(names); i++) {
            make_misses(&misses, world_class(names[i][0]), world_class(names[i][1]), true);
            take_one(&misses, objects);
        }
    }
}
