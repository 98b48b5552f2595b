/* The VM's name and version as programs see them. */
#ifndef CLASSLIB_JVM_PROPERTIES_H
#define CLASSLIB_JVM_PROPERTIES_H

/* java.vm.version: the class library's version and "-loam". */
const char *jvm_version(void);

#endif
