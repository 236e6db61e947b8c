package io.sallyport.itest.walk;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A network namespace with one host in it: frames that are written here are what its only interface receives, and what it sends
 * is read here. A {@link WalkServer} runs in it. Removes everything when closed. One thread.
 */
public final class LiveHost implements AutoCloseable {
    private static final String NAME = "sallywalk" + ProcessHandle.current().pid() % 100_000;
    private static final int READ_WRITE_NONBLOCK = 0x802;
    private static final long SET_INTERFACE = 0x4004_54CAL;
    private static final short TAP_WITHOUT_HEADER = 0x1002;
    private static final int MAX_FRAME = 65_536;
    private static final int INTERFACE_REQUEST = 40;

    private final ByteBuffer buffer = ByteBuffer.allocateDirect(MAX_FRAME);
    private final int tap;
    private Process server;

    private LiveHost(int tap) {
        this.tap = tap;
    }

    /** Why there can be no such host here; empty if there can. */
    public static String obstacle() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return "only root makes network namespaces";
        }
        if (!Files.isWritable(Path.of("/dev/net/tun"))) {
            return "there is no /dev/net/tun";
        }
        try {
            run("ip", "netns", "add", NAME);
            run("ip", "netns", "del", NAME);
            return "";
        } catch (IOException e) {
            return e.getMessage();
        }
    }

    /**
     * Makes it.
     *
     * @param mac of its interface
     * @param addresses of its interface, with prefix lengths
     * @param neighbours address and MAC of those that it talks to, which are on its link
     */
    public static LiveHost make(String mac, List<String> addresses, List<String[]> neighbours) throws IOException {
        run("ip", "netns", "add", NAME);
        LiveHost host = new LiveHost(LibC.open("/dev/net/tun", READ_WRITE_NONBLOCK));
        try {
            host.configure(mac, addresses, neighbours);
            host.startServer();
            return host;
        } catch (IOException | RuntimeException e) {
            host.close();
            throw e;
        }
    }

    private void configure(String mac, List<String> addresses, List<String[]> neighbours) throws IOException {
        ByteBuffer request = ByteBuffer.allocateDirect(INTERFACE_REQUEST).order(ByteOrder.nativeOrder());
        request.put(0, NAME.getBytes(StandardCharsets.US_ASCII)).putShort(16, TAP_WITHOUT_HEADER);
        LibC.ioctl(tap, new NativeLong(SET_INTERFACE), request);
        run("ip", "link", "set", NAME, "address", mac);
        run("ip", "link", "set", NAME, "netns", NAME);
        in("ip", "link", "set", "lo", "up");
        in("ip", "link", "set", NAME, "up");
        for (String address : addresses) {
            if (address.contains(":")) {
                in("ip", "addr", "add", address, "dev", NAME, "nodad");
            } else {
                in("ip", "addr", "add", address, "dev", NAME);
            }
        }
        for (String[] neighbour : neighbours) {
            String host = neighbour[0] + (neighbour[0].contains(":") ? "/128" : "/32");
            in("ip", "route", "replace", host, "dev", NAME);
            in("ip", "neigh", "replace", neighbour[0], "lladdr", neighbour[1], "dev", NAME, "nud", "permanent");
        }
    }

    private void startServer() throws IOException {
        Path classes = Path.of(WalkServer.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath());
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command = inside(java, "-Xmx256m", "-cp", classes.toString(), WalkServer.class.getName());
        server = new ProcessBuilder(command)
                // Not ours: a server that outlives this JVM would keep the build waiting for the end of its output.
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String ready = server.inputReader(StandardCharsets.US_ASCII).readLine();
        if (!"ready".equals(ready)) {
            throw new IOException("the server does not start: " + ready);
        }
    }

    /** Gives the host a frame. */
    public void write(byte[] frame) {
        buffer.put(0, frame);
        try {
            LibC.write(tap, buffer, new NativeLong(frame.length));
        } catch (LastErrorException e) {
            // The kernel refuses what is no frame at all.
        }
    }

    /** The next frame that the host sent; null if there is none now. */
    public byte[] read() {
        int length;
        try {
            length = LibC.read(tap, buffer, new NativeLong(MAX_FRAME)).intValue();
        } catch (LastErrorException e) {
            return null;
        }
        byte[] frame = new byte[Math.max(0, length)];
        buffer.get(0, frame);
        return frame;
    }

    /** Ends the server. Each of its connections is one line: address, port, and the bytes that it read, in hex. */
    public List<String> received() throws IOException {
        try (Writer out = new OutputStreamWriter(server.getOutputStream(), StandardCharsets.US_ASCII);
                BufferedReader in = server.inputReader(StandardCharsets.US_ASCII)) {
            out.write("end\n");
            out.flush();
            List<String> lines = new ArrayList<>();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                lines.add(line);
            }
            return lines;
        }
    }

    private static List<String> inside(String... command) {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", NAME));
        all.addAll(List.of(command));
        return all;
    }

    private static void in(String... command) throws IOException {
        run(inside(command).toArray(new String[0]));
    }

    private static void run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException(String.join(" ", command) + ": " + output.strip());
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        if (server != null) {
            server.destroyForcibly();
        }
        LibC.close(tap);
        run("ip", "netns", "del", NAME);
    }

    private static final class LibC {
        static {
            Native.register(LibC.class, "c");
        }

        static native int open(String path, int flags) throws LastErrorException;

        static native int ioctl(int fd, NativeLong request, ByteBuffer argument) throws LastErrorException;

        static native NativeLong read(int fd, ByteBuffer to, NativeLong count) throws LastErrorException;

        static native NativeLong write(int fd, ByteBuffer from, NativeLong count) throws LastErrorException;

        static native int close(int fd) throws LastErrorException;
    }
}
