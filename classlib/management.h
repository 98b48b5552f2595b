/* What java.lang.management knows of memory (jvm_memory_beans.c): one pool, "loam heap", and one collector. The functions are rows of the
   table of JVM_GetManagement, named as in jmm.h, where their contracts are. */
#ifndef CLASSLIB_MANAGEMENT_H
#define CLASSLIB_MANAGEMENT_H
#include "classlib/jvm_util.h"

/* jmm.h's jmmGCStat and jmmExtAttributeInfo. */
typedef struct GcStat {
    jlong index, start, end; /* of the last collection, from 1; 0: there was none. Milliseconds since the VM's start */
    jobjectArray before, after; /* MemoryUsage of each pool, to be filled in */
    jint nvalues; jvalue *values; jint count;
} GcStat;
typedef struct GcAttribute { const char *name; char type; const char *description; } GcAttribute;

/* Told once, when management is first asked for: collections are looked at from then on, by a thread that tells listeners. Throws. */
void memory_beans_start(Thread *t, i64 start_millis);
/* Milliseconds that collections have taken since then. */
i64 memory_beans_millis(void);
void memory_beans_reset_peak(void);
/* Processor time that x has taken, asked by t, in ns. On the core the simulated clock is all there is, and it is the asking thread's. -1: not known. */
i64 management_cpu_time(const Thread *t, const Thread *x);
/* Since the virtual machine started, as RuntimeMXBean tells it. */
i64 management_uptime_millis(void);
enum { GC_ATTRIBUTES = 1 };

jobject GetMemoryUsage(JNIEnv *env, jboolean heap);
jobject GetMemoryPoolUsage(JNIEnv *env, jobject pool);
jobject GetPeakMemoryPoolUsage(JNIEnv *env, jobject pool);
jobject GetPoolCollectionUsage(JNIEnv *env, jobject pool);
jobjectArray GetMemoryPools(JNIEnv *env, jobject manager);
jobjectArray GetMemoryManagers(JNIEnv *env, jobject pool);
void SetPoolSensor(JNIEnv *env, jobject pool, jint type, jobject sensor);
jlong SetPoolThreshold(JNIEnv *env, jobject pool, jint type, jlong at);
void GetLastGCStat(JNIEnv *env, jobject manager, GcStat *stat);
jint GetGCExtAttributeInfo(JNIEnv *env, jobject manager, GcAttribute *info, jint n);
void SetGCNotificationEnabled(JNIEnv *env, jobject manager, jboolean on);

#endif
