#!/bin/bash
# Bad input: `java`'s own message where it has one, else one clear line; exit code 1; nothing half-written.
loam=$1 java=$2 out=$3
dir=$out/errors
rm -rf "$dir" && mkdir -p "$dir/cp"
cat > "$dir/NoMain.java" <<'J'
public class NoMain { int x; }
J
cat > "$dir/Hi.java" <<'J'
public class Hi { public static void main(String[] a) { System.out.println("hi " + a.length); } }
J
"${java%java}javac" -d "$dir/cp" "$dir/NoMain.java" "$dir/Hi.java"
(cd "$dir" && "${java%java}jar" cf nomanifest.jar -C cp Hi.class && "${java%java}jar" cfe app.jar Hi -C cp Hi.class)
head -c 40 "$dir/cp/Hi.class" > "$dir/cp/Cut.class"
printf 'not a class file' > "$dir/cp/Junk.class"

# same NAME args...: java and loam agree on stdout, stderr and exit code.
same() {
    local name=$1; shift
    "$java" "$@" > "$dir/a.out" 2> "$dir/a.err" < /dev/null; local a=$?
    timeout 60 "$loam" "$@" > "$dir/b.out" 2> "$dir/b.err" < /dev/null; local b=$?
    if [ $a = $b ] && cmp -s "$dir/a.out" "$dir/b.out" && cmp -s "$dir/a.err" "$dir/b.err"; then echo "ok java as java: $name"
    else echo "FAIL java as java: $name (exit $a, $b)"; diff "$dir/a.err" "$dir/b.err" | head -6; fi
}
# clear NAME PATTERN args...: exit 1 and one line on stderr that matches.
clear_line() {
    local name=$1 pattern=$2; shift 2
    timeout 60 "$loam" "$@" > "$dir/b.out" 2> "$dir/b.err" < /dev/null; local b=$?
    if [ $b = 1 ] && [ "$(wc -l < "$dir/b.err")" = 1 ] && grep -qE "$pattern" "$dir/b.err"; then echo "ok java error: $name"
    else echo "FAIL java error: $name (exit $b)"; head -4 "$dir/b.err"; fi
}
same "main class missing" -cp "$dir/cp" Absent
same "no main method" -cp "$dir/cp" NoMain
same "truncated class file" -cp "$dir/cp" Cut
same "junk class file" -cp "$dir/cp" Junk
same "jar without Main-Class" -jar "$dir/nomanifest.jar"
same "jar missing" -jar "$dir/absent.jar"
same "jar" -jar "$dir/app.jar" one two
same "unknown option" -nonsense
same "heap size" -Xmx1x Hi
same "wrong name" -cp "$dir/cp" hi
clear_line "unknown core" 'nosuchcore' --core=nosuchcore -cp "$dir/cp" Hi
clear_line "unknown key" 'l1d\.sise' --core=default --set l1d.sise_kib=3 -cp "$dir/cp" Hi
clear_line "bad value" 'l1d\.ways' --core=default --set l1d.ways=0 -cp "$dir/cp" Hi
clear_line "a line break in a value" 'l1d\.ways' --core=default --set $'l1d.ways=4\n8' -cp "$dir/cp" Hi
clear_line "geometry" 'l1d' --core=default --set l1d.size_kib=33 -cp "$dir/cp" Hi
clear_line "bad layout" 'layout' --layout=maybe -cp "$dir/cp" Hi
clear_line "report directory" 'nowhere' --core=default --report="$dir/nowhere/r.json" -cp "$dir/cp" Hi
clear_line "report format" 'r\.pdf' --core=default --report="$dir/r.pdf" -cp "$dir/cp" Hi
[ -z "$(ls "$dir" | grep tmp)" ] && echo "ok java error: nothing half-written" || echo "FAIL java error: nothing half-written"
printf 'l1d: { ways = 0; };\n' > "$dir/bad.cfg"
clear_line "core file" 'bad\.cfg.*1.*ways' --core="$dir/bad.cfg" -cp "$dir/cp" Hi
(ulimit -v 4000000; clear_line "heap window taken" 'cannot reserve|memory' -cp "$dir/cp" Hi)
if JAVA_HOME=/nonexistent PATH=/usr/bin "$loam" -cp "$dir/cp" Hi 2>&1 | grep -q '^hi 0'; then echo "ok java JAVA_HOME wrong: found elsewhere"; else echo "FAIL java JAVA_HOME wrong: found elsewhere"; fi
