/* The class library's native side as seen by the launcher. */
#ifndef CLASSLIB_CLASSLIB_H
#define CLASSLIB_CLASSLIB_H

/* Installs the VM's hooks for native methods and boot (vm_hooks, boot_natives, boot_signals). Before vm_boot. */
void classlib_install(void);

#endif
