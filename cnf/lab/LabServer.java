import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The servers of the lab, over IPv4 and IPv6, one argument each: {@code http:PORT} serves pages, {@code dns:PORT} answers
 * every question for an address over UDP, {@code note:PORT} takes UDP datagrams and answers "noted". Each thing that
 * reaches a server is one line on stdout: what the lab checks is what arrived, not what the gateway says.
 *
 * <p>Pages: {@code /} is harmless, {@code /word} holds the word EVILPAYLOAD, {@code /bytes/N} has N bytes.
 */
public final class LabServer {
    private static final String WORD = "EVILPAYLOAD";
    private static final int MAX_REQUEST_BYTES = 8_192;
    private static final int CLIENT_TIMEOUT_MS = 10_000;

    private LabServer() {}

    public static void main(String[] arguments) throws IOException {
        for (String argument : arguments) {
            String[] parts = argument.split(":");
            int port = Integer.parseInt(parts[1]);
            switch (parts[0]) {
                case "http" -> serveHttp(new ServerSocket(port, 50, any()));
                case "dns" -> serveDatagrams("dns", new DatagramSocket(port, any()), LabServer::answerQuestion);
                case "note" -> serveDatagrams("note", new DatagramSocket(port, any()), LabServer::answerNote);
                default -> throw new IllegalArgumentException(argument);
            }
        }
        say("serving " + String.join(" ", arguments));
    }

    private static InetAddress any() throws IOException {
        return InetAddress.getByName("::");
    }

    private static synchronized void say(String line) {
        System.out.println(line);
    }

    private static void start(String name, Runnable task) {
        new Thread(task, name).start();
    }

    // ---- web

    private static void serveHttp(ServerSocket server) {
        start("http", () -> {
            while (true) {
                try {
                    Socket client = server.accept();
                    say("connection from " + client.getInetAddress().getHostAddress());
                    start("client", () -> serveClient(client));
                } catch (IOException e) {
                    say("accept failed: " + e);
                }
            }
        });
    }

    private static void serveClient(Socket client) {
        try (client) {
            client.setSoTimeout(CLIENT_TIMEOUT_MS);
            String path = readPath(client.getInputStream());
            say("request " + path);
            byte[] page = page(path);
            OutputStream out = client.getOutputStream();
            out.write(("HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + page.length
                            + "\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.write(page);
            out.flush();
            client.shutdownOutput();
            while (client.getInputStream().read() >= 0) {
                // until the client closes
            }
        } catch (IOException e) {
            say("client gone: " + e.getMessage());
        }
    }

    private static String readPath(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0 && head.length() < MAX_REQUEST_BYTES) {
            int b = in.read();
            if (b < 0) {
                throw new IOException("no request");
            }
            head.append((char) b);
        }
        String[] words = head.toString().split(" ");
        if (words.length < 2) {
            throw new IOException("no request");
        }
        return words[1];
    }

    private static byte[] page(String path) {
        if (path.startsWith("/bytes/")) {
            byte[] page = new byte[Integer.parseInt(path.substring("/bytes/".length()))];
            Arrays.fill(page, (byte) '.');
            return page;
        }
        String text = path.startsWith("/word") ? "this page says " + WORD + " aloud\n" : "Good morning, world\n";
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    // ---- datagrams

    /** Makes the answer to a datagram. */
    private interface Answer {
        byte[] to(byte[] request);
    }

    private static void serveDatagrams(String name, DatagramSocket socket, Answer answer) {
        start(name, () -> {
            byte[] buffer = new byte[65_535];
            while (true) {
                try {
                    DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                    socket.receive(packet);
                    byte[] reply = answer.to(Arrays.copyOf(packet.getData(), packet.getLength()));
                    socket.send(new DatagramPacket(reply, reply.length, (InetSocketAddress) packet.getSocketAddress()));
                } catch (IOException | RuntimeException e) {
                    say(name + " failed: " + e);
                }
            }
        });
    }

    private static byte[] answerNote(byte[] note) {
        say("note " + new String(note, StandardCharsets.ISO_8859_1).strip());
        return "noted\n".getBytes(StandardCharsets.US_ASCII);
    }

    /** One question in, one address out: 192.0.2.80, or 2001:db8::80 for AAAA (RFC 1035 section 4, RFC 3596). */
    private static byte[] answerQuestion(byte[] question) {
        StringBuilder name = new StringBuilder();
        int at = 12;
        while (question[at] != 0) {
            name.append(new String(question, at + 1, question[at], StandardCharsets.US_ASCII)).append('.');
            at += question[at] + 1;
        }
        int type = question[at + 2];
        int end = at + 5;
        boolean isIpv6 = type == 28;
        say("question " + name);
        byte[] address = isIpv6
                ? new byte[] {0x20, 1, 0x0d, (byte) 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 0x80}
                : new byte[] {(byte) 192, 0, 2, 80};
        byte[] reply = Arrays.copyOf(question, end + 12 + address.length);
        reply[2] = (byte) 0x85; // answer, authoritative, recursion desired
        reply[3] = (byte) 0x80;
        Arrays.fill(reply, 4, 12, (byte) 0);
        reply[5] = 1;
        reply[7] = 1;
        byte[] record = {(byte) 0xc0, 12, 0, (byte) type, 0, 1, 0, 0, 0, 60, 0, (byte) address.length};
        System.arraycopy(record, 0, reply, end, record.length);
        System.arraycopy(address, 0, reply, end + record.length, address.length);
        return reply;
    }
}
