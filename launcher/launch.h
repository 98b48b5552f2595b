/* Starting a Java program on the booted VM, as the `java` launcher does through sun.launcher.LauncherHelper. */
#ifndef LAUNCHER_LAUNCH_H
#define LAUNCHER_LAUNCH_H
#include "launcher/options.h"
#include "vm/vm.h"

/* Loads and runs the main class; returns the exit code (1: an exception left main; it is pending until vm_detach_main prints it). */
int launch(Thread *t, const Options *o);

#endif
