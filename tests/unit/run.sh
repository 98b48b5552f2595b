#!/bin/sh
# Criterion tests, one line per test case.
B=${B:-build}
for t in tests/unit/*_test.c; do
    name=$(basename "$t" .c)
    out=$(timeout 300 "$B/unit/$name" --tap -j1 2>&1)
    code=$?
    echo "$out" | sed -n "s/^ok - \([^ ]*\).*/ok unit $name \1/p; s/^not ok - \(.*\)/FAIL unit $name \1/p"
    if [ $code != 0 ] && ! echo "$out" | grep -q '^not ok'; then
        echo "FAIL unit $name: exit $code"
        echo "$out" | tail -5
    fi
done
