/* Those of HotSpot's -XX flags that mean something here, or that programs set through management or ask for: what they are worth and where
   that is from. The table is in vmflags.c. */
#ifndef CLASSLIB_VMFLAGS_H
#define CLASSLIB_VMFLAGS_H
#include "base/types.h"
#include <stdio.h>

typedef enum FlagType { FLAG_BOOL = 1, FLAG_STRING, FLAG_LONG, FLAG_DOUBLE } FlagType; /* numbered as jmm.h's types of flags */
typedef enum FlagOrigin { FLAG_DEFAULT = 1, FLAG_COMMAND_LINE = 2, FLAG_MANAGEMENT = 3, FLAG_ERGONOMIC = 6 } FlagOrigin; /* as jmm.h's */

typedef union FlagValue { i64 l; double d; const char *s; } FlagValue; /* l: of FLAG_BOOL too; s: owned by the flag, never NULL */

typedef struct VmFlag {
    const char *name, *ctype; /* bool, ccstr, uintx, ... */
    FlagType type;
    FlagValue value;
    FlagOrigin origin;
    bool writable;            /* while running */
    i64 low, high;            /* of writable numbers */
} VmFlag;

u32 vmflags_count(void);
/* The i-th flag as it is now. */
VmFlag vmflag_at(u32 i);
bool vmflag_find(const char *name, VmFlag *out);
/* Can the command line set it by its name? Others have their own way. */
bool vmflag_given(const char *name);
/* Sets a writable flag. NULL: done; else why not, in HotSpot's words, malloc'ed. */
char *vmflag_set(const char *name, FlagValue value, FlagOrigin origin);
/* As vmflag_set, from text ("true", "33"); a value that is none: "error parsing value". */
char *vmflag_set_text(const char *name, const char *text, FlagOrigin origin);

/* As `jcmd VM.flags` (diagnostics.c): those that differ from the default, on one line; all: a table. */
void vmflags_print(FILE *out, bool all);

/* As an option, on a line of its own. */
void vmflag_print(FILE *out, const VmFlag *f);

#endif
