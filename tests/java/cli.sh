#!/bin/bash
# The command line, failures of the host, signals and threads, seen from outside: `java`'s own behaviour where it has one.
# usage: cli.sh LOAM JAVA OUTDIR
loam=$(realpath "$1") java=$2
dir=$3/cli
here=$(cd "$(dirname "$0")" && pwd)
rm -rf "$dir" && mkdir -p "$dir/new" "$dir/dir.jar"
cd "$dir" || exit 1
cat > H.java <<'J'
public class H { public static void main(String[] a) { System.out.println("hi " + a.length); for (String s : a) System.out.println(s); } }
J
cat > Args.java <<'J'
public class Args {
    public static void main(String[] a) {
        for (String s : java.lang.management.ManagementFactory.getRuntimeMXBean().getInputArguments()) System.out.println(s);
    }
}
J
"${java%java}javac" H.java Args.java
cp H.class new/ && printf '\x42' | dd of=new/H.class bs=1 seek=7 conv=notrunc 2> /dev/null
printf 'junk' > junk.jar; : > empty.jar; : > Empty.class
printf 'Main-Class: Nope\n' > m1; "${java%java}jar" cfm nomain.jar m1 H.class
printf 'Main-Class: H\n' > m2; "${java%java}jar" cfm ok.jar m2 H.class
printf 'Main-Class: H\nClass-Path: nothere.jar\n' > m3; "${java%java}jar" cfm cpath.jar m3 H.class
head -c 300 ok.jar > cut.jar
printf -- '-cp\n.\nH "a b" c\n' > args

ok() { echo "ok cli $*"; }
fail() { echo "FAIL cli $*"; }
# same args...: java and loam agree on stdout, stderr and exit code.
same() {
    "$java" "$@" > a.out 2> a.err < /dev/null; local a=$?
    timeout 60 "$loam" "$@" > b.out 2> b.err < /dev/null; local b=$?
    if [ $a = $b ] && cmp -s a.out b.out && cmp -s a.err b.err; then ok "as java: $*"
    else fail "as java: $* (exit $a, $b)"; diff a.err b.err | head -4; diff a.out b.out | head -4; fi
}

# ---- what java refuses, and how ----
same -cp new H
for jar in junk nomain cut dir empty absent cpath; do same -jar $jar.jar; done
same -cp junk.jar H
same Empty
same @args
same @absent H
for size in -Xmx1k -Xmx1m -Xmxfoo -Xms1k -Xmsfoo -Xss1k -Xss2g; do same $size H; done
same -Xms100m -Xmx50m H
same -m
same -p
same -cp
same -m nosuch/H
same --patch-module x H
same --dry-run H
same --dry-run G
same -d no.such.module
same -Xmx64m -Dfoo=bar -ea --add-modules java.logging --add-opens=java.base/java.lang=ALL-UNNAMED -Xss1m Args q
