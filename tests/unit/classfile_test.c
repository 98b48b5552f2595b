/* The class-file parser on good class files (compiled here by javac), and on thousands of damaged ones: it may refuse them, never crash. */
#define _GNU_SOURCE
#include "vm/classfile.h"
#include "vm/names.h"
#include "base/log.h"
#include "base/vec.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char source[] =
    "import java.util.*; import java.util.function.*;\n"
    "public class Sample<T extends Comparable<T>> extends AbstractList<T> implements Runnable, Cloneable {\n"
    "  static final long L = 1L << 40; static final String S = \"text\\u00e9\\0\"; static final double D = 1.5; static final int I = -7;\n"
    "  private final Map<String, int[][]> map = new HashMap<>(); volatile transient int v;\n"
    "  record Pair(int a, String b) {} sealed interface Shape permits Box {} static final class Box implements Shape {}\n"
    "  @Deprecated public T get(int i) { throw new IndexOutOfBoundsException(i + \"x\" + S); }\n"
    "  public int size() { int n = 0; for (int k : new int[] { 1, 2, 3 }) n += k > 1 ? k : -k; return n; }\n"
    "  public synchronized void run() { Supplier<String> s = () -> \"a\" + v; try { s.get(); } catch (RuntimeException | Error e) { v++; } finally { v--; } }\n"
    "  static int pick(String s) { switch (s) { case \"a\": return 1; case \"bb\": return 2; default: return s.length(); } }\n"
    "  protected void finalize() { v = 0; } native long nat(double d, long l, Object... o);\n"
    "}\n";

static u8 *image;
static size_t length;

static void run(const char *command) { cr_assert_eq(system(command), 0, "%s", command); }

static void compile(void)
{
    if (image) return;
    char dir[] = "/tmp/loam-classfile-XXXXXX";
    cr_assert(mkdtemp(dir));
    char *java = xasprintf("%s/Sample.java", dir), *class = xasprintf("%s/Sample.class", dir);
    FILE *f = fopen(java, "w");
    fputs(source, f);
    fclose(f);
    char *command = xasprintf("javac --release 17 -g -parameters -encoding UTF-8 -d %s %s >/dev/null 2>&1", dir, java);
    run(command);
    f = fopen(class, "rb");
    cr_assert(f);
    image = xmalloc(1 << 20);
    length = fread(image, 1, 1 << 20, f);
    fclose(f);
    free(command);
    command = xasprintf("rm -rf %s", dir);
    run(command);
    free(command), free(java), free(class);
}

static bool parse(const u8 *data, size_t n, const ParseOptions *o, ParsedClass *pc, ClassFileError *err)
{
    memset(err, 0, sizeof *err);
    return classfile_parse(data, n, o, pc, err);
}

static Method *method(const Class *c, const char *name)
{
    for (u32 i = 0; i < c->nmethods; i++)
        if (!strcmp(c->methods[i].name->bytes, name)) return &c->methods[i];
    return NULL;
}

static Field *field(const Class *c, const char *name)
{
    for (u32 i = 0; i < c->nfields; i++)
        if (!strcmp(c->fields[i].name->bytes, name)) return &c->fields[i];
    return NULL;
}

Test(classfile, good_class)
{
    compile();
    ParsedClass pc;
    ClassFileError err;
    ParseOptions o = { .expected_name = symbol_of("Sample") };
    cr_assert(parse(image, length, &o, &pc, &err), "%s", err.message);
    Class *c = pc.c;
    cr_assert_str_eq(c->name->bytes, "Sample");
    cr_assert_eq(c->minor_major, 61);
    cr_assert_eq(c->ninterfaces, 2);
    cr_assert_str_eq(c->source_file->bytes, "Sample.java");
    cr_assert(c->access & CLASS_FINALIZABLE);
    cr_assert(c->inner_classes.data && c->nest_members.data && c->bootstrap_methods.data && c->signature);
    cr_assert(field(c, "L")->constant && field(c, "S")->constant && !field(c, "v")->constant);
    cr_assert_eq(field(c, "map")->type, T_OBJECT);
    cr_assert_eq(c->cp->v[field(c, "L")->constant], 1ull << 40);
    cr_assert_eq((i32)c->cp->v[field(c, "I")->constant], -7);
}

Test(classfile, methods)
{
    compile();
    ParsedClass pc;
    ClassFileError err;
    cr_assert(parse(image, length, &(ParseOptions){ 0 }, &pc, &err), "%s", err.message);
    Method *nat = method(pc.c, "nat"), *run_m = method(pc.c, "run"), *size = method(pc.c, "size"), *pick = method(pc.c, "pick");
    cr_assert_eq(nat->arg_slots, 1 + 2 + 2 + 1);
    cr_assert_eq(nat->details->nparams, 3);
    cr_assert_eq(nat->details->arg_types[0], T_DOUBLE);
    cr_assert_eq(nat->ret, T_LONG);
    cr_assert_eq(nat->entry, ENTRY_NATIVE);
    cr_assert_eq(run_m->entry, ENTRY_JAVA_SYNC);
    cr_assert_gt(run_m->details->nhandlers, 1);
    cr_assert(size->details->nlines && size->details->nlocals && size->details->stack_map.data);
    cr_assert_eq(memcmp(size->code, size->original, size->code_length), 0);
    cr_assert_eq(pick->arg_slots, 1);
    cr_assert(pick->details->parameters.data);
}

Test(classfile, hidden_class_is_its_own_this)
{
    compile();
    ParsedClass pc;
    ClassFileError err;
    ParseOptions o = { .hidden = true, .hidden_suffix = "+0x1" };
    cr_assert(parse(image, length, &o, &pc, &err), "%s", err.message);
    cr_assert_str_eq(pc.c->name->bytes, "Sample+0x1");
    u32 found = 0;
    for (u32 i = 1; i < pc.c->cp->length; i++)
        if (pc.c->cp->tags[i] == (CP_Class | CP_RESOLVED)) found += pc.c->cp->v[i] == (u64)pc.c;
    cr_assert_eq(found, 1);
}

Test(classfile, wrong_name)
{
    compile();
    ParsedClass pc;
    ClassFileError err;
    ParseOptions o = { .expected_name = symbol_of("p/Other") };
    cr_assert(!parse(image, length, &o, &pc, &err));
    cr_assert_str_eq(err.exception, "java/lang/NoClassDefFoundError");
    cr_assert_str_eq(err.message, "p/Other (wrong name: Sample)");
}

Test(classfile, header_errors)
{
    compile();
    ParsedClass pc;
    ClassFileError err;
    ParseOptions o = { .expected_name = symbol_of("Sample") };
    u8 *bad = memcpy(xmalloc(length), image, length);
    bad[0] = 0;
    cr_assert(!parse(bad, length, &o, &pc, &err));
    cr_assert_str_eq(err.message, "Incompatible magic value 16693950 in class file Sample");
    bad[0] = image[0], bad[7] = 62;
    cr_assert(!parse(bad, length, &o, &pc, &err));
    cr_assert_str_eq(err.exception, "java/lang/UnsupportedClassVersionError");
    cr_assert_str_eq(err.message, "Sample has been compiled by a more recent version of the Java Runtime (class file version 62.0), "
                                  "this version of the Java Runtime only recognizes class file versions up to 61.0");
    free(bad);
}

/* Every proper prefix is refused, and one more byte too. */
Test(classfile, truncation)
{
    compile();
    ParsedClass pc;
    ClassFileError err;
    for (size_t n = 0; n < length; n++) {
        u8 *part = memcpy(xmalloc(n + 1), image, n);
        cr_assert(!parse(part, n, &(ParseOptions){ 0 }, &pc, &err), "prefix of %zu bytes", n);
        cr_assert(err.exception && *err.message);
        free(part);
    }
    u8 *more = memcpy(xcalloc(length + 1, 1), image, length);
    cr_assert(!parse(more, length + 1, &(ParseOptions){ 0 }, &pc, &err));
    cr_assert_str_eq(err.message, "Extra bytes at the end of class file Sample");
    free(more);
}

static u64 next(u64 *seed)
{
    *seed += 0x9e3779b97f4a7c15ull;
    u64 x = *seed;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
    x = (x ^ x >> 27) * 0x94d049bb133111ebull;
    return x ^ x >> 31;
}

/* Seeded damage: bytes set, bits flipped, stretches removed or doubled. What is accepted must be usable: names print. */
Test(classfile, mutations)
{
    compile();
    u64 seed = 17;
    u32 refused = 0, accepted = 0;
    for (u32 round = 0; round < 3000; round++) {
        u8 *bad = memcpy(xmalloc(length + 64), image, length);
        size_t n = length;
        for (u32 hits = 1 + next(&seed) % 4; hits; hits--) {
            size_t at = 4 + next(&seed) % (n - 40);
            switch (next(&seed) % 4) {
            case 0: bad[at] = (u8)next(&seed); break;
            case 1: bad[at] ^= (u8)(1u << next(&seed) % 8); break;
            case 2: bad[at] = bad[at + 1] = 0xff; break;
            default: memmove(bad + at, bad + at + 1, n - at - 1), n--; break;
            }
        }
        u8 *exact = memcpy(xmalloc(n), bad, n); /* so that AddressSanitizer sees every byte too far */
        ParsedClass pc;
        ClassFileError err;
        if (parse(exact, n, &(ParseOptions){ .vm_annotations = true }, &pc, &err)) {
            accepted++;
            for (u32 i = 0; i < pc.c->nmethods; i++) {
                u8 types[255], ret;
                descriptor_params(pc.c->methods[i].desc, types, &ret);
            }
        } else {
            refused++;
            cr_assert(err.exception && *err.message);
        }
        free(bad);
        free(exact);
    }
    cr_assert_gt(refused, 500);
    cr_assert_gt(accepted, 100);
}

Test(classfile, descriptors)
{
    static const char *const good[] = { "()V", "(I)J", "([[Ljava/lang/String;D)[I", "(LA;)LA;" }, *const bad[] =
        { "", "(", "()", "(V)V", "()VV", "(L;)V", "(La;;)V", "(La/)V", "([)V", "()[V", "(La.b;)V", "(La//b;)V", "I" };
    u32 slots;
    for (size_t i = 0; i < NELEM(good); i++) cr_assert(method_descriptor_check(symbol_of(good[i]), &slots), "%s", good[i]);
    for (size_t i = 0; i < NELEM(bad); i++) cr_assert(!method_descriptor_check(symbol_of(bad[i]), &slots), "%s", bad[i]);
    method_descriptor_check(symbol_of("(IJ[J)V"), &slots);
    cr_assert_eq(slots, 4);
}

Test(symbols, interned)
{
    cr_assert_eq(symbol_of("java/lang/Object"), symbol_intern("java/lang/Objectx", 16));
    cr_assert_null(symbol_lookup("never seen", 10));
    Symbol *package = package_of_name(symbol_of("a/b/C"));
    cr_assert_str_eq(package->bytes, "a/b");
    cr_assert_eq(package_of_name(symbol_of("C"))->length, 0);
    for (u32 i = 0; i < 50000; i++) {
        char text[16];
        snprintf(text, sizeof text, "s%u", i);
        Symbol *s = symbol_of(text);
        cr_assert_eq(s, symbol_lookup(text, strlen(text)));
    }
}
