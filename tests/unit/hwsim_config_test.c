/* Core descriptions: presets, files, --set, every kind of error, and that the documentation names every field. */
#include "hwsim/config.h"
#include "base/vec.h"
#include <criterion/criterion.h>
#include <dirent.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs fn(arg) in a child; its stderr goes to out; returns the exit code, or 1000 + the signal. */
static int run(void (*fn)(const char *), const char *arg, char *out, size_t n)
{
    int fd[2], status;
    cr_assert_eq(pipe(fd), 0);
    fflush(NULL);
    pid_t pid = fork();
    if (!pid) {
        dup2(fd[1], 2);
        close(fd[0]);
        fn(arg);
        _exit(0);
    }
    close(fd[1]);
    size_t got = 0;
    for (ssize_t k; got < n - 1 && (k = read(fd[0], out + got, n - 1 - got)) > 0;) got += (size_t)k;
    out[got] = 0;
    close(fd[0]);
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static void write_file(const char *path, const char *text, size_t n)
{
    FILE *f = fopen(path, "w");
    cr_assert(f);
    fwrite(text, 1, n, f);
    fclose(f);
}

static char test_path[64];

static void load_text(const char *text)
{
    HwConfig c;
    write_file(test_path, text, strlen(text));
    hw_config_load(&c, test_path);
    hw_config_check(&c);
}

static void load_name(const char *name)
{
    HwConfig c;
    hw_config_load(&c, name);
    hw_config_check(&c);
}

static void set_one(const char *assignment)
{
    HwConfig c;
    hw_config_default(&c);
    hw_config_set(&c, assignment);
    hw_config_check(&c);
}

/* fn(arg) must end with exit code 1 and exactly one line, "loam: " + want (%s in want is the test file, BASE its name). */
static void expect_error(void (*fn)(const char *), const char *arg, const char *want)
{
    char got[2048], line[2048];
    snprintf(test_path, sizeof test_path, "/tmp/loam-config-%d.cfg", (int)getpid());
    int code = run(fn, arg, got, sizeof got);
    unlink(test_path);
    const char *file = strstr(want, "%s"), *base = strstr(want, "BASE");
    if (file) snprintf(line, sizeof line, "loam: %.*s%s%s\n", (int)(file - want), want, test_path, file + 2);
    else if (base) snprintf(line, sizeof line, "loam: %.*sloam-config-%d%s\n", (int)(base - want), want, (int)getpid(), base + 4);
    else snprintf(line, sizeof line, "loam: %s\n", want);
    cr_expect_eq(code, 1, "%s: exit code %d", arg, code);
    cr_expect_str_eq(got, line);
}

Test(config, presets_load_and_check)
{
    size_t n = 0;
    for (const char *const *p = hw_config_presets(); *p; p++, n++) {
        HwConfig c;
        hw_config_load(&c, *p);
        hw_config_check(&c);
        cr_expect_str_eq(c.name, *p);
    }
    cr_expect_geq(n, 3);
}

Test(config, every_core_file_is_a_preset)
{
    DIR *d = opendir("hwsim/cores");
    cr_assert(d, "run from the top of the tree");
    for (struct dirent *e; (e = readdir(d));) {
        char name[300];
        if (!strstr(e->d_name, ".cfg")) continue;
        snprintf(name, sizeof name, "%.*s", (int)strcspn(e->d_name, "."), e->d_name);
        bool found = false;
        for (const char *const *p = hw_config_presets(); *p; p++) found |= !strcmp(*p, name);
        cr_expect(found, "%s is not embedded", e->d_name);
    }
    closedir(d);
}

Test(config, default_preset_is_the_defaults)
{
    HwConfig a, b;
    hw_config_default(&a);
    hw_config_load(&b, "default");
    for (size_t i = 0; i < HW_FIELD_COUNT; i++) {
        char x[64], y[64];
        cr_expect_str_eq(hw_field_text(&a, &hw_fields[i], x, 64), hw_field_text(&b, &hw_fields[i], y, 64), "%s", hw_fields[i].path);
    }
}

Test(config, values_arrive)
{
    HwConfig c;
    hw_config_load(&c, "small");
    cr_expect_eq(c.l1d_size_kib, 8);
    cr_expect_eq(c.l2_size_kib, 64);
    cr_expect_not(c.llc_present);
    cr_expect_eq(c.branch_predictor, HW_PRED_BIMODAL);
    hw_config_set(&c, "l1d.size_kib=0x10");
    hw_config_set(&c, "l2.replacement=plru");
    hw_config_set(&c, "page.map=2m");
    hw_config_set(&c, "page.seed=5000000000");
    hw_config_set(&c, "prefetch.next_line=false");
    hw_config_set(&c, "firmware.cpi=1.5");
    cr_expect_eq(c.l1d_size_kib, 16);
    cr_expect_eq(c.l2_replacement, HW_REPL_PLRU);
    cr_expect_eq(c.page_map, HW_PAGE_2M);
    cr_expect_eq(c.page_seed, 5000000000ull);
    cr_expect_not(c.prefetch_next_line);
    cr_expect_float_eq(c.firmware_cpi, 1.5, 0);
}

Test(config, print_reads_back)
{
    HwConfig a, b;
    char path[64];
    hw_config_load(&a, "u74");
    hw_config_set(&a, "page.seed=5000000000");
    hw_config_set(&a, "firmware.cpi=2");
    snprintf(path, sizeof path, "/tmp/loam-print-%d.cfg", (int)getpid());
    FILE *f = fopen(path, "w");
    hw_config_print(&a, f);
    fclose(f);
    hw_config_load(&b, path);
    unlink(path);
    for (size_t i = 0; i < HW_FIELD_COUNT; i++) {
        char x[64], y[64];
        cr_expect_str_eq(hw_field_text(&a, &hw_fields[i], x, 64), hw_field_text(&b, &hw_fields[i], y, 64), "%s", hw_fields[i].path);
        cr_expect_neq(b.line[i], 0, "%s is not printed", hw_fields[i].path);
    }
}

Test(config, file_errors)
{
    expect_error(load_text, "l1d = {\n  ways = 0;\n};\n", "%s:2: l1d.ways = 0: must be 1..32");
    expect_error(load_text, "l1d = { ways = -1; };", "%s:1: l1d.ways = -1: must be 1..32");
    expect_error(load_text, "l1d = { ways = 8.0; };", "%s:1: l1d.ways = 8: must be 1..32");
    expect_error(load_text, "l1d = { ways = \"8\"; };", "%s:1: l1d.ways = \"8\": must be 1..32");
    expect_error(load_text, "l1d = { ways = (1, 2); };", "%s:1: l1d.ways = (a group or list): must be 1..32");
    expect_error(load_text, "l1d = { wais = 8; };", "%s:1: unknown field l1d.wais (did you mean l1d.ways?)");
    expect_error(load_text, "\n\nlld = { ways = 8; };", "%s:3: unknown section lld (did you mean l1d?)");
    expect_error(load_text, "l1d = 5;", "%s:1: l1d must be a group: l1d = { ... };");
    expect_error(load_text, "l1d = { line_bytes = 48; };", "%s:1: l1d.line_bytes = 48: must be a power of two, 16..256");
    expect_error(load_text, "l1d = { replacement = \"fifo\"; };", "%s:1: l1d.replacement = \"fifo\": must be one of lru|plru|random|nru|srrip|drrip|plugin");
    expect_error(load_text, "llc = { present = 1; };", "%s:1: llc.present = 1: must be true or false");
    expect_error(load_text, "firmware = { cpi = 0.0; };", "%s:1: firmware.cpi = 0: must be 0.1..10");
    expect_error(load_text, "l1d = { ways = 8; \n", "%s:2: syntax error");
    expect_error(load_text, "l1d = { ways = 4; ways = 8; };", "%s:1: duplicate setting name");
    expect_error(load_text, "@include \"/etc/passwd\"\n", "%s:1: @include is not supported in a core description");
    expect_error(load_name, "/tmp", "core /tmp: not a file");
    expect_error(load_name, "/no/such/file", "core /no/such/file: No such file or directory");
    expect_error(load_name, "smal", "core smal: no such preset (default, small, u74, ooo, classroom, a53, r10000, alpha21264, pentium4, skylake, zen3, m1, quad, flash) and no such file");
    expect_error(load_name, "/dev/zero", "core /dev/zero: larger than 1024 KiB");
}

Test(config, relation_errors)
{
    expect_error(load_text, "l1d = {\n size_kib = 33; };", "%s:2: l1d.size_kib = 33: 33 KiB in 8 ways of 64-byte lines do not make a power of two of sets");
    expect_error(load_text, "l1d = { size_kib = 12; ways = 6;\n replacement = \"plru\"; };", "%s:1: l1d.ways = 6: must be a power of two with l1d.replacement = plru");
    expect_error(load_text, "l2 = { line_bytes = 32; };", "%s:1: l2.line_bytes = 32: l2's lines must be at least as long as l1i's");
    expect_error(load_text, "l2 = { latency_cycles = 2; };", "%s:1: l2.latency_cycles = 2: l2 cannot be faster than l1d");
    expect_error(load_text, "dram = { latency_cycles = 20; };", "%s:1: dram.latency_cycles = 20: memory cannot be faster than llc");
    expect_error(load_text, "dtlb = { entries = 40; ways = 4; };", "%s:1: dtlb.entries = 40: 40 entries in 4 ways do not make a power of two of sets");
    expect_error(load_text, "l1d = { sector_bytes = 64; };", "%s:1: l1d.sector_bytes = 64: must be 0, or from 16 to half of l1d.line_bytes = 64");
    expect_error(load_text, "l1d = { sector_bytes = 8; };", "%s:1: l1d.sector_bytes = 8: must be 0, or from 16 to half of l1d.line_bytes = 64");
    expect_error(load_text, "l2 = { sector_bytes = 32; };", "%s:1: l2.sector_bytes = 32: l2's sectors must be at least as long as what l1i asks for");
    expect_error(load_text, "l2 = { line_bytes = 128;\n sector_bytes = 64;\n inclusion = \"inclusive\"; };\nllc = { line_bytes = 128; };", "%s:2: l2.sector_bytes = 64: needs l2.inclusion = neither");
    expect_error(load_text, "l1d = { sector_bytes = 16; };\nl2 = { inclusion = \"exclusive\"; };", "%s:1: l1d.sector_bytes = 16: the exclusive l2 needs whole lines");
    expect_error(load_text, "l1d = { sector_bytes = 16;\n victim_lines = 4; };", "%s:2: l1d.victim_lines = 4: a buffer of victims and sectors do not go together");
    expect_error(load_text, "l1d = { sector_bytes = 16; };\nsystem = { cores = 2; };", "%s:1: l1d.sector_bytes = 16: with several cores private levels must have whole lines");
    expect_error(load_text, "llc = { size_kib = 16; slices = 32; };", "%s:1: llc.slices = 32: llc has 16 sets, and each slice needs one");
    expect_error(load_text, "llc = { present = false;\n slices = 2; };", "%s:2: llc.slices = 2: there is no llc");
    expect_error(load_text, "branch = { table_entries = 16; };", "core BASE: branch.history_bits = 12: must be 0..8 with 16 table entries");
    expect_error(load_text, "branch = { value_bits = 100; };", "%s:1: branch.value_bits = 100: must be 0 or at least 8192");
    expect_error(load_text, "branch = {\n value_bits = 65536; };", "%s:2: branch.value_bits = 65536: must be at most 32768, half of branch.budget_kib = 8");
    expect_error(load_text, "branch = { auto_digest = true; };", "%s:1: branch.auto_digest = true: needs storage for values: branch.value_bits");
}

Test(config, set_errors)
{
    expect_error(set_one, "l1d.ways=0", "--set l1d.ways=0: must be 1..32");
    expect_error(set_one, "l1d.ways=8x", "--set l1d.ways=8x: must be 1..32");
    expect_error(set_one, "l1d.ways=", "--set l1d.ways=: must be 1..32");
    expect_error(set_one, "l1d.ways", "--set l1d.ways: must be FIELD=VALUE, as in l1d.size_kib=16");
    expect_error(set_one, "l1d.way=8", "--set l1d.way=8: unknown field l1d.way (did you mean l1d.ways?)");
    expect_error(set_one, "page.seed=99999999999999999999", "--set page.seed=99999999999999999999: must be 0..9223372036854775807");
    expect_error(set_one, "branch.indirect_entries=3", "--set branch.indirect_entries=3: must be a power of two, or 0, 1..65536");
    expect_error(set_one, "firmware.cpi=nan", "--set firmware.cpi=nan: must be 0.1..10");
    expect_error(set_one, "l1d.size_kib=48", "--set l1d.size_kib = 48: 48 KiB in 8 ways of 64-byte lines do not make a power of two of sets");
    expect_error(set_one, "prefetch.stride=yes", "--set prefetch.stride=yes: must be true or false");
}

/* Broken files end with exit code 0 or 1, never with a signal. */
Test(config, damaged_files_never_crash, .timeout = 60)
{
    const char *whole = "l1d = { size_kib = 32; ways = 8; replacement = \"lru\"; };\nfirmware = { cpi = 1.5; };\n";
    size_t n = strlen(whole);
    u64 x = 12345;
    snprintf(test_path, sizeof test_path, "/tmp/loam-fuzz-%d.cfg", (int)getpid());
    for (int i = 0; i < 200; i++) {
        char text[256], got[4096];
        strcpy(text, whole);
        for (int k = 0; k < 1 + i % 3; k++) {
            x = x * 6364136223846793005ull + 1442695040888963407ull;
            text[(x >> 33) % n] = (char)(1 + (x >> 20) % 127);
        }
        int code = run(load_text, text, got, sizeof got);
        cr_expect(code == 0 || code == 1, "exit %d for: %s", code, text);
        cr_expect(code == 0 || !strncmp(got, "loam: ", 6), "message: %s", got);
    }
    unlink(test_path);
}

Test(config, documentation_names_every_field)
{
    FILE *f = fopen("docs/cores.md", "r");
    cr_assert(f, "run from the top of the tree");
    char *text = xcalloc(1, 1 << 20);
    cr_assert_gt(fread(text, 1, (1 << 20) - 1, f), 0);
    fclose(f);
    for (size_t i = 0; i < HW_FIELD_COUNT; i++) {
        char quoted[80];
        snprintf(quoted, sizeof quoted, "`%s`", hw_fields[i].path);
        cr_expect(strstr(text, quoted), "docs/cores.md does not name %s", hw_fields[i].path);
    }
    free(text);
}
