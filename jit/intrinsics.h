/* What intrinsics.def calls its rows; the parts of building them. */
#ifndef JIT_INTRINSICS_H
#define JIT_INTRINSICS_H
#include "jit/build.h"

enum { I_NONE, I_SQRT, I_ABS, I_MIN, I_MAX, I_BITS, I_POPCOUNT, I_CLZ, I_CTZ, I_REVERSE, I_GET_CLASS, I_HASH, I_CURRENT, I_PRIMITIVE, I_ARRAY,
       I_ARRAYCOPY, I_ALLOCATE, I_GET, I_GET_VOLATILE, I_PUT, I_SWAP, I_EXCHANGE, I_REFERS, I_INSTANCE, I_ASSIGNABLE, I_CLONE, I_NEW_ARRAY, I_MATH };

/* build_intrinsic.c. x <cc> y: to block `yes`, else `no`. */
Val b_split(Build *b, u32 cc, Val x, Val y, u32 yes, u32 no);
void b_call_there(Build *b, const Call *c, u32 at, u32 to, Vals *values); /* the call itself, in block `at` */
/* The call's arguments give way to what the paths to block `to` have for it, if anything. */
void b_join(Build *b, const Call *c, u32 to, Vals *values);
/* build_unsafe.c */
bool b_unsafe(Build *b, u32 id, const Call *c);
Val b_get_at(Build *b, u32 type, Val base, Val offset, bool is_volatile);
/* stubs.c: code for Class.isInstance, or isAssignableFrom */
u64 stub_subtype(bool instance);

#endif
