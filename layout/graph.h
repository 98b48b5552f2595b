/* What the samples say: how hot each class-field edge is (how many sampled misses were on objects whose address came through it). */
#ifndef LAYOUT_GRAPH_H
#define LAYOUT_GRAPH_H
#include "base/hash.h"
#include "base/vec.h"
#include "layout/origin.h"

/* An edge: objects of class `from` (or a subclass) refer through `field` - or, for arrays, through their elements - to the missing objects. */
typedef struct Edge {
    Field *field;      /* NULL: elements of `from` */
    Class *from;
    Class *to;         /* class of the objects that missed */
    u64 misses;        /* weight: sampled misses, in twelfths (one sample may have several origins) */
    u64 latency;       /* their cycles, times the period */
    u64 scattered;     /* elements of large arrays: sampled misses on such an array itself, in twelfths. Walked in order it hardly ever misses */
    double recent;     /* samples, each look counting three quarters of the next: what is hot now, not in an earlier phase */
    u32 refused;       /* times that there was nothing to place along it. More looks, each at other samples, would find something by chance */
    bool expected;     /* known from an earlier run, and no pass since: hot by its weight */
    bool placed;       /* the last pass that placed what it leads to went along it; */
    bool displaced;    /* or went along others */
    bool disputed;     /* of a plan: what lies beside its targets may be used with them, and stays */
    bool cold;         /* of a plan: a link among what it moves that is not hot itself, followed when all else has been */
    u64 sized, bytes;  /* samples of objects that it leads to, and what those come to */
    u64 made, made_before; /* bytes of objects that it can lead to, allocated until the last look and the one before */
    u64 made_placed;   /* until the last pass, if that placed such objects */
} Edge;
typedef Vec(Edge) Edges;

typedef struct Graph {
    Edges edges;
    Map known;         /* (instruction, class) -> place in `lists`, of what was found once; or how often it was not; or that it is a matter of callers */
    Map known_by;      /* the same, by hash of callers too */
    Vec(u32) lists;    /* a count, then so many indices of edges */
    double recent;     /* of all edges, at the last look */
} Graph;

/* The edges by which an instruction's objects of class c are reached: a place for graph_count, or 0: none is known. `places`: the instruction, then
   its callers. *by_caller: others might have led here by other edges. */
u32 graph_find(Graph *g, Class *c, const CodePlace *places, u32 n, bool *by_caller);
/* Adds one sampled miss on such an object, of so many bytes. */
void graph_count(Graph *g, u32 place, u64 stalls, u64 bytes);
/* Adds one sampled miss on a large array of this class. */
void graph_count_array(Graph *g, const Class *array);
/* An edge known from earlier: it begins with a share of the misses of a few samples, and with stalls. */
void graph_expect(Graph *g, const Edge *e, double share, double stalls);
/* Bytes of objects that an edge can lead to, by what has been allocated. */
u64 graph_made(const Edge *e);
/* Does an edge leave objects of class c by the field at this offset? */
bool graph_has_field(const Graph *g, const Class *c, u32 offset);
/* Was there ever a miss on what this edge leads to? */
bool graph_met(const Graph *g, const Edge *e);
/* At each look at the samples, when these have been counted: takes note of how much has been allocated; earlier looks count less. */
void graph_look(Graph *g);
/* What was hot of late is over. */
void graph_cool(Graph *g);
/* After a pass: heat of the past counts half. */
void graph_decay(Graph *g);
/* Has a pass placed what this list's edges lead to along one of them, and do the others not matter? */
bool graph_placed(const Graph *g, u32 place);
/* A pass was made along these edges: others to the same classes lead to objects that lie in no order of theirs; or, if it would have been the same
   along any (`fixed`), in the only order that there is. */
void graph_place(Graph *g, const Edge *edges, u32 n, bool fixed);
/* The share of the objects that the last pass could have placed, by what has been allocated of their kind since. */
double graph_placeable(const Graph *g);
/* A pass along these edges was not made, as there was nothing to place. */
void graph_refuse(Graph *g, const Edge *edges, u32 n);
/* Edges that carry at least 1/16 of the edge misses of late, hottest first, and those from static fields; at most `max`. */
u32 graph_hot(const Graph *g, Edge *out, u32 max);
/* Edges that carry less than that, but more than 1/48, in no order. */
u32 graph_warm(const Graph *g, Edge *out, u32 max);
/* What has led to misses, but is not among the n edges given: fields from what these lead to or leave to what they lead to, to be followed last; and arrays of what
   they lead to, to start from. In no order. */
u32 graph_cold(const Graph *g, const Edge *edges, u32 n, Edge *out, u32 max);
/* The same as graph_hot by all misses ever. */
u32 graph_hot_ever(const Graph *g, Edge *out, u32 max);
/* All reference fields of the program's own classes, and elements of arrays of such, as far as there is room: what is known without counters. */
u32 graph_static(Edge *out, u32 max);
/* "Node.next -> Node, Tree.root -> Node"; malloc'ed. */
char *edges_text(const Edge *edges, u32 n);

#endif
