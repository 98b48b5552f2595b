#!/bin/sh
# Installs the Debian packages that building, running and testing loam need; with --check only tells (exit 1) whether one is missing.
set -e
packages="gcc libc6-dev make libgc-dev libzip-dev libpcre2-dev libcriterion-dev libffi-dev libconfig-dev libcjson-dev libyajl-dev zlib1g-dev libcapstone-dev liblzma-dev libjs-dygraphs
gcc-riscv64-linux-gnu libc6-dev-riscv64-cross qemu-user valgrind xz-utils openjdk-17-jdk-headless jq time chromium python3-jsonschema"
missing=
for p in $packages; do
    dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null | grep -qx installed || missing="$missing $p"
done
[ -z "$missing" ] && exit 0
[ "$1" = --check ] && { echo "missing packages:$missing"; exit 1; }
if [ "$(id -u)" = 0 ]; then sudo=; else sudo=sudo; fi
echo "installing:$missing"
$sudo apt-get update -qq
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends $missing
