/* Scheduling once registers are given: the order of instructions in rows, from one place where code is reached or left (labels, branches, host calls) to the next. What waits for a result comes later,
   what is waited for sooner: of the instructions that nothing holds up, the one comes first from which the longest chain of latencies leads to the end of the row.

   Value hints, which are worth nothing before what they tell is there, go down their row first.

   Nothing moves over such a place. So wherever code is left, registers and memory hold what they held: frame states, records of what is live and exceptions are as they were. Null and index checks are
   branches; what they guard is behind them. */
#include "jit/postpass.h"
#include "hwsim/model.h"
#include "vm/sim.h"

enum { MOST = 64 /* instructions at a time, as the pass takes time with their square */, FEW = 3, WIDTH = 2 };

typedef struct Node {
    u32 word, where;
    u64 reads, writes;      /* registers, the floating-point ones above */
    u32 latency;            /* ticks until its result can be used, beyond one */
    u32 height, ready;      /* ticks from it to the end; when nothing holds it up any more */
    u32 waits;              /* earlier instructions that hold it up and have no place yet */
    bool loads, stores, done;
    u8 base, bytes;         /* of an access: the base register, */
    u32 version;            /* and how often that was written before */
    i32 offset;
} Node;

typedef struct Row {
    Node node[MOST];
    u8 gap[MOST][MOST];     /* of an earlier and a later one: ticks between them at least; 0: they may change places */
    u32 n;
    u32 version[32];        /* of integer registers */
} Row;

/* ---- What an instruction does ------------------------------------------------------------------------------------------- */
/* Ticks, of the default core (hwsim/cores/default.cfg); others that execute in order differ little. */
static u32 latency(const HwRow *row)
{
    switch (row->unit) {
    case HW_UNIT_MUL: return 1 * WIDTH;
    case HW_UNIT_DIV: return 20 * WIDTH;
    case HW_UNIT_FP: return 2 * WIDTH;
    case HW_UNIT_FDIV: return 15 * WIDTH;
    default: return row->class == HW_CLASS_LOAD || row->class == HW_CLASS_FLOAD ? 2 * WIDTH : 0;
    }
}

static u64 bit(u32 reg) { return reg ? 1ull << reg : 0; } /* x0 is none */

/* With several cores, others' turns come in front of it (sim.c): registers and memory must hold what they held. */
static bool is_poll(const HwInsn *i) { return sim_cores() > 1 && i->id == HW_I_LD && i->rs1 == X_THREAD && i->imm == offsetof(Thread, poll); }

/* False: it stays where it is. */
static bool describe(u32 word, Node *n)
{
    HwInsn i;
    if (!hw_decode(word, &i) || is_poll(&i)) return false;
    const HwRow *row = &hw_rows[i.id];
    switch (row->class) {
    case HW_CLASS_JAL: case HW_CLASS_JALR: case HW_CLASS_BRANCH: case HW_CLASS_FENCE: case HW_CLASS_FENCEI: case HW_CLASS_TRAP: case HW_CLASS_LR: case HW_CLASS_SC:
    case HW_CLASS_AMO: case HW_CLASS_CSR: case HW_CLASS_HCALL: return false;
    default: break;
    }
    *n = (Node){ .word = word, .latency = latency(row) };
    for (const char *p = hw_formats[row->format].operands; *p; p++) {
        switch (*p) {
        case 'd': n->writes |= bit(i.rd); break;
        case 'D': n->writes |= 1ull << 32 << i.rd; break;
        case 's': n->reads |= bit(i.rs1); break;
        case 'S': n->reads |= 1ull << 32 << i.rs1; break;
        case 't': n->reads |= bit(i.rs2); break;
        case 'T': n->reads |= 1ull << 32 << i.rs2; break;
        case 'R': n->reads |= 1ull << 32 << i.rs3; break;
        default: break;
        }
    }
    n->loads = row->class == HW_CLASS_LOAD || row->class == HW_CLASS_FLOAD;
    n->stores = row->class == HW_CLASS_STORE || row->class == HW_CLASS_FSTORE;
    n->base = i.rs1, n->offset = i.imm, n->bytes = (u8)(1u << (word >> 12 & 3));
    return true;
}

/* ---- What holds up what ------------------------------------------------------------------------------------------------- */
/* Code reaches the activation and the Thread through their registers only. */
static bool is_own(const Node *n) { return n->base == X_FRAME || n->base == X_THREAD; }

static bool may_meet(const Node *a, const Node *b)
{
    if (a->base != b->base) return !is_own(a) && !is_own(b);
    return a->version != b->version || (a->offset < b->offset + b->bytes && b->offset < a->offset + a->bytes);
}

static u32 gap(const Node *a, const Node *b)
{
    if (a->writes & (b->reads | b->writes)) return 1 + a->latency;
    if (a->reads & b->writes) return 1;
    return ((a->stores && (b->loads || b->stores)) || (a->loads && b->stores)) && may_meet(a, b);
}

static void depend(Row *r)
{
    for (u32 k = r->n; k-- > 0;) {
        Node *a = &r->node[k];
        a->height = 1 + a->latency;
        for (u32 j = k + 1; j < r->n; j++) {
            u32 g = r->gap[k][j] = (u8)gap(a, &r->node[j]);
            if (!g) continue;
            r->node[j].waits++;
            if (g + r->node[j].height > a->height) a->height = g + r->node[j].height;
        }
    }
}

/* ---- The list ----------------------------------------------------------------------------------------------------------- */
/* Which may rather be next? */
static bool better(const Row *r, u32 a, u32 b, u32 now)
{
    const Node *x = &r->node[a], *y = &r->node[b];
    if (jit_options.torture & JIT_TORTURE_SCHEDULE) return jit_torture_choice(now, x->word, 1 << 16) > jit_torture_choice(now, y->word, 1 << 16);
    u32 p = x->ready > now ? x->ready : now, q = y->ready > now ? y->ready : now;
    if (p != q) return p < q;
    return x->height != y->height ? x->height > y->height : a < b;
}

/* The order, as numbers of nodes. */
static void list(Row *r, u8 *order)
{
    u32 now = 0;
    for (u32 placed = 0; placed < r->n; placed++, now++) {
        u32 best = r->n;
        for (u32 k = 0; k < r->n; k++)
            if (!r->node[k].done && !r->node[k].waits && (best == r->n || better(r, k, best, now))) best = k;
        Node *n = &r->node[best];
        n->done = true;
        if (n->ready > now) now = n->ready;
        order[placed] = (u8)best;
        for (u32 j = best + 1; j < r->n; j++) {
            if (!r->gap[best][j]) continue;
            r->node[j].waits--;
            if (now + r->gap[best][j] > r->node[j].ready) r->node[j].ready = now + r->gap[best][j];
        }
    }
}

/* With torture: whoever has changed places might, and each is there once. */
static void check(const Row *r, const u8 *order)
{
    u64 seen = 0;
    for (u32 k = 0; k < r->n; k++) {
        seen |= 1ull << order[k];
        for (u32 j = k + 1; j < r->n; j++)
            if (order[j] < order[k] && gap(&r->node[order[j]], &r->node[order[k]])) panic("jit: %08x was before %08x", r->node[order[j]].word, r->node[order[k]].word);
    }
    ASSERT(seen == ~0ull >> (64 - r->n));
}

/* The row's words end before `end`. */
static void place(Row *r, u32 *code, u32 *where, u32 end)
{
    u8 order[MOST];
    if (r->n >= FEW) {
        u32 first = end - r->n;
        depend(r);
        list(r, order);
        if (jit_options.torture) check(r, order);
        for (u32 k = 0; k < r->n; k++) code[first + k] = r->node[order[k]].word, where[first + k] = r->node[order[k]].where;
    }
    r->n = 0;
}

/* ---- All ---------------------------------------------------------------------------------------------------------------- */
enum { ENDS = 1 /* in front of it */, STAYS = 2 };

static u8 *mark_places(const Asm *a, const JitCode *c)
{
    u32 n = (u32)a->code.len;
    u8 *mark = xcalloc(n + 2, 1);
    for (size_t k = 0; k < a->labels.len; k++)
        if (a->labels.data[k] >= 0) mark[a->labels.data[k]] |= ENDS;
    for (size_t k = 0; k < a->fixes.len; k++) {
        u32 at = a->fixes.data[k].at;
        mark[at] |= STAYS;
        if ((a->code.data[at] & 0x7f) == hw_rows[HW_I_AUIPC].match) mark[at + 1] |= STAYS; /* the rest of the address */
    }
    for (size_t k = 0; k < c->allocations.len; k++) mark[c->allocations.data[k].pc / 4 + 1] |= ENDS;
    return mark;
}

/* The bytecode of each word; and back. */
static u32 *spread_lines(const JitCode *c, u32 n)
{
    u32 *where = xcalloc(n + 1, sizeof *where);
    for (size_t k = 0; k < c->lines.len; k++) {
        u32 to = k + 1 < c->lines.len ? c->lines.data[k + 1].pc / 4 : n;
        for (u32 w = c->lines.data[k].pc / 4; w < to; w++) where[w] = c->lines.data[k].where;
    }
    return where;
}

static void gather_lines(JitCode *c, const u32 *where, u32 n)
{
    u32 first = c->lines.len ? c->lines.data[0].pc / 4 : n;
    vec_clear(&c->lines);
    for (u32 w = first; w < n; w++)
        if (w == first || where[w] != where[w - 1]) vec_push(&c->lines, ((JitLine){ 4 * w, where[w] }));
}

static bool is_hint(u32 word)
{
    HwInsn i;
    return hw_decode(word, &i) && i.id == HW_I_HINT_VAL;
}

/* May the hint change places with the word behind it? */
static bool passes(u32 hint, u32 word)
{
    HwInsn h;
    Node n;
    return hw_decode(hint, &h) && describe(word, &n) && !(n.writes & bit(h.rs1));
}

/* Hints wait for the values that they tell: each goes as far down as it can, most to right in front of their branches. */
static void sink_hints(Asm *a, u8 *mark, u32 *where)
{
    for (size_t k = a->fixes.len; k-- > 0;) {
        u32 at = a->fixes.data[k].at, hint = a->code.data[at], line = where[at];
        if (!is_hint(hint)) continue;
        size_t next = k + 1; /* fixes are in the order of their places, and stay so */
        for (; at + 1 < a->code.len && !(mark[at + 1] & ENDS) && passes(hint, a->code.data[at + 1]); at++) {
            a->code.data[at] = a->code.data[at + 1], where[at] = where[at + 1];
            mark[at] = (u8)((mark[at] & ENDS) | mark[at + 1]);
            if (next < a->fixes.len && a->fixes.data[next].at == at + 1) a->fixes.data[next++].at = at;
        }
        a->code.data[at] = hint, where[at] = line, mark[at] |= STAYS;
        AsFix f = a->fixes.data[k];
        f.at = at;
        for (size_t m = k; m + 1 < next; m++) a->fixes.data[m] = a->fixes.data[m + 1];
        a->fixes.data[next - 1] = f;
    }
}

void jit_postpass(Asm *a, JitCode *c)
{
    u32 n = (u32)a->code.len;
    u8 *mark = mark_places(a, c);
    u32 *where = spread_lines(c, n);
    sink_hints(a, mark, where);
    Row *r = xcalloc(1, sizeof *r);
    for (u32 k = 0; k < n; k++) {
        if (mark[k] & ENDS || r->n == MOST) place(r, a->code.data, where, k);
        Node *node = &r->node[r->n];
        if (mark[k] & STAYS || !describe(a->code.data[k], node)) {
            place(r, a->code.data, where, k);
            continue;
        }
        node->where = where[k], node->version = r->version[node->base];
        if (node->writes && node->writes < 1ull << 32) r->version[__builtin_ctzll(node->writes)]++;
        r->n++;
    }
    place(r, a->code.data, where, n);
    gather_lines(c, where, n);
    free(r);
    free(where);
    free(mark);
}
