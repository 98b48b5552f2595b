/** A small operating system's scheduler: tasks of five kinds pass packets through queues. Virtual calls, fields, linked lists. */
final class Richards {
    private static final int IDLE = 0, WORKER = 1, HANDLER_A = 2, HANDLER_B = 3, DEVICE_A = 4, DEVICE_B = 5;
    private static final int DATA = 4;

    private enum Kind { DEVICE, WORK }

    private static final class Packet {
        Packet next;
        int to;
        final Kind kind;
        int at;
        final int[] data = new int[DATA];
        Packet(Packet next, int to, Kind kind) {
            this.next = next;
            this.to = to;
            this.kind = kind;
        }
        static Packet append(Packet queue, Packet p) {
            p.next = null;
            if (queue == null) return p;
            Packet last = queue;
            while (last.next != null) last = last.next;
            last.next = p;
            return queue;
        }
    }

    private abstract static class Task {
        final Scheduler scheduler;
        final int id, priority;
        final Task below;
        Packet input;
        boolean held, waiting;
        Task(Scheduler s, int id, int priority, Packet input) {
            scheduler = s;
            this.id = id;
            this.priority = priority;
            this.input = input;
            below = s.tasks;
            s.tasks = this;
            s.byId[id] = this;
        }
        boolean blocked() { return held || waiting && input == null; }
        /** Does a step with the packet that came, or none; returns the task to go on with. */
        abstract Task step(Packet p);
        final Task run() {
            Packet p = null;
            if (waiting) {
                waiting = false;
                p = input;
                input = p.next;
            }
            return step(p);
        }
        final Task await() {
            waiting = true;
            return this;
        }
        final Task take(Packet p, Task sender) {
            if (input == null) {
                input = p;
                return priority > sender.priority ? this : sender;
            }
            Packet.append(input, p);
            return sender;
        }
    }

    private static final class Idle extends Task {
        private int state = 1, count;
        Idle(Scheduler s, int count) {
            super(s, IDLE, 0, null);
            this.count = count;
        }
        @Override Task step(Packet p) {
            if (--count < 0) return scheduler.hold();
            if ((state & 1) == 0) {
                state >>= 1;
                return scheduler.release(DEVICE_A);
            }
            state = state >> 1 ^ 0xd008;
            return scheduler.release(DEVICE_B);
        }
    }

    private static final class Worker extends Task {
        private int handler = HANDLER_A, letter;
        Worker(Scheduler s, Packet input) { super(s, WORKER, 1000, input); waiting = true; }
        @Override Task step(Packet p) {
            if (p == null) return await();
            handler = HANDLER_A + HANDLER_B - handler;
            p.to = handler;
            p.at = 0;
            for (int i = 0; i < DATA; i++) {
                letter = letter == 26 ? 1 : letter + 1;
                p.data[i] = 'A' + letter - 1;
            }
            return scheduler.queue(p);
        }
    }

    private static final class Handler extends Task {
        private Packet work, devices;
        private final int device;
        Handler(Scheduler s, int id, int priority, Packet input, int device) {
            super(s, id, priority, input);
            this.device = device;
            waiting = true;
        }
        @Override Task step(Packet p) {
            if (p != null) {
                if (p.kind == Kind.WORK) work = Packet.append(work, p);
                else devices = Packet.append(devices, p);
            }
            if (work == null) return await();
            Packet w = work;
            if (w.at >= DATA) {
                work = w.next;
                w.to = WORKER;
                return scheduler.queue(w);
            }
            if (devices == null) return await();
            Packet d = devices;
            devices = d.next;
            d.at = w.data[w.at++];
            d.to = device;
            return scheduler.queue(d);
        }
    }

    private static final class Device extends Task {
        private Packet pending;
        private final int handler;
        Device(Scheduler s, int id, int priority, int handler) {
            super(s, id, priority, null);
            this.handler = handler;
            waiting = true;
        }
        @Override Task step(Packet p) {
            if (p != null) {
                pending = p;
                return scheduler.hold();
            }
            if (pending == null) return await();
            Packet done = pending;
            pending = null;
            done.to = handler;
            return scheduler.queue(done);
        }
    }

    private static final class Scheduler {
        final Task[] byId = new Task[6];
        Task tasks, current;
        int queued, holds;
        void run() {
            for (current = tasks; current != null; ) current = current.blocked() ? current.below : current.run();
        }
        Task hold() {
            holds++;
            current.held = true;
            return current.below;
        }
        Task release(int id) {
            Task t = byId[id];
            t.held = false;
            return t.priority > current.priority ? t : current;
        }
        Task queue(Packet p) {
            Task t = byId[p.to];
            queued++;
            Task sender = current;
            p.next = null;
            return t.take(p, sender);
        }
    }

    static long kernel(int rounds) {
        Scheduler s = new Scheduler();
        new Idle(s, rounds);
        Packet work = new Packet(new Packet(null, 0, Kind.WORK), 0, Kind.WORK);
        new Worker(s, work);
        Packet a = new Packet(new Packet(new Packet(null, 0, Kind.DEVICE), 0, Kind.DEVICE), 0, Kind.DEVICE);
        new Handler(s, HANDLER_A, 2000, a, DEVICE_A);
        Packet b = new Packet(new Packet(new Packet(null, 0, Kind.DEVICE), 0, Kind.DEVICE), 0, Kind.DEVICE);
        new Handler(s, HANDLER_B, 3000, b, DEVICE_B);
        new Device(s, DEVICE_A, 4000, HANDLER_A);
        new Device(s, DEVICE_B, 5000, HANDLER_B);
        s.run();
        return s.queued * 1_000_003L + s.holds;
    }

    public static void main(String[] args) { Bench.run(args, 500_000, Richards::kernel); }
}
