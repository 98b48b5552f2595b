/* HotSpot's file of performance data, version 2.0, with the few entries that the JDK's tools read: what runs, with which arguments, and that one
   may attach to it. Layout: a prologue, then entries one after the other, each of a header, a name, and (aligned) data.

   Other virtual machines remove files of processes that are gone, unless somebody has locked them: the file stays open and locked. */
#include "classlib/perfdata.h"
#include "base/log.h"
#include "base/vec.h"
#include "classlib/jvm_properties.h"
#include "vm/vm.h"
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_SIZE = 32768, LITTLE_ENDIAN_DATA = 1, UNIT_STRING = 5, CONSTANT = 1, SUPPORTED = 1 };

typedef struct Prologue {
    u8 magic[4];
    u8 byte_order, major, minor, accessible;
    i32 used, overflow;
    i64 modified;
    i32 first, count; /* entries */
} Prologue;
_Static_assert(sizeof(Prologue) == 32, "as HotSpot has it");

typedef struct Entry {
    i32 length, name, elements;
    u8 type, flags, unit, variability;
    i32 data;
} Entry;
_Static_assert(sizeof(Entry) == 20, "as HotSpot has it");

static char *path; /* of the file, while it is there */

/* What does not fit is cut. */
static void add_text(u8 *file, const char *name, const char *text)
{
    Prologue *p = (Prologue *)file;
    size_t data = ALIGN_UP(sizeof(Entry) + strlen(name) + 1, 8ul), room = FILE_SIZE - (size_t)p->used, length = strlen(text) + 1;
    if (data + 8 > room) return;
    if (length > room - data - 8) length = room - data - 8;
    Entry e = { (i32)ALIGN_UP(data + length, 8ul), sizeof e, (i32)length, 'B', SUPPORTED, UNIT_STRING, CONSTANT, (i32)data };
    u8 *at = file + p->used;
    memcpy(at, &e, sizeof e);
    memcpy(at + sizeof e, name, strlen(name) + 1);
    memcpy(at + data, text, length - 1);
    p->used += e.length;
    p->count++;
    ASSERT(p->used <= FILE_SIZE);
}

static char *joined_arguments(void)
{
    char *all = xstrdup("");
    for (u32 i = 0; i < vm_options.nvm_args; i++) {
        char *longer = xasprintf("%s%s%s", all, i ? " " : "", vm_options.vm_args[i]);
        free(all);
        all = longer;
    }
    return all;
}

static void fill(u8 *file)
{
    char *arguments = joined_arguments();
    *(Prologue *)file = (Prologue){ { 0xca, 0xfe, 0xc0, 0xc0 }, LITTLE_ENDIAN_DATA, 2, 0, 1, sizeof(Prologue), 0, 1, sizeof(Prologue), 0 };
    add_text(file, "sun.rt.jvmCapabilities", "1100000000000000000000000000000000000000000000000000000000000000"); /* may be attached to, and print threads */
    add_text(file, "sun.rt.javaCommand", vm_options.command ? vm_options.command : "");
    add_text(file, "sun.rt.jvmVersion", jvm_version());
    add_text(file, "java.property.java.vm.name", JVM_NAME);
    add_text(file, "java.property.java.vm.version", jvm_version());
    add_text(file, "java.property.java.vm.info", jvm_mode());
    add_text(file, "java.property.java.home", vm_options.java_home);
    add_text(file, "java.rt.vmArgs", arguments);
    add_text(file, "java.rt.vmFlags", "");
    free(arguments);
}

/* The user's own folder, which nobody else may write; -1: there is none. */
static int open_folder(const char *name)
{
    struct stat st;
    if (mkdir(name, 0755) && access(name, F_OK)) return -1;
    int folder = open(name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder >= 0 && (fstat(folder, &st) || st.st_uid != geteuid() || st.st_mode & 022)) {
        close(folder);
        return -1;
    }
    return folder;
}

void perfdata_create(void)
{
    const struct passwd *user = getpwuid(geteuid());
    if (!user) return;
    char *name = xasprintf("/tmp/hsperfdata_%s", user->pw_name), pid[16];
    int folder = open_folder(name);
    snprintf(pid, sizeof pid, "%d", (int)getpid());
    if (folder >= 0) unlinkat(folder, pid, 0); /* of a process that had the number before */
    int fd = folder < 0 ? -1 : openat(folder, pid, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd >= 0) {
        u8 *file = xcalloc(1, FILE_SIZE);
        fill(file);
        path = xasprintf("%s/%s", name, pid);
        if (flock(fd, LOCK_EX | LOCK_NB) || write(fd, file, FILE_SIZE) != FILE_SIZE) perfdata_remove();
        free(file); /* fd stays open: its lock keeps the file */
    }
    if (folder >= 0) close(folder);
    free(name);
}

void perfdata_remove(void)
{
    if (path) unlink(path);
    free(path);
    path = NULL;
}
