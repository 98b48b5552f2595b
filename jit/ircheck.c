/* The checker of the intermediate representation, run between passes: structure, types of operands, every use dominated by its
   definition, frame states complete. A violation is an internal error that names the pass before it. */
#include "jit/ir.h"
#include <stdio.h>

typedef struct Check { IrFn *f; const char *pass; u32 block; u32 *position; Val at; } Check;

#define REQUIRE(c, condition, what) do { if (UNLIKELY(!(condition))) failed(c, what); } while (0)

static void failed(Check *c, const char *what) NORETURN;
static void failed(Check *c, const char *what)
{
    jit_dump(c->f, c->pass);
    panic("jit, after %s: value %u in block %u: %s", c->pass, c->at, c->block, what);
}

static void check_use(Check *c, Val v, u32 block, u32 position)
{
    IrFn *f = c->f;
    REQUIRE(c, v < f->ins.len && !ir(f, v)->dead, "uses a value that is gone");
    Ins *d = ir(f, v);
    REQUIRE(c, d->type != IT_VOID, "uses an instruction without a value");
    if (ir_placeless(d)) return;
    REQUIRE(c, d->block && ir_block(f, d->block)->reached, "uses a value of no block");
    if (d->block == block) REQUIRE(c, c->position[v] < position, "uses a value before its definition");
    else REQUIRE(c, ir_dominates(f, d->block, block), "uses a value whose definition does not dominate");
}

typedef struct Use { Check *c; u32 position; } Use;
static void use_operand(void *ctx, Val *v)
{
    Use *u = ctx;
    check_use(u->c, *v, u->c->block, u->position);
}

static void check_phi(Check *c, Ins *i)
{
    Block *b = ir_block(c->f, c->block);
    REQUIRE(c, i->nargs == b->preds.len, "a phi with another number of operands than predecessors");
    for (u32 k = 0; k < i->nargs; k++) {
        Val v = c->f->pool.data[i->args + k];
        REQUIRE(c, v, "a phi with a missing operand");
        REQUIRE(c, ir(c->f, v)->type == i->type, "a phi with an operand of another type");
        check_use(c, v, b->preds.data[k], ~0u);
    }
}

static void check_types(Check *c, Ins *i)
{
    IrFn *f = c->f;
    bool binary = i->op >= IR_ADD && i->op <= IR_XOR && i->op != IR_NEG;
    if (binary) REQUIRE(c, ir(f, i->a)->type == i->type && ir(f, i->b)->type == i->type, "operands of another type");
    if (i->op >= IR_SHL && i->op <= IR_ROL)
        REQUIRE(c, ir(f, i->a)->type == i->type && ir(f, i->b)->type == IT_INT, "operands of another type");
    if (i->op == IR_IF || i->op == IR_GUARD) REQUIRE(c, ir(f, i->a)->type == ir(f, i->b)->type, "compares different types");
    if (i->op == IR_NULLCHECK || i->op == IR_ARRAYLEN || i->op == IR_LOADX || i->op == IR_STOREX)
        REQUIRE(c, ir(f, i->a)->type == IT_REF, "a base that is no reference");
    u32 n = ir_ops[i->op].operands;
    if (n <= 3 && i->op != IR_RETURN) {
        REQUIRE(c, !n || i->a, "an operand is missing");
        REQUIRE(c, n < 2 || i->b, "an operand is missing");
        REQUIRE(c, n < 3 || i->c, "an operand is missing");
    }
}

static void require_made(void *ctx, Val *v)
{
    Check *c = ctx;
    REQUIRE(c, ir(c->f, *v)->op != IR_VIRTUAL, "uses an object that is not made");
}

/* What a state names and is not made, its extras tell. */
typedef struct Contents { Check *c; u32 state; } Contents;
static void require_contents(void *ctx, Val *v)
{
    const Contents *k = ctx;
    IrFn *f = k->c->f;
    if (ir(f, *v)->op != IR_VIRTUAL) return;
    const State *s = ir_state(f, k->state);
    const Field *fields[64];
    u32 at = s->vals + ir_state_words(s), end = at + s->nextra;
    while (at < end && f->pool.data[at] != *v) at += 1 + ir_fields(ir(f, f->pool.data[at])->ref, fields, NELEM(fields) - 1);
    REQUIRE(k->c, at < end, "a state that does not tell what an object holds");
}

static void check_ins(Check *c, Val v, u32 position, bool last)
{
    IrFn *f = c->f;
    Ins *i = ir(f, v);
    c->at = v;
    REQUIRE(c, !i->dead && i->block == c->block, "in a list that it is not of");
    REQUIRE(c, ir_has(i, IRF_END) == last, "a terminator that is not last, or none");
    if (i->op == IR_PHI) {
        check_phi(c, i);
        return;
    }
    check_types(c, i);
    Use u = { c, position };
    ir_operands(f, i, use_operand, &u);
    REQUIRE(c, ir_has(i, IRF_STATE) == (i->state != 0), "a frame state missing, or one too many");
    ir_operands(f, i, require_made, c);
    if (!i->state) return;
    ir_state_values(f, i->state, use_operand, &u);
    ir_state_values(f, i->state, require_contents, &(Contents){ c, i->state });
}

static u32 expected_succs(IrFn *f, const Block *b)
{
    switch (ir(f, vec_last(&b->ins))->op) {
    case IR_GOTO: return 1;
    case IR_IF: return 2;
    case IR_SWITCH: return (u32)b->succs.len;
    default: return 0;
    }
}

void jit_check(IrFn *f, const char *pass)
{
    Check c = { .f = f, .pass = pass, .position = xcalloc(f->ins.len, sizeof(u32)) };
    for (size_t o = 0; o < f->rpo.len; o++) {
        Block *b = ir_block(f, f->rpo.data[o]);
        c.block = f->rpo.data[o], c.at = 0;
        REQUIRE(&c, b->ins.len > 0, "an empty block");
        bool phis = true;
        for (size_t i = 0; i < b->ins.len; i++) {
            Val v = b->ins.data[i];
            bool phi = ir(f, v)->op == IR_PHI;
            REQUIRE(&c, phis || !phi, "a phi behind other instructions");
            phis &= phi;
            c.position[v] = phi ? 0 : (u32)i + 1;
        }
        REQUIRE(&c, b->succs.len == expected_succs(f, b), "another number of successors than the terminator has");
        for (size_t s = 0; s < b->succs.len; s++) {
            Block *t = ir_block(f, b->succs.data[s]);
            size_t p = 0;
            while (p < t->preds.len && t->preds.data[p] != f->rpo.data[o]) p++;
            REQUIRE(&c, p < t->preds.len, "an edge that its target does not know");
        }
        for (size_t i = 0; i < b->ins.len; i++) check_ins(&c, b->ins.data[i], c.position[b->ins.data[i]], i + 1 == b->ins.len);
    }
    free(c.position);
}
