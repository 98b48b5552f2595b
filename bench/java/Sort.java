import java.util.Arrays;
import java.util.Comparator;

/** Sorting: own quicksort and heapsort of ints, the library's of objects with a comparator and of longs. */
final class Sort {
    private record Person(String name, int age) { }

    private static void quick(int[] a, int low, int high) {
        while (low < high) {
            int pivot = a[(low + high) >>> 1], i = low, j = high;
            while (i <= j) {
                while (a[i] < pivot) i++;
                while (a[j] > pivot) j--;
                if (i <= j) {
                    int t = a[i];
                    a[i++] = a[j];
                    a[j--] = t;
                }
            }
            if (j - low < high - i) {
                quick(a, low, j);
                low = i;
            } else {
                quick(a, i, high);
                high = j;
            }
        }
    }

    private static void sink(int[] a, int at, int end) {
        int v = a[at];
        for (int child; (child = 2 * at + 1) < end; at = child) {
            if (child + 1 < end && a[child + 1] > a[child]) child++;
            if (a[child] <= v) break;
            a[at] = a[child];
        }
        a[at] = v;
    }

    private static void heap(int[] a) {
        for (int i = a.length / 2 - 1; i >= 0; i--) sink(a, i, a.length);
        for (int end = a.length - 1; end > 0; end--) {
            int t = a[0];
            a[0] = a[end];
            a[end] = t;
            sink(a, 0, end);
        }
    }

    static long kernel(int n) {
        Bench.Random random = new Bench.Random(31);
        int[] a = new int[n];
        long[] c = new long[n];
        Person[] people = new Person[n / 8];
        for (int i = 0; i < n; i++) c[i] = a[i] = (int) random.next();
        for (int i = 0; i < people.length; i++) people[i] = new Person("p" + random.below(n), random.below(90));
        int[] b = a.clone();
        quick(a, 0, n - 1);
        heap(b);
        Arrays.sort(c);
        Arrays.sort(people, Comparator.comparingInt(Person::age).thenComparing(Person::name));
        long sum = 0;
        for (int i = 0; i < n; i++) {
            if (a[i] != b[i] || a[i] != c[i]) throw new AssertionError("sorts differ at " + i);
            sum = sum * 31 + a[i];
        }
        for (Person p : people) sum = sum * 31 + p.name().hashCode() + p.age();
        return sum;
    }

    public static void main(String[] args) { Bench.run(args, 150_000, Sort::kernel); }
}
