#!/bin/bash
# Modules at run time, against java: -p and -m, --add-modules, --add-reads, --add-exports, --add-opens, --patch-module, --limit-modules, layers, services, what they deny.
# Every case is a command line that both get; stdout, stderr and exit code must agree. Usage: B=build bash tests/java/modules.sh
cd "$(dirname "$0")/../.." || exit 1
B=${B:-build}
home=$(sh launcher/find-jdk.sh) || { echo "FAIL modules: no JDK 17"; exit 1; }
out=$PWD/$B/modules
loam=$PWD/$B/loam
rm -rf "$out" && mkdir -p "$out" && cp -r tests/java/modules "$out/src" && cd "$out" || exit 1
"$home/bin/javac" -nowarn -d mods --module-source-path src $(find src -name '*.java' | grep -v '/loose/\|/patch/') 2> javac.log &&
    "$home/bin/javac" -d loose -p mods --add-modules lib src/loose/*.java 2>> javac.log &&
    "$home/bin/javac" -d patch --patch-module lib=src/patch -p mods src/patch/lib/api/*.java 2>> javac.log &&
    (mkdir jars; for m in app lib user; do "$home/bin/jar" -c -f jars/$m.jar --main-class=$m.Main --module-version=1.2 -C mods/$m . 2>> javac.log; done
    mkdir auto && "$home/bin/jar" cf auto/plain-lib-2.0.jar -C loose . 2>> javac.log) || { echo "FAIL modules: javac"; cat javac.log; exit 1; }

# Hashes are nobody's; of sets that java shuffles, lines may come in any order.
plain() { sed -E 's/@(0x)?[0-9a-f]{3,8}/@#/g' | case $name in describe* | list | resolution) sort ;; *) cat ;; esac; }
same() {
    local name=$1 f; shift
    f=$(echo "$name" | tr ' /' '__')
    timeout 60 "$home/bin/java" "$@" > "$f.j" 2> "$f.je" < /dev/null; echo "exit $?" >> "$f.j"
    timeout 60 "$loam" "$@" > "$f.l" 2> "$f.le" < /dev/null; echo "exit $?" >> "$f.l"
    if cmp -s <(plain < "$f.j") <(plain < "$f.l") && cmp -s <(plain < "$f.je") <(plain < "$f.le"); then echo "ok modules $name"
    else echo "FAIL modules $name"; diff <(plain < "$f.j") <(plain < "$f.l") | head -6; diff <(plain < "$f.je") <(plain < "$f.le") | head -6; fi
}
run() { local name=$1; shift; same "$name" -p mods "$@"; }

run "main" -m app/app.Main
run "main class of a jar" -p jars -m app
same "jars" -p jars -m app/app.Main
run "module absent" -m nope/nope.Main
run "class absent" -m app/app.Nope
run "no main class" -m app
same "path absent" -p nowhere -m app/app.Main
same "dependency absent" -p jars/app.jar -m app/app.Main
run "limit" --limit-modules java.base -m app/app.Main
run "limit with it" --limit-modules app,lib -m app/app.Main
run "denied" -m app/app.Denied
run "exported" --add-exports lib/lib.internal=app -m app/app.Denied
run "exported to all" --add-exports lib/lib.internal=ALL-UNNAMED -m app/app.Denied
run "opened" --add-opens lib/lib.internal=app -m app/app.Denied
run "unknown export" --add-exports lib/lib.none=app -m app/app.Main
run "unknown module export" --add-exports none/x=app -m app/app.Main
run "malformed export" --add-exports lib -m app/app.Main
run "malformed opens" --add-opens java.base/java.lang -m app/app.Main
run "read" -m app/app.Reads
run "add reads" --add-reads app=user --add-modules user -m app/app.Reads
run "add reads unknown" --add-reads app=nope -m app/app.Main
run "add modules unknown" --add-modules nope -m app/app.Main
run "services" --add-modules user -m app/app.Services
run "services absent" -m app/app.Services
run "layers" -m app/app.Layers mods
run "reflection" -m app/app.Reflect
run "patched" --patch-module lib=patch -m app/app.Main
run "patch of nothing" --patch-module nope=patch -m app/app.Main
run "resources" -m app/app.Resources
run "traces" -m app/app.Traces
same "class path sees it not" -cp loose Loose
same "class path" -cp loose -p mods --add-modules lib Loose
same "class path to internals" -cp loose -p mods --add-modules lib Loose internal
same "class path with export" -cp loose -p mods --add-modules lib --add-exports lib/lib.internal=ALL-UNNAMED Loose internal
same "modules on the class path" -cp mods/app:mods/lib:mods/user app.Main
same "services on the class path" -cp mods/app:mods/lib:mods/user app.Services
same "automatic" -p auto:mods --add-modules plain.lib,lib -m plain.lib/Loose
same "describe" -p mods -d lib
same "describe jar" -p jars --describe-module app
same "list" -p jars --list-modules --limit-modules app
same "resolution" -p mods --show-module-resolution --limit-modules java.base -m app/app.Main
same "dry run" -p mods --dry-run -m app/app.Main
same "two versions" -p jars:mods -m app/app.Main
same "all modules" -p mods --add-modules ALL-MODULE-PATH -m app/app.Services
