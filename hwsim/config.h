/* A core's description: every size, latency and policy of the model, with a checked range each. The fields are rows
   of config.def; they come from a preset embedded in the executable or from a libconfig file, and `--set` changes
   single ones. Every error is one line through die(), naming where the value came from. */
#ifndef HWSIM_CONFIG_H
#define HWSIM_CONFIG_H
#include "base/types.h"
#include "hwsim/model.h"
#include <stdio.h>

typedef enum HwReplacement { HW_REPL_LRU, HW_REPL_PLRU, HW_REPL_RANDOM, HW_REPL_NRU, HW_REPL_SRRIP, HW_REPL_DRRIP, HW_REPL_PLUGIN, HW_REPL_COUNT } HwReplacement;
typedef enum HwWrite { HW_WRITE_BACK, HW_WRITE_THROUGH } HwWrite;
typedef enum HwInclusion { HW_NEITHER, HW_INCLUSIVE, HW_EXCLUSIVE } HwInclusion;
typedef enum HwPointerFormat { HW_POINTER_COMPRESSED32, HW_POINTER_PLAIN64 } HwPointerFormat;
typedef enum HwCoreKind { HW_CORE_IN_ORDER, HW_CORE_OUT_OF_ORDER } HwCoreKind;
typedef enum HwCoreStall { HW_STALL_MISS, HW_STALL_USE } HwCoreStall;
typedef enum HwPageMap { HW_PAGE_RANDOM, HW_PAGE_IDENTITY, HW_PAGE_2M } HwPageMap;
typedef enum HwPredictor {
    HW_PRED_GSHARE, HW_PRED_BIMODAL, HW_PRED_STATIC, HW_PRED_TOURNAMENT, HW_PRED_PERCEPTRON, HW_PRED_TAGE, HW_PRED_PLUGIN, HW_PRED_COUNT
} HwPredictor;
typedef enum HwPluginLevel { HW_PLUGIN_OFF, HW_PLUGIN_L1D, HW_PLUGIN_L2 } HwPluginLevel;
typedef enum HwShared { HW_SHARED_LLC, HW_SHARED_L4, HW_SHARED_L3, HW_SHARED_L2, HW_SHARED_MEMORY } HwShared;
typedef enum HwPlacement { HW_PLACE_FIRST_TOUCH, HW_PLACE_INTERLEAVE, HW_PLACE_FIRST_NODE } HwPlacement;
typedef enum HwNetwork { HW_NETWORK_RING, HW_NETWORK_MESH } HwNetwork;
typedef enum HwIndirect { HW_INDIRECT_CACHE, HW_INDIRECT_ITTAGE } HwIndirect;

/* Field numbers: HW_F_l1d_ways and so on. */
enum {
#define INT(s, k, d, lo, hi, t) HW_F_##s##_##k,
#define POW2(s, k, d, lo, hi, t) HW_F_##s##_##k,
#define BOOL(s, k, d, t) HW_F_##s##_##k,
#define ENUM(s, k, d, n, t) HW_F_##s##_##k,
#define REAL(s, k, d, lo, hi, t) HW_F_##s##_##k,
#include "hwsim/config.def"
    HW_FIELD_COUNT
};

struct HwConfig {
    char name[64];              /* the preset's name or the file's */
    char file[256];             /* for messages */
    u32 line[HW_FIELD_COUNT];   /* where each field was set: 0 default, ~0 --set, else a line of the file */
#define INT(s, k, d, lo, hi, t) u64 s##_##k;
#define POW2(s, k, d, lo, hi, t) u64 s##_##k;
#define BOOL(s, k, d, t) bool s##_##k;
#define ENUM(s, k, d, n, t) u32 s##_##k;
#define REAL(s, k, d, lo, hi, t) f64 s##_##k;
#include "hwsim/config.def"
};

typedef enum HwFieldType { HW_FIELD_INT, HW_FIELD_POW2, HW_FIELD_BOOL, HW_FIELD_ENUM, HW_FIELD_REAL } HwFieldType;
typedef struct HwField {
    const char *path;          /* "l1d.size_kib" */
    HwFieldType type;
    size_t offset;             /* in HwConfig */
    i64 lo, hi;                /* INT, POW2 */
    f64 real_lo, real_hi;      /* REAL */
    const char *names;         /* ENUM: "lru|plru|random" */
    const char *text;
} HwField;

/* The built-in defaults (equal to the preset `default`). */
void hw_config_default(HwConfig *cfg);
/* A preset's name, or the path of a libconfig file; fields it does not mention keep their defaults. Dies on errors. */
void hw_config_load(HwConfig *cfg, const char *name_or_path);
/* One assignment, "l1d.size_kib=16" (the argument of --set). Dies on errors. */
void hw_config_set(HwConfig *cfg, const char *assignment);
/* What no single field's range can tell: geometry and relations between levels. Dies on errors. */
void hw_config_check(const HwConfig *cfg);
/* The whole configuration, every field, as a file that hw_config_load reads back. */
void hw_config_print(const HwConfig *cfg, FILE *out);
/* Names of the presets, NULL-terminated. */
const char *const *hw_config_presets(void);

/* Iteration over the fields, for JSON: fields[0..HW_FIELD_COUNT). */
extern const HwField hw_fields[HW_FIELD_COUNT];
u64 hw_field_int(const HwConfig *cfg, const HwField *f);   /* INT and POW2; BOOL as 0 or 1; ENUM as its index */
f64 hw_field_real(const HwConfig *cfg, const HwField *f);
/* The value as text, an enumeration's name without quotes; returns buf. */
const char *hw_field_text(const HwConfig *cfg, const HwField *f, char *buf, size_t n);

#endif
