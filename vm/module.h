/* Modules as the VM knows them: which module a package belongs to, what reads what, what is exported to whom.
   java.lang.Module decides everything; these records repeat what it told the VM, for access checks and stack traces. */
#ifndef VM_MODULE_H
#define VM_MODULE_H
#include "vm/vm.h"

/* A module record without a Java object; name NULL: unnamed. */
Module *module_new(Symbol *name, Loader *loader);
/* The record of a java.lang.Module object. NULL: the VM was not told of it (a named module that no loader defines). */
Module *module_of_object(Thread *t, Object *java);
/* The loader's unnamed module, made on first use and bound to ClassLoader.unnamedModule. */
Module *module_unnamed(Loader *loader);
/* The java.lang.Module for Class.module of a class in this module; NULL while java.base is not defined. */
Object *module_object(Module *m);

/* What java.lang.Module's natives do; all may throw. Package names are symbols with slashes. */
void module_define(Thread *t, Object *java, bool open, Symbol *version, Symbol *location, Symbol *const *packages, u32 npackages);
void module_set_boot_unnamed(Thread *t, Object *java);
void module_add_reads(Thread *t, Object *from, Object *to); /* to NULL: every unnamed module */
void module_add_export(Thread *t, Object *from, Symbol *package, Object *to);
void module_add_export_all(Thread *t, Object *from, Symbol *package, bool unnamed_only);

/* A loader is gone, and its modules with it. */
void modules_forget_loader(Loader *l);

/* May code in `from` refer to a public class `to`, as far as modules say (JVMS 5.4.4)? */
bool module_can_access(Class *from, Class *to);
bool module_reads(const Module *from, const Module *to);
bool module_exports(const Module *m, const Symbol *package, const Module *to);
/* Why not, in HotSpot's words; malloc'ed. */
char *module_access_problem(Class *from, Class *to);

#endif
