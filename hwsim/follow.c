/* Passive models: many configurations counted in one execution. The first model's slow paths, which with followers it takes always, pass
   each event on before they act on it. Followers charge all firmware to one service of theirs. */
#include "hwsim/mem.h"
#include <inttypes.h>

enum { SERVICE_ALL = 2 }; /* behind SERVICE_SAMPLES */

void hw_model_follow(HwModel *m, HwModel *passive)
{
    if (passive->l1i.unit_shift != m->l1i.unit_shift)
        die("core %s: %s = %u differs from the first core's %u: fetches are told by its lines", passive->cfg->name,
            passive->l1i.valid || m->l1i.valid ? "l1i.sector_bytes" : "l1i.line_bytes", 1u << passive->l1i.unit_shift, 1u << m->l1i.unit_shift);
    ASSERT(passive->level == HW_COUNTS && passive != m);
    int service = hw_fw_service(passive, "firmware");
    ASSERT(service == SERVICE_ALL);
    if (!m->no_fast) hw_model_no_fast(m);
    vec_push(&m->followers, passive);
    passive->leader = m;
}

/* Instructions are not told one by one: the follower catches up. */
static HwModel *follower(const HwModel *m, size_t i)
{
    HwModel *p = m->followers.data[i];
    p->f.instret = m->f.instret;
    p->x = m->x;
    return p;
}

void follow_fetch(HwModel *m, u64 pc)
{
    for (size_t i = 0; i < m->followers.len; i++) hw_fetch_fast(follower(m, i), pc);
}

void follow_data(HwModel *m, u64 pc, u64 addr, u32 size, HwAccess access)
{
    for (size_t i = 0; i < m->followers.len; i++) {
        if (access == HW_ACC_STORE) hw_store_fast(follower(m, i), pc, addr, size);
        else hw_load_fast(follower(m, i), pc, addr, size);
    }
}

void follow_branch(HwModel *m, HwBranchKind kind, u64 pc, u32 len, bool taken, u64 target)
{
    for (size_t i = 0; i < m->followers.len; i++) hw_branch_fast(follower(m, i), kind, pc, len, taken, target);
}

void follow_hint(HwModel *m, u64 pc, u64 value, u64 target, bool cancel)
{
    for (size_t i = 0; i < m->followers.len; i++) {
        if (cancel) hw_hint_cancel(follower(m, i), target);
        else hw_hint(follower(m, i), pc, value, target);
    }
}

void follow_firmware(HwModel *m, u64 addr, u64 size, bool write)
{
    for (size_t i = 0; i < m->followers.len; i++) {
        HwModel *p = follower(m, i);
        hw_fw_begin(p, SERVICE_ALL);
        hw_fw_access(p, addr, size, write);
        hw_fw_end(p);
    }
}

void follow_work(HwModel *m, u64 instructions)
{
    for (size_t i = 0; i < m->followers.len; i++) {
        HwModel *p = follower(m, i);
        hw_fw_begin(p, SERVICE_ALL);
        hw_fw_work(p, instructions);
        hw_fw_end(p);
    }
}

/* ---- side by side ------------------------------------------------------------------------------------------- */

void hw_read_counters(const HwModel *m, HwCounters *out)
{
    for (int c = 0; c < HWC_COUNT; c++) out->n[c] = hw_counter(m, (HwCounter)c);
}

void hw_print_counters(FILE *out, const HwCounters *sets, const char *const *names, u32 n, bool clocks)
{
    if (n > 1) fprintf(out, "%-24s", "core");
    for (u32 i = 0; n > 1 && i < n; i++) fprintf(out, " %15.15s", names[i]);
    if (n > 1) fprintf(out, "\n");
    for (int c = 0; c < HWC_COUNT; c++) {
        fprintf(out, "%-24s", hw_counter_name((HwCounter)c));
        for (u32 i = 0; i < n; i++) {
            bool clock = c == HWC_CYCLE || c == HWC_FW_CYCLE;
            if (i && clock && !clocks) fprintf(out, " %15s", "-");
            else fprintf(out, " %15" PRIu64, sets[i].n[c]);
        }
        fprintf(out, "\n");
    }
}
