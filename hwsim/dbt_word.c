/* Words across the blocks of a region. A register that holds a sign-extended word on every way into a block (`x_word`) can be compared as one there; and if the instruction that made it
   left the upper half of the host's register as it came, that may stay so into the block (`x_narrow`), so that a loop's counter is extended only where its upper half is
   asked for. What comes into the region from outside is looked at on entry: if it is no word, the region is made anew without all this. Only what is a word now, when
   the region is made, is expected to be one.

   In a loop's header only registers that the loop makes itself may be narrow: else each iteration would extend what was made once. */
#include "hwsim/dbt.h"

#ifdef __x86_64__

static bool both(u32 words, const HwInsn *i) { return words >> i->rs1 & 1 && words >> i->rs2 & 1; }

/* Is the result a word, if these registers hold words? */
static bool makes_word(const HwInsn *i, u32 words)
{
    words |= 1;
    switch (i->id) {
    case HW_I_ADDIW: case HW_I_ADDW: case HW_I_SUBW: case HW_I_SLLIW: case HW_I_SRLIW: case HW_I_SRAIW: case HW_I_SLLW: case HW_I_SRLW: case HW_I_SRAW:
    case HW_I_MULW: case HW_I_DIVW: case HW_I_DIVUW: case HW_I_REMW: case HW_I_REMUW: case HW_I_RORIW: case HW_I_RORW: case HW_I_ROLW:
    case HW_I_SLT: case HW_I_SLTU: case HW_I_SLTI: case HW_I_SLTIU: case HW_I_SEXT_B: case HW_I_SEXT_H: case HW_I_ZEXT_H: case HW_I_LUI:
    case HW_I_CLZ: case HW_I_CLZW: case HW_I_CTZ: case HW_I_CTZW: case HW_I_CPOP: case HW_I_CPOPW:
    case HW_I_LB: case HW_I_LBU: case HW_I_LH: case HW_I_LHU: case HW_I_LW: return true;
    case HW_I_ANDI: return i->imm >= 0 || words >> i->rs1 & 1;
    case HW_I_ADDI: return !i->rs1 || (!i->imm && words >> i->rs1 & 1);
    case HW_I_ORI: case HW_I_XORI: case HW_I_SRAI: return words >> i->rs1 & 1;
    case HW_I_AND: case HW_I_OR: case HW_I_XOR: case HW_I_MIN: case HW_I_MAX: case HW_I_MINU: case HW_I_MAXU: return both(words, i);
    default: return false;
    }
}

/* Does it leave the upper half of its host register as it comes? */
static bool makes_narrow(const HwInsn *i, u32 narrow)
{
    switch (i->id) {
    case HW_I_ADDIW: case HW_I_ADDW: case HW_I_SUBW: case HW_I_SLLIW: case HW_I_SRLIW: case HW_I_SRAIW: case HW_I_SLLW: case HW_I_SRLW: case HW_I_SRAW:
    case HW_I_MULW: case HW_I_DIVW: case HW_I_DIVUW: case HW_I_REMW: case HW_I_REMUW: case HW_I_RORIW: case HW_I_RORW: case HW_I_ROLW: return true;
    case HW_I_ADDI: return !i->imm && narrow >> i->rs1 & 1;
    case HW_I_AND: case HW_I_OR: case HW_I_XOR: return (narrow >> i->rs1 | narrow >> i->rs2) & 1;
    default: return false;
    }
}

/* Operands that have to be whole. */
static u32 needs_whole(const HwInsn *i, u32 words)
{
    u32 use = dbt_operands(i).x_use;
    words |= 1;
    switch (hw_rows[i->id].class) {
    case HW_CLASS_BRANCH: return both(words, i) ? 0 : use;
    case HW_CLASS_STORE: return i->id == HW_I_SD ? use : 1u << i->rs1;
    case HW_CLASS_ALU: break;
    default: return use;
    }
    switch (i->id) {
    case HW_I_ANDI: case HW_I_SEXT_B: case HW_I_SEXT_H: case HW_I_ZEXT_H: case HW_I_CLZW: case HW_I_CTZW: case HW_I_CPOPW: case HW_I_SLLI_UW: return 0;
    case HW_I_ADD_UW: case HW_I_SH1ADD_UW: case HW_I_SH2ADD_UW: case HW_I_SH3ADD_UW: return 1u << i->rs2;
    case HW_I_ADDI: return i->imm ? use : 0;
    case HW_I_AND: case HW_I_OR: case HW_I_XOR: case HW_I_SLT: case HW_I_SLTU: return both(words, i) ? 0 : use;
    case HW_I_SLTI: case HW_I_SLTIU: case HW_I_ORI: case HW_I_XORI: return words >> i->rs1 & 1 ? 0 : use;
    default: return makes_narrow(i, 0) ? 0 : use;
    }
}

typedef struct Words {
    u32 asked;              /* registers that the region reads before it writes them */
    u32 compared;
    u32 word_out[DBT_BLOCKS], narrow_out[DBT_BLOCKS], made[DBT_BLOCKS]; /* made: narrow, somewhere in the block */
} Words;

static const HwInsn *insn(const DbtEmit *e, const DbtBlock *b, u32 n) { return &e->insn[b->first + n].i; }

/* What is read before it is written, going on only within the region. */
static void find_asked(const DbtEmit *e, Words *w)
{
    u32 in[DBT_BLOCKS] = { 0 };
    for (bool more = true; more;) {
        more = false;
        for (u32 k = e->ordered; k-- > 0;) {
            const DbtBlock *b = &e->block[e->order[k]];
            u32 live = (b->next >= 0 ? in[b->next] : 0) | (b->jump >= 0 ? in[b->jump] : 0);
            for (u32 n = b->n; n-- > 0;) {
                DbtOperands o = dbt_operands(insn(e, b, n));
                live = (live & ~o.x_def) | o.x_use;
                if (hw_rows[insn(e, b, n)->id].class == HW_CLASS_BRANCH) w->compared |= o.x_use;
            }
            more |= in[e->order[k]] != live;
            in[e->order[k]] = live;
        }
    }
    for (u32 r = 1; r < 32; r++)
        if (e->c->x[r] != (u64)(i64)(i32)e->c->x[r]) in[0] &= ~(1u << r);
    w->asked = in[0] & (w->compared | e->x_dirty) & ~1u; /* the others would gain nothing */
}

/* Goes through a block; false: nothing is new behind it. */
static bool go_through(const DbtEmit *e, Words *w, u32 block)
{
    const DbtBlock *b = &e->block[block];
    u32 words = b->x_word, narrow = b->x_narrow, was_word = w->word_out[block], was_narrow = w->narrow_out[block];
    for (u32 n = 0; n < b->n; n++) {
        const HwInsn *i = insn(e, b, n);
        u32 def = dbt_operands(i).x_def;
        narrow &= ~needs_whole(i, words);
        bool word = makes_word(i, words), leaves = makes_narrow(i, narrow);
        words = word ? words | def : words & ~def;
        narrow = leaves ? narrow | def : narrow & ~def;
        if (leaves) w->made[block] |= def;
    }
    w->word_out[block] = words, w->narrow_out[block] = narrow;
    return words != was_word || narrow != was_narrow;
}

/* Registers that are made narrow in the loop that `header` begins; everything, if it begins none. */
static u32 made_in_loop(const DbtEmit *e, const Words *w, u32 header)
{
    u64 from = e->block[header].pc, to = 0;
    u32 made = 0;
    for (u32 k = 0; k < e->ordered; k++) {
        const DbtBlock *b = &e->block[e->order[k]];
        if ((b->jump == (i32)header || b->next == (i32)header) && b->pc >= from && b->pc > to) to = b->pc;
    }
    if (!to && e->block[header].jump != (i32)header) return ~0u;
    for (u32 k = 0; k < e->ordered; k++)
        if (e->block[e->order[k]].pc >= from && e->block[e->order[k]].pc <= (to ? to : from)) made |= w->made[e->order[k]];
    return made;
}

static void meet(DbtEmit *e, const Words *w, u32 block, bool narrow)
{
    u32 word = ~0u, any = 0;
    for (u32 k = 0; k < e->ordered; k++) {
        const DbtBlock *b = &e->block[e->order[k]];
        if (b->next != (i32)block && b->jump != (i32)block) continue;
        word &= w->word_out[e->order[k]];
        any |= w->narrow_out[e->order[k]];
    }
    if (!block) word &= w->asked;
    if (!narrow) e->block[block].x_word = word;
    else e->block[block].x_narrow = any & e->block[block].x_word & made_in_loop(e, w, block) & ~1u;
}

void dbt_find_words(DbtEmit *e)
{
    Words w = { 0 };
    for (u32 b = 0; b < e->blocks; b++) e->block[b].x_word = e->block[b].x_narrow = 0;
    if (dbt_counts(e->c) || map_get(&e->c->wordless, e->block[0].pc)) return;
    find_asked(e, &w);
    for (u32 k = 0; k < e->ordered; k++) {
        w.word_out[e->order[k]] = ~0u;
        go_through(e, &w, e->order[k]); /* what is made */
        w.word_out[e->order[k]] = ~0u, w.narrow_out[e->order[k]] = 0;
    }
    for (u32 narrow = 0; narrow < 2; narrow++)
        for (bool more = true; more;) {
            more = false;
            for (u32 k = 0; k < e->ordered; k++) {
                meet(e, &w, e->order[k], narrow);
                more |= go_through(e, &w, e->order[k]);
            }
        }
}

/* Out, unless what comes into the region as words are words. */
void dbt_check_words(DbtEmit *e)
{
    X64 *a = &e->a;
    const i8 *pins = dbt_pins[e->c->kind];
    DbtTail *t = NULL;
    for (u32 r = 1; r < 32; r++) {
        if (!(e->block[0].x_word >> r & 1)) continue;
        if (!t || t->n == NELEM(t->from)) {
            t = dbt_tail(e, TAIL_WORDS);
        }
        if (pins[r] != X_NO_REG) {
            x_rr(a, XQ, 0x63, RAX, pins[r]);
            x_alu(a, XQ, ALU_CMP, RAX, pins[r]);
        } else {
            x_rm(a, XQ, 0x63, RAX, dbt_x(r));
            x_alu_mem(a, XQ, ALU_CMP, RAX, dbt_x(r));
        }
        dbt_jump_tail(e, t, CC_NE);
    }
}

#endif
