/* Register allocation: linear scan over lifetime intervals with splitting, after Wimmer and Moessenboeck (2005), on SSA form with phis
   resolved like splits (Wimmer and Franz 2010).

   Positions: instruction n of the emission order has 4n (operands are read), 4n + 1 (a call clobbers everything), 4n + 2 (the result is there).
   Each value has one spill slot at most. It is written once, where the value is defined, if the value is ever in memory; so a slot is right
   from then on, and going from register to memory costs nothing. */
#ifndef JIT_REGALLOC_H
#define JIT_REGALLOC_H
#include "jit/ir.h"

/* Where a value is. */
typedef enum LocKind { LOC_NONE, LOC_X, LOC_F, LOC_SLOT, LOC_ARG, LOC_CONST } LocKind;
typedef struct Loc { u8 kind; u8 reg; i32 slot; } Loc; /* slot: number of a spill slot, or of a local for LOC_ARG */

typedef struct RaMove { u32 pos; Val val; Loc from, to; Val target; bool edge; } RaMove; /* target: the phi written, or val */

typedef struct RaInterval RaInterval;
typedef struct Ra {
    IrFn *f;
    u32 *order, norder;       /* blocks in emission order */
    u32 *first, *last;        /* per block: position of its first instruction, and behind its last */
    u32 *pos;                 /* per value: 4n */
    RaInterval **of;          /* per value: its first interval, or NULL */
    Vec(RaMove) moves;        /* sorted by position; those at the same position happen at once */
    u32 nslots;
    bool failed;
} Ra;

Ra *ra_allocate(IrFn *f);
void ra_free(Ra *r);
/* Where a value is at a position at which it is live. */
Loc ra_at(Ra *r, Val v, u32 pos);
Loc ra_where(Ra *r, Val v, u32 pos); /* LOC_NONE: it is not live there */
/* Where its result goes, and the slot that it has to be stored to as well, or -1. */
Loc ra_result(Ra *r, Val v);
i32 ra_store_slot(Ra *r, Val v);

/* A stretch of positions in which a value lies in one place. Calls fn for those of all values. */
typedef struct RaPiece { u32 from, to; Val val; Loc at; } RaPiece;
void ra_pieces(Ra *r, void (*fn)(void *ctx, const RaPiece *p), void *ctx);

/* Registers of the core as compiled code uses them (also jit/asm.h). */
enum { RA_NX = 19, RA_NF = 28 };
extern const u8 ra_x[RA_NX]; /* allocatable, those that the translator keeps in registers of the host first */
extern const u8 ra_f[RA_NF];

#endif
