/* Numbers of bytecodes: see codes.h. Each method met has a piece of one table, an entry for each byte of its code: numbers of neighbours are in one line
   of the host's cache. Metadata is kept for as long as the process lives when a core is simulated: what has been a bytecode stays one. */
#include "report/codes.h"
#include "base/hash.h"
#include "base/log.h"
#include "report/observe.h"
#include <string.h>

static Map pieces;               /* Method -> where its piece begins */
static Vec(u32) numbers;         /* 0: not met */

void codes_start(void)
{
    vec_large(&observed.codes, 1 << 18);
    vec_large(&numbers, 1 << 20);
    vec_push(&observed.codes, ((Code){ .method = NULL }));
}

static u64 new_piece(const Method *m)
{
    u64 begin = *map_put(&pieces, (u64)m) = numbers.len;
    vec_reserve(&numbers, begin + m->code_length);
    memset(numbers.data + begin, 0, m->code_length * sizeof *numbers.data);
    numbers.len += m->code_length;
    return begin;
}

static u64 piece_of(const Method *m)
{
    static const Method *last;
    static u64 begin;
    if (m == last) return begin;
    const u64 *known = map_get(&pieces, (u64)m);
    last = m;
    return begin = known ? *known : new_piece(m);
}

bool code_met(const Method *m, u32 bci) { return !m || numbers.data[piece_of(m) + bci]; }

u32 code_number(const Method *m, u32 bci)
{
    if (UNLIKELY(!m)) return 0;
    ASSERT(bci < m->code_length);
    u32 *number = &numbers.data[piece_of(m) + bci];
    if (UNLIKELY(!*number)) {
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
