/* Boot: from an empty process to a running class library (what JNI_CreateJavaVM does), and the way out. */
#ifndef VM_BOOT_H
#define VM_BOOT_H
#include "vm/vm.h"

/* Installed by upper layers before vm_boot: opens the class library's native side (libjava) once classes are loaded. */
extern void (*boot_natives)(Thread *t);
/* Starts the signal dispatcher once java.lang is initialized; may be NULL. */
extern void (*boot_signals)(Thread *t);

/* Waits for the last non-daemon thread, runs Shutdown.shutdown() (hooks) and leaves with `code`. */
void vm_destroy(Thread *t, int code) NORETURN;

/* crash.c: host faults are told in one line, with the Java method, before the process aborts. First of all, on the main thread. */
void crash_reports_install(void);

#endif
