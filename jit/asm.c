/* The assembler: see asm.h. */
#include "jit/asm.h"
#include "base/log.h"

enum { IMM_NONE, IMM_I, IMM_S, IMM_B, IMM_U, IMM_J, IMM_SH6, IMM_SH5, IMM_CSR };
#define FMT(id, imm, has_rm, text) [HW_FMT_##id] = IMM_##imm,
static const u8 format_imm[HW_FMT_COUNT] = {
#include "hwsim/rv64.def"
};

enum { FIX_BRANCH, FIX_JUMP, FIX_PCREL_I };
enum { REACH = 4094, SURE_REACH = 3900 }; /* of branches; SURE_REACH: even if some between become far */

void as_free(Asm *a)
{
    vec_free(&a->code);
    vec_free(&a->labels);
    vec_free(&a->fixes);
    vec_free(&a->literals);
    vec_free(&a->literal_labels);
    vec_free(&a->too_far);
}

void as_clear(Asm *a)
{
    vec_clear(&a->code);
    vec_clear(&a->labels);
    vec_clear(&a->fixes);
    vec_clear(&a->literals);
    vec_clear(&a->literal_labels);
    a->branches = 0;
    a->bound = -1;
}

static u32 bits(u32 w, u32 hi, u32 lo, u32 to) { return (w >> lo & ((2u << (hi - lo)) - 1)) << to; }

static u32 pack(u32 kind, u32 v)
{
    switch (kind) {
    case IMM_I: case IMM_CSR: return v << 20;
    case IMM_S: return bits(v, 4, 0, 7) | bits(v, 11, 5, 25);
    case IMM_B: return bits(v, 12, 12, 31) | bits(v, 10, 5, 25) | bits(v, 4, 1, 8) | bits(v, 11, 11, 7);
    case IMM_U: return v & 0xfffff000;
    case IMM_J: return bits(v, 20, 20, 31) | bits(v, 10, 1, 21) | bits(v, 11, 11, 20) | bits(v, 19, 12, 12);
    case IMM_SH6: case IMM_SH5: return v << 20;
    default: return 0;
    }
}

void as_op(Asm *a, HwInsnId id, u32 rd, u32 rs1, u32 rs2, i64 imm)
{
    u32 kind = format_imm[hw_rows[id].format];
    ASSERT(rd < 32 && rs1 < 32 && rs2 < 32);
    ASSERT((kind != IMM_I && kind != IMM_S) || as_fits(imm));
    vec_push(&a->code, hw_rows[id].match | rd << 7 | rs1 << 15 | rs2 << 20 | pack(kind, (u32)imm));
}

void as_op_rm(Asm *a, HwInsnId id, u32 rd, u32 rs1, u32 rm)
{
    as_op(a, id, rd, rs1, 0, 0);
    vec_last(&a->code) |= rm << 12;
}

void as_mv(Asm *a, u32 rd, u32 rs)
{
    if (rd != rs) as_i(a, HW_I_ADDI, rd, rs, 0);
}

/* Most significant part first, then shifted in pieces of 12 bits. */
static u32 li(Asm *a, u32 rd, i64 v)
{
    u32 n = 1;
    if (as_fits(v)) {
        if (a) as_i(a, HW_I_ADDI, rd, X0, v);
    } else if (v == (i32)v) {
        i64 low = (i64)((u64)v << 52) >> 52;
        if (a) as_op(a, HW_I_LUI, rd, 0, 0, (i32)(v - low));
        if (low) {
            n++;
            if (a) as_i(a, HW_I_ADDIW, rd, rd, low);
        }
    } else {
        i64 low = (i64)((u64)v << 52) >> 52, high = (i64)((u64)v - (u64)low);
        u32 shift = (u32)__builtin_ctzll((u64)high);
        n = li(a, rd, high >> shift) + 1;
        if (a) as_i(a, HW_I_SLLI, rd, rd, shift);
        if (low) {
            n++;
            if (a) as_i(a, HW_I_ADDI, rd, rd, low);
        }
    }
    return n;
}

u32 as_li_length(i64 v) { return li(NULL, 0, v); }

void as_li(Asm *a, u32 rd, i64 v)
{
    if (as_li_length(v) > 3) as_literal(a, rd, (u64)v);
    else li(a, rd, v);
}

/* ---- Labels ------------------------------------------------------------------------------------------------------- */
Label as_label(Asm *a)
{
    vec_push(&a->labels, -1);
    return (Label)a->labels.len - 1;
}

/* The last instruction is a jump to here, and nothing before it is joined to it: it goes, and what is bound here is bound there. */
static void drop_jump(Asm *a)
{
    i32 here = (i32)a->code.len;
    a->fixes.len--, a->code.len--;
    for (size_t k = a->labels.len; k-- > 0;)
        if (a->labels.data[k] == here) a->labels.data[k]--;
}

static bool is_far_branch_before(const Asm *a)
{
    HwInsn i;
    if (a->code.len < 2) return false;
    return hw_decode(a->code.data[a->code.len - 2], &i) && hw_rows[i.id].class == HW_CLASS_BRANCH && i.imm == 8;
}

void as_bind(Asm *a, Label l)
{
    ASSERT(a->labels.data[l] < 0);
    const AsFix *f = a->fixes.len ? &vec_last(&a->fixes) : NULL;
    bool jumps = f && f->kind == FIX_JUMP && f->label == l && f->at + 1 == a->code.len && vec_last(&a->code) == hw_rows[HW_I_JAL].match;
    if (jumps && !is_far_branch_before(a)) drop_jump(a);
    a->labels.data[l] = a->bound = (i32)a->code.len;
}

static void fix(Asm *a, Label to, u32 kind) { vec_push(&a->fixes, ((AsFix){ (u32)a->code.len, to, kind, a->branches })); }

static HwInsnId inverse(HwInsnId id)
{
    switch (id) {
    case HW_I_BEQ: return HW_I_BNE;
    case HW_I_BNE: return HW_I_BEQ;
    case HW_I_BLT: return HW_I_BGE;
    case HW_I_BGE: return HW_I_BLT;
    case HW_I_BLTU: return HW_I_BGEU;
    default: return HW_I_BLTU;
    }
}

/* Is the next branch, to this label, out of reach? */
static bool is_far(const Asm *a, Label to)
{
    i32 at = a->labels.data[to];
    if (at >= 0) return ((i32)a->code.len - at) * 4 > REACH;
    return a->far || (a->branches < a->too_far.len && a->too_far.data[a->branches]);
}

void as_branch(Asm *a, HwInsnId id, u32 rs1, u32 rs2, Label to)
{
    if (is_far(a, to)) {
        as_op(a, inverse(id), 0, rs1, rs2, 8);
        as_jump(a, to);
    } else {
        fix(a, to, FIX_BRANCH);
        as_op(a, id, 0, rs1, rs2, 0);
    }
    a->branches++;
}

void as_hint(Asm *a, u32 rs, Label to)
{
    if (!is_far(a, to)) { /* what is that far is not hinted */
        fix(a, to, FIX_BRANCH);
        as_op(a, HW_I_HINT_VAL, 0, rs, 0, 0);
    }
    a->branches++;
}

void as_jump(Asm *a, Label to)
{
    fix(a, to, FIX_JUMP);
    as_op(a, HW_I_JAL, X0, 0, 0, 0);
}

void as_call(Asm *a, Label to)
{
    fix(a, to, FIX_JUMP);
    as_op(a, HW_I_JAL, X_RA, 0, 0, 0);
}

static Label literal_label(Asm *a, u64 v)
{
    for (size_t i = 0; i < a->literals.len; i++)
        if (a->literals.data[i] == v) return a->literal_labels.data[i];
    Label l = as_label(a);
    vec_push(&a->literals, v);
    vec_push(&a->literal_labels, l);
    return l;
}

void as_literal(Asm *a, u32 rd, u64 v)
{
    fix(a, literal_label(a, v), FIX_PCREL_I);
    as_op(a, HW_I_AUIPC, rd, 0, 0, 0);
    as_i(a, HW_I_LD, rd, rd, 0);
}

void as_literal_f(Asm *a, HwInsnId id, u32 fd, u32 scratch, u64 v)
{
    fix(a, literal_label(a, v), FIX_PCREL_I);
    as_op(a, HW_I_AUIPC, scratch, 0, 0, 0);
    as_i(a, id, fd, scratch, 0);
}

void as_address(Asm *a, u32 rd, Label l)
{
    fix(a, l, FIX_PCREL_I);
    as_op(a, HW_I_AUIPC, rd, 0, 0, 0);
    as_i(a, HW_I_ADDI, rd, rd, 0);
}

bool as_ends(const Asm *a)
{
    HwInsn i;
    if (!a->code.len || a->bound == (i32)a->code.len || !hw_decode(vec_last(&a->code), &i)) return false;
    return (i.id == HW_I_JAL || i.id == HW_I_JALR) && !i.rd && !is_far_branch_before(a);
}

/* Notes the branches that do not reach, and those that would not if a few between grew. */
static bool all_reach(Asm *a)
{
    bool reach = true;
    for (size_t i = 0; i < a->fixes.len && reach; i++) {
        AsFix f = a->fixes.data[i];
        i32 d = (a->labels.data[f.label] - (i32)f.at) * 4;
        reach = f.kind != FIX_BRANCH || (d >= -REACH && d <= REACH);
    }
    if (reach) return true;
    while (a->too_far.len < a->branches) vec_push(&a->too_far, 0);
    for (size_t i = 0; i < a->fixes.len; i++) {
        AsFix f = a->fixes.data[i];
        i32 d = (a->labels.data[f.label] - (i32)f.at) * 4;
        if (f.kind == FIX_BRANCH && (d < -SURE_REACH || d > SURE_REACH)) a->too_far.data[f.number] = 1;
    }
    return false;
}

bool as_finish(Asm *a)
{
    if (a->literals.len && a->code.len % 2) vec_push(&a->code, 0);
    for (size_t i = 0; i < a->literals.len; i++) {
        as_bind(a, a->literal_labels.data[i]);
        vec_push(&a->code, (u32)a->literals.data[i]);
        vec_push(&a->code, (u32)(a->literals.data[i] >> 32));
    }
    if (!all_reach(a)) return false;
    for (size_t i = 0; i < a->fixes.len; i++) {
        AsFix f = a->fixes.data[i];
        ASSERT(a->labels.data[f.label] >= 0);
        i32 d = (a->labels.data[f.label] - (i32)f.at) * 4;
        u32 *w = &a->code.data[f.at];
        if (f.kind == FIX_BRANCH) {
            *w |= pack(IMM_B, (u32)d);
        } else if (f.kind == FIX_JUMP) {
            ASSERT(d >= -(1 << 20) && d < 1 << 20);
            *w |= pack(IMM_J, (u32)d);
        } else {
            i32 low = (i32)((u32)d << 20) >> 20;
            w[0] |= pack(IMM_U, (u32)(d - low));
            w[1] |= pack(IMM_I, (u32)low);
        }
    }
    return true;
}
