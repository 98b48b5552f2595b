/* Which registers are read before they are written, looking ahead from a unit's first instruction. Code that counts nothing (DBT_FREE) need not make values that nobody
   reads, nor take them along where a region is entered or left. What lies behind an indirect jump, a call or a host call is not looked at: the code's maker
   may have promised what is live there (core->live_at), else everything is. So is everything where the look-ahead ends.

   Registers that are dead hold anything, so this is not for code that is compared with the oracle instruction by instruction. */
#include "hwsim/dbt.h"

#ifdef __x86_64__

#define EVERYTHING (~0ull)
enum { UNKNOWN = -1 };

static u32 slot_of(u64 pc) { return (u32)(pc >> 1) * 2654435761u >> 21; } /* of 2,048 */
_Static_assert(NELEM(((DbtLive *)0)->slot) == 2048 && NELEM(((DbtLive *)0)->node) <= 1024, "at most half full");

/* The node at pc, or UNKNOWN. */
static i32 find(const DbtLive *l, u64 pc)
{
    if (!l->n) return UNKNOWN;
    for (u32 s = slot_of(pc); l->slot[s]; s = (s + 1) % NELEM(l->slot))
        if (l->node[l->slot[s] - 1].pc == pc) return l->slot[s] - 1;
    return UNKNOWN;
}

static void enter(DbtLive *l, u64 pc)
{
    u32 s = slot_of(pc);
    while (l->slot[s]) s = (s + 1) % NELEM(l->slot);
    l->slot[s] = (u16)++l->n;
}

/* What is live behind a transfer that is not followed. */
static u64 promised(const DbtCache *c, u64 pc) { return c->live_at ? c->live_at(pc) : EVERYTHING; }

/* Decodes the instruction at pc, a new node; where it goes on is noted as pcs. False: nothing can be read there. */
static bool add(DbtEmit *e, u64 pc, u64 *page)
{
    DbtLive *l = &e->live;
    DbtLiveNode *n = &l->node[l->n];
    u32 word;
    HwInsn i;
    if (!hw_read_code(pc, page, &word)) return false;
    hw_decode(word, &i);
    *n = (DbtLiveNode){ .pc = pc, .last = EVERYTHING };
    enter(l, pc);
    if (i.id == HW_I_ILLEGAL) return true;
    DbtOperands o = dbt_operands(&i);
    n->use = o.x_use | (u64)o.f_use << 32, n->def = o.x_def | (u64)o.f_def << 32;
    u64 next = pc + i.len, target = pc + (u64)(i64)i.imm;
    switch (hw_rows[i.id].class) {
    case HW_CLASS_TRAP: case HW_CLASS_CSR: case HW_CLASS_FENCEI: n->use = EVERYTHING; break;
    case HW_CLASS_JALR: case HW_CLASS_HCALL: n->last = promised(e->c, pc); break;
    case HW_CLASS_JAL:
        if (i.rd && e->c->live_at) n->last = promised(e->c, pc);
        else n->last = 0, n->to[0] = target;
        break;
    case HW_CLASS_BRANCH: n->last = 0, n->to[0] = next, n->to[1] = target; break;
    default: n->last = 0, n->to[0] = next;
    }
    return true;
}

/* Breadth first, so that what is nearest is known. */
static void discover(DbtEmit *e, u64 pc, u32 most)
{
    DbtLive *l = &e->live;
    u64 page = ~0ull;
    if (!add(e, pc, &page)) return;
    for (u32 k = 0; k < l->n; k++)
        for (u32 j = 0; j < 2; j++) {
            u64 to = l->node[k].to[j];
            if (!to || find(l, to) >= 0) continue;
            if (l->n >= most || !add(e, to, &page)) l->node[k].last = EVERYTHING;
        }
}

static u64 after(const DbtLive *l, const DbtLiveNode *n)
{
    u64 live = n->last;
    for (u32 j = 0; j < 2; j++)
        if (n->to[j] && n->at[j] >= 0) live |= l->node[n->at[j]].in;
    return live;
}

void dbt_live_find(DbtEmit *e, u64 pc, u32 most)
{
    DbtLive *l = &e->live;
    l->n = 0;
    if (dbt_counts(e->c)) return;
    ASSERT(most <= NELEM(l->node));
    memset(l->slot, 0, sizeof l->slot);
    discover(e, pc, most);
    for (u32 k = 0; k < l->n; k++)
        for (u32 j = 0; j < 2; j++) l->node[k].at[j] = l->node[k].to[j] ? (i16)find(l, l->node[k].to[j]) : UNKNOWN;
    for (bool more = true; more;) {
        more = false;
        for (u32 k = l->n; k-- > 0;) {
            DbtLiveNode *n = &l->node[k];
            u64 in = (after(l, n) & ~n->def) | n->use;
            more |= in != n->in;
            n->in = in;
        }
    }
}

static u64 in(const DbtEmit *e, u64 pc)
{
    i32 k = find(&e->live, pc);
    return k < 0 ? EVERYTHING : e->live.node[k].in;
}

u32 dbt_live_in(const DbtEmit *e, u64 pc) { return (u32)in(e, pc); }
u32 dbt_live_f(const DbtEmit *e, u64 pc) { return (u32)(in(e, pc) >> 32); }

u32 dbt_live_after(const DbtEmit *e, u64 pc)
{
    i32 k = find(&e->live, pc);
    return k < 0 ? ~0u : (u32)after(&e->live, &e->live.node[k]);
}

#endif
