/* An RV64 assembler made from hwsim/rv64.def, with labels and literals, and how compiled code uses the registers. Words are appended to a
   vector; branches to labels are completed by as_finish, which says whether all of them reach: if not, it has noted which do not, by their
   numbers in the order emitted, and everything is to be emitted again: those become far (the inverse branch over a jump). With `far` set,
   all of them are. Backward branches, whose distance is known, need no second time. */
#ifndef JIT_ASM_H
#define JIT_ASM_H
#include "base/vec.h"
#include "hwsim/decode.h"

/* Registers. Values live in ra_x and ra_f (regalloc.h). */
enum {
    X0 = 0, X_RA = 1, X_THREAD = 4, /* tp, as the interpreter's */
    X_T0 = 5, X_T1 = 6, X_T2 = 7, X_T3 = 28, /* the emitter's */
    X_METHOD = 11, X_INFO = 12, X_KNOWN = 13, /* at a call, where all values are in memory: a1: the Method; a2, a3: the CallInfo and its class */
    X_A0 = 10, X_SCRATCH = 15,      /* a0: result of a call; a5: the emitter's, in a host register when translated */
    X_FRAME = 20,                   /* s4: the Frame; at a call and return: the arguments */
    X_INTERPRETER = 19,             /* s3: untouched: the interpreter's frame, for samples */
    F_T0 = 30, F_T1 = 31
};

typedef u32 Label;
typedef struct AsFix { u32 at, label, kind, number; } AsFix; /* number: of a branch */
typedef struct Asm {
    Vec(u32) code;
    Vec(i32) labels;   /* word index, or -1 */
    Vec(AsFix) fixes;
    Vec(u64) literals;
    Vec(Label) literal_labels;
    u32 branches;      /* emitted so far */
    i32 bound;         /* word that a label was bound to last */
    Vec(u8) too_far;   /* by number of branch; outlives as_clear */
    bool far;
} Asm;

void as_free(Asm *a);
void as_clear(Asm *a);
static inline u32 as_pc(const Asm *a) { return (u32)a->code.len * 4; }
/* Any instruction: fields that its format lacks are 0. rm: rounding mode of those that have one. */
void as_op(Asm *a, HwInsnId id, u32 rd, u32 rs1, u32 rs2, i64 imm);
void as_op_rm(Asm *a, HwInsnId id, u32 rd, u32 rs1, u32 rm);
static inline void as_r(Asm *a, HwInsnId id, u32 rd, u32 rs1, u32 rs2) { as_op(a, id, rd, rs1, rs2, 0); }
static inline void as_i(Asm *a, HwInsnId id, u32 rd, u32 rs1, i64 imm) { as_op(a, id, rd, rs1, 0, imm); }
static inline void as_s(Asm *a, HwInsnId id, u32 value, u32 base, i64 imm) { as_op(a, id, 0, base, value, imm); }
void as_mv(Asm *a, u32 rd, u32 rs);
void as_li(Asm *a, u32 rd, i64 v);
u32 as_li_length(i64 v); /* instructions */
static inline bool as_fits(i64 v) { return v >= -2048 && v < 2048; }

Label as_label(Asm *a);
void as_bind(Asm *a, Label l); /* a jump to here that is just in front goes */
static inline void as_bind_start(Asm *a, Label l) { a->labels.data[l] = 0; } /* to where the code begins */
void as_branch(Asm *a, HwInsnId id, u32 rs1, u32 rs2, Label to);
void as_hint(Asm *a, u32 rs, Label to); /* hint.val */
void as_jump(Asm *a, Label to);
void as_call(Asm *a, Label to);
/* Loads the literal through rd (integer register); id: LD, or FLD and FLW into float register fd. */
void as_literal(Asm *a, u32 rd, u64 v);
void as_literal_f(Asm *a, HwInsnId id, u32 fd, u32 scratch, u64 v);
/* Address of a label in rd. */
void as_address(Asm *a, u32 rd, Label l);
/* Is the last instruction a jump, and nothing bound behind it, so that here is not reached? */
bool as_ends(const Asm *a);
/* Appends literals, completes branches. False: some are too far (only if !far). */
bool as_finish(Asm *a);

#endif
