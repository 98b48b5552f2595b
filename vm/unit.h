/* Units of class unloading: the classes that live and die together, their metadata, and what they keep alive. A class loader that a program
   made is one, with all that it defined; so is each hidden class that was not asked to be strong. What the boot, platform and app loaders
   define belongs to no unit (NULL) and stays. */
#ifndef VM_UNIT_H
#define VM_UNIT_H
#include "vm/class.h"
#include "base/vec.h"

typedef struct Unit {
    Loader *loader;        /* whose unit it is; or */
    Class *hidden;         /* once it is published */
    Vec(Class *) classes;  /* all, arrays too */
    Vec(Object **) slots;  /* exact references that the unit keeps alive: mirrors, constants, appendices, errors */
    Vec(Class *) needs;    /* classes of other units that it refers to */
    Vec(struct UnitSymbol { Symbol *symbol; u32 uses; }) symbols; /* see unit_owns_symbol */
    struct MetaRun *runs;  /* its memory */
    u8 *at, *end;          /* what is left of the newest run */
    u32 traced;            /* last cycle in which its references were visited */
    bool dead;
    struct Unit *next;     /* all units */
} Unit;

Unit *unit_new(void);
void unit_free(Unit *u);   /* with its memory; nothing refers to it any more */
/* Zeroed memory in the META window. NULL: for ever. */
void *unit_alloc(Unit *u, size_t n, size_t align);
/* The same for what only the host reads, or seldom anybody: what for ever stays of it keeps apart from what Java code reads as it runs, which is then on fewer pages. */
void *unit_alloc_cold(Unit *u, size_t n, size_t align);
/* What is found at the address of metadata; NULL: nothing that could go. */
Unit *unit_at(u64 address);

/* Keeps what *slot refers to alive as long as the unit. NULL: for ever. */
void unit_add_root(Unit *u, Object **slot);
/* A unit refers to a class. */
void unit_needs(Unit *u, Class *c);
/* A symbol that has been interned for one of the unit's classes alone: it goes with the unit, unless somebody asks for it meanwhile. */
void unit_owns_symbol(Unit *u, Symbol *s);

/* ---- For the heap's client (roots.c) ---- */
void units_cycle_start(bool moving);
/* Visits what a unit keeps alive, once a cycle. */
void unit_trace(Unit *u, GcVisit visit, void *ctx);
/* Words that may point to metadata: the units they find are roots. */
void units_scan(const void *lo, const void *hi, GcVisitPtr exact, void *ctx);
void units_roots(GcVisitPtr exact, void *ctx);  /* of all: when objects move */
void units_weak(GcVisitPtr weak, void *ctx);    /* decides which units are dead */
void units_unload(void);                        /* unload.c: after a cycle, those go */
Unit *units_first(void);
extern bool units_keep_memory; /* metadata of what is unloaded is not used again: reports and the optimizer may know its addresses */
#endif
