/* Preset core descriptions as text; used by config.c alone. */
#ifndef HWSIM_CORES_EMBED_H
#define HWSIM_CORES_EMBED_H

/* The text of a preset, or NULL. */
const char *hw_core_text(const char *name);
const char *const *hw_core_names(void);

#endif
