#!/bin/bash
# The Debian package on a machine that has nothing (tests/machine.sh): it installs with what it depends on and nothing else, runs a class natively and
# on the core, writes a report, and leaves nothing behind when it goes. Needs root and the network, and `make deb` done.
set -euo pipefail
cd "$(dirname "$0")/.."
test_name=deb
. tests/machine.sh
inside_namespaces deb-test
package=$(ls -t "${B:-build}"/loam_*.deb 2>/dev/null | head -1)
[ -n "$package" ] || give_up "no package: make deb"
make_machine

failed=0
# step NAME COMMAND: says the end of its log if it fails
step() { in_machine "$1" /opt "$2" || { tail -8 "$dir/$1.log" | without_hosts; failed=1; }; }
cp "$package" "$root/opt/loam.deb"
mkdir "$root/opt/classes"
javac -g -nowarn -d "$root/opt/classes" examples/LTree.java
files() { (cd "$root" && find usr etc -path usr/share/man -prune -o -cnewer "$dir/before" -name '*loam*' -print); }
touch "$dir/before"
step update "apt-get update -qq"
step install "apt-get install -y -qq --no-install-recommends ./loam.deb"
say "$(files | wc -l) files and folders of its name, $(chroot "$root" dpkg-query -W -f '${Installed-Size} KiB, version ${Version}' loam)"
step native "loam -cp classes LTree 500 500"
step report "loam --core=default --model=counts --layout=on --report=r.html --report=r.json -cp classes LTree 2000 4000"
step again "loam report r.json -o again.html && cmp r.html again.html && loam diff r.json r.json -o d.html && loam explain l1d.misses && loam cores zen3"
tail -c 20 "$root/opt/r.html" | grep -q '</html>' || { say "r.html is no whole page"; failed=1; }
jq -rf tests/report/sums.jq "$root/opt/r.json" | grep -qx 'sums agree' || { say "the report's sums do not agree"; failed=1; }
chroot "$root" dpkg -V loam || failed=1
step remove "apt-get remove -y -qq loam"
[ -z "$(files)" ] || { say "left behind:"; files; failed=1; }
[ $failed = 0 ] && say "passed" || say "failed"
exit $failed
