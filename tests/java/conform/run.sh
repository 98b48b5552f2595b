#!/bin/bash
# Conformance: programs of many small cases ("# NAME: RESULT") whose stdout, stderr and exit code under loam are those under `java`.
# Usage: run.sh [--modes=MODE,...|all] [PROGRAM...]. Without programs: all. Modes (default native,sample; all: every other one):
#   native      on the host, with the compiler            interpreted  without
#   simulated   on the core, interpreted                  compiled     on the core, with the compiler
#   layout      simulated, with the optimizer             compiled-layout  both
#   cores, compiled-cores   likewise without and with the compiler, on four cores
#   sample      simulated, but only the programs that say "// sample"
#   collect, move, switch, pass   native under --torture: collections, moves, thread switches, senseless passes all the time
#   eager, deopt, flush     native under --jit-torture: compiled at once; guards that fail for no reason; a code cache that seems full
# Each result comes with the seconds of processor that it took.
# A program says its options in a line "// options: ...", and "// not: MODE ..." for modes that make no sense for it.
cd "$(dirname "$0")/../../.." || exit 1
B=${B:-build}
here=tests/java/conform
out=$B/conform
modes=native,sample
case $1 in
--modes=all) modes=native,interpreted,simulated,compiled,layout,compiled-layout,cores,compiled-cores,collect,move,switch,pass,eager,deopt,flush; shift ;;
--modes=*) modes=${1#--modes=}; shift ;;
esac
home=$(sh launcher/find-jdk.sh) || { echo "FAIL conform: no JDK 17"; exit 1; }

TIMEFORMAT=%U

said() { sed -n "s|^// $2:\{0,1\} \{0,1\}||p" "$here/$1.java" | head -1; }
says() { grep -q "^// $2" "$here/$1.java"; }
options() {
    case $1 in
    simulated | sample) echo "--core=small --model=counts" ;;
    layout) echo "--core=small --model=counts --layout=on" ;;
    cores) echo "--core=small --set cores=4 --model=counts" ;;
    compiled-cores) echo "--core=small --set cores=4 --model=counts --jit=on" ;;
    interpreted) echo "-Xint" ;;
    compiled) echo "--core=small --model=counts --jit=on" ;;
    compiled-layout) echo "--core=small --model=counts --jit=on --layout=on" ;;
    eager) echo "--jit-torture=eager" ;;
    deopt) echo "--jit-torture=deopt:${N:-1}" ;;
    flush) echo "--jit-torture=flush:${N:-8}" ;;
    collect) echo "--torture=collect:${N:-60}" ;;
    move) echo "--torture=collect:${N:-400},move:${N:-300}" ;;
    pass) echo "--torture=pass:${N:-40}" ;;
    switch) echo "--torture=switch:1" ;;
    esac
}
wanted() { # PROGRAM MODE
    [ "$2" != sample ] || says "$1" sample || return 1
    case " $(said "$1" not) " in *" $2 "*) return 1 ;; esac
}

# Cases that are not as java's: by name, the first few with both results.
differences() {
    awk 'FNR == 1 { file++ }
        /^# / { name = $0; sub(/: .*/, "", name); if (file == 1) names[n++] = name }
        { text[file, name] = text[file, name] $0 "\n" }
        END {
            for (i = 0; i < n; i++) {
                k = names[i]
                if (text[1, k] == text[2, k]) continue
                if (!shown[k]++ && ++count <= 5) printf "java: %sloam: %s", text[1, k], text[2, k] == "" ? "nothing\n" : text[2, k]
            }
            if (count > 5) print "and " count - 5 " cases more"
        }' "$1" "$2" | cut -c1-300
}

# In a folder of its own, so that programs may make files.
run() { # RESULT COMMAND...
    local f=$1; shift
    rm -rf "$f.dir" && mkdir -p "$f.dir"
    { time (cd "$f.dir" && timeout -k 5 "${SECONDS_MAX:-1000}" "$@" > "$f.out" 2> "$f.err" < /dev/null; echo $? > "$f.code"); } 2> "$f.time"
    rm -rf "$f.dir"
}

# As java says it: once for all modes.
reference() {
    local ref=$root/$out/run/$1
    run "$ref" "$home/bin/java" $(said "$1" options) -cp "$root/$out/classes" "$1"
    grep -q '^# ' "$ref.out" || { echo "FAIL conform $1: no case under java"; head -5 "$ref.err"; }
}

compare() { # PROGRAM MODE
    local p=$1 ref=$root/$out/run/$1 f=$root/$out/run/$1.$2
    wanted "$1" "$2" || return 0
    run "$f" "$root/$B/loam" $(options "$2") $(said "$1" options) -cp "$root/$out/classes" "$1"
    if cmp -s "$ref.out" "$f.out" && cmp -s "$ref.err" "$f.err" && cmp -s "$ref.code" "$f.code"; then
        echo "ok conform $p $2: $(cat "$f.time") s, $(grep -c '^# ' "$f.out") cases"
    else echo "FAIL conform $p $2: $(cat "$f.time") s"; differences "$ref.out" "$f.out"; diff "$ref.err" "$f.err" | head -8; diff "$ref.code" "$f.code"; fi
}

root=$PWD
case $1 in
--reference) reference "$2"; exit ;;
--compare) compare "$2" "$3"; exit ;;
esac
rm -rf "$out/run" "$out/logs" && mkdir -p "$out/classes" "$out/run" "$out/logs"
exports=$(sed -n 's|^// options: ||p' $here/*.java | grep -oE -e '--add-exports[ =][^ ]+' | sort -u | tr '\n' ' ')
"$home/bin/javac" -g -nowarn -parameters -encoding UTF-8 -XDignore.symbol.file -Xlint:none $exports -d "$out/classes" $here/*.java 2> "$out/javac.log" ||
    { echo "FAIL conform javac"; head -20 "$out/javac.log"; exit 1; }
programs=${*:-$(grep -lE '^    public static void main' $here/*.java | sed 's|.*/||; s|\.java$||')}
export B
some() { xargs -P "${JOBS:-2}" -L 1 bash -c 'bash '$here'/run.sh "$@" > "$0"'; }
for p in $programs; do echo "$out/logs/$p --reference $p"; done | some
for m in ${modes//,/ }; do for p in $programs; do echo "$out/logs/$p.$m --compare $p $m"; done; done | some
for p in $programs; do for l in "$p" $(printf "$p.%s " ${modes//,/ }); do cat "$out/logs/$l"; done; done | tee "$out/log"
awk '/^ok conform/ { n += $(NF - 1); r++ } /^FAIL/ { bad++ } END { print "conform: " n " cases in " r " runs as java, " bad + 0 " runs not"; exit bad > 0 }' "$out/log"
