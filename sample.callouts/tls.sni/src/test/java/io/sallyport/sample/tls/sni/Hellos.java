package io.sallyport.sample.tls.sni;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** Makes ClientHellos, and cuts them into records. */
final class Hellos {

    static final int SERVER_NAME = 0;
    static final int EARLY_DATA = 42;
    static final int ECH = 0xFE0D;

    private Hellos() {}

    static byte[] naming(String name) {
        return hello(extension(SERVER_NAME, serverName(name)));
    }

    static byte[] hello(byte[]... extensions) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(new byte[] {3, 3});
        body.writeBytes(new byte[32]);
        body.writeBytes(vector(1, new byte[32]));
        body.writeBytes(vector(2, new byte[] {0x13, 1, 0x13, 2}));
        body.writeBytes(vector(1, new byte[] {0}));
        if (extensions.length > 0) {
            body.writeBytes(vector(2, concat(extensions)));
        }
        return message(1, body.toByteArray());
    }

    static byte[] message(int type, byte[] body) {
        return concat(new byte[] {(byte) type}, vector(3, body));
    }

    static byte[] extension(int type, byte[] data) {
        return concat(new byte[] {(byte) (type >> 8), (byte) type}, vector(2, data));
    }

    static byte[] serverName(String name) {
        return vector(2, concat(new byte[] {0}, vector(2, name.getBytes(ISO_8859_1))));
    }

    static byte[] record(int type, byte[] payload) {
        return concat(new byte[] {(byte) type, 3, 1}, vector(2, payload));
    }

    /** As handshake records of so many bytes each. */
    static byte[] records(byte[] message, int size) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int at = 0; at < message.length; at += size) {
            bytes.writeBytes(record(22, Arrays.copyOfRange(message, at, Math.min(message.length, at + size))));
        }
        return bytes.toByteArray();
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            bytes.writeBytes(part);
        }
        return bytes.toByteArray();
    }

    private static byte[] vector(int lengthBytes, byte[] content) {
        byte[] bytes = new byte[lengthBytes + content.length];
        for (int i = 0; i < lengthBytes; i++) {
            bytes[i] = (byte) (content.length >> (8 * (lengthBytes - 1 - i)));
        }
        System.arraycopy(content, 0, bytes, lengthBytes, content.length);
        return bytes;
    }
}
