/* Inside the emitter: what emit.c (frame, moves, control flow), emit_call.c (calls, entries), emit_ops.c (arithmetic) and emit_mem.c (memory, objects) share.
   Slow paths are stubs behind the code, or in islands between blocks that branches reach: a host call, whose record tells the host where operands are and where the result goes, and a jump
   back. A host call changes no register but the record's result, and those that hold no value: scratch registers too. */
#ifndef JIT_EMIT_H
#define JIT_EMIT_H
#include "jit/asm.h"
#include "jit/code.h"
#include "jit/live.h"
#include "jit/regalloc.h"

typedef struct Stub { Label at, back; bool returns; u32 record, born; } Stub; /* born: pc where it was asked for */
/* Out-of-line code that is more than a host call. */
typedef struct Tail { Label at, back, stub; u8 kind; u32 where; Val ins; u32 x, y; u64 ref; } Tail;
enum { TAIL_ITABLE, TAIL_SUPERS_CAST, TAIL_SUPERS_TEST, TAIL_POLL, TAIL_CALL, TAIL_ENTRY, TAIL_LOCK, TAIL_UNLOCK };
enum { NOT_POLLED = ~0u };

typedef struct Emit {
    IrFn *f;
    Ra *r;
    Asm *a;
    JitCode *c;
    Val v;            /* instruction being emitted */
    u32 pos;          /* its position */
    u32 told;         /* state of the record being made */
    u32 *order, norder; /* blocks as they are emitted (trace.c); the allocation of registers has an order of its own */
    u32 *place;       /* per block: its index there */
    u32 *through;     /* per block: itself, or where it leads to, if it has no code */
    bool *decides;    /* per block: it only decides, and may do so elsewhere, too */
    Label *blocks;
    Label entry;      /* that polls, if there is one that does not */
    Label overflow;
    u32 entered;      /* pc behind the code that makes the frame */
    bool polls;       /* `entry` is a tail */
    u32 next_block;   /* emitted behind this one */
    u32 *uses;        /* per value */
    Vec(Stub) stubs;
    Vec(Tail) tails;
    u32 stubs_done, tails_done; /* emitted */
    size_t move;      /* next of r->moves */
    u32 polled;       /* pc behind a poll that is a tail, the last of them */
    LiveCursor live;
    Label *hints;     /* of f->hints: their branches */
} Emit;
void e_poll(Emit *e, Label stub); /* counts down; to the stub at the end */
void e_decide(Emit *e, Val branch, u32 pos); /* the branch once more, out of line; pos: its position */

/* emit.c */
u32 e_x(Emit *e, Val v, u32 scratch);   /* an integer or reference operand in a register: its own or scratch */
u32 e_f(Emit *e, Val v, u32 scratch);
u32 e_dest(Emit *e, u32 scratch);       /* where to make the result */
bool e_constant(Emit *e, Val v, i64 *value);
u32 e_record(Emit *e, RecordKind kind, u32 state, u32 at); /* at: position at which values are looked up */
Label e_deopt(Emit *e, JitReason reason, u32 state);
/* A stub with a host call; returns: it comes back to *back, to be bound by the caller. */
Label e_stub(Emit *e, u32 record, bool returns, Label *back);
static inline JitReason e_reason(const Ins *i, JitReason usual) { return i->imm ? (JitReason)i->imm : usual; }
u32 e_word(Emit *e, Val v, u32 at);
u32 e_result_word(Emit *e, Val v);
HwInsnId e_condition(u32 cc, bool *swap);
bool e_is_float(const Emit *e, Val v);
void e_note_line(Emit *e, u32 where); /* what follows belongs to this bytecode */
void e_note_branch(Emit *e, Val v, u32 x, u32 y);
const HintMark *e_hint_mark(const Emit *e, Val v); /* of this branch, or NULL */
void e_go(Emit *e, u32 block); /* a jump there, unless it follows */
/* emit_call.c */
void e_call(Emit *e, Ins *i);
void e_return(Emit *e, Ins *i);
void e_prologue(Emit *e);
void e_entry_polls(Emit *e, Label stub, Label back);
bool e_call_tail(Emit *e, const Tail *t); /* false: not its */
void e_finish_calls(Emit *e);
void e_switch(Emit *e, Ins *i); /* emit_switch.c */
/* emit_test.c */
void e_checkcast(Emit *e, Ins *i);
void e_instanceof(Emit *e, Ins *i);
bool e_can_branch(const Ins *i); /* an INSTANCEOF that needs no host call */
/* The INSTANCEOF i, of what is in register o, leads to one of two labels; to_yes: what follows is where `yes` is, else where `no` is. */
void e_branch_on_test(Emit *e, const Ins *i, u32 o, Label yes, Label no, bool to_yes);
void e_supers_tail(Emit *e, const Tail *t);
/* emit_ops.c, emit_mem.c: false: not theirs */
bool e_arithmetic(Emit *e, Ins *i);
bool e_memory(Emit *e, Ins *i);
void e_tails(Emit *e);
void e_arraycopy(Emit *e, Ins *i); /* emit_copy.c */
bool e_lock(Emit *e, Ins *i); /* emit_lock.c: false: not its */
/* stubs.c: to t1, what class `sub` has in its display at the depth of class `super`; to `deep`, where no display reaches so far. t2 is lost. */
void stub_display(Asm *a, u32 super, u32 sub, Label deep);
void e_lock_tail(Emit *e, const Tail *t);
void e_float_compare(Emit *e, u32 d, u32 cc, bool unordered, Val a, Val b, bool *inverted);

#endif
