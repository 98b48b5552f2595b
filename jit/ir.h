/* The intermediate representation: one function in SSA form. An IrFn has blocks, a block an ordered list of instructions,
   an instruction is its own value and is named by its index (Val; 0 is none). Frame states tell at what bytecode, with what locals and
   operands, interpreters go on; states of inlined methods have their caller's as parent.

   What the fields of an instruction mean beyond ir.def:
     type   of its result; of STORE, STOREX, IF: of the value stored, of the operands compared
     sub    BasicType of a memory access; condition (IrCond); conversion (the bytecode's opcode); kind of call (IRC_*)
     imm    constant bits, offset, slot, reason; CALL through the vtable: the index
     ref    Field, Class, Method or CallInfo that it is about
     state  frame state: NULLCHECK, guards: before the bytecode (it is executed again); CALL: during (arguments popped)
     where  scope and bytecode it stems from: IR_WHERE(scope, bci)
   Addresses inside objects exist only within an instruction (LOADX, STOREX): no interior pointer is ever live across one that may collect.

   Interface for passes: iterate `for b in fn->rpo: for i in blocks[b].ins`; operands through ir_operands; replace values by
   ir_replace(fn, old, new) and, at the end of the pass, ir_resolve(fn), which rewrites all uses and drops what was replaced. Instructions
   are taken out by ir_delete. After changing edges call ir_order (rpo, dominators, loops). jit_check(fn) verifies all this. */
#ifndef JIT_IR_H
#define JIT_IR_H
#include "base/log.h"
#include "base/vec.h"
#include "jit/jit.h"

typedef u32 Val;
enum { V_NONE = 0 };

typedef enum IrType { IT_VOID, IT_INT, IT_LONG, IT_FLOAT, IT_DOUBLE, IT_REF } IrType;
typedef enum IrCond { CC_EQ, CC_NE, CC_LT, CC_GE, CC_GT, CC_LE, CC_ULT, CC_UGE } IrCond;
static inline IrCond cond_not(IrCond c) { return (IrCond)(c ^ 1); }
static inline bool cond_holds(IrCond cc, i64 a, i64 b)
{
    switch (cc) {
    case CC_EQ: return a == b;
    case CC_NE: return a != b;
    case CC_LT: return a < b;
    case CC_GE: return a >= b;
    case CC_GT: return a > b;
    case CC_LE: return a <= b;
    case CC_ULT: return (u64)a < (u64)b;
    default: return (u64)a >= (u64)b;
    }
}
/* b <result> a is a <c> b; not for unsigned ones */
static inline IrCond cond_swap(IrCond c) { static const u8 s[] = { CC_EQ, CC_NE, CC_GT, CC_LE, CC_LT, CC_GE }; return (IrCond)s[c]; }

enum { IRC_DIRECT, IRC_VIRTUAL, IRC_INTERFACE };
enum { IR_POLL_EVERY = 64 }; /* iterations of a counted loop; a power of two */
enum { IRL_MONITOR, IRL_METHOD, IRL_INLINED }; /* who locks: a monitor bytecode, the method compiled, one that is inlined */
enum { IRB_CLZ, IRB_CTZ, IRB_POPCOUNT, IRB_REV8 };

#define V 255
#define X(name, operands, flags) IR_##name,
typedef enum IrOp {
    IR_NOP,
#include "jit/ir.def"
    IR_OP_COUNT
} IrOp;
#undef X
#undef V
enum { IRF_PURE = 1, IRF_READ = 2, IRF_WRITE = 4, IRF_STATE = 8, IRF_CALL = 16, IRF_FIRMWARE = 32, IRF_END = 64, IRF_KEEP = 128 };
typedef struct IrOpInfo { const char *name; u8 operands, flags; } IrOpInfo;
extern const IrOpInfo ir_ops[IR_OP_COUNT];

typedef struct Ins {
    u8 op, type, sub, dead;
    Val a, b, c;
    u32 args, nargs;  /* in fn->pool: PHI, CALL, NEWMULTI */
    u32 block;
    u32 state;        /* 0: none */
    u32 where;
    u32 likely;       /* IF: of IR_LIKELY_ALL executions those that go to the first successor, by the profile; 0: not known */
    i64 imm;
    const void *ref;
} Ins;
enum { IR_LIKELY_ALL = 1 << 16 };
#define IR_WHERE(scope, bci) ((u32)(scope) << 16 | (u32)(bci))

typedef struct State {
    u32 scope, bci;
    u32 parent;       /* the caller's state during the call; 0: outermost */
    u32 vals;         /* in fn->pool: nlocals locals, then nstack operands, by slot; V_NONE: dead, or a long's second slot; then the object that an
                         inlined synchronized method has locked, if nlocks is 1 */
    u16 nlocals, nstack, nlocks;
    u32 nextra;       /* behind them, of the innermost state: for each VIRTUAL that it or a parent names: itself, its fields (ir_fields) */
    bool during;      /* of a call under way: arguments are popped */
} State;

typedef struct Scope { Method *m; u32 parent, parent_state; u32 depth; Val lock; } Scope;

typedef struct Block {
    Vec(Val) ins;     /* phis first, the terminator last */
    Vec(u32) preds, succs;
    u32 idom, order;  /* dominator; position in rpo */
    u32 dom_in, dom_out; /* of a walk of the dominator tree */
    u32 loop, depth;  /* innermost loop's header block or 0; nesting */
    u32 bci;
    u32 state;        /* of a loop's header, until jit_loops is done: frame state at its entry */
    u32 count;        /* of a side of a branch: how often it was taken according to the profile */
    bool reached, header, cold;
} Block;

/* A branch that could be hinted (hints.c). */
typedef struct HintMark { Val branch, counter; u8 can, made; } HintMark;

struct IrFn {
    Method *m;
    i32 osr_bci;      /* -1: the method's entry */
    Vec(Ins) ins;     /* [0] unused */
    Vec(Val) pool;
    Vec(State) states;/* [0] unused */
    Vec(Scope) scopes;/* [0] is m */
    Vec(Block) blocks;/* [0] unused; [1] entry */
    Vec(u32) rpo;
    Vec(i32) keys;    /* of switches */
    Vec(Val) subst;   /* of ir_replace */
    Vec(HintMark) hints;
    Vec(const Class *) uses_class;  /* embedded in the code: unloading, layout changes */
    Vec(const Method *) assumes_leaf; /* not overridden: loading a class that does invalidates the code */
    Vec(Method *) young; /* would be inlined if they had a profile */
    bool careful;     /* building: a phi for everything everywhere (jit_build) */
    int abort;        /* aborts.def; 0: none */
};

static inline Ins *ir(IrFn *f, Val v) { return &f->ins.data[v]; }
static inline Block *ir_block(IrFn *f, u32 b) { return &f->blocks.data[b]; }
static inline State *ir_state(IrFn *f, u32 s) { return &f->states.data[s]; }
static inline u32 ir_state_words(const State *s) { return (u32)s->nlocals + s->nstack + s->nlocks; } /* without what is told of objects */
static inline u32 ir_state_size(const State *s) { return ir_state_words(s) + s->nextra; }
/* Neither has a place: made, or told, where it is used. */
static inline bool ir_placeless(const Ins *i) { return i->op == IR_CONST || i->op == IR_VIRTUAL; }
static inline bool ir_has(const Ins *i, u32 flag) { return ir_ops[i->op].flags & flag; }

/* Does this switch jump through a table? */
static inline bool ir_is_table(const IrFn *f, const Ins *i)
{
    size_t n = f->blocks.data[i->block].succs.len - 1;
    const i32 *keys = f->keys.data + i->imm;
    return n > 4 && (i64)keys[n - 1] - keys[0] == (i64)n - 1;
}

IrFn *ir_new(Method *m, i32 osr_bci);
void ir_free(IrFn *f);
u32 ir_new_block(IrFn *f, u32 bci);
/* A fresh instruction, not in any block. */
Val ir_make(IrFn *f, IrOp op, IrType type, Val a, Val b, Val c);
Val ir_append(IrFn *f, u32 block, Val v);
void ir_insert(IrFn *f, u32 block, u32 at, Val v);
Val ir_const(IrFn *f, IrType type, u64 bits); /* in the entry block; one per value */
void ir_edge(IrFn *f, u32 from, u32 to);
u32 ir_pool(IrFn *f, const Val *v, u32 n);
/* Calls fn for each operand (args included, states not). */
void ir_operands(IrFn *f, Ins *i, void (*fn)(void *ctx, Val *v), void *ctx);
void ir_state_values(IrFn *f, u32 state, void (*fn)(void *ctx, Val *v), void *ctx); /* parents included */
u32 *ir_count_uses(IrFn *f); /* per value, by operands and states; to be freed */
/* The INSTANCEOF that is true in this block, as the only way into it is a branch on that; or NULL. */
const Ins *ir_passed_test(const IrFn *f, u32 block);
void ir_replace(IrFn *f, Val old, Val by);
void ir_resolve(IrFn *f);
void ir_delete(IrFn *f, Val v);
/* Reverse postorder, predecessors of what is reachable only, dominators, loops. */
void ir_order(IrFn *f);
bool ir_dominates(const IrFn *f, u32 a, u32 b);
void ir_split_critical(IrFn *f);
/* Drops instructions that nobody uses; trivial phis. */
void ir_dce(IrFn *f);
void ir_phis(IrFn *f);
bool ir_does(const IrFn *f, IrOp op);

/* constant.c: objects that are known while compiling, as long as no collection can come between: not to be kept. NULL: not known, or null. */
const Object *ir_constant_object(const IrFn *f, Val v);
const Class *ir_exact_class(const IrFn *f, Val v); /* of a value that is not null; NULL: not known */
bool ir_nonnull(const IrFn *f, Val v);
/* The descriptor of a reference's static type, what follows it in its string included: an array of primitives that is not null has exactly that class.
   NULL: not known. */
const char *ir_desc(const IrFn *f, Val v);
const Class *class_of_primitives(const char *desc); /* arrays of them; NULL: it is something else */
bool ir_trusted_final(const Field *f);
bool ir_stable(const Field *f); /* never changes again once it is not null or 0; an array's elements likewise */
bool ir_static_constant(const Field *f); /* static, final, initialized */

/* escape.c: the instance fields of c, its own first; more than max: max + 1. */
u32 ir_fields(const Class *c, const Field **out, u32 max);

/* irdump.c, ircheck.c */
void jit_dump(IrFn *f, const char *title);
void jit_check(IrFn *f, const char *pass); /* panics */

/* passes */
bool jit_build(IrFn *f);   /* build.c: false: f->abort says why */
Val jit_fold(IrFn *f, Val v); /* fold.c: a simpler value for v, or v; used while building and by gvn */
void jit_gvn(IrFn *f);
void jit_thread(IrFn *f);  /* thread.c */
void jit_conditions(IrFn *f);
void jit_select(IrFn *f);
void jit_escape(IrFn *f);
/* trace.c: the blocks that have code, in the order of emission; their number. Per block, through: itself or, if it has no code, the one where it leads to; decides: it only decides,
   and may do so where it is jumped back to, too. */
u32 ir_traces(const IrFn *f, const u32 *through, const bool *decides, u32 *order);
void jit_choose(IrFn *f);
void jit_schedule(IrFn *f);

#endif
