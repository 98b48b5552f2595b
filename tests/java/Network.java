// modes: native
import com.sun.net.httpserver.*;
import java.io.*;
import java.net.*;
import java.net.http.*;
import java.nio.ByteBuffer;
import java.nio.channels.*;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.*;
import java.util.concurrent.*;

/** Sockets on the loopback interface, selectors, datagrams, HTTP server and client, URIs. */
public class Network {
    static void p(Object o) { System.out.println(o); }
    public static void main(String[] a) throws Exception {
        InetAddress lo = InetAddress.getByName("127.0.0.1");
        p(lo + " " + lo.isLoopbackAddress() + InetAddress.getByAddress(new byte[] { 10, 0, 0, 1 }).isSiteLocalAddress() +
            InetAddress.getByName("::1") + new InetSocketAddress("127.0.0.1", 80));
        try (ServerSocket ss = new ServerSocket(0, 5, lo)) {
            Thread t = new Thread(() -> { try (Socket s = ss.accept()) { BufferedReader r = new BufferedReader(new
                InputStreamReader(s.getInputStream())); PrintWriter w = new PrintWriter(s.getOutputStream(), true); for (String l; (l =
                r.readLine()) != null;) w.println("echo " + l); } catch (IOException e) { p(e); } });
            t.start();
            try (Socket s = new Socket(lo, ss.getLocalPort())) { s.setTcpNoDelay(true); s.setSoTimeout(5000); PrintWriter w = new
                PrintWriter(s.getOutputStream(), true); BufferedReader r = new BufferedReader(new InputStreamReader(s.getInputStream()));
                w.println("one"); p(r.readLine()); w.println("two"); p(r.readLine()); s.shutdownOutput(); p(r.readLine() + s.isConnected() +
                s.getTcpNoDelay()); }
            t.join();
            ss.setSoTimeout(20);
            try { ss.accept(); } catch (SocketTimeoutException e) { p(e.getMessage()); }
            Thread c = new Thread(() -> { try { ss.setSoTimeout(0); ss.accept(); } catch (IOException e) { p(e.getMessage()); } });
            c.start();
            Thread.sleep(50);
            ss.close();
            c.join();
        }
        int dead;
        try (ServerSocket s = new ServerSocket(0, 1, lo)) { dead = s.getLocalPort(); }
        try { new Socket(lo, dead); } catch (ConnectException e) { p(e.getMessage()); }
        try (ServerSocket s = new ServerSocket(0, 1, lo)) { new ServerSocket(s.getLocalPort(), 1, lo); } catch (BindException e) {
            p(e.getMessage()); }
        try (ServerSocket ss = new ServerSocket(0, 1, lo); Socket s = new Socket(lo, ss.getLocalPort()); Socket q = ss.accept()) {
            s.setSoTimeout(15); try { s.getInputStream().read(); } catch (SocketTimeoutException e) { p(e.getMessage()); } q.close();
            p(s.getInputStream().read()); }
        try (DatagramSocket d1 = new DatagramSocket(0, lo); DatagramSocket d2 = new DatagramSocket(0, lo)) { byte[] m =
            "datagram".getBytes(); d1.send(new DatagramPacket(m, m.length, lo, d2.getLocalPort())); DatagramPacket r = new
            DatagramPacket(new byte[100], 100); d2.receive(r); p(new String(r.getData(), 0, r.getLength()) + (r.getPort() ==
            d1.getLocalPort())); d2.setSoTimeout(10); try { d2.receive(r); } catch (SocketTimeoutException e) { p(e.getMessage()); } }
        Selector sel = Selector.open();
        ServerSocketChannel sc = ServerSocketChannel.open().bind(new InetSocketAddress(lo, 0));
        sc.configureBlocking(false);
        sc.register(sel, SelectionKey.OP_ACCEPT);
        int port = ((InetSocketAddress) sc.getLocalAddress()).getPort();
        Thread cl = new Thread(() -> { try (SocketChannel c = SocketChannel.open(new InetSocketAddress(lo, port))) {
            c.write(ByteBuffer.wrap("select me".getBytes())); ByteBuffer b = ByteBuffer.allocate(50); while (b.position() < 9) c.read(b);
            p("client got " + new String(b.array(), 0, b.position())); } catch (IOException e) { p(e); } });
        cl.start();
        boolean done = false;
        while (!done) { sel.select(1000); for (Iterator<SelectionKey> it = sel.selectedKeys().iterator(); it.hasNext();) { SelectionKey k =
            it.next(); it.remove(); if (k.isAcceptable()) { SocketChannel c = sc.accept(); c.configureBlocking(false); c.register(sel,
            SelectionKey.OP_READ); p("accepted"); } else if (k.isReadable()) { ByteBuffer b = ByteBuffer.allocate(50); if (((SocketChannel)
            k.channel()).read(b) < 0) { k.channel().close(); done = true; } else { b.flip(); ((SocketChannel) k.channel()).write(b); } } } }
        cl.join();
        Thread wk = new Thread(() -> { try { Thread.sleep(20); } catch (InterruptedException e) { } sel.wakeup(); });
        wk.start();
        p(sel.select());
        p(sel.selectNow() + " " + sel.keys().size());
        sel.close();
        sc.close();
        Pipe pipe = Pipe.open();
        pipe.sink().write(ByteBuffer.wrap(new byte[] { 1, 2, 3 }));
        ByteBuffer pb = ByteBuffer.allocate(9);
        p(pipe.source().read(pb));
        Thread it = new Thread(() -> { try { pipe.source().read(pb); } catch (ClosedByInterruptException e) { p(e); } catch (IOException e)
            { p("io " + e); } });
        it.start();
        Thread.sleep(30);
        it.interrupt();
        it.join();
        AsynchronousServerSocketChannel as = AsynchronousServerSocketChannel.open().bind(new InetSocketAddress(lo, 0));
        Future<AsynchronousSocketChannel> acc = as.accept();
        AsynchronousSocketChannel ac = AsynchronousSocketChannel.open();
        ac.connect(as.getLocalAddress()).get();
        p(ac.write(ByteBuffer.wrap("async".getBytes())).get());
        ByteBuffer ab = ByteBuffer.allocate(9);
        p(acc.get().read(ab).get() + new String(ab.array(), 0, 5));
        ac.close();
        as.close();
        java.nio.file.Path up = java.nio.file.Files.createTempDirectory("u").resolve("sock");
        try (ServerSocketChannel us = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) { us.bind(UnixDomainSocketAddress.of(up));
            SocketChannel uc = SocketChannel.open(UnixDomainSocketAddress.of(up)); uc.write(ByteBuffer.wrap("unix".getBytes()));
            SocketChannel u2 = us.accept(); ByteBuffer ub = ByteBuffer.allocate(9); p(u2.read(ub)); uc.close(); u2.close(); }
        java.nio.file.Files.delete(up);
        java.nio.file.Files.delete(up.getParent());
        HttpServer hs = HttpServer.create(new InetSocketAddress(lo, 0), 0);
        hs.createContext("/", x -> { byte[] b = (x.getRequestMethod() + " " + x.getRequestURI() + " " + new
            String(x.getRequestBody().readAllBytes()) + " " + x.getRequestHeaders().getFirst("X-Test")).getBytes();
            x.getResponseHeaders().add("X-Reply", "r"); x.sendResponseHeaders(x.getRequestURI().getPath().equals("/missing") ? 404 : 200,
            b.length); x.getResponseBody().write(b); x.close(); });
        hs.createContext("/redir", x -> { x.getResponseHeaders().add("Location", "/target"); x.sendResponseHeaders(302, -1); x.close(); });
        ExecutorService ex = Executors.newFixedThreadPool(2);
        hs.setExecutor(ex);
        hs.start();
        String base = "http://127.0.0.1:" + hs.getAddress().getPort();
        HttpClient hc = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).connectTimeout(Duration.ofSeconds(5)).build();
        HttpResponse<String> r = hc.send(HttpRequest.newBuilder(URI.create(base + "/p?q=1")).header("X-Test",
            "h").POST(HttpRequest.BodyPublishers.ofString("body")).build(), HttpResponse.BodyHandlers.ofString());
        p(r.statusCode() + r.body() + r.headers().firstValue("x-reply") + r.version());
        p(hc.sendAsync(HttpRequest.newBuilder(URI.create(base + "/missing")).build(), HttpResponse.BodyHandlers.ofLines()).thenApply(q ->
            q.statusCode() + q.body().toList().toString()).get());
        p(hc.send(HttpRequest.newBuilder(URI.create(base + "/redir")).build(), HttpResponse.BodyHandlers.ofString()).body());
        try { hc.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + dead)).build(), HttpResponse.BodyHandlers.discarding()); }
            catch (ConnectException e) { p(e.getMessage()); }
        HttpURLConnection uc = (HttpURLConnection) new URL(base + "/url").openConnection();
        uc.setRequestProperty("X-Test", "v");
        uc.setDoOutput(true);
        uc.getOutputStream().write("put".getBytes());
        p(uc.getResponseCode() + new String(uc.getInputStream().readAllBytes()) + uc.getHeaderField("X-Reply"));
        HttpURLConnection u4 = (HttpURLConnection) new URL(base + "/missing").openConnection();
        try { u4.getInputStream(); } catch (FileNotFoundException e) { p(e.getMessage().replace(base, "") + u4.getResponseMessage()); }
        hs.stop(0);
        ex.shutdown();
        URI u = new URI("http://user@host:80/a/../b%20c?q=\u00e9#frag");
        p(u.normalize() + " " + u.getPath() + u.getRawPath() + u.getPort() + u.toASCIIString() +
            URI.create("http://h/a/b").resolve("../c?d") + URI.create("http://h/a/").relativize(URI.create("http://h/a/b/c")));
        p(URLEncoder.encode("a b&\u20ac", StandardCharsets.UTF_8) + URLDecoder.decode("a+b%26", StandardCharsets.UTF_8) + new URL("http",
            "h", 8080, "/f?q#r").getRef() + new URL(new URL("http://h/x/y"), "z"));
        p(HttpCookie.parse("Set-Cookie: k=v; Path=/; Max-Age=5").get(0) + IDN.toASCII("b\u00fccher.de"));
        p(NetworkInterface.getByName("lo").isLoopback() + " " + Inet6Address.getByName("fe80::1").isLinkLocalAddress());
    }
}
