/* Bytes used of the lines fetched: see lines.h. A line that a prefetcher brings in before its miss counts with the fetch before. */
#include "report/lines.h"
#include "base/hash.h"
#include "base/log.h"
#include "report/observe.h"
#include <string.h>

typedef struct Line { u64 used[2]; u32 target, pass; } Line; /* pass: how many layout passes there were when it was fetched */
typedef struct Use { u64 fetched, bytes; } Use;
typedef Vec(Use) Uses; /* by target */

static struct {
    u32 line_bytes;  /* 0: not asked for */
    Map index;       /* line -> place in `lines` */
    Vec(Line) lines;
    Uses all, before, after; /* in the whole run; before the first layout pass; of lines fetched since the last one */
    u32 passes;
} L;

void lines_start(u32 line_bytes)
{
    ASSERT(line_bytes && line_bytes <= 128 && !(line_bytes & (line_bytes - 1)));
    L.line_bytes = line_bytes;
}

static void count(Uses *u, const Line *l)
{
    while (u->len <= l->target) vec_push(u, ((Use){ 0, 0 }));
    u64 bytes = (u64)(__builtin_popcountll(l->used[0]) + __builtin_popcountll(l->used[1]));
    ASSERT(bytes <= L.line_bytes);
    u->data[l->target].fetched++;
    u->data[l->target].bytes += bytes;
}

static void settle(const Line *l)
{
    ASSERT(l->pass <= L.passes);
    count(&L.all, l);
    if (L.passes && l->pass == L.passes) count(&L.after, l);
}

void lines_pass(void)
{
    if (!L.line_bytes) return;
    if (!L.passes++) {
        for (size_t i = 0; i < L.all.len; i++) vec_push(&L.before, L.all.data[i]);
        for (size_t i = 0; i < L.lines.len; i++) count(&L.before, &L.lines.data[i]);
    }
    vec_clear(&L.after);
}

void lines_fetched(u64 addr, u32 target)
{
    if (!L.line_bytes) return;
    u64 line = addr / L.line_bytes, *at = map_get(&L.index, line);
    if (at) {
        settle(&L.lines.data[*at]);
        L.lines.data[*at] = (Line){ { 0, 0 }, target, L.passes };
        return;
    }
    *map_put(&L.index, line) = L.lines.len;
    vec_push(&L.lines, ((Line){ { 0, 0 }, target, L.passes }));
}

void lines_used(u64 addr, u32 bytes)
{
    const u64 *at = map_get(&L.index, addr / L.line_bytes);
    if (!at) return; /* it came by a prefetch */
    u32 first = (u32)(addr % L.line_bytes);
    Line *l = &L.lines.data[*at];
    ASSERT(first + bytes <= L.line_bytes);
    for (u32 i = first; i < first + bytes; i++) l->used[i / 64] |= 1ull << i % 64;
}

void lines_end(void)
{
    for (size_t i = 0; i < L.lines.len; i++) settle(&L.lines.data[i]);
    vec_free(&L.lines);
    map_free(&L.index);
}

static int more_fetched(const void *a, const void *b)
{
    u32 x = *(const u32 *)a, y = *(const u32 *)b;
    if (L.all.data[x].fetched != L.all.data[y].fetched) return L.all.data[x].fetched < L.all.data[y].fetched ? 1 : -1;
    return x < y ? -1 : x > y;
}

static void put_use(cJSON *row, const Uses *u, u32 target)
{
    Use none = { 0, 0 }, use = target < u->len ? u->data[target] : none;
    ASSERT(use.bytes <= use.fetched * L.line_bytes);
    cJSON_AddNumberToObject(row, "fetched", (double)use.fetched);
    cJSON_AddNumberToObject(row, "bytes_used", (double)use.bytes);
}

cJSON *lines_json(void)
{
    if (!L.line_bytes) return NULL;
    cJSON *o = cJSON_CreateObject();
    cJSON_AddNumberToObject(o, "line_bytes", L.line_bytes);
    cJSON *list = cJSON_AddArrayToObject(o, "by_class");
    Vec(u32) order = { 0 };
    for (u32 i = 0; i < L.all.len; i++)
        if (L.all.data[i].fetched) vec_push(&order, i);
    if (order.len) qsort(order.data, order.len, sizeof(u32), more_fetched);
    for (size_t i = 0; i < order.len; i++) {
        cJSON *row = cJSON_CreateObject();
        cJSON_AddStringToObject(row, "name", target_class_name(&observed.targets.data[order.data[i]]));
        put_use(row, &L.all, order.data[i]);
        if (L.passes) {
            put_use(cJSON_AddObjectToObject(row, "before"), &L.before, order.data[i]);
            put_use(cJSON_AddObjectToObject(row, "after"), &L.after, order.data[i]);
        }
        cJSON_AddItemToArray(list, row);
    }
    vec_free(&order);
    return o;
}
