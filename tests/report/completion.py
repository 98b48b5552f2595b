#!/usr/bin/python3
"""What a shell makes of a few beginnings of commands when somebody presses the tabulator key, on a terminal of its own.

usage: completion.py LOAM FOLDER bash|zsh [SHELL]

FOLDER becomes the shell's home and working directory. Prints a line "ok ..." or "FAIL ..." for each beginning.
"""
import os
import pty
import re
import select
import shlex
import shutil
import sys
import time

loam, folder, kind = os.path.abspath(sys.argv[1]), sys.argv[2], sys.argv[3]
shell = sys.argv[4] if len(sys.argv) > 4 else kind
tree = os.getcwd()
FILES = ("my folder/a b.json", "some report.json", "own.cfg", "Tool.java", "classes/Main.class", "classes/pkg/Deep.class")
# What is typed - a tabulator where the key is pressed - and the words that the command then has, an X having been typed behind it.
CASES = [
    ("loam rep\t", "loam report X"),
    ("loam --cor\tzen\t", "loam --core=zen3 X"),
    ("loam --model=c\t", "loam --model=counts X"),
    ("loam --layout-order=all\t", "loam --layout-order=allocation X"),
    ("loam report so\t", "loam report 'some report.json' X"),
    ("loam report my\ta\t", "loam report 'my folder/a b.json' X"),
    ("loam report x.json --for\tht\t", "loam report x.json --format=html X"),
    ("loam explain l1d.mis\t", "loam explain l1d.misses X"),
    ("loam cores zen\t", "loam cores zen3 X"),
    ("loam --report=my\t", "loam '--report=my folder/X'"),
    ("loam Too\t", "loam Tool.java X"),
    ("loam -cp classes Ma\t", "loam -cp classes Main X"),
    ("loam -cp classes pkg\t", "loam -cp classes pkg.Deep X"),
]


def read(fd, seconds, until=None):
    """What comes within so many seconds, or until it has come."""
    got, end = "", time.time() + seconds
    while time.time() < end and not (until and re.search(until, got)):
        if select.select([fd], [], [], 0.1)[0]:
            try:
                got += os.read(fd, 65536).decode("utf-8", "replace")
            except OSError:
                break
    return got


def words_of(fd, typed):
    """Types, and has printf tell the words."""
    for part in re.split("(\t)", typed):
        os.write(fd, part.encode())
        quiet = 0
        while quiet < (4 if part == "\t" else 1):  # until the shell has nothing more to say
            quiet = 0 if read(fd, 0.2) else quiet + 1
    os.write(fd, b"X\x01printf '<%s>' START \r")
    said = read(fd, 10, "<START>(<[^>]*>)+")
    return re.findall("<([^>]*)>", said.split("<START>")[-1])


def main():
    shutil.rmtree(folder, ignore_errors=True)
    for name in FILES:
        os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
        open(os.path.join(folder, name), "w").close()
    env = {"PATH": os.path.dirname(loam) + ":" + os.environ["PATH"], "HOME": os.path.abspath(folder), "TERM": "dumb", "LC_ALL": "C.UTF-8"}
    for name in ("LD_LIBRARY_PATH", "JAVA_HOME", "FPATH", "MODULE_PATH"):
        if name in os.environ:
            env[name] = os.environ[name]
    pid, fd = pty.fork()
    if not pid:
        os.chdir(folder)
        os.execvpe(shell, [shell, "--norc", "--noprofile", "-i"] if kind == "bash" else [shell, "-f", "-i"], env)
    if kind == "bash":
        setup = ["PS1='# '", "bind 'set bell-style none'", "bind 'set horizontal-scroll-mode off'", f". '{tree}/completion/loam.bash'"]
    else:
        setup = ["PROMPT='# '; unsetopt zle_bracketed_paste list_beep prompt_sp; setopt no_list_ambiguous", "module_path=($MODULE_PATH $module_path)" if "MODULE_PATH" in env else ":",
                 f"fpath=('{tree}/completion' $fpath); autoload -Uz compinit && compinit -u -D"]
    os.write(fd, b"stty columns 200\n")
    read(fd, 1)
    for line in setup:
        os.write(fd, line.encode() + b"\n")
        read(fd, 1.5)
    for typed, want in CASES:
        got = words_of(fd, typed)
        name = f"{kind} completes {typed.encode('unicode_escape').decode()}"
        print(f"ok report {name}" if got == shlex.split(want) else f"FAIL report {name}: {got}")
    os.write(fd, b"exit\n")
    read(fd, 0.5)
    os.close(fd)
    os.waitpid(pid, 0)


main()
