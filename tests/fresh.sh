#!/bin/bash
# What README tells a newcomer, on a machine that has nothing (tests/machine.sh), with make and git and the packages that `make deps` names: the
# commands under "Start", as they stand there, with a class of the newcomer's own; `make demo`; `make test`. Slow (a quarter of an hour), needs
# root and the network. Usage: fresh.sh [start] [demo] [test]; FRESH_PARTS does the same.
set -euo pipefail
cd "$(dirname "$0")/.."
test_name=fresh
. tests/machine.sh
export FRESH_PARTS=${*:-${FRESH_PARTS:-start demo test}}
inside_namespaces fresh-test
make_machine

tree='/opt/a loam tree' # the newcomer's folder has spaces
git clone -q --no-hardlinks "file://$PWD" "$root$tree"
say "commit $(git -C "$root$tree" log -1 --format=%h)"
status=0
wanted() { case " $FRESH_PARTS " in *" $1 "*) ;; *) return 1 ;; esac; }
in_machine tools "$tree" "apt-get update -qq && apt-get install -y -qq make git" || { tail -5 "$dir/tools.log" | without_hosts; give_up "no make and git"; }
if wanted start; then
    printf 'public class Main {\n    public static void main(String[] a) { System.out.println("my own class"); }\n}\n' > "$root$tree/Main.java"
    sed -n '/^## Start/,/^## /p' README.md | awk '/^```/ { n++; next } n == 1' > "$root$tree/start.sh"
    say "README's start: $(wc -l < "$root$tree/start.sh") commands"
    in_machine start "$tree" "sh -e start.sh" || { tail -20 "$dir/start.log"; status=1; }
    if [ "$(wc -l < "$root$tree/start.sh")" -gt 3 ] || ! grep -q 'my own class' "$dir/start.log" || ! tail -c 20 "$root$tree/r.html" | grep -q '</html>'; then
        say "README's start makes no report in three commands"; status=1
    fi
    rm -rf "$root$tree"/{Main.java,start.sh,classes,r.html}
fi
if wanted demo; then
    in_machine demo "$tree" "make demo" || { tail -20 "$dir/demo.log"; status=1; }
    sed -n '/^== the difference/,$p' "$dir/demo.log"
fi
if wanted test; then
    in_machine test "$tree" "make test" || status=1
    grep -E -A8 '^FAIL' "$dir/test.log" || :
    tail -1 "$dir/test.log"
fi
left=$(git -C "$root$tree" status --porcelain)
[ -z "$left" ] || { say "the commands changed the tree:"; echo "$left"; status=1; }
[ $status = 0 ] && say "passed" || say "failed"
exit $status
