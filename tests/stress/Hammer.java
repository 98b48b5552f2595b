import java.util.concurrent.*;

/** Many threads on one ConcurrentHashMap, one synchronized counter and one bounded queue: `Hammer THREADS SECONDS`. */
public class Hammer {
    static final int KEYS = 1000, ROUND = 64;
    static final ConcurrentHashMap<Integer, Long> map = new ConcurrentHashMap<>();
    static final ArrayBlockingQueue<Long> queue = new ArrayBlockingQueue<>(16);
    static long counter;
    static volatile boolean stop;

    static synchronized void count() { counter++; }

    /** Even threads put into the queue what odd ones take; a zero ends one taker. */
    static final class Worker extends Thread {
        final int id;
        long rounds, put, taken, mapped;
        Worker(int id) { super("worker " + id); this.id = id; }

        @Override public void run() {
            try {
                if (id % 2 == 0) while (!stop) { work(); long v = rounds * 31 + id + 1; queue.put(v); put += v; }
                else for (long v; (v = queue.take()) != 0; ) { taken += v; work(); }
            } catch (InterruptedException e) { throw new IllegalStateException(e); }
        }
        void work() {
            rounds++;
            for (int i = 0; i < ROUND; i++) {
                map.merge((int) ((rounds * 7919 + i * 31L + id) % KEYS), 1L, Long::sum);
                mapped++;
                count();
            }
            if (rounds % 16 == 0) for (int k = id; k < KEYS; k += 97) map.computeIfPresent(k, (key, v) -> v);
        }
    }

    public static void main(String[] args) throws Exception {
        int threads = Integer.parseInt(args[0]);
        double seconds = Double.parseDouble(args[1]);
        Worker[] workers = new Worker[threads];
        for (int i = 0; i < threads; i++) (workers[i] = new Worker(i)).start();
        for (int part = 0; part < 8; part++) { Thread.sleep((long) (seconds * 1000 / 8)); Memory.look(part >= 1); }
        stop = true;
        for (int i = 0; i < threads; i += 2) workers[i].join();
        for (int i = 1; i < threads; i += 2) queue.put(0L);
        for (int i = 1; i < threads; i += 2) workers[i].join();

        long put = 0, taken = 0, mapped = 0, rounds = 0, least = Long.MAX_VALUE, most = 0, inMap = 0;
        for (Worker w : workers) {
            put += w.put; taken += w.taken; mapped += w.mapped; rounds += w.rounds;
            least = Math.min(least, w.rounds); most = Math.max(most, w.rounds);
        }
        for (long v : map.values()) inMap += v;
        System.out.println("queue " + (put == taken && queue.isEmpty() ? "nothing lost" : "LOST " + (put - taken)));
        System.out.println("map " + (inMap == mapped ? "nothing lost" : "LOST " + (mapped - inMap)));
        System.out.println("counter " + (counter == mapped ? "nothing lost" : "LOST " + (mapped - counter)));
        System.out.println("turns " + (least > 0 ? "everybody had some" : "somebody starved"));
        System.out.println("memory " + Memory.verdict());
        System.err.printf("rounds %d, least %d, most %d%n", rounds, least, most);
    }
}
