/* The interpreter's profile of a method: one u32 counter per bytecode byte, attached when the method turns warm. What
   the counters at bci, bci + 1, bci + 2 mean depends on the instruction:
     conditional branches, ifnull...   taken, not taken
     invokevirtual, invokeinterface    calls, the receiver class seen most (32 bits), calls on it
     checkcast, instanceof             tests of non-null, likewise class, likewise its count
     tableswitch, lookupswitch         executions
   A receiver class loses its place to another when it made less than a quarter of the calls, so the count is a lower
   bound. Shared with the freestanding RV64 build, which updates the counters inline. */
#ifndef VM_PROFILE_H
#define VM_PROFILE_H
#include "vm/class.h"

/* Calls and back edges until a method is warm: fewer on a core, where interpreting costs more in proportion to compiling. */
static inline u32 profile_threshold(bool on_core) { return on_core ? 1000 : 2000; }
enum { PROFILE_COUNT = 0, PROFILE_CLASS = 1, PROFILE_CLASS_COUNT = 2 };
enum { PROFILE_TAKEN = 0, PROFILE_NOT_TAKEN = 1 };

/* Counts one execution of a type-profiled site on an object whose header names class `klass`. */
static inline void profile_receiver(u32 *p, u32 klass)
{
    p[PROFILE_COUNT]++;
    if (LIKELY(p[PROFILE_CLASS] == klass)) {
        p[PROFILE_CLASS_COUNT]++;
    } else if (p[PROFILE_CLASS_COUNT] * 4 <= p[PROFILE_COUNT]) {
        p[PROFILE_CLASS] = klass;
        p[PROFILE_CLASS_COUNT] = 1;
    }
}

/* ---- Host only ----------------------------------------------------------------------------------------- */
extern bool profile_enabled; /* off: rt_attach_profile attaches nothing */

typedef struct ProfileBranch { u32 taken, not_taken; } ProfileBranch;
typedef struct ProfileType { u32 count; Class *type; u32 type_count; } ProfileType;

/* Attaches zeroed counters. Idempotent. */
void profile_attach(Method *m);
/* Readers; all zero when the method has no profile. */
ProfileBranch profile_branch(const Method *m, u32 bci);
ProfileType profile_type(const Method *m, u32 bci);
u32 profile_count(const Method *m, u32 bci);
/* Prints one line per profiled site. */
void profile_print(const Method *m);

#endif
