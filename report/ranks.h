/* How well samples tell what misses. */
#ifndef REPORT_RANKS_H
#define REPORT_RANKS_H
#include <cjson/cJSON.h>

/* "layout_samples_rank": the rank correlation of sampled and observed misses; null where there are too few fields. */
void ranks_add(cJSON *root);
/* Spearman's: of n pairs, ties at their middle rank; 0 if all of one side are alike. */
double rank_correlation(const double *x, const double *y, int n);

#endif
