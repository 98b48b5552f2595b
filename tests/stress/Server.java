import java.io.*;
import java.net.*;
import java.nio.ByteBuffer;
import java.nio.channels.*;
import java.nio.charset.StandardCharsets;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;

/** A server that answers loopback connections, with a thread for each and with a selector: `Server CONNECTIONS CLIENTS`. */
public class Server {
    static final AtomicInteger answered = new AtomicInteger(), wrong = new AtomicInteger();

    /** Asks on one connection a few times and checks each answer. */
    static void client(int port, int id) throws IOException {
        try (Socket s = new Socket(InetAddress.getLoopbackAddress(), port)) {
            s.setTcpNoDelay(true);
            var out = new OutputStreamWriter(s.getOutputStream(), StandardCharsets.UTF_8);
            var in = new BufferedReader(new InputStreamReader(s.getInputStream(), StandardCharsets.UTF_8));
            for (int k = 0; k < 3; k++) {
                out.write("ask " + id + " " + k + "\n");
                out.flush();
                if (!("answer " + (id * 31 + k)).equals(in.readLine())) wrong.incrementAndGet();
            }
            answered.incrementAndGet();
        }
    }
    static String answer(String line) {
        String[] w = line.split(" ");
        return "answer " + (Integer.parseInt(w[1]) * 31 + Integer.parseInt(w[2])) + "\n";
    }

    /** A thread of a pool for each connection. */
    static Closeable blocking(int[] port) throws IOException {
        ServerSocket server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        port[0] = server.getLocalPort();
        ExecutorService pool = Executors.newCachedThreadPool();
        Thread acceptor = new Thread(() -> {
            for (;;) {
                Socket s;
                try { s = server.accept(); } catch (IOException e) { break; }
                pool.execute(() -> {
                    try (s) {
                        var in = new BufferedReader(new InputStreamReader(s.getInputStream(), StandardCharsets.UTF_8));
                        for (String line; (line = in.readLine()) != null; ) s.getOutputStream().write(answer(line).getBytes(StandardCharsets.UTF_8));
                    } catch (IOException e) { wrong.incrementAndGet(); }
                });
            }
            pool.shutdown();
        });
        acceptor.start();
        return () -> {
            server.close();
            try { acceptor.join(); pool.awaitTermination(10, TimeUnit.SECONDS); } catch (InterruptedException e) { throw new IOException(e); }
        };
    }

    /** One thread with a selector for all of them. */
    static Closeable selecting(int[] port) throws IOException {
        Selector selector = Selector.open();
        ServerSocketChannel server = ServerSocketChannel.open();
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 200);
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
        port[0] = server.socket().getLocalPort();
        Thread loop = new Thread(() -> {
            try {
                ByteBuffer buffer = ByteBuffer.allocate(256);
                while (server.isOpen()) {
                    selector.select();
                    if (!server.isOpen()) break;
                    for (Iterator<SelectionKey> it = selector.selectedKeys().iterator(); it.hasNext(); ) {
                        SelectionKey key = it.next();
                        it.remove();
                        if (key.isAcceptable()) {
                            SocketChannel c = server.accept();
                            if (c == null) continue;
                            c.configureBlocking(false);
                            c.register(selector, SelectionKey.OP_READ, new StringBuilder());
                        } else serve(key, buffer);
                    }
                }
                selector.close();
            } catch (IOException | ClosedSelectorException e) { wrong.incrementAndGet(); }
        });
        loop.start();
        return () -> {
            server.close();
            selector.wakeup();
            try { loop.join(); } catch (InterruptedException e) { throw new IOException(e); }
        };
    }
    static void serve(SelectionKey key, ByteBuffer buffer) throws IOException {
        SocketChannel c = (SocketChannel) key.channel();
        StringBuilder text = (StringBuilder) key.attachment();
        buffer.clear();
        int n = c.read(buffer);
        if (n < 0) { c.close(); return; }
        text.append(StandardCharsets.UTF_8.decode(buffer.flip()));
        for (int end; (end = text.indexOf("\n")) >= 0; text.delete(0, end + 1)) {
            ByteBuffer out = StandardCharsets.UTF_8.encode(answer(text.substring(0, end)));
            while (out.hasRemaining()) c.write(out);
        }
    }

    static void phase(String name, Closeable server, int port, int connections, int clients, boolean first) throws Exception {
        answered.set(0);
        AtomicInteger next = new AtomicInteger();
        Thread[] ts = new Thread[clients];
        for (int i = 0; i < clients; i++) {
            ts[i] = new Thread(() -> {
                for (int id; (id = next.getAndIncrement()) < connections; ) {
                    try { client(port, id); } catch (IOException e) { System.err.println("connection " + id + ": " + e); wrong.incrementAndGet(); }
                    if (id % Math.max(1, connections / 4) == 0) Memory.look(!first || id * 2 >= connections);
                }
            });
            ts[i].start();
        }
        for (Thread t : ts) t.join();
        server.close();
        System.out.println(name + ": answered " + answered + ", wrong " + wrong);
    }

    public static void main(String[] args) throws Exception {
        int connections = Integer.parseInt(args[0]), clients = Integer.parseInt(args[1]);
        int[] port = new int[1];
        Closeable server = blocking(port);
        phase("threads", server, port[0], connections / 2, clients, true);
        server = selecting(port);
        phase("selector", server, port[0], connections / 2, clients, false);
        System.out.println("memory " + Memory.verdict());
    }
}
