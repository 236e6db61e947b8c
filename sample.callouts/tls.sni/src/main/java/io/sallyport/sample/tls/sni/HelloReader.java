package io.sallyport.sample.tls.sni;

import io.sallyport.callout.LayerData;
import java.util.Arrays;

/**
 * Puts the ClientHello of one connection together from the records that it was cut into (RFC 8446, section 5.1), and says
 * which bytes may leave. The context of a flow, touched by its worker only.
 *
 * <p>Each byte is read once: what is withheld is shown again in front of what is new, and skipped. So many small records cost
 * no more than one large.
 */
final class HelloReader {

    /** What has become clear so far. */
    enum Verdict {
        /** Nothing against the bytes before {@link #releasedBytes}; the rest is not clear yet. */
        SO_FAR_GOOD,
        /** What follows is of no interest. */
        PERMIT,
        /** The first bytes are no TLS. */
        NOT_TLS,
        /** Forbidden, or malformed. */
        BLOCK
    }

    /** More than any client sends: those with post-quantum keys and tickets need some 4 KiB. */
    static final int MAX_HELLO_BYTES = 32_768;

    private static final int RECORD_HEADER_BYTES = 5;
    private static final int MAX_RECORD_BYTES = 16_384;
    private static final int MAX_ENCRYPTED_RECORD_BYTES = MAX_RECORD_BYTES + 256;
    private static final int MAX_HELLOS = 2;
    private static final int CHANGE_CIPHER_SPEC = 20;
    private static final int ALERT = 21;
    private static final int HANDSHAKE = 22;
    private static final int APPLICATION_DATA = 23;
    private static final int CLIENT_HELLO = 1;
    private static final byte[] NOTHING = {};

    private final ClientHello hello = new ClientHello();
    private final byte[] header = new byte[RECORD_HEADER_BYTES];
    private int headerBytes;
    private int recordType;
    private int recordLeftBytes;
    private byte[] message = NOTHING;
    private int messageBytes;
    private int hellos;
    private boolean mayHaveEarlyData;

    /** How many of the bytes that were withheld have been read. */
    private int seenBytes;

    private int releasedBytes;

    /** How many leading bytes of what was shown may leave. */
    int releasedBytes() {
        return releasedBytes;
    }

    /** How many bytes are certain to come before anything more can become clear, 1 or more. */
    int missingBytes() {
        return recordLeftBytes > 0 ? recordLeftBytes : RECORD_HEADER_BYTES - headerBytes;
    }

    /** Reads what is new of what is shown, which begins with what was not released last time. */
    Verdict read(LayerData data, SniRules rules) {
        int length = data.lengthBytes();
        releasedBytes = 0;
        int at = seenBytes;
        while (at < length) {
            if (recordLeftBytes == 0) {
                header[headerBytes++] = (byte) data.u8(at++);
                Verdict verdict = headerBytes == RECORD_HEADER_BYTES ? beginRecord() : Verdict.SO_FAR_GOOD;
                if (verdict != Verdict.SO_FAR_GOOD) {
                    return verdict;
                }
                continue;
            }
            int count = Math.min(recordLeftBytes, length - at);
            if (recordType == HANDSHAKE) {
                count = take(data, at, count);
                at += count;
                recordLeftBytes -= count;
                Verdict verdict = judge(rules, at);
                if (verdict != Verdict.SO_FAR_GOOD) {
                    return verdict;
                }
            } else {
                at += count;
                recordLeftBytes -= count;
                releasedBytes = at; // of no interest, whole or not
            }
        }
        seenBytes = length - releasedBytes;
        return Verdict.SO_FAR_GOOD;
    }

    private Verdict beginRecord() {
        headerBytes = 0;
        recordType = header[0] & 0xFF;
        recordLeftBytes = (header[3] & 0xFF) << 8 | (header[4] & 0xFF);
        boolean isFirst = hellos == 0 && messageBytes == 0;
        boolean isTls = header[1] == 3
                && recordLeftBytes > 0
                && recordLeftBytes <= (recordType == APPLICATION_DATA ? MAX_ENCRYPTED_RECORD_BYTES : MAX_RECORD_BYTES);
        if (isFirst) {
            return recordType == HANDSHAKE && isTls ? Verdict.SO_FAR_GOOD : Verdict.NOT_TLS;
        }
        if (!isTls || (messageBytes > 0 && recordType != HANDSHAKE)) {
            return Verdict.BLOCK; // The records of a message follow each other.
        }
        return switch (recordType) {
            case HANDSHAKE, ALERT, CHANGE_CIPHER_SPEC -> Verdict.SO_FAR_GOOD;
            // The server asked for no second ClientHello, unless this is sent before its answer.
            case APPLICATION_DATA -> mayHaveEarlyData ? Verdict.SO_FAR_GOOD : Verdict.PERMIT;
            default -> Verdict.BLOCK;
        };
    }

    /** Takes bytes of a handshake message; first its header, so that its length is known for the rest. */
    private int take(LayerData data, int at, int available) {
        int wanted = messageBytes < ClientHello.HEADER_BYTES ? ClientHello.HEADER_BYTES : wholeBytes();
        int count = Math.min(available, wanted - messageBytes);
        if (messageBytes + count > message.length) {
            message = Arrays.copyOf(message, Math.max(512, 2 * (messageBytes + count)));
        }
        data.copyTo(at, message, messageBytes, count);
        messageBytes += count;
        return count;
    }

    private int wholeBytes() {
        return ClientHello.HEADER_BYTES + ((message[1] & 0xFF) << 16 | (message[2] & 0xFF) << 8 | (message[3] & 0xFF));
    }

    private Verdict judge(SniRules rules, int at) {
        if (message[0] != CLIENT_HELLO) {
            return hellos == 0
                    ? Verdict.NOT_TLS
                    : Verdict.PERMIT; // e.g. a key exchange of TLS 1.2: no second one comes
        }
        if (messageBytes < ClientHello.HEADER_BYTES) {
            return Verdict.SO_FAR_GOOD;
        }
        if (wholeBytes() > MAX_HELLO_BYTES || hellos == MAX_HELLOS) {
            return Verdict.BLOCK;
        }
        if (messageBytes < wholeBytes()) {
            return Verdict.SO_FAR_GOOD;
        }
        // Nothing else may be in its last record: keys change behind it.
        if (recordLeftBytes > 0 || !hello.read(message, messageBytes) || !rules.permit(hello, message)) {
            return Verdict.BLOCK;
        }
        hellos++;
        mayHaveEarlyData = hello.hasEarlyData();
        message = NOTHING;
        messageBytes = 0;
        releasedBytes = at;
        return Verdict.SO_FAR_GOOD;
    }
}
