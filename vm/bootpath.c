/* The boot loader's append path (-Xbootclasspath/a): folders and jars, searched in order after the image's modules. */
#define _GNU_SOURCE
#include "vm/loader.h"
#include "base/log.h"
#include "base/vec.h"
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <zip.h>

typedef struct Entry { char *path; zip_t *zip; } Entry; /* zip NULL: a folder */
static Vec(Entry) entries;
static bool opened;

static void open_all(void)
{
    opened = true;
    if (!vm_options.boot_append) return;
    char *list = xstrdup(vm_options.boot_append), *save = NULL;
    for (char *s = strtok_r(list, ":", &save); s; s = strtok_r(NULL, ":", &save)) {
        struct stat st;
        if (stat(s, &st)) continue; /* as java: what is missing is passed over */
        zip_t *zip = S_ISDIR(st.st_mode) ? NULL : zip_open(s, ZIP_RDONLY, NULL);
        if (S_ISDIR(st.st_mode) || zip) vec_push(&entries, ((Entry){ xstrdup(s), zip }));
    }
    free(list);
}

static bool from_zip(zip_t *zip, const char *path, Bytes *out)
{
    zip_stat_t st;
    if (zip_stat(zip, path, 0, &st) || !(st.valid & ZIP_STAT_SIZE) || st.size > UINT32_MAX) return false;
    zip_file_t *f = zip_fopen_index(zip, st.index, 0);
    if (!f) return false;
    u8 *data = xmalloc(st.size + 1);
    bool ok = zip_fread(f, data, st.size) == (zip_int64_t)st.size;
    zip_fclose(f);
    if (ok) *out = (Bytes){ data, (u32)st.size };
    else free(data);
    return ok;
}

static bool from_folder(const char *folder, const char *path, Bytes *out)
{
    char *name = xasprintf("%s/%s", folder, path);
    FILE *f = fopen(name, "rbe");
    struct stat st;
    bool ok = f && !fstat(fileno(f), &st) && S_ISREG(st.st_mode) && st.st_size <= UINT32_MAX;
    if (ok) {
        u8 *data = xmalloc((size_t)st.st_size + 1);
        ok = fread(data, 1, (size_t)st.st_size, f) == (size_t)st.st_size;
        if (ok) *out = (Bytes){ data, (u32)st.st_size };
        else free(data);
    }
    if (f) fclose(f);
    free(name);
    return ok;
}

bool bootpath_find(const char *path, Bytes *out, const char **where)
{
    if (!opened) open_all();
    for (size_t i = 0; i < entries.len; i++) {
        Entry *e = &entries.data[i];
        *where = e->path;
        if (e->zip ? from_zip(e->zip, path, out) : from_folder(e->path, path, out)) return true;
    }
    return false;
}
