/* Where the class library's native side hooks into the VM. */
#include "classlib/classlib.h"
#include "classlib/natives.h"
#include "classlib/signals.h"
#include "classlib/oldverify.h"
#include "vm/boot.h"

void classlib_install(void)
{
    boot_natives = natives_init;
    boot_signals = signals_start;
    vm_hooks.verify_old = oldverify_class;
}
