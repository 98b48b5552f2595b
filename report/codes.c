/* Spots and numbers of bytecodes: see codes.h. Metadata is kept for as long as the process lives when a core is simulated: what has been a bytecode stays one. */
#include "report/codes.h"
#include "base/log.h"
#include "report/observe.h"
#include "vm/locate.h"
#include <string.h>

struct Codes codes;
static Map firsts; /* Method -> its first spot */

#define grow_zeroed(v, n) (vec_reserve((v), (v)->len + (n)), memset((v)->data + (v)->len, 0, (n) * sizeof *(v)->data), (v)->len += (n))

/* The first of so many. */
static u32 new_spots(u32 n)
{
    grow_zeroed(&codes.numbers, n);
    grow_zeroed(&codes.wrong, n);
    return (u32)codes.numbers.len - n;
}

void codes_start(void)
{
    codes.known = lasting_zeroed(sizeof(Known) << KNOWN_BITS);
    vec_large(&observed.codes, 1 << 18);
    vec_large(&codes.numbers, 1 << 20);
    vec_large(&codes.wrong, 1 << 20);
    vec_push(&observed.codes, ((Code){ .method = NULL }));
    new_spots(1);
}

static const Known *known_method(const Method *m)
{
    Known *k = &codes.known[hash_slot((u64)m, KNOWN_BITS)];
    if (LIKELY(k->method == meta_offset(m))) return k;
    u64 *first = map_put(&firsts, (u64)m);
    if (!*first) *first = new_spots(m->code_length);
    ASSERT(IN_WINDOW(META, m) && (!m->code || IN_WINDOW(META, m->code)));
    *k = (Known){ meta_offset(m), m->code ? meta_offset(m->code) : 0, m->code_length, (u32)*first };
    return k;
}

const Known *code_met_anew(const Method *m)
{
    u32 bci;
    return locate_bytecode((Method *)m, 0, &bci) ? known_method(m) : NULL;
}

const Known *code_compiled(u64 pc, u32 *spot)
{
    u32 bci = 0;
    const Method *m = locate_method(pc, NULL, &bci);
    const Known *k = m ? known_method(m) : NULL;
    *spot = k ? k->first + bci : 0;
    return k;
}

u32 code_number(const Method *m, u32 spot)
{
    if (UNLIKELY(!spot)) return 0;
    ASSERT(m && spot < codes.numbers.len);
    u32 *number = &codes.numbers.data[spot];
    if (UNLIKELY(!*number)) {
        u32 bci = spot - known_method(m)->first;
        ASSERT(bci < m->code_length);
        *number = (u32)observed.codes.len;
        vec_push(&observed.codes, ((Code){ .method = m, .bci = bci }));
    }
    return *number;
}

u64 *code_count(u32 number, Count kind)
{
    ASSERT(number < observed.codes.len);
    Code *c = &observed.codes.data[number];
    if (LIKELY(kind - N_MISPREDICTED < CODE_KINDS)) return &c->n[kind - N_MISPREDICTED];
    ASSERT(kind >= N_EXECUTED && kind < COUNT_KINDS);
    if (!c->asked) {
        vec_push(&observed.asked, ((AskedCounts){ { 0 } }));
        c->asked = (u32)observed.asked.len;
    }
    return &observed.asked.data[c->asked - 1].n[kind - N_EXECUTED];
}

void code_settle(u32 spot)
{
    Wrong *w = &codes.wrong.data[spot];
    u32 number = codes.numbers.data[spot];
    ASSERT(number || !spot); /* it got one with the first */
    *code_count(number, N_MISPREDICTED) += w->n[0] + w->n[1];
    *code_count(number, N_MISPREDICTED_TARGET) += w->n[1];
    *w = (Wrong){ { 0, 0 } };
}

void codes_settle(void)
{
    for (u32 spot = 0; spot < codes.wrong.len; spot++)
        if (codes.wrong.data[spot].n[0] | codes.wrong.data[spot].n[1]) code_settle(spot);
}
