/* The scoreboard's memory. What a unit of translated code does to it depends on little: on times counted from when the next
   instruction can be dispatched, those that are past being all alike, and on which of the stores in flight its loads read. Loops
   bring the same situations back, most of them within few iterations. So situations are described in a form of which
   there is one only, and numbered (State); and what led from one to another is remembered (Step): a unit, or part of one, whose loads read
   the same stores, or the front end waiting for so many ticks. While steps are known, the scoreboard's tables are not touched:
   HwOoo has the clock, counts, and who wrote which doubleword last, and `state` stands for the rest. When a step is not known,
   the tables are made to say what the state says (ooo_spell_out), and ooo.c does the work.

   What matters of HwOoo, and is in a State: nothing is dispatched before front + 1. So operands, entries of reorder buffer and queues that are
   there by then, and units taken in cycles before that one, hold nobody up; neither does the last retirement, nor the last store's, because an
   instruction takes a cycle at least. Rings hold times that only grow, so those that matter are the youngest ones. A cycle is
   `width` ticks, and units are counted by the cycle, so all is counted from the beginning of a cycle.

   A situation that is described in vain costs as much as some fifty instructions. So it is counted what comes of it (SPELL), and programs that
   never repeat themselves are left alone for a while. */
#include "hwsim/ooo_inside.h"
#include <stdlib.h>
#include <string.h>

enum { HASH_BITS = 17, STATE_BYTES = 24 << 20, STEP_BYTES = 16 << 20, STATES = 1 << 16 };
enum { SPELL = 4096, PAUSE_MAX = 16 * SPELL, WORTH = 16 /* one unknown step for so many known ones */ };
enum { NOT_ONE = 0 /* State */ };

/* A situation. Times from the beginning of the cycle in which the next instruction can be dispatched; 0: past. Behind it the times that matter,
   oldest first: of reorder buffer, load queue, store queue (written, then value ready), and the units in use, two each, of the cycles. */
typedef struct State {
    u32 hash, chain;   /* another one of the same hash, or NOT_ONE */
    u16 rob, loads, stores, cycles;
    u16 front, commit, written, none;
    u16 ready[64];
    u16 more[];
} State;
#define STATE_BODY offsetof(State, rob)
enum { MORE_MAX = 1024 + 512 + 2 * 128 + 2 * OOO_CYCLES };
_Static_assert(sizeof(State) % 8 == 0 && STATE_BODY % 8 == 0, "hashed by words");

#define INLINE static inline __attribute__((always_inline))

/* What happened, by number: that instructions were executed, which is the head of their record in the log; or the same, with something else
   than how many they are. */
enum { ASK = 254 /* when has the next one its operands? */, STALL /* so many ticks, above this */ };
_Static_assert(HW_STEPS < ASK, "a head says how many instructions there are");
enum { THEN = 4 /* behind a branch that is hard to predict: two ways, each after waiting for its outcome or not */ };
typedef struct Step {
    u64 number;
    struct Step *then[THEN]; /* what came next, the last time first */
    u32 from, to;          /* states */
    u32 wait;              /* what the access of the first instruction takes beyond a hit */
    u8 accesses, early;    /* those before the first store, all of which are loads */
    u8 loads, in_flight;   /* loads among its instructions; stores, before */
    i32 front, done, commit; /* afterwards, from the front before it; ASK: front, the answer */
    u32 blocked;           /* by its first instruction */
    struct Step *chain;
    struct Access { u8 at, last, does, source; } access[];
} Step;
/* An access: its instruction, its last byte counted from the first, what it does; and the store that it reads. Those in
   flight are numbered from the oldest one on, then come the step's own; 0: none, or one that is written. */
typedef struct Access Access;
enum { ACCESS_LOADS = 1, ACCESS_STORES = 2, ACCESS_NONE = 255 /* a source: it accesses nothing */ };

struct OooMemo {
    u32 state;             /* or NOT_ONE: HwOoo says it all */
    bool spelled_out;      /* so it does if there is a state */
    Step *last;            /* led here, or NULL */
    bool never;            /* ports are counted otherwise than units, and not described */
    u32 asked, unknown;    /* in this spell */
    u32 pause, paused;     /* units to be left out after a spell in vain; still to be left out */
    u32 states;
    u64 state_used, step_used;
    State *at[STATES];
    u32 by_hash[1 << HASH_BITS];
    Step *steps[1 << HASH_BITS];
    u8 *state_room, *step_room;
    State *scratch;
};

void ooo_memo_init(HwOoo *o)
{
    OooMemo *q = o->memo = xcalloc(1, sizeof *q);
    q->state_room = aligned_alloc(64, STATE_BYTES); /* pages come as they are written */
    q->step_room = aligned_alloc(64, STEP_BYTES);
    q->scratch = xcalloc(1, sizeof(State) + MORE_MAX * sizeof(u16));
    if (!q->state_room || !q->step_room) die("out of memory");
    q->states = 1;
    q->never = o->ports > 0;
    q->paused = q->never;
}

void ooo_memo_free(HwOoo *o)
{
    OooMemo *q = o->memo;
    free(q->state_room), free(q->step_room), free(q->scratch), free(q);
}

void ooo_memo_forget(HwOoo *o)
{
    OooMemo *q = o->memo;
    ooo_spell_out(o);
    memset(q->by_hash, 0, sizeof q->by_hash);
    memset(q->steps, 0, sizeof q->steps);
    q->states = 1;
    q->state_used = q->step_used = 0;
}

/* ---- situations ---------------------------------------------------------------------------------------------------- */

typedef struct Since { u64 past, base; } Since;

static Since since(const HwOoo *o)
{
    u64 past = o->t.front + 1;
    return (Since){ past, ooo_cycle(o, past) * o->width };
}

static u16 from(Since s, u64 tick) { return (u16)(tick > s.past ? tick - s.base : 0); }
static u64 back(Since s, u16 ticks) { return ticks ? s.base + ticks : 0; }

/* How many of the youngest times in a ring are not past. */
static u16 young(const Ring *r, u64 past)
{
    u64 k = 0;
    while (k < r->n && r->tick[(r->count - 1 - k) & r->mask] > past) k++;
    return (u16)k;
}

static u16 *put_ring(u16 *to, Since s, const u64 *tick, const Ring *r, u32 n)
{
    for (u64 k = n; k; k--) *to++ = (u16)(tick[(r->count - k) & r->mask] - s.base);
    return to;
}

/* Times that are past among them: values of stores that are not written yet. */
static u16 *put_values(u16 *to, Since s, const HwOoo *o, u32 n)
{
    for (u64 k = n; k; k--) *to++ = from(s, o->value[(o->stores.count - k) & o->stores.mask]);
    return to;
}

static u16 *put_cycles(u16 *to, const HwOoo *o, u64 cycle, u64 last)
{
    u16 *end = to;
    for (; cycle <= last; cycle++, to += 2) {
        u64 e = o->cycle[cycle % OOO_CYCLES];
        u32 in_use = e >> 32 == (u32)cycle ? (u32)e : 0;
        to[0] = (u16)in_use, to[1] = (u16)(in_use >> 16);
        if (in_use) end = to + 2;
    }
    return end;
}

/* Describes how things are; the words that it takes, or 0: too much is far ahead. */
static u64 describe(const HwOoo *o, State *s)
{
    const Clock *t = &o->t;
    Since now = since(o);
    u64 first = ooo_cycle(o, now.past), last = ooo_cycle(o, t->commit);
    if (ooo_later(ooo_later(t->commit, t->written), now.past) - now.base > UINT16_MAX || (last > first && last - first >= OOO_CYCLES - 1)) return 0;
    s->front = (u16)(now.past - now.base), s->commit = from(now, t->commit), s->written = from(now, t->written);
    for (u32 r = 0; r < NELEM(s->ready); r++) s->ready[r] = from(now, o->ready[r]);
    s->rob = young(&o->rob, now.past), s->loads = young(&o->loads, now.past), s->stores = young(&o->stores, now.past);
    u16 *to = put_ring(s->more, now, o->rob.tick, &o->rob, s->rob);
    to = put_ring(to, now, o->loads.tick, &o->loads, s->loads);
    to = put_ring(to, now, o->stores.tick, &o->stores, s->stores);
    to = put_values(to, now, o, s->stores);
    u16 *end = put_cycles(to, o, first, last);
    s->cycles = (u16)((end - to) / 2);
    while ((end - s->more) % 4) *end++ = 0;
    ASSERT(end <= s->more + MORE_MAX);
    return (u64)((u8 *)end - (u8 *)s) / 8;
}

static const u16 *get_ring(const u16 *at, Since s, u64 *tick, const Ring *r, u32 n)
{
    for (u64 k = n; k; k--) tick[(r->count - k) & r->mask] = back(s, *at++);
    return at;
}

void ooo_spell_out(HwOoo *o)
{
    OooMemo *q = o->memo;
    const State *s = q->at[q->state];
    u32 state = q->state;
    q->state = NOT_ONE, q->last = NULL;
    if (state == NOT_ONE || q->spelled_out) return;
    Since now = since(o);
    u64 cycle = ooo_cycle(o, now.past);
    ASSERT(now.past - now.base == s->front);
    o->t.written = back(now, s->written);
    for (u32 r = 0; r < NELEM(s->ready); r++) o->ready[r] = back(now, s->ready[r]);
    const u16 *at = get_ring(s->more, now, o->rob.tick, &o->rob, s->rob);
    at = get_ring(at, now, o->loads.tick, &o->loads, s->loads);
    at = get_ring(at, now, o->stores.tick, &o->stores, s->stores);
    at = get_ring(at, now, o->value, &o->stores, s->stores);
    for (u32 k = 0; k < s->cycles; k++, cycle++, at += 2) o->cycle[cycle % OOO_CYCLES] = cycle << 32 | at[0] | (u32)at[1] << 16;
}

/* Four sums at a time, so that multiplications overlap. */
static u32 hash_words(const u64 *word, u64 n)
{
    u64 h[4] = { n, n, n, n }, k = 0, all = 0;
    for (; k + 4 <= n; k += 4)
        for (u32 i = 0; i < 4; i++) h[i] = (h[i] ^ word[k + i]) * 0x9e3779b97f4a7c15ull, h[i] ^= h[i] >> 32;
    for (; k < n; k++) h[k % 4] = (h[k % 4] ^ word[k]) * 0xd6e8feb86659fd93ull, h[k % 4] ^= h[k % 4] >> 32;
    for (u32 i = 0; i < 4; i++) all = (all ^ h[i]) * 0x9e3779b97f4a7c15ull, all ^= all >> 29;
    return (u32)(all >> 32);
}

/* How things are, from HwOoo: from now on there is a state if it can be described. */
static void find_state(HwOoo *o)
{
    OooMemo *q = o->memo;
    State *new = q->scratch;
    u64 words = describe(o, new), body = STATE_BODY / 8;
    q->state = NOT_ONE;
    if (!words) return;
    u64 bytes = words * 8 - STATE_BODY;
    new->hash = hash_words((const u64 *)(const void *)new + body, words - body);
    q->spelled_out = true;
    u32 *head = &q->by_hash[new->hash % (1u << HASH_BITS)];
    for (u32 n = *head; n != NOT_ONE; n = q->at[n]->chain)
        if (q->at[n]->hash == new->hash && !memcmp(&q->at[n]->rob, &new->rob, bytes)) {
            q->state = n;
            return;
        }
    if (q->states == STATES || STATE_BYTES - q->state_used < words * 8) {
        ooo_memo_forget(o);
        return;
    }
    State *s = q->at[q->states] = (State *)(void *)(q->state_room + q->state_used);
    q->state_used += words * 8;
    memcpy(s, new, words * 8);
    s->chain = *head;
    *head = q->state = q->states++;
}

/* ---- steps ------------------------------------------------------------------------------------------------------------- */

static Step **steps_of(OooMemo *q, u64 number)
{
    u64 h = number * 0x9e3779b97f4a7c15ull + q->state * 0xd6e8feb86659fd93ull;
    return &q->steps[(h ^ h >> 29) * 0x9e3779b97f4a7c15ull >> (64 - HASH_BITS)];
}

static bool is(const Step *s, u32 state, u64 number)
{
    return s->number == number && s->from == state;
}

/* The next one, from s on, of those that may have happened. */
static Step *find_step(const OooMemo *q, Step *s, u64 number)
{
    while (s && !is(s, q->state, number)) s = s->chain;
    return s;
}

static Step *first_step(OooMemo *q, u64 number)
{
    for (u32 k = 0; q->last && k < THEN; k++) {
        Step *s = q->last->then[k];
        if (s && is(s, q->state, number)) return s;
    }
    return find_step(q, *steps_of(q, number), number);
}

static void follow(OooMemo *q, Step *s)
{
    Step *last = q->last, *first = s;
    for (u32 k = 0; last && k < THEN; k++) {
        Step *was = last->then[k];
        last->then[k] = first;
        if (was == s) break;
        first = was;
    }
    q->last = s;
}

/* A step from the state that there is; NULL if all room is taken: then nothing is known any more. */
static Step *make_step(HwOoo *o, u64 number, u32 accesses)
{
    OooMemo *q = o->memo;
    u64 bytes = ALIGN_UP(sizeof(Step) + accesses * sizeof(Access), 8ull);
    ASSERT(q->state != NOT_ONE);
    if (STEP_BYTES - q->step_used < bytes) {
        ooo_memo_forget(o);
        return NULL;
    }
    Step *s = (Step *)(void *)(q->step_room + q->step_used), **head = steps_of(q, number);
    q->step_used += bytes;
    *s = (Step){ .number = number, .from = q->state, .wait = (u32)o->t.wait, .accesses = (u8)accesses,
                 .in_flight = (u8)q->at[q->state]->stores, .chain = *head };
    ASSERT(o->t.wait == s->wait);
    *head = s;
    return s;
}

/* Is it worth going on, with a unit that comes next? */
static bool worth(OooMemo *q)
{
    if (UNLIKELY(q->paused)) {
        q->paused -= !q->never;
        return false;
    }
    q->asked++;
    if (LIKELY(q->asked < SPELL)) return true;
    bool vain = q->unknown > SPELL / WORTH;
    q->pause = !vain ? 0 : q->pause ? q->pause * 2 : SPELL;
    if (q->pause > PAUSE_MAX) q->pause = PAUSE_MAX;
    q->paused = q->pause;
    q->asked = q->unknown = 0;
    return !vain;
}

/* ---- records of the log ------------------------------------------------------------------------------------------------- */

static u32 executed(u64 head) { return (u8)head; }
static u32 known(u64 head) { return (u8)(head >> 8); }
static u32 fresh(u64 head) { return executed(head) - known(head); }
static const HwStep *steps(const HwOoo *o, u64 head) { return o->unit.data[head >> 16] + known(head); }
static u64 *next_record(u64 *record) { return record + HW_LOG_ACCESS + executed(*record); }
static const u64 *addresses(const u64 *record, u64 head) { return record + HW_LOG_ACCESS + known(head); }
/* Is there one more record before `end`, that does not go beyond it? (What is said at the end itself, whatever it is, goes beyond.) */
static bool whole(u64 *record, const u64 *end) { return next_record(record) <= end; }

/* ---- units --------------------------------------------------------------------------------------------------------------- */

/* What a step looks at: all accesses but loads where no store can be in flight. */
static u32 note_accesses(Access *to, const HwStep *s, u32 n, bool in_flight)
{
    u32 accesses = 0;
    for (u32 k = 0; k < n; k++) {
        u32 kind = s[k].kind, stores = kind == HW_STEP_STORE || kind == HW_STEP_AMO ? ACCESS_STORES : 0;
        u32 does = kind == HW_STEP_AMO || (kind == HW_STEP_LOAD && in_flight) ? stores | ACCESS_LOADS : stores;
        if (does) to[accesses++] = (Access){ .at = (u8)k, .last = (u8)(s[k].size - 1u), .does = (u8)does };
        in_flight |= stores != 0;
    }
    return accesses;
}

/* Where accesses have been looked up: `origin` is the last store that is known to be written, `store` the next one's number. */
typedef struct Sources { u64 origin, store; bool odd; /* not to be told by one number each */ u8 of[HW_STEPS]; } Sources;

INLINE void begin_sources(const HwOoo *o, u32 in_flight, Sources *f)
{
    f->store = o->stores.count;
    f->origin = f->store - 1 - in_flight;
    f->odd = false;
}

/* An access across doublewords, or none. */
INLINE bool odd(const Access *a, u64 addr) { return UNLIKELY(addr & a->last) && (addr & 7) + a->last > 7; }

/* One of these; a load's sources are noted at once. */
static __attribute__((noinline)) u8 look_oddly(HwOoo *o, Sources *f, const Access *a, u64 addr, u64 store)
{
    u64 last = addr + a->last;
    if (addr == NONE) return ACCESS_NONE;
    if (a->does & ACCESS_LOADS) {
        o->source[a->at][0] = ooo_source(o, addr), o->source[a->at][1] = ooo_source(o, last);
        f->odd = true;
    }
    if (a->does & ACCESS_STORES) ooo_wrote(o, addr, store), ooo_wrote(o, last, store);
    return 0;
}

/* Looks up accesses number `from` to n, as ooo_resolve has it; whether they read what they are known to read. */
INLINE bool look_up(HwOoo *o, Sources *f, const Access *access, u32 from, u32 n, const u64 *addresses)
{
    u64 origin = f->origin, next = f->store, differs = 0;
    u8 *of = f->of + from;
    for (const Access *a = access + from, *end = access + n; a < end; a++) {
        u64 addr = addresses[a->at], word = addr >> 3, at = ooo_place(word), store = 0;
        if (UNLIKELY(odd(a, addr))) {
            store = look_oddly(o, f, a, addr, next);
            next += store != ACCESS_NONE && (a->does & ACCESS_STORES);
        } else {
            if ((a->does & ACCESS_LOADS) && o->word[at] == word && o->writer[at] > origin) store = o->writer[at] - origin;
            if (a->does & ACCESS_STORES) o->word[at] = word, o->writer[at] = next++;
        }
        differs |= store ^ a->source;
        *of++ = (u8)store;
    }
    f->store = next;
    return !differs && !f->odd;
}
_Static_assert(128 + HW_STEPS < ACCESS_NONE, "the stores of the longest queue, and a step's own");

/* The same of a step's early loads; nothing is noted. */
INLINE bool early_fit(const HwOoo *o, const Step *s, const u64 *addresses, u64 origin)
{
    for (const Access *a = s->access, *end = a + s->early; a < end; a++) {
        u64 addr = addresses[a->at], word = addr >> 3, at = ooo_place(word);
        if (UNLIKELY(odd(a, addr))) return false;
        if (LIKELY(o->word[at] != word)) {
            if (UNLIKELY(a->source)) return false;
        } else {
            u64 store = o->writer[at];
            if (UNLIKELY((store > origin ? store - origin : 0) != a->source)) return false;
        }
    }
    return true;
}

/* Early loads have fitted. */
static void put_early(Sources *f, const Step *s)
{
    for (u32 i = 0; i < s->early; i++) f->of[i] = s->access[i].source;
}

/* HwOoo.source of accesses that have been looked up. */
static void put_sources(HwOoo *o, const Sources *f, const Access *access, u32 accesses, const u64 *addresses)
{
    for (u32 i = 0; i < accesses; i++) {
        const Access *a = &access[i];
        if ((a->does & ACCESS_LOADS) && !odd(a, addresses[a->at])) o->source[a->at][0] = f->of[i] ? f->origin + f->of[i] : 0;
    }
}

static bool fits(const HwOoo *o, const Step *s, const Sources *f)
{
    u32 differs = (u32)o->t.wait ^ s->wait;
    for (u32 i = 0; i < s->accesses; i++) differs |= f->of[i] ^ s->access[i].source;
    return !differs && !f->odd;
}

/* The effect of n instructions, in the tables; they know the sources. */
static void work_off(HwOoo *o, const HwStep *s, const u64 *addr, u32 n)
{
    OooMemo *q = o->memo;
    ooo_spell_out(o);
    ooo_advance(o, s, addr, n);
    q->unknown++;
    find_state(o);
}

/* What the step that has just been made led to; if to no state, it is never found again. */
static void learned(HwOoo *o, Step *s, Step *last, const Clock *before, u64 room)
{
    OooMemo *q = o->memo;
    if (q->state == NOT_ONE) {
        if (q->step_used == room) s->from = NOT_ONE;
        return;
    }
    s->front = (i32)(o->t.front - before->front), s->done = (i32)(o->t.done - before->front), s->commit = (i32)(o->t.commit - before->front);
    s->blocked = (u32)(o->t.blocked - before->blocked);
    s->to = q->state;
    q->last = last;
    follow(q, s);
}

/* A unit whose step is not known. Its accesses have been looked up already if there is f. */
static __attribute__((noinline)) void learn(HwOoo *o, u64 head, const HwStep *s, const u64 *addr, Sources *f)
{
    OooMemo *q = o->memo;
    Access access[HW_STEPS];
    Sources new;
    u32 in_flight = q->at[q->state]->stores, n = fresh(head);
    u32 accesses = note_accesses(access, s, n, in_flight);
    for (u32 k = 0; !in_flight && k < n && s[k].kind != HW_STEP_STORE && s[k].kind != HW_STEP_AMO; k++) o->source[k][0] = o->source[k][1] = 0;
    if (!f) {
        f = &new;
        begin_sources(o, in_flight, f);
        look_up(o, f, access, 0, accesses, addr);
    }
    put_sources(o, f, access, accesses, addr);
    Step *last = q->last, *made = f->odd ? NULL : make_step(o, head, accesses);
    if (!made) {
        work_off(o, s, addr, n);
        return;
    }
    for (u32 i = 0; i < accesses; i++) {
        made->access[i] = access[i];
        made->access[i].source = f->of[i];
        made->early += made->early == i && access[i].does == ACCESS_LOADS;
    }
    Clock before = o->t;
    u64 loads = o->loads.count, room = q->step_used;
    work_off(o, s, addr, n);
    made->loads = (u8)(o->loads.count - loads);
    learned(o, made, last, &before, room);
}

/* Counts and clock after steps that were known, the last one of which began at `front`. */
static void step_on(HwOoo *o, const Step *s, u64 front)
{
    o->t.front = front + (u64)(i64)s->front, o->t.done = front + (u64)(i64)s->done, o->t.commit = front + (u64)(i64)s->commit;
    o->t.wait = 0;
    o->memo->state = s->to;
    o->memo->spelled_out = false;
}

/* A unit after which something else came the last times. */
static __attribute__((noinline)) void run_otherwise(HwOoo *o, const u64 *record, Sources *f)
{
    OooMemo *q = o->memo;
    Sources new;
    u64 head = record[HW_LOG_HEAD];
    const u64 *addr = addresses(record, head);
    Step *e = first_step(q, head);
    if (e && !f) {
        f = &new;
        begin_sources(o, e->in_flight, f);
        look_up(o, f, e->access, 0, e->accesses, addr);
    }
    if (e && !fits(o, e, f)) e = *steps_of(q, head);
    while (e && !(is(e, q->state, head) && fits(o, e, f))) e = e->chain;
    if (!e) {
        learn(o, head, steps(o, head), addr, f);
        return;
    }
    o->rob.count += fresh(head), o->loads.count += e->loads, o->stores.count = f->store, o->t.blocked += e->blocked;
    follow(q, e);
    step_on(o, e, o->t.front);
}

static void run_unknown(HwOoo *o, const u64 *record)
{
    u64 head = record[HW_LOG_HEAD];
    ooo_spell_out(o);
    ooo_resolve(o, steps(o, head), addresses(record, head), fresh(head));
    work_off(o, steps(o, head), addresses(record, head), fresh(head));
}

/* ---- the face -------------------------------------------------------------------------------------------------------------- */

void ooo_stall(HwOoo *o, u64 ticks)
{
    OooMemo *q = o->memo;
    if (q->state == NOT_ONE) {
        o->t.front += ticks;
        return;
    }
    u64 number = ticks << 8 | STALL;
    Step *s = first_step(q, number), *last = q->last;
    if (s) {
        o->t.front += ticks;
        follow(q, s);
        q->state = s->to;
        q->spelled_out = false;
        return;
    }
    s = make_step(o, number, 0);
    ooo_spell_out(o);
    Clock before = o->t;
    u64 room = q->step_used;
    o->t.front += ticks;
    find_state(o);
    if (s) learned(o, s, last, &before, room);
}

static void run_record(HwOoo *o, const u64 *r)
{
    if (o->memo->state == NOT_ONE) run_unknown(o, r);
    else run_otherwise(o, r, NULL);
}

/* As far as steps follow each other as they did before, and records are whole; the first record that is left. */
static u64 *run_known(HwOoo *o, u64 *r, const u64 *end)
{
    OooMemo *q = o->memo;
    Step *last = q->last;
    u64 front = o->t.front, before = front, wait = o->t.wait, n = 0, loads = 0, blocked = 0;
    u32 units = 0;
    bool looked = false;
    Sources f;
    while (whole(r, end)) {
        u64 head = *r;
        Step *s = last->then[0];
        for (u32 k = 1; k < THEN && !(s && s->number == head); k++) s = last->then[k];
        if (!s || s->number != head) break;
        const u64 *addr = addresses(r, head);
        begin_sources(o, s->in_flight, &f);
        if (UNLIKELY(wait != s->wait || !early_fit(o, s, addr, f.origin))) break;
        if (UNLIKELY(!look_up(o, &f, s->access, s->early, s->accesses, addr))) {
            put_early(&f, s);
            looked = true;
            break;
        }
        o->stores.count = f.store;
        n += fresh(head), loads += s->loads, blocked += s->blocked;
        wait = 0;
        before = front;
        front += (u64)(i64)s->front;
        last = s;
        r = next_record(r);
        units++;
    }
    o->rob.count += n, o->loads.count += loads, o->t.blocked += blocked;
    q->asked += units;
    q->last = last;
    if (units) step_on(o, last, before);
    if (!looked) return r;
    run_otherwise(o, r, &f);
    return next_record(r);
}

static void run_plainly(HwOoo *o, const u64 *r)
{
    u64 head = *r;
    ooo_spell_out(o);
    ooo_resolve(o, steps(o, head), addresses(r, head), fresh(head));
    ooo_advance(o, steps(o, head), addresses(r, head), fresh(head));
}

/* All records up to `end`; the one that goes beyond it. */
static u64 *run_records(HwOoo *o, u64 *r, const u64 *end)
{
    OooMemo *q = o->memo;
    while (whole(r, end)) {
        if (!fresh(*r)) {
            r = next_record(r);
            continue;
        }
        if (!worth(q)) {
            run_plainly(o, r);
            r = next_record(r);
            continue;
        }
        if (LIKELY(q->last != NULL)) {
            const u64 *from = r;
            r = run_known(o, r, end);
            if (r != from) continue;
        }
        run_record(o, r);
        r = next_record(r);
    }
    return r;
}

/* The branches in the log that were mispredicted, by where their accesses are. */
typedef struct Wrong { u64 *branch[BP_LATER], n, next; } Wrong;

/* The same; fetch goes on behind each of these branches when it has been resolved. */
static void run_branches(HwModel *m, u64 *r, const u64 *end, Wrong *w)
{
    HwOoo *o = m->ooo;
    for (; w->next < w->n && w->branch[w->next] < end; w->next++) {
        const u64 *branch = w->branch[w->next];
        r = run_records(o, r, branch);
        u64 head = *r, number = head >> 16;
        u32 first = (u32)(branch - r) - HW_LOG_ACCESS + 1;
        ASSERT(branch > r && first > known(head) && first <= executed(head));
        *r = hw_log_head(number, known(head), first);
        run_records(o, r, next_record(r));
        *r = hw_log_head(number, first, executed(head));
        ooo_redirect(m, m->bp.mispredict);
    }
    run_records(o, r, end);
}

void hw_ooo_log(HwModel *m, u64 n)
{
    HwOoo *o = m->ooo;
    u64 *last = m->f.log, before = o->rob.count;
    if (!n && last == o->log) return;
    Wrong wrong;
    wrong.next = 0, wrong.n = bpred_settle_logged(m, wrong.branch);
    ooo_synchronize(m);
    run_branches(m, o->log, last, &wrong);
    u64 left = n - (o->rob.count - before);
    ASSERT(left <= HW_STEPS);
    if (left) {
        u32 all = known(*last) + (u32)left;
        *last = hw_log_head(*last >> 16, known(*last), all);
        run_branches(m, last, next_record(last), &wrong);
        *last = hw_log_head(*last >> 16, all, 0);
    }
    ASSERT(wrong.next == wrong.n);
    ooo_retired(m, n);
    m->f.log = o->log;
    if (last == o->log) return;
    u64 head = *last, access = known(head) < HW_STEPS ? *addresses(last, head) : 0; /* perhaps noted already */
    *o->log = head;
    if (known(head) < HW_STEPS) o->log[HW_LOG_ACCESS + known(head)] = access; /* else the longest of units has been executed, and is only to be left */
}

void hw_ooo_begin_logged(HwModel *m)
{
    HwOoo *o = m->ooo;
    OooMemo *q = o->memo;
    ooo_synchronize(m);
    ASSERT(!o->t.wait);
    u64 head = *m->f.log;
    const HwStep *step = steps(o, head);
    if (q->state == NOT_ONE) {
        o->access = ooo_operands(o, step);
        return;
    }
    u64 number = hw_log_head(head >> 16, known(head), ASK);
    Step *s = first_step(q, number);
    if (!s) {
        u32 state = q->state;
        Step *last = q->last;
        bool known = q->spelled_out;
        s = make_step(o, number, 0);
        if (!known) ooo_spell_out(o);
        u64 access = ooo_operands(o, step);
        if (!s) {
            o->access = access;
            return;
        }
        q->state = s->to = state, q->spelled_out = true, q->last = last;
        s->front = (i32)(access - o->t.front);
    }
    follow(q, s);
    o->access = o->t.front + (u64)(i64)s->front;
}
