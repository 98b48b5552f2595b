/* The VM's name and version as programs see them. */
#ifndef CLASSLIB_JVM_PROPERTIES_H
#define CLASSLIB_JVM_PROPERTIES_H

/* java.vm.version: the class library's version and "-loam". */
const char *jvm_version(void);
#define JVM_NAME "loam VM"  /* java.vm.name */
const char *jvm_mode(void); /* java.vm.info */

#endif
