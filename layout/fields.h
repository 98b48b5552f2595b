/* Where the fields of a class should lie, by their heat: hot ones next to each other right behind the header, the rest behind them, in a whole hierarchy:
   a field has one offset in all subclasses, so superclasses leave room for hot fields of a subclass. */
#ifndef LAYOUT_FIELDS_H
#define LAYOUT_FIELDS_H
#include "layout/heat.h"
#include "vm/relayout.h"

enum { FIELDS_LINE = 64, FIELDS_MAX_SIZE = 4096 /* bytes of the objects looked at */ };

/* How many lines a visit to the bytes marked in `used` touches, on average over where an object of `size` bytes may begin. */
double visit_lines(const u8 *used, u32 size);
/* Is this one of the fields that count, of all of its class with so many stalls? */
bool field_is_hot(const FieldHeat *r, u64 stalls_of_class);

typedef struct FieldPlan {
    Class *c;                /* whose visits are to touch fewer lines */
    Vec(FieldPlace) places;  /* fields that are to lie elsewhere: its own, those it inherits, those of other subclasses of these classes */
    double before, after;    /* lines that a visit touches */
    u64 stalls;              /* of its objects, by samples */
} FieldPlan;

/* May the order of this class's own fields be changed: when it is loaded (the boot loader's classes keep theirs, which the VM knows), or
   later, when offsets may have gone out through Unsafe and method handles? */
bool fields_may_move(const Class *c, bool loaded);
/* A plan for the class of these rows (heat_collect's, of one class), or false: nothing to gain, or it cannot be had: objects of no class may become
   larger. Free it with fields_plan_free. */
enum { FIELDS_LOADED = 1 /* for now, not for when the class is loaded */, FIELDS_ANYHOW = 2 /* torture: for better or worse */ };
bool fields_plan(const FieldHeat *rows, size_t n, u32 how, FieldPlan *out);
void fields_plan_free(FieldPlan *p);
/* The share of the stalls on objects of the class that it is expected to save. */
double fields_saving(const FieldPlan *p);
/* "Record.hot2 80 -> 16, ..." malloc'ed. */
char *fields_text(const FieldPlan *p);

#endif
