/* @argfiles and options in the environment: see argfile.h. */
#include "launcher/argfile.h"
#include "base/log.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

/* Appends the words of `text`. In files '#' starts a comment and a backslash inside quotes escapes. false: a quote is open at the
   end, which only files may leave so. */
static bool split(ArgList *list, const char *text, bool file)
{
    const char *p = text;
    for (;;) {
        while (space(*p)) p++;
        if (file && *p == '#') {
            while (*p && *p != '\n') p++;
            continue;
        }
        if (!*p) return true;
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
        if (quote && !file) return false;
        *w = 0;
        vec_push(list, word);
    }
}

void arglist_from_environment(ArgList *list)
{
    const char *value = getenv("JDK_JAVA_OPTIONS");
    if (!value) return;
    fprintf(stderr, "NOTE: Picked up JDK_JAVA_OPTIONS: %s\n", value);
    if (split(list, value, false)) return;
    fprintf(stderr, "Error: Unmatched quote in environment variable JDK_JAVA_OPTIONS\n");
    exit(1);
}

/* NULL: cannot be opened. */
static char *read_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f) return NULL;
    Vec(char) text = { 0 };
    for (int c; (c = getc(f)) != EOF;) vec_push(&text, (char)c);
    vec_push(&text, 0);
    fclose(f);
    return text.data;
}

/* ---- What the words are ------------------------------------------------------------------------------------------------- */
enum { FLAG, NEXT, EQUALS, PREFIX };
#define O(name, form, handler) { name, form },
static const struct { const char *name; u32 form; } options[] = {
#include "launcher/options.def"
};
#undef O

static bool among(const char *a, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(a, names[i])) return true;
    return false;
}

/* Does this option take its value from the next argument? Then that is not the main class. */
static bool takes_next(const char *a)
{
    for (size_t i = 0; i < NELEM(options); i++)
        if (!strcmp(a, options[i].name)) return options[i].form == NEXT || options[i].form == EQUALS;
    return false;
}

/* Options that say what to do instead of how: `java` takes them from the command line alone. */
static bool says_what(const char *a)
{
    static const char *const names[] = { "-jar", "-m", "--module", "--dry-run", "-h", "-?", "-help", "--help", "-X", "--help-extra", "-version",
        "--version", "-fullversion", "--full-version" };
    return among(a, names, NELEM(names)) || !strncmp(a, "--module=", 9);
}

/* A word of JDK_JAVA_OPTIONS, from an @file of it if `file` says so. */
static void check_environment(const char *word, const char *file, bool value)
{
    if (value) return;
    if (says_what(word)) fprintf(stderr, "Error: Option %s%s%s is not allowed in environment variable JDK_JAVA_OPTIONS\n", word, file ? " in " : "", file ? file : "");
    else if (word[0] != '-' && word[0] != '@') fprintf(stderr, "Error: Cannot specify main class in environment variable JDK_JAVA_OPTIONS\n");
    else return;
    exit(1);
}

void arglist_from_vm_environment(ArgList *list, const char *variable)
{
    const char *value = getenv(variable);
    if (!value || !*value) return;
    fprintf(stderr, "Picked up %s: %s\n", variable, value);
    if (split(list, value, false)) return;
    fprintf(stderr, "Unmatched quote in %s\n%s", variable, cannot_create);
    exit(1);
}

void arglist_check_vm(const ArgList *list)
{
    static const char *const launchers[] = { "-showversion", "--show-version", "--list-modules", "--validate-modules", "--show-module-resolution" };
    for (size_t i = 0; i < list->len; i++) {
        const char *a = list->data[i];
        if (a[0] == '-' && !takes_next(a) && !says_what(a) && !among(a, launchers, NELEM(launchers))) continue;
        fprintf(stderr, "Unrecognized option: %s\n%s", a, cannot_create);
        exit(1);
    }
}

void arglist_from_vm_file(ArgList *list, const char *path)
{
    const char *text = read_file(path);
    if (!text) fprintf(stderr, "Could not open options file '%s'\n%s", path, cannot_create);
    else if (!split(list, text, false)) fprintf(stderr, "Unmatched quote in %s\n%s", path, cannot_create);
    else {
        arglist_check_vm(list);
        return;
    }
    exit(1);
}

/* ---- @files --------------------------------------------------------------------------------------------------------------- */
static bool names_program(const ArgList *out)
{
    const char *a = vec_last(out);
    if (out->len > 1 && takes_next(out->data[out->len - 2])) return false;
    return a[0] != '-' || !strcmp(a, "-jar") || !strcmp(a, "-m") || !strcmp(a, "--module");
}

/* Returns whether the main class is among the file's words. */
static bool expand_file(ArgList *out, const char *a, bool environment)
{
    ArgList words = { 0 };
    bool program = false;
    const char *text = read_file(a + 1);
    if (!text) {
        fprintf(stderr, "Error: could not open `%s'\n", a + 1);
        exit(1);
    }
    split(&words, text, true);
    for (size_t i = 0; i < words.len; i++) {
        bool value = out->len && takes_next(vec_last(out));
        vec_push(out, words.data[i]);
        if (environment) check_environment(words.data[i], a, value);
        program |= names_program(out);
    }
    vec_free(&words);
    return program;
}

void arglist_expand(ArgList *list, u32 fixed)
{
    ArgList out = { 0 };
    bool program = false, disabled = false; /* behind the main class arguments are the program's own */
    for (size_t i = 0; i < list->len; i++) {
        const char *a = list->data[i];
        if (i < fixed) check_environment(a, NULL, out.len && takes_next(vec_last(&out)));
        if (!program && !disabled && a[0] == '@' && a[1] != '@' && a[1]) {
            program = expand_file(&out, a, i < fixed);
            continue;
        }
        if (!program && !strcmp(a, "--disable-@files")) {
            disabled = true;
            continue;
        }
        if (!program && a[0] == '@' && a[1] == '@') a++;
        vec_push(&out, a);
        program |= names_program(&out);
    }
    vec_free(list);
    *list = out;
}
