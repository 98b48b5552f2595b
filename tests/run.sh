#!/bin/sh
# All tests. Every part prints lines "ok NAME" or "FAIL NAME ..." and is summed up in the last line; a part that ends badly without
# saying so, or says nothing, fails too. The whole log is BUILD/test.log. With arguments: only those parts.
# Nothing here may depend on the user's settings: no terminal, no home, no locale, no options of Java's in the environment.
cd "$(dirname "$0")/.." || exit 1
B=${B:-build}
JOBS=${JOBS:-2}
export B JOBS LC_ALL=C.UTF-8
unset LANG LANGUAGE JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS CLASSPATH JAVA_OPTIONS MAKEFLAGS MFLAGS
exec </dev/null
log=$B/test.log
mkdir -p "$B" && : > "$log" || exit 1
wanted="$*"

# part NAME COMMAND...: shows all but the good lines
part() {
    name=$1
    shift
    case " ${wanted:-$name} " in *" $name "*) ;; *) return ;; esac
    echo "== $name"
    start=$(date +%s)
    { timeout -k 10 1500 "$@" 2>&1; echo "exit $?"; } | tee "$log.part" | grep -vE '^(ok |exit [0-9]|[0-9]+ passed, )'
    if ! grep -q '^FAIL' "$log.part"; then
        tail -1 "$log.part" | grep -q '^exit 0$' || echo "FAIL $name: $(tail -1 "$log.part")" | tee -a "$log.part"
        grep -q '^ok ' "$log.part" || echo "FAIL $name: no test ran" | tee -a "$log.part"
    fi
    cat "$log.part" >> "$log"
    echo "   $(grep -c '^ok ' "$log.part") ok, $(($(date +%s) - start)) s"
    rm -f "$log.part"
}
part layers sh tests/layers.sh
part unit sh tests/unit/run.sh
part rv64 sh tests/rv64/run.sh
part traces sh tests/rv64/traces.sh
part threads sh tests/rv64/threads.sh
part plans sh tests/rv64/plans.sh
part plugins sh tests/plugins/run.sh
part engines sh tests/java/engines.sh
part java bash tests/java/run.sh
part region bash tests/java/region.sh
part cli bash tests/java/cli.sh
part conform bash tests/java/conform/run.sh
part jit bash tests/java/jit.sh
part report bash tests/report/run.sh
part modules bash tests/java/modules.sh
part verify sh tests/java/verify.sh
part layout sh tests/java/layout.sh
part model sh tests/java/model.sh
part profile sh tests/java/profile.sh
part cores bash tests/java/cores.sh
part predictors bash tests/java/predictors.sh
part unload sh tests/java/unload.sh
part jni bash tests/jni/run.sh
part apps bash tests/apps/run.sh --ci
part stress bash tests/stress/run.sh --short
part calibrate sh tests/calibrate.sh
part fuzz sh tests/fuzz/run.sh
part fuzz-java bash tests/fuzz/java/run.sh
passed=$(grep -c '^ok ' "$log")
failed=$(grep -c '^FAIL' "$log")
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
