/* Prints the intermediate representation, one instruction a line. */
#include "jit/ir.h"
#include <stdio.h>

static const char type_letters[] = "vijfda";
static const char *const cond_names[] = { "==", "!=", "<", ">=", ">", "<=", "<u", ">=u" };

static void dump_state(IrFn *f, u32 s)
{
    for (; s; s = ir_state(f, s)->parent) {
        State *st = ir_state(f, s);
        printf(" {%s%u@%u:", st->during ? "during " : "", st->scope, st->bci);
        for (u32 k = 0; k < ir_state_size(st); k++) {
            Val v = f->pool.data[st->vals + k];
            printf(k == st->nlocals ? " |" : st->nlocks && k == (u32)st->nlocals + st->nstack ? " locked" : k == ir_state_words(st) ? " with" : "");
            if (v) printf(" %u", v);
            else printf(" -");
        }
        printf("}");
    }
}

static void dump_ref(const Ins *i)
{
    if (!i->ref) return;
    switch (i->op) {
    case IR_LOAD: case IR_STORE: printf(" %s.%s", ((Field *)i->ref)->owner->name->bytes, ((Field *)i->ref)->name->bytes); break;
    case IR_CALL: {
        const Method *m = i->sub == IRC_INTERFACE ? ((const CallInfo *)i->ref)->method : i->ref;
        printf(" %s.%s%s", m->owner->name->bytes, m->name->bytes, m->desc->bytes);
        break;
    }
    default: printf(" %s", ((const Class *)i->ref)->name->bytes);
    }
}

static void dump_ins(IrFn *f, Val v)
{
    Ins *i = ir(f, v);
    printf("    %c%-4u %s", type_letters[i->type], v, ir_ops[i->op].name);
    if (i->op == IR_IF || i->op == IR_GUARD || i->op == IR_SELECTCC) printf(" %s", cond_names[i->sub]);
    else if (i->sub) printf(".%u", i->sub);
    if (i->a) printf(" %u", i->a);
    if (i->b) printf(" %u", i->b);
    if (i->c) printf(" %u", i->c);
    for (u32 k = 0; k < i->nargs; k++) printf("%s%u", k ? ", " : " (", f->pool.data[i->args + k]);
    if (i->nargs) printf(")");
    if (i->imm) printf(" #%lld", (long long)i->imm);
    dump_ref(i);
    if (i->state) dump_state(f, i->state);
    printf("\n");
}

void jit_dump(IrFn *f, const char *title)
{
    printf("---- %s: %s.%s%s%s\n", title, f->m->owner->name->bytes, f->m->name->bytes, f->m->desc->bytes, f->osr_bci >= 0 ? " (from a loop)" : "");
    for (size_t i = 0; i < ir_block(f, 0)->ins.len; i++) dump_ins(f, ir_block(f, 0)->ins.data[i]);
    for (size_t o = 0; o < f->rpo.len; o++) {
        u32 n = f->rpo.data[o];
        Block *b = ir_block(f, n);
        printf("  block %u (bci %u, idom %u, depth %u%s) from", n, b->bci, b->idom, b->depth, b->header ? ", loop" : "");
        for (size_t p = 0; p < b->preds.len; p++) printf(" %u", b->preds.data[p]);
        printf(" to");
        for (size_t s = 0; s < b->succs.len; s++) printf(" %u", b->succs.data[s]);
        printf("\n");
        for (size_t i = 0; i < b->ins.len; i++) dump_ins(f, b->ins.data[i]);
    }
    fflush(stdout);
}
