/* See replay.h. A reader for each format turns the trace into instructions with up to six accesses; what becomes of these is up to
   whoever replays: the model as a whole, or its caches under cachegrind's rules. */
#include "hwsim/replay.h"
#include "hwsim/champsim.h"
#include "hwsim/mem.h"
#include "hwsim/ooo.h"
#include "hwsim/stream.h"
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { ACCESSES = 6 };
typedef enum Kind { READ, WRITE, MODIFY } Kind;
typedef struct Access { u64 addr; u32 size; Kind kind; } Access;
typedef struct Event {
    u64 ip;
    u32 size;                   /* of the instruction; 0: accesses alone */
    u32 n;
    Access access[ACCESSES];
    bool branch, taken;
    HwBranchKind branch_kind;
    u8 dest, src[3];            /* as HwStep has them */
} Event;

typedef struct Reader Reader;
struct Reader {
    HwInput *in;
    const char *path;
    u64 line;
    bool (*next)(Reader *r, Event *e);
};

/* ---- text ------------------------------------------------------------------------------------------------ */

static bool hex(const char **p, u64 *v)
{
    char *end;
    if (!isxdigit((unsigned char)**p)) return false;
    *v = strtoull(*p, &end, 16);
    *p = end;
    return true;
}

/* "I  04001234,3", " L 1ffeff,8": lackey's lines; false for its messages. */
static bool lackey_line(const Reader *r, const char *line, Event *e)
{
    const char *p = line + 3;
    bool access = line[0] == ' ' && line[1] && strchr("LSM", line[1]) && line[2] == ' ';
    u64 addr, size;
    if (!strncmp(line, "==", 2) || !strncmp(line, "--", 2) || !*line) return false;
    if ((!access && strncmp(line, "I  ", 3)) || !hex(&p, &addr) || *p++ != ',' || !isdigit((unsigned char)*p))
        die("%s:%" PRIu64 ": neither lackey's nor Dinero's: %.60s", r->path, r->line, line);
    size = strtoull(p, NULL, 10);
    if (!size || size > 4096) die("%s:%" PRIu64 ": an access of %" PRIu64 " bytes", r->path, r->line, size);
    *e = (Event){ .dest = HW_STEP_NO_DEST };
    if (access) {
        e->n = 1;
        e->access[0] = (Access){ addr, (u32)size, line[1] == 'L' ? READ : line[1] == 'S' ? WRITE : MODIFY };
    } else {
        e->ip = addr;
        e->size = (u32)size;
    }
    return true;
}

static bool next_lackey(Reader *r, Event *e)
{
    char line[256];
    while (hw_input_line(r->in, line)) {
        r->line++;
        if (lackey_line(r, line, e)) return true;
    }
    return false;
}

/* "2 401000": label and address; what may follow is ignored. */
static bool next_din(Reader *r, Event *e)
{
    char line[256];
    if (!hw_input_line(r->in, line)) return false;
    r->line++;
    const char *p = line + 2;
    u64 addr;
    if (line[0] < '0' || line[0] > '2' || line[1] != ' ') die("%s:%" PRIu64 ": not a line of din (label 0, 1 or 2, address): %.60s", r->path, r->line, line);
    while (*p == ' ') p++;
    if (p[0] == '0' && p[1] == 'x') p += 2;
    if (!hex(&p, &addr)) die("%s:%" PRIu64 ": no address: %.60s", r->path, r->line, line);
    *e = (Event){ .dest = HW_STEP_NO_DEST };
    if (line[0] == '2') {
        e->ip = addr;
        e->size = 1;
    } else {
        e->n = 1;
        e->access[0] = (Access){ addr, 4, line[0] == '0' ? READ : WRITE };
    }
    return true;
}

/* ---- ChampSim -------------------------------------------------------------------------------------------- */

static bool has(const u8 *list, u32 n, u8 r)
{
    for (u32 i = 0; i < n; i++)
        if (list[i] == r) return true;
    return false;
}

static bool special(u8 r) { return !r || r == HW_CHAMP_SP || r == HW_CHAMP_FLAGS || r == HW_CHAMP_IP; }

/* champsim.h's rules. False: not a kind of branch that there is. */
bool hw_champ_branch(const HwChampRecord *r, HwBranchKind *kind)
{
    bool reads_sp = has(r->src, 4, HW_CHAMP_SP), writes_sp = has(r->dest, 2, HW_CHAMP_SP), reads_ip = has(r->src, 4, HW_CHAMP_IP);
    bool flags = has(r->src, 4, HW_CHAMP_FLAGS), other = false;
    for (int i = 0; i < 4; i++) other |= !special(r->src[i]);
    if (!has(r->dest, 2, HW_CHAMP_IP)) return false;
    if (!reads_sp && !flags && !other) *kind = HW_BR_JUMP;
    else if (!reads_sp && !reads_ip && !flags && other) *kind = HW_BR_INDIRECT;
    else if (!reads_sp && reads_ip && !writes_sp && (flags || other)) *kind = HW_BR_COND;
    else if (reads_sp && reads_ip && writes_sp && !flags && !other) *kind = HW_BR_CALL;
    else if (reads_sp && reads_ip && writes_sp && !flags && other) *kind = HW_BR_INDIRECT_CALL;
    else if (reads_sp && !reads_ip && writes_sp) *kind = HW_BR_RETURN;
    else return false;
    return true;
}

/* Their numbers folded onto ours. */
static u8 fold(u8 r) { return r ? (u8)(1 + r % 63) : 0; }

static bool next_champsim(Reader *r, Event *e)
{
    HwChampRecord c;
    size_t n = hw_input_read(r->in, &c, sizeof c);
    if (!n) return false;
    r->line++;
    if (n < sizeof c) die("%s: record %" PRIu64 " is cut off: a ChampSim trace is made of %zu-byte records", r->path, r->line, sizeof c);
    if (c.is_branch > 1 || c.taken > 1) die("%s: record %" PRIu64 " is not ChampSim's", r->path, r->line);
    *e = (Event){ .ip = c.ip, .size = 1, .taken = c.taken, .dest = HW_STEP_NO_DEST };
    e->branch = c.is_branch && hw_champ_branch(&c, &e->branch_kind);
    for (int i = 0; i < 4; i++)
        if (c.src_mem[i]) e->access[e->n++] = (Access){ c.src_mem[i], 8, READ };
    for (int i = 0; i < 2; i++)
        if (c.dest_mem[i]) e->access[e->n++] = (Access){ c.dest_mem[i], 8, WRITE };
    if (c.dest[0] && c.dest[0] != HW_CHAMP_IP) e->dest = fold(c.dest[0]);
    for (int i = 0, k = 0; i < 4 && k < 3; i++)
        if (c.src[i] && c.src[i] != HW_CHAMP_IP) e->src[k++] = fold(c.src[i]);
    return true;
}

/* ---- any format -------------------------------------------------------------------------------------------- */

static Reader open_trace(const char *path)
{
    u8 head[64];
    Reader r = { .in = hw_input_open(path), .path = path };
    size_t n = hw_input_peek(r.in, head, sizeof head);
    if (!n) die("%s: empty", path);
    r.next = next_lackey;
    if (memchr(head, 0, n)) r.next = next_champsim;
    else if (head[0] >= '0' && head[0] <= '2' && n > 1 && head[1] == ' ') r.next = next_din;
    return r;
}

/* ---- the model as a whole ------------------------------------------------------------------------------------ */

typedef struct Replay {
    HwModel *m;
    u64 ip, line;  /* the last instruction; its fetch line, or NONE */
    Event waiting; /* a taken branch whose target is the next instruction */
} Replay;

static void advance(HwModel *m, const HwStep *s, u64 addr)
{
    if (m->ooo) hw_ooo_run(m, s, &addr, 1);
    else hw_retire(m, 1);
}

/* Out of order, each access is a step; the instruction retires with the first. */
static void access(Replay *p, const Event *e, const Access *a)
{
    HwModel *m = p->m;
    bool load = a->kind == READ;
    HwStep s = { .kind = load ? HW_STEP_LOAD : HW_STEP_STORE, .dest = load ? e->dest : HW_STEP_NO_DEST, .src = { e->src[0], e->src[1], e->src[2] },
                 .size = (u8)(a->size < 64 ? a->size : 64) };
    if (m->ooo) hw_ooo_begin(m, &s);
    if (a->kind != WRITE) model_data(m, e->ip, a->addr, a->size, HW_ACC_LOAD, 0);
    if (a->kind != READ) model_data(m, e->ip, a->addr, a->size, HW_ACC_STORE, 0);
    if (m->ooo) hw_ooo_run(m, &s, &a->addr, 1);
}

static void resolve(Replay *p, const Event *e, u64 target)
{
    hw_branch(p->m, e->branch_kind, e->ip, 4, e->taken, target);
}

static void replay_event(Replay *p, Event *e)
{
    HwModel *m = p->m;
    if (e->size) p->ip = e->ip;
    e->ip = p->ip; /* text formats have accesses on lines of their own */
    if (p->waiting.branch) {
        resolve(p, &p->waiting, p->waiting.taken ? e->ip : p->waiting.ip - 4);
        if (p->waiting.taken) p->line = NONE;
        p->waiting.branch = false;
    }
    if (e->size && (e->ip >> m->l1i.shift != p->line)) hw_fetch(m, e->ip);
    if (e->size) p->line = e->ip >> m->l1i.shift;
    u64 last = (e->ip + (e->size ? e->size - 1 : 0)) >> m->l1i.shift;
    if (e->size && last != p->line) hw_fetch(m, last << m->l1i.shift), p->line = last;
    for (u32 i = 0; i < e->n; i++) access(p, e, &e->access[i]);
    if (!e->size || (m->ooo && e->n)) return;
    HwStep s = { .kind = e->branch ? HW_STEP_BRANCH : HW_STEP_ALU, .dest = e->dest,
                 .src = { e->src[0], e->src[1], e->src[2] } };
    advance(m, &s, NONE);
    if (e->branch) p->waiting = *e;
}

void hw_replay(HwModel *m, const char *path)
{
    Reader r = open_trace(path);
    Replay p = { .m = m, .line = NONE };
    Event e;
    while (r.next(&r, &e)) replay_event(&p, &e);
    if (p.waiting.branch) resolve(&p, &p.waiting, p.waiting.ip + 4);
    hw_input_close(r.in);
}

/* ---- cachegrind's rules ----------------------------------------------------------------------------------------- */

static bool line_misses(HwModel *m, HwCache *c, u64 line)
{
    u64 slot = cache_find(c, line);
    if (slot == NONE) cache_fill(m, c, line, 0, 0);
    else cache_touch(c, slot);
    return slot == NONE;
}

/* One or two lines; both are looked up in any case. */
static bool misses(HwModel *m, HwCache *c, u64 addr, u32 size)
{
    u64 first = addr >> c->shift, last = (addr + size - 1) >> c->shift;
    bool missed = line_misses(m, c, first);
    if (last != first) missed |= line_misses(m, c, last);
    return missed;
}

static void refer(HwModel *m, HwCache *c, u64 addr, u32 size, u64 *refs, u64 *first, u64 *last)
{
    ++*refs;
    if (!misses(m, c, addr, size)) return;
    ++*first;
    *last += misses(m, m->unified, addr, size);
}

void hw_replay_cachegrind(HwModel *m, const char *path, HwCachegrind *out)
{
    bool lru = m->l1i.policy == &hw_policies[HW_REPL_LRU] && m->l1d.policy == &hw_policies[HW_REPL_LRU];
    if (!m->unified || m->unified->next || !lru || m->unified->policy != &hw_policies[HW_REPL_LRU])
        die("--rules=cachegrind: the core must have L1 and one level behind it (l2.present or llc.present = false), all with replacement = lru");
    Reader r = open_trace(path);
    Event e;
    *out = (HwCachegrind){ 0 };
    while (r.next(&r, &e)) {
        if (e.size) refer(m, &m->l1i, e.ip, e.size, &out->instructions, &out->i1_misses, &out->ili_misses);
        for (u32 i = 0; i < e.n; i++) {
            const Access *a = &e.access[i];
            if (a->kind == WRITE) refer(m, &m->l1d, a->addr, a->size, &out->writes, &out->d1_write_misses, &out->dl_write_misses);
            else refer(m, &m->l1d, a->addr, a->size, &out->reads, &out->d1_read_misses, &out->dl_read_misses);
        }
    }
    hw_input_close(r.in);
}
