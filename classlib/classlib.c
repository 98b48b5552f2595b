/* Where the class library's native side hooks into the VM. */
#include "classlib/classlib.h"
#include "classlib/attach.h"
#include "classlib/heapdump.h"
#include "classlib/natives.h"
#include "classlib/perfdata.h"
#include "classlib/signals.h"
#include "classlib/oldverify.h"
#include "vm/boot.h"
#include "vm/exception.h"

/* Nobody finds the process any more. */
static void leave(void)
{
    perfdata_remove();
    attach_remove();
}

void classlib_install(void)
{
    boot_natives = natives_init;
    boot_signals = signals_start;
    vm_hooks.leave = leave;
    vm_hooks.verify_old = oldverify_class;
    out_of_memory_hook = heap_out_of_memory;
}
