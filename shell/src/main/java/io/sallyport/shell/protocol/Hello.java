package io.sallyport.shell.protocol;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a client says first. The magic number and the version come first in every version of the protocol.
 *
 * @param directory working directory of the client, absolute: relative file names are relative to it
 * @param terminal type of the terminal, as in TERM
 * @param columns width of the terminal or of what stdout is; 0 = no limit
 * @param rows height of the terminal; 0 if there is none
 * @param command what to do; null: a session on the terminal
 */
public record Hello(
        String directory,
        String terminal,
        int columns,
        int rows,
        @Nullable String command) {
    /** Counts changes of the protocol. */
    public static final int VERSION = 1;

    private static final int MAGIC = 0x53504c59; // SPLY

    /**
     * As a frame.
     *
     * @return a frame of type HELLO
     * @throws IOException if the command is too long
     */
    public Frame frame() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(MAGIC);
        out.writeInt(VERSION);
        writeText(out, directory);
        writeText(out, terminal);
        out.writeInt(columns);
        out.writeInt(rows);
        out.writeBoolean(command != null);
        writeText(out, command == null ? "" : command);
        if (bytes.size() > Frame.MAX_PAYLOAD) {
            throw new IOException("the command is too long: " + bytes.size() + " bytes, at most " + Frame.MAX_PAYLOAD
                    + " fit; put the policy into a file and use: policy apply FILE");
        }
        return new Frame(FrameType.HELLO, bytes.toByteArray());
    }

    /**
     * Reads it.
     *
     * @param frame what came first
     * @return what it says
     * @throws IOException if it is none, or of another version
     */
    public static Hello of(Frame frame) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(frame.payload()));
        if (frame.type() != FrameType.HELLO || in.readInt() != MAGIC) {
            throw new IOException("this is no sallyport client");
        }
        int version = in.readInt();
        if (version != VERSION) {
            throw new IOException("the client speaks version " + version + " of the protocol, this gateway version "
                    + VERSION + "; use the ./sallyport that the gateway was started with");
        }
        String directory = readText(in);
        String terminal = readText(in);
        int columns = in.readInt();
        int rows = in.readInt();
        boolean hasCommand = in.readBoolean();
        String command = readText(in);
        return new Hello(directory, terminal, columns, rows, hasCommand ? command : null);
    }

    private static void writeText(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String readText(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("a text of " + length + " bytes");
        }
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }
}
