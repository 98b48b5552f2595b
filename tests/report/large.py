#!/usr/bin/python3
"""Writes the report of a program that never was, of any size: a real report's head with views of so many classes.

usage: large.py SMALL.json CLASSES > LARGE.json

Each class has two fields, two methods of two lines, an allocation site and an origin that miss; the rows of each view add up to the totals.
"""
import json
import sys

LEVELS = ("l1d", "l2", "llc", "dtlb", "l1i", "itlb")
METHODS = (("update", "(Ljava/util/List;I)V"), ("get", "(I)Ljava/lang/Object;"))


def misses(weight):
    """As many misses of L1D, half as many of each level further on: weights are multiples of 64."""
    return '"misses":{' + ",".join(f'"{level}":{weight >> i}' for i, level in enumerate(LEVELS)) + "}"


def rows_of(i, unit):
    """The rows of one class, by view. Every view gets 4 units of L1D misses, 4 of mispredicted branches, 128 of instructions."""
    package = f"org.example.subsystem{i % 200}.part{i % 7}"
    name, file = f"{package}.Component{i}", f"{package.replace('.', '/')}/Component{i}.java"
    place = f'"file":"{file}"'
    yield "by_class", f'{{"name":"{name}",{misses(4 * unit)}}}'
    yield "by_site", f'{{"name":"{name} by {name}.create(Component{i}.java:17)",{place},"line":17,{misses(4 * unit)}}}'
    yield "by_origin", f'{{"name":"{name}.next, {name}.first -> {name}",{misses(4 * unit)}}}'
    for field in ("next", "value"):
        yield "by_field", f'{{"name":"{name}.{field}",{misses(2 * unit)}}}'
    for method, types in METHODS:
        full = f"{name}.{method}{types}"
        yield "by_method", f'{{"name":"{full}",{place},{misses(2 * unit)},"mispredicted":{2 * unit},"instructions":{64 * unit}}}'
        for line in (20, 21):
            where = f'"name":"{name}.{method}(Component{i}.java:{line})","method":"{full}",{place},"line":{line}'
            yield "by_line", f'{{{where},{misses(unit)},"mispredicted":{unit},"instructions":{32 * unit}}}'


def main():
    report = json.load(open(sys.argv[1], encoding="utf-8"))
    units = [64 * (1 + (i * 2654435761 & 0xFFFF)) for i in range(int(sys.argv[2]))]
    views = {v: [] for v in ("by_class", "by_field", "by_site", "by_origin", "by_array", "by_method", "by_line", "by_branch", "by_page")}
    for i, unit in enumerate(units):
        for view, text in rows_of(i, unit):
            views[view].append(text)
    every = 4 * sum(units)
    views["by_array"] = views["by_page"] = [f'{{"name":"(no array)",{misses(every)}}}']
    views["by_branch"] = [f'{{"name":"(runtime)","mispredicted":{every}}}']
    totals = report["totals"]
    totals["levels"] = {level: {"accesses": 40 * every, "misses": every >> i} for i, level in enumerate(LEVELS)}
    totals["branches"] = {"executed": 30 * every, "mispredicted": every}
    totals["instructions"] = totals["cycles"] = 32 * every
    head = json.dumps({k: v for k, v in report.items() if k not in views})
    sys.stdout.write(head[:-1])
    for view, rows in views.items():
        sys.stdout.write(f',\n"{view}": [\n' + ",\n".join(rows) + "\n]")
    sys.stdout.write("}\n")


main()
