/* Branches, for reports: mispredicted ones, what value hints did at them, and (if asked) executed ones, each added to the counts of its bytecode. */
#ifndef REPORT_BRANCHES_H
#define REPORT_BRANCHES_H
#include "hwsim/observer.h"

void branches_start(void);
void branches_settle(void); /* all so far are counted */
/* Members of an HwObserver. */
void branch_mispredicted(void *ctx, HwBranchKind kind, u64 pc, u64 target, const u64 *x);
u64 *branch_counter(void *ctx, u64 pc);
void branch_wrong_direction(void *ctx, u64 pc, u64 bytecode, u64 frame);
void branch_executed(void *ctx, HwBranchKind kind, u64 pc, const u64 *x);
void branch_value(void *ctx, bool target, u64 pc, u32 what, const u64 *x);

#endif
