package io.sallyport.sample.tls.sni;

import io.sallyport.sample.parts.HostNames;

/**
 * Reads what counts out of a ClientHello (RFC 8446, section 4.1.2; RFC 6066, section 3; RFC 9849 for encrypted ones). Trusts
 * nothing: every length must fit its surroundings exactly, and what servers could read in two ways is malformed. One object
 * is used again and again; it does not allocate.
 */
final class ClientHello {

    static final int HEADER_BYTES = 4;
    private static final int VERSION_AND_RANDOM_BYTES = 34;
    private static final int MAX_SESSION_ID_BYTES = 32;
    private static final int MAX_NAME_BYTES = 255;

    private static final int SERVER_NAME = 0;
    private static final int EARLY_DATA = 42;
    private static final int ENCRYPTED_CLIENT_HELLO = 0xFE0D;

    private int nameOffset;
    private int nameLengthBytes;
    private boolean isEncrypted;
    private boolean hasEarlyData;

    /** Where the name that the client asks for lies in the message. */
    int nameOffset() {
        return nameOffset;
    }

    /** How long it is; 0: the client names nobody. */
    int nameLengthBytes() {
        return nameLengthBytes;
    }

    /** Whether there is an encrypted ClientHello inside, or what looks so; the name is the outer one then. */
    boolean isEncrypted() {
        return isEncrypted;
    }

    /** Whether encrypted data follows at once, and perhaps a second ClientHello after that. */
    boolean hasEarlyData() {
        return hasEarlyData;
    }

    /**
     * Reads a whole handshake message of type ClientHello.
     *
     * @param m from the handshake header on
     * @param end its length
     * @return false if it is malformed
     */
    boolean read(byte[] m, int end) {
        nameOffset = 0;
        nameLengthBytes = 0;
        isEncrypted = false;
        hasEarlyData = false;
        int at = HEADER_BYTES + VERSION_AND_RANDOM_BYTES;
        if (at + 1 > end || u8(m, HEADER_BYTES) != 3 || u8(m, at) > MAX_SESSION_ID_BYTES) {
            return false;
        }
        at += 1 + u8(m, at); // session id
        if (at + 2 > end || u16(m, at) == 0 || (u16(m, at) & 1) != 0) {
            return false;
        }
        at += 2 + u16(m, at); // cipher suites
        if (at + 1 > end || u8(m, at) == 0) {
            return false;
        }
        at += 1 + u8(m, at); // compression methods
        if (at == end) {
            return true; // no extensions at all
        }
        return at + 2 <= end && at + 2 + u16(m, at) == end && readExtensions(m, at + 2, end);
    }

    private boolean readExtensions(byte[] m, int start, int end) {
        boolean hasName = false;
        int at = start;
        while (at < end) {
            if (at + 4 > end || at + 4 + u16(m, at + 2) > end) {
                return false;
            }
            int dataEnd = at + 4 + u16(m, at + 2);
            switch (u16(m, at)) {
                case SERVER_NAME -> {
                    if (hasName || !readServerName(m, at + 4, dataEnd)) {
                        return false;
                    }
                    hasName = true;
                }
                case EARLY_DATA -> hasEarlyData = true;
                case ENCRYPTED_CLIENT_HELLO -> isEncrypted = true;
                default -> {
                    // of no interest
                }
            }
            at = dataEnd;
        }
        return true;
    }

    /** A list with one name of the only type there is: more of them could be read in two ways. */
    private boolean readServerName(byte[] m, int at, int end) {
        if (end - at < 6 || u16(m, at) != end - at - 2 || u8(m, at + 2) != 0 || u16(m, at + 3) != end - at - 5) {
            return false;
        }
        nameOffset = at + 5;
        nameLengthBytes = end - nameOffset;
        if (nameLengthBytes > MAX_NAME_BYTES) {
            return false;
        }
        for (int i = nameOffset; i < end; i++) {
            if (!HostNames.isHostByte(m[i])) {
                return false;
            }
        }
        return true;
    }

    private static int u8(byte[] m, int at) {
        return m[at] & 0xFF;
    }

    private static int u16(byte[] m, int at) {
        return u8(m, at) << 8 | u8(m, at + 1);
    }
}
