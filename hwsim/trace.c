/* See trace.h. The traced core executes instruction by instruction on the oracle; each is decoded before, when its operands are
   known, and written after, when it is known to have executed and where it went. */
#include "hwsim/trace.h"
#include "base/log.h"
#include "base/vec.h"
#include "hwsim/champsim.h"
#include "hwsim/exec.h"
#include "hwsim/mem.h"
#include "hwsim/stream.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct HwTrace {
    HwOutput *out;
    bool din;
    u64 limit, written;
    HwTrap trap;           /* the embedder's */
    HwChampRecord *record; /* of the instruction to execute next */
    u32 len;               /* its length */
};

HwTrace *hw_trace_open(const char *path, u64 limit)
{
    HwTrace *t = xcalloc(1, sizeof *t);
    size_t n = strlen(path);
    if (n > 3 && !strcmp(path + n - 3, ".xz")) n -= 3;
    t->din = n > 4 && !strncmp(path + n - 4, ".din", 4);
    t->limit = limit ? limit : ~0ull;
    t->out = hw_output_open(path);
    return t;
}

HwTrace *hw_trace_open_core(const char *path, u32 core, u64 limit)
{
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path, *dot = strchr(base, '.');
    int stem = (int)(dot ? dot - path : (ptrdiff_t)strlen(path));
    char *name = core ? xasprintf("%.*s.core%u%s", stem, path, core, path + stem) : xstrdup(path);
    HwTrace *t = hw_trace_open(name, limit);
    free(name);
    return t;
}

u64 hw_trace_close(HwTrace *t)
{
    u64 n = t->written;
    hw_output_close(t->out);
    free(t);
    return n;
}

/* ---- writing ------------------------------------------------------------------------------------------------ */

static void din_line(HwTrace *t, int label, u64 addr)
{
    char line[32];
    int n = snprintf(line, sizeof line, "%d %" PRIx64 "\n", label, addr);
    hw_output_write(t->out, line, (size_t)n);
}

static void write_record(HwTrace *t, const HwChampRecord *r)
{
    if (t->written >= t->limit) return;
    t->written++;
    if (!t->din) {
        hw_output_write(t->out, r, sizeof *r);
        return;
    }
    if (r->ip < HW_CHAMP_FIRMWARE || r->ip > HW_CHAMP_FIRMWARE + 1024) din_line(t, 2, r->ip);
    for (int i = 0; i < 4; i++)
        if (r->src_mem[i]) din_line(t, 0, r->src_mem[i]);
    for (int i = 0; i < 2; i++)
        if (r->dest_mem[i]) din_line(t, 1, r->dest_mem[i]);
}

/* What firmware accesses, a record for each line of 64 bytes. */
void trace_firmware(HwTrace *t, int service, u64 addr, u64 size, bool write)
{
    for (u64 at = addr; at < addr + size; at = ALIGN_DOWN(at, 64ull) + 64) {
        HwChampRecord r = { .ip = HW_CHAMP_FIRMWARE + 4 * (u64)service };
        (write ? r.dest_mem : r.src_mem)[0] = at;
        write_record(t, &r);
    }
}

/* ---- instructions ------------------------------------------------------------------------------------------- */

/* A register of HwStep's numbering, in the record's; 0 for none and x0. */
static u8 champ_register(u8 r)
{
    return r == 0 || r >= HW_STEP_NO_DEST ? 0 : r < 32 ? (u8)(HW_CHAMP_X0 + r) : (u8)(HW_CHAMP_F0 + r - 32);
}

static void add(u8 *list, u32 room, u8 r)
{
    for (u32 i = 0; r && i < room; i++) {
        if (list[i] == r) return;
        if (list[i]) continue;
        list[i] = r;
        return;
    }
}

static void branch_registers(HwChampRecord *r, HwBranchKind kind)
{
    bool call = kind == HW_BR_CALL || kind == HW_BR_INDIRECT_CALL;
    add(r->dest, 2, HW_CHAMP_IP);
    if (call || kind == HW_BR_RETURN) {
        add(r->dest, 2, HW_CHAMP_SP);
        add(r->src, 4, HW_CHAMP_SP);
    }
    if (call || kind == HW_BR_COND) add(r->src, 4, HW_CHAMP_IP);
    if (kind == HW_BR_COND) add(r->src, 4, HW_CHAMP_FLAGS);
}

static HwBranchKind branch_kind(const HwInsn *i)
{
    return hw_rows[i->id].class == HW_CLASS_BRANCH ? HW_BR_COND : hw_jump_kind(i);
}

static void accesses(HwChampRecord *r, const HwCore *core, const HwInsn *i, const HwStep *s)
{
    if (!s->size) return;
    u32 class = hw_rows[i->id].class;
    bool atomic = class == HW_CLASS_LR || class == HW_CLASS_SC || class == HW_CLASS_AMO;
    u64 at = core->x[i->rs1] + (atomic ? 0 : (u64)(i64)i->imm);
    if (s->kind != HW_STEP_STORE && class != HW_CLASS_SC) r->src_mem[0] = at;
    if (s->kind == HW_STEP_STORE || class == HW_CLASS_AMO || (class == HW_CLASS_SC && core->reservation == at)) r->dest_mem[0] = at;
}

/* The record of the instruction at core->pc, as far as it is known before it executes; its length. 0: it cannot be read. */
static u32 describe(const HwCore *core, HwChampRecord *r)
{
    u64 page = ~0ull;
    u32 word;
    HwInsn i;
    *r = (HwChampRecord){ .ip = core->pc };
    if (!hw_read_code(core->pc, &page, &word) || !hw_decode(word, &i)) return 0;
    HwStep s = hw_step(&i);
    r->is_branch = s.kind == HW_STEP_BRANCH;
    if (r->is_branch) branch_registers(r, branch_kind(&i));
    add(r->dest, 2, champ_register(s.dest));
    for (int k = 0; k < 3; k++) add(r->src, 4, champ_register(s.src[k]));
    accesses(r, core, &i, &s);
    return i.len;
}

/* A handler that goes on elsewhere makes another instruction the next. */
static bool trapped(HwCore *core, u32 cause, u64 tval)
{
    HwTrace *t = core->tracing;
    if (!t->trap || !t->trap(core, cause, tval)) return false;
    core->x[0] = 0;
    t->len = describe(core, t->record);
    return true;
}

HwStop hw_trace_run(HwCore *core, i64 budget)
{
    HwTrace *t = core->tracing;
    HwChampRecord r, *outer = t->record;
    HwTrap trap = core->trap;
    HwStop stop = HW_STOP_BUDGET;
    if (trap != trapped) t->trap = trap;
    core->trap = trapped;
    for (; budget > 0 && stop == HW_STOP_BUDGET && core->tracing; budget--) {
        u64 before = core->instret;
        t->record = &r;
        t->len = describe(core, &r);
        stop = hw_oracle_run(core, 1);
        if (core->instret == before) continue; /* it trapped */
        r.taken = r.is_branch && core->pc != r.ip + t->len;
        write_record(t, &r);
        if (t->written >= t->limit) hw_core_trace(core, NULL);
    }
    core->trap = core->tracing ? trap : t->trap;
    t->record = outer;
    return stop == HW_STOP_BUDGET && budget > 0 ? hw_core_run(core, (u64)budget) : stop;
}

void hw_core_trace(HwCore *core, HwTrace *t)
{
    core->tracing = t;
    if (core->model) core->model->tracing = t;
}
