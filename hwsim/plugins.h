/* Which plug-ins are loaded. The interface that they are written against is plugin.h. */
#ifndef HWSIM_PLUGINS_H
#define HWSIM_PLUGINS_H
#include "hwsim/config.h"
#include "hwsim/plugin.h"

/* Loads "FILE" or "FILE,TEXT" (the argument of --plugin). Once for each kind; dies on errors. The text must outlive the process's runs. */
void hw_plugin_load(const char *file_and_options);
/* NULL: none of that kind is loaded. */
const LoamPlugin *hw_plugin(LoamPluginKind kind);
const char *hw_plugin_options(LoamPluginKind kind); /* "" without */
const char *hw_plugin_kind_name(LoamPluginKind kind);
/* Whether the description makes use of a plug-in of that kind. */
bool hw_plugin_used(const HwConfig *cfg, LoamPluginKind kind);
/* Dies if one is loaded that none of the n descriptions uses: it would change nothing. */
void hw_plugins_check(const HwConfig *const *cfgs, u32 n);

#endif
