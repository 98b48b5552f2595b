#!/bin/bash
# JNI: the same program and native library under java and under loam must print the same.
B=${B:-build}
out=$B/jni
jdk=$(sh launcher/find-jdk.sh)
rm -rf "$out" && mkdir -p "$out"
"$jdk/bin/javac" -encoding UTF-8 -d "$out" tests/jni/JniTest.java || { echo "FAIL jni javac"; exit 1; }
gcc -std=gnu11 -O2 -shared -fPIC -I"$jdk/include" -I"$jdk/include/linux" -o "$out/libjnitest.so" tests/jni/jnitest.c -lpthread || { echo "FAIL jni gcc"; exit 1; }
timeout 60 "$jdk/bin/java" -Djava.library.path="$out" -cp "$out" JniTest > "$out/java.out" 2>&1
for mode in native simulated; do
    options=; [ $mode = simulated ] && options="--core=small --model=counts"
    timeout 240 "$B/loam" $options -Djava.library.path="$out" -cp "$out" JniTest > "$out/$mode.out" 2>&1
    if cmp -s "$out/java.out" "$out/$mode.out"; then echo "ok jni $mode"
    else echo "FAIL jni $mode"; diff "$out/java.out" "$out/$mode.out" | head -10; fi
done
