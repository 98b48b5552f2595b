/* libjvm.so: the library that the JDK's native libraries are linked against, by name and version. It holds nothing but one
   version node; the functions are the executable's, which comes first in every symbol search. */
extern const char loam_stub[];
const char loam_stub[] = "the functions of this library are in the executable";
