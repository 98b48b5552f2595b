/* The order in which blocks are emitted: hot traces. Chains of blocks grow along the edges that are taken most, according to the interpreter's profile (Pettis and Hansen,
   PLDI 1990, bottom-up positioning), so that the likely side of a branch falls through and what is rare lies apart. A loop that ends in a jump back to its head is turned
   until its last block is one that may leave it: one branch an iteration instead of two. Chains follow each other by how much leads to them from what is placed. */
#include "jit/jit.h"
#include "jit/ir.h"
#include <stdlib.h>

enum {
    ROUNDS = 16, /* of the estimate: loops count as that many iterations at most */
    JUMP = 8     /* what a jump costs, an instruction more, if it costs 1 that a branch is taken, whose target the core's buffer knows */
};
static const f64 RARE = 1.0 / 256, EXIT = 1.0 / 8;

typedef struct Edge { u32 from, to, rank; f64 weight; } Edge;
typedef struct Traces {
    const IrFn *f;
    const u32 *through; /* per block: itself, or where it leads to, if it has no code */
    const bool *decides; /* per block: it only decides; jumps back to it do so themselves (emit.c) */
    f64 *weight;      /* per block: executions for one of the entry */
    u32 *head, *next; /* per block: its chain's first block; the one behind it, or 0 */
    u32 *tail;        /* per head */
    Vec(Edge) edges;
} Traces;

static const Block *at(const Traces *t, u32 b) { return &t->f->blocks.data[b]; }
static u32 successor(const Traces *t, const Block *b, size_t s) { return t->through[b->succs.data[s]]; }

/* The share of a block's executions that goes on at its s-th successor. */
static f64 share(const Traces *t, const Block *b, size_t s)
{
    size_t n = b->succs.len;
    if (n == 1) return 1;
    const Ins *last = &t->f->ins.data[vec_last(&b->ins)];
    if (last->op != IR_IF) return 1.0 / (f64)n;
    const Block *to = at(t, successor(t, b, s)), *other = at(t, successor(t, b, !s));
    if (to->cold != other->cold) return to->cold ? RARE : 1 - RARE;
    if (last->likely) return (s ? IR_LIKELY_ALL - last->likely : last->likely) / (f64)IR_LIKELY_ALL;
    if (to->depth != other->depth) return to->depth < other->depth ? EXIT : 1 - EXIT;
    return 0.5;
}

/* How often blocks are executed: flow is pushed through the blocks in order, what goes back arrives in the next round. */
static void weigh(Traces *t)
{
    size_t n = t->f->blocks.len;
    f64 *in = xcalloc(n, sizeof *in), *back = xcalloc(n, sizeof *back);
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < t->f->rpo.len; i++) {
            u32 k = t->f->rpo.data[i];
            const Block *b = at(t, k);
            t->weight[k] = in[k] + back[k] + (i == 0);
            in[k] = back[k] = 0;
            for (size_t s = 0; s < b->succs.len; s++) {
                u32 to = successor(t, b, s);
                *(at(t, to)->order > b->order ? &in[to] : &back[to]) += t->weight[k] * share(t, b, s);
            }
        }
    }
    free(in);
    free(back);
}

/* What it saves if the s-th successor follows: a branch that is not taken, and of a block that only jumps, the jump too. Nothing where a loop's head is jumped back
   to that only decides: the jump does so itself then, and the way into the loop has a branch of its own, which the predictor's history tells from that. */
static f64 gain(const Traces *t, const Block *b, size_t s)
{
    f64 times = t->weight[b - t->f->blocks.data] * share(t, b, s);
    if (b->succs.len > 1) return times;
    u32 to = successor(t, b, s);
    return at(t, to)->header && at(t, to)->order <= b->order && t->decides[to] ? 0 : (JUMP + 1) * times;
}

static int heavier(const void *x, const void *y)
{
    const Edge *a = x, *b = y;
    return a->weight != b->weight ? (a->weight < b->weight ? 1 : -1) : a->rank < b->rank ? -1 : a->rank > b->rank;
}

static void collect_edges(Traces *t)
{
    for (size_t i = 0; i < t->f->rpo.len; i++) {
        u32 k = t->f->rpo.data[i];
        const Block *b = at(t, k);
        for (size_t s = 0; t->through[k] == k && s < b->succs.len; s++)
            vec_push(&t->edges, ((Edge){ k, successor(t, b, s), (u32)t->edges.len, gain(t, b, s) }));
    }
    if (jit_options.torture & JIT_TORTURE_ORDER)
        for (size_t i = 0; i < t->edges.len; i++) t->edges.data[i].weight = jit_torture_choice(t->edges.data[i].rank, t->f->ins.len, 100);
    if (t->edges.len) qsort(t->edges.data, t->edges.len, sizeof(Edge), heavier);
}

/* The chain from head to tail is a loop: it begins behind the first block from where it may be left, if there is one. */
static void turn(Traces *t, u32 head)
{
    u32 tail = t->tail[head], last = 0;
    if (!at(t, head)->header || at(t, tail)->succs.len != 1 || t->decides[head]) return;
    for (u32 k = head; k != tail && !last; k = t->next[k]) {
        const Block *b = at(t, k);
        if (t->f->ins.data[vec_last(&b->ins)].op != IR_IF) continue;
        u32 out = successor(t, b, successor(t, b, 0) == t->next[k]);
        if (t->head[out] != head && !at(t, out)->cold) last = k;
    }
    if (!last) return;
    u32 first = t->next[last];
    t->next[tail] = head;
    t->next[last] = 0;
    for (u32 k = first; k; k = t->next[k]) t->head[k] = first;
    t->tail[first] = last;
}

static void grow(Traces *t)
{
    for (size_t i = 0; i < t->edges.len; i++) {
        u32 from = t->edges.data[i].from, to = t->edges.data[i].to, head = t->head[from];
        if (t->next[from] || t->head[to] != to || to == t->f->rpo.data[0] || at(t, from)->cold != at(t, to)->cold) continue;
        if (head == to) {
            turn(t, head);
            continue;
        }
        t->next[from] = to;
        t->tail[head] = t->tail[to];
        for (u32 k = to; k; k = t->next[k]) t->head[k] = head;
    }
}

/* Puts the chain of `head` behind order[n - 1]; what its blocks lead to is wanted more. */
static u32 place(Traces *t, u32 head, u32 *order, u32 n, f64 *wanted)
{
    for (u32 k = head; k; k = t->next[k]) {
        const Block *b = at(t, k);
        order[n++] = k;
        for (size_t s = 0; s < b->succs.len; s++) {
            f64 w = t->weight[k] * share(t, b, s);
            u32 other = t->head[successor(t, b, s)];
            if (w > wanted[other]) wanted[other] = w;
        }
    }
    return n;
}

u32 ir_traces(const IrFn *f, const u32 *through, const bool *decides, u32 *order)
{
    size_t blocks = f->blocks.len;
    Traces t = { .f = f, .through = through, .decides = decides, .weight = xcalloc(blocks, sizeof(f64)), .head = xcalloc(blocks, sizeof(u32)), .next = xcalloc(blocks, sizeof(u32)),
                 .tail = xcalloc(blocks, sizeof(u32)) };
    f64 *wanted = xcalloc(blocks, sizeof *wanted);
    Vec(u32) heads = { 0 };
    for (size_t i = 0; i < f->rpo.len; i++) t.head[f->rpo.data[i]] = t.tail[f->rpo.data[i]] = f->rpo.data[i];
    weigh(&t);
    collect_edges(&t);
    grow(&t);
    for (size_t i = 0; i < f->rpo.len; i++)
        if (through[f->rpo.data[i]] == f->rpo.data[i] && t.head[f->rpo.data[i]] == f->rpo.data[i]) vec_push(&heads, f->rpo.data[i]);
    u32 n = 0;
    for (u32 head = f->rpo.data[0]; head;) {
        n = place(&t, head, order, n, wanted);
        wanted[head] = -1;
        head = 0;
        size_t keep = 0;
        for (size_t i = 0; i < heads.len; i++) {
            u32 h = heads.data[i];
            if (wanted[h] < 0) continue;
            heads.data[keep++] = h;
            if (!head || (at(&t, h)->cold != at(&t, head)->cold ? at(&t, head)->cold : wanted[h] > wanted[head])) head = h;
        }
        heads.len = keep;
    }
    free(t.weight);
    free(t.head);
    free(t.next);
    free(t.tail);
    free(wanted);
    vec_free(&heads);
    vec_free(&t.edges);
    return n;
}
