/* How many objects of each class there are, as `jcmd GC.class_histogram` tells it. */
#include "base/hash.h"
#include "base/log.h"
#include "base/vec.h"
#include "classlib/heapdump.h"

typedef struct Row { const Class *c; u64 objects, bytes; } Row;
typedef struct Rows { Vec(Row) list; Map index; } Rows;

static void count(void *ctx, GcObject *o)
{
    Rows *r = ctx;
    const Class *c = object_class((Object *)o);
    u64 *at = map_put(&r->index, (u64)c);
    if (!*at) {
        vec_push(&r->list, ((Row){ .c = c }));
        *at = r->list.len;
    }
    Row *row = &r->list.data[*at - 1];
    row->objects++;
    row->bytes += gc_object_size(o);
}

/* The largest first; then in the order of definition. */
static int by_bytes(const void *a, const void *b)
{
    const Row *x = a, *y = b;
    if (x->bytes != y->bytes) return x->bytes < y->bytes ? 1 : -1;
    return x->c->id < y->c->id ? -1 : x->c->id > y->c->id;
}

static void print_row(FILE *out, u32 number, const Row *row)
{
    char *name = class_java_name(row->c);
    const Class *of = class_is_array(row->c) ? row->c->element : row->c;
    const Module *m = of->module;
    fprintf(out, "%4u: %13llu  %13llu  %s", number, (unsigned long long)row->objects, (unsigned long long)row->bytes, name);
    if (m && m->name && m->version) fprintf(out, " (%s@%s)", m->name->bytes, m->version->bytes);
    else if (m && m->name) fprintf(out, " (%s)", m->name->bytes);
    fputc('\n', out);
    free(name);
}

void heap_histogram(FILE *out, bool live)
{
    if (live) vm_collect();
    Rows rows = { 0 };
    gc_walk(count, &rows);
    ASSERT(rows.list.len > 0);
    qsort(rows.list.data, rows.list.len, sizeof rows.list.data[0], by_bytes);
    u64 objects = 0, bytes = 0;
    fprintf(out, " num     #instances         #bytes  class name (module)\n-------------------------------------------------------\n");
    for (size_t i = 0; i < rows.list.len; i++) {
        print_row(out, (u32)i + 1, &rows.list.data[i]);
        objects += rows.list.data[i].objects, bytes += rows.list.data[i].bytes;
    }
    fprintf(out, "Total %13llu  %13llu\n", (unsigned long long)objects, (unsigned long long)bytes);
    vec_free(&rows.list);
    map_free(&rows.index);
}
