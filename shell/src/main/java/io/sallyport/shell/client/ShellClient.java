package io.sallyport.shell.client;

import io.sallyport.shell.protocol.ExitCode;
import io.sallyport.shell.protocol.Frame;
import io.sallyport.shell.protocol.FrameChannel;
import io.sallyport.shell.protocol.FrameType;
import io.sallyport.shell.protocol.Hello;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Main class of {@code ./sallyport shell}: {@code SOCKET HOME COLUMNS [COMMAND]}. The script checks what people wrote; the
 * socket may be relative to the working directory, which is then not the person's: {@code PWD} is.
 */
public final class ShellClient {
    /** A word of a command that stands for standard input, as in {@code policy apply -}. */
    private static final Pattern DASH = Pattern.compile("(^|\\s)-($|[\\s;|&])");

    private static final Pattern PROCESS = Pattern.compile("[0-9]{1,10}");

    private final OutputStream out = new FileOutputStream(FileDescriptor.out);
    private final OutputStream err = new FileOutputStream(FileDescriptor.err);
    private final String home;

    private ShellClient(String home) {
        this.home = home;
    }

    public static void main(String[] arguments) {
        ShellClient client = new ShellClient(arguments[1]);
        int code = client.run(
                Path.of(arguments[0]), Integer.parseInt(arguments[2]), arguments.length > 3 ? arguments[3] : null);
        // The thread that waits for keys cannot be woken.
        Runtime.getRuntime().halt(code);
    }

    private int run(Path socket, int columns, @Nullable String command) {
        try (FrameChannel channel = new FrameChannel(connect(socket))) {
            return command == null ? new RawTerminal(channel).run(this) : runCommand(channel, columns, command);
        } catch (Failure e) {
            return complain(e.exitCode, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return complain(ExitCode.UNREACHABLE, "the connection to the gateway broke: " + e.getMessage());
        }
    }

    private int runCommand(FrameChannel channel, int columns, String command) throws IOException, Failure {
        Frame hello;
        try {
            hello = new Hello(directory(), "dumb", columns, 0, command).frame();
        } catch (IOException e) {
            throw new Failure(ExitCode.USAGE, String.valueOf(e.getMessage()));
        }
        greet(channel, hello);
        return show(channel, () -> {
            Thread sender =
                    new Thread(() -> bring(channel, DASH.matcher(command).find()), "stdin");
            sender.setDaemon(true);
            sender.start();
        });
    }

    /**
     * Sends what standard input holds, to its end, or until the gateway has had enough.
     *
     * @param isMeant the command says that it reads it; else it belongs to whoever started this program, a loop over lines for
     *     instance, and is as good as empty
     */
    private static void bring(FrameChannel channel, boolean isMeant) {
        byte[] buffer = new byte[Frame.MAX_PAYLOAD];
        try (FileInputStream in = new FileInputStream(FileDescriptor.in)) {
            for (int count = isMeant ? in.read(buffer) : 0; count > 0; count = in.read(buffer)) {
                channel.write(new Frame(FrameType.INPUT, Arrays.copyOf(buffer, count)));
            }
            channel.write(new Frame(FrameType.INPUT, new byte[0]));
        } catch (IOException e) {
            // The command has ended; what it said is what counts.
        }
    }

    /** A gateway that sends us away does not wait for the hello; its reason is there to be read all the same. */
    static void greet(FrameChannel channel, Frame hello) {
        try {
            channel.write(hello);
        } catch (IOException e) {
            // what comes next says why
        }
    }

    /**
     * Shows what the gateway sends, to the end.
     *
     * @param whenAsked begins to send standard input; does not wait
     */
    int show(FrameChannel channel, Runnable whenAsked) throws IOException, Failure {
        for (Frame frame = channel.read(); frame != null; frame = channel.read()) {
            switch (frame.type()) {
                case OUTPUT -> {
                    if (!write(out, frame.payload())) {
                        return ExitCode.OK; // whoever reads had enough, as head has
                    }
                }
                case ERROR -> write(err, frame.payload());
                case ASK -> whenAsked.run();
                case EXIT -> {
                    return frame.intAt(0);
                }
                default -> throw new IOException("a frame " + frame.type() + " from the gateway");
            }
        }
        throw new Failure(ExitCode.UNREACHABLE, "the gateway on " + home + " ended");
    }

    static String directory() {
        String directory = System.getenv("SALLYPORT_DIRECTORY");
        return directory == null ? Path.of("").toAbsolutePath().toString() : directory;
    }

    private SocketChannel connect(Path socket) throws Failure {
        SocketChannel channel = null;
        try {
            channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.connect(UnixDomainSocketAddress.of(socket));
            return channel;
        } catch (IOException e) {
            closeQuietly(channel);
            if (String.valueOf(e.getMessage()).contains("ermission denied")) {
                throw new Failure(
                        ExitCode.DENIED,
                        "you may not use the shell of the gateway on " + home
                                + ": only root and the user who runs it may; try: sudo ./sallyport shell");
            }
            String owner = owner(socket.resolveSibling("lock"));
            if (!owner.isEmpty()) {
                throw new Failure(
                        ExitCode.UNREACHABLE,
                        "the gateway on " + home + " (process " + owner + ") is starting, or has died; ./sallyport run"
                                + " starts it again by itself within half a minute: try again, and start one only if none"
                                + " runs");
            }
            String why = Files.exists(socket) ? "nobody listens on its control socket" : "it has no control socket";
            throw new Failure(
                    ExitCode.UNREACHABLE,
                    "no gateway runs on " + home + " (" + why + "); start one with ./sallyport run");
        }
    }

    /** The process that has the home, or had it when it died: whoever ends in order leaves this file empty. */
    private static String owner(Path lock) {
        try {
            String text = Files.readString(lock).strip();
            return PROCESS.matcher(text).matches() ? text : "";
        } catch (IOException e) {
            return "";
        }
    }

    private static void closeQuietly(@Nullable SocketChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // it was not open
        }
    }

    private int complain(int exitCode, String line) {
        write(err, ("sallyport: " + line + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return exitCode;
    }

    private static boolean write(OutputStream stream, byte[] bytes) {
        try {
            stream.write(bytes);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Ends the client with a line and a code. */
    static final class Failure extends Exception {
        @java.io.Serial
        private static final long serialVersionUID = 1L;

        final int exitCode;

        Failure(int exitCode, String line) {
            super(line);
            this.exitCode = exitCode;
        }
    }
}
