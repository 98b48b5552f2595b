/* The decode cache: makes blocks, finds them, chains and forgets them. See exec.h.

   Blocks live in chunks of memory that are freed only all at once. Invalidating a range takes the blocks that
   overlap it out of the tables and out of every link, so that nothing enters them again; their memory stays until
   so much of it is dead that everything is flushed. A run that is inside a block when that happens (its host
   call wrote code) never goes back into it: after host calls, traps and fence.i the loop looks blocks up anew.

   Self-modifying code needs fence.i or hw_core_invalidate, as the architecture has it. */
#include "hwsim/exec.h"
#include "base/log.h"
#include "hwsim/model_fast.h"
#include "hwsim/probe.h"
#include "hwsim/stall.h"
#include "hwsim/yield.h"
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CHUNK_BYTES (1u << 20)
#define FLUSH_BYTES (64u << 20) /* of chunks, before everything is decoded anew */
#define PAGE_SHIFT 12

static HwBlock nowhere = { .pc = 1 }; /* no instruction is at an odd address */
const void *const *hw_handlers[HW_LOOPS];

HwDecode *hw_decode_new(void)
{
    HwDecode *d = xcalloc(1, sizeof *d);
    d->fetched = ~0ull;
    d->line_bytes = 64;
    hw_decode_flush(d);
    return d;
}

void hw_decode_model(HwDecode *d, HwModel *model)
{
    if (model != d->model && (hw_stalls_at_use(model) || hw_stalls_at_use(d->model))) hw_decode_flush(d); /* its latencies are in blocks */
    d->model = model;
    d->fetched = ~0ull;
    if (!model || d->line_bytes == 1u << hw_fast(model)->l1i_shift) return;
    d->line_bytes = 1u << hw_fast(model)->l1i_shift;
    ASSERT(d->line_bytes >= 4);
    hw_decode_flush(d); /* blocks note where lines begin */
}

void hw_decode_free(HwDecode *d)
{
    hw_decode_flush(d);
    vec_free(&d->chunks);
    vec_free(&d->all);
    for (int loop = 0; loop < HW_LOOPS; loop++) map_free(&d->blocks[loop]);
    map_free(&d->pages);
    free(d);
}

void hw_decode_flush(HwDecode *d)
{
    for (int loop = 0; loop < HW_LOOPS; loop++) {
        for (u32 i = 0; i < HW_TABLE_SIZE; i++) d->table[loop][i] = &nowhere;
        map_clear(&d->blocks[loop]);
    }
    map_clear(&d->pages);
    for (size_t i = 0; i < d->chunks.len; i++) free(d->chunks.data[i]);
    vec_clear(&d->chunks);
    vec_clear(&d->all);
    d->chunk_used = CHUNK_BYTES;
    d->dead_bytes = 0;
    d->generation++;
}

/* --- reading code ------------------------------------------------------------------------------------------ */

/* Whether 8 bytes at an aligned address can be read: the kernel says so without a signal, because it copies a
   signal mask from there before it looks at the (invalid) operation. */
static bool readable(u64 addr)
{
    return addr - HW_LOW_MEMORY < HW_MEMORY_SPAN && syscall(SYS_rt_sigprocmask, -1, ALIGN_DOWN(addr, 8ull), NULL, 8) == -1 && errno != EFAULT;
}

bool hw_read_code(u64 pc, u64 *known_page, u32 *word)
{
    u16 half[2] = { 0, 0 };
    for (u32 i = 0; i < 2; i++) {
        u64 at = pc + 2 * i;
        if (at >> PAGE_SHIFT != *known_page) {
            if (!readable(at)) return false;
            *known_page = at >> PAGE_SHIFT;
        }
        memcpy(&half[i], (void *)at, 2);
        if (hw_insn_len(half[0]) == 2) break;
    }
    *word = half[0] | (u32)half[1] << 16;
    return true;
}

/* --- making blocks ------------------------------------------------------------------------------------------ */

typedef struct Builder {
    const void *const *handlers;
    HwOp ops[HW_BLOCK_OPS];
    HwStep steps[HW_BLOCK_MAX];
    u32 len, n;
    u64 line_mask;
} Builder;

static HwOp *emit(Builder *b, u32 which, u64 pc)
{
    ASSERT(b->len < HW_BLOCK_OPS);
    HwOp *op = &b->ops[b->len++];
    *op = (HwOp){ .handler = b->handlers[which], .pc = pc, .aux = (u8)b->n };
    return op;
}

/* Transfers, and whatever may change what follows. */
static bool ends_block(u32 class)
{
    switch (class) {
    case HW_CLASS_JAL: case HW_CLASS_JALR: case HW_CLASS_BRANCH: case HW_CLASS_FENCEI: case HW_CLASS_TRAP: case HW_CLASS_CSR:
    case HW_CLASS_HCALL: return true;
    default: return false;
    }
}

HwBranchKind hw_jump_kind(const HwInsn *i)
{
    enum { RA = 1 };
    if (i->id == HW_I_JAL) return i->rd == RA ? HW_BR_CALL : HW_BR_JUMP;
    if (i->rd == RA) return HW_BR_INDIRECT_CALL;
    return i->rd == 0 && i->rs1 == RA ? HW_BR_RETURN : HW_BR_INDIRECT;
}

/* Which handler executes the instruction, its destination and rounding mode considered. */
static u32 choose_handler(const HwInsn *i)
{
    u32 class = hw_rows[i->id].class;
    if (class == HW_CLASS_ALU && i->rd == 0) return HW_P_NOP;
    if (i->id == HW_I_JAL && i->rd == 0) return HW_P_JUMP;
    bool rounds = (class == HW_CLASS_FPS || class == HW_CLASS_FPD) && hw_formats[hw_rows[i->id].format].has_rm;
    if (rounds && i->rm != 0 && i->rm != 7) return HW_P_FP_SLOW;
    return i->id;
}

static void emit_insn(Builder *b, u64 pc, const HwInsn *i)
{
    if (i->id == HW_I_ILLEGAL) {
        emit(b, HW_P_ILLEGAL, pc)->imm = (i32)i->word;
        return;
    }
    u32 class = hw_rows[i->id].class;
    HwOp *op = emit(b, choose_handler(i), pc);
    op->imm = i->imm;
    op->rd = i->rd, op->rs1 = i->rs1, op->rs2 = i->rs2;
    switch (class) {
    case HW_CLASS_FPS: case HW_CLASS_FPD:
        op->imm = (i32)((i->rm == 7 ? 7u : 0u) | (u32)i->rm << 8 | (u32)i->id << 16);
        op->aux = i->rs3;
        break;
    case HW_CLASS_FPX: op->imm = i->rm; break;
    case HW_CLASS_JAL: case HW_CLASS_JALR: op->rs2 = (u8)hw_jump_kind(i); /* fallthrough */
    case HW_CLASS_BRANCH: case HW_CLASS_TRAP: case HW_CLASS_CSR: case HW_CLASS_HCALL: case HW_CLASS_FENCEI: op->aux = i->len; break;
    default: break;
    }
    bool writes_x = class == HW_CLASS_LOAD || class == HW_CLASS_LR || class == HW_CLASS_SC || class == HW_CLASS_AMO ||
                    class == HW_CLASS_FPX || class == HW_CLASS_FPX0;
    if (writes_x && i->rd == 0) emit(b, HW_P_ZERO, pc);
}

/* FETCH wherever the instruction at pc (not the first) enters a line, or reaches into another one. */
static void emit_fetches(Builder *b, u64 pc, u32 len, u32 previous_len)
{
    u64 line = pc & b->line_mask;
    if (previous_len && ((pc - 1) & b->line_mask) != line) emit(b, HW_P_FETCH, pc);
    if (((pc + len - 1) & b->line_mask) != line) emit(b, HW_P_FETCH, (pc + len - 1) & b->line_mask);
}

static void emit_stall(Builder *b, const HwModel *model, u64 pc, const HwStep *s)
{
    u32 ticks = hw_stalls_at_use(model) ? hw_use_stall(model, pc, s) : 0;
    if (ticks) emit(b, HW_P_STALL, pc)->imm = (i32)ticks;
}

static void emit_probe(Builder *b, u64 pc)
{
    u32 reg = hw_probe_at(pc);
    if (reg) emit(b, HW_P_PROBE, pc)->rd = (u8)reg;
}

/* Decodes from pc into b, for a model or NULL; returns the bytes taken, 0 if there is nothing to read at pc. */
static u32 decode_block(Builder *b, u64 pc, const HwModel *model)
{
    u64 page = ~0ull, at = pc;
    u32 word, previous = 0;
    while (b->n < HW_BLOCK_MAX && hw_read_code(at, &page, &word)) {
        HwInsn i;
        hw_decode(word, &i);
        if (model) emit_fetches(b, at, i.len, previous);
        if (UNLIKELY(hw_probing)) emit_probe(b, at);
        if (UNLIKELY(hw_yields(at, word)) && model) emit(b, HW_P_YIELD, at);
        emit_insn(b, at, &i);
        HwStep s = b->steps[b->n] = hw_step(&i);
        emit_stall(b, model, at, &s);
        b->n++;
        at += previous = i.len;
        if (i.id == HW_I_ILLEGAL || ends_block(hw_rows[i.id].class)) return (u32)(at - pc);
    }
    if (at != pc) emit(b, HW_P_NEXT, at);
    return (u32)(at - pc);
}

static void *chunk_alloc(HwDecode *d, size_t n)
{
    if (d->chunk_used + n > CHUNK_BYTES) {
        if (d->chunks.len * CHUNK_BYTES >= FLUSH_BYTES) hw_decode_flush(d);
        vec_push(&d->chunks, xmalloc(CHUNK_BYTES));
        d->chunk_used = 0;
    }
    void *p = vec_last(&d->chunks) + d->chunk_used;
    d->chunk_used += n;
    return p;
}

static HwBlock *make_block(HwDecode *d, int loop, u64 pc)
{
    Builder b;
    b.handlers = hw_handlers[loop];
    b.len = b.n = 0;
    b.line_mask = ~(u64)(d->line_bytes - 1);
    u32 bytes = decode_block(&b, pc, loop == HW_LOOP_PLAIN ? NULL : d->model);
    if (!bytes) return NULL;
    ASSERT(b.n > 0 && b.n <= HW_BLOCK_MAX);
    size_t ops = b.len * sizeof *b.ops, steps = loop == HW_LOOP_STEPS ? ALIGN_UP(b.n * sizeof *b.steps, 8ull) : 0;
    HwBlock *blk = chunk_alloc(d, sizeof *blk + ops + steps);
    *blk = (HwBlock){ .pc = pc, .n = b.n, .bytes = (u16)bytes, .seen = (u16)(bytes + (hw_stalls_at_use(d->model) ? HW_USE_BYTES : 0)), .steps = steps ? (HwStep *)((u8 *)blk->ops + ops) : NULL };
    blk->seq_fetch = ((pc + bytes) & b.line_mask) != ((pc + bytes - 1) & b.line_mask);
    memcpy(blk->ops, b.ops, ops);
    if (steps) memcpy((u8 *)blk->ops + ops, b.steps, b.n * sizeof *b.steps);
    vec_push(&d->all, blk);
    for (u64 p = pc >> PAGE_SHIFT; p <= (pc + blk->seen - 1) >> PAGE_SHIFT; p++) *map_put(&d->pages, p) = 1;
    return blk;
}

HwBlock *hw_block_find(HwDecode *d, int loop, u64 pc)
{
    u64 *known = map_get(&d->blocks[loop], pc);
    ASSERT(hw_handlers[loop]);
    HwBlock *blk = known ? (HwBlock *)*known : make_block(d, loop, pc);
    if (!blk) return NULL;
    if (!known) *map_put(&d->blocks[loop], pc) = (u64)blk;
    *hw_table_slot(d, loop, pc) = blk;
    return blk;
}

/* --- forgetting --------------------------------------------------------------------------------------------- */

static bool overlaps(const HwBlock *b, u64 from, u64 to) { return b->pc < to && b->pc + b->seen > from; }

static bool pages_decoded(const HwDecode *d, u64 from, u64 to)
{
    u64 first = from >> PAGE_SHIFT, last = (to - 1) >> PAGE_SHIFT;
    if (last - first >= d->pages.len) return d->pages.len > 0;
    for (u64 p = first; p <= last; p++)
        if (map_get(&d->pages, p)) return true;
    return false;
}

/* Takes a block out of the tables (of whichever loop it belongs to). */
static void unregister(HwDecode *d, HwBlock *b)
{
    for (int loop = 0; loop < HW_LOOPS; loop++) {
        u64 *known = map_get(&d->blocks[loop], b->pc);
        if (!known || (HwBlock *)*known != b) continue;
        map_del(&d->blocks[loop], b->pc);
        HwBlock **slot = hw_table_slot(d, loop, b->pc);
        if (*slot == b) *slot = &nowhere;
    }
    d->dead_bytes += sizeof *b + b->n * sizeof b->ops[0];
}

void hw_core_invalidate(HwCore *core, u64 from, u64 to)
{
    HwDecode *d = core->decode;
    hw_dbt_invalidate(core, from, to);
    hw_lockstep_invalidate(core->lockstep, from, to);
    if (from >= to || !pages_decoded(d, from, to)) return;
    size_t kept = 0;
    for (size_t i = 0; i < d->all.len; i++) {
        HwBlock *b = d->all.data[i];
        if (overlaps(b, from, to)) unregister(d, b);
        else d->all.data[kept++] = b;
    }
    ASSERT(kept <= d->all.len);
    if (kept == d->all.len) return;
    d->all.len = kept;
    d->generation++; /* whoever was about to link a block must not */
    for (size_t i = 0; i < kept; i++)
        for (int k = 0; k < 2; k++) {
            HwBlock *to_block = d->all.data[i]->link[k];
            if (to_block && overlaps(to_block, from, to)) d->all.data[i]->link[k] = NULL;
        }
    if (d->dead_bytes > FLUSH_BYTES / 4) hw_decode_flush(d);
}

/* --- parts of blocks ----------------------------------------------------------------------------------------- */

static bool is_insn(const HwOp *op, int loop)
{
    const void *const *h = hw_handlers[loop];
    return op->handler != h[HW_P_FETCH] && op->handler != h[HW_P_ZERO] && op->handler != h[HW_P_PROBE] && op->handler != h[HW_P_YIELD] &&
           op->handler != h[HW_P_STALL];
}

u32 hw_block_index(const HwBlock *blk, int loop, const HwOp *op)
{
    u32 n = 0;
    for (const HwOp *o = blk->ops; o < op; o++) n += is_insn(o, loop);
    ASSERT(op >= blk->ops && n <= blk->n);
    return n;
}

void hw_block_slice(const HwBlock *blk, int loop, u32 k, HwBlock *to)
{
    ASSERT(k > 0 && k < blk->n);
    *to = *blk;
    to->n = k;
    to->link[0] = to->link[1] = NULL;
    HwOp *out = to->ops;
    const HwOp *op = blk->ops;
    for (u32 n = 0; n < k || op->handler == hw_handlers[loop][HW_P_ZERO] || op->handler == hw_handlers[loop][HW_P_STALL]; op++) {
        n += is_insn(op, loop);
        *out++ = *op;
    }
    /* Where to go on, and whether that needs a fetch of its own. */
    bool enters_line = false;
    const HwOp *next = op;
    while (!is_insn(next, loop)) next++;
    ASSERT(out - to->ops < HW_BLOCK_OPS);
    for (; op < next; op++) enters_line |= op->pc == next->pc && op->handler == hw_handlers[loop][HW_P_FETCH];
    *out = (HwOp){ .handler = hw_handlers[loop][HW_P_STOP], .pc = next->pc, .imm = enters_line };
}
