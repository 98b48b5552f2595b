/* The file by which `jps` and `jcmd` find running virtual machines: /tmp/hsperfdata_USER/PID. */
#ifndef CLASSLIB_PERFDATA_H
#define CLASSLIB_PERFDATA_H

/* Makes it, if that can be done safely; otherwise the process is not listed. -XX:-UsePerfData: not called. */
void perfdata_create(void);
void perfdata_remove(void);

#endif
