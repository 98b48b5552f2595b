/* Byte streams of traces: files, standard input or output ("-"), compressed with xz or not. Errors end the process with one line. */
#ifndef HWSIM_STREAM_H
#define HWSIM_STREAM_H
#include "base/types.h"

typedef struct HwInput HwInput;
/* Compressed input is recognised by its first bytes. */
HwInput *hw_input_open(const char *path);
/* Up to n bytes; fewer only at the end. */
size_t hw_input_read(HwInput *in, void *to, size_t n);
/* Like hw_input_read, and leaves them to be read; n at most 4096. */
size_t hw_input_peek(HwInput *in, void *to, size_t n);
/* The next line without its end, cut at 255 bytes; false at the end. */
bool hw_input_line(HwInput *in, char line[256]);
void hw_input_close(HwInput *in);

typedef struct HwOutput HwOutput;
/* Compresses if the name ends in ".xz". The file appears under its name when it is closed. */
HwOutput *hw_output_open(const char *path);
void hw_output_write(HwOutput *out, const void *from, size_t n);
void hw_output_close(HwOutput *out);

#endif
