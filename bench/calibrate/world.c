/* A virtual machine for kernels: the heap, the main thread and the well-known classes of the JDK's boot image, loaded and linked by the VM's own
   code. No Java runs: calls into it return 0, and every class counts as initialized. Below are the parts of the VM that cannot be here, as
   stand-ins. */
#include "bench/calibrate/calibrate.h"
#include "classlib/natives.h"
#include "hwsim/core.h"
#include "hwsim/samples.h"
#include "vm/loader.h"
#include "vm/roots.h"
#include "vm/sched.h"
#include "vm/sim.h"
#include <string.h>

const char *const world_corpus[] = {
    "java/util/ArrayList", "java/util/LinkedList", "java/util/HashMap", "java/util/TreeMap", "java/util/concurrent/ConcurrentHashMap", "java/util/BitSet",
    "java/util/PriorityQueue", "java/util/regex/Pattern", "java/math/BigInteger", "java/math/BigDecimal", "java/text/DecimalFormat",
    "java/util/Formatter", "java/time/LocalDate", "java/util/Scanner", "java/util/stream/ReferencePipeline", "java/util/concurrent/ThreadPoolExecutor",
    "java/util/zip/ZipFile", "java/net/URI", "java/io/BufferedReader", "java/util/Locale", "java/util/Arrays", "java/util/Collections",
    "java/nio/channels/FileChannel", "java/util/concurrent/CompletableFuture", "java/util/Optional", "java/util/StringJoiner", NULL
};

static void initialized(void *ctx, Class *c)
{
    (void)ctx;
    if (c->kind == CLASS_INSTANCE && c->state == CS_LINKED) c->state = CS_INITIALIZED;
}

void world_initialized(void) { classes_each(initialized, NULL); }

Class *world_class(const char *name)
{
    Class *c = class_boot(name);
    if (!class_link(current_thread, c)) die("class %s does not link", name);
    world_initialized();
    return c;
}

Thread *world_start(const char *java_home)
{
    vm_options.java_home = java_home;
    vm_options.max_heap = 256 << 20;
    windows_reserve();
    gc_client_init();
    Thread *t = thread_attach_main();
    wellknown_load(t);
    gc_client_classes_known(t);
    world_initialized();
    return t;
}

/* ---- Stand-ins -------------------------------------------------------------------------------------------- */
u64 __wrap_vm_call(Thread *t, Method *m, const u64 *args);
u64 __wrap_vm_call(Thread *t, Method *m, const u64 *args) { (void)t, (void)m, (void)args; return 0; }
u64 interp_host(Thread *t) { (void)t; panic("Java is to run"); }
u64 sim_run(Thread *t) { (void)t; panic("Java is to run on the core"); }
u64 sim_run_code(Thread *t) { (void)t; panic("compiled code is to run"); }
bool sim_active(void) { return false; }
u32 sim_cores(void) { return 1; }
bool sim_samples_polled(Thread *t) { (void)t; return false; }
u64 sim_cycle(void) { return 0; }
u64 sim_ticks(u32 core) { (void)core; return 0; }
u64 sim_now_ticks(void) { return 0; }
void sim_idle_until(u32 core, u64 ticks) { (void)core, (void)ticks; }
void sim_stopped_until(u32 core, u64 ticks) { (void)core, (void)ticks; }
const u64 *sim_stack_top(Thread *t) { (void)t; return NULL; }
void sim_switch_out(Thread *t) { (void)t; }
void sim_switch_in(Thread *t) { (void)t; }
void sim_thread_end(Thread *t) { (void)t; }
void sim_roots(Thread *t, GcVisitRange ambiguous, void *ctx) { (void)t, (void)ambiguous, (void)ctx; }
bool bootpath_find(const char *path, Bytes *out, const char **where) { (void)path, (void)out, (void)where; return false; }
