/* Pictures of the classes whose instances miss most: how an instance is laid out, and which of its fields the misses are on. */
#ifndef REPORT_PICTURES_H
#define REPORT_PICTURES_H
#include <cjson/cJSON.h>

/* [{"name", "bytes", "fields": [{"name", "type", "offset", "bytes", "l1d"}]}, ...], the class with most misses first. */
cJSON *pictures_json(void);

#endif
