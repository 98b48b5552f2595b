/* What is compiled when: see policy.c. */
#ifndef JIT_POLICY_H
#define JIT_POLICY_H
#include "jit/code.h"

/* A direct call in compiled code: the jump's address, what it was emitted as, the code's serial. */
typedef struct CallSite { u64 pc; u32 word, serial; } CallSite;

/* The compiler's notes about a method. */
typedef struct JitMethod {
    JitCode *code;          /* its entry's; NULL: none */
    Vec(JitCode *) loops;   /* entered at a loop, by osr_bci */
    u32 samples, calls;     /* polls seen in it; calls from compiled code while it had none */
    u32 compilations;
    u8 renewals;            /* codes that were given up because methods that they call have a profile now */
    u8 abort;               /* why it cannot be compiled; 0 */
    Vec(CallSite) callers;  /* where compiled code calls it directly */
    Vec(u64) avoid;         /* guesses that went wrong: bci << 4 | reason */
} JitMethod;

JitMethod *policy_method(Method *m);
/* Methods that were not inlined because they have no profile get one if they are called often; how many they are. */
u32 policy_young(Thread *t, const IrFn *f);
/* c has been found running at a poll that is made every so many times. If it has lost as much time with calls of such methods as compiling takes, it is made anew. */
void policy_sampled(JitCode *c, u32 every);
/* A method that has no code is called from compiled code: compiled now, if it is time. */
void policy_called(Thread *t, Method *m);
/* Code was left for this reason at this place. */
void policy_trap(Thread *t, JitCode *c, const JitRecord *r);
/* The interpreter polls. POLL_COMPILED: it has been made to go on in compiled code. */
int policy_poll(Thread *t);
/* All code of m, its own or where it was inlined, is made anew; activations leave it at their next poll. Instructions of the intermediate representation that this
   compiles; and later: does the new code stay, or is the old put back? */
void policy_remake(const Method *m);
void policy_decide(const Method *m, bool keep);
/* This code is not entered any more: it is no fault of the method's. And if it is to have code all the same, at its entry: */
void policy_give_up(JitCode *c);
void policy_compile_again(Thread *t, Method *m);
void policy_forget(bool (*is_dead)(const void *metadata));
void policy_forget_method(Method *m);
extern bool policy_native;
JitCode *jit_compile(Thread *t, Method *m, i32 osr_bci); /* NULL: could not; noted */

#endif
