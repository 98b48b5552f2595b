/* Samples against the observer: Spearman's rank correlation over the fields that have a share of the L1D misses on Java objects (headers, lengths and elements
   of a class count as one field). */
#include "report/ranks.h"
#include "base/hash.h"
#include "base/vec.h"
#include "layout/seen.h"
#include "report/observe.h"
#include <math.h>
#include <stdlib.h>

enum { SHARE = 1000 /* a field with fewer than one of so many misses is left out */, LEAST = 3 };

static double rank_of(const double *x, int n, int i)
{
    int below = 0, alike = 0;
    for (int k = 0; k < n; k++) below += x[k] < x[i], alike += x[k] == x[i];
    return below + (alike + 1) / 2.0;
}

double rank_correlation(const double *x, const double *y, int n)
{
    double mean = (n + 1) / 2.0, both = 0, xx = 0, yy = 0;
    for (int i = 0; i < n; i++) {
        double a = rank_of(x, n, i) - mean, b = rank_of(y, n, i) - mean;
        both += a * b, xx += a * a, yy += b * b;
    }
    return xx > 0 && yy > 0 ? both / sqrt(xx * yy) : 0;
}

/* Observed misses by field or class. */
static u64 sum_up(Map *observed_misses)
{
    u64 all = 0;
    for (size_t i = 0; i < observed.cells.len; i++) {
        const Cell *c = &observed.cells.data[i];
        const Target *t = &observed.targets.data[c->target];
        if (t->service || !t->klass || t->kind != PLACE_OBJECT) continue;
        u64 misses = c->n[N_L1D];
        *map_put(observed_misses, t->part == PART_FIELD ? (u64)t->field : (u64)t->klass) += misses;
        all += misses;
    }
    return all;
}

void ranks_add(cJSON *root)
{
    Map misses = { 0 };
    Vec(double) sampled = { 0 }, seen = { 0 };
    u64 all = sum_up(&misses);
    MapEntry *e;
    for (size_t i = 0; (e = map_next(&misses, &i));) {
        if (!e->value || e->value * SHARE < all) continue;
        vec_push(&seen, (double)e->value);
        vec_push(&sampled, (double)seen_misses((const void *)e->key));
    }
    if (seen.len < LEAST) cJSON_AddNullToObject(root, "layout_samples_rank");
    else cJSON_AddNumberToObject(root, "layout_samples_rank", rank_correlation(sampled.data, seen.data, (int)seen.len));
    vec_free(&sampled), vec_free(&seen);
    map_free(&misses);
}
