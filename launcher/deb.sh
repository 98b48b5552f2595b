#!/bin/sh
# Makes BUILD/loam_VERSION_ARCH.deb from what `make install` installs. Usage: deb.sh BUILD VERSION; through `make deb`.
set -e
b=$1 version=$2
stage=$b/deb arch=$(dpkg --print-architecture)
rm -rf "$stage"
"${MAKE:-make}" -s B="$b" DESTDIR="$stage" PREFIX=/usr install
# The packages of the libraries that the executable names; libc's version decides whether it starts at all.
depends=$(readelf -d "$stage/usr/bin/loam" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' | while read -r so; do
    path=$(ldconfig -p | awk -v so="$so" '$1 == so { print $NF; exit }')
    dpkg -S "$(readlink -f "$path")" "$path" 2>/dev/null | head -1 | cut -d: -f1
done | sort -u | sed "s/^libc6\$/libc6 (>= $(dpkg-query -W -f '${Version}' libc6 | cut -d- -f1))/" | paste -sd, | sed 's/,/, /g')
mkdir -p "$stage/DEBIAN"
cat > "$stage/DEBIAN/control" <<CONTROL
Package: loam
Version: $version
Architecture: $arch
Maintainer: loam's makers <loam@localhost>
Section: devel
Priority: optional
Installed-Size: $(du -sk "$stage/usr" | cut -f1)
Depends: $depends, openjdk-17-jre-headless
Suggests: openjdk-17-jdk-headless, valgrind, kcachegrind
Description: virtual machine for Java that shows and mends cache misses
 Runs Java bytecode natively, or on a simulated, configurable RISC-V core, and
 reports cache misses by class, field, allocation site, method and source line.
 A layout optimizer moves objects so that the program misses less.
CONTROL
dpkg-deb --root-owner-group --build "$stage" "$b/loam_${version}_$arch.deb"
