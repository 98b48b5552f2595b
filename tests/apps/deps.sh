#!/bin/sh
# Installs what the applications of run.sh need beyond `make deps`: Debian's packages of them, and the sources of three Debian Java
# packages (kept in DIR, default build/apps/src) for the compilers to compile; with --check only tells (exit 1) whether something is missing.
set -e
packages="ant maven clojure groovy jython rhino libh2-java libhsqldb-java liblucene8-java antlr4 libantlr4-runtime-java junit5 libxalan2-java
libxerces2-java libbcel-java libasm-java ecj libmaven-compiler-plugin-java libmaven-resources-plugin-java libmaven-jar-plugin-java
libsurefire-java libjsr305-java junit4 dpkg-dev"
sources="libhamcrest-java jsoup libcommons-lang3-java"
check=
[ "$1" = --check ] && { check=1; shift; }
dir=${1:-build/apps/src}
missing=
for p in $packages; do
    dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null | grep -qx installed || missing="$missing $p"
done
for s in $sources; do
    [ -d "$dir/$s" ] || missing="$missing $s(source)"
done
[ -z "$missing" ] && exit 0
[ -n "$check" ] && { echo "missing:$missing"; exit 1; }
if [ "$(id -u)" = 0 ]; then sudo=; else sudo=sudo; fi
$sudo apt-get update -qq
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq -o DPkg::Lock::Timeout=300 --no-install-recommends $packages

# Sources through apt's own client, with lists of our own: the system's configuration stays as it is.
mkdir -p "$dir/apt/lists" "$dir/apt/parts"
dir=$(cd "$dir" && pwd)
apt-get indextargets --format 'deb-src $(REPO_URI) $(RELEASE) $(COMPONENT)' "Created-By: Packages" "Origin: Debian" | sort -u > "$dir/apt/sources.list"
apt="apt-get -q -o Dir::Etc::SourceList=$dir/apt/sources.list -o Dir::Etc::SourceParts=$dir/apt/parts -o Dir::State::lists=$dir/apt/lists
-o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Sandbox::User=root"
$apt update
for s in $sources; do
    [ -d "$dir/$s" ] && continue
    rm -rf "$dir/get" && mkdir "$dir/get"
    (cd "$dir/get" && $apt --download-only source "$s" && dpkg-source --no-check -x ./*.dsc tree > /dev/null)
    mv "$dir/get/tree" "$dir/$s"
done
rm -rf "$dir/get"
