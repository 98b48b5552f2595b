/* Pictures of the classes whose instances miss most: how an instance is laid out, and which of its fields the misses are on - in the whole run,
   before the first layout pass, and since the last one. */
#ifndef REPORT_PICTURES_H
#define REPORT_PICTURES_H
#include <cjson/cJSON.h>

/* Adds "class_pictures": [{"name", "bytes", "l1d", "fields": [{"name", "type", "offset", "bytes", "l1d"}]}, ...], the class with most misses first.
   If there was a layout pass, fields have "l1d_before" and "l1d_after", misses of the two parts of the run whose instructions "picture_spans" tells;
   and "offset_before" and "bytes_before" where the layout was another one. */
void pictures_add(cJSON *root);

#endif
