/* Inside the builder: what build.c (control flow, frame states), build_ops.c (arithmetic, stack) and build_mem.c (fields, arrays, objects,
   calls) share. One Build walks one method's bytecode; inlined methods get a Build of their own, linked by `caller`. */
#ifndef JIT_BUILD_H
#define JIT_BUILD_H
#include "jit/flow.h"
#include "jit/jit.h"
#include "vm/opcodes.h"
#include "vm/profile.h"

/* What locals and operands hold at a place, by slot. */
typedef struct Edge { u32 from; Val *env; u32 sp; } Edge;
typedef struct Place { u32 ir; bool started, header; Vec(Edge) in; Vec(Val) phis; Vec(u32) phi_slots; } Place;

typedef Vec(Val) Vals;
typedef struct Build {
    IrFn *f;
    Method *m;
    u32 scope;
    Flow *flow;
    struct Build *caller;
    Place *places;    /* per bci; only leaders are used */
    u32 *order, norder; /* leaders in reverse postorder */
    u32 cur;          /* block being filled; 0: nothing reaches here */
    u32 bci, next;
    Val *env;         /* max_locals locals, then operands */
    u32 sp;           /* slots of env in use */
    u32 state;        /* the frame state before this bytecode, once made */
    /* inlined: where returns go */
    u32 return_block;
    Vals *return_values;
    u8 return_type;
    Val lock;         /* of a synchronized method: what it has locked */
} Build;

/* A call being built: whom, how many argument slots (receiver included, appendix not). */
typedef struct Call { Method *m; const void *ref; u8 kind; u32 slots; i64 index; Object **appendix; bool receiver; const Class *klass; /* the receiver's, if checked */ } Call;

/* build.c */
/* Builds m in place of a call whose arguments (by slot) are `args`; its returns go to block `to`, their values to the end of *values. */
void b_build_inline(Build *b, Method *m, const Val *args, u32 slots, u32 state, u32 to, Vals *values);
void b_unlock(Build *b, const Build *of, u32 state);
Val b_emit(Build *b, IrOp op, IrType type, Val x, Val y, Val z); /* appended to the current block, folded */
Ins *b_ins(Build *b, Val v);
u32 b_state(Build *b);             /* before this bytecode */
u32 b_state_at(Build *b, u32 bci, bool during); /* with the environment as it is now */
Val b_int(Build *b, i32 v);
Val b_long(Build *b, i64 v);
Val b_null(Build *b);
void b_push(Build *b, Val v);      /* one or two slots, by its type */
Val b_pop(Build *b);
Val b_pop2(Build *b);              /* the value of two slots */
void b_jump(Build *b, u32 target); /* an edge from cur to the place at bci */
void b_edge(Build *b, u32 from, u32 bci); /* from this block, with what b's environment holds */
void b_trap(Build *b, JitReason reason); /* leaves before this bytecode, for good; nothing follows */
void b_abort(Build *b, JitAbort why);
void b_nullcheck(Build *b, Val v);
IrType b_type(BasicType t);

/* build_ops.c */
bool b_simple(Build *b, u8 op);    /* constants, locals, stack, arithmetic; false: not one of these */
void b_branch(Build *b, u8 op);
void b_switch(Build *b, u8 op);
void b_throw(Build *b);            /* build_throw.c */
/* build_divide.c: x / d or x % d without dividing; V_NONE: it is to be divided */
Val b_divide(Build *b, IrOp op, IrType t, Val x, i64 d);
/* build_mem.c */
bool b_memory(Build *b, u8 op);    /* fields, elements, objects, calls, monitors */
void b_uses_class(Build *b, const Class *c);
Val b_pool(Build *b, Object **at);  /* a reference that the VM keeps at this address */
void b_call(Build *b, const Call *c); /* a real call; the arguments are on the stack */
/* build_intrinsic.c */
bool b_has_intrinsic(const Method *m);
bool b_intrinsic(Build *b, const Call *c); /* false: it is none, or this use is not */
/* build_handle.c: a call of a method handle's intrinsic that is known to go elsewhere */
void b_handle(Build *b, Call *c);
/* inline.c: true: the call is built in place, its result pushed */
bool b_inline(Build *b, const Call *c);

#endif
