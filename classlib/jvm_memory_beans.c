/* Memory as java.lang.management tells it. How much was in use is known before and after each collection; that is when thresholds are
   looked at. What listeners are to hear waits for the thread that tells them ("Notification Thread"): a collection runs no Java.

   A usage threshold is passed when more is in use before a collection, garbage included, and no longer passed when less is left after
   one; that of collections goes by what is left. The Java side keeps the counts: sensor.trigger(n, usage), sensor.clear(n). */
#include "classlib/management.h"
#include "classlib/signals.h"
#include "gc/gc.h"
#include "vm/sched.h"
#include "vm/vm.h"

enum { UNDEFINED = -1 };
enum { USAGE_HIGH = 901, USAGE_LOW, COLLECTION_HIGH, COLLECTION_LOW }; /* jmm.h: kinds of thresholds */

typedef struct Collection { i64 index, start, end; u64 before, after, committed; bool asked; } Collection; /* milliseconds since the start */

typedef struct Sensor {
    Object *object; /* sun.management.Sensor; NULL: nobody wants to know */
    i64 threshold;  /* bytes; 0 or less: none */
    bool on;
    u32 triggers, clears; /* not told yet */
} Sensor;

static Sensor usage_sensor, collection_sensor;
static Object *pool, *collector; /* made by Java when first asked for, and roots from then on */
static Collection last;
static Vec(Collection) untold;   /* when listeners want to hear of collections */
static bool notifying, started;
static Thread *teller;
static u64 start_millis, took, began; /* nanoseconds */
static u64 peak, allocated_then;      /* bytes; allocated_then: in all, when last.after was counted */

static u64 used_now(void) { return last.after + (gc_counts().bytes_allocated - allocated_then); }
static i64 since_start(void) { return vm_wall_millis() - (i64)start_millis; }

static void higher(Sensor *s, u64 used)
{
    if (!s->object || s->threshold <= 0 || used < (u64)s->threshold || s->on) return;
    s->on = true, s->triggers++;
}
static void lower(Sensor *s, u64 used)
{
    if (!s->on || used >= (u64)s->threshold) return;
    s->on = false, s->clears++;
}

/* ---- Collections ------------------------------------------------------------------------------------------------------ */
static void collection_begins(void)
{
    began = sched_now();
    last.start = since_start();
    last.before = used_now();
    if (last.before > peak) peak = last.before;
    higher(&usage_sensor, last.before);
}

static void collection_ends(void)
{
    GcStats s = gc_stats();
    last.index++;
    last.after = s.bytes_used, last.committed = s.bytes_committed;
    if (last.before < last.after) last.before = last.after;
    last.end = since_start();
    last.asked = vm_collection_asked;
    allocated_then = s.bytes_allocated;
    took += sched_now() - began;
    lower(&usage_sensor, last.after);
    lower(&collection_sensor, last.after);
    higher(&collection_sensor, last.after);
    if (notifying) vec_push(&untold, last);
    bool news = untold.len || usage_sensor.triggers || usage_sensor.clears || collection_sensor.triggers || collection_sensor.clears;
    if (news && teller) sched_wake(teller);
}

static void collection(bool begins)
{
    if (begins) collection_begins();
    else collection_ends();
}

i64 memory_beans_millis(void) { return (i64)(took / 1000000); }

/* ---- Usage -------------------------------------------------------------------------------------------------------------- */
/* A java.lang.management.MemoryUsage; NULL: thrown. */
static Object *usage_new(Thread *t, u64 used, u64 committed, i64 max)
{
    Class *c = class_boot("java/lang/management/MemoryUsage");
    if (!class_initialize(t, c)) return NULL;
    Object *o = object_new(t, c);
    if (!o) return NULL;
    if (committed < used) committed = used;
    const u64 args[] = { (u64)o, 0, 0, used, 0, committed, 0, (u64)max, 0 };
    vm_call(t, method_named(c, "<init>", "(JJJJ)V"), args);
    return t->exception ? NULL : o;
}
static Object *heap_usage(Thread *t, u64 used, u64 committed) { return usage_new(t, used, committed, (i64)gc_counts().bytes_max); }

jobject GetMemoryUsage(JNIEnv *env, jboolean heap)
{
    JVM_SCOPE();
    GcStats s = gc_stats();
    if (heap) return jvm_local(t, heap_usage(t, s.bytes_used, s.bytes_committed));
    return jvm_local(t, usage_new(t, win_meta.next - win_meta.base, win_meta.committed - win_meta.base, UNDEFINED));
}

jobject GetMemoryPoolUsage(JNIEnv *env, jobject the_pool)
{
    (void)the_pool; /* there is one */
    return GetMemoryUsage(env, JNI_TRUE);
}

jobject GetPeakMemoryPoolUsage(JNIEnv *env, jobject the_pool)
{
    JVM_SCOPE();
    (void)the_pool;
    GcStats s = gc_stats();
    if (s.bytes_used > peak) peak = s.bytes_used;
    return jvm_local(t, heap_usage(t, peak, s.bytes_committed));
}

void memory_beans_reset_peak(void) { peak = gc_stats().bytes_used; }

/* After the last collection; nothing before the first. */
jobject GetPoolCollectionUsage(JNIEnv *env, jobject the_pool)
{
    JVM_SCOPE();
    (void)the_pool;
    return jvm_local(t, heap_usage(t, last.index ? last.after : 0, last.index ? last.committed : 0));
}

/* ---- The beans ------------------------------------------------------------------------------------------------------------- */
static bool make_beans(Thread *t)
{
    if (collector) return true;
    Class *helper = class_boot("sun/management/ManagementFactoryHelper");
    Class *extended = class_load_or_null(t, boot_loader, symbol_of("com/sun/management/internal/GarbageCollectorExtImpl"));
    Class *maker = extended ? extended : helper;
    if (t->exception || !class_initialize(t, helper) || !class_initialize(t, maker)) return false;
    Object *pool_name = string_new(t, "loam heap"), *collector_name = pool_name ? string_new(t, "loam mark-sweep") : NULL;
    if (!collector_name) return false;
    const u64 pool_args[] = { (u64)pool_name, 1, 0, 0, 0, 0 }; /* both thresholds are supported, and not set */
    Object *p = (Object *)vm_call(t, method_named(helper, "createMemoryPool", "(Ljava/lang/String;ZJJ)Ljava/lang/management/MemoryPoolMXBean;"), pool_args);
    if (t->exception) return false;
    Method *create = method_named(maker, "createGarbageCollector", "(Ljava/lang/String;Ljava/lang/String;)Ljava/lang/management/GarbageCollectorMXBean;");
    Object *c = (Object *)vm_callv(t, create, (u64)collector_name, 0);
    if (t->exception) return false;
    vm_add_root(&pool), vm_add_root(&collector);
    pool = p, collector = c;
    return true;
}

/* One of the two, in an array of its interface. */
static jobjectArray one_bean(Thread *t, Object **bean, const char *interface)
{
    if (!make_beans(t)) return NULL;
    Object *array = array_new(t, class_array_of(class_boot(interface)), 1);
    if (array) array_set_ref(array, 0, *bean);
    return jvm_local(t, array);
}

jobjectArray GetMemoryPools(JNIEnv *env, jobject manager)
{
    JVM_SCOPE();
    (void)manager;
    return one_bean(t, &pool, "java/lang/management/MemoryPoolMXBean");
}

jobjectArray GetMemoryManagers(JNIEnv *env, jobject the_pool)
{
    JVM_SCOPE();
    (void)the_pool;
    return one_bean(t, &collector, "java/lang/management/MemoryManagerMXBean");
}

/* ---- Thresholds --------------------------------------------------------------------------------------------------------- */
static Sensor *sensor_of(jint type) { return type == USAGE_HIGH || type == USAGE_LOW ? &usage_sensor : &collection_sensor; }

void SetPoolSensor(JNIEnv *env, jobject the_pool, jint type, jobject object)
{
    JVM_SCOPE();
    (void)the_pool;
    sensor_of(type)->object = jvm_object(object);
}

/* Returns what it was; below zero: none. */
jlong SetPoolThreshold(JNIEnv *env, jobject the_pool, jint type, jlong at)
{
    JVM_SCOPE();
    (void)the_pool;
    Sensor *s = sensor_of(type);
    i64 old = s->threshold;
    if (type == USAGE_LOW || type == COLLECTION_LOW) return old; /* the same as the high one */
    s->threshold = at;
    if (s == &usage_sensor) higher(s, gc_stats().bytes_used);
    if (s->triggers && teller) sched_wake(teller);
    return old;
}

static void tell_sensor(Thread *t, Sensor *s)
{
    u32 triggers = s->triggers, clears = s->clears;
    s->triggers = s->clears = 0;
    if (!s->object) return;
    Class *c = class_boot("sun/management/Sensor");
    if (triggers) {
        Object *usage = heap_usage(t, gc_stats().bytes_used, last.committed);
        if (usage) vm_callv(t, method_named(c, "trigger", "(ILjava/lang/management/MemoryUsage;)V"), (u64)s->object, triggers, (u64)usage);
    }
    if (clears && !t->exception && s->object) vm_callv(t, method_named(c, "clear", "(I)V"), (u64)s->object, clears);
}

/* ---- Notifications ------------------------------------------------------------------------------------------------------ */
static Object *usages(Thread *t, u64 used, u64 committed)
{
    Object *usage = heap_usage(t, used, committed);
    Object *array = usage ? array_new(t, class_array_of(object_class(usage)), 1) : NULL;
    if (array) array_set_ref(array, 0, usage);
    return array;
}

/* A com.sun.management.GcInfo; NULL: thrown. */
static Object *info_new(Thread *t, const Collection *g)
{
    Class *c = class_boot("com/sun/management/GcInfo");
    Method *builder_of = method_named(object_class(collector), "getGcInfoBuilder", "()Lcom/sun/management/internal/GcInfoBuilder;");
    Object *builder = (Object *)vm_callv(t, builder_of, (u64)collector);
    Object *before = t->exception ? NULL : usages(t, g->before, g->committed), *after = before ? usages(t, g->after, g->committed) : NULL;
    Object *values = after ? jvm_object_array(t, GC_ATTRIBUTES) : NULL, *threads = values ? (Object *)vm_callv(t, meth.Integer_valueOf, 1) : NULL;
    if (!threads || !class_initialize(t, c)) return NULL;
    array_set_ref(values, 0, threads);
    Object *info = object_new(t, c);
    const u64 args[] = { (u64)info, (u64)builder, (u64)g->index, 0, (u64)g->start, 0, (u64)g->end, 0, (u64)before, (u64)after, (u64)values };
    if (!info) return NULL;
    vm_call(t, method_named(c, "<init>", "(Lcom/sun/management/internal/GcInfoBuilder;JJJ[Ljava/lang/management/MemoryUsage;"
                                         "[Ljava/lang/management/MemoryUsage;[Ljava/lang/Object;)V"), args);
    return t->exception ? NULL : info;
}

static void tell_collection(Thread *t, const Collection *g)
{
    Object *info = info_new(t, g);
    Object *name = info ? string_new(t, "loam mark-sweep") : NULL, *action = name ? string_new(t, "end of major GC") : NULL;
    Object *cause = action ? string_new(t, g->asked ? "System.gc()" : "Allocation Failure") : NULL;
    if (!cause) return;
    Method *m = method_named(object_class(collector), "createGCNotification",
                             "(JLjava/lang/String;Ljava/lang/String;Ljava/lang/String;Lcom/sun/management/GcInfo;)V");
    vm_callv(t, m, (u64)collector, (u64)vm_wall_millis(), 0, (u64)name, (u64)action, (u64)cause, (u64)info);
}

static bool tell_next(Thread *t)
{
    if (usage_sensor.triggers || usage_sensor.clears) tell_sensor(t, &usage_sensor);
    else if (collection_sensor.triggers || collection_sensor.clears) tell_sensor(t, &collection_sensor);
    else if (untold.len) {
        Collection g = untold.data[0];
        for (size_t i = 1; i < untold.len; i++) untold.data[i - 1] = untold.data[i];
        untold.len--;
        tell_collection(t, &g);
    } else return false;
    return true;
}

/* The thread that tells. What a listener throws is its own affair. */
static void tell_run(Thread *t)
{
    teller = t;
    for (;;) {
        while (tell_next(t))
            if (t->exception) exception_print(t, exception_take(t));
        sched_block(t, SCHED_FOREVER);
    }
}

void SetGCNotificationEnabled(JNIEnv *env, jobject manager, jboolean on)
{
    JVM_SCOPE();
    (void)manager;
    notifying = on;
}

/* ---- Single collections ------------------------------------------------------------------------------------------------ */
static bool fill_usage(Thread *t, jobjectArray array, u64 used)
{
    Object *usage = array ? heap_usage(t, used, last.committed) : NULL;
    if (usage && array_length(jvm_object(array))) array_set_ref(jvm_object(array), 0, usage);
    return !t->exception;
}

void GetLastGCStat(JNIEnv *env, jobject manager, GcStat *stat)
{
    JVM_SCOPE();
    (void)manager;
    stat->index = last.index, stat->start = last.start, stat->end = last.end;
    if (!last.index || !fill_usage(t, stat->before, last.before) || !fill_usage(t, stat->after, last.after)) return;
    if (stat->nvalues >= GC_ATTRIBUTES && stat->values) stat->values[0].i = 1;
}

jint GetGCExtAttributeInfo(JNIEnv *env, jobject manager, GcAttribute *info, jint n)
{
    (void)env, (void)manager;
    if (n < GC_ATTRIBUTES) return 0;
    info[0] = (GcAttribute){ "GcThreadCount", 'I', "Number of GC threads" };
    return GC_ATTRIBUTES;
}

/* There is a CompilationMXBean if this property names a compiler. */
static void name_compiler(Thread *t)
{
    Object *key = string_new(t, "sun.management.compiler"), *value = key ? string_new(t, "loam compiler") : NULL;
    Method *set = method_named(wk.System, "setProperty", "(Ljava/lang/String;Ljava/lang/String;)Ljava/lang/String;");
    if (value) vm_callv(t, set, (u64)key, (u64)value);
}

void memory_beans_start(Thread *t, i64 millis)
{
    if (started) return;
    started = true;
    start_millis = (u64)millis;
    GcStats s = gc_stats();
    last.after = s.bytes_used, last.committed = s.bytes_committed, allocated_then = s.bytes_allocated;
    vm_add_root(&usage_sensor.object), vm_add_root(&collection_sensor.object);
    vm_hooks.collection = collection;
    system_thread_start(t, "Notification Thread", tell_run);
    if (!t->exception && vm_options.compiler) name_compiler(t);
}
