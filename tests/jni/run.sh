#!/bin/bash
# JNI: the same programs and native libraries under java and under loam must print the same.
B=${B:-build}
out=$B/jni
jdk=$(sh launcher/find-jdk.sh)
rm -rf "$out" && mkdir -p "$out"
"$jdk/bin/javac" -encoding UTF-8 -d "$out" tests/jni/*.java || { echo "FAIL jni javac"; exit 1; }
for lib in jnitest jnitable; do
    gcc -std=gnu11 -O2 -Wall -Werror -shared -fPIC -I"$jdk/include" -I"$jdk/include/linux" -o "$out/lib$lib.so" tests/jni/$lib.c -lpthread || { echo "FAIL jni gcc $lib"; exit 1; }
done
for program in JniTest JniTable; do
    timeout 60 "$jdk/bin/java" -Djava.library.path="$out" -cp "$out" $program > "$out/$program.java" 2>&1
    for mode in native simulated moving; do
        case $mode in native) options= ;; simulated) options="--core=small --model=counts" ;; moving) options=--torture=collect:200,move:100 ;; esac
        timeout 240 "$B/loam" $options -Djava.library.path="$out" -cp "$out" $program > "$out/$program.$mode" 2>&1
        if cmp -s "$out/$program.java" "$out/$program.$mode"; then echo "ok jni $program $mode"
        else echo "FAIL jni $program $mode"; diff "$out/$program.java" "$out/$program.$mode" | head -10; fi
    done
done
# FatalError ends the process by SIGABRT after one line that says why (java goes on to say more).
(ulimit -c 0; timeout 60 "$B/loam" -Djava.library.path="$out" -cp "$out" JniTable fatal > "$out/fatal" 2>&1; echo "exit $?" >> "$out/fatal") 2> /dev/null
if grep -q '^FATAL ERROR in native method: no way on$' "$out/fatal" && grep -q '^exit 134$' "$out/fatal"; then echo "ok jni FatalError"
else echo "FAIL jni FatalError"; head -5 "$out/fatal"; fi
