/** A branch on data that no history foretells: elements of a random array against a pivot. */
public class DataBranch {
    static int[] data;

    static long partition(int[] a, int pivot) {
        long low = 0;
        int high = 0;
        for (int i = 0; i < a.length; i++) {
            if (a[i] < pivot) low += a[i] * 3L ^ i;
            else high++;
        }
        return low * 31 + high;
    }

    public static void main(String[] args) {
        long seed = args.length > 0 ? Long.parseLong(args[0]) : 1;
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 60;
        data = new int[10_000];
        long sum = 0;
        for (int r = 0; r < rounds; r++) {
            for (int i = 0; i < data.length; i++) {
                seed = seed * 6364136223846793005L + 1442695040888963407L;
                data[i] = (int) (seed >>> 33) % 1000;
            }
            sum = sum * 17 + partition(data, 400 + r % 200);
        }
        System.out.println(sum);
    }
}
