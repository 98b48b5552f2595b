/* Natives of java.lang.invoke.MethodHandleNatives, on raw slots (rows of natives.def). */
#ifndef CLASSLIB_METHODHANDLES_H
#define CLASSLIB_METHODHANDLES_H
#include "vm/native.h"

u64 mhn_init(Thread *t, u64 *args);
u64 mhn_expand(Thread *t, u64 *args);
u64 mhn_resolve(Thread *t, u64 *args);
u64 mhn_getMembers(Thread *t, u64 *args);
u64 mhn_objectFieldOffset(Thread *t, u64 *args);
u64 mhn_staticFieldOffset(Thread *t, u64 *args);
u64 mhn_staticFieldBase(Thread *t, u64 *args);
u64 mhn_getMemberVMInfo(Thread *t, u64 *args);
u64 mhn_setCallSiteTargetNormal(Thread *t, u64 *args);
u64 mhn_setCallSiteTargetVolatile(Thread *t, u64 *args);
u64 mhn_copyOutBootstrapArguments(Thread *t, u64 *args);
u64 mhn_clearCallSiteContext(Thread *t, u64 *args);
u64 mhn_registerNatives(Thread *t, u64 *args);
u64 mhn_getNamedCon(Thread *t, u64 *args);

#endif
