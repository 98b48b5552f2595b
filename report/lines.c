/* Bytes used of the lines fetched: see lines.h. A line that a prefetcher brings in before its miss counts with the fetch before. */
#include "report/lines.h"
#include "base/hash.h"
#include "base/log.h"
#include "report/observe.h"
#include <string.h>

typedef struct Line { u64 used[2]; u32 target; } Line;
typedef struct Use { u64 fetched, bytes; } Use;

static struct {
    u32 line_bytes;  /* 0: not asked for */
    Map index;       /* line -> place in `lines` */
    Vec(Line) lines;
    Vec(Use) uses;   /* by target */
} L;

void lines_start(u32 line_bytes)
{
    ASSERT(line_bytes && line_bytes <= 128 && !(line_bytes & (line_bytes - 1)));
    L.line_bytes = line_bytes;
}

static void settle(const Line *l)
{
    while (L.uses.len <= l->target) vec_push(&L.uses, ((Use){ 0, 0 }));
    L.uses.data[l->target].fetched++;
    L.uses.data[l->target].bytes += (u64)(__builtin_popcountll(l->used[0]) + __builtin_popcountll(l->used[1]));
}

void lines_fetched(u64 addr, u32 target)
{
    if (!L.line_bytes) return;
    u64 line = addr / L.line_bytes, *at = map_get(&L.index, line);
    if (at) {
        settle(&L.lines.data[*at]);
        L.lines.data[*at] = (Line){ { 0, 0 }, target };
        return;
    }
    *map_put(&L.index, line) = L.lines.len;
    vec_push(&L.lines, ((Line){ { 0, 0 }, target }));
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
    if (L.uses.data[x].fetched != L.uses.data[y].fetched) return L.uses.data[x].fetched < L.uses.data[y].fetched ? 1 : -1;
    return x < y ? -1 : x > y;
}

cJSON *lines_json(void)
{
    if (!L.line_bytes) return NULL;
    cJSON *o = cJSON_CreateObject();
    cJSON_AddNumberToObject(o, "line_bytes", L.line_bytes);
    cJSON *list = cJSON_AddArrayToObject(o, "by_class");
    Vec(u32) order = { 0 };
    for (u32 i = 0; i < L.uses.len; i++)
        if (L.uses.data[i].fetched) vec_push(&order, i);
    if (order.len) qsort(order.data, order.len, sizeof(u32), more_fetched);
    for (size_t i = 0; i < order.len; i++) {
        cJSON *row = cJSON_CreateObject();
        char *name = target_class_name(&observed.targets.data[order.data[i]]);
        cJSON_AddStringToObject(row, "name", name);
        free(name);
        cJSON_AddNumberToObject(row, "fetched", (double)L.uses.data[order.data[i]].fetched);
        cJSON_AddNumberToObject(row, "bytes_used", (double)L.uses.data[order.data[i]].bytes);
        cJSON_AddItemToArray(list, row);
    }
    vec_free(&order);
    return o;
}
