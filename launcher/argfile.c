/* @argfiles and JDK_JAVA_OPTIONS: see argfile.h. */
#include "launcher/argfile.h"
#include "base/log.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static bool space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

/* Appends the words of `text`. In files '#' starts a comment and a backslash inside quotes escapes. */
static void split(ArgList *list, const char *text, bool file, const char *where)
{
    const char *p = text;
    for (;;) {
        while (space(*p)) p++;
        if (file && *p == '#') {
            while (*p && *p != '\n') p++;
            continue;
        }
        if (!*p) return;
        char *word = xmalloc(strlen(p) + 1), *w = word;
        char quote = 0;
        for (; *p && (quote || !space(*p)); p++) {
            if (quote && file && *p == '\\' && p[1]) {
                char c = *++p;
                if (c == '\n') { /* continued line: leading blanks go */
                    while (space(p[1])) p++;
                    continue;
                }
                *w++ = c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c == 'f' ? '\f' : c;
            } else if (quote ? *p == quote : *p == '"' || *p == '\'') {
                quote = quote ? 0 : *p;
            } else {
                *w++ = *p;
            }
        }
        if (quote && !file) {
            fprintf(stderr, "Error: Unmatched quote in environment variable %s\n", where);
            exit(1);
        }
        *w = 0;
        vec_push(list, word);
    }
}

void arglist_from_environment(ArgList *list, const char *value)
{
    if (!value || !*value) return;
    fprintf(stderr, "NOTE: Picked up JDK_JAVA_OPTIONS: %s\n", value);
    split(list, value, false, "JDK_JAVA_OPTIONS");
}

static char *read_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f) {
        fprintf(stderr, "Error: could not open `%s'\n", path);
        exit(1);
    }
    Vec(char) text = { 0 };
    for (int c; (c = getc(f)) != EOF;) vec_push(&text, (char)c);
    vec_push(&text, 0);
    fclose(f);
    return text.data;
}

/* Does this option take its value from the next argument? Then that is not the main class. */
static bool takes_next(const char *a)
{
    static const char *const names[] = { "-cp", "-classpath", "--class-path", "-p", "--module-path", "--upgrade-module-path", "--limit-modules",
        "--add-modules", "--add-exports", "--add-opens", "--add-reads", "--patch-module", "--enable-native-access", "--core", "--set", "--plugin", "--detail", "--trace-out", "--trace-limit",
        "--model", "--from", "--layout", "--layout-order", "--report", "--charge-scale", "--seed", "--time", "--log", "--torture", "--jit", "--jit-exclude", "--jit-torture", "--dump", "-d", "--describe-module", "--source" };
    for (size_t i = 0; i < NELEM(names); i++)
        if (!strcmp(a, names[i])) return true;
    return false;
}

void arglist_expand(ArgList *list, u32 fixed)
{
    ArgList out = { 0 };
    bool program = false, disabled = false; /* behind the main class arguments are the program's own */
    for (size_t i = 0; i < list->len; i++) {
        const char *a = list->data[i];
        if (!program && !disabled && a[0] == '@' && a[1] != '@' && a[1]) {
            ArgList words = { 0 };
            split(&words, read_file(a + 1), true, a + 1);
            for (size_t k = 0; k < words.len; k++) {
                vec_push(&out, words.data[k]);
                if (words.data[k][0] != '-' && !(out.len > 1 && takes_next(out.data[out.len - 2]))) program = i >= fixed;
            }
            continue;
        }
        if (!program && !strcmp(a, "--disable-@files")) {
            disabled = true;
            continue;
        }
        if (!program && a[0] == '@' && a[1] == '@') a++;
        vec_push(&out, a);
        bool value = out.len > 1 && takes_next(out.data[out.len - 2]);
        if (!program && i >= fixed && !value && (a[0] != '-' || !strcmp(a, "-jar") || !strcmp(a, "-m") || !strcmp(a, "--module"))) program = true;
    }
    vec_free(list);
    *list = out;
}
