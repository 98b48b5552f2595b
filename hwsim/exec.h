/* Private to the instruction interpreter: decoded operations, blocks of them, and the cache of blocks.
   A block is straight-line code from one entry to the next control transfer (or HW_BLOCK_MAX instructions).
   Its operations hold the address of their handler in exec_loop.h; blocks are chained to their successors. */
#ifndef HWSIM_EXEC_H
#define HWSIM_EXEC_H
#include "base/hash.h"
#include "base/types.h"
#include "base/vec.h"
#include "hwsim/core.h"
#include "hwsim/decode.h"
#include "hwsim/ooo.h"

typedef __int128 i128;
typedef unsigned __int128 u128;

/* Operations that no instruction names: P(id), numbered behind the rows of rv64.def. */
#define HW_PSEUDO(P) \
    P(FETCH)   /* execution enters the fetch line at pc */ \
    P(ZERO)    /* x0 was a destination: back to zero */ \
    P(NOP)     /* an instruction without effect */ \
    P(JUMP)    /* jal that links nothing */ \
    P(FP_SLOW) /* a rounding mode other than the dynamic one and nearest even */ \
    P(PROBE)   /* the host is told */ \
    P(YIELD)   /* the run ends if it is time */ \
    P(STALL)   /* the instruction before it is waited for: stall.h */ \
    P(NEXT)    /* end of a block that no transfer ends */ \
    P(STOP)    /* end of an instruction budget */ \
    P(ILLEGAL)
#define P(id) HW_P_##id,
enum { HW_P_BEFORE = HW_I_COUNT - 1, HW_PSEUDO(P) HW_OP_COUNT };
#undef P

typedef struct HwOp {
    const void *handler;
    u64 pc;
    i32 imm; /* rounding rows: 7 if the mode is dynamic, else 0; mode << 8; id << 16 */
    u8 rd, rs1, rs2; /* rs2 of jal and jalr: HwBranchKind */
    u8 aux;  /* accesses, fetches: instructions before it in its block; transfers, traps, CSRs: length; fused multiply-add: rs3 */
} HwOp;

_Static_assert(sizeof(HwOp) == 24, "operations are packed: they are most of the decode cache");
_Static_assert(HW_I_COUNT < 1 << 15, "rows of a rounding operation fit HwOp.imm");

#define HW_BLOCK_MAX 64                       /* instructions; fits HwOp.aux */
#define HW_BLOCK_OPS (7 * HW_BLOCK_MAX + 1)   /* at most two FETCH, a PROBE, a YIELD, a ZERO and a STALL with each, and NEXT */

typedef struct HwBlock {
    u64 pc;
    u32 n;          /* instructions */
    u16 bytes, seen; /* what it is made of, and what was looked at: stall.h */
    bool seq_fetch; /* the next instruction in sequence starts a fetch line */
    const HwStep *steps; /* one an instruction, for HW_LOOP_STEPS */
    struct HwBlock *link[2]; /* the block in sequence, the block jumped to; NULL until known */
    HwOp ops[];
} HwBlock;

/* Blocks are compiled for one of three loops: without a model and with one of two kinds. */
enum { HW_LOOP_PLAIN, HW_LOOP_MODEL, HW_LOOP_STEPS /* the model is out of order */, HW_LOOPS };
#define HW_TABLE_SIZE 16384u

typedef struct HwDecode {
    HwBlock *table[HW_LOOPS][HW_TABLE_SIZE]; /* by pc; never NULL: an empty entry has a pc that matches none */
    Map blocks[HW_LOOPS];                    /* pc to block, all of them */
    Vec(HwBlock *) all;
    Map pages;       /* pages that blocks touch */
    Vec(u8 *) chunks;
    size_t chunk_used, dead_bytes;
    u64 generation;  /* grows when blocks are freed */
    u64 fences;      /* fence.i executed */
    u64 fetched;     /* a pc whose fetch the model has already seen (a run that ended on its budget), or ~0 */
    HwModel *model;  /* the one that the blocks of HW_LOOP_MODEL were made for */
    u32 line_bytes;  /* of its fetch lines */
} HwDecode;

/* Handler addresses, one set per loop: filled by exec.c before the first block is made. */
extern const void *const *hw_handlers[HW_LOOPS];

/* Reads up to one instruction at pc into *word; false if it is not all in readable memory. *known_page: the number of a
   page that can be read, ~0 at first. */
bool hw_read_code(u64 pc, u64 *known_page, u32 *word);
/* How the model classifies a jal or jalr. */
HwBranchKind hw_jump_kind(const HwInsn *i);

HwDecode *hw_decode_new(void);
void hw_decode_free(HwDecode *d);
/* The block at pc, made if need be; NULL if memory there cannot be read. May free all others (generation). */
HwBlock *hw_block_find(HwDecode *d, int loop, u64 pc);
void hw_decode_flush(HwDecode *d);
/* Another model (or none) is behind the core from now on. */
void hw_decode_model(HwDecode *d, HwModel *model);
/* Copies the first k < blk->n instructions of blk to `to` (room for HW_BLOCK_OPS), ended by STOP. */
void hw_block_slice(const HwBlock *blk, int loop, u32 k, HwBlock *to);
/* Instructions that precede op in its block. */
u32 hw_block_index(const HwBlock *blk, int loop, const HwOp *op);

static inline HwBlock **hw_table_slot(HwDecode *d, int loop, u64 pc) { return &d->table[loop][(pc >> 1) & (HW_TABLE_SIZE - 1)]; }

/* The interpreter's loop: hw_core_run with HW_ENGINE_ORACLE. */
HwStop hw_oracle_run(HwCore *core, i64 budget);

/* Before the first of these on a core, and after its model changed. hw_core_run does it. */
void hw_oracle_prepare(HwCore *core);
/* A core with the oracle, whatever the default is. */
HwCore *hw_core_bare(HwModel *model);
/* Instruction by instruction, each written to core->tracing (trace.c). */
HwStop hw_trace_run(HwCore *core, i64 budget);
/* Lockstep of both (lockstep.c). */
HwStop hw_lockstep_run(HwCore *core, i64 budget);
void hw_lockstep_free(struct HwLockstep *l);
void hw_lockstep_invalidate(struct HwLockstep *l, u64 from, u64 to);

/* The translator (dbt.c), where there is one for this host. */
bool hw_dbt_supported(void);
HwStop hw_dbt_run(HwCore *core, i64 budget);
/* Bytes of code that cores made from now on keep, at least 1 MiB: for tests. */
void hw_dbt_limit(size_t bytes);
void hw_dbt_invalidate(HwCore *core, u64 from, u64 to);
void hw_dbt_free(struct HwDbt *d);
/* Another model is behind the core from now on: code for the old one is dropped. */
void hw_dbt_model(HwCore *core);

/* CSR instructions: reads the CSR into *old and, if `writes`, updates it. False: no such CSR, or read-only. */
typedef enum HwCsrOp { HW_CSR_SWAP, HW_CSR_SET, HW_CSR_CLEAR } HwCsrOp;
bool hw_csr_op(HwCore *core, u32 number, HwCsrOp how, u64 operand, bool writes, u64 *old);
struct HwCsr *hw_csr_new(void);
void hw_csr_free(struct HwCsr *c);

#endif
