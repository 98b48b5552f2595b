#!/usr/bin/python3
"""Writes the report of a program that never was, of any size: a real report's head with views of so many classes.

usage: large.py SMALL.json CLASSES > LARGE.json

Each class has two fields, two methods of two lines, an allocation site and an origin that miss; every view has the same sums, which the totals tell too.
"""
import json
import sys

LEVELS = ("l1d", "l2", "llc", "dtlb", "l1i", "itlb")


def row(name, weight, **more):
    """Misses of `weight`, a bit less on each level."""
    misses = {level: weight >> i for i, level in enumerate(LEVELS)}
    return {"name": name, **more, "misses": misses}


def main():
    report = json.load(open(sys.argv[1], encoding="utf-8"))
    classes = int(sys.argv[2])
    views = {v: [] for v in ("by_class", "by_field", "by_site", "by_origin", "by_array", "by_method", "by_line", "by_branch", "by_page")}
    for i in range(classes):
        package = f"org.example.subsystem{i % 200}.part{i % 7}"
        name, file, unit = f"{package}.Component{i}", f"{package.replace('.', '/')}/Component{i}.java", 64 * (1 + (i * 2654435761 & 0xFFFF))
        views["by_class"].append(row(name, 4 * unit))
        views["by_site"].append(row(f"{name} by {name}.create(Component{i}.java:17)", 4 * unit, file=file, line=17))
        views["by_origin"].append(row(f"{name}.next, {name}.first -> {name}", 4 * unit))
        for field in ("next", "value"):
            views["by_field"].append(row(f"{name}.{field}", 2 * unit))
        for method in ("update(Ljava/util/List;I)V", "get(I)Ljava/lang/Object;"):
            full = f"{name}.{method}"
            views["by_method"].append(row(full, 2 * unit, file=file, mispredicted=2 * unit, instructions=64 * unit))
            for line in (20, 21):
                views["by_line"].append(row(f"{full[:full.index('(')]}(Component{i}.java:{line})", unit, method=full, file=file, line=line, mispredicted=unit, instructions=32 * unit))
    sums = {level: sum(r["misses"][level] for r in views["by_line"]) for level in LEVELS}
    wrong = sum(r["mispredicted"] for r in views["by_line"])
    for view in ("by_class", "by_site", "by_origin", "by_field", "by_method"):
        for level in LEVELS:
            views[view][0]["misses"][level] += sums[level] - sum(r["misses"][level] for r in views[view])
    views["by_array"] = views["by_page"] = [{"name": "(no array)", "misses": sums}]
    views["by_branch"] = [{"name": "(all branches)", "mispredicted": wrong}]
    totals = report["totals"]
    for level in LEVELS:
        totals["levels"][level] = {"accesses": 40 * sums[level], "misses": sums[level]}
    totals["branches"] = {"executed": 30 * wrong, "mispredicted": wrong}
    totals["instructions"] = sum(r["instructions"] for r in views["by_line"])
    totals["cycles"] = totals["instructions"]
    json.dump({**report, **views}, sys.stdout, indent=None)


main()
