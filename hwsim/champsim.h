/* ChampSim's trace record, and how branches are told from it. Register numbers 6, 25 and 26 mean stack pointer, flags and instruction
   pointer to its readers, which see from these alone what kind of branch an instruction is; so no RV64 register may have such a
   number: integer register n is 64 + n, floating-point register n is 96 + n, and 0 is none.
     direct jump     writes ip; reads nothing           indirect jump   writes ip; reads a register
     conditional     writes ip; reads ip, flags, registers
     direct call     reads and writes ip and sp         indirect call   the same, and reads a register
     return          writes ip and sp; reads sp and a register, not ip
   Firmware's charged accesses have records of their own, with instruction addresses from HW_CHAMP_FIRMWARE up (+ 4 times the service's number). */
#ifndef HWSIM_CHAMPSIM_H
#define HWSIM_CHAMPSIM_H
#include "base/types.h"
#include "hwsim/model.h"

enum { HW_CHAMP_SP = 6, HW_CHAMP_FLAGS = 25, HW_CHAMP_IP = 26, HW_CHAMP_X0 = 64, HW_CHAMP_F0 = 96 };
#define HW_CHAMP_FIRMWARE 0xfff00000ull

typedef struct HwChampRecord {
    u64 ip;
    u8 is_branch, taken;
    u8 dest[2], src[4];       /* registers; 0: none */
    u64 dest_mem[2], src_mem[4]; /* addresses; 0: none */
} HwChampRecord;
_Static_assert(sizeof(HwChampRecord) == 64, "the format's record");

/* What kind of branch a record is, by the rules above; false: none of them. */
bool hw_champ_branch(const HwChampRecord *r, HwBranchKind *kind);

#endif
