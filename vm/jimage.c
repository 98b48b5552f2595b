/* The boot image lib/modules (jimage): a perfect hash from "/module/package/Class.class" to a resource. It is mapped and used in
   place; resources that jlink compressed are expanded by the JDK's own libjimage. All numbers are in native byte order but
   for the attribute values of a location, which are big-endian. */
#define _GNU_SOURCE
#include "vm/loader.h"
#include "base/log.h"
#include "base/vec.h"
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct Header { u32 magic, version, flags, resources, table_length, locations_size, strings_size; } Header;
enum { MAGIC = 0xcafedada, VERSION = 1 << 16, HASH_SEED = 0x01000193 };
enum { ATTR_END, ATTR_MODULE, ATTR_PARENT, ATTR_BASE, ATTR_EXTENSION, ATTR_OFFSET, ATTR_COMPRESSED, ATTR_SIZE, ATTR_COUNT };

static struct {
    const u8 *base;
    size_t size;
    const i32 *redirect;
    const u32 *offsets;
    const u8 *locations;
    const char *strings, *data;
    u32 n;
    char *path;
} image;

static u32 hash(const char *s, u32 seed)
{
    for (; *s; s++) seed = (seed * HASH_SEED) ^ (u8)*s;
    return seed & 0x7fffffff;
}

static void lay_out(const char *path)
{
    const Header *h = (const Header *)image.base;
    if (image.size < sizeof *h || h->magic != MAGIC) die("%s is not a Java module image", path);
    if (h->version != VERSION) die("%s: unknown version %u.%u of the image format", path, h->version >> 16, h->version & 0xffff);
    u64 index = sizeof *h + (u64)h->table_length * 8 + h->locations_size + h->strings_size;
    if (index > image.size || !h->table_length) die("%s is truncated", path);
    image.n = h->table_length;
    image.redirect = (const i32 *)(h + 1);
    image.offsets = (const u32 *)(image.redirect + image.n);
    image.locations = (const u8 *)(image.offsets + image.n);
    image.strings = (const char *)image.locations + h->locations_size;
    image.data = image.strings + h->strings_size;
}

void jimage_open(const char *java_home)
{
    if (image.base) return;
    char *path = image.path = xasprintf("%s/lib/modules", java_home);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st)) die("cannot open the class library %s: %s", path, strerror(errno));
    void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED) die("cannot map the class library %s: %s", path, strerror(errno));
    close(fd);
    image.base = p;
    image.size = (size_t)st.st_size;
    lay_out(path);
}

bool jimage_contains(const void *p) { return image.base && (const u8 *)p >= image.base && (const u8 *)p < image.base + image.size; }

static void read_attributes(const u8 *b, u64 attr[ATTR_COUNT])
{
    memset(attr, 0, ATTR_COUNT * sizeof *attr);
    for (; *b >> 3 != ATTR_END; b += (*b & 7) + 2) {
        u64 v = 0;
        for (u32 i = 0; i <= (u32)(*b & 7); i++) v = v << 8 | b[1 + i];
        if (*b >> 3 < ATTR_COUNT) attr[*b >> 3] = v;
    }
}

/* Does the location spell /module/parent/base.extension? A miss hashes to some entry, so this must be asked. */
static bool spells(const u64 attr[ATTR_COUNT], const char *name)
{
    char text[1024];
    const char *s = image.strings, *parent = s + attr[ATTR_PARENT], *ext = s + attr[ATTR_EXTENSION];
    int n = snprintf(text, sizeof text, "/%s/%s%s%s%s%s", s + attr[ATTR_MODULE], parent, *parent ? "/" : "", s + attr[ATTR_BASE],
                     *ext ? "." : "", ext);
    return n > 0 && n < (int)sizeof text && !strcmp(text, name);
}

/* A compressed resource, through libjimage's C interface; content is malloc'ed and stays. */
static bool expand(const char *module, const char *path, Bytes *out)
{
    static void *handle;
    static i64 (*find)(void *, const char *, const char *, const char *, i64 *);
    static i64 (*get)(void *, i64, char *, i64);
    if (!handle) {
        char *lib = xasprintf("%.*s/libjimage.so", (int)(strrchr(image.path, '/') - image.path), image.path);
        void *so = dlopen(lib, RTLD_NOW);
        void *(*open_image)(const char *, i32 *) = so ? (void *(*)(const char *, i32 *))dlsym(so, "JIMAGE_Open") : NULL;
        i32 error = 0;
        handle = open_image ? open_image(image.path, &error) : NULL;
        if (!handle) die("cannot read compressed resources of %s: %s", image.path, so ? "unreadable image" : dlerror());
        find = (i64 (*)(void *, const char *, const char *, const char *, i64 *))dlsym(so, "JIMAGE_FindResource");
        get = (i64 (*)(void *, i64, char *, i64))dlsym(so, "JIMAGE_GetResource");
        free(lib);
    }
    i64 size = 0, location = find && get ? find(handle, module, "9.0", path, &size) : 0;
    if (!location) return false;
    char *data = xmalloc((size_t)size);
    *out = (Bytes){ (u8 *)data, (u32)get(handle, location, data, size) };
    return true;
}

bool jimage_find(const char *module, const char *path, Bytes *out)
{
    char name[1024];
    ASSERT(image.base);
    if (snprintf(name, sizeof name, "/%s/%s", module, path) >= (int)sizeof name) return false;
    i32 v = image.redirect[hash(name, HASH_SEED) % image.n];
    if (v == 0) return false;
    u32 i = v > 0 ? hash(name, (u32)v) % image.n : (u32)(-1 - v);
    u64 attr[ATTR_COUNT];
    if (i >= image.n) return false;
    read_attributes(image.locations + image.offsets[i], attr);
    if (!spells(attr, name)) return false;
    if (attr[ATTR_COMPRESSED]) return expand(module, path, out);
    const u8 *data = (const u8 *)image.data + attr[ATTR_OFFSET];
    if (data + attr[ATTR_SIZE] > image.base + image.size) die("%s is truncated", image.path);
    *out = (Bytes){ data, (u32)attr[ATTR_SIZE] };
    return true;
}
