/* Core descriptions: see config.h. The file format is libconfig's; the text is read here as a whole and handed to
   libconfig as a string, because its scanner ends the process on read errors of its own. */
#include "hwsim/config.h"
#include "base/log.h"
#include "base/vec.h"
#include "hwsim/cores_embed.h"
#include "hwsim/plugins.h"
#include <errno.h>
#include <inttypes.h>
#include <libconfig.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define LINE_SET UINT32_MAX
#define MAX_FILE (1u << 20)

const HwField hw_fields[HW_FIELD_COUNT] = {
#define ROW(s, k) .path = #s "." #k, .offset = offsetof(HwConfig, s##_##k)
#define INT(s, k, d, l, h, t) { ROW(s, k), .type = HW_FIELD_INT, .lo = l, .hi = h, .text = t },
#define POW2(s, k, d, l, h, t) { ROW(s, k), .type = HW_FIELD_POW2, .lo = l, .hi = h, .text = t },
#define BOOL(s, k, d, t) { ROW(s, k), .type = HW_FIELD_BOOL, .text = t },
#define ENUM(s, k, d, n, t) { ROW(s, k), .type = HW_FIELD_ENUM, .names = n, .text = t },
#define REAL(s, k, d, l, h, t) { ROW(s, k), .type = HW_FIELD_REAL, .real_lo = l, .real_hi = h, .text = t },
#include "hwsim/config.def"
};

void hw_config_default(HwConfig *cfg)
{
    memset(cfg, 0, sizeof *cfg);
    strcpy(cfg->name, "default");
#define INT(s, k, d, l, h, t) cfg->s##_##k = d;
#define POW2(s, k, d, l, h, t) cfg->s##_##k = d;
#define BOOL(s, k, d, t) cfg->s##_##k = d;
#define ENUM(s, k, d, n, t) cfg->s##_##k = d;
#define REAL(s, k, d, l, h, t) cfg->s##_##k = d;
#include "hwsim/config.def"
}

const char *const *hw_config_presets(void)
{
    return hw_core_names();
}

/* ---- values ------------------------------------------------------------------------------------------- */

static void *slot(HwConfig *cfg, const HwField *f)
{
    ASSERT(f >= hw_fields && f < hw_fields + HW_FIELD_COUNT);
    return (char *)cfg + f->offset;
}

u64 hw_field_int(const HwConfig *cfg, const HwField *f)
{
    const void *p = slot((HwConfig *)cfg, f);
    switch (f->type) {
    case HW_FIELD_INT: case HW_FIELD_POW2: return *(const u64 *)p;
    case HW_FIELD_BOOL: return *(const bool *)p;
    case HW_FIELD_ENUM: return *(const u32 *)p;
    case HW_FIELD_REAL: break;
    }
    panic("%s is not an integer", f->path);
}

f64 hw_field_real(const HwConfig *cfg, const HwField *f)
{
    ASSERT(f->type == HW_FIELD_REAL);
    return *(const f64 *)slot((HwConfig *)cfg, f);
}

const char *hw_field_text(const HwConfig *cfg, const HwField *f, char *buf, size_t n)
{
    if (f->type == HW_FIELD_REAL) {
        snprintf(buf, n, "%.6g", hw_field_real(cfg, f));
        /* libconfig tells reals from integers by the point */
        if (!strpbrk(buf, ".e")) snprintf(buf, n, "%.1f", hw_field_real(cfg, f));
        return buf;
    }
    u64 v = hw_field_int(cfg, f);
    if (f->type == HW_FIELD_BOOL) {
        snprintf(buf, n, "%s", v ? "true" : "false");
    } else if (f->type == HW_FIELD_ENUM) {
        const char *p = f->names;
        for (u64 i = 0; i < v; i++) p += strcspn(p, "|") + 1;
        snprintf(buf, n, "%.*s", (int)strcspn(p, "|"), p);
    } else {
        snprintf(buf, n, "%" PRIu64, v);
    }
    return buf;
}

/* The index of `name` in f->names, or -1. */
static int enum_index(const HwField *f, const char *name)
{
    int i = 0;
    size_t len = strlen(name);
    for (const char *p = f->names;; i++) {
        size_t n = strcspn(p, "|");
        if (n == len && !memcmp(p, name, n)) return i;
        if (!p[n]) return -1;
        p += n + 1;
    }
}

/* What the field accepts, for messages. */
static const char *range_text(const HwField *f, char *buf, size_t n)
{
    switch (f->type) {
    case HW_FIELD_INT: snprintf(buf, n, "must be %" PRIi64 "..%" PRIi64, f->lo, f->hi); break;
    case HW_FIELD_POW2:
        snprintf(buf, n, "must be a power of two, %s%" PRIi64 "..%" PRIi64, f->lo ? "" : "or 0, ", f->lo ? f->lo : 1, f->hi);
        break;
    case HW_FIELD_BOOL: snprintf(buf, n, "must be true or false"); break;
    case HW_FIELD_ENUM: snprintf(buf, n, "must be one of %s", f->names); break;
    case HW_FIELD_REAL: snprintf(buf, n, "must be %g..%g", f->real_lo, f->real_hi); break;
    }
    return buf;
}

/* Parses text into the field; false if it does not fit. */
static bool assign(HwConfig *cfg, const HwField *f, const char *text)
{
    void *p = slot(cfg, f);
    char *end;
    errno = 0;
    switch (f->type) {
    case HW_FIELD_BOOL:
        if (strcmp(text, "true") && strcmp(text, "false")) return false;
        *(bool *)p = text[0] == 't';
        return true;
    case HW_FIELD_ENUM: {
        int i = enum_index(f, text);
        if (i >= 0) *(u32 *)p = (u32)i;
        return i >= 0;
    }
    case HW_FIELD_REAL: {
        f64 v = strtod(text, &end);
        if (end == text || *end || errno || !(v >= f->real_lo && v <= f->real_hi)) return false;
        *(f64 *)p = v;
        return true;
    }
    case HW_FIELD_INT: case HW_FIELD_POW2: break;
    }
    i64 v = strtoll(text, &end, 0);
    if (end == text || *end || errno || v < f->lo || v > f->hi) return false;
    if (f->type == HW_FIELD_POW2 && v & (v - 1)) return false;
    *(u64 *)p = (u64)v;
    return true;
}

/* ---- names -------------------------------------------------------------------------------------------- */

static u32 min3(u32 a, u32 b, u32 c)
{
    u32 m = a < b ? a : b;
    return m < c ? m : c;
}

/* Levenshtein's distance, of names up to 63 bytes. */
static u32 distance(const char *a, const char *b)
{
    u32 row[64];
    size_t n = strlen(b);
    if (n > 63 || strlen(a) > 63) return UINT32_MAX;
    for (u32 j = 0; j <= n; j++) row[j] = j;
    for (u32 i = 1; a[i - 1]; i++) {
        u32 diagonal = row[0];
        row[0] = i;
        for (u32 j = 1; j <= n; j++) {
            u32 up = row[j];
            row[j] = min3(up + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
            diagonal = up;
        }
    }
    return row[n];
}

static const HwField *find_field(const char *path)
{
    for (size_t i = 0; i < HW_FIELD_COUNT; i++)
        if (!strcmp(hw_fields[i].path, path)) return &hw_fields[i];
    return NULL;
}

static const char *nearest_field(const char *path)
{
    const char *best = hw_fields[0].path;
    u32 least = UINT32_MAX;
    for (size_t i = 0; i < HW_FIELD_COUNT; i++) {
        u32 d = distance(path, hw_fields[i].path);
        if (d < least) least = d, best = hw_fields[i].path;
    }
    return best;
}

static size_t section_length(const HwField *f)
{
    return strcspn(f->path, ".");
}

static bool known_section(const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < HW_FIELD_COUNT; i++)
        if (section_length(&hw_fields[i]) == n && !memcmp(hw_fields[i].path, name, n)) return true;
    return false;
}

static void nearest_section(const char *name, char out[64])
{
    u32 least = UINT32_MAX;
    snprintf(out, 64, "core");
    for (size_t i = 0; i < HW_FIELD_COUNT; i++) {
        char section[64];
        snprintf(section, sizeof section, "%.*s", (int)section_length(&hw_fields[i]), hw_fields[i].path);
        u32 d = distance(name, section);
        if (d < least) least = d, memcpy(out, section, 64);
    }
}

/* ---- files -------------------------------------------------------------------------------------------- */

/* A setting's value as text that assign() takes; false for a list, a group, or a kind the field cannot have. */
static bool setting_text(const config_setting_t *s, const HwField *f, char *buf, size_t n)
{
    bool integral = f->type == HW_FIELD_INT || f->type == HW_FIELD_POW2;
    switch (config_setting_type(s)) {
    case CONFIG_TYPE_INT: case CONFIG_TYPE_INT64:
        snprintf(buf, n, "%lld", config_setting_get_int64(s));
        return integral || f->type == HW_FIELD_REAL;
    case CONFIG_TYPE_FLOAT:
        snprintf(buf, n, "%.17g", config_setting_get_float(s));
        return f->type == HW_FIELD_REAL;
    case CONFIG_TYPE_BOOL:
        snprintf(buf, n, "%s", config_setting_get_bool(s) ? "true" : "false");
        return f->type == HW_FIELD_BOOL;
    case CONFIG_TYPE_STRING:
        snprintf(buf, n, "\"%s\"", config_setting_get_string(s));
        return f->type == HW_FIELD_ENUM;
    default:
        snprintf(buf, n, "(a group or list)");
        return false;
    }
}

static void read_setting(HwConfig *cfg, const char *section, const config_setting_t *s)
{
    char path[192], value[256], range[256];
    u32 line = config_setting_source_line(s);
    snprintf(path, sizeof path, "%.60s.%.120s", section, config_setting_name(s));
    const HwField *f = find_field(path);
    if (!f) die("%s:%u: unknown field %s (did you mean %s?)", cfg->file, line, path, nearest_field(path));
    bool ok = setting_text(s, f, value, sizeof value);
    ok = ok && assign(cfg, f, f->type == HW_FIELD_ENUM ? config_setting_get_string(s) : value);
    if (!ok) die("%s:%u: %s = %s: %s", cfg->file, line, path, value, range_text(f, range, sizeof range));
    cfg->line[f - hw_fields] = line;
}

static void read_section(HwConfig *cfg, const config_setting_t *group)
{
    const char *name = config_setting_name(group);
    u32 line = config_setting_source_line(group);
    char near[64];
    nearest_section(name, near);
    if (!known_section(name)) die("%s:%u: unknown section %s (did you mean %s?)", cfg->file, line, name, near);
    if (!config_setting_is_group(group)) die("%s:%u: %s must be a group: %s = { ... };", cfg->file, line, name, name);
    for (int i = 0; i < config_setting_length(group); i++)
        read_setting(cfg, name, config_setting_get_elem(group, (unsigned)i));
}

/* Included files would be read by libconfig itself, with its own fatal errors. */
static void reject_includes(const HwConfig *cfg, const char *text)
{
    u32 line = 1;
    for (const char *p = text; *p; line++) {
        p += strspn(p, " \t\r");
        if (!strncmp(p, "@include", 8)) die("%s:%u: @include is not supported in a core description", cfg->file, line);
        p += strcspn(p, "\n");
        if (*p) p++;
    }
}

static void parse(HwConfig *cfg, const char *text)
{
    config_t c;
    reject_includes(cfg, text);
    config_init(&c);
    if (!config_read_string(&c, text)) die("%s:%d: %s", cfg->file, config_error_line(&c), config_error_text(&c));
    const config_setting_t *root = config_root_setting(&c);
    for (int i = 0; i < config_setting_length(root); i++) read_section(cfg, config_setting_get_elem(root, (unsigned)i));
    config_destroy(&c);
}

/* The whole file as a string, owned by the caller. */
static char *read_file(const char *path)
{
    FILE *in = fopen(path, "r");
    struct stat st;
    if (!in && errno == ENOENT && !strchr(path, '/')) {
        char list[256] = "";
        for (const char *const *p = hw_config_presets(); *p; p++)
            snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", *list ? ", " : "", *p);
        die("core %s: no such preset (%s) and no such file", path, list);
    }
    if (!in) die("core %s: %s", path, strerror(errno));
    if (fstat(fileno(in), &st) || S_ISDIR(st.st_mode)) die("core %s: not a file", path);
    char *text = xmalloc(MAX_FILE + 1);
    size_t n = fread(text, 1, MAX_FILE + 1, in);
    if (ferror(in)) die("core %s: %s", path, strerror(errno));
    if (n > MAX_FILE) die("core %s: larger than %u KiB", path, MAX_FILE >> 10);
    fclose(in);
    text[n] = 0;
    if (strlen(text) != n) die("core %s: not a text file", path);
    return text;
}

/* The file's name without folder and ".cfg". */
static void base_name(char out[64], const char *path)
{
    const char *slash = strrchr(path, '/');
    snprintf(out, 64, "%s", slash ? slash + 1 : path);
    char *dot = strrchr(out, '.');
    if (dot && !strcmp(dot, ".cfg")) *dot = 0;
}

void hw_config_load(HwConfig *cfg, const char *name_or_path)
{
    const char *preset = hw_core_text(name_or_path);
    hw_config_default(cfg);
    if (preset) {
        snprintf(cfg->name, sizeof cfg->name, "%s", name_or_path);
        snprintf(cfg->file, sizeof cfg->file, "cores/%s.cfg", name_or_path);
        parse(cfg, preset);
        return;
    }
    char *text = read_file(name_or_path);
    base_name(cfg->name, name_or_path);
    snprintf(cfg->file, sizeof cfg->file, "%s", name_or_path);
    parse(cfg, text);
    free(text);
}

void hw_config_set(HwConfig *cfg, const char *assignment)
{
    char path[64], range[256];
    const char *eq = strchr(assignment, '=');
    if (!eq) die("--set %s: must be FIELD=VALUE, as in l1d.size_kib=16", assignment);
    snprintf(path, sizeof path, "%.*s", (int)(eq - assignment < 64 ? eq - assignment : 63), assignment);
    if (!strcmp(path, "cores")) strcpy(path, "system.cores");
    else if (!strcmp(path, "nodes")) strcpy(path, "numa.nodes");
    const HwField *f = find_field(path);
    if (!f) die("--set %s: unknown field %s (did you mean %s?)", assignment, path, nearest_field(path));
    if (!assign(cfg, f, eq + 1)) die("--set %s: %s", assignment, range_text(f, range, sizeof range));
    cfg->line[f - hw_fields] = LINE_SET;
}

/* ---- relations between fields ------------------------------------------------------------------------- */

/* Dies for field number f: where it was set, its value, and what is wrong with it. */
static void PRINTF(3, 4) NORETURN reject(const HwConfig *cfg, int f, const char *fmt, ...)
{
    char why[256], value[64], from[320];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(why, sizeof why, fmt, ap);
    va_end(ap);
    if (cfg->line[f] == LINE_SET) snprintf(from, sizeof from, "--set");
    else if (cfg->line[f]) snprintf(from, sizeof from, "%s:%u:", cfg->file, cfg->line[f]);
    else snprintf(from, sizeof from, "core %s:", cfg->name);
    die("%s %s = %s: %s", from, hw_fields[f].path, hw_field_text(cfg, &hw_fields[f], value, sizeof value), why);
}

static bool power_of_two(u64 n)
{
    return n && !(n & (n - 1));
}

typedef struct Level { const char *name; int size, ways, line, replacement, latency, sector; } Level;
#define LEVEL(s) { #s, HW_F_##s##_size_kib, HW_F_##s##_ways, HW_F_##s##_line_bytes, HW_F_##s##_replacement, HW_F_##s##_latency_cycles, HW_F_##s##_sector_bytes }

static u64 value(const HwConfig *cfg, int f)
{
    return hw_field_int(cfg, &hw_fields[f]);
}

/* The field of the two that was set explicitly last: the one to blame for a bad combination. */
static int blame(const HwConfig *cfg, int a, int b)
{
    return cfg->line[b] > cfg->line[a] ? b : a;
}

static void check_cache(const HwConfig *cfg, const Level *l)
{
    u64 bytes = value(cfg, l->size) << 10, ways = value(cfg, l->ways), line = value(cfg, l->line);
    if (bytes % (ways * line) || !power_of_two(bytes / (ways * line)))
        reject(cfg, blame(cfg, l->size, l->ways), "%" PRIu64 " KiB in %" PRIu64 " ways of %" PRIu64
               "-byte lines do not make a power of two of sets", bytes >> 10, ways, line);
    if (value(cfg, l->replacement) == HW_REPL_PLRU && !power_of_two(ways))
        reject(cfg, l->ways, "must be a power of two with %s.replacement = plru", l->name);
    u64 sector = value(cfg, l->sector);
    if (sector && (sector < 16 || sector > line / 2)) reject(cfg, l->sector, "must be 0, or from 16 to half of %s.line_bytes = %" PRIu64, l->name, line);
}

/* What a miss brings in. */
static u64 unit(const HwConfig *cfg, const Level *l)
{
    u64 sector = value(cfg, l->sector);
    return sector ? sector : value(cfg, l->line);
}

/* Lines do not shrink and latencies grow from level to level. */
static void check_pair(const HwConfig *cfg, const Level *above, const Level *below)
{
    if (value(cfg, below->line) < value(cfg, above->line))
        reject(cfg, blame(cfg, below->line, above->line), "%s's lines must be at least as long as %s's", below->name, above->name);
    if (unit(cfg, below) < unit(cfg, above))
        reject(cfg, blame(cfg, below->sector, above->sector), "%s's sectors must be at least as long as what %s asks for", below->name, above->name);
    if (value(cfg, below->latency) < value(cfg, above->latency))
        reject(cfg, blame(cfg, below->latency, above->latency), "%s cannot be faster than %s", below->name, above->name);
}

/* A line moves up whole. */
static void check_exclusive(const HwConfig *cfg, const Level *above, const Level *below)
{
    int inclusion = below->latency + 3;
    if (value(cfg, inclusion) == HW_EXCLUSIVE && value(cfg, below->line) != value(cfg, above->line))
        reject(cfg, inclusion, "needs lines as long as %s's", above->name);
    if (value(cfg, inclusion) == HW_EXCLUSIVE && value(cfg, above->sector)) reject(cfg, above->sector, "the exclusive %s needs whole lines", below->name);
    if (value(cfg, inclusion) != HW_NEITHER && value(cfg, below->sector)) reject(cfg, below->sector, "needs %s.inclusion = neither", below->name);
}

static void check_slices(const HwConfig *cfg)
{
    u64 sets = (cfg->llc_size_kib << 10) / (cfg->llc_ways * cfg->llc_line_bytes);
    if (cfg->llc_slices > 1 && !cfg->llc_present) reject(cfg, HW_F_llc_slices, "there is no llc");
    if (cfg->llc_slices > sets) reject(cfg, HW_F_llc_slices, "llc has %" PRIu64 " sets, and each slice needs one", sets);
    if (cfg->l1d_sector_bytes && cfg->l1d_victim_lines) reject(cfg, blame(cfg, HW_F_l1d_sector_bytes, HW_F_l1d_victim_lines), "a buffer of victims and sectors do not go together");
}

static void check_table(const HwConfig *cfg, int entries, int ways)
{
    u64 n = value(cfg, entries), w = value(cfg, ways);
    if (n % w || !power_of_two(n / w))
        reject(cfg, blame(cfg, entries, ways), "%" PRIu64 " entries in %" PRIu64 " ways do not make a power of two of sets", n, w);
}

static void check_levels(const HwConfig *cfg)
{
    static const Level l1i = LEVEL(l1i), l1d = LEVEL(l1d), l2 = LEVEL(l2), l3 = LEVEL(l3), l4 = LEVEL(l4), llc = LEVEL(llc);
    const Level *last[2] = { &l1i, &l1d };
    check_cache(cfg, &l1i);
    check_cache(cfg, &l1d);
    const Level *unified[4];
    size_t n = 0;
    if (cfg->l2_present) unified[n++] = &l2;
    if (cfg->l3_present) unified[n++] = &l3;
    if (cfg->l4_present) unified[n++] = &l4;
    if (cfg->llc_present) unified[n++] = &llc;
    for (size_t i = 0; i < n; i++) {
        check_cache(cfg, unified[i]);
        check_pair(cfg, last[0], unified[i]);
        check_pair(cfg, last[1], unified[i]);
        check_exclusive(cfg, last[0], unified[i]);
        check_exclusive(cfg, last[1], unified[i]);
        last[0] = last[1] = unified[i];
    }
    for (int i = 0; i < 2; i++)
        if (cfg->dram_latency_cycles < value(cfg, last[i]->latency))
            reject(cfg, blame(cfg, HW_F_dram_latency_cycles, last[i]->latency), "memory cannot be faster than %s", last[i]->name);
}

enum { VALUE_BITS_LEAST = 8192 }; /* its hint queue and a few entries of each table */

static void check_value(const HwConfig *cfg)
{
    u64 bits = cfg->branch_value_bits, most = cfg->branch_budget_kib << 12;
    if (!bits && cfg->branch_auto_digest) reject(cfg, HW_F_branch_auto_digest, "needs storage for values: branch.value_bits");
    if (bits && bits < VALUE_BITS_LEAST) reject(cfg, HW_F_branch_value_bits, "must be 0 or at least %d", VALUE_BITS_LEAST);
    if (bits > most)
        reject(cfg, HW_F_branch_value_bits, "must be at most %" PRIu64
               ", half of branch.budget_kib = %" PRIu64, most, cfg->branch_budget_kib);
}

static void check_plugin(const HwConfig *cfg, int f, LoamPluginKind kind, u64 plugin)
{
    if (value(cfg, f) == plugin && !hw_plugin(kind)) reject(cfg, f, "needs a %s of yours: --plugin=FILE.so", hw_plugin_kind_name(kind));
}

static void check_plugins(const HwConfig *cfg)
{
    static const int caches[] = { HW_F_l1i_replacement, HW_F_l1d_replacement, HW_F_l2_replacement, HW_F_l3_replacement, HW_F_l4_replacement,
                                  HW_F_llc_replacement };
    for (size_t i = 0; i < NELEM(caches); i++) check_plugin(cfg, caches[i], LOAM_REPLACEMENT, HW_REPL_PLUGIN);
    check_plugin(cfg, HW_F_branch_predictor, LOAM_PREDICTOR, HW_PRED_PLUGIN);
    check_plugin(cfg, HW_F_prefetch_plugin, LOAM_PREFETCHER, HW_PLUGIN_L1D);
    check_plugin(cfg, HW_F_prefetch_plugin, LOAM_PREFETCHER, HW_PLUGIN_L2);
    bool behind = cfg->l2_present || cfg->l3_present || cfg->l4_present || cfg->llc_present;
    if (cfg->prefetch_plugin == HW_PLUGIN_L2 && !behind) reject(cfg, HW_F_prefetch_plugin, "there is no level behind L1");
}

/* Several cores: the directory's lines are those of all private caches; what is shared has copies above it. */
static void check_system(const HwConfig *cfg)
{
    static const struct { Level level; u32 shared; } levels[] = {
        { LEVEL(l2), HW_SHARED_L2 }, { LEVEL(l3), HW_SHARED_L3 }, { LEVEL(l4), HW_SHARED_L4 }, { LEVEL(llc), HW_SHARED_LLC },
    };
    const bool present[] = { cfg->l2_present, cfg->l3_present, cfg->l4_present, cfg->llc_present };
    if (cfg->numa_nodes > cfg->system_cores) reject(cfg, blame(cfg, HW_F_system_cores, HW_F_numa_nodes), "there are fewer cores than nodes");
    if (cfg->system_cores == 1) return;
    if (cfg->system_cores % cfg->numa_nodes) reject(cfg, blame(cfg, HW_F_system_cores, HW_F_numa_nodes), "%" PRIu64 " cores do not make %" PRIu64 " equal nodes", cfg->system_cores, cfg->numa_nodes);
    if (cfg->l1i_line_bytes != cfg->l1d_line_bytes) reject(cfg, blame(cfg, HW_F_l1i_line_bytes, HW_F_l1d_line_bytes), "with several cores l1i and l1d must have lines of the same length");
    if (cfg->l1i_sector_bytes || cfg->l1d_sector_bytes)
        reject(cfg, cfg->l1d_sector_bytes ? HW_F_l1d_sector_bytes : HW_F_l1i_sector_bytes, "with several cores private levels must have whole lines");
    bool shared = false, above = false;
    for (size_t i = 0; i < NELEM(levels); i++) {
        const Level *l = &levels[i].level;
        shared |= levels[i].shared == cfg->system_shared;
        if (levels[i].shared == cfg->system_shared && !present[i] && cfg->line[HW_F_system_shared]) reject(cfg, HW_F_system_shared, "there is no such level");
        if (!present[i]) continue;
        if (!shared && value(cfg, l->line) != cfg->l1d_line_bytes) reject(cfg, l->line, "with several cores private levels must have lines as long as l1d's");
        if (!shared && value(cfg, l->sector)) reject(cfg, l->sector, "with several cores private levels must have whole lines");
        if (shared && value(cfg, l->latency + 3) == HW_EXCLUSIVE) reject(cfg, l->latency + 3, "a level that cores share cannot be exclusive");
        above |= !shared;
    }
    if (!above && (cfg->prefetch_stream || cfg->prefetch_best_offset))
        reject(cfg, cfg->prefetch_stream ? HW_F_prefetch_stream : HW_F_prefetch_best_offset, "with several cores needs a private level behind l1d");
}

void hw_config_check(const HwConfig *cfg)
{
    check_plugins(cfg);
    check_levels(cfg);
    check_slices(cfg);
    check_system(cfg);
    check_table(cfg, HW_F_itlb_entries, HW_F_itlb_ways);
    check_table(cfg, HW_F_dtlb_entries, HW_F_dtlb_ways);
    if (cfg->stlb_entries) check_table(cfg, HW_F_stlb_entries, HW_F_stlb_ways);
    check_table(cfg, HW_F_btb_entries, HW_F_btb_ways);
    u64 most = 2 * (u64)__builtin_ctzll(cfg->branch_table_entries);
    if (cfg->branch_history_bits > most)
        reject(cfg, HW_F_branch_history_bits, "must be 0..%" PRIu64 " with %" PRIu64 " table entries", most, cfg->branch_table_entries);
    check_value(cfg);
    if (cfg->core_kind == HW_CORE_OUT_OF_ORDER && !cfg->core_store_buffer_entries)
        reject(cfg, HW_F_core_store_buffer_entries, "must be at least 1 with core.kind = out_of_order");
}

void hw_config_print(const HwConfig *cfg, FILE *out)
{
    size_t open = 0; /* length of the open section's name */
    const char *section = "";
    for (size_t i = 0; i < HW_FIELD_COUNT; i++) {
        const HwField *f = &hw_fields[i];
        size_t n = section_length(f);
        if (n != open || memcmp(section, f->path, n)) {
            if (open) fprintf(out, "};\n");
            fprintf(out, "%.*s = {\n", (int)n, f->path);
            section = f->path, open = n;
        }
        char text[64];
        const char *quote = f->type == HW_FIELD_ENUM ? "\"" : "";
        hw_field_text(cfg, f, text, sizeof text);
        bool wide = f->type == HW_FIELD_INT && hw_field_int(cfg, f) > INT32_MAX;
        fprintf(out, "    %s = %s%s%s%s;\n", f->path + n + 1, quote, text, quote, wide ? "L" : "");
    }
    fprintf(out, "};\n");
}
