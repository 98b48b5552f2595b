#!/bin/sh
# Fuzzing with a fixed seed and number of rounds, as a test; with --seconds=N and a target's name, for longer (make fuzz-classfile,
# make fuzz-config). The corpus: the example programs' classes; the presets. Inputs that failed are kept in BUILD/fuzz/found.
# Usage: run.sh [classfile|config] [OPTIONS of the fuzzer]
cd "$(dirname "$0")/../.." || exit 1
B=${B:-build}
export ASAN_OPTIONS="detect_leaks=0:abort_on_error=1:${ASAN_OPTIONS:-}" UBSAN_OPTIONS="print_stacktrace=1:${UBSAN_OPTIONS:-}"
out=$B/fuzz
targets="classfile config"
case "${1:-}" in classfile|config) targets=$1; shift ;; esac
[ $# -gt 0 ] || set -- --rounds=12000
mkdir -p "$out/found"
case $targets in *classfile*)
    rm -rf "$out/classes" && mkdir -p "$out/classes"
    "$(sh launcher/find-jdk.sh)/bin/javac" -nowarn -g --add-exports java.base/jdk.internal.org.objectweb.asm=ALL-UNNAMED -parameters -encoding UTF-8 -d "$out/classes" examples/*.java tests/java/*.java \
        2>"$out/javac.log" || { echo "FAIL fuzz: javac"; cat "$out/javac.log"; exit 1; } ;;
esac
bad=0
for target in $targets; do
    case $target in
    classfile) corpus="$out/classes/*.class" ;;
    config) corpus="hwsim/cores/*.cfg tests/fuzz/set.txt" ;;
    esac
    timeout -k 5 3600 "$out/${target}_fuzz" --keep="$out/found" "$@" $corpus 2>"$out/$target.err" || {
        status=$?
        bad=1
        [ $status = 1 ] || echo "FAIL fuzz $target: exit $status"
        grep -E 'loam:|ERROR:|runtime error:|^ +#[0-9]' "$out/$target.err" | head -30
    }
done
exit $bad
