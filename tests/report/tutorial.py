#!/usr/bin/python3
"""Runs the commands of a page's console blocks and compares what they print with what the page says.

usage: tutorial.py PAGE.md LOAM DIRECTORY [--update]

The commands run in DIRECTORY, with LOAM's directory first on the PATH. In the output, "..." stands for any number of lines. Numbers may differ by a
third (or by 3, if small), since the simulated program is the virtual machine's too; everything else must be the same. Prints "ok" and "FAIL" lines.
With --update the page then says what was printed, but for output with gaps; what the text around it concludes is for its reader to check.
"""
import os
import re
import subprocess
import sys

NUMBER = re.compile(r"[-+]?\d[\d,]*(?:\.\d+)?")


def blocks(page):
    """(command, expected lines) of each `$ ` line in a console block."""
    inside, command, lines = False, None, []
    for line in open(page, encoding="utf-8"):
        line = line.rstrip("\n")
        if line.startswith("```"):
            if command:
                yield command, lines
            inside, command, lines = line == "```console", None, []
        elif inside and line.startswith("$ "):
            if command:
                yield command, lines
            command, lines = line[2:], []
        elif inside:
            lines.append(line)


def same(want, got):
    """The same words, and numbers that are near."""
    words = [re.sub(r"[\s+]+", " ", NUMBER.sub("#", text)).strip() for text in (want, got)]
    if words[0] != words[1]:
        return False
    for a, b in zip(NUMBER.findall(want), NUMBER.findall(got)):
        a, b = (float(n.replace(",", "")) for n in (a, b))
        if abs(a - b) > max(3, max(abs(a), abs(b)) / 3):
            return False
    return True


def matches(want, got):
    """Lines against lines, with gaps."""
    if not want:
        return not got
    if want[0] == "...":
        return any(matches(want[1:], got[i:]) for i in range(len(got) + 1))
    return bool(got) and same(want[0], got[0]) and matches(want[1:], got[1:])


def update(page, command, want, got):
    """What the command prints, put in the place of what the page says."""
    old, new = ("\n".join(["$ " + command, *lines]) + "\n" for lines in (want, got))
    text = open(page, encoding="utf-8").read()
    if "..." not in want and text.count(old) == 1:
        open(page, "w", encoding="utf-8").write(text.replace(old, new))


def main():
    page, loam, directory = sys.argv[1:4]
    env = dict(os.environ, PATH=os.path.dirname(os.path.realpath(loam)) + ":" + os.environ["PATH"])
    for number, (command, want) in enumerate(list(blocks(page)), 1):
        run = subprocess.run(["bash", "-c", command], cwd=directory, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=200)
        got = run.stdout.decode("utf-8", "replace").splitlines()
        if matches([line.rstrip() for line in want], [line.rstrip() for line in got]):
            print(f"ok {os.path.basename(page)} {number}: {command}")
        else:
            print(f"FAIL {os.path.basename(page)} {number}: {command}")
            print("\n".join("    " + line for line in got[:40]))
        if "--update" in sys.argv[4:]:
            update(page, command, want, got)


main()
