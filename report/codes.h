/* Code that ran, and what it did whatever it accessed. Each bytecode seen has a number, its place in observed.codes; number 0 is all that ran when no
   Java did. There may be a hundred thousand, of which most have a mispredicted branch and nothing else. */
#ifndef REPORT_CODES_H
#define REPORT_CODES_H
#include "report/report.h"
#include "vm/vm.h"

enum { CODE_KINDS = N_STORES + 1 - N_MISPREDICTED, ASKED_KINDS = COUNT_KINDS - N_EXECUTED };

typedef struct Code {
    const Method *method;  /* NULL: no Java code */
    u32 bci;
    u32 asked;             /* place in observed.asked, from 1; 0: it has no such counts */
    u64 n[CODE_KINDS];     /* from N_MISPREDICTED on */
} Code;
/* Counts from N_EXECUTED on: only with options that ask for them. */
typedef struct AskedCounts { u64 n[ASKED_KINDS]; } AskedCounts;

void codes_start(void);
u32 code_number(const Method *m, u32 bci);
bool code_met(const Method *m, u32 bci); /* does it have one */
/* One of a code's counts. Valid until the next code is met. */
u64 *code_count(u32 number, Count kind);

#endif
