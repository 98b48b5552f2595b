/* Finding the installed OpenJDK 17 whose class library loam runs: the home that loam itself is the java of (make jdkhome), $JAVA_HOME, the
   `java` on the PATH, the usual places. */
#define _GNU_SOURCE
#include "base/log.h"
#include "launcher/options.h"
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Is this the home of a JDK or JRE 17 with a module image? */
static bool usable(const char *home)
{
    char path[PATH_MAX], line[256];
    snprintf(path, sizeof path, "%s/lib/modules", home);
    if (access(path, R_OK)) return false;
    snprintf(path, sizeof path, "%s/release", home);
    FILE *f = fopen(path, "r");
    if (!f) return false;
    bool found = false;
    while (fgets(line, sizeof line, f))
        if (!strncmp(line, "JAVA_VERSION=\"17", 16) && (line[16] == '.' || line[16] == '"')) found = true;
    fclose(f);
    return found;
}

/* HOME, when this executable is HOME/bin/java. */
static char *from_own_place(void)
{
    char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    const char tail[] = "/bin/java";
    if (n < (ssize_t)sizeof tail) return NULL;
    path[n] = 0;
    char *bin = path + n - (sizeof tail - 1);
    if (strcmp(bin, tail)) return NULL;
    *bin = 0;
    return usable(path) ? xstrdup(path) : NULL;
}

static char *from_path(void)
{
    const char *path = getenv("PATH");
    while (path && *path) {
        size_t n = strcspn(path, ":");
        char *java = xasprintf("%.*s/java", (int)n, path), real[PATH_MAX];
        bool found = n && realpath(java, real) && !access(real, X_OK);
        free(java);
        if (found) {
            char *bin = strstr(real, "/bin/java");
            if (!bin) return NULL;
            *bin = 0;
            return usable(real) ? xstrdup(real) : NULL;
        }
        path += n + (path[n] == ':');
    }
    return NULL;
}

static char *from_usual_places(void)
{
    static const char *const patterns[] = { "/usr/lib/jvm/java-17-openjdk-*", "/usr/lib/jvm/java-17*", "/usr/lib/jvm/*17*", "/opt/*17*" };
    for (size_t i = 0; i < NELEM(patterns); i++) {
        glob_t g;
        if (glob(patterns[i], 0, NULL, &g)) continue;
        char *home = NULL;
        for (size_t k = 0; k < g.gl_pathc && !home; k++)
            if (usable(g.gl_pathv[k])) home = xstrdup(g.gl_pathv[k]);
        globfree(&g);
        if (home) return home;
    }
    return NULL;
}

char *find_jdk(void)
{
    char *own = from_own_place();
    if (own) return own;
    const char *home = getenv("JAVA_HOME");
    if (home && *home) {
        if (usable(home)) return xstrdup(home);
        warn("JAVA_HOME=%s is not the home of an OpenJDK 17 (no lib/modules, or release says another version): looking elsewhere", home);
    }
    char *found = from_path();
    if (!found) found = from_usual_places();
    if (!found) die("no OpenJDK 17 found: tried $JAVA_HOME, the java on the PATH, and /usr/lib/jvm; install openjdk-17-jdk-headless or set JAVA_HOME");
    char real[PATH_MAX];
    if (realpath(found, real)) {
        free(found);
        found = xstrdup(real);
    }
    return found;
}
