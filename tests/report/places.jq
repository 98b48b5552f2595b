# Misses of data that no firmware made, and of them those of code that is no method's, and those on objects of which no field, header or element is known.
def misses(f): [f | .misses | .l1d, .l2, .dtlb] | add // 0;
def firmware: .name | startswith("(firmware)");
([.by_class[].name] | map({(.): true}) | add) as $classes
| { all: (misses(.by_method[]) - misses(.by_method[] | select(firmware))),
    no_method: misses(.by_method[] | select(.name == "(runtime)")),
    no_line: misses(.by_line[] | select(.name == "(runtime)")),
    no_field: misses(.by_field[] | select((.name | test("^\\(|\\[\\]$") | not) and $classes[.name])) }
