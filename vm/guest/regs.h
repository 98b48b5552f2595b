/* Registers that the RV64 interpreter reserves, by x-register number: what a sample or a trap on the core says about
   the bytecode that was running. Reports and the layout optimizer read them from register files. */
#ifndef VM_GUEST_REGS_H
#define VM_GUEST_REGS_H

#define GUEST_REG_PC 18      /* s2: address of the current bytecode */
#define GUEST_REG_FRAME 19   /* s3: Frame * of the running method */
#define GUEST_REG_SP 20      /* s4: first free operand slot */
#define GUEST_REG_LOCALS 21  /* s5: slot of local 0 */
#define GUEST_REG_TABLE 22   /* s6: handler table */
#define GUEST_REG_PROFILE 23 /* s7: profile_base of the running method */
#define GUEST_REG_RA 1       /* return address; in code without calls so far, its caller's */
#define GUEST_REG_THREAD 4   /* tp: Thread * */

/* Where the image is linked: its first instruction is the entry, `entry(Thread *)`. */
#define GUEST_ENTRY_OFFSET 0x10000 /* from WIN_GUEST_BASE */
#define GUEST_RESUME_OFFSET (GUEST_ENTRY_OFFSET + 64) /* compiled code goes there for the interpreter to go on */

#endif
