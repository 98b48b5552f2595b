#!/bin/sh
# Criterion tests, one line per test case; two programs at a time (JOBS), told in order.
# With an argument: that test program alone. Sanitized builds (make asan, make ubsan) come through here too; leaks aren't looked for,
# because the collector's memory and Criterion's own look like leaks.
cd "$(dirname "$0")/../.." || exit 1
B=${B:-build}
export B ASAN_OPTIONS="detect_leaks=0:abort_on_error=1:${ASAN_OPTIONS:-}" UBSAN_OPTIONS="print_stacktrace=1:${UBSAN_OPTIONS:-}"
unset CRITERION_OPTIONS

one() {
    out=$(timeout -k 5 300 "$B/unit/$1" --tap -j1 2>&1 </dev/null)
    code=$?
    echo "$out" | sed -n "s/^ok - \([^ ]*\).*/ok unit $1 \1/p; s/^not ok - \([^ ]*\).*/FAIL unit $1 \1/p" | sort -k4
    if [ $code != 0 ] || ! echo "$out" | grep -q '^ok'; then
        echo "$out" | grep -q '^not ok' || echo "FAIL unit $1: exit $code"
        echo "$out" | grep -vE '^(ok|#|1\.\.|TAP)' | head -40
    fi
}

if [ $# = 1 ]; then one "$1"; exit; fi
logs=$B/unit/logs
rm -rf "$logs" && mkdir -p "$logs" || exit 1
names=$(for t in tests/unit/*_test.c; do basename "$t" .c; done)
echo "$names" | xargs -P "${JOBS:-2}" -I{} sh -c "sh tests/unit/run.sh {} >'$logs/{}' 2>&1"
for name in $names; do cat "$logs/$name"; done
! grep -q '^FAIL' "$logs"/*
