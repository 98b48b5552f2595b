/* Loops as regions. When a jump backwards leads to a pc, the unit there becomes a region: the blocks from which that pc is
   reached again, by direct jumps and branches. Within it registers of the host are given out anew, to the RV64
   registers that the loop uses most (outer loops count less), floating-point ones included; the entry and the exits
   exchange them with the core. Blocks are laid out by address; one that is entered only from above shares the
   subtraction from the budget with that.

   Floating-point registers hold what the core's would, bit by bit, with one exception: the NaN that arithmetic made is
   made canonical only when something can see it (DbtEmit.f_nan says which registers may hold one). Where paths meet, that
   is allowed of registers that hold such results on all of them (f_made), and no other NaN on entry.
   Registers of which only singles are expected (f_single) must hold one on entry. An entry that finds otherwise lets the
   oracle execute one instruction. */
#include "hwsim/dbt.h"

#ifdef __x86_64__

#define SPAN 4096 /* bytes between blocks of a region, at most */
#define FIRST_XMM 2
#define LAST_XMM 15

/* ---- blocks -------------------------------------------------------------------------------------------------------- */

static i32 block_at(const DbtEmit *e, u64 pc)
{
    for (u32 b = 0; b < e->blocks; b++)
        if (e->block[b].pc == pc) return (i32)b;
    return -1;
}

i32 dbt_region_block(const DbtEmit *e, u64 pc)
{
    i32 b = block_at(e, pc);
    return b >= 0 && e->block[b].inside ? b : -1;
}

/* A block at pc, to be decoded: new, or the rest of one that is there; -1 if there is no room. */
static i32 add_block(DbtEmit *e, u64 pc)
{
    i32 known = block_at(e, pc);
    if (known >= 0) return known;
    if (e->blocks == DBT_BLOCKS || pc - e->block[0].pc + SPAN > 2 * SPAN) return -1;
    DbtBlock *n = &e->block[e->blocks++];
    *n = (DbtBlock){ .pc = pc, .end = pc, .next = -1, .jump = -1 };
    for (DbtBlock *b = e->block; b < n; b++) {
        if (pc <= b->pc || pc >= b->end) continue;
        u32 k = 0;
        while (k < b->n && e->insn[b->first + k].pc != pc) k++;
        if (k == b->n) break; /* into the middle of an instruction: another block that overlaps */
        *n = *b;
        n->pc = pc;
        n->first += k, n->n -= k;
        b->n = k, b->end = pc;
        b->next = (i32)(n - e->block), b->jump = -1;
        break;
    }
    return (i32)(n - e->block);
}

static bool is_class(const HwInsn *i, HwClass class) { return i->id != HW_I_ILLEGAL && hw_rows[i->id].class == class; }
static bool is_plain_jump(const HwInsn *i) { return i->id == HW_I_JAL && !i->rd; }

/* Decodes block b up to a transfer or the beginning of another block. Blocks that leave the region otherwise have no successors. */
static void decode_block(DbtEmit *e, i32 b)
{
    DbtBlock *blk = &e->block[b];
    u64 page = ~0ull;
    u32 word;
    blk->first = e->n;
    while (e->n < DBT_REGION_MAX && hw_read_code(blk->end, &page, &word)) {
        DbtInsn *d = &e->insn[e->n];
        i32 other = blk->n ? block_at(e, blk->end) : -1;
        if (other >= 0) {
            blk->next = other;
            return;
        }
        hw_decode(word, &d->i);
        d->pc = blk->end;
        if (!dbt_in_region(e->c, &d->i)) return;
        e->n++, blk->n++;
        blk->end += d->i.len;
        u64 target = d->pc + (u64)(i64)d->i.imm, next = blk->end;
        if (is_plain_jump(&d->i)) {
            blk->jump = add_block(e, target);
            return;
        }
        if (!is_class(&d->i, HW_CLASS_BRANCH)) continue;
        /* splitting may have made the block that ends here another one */
        i32 jump = add_block(e, target), last = b;
        for (u32 k = 0; k < e->blocks; k++)
            if (e->block[k].n && e->block[k].first + e->block[k].n == e->n) last = (i32)k;
        e->block[last].jump = jump;
        i32 after = add_block(e, next);
        e->block[last].next = after;
        return;
    }
}

/* Marks the blocks that lead back to the first one; false if that is not among them. */
static bool find_loop(DbtEmit *e)
{
    bool more = true, loops = false;
    for (u32 b = 0; b < e->blocks; b++) e->block[b].inside = b == 0;
    while (more) {
        more = false;
        for (u32 b = 0; b < e->blocks; b++) {
            DbtBlock *blk = &e->block[b];
            bool leads = (blk->next >= 0 && e->block[blk->next].inside) || (blk->jump >= 0 && e->block[blk->jump].inside);
            loops |= leads && (blk->next == 0 || blk->jump == 0);
            if (!blk->inside && leads && blk->n) blk->inside = more = true;
        }
    }
    return loops && e->block[0].n;
}

static void order_blocks(DbtEmit *e)
{
    e->ordered = 0;
    for (u32 b = 0; b < e->blocks; b++) {
        u32 at = e->ordered;
        if (!e->block[b].inside) continue;
        for (; at && e->block[e->order[at - 1]].pc > e->block[b].pc; at--) e->order[at] = e->order[at - 1];
        e->order[at] = (u8)b;
        e->ordered++;
    }
}

i32 dbt_turned_round(const DbtEmit *e, i32 block)
{
    const DbtBlock *b = &e->block[block];
    if (b->next < 0 || !is_class(&e->insn[b->first + b->n - 1].i, HW_CLASS_BRANCH)) return -1;
    const DbtBlock *jump = &e->block[b->next];
    if (jump->n != 1 || !is_plain_jump(&e->insn[jump->first].i) || jump->jump < 0) return -1;
    const DbtInsn *branch = &e->insn[b->first + b->n - 1];
    bool around = branch->pc + (u64)(i64)branch->i.imm == jump->end; /* as likely as not */
    return !around && e->block[jump->jump].inside && e->block[jump->jump].pc <= b->pc ? jump->jump : -1;
}

static void note_joins(DbtEmit *e)
{
    for (u32 b = 0; b < e->blocks; b++) e->block[b].joined = b == 0, e->block[b].counted = false;
    for (u32 k = 0; k < e->ordered; k++) {
        const DbtBlock *b = &e->block[e->order[k]];
        bool follows = k + 1 < e->ordered && b->next == e->order[k + 1];
        if (b->jump >= 0) e->block[b->jump].joined = true;
        if (b->next >= 0 && !follows) e->block[b->next].joined = true;
        if (b->next >= 0 && b->jump >= 0 && e->block[b->jump].inside) e->block[b->next].counted = true; /* see dbt.h */
        if (dbt_turned_round(e, e->order[k]) >= 0) e->block[b->next].counted = true;
    }
}

/* How many loops a block is in, by the backward branches around it. */
static void note_depths(DbtEmit *e)
{
    for (u32 k = 0; k < e->ordered; k++) {
        const DbtBlock *from = &e->block[e->order[k]];
        if (from->jump < 0 || !e->block[from->jump].inside || e->block[from->jump].pc > from->pc) continue;
        for (u32 j = 0; j < e->ordered; j++) {
            DbtBlock *b = &e->block[e->order[j]];
            if (b->pc >= e->block[from->jump].pc && b->pc <= from->pc && b->depth < 6) b->depth++;
        }
    }
}

/* ---- operands ---------------------------------------------------------------------------------------------------------- */

DbtOperands dbt_operands(const HwInsn *i)
{
    DbtOperands o = { 0 };
    for (const char *p = hw_formats[hw_rows[i->id].format].operands; *p; p++) {
        switch (*p) {
        case 'd': o.x_def |= 1u << i->rd; break;
        case 's': o.x_use |= 1u << i->rs1; break;
        case 't': o.x_use |= 1u << i->rs2; break;
        case 'D': o.f_def |= 1u << i->rd; break;
        case 'S': o.f_use |= 1u << i->rs1; break;
        case 'T': o.f_use |= 1u << i->rs2; break;
        case 'R': o.f_use |= 1u << i->rs3; break;
        }
    }
    return o;
}

/* Whether the instruction reads its floating-point operands as singles. */
static bool reads_single(const HwInsn *i)
{
    u32 funct = i->word >> 25 & 3;
    u32 class = hw_rows[i->id].class;
    if (class == HW_CLASS_FSTORE || i->id == HW_I_FMV_X_W) return false; /* the lower half, boxed or not */
    return i->id == HW_I_FCVT_D_S || (funct == 0 && i->id != HW_I_FCVT_S_D);
}

bool dbt_writes_single(const HwInsn *i)
{
    return hw_rows[i->id].class == HW_CLASS_FPS || i->id == HW_I_FLW || (hw_rows[i->id].class == HW_CLASS_FPBITS && !(i->word >> 25 & 3));
}

/* ... or a zero, which is as good. */
static bool is_arithmetic(const HwInsn *i)
{
    if (i->id == HW_I_FMV_W_X || i->id == HW_I_FMV_D_X) return !i->rs1;
    return hw_rows[i->id].class == HW_CLASS_FPS || hw_rows[i->id].class == HW_CLASS_FPD;
}

/* What a block does with f registers: which it writes, and which have the result of arithmetic afterwards. */
static void study_block(DbtEmit *e, DbtBlock *b, u32 *doubles, u32 *wants_single)
{
    b->f_def = b->made[0] = b->made[1] = 0;
    for (u32 n = b->first; n < b->first + b->n; n++) {
        const HwInsn *i = &e->insn[n].i;
        DbtOperands o = dbt_operands(i);
        bool single = dbt_writes_single(i);
        if (reads_single(i)) *wants_single |= o.f_use;
        if (!o.f_def) continue;
        b->f_def |= o.f_def;
        b->made[0] &= ~o.f_def, b->made[1] &= ~o.f_def;
        if (is_arithmetic(i)) b->made[single] |= o.f_def;
        if (single) *wants_single |= o.f_def;
        else *doubles |= o.f_def;
    }
}

/* Which f registers have the result of arithmetic at the beginning of each block, whichever way it is reached. On entry
   of the region that is not known, but can be checked. */
static void find_made(DbtEmit *e)
{
    u32 doubles = 0, wants_single = 0, all[2] = { 0 };
    for (u32 k = 0; k < e->ordered; k++) {
        DbtBlock *b = &e->block[e->order[k]];
        study_block(e, b, &doubles, &wants_single);
        all[0] |= b->made[0], all[1] |= b->made[1];
    }
    e->f_single = wants_single & ~doubles;
    for (u32 b = 0; b < e->blocks; b++) memcpy(e->block[b].f_made, all, sizeof all);
    for (bool more = true; more;) {
        more = false;
        for (u32 k = 0; k < e->ordered; k++) {
            const DbtBlock *b = &e->block[e->order[k]];
            for (u32 j = 0; j < 2; j++) {
                u32 out = (b->f_made[j] & ~b->f_def) | b->made[j];
                i32 to[] = { b->next, b->jump };
                for (u32 t = 0; t < 2; t++) {
                    if (to[t] < 0 || !(e->block[to[t]].f_made[j] & ~out)) continue;
                    e->block[to[t]].f_made[j] &= out;
                    more = true;
                }
            }
        }
    }
    for (u32 b = 0; b < e->blocks; b++) /* of a register that could be either */
        for (u32 j = 0; j < 2; j++) e->block[b].f_made[j] &= ~(all[0] & all[1]);
}

void dbt_canonical_for(DbtEmit *e, i32 block)
{
    if (block < 0 || !e->block[block].inside) return;
    const u32 *made = e->block[block].f_made;
    dbt_canonical(e, dbt_live_f(e, e->block[block].pc) & ~((made[0] & ~e->f_one) | (made[1] & e->f_one)));
}

/* ---- registers --------------------------------------------------------------------------------------------------------- */

static void weigh(DbtEmit *e, u32 x[32], u32 f[32])
{
    for (u32 k = 0; k < e->ordered; k++) {
        const DbtBlock *b = &e->block[e->order[k]];
        u32 weight = 1u << (3 * b->depth);
        for (u32 n = b->first; n < b->first + b->n; n++) {
            DbtOperands o = dbt_operands(&e->insn[n].i);
            e->x_dirty |= o.x_def, e->f_dirty |= o.f_def;
            for (u32 r = 0; r < 32; r++) {
                x[r] += weight * ((o.x_use >> r & 1) + (o.x_def >> r & 1));
                f[r] += weight * ((o.f_use >> r & 1) + (o.f_def >> r & 1));
            }
        }
    }
    x[0] = 0;
}

/* The heaviest registers get the host's; those that have one anyway keep it. */
static void give_x(DbtEmit *e, const u32 weight[32])
{
    const i8 *pins = dbt_pins[e->c->kind];
    u32 chosen = 1, hosts = 0, n = 0; /* x0 is never chosen */
    for (u32 r = 0; r < 32; r++) {
        e->map[r] = X_NO_REG;
        n += pins[r] != X_NO_REG;
    }
    for (u32 k = 0; k < n; k++) {
        u32 best = 0;
        for (u32 r = 1; r < 32; r++)
            if (!(chosen >> r & 1) && weight[r] > (best ? weight[best] : 0)) best = r;
        if (!best) break;
        chosen |= 1u << best;
    }
    for (u32 r = 1; r < 32; r++) {
        if (pins[r] == X_NO_REG || !(chosen >> r & 1)) continue;
        e->map[r] = pins[r];
        hosts |= 1u << pins[r];
    }
    u32 from = 1;
    for (u32 r = 1; r < 32; r++) {
        if (!(chosen >> r & 1) || e->map[r] != X_NO_REG) continue;
        while (from < 32 && (pins[from] == X_NO_REG || hosts >> pins[from] & 1)) from++;
        ASSERT(from < 32);
        e->map[r] = pins[from];
        hosts |= 1u << pins[from];
    }
}

static void give_f(DbtEmit *e, const u32 weight[32])
{
    memset(e->f_map, 0, sizeof e->f_map);
    u32 taken = 0;
    for (int xmm = FIRST_XMM; xmm <= LAST_XMM; xmm++) {
        u32 best = 32;
        for (u32 r = 0; r < 32; r++)
            if (!(taken >> r & 1) && weight[r] && (best == 32 || weight[r] > weight[best])) best = r;
        if (best == 32) break;
        taken |= 1u << best;
        e->f_map[best] = (u8)xmm;
    }
    e->f_mapped = taken;
    e->f_dirty &= taken;
}

/* Without a region: registers are where they are between units. */
void dbt_no_region(DbtEmit *e)
{
    e->region = false;
    e->pin = dbt_pins[e->c->kind];
    memset(e->f_map, 0, sizeof e->f_map);
    e->f_mapped = e->f_nan = e->f_one = e->f_single = e->f_dirty = e->x_dirty = 0;
    e->help = e->c->help;
}

bool dbt_find_region(DbtEmit *e, u64 pc)
{
    u32 x[32] = { 0 }, f[32] = { 0 };
    dbt_no_region(e);
    e->n = e->blocks = 0;
    e->block[e->blocks++] = (DbtBlock){ .pc = pc, .end = pc, .next = -1, .jump = -1 };
    for (u32 b = 0; b < e->blocks; b++)
        if (!e->block[b].n) decode_block(e, (i32)b);
    if (!find_loop(e)) return false;
    order_blocks(e);
    note_joins(e);
    note_depths(e);
    weigh(e, x, f);
    give_x(e, x);
    give_f(e, f);
    find_made(e);
    dbt_find_words(e);
    e->f_single &= e->f_mapped;
    for (u32 b = 0; b < e->blocks; b++)
        for (u32 j = 0; j < 2; j++) e->block[b].f_made[j] &= e->f_mapped;
    e->region = true;
    e->pin = e->map;
    return true;
}

/* ---- entry, exits, calls ------------------------------------------------------------------------------------------------- */

enum { MOVSD_LOAD = 0xf20f10, MOVSD_STORE = 0xf20f11, UCOMISD = 0x660f2e, UCOMISS = 0x0f2e };

void dbt_canonical(DbtEmit *e, u32 which)
{
    X64 *a = &e->a;
    for (u32 r = 0; r < 32; r++) {
        if (!((which & e->f_nan) >> r & 1)) continue;
        bool single = e->f_one >> r & 1;
        int xmm = e->f_map[r];
        x_rr(a, XD, single ? UCOMISS : UCOMISD, xmm, xmm);
        e->f_nan &= ~(1u << r);
        if (e->in_tails || e->tails > 6 * DBT_REGION_MAX) {
            u32 skip = x_jcc(a, CC_NP);
            dbt_load_nan(e, xmm, single);
            x_patch(a, skip, x_at(a));
        } else {
            DbtTail *t = dbt_tail(e, TAIL_REGION_NAN);
            t->fd = (u8)xmm, t->single = single;
            dbt_jump_tail(e, t, CC_P);
            t->back = x_at(a);
        }
    }
}

void dbt_load_nan(DbtEmit *e, int xmm, bool single)
{
    x_rm(&e->a, XD, MOVSD_LOAD, xmm, x_code(e->c->constants + (single ? DBT_NAN_SINGLE : DBT_NAN_DOUBLE)));
}

/* What the region changed goes into the core. */
static void store_changed(DbtEmit *e, u32 live, u32 live_f)
{
    for (u32 r = 1; r < 32; r++)
        if (live >> r & 1 && e->map[r] != X_NO_REG && e->x_dirty >> r & 1 && e->map[r] != dbt_pins[e->c->kind][r]) x_store(&e->a, dbt_x(r), e->map[r]);
    for (u32 r = 0; r < 32; r++)
        if ((e->f_dirty & live_f) >> r & 1) x_rm(&e->a, XD, MOVSD_STORE, e->f_map[r], dbt_f(r));
}

void dbt_leave_region(DbtEmit *e, u32 live, u32 live_f)
{
    const i8 *pins = dbt_pins[e->c->kind];
    if (!e->region) return;
    store_changed(e, live, live_f);
    for (u32 r = 1; r < 32; r++)
        if (live >> r & 1 && pins[r] != X_NO_REG && e->map[r] != pins[r]) x_load(&e->a, pins[r], dbt_x(r));
}

/* Jumps to t unless f[r] holds what its kind is allowed on entry. */
static void check_f(DbtEmit *e, DbtTail *t, u32 r)
{
    X64 *a = &e->a;
    const u32 *made = e->block[0].f_made;
    bool single = made[1] >> r & 1;
    if (single || e->f_single >> r & 1) {
        x_alu_mem_imm(a, XD, ALU_CMP, dbt_f_high(r), -1);
        dbt_jump_tail(e, t, CC_NE);
    }
    if (e->c->any_nan || !((made[0] | made[1]) >> r & 1)) return;
    int width = single ? XD : XQ;
    x_rm(a, width, 0x8b, RAX, dbt_f(r));
    x_imm(a, RCX, single ? 0x7fc00000u : 0x7ff8000000000000ull);
    x_alu(a, width, ALU_CMP, RAX, RCX);
    u32 canonical = x_jcc(a, CC_E);
    x_alu(a, width, ALU_ADD, RAX, RAX);
    x_imm(a, RCX, single ? 0xff000000u : 0xffe0000000000000ull);
    x_alu(a, width, ALU_CMP, RAX, RCX);
    dbt_jump_tail(e, t, CC_A);
    x_patch(a, canonical, x_at(a));
}

void dbt_enter_region(DbtEmit *e)
{
    const i8 *pins = dbt_pins[e->c->kind];
    u32 live = dbt_live_in(e, e->block[0].pc), live_f = dbt_live_f(e, e->block[0].pc);
    u32 checked = live_f & (e->f_single | e->block[0].f_made[0] | e->block[0].f_made[1]);
    DbtTail *t = NULL;
    if (e->f_mapped) { /* rounding to nearest even, as long as the region runs */
        t = dbt_tail(e, TAIL_ORACLE);
        t->outside = true;
        x_alu_mem_imm(&e->a, XD, ALU_CMP, DBT_CORE(fcsr), 32);
        dbt_jump_tail(e, t, CC_AE);
    }
    for (u32 r = 0; r < 32; r++) {
        if (!(checked >> r & 1)) continue;
        if (!t || t->n + 2 > NELEM(t->from)) {
            t = dbt_tail(e, TAIL_ORACLE);
            t->outside = true;
        }
        check_f(e, t, r);
    }
    dbt_check_words(e);
    for (u32 r = 1; r < 32; r++)
        if (live >> r & 1 && pins[r] != X_NO_REG && e->map[r] != pins[r]) x_store(&e->a, dbt_x(r), pins[r]);
    for (u32 r = 1; r < 32; r++)
        if (live >> r & 1 && e->map[r] != X_NO_REG && e->map[r] != pins[r]) x_load(&e->a, e->map[r], dbt_x(r));
    for (u32 r = 0; r < 32; r++)
        if (live_f >> r & 1 && e->f_map[r]) x_rm(&e->a, XD, MOVSD_LOAD, e->f_map[r], dbt_f(r));
}

/* The region's own way to helpers, and out (as at c->exit). */
void dbt_region_stubs(DbtEmit *e)
{
    X64 *a = &e->a;
    e->leave = x_at(a);
    dbt_leave_region(e, ~0u, ~0u);
    x_jump_to(a, CC_ALWAYS, e->c->exit);
    e->help = x_at(a);
    x_push(a, RAX);
    store_changed(e, ~0u, ~0u);
    for (u32 r = 1; r < 32; r++)
        if (e->map[r] != X_NO_REG && e->map[r] == dbt_pins[e->c->kind][r]) x_store(a, dbt_x(r), e->map[r]);
    x_lea(a, RDI, x_mem(RBP, -DBT_BIAS));
    x_mov32(a, RSI, RDX);
    x_mov32(a, RDX, RCX);
    x_call_reg(a, RAX);
    for (u32 r = 1; r < 32; r++)
        if (e->map[r] != X_NO_REG) x_load(a, e->map[r], dbt_x(r));
    for (u32 r = 0; r < 32; r++)
        if (e->f_map[r]) x_rm(a, XD, MOVSD_LOAD, e->f_map[r], dbt_f(r));
    x_pop(a, RAX);
    x_ret(a);
}

#endif
