package shop;

import java.util.LinkedHashMap;
import java.util.Map;

/** What the tests test. */
class Cart {
    private final Map<String, Integer> items = new LinkedHashMap<>();

    void add(String item, int n) {
        if (n <= 0) throw new IllegalArgumentException("count must be positive: " + n);
        items.merge(item, n, Integer::sum);
    }
    int count() { return items.values().stream().mapToInt(i -> i).sum(); }
    Map<String, Integer> items() { return items; }
}
