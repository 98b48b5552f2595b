import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Threads: monitors with wait and notify, executors, atomics, a concurrent map, joins. Its output does not depend on the schedule. */
public class Workers {
    /** A bounded buffer with one monitor. */
    static final class Buffer {
        private final int[] slots = new int[8];
        private int head, count;
        synchronized void put(int v) throws InterruptedException {
            while (count == slots.length) wait();
            slots[(head + count++) % slots.length] = v;
            notifyAll();
        }
        synchronized int take() throws InterruptedException {
            while (count == 0) wait();
            int v = slots[head];
            head = (head + 1) % slots.length;
            count--;
            notifyAll();
            return v;
        }
    }

    static long produceAndConsume(int n) throws InterruptedException {
        Buffer buffer = new Buffer();
        long[] sum = new long[1];
        Thread producer = new Thread(() -> {
            try {
                for (int i = 1; i <= n; i++) buffer.put(i);
                buffer.put(-1);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }, "producer");
        Thread consumer = new Thread(() -> {
            try {
                for (int v; (v = buffer.take()) >= 0; ) sum[0] += v;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }, "consumer");
        producer.start();
        consumer.start();
        producer.join();
        consumer.join();
        return sum[0];
    }

    public static void main(String[] args) throws Exception {
        System.out.println("sum " + produceAndConsume(2000));
        ExecutorService pool = Executors.newFixedThreadPool(3);
        List<Future<Integer>> futures = new ArrayList<>();
        ConcurrentHashMap<Integer, Integer> squares = new ConcurrentHashMap<>();
        AtomicLong total = new AtomicLong();
        CountDownLatch latch = new CountDownLatch(20);
        for (int i = 0; i < 20; i++) {
            int id = i;
            futures.add(pool.submit(() -> {
                for (int k = 0; k < 50; k++) squares.merge(k, id, Integer::sum);
                total.addAndGet(id);
                latch.countDown();
                return id * id;
            }));
        }
        latch.await();
        int sum = 0;
        for (Future<Integer> f : futures) sum += f.get();
        pool.shutdown();
        System.out.println("terminated " + pool.awaitTermination(5, TimeUnit.SECONDS) + ", squares " + sum + ", total " + total + ", merged " + squares.get(7));
        Thread sleeper = new Thread(() -> {
            try {
                Thread.sleep(60_000);
                System.out.println("not interrupted");
            } catch (InterruptedException e) {
                System.out.println("interrupted: " + e.getMessage() + " " + Thread.currentThread().isInterrupted());
            }
        });
        sleeper.start();
        Thread.sleep(5);
        sleeper.interrupt();
        sleeper.join();
        System.out.println(sleeper.getState() + " " + Thread.currentThread().getName());
    }
}
