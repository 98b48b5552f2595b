#!/bin/bash
# The command line, failures of the host, signals and threads, seen from outside: `java`'s own behaviour where it has one.
# usage: cli.sh [LOAM JAVA OUTDIR]
here=$(cd "$(dirname "$0")" && pwd)
B=${B:-build}
loam=$(realpath "${1:-$B/loam}") java=${2:-$(sh "$here/../../launcher/find-jdk.sh")/bin/java}
dir=${3:-$B/java}/cli
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

# alike FILTER args...: as `same`, of stdout and stderr as sed -E leaves them.
alike() {
    local filter=$1; shift
    "$java" "$@" 2>&1 < /dev/null | sed -E "$filter" > a.out
    timeout 60 "$loam" "$@" 2>&1 < /dev/null | sed -E "$filter" > b.out
    if [ -s a.out ] && cmp -s a.out b.out; then ok "alike: $*"; else fail "alike: $*"; diff a.out b.out | head -4; fi
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
same -fullversion
same --full-version
same -Xbootclasspath:x H
same -Xbootclasspath/p:x H
same -Xshare:foo H
same --add-modules
same --describe-module
same -XX:MinHeapFreeRatio=abc H
same -XX:HeapDumpOnOutOfMemoryError=true H
same -XX:+MinHeapFreeRatio H
same -XX:HeapDumpPath H
same -XX:Flags=absent H
for o in +Foo +UseSerialG MaxHeapSiz=3 +UseSerialGC=1 UseSerialGC=true +MaxInlineSize MaxInlineSize MaxInlineSize=x MaxInlineSize=-1 MaxInlineSize=0x10 -PrintAssembly +UseEpsilonGC \
    InitialCodeCacheSize=1 G1ConcMarkStepDurationMillis=0.5 GCTimeRatio=3k "+Foo -XX:+IgnoreUnrecognizedVMOptions -Xfoo" "+UnlockDiagnosticVMOptions -XX:-PrintAssembly"; do same -XX:$o H; done
for o in +UseBiasedLocking +SuspendRetryCount; do alike 's/^(loam|OpenJDK 64-Bit Server) VM/VM/' -XX:$o H; done
printf -- '-Xss1m   -Dq="a b"\n-ea\n' > vm.options; printf -- '-Xss1m -cp x\n' > vm.bad; printf -- '-XX:VMOptionsFile=vm.options\n' > vm.nested; printf '"open\n' > vm.open
for file in options bad nested open absent; do same -XX:VMOptionsFile=vm.$file Args; done
same -XX:VMOptionsFile=vm.options -XX:VMOptionsFile=vm.options Args
JAVA_TOOL_OPTIONS=-XX:VMOptionsFile=vm.options same -XX:VMOptionsFile=vm.options Args
alike '/CPU Count/d; /VM/d; /^loam/d; /Runtime/d' -XshowSettings:system -version
same -XX:-UseContainerSupport -XshowSettings:system Args
cat > Limits.java <<'J'
public class Limits {
    static void fall(int k) { if (k == 0) throw new IllegalStateException("deep"); fall(k - 1); }
    public static void main(String[] a) {
        try { fall(2000); } catch (IllegalStateException e) { System.out.println(e.getStackTrace().length); }
        System.out.println(Runtime.getRuntime().maxMemory() >> 24);
        fall(2);
    }
}
J
"${java%java}javac" Limits.java
for o in MaxJavaStackTraceDepth=2 MaxJavaStackTraceDepth=0 MaxJavaStackTraceDepth=x MaxJavaStackTraceDepth=-1 -StackTraceInThrowable MaxRAM=100m MaxRAM=300m MaxRAM=800m MaxRAM=40g \
    MaxRAM=0 MaxRAM=x MaxRAMPercentage=10.5 MaxRAMPercentage=101 MaxRAMPercentage=x; do same -XX:$o Limits; done
same -XX:MaxRAM=1g -XX:MaxRAMPercentage=50 Limits
same -XX:MaxRAM=200m -XX:MinRAMPercentage=80 Limits
same -Xmx0 Limits
same -XX:+IgnoreUnrecognizedVMOptions -XX:+HeapDumpOnOutOfMemoryError -XX:HeapDumpPath=. H
for o in -Xfuture -cs -checksource -noasyncgc -debug -noclassgc -mx100m -ms10m -ms -ss1m -Xmaxf0.5 -Xmaxf -Xminf0.1x -Xmaxjitcodesize10m -Xmaxjitcodesize=10m -XX:ReservedCodeCacheSize=1m -XX:ReservedCodeCacheSize=3g -XX:ReservedCodeCacheSize=x -XX:ReservedCodeCacheSize=3m -verify -verifyremote -Xverify:all -Xverify:some; do same $o H; done
# A class that fails verification, as what it is linked with has changed: -noverify lets it run, in all engines.
mkdir -p unverified && cat > unverified/Un.java <<'J'
public class Un {
    static class Base { int x = 7; }
    static class Derived extends Base { }
    static Base up(Derived d) { return d; }
    public static void main(String[] a) {
        int n = 0;
        for (int i = 0; i < 100000; i++) n += up(new Derived()) == null ? 1 : 2;
        System.out.println(n);
    }
}
J
"${java%java}javac" -d unverified unverified/Un.java && sed 's/ extends Base//; s/return d;/return null;/' unverified/Un.java > unverified/Other.java &&
    mkdir -p unverified/o && mv unverified/Other.java unverified/o/Un.java && "${java%java}javac" -d unverified/o unverified/o/Un.java && cp 'unverified/o/Un$Derived.class' unverified/
same -cp unverified Un
for o in "" --jit=off --core=small; do
    [ "$("$loam" $o -noverify -cp unverified Un 2> un.err)" = 200000 ] && grep -q 'VM warning: Options -Xverify:none and -noverify were deprecated in JDK 13' un.err && ok "-noverify $o" || fail "-noverify $o"
done
same -XX:MaxHeapSize=64m -XX:ThreadStackSize=512 H
cat > Oom.java <<'J'
public class Oom {
    public static void main(String[] a) {
        System.out.println(Runtime.getRuntime().availableProcessors());
        Object[] o = null;
        for (;;) o = new Object[] { o, new long[1000] };
    }
}
J
"${java%java}javac" Oom.java
same -Xmx16m -XX:+ExitOnOutOfMemoryError -XX:ActiveProcessorCount=3 Oom
cat > Cpus.java <<'J'
public class Cpus { public static void main(String[] a) { System.out.println(Runtime.getRuntime().availableProcessors()); } }
J
"${java%java}javac" Cpus.java
same Cpus
same -XX:ActiveProcessorCount=3 Cpus
[ "$(taskset -c 0 "$loam" Cpus)" = 1 ] && ok "processors that the process may run on" || fail "processors that the process may run on"
mkdir -p mods/m/p && echo 'module m { exports p; }' > mods/m/module-info.java &&
    echo 'package p; public class M { public static void main(String[] a) { System.out.println(M.class.getModule()); } }' > mods/m/p/M.java
"${java%java}javac" -d modules/m mods/m/module-info.java mods/m/p/M.java
same -p modules --limit-modules java.base --show-module-resolution -m m/p.M
same -p modules -m m
same -p modules -d m
same -Xmx64m -Dfoo=bar -ea --add-modules java.logging --add-opens=java.base/java.lang=ALL-UNNAMED -Xss1m Args q

# ---- logs, and what is done when memory is out ----
cat > Full.java <<'J'
import java.util.*;
public class Full {
    public static void main(String[] a) {
        List<byte[]> all = new ArrayList<>();
        try { for (;;) all.add(new byte[1_000_000]); } catch (OutOfMemoryError e) { all = null; System.out.println(e); }
        System.gc();
    }
}
J
"${java%java}javac" Full.java
seconds='s/[0-9]+\.[0-9]{3}/S/g; s/[0-9]{3,}/N/g'
alike "$seconds" -Xlog:nosuchtag H
alike "$seconds" -Xlog:gc=nosuchlevel H
alike "$seconds" -Xlog:disable H
alike "$seconds" -Xlog:gc:file=gc.log -Xmx20m -XX:+HeapDumpOnOutOfMemoryError -XX:OnOutOfMemoryError='echo %p; false' Full
alike "$seconds" -Xmx20m -XX:+HeapDumpOnOutOfMemoryError -XX:HeapDumpPath=/nonexistent/x -XX:+ExitOnOutOfMemoryError Full
rm -f ./*.hprof
if grep -qE '^\[[0-9.]+s\]\[info\]\[gc\] GC\([0-9]+\) Pause Full \(System\.gc\(\)\) [0-9]+M->[0-9]+M\([0-9]+M\) [0-9.]+ms$' gc.log; then ok "a log of collections"; else fail "a log of collections"; head -3 gc.log; fi
alike '/class,load\] H source/!d; s/^.*info/info/' -Xlog:class+load:stderr -cp . H
alike '/^H source/!d' -Xlog:class*,gc:stdout:none -cp . H

# ---- options in the environment ----
printf -- '-jar x' > jar.args
for value in '-jar x' --module=x @jar.args '-Dx H' '-cp new' '"open' ''; do JDK_JAVA_OPTIONS=$value same H; done
for value in '-cp new' --add-modules=java.logging '-Xmx64m -Dfoo="a b"' -Xfoo '"open'; do JAVA_TOOL_OPTIONS=$value _JAVA_OPTIONS=-Dbar=1 same Args; done
echo 'public class Pre { public static void main(String[] a) { Object o = 3; System.out.println(switch (o) { case Integer i -> "int " + i; default -> "other"; }); } }' > Pre.java
"${java%java}javac" --enable-preview --source 17 Pre.java 2> /dev/null
same --enable-preview Pre
same Pre

# ---- failures of the host: one line, a code, never a death without a word ----
# line NAME CODE PATTERN command...: this exit code, and one line on stderr that matches.
line() {
    local name=$1 code=$2 pattern=$3; shift 3
    timeout 60 "$@" > b.out 2> b.err < /dev/null; local b=$?
    if [ $b = "$code" ] && [ "$(wc -l < b.err)" = 1 ] && grep -qE "$pattern" b.err; then ok "$name"
    else fail "$name (exit $b)"; head -4 b.err; fi
}
cat > Crash.java <<'J'
public class Crash {
    static native void segv();
    static native void overflow();
    public static void main(String[] a) throws Exception {
        System.loadLibrary("crash");
        if (a[0].equals("segv")) segv();
        if (a[0].equals("overflow")) overflow();
        if (a[0].equals("thread")) new Thread(Crash::segv).start();
    }
}
J
cat > crash.c <<'C'
#include <jni.h>
JNIEXPORT void JNICALL Java_Crash_segv(JNIEnv *e, jclass c) { (void)e, (void)c; *(volatile int *)8 = 1; }
static int deep(volatile char *p) { volatile char b[4096]; b[0] = *p; return deep(b) + b[0]; }
JNIEXPORT void JNICALL Java_Crash_overflow(JNIEnv *e, jclass c) { (void)e, (void)c; char x = 1; deep(&x); }
C
jdk=$(dirname "$(dirname "$(realpath "$java")")")
"${java%java}javac" Crash.java && gcc -w -O1 -shared -fPIC -I"$jdk/include" -I"$jdk/include/linux" -o libcrash.so crash.c
ulimit -c 0
for how in segv thread overflow; do
    (timeout 60 "$loam" -Djava.library.path=. -cp . Crash $how > b.out 2> b.err < /dev/null; exit $?) 2> /dev/null; code=$?
    if [ $code != 0 ] && grep -qE "^loam: crash: SIGSEGV at address 0x[0-9a-f]+, host pc 0x[0-9a-f]+ \(libcrash.so.*native method Crash\." b.err; then ok "native code crashes: $how"
    else fail "native code crashes: $how (exit $code)"; head -3 b.err; fi
done
grep -q "host's stack is exhausted" b.err && ok "exhausted stack is told" || fail "exhausted stack is told"
line "report on a full disk" 1 'report=r.json: not written' bash -c "ulimit -f 4; '$loam' --core=small --model=counts --engine=oracle --report=r.json -cp . H"
[ ! -e r.json ] && ok "no half report" || fail "no half report"
line "report on a full stdout" 1 'report=-: not written' bash -c "'$loam' --core=small --model=counts --report=- -cp . H > /dev/full"
line "program on a full stdout" 0 '' bash -c "'$loam' -cp . H > /dev/full; c=\$?; echo >&2; exit \$c"
line "no standard files" 0 '' bash -c "'$loam' -cp . H <&- >&- 2>&-; c=\$?; echo >&2; exit \$c"
cat > hog.c <<'C'
#define _GNU_SOURCE
#include <sys/mman.h>
__attribute__((constructor)) static void hog(void)
{
    mmap((void *)0x200000000ul, 1 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
}
C
gcc -shared -fPIC -o hog.so hog.c
line "heap window taken" 1 'cannot reserve the heap window' env LD_PRELOAD=./hog.so "$loam" -cp . H

# ---- signals ----
cat > Dead.java <<'J'
import java.util.concurrent.locks.LockSupport;
public class Dead {
    static final Object a = new Object(), b = new Object();
    static void both(Object x, Object y) {
        synchronized (x) {
            try { Thread.sleep(200); } catch (InterruptedException e) { }
            synchronized (y) { System.out.println("no"); }
        }
    }
    public static void main(String[] args) throws Exception {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook")));
        Thread l = new Thread(() -> both(a, b), "left"), r = new Thread(() -> both(b, a), "right");
        Thread p = new Thread(() -> LockSupport.park(a), "parked");
        l.start();
        r.start();
        p.start();
        while (l.getState() != Thread.State.BLOCKED || r.getState() != Thread.State.BLOCKED || p.getState() != Thread.State.WAITING) Thread.sleep(1);
        System.out.println("ready");
        synchronized (Dead.class) { Dead.class.wait(); }
    }
}
J
"${java%java}javac" Dead.java
# what a dump says, without what differs: addresses, ids, the frames' module prefixes
dump_lines() { sed -n '/Found one/,$p' "$1" | sed -E 's/0x[0-9a-f]+/ADDRESS/g; s|java.base@[^/]*/||; s|Lambda\$[0-9]+/ADDRESS|LAMBDA|; s|\(java.base@[^/]*/|(|'; }
signalled() { # NAME command...: to the file NAME.out
    local out=$1.out i; shift
    rm -f "$out"
    env --default-signal=INT,QUIT "$@" > "$out" 2> err < /dev/null & local pid=$!
    for i in $(seq 300); do grep -q ready "$out" 2> /dev/null && break; sleep 0.1; done
    kill -QUIT $pid
    for i in $(seq 100); do grep -q 'Found 1 deadlock' "$out" && break; sleep 0.1; done
    kill -INT $pid
    (sleep 30; kill -9 $pid 2> /dev/null) & local killer=$!
    wait $pid; local code=$?
    kill $killer 2> /dev/null; wait $killer 2> /dev/null
    return $code
}
signalled java "$java" -cp . Dead; a=$?
signalled loam "$loam" -cp . Dead; b=$?
[ $a = $b ] && [ $b = 130 ] && ok "interrupted: 130" || fail "interrupted: 130 (exit $a, $b)"
grep -q '^hook$' loam.out && ok "hooks run" || fail "hooks run"
# what stands between may be in another order
diff <(dump_lines java.out | grep -c 'locked\|waiting to lock\|held by') <(dump_lines loam.out | grep -c 'locked\|waiting to lock\|held by') > /dev/null &&
    grep -q '^Found 1 deadlock.$' loam.out && ok "deadlock in the dump" || fail "deadlock in the dump"
grep -q -- '- parking to wait for  <0x[0-9a-f]*> (a java.lang.Object)' loam.out && ok "parked thread in the dump" || fail "parked thread in the dump"
grep -q -- '- waiting on <0x[0-9a-f]*> (a java.lang.Class for Dead)' loam.out && ok "waiting thread in the dump" || fail "waiting thread in the dump"
env --default-signal=TERM "$loam" -cp . Dead > out 2>&1 < /dev/null & pid=$!
for i in $(seq 300); do grep -q ready out && break; sleep 0.1; done
kill -TERM $pid; wait $pid; code=$?
env --default-signal=TERM "$loam" -Xrs -cp . Dead > reduced 2>&1 < /dev/null & pid=$!
for i in $(seq 300); do grep -q ready reduced && break; sleep 0.1; done
kill -TERM $pid; wait $pid 2> /dev/null; [ $? = 143 ] && ! grep -q '^hook$' reduced && ok "-Xrs: no hooks" || fail "-Xrs: no hooks"
[ $code = 143 ] && grep -q '^hook$' out && ok "terminated: 143" || fail "terminated: 143 (exit $code)"

# signals that the program raises itself: with a virtual clock they arrive at the same time in each run, before a wait for them ends
cat > Raised.java <<'J'
import java.util.concurrent.*;
import jdk.internal.misc.Signal;
public class Raised {
    public static void main(String[] a) throws Exception {
        for (int i = 0; i < 20; i++) {
            CountDownLatch got = new CountDownLatch(2);
            Signal trap = new Signal("TRAP");
            Signal.handle(trap, s -> got.countDown());
            for (int k = 0; k < 2; k++) Signal.raise(trap);
            System.out.println(got.await(20, TimeUnit.SECONDS) + " " + System.nanoTime());
        }
    }
}
J
exports="--add-exports java.base/jdk.internal.misc=ALL-UNNAMED"
"${java%java}javac" $exports Raised.java
for k in 1 2; do "$loam" --core=small --model=counts $exports -cp . Raised > raised$k 2>&1; done
[ "$(grep -c '^true' raised1)" = 20 ] && cmp -s raised1 raised2 && ok "raised signals" || { fail "raised signals"; diff raised1 raised2 | head -4; }

# ---- the JDK's tools attach ----
cat > Waits.java <<'J'
public class Waits { public static void main(String[] a) throws Exception { System.out.println("ready"); Thread.sleep(60000); } }
J
"${java%java}javac" Waits.java
env --default-signal=QUIT "$loam" -Dq=1 Waits x > out 2>&1 < /dev/null & pid=$!
for i in $(seq 300); do grep -q ready out && break; sleep 0.1; done
tool() { timeout 60 "${java%java}$@" 2>&1; }
tool jps -lvm | grep -q "^$pid Waits x -Dq=1" && ok "jps lists it" || fail "jps lists it"
tool jcmd $pid VM.version | sed -n 2p | grep -q '^loam VM version' && ok "jcmd" || fail "jcmd"
tool jstack -l $pid > dump; grep -q '^"main" #1 prio=5 os_prio=0 cpu=.* waiting on condition  \[0x' dump && grep -q 'at java.lang.Thread.sleep(java.base@' dump && ok "jstack" || fail "jstack"
tool jmap -histo $pid | grep -q ' java.lang.String (java.base@' && ok "jmap -histo" || fail "jmap -histo"
tool jinfo -flag HeapDumpOnOutOfMemoryError $pid | grep -q '^-XX:-HeapDumpOnOutOfMemoryError$' && ok "jinfo" || fail "jinfo"
tool jcmd $pid No.such | grep -q '^java.lang.IllegalArgumentException: Unknown diagnostic command$' && ok "jcmd refuses" || fail "jcmd refuses"
[ "$(cat out)" = ready ] && ok "attaching prints nothing" || fail "attaching prints nothing"
kill -INT $pid; wait $pid 2> /dev/null
ls /tmp/.java_pid$pid /tmp/hsperfdata_*/$pid > /dev/null 2>&1 && fail "attaching leaves files" || ok "attaching leaves no files"

# ---- memory that is nearly out: HotSpot's parallel collector tells the same (but takes its time), the others thrash on ----
cat > Thrash.java <<'J'
import java.util.*;
public class Thrash {
    static final class Node { Node next; Node(Node n) { next = n; } }
    static Object sink;
    static int churn() { for (int i = 0; i < 500_000; i++) sink = new int[8]; return 0; }
    public static void main(String[] a) {
        List<Object> keep = new ArrayList<>();
        try { for (;;) { Node n = null; for (int i = 0; i < 20; i++) n = new Node(n); keep.add(n); } } catch (OutOfMemoryError e) { sink = e; }
        for (int i = 0; i < 10; i++) keep.remove(keep.size() - 1);
        try { churn(); } catch (OutOfMemoryError e) { keep = null; System.out.println(e.getMessage() + " in " + e.getStackTrace()[0].getMethodName()); }
        System.out.println(churn() + (keep == null ? 0 : keep.size())); // so it is alive all the time
    }
}
J
"${java%java}javac" Thrash.java
timeout 60 "$loam" -Xmx8m -cp . Thrash > out 2>&1
[ "$(cat out)" = "GC overhead limit exceeded in churn
0" ] && ok "overhead limit" || fail "overhead limit: $(head -2 out)"

# ---- where simulation begins ----
cat > From.java <<'J'
public class From {
    static int heat(int n) { int s = 0; for (int i = 0; i < n; i++) s += i * i; return s; }
    static int twice(int n) { return heat(n) + heat(n); }
    static class Later { static int go(int n) { return once() + heat(n); } static int once() { return 5; } }
    public static void main(String[] a) { System.out.println(heat(300000) + twice(100) + Later.go(1000)); }
}
J
"${java%java}javac" From.java
# from REGEX LEAST MOST: so many instructions are simulated
from() {
    timeout 60 "$loam" --from="$1" --model=counts --report=from.txt -cp . From > from.out 2> from.err < /dev/null
    local n=$(awk '$1 == "instructions" { gsub(",", "", $2); print $2 }' from.txt)
    if [ "$(cat from.out)" = "$("$java" -cp . From)" ] && [ "$n" -ge "$2" ] && [ "$n" -le "$3" ]; then ok "--from=$1"; else fail "--from=$1: $n instructions; $(head -1 from.err)"; fi
}
from main 3000000 100000000
from 'From\.twice' 2000 600000
from 'From\$Later.go' 10000 600000
from 'From.heat' 3000000 100000000
timeout 60 "$loam" --from=nothing --model=counts --report=from.txt -cp . From > from.out 2> from.err < /dev/null
grep -q 'no method that matches' from.err && ok "--from without a call" || fail "--from without a call: $(head -1 from.err)"
timeout 60 "$loam" --from='(' -cp . From > from.out 2> from.err < /dev/null
[ $? = 1 ] && [ "$(wc -l < from.err)" = 1 ] && grep -q '^loam: --from=(: ' from.err && ok "--from=(" || fail "--from=(: $(head -1 from.err)"
