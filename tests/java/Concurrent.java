import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;
import java.util.concurrent.locks.*;

/** java.util.concurrent: executors, futures, synchronizers, locks, queues, atomics, fork/join, thread locals, interrupts, timers. */
public class Concurrent {
    static class Fib extends RecursiveTask<Integer> { final int n; Fib(int n) { this.n = n; } protected Integer compute() { if (n < 8)
        return n < 2 ? n : new Fib(n - 1).compute() + new Fib(n - 2).compute(); Fib a = new Fib(n - 1); a.fork(); return new Fib(n -
        2).compute() + a.join(); } }
    static void p(Object o) { System.out.println(o); }
    public static void main(String[] z) throws Exception {
        ExecutorService ex = Executors.newFixedThreadPool(3);
        List<Future<Integer>> fs = new ArrayList<>();
        for (int i = 0; i < 6; i++) { int k = i; fs.add(ex.submit(() -> k * k)); }
        int s = 0;
        for (var f : fs) s += f.get();
        p(s);
        try { ex.submit(() -> { throw new java.io.IOException("task"); }).get(); } catch (ExecutionException e) { p(e.getMessage() +
            e.getCause().getClass()); }
        p(ex.invokeAny(List.of(() -> "any")));
        for (var f : ex.invokeAll(List.of(() -> 1, () -> 2))) p(f.get());
        Future<?> slow = ex.submit(() -> { try { Thread.sleep(100000); } catch (InterruptedException e) { p("interrupted"); } });
        Thread.sleep(20);
        p(slow.cancel(true) + " " + slow.isCancelled());
        try { slow.get(); } catch (CancellationException e) { p("cancelled"); }
        ex.shutdown();
        p(ex.awaitTermination(5, TimeUnit.SECONDS));
        try { ex.submit(() -> 1); } catch (RejectedExecutionException e) { p("rejected"); }
        p(ForkJoinPool.commonPool().invoke(new Fib(15)) + " " + new ForkJoinPool(4).submit(() -> java.util.stream.IntStream.range(0,
            1000).parallel().sum()).get());
        CompletableFuture<String> cf = CompletableFuture.supplyAsync(() -> 20).thenApplyAsync(x -> x +
            1).thenCombine(CompletableFuture.supplyAsync(() -> "x"), (a, b) -> b + a).thenCompose(v -> CompletableFuture.supplyAsync(() -> v + "!"));
        p(cf.get());
        p(CompletableFuture.supplyAsync(() -> { if (true) throw new IllegalStateException("cf"); return 1; }).handle((v, t) -> t.toString()).join());
        p(CompletableFuture.failedFuture(new Exception("f")).exceptionally(t -> "rec " + t.getMessage()).join());
        try { CompletableFuture.supplyAsync(() -> 1 / (int) 0L).join(); } catch (CompletionException e) { p(e.getMessage()); }
        p(new CompletableFuture<String>().completeOnTimeout("late", 10, TimeUnit.MILLISECONDS).join());
        try { new CompletableFuture<String>().orTimeout(10, TimeUnit.MILLISECONDS).join(); } catch (CompletionException e) {
            p(e.getCause().getClass()); }
        CompletableFuture.allOf(cf, cf).thenRun(() -> p("all")).join();
        CyclicBarrier bar = new CyclicBarrier(3, () -> p("barrier trips"));
        Thread[] ts = new Thread[3];
        AtomicInteger cnt = new AtomicInteger();
        for (int i = 0; i < 3; i++) { ts[i] = new Thread(() -> { try { for (int r = 0; r < 3; r++) { cnt.incrementAndGet(); bar.await(); } }
            catch (Exception e) { p(e); } }); ts[i].start(); }
        for (Thread t : ts) t.join();
        p(cnt);
        CountDownLatch latch = new CountDownLatch(4);
        for (int i = 0; i < 4; i++) new Thread(latch::countDown).start();
        latch.await();
        p(latch.getCount());
        Phaser ph = new Phaser(1) { protected boolean onAdvance(int phase, int parties) { p("phase " + phase + " " + parties); return phase >= 2; } };
        for (int i = 0; i < 2; i++) { ph.register(); new Thread(() -> { while (!ph.isTerminated()) ph.arriveAndAwaitAdvance(); }).start(); }
            while (!ph.isTerminated()) ph.arriveAndAwaitAdvance();
        Semaphore sem = new Semaphore(2, true);
        sem.acquire();
        p(sem.tryAcquire() + " " + sem.tryAcquire() + sem.tryAcquire(5, TimeUnit.MILLISECONDS));
        sem.release(2);
        p(sem.availablePermits());
        Exchanger<String> xc = new Exchanger<>();
        Thread xt = new Thread(() -> { try { p("got " + xc.exchange("from thread")); } catch (InterruptedException e) { } });
        xt.start();
        String got = xc.exchange("from main");
        xt.join();
        p(got);
        ReentrantLock lock = new ReentrantLock(true);
        Condition c = lock.newCondition();
        int[] turn = { 0 };
        StringBuffer order = new StringBuffer();
        Thread[] tt = new Thread[3];
        for (int i = 0; i < 3; i++) { int me = i; tt[i] = new Thread(() -> { for (int k = 0; k < 3; k++) { lock.lock(); try { while (turn[0]
            % 3 != me) c.awaitUninterruptibly(); order.append(me); turn[0]++; c.signalAll(); } finally { lock.unlock(); } } }); tt[i].start(); }
        for (Thread t : tt) t.join();
        p(order);
        ReentrantReadWriteLock rw = new ReentrantReadWriteLock();
        rw.writeLock().lock();
        rw.readLock().lock();
        rw.writeLock().unlock();
        p(rw.getReadLockCount() + " " + rw.isWriteLocked() + rw.readLock().toString().contains("Read locks = 1"));
        rw.readLock().unlock();
        try { rw.readLock().unlock(); } catch (IllegalMonitorStateException e) { p(e.getMessage()); }
        StampedLock st = new StampedLock();
        long o = st.tryOptimisticRead();
        p(st.validate(o));
        long w = st.writeLock();
        p(st.validate(o) + " " + st.isWriteLocked());
        long rd = st.tryConvertToReadLock(w);
        p(st.isReadLocked());
        st.unlock(rd);
        BlockingQueue<Integer> q = new ArrayBlockingQueue<>(2);
        Thread prod = new Thread(() -> { try { for (int i = 0; i < 10; i++) q.put(i); q.put(-1); } catch (InterruptedException e) { } });
        prod.start();
        int sum = 0;
        for (int v; (v = q.take()) >= 0;) sum += v;
        p(sum);
        p(q.poll(5, TimeUnit.MILLISECONDS) + " " + q.offer(1) + q.remainingCapacity());
        SynchronousQueue<String> sq = new SynchronousQueue<>();
        new Thread(() -> { try { sq.put("handoff"); } catch (InterruptedException e) { } }).start();
        p(sq.take());
        LinkedTransferQueue<String> tq = new LinkedTransferQueue<>();
        Thread tr = new Thread(() -> { try { p("took " + tq.take()); } catch (InterruptedException e) { } });
        tr.start();
        tq.transfer("t");
        tr.join();
        record D(String n, long at) implements Delayed { public long getDelay(TimeUnit u) { return u.convert(at - System.nanoTime(),
            TimeUnit.NANOSECONDS); } public int compareTo(Delayed d) { return Long.compare(at, ((D) d).at); } }
        DelayQueue<D> dq = new DelayQueue<>();
        long now = System.nanoTime();
        dq.add(new D("later", now + 40_000_000));
        dq.add(new D("sooner", now + 20_000_000));
        p(dq.take().n() + dq.take().n());
        ConcurrentHashMap<String, Integer> chm = new ConcurrentHashMap<>();
        Thread[] mt = new Thread[4];
        for (int i = 0; i < 4; i++) { mt[i] = new Thread(() -> { for (int k = 0; k < 500; k++) chm.merge("k" + k % 10, 1, Integer::sum); });
            mt[i].start(); }
        for (Thread t : mt) t.join();
        p(new TreeMap<>(chm) + " " + chm.reduceValues(1, Integer::sum) + chm.searchKeys(1, k -> k.equals("k3") ? k : null));
        p(chm.computeIfAbsent("new", k -> 5) + "" + chm.computeIfPresent("new", (k, v) -> null) + chm.getOrDefault("new", -1));
        try { chm.computeIfAbsent("r", k -> chm.computeIfAbsent("r", j -> 1)); } catch (IllegalStateException e) { p(e.getMessage()); }
        ConcurrentSkipListMap<Integer, String> sk = new ConcurrentSkipListMap<>();
        for (int i = 0; i < 20; i += 3) sk.put(i, "v" + i);
        p(sk.subMap(4, 13) + " " + sk.ceilingKey(10) + sk.descendingMap().firstKey() + sk.pollFirstEntry());
        CopyOnWriteArrayList<Integer> cow = new CopyOnWriteArrayList<>(List.of(1, 2));
        for (int v : cow) cow.add(v + 5);
        p(cow);
        ConcurrentLinkedDeque<Integer> cd = new ConcurrentLinkedDeque<>(List.of(3, 4));
        cd.addFirst(1);
        p(cd.pollLast() + "" + cd);
        LongAdder la = new LongAdder();
        LongAccumulator mx = new LongAccumulator(Long::max, 0);
        AtomicReference<String> ar = new AtomicReference<>("a");
        AtomicStampedReference<Integer> asr = new AtomicStampedReference<>(1, 0);
        AtomicIntegerArray aia = new AtomicIntegerArray(3);
        for (int i = 0; i < 9; i++) { la.add(i); mx.accumulate(i * 3 % 7); aia.accumulateAndGet(i % 3, i, Integer::sum); }
        p(la + " " + mx + ar.updateAndGet(x -> x + "b") + asr.compareAndSet(1, 2, 0, 1) + asr.getStamp() + aia);
        AtomicLongFieldUpdater<Ctr> u = AtomicLongFieldUpdater.newUpdater(Ctr.class, "n");
        Ctr ct = new Ctr();
        p(u.addAndGet(ct, 5) + u.getAndUpdate(ct, x -> x * 2) + ct.n);
        try { AtomicIntegerFieldUpdater.newUpdater(Ctr.class, "m"); } catch (IllegalArgumentException e) { p(e.getMessage()); }
        ThreadLocal<Integer> tl = ThreadLocal.withInitial(() -> 1);
        InheritableThreadLocal<String> itl = new InheritableThreadLocal<>() { protected String childValue(String v) { return v + "child"; } };
        tl.set(5);
        itl.set("p");
        Thread tlt = new Thread(() -> p(tl.get() + itl.get()));
        tlt.start();
        tlt.join();
        Thread sl = new Thread(() -> { try { Thread.sleep(60000); } catch (InterruptedException e) { p(e.getMessage() +
            Thread.currentThread().isInterrupted()); } Thread.currentThread().interrupt(); try { new Object() { synchronized void w() throws
            InterruptedException { wait(); } }.w(); } catch (InterruptedException e) { p("wait " + e.getMessage()); }
            LockSupport.unpark(Thread.currentThread()); LockSupport.park(); Thread.currentThread().interrupt(); LockSupport.park();
            p(Thread.interrupted() + "" + Thread.interrupted()); });
        sl.start();
        Thread.sleep(10);
        sl.interrupt();
        sl.join();
        p(sl.getState());
        ScheduledExecutorService se = Executors.newScheduledThreadPool(1);
        CountDownLatch ticks = new CountDownLatch(3);
        ScheduledFuture<?> rate = se.scheduleAtFixedRate(ticks::countDown, 1, 2, TimeUnit.MILLISECONDS);
        ticks.await();
        rate.cancel(false);
        p(se.schedule(() -> "scheduled", 3, TimeUnit.MILLISECONDS).get() + se.shutdownNow().size());
        Timer tm = new Timer("t", true);
        CountDownLatch tl2 = new CountDownLatch(2);
        tm.schedule(new TimerTask() { public void run() { tl2.countDown(); if (tl2.getCount() == 0) cancel(); } }, 1, 1);
        tl2.await();
        tm.cancel();
        p("timer");
        Thread th = new Thread(() -> {}, "named");
        p(th + " " + th.getState() + th.isAlive() + th.getPriority() + th.isDaemon());
        th.setDaemon(true);
        th.setPriority(8);
        th.start();
        th.join();
        p(th.getState() + "" + th.getThreadGroup());
        try { th.start(); } catch (IllegalThreadStateException e) { p(e); }
        p(Thread.currentThread() + " " + TimeUnit.HOURS.toSeconds(2) + TimeUnit.MILLISECONDS.convert(java.time.Duration.ofSeconds(3)));
        CompletionService<Integer> ecs = new ExecutorCompletionService<>(ForkJoinPool.commonPool());
        ecs.submit(() -> 7);
        p(ecs.take().get());
        SubmissionPublisher<Integer> pub = new SubmissionPublisher<>();
        CompletableFuture<Void> done = pub.consume(x -> p("item " + x));
        pub.submit(1);
        pub.submit(2);
        pub.close();
        done.get();
        FutureTask<Integer> ft = new FutureTask<>(() -> 3);
        ft.run();
        p(ft.get() + " " + ft.isDone());
    }
    static class Ctr { volatile long n; int m; }
}
