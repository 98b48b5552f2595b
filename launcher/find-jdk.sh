#!/bin/sh
# Prints the home of an installed OpenJDK 17: $JAVA_HOME, the `java` on the path, then the usual places.
is17() { [ -f "$1/release" ] && grep -q '^JAVA_VERSION="17[."]' "$1/release" && [ -f "$1/lib/modules" ]; }
path=$(command -v java) && path=$(readlink -f "$path") && path=${path%/bin/java}
for home in "$JAVA_HOME" "$path" /usr/lib/jvm/java-17-openjdk-* /usr/lib/jvm/java-17* /usr/lib/jvm/*17* /opt/*17*; do
    if [ -n "$home" ] && is17 "$home"; then echo "$home"; exit 0; fi
done
exit 1
