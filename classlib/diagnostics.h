/* Diagnostic commands: what `jcmd` asks a running `java`, and the MBean com.sun.management:type=DiagnosticCommand. */
#ifndef CLASSLIB_DIAGNOSTICS_H
#define CLASSLIB_DIAGNOSTICS_H
#include "classlib/jvm_util.h"
#include <stdio.h>

/* jmm.h's dcmdInfo and dcmdArgInfo. */
typedef struct CommandInfo {
    const char *name, *description, *impact, *permission_class, *permission_name, *permission_action;
    int narguments;
    jboolean enabled;
} CommandInfo;
typedef struct ArgumentInfo {
    const char *name, *description, *type, *preset; /* preset: what it is when not given; NULL: nothing */
    jboolean mandatory, option, multiple;
    int position;                                   /* of what is no option */
} ArgumentInfo;

jobjectArray GetDiagnosticCommands(JNIEnv *env);
void GetDiagnosticCommandInfo(JNIEnv *env, jobjectArray names, CommandInfo *info);
void GetDiagnosticCommandArgumentsInfo(JNIEnv *env, jstring name, ArgumentInfo *info, jint n);
/* Runs "NAME ARGUMENTS..." and returns what it prints. Throws IllegalArgumentException. */
jstring ExecuteDiagnosticCommand(JNIEnv *env, jstring command);

/* Runs a command line; what the command says goes to out. false: an exception is pending. */
bool diagnostic_run(Thread *t, const char *line, FILE *out);
/* What a method of jdk.internal.vm.VMSupport makes of properties; false: an exception is pending. */
bool diagnostic_properties(Thread *t, const char *method, FILE *out);

#endif
