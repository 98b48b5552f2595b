package shop;

import static org.junit.jupiter.api.Assertions.*;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.*;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Passing, failing, skipped, parameterized, nested, repeated and generated tests. */
@TestMethodOrder(MethodOrderer.MethodName.class)
class CartTest {
    Cart cart;

    @BeforeEach void fresh() { cart = new Cart(); }
    @Test void addsUp() { cart.add("apple", 2); cart.add("apple", 3); assertEquals(5, cart.count()); }
    @Test void refuses() { assertEquals("count must be positive: 0", assertThrows(IllegalArgumentException.class, () -> cart.add("pear", 0)).getMessage()); }
    @Test void fails() { cart.add("plum", 1); assertEquals(List.of("plum", "fig"), List.copyOf(cart.items().keySet()), "this one is meant to fail"); }
    @Test @Disabled("not today") void disabled() { fail(); }
    @Test void assumed() { assumeTrue(cart.count() > 0, "cart is empty"); }
    @Test void inTime() { assertTimeout(Duration.ofSeconds(30), () -> cart.add("kiwi", 1)); }
    @Test void inTimePreemptively() { assertEquals(3, assertTimeoutPreemptively(Duration.ofSeconds(30), () -> { cart.add("kiwi", 3); return cart.count(); })); }
    @ParameterizedTest @ValueSource(ints = { 1, 2, 40 }) void values(int n) { cart.add("x", n); assertEquals(n, cart.count()); }
    @ParameterizedTest(name = "{0} x {1}") @CsvSource({ "apple, 3", "'a, b', 4" }) void csv(String name, int n) { cart.add(name, n); assertEquals(n, cart.items().get(name)); }
    static Stream<List<Integer>> lists() { return Stream.of(List.of(1), List.of(1, 2, 3)); }
    @ParameterizedTest @MethodSource("lists") void methodSource(List<Integer> l) { l.forEach(n -> cart.add("y" + n, n)); assertEquals(l.size(), cart.items().size()); }
    @RepeatedTest(3) void repeated(RepetitionInfo info) { assertTrue(info.getCurrentRepetition() <= 3); }
    @TestFactory Stream<DynamicTest> dynamic() { return Stream.of("a", "bb").map(s -> DynamicTest.dynamicTest("dynamic " + s, () -> cart.add(s, s.length()))); }

    @Nested @DisplayName("a full cart") class Full {
        @BeforeEach void fill() { for (int i = 0; i < 100; i++) cart.add("item" + i, 1); }
        @Test void all() { assertAll(() -> assertEquals(100, cart.count()), () -> assertEquals(100, cart.items().size())); }
        @Test void ordered() { assertEquals("item0", cart.items().keySet().iterator().next()); }
    }
}
