#!/bin/bash
# Real applications under `java` and under loam natively: stdout, exit code and every file they make must be the same. Prints a table
# (name, same?, seconds of each: elapsed and on the processor) and a line "ok apps NAME" or "FAIL apps NAME" for each.
#
#   run.sh [--ci] [--xint] [--with=OPTION]... [NAME...]
#   --ci: only what needs nothing beyond `make deps`; --xint: seconds of `java -Xint` too; --with: an option for loam, as in --with=--jit=on
#
# An application is a function app_NAME in apps.sh: it runs in an empty directory of its own and starts Java with "${JAVA[@]}", or through a
# script that asks for JAVA_HOME.
B=${B:-build}
here=$(cd "$(dirname "$0")" && pwd)
loam=$(realpath "$B/loam")
jdk=$(sh "$here/../../launcher/find-jdk.sh")
out=$(mkdir -p "$B/apps" && cd "$B/apps" && pwd)
examples=$(cd "$here/../../examples" && pwd)
src=$out/src
ci= xint= names= with=()
for a; do
    case $a in
    --ci) ci=1 ;;
    --xint) xint=1 ;;
    --with=*) with+=("${a#--with=}") ;;
    *) names="$names $a" ;;
    esac
done
. "$here/apps.sh"
if [ -n "$ci" ]; then names=${names:-$ci_apps}; else
    sh "$here/../../launcher/jdkhome.sh" "$jdk" "$(dirname "$loam")" > /dev/null || exit 1
    names=${names:-$all_apps}
    sh "$here/deps.sh" --check "$src" || { echo "FAIL apps: run make deps-apps"; exit 1; }
    prepare > "$out/prepare.log" 2>&1 || { echo "FAIL apps: prepare"; tail -5 "$out/prepare.log"; exit 1; }
fi

home_of() { if [ "$1" = loam ]; then echo "$(dirname "$loam")/jdkhome"; else echo "$jdk"; fi; }

# run NAME WHO command...: one application under one Java; "$seconds" is elapsed time and processor time.
run() {
    local name=$1 who=$2 dir=$out/run/$1/$2 TIMEFORMAT='%R %U %S'; shift 2
    rm -rf "$dir" && mkdir -p "$dir"
    { time (cd "$dir" && JAVA=("$@") && JAVA_HOME=$(home_of "$who") && "app_$name" > stdout 2> "$dir.stderr" < /dev/null
        printf '\nexit %d\n' $? >> stdout); } 2> "$dir.time"
    seconds=$(awk '{ printf "%.1f %.1f", $1, $2 + $3 }' "$dir.time")
}

table=$out/table.txt
row() { printf '%-16s %-6s %8s %8s %8s %8s %8s %8s\n' "$@"; }
row application same java cpu Xint cpu loam cpu > "$table"
for name in $names; do
    run "$name" java timeout 300 "$jdk/bin/java" -Xshare:auto; java_seconds=$seconds
    xint_seconds="- -"
    if [ -n "$xint" ]; then run "$name" xint timeout 600 "$jdk/bin/java" -Xint; xint_seconds=$seconds; fi
    run "$name" loam timeout 600 "$loam" "${with[@]}"; loam_seconds=$seconds
    if ! grep -qx 'exit 0' "$out/run/$name/java/stdout"; then
        same=NO; echo "FAIL apps $name: fails under java"; tail -5 "$out/run/$name/java.stderr"
    elif diff -r "$out/run/$name/java" "$out/run/$name/loam" > "$out/run/$name/diff" 2>&1; then
        same=yes; echo "ok apps $name"
    else
        same=NO; echo "FAIL apps $name"; head -c 1500 "$out/run/$name/diff"; tail -5 "$out/run/$name/loam.stderr"
    fi
    row "$name" "$same" $java_seconds $xint_seconds $loam_seconds >> "$table"
done
cat "$table"
