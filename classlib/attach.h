/* Tools of the JDK (jcmd, jstack, jmap, jinfo) that attach to this process. */
#ifndef CLASSLIB_ATTACH_H
#define CLASSLIB_ATTACH_H
#include "vm/thread.h"

/* On SIGQUIT: has a tool asked for a socket by its file? Then the thread that serves it is started, if need be. false: the signal means a thread dump. */
bool attach_asked(Thread *t);
/* When the process ends. */
void attach_remove(void);

#endif
