/* Code that ran, and what it did whatever it accessed.

   Each bytecode of a method that was met has a spot: its place in tables with an entry for each byte of code. What runs together lies together there, so that an event
   costs few lines of the host's cache. Spot 0 is all that ran when no Java did. A spot of which there is something to tell has a number, its place in observed.codes;
   spot 0 has number 0. There may be a hundred thousand, of which most have a mispredicted branch and nothing else. */
#ifndef REPORT_CODES_H
#define REPORT_CODES_H
#include "base/hash.h"
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

/* Mispredicted branches of a spot that its code does not count yet: directions, targets. */
typedef struct Wrong { u8 n[2]; } Wrong;

/* A method met. Small, as many are met in turn; 0: none. */
typedef struct Known { u32 method, code; /* as offsets in the META window */ u32 length, first; /* the spot of its first byte */ } Known;
_Static_assert(sizeof(Known) == 16, "four to a line of the host's cache");
enum { KNOWN_BITS = 12 };
extern struct Codes {
    /* By spot, as long as no further method is met. */
    Vec(u32) numbers;      /* 0: none yet */
    Vec(Wrong) wrong;
    Known *known;          /* lately: 1 << KNOWN_BITS */
} codes;

void codes_start(void);
static inline u32 meta_offset(const void *metadata) { return (u32)((u64)metadata - WIN_META_BASE); }
static inline const Method *known_as(const Known *k) { return k ? (const Method *)(WIN_META_BASE + k->method) : NULL; }
/* Of a spot of m's (NULL: of spot 0). */
u32 code_number(const Method *m, u32 spot);
/* One of a code's counts. Valid until the next code is met. */
u64 *code_count(u32 number, Count kind);
/* What is in `wrong` is counted: of one, or of all. */
void code_settle(u32 spot);
void codes_settle(void);

/* What the core runs at a pc in compiled code; NULL and spot 0: no Java code. Valid until the next is asked for. */
const Known *code_compiled(u64 pc, u32 *spot);
const Known *code_met_anew(const Method *m); /* of code_interpreted: what may be no method */
/* The same of the interpreter, by what GUEST_REG_PC and GUEST_REG_FRAME have. */
static inline const Known *code_interpreted(u64 bytecode, u64 frame, u32 *spot)
{
    *spot = 0;
    if (!IN_WINDOW(STACK, frame) || frame & 7) return NULL;
    const Method *m = ((const Frame *)frame)->method;
    const Known *k = &codes.known[hash_slot((u64)m, KNOWN_BITS)];
    if (UNLIKELY(!m || k->method != meta_offset(m)) && !(k = code_met_anew(m))) return NULL;
    u64 bci = bytecode - WIN_META_BASE - k->code;
    *spot = k->first + (bci < k->length ? (u32)bci : 0);
    return k;
}

#endif
