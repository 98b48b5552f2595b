/* From a sample to the edges that lead to the object it hit: see attribute.h. */
#include "layout/attribute.h"
#include "layout/costs.h"
#include "vm/guest/regs.h"
#include "vm/locate.h"

enum { HINT_BITS = 7 /* so many instructions' edges are at hand: 128 */ };

/* graph_find's last answers, by instruction. */
typedef struct Hint {
    u64 pc, back;      /* compiled code: as long as it returns there */
    const Class *c;
    u64 look;          /* when: that nothing is known is looked up again at the next one */
    u32 place;
} Hint;

static Hint hints[1 << HINT_BITS];

void attribute_locate(Code *code, u64 pc, const HwSample *s)
{
    if (code->known) return;
    u64 x[32];
    x[GUEST_REG_PC] = s->regs[0], x[GUEST_REG_FRAME] = s->regs[1], x[GUEST_REG_RA] = s->regs[2]; /* no others are asked for */
    charge_units(sample_place, 1);
    code->n = locate_places(pc, x, code->at, ATTRIBUTE_PLACES);
    code->known = true;
}

u64 attribute_pc(const HwSample *s) { return IN_WINDOW(CODE, s->pc) ? s->pc : s->regs[0]; }

static u32 edges_at(Graph *g, const Code *code, Class *c, bool *by_caller)
{
    charge_units(sample_find, 1);
    return code->n ? graph_find(g, c, code->at, code->n, by_caller) : 0;
}

u32 attribute_edges(Graph *g, const HwSample *s, Class *c, Code *code, u32 most_skid, u64 look)
{
    bool compiled = IN_WINDOW(CODE, s->pc); /* its callers are a matter of where it is and returns to */
    u64 pc = attribute_pc(s), back = compiled ? s->regs[2] : 0;
    Hint *hint = &hints[hash_slot(pc ^ back, HINT_BITS)];
    if (LIKELY(hint->pc == pc && hint->back == back && hint->c == c && (hint->place || hint->look == look))) return hint->place;
    bool by_caller = false;
    attribute_locate(code, s->pc, s);
    u32 place = edges_at(g, code, c, &by_caller), skid = compiled ? most_skid : 0;
    for (u32 by = 4; !place && by <= skid; by += 4) {
        Code before = { .known = false };
        attribute_locate(&before, s->pc - by, s);
        place = edges_at(g, &before, c, &by_caller);
    }
    if (compiled || !by_caller) *hint = (Hint){ pc, back, c, look, place };
    return place;
}
