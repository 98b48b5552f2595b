#!/bin/sh
# Fuzzing with a fixed seed and number of rounds, as a test; with --seconds=N and a target's name, for longer (make fuzz-classfile,
# fuzz-config, fuzz-elf, fuzz-trace, fuzz-report). The corpus: the example programs' classes; the presets; small programs; traces of one of them in all
# formats; a small report. Inputs that failed are kept in BUILD/fuzz/found.
# Usage: run.sh [classfile|config|elf|trace|report] [OPTIONS of the fuzzer]
cd "$(dirname "$0")/../.." || exit 1
B=${B:-build}
export ASAN_OPTIONS="detect_leaks=0:abort_on_error=1:${ASAN_OPTIONS:-}" UBSAN_OPTIONS="print_stacktrace=1:${UBSAN_OPTIONS:-}"
out=$B/fuzz
targets="classfile config elf trace report"
case "${1:-}" in classfile|config|elf|trace|report) targets=$1; shift ;; esac
[ $# -gt 0 ] || set -- --rounds=12000
mkdir -p "$out/found"
case $targets in *classfile*)
    rm -rf "$out/classes" && mkdir -p "$out/classes"
    "$(sh launcher/find-jdk.sh)/bin/javac" -nowarn -g --add-exports java.base/jdk.internal.org.objectweb.asm=ALL-UNNAMED -parameters -encoding UTF-8 -d "$out/classes" examples/*.java tests/java/*.java \
        2>"$out/javac.log" || { echo "FAIL fuzz: javac"; cat "$out/javac.log"; exit 1; } ;;
esac
# Programs without a C library, linked in two ways; what the core executes of one, a lackey trace of the same by hand.
programs() {
    for kind in static static-pie; do
        riscv64-linux-gnu-gcc -nostdlib -$kind -o "$out/tiny-$kind" tests/fuzz/tiny.S || { echo "FAIL fuzz: tiny.S"; exit 1; }
    done
}
traces() {
    for suffix in trace trace.xz din; do
        "${RVRUN:-$B/rvrun}" --trace-out="$out/tiny.$suffix" "$out/tiny-static" >/dev/null || { echo "FAIL fuzz: no trace"; exit 1; }
    done
    printf '==1== lackey\nI  04001234,3\n L 1ffeff,8\nI  04001237,2\n S 1ffe00,4\n M 2000,1\nI  04001239,5\n' >"$out/tiny.lackey"
}
case $targets in *elf*|*trace*) programs ;; esac
case $targets in *trace*) traces ;; esac
bad=0
for target in $targets; do
    case $target in
    classfile) corpus="$out/classes/*.class" ;;
    config) corpus="hwsim/cores/*.cfg tests/fuzz/set.txt" ;;
    elf) corpus="$out/tiny-static $out/tiny-static-pie" ;;
    trace) corpus="$out/tiny.trace $out/tiny.trace.xz $out/tiny.din $out/tiny.lackey" ;;
    report) corpus="tests/fuzz/report.json" ;;
    esac
    timeout -k 5 3600 "$out/${target}_fuzz" --keep="$out/found" "$@" $corpus 2>"$out/$target.err" || {
        status=$?
        bad=1
        [ $status = 1 ] || echo "FAIL fuzz $target: exit $status"
        grep -E 'loam:|ERROR:|runtime error:|^ +#[0-9]' "$out/$target.err" | head -30
    }
done
exit $bad
