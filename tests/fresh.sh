#!/bin/bash
# The two commands of the README on a machine that has nothing: a minimal Debian 12 made by debootstrap, with make and git and the
# packages that `make deps` names, no terminal, no locale, no home of anybody's. Slow (a quarter of an hour), needs root and the network.
# The system lives below FRESH_DIR (default build/fresh) and is removed at the end, unless FRESH_KEEP=1.
# Everything happens in mount and process namespaces of its own, so neither mounts nor processes outlive this script.
set -euo pipefail
suite=bookworm
cd "$(dirname "$0")/.."
say() { printf 'fresh: %s\n' "$*"; }
give_up() { printf 'fresh: %s\n' "$*" >&2; exit 1; }
[ "$(id -u)" = 0 ] || give_up "needs root (debootstrap and chroot): sudo make fresh-test"
if [ "${FRESH_INSIDE:-}" != 1 ]; then
    unshare --mount --pid true 2>/dev/null || give_up "cannot make namespaces (unshare): in a container, run it with --privileged"
    FRESH_INSIDE=1 exec unshare --mount --pid --fork --kill-child "$0"
fi

# The mirror is whatever this machine's apt uses: "URI suite component" per line.
sources() {
    apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' | sort -u |
        awk -v s=$suite '$3 == "main" && ($2 == s || $2 == s "-updates" || $2 == s "-security")'
}
mirror=$(sources | awk -v s=$suite '$2 == s { print $1; exit }')
[ -n "$mirror" ] || give_up "apt has no source for Debian $suite here"
if ! command -v debootstrap >/dev/null; then
    say "installing debootstrap"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends debootstrap; } >/dev/null 2>&1 ||
        give_up "cannot install debootstrap"
fi

dir=${FRESH_DIR:-$PWD/build/fresh}
root=$dir/root
mkdir -p "$dir"
# A failed umount must not let rm reach into this machine's /sys.
clean_up() {
    for m in proc sys dev/shm; do ! mountpoint -q "$root/$m" || umount "$root/$m" || exit 1; done
    if [ "${FRESH_KEEP:-}" = 1 ]; then say "kept: $dir"; else rm -rf --one-file-system "$dir"; fi
}
trap clean_up EXIT
trap 'exit 1' INT TERM HUP

say "a minimal Debian $suite"
rm -rf --one-file-system "$root"
debootstrap --variant=minbase "$suite" "$root" "$mirror" >"$dir/debootstrap.log" 2>&1 ||
    { tail -5 "$dir/debootstrap.log" | sed 's#//[^/ ]*#//...#' >&2; give_up "debootstrap failed"; }
sources | sed 's/^/deb /' >"$root/etc/apt/sources.list"
for f in resolv.conf hosts; do [ ! -e /etc/$f ] || cp -L /etc/$f "$root/etc/$f"; done
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d" # no services in a chroot
chmod 755 "$root/usr/sbin/policy-rc.d"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys" 2>/dev/null || mount --rbind /sys "$root/sys"
mkdir -p "$root/dev/shm"
mount -t tmpfs tmpfs "$root/dev/shm"

git clone -q --no-hardlinks "file://$PWD" "$root/opt/a loam tree" # the newcomer's folder has spaces
say "commit $(git -C "$root/opt/a loam tree" log -1 --format=%h)"

# in_fresh NAME COMMAND: runs it there as a newcomer would; its output goes to DIR/NAME.log.
in_fresh() {
    local name=$1 from=$SECONDS status=0
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive \
        chroot "$root" sh -c "cd '/opt/a loam tree' && { $2; }" >"$dir/$name.log" 2>&1 </dev/null || status=$?
    say "$2: exit $status after $((SECONDS - from)) s"
    return $status
}
status=0
in_fresh tools "apt-get update -qq && apt-get install -y -qq make git" || { tail -5 "$dir/tools.log" | sed 's#//[^/ ]*#//...#' >&2; give_up "no make and git"; }
in_fresh demo "make demo" || status=1
sed -n '/^== the difference/,$p' "$dir/demo.log"
[ $status = 0 ] || tail -20 "$dir/demo.log"
in_fresh test "make test" || status=1
grep -E -A8 '^FAIL' "$dir/test.log" || :
tail -1 "$dir/test.log"
left=$(git -C "$root/opt/a loam tree" status --porcelain)
[ -z "$left" ] || { say "the commands changed the tree:"; echo "$left"; status=1; }
[ $status = 0 ] && say "passed" || say "failed"
exit $status
