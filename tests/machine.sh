# A machine that has nothing: a minimal Debian 12 made by debootstrap, no terminal, no locale, no home of anybody's; for tests/fresh.sh and
# tests/deb.sh, which include this file. Needs root and the network. Everything happens in mount and process namespaces of its own, so neither
# mounts nor processes outlive the script. The system lives below $dir/root (FRESH_DIR) and is removed at the end, unless FRESH_KEEP=1.
suite=bookworm
say() { printf '%s: %s\n' "$test_name" "$*"; }
give_up() { printf '%s: %s\n' "$test_name" "$*" >&2; exit 1; }

# Starts the script that includes this anew in namespaces of its own. Usage: inside_namespaces MAKE_TARGET
inside_namespaces() {
    [ "$(id -u)" = 0 ] || give_up "needs root (debootstrap and chroot): sudo make $1"
    if [ "${FRESH_INSIDE:-}" != 1 ]; then
        unshare --mount --pid true 2>/dev/null || give_up "cannot make namespaces (unshare): in a container, run it with --privileged"
        FRESH_INSIDE=1 exec unshare --mount --pid --fork --kill-child "$0"
    fi
}

# The mirror is whatever this machine's apt uses: "URI suite component" per line.
sources() {
    apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' | sort -u |
        awk -v s=$suite '$3 == "main" && ($2 == s || $2 == s "-updates" || $2 == s "-security")'
}
without_hosts() { sed 's#//[^/ ]*#//...#' >&2; }

# A failed umount must not let rm reach into this machine's /sys.
clean_up() {
    for m in proc sys dev/shm; do ! mountpoint -q "$root/$m" || umount "$root/$m" || exit 1; done
    if [ "${FRESH_KEEP:-}" = 1 ]; then say "kept: $dir"; else rm -rf --one-file-system "$dir"; fi
}

# Sets dir and root.
make_machine() {
    local mirror
    mirror=$(sources | awk -v s=$suite '$2 == s { print $1; exit }')
    [ -n "$mirror" ] || give_up "apt has no source for Debian $suite here"
    if ! command -v debootstrap >/dev/null; then
        say "installing debootstrap"
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends debootstrap; } >/dev/null 2>&1 ||
            give_up "cannot install debootstrap"
    fi
    dir=${FRESH_DIR:-$PWD/build/machine-$test_name}
    root=$dir/root
    mkdir -p "$dir"
    trap clean_up EXIT
    trap 'exit 1' INT TERM HUP
    say "a minimal Debian $suite"
    rm -rf --one-file-system "$root"
    debootstrap --variant=minbase "$suite" "$root" "$mirror" >"$dir/debootstrap.log" 2>&1 ||
        { tail -5 "$dir/debootstrap.log" | without_hosts; give_up "debootstrap failed"; }
    sources | sed 's/^/deb /' >"$root/etc/apt/sources.list"
    for f in resolv.conf hosts; do [ ! -e /etc/$f ] || cp -L /etc/$f "$root/etc/$f"; done
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d" # no services in a chroot
    chmod 755 "$root/usr/sbin/policy-rc.d"
    mount -t proc proc "$root/proc"
    mount -t sysfs -o ro sysfs "$root/sys" 2>/dev/null || mount --rbind /sys "$root/sys"
    mkdir -p "$root/dev/shm"
    mount -t tmpfs tmpfs "$root/dev/shm"
}

# in_machine NAME DIRECTORY COMMAND: runs it there as a newcomer would; its output goes to $dir/NAME.log.
in_machine() {
    local name=$1 from=$SECONDS status=0
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive \
        chroot "$root" sh -c "cd '$2' && { $3; }" >"$dir/$name.log" 2>&1 </dev/null || status=$?
    say "$3: exit $status after $((SECONDS - from)) s"
    return $status
}
