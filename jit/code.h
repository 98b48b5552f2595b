/* Compiled code and what is known of it: records at the places where it may be left, the frame states there, the bytecode of each instruction.
   Code lies in the CODE window; everything else about it is the host's. */
#ifndef JIT_CODE_H
#define JIT_CODE_H
#include "base/vec.h"
#include "jit/asm.h"
#include "jit/ir.h"
#include "jit/jit.h"

/* What a host call (or return address) at a record's pc is. */
#define K(name, text) REC_##name,
typedef enum RecordKind {
#include "jit/records.def"
    REC_COUNT
} RecordKind;
#undef K

/* A value's place as the host reads it, in one word: kind and operand << 4. */
enum { W_NONE, W_X, W_F64, W_F32, W_SLOT /* 8-byte words from the Frame, signed */, W_SLOT32, W_CONST /* index in consts */,
       W_VIRTUAL /* which of the state's objects that are made on leaving */ };

/* A frame in a state's stream: its first words. FS_LOCK: where the object is that an inlined synchronized method has locked. */
enum { FS_SCOPE, FS_BCI, FS_DURING, FS_LOCALS, FS_OPERANDS, FS_LOCK, FS_VALUES };
static inline u32 frame_values(const u32 *w) { return w[FS_LOCALS] + w[FS_OPERANDS]; }
static inline u32 frame_words(const u32 *w) { return FS_VALUES + frame_values(w); }

typedef struct JitRecord {
    u32 pc;          /* behind the host call or call, from the code's start */
    u8 kind, reason;
    u8 slots;        /* REC_CALL: of the result; REC_POLL: executions that one poll stands for */
    bool method_lock;/* REC_LOCK, REC_UNLOCK: what the synchronized method of the state's innermost frame locks */
    u32 where;       /* scope << 16 | bci */
    u32 state;       /* in stream; 0: none */
    u32 args, nargs; /* in stream */
    u32 result;      /* a word; W_NONE */
    u32 live;        /* in stream: what of the activation is live (live.h) */
    u64 live_registers; /* as of HwLiveAt */
    u64 ref;
} JitRecord;

typedef struct JitLine { u32 pc, where; } JitLine;
typedef struct JitScope { Method *m; u32 parent, parent_bci; } JitScope;

/* What a hint may speak of: an operand of the branch, as it will be some iterations later, or that iteration's loop counter. */
typedef enum HintValue { HINT_NONE, HINT_A, HINT_B, HINT_COUNTER, HINT_VALUES } HintValue;

/* A branch of compiled code that could be hinted: what hints.c found and emit.c put where. */
typedef struct HintSite {
    u32 pc;           /* from the code's start */
    u32 where;        /* scope << 16 | bci */
    u8 op, cc, made;  /* IR_IF, IR_SWITCH or IR_CALL; IrCond; the HintValue that is hinted, or 0; in how many instructions */
    u8 can;           /* bits: HintValues that can be had ahead of time */
    u8 reg[HINT_VALUES]; /* where their values are at the branch; 0: in none */
    i64 constant[HINT_VALUES]; /* of operands that are constants; reg is 0 */
} HintSite;

typedef struct JitAlloc { u32 pc, reg; } JitAlloc; /* a new object's address is in the register */

/* A call of a method that is known, `jal ra`: what link.c points at its code. */
typedef struct JitCall {
    Method *to;       /* NULL: unloaded */
    u32 pc;           /* of the jump, from the code's start */
    u32 word;         /* the jump as emitted: to where the method's code is looked up */
    u32 through;      /* the emitter's */
} JitCall;

typedef struct JitCode {
    Method *m;
    i32 osr_bci;
    u64 start, end;
    u32 entry;        /* from start; the start itself is an entry that does not poll */
    u32 serial;       /* later code has a higher one */
    u32 frames;       /* Frames at its beginning: its own, and those of inlined activations */
    u32 out;          /* bytes from the Frame to outgoing arguments */
    u32 extent;       /* bytes that it may need from the Frame on, as compiled or interpreted */
    bool leaf;        /* changes ra nowhere: it is in its register, not in the Frame */
    bool valid, sync, remade; /* remade: to be left as soon as possible, for new code of the method */
    bool active;      /* while room is made (flush.c): an activation of it is there */
    bool aside;       /* not valid while what was made anew is on trial (policy_remake) */
    bool given_up;    /* what calls return to is overwritten (moving.c): no activation executes another instruction of it */
    u32 traps;
    u32 young, samples; /* methods that it calls and that may be inlined when they have a profile; polls it was found in since */
    u32 insns;        /* of the intermediate representation that it was made from */
    Vec(JitRecord) records; /* by pc */
    Vec(JitLine) lines;     /* by pc */
    Vec(u32) stream;        /* [0] unused. A state: frames, then for each, outermost first: what FS_* say, and the words of locals and operands;
                               then objects to make: how many, for each: class, fields, and of each field: offset | type << 24, word */
    Vec(u64) consts;
    Vec(JitScope) scopes;
    Vec(HintSite) sites;
    Vec(JitAlloc) allocations; /* inline ones */
    Vec(JitCall) calls;
    Vec(const Class *) uses_class;
    struct JitCode *next;   /* all */
} JitCode;

/* emit.c: code for f: the words into a, everything else into c. ABORT_NONE: done. */
JitAbort emit_code(IrFn *f, JitCode *c, Asm *a);

/* code.c */
JitCode *code_at(u64 pc);       /* NULL: none */
const JitRecord *code_record(const JitCode *c, u64 pc); /* of the host call or call before pc; NULL */
/* The code and record at which the host is entered with this pc, or that a call returns to; NULL: none. */
const JitRecord *code_find(u64 pc, JitCode **c);
u32 code_where(const JitCode *c, u64 pc);
bool code_install(JitCode *c, const u32 *words, u32 n); /* false: the window is full */
JitCode *code_all(void);        /* the newest first, linked by `next` */
u64 code_limit(void);           /* bytes of the cache */
u64 code_room(void);            /* of them not in use, in one or several pieces */
void code_release(bool (*dead)(const JitCode *c)); /* frees those; the caller sees to it that nobody has them any more */
void code_free(JitCode *c);
u64 code_bytes(void);

/* link.c: calls of new code, and of its method, go where they should. */
void link_code(JitCode *c);
/* The method's code is another one, or there is none any more. */
void link_method(Method *m);

#endif
