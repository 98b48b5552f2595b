#!/bin/sh
# All tests. Every part prints lines "ok NAME" or "FAIL NAME ..." and is summed up in the last line.
B=${B:-build}
export B
log=$B/test.log
: > "$log"
part() { echo "== $1"; shift; "$@" 2>&1 | tee -a "$log" | grep -v '^ok '; }
part "layers" sh tests/layers.sh
part "unit" sh tests/unit/run.sh
part "rv64" sh tests/rv64/run.sh
part "java" sh tests/java/run.sh
part "verify" sh tests/java/verify.sh
part "jni" bash tests/jni/run.sh
passed=$(grep -c '^ok ' "$log")
failed=$(grep -c '^FAIL' "$log")
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
