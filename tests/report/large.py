#!/usr/bin/python3
"""Writes the report of a program that never was, of any size: a real report's head with views of so many classes.

usage: large.py SMALL.json CLASSES [--shuffled] > LARGE.json

Each class has two fields, two methods of two lines, an allocation site and an origin that miss; the rows of each view add up to the totals. They come by
their misses, as in loam's own reports; --shuffled: in another order.
"""
import json
import sys

LEVELS = ("l1d", "l2", "llc", "dtlb", "l1i", "itlb")
METHODS = (("get", "(I)Ljava/lang/Object;"), ("update", "(Ljava/util/List;I)V"))


def misses(weight):
    """As many misses of L1D, half as many of each level further on: weights are multiples of 64."""
    return '"misses":{' + ",".join(f'"{level}":{weight >> i}' for i, level in enumerate(LEVELS)) + "}"


def rows_of(view, i, unit):
    """The rows of one class in one view. Every view gets 4 units of L1D misses, 4 of mispredicted branches, 128 of instructions."""
    name = name_of(i)
    file = f"{name.replace('.', '/')}.java"
    place = f'"file":"{file}"'
    if view == "by_class":
        yield f'{{"name":"{name}",{misses(4 * unit)}}}'
    elif view == "by_site":
        yield f'{{"name":"{name} by {name}.create(Component{i}.java:17)",{place},"line":17,{misses(4 * unit)}}}'
    elif view == "by_origin":
        yield f'{{"name":"{name}.next, {name}.first -> {name}",{misses(4 * unit)}}}'
    elif view == "by_field":
        for field in ("next", "value"):
            yield f'{{"name":"{name}.{field}",{misses(2 * unit)}}}'
    elif view == "by_method":
        for method, types in METHODS:
            yield f'{{"name":"{name}.{method}{types}",{place},{misses(2 * unit)},"mispredicted":{2 * unit},"instructions":{64 * unit}}}'
    elif view == "by_line":
        for method, types in METHODS:
            for line in (20, 21):
                where = f'"name":"{name}.{method}(Component{i}.java:{line})","method":"{name}.{method}{types}",{place},"line":{line}'
                yield f'{{{where},{misses(unit)},"mispredicted":{unit},"instructions":{32 * unit}}}'


def name_of(i):
    return f"org.example.subsystem{i % 200}.part{i % 7}.Component{i}"


def unit_of(i):
    return 64 * (1 + (i * 2654435761 & 0xFFFF))


def main():
    report = json.load(open(sys.argv[1], encoding="utf-8"))
    classes = int(sys.argv[2])
    shuffled = "--shuffled" in sys.argv[3:]
    order = range(classes) if shuffled else sorted(range(classes), key=lambda i: (-unit_of(i), name_of(i)))
    views = ("by_class", "by_field", "by_site", "by_origin", "by_array", "by_method", "by_line", "by_branch", "by_page")
    every = 4 * sum(unit_of(i) for i in range(classes))
    totals = report["totals"]
    totals["levels"] = {level: {"accesses": 40 * every, "misses": every >> i} for i, level in enumerate(LEVELS)}
    totals["branches"] = {"executed": 30 * every, "mispredicted": every}
    totals["instructions"] = totals["cycles"] = 32 * every
    head = json.dumps({k: v for k, v in report.items() if k not in views})
    sys.stdout.write(head[:-1])
    for view in views:
        sys.stdout.write(f',\n"{view}": [\n')
        if view in ("by_array", "by_page"):
            sys.stdout.write(f'{{"name":"(no array)",{misses(every)}}}')
        elif view == "by_branch":
            sys.stdout.write(f'{{"name":"(runtime)","mispredicted":{every}}}')
        else:
            for n, i in enumerate(order):
                sys.stdout.write((",\n" if n else "") + ",\n".join(rows_of(view, i, unit_of(i))))
        sys.stdout.write("\n]")
    sys.stdout.write("}\n")


main()
