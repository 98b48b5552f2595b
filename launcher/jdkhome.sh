#!/bin/sh
# Makes BUILD/jdkhome: a JAVA_HOME whose java is loam (a hard link or copy, so that it knows its home) and whose javac, jar and other tools
# are started by it; everything else links to the installed JDK. Tools that attach to or look into HotSpot (jcmd, jmap, ...) are left out.
#   jdkhome.sh JDK BUILD
set -e
jdk=$(cd "$1" && pwd -P) build=$2
home=$build/jdkhome
if [ -e "$jdk/bin/.loam" ]; then echo "loam: $jdk is itself made of loam: set JAVA_HOME to an installed JDK" >&2; exit 1; fi
rm -rf "$home"
mkdir -p "$home/bin"
home=$(cd "$home" && pwd -P)
for f in "$jdk"/*; do
    [ "${f##*/}" = bin ] || ln -s "$f" "$home/${f##*/}"
done
ln "$build/loam" "$home/bin/java" 2>/dev/null || cp "$build/loam" "$home/bin/java"
cp "$build/libjvm.so" "$home/bin/"
: > "$home/bin/.loam"

# As the JDK's own launchers: -J passes an option to the VM.
tool() {
    [ -e "$jdk/bin/$1" ] || return 0
    cat > "$home/bin/$1" <<EOF
#!/bin/bash
vm=() args=()
for a; do case \$a in -J*) vm+=("\${a#-J}") ;; *) args+=("\$a") ;; esac; done
exec "$home/bin/java" "\${vm[@]}" $2 "\${args[@]}"
EOF
    chmod +x "$home/bin/$1"
}
tool javac "--add-modules ALL-DEFAULT -m jdk.compiler/com.sun.tools.javac.Main"
tool javadoc "--add-modules ALL-DEFAULT -m jdk.javadoc/jdk.javadoc.internal.tool.Main"
tool javap "--add-modules ALL-DEFAULT -m jdk.jdeps/com.sun.tools.javap.Main"
tool jdeps "--add-modules ALL-DEFAULT -m jdk.jdeps/com.sun.tools.jdeps.Main"
tool jdeprscan "--add-modules ALL-DEFAULT -m jdk.jdeps/com.sun.tools.jdeprscan.Main"
tool jar "--add-modules ALL-DEFAULT -m jdk.jartool/sun.tools.jar.Main"
tool jarsigner "--add-modules ALL-DEFAULT -m jdk.jartool/sun.security.tools.jarsigner.Main"
tool jlink "--add-modules ALL-DEFAULT -m jdk.jlink/jdk.tools.jlink.internal.Main"
tool jmod "--add-modules ALL-DEFAULT -m jdk.jlink/jdk.tools.jmod.Main"
tool jimage "--add-modules ALL-DEFAULT -m jdk.jlink/jdk.tools.jimage.Main"
# There is no debugger's interface, which jshell would run its snippets through.
tool jshell "-m jdk.jshell/jdk.internal.jshell.tool.JShellToolProvider --execution local"
tool keytool "-m java.base/sun.security.tools.keytool.Main"
tool rmiregistry "-m java.rmi/sun.rmi.registry.RegistryImpl"
tool serialver "-m jdk.compiler/sun.tools.serialver.SerialVer"
echo "$home"
