/* Decoding: from the bytes of an instruction to a row of rv64.def and its operands. Compressed instructions
   are expanded to their 32-bit equivalents first. Pure functions of the bytes: nothing is cached here. */
#ifndef HWSIM_DECODE_H
#define HWSIM_DECODE_H
#include "base/types.h"

/* One per row of rv64.def, in its order; HW_I_ILLEGAL is what does not decode. */
#define I(id, ...) HW_I_##id,
typedef enum HwInsnId {
#include "hwsim/rv64.def"
    HW_I_COUNT, HW_I_ILLEGAL = HW_I_COUNT
} HwInsnId;

#define FMT(id, ...) HW_FMT_##id,
typedef enum HwFormat {
#include "hwsim/rv64.def"
    HW_FMT_COUNT
} HwFormat;

/* Templates of exec_loop.h that rows name. */
typedef enum HwClass {
    HW_CLASS_ALU, HW_CLASS_JAL, HW_CLASS_JALR, HW_CLASS_BRANCH, HW_CLASS_LOAD, HW_CLASS_STORE, HW_CLASS_FENCE,
    HW_CLASS_FENCEI, HW_CLASS_TRAP, HW_CLASS_LR, HW_CLASS_SC, HW_CLASS_AMO, HW_CLASS_CSR, HW_CLASS_FLOAD,
    HW_CLASS_FSTORE, HW_CLASS_FPS, HW_CLASS_FPD, HW_CLASS_FPBITS, HW_CLASS_FPX, HW_CLASS_FPX0, HW_CLASS_HCALL
} HwClass;

typedef struct HwRow {
    const char *name;
    u32 match, mask;
    u8 format; /* HwFormat */
    u8 class;  /* HwClass */
    u8 unit;   /* HwUnit, or HW_UNIT_COUNT: none */
} HwRow;
extern const HwRow hw_rows[HW_I_COUNT];

typedef struct HwFormatInfo { u8 imm, has_rm; const char *operands; } HwFormatInfo;
extern const HwFormatInfo hw_formats[HW_FMT_COUNT];

typedef struct HwInsn {
    u32 word; /* the 32-bit encoding, expanded if the instruction was compressed */
    i32 imm;  /* by format; a CSR's or host call's number is not sign-extended */
    u16 id;   /* HwInsnId */
    u8 len;   /* bytes in memory: 2 or 4 */
    u8 rd, rs1, rs2, rs3, rm;
} HwInsn;

/* Length in bytes of the instruction whose first halfword is `low`. */
static inline u32 hw_insn_len(u16 low) { return (low & 3) == 3 ? 4 : 2; }
/* Decodes `word`: a compressed instruction in its low half, or a 32-bit one. False (id = HW_I_ILLEGAL) if it is neither. */
bool hw_decode(u32 word, HwInsn *out);
/* The 32-bit equivalent of a compressed instruction; 0 if there is none. */
u32 hw_expand(u16 c);

#endif
