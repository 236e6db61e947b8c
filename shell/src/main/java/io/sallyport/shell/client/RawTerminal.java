package io.sallyport.shell.client;

import io.sallyport.shell.client.ShellClient.Failure;
import io.sallyport.shell.protocol.ExitCode;
import io.sallyport.shell.protocol.Frame;
import io.sallyport.shell.protocol.FrameChannel;
import io.sallyport.shell.protocol.FrameType;
import io.sallyport.shell.protocol.Hello;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumSet;
import org.jline.terminal.Attributes;
import org.jline.terminal.Attributes.InputFlag;
import org.jline.terminal.Attributes.LocalFlag;
import org.jline.terminal.Attributes.OutputFlag;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/**
 * A session on the person's terminal: every key goes to the gateway, which echoes, completes and interrupts. Frames are
 * written by two threads, keys and sizes: under the lock of this object.
 */
final class RawTerminal {
    private final FrameChannel channel;

    RawTerminal(FrameChannel channel) {
        this.channel = channel;
    }

    int run(ShellClient client) throws IOException, Failure {
        try (Terminal terminal =
                TerminalBuilder.builder().system(true).dumb(false).build()) {
            Attributes before = terminal.getAttributes();
            // A shell that is killed must not leave the terminal without echo.
            Thread restore = new Thread(() -> terminal.setAttributes(before));
            Runtime.getRuntime().addShutdownHook(restore);
            try {
                terminal.setAttributes(raw(before));
                ShellClient.greet(
                        channel,
                        new Hello(
                                        ShellClient.directory(),
                                        terminal.getType(),
                                        terminal.getWidth(),
                                        terminal.getHeight(),
                                        null)
                                .frame());
                terminal.handle(Terminal.Signal.WINCH, signal -> sendSize(terminal));
                Thread keys = new Thread(this::forwardKeys, "keys");
                keys.setDaemon(true);
                keys.start();
                return client.show(channel, () -> {});
            } finally {
                terminal.setAttributes(before);
            }
        } catch (IllegalStateException e) {
            throw new Failure(
                    ExitCode.USAGE, "a session needs a terminal; for a single command: ./sallyport shell -c 'command'");
        }
    }

    /** Nothing is left to the terminal itself but to show bytes. */
    private static Attributes raw(Attributes before) {
        Attributes raw = new Attributes(before);
        raw.setLocalFlags(EnumSet.of(LocalFlag.ICANON, LocalFlag.ECHO, LocalFlag.IEXTEN, LocalFlag.ISIG), false);
        raw.setInputFlags(
                EnumSet.of(InputFlag.IXON, InputFlag.ICRNL, InputFlag.INLCR, InputFlag.IGNCR, InputFlag.ISTRIP), false);
        raw.setOutputFlag(OutputFlag.OPOST, false);
        raw.setControlChar(Attributes.ControlChar.VMIN, 1);
        raw.setControlChar(Attributes.ControlChar.VTIME, 0);
        return raw;
    }

    private void forwardKeys() {
        byte[] buffer = new byte[1024];
        try (FileInputStream keys = new FileInputStream(FileDescriptor.in)) {
            for (int count = keys.read(buffer); count > 0; count = keys.read(buffer)) {
                send(new Frame(FrameType.INPUT, Arrays.copyOf(buffer, count)));
            }
            send(new Frame(FrameType.INPUT, new byte[0]));
        } catch (IOException e) {
            // The gateway is gone; whoever reads from it says so.
        }
    }

    private void sendSize(Terminal terminal) {
        try {
            send(Frame.of(FrameType.SIZE, terminal.getWidth(), terminal.getHeight()));
        } catch (IOException e) {
            // as above
        }
    }

    private synchronized void send(Frame frame) throws IOException {
        channel.write(frame);
    }
}
